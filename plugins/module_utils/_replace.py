# SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""The loop of a replacement: look, decide, act with a precondition, look again. It decides nothing itself."""

from __future__ import annotations

import typing as t
from dataclasses import dataclass, replace
from functools import partial

from ansible_collections.robustmq.placement_center.plugins.module_utils import _grpcweb, _kv, _membership, _replacement, _replacement_gain, _replacing, _verdict
from ansible_collections.robustmq.placement_center.plugins.module_utils._errors import Conflict, PcError, Refused, Unreachable
from ansible_collections.robustmq.placement_center.plugins.module_utils._guard import GUARD
from ansible_collections.robustmq.placement_center.plugins.module_utils._hints import hint
from ansible_collections.robustmq.placement_center.plugins.module_utils._kube import Kube
from ansible_collections.robustmq.placement_center.plugins.module_utils._learn import learn
from ansible_collections.robustmq.placement_center.plugins.module_utils._model import Claim, Observation
from ansible_collections.robustmq.placement_center.plugins.module_utils._observe import Observer
from ansible_collections.robustmq.placement_center.plugins.module_utils._replacement_gate import without_own
from ansible_collections.robustmq.placement_center.plugins.module_utils._replacement_model import (
    Action,
    Discard,
    Done,
    Fence,
    Free,
    Goal,
    Hold,
    Join,
    Keep,
    Leave,
    Look,
    Memory,
    Stop,
    Wait,
    Write,
)
from ansible_collections.robustmq.placement_center.plugins.module_utils._replacement_telling import Told, news
from ansible_collections.robustmq.placement_center.plugins.module_utils._replacing import HOLD, RELEASED
from ansible_collections.robustmq.placement_center.plugins.module_utils._roll import Keeper
from ansible_collections.robustmq.placement_center.plugins.module_utils._storage import volume_view
from ansible_collections.robustmq.placement_center.plugins.module_utils._volume_model import Finding, Volume
from ansible_collections.robustmq.placement_center.plugins.module_utils._wait import looked

Object = dict[str, t.Any]
LOOK_SECONDS = 0.5
CALL_SECONDS = 20.0  # a member that is taken in is first filled


class Outcome(t.NamedTuple):
    """How it ended, and what it stood on."""

    action: Done | Hold
    look: Look
    writes: int


@dataclass
class Replacer:
    """One replacement, until it is done or holds."""

    kube: Kube
    observer: Observer
    goal: Goal
    lease: Keeper
    say: t.Callable[[str], None]
    abandoned: t.Callable[[], bool] = lambda: False
    writes: int = 0

    def look(self, memory: Memory, wrote: bool = False, refused: str = "") -> Look:
        """One look, judged and remembered."""
        seen = self.observer.look()
        verdict = without_own(_verdict.judge(seen, self.goal.limits))
        look = Look(seen, verdict, self._volume(seen), memory, not self.lease.lost, self.abandoned())
        return replace(look, memory=_replacement_gain.remember(memory, look, self.goal, wrote, refused))

    def _volume(self, seen: Observation) -> Volume | Finding | None:
        """What stands behind the claim; None where nothing does."""
        m = _replacement.target(seen, self.goal.ordinal)
        if m is None or m.claim is None or not m.claim.volume:
            return None
        found = learn(Finding, self.kube.get, "PersistentVolume", m.claim.volume)
        return volume_view(found) if isinstance(found, dict) else found

    def run(self) -> Outcome:
        """Look and act until there is an end."""
        memory, told, wrote, refused = Memory(), Told(), False, ""
        while True:
            look = looked(partial(self.look, memory, wrote, refused), memory.roll.at, self.goal.step_timeout, self.say, LOOK_SECONDS)
            if look is None:
                continue
            memory, action = look.memory, _replacement.decide(look, self.goal)
            told, lines = news(told, look, self.goal, action)
            for line in lines:
                self.say(line)
            if isinstance(action, (Done, Hold)):
                return Outcome(action, look, self.writes)
            wrote, refused = self._act(action, look)
            self.writes += wrote
            if not wrote:
                self.kube.wait_for_change("Pod", self.observer.namespace, look.seen.version, LOOK_SECONDS)

    def _act(self, action: Action, look: Look) -> tuple[bool, str]:
        """Whether it wrote, and a leader's refusal; after a conflict or a silence the next look decides again."""
        if isinstance(action, (Wait, Done, Hold)):
            return False, ""
        self.lease.take()
        if not self.lease.held:
            return False, ""
        try:
            if isinstance(action, (Leave, Join)):
                return self._call(action, look)
            self._write(action, look, dry_run=False)
        except Conflict:
            return False, ""
        except Unreachable as exc:
            return False, str(exc)
        return True, ""

    def _write(self, action: Action, look: Look, dry_run: bool) -> None:
        """One write to Kubernetes, under the version or the UID that was looked at."""
        kube, namespace, sts = self.kube, self.observer.namespace, look.seen.set
        if isinstance(action, Write) and sts is not None:
            kube.merge("StatefulSet", namespace, sts.name, _replacing.patch(sts.version, action.note), dry_run)
        elif isinstance(action, Keep):
            patch = {"metadata": {"resourceVersion": action.volume.version}, "spec": {"persistentVolumeReclaimPolicy": "Retain"}}
            kube.merge("PersistentVolume", "", action.name, patch, dry_run)
        elif isinstance(action, (Fence, Free)):
            kube.merge("PersistentVolumeClaim", namespace, action.claim.name, _finalizers(action.claim, isinstance(action, Fence)), dry_run)
        elif isinstance(action, Discard):
            kube.delete(_object("PersistentVolumeClaim", namespace, action.claim.name, action.claim.uid), dry_run)
        elif isinstance(action, Stop):
            kube.delete(_object("Pod", namespace, action.pod.name, action.pod.uid), dry_run)

    def _call(self, action: Leave | Join, look: Look) -> tuple[bool, str]:
        profile, call = self.observer.profile, self._meant(action, look)
        leader = next(m for m in look.seen.members if m.id == action.leader)
        pod = f"{self.observer.name}-{leader.ordinal}"
        said = _kv.written(
            *self.kube.proxy(self.observer.namespace, pod, profile.grpc_port, call.path, call.body, _grpcweb.HEADERS, repeat=False, seconds=CALL_SECONDS)
        )
        return said.acknowledged, "" if said.acknowledged else said.words

    def _meant(self, action: Leave | Join, look: Look) -> _membership.Call:
        profile, member = self.observer.profile, self.observer.profile.member_id(self.goal.ordinal)
        voters = {i for g in look.verdict.groups for i in g.voters}
        if isinstance(action, Leave):
            return _membership.leave(profile, member, voters)
        return _membership.take_in(profile, member, action.address) if action.new else _membership.join(profile, member, action.address, voters)

    def rehearse(self, look: Look) -> list[Refused]:
        """What the API server would say to the writes that are to come, where they can be tried now.

        :raises Unreachable: it cannot be asked.
        """
        m, sts = _replacement.target(look.seen, self.goal.ordinal), look.seen.set
        if m is None or sts is None:
            return []
        note, trials = _replacing.under_way(sts.annotations), list[Action]([Write(_replacement.begun(m, look))])
        if m.claim and not (note and note.phase == RELEASED):
            if isinstance(look.volume, Volume) and look.volume.reclaim != "Retain":
                trials.append(Keep(m.claim.volume, look.volume))
            trials += [] if m.claim.terminating else [Fence(m.claim), Discard(m.claim)]
            trials += [Stop(m.pod)] if m.pod else []
        said = (self._tried(each, look) for each in trials)
        return [each for each in said if each is not None]

    def _tried(self, action: Action, look: Look) -> Refused | None:
        try:
            self._write(action, look, dry_run=True)
        except Conflict:
            return None  # it has changed meanwhile, and the loop looks again before it writes
        except Unreachable:
            raise
        except PcError as exc:
            return Refused(exc.reason, str(exc), exc.hint or hint(exc.reason))
        return None


def _finalizers(claim: Claim, hold: bool) -> Object:
    """The merge patch that adds ours, or takes it away; with it goes the guard of a claim that is being deleted."""
    ours = {HOLD, GUARD} if claim.terminating and not hold else {HOLD}
    left = [f for f in claim.finalizers if f not in ours] + ([HOLD] if hold else [])
    return {"metadata": {"resourceVersion": claim.version, "finalizers": left or None}}


def _object(kind: str, namespace: str, name: str, uid: str) -> Object:
    return {"kind": kind, "metadata": {"name": name, "namespace": namespace, "uid": uid}}
