# SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""One call that replaces members: the loop, with the Lease, the canary writer and the receipt that go with it."""

from __future__ import annotations

import contextlib
import typing as t
from dataclasses import replace

from ansible_collections.robustmq.placement_center.plugins.module_utils import _gain, _report, _verdict
from ansible_collections.robustmq.placement_center.plugins.module_utils._companion import Companion, LazyLease
from ansible_collections.robustmq.placement_center.plugins.module_utils._entry import Job
from ansible_collections.robustmq.placement_center.plugins.module_utils._errors import BadInput, PcError, Refused
from ansible_collections.robustmq.placement_center.plugins.module_utils._hints import hint
from ansible_collections.robustmq.placement_center.plugins.module_utils._memory import Memory
from ansible_collections.robustmq.placement_center.plugins.module_utils._model import Observation
from ansible_collections.robustmq.placement_center.plugins.module_utils._observe import Observer
from ansible_collections.robustmq.placement_center.plugins.module_utils._pauses import Hold
from ansible_collections.robustmq.placement_center.plugins.module_utils._progress import Progress
from ansible_collections.robustmq.placement_center.plugins.module_utils._raft import Limits
from ansible_collections.robustmq.placement_center.plugins.module_utils._roll import Outcome, Roller
from ansible_collections.robustmq.placement_center.plugins.module_utils._rollout import Goal, Roll, decide
from ansible_collections.robustmq.placement_center.plugins.module_utils._rollout_gain import remember

STEP_SPEC: dict[str, t.Any] = {
    "stable_seconds": {"type": "int", "default": 10},
    "step_timeout": {"type": "int", "default": 900},
    "wait_patience": {"type": "int", "default": 15},
    "max_lag": {"type": "int", "default": 100},
    "min_free_percent": {"type": "int", "default": 0},
    "write_probe": {"type": "bool", "default": True},
    "max_write_gap_ms": {"type": "int", "default": 0},
    "rest_partition": {"type": "int", "default": 0},
    "receipt_dest": {"type": "path"},
    "progress_file": {"type": "path"},
}


def goal_of(want: t.Mapping[str, t.Any], leader_last: bool, most: int | None, back: bool = False) -> Goal:
    """The goal that a module's options mean."""
    return Goal(
        leader_last=leader_last,
        most=most,
        stable_seconds=want["stable_seconds"],
        step_timeout=want["step_timeout"],
        patience=want["wait_patience"],
        rest=want["rest_partition"],
        back=back,
    )


def would_do(job: Job, goal: t.Callable[[Observation], Goal]) -> dict[str, t.Any]:
    """Check mode: what would be done first, now."""
    observer, limits = _looking(job)
    seen = observer.look()
    verdict = _verdict.judge(seen, limits)
    aim = goal(seen)
    action = decide(Roll(seen, verdict, remember(Memory(), seen, verdict, aim)), aim)
    told: dict[str, t.Any] = {"changed": type(action).__name__ in ("Move", "Rest"), "state": "planned", "next_action": type(action).__name__.lower()}
    for name in ("ordinal", "reason"):
        if hasattr(action, name):
            told[name] = getattr(action, name) if name == "ordinal" else str(getattr(action, name))
    reasons = getattr(action, "reasons", ())
    return {**told, "reasons": _reasons(reasons), "summary": _report.summary(seen, verdict), "healthy": verdict.healthy, "receipt": {}, "receipt_path": ""}


def roll(job: Job, goal: t.Callable[[Observation], Goal], state: str, operation: str) -> dict[str, t.Any]:
    """Go on until there is an end.

    :param goal: told the first look. :param state: what the StatefulSet says meanwhile.
    :raises Refused: it holds for another reason than that somebody asked for it.
    """
    want = job.params
    if want["stable_seconds"] < 0 or want["stable_seconds"] >= want["step_timeout"]:
        raise BadInput("stable_seconds", want["stable_seconds"], f"does not fit into step_timeout {want['step_timeout']}", "give step_timeout more")
    observer, limits = _looking(job)
    progress = Progress(want["progress_file"])
    first = observer.look()
    with contextlib.ExitStack() as stack:
        lease = LazyLease(job, operation, stack, progress.say)
        aim = goal(first)
        aim = replace(aim, step_timeout=_gain.lasting(aim.step_timeout, job.profile.cut_off_seconds, aim.stable_seconds))
        companion = Companion(job, operation, first, aim, stack)
        roller = Roller(job.kube, observer, limits, aim, lease, companion, progress.say, state, lambda: progress.abandoned)
        try:
            ended = roller.run(first)
        except PcError as exc:
            companion.break_off(exc.reason)
            raise
        lost = companion.finish(ended)
    return _told(ended, companion, lost)


def _looking(job: Job) -> tuple[Observer, Limits]:
    want = job.params
    observer = Observer(job.kube, job.namespace, job.name, job.profile, measure=want["min_free_percent"] > 0, hasty=True)
    return observer, Limits(want["max_lag"], job.profile.quorum_ack_stale_ms, want["min_free_percent"])


def _told(ended: Outcome, companion: Companion, lost: tuple[t.Any, ...]) -> dict[str, t.Any]:
    facts = {
        "changed": ended.writes > 0,
        "state": ended.state,
        "summary": _report.summary(ended.seen, ended.verdict),
        "healthy": ended.verdict.healthy,
        "screen": _report.screen(ended.seen, ended.verdict),
        "receipt": companion.receipt,
        "receipt_path": companion.receipt_path,
    }
    reasons = (*lost, *(ended.action.reasons if isinstance(ended.action, Hold) else ()))
    if not reasons or (ended.state == "paused" and not lost):
        return facts
    first = reasons[0]
    raise Refused(first.code, f"the update holds: {first.code}: {first.message}", hint(first.code), {**facts, "reasons": _reasons(reasons)})


def _reasons(reasons: t.Iterable[t.Any]) -> list[dict[str, t.Any]]:
    return [{"code": r.code, "member": r.member, "group": r.group, "message": r.message} for r in reasons]
