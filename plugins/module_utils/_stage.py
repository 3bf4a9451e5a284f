# SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Read what staging must know, rehearse it on the server, write it. The one way in which a pod template is ever changed."""

from __future__ import annotations

import typing as t
from dataclasses import dataclass

from ansible_collections.robustmq.placement_center.plugins.module_utils import _pruning, _staging, _turns, _verdict, _versions, _views
from ansible_collections.robustmq.placement_center.plugins.module_utils._errors import Refused
from ansible_collections.robustmq.placement_center.plugins.module_utils._kube import Kube
from ansible_collections.robustmq.placement_center.plugins.module_utils._model import Observation, Verdict
from ansible_collections.robustmq.placement_center.plugins.module_utils._observe import Observer
from ansible_collections.robustmq.placement_center.plugins.module_utils._plan import too_large
from ansible_collections.robustmq.placement_center.plugins.module_utils._profiles import Profile
from ansible_collections.robustmq.placement_center.plugins.module_utils._raft import Limits
from ansible_collections.robustmq.placement_center.plugins.module_utils._rollout import STAGED

Object = dict[str, t.Any]


@dataclass(frozen=True)
class Rules:
    """What the operator means to allow, and how the members are to go."""

    downgrade: bool = False
    unknown_version: bool = False
    leader_last: bool = False
    state: str = "rolling"
    returning: str = ""  # the revision that a rollback brings members back to


@dataclass(frozen=True)
class Staged:
    """What staging would write, or has written."""

    live: Object
    would_be: Object
    patch: Object

    @property
    def changed(self) -> bool:
        """Is there another template to be staged, or one to be adopted that somebody else has brought to all members?"""
        digest = _views.digest(self.would_be["spec"]["template"])
        known = self.live["metadata"].get("annotations", {}).get(STAGED, digest)
        return bool(self.live["spec"]["template"] != self.would_be["spec"]["template"]) or known != digest


def live_set(kube: Kube, namespace: str, name: str) -> Object:
    """The StatefulSet.

    :raises Refused: there is none.
    """
    found = kube.get("StatefulSet", name, namespace)
    if found is None:
        raise Refused("set_missing", f"StatefulSet {name} does not exist in namespace {namespace}", "deploy first, or correct the name or namespace")
    return found


def rehearse(kube: Kube, live: Object, template: Object, rules: Rules) -> Staged:
    """Ask the API server what this template would be, without writing it."""
    meta = live["metadata"]
    trial = _staging.patch(live, template, "", rules.leader_last, rules.state, rules.returning)
    would_be = kube.merge("StatefulSet", meta["namespace"], meta["name"], trial, dry_run=True)
    digest = _views.digest(would_be["spec"]["template"])
    return Staged(live, would_be, _staging.patch(live, template, digest, rules.leader_last, rules.state, rules.returning))


def refusals(kube: Kube, profile: Profile, seen: Observation, verdict: Verdict, staged: Staged, rules: Rules, coming: t.Sequence[Object] = ()) -> list[Refused]:
    """Every reason against putting this template behind the partition; none is a go. :param coming: ConfigMaps that are written with it."""
    wanted = _views.container(staged.would_be["spec"]["template"]["spec"], profile.container)
    running = {m.pod.image for m in seen.members if m.pod}
    found = _versions.refusals(profile, running, wanted["image"], rules.downgrade, rules.unknown_version)
    found += list(_foreign(seen))
    found += _pruning.missing(kube, staged.live["metadata"]["namespace"], staged.would_be["spec"]["template"], coming)
    found += too_large(wanted.get("resources", {}).get("requests", {}), kube.find("Node").items)
    return [*found, *_unhealthy(seen, verdict)]


def _foreign(seen: Observation) -> t.Iterator[Refused]:
    """A template that nobody staged, on its way through the members: whoever put it there is at work."""
    sts = seen.set
    if sts is None:
        return
    mixed = len({m.pod.revision for m in seen.members if m.pod}) > 1
    if mixed and sts.annotations.get(STAGED, "") != sts.template:
        hint = "finish or undo that change first; kubectl rollout history shows it"
        yield Refused("foreign_change", "members run different revisions of a template that was not staged by this collection", hint)


def _unhealthy(seen: Observation, verdict: Verdict) -> t.Iterator[Refused]:
    """Only the member that goes first may be ill, since to replace it may be the cure."""
    if verdict.healthy or not seen.members:
        return
    first = seen.members[-1]
    may_go = any(r.ordinal == first.ordinal and r.ok for r in verdict.restarts)
    if not (may_go and _turns.only_it_is_broken(verdict, first)):
        reason = verdict.reasons[0]
        yield Refused(reason.code, f"the cluster is not healthy: {reason.code}: {reason.message}", "mend it first; status says what to do")


def look(kube: Kube, namespace: str, name: str, profile: Profile, limits: Limits) -> tuple[Observation, Verdict]:
    """One look, judged."""
    seen = Observer(kube, namespace, name, profile, measure=limits.min_free_percent > 0).look()
    return seen, _verdict.judge(seen, limits)


def apply(kube: Kube, configs: t.Sequence[Object], force: bool, dry_run: bool = False) -> None:
    """The ConfigMaps that the template names.

    :raises Conflict: another field manager has set them.
    """
    for config in configs:
        kube.apply(config, dry_run=dry_run, force=force)


def write(kube: Kube, staged: Staged) -> Object:
    """The template."""
    meta = staged.live["metadata"]
    return kube.merge("StatefulSet", meta["namespace"], meta["name"], staged.patch)
