# SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""The note on a StatefulSet about the member whose volume is being replaced: all that cannot be seen otherwise. Pure."""

from __future__ import annotations

import json
import typing as t

REPLACING = "placement-center.robustmq.io/replacing"  # the annotation
HOLD = "placement-center.robustmq.io/replacing"  # the finalizer: a claim that is being deleted and has it keeps every new pod away

HELD, LEFT, RELEASED, DONE = "held", "left", "released", "done"


class Note(t.NamedTuple):
    """How far a replacement is.

    ``held``: the claim is set aside and the member leaves; ``left``: it votes nowhere; ``released``: whatever claim it has is new;
    ``done``: it serves from the claim named here.
    """

    ordinal: int
    claim: str = ""  # UID of the claim that is set aside, or (done) that it has now; empty where there was none
    volumes: tuple[str, ...] = ()  # what stays of claims that were set aside
    phase: str = HELD
    rounds: int = 1  # how often it has begun, this time included


UNREADABLE = Note(-1)  # no ordinal is this one, so nobody goes on with it


def read(annotations: t.Mapping[str, str]) -> Note | None:
    """The note; one that somebody else has written over is ``UNREADABLE``."""
    text = annotations.get(REPLACING)
    if text is None:
        return None
    try:
        found = json.loads(text)
        volumes = tuple(map(str, found["volumes"]))
        note = Note(int(found["ordinal"]), str(found["claim"]), volumes, str(found["phase"]), int(found.get("rounds", max(1, len(volumes)))))
    except (ValueError, TypeError, KeyError):
        return UNREADABLE
    return note if note.phase in (HELD, LEFT, RELEASED, DONE) else UNREADABLE


def patch(version: str, note: Note | None) -> dict[str, t.Any]:
    """The merge patch that writes it, or takes it away; ``version`` is the precondition."""
    text = None if note is None else json.dumps({**note._asdict(), "volumes": list(note.volumes)})
    return {"metadata": {"resourceVersion": version, "annotations": {REPLACING: text}}}


def under_way(annotations: t.Mapping[str, str]) -> Note | None:
    """The note of a replacement that has not ended."""
    note = read(annotations)
    return None if note is None or note.phase == DONE else note
