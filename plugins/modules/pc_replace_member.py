#!/usr/bin/python
# -*- coding: utf-8 -*-
# SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
from __future__ import annotations

DOCUMENTATION = r"""
module: pc_replace_member
short_description: Gives a member that has lost its volume a new one, while the others serve
version_added: "0.1.0"
author: The robustmq.placement_center developers (@robustmq)
description:
  - For one member whose volume is lost or broken while a majority lives. It is taken out of every raft group, gets an empty volume, joins
    anew and is proven.
  - Refused unless one live member leads every raft group and a majority of caught-up voters lives without the member. Leaving and joining go
    group by group on the one that is asked, and stay half done where the groups are led by different members; RobustMQ has no transfer of
    leadership.
  - Refused where the member answers as a voter of every group, unless O(discard) names its pod.
  - The old claim is deleted and held by a finalizer until the member votes nowhere. A StatefulSet makes no pod while its claim is being
    deleted, so nobody starts on an empty volume while the member still has a vote.
  - The old volume stays (C(Retain)); RV(kept) has the command that removes it.
  - It may be killed at any moment. Run again it goes on from what it finds; what cannot be seen is in an annotation of the StatefulSet. A
    member that has left or joined only some groups is finished.
  - A member that a run before this one has replaced, and that serves, is left alone, and nothing is written.
extends_documentation_fragment:
  - robustmq.placement_center.auth
  - robustmq.placement_center.cluster
  - robustmq.placement_center.attributes
options:
  ordinal:
    description: The ordinal of the member, as in its pod's name.
    type: int
    required: true
  discard:
    description:
      - The name of the member's pod, typed by the operator. Its volume is replaced although nothing says that it is lost.
      - Empty replaces only what is lost; any other name is refused.
    type: str
    default: ""
  stable_seconds:
    description: How long in seconds everything must be healthy without a break before it is done.
    type: int
    default: 10
  step_timeout:
    description:
      - How long in seconds nothing may be gained before it holds.
      - With the profile C(v0_1) at least 140 and the stable window, since a member that is new or back may be cut off for so long.
    type: int
    default: 900
  wait_patience:
    description: How long in seconds to bear a state that seldom mends by itself, and how long a join may stand still before it is finished.
    type: int
    default: 15
  max_lag:
    description: How many log entries a member may be behind its leader and still count as caught up.
    type: int
    default: 100
  progress_file:
    description: Set by the action plugin. A file on the host that runs the module, to which progress is appended.
    type: path
"""

EXAMPLES = r"""
- name: What would be done?
  robustmq.placement_center.pc_replace_member:
    namespace: robustmq
    ordinal: 1
  check_mode: true
  register: planned

- name: Give member 1 a new volume, since its own is lost
  robustmq.placement_center.pc_replace_member:
    namespace: robustmq
    ordinal: 1

- name: Give member 1 a new volume although it serves, for example since its disk is slow
  robustmq.placement_center.pc_replace_member:
    namespace: robustmq
    ordinal: 1
    discard: placement-center-1
"""

RETURN = r"""
state:
  description:
    - V(done), V(planned) in check mode, or V(held).
    - V(undone) where another run had begun, and the member was back by itself before its volume was given up.
  type: str
  returned: success or held
member:
  description: Name of the member's pod.
  type: str
  returned: success or held
plan:
  description: The steps that were still to be taken at first, in their order; C(object) is what each is about.
  type: list
  elements: dict
  returned: success or held
  sample:
    - {"step": "hold", "object": "data-placement-center-1"}
    - {"step": "delete", "object": "data-placement-center-1"}
    - {"step": "stop", "object": "placement-center-1"}
    - {"step": "leave", "object": "placement-center-1", "groups": ["metadata_0"]}
    - {"step": "release", "object": "data-placement-center-1"}
    - {"step": "join", "object": "placement-center-1", "groups": ["metadata_0"]}
groups:
  description: Every raft group at the end, and what the member is in it.
  type: list
  elements: dict
  returned: success or held
  contains:
    group: {description: Its name., type: str}
    leader: {description: Raft id of its leader; null where it has none., type: int}
    voters: {description: Raft ids of its voters., type: list}
    member: {description: "V(voter), V(learner), V(none), or V(unknown) where the group has no leader.", type: str}
kept:
  description: Volumes that the member had before and that stay, each with the command that removes it together with its data.
  type: list
  elements: dict
  returned: success or held
  contains:
    volume: {description: Name of the PersistentVolume., type: str}
    remove: {description: The command., type: str}
reason:
  description: Stable code of the refusal, hold or failure.
  type: str
  returned: failure
reasons:
  description: All reasons of a hold, the first one first.
  type: list
  elements: dict
  returned: held
refusals:
  description: Every refusal, not only the first.
  type: list
  elements: dict
  returned: when refused
"""

import contextlib
import typing as t

from ansible_collections.robustmq.placement_center.plugins.module_utils import _events, _gain, _replacement, _replacement_checks, _replacing, _teardown
from ansible_collections.robustmq.placement_center.plugins.module_utils._claims import claim_name
from ansible_collections.robustmq.placement_center.plugins.module_utils._companion import LazyLease
from ansible_collections.robustmq.placement_center.plugins.module_utils._entry import Job, run
from ansible_collections.robustmq.placement_center.plugins.module_utils._errors import BadInput, PcError, Refused, stop_if
from ansible_collections.robustmq.placement_center.plugins.module_utils._hints import hint
from ansible_collections.robustmq.placement_center.plugins.module_utils._observe import Observer
from ansible_collections.robustmq.placement_center.plugins.module_utils._pauses import Hold
from ansible_collections.robustmq.placement_center.plugins.module_utils._progress import Progress
from ansible_collections.robustmq.placement_center.plugins.module_utils._raft import Limits
from ansible_collections.robustmq.placement_center.plugins.module_utils._replace import Outcome, Replacer
from ansible_collections.robustmq.placement_center.plugins.module_utils._replacement_model import Done, Goal, Look, Memory
from ansible_collections.robustmq.placement_center.plugins.module_utils._replacement_telling import groups

Object = dict[str, t.Any]

SPEC: dict[str, t.Any] = {
    "ordinal": {"type": "int", "required": True},
    "discard": {"type": "str", "default": ""},
    "stable_seconds": {"type": "int", "default": 10},
    "step_timeout": {"type": "int", "default": 900},
    "wait_patience": {"type": "int", "default": 15},
    "max_lag": {"type": "int", "default": 100},
    "progress_file": {"type": "path"},
}


def work(job: Job) -> dict[str, t.Any]:
    """Look, refuse, rehearse; then replace."""
    want = job.params
    member = f"{job.name}-{want['ordinal']}"
    if want["discard"] not in ("", member):
        hint_ = "type the name of the member's pod to give up a volume that is not lost, or leave it empty"
        raise BadInput("discard", want["discard"], f"is not the name {member} of the member with ordinal {want['ordinal']}", hint_, "not_confirmed")
    limits = Limits(want["max_lag"], job.profile.quorum_ack_stale_ms, 0)
    lasting = _gain.lasting(want["step_timeout"], job.profile.cut_off_seconds, want["stable_seconds"])
    times = want["stable_seconds"], lasting, want["wait_patience"]
    goal = Goal(want["ordinal"], bool(want["discard"]), *times, taken_in=bool(job.profile.learner_path), limits=limits)
    observer = Observer(job.kube, job.namespace, job.name, job.profile, measure=False, hasty=True)
    progress = Progress(want["progress_file"])
    with contextlib.ExitStack() as stack:
        lease = LazyLease(job, "replace_member", stack, progress.say)
        replacer = Replacer(job.kube, observer, goal, lease, progress.say, lambda: progress.abandoned)
        try:
            return _replaced(job, replacer)
        except PcError as exc:
            exc.partial["changed"] = bool(exc.partial.get("changed") or replacer.writes)
            raise


def _replaced(job: Job, replacer: Replacer) -> dict[str, t.Any]:
    """The replacement itself, from the first look on."""
    goal, look = replacer.goal, replacer.look(Memory())
    planned = _replacement_checks.plan(look, goal)
    facts: Object = {"member": f"{job.name}-{goal.ordinal}", "plan": planned}
    before = _left(job, look, goal)
    if before and planned:
        replacer.say(f"{facts['member']}  {len(before)} of its volumes are set aside already: {', '.join(before)}")
    live = job.kube.get("StatefulSet", job.name, job.namespace)
    done = _replacement_checks.finished(look, goal)
    if not done:
        stop_if(_replacement_checks.refusals(look, goal, live))
        stop_if(replacer.rehearse(look))
    if done or job.check_mode:
        return {"changed": not done, "state": "planned" if job.check_mode else "done", **facts, **_facts(look, goal, before)}
    replacer.lease.take()  # before the loop's first look, since it may have to be waited for
    return _told(job, replacer.run(), goal, facts, before)


def _left(job: Job, look: Look, goal: Goal) -> list[str]:
    """Volumes that replacements before have set aside: those that a note names, and those that still name the member's claim."""
    sts, m = look.seen.set, _replacement.target(look.seen, goal.ordinal)
    note = _replacing.under_way(sts.annotations) if sts else None
    ours, name = m.claim.volume if m and m.claim else "", claim_name(job.name, goal.ordinal)
    found = [v for v, claim in _teardown.left_behind(job.kube, job.namespace, job.name).items() if claim == name and v != ours]
    return list(dict.fromkeys([*found, *(note.volumes if note and note.ordinal == goal.ordinal else ())]))


def _facts(look: Look, goal: Goal, before: list[str]) -> Object:
    sts = look.seen.set
    return {"groups": groups(look, goal), "kept": _replacement_checks.kept(_replacing.read(sts.annotations) if sts else None, before)}


def _told(job: Job, ended: Outcome, goal: Goal, facts: Object, before: list[str]) -> dict[str, t.Any]:
    """The result; a hold is a failure."""
    held = ended.action if isinstance(ended.action, Hold) else None
    facts = {**facts, **_facts(ended.look, goal, before), "changed": ended.writes > 0}
    if ended.writes:
        first = held.reasons[0] if held else None
        kept = "".join(f"; volume {each['volume']} is kept" for each in facts["kept"])
        _tell(job, "Warning" if first else "Normal", first.code if first else "replace_member", first.message if first else f"{facts['member']} serves{kept}")
    if held is None:
        undone = isinstance(ended.action, Done) and ended.action.undone
        return {**facts, "state": "undone" if undone else "done"}
    first = held.reasons[0]
    reasons = [{"code": r.code, "member": r.member, "group": r.group, "message": r.message} for r in held.reasons]
    raise Refused(first.code, f"the replacement holds: {first.code}: {first.message}", hint(first.code), {**facts, "state": "held", "reasons": reasons})


def _tell(job: Job, kind: str, code: str, text: str) -> None:
    live = job.kube.get("StatefulSet", job.name, job.namespace)
    if live is not None:
        _events.tell(job.kube, live, kind, code, text)


def main() -> None:
    """Entry point."""
    run(work, SPEC)


if __name__ == "__main__":
    main()
