# SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Why the claims may not grow, all of it, and what would be done: facts in, refusals and a plan out. Pure."""

from __future__ import annotations

import typing as t
from fractions import Fraction

from ansible_collections.robustmq.placement_center.plugins.module_utils import _volume_behind, _volumes
from ansible_collections.robustmq.placement_center.plugins.module_utils._errors import Refused
from ansible_collections.robustmq.placement_center.plugins.module_utils._growth import GROWN, SMALL, Goal, Look, bars, chosen, ordered, place
from ansible_collections.robustmq.placement_center.plugins.module_utils._hints import NEXT, PAGE, hint
from ansible_collections.robustmq.placement_center.plugins.module_utils._quantities import quantity
from ansible_collections.robustmq.placement_center.plugins.module_utils._volume_model import ClaimFacts, Facts, Finding

Object = dict[str, t.Any]
CURED = ("claim_size", "resize_pending", "resize_failed")  # what growth itself goes on with


def refusals(look: Look, goal: Goal, quotas: t.Sequence[Object]) -> list[Refused]:
    """Every reason against it; none is a go."""
    seen = look.claims
    if seen.set is None or chosen(seen) is None:
        found = [f for f in _volumes.judge(seen, 0).reasons if f.code in ("set_missing", "no_claim_template")]
        found = found or [Finding("no_claim_template", "the StatefulSet has several claim templates, and none is called data")]
        return [Refused(f.code, f.message, hint(f.code)) for f in found]
    return [
        *_shrink(seen, goal),
        *(Refused(f.code, f.message, PAGE) for f in _volumes.judge(seen, 0).reasons if f.code not in CURED),
        *_classes(look, goal),
        *_quota(look, goal, quotas),
        *_retention(seen),
        *_rolling(look),
        *_unhealthy(look),
    ]


def plan(look: Look, goal: Goal) -> list[Object]:
    """The claims in the order in which they grow, those that have the size already left out."""
    mine = [(c, place(c, look, goal)) for c in ordered(look.claims)]
    return [{"claim": c.name, "ordinal": c.ordinal, "from": c.capacity or c.size, "to": goal.size, "now": p} for c, p in mine if p != GROWN]


def _shrink(seen: Facts, goal: Goal) -> t.Iterator[Refused]:
    """A claim never gets smaller; only what was asked for in vain may be taken back, as far as what it has."""
    hint = f"claims never shrink: ask for more than they have, or restore a backup into a cluster of {goal.size}"
    template, want = chosen(seen), quantity(goal.size)
    if template is not None and quantity(template.size) > want:
        yield Refused("claim_shrink", f"the claim template has {template.size}, {goal.size} is smaller", hint)
    for claim in ordered(seen):
        failed = any(f.code == "resize_failed" for f in _volumes.resize(claim))
        has = claim.capacity if failed and claim.capacity else claim.size
        if quantity(has) > want or (failed and quantity(claim.size) > want == quantity(has)):
            yield Refused("claim_shrink", f"{claim.name} has {has}, {goal.size} is not more", hint)


def _small(look: Look, goal: Goal) -> list[ClaimFacts]:
    return [c for c in ordered(look.claims) if place(c, look, goal) == SMALL]


def _classes(look: Look, goal: Goal) -> t.Iterator[Refused]:
    for name, claim in sorted({c.storage_class or "": c for c in _small(look, goal)}.items()):
        found = look.claims.classes.get(name)
        if _volume_behind.expandable(claim, look.claims) is None:
            continue  # why it is unknown is among the claims' own reasons
        if name and found is None:
            yield Refused("class_missing", f"StorageClass {name} does not exist: its claims cannot grow", "make it again as it was, with allowVolumeExpansion")
        elif not _volume_behind.expandable(claim, look.claims):
            text = f"StorageClass {name} does not allow its claims to grow" if name else f"{claim.name} has no class, and so never grows"
            yield Refused("not_expandable", text, "set allowVolumeExpansion on the class, if its driver can grow volumes")


def _quota(look: Look, goal: Goal, quotas: t.Sequence[Object]) -> t.Iterator[Refused]:
    need: dict[str, Fraction] = {}
    for claim in _small(look, goal):
        more = max(Fraction(0), quantity(goal.size) - quantity(claim.size))
        for resource in ("requests.storage", f"{claim.storage_class}.storageclass.storage.k8s.io/requests.storage"):
            need[resource] = need.get(resource, Fraction(0)) + more
    for quota in quotas:
        status = quota.get("status", {})
        for resource, hard in status.get("hard", {}).items():
            used = status.get("used", {}).get(resource, "0")
            if need.get(resource) and quantity(used) + need[resource] > quantity(hard):
                text = f"quota {quota['metadata']['name']} allows {hard} of {resource}, {used} are used, the growth needs {_bytes(need[resource])} more"
                yield Refused("quota_exceeded", text, "raise the quota, or ask for less")


def _bytes(number: Fraction) -> str:
    whole = int(number)
    for power, unit in ((3, "Gi"), (2, "Mi"), (1, "Ki")):
        if whole % 1024**power == 0:
            return f"{whole // 1024**power}{unit}"
    return str(whole)


def _retention(seen: Facts) -> t.Iterator[Refused]:
    if seen.set is not None and "deleted" in seen.set.deletes:
        text = "the StatefulSet deletes its claims when it is deleted, and a larger claim template takes a new StatefulSet"
        yield Refused("retention_delete", text, "set persistentVolumeClaimRetentionPolicy.whenDeleted to Retain first")


def _rolling(look: Look) -> t.Iterator[Refused]:
    """A set that is made again has forgotten where an update came from."""
    sts = look.seen.set
    if sts is None:
        return
    old = [m.ordinal for m in look.seen.members if m.pod and m.pod.revision != sts.update_revision]
    if old:
        text = f"an update is under way: members {', '.join(map(str, old))} are not on the newest revision"
        yield Refused("revisions_differ", text, NEXT["revisions_differ"])


def _unhealthy(look: Look) -> t.Iterator[Refused]:
    for reason in bars(look)[:1]:
        yield Refused(reason.code, f"the cluster is not healthy: {reason.code}: {reason.message}", "mend it first; status says what to do")
