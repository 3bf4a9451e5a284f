# SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Claims, volumes and a StatefulSet in simulated ticks, with the semantics that a restore depends on.

A volume whose claim is gone is released (Retain) or deleted with what it holds (Delete); a claim goes once no pod mounts it; a set that
has members makes an empty claim where one is missing. What must never happen is asserted at every tick.
"""

from __future__ import annotations

import typing as t
from dataclasses import dataclass, replace

from ansible_collections.robustmq.placement_center.plugins.module_utils import _restore_actions as r
from ansible_collections.robustmq.placement_center.plugins.module_utils._model import Reason
from ansible_collections.robustmq.placement_center.plugins.module_utils._restore_journal import Journal, Old
from ansible_collections.robustmq.placement_center.plugins.module_utils._restore_look import NARROW, OPEN, Claim, Look, Memory, Owner, Volume, home

LIKE = {"size": "1Gi", "class": "ssd", "mode": "ReadWriteOnce", "labels": {}}
WANTED = Journal("20261125-070501-4f3a", "new", "2026-11-25T07:05:01Z", "ns", "pc", "data", 0, 3, None, LIKE)
WEB = "Service/pc"


@dataclass
class SimClaim:
    """A claim."""

    uid: str
    volume: str
    going: bool = False


@dataclass
class SimVolume:
    """A volume; what it ``holds`` is before, copy, half (being filled) or nothing."""

    holds: str
    reclaim: str
    claim: tuple[str, str]
    kept: bool = False


class World:
    """The cluster."""

    def __init__(self, running: bool = True, made: bool = True, volumes: bool = True, reclaim: str = "Delete") -> None:
        """:param made: there is a set. :param volumes: the volumes of before are there."""
        self.now, self.uids, self.version = 0.0, 0, 0
        self.claims: dict[str, SimClaim] = {}
        self.volumes: dict[str, SimVolume] = {}
        self.replicas: int | None = (3 if running else 0) if made else None
        self.pods: set[int] = set()
        self.journal: Journal | None = None
        self.policy, self.missing, self.tools = OPEN, [WEB] if not made else [], set[str]()
        self.proven_at, self.ill = 0.0, False
        self.before = self.replicas
        if volumes:
            for o in range(3):
                self.volumes[f"old-{o}"] = SimVolume("before", reclaim, (f"data-pc-{o}", f"u{o}"))
                self.claims[f"data-pc-{o}"] = SimClaim(f"u{o}", f"old-{o}")
        self.had = set(self.volumes)
        self.pods = set(range(self.replicas or 0))

    # What is to be seen

    def look(self, memory: Memory) -> Look:
        self.tick()
        journal = self.journal
        claims = {n: Claim(c.uid, c.volume, self.bound(n), c.going) for n, c in self.claims.items()}
        volumes = {n: Volume("1", v.reclaim, self.bound(v.claim[0]), v.claim, v.kept) for n, v in self.volumes.items()}
        owner = None if self.replicas is None else Owner("set", "1", self.replicas)
        look = Look(
            self.now, journal, owner, claims, volumes, tuple(f"pc-{o}" for o in sorted(self.pods)), policy=self.policy, memory=memory, tools=tuple(self.tools)
        )
        if journal is None:
            return look
        restored = len(journal.new) == 3 and home(look, journal, journal.new)
        asked = restored and self.replicas == 3
        return replace(
            look,
            fresh=self.begun(journal) == journal,
            missing=tuple(self.missing) if len(journal.new) == 3 else (),
            newest={"g": 100} if self.pods and not restored else {},
            unproven=(() if len(self.pods) == 3 and not self.ill and self.now - self.proven_at > 3 else (Reason("no_leader", "none"),)) if asked else None,
        )

    def bound(self, name: str) -> bool:
        claim = self.claims.get(name)
        volume = self.volumes.get(claim.volume) if claim else None
        return claim is not None and volume is not None and volume.claim == (name, claim.uid)

    def begun(self, journal: Journal) -> Journal:
        old = {o: Old({"uid": c.uid, "spec": {}}, c.volume) for o in range(3) if (c := self.claims.get(f"data-pc-{o}"))}
        return replace(journal, old=old, before=self.replicas, policy={"spec": {}})

    # What happens by itself

    def tick(self) -> None:
        self.now += 1
        wanted = set(range(self.replicas or 0))
        if gone := self.pods - wanted:
            self.pods.discard(max(gone))
        elif self.pods != wanted:
            self.start(min(wanted - self.pods))
        for name, claim in list(self.claims.items()):
            mounted = any(name == f"data-pc-{o}" for o in self.pods)
            if claim.going and not mounted:
                del self.claims[name]
            volume = self.volumes.get(claim.volume)
            if volume is not None and volume.claim == (name, ""):
                volume.claim = (name, claim.uid)
        for name, volume in list(self.volumes.items()):
            claim_name, uid = volume.claim
            there = self.claims.get(claim_name)
            if uid and (there is None or there.uid != uid) and volume.reclaim == "Delete":
                assert name not in self.had, "a volume of before is gone"
                del self.volumes[name]
        self.check()

    def start(self, ordinal: int) -> None:
        name = f"data-pc-{ordinal}"
        assert name in self.claims, "the set would make an empty claim"
        if self.bound(name) and not self.claims[name].going:
            self.pods.add(ordinal)
            self.proven_at = self.now

    def check(self) -> None:
        running = {self.volumes[self.claims[f"data-pc-{o}"].volume].holds for o in self.pods}
        assert len(running) <= 1 and running <= {"before", "copy"}, f"members run on {running}"
        for name in self.had:
            assert name in self.volumes and self.volumes[name].holds == "before"
            assert self.volumes[name].claim[0] == f"data-pc-{name[-1]}", "a volume of before is somebody else's"
        if self.pods and running == {"copy"}:
            assert self.journal is not None and (self.policy == NARROW or self.journal.opened), "clients reach members that are not proven"

    # What is done

    def act(self, action: r.Action, cut: int = 99) -> bool:
        """Do it; a Copy is cut off after so many of its steps."""
        if isinstance(action, r.Copy):
            for number, step in enumerate(self.copying(action.ordinals)):
                if number >= cut:
                    return False
                step()
            return True
        doing = getattr(self, f"do_{type(action).__name__.lower()}", None)
        if doing is not None:
            doing(action)
        return doing is not None

    def copying(self, ordinals: t.Sequence[int]) -> t.Iterator[t.Callable[[], None]]:
        for o in ordinals:
            name, volume = self.j.copy(o), f"new-{o}-{self.uid()}"
            if name not in self.claims:
                yield lambda name=name, volume=volume: self.make_copy(name, volume)
            job = f"Job/{name}"
            yield lambda job=job: self.tools.add(job)
            yield lambda name=name: setattr(self.volumes[self.claims[name].volume], "holds", "copy")
            yield lambda name=name: setattr(self.volumes[self.claims[name].volume], "reclaim", "Retain")
            yield lambda o=o, name=name: setattr(self, "journal", replace(self.j, new={**self.j.new, o: self.claims[name].volume}))
            yield lambda job=job: self.tools.discard(job)

    def make_copy(self, name: str, volume: str) -> None:
        uid = self.uid()
        self.claims[name] = SimClaim(uid, volume)
        self.volumes[volume] = SimVolume("half", "Retain", (name, uid))

    def uid(self) -> str:
        self.uids += 1
        return f"uid{self.uids}"

    @property
    def j(self) -> Journal:
        assert self.journal is not None, "an action without a journal"
        return self.journal

    def do_begin(self, _action: r.Begin) -> None:
        self.journal = self.begun(self.journal if self.journal and not self.journal.ended else WANTED)

    def do_keep(self, action: r.Keep) -> None:
        self.volumes[action.volume].reclaim = "Retain"

    def do_discard(self, action: r.Discard) -> None:
        assert action.volume not in self.had
        volume = self.volumes[action.volume]
        volume.reclaim, volume.claim = "Delete", (volume.claim[0], volume.claim[1] or "discarded")

    def do_narrow(self, _action: r.Narrow) -> None:
        self.policy = NARROW

    def do_widen(self, _action: r.Widen) -> None:
        self.policy = OPEN

    def do_stopped(self, _action: r.Stopped) -> None:
        self.journal = replace(self.j, stopped=True, newest={"g": 100})

    def do_scale(self, action: r.Scale) -> None:
        self.replicas = action.replicas

    def do_remove(self, action: r.Remove) -> None:
        claim = self.claims[action.claim]
        volume = self.volumes.get(claim.volume)
        assert volume is None or claim.volume not in self.had or volume.reclaim == "Retain"
        claim.going = True

    def do_aim(self, action: r.Aim) -> None:
        self.volumes[action.volume].claim = (action.claim, "")

    def do_bind(self, action: r.Bind) -> None:
        name = f"data-pc-{action.ordinal}"
        assert name not in self.claims
        self.claims[name] = SimClaim(self.uid(), action.volume)

    def do_mark(self, action: r.Mark) -> None:
        self.volumes[action.volume].kept = action.on

    def do_make(self, action: r.Make) -> None:
        self.missing.remove(action.what)
        self.replicas = 0 if self.replicas is None else self.replicas
        self.policy = NARROW

    def do_tidy(self, action: r.Tidy) -> None:
        self.tools.discard(action.what)

    def do_turnback(self, _action: r.TurnBack) -> None:
        self.journal = replace(self.j, back=True)

    def do_unmake(self, _action: r.Unmake) -> None:
        assert not self.pods
        self.replicas = None

    def do_opened(self, _action: r.Opened) -> None:
        self.journal = replace(self.j, opened=True)

    def do_end(self, action: r.End) -> None:
        self.journal = replace(self.j, ended=action.state)
