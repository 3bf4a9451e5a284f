# SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Collects evidence, several questions at once. A question that fails is noted and hinders no other."""

from __future__ import annotations

import json
import time
import typing as t
from concurrent.futures import ThreadPoolExecutor

from ansible_collections.robustmq.placement_center.plugins.module_utils import _evidence, _history, _report, _verdict
from ansible_collections.robustmq.placement_center.plugins.module_utils._client import Client
from ansible_collections.robustmq.placement_center.plugins.module_utils._entry import Job
from ansible_collections.robustmq.placement_center.plugins.module_utils._errors import Unreachable
from ansible_collections.robustmq.placement_center.plugins.module_utils._observe import Observer
from ansible_collections.robustmq.placement_center.plugins.module_utils._raft import Limits

Object = dict[str, t.Any]

AT_ONCE = 6  # processes of the program
MAX_LAG, MIN_FREE_PERCENT = 100, 10  # as pc_health has them


class Basket:
    """What was found under the name of its entry, and what could not be had."""

    def __init__(self) -> None:
        self.found: dict[str, t.Any] = {}
        self.failed: list[dict[str, str]] = []

    def put(self, entry: str, ask: t.Callable[..., t.Any], *given: t.Any) -> t.Any:
        """Ask, and keep the answer; None where there is none."""
        try:
            self.found[entry] = ask(*given)
        except Exception as exc:  # whatever it is: evidence of the rest is worth more than the reason of this
            self.failed.append({"item": entry, "reason": f"{type(exc).__name__}: {exc}"})
        return self.found.get(entry)


def collect(job: Job, client: Client, tail: int) -> Basket:
    """Everything about the job's cluster."""
    basket = Basket()
    with ThreadPoolExecutor(max_workers=AT_ONCE) as pool:
        pool.submit(basket.put, "health.json", _health, job)
        pool.submit(basket.put, "versions.json", lambda: json.loads(client.ask("version", "-o=json")))
        pool.submit(basket.put, "events.json", client.objects, _evidence.resource("Event"))
        sets = basket.put(_evidence.entry("StatefulSet"), _set, client, job.name) or []
        cluster = _evidence.about(job.name, sets)
        lists = {kind: pool.submit(basket.put, _evidence.entry(kind), _mine, client, kind, cluster) for kind in _evidence.LISTED}
        pods, claims, maps, revisions = (lists[kind].result() or [] for kind in ("Pod", "PersistentVolumeClaim", "ConfigMap", "ControllerRevision"))
        for kind, names in _evidence.behind(pods, claims).items():
            pool.submit(basket.put, _evidence.entry(kind), client.objects, *(f"{_evidence.resource(kind)}/{name}" for name in names))
        for log in _evidence.logs(pods):
            pool.submit(basket.put, log.entry, _log, client, log, tail)
        if (receipts := _evidence.receipts(maps, job.name)) is not None:
            basket.found["receipts.json"] = receipts
        if sets:
            basket.put("history.json", _history.result, sets[0], pods, revisions, job.profile, time.time())
    return basket


def _set(client: Client, name: str) -> list[Object]:
    found = client.objects(f"{_evidence.resource('StatefulSet')}/{name}")
    if not found:
        raise Unreachable(f"there is no StatefulSet {name}")
    return found


def _mine(client: Client, kind: str, cluster: _evidence.About) -> list[Object]:
    return [o for o in client.objects(_evidence.resource(kind)) if _evidence.belongs(kind, o, cluster)]


def _log(client: Client, log: _evidence.Log, tail: int) -> str:
    words = [f"--container={log.container}", f"--tail={tail}", "--timestamps", *(["--previous"] if log.previous else [])]
    return client.ask("logs", f"pod/{log.pod}", *words)


def _health(job: Job) -> Object:
    seen = Observer(job.kube, job.namespace, job.name, job.profile).look()
    verdict = _verdict.judge(seen, Limits(MAX_LAG, job.profile.quorum_ack_stale_ms, MIN_FREE_PERCENT))
    screen = [line["text"] for line in _report.screen(seen, verdict)]
    return {"summary": _report.summary(seen, verdict), "screen": screen, **_report.result(seen, verdict)}
