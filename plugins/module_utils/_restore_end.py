# SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""How a restore ends: its result, the Event on the set, and the backup's paper where its namespace had been lost."""

from __future__ import annotations

import typing as t
from dataclasses import replace

from ansible_collections.robustmq.placement_center.plugins.module_utils import _events, _restore_checks, _restore_telling
from ansible_collections.robustmq.placement_center.plugins.module_utils._backup_store import Store
from ansible_collections.robustmq.placement_center.plugins.module_utils._entry import Job
from ansible_collections.robustmq.placement_center.plugins.module_utils._errors import PcError, Refused
from ansible_collections.robustmq.placement_center.plugins.module_utils._hints import hint
from ansible_collections.robustmq.placement_center.plugins.module_utils._model import Reason
from ansible_collections.robustmq.placement_center.plugins.module_utils._pauses import Hold
from ansible_collections.robustmq.placement_center.plugins.module_utils._restore_journal import DONE, ROLLED_BACK, Journal
from ansible_collections.robustmq.placement_center.plugins.module_utils._restore_run import Outcome, Restorer
from ansible_collections.robustmq.placement_center.plugins.module_utils._restore_start import Plan

Object = dict[str, t.Any]


def planned(plan: Plan) -> Object:
    """The result of a run that was not to do anything, or has nothing to do."""
    lines = list(plan.lines) if plan.over else [*plan.lines, _restore_telling.confirmation(plan.journal)]
    there = {old.volume for old in plan.journal.old.values() if old.volume}
    return {"changed": False, "state": DONE if plan.over else "planned", **_facts(plan, plan.journal, there), "plan": lines}


def performed(job: Job, plan: Plan, restorer: Restorer) -> Object:
    """Do it, and tell how it ended.

    :raises Refused: it holds, or was undone because of a failure.
    """
    if not restorer.goal.guard:
        text = "there is no network policy to narrow, and where the API server comes from may not be read: clients are not kept away"
        plan = replace(plan, concerns=(*plan.concerns, Reason("clients_not_kept_away", text)))
    try:
        ended = restorer.run()
    except PcError as exc:
        exc.partial.update({**_facts(plan, plan.journal, ()), "changed": restorer.writes > 0, "state": "held"})
        _tell(job, "Warning", exc.reason, str(exc))
        raise
    journal = ended.look.journal or plan.journal
    facts: Object = {**_facts(plan, journal, ended.look.volumes), "changed": ended.writes > 0}
    if isinstance(ended.action, Hold):
        raise _held(job, ended.action, facts)
    if ended.action.state == DONE:
        facts["concerns"] += _told(_keep_paper(job, plan))
        _tell(job, "Normal", "restore", f"restored from backup {journal.backup}")
        return {**facts, "state": DONE}
    return _undone(job, journal, ended, facts)


def _undone(job: Job, journal: Journal, ended: Outcome, facts: Object) -> Object:
    facts = {**facts, "state": ROLLED_BACK, "lost": [], "kept": [], "members": journal.before or 0}
    if ended.cause is None:
        _tell(job, "Normal", "rollback", f"the restore from backup {journal.backup} was undone")
        return facts
    _tell(job, "Warning", ended.cause.reason, f"the restore from backup {journal.backup} was undone: {ended.cause}")
    raise Refused(ended.cause.reason, f"nothing was restored, and everything is as it was: {ended.cause}", ended.cause.hint, facts)


def _held(job: Job, held: Hold, facts: Object) -> Refused:
    first = held.reasons[0]
    _tell(job, "Warning", first.code, first.message)
    facts = {**facts, "state": "held", "reasons": [{"code": r.code, "member": r.member, "message": r.message} for r in held.reasons]}
    return Refused(first.code, f"the restore holds: {first.code}: {first.message}", hint(first.code), facts)


def _facts(plan: Plan, journal: Journal, there: t.Container[str]) -> Object:
    paper = plan.paper
    backup = {part: paper.get(part) for part in ("id", "created", "grade", "method", "level")} if paper else {"id": journal.backup}
    lost = _restore_checks.lost(paper, journal.newest) if paper and journal.stopped else list(plan.lost)
    kept = _restore_telling.kept(journal, there)
    return {"backup": backup, "plan": list(plan.lines), "lost": lost, "kept": kept, "made": list(plan.made), "concerns": _told(plan.concerns)}


def _told(reasons: t.Iterable[Reason]) -> list[Object]:
    return [{"code": r.code, "message": r.message} for r in reasons]


def _keep_paper(job: Job, plan: Plan) -> tuple[Reason, ...]:
    """A backup whose namespace was lost is known there again."""
    stored = plan.stored
    if stored is None or stored.where == "cluster":
        return ()
    try:
        Store(job.kube, job.namespace, job.name).write(stored.paper, stored.seal, finished=True)
    except PcError as exc:
        return (Reason("paper_not_kept", f"the manifest could not be written into the namespace again: {exc}"),)
    return ()


def _tell(job: Job, kind: str, code: str, text: str) -> None:
    live = job.kube.get("StatefulSet", job.name, job.namespace)
    if live is not None:
        _events.tell(job.kube, live, kind, code, text)
