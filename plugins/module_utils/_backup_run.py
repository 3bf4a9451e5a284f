# SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""One backup, from the first look to the sealed paper. What a killed run leaves is labelled with its id, and removed by the next."""

from __future__ import annotations

import contextlib
import secrets
import time
import typing as t
from dataclasses import dataclass, field, replace

from ansible_collections.robustmq.placement_center.plugins.module_utils import (
    _backup,
    _copying,
    _fence,
    _manifest,
    _mover_words,
    _movers,
    _opening,
    _volume_behind,
)
from ansible_collections.robustmq.placement_center.plugins.module_utils._backup import Wish
from ansible_collections.robustmq.placement_center.plugins.module_utils._backup_store import Store
from ansible_collections.robustmq.placement_center.plugins.module_utils._cold import Cold
from ansible_collections.robustmq.placement_center.plugins.module_utils._copying import Copier
from ansible_collections.robustmq.placement_center.plugins.module_utils._errors import PcError, Refused
from ansible_collections.robustmq.placement_center.plugins.module_utils._fencing import Fencing, Look
from ansible_collections.robustmq.placement_center.plugins.module_utils._hints import hint
from ansible_collections.robustmq.placement_center.plugins.module_utils._kube import Kube
from ansible_collections.robustmq.placement_center.plugins.module_utils._marks import Marker
from ansible_collections.robustmq.placement_center.plugins.module_utils._model import Member, Reason
from ansible_collections.robustmq.placement_center.plugins.module_utils._mover_words import File
from ansible_collections.robustmq.placement_center.plugins.module_utils._open import Opener
from ansible_collections.robustmq.placement_center.plugins.module_utils._snapshots import Snapshots, Taken
from ansible_collections.robustmq.placement_center.plugins.module_utils._storage import Storage

Object = dict[str, t.Any]

ATTEMPTS = 3  # copies that an election may spoil


@dataclass
class Copied:
    """What was copied, and between which two looks."""

    member: Member
    fence: dict[str, int]
    before: Look
    after: Look
    taken: Taken | None = None


def new_id(now: float) -> str:
    """Sorts by time, and is nobody else's."""
    return time.strftime("%Y%m%d-%H%M%S-", time.gmtime(now)) + secrets.token_hex(2)


@dataclass
class Maker:
    """Makes one backup. ``alive`` is asked before each step and raises where this run may not go on."""

    kube: Kube
    store: Store
    raft: Fencing
    wish: Wish
    copier: Copier
    snapshots: Snapshots
    cold: Cold
    marker: Marker
    say: t.Callable[[str], None]
    alive: t.Callable[[], None]
    patience: float
    id: str
    ahead: float  # seconds by which the cluster's clock is ahead of ours: backups go by the cluster's
    snapshot_class: str = ""
    verify: bool = True
    concerns: list[Reason] = field(default_factory=list)
    seconds: dict[str, float] = field(default_factory=dict)  # how long each part took
    began: float = field(default_factory=time.monotonic)

    # Looking

    def preflight(self) -> tuple[list[Refused], Member | None]:
        """Why it may not be, and whom it would copy."""
        seen, verdict = self.raft.look()
        claims = Storage(self.kube, self.store.namespace, self.store.name).look()
        found = _backup.member(seen, verdict, self.raft.limits, self.wish) if verdict.groups else None
        refused = _backup.refusals(seen, verdict, claims, self.raft.limits, self.wish)
        chosen = found if isinstance(found, Member) else None
        claim = _backup.claim_of(claims, chosen) if chosen else None
        if self.wish.source == "snapshot" and claim and not refused:
            self.snapshot_class = self.snapshots.class_for(_volume_behind.driver(claim, claims) or "", self.snapshot_class)
        return refused, chosen

    # Making

    @property
    def labels(self) -> dict[str, str]:
        """What all that it makes carries."""
        return _manifest.labels(self.store.name, self.id)

    def named(self, part: str) -> str:
        """The name of one of the things that it makes."""
        return _manifest.object_name(self.store.name, self.id, part)

    def snapshot(self) -> Copied:
        """A VolumeSnapshot of a voter, taken again where an election fell into it.

        :raises Refused: every attempt was spoiled.
        """
        for attempt in range(1, ATTEMPTS + 1):
            chosen, fence, before = self.raft.fenced()
            name = self.named(f"s{attempt}")
            claim = chosen.claim.name if chosen.claim else ""
            start = time.monotonic()
            taken = self.snapshots.take(name, claim, self.snapshot_class, self.labels)
            self.seconds |= {"snapshot": round(time.monotonic() - start, 2), "ready": round(time.monotonic() - self.began, 2)}
            after = self.raft.look()
            broken = _fence.moved(before, after)
            if not broken:
                self.say(f"snapshot {name}: ready, and nobody's term has changed")
                return Copied(chosen, fence, before, after, taken)
            self.say(f"snapshot {name}: thrown away: {broken[0].message}")
            self.store.remove(self.store.leftovers(self.id), self.snapshots)
        raise Refused("bracket_broken", f"raft has changed in each of {ATTEMPTS} attempts; last: {broken[0].message}", hint("bracket_broken"))

    @contextlib.contextmanager
    def needing(self, snapshot: str) -> t.Iterator[None]:
        """While this lasts, whatever runs ends when the snapshot that it reads is gone.

        :raises Refused: it is.
        """
        before, alive = self.copier, self.alive

        def still() -> None:
            alive()
            self.snapshots.demand(snapshot)

        self.copier = replace(before, runner=replace(before.runner, alive=still))
        try:
            yield
        finally:
            self.copier = before

    def listed(self, claim: str, newest: int | None, node: str = "") -> tuple[File, ...]:
        """The files of the copy, which must look like a copy.

        :raises Refused: it is empty, or far smaller than the one before.
        """
        files = self.copier.list(self.named("hash"), claim, node)
        if refused := _backup.suspicious(files, newest, self.wish):
            raise refused
        self.say(f"{len(files)} files, {sum(f.size for f in files) / 2**20:.1f} MiB, each hashed")
        return files

    def stored(self, claim: str, files: t.Sequence[File], host: str, node: str = "") -> str:
        """Give the volume to restic; returns the snapshot's full id.

        :raises Refused: restic failed, or has not stored all of it.
        """
        runner = self.copier.runner
        tags = ["pc-data", f"pc-id={self.id}", f"pc-set={self.store.namespace}/{self.store.name}"]
        ended = runner.good(_movers.storing(self.named("store"), claim, host, tags, node), _copying.told)
        self.seconds["restic"] = round(ended.seconds, 1)
        said = (_mover_words.lines_of(ended.log, "summary") or [{}])[-1]
        if said.get("total_files_processed") != len(files) and not node:
            text = f"restic has stored {said.get('total_files_processed')} of {len(files)} files"
            raise Refused("backup_incomplete", text, hint("backup_incomplete"))
        self.say(f"restic snapshot {str(said.get('snapshot_id', ''))[:8]}: {said.get('data_added', 0) / 2**20:.1f} MiB new, {ended.seconds:.0f} s")
        return str(said.get("snapshot_id", ""))

    def opened(self, claim: str, copied: Copied, live: Object) -> Object | None:
        """What the server finds in the copy; None where it could not be run.

        :raises Refused: the copy lacks what was committed, or does not open.
        """
        opener = Opener(self.raft.observer, self.labels, self.alive, self.patience)
        said = opener.open(live, copied.member.ordinal, claim, self.named("open"))
        if isinstance(said, str):
            self.concerns.append(Reason("not_opened", f"the copy was not opened: {said}"))
            return None
        if doubts := _opening.doubts(said, copied.fence, _fence.facts(*copied.before)):
            raise Refused(doubts[0].code, doubts[0].message, hint(doubts[0].code))
        self.say("the server opens the copy: " + ", ".join(f"{name} to {view.last_log}" for name, view in sorted(said.items())))
        return _opening.facts(said)

    def clean(self) -> None:
        """Remove what was made, but for what the backup is."""
        with contextlib.suppress(PcError):
            self.store.remove(self.store.leftovers(self.id), self.snapshots)
