# SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""The note of a restore that outlives whoever does it: what was there before, what takes its place, and how far it is. Pure.

It is written before anything is changed. Whoever runs next goes on from it and from what is to be seen.
"""

from __future__ import annotations

import json
import typing as t
from dataclasses import asdict, dataclass, field

from ansible_collections.robustmq.placement_center.plugins.module_utils import _manifest
from ansible_collections.robustmq.placement_center.plugins.module_utils._claims import claim_name

Object = dict[str, t.Any]

RESTORE = f"{_manifest.PREFIX}/restore"  # label of all that a restore makes, and of the volumes that it keeps; the backup's id
KEPT = f"{_manifest.PREFIX}/kept"  # annotation of a volume that was kept: since when, and whose it was
DONE, ROLLED_BACK = "done", "rolled_back"
FILE = "journal.json"


class Old(t.NamedTuple):
    """A claim as it was before, and its volume; empty where it had none."""

    claim: Object
    volume: str

    @property
    def uid(self) -> str:
        """The claim's."""
        return str(self.claim["uid"])


@dataclass(frozen=True)
class Journal:
    """One restore."""

    backup: str
    run: str  # tells one restore of a backup from another
    began: str  # RFC 3339
    namespace: str
    name: str
    template: str  # of the claims
    first: int  # ordinal
    replicas: int  # that the restored set has
    before: int | None  # that it had; None: there was no set
    like: Object  # size, class, mode and labels of the new claims
    old: t.Mapping[int, Old] = field(default_factory=dict)
    policy: Object = field(default_factory=dict)  # the network policy as it was; empty: there was none
    new: t.Mapping[int, str] = field(default_factory=dict)  # ordinal -> a volume with the copy, every hash compared
    newest: t.Mapping[str, int] = field(default_factory=dict)  # raft group -> last log index that a member told before it was stopped
    stopped: bool = False  # the old members are not asked any more
    back: bool = False  # it is being undone
    opened: bool = False  # clients may have written: there is no way back
    ended: str = ""

    @property
    def ordinals(self) -> range:
        """Of the restored members."""
        return range(self.first, self.first + self.replicas)

    @property
    def labels(self) -> dict[str, str]:
        """What all that it makes carries."""
        return labels(self.name, self.backup)

    def claim(self, ordinal: int) -> str:
        """The claim that a member mounts."""
        return claim_name(self.name, ordinal, self.template)

    def copy(self, ordinal: int) -> str:
        """The claim that the copy is brought to first."""
        return _manifest.object_name(self.name, self.backup, f"r{ordinal}")


def note_name(name: str) -> str:
    """The ConfigMap."""
    return f"{name}-restore"


def labels(name: str, backup: str) -> dict[str, str]:
    """What all that a restore makes carries; never a backup's own label, by which backups are swept."""
    return {_manifest.SET: name, RESTORE: backup}


def note(journal: Journal) -> Object:
    """The ConfigMap that holds it."""
    meta = {"name": note_name(journal.name), "namespace": journal.namespace, "labels": labels(journal.name, journal.backup)}
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": meta, "data": data(journal)}


def data(journal: Journal) -> dict[str, str]:
    """Its text."""
    told = {**asdict(journal), "old": {o: [old.claim, old.volume] for o, old in journal.old.items()}}
    return {FILE: json.dumps(told, sort_keys=True, indent=1)}


def read(found: Object) -> Journal:
    """The reverse of ``note``.

    :raises ValueError: it is none.
    """
    try:
        said = json.loads(found["data"][FILE])
        old = {int(o): Old(claim, volume) for o, (claim, volume) in said.pop("old").items()}
        new = {int(o): volume for o, volume in said.pop("new").items()}
        return Journal(**said, old=old, new=new)
    except (KeyError, TypeError, ValueError) as exc:
        raise ValueError(f"it is no journal of a restore: {exc}") from exc


def unfinished(found: Object | None) -> str:
    """The backup of a restore that is under way; empty where none is. What cannot be read may be one."""
    try:
        journal = read(found) if found else None
    except ValueError:
        return "(its note cannot be read)"
    return journal.backup if journal and not journal.ended else ""
