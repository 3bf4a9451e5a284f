# SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a restore says: its plan before anything is done, a plain line for each step, and what was kept. Pure."""

from __future__ import annotations

import typing as t

from ansible_collections.robustmq.placement_center.plugins.module_utils import _restore_actions as r
from ansible_collections.robustmq.placement_center.plugins.module_utils import _restore_checks
from ansible_collections.robustmq.placement_center.plugins.module_utils._pauses import Hold, Wait
from ansible_collections.robustmq.placement_center.plugins.module_utils._restore_journal import Journal
from ansible_collections.robustmq.placement_center.plugins.module_utils._restore_look import Look

Object = dict[str, t.Any]

LEVELS = {1: "every file was read back", 2: "the server opened it", 3: "a cluster was restored from it"}


def plan(paper: t.Mapping[str, t.Any], journal: Journal, made: t.Sequence[str], lost: t.Sequence[Object], unfinished: str) -> list[str]:
    """The whole of it, for people. :param made: kind/name of what is made again. :param unfinished: how far a run before this one is."""
    source, where = paper["source"], f"{journal.namespace}/{journal.name}"
    worth = LEVELS.get(paper["level"], "unproven")
    head = (
        f"restore of {where} from backup {paper['id']}: {paper['method']}, grade {paper['grade']}, of {paper['created']}, member {source['ordinal']}; {worth}"
    )
    lines = [head, *([f"  goes on with a restore that was begun at {journal.began}: {unfinished}"] if unfinished else [])]
    lines += [f"  lost: {_restore_checks.told(row)}" for row in lost]
    for ordinal in journal.ordinals:
        old = journal.old.get(ordinal)
        before = f"volume {old.volume} is kept untouched" if old and old.volume else "has no volume now"
        lines.append(f"  {journal.claim(ordinal)}: {before}; a new one of {journal.like['size']} takes its place")
    lines += [f"  {what}: made again" for what in made]
    lines.append(f"  until clients are let in again it can be undone; then {where} goes on from the backup")
    return lines


def confirmation(journal: Journal) -> str:
    """What has to be typed."""
    return f"to do it, type confirm_name={journal.name} and confirm_id={journal.backup} (playbook: pc_confirm and pc_confirm_backup)"


def stage(journal: Journal) -> str:
    """How far a restore is, in a few words."""
    if journal.ended:
        return journal.ended
    if journal.opened:
        return "clients are being let in"
    if journal.back:
        return "it is being undone"
    if journal.stopped:
        return "the old members are stopped, claims are being exchanged"
    return f"{len(journal.new)} of {journal.replicas} volumes have the copy" if journal.new else "nothing has been stopped yet"


def news(told: str, look: Look, action: r.Action) -> tuple[str, str]:
    """The line to say of an action, and what has been said after it; a wait is said once for each reason."""
    if isinstance(action, (Wait, Hold)):
        first, word = action.reasons[0], "holds" if isinstance(action, Hold) else "waits"
        quiet = isinstance(action, Wait) and first.code in ("claim_terminating", "claim_pending", "unknown_fact")
        line = "" if quiet or told == f"{word} {first.code}" else f"{word}: {first.code}: {first.message}"
        return line, f"{word} {first.code}"
    return _line(look, action), type(action).__name__


def _line(look: Look, action: r.Action) -> str:
    journal = look.journal
    name = journal.name if journal else ""
    words: dict[type, t.Callable[[t.Any], str]] = {
        r.Begin: lambda a: "noted what is there, before anything is changed" if journal is None or journal.ended else "",
        r.Keep: lambda a: f"volume {a.volume} stays, whatever becomes of its claim",
        r.Copy: lambda a: f"the copy comes to {len(a.ordinals)} new volumes; nothing is stopped for it",
        r.Narrow: lambda a: "clients are kept away: only the members reach each other",
        r.Scale: lambda a: f"{name} to {a.replicas} members" if a.replicas else f"{name} stops",
        r.Remove: lambda a: f"{a.claim}: the claim goes, its volume stays" if not a.claim.startswith(f"{name}-b-") else "",
        r.Bind: lambda a: f"{journal.claim(a.ordinal) if journal else ''}: bound to {a.volume}",
        r.Make: lambda a: f"{a.what} made again",
        r.TurnBack: lambda a: "it is undone: every claim gets the volume that it had",
        r.Opened: lambda a: "every member is what the manifest says, has the canary and took a new write: clients are let in",
    }
    found = words.get(type(action))
    return found(action) if found else ""


def kept(journal: Journal, there: t.Container[str]) -> list[Object]:
    """The volumes of before, with the command that removes each with its data."""
    delete = 'kubectl patch pv {0} -p \'{{"spec":{{"persistentVolumeReclaimPolicy":"Delete"}}}}\''
    rows = [(o, old.volume) for o, old in sorted(journal.old.items()) if old.volume in there]
    return [{"ordinal": o, "claim": journal.claim(o), "volume": v, "remove": delete.format(v)} for o, v in rows]
