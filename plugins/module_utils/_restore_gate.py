# SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Are restored members what the manifest says that they must be? Pure."""

from __future__ import annotations

import typing as t

from ansible_collections.robustmq.placement_center.plugins.module_utils import _fence
from ansible_collections.robustmq.placement_center.plugins.module_utils._model import GroupView, Observation, Reason, Verdict

Canaries: t.TypeAlias = "t.Mapping[int, str | None]"  # what a member has under the canary's key; None: it could not be asked


def unproven(paper: t.Mapping[str, t.Any], seen: Observation, verdict: Verdict, marks: t.Mapping[str, int]) -> tuple[Reason, ...]:
    """Why not; none is a proof but for the canary. :param marks: raft group -> index that every member has to have applied."""
    found = list(verdict.reasons)
    heads = _fence.heads(seen, verdict)
    for name, wanted in sorted(paper["groups"].items()):
        head = heads.get(name)
        if head is None:
            if not found:
                found.append(Reason("no_leader", f"{name}: no member that answers leads it", group=name))
            continue
        found += _group(name, head, wanted, paper["fence"].get(name, 0))
        found += _all_of_it(name, seen, marks.get(name))
    return tuple(found)


def marks(seen: Observation, verdict: Verdict) -> dict[str, int]:
    """What every group's leader has in its log now: equal members all get there."""
    return {name: head.last_log or 0 for name, head in _fence.heads(seen, verdict).items()}


def _group(name: str, head: GroupView, wanted: t.Mapping[str, t.Any], fence: int) -> t.Iterator[Reason]:
    voters = [sorted(c) for c in head.voters]
    if voters != wanted["voters"]:
        yield Reason("membership_differs", f"{name}: its voters are {voters}, the manifest has {wanted['voters']}", group=name)
    if (head.term or 0) < wanted["term"]:
        yield Reason("index_behind", f"{name}: it is in term {head.term}, the manifest in {wanted['term']}", group=name)
    if (head.applied or 0) < fence:
        yield Reason("index_behind", f"{name}: it has applied {head.applied} of the {fence} entries that the backup holds", group=name)


def _all_of_it(name: str, seen: Observation, mark: int | None) -> t.Iterator[Reason]:
    for m in seen.members:
        view = (m.raft or {}).get(name)
        if mark is None or view is None or (view.applied or 0) < mark:
            has = view.applied if view else "nothing"
            yield Reason("lagging", f"{name}: member {m.ordinal} has applied {has}, the leader had {mark}", m.ordinal, name)


def canary(mark: t.Mapping[str, str], said: Canaries) -> tuple[Reason, ...]:
    """Whoever does not have what was written under a key. :param mark: ``key`` and ``value``."""
    wanted = mark["value"]
    told = {o: "does not answer" if value is None else f"has {value or 'nothing'}" for o, value in said.items() if value != wanted}
    return tuple(Reason("canary_missing", f"member {o}: {mark['key']} should be {wanted}, it {words}", o) for o, words in sorted(told.items()))


def newest(seen: Observation) -> dict[str, int]:
    """Raft group -> the last log index that any member tells."""
    found: dict[str, int] = {}
    for m in seen.members:
        for name, view in (m.raft or {}).items():
            found[name] = max(found.get(name, 0), view.last_log or 0)
    return found
