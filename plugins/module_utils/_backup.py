# SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a backup is to be, why it may not be made, and the paper that is written of it. Pure."""

from __future__ import annotations

import copy
import typing as t
from dataclasses import dataclass

from ansible_collections.robustmq.placement_center.plugins.module_utils import _fence, _volume_behind, _volumes
from ansible_collections.robustmq.placement_center.plugins.module_utils._errors import BadInput, Refused
from ansible_collections.robustmq.placement_center.plugins.module_utils._hints import hint
from ansible_collections.robustmq.placement_center.plugins.module_utils._model import Member, Observation, Reason, Verdict
from ansible_collections.robustmq.placement_center.plugins.module_utils._mover_words import File
from ansible_collections.robustmq.placement_center.plugins.module_utils._movers import checked_repository
from ansible_collections.robustmq.placement_center.plugins.module_utils._raft import Limits
from ansible_collections.robustmq.placement_center.plugins.module_utils._volume_model import ClaimFacts, Facts

Object = dict[str, t.Any]

COLD = "placement-center.robustmq.io/cold-replicas"  # on a StatefulSet that is one member short: how many it is to have again
CANARY = "placement-center-backup"
SOURCES = ("auto", "snapshot", "cold", "live")
SMALL_PERCENT = 50  # of the newest verified backup's bytes; less is suspicious


@dataclass(frozen=True)
class Wish:
    """What the operator asked for."""

    method: str  # snapshot or restic
    source: str
    grade_c: bool
    ordinal: int | None
    repository: str
    allow_small: bool

    @property
    def grade(self) -> str:
        """How much the copy is worth by the way it is made."""
        return {"cold": "A", "live": "C"}.get(self.source, "B")


def wish(want: t.Mapping[str, t.Any]) -> Wish:
    """The options, checked.

    :raises BadInput: they contradict each other.
    """
    method, source, repository = want["method"], want["source"], want["repository"] or ""
    source = "snapshot" if source == "auto" else source
    if method == "restic" and not repository:
        raise BadInput("repository", repository, "names no repository", "give one, as s3:https://host/bucket or pvc:CLAIM/folder", "repository_missing")
    checked_repository(repository)
    if method == "snapshot" and source != "snapshot":
        raise BadInput("source", source, "goes with method restic alone", "leave it out")
    if source == "live" and not want["grade_c"]:
        text = "reads database files while they are written: such a copy may not open, or may lack acknowledged writes"
        raise BadInput("source", source, text, "take snapshot or cold; or say grade_c: true if you want it all the same", "live_copy_refused")
    return Wish(method, source, want["grade_c"], want["ordinal"], repository, want["allow_small"])


def member(seen: Observation, verdict: Verdict, limits: Limits, want: Wish) -> Member | Reason:
    """Whom to copy. A cold copy takes the highest ordinal: a StatefulSet can do without no other."""
    last = seen.members[-1].ordinal if seen.members else None
    if want.source == "cold" and want.ordinal not in (None, last):
        return Reason("voter_not_fit", f"a cold copy is made of the highest ordinal, {last}, not of {want.ordinal}", want.ordinal)
    found = _fence.voter(seen, verdict, limits, last if want.source == "cold" else want.ordinal)
    if isinstance(found, Member) and want.source == "cold":
        rest = next(r for r in verdict.restarts if r.ordinal == found.ordinal)
        if not rest.ok:
            return Reason("not_safe_to_stop", f"member {found.ordinal} cannot be spared: {rest.reason}", found.ordinal)
    return found


def refusals(seen: Observation, verdict: Verdict, claims: Facts, limits: Limits, want: Wish) -> list[Refused]:
    """Every reason against it; none is a go."""
    found = [Refused(r.code, r.message, hint(r.code)) for r in _fence.bars(verdict)]
    if found:
        return found
    chosen = member(seen, verdict, limits, want)
    if isinstance(chosen, Reason):
        return [Refused(chosen.code, chosen.message, hint(chosen.code))]
    claim = claim_of(claims, chosen)
    if claim is None:
        return [Refused("claim_missing", f"member {chosen.ordinal} has no claim", hint("claim_missing"))]
    return [*_rolling(seen), *_growing(claim), *_snapshot(claim, claims, want), *_cold(claims, want)]


def claim_of(claims: Facts, chosen: Member) -> ClaimFacts | None:
    """The claim facts of a member's own claim."""
    return claims.claims.get(chosen.claim.name) if chosen.claim else None


def _rolling(seen: Observation) -> t.Iterator[Refused]:
    sts = seen.set
    old = [m.ordinal for m in seen.members if sts and m.pod and m.pod.revision != sts.update_revision]
    if old:
        text = f"an update is under way: members {', '.join(map(str, old))} are not on the newest revision"
        yield Refused("revisions_differ", text, hint("revisions_differ"))


def _growing(claim: ClaimFacts) -> t.Iterator[Refused]:
    for finding in _volumes.resize(claim):
        yield Refused(finding.code, finding.message, hint(finding.code))


def _snapshot(claim: ClaimFacts, claims: Facts, want: Wish) -> t.Iterator[Refused]:
    if want.source != "snapshot":
        return
    able = _volume_behind.snapshot_capable(claim, claims)
    if not able:
        keeper = _volume_behind.driver(claim, claims) or "its driver"
        text = f"volumes of {keeper} cannot be snapshotted" if able is False else f"whether volumes of {keeper} can be snapshotted is not known"
        yield Refused("no_snapshot_class", text, hint("no_snapshot_class"))


def _cold(claims: Facts, want: Wish) -> t.Iterator[Refused]:
    if want.source == "cold" and claims.set is not None and "scaled in" in claims.set.deletes:
        text = "the StatefulSet deletes a claim when it is scaled in, and a cold copy scales it in"
        yield Refused("retention_delete", text, "set persistentVolumeClaimRetentionPolicy.whenScaled to Retain first")


# The copy


def suspicious(files: t.Sequence[File], before: int | None, want: Wish) -> Refused | None:
    """An empty source, or one that has shrunk to less than half, is a mistake until somebody says that it is none."""
    total = sum(f.size for f in files)
    if not files or not total:
        return Refused("source_empty", f"the volume has {len(files)} files with {total} bytes", hint("source_empty"))
    if before and not want.allow_small and total * 100 < before * SMALL_PERCENT:
        text = f"the volume has {total} bytes, the newest verified backup {before}"
        return Refused("source_small", text, hint("source_small"))
    return None


_KEPT = ("name", "namespace", "labels", "annotations")
_OWN = ("placement-center.robustmq.io/", "kubectl.kubernetes.io/")


def cleaned(live: Object, kind: str, version: str) -> Object:
    """An object as it could be made again: without what the API server and an operation wrote into it."""
    meta = {k: copy.deepcopy(v) for k, v in live["metadata"].items() if k in _KEPT}
    notes = {k: v for k, v in meta.pop("annotations", {}).items() if not k.startswith(_OWN)}
    found: Object = {"apiVersion": version, "kind": kind, "metadata": {**meta, **({"annotations": notes} if notes else {})}}
    for part in ("spec", "data", "binaryData", "immutable"):
        if part in live:
            found[part] = copy.deepcopy(live[part])
    if kind == "Service" and found["spec"].get("clusterIP") != "None":
        for given in ("clusterIP", "clusterIPs"):
            found["spec"].pop(given, None)
    if kind == "StatefulSet":
        for template in found["spec"].get("volumeClaimTemplates", []):
            template.pop("status", None)
    return found


def source(chosen: Member, claim: ClaimFacts, driver: str, handle: str) -> Object:
    """The claim that was copied, as a paper tells it."""
    modes = sorted(claim.modes - {"Filesystem", "Block"})
    named = {"ordinal": chosen.ordinal, "id": chosen.id, "claim": claim.name, "claim_uid": claim.uid}
    sizes = {"size": claim.size, "capacity": claim.capacity, "class": claim.storage_class or "", "mode": modes[0] if modes else ""}
    return {**named, **sizes, "volume": claim.volume, "driver": driver, "handle": handle}
