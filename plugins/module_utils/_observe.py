# SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""One pass over a cluster and all its members, concurrently, into one Observation. No verdict here."""

from __future__ import annotations

import time
import typing as t
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace

from ansible_collections.robustmq.placement_center.plugins.module_utils import _answers, _grpcweb, _probe, _turns, _views
from ansible_collections.robustmq.placement_center.plugins.module_utils._claims import claim_name, usages
from ansible_collections.robustmq.placement_center.plugins.module_utils._kube import POOL, Kube
from ansible_collections.robustmq.placement_center.plugins.module_utils._learn import learn
from ansible_collections.robustmq.placement_center.plugins.module_utils._model import (
    Answer,
    Claim,
    GroupView,
    Member,
    Node,
    Observation,
    Pod,
    Reason,
    SetView,
    Usage,
)
from ansible_collections.robustmq.placement_center.plugins.module_utils._profiles import Profile
from ansible_collections.robustmq.placement_center.plugins.module_utils._rest import Reply

Object = dict[str, t.Any]
T = t.TypeVar("T")

HASTE = 1.0  # seconds
NOT_ASKED = Answer(None)
NOT_STARTED = Answer(False, "not_started", "its container does not run")


class Asked(t.NamedTuple):
    """The questions to one member, under way."""

    ready: Future[Reply | _probe.Silent | None]
    alive: Future[Reply | _probe.Silent | None]
    raft: Future[tuple[dict[str, GroupView] | None, Answer]]


def _value(said: T | Reason) -> T | None:
    return None if isinstance(said, Reason) else said


class Around:
    """What Kubernetes knows beside the set and its pods; each part is asked at once and may be unknown by itself."""

    def __init__(self, pool: ThreadPoolExecutor, kube: Kube, namespace: str) -> None:
        def ask(kind: str, **more: str) -> Future[list[Object] | Reason]:
            return pool.submit(learn, Reason, lambda: kube.find(kind, namespace, **more).items)

        self.claims, self.budgets, self.slices = ask("PersistentVolumeClaim"), ask("PodDisruptionBudget"), ask("EndpointSlice")
        self.events = ask("Event", fields="type=Warning")

    def facts(self, names: t.Collection[str], sts: Object | None) -> dict[str, t.Any]:
        """The fields of an Observation that stand on it; ``names`` are those of the set, its pods and its claims."""
        labels = sts["spec"]["template"]["metadata"].get("labels", {}) if sts else {}
        budgets, slices = _value(self.budgets.result()), _value(self.slices.result())
        return {
            "budgets": None if budgets is None else _views.budgets(budgets, labels),
            "served": None if slices is None else _views.served(slices),
            "events": _views.events(_value(self.events.result()) or [], names, time.time()),
        }

    def unknown(self) -> tuple[Reason, ...]:
        """What could not be learned."""
        return tuple(r for part in (self.claims, self.budgets, self.slices, self.events) if isinstance(r := part.result(), Reason))


class Nodes:
    """The nodes that run members, and what their kubelets measured of the members' volumes."""

    def __init__(self, pool: ThreadPoolExecutor, kube: Kube, names: t.Collection[str], measure: bool) -> None:
        self._nodes = {n: pool.submit(learn, Reason, kube.get, "Node", n) for n in names}
        self._stats = {n: pool.submit(learn, Reason, kube.stats, n) for n in (names if measure else ())}

    def views(self) -> tuple[dict[str, Node], tuple[Reason, ...]]:
        """Every node that could be read, and why the others could not."""
        said = {n: f.result() for n, f in self._nodes.items()}
        found = {n: _views.node_view(n, s) for n, s in said.items() if not isinstance(s, Reason)}
        return found, tuple(s for s in said.values() if isinstance(s, Reason))

    def usage(self, namespace: str) -> tuple[dict[str, Usage], tuple[Reason, ...]]:
        """Claim name -> usage, and why some may be missing."""
        said = [f.result() for f in self._stats.values()]
        found = {claim: usage for s in said if s and not isinstance(s, Reason) for claim, usage in usages(s, namespace).items()}
        return found, tuple(s for s in said if isinstance(s, Reason))


@dataclass(frozen=True)
class Observer:
    """Looks at one cluster; keep one for a whole wait, so that connections are reused."""

    kube: Kube
    namespace: str
    name: str
    profile: Profile
    measure: bool = True  # ask the nodes what the volumes have left
    hasty: bool = False  # a member that is about to go is not waited for: its address swallows what was sent to it

    def look(self) -> Observation:
        """One pass."""
        start, before = time.monotonic(), self.kube.requests
        with ThreadPoolExecutor(max_workers=POOL) as pool:
            seen = self._look(pool)
        return replace(seen, took_ms=round((time.monotonic() - start) * 1000), requests=self.kube.requests - before)

    def glance(self, before: Observation, ask: bool) -> Observation:
        """The set and its pods anew, and the raft of all where it is asked; all else as it was ``before``: enough to tell of, never to act on."""
        with ThreadPoolExecutor(max_workers=POOL) as pool:
            found = pool.submit(self.kube.get, "StatefulSet", self.name, self.namespace)
            pods = self.kube.find("Pod", self.namespace)
            sts = found.result()
            owned = _views.owned(pods.items, sts)
            views = {m.ordinal: _views.pod_view(owned[m.ordinal], self.profile.container) if m.ordinal in owned else None for m in before.members}
            raft = {o: pool.submit(self.raft, pod.name, HASTE) for o, pod in views.items() if ask and pod and pod.started}
            members = tuple(_again(m, views[m.ordinal], raft[m.ordinal].result() if m.ordinal in raft else None) for m in before.members)
        view = None if sts is None else _views.set_view(sts, self.profile)
        return replace(before, at=time.time(), set=view, members=members, version=pods.version)

    def _look(self, pool: ThreadPoolExecutor) -> Observation:
        found = pool.submit(self.kube.get, "StatefulSet", self.name, self.namespace)
        around = Around(pool, self.kube, self.namespace)
        pods = self.kube.find("Pod", self.namespace)
        sts = found.result()
        view = None if sts is None else _views.set_view(sts, self.profile)
        owned = _views.owned(pods.items, sts)
        seen = {o: _views.pod_view(owned[o], self.profile.container) if o in owned else None for o in _views.ordinals(view)}
        asked = {o: self._asked(pool, pod.name, self._patience(o, pod, view)) for o, pod in seen.items() if pod and pod.started}
        nodes = Nodes(pool, self.kube, {pod.node for pod in seen.values() if pod and pod.node}, self.measure)
        if view and None in seen.values():
            view = replace(view, create_failure=self._create_failure(view))
        usage, usage_unknown = nodes.usage(self.namespace)
        seen_claims = _value(around.claims.result())
        claims = {c["metadata"]["name"]: _views.claim_view(c, usage.get(c["metadata"]["name"])) for c in seen_claims or []}
        node_views, nodes_unknown = nodes.views()
        return Observation(
            at=time.time(),
            took_ms=0,
            requests=0,
            set=view,
            members=tuple(self._member(o, pod, claims.get(claim_name(self.name, o)), asked.get(o)) for o, pod in seen.items()),
            version=pods.version,
            foreign_pods=tuple(p["metadata"]["name"] for o, p in owned.items() if o not in seen),
            intruders=_views.intruders(pods.items, {pod.uid for pod in seen.values() if pod}, {claim_name(self.name, o): o for o in seen}),
            nodes=node_views,
            claims_known=seen_claims is not None,
            unknown=around.unknown() + nodes_unknown,
            usage_unknown=usage_unknown,
            snapshots=self.profile.snapshots,
            **around.facts({self.name, *(f"{self.name}-{o}" for o in seen), *(claim_name(self.name, o) for o in seen)}, sts),
        )

    def _create_failure(self, sts: SetView) -> str:
        said = learn(Reason, lambda: self.kube.find("Event", self.namespace, fields=f"involvedObject.uid={sts.uid}").items)
        return _views.create_failure(_value(said) or [])

    def _patience(self, ordinal: int, pod: Pod, sts: SetView | None) -> float | None:
        return HASTE if self.hasty and sts and _turns.leaving(ordinal, pod, sts) else None

    def _asked(self, pool: ThreadPoolExecutor, pod: str, seconds: float | None) -> Asked:
        ready, alive = (pool.submit(self._ask, pod, path, seconds) for path in (self.profile.ready_path, self.profile.alive_path))
        return Asked(ready, alive, pool.submit(self.raft, pod, seconds))

    def _member(self, ordinal: int, pod: Pod | None, claim: Claim | None, asked: Asked | None) -> Member:
        member_id = self.profile.member_id(ordinal)
        if asked is None:
            return Member(ordinal, member_id, pod, claim, NOT_STARTED, NOT_STARTED, None, NOT_STARTED)
        ready, alive = _read(asked.ready.result(), _answers.ready), _read(asked.alive.result(), _answers.alive)
        return Member(ordinal, member_id, pod, claim, ready, alive, *asked.raft.result())

    def _ask(self, pod: str, path: str | None, seconds: float | None) -> Reply | _probe.Silent | None:
        if path is None or self.profile.http_port is None:
            return None
        return _probe.http(self.kube, self.namespace, pod, self.profile.http_port, path, seconds)

    def raft(self, pod: str, seconds: float | None = None) -> tuple[dict[str, GroupView] | None, Answer]:
        """What one pod says of every raft group, or why it says nothing."""
        said = _probe.grpc(self.kube, self.namespace, pod, self.profile.grpc_port, self.profile.status_path, seconds)
        if isinstance(said, _probe.Silent):
            return None, said.why
        try:
            return _answers.groups(self.profile, said.status, said.headers, said.body), NOT_ASKED
        except _grpcweb.Garbled as exc:
            return None, Answer(False, "garbled", f"raft metrics: {exc}")


def _again(m: Member, pod: Pod | None, raft: tuple[dict[str, GroupView] | None, Answer] | None) -> Member:
    """What a process said before holds for that process only."""
    if raft is not None:
        return replace(m, pod=pod, raft=raft[0], raft_error=raft[1])
    same = pod and m.pod and (pod.uid, pod.restarts, pod.started) == (m.pod.uid, m.pod.restarts, m.pod.started)
    return replace(m, pod=pod) if same else replace(m, pod=pod, raft=None, raft_error=NOT_STARTED)


def _read(said: Reply | _probe.Silent | None, parse: t.Callable[[int, bytes], Answer]) -> Answer:
    if said is None:
        return NOT_ASKED
    return said.why if isinstance(said, _probe.Silent) else parse(said.status, said.body)
