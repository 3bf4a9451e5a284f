# SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""The plan of a restore: the backup that is meant, why it may not be, what would be lost; and the parts that do it."""

from __future__ import annotations

import contextlib
import secrets
import time
import typing as t
from dataclasses import dataclass, replace

from ansible_collections.robustmq.placement_center.plugins.module_utils import (
    _admin_restore,
    _opening,
    _pruning,
    _restore_checks,
    _restore_find,
    _restore_gate,
    _restore_journal,
    _restore_objects,
    _restore_telling,
    _settings,
)
from ansible_collections.robustmq.placement_center.plugins.module_utils._backup_store import Stored
from ansible_collections.robustmq.placement_center.plugins.module_utils._companion import LazyLease
from ansible_collections.robustmq.placement_center.plugins.module_utils._entry import Job
from ansible_collections.robustmq.placement_center.plugins.module_utils._errors import BadInput, Conflict, Refused, stop_if
from ansible_collections.robustmq.placement_center.plugins.module_utils._hints import hint
from ansible_collections.robustmq.placement_center.plugins.module_utils._marks import Marker
from ansible_collections.robustmq.placement_center.plugins.module_utils._model import Reason
from ansible_collections.robustmq.placement_center.plugins.module_utils._mover import Runner
from ansible_collections.robustmq.placement_center.plugins.module_utils._mover_options import guard
from ansible_collections.robustmq.placement_center.plugins.module_utils._observe import Observer
from ansible_collections.robustmq.placement_center.plugins.module_utils._progress import Progress
from ansible_collections.robustmq.placement_center.plugins.module_utils._raft import Limits
from ansible_collections.robustmq.placement_center.plugins.module_utils._restore_act import Hand, api_servers
from ansible_collections.robustmq.placement_center.plugins.module_utils._restore_fill import Filler
from ansible_collections.robustmq.placement_center.plugins.module_utils._restore_journal import DONE, Journal
from ansible_collections.robustmq.placement_center.plugins.module_utils._restore_look import Goal
from ansible_collections.robustmq.placement_center.plugins.module_utils._restore_run import Restorer
from ansible_collections.robustmq.placement_center.plugins.module_utils._restore_see import Eye
from ansible_collections.robustmq.placement_center.plugins.module_utils._snapshots import Snapshots

Object = dict[str, t.Any]


@dataclass(frozen=True)
class Plan:
    """What would be done. ``journal`` is that of a restore that is under way, or of one that would begin."""

    paper: Object
    journal: Journal
    lines: tuple[str, ...]
    lost: tuple[Object, ...]
    confirmed: bool
    made: tuple[str, ...] = ()
    over: bool = False  # it was done before
    stored: Stored | None = None
    concerns: tuple[Reason, ...] = ()


def check(job: Job) -> None:
    """:raises BadInput: options that cannot work."""
    want = job.params
    if want["confirm_name"] and want["confirm_name"] != job.name:
        raise BadInput("confirm_name", want["confirm_name"], f"is not the cluster's name {job.name}", "type the name to restore it", "not_confirmed")
    if not (want["backup_id"] or want["rollback"]):
        raise BadInput("backup_id", "", "names no backup", "give an exact id as pc_backup_info lists them, or latest")


def _confirmed(job: Job, backup: str) -> bool:
    """Has the operator typed both? :raises BadInput: another id was."""
    want = job.params
    if want["confirm_id"] and want["confirm_id"] != backup:
        raise BadInput("confirm_id", want["confirm_id"], f"is not the backup's id {backup}", "type the id that the plan names", "not_confirmed")
    return bool(want["confirm_name"] and want["confirm_id"]) and not job.check_mode


def _known(job: Job) -> Journal | None:
    """The journal that is there.

    :raises Refused: it cannot be read.
    """
    found = job.kube.get("ConfigMap", _restore_journal.note_name(job.name), job.namespace)
    try:
        return _restore_journal.read(found) if found else None
    except ValueError as exc:
        raise Refused("journal_damaged", f"ConfigMap {_restore_journal.note_name(job.name)}: {exc}", hint("journal_damaged")) from exc


def planned(job: Job, key: bytes | None, progress: Progress) -> Plan:
    """The plan of a restore, told.

    :raises Refused: it may not be.
    """
    want, known = job.params, _known(job)
    going_on = known is not None and not known.ended
    wanted = want["backup_id"]
    if known is not None and going_on:
        _same(known, wanted)
        wanted = known.backup
    stored, wrong = _restore_find.find(job, wanted, key, want["accept_unsigned"], progress)
    wish = _restore_checks.Wish(job.profile, want["clone"], want["accept_unsigned"])
    stop_if(_restore_checks.worthless(stored.id, wrong, wish))
    paper = stored.paper
    facts = _restore_find.gather(job, paper, progress, going_on)
    refused = _restore_checks.refusals(paper, facts, wish)
    sts = facts.sts or _restore_find.set_of(paper)
    if sts is None:
        stop_if(refused)
    journal = known if known is not None and going_on else begun(job, paper, sts or {})
    where = _settings.Cluster(job.namespace, job.name, journal.replicas, "cluster.local", job.profile)
    if not refused:
        paper = _admin_restore.completed(job.kube, where, paper, facts.sts, want["admin_secret"])
    plan = _filled(job, stored, paper, journal, known)
    for line in plan.lines:
        progress.say(line)
    stop_if(refused)
    more = (Reason(wrong, f"backup {stored.id}: {_restore_checks.WORDS[wrong]}"),) if wrong else ()
    return replace(plan, confirmed=_confirmed(job, stored.id), concerns=more)


def _same(known: Journal, wanted: str) -> None:
    """:raises Refused: something else has to be finished first."""
    what = f"a restore from backup {known.backup} was begun at {known.began} and not finished: {_restore_telling.stage(known)}"
    if known.back:
        raise Refused("rollback_unfinished", what, hint("rollback_unfinished"))
    if wanted not in ("latest", known.backup):
        raise Refused("restore_unfinished", what, hint("restore_unfinished"))


def _filled(job: Job, stored: Stored, paper: Object, journal: Journal, known: Journal | None) -> Plan:
    """What is there beside what would be. :param paper: the backup's, with what it cannot have."""
    eye = _eye(job, paper)
    eye.look()
    seen = eye.observer.look() if eye.seen.sts and not journal.stopped else None
    going_on = journal is known
    shown = journal if journal.stopped else eye.begun(journal)
    lost = _restore_checks.lost(paper, _restore_gate.newest(seen) if seen else journal.newest)
    needed = [each.split("/", 1) for each in _restore_objects.needed(paper, eye.seen.sts)]
    made = tuple(f"{kind}/{name}" for kind, name in needed if not _pruning.exists(job.kube, kind, name, job.namespace))
    lines = _restore_telling.plan(paper, shown, made, lost, _restore_telling.stage(journal) if going_on else "")
    over = known is not None and known.ended == DONE and known.backup == stored.id and not job.params["again"]
    if over and known is not None:
        lines, lost = [f"{job.namespace}/{job.name} was restored from backup {stored.id} at {known.began}; again: true does it once more"], []
    return Plan(paper, shown if not over or known is None else known, tuple(lines), tuple(lost), False, made, over, stored)


def undoing(job: Job, progress: Progress) -> Plan:
    """The plan of the way back, told.

    :raises Refused: there is none.
    """
    known = _known(job)
    if known is None or (known.ended and not known.opened):
        raise Refused("nothing_to_roll_back", f"no restore of {job.namespace}/{job.name} is under way", hint("nothing_to_roll_back"))
    if known.opened:
        text = f"the restore from backup {known.backup} has let clients in: what they have written since would be lost"
        raise Refused("restore_opened", text, hint("restore_opened"))
    lines = [f"undo the restore of {job.namespace}/{job.name} from backup {known.backup}: {_restore_telling.stage(known)}"]
    lines += [f"  {known.claim(o)}: volume {old.volume} again" for o, old in sorted(known.old.items()) if old.volume]
    for line in lines:
        progress.say(line)
    return Plan({}, known, tuple(lines), (), _confirmed(job, known.backup))


def begun(job: Job, paper: Object, sts: Object) -> Journal:
    """The journal of a restore that has not begun; what was there before comes with the first look."""
    template = _opening.spec_template(sts)
    return Journal(
        backup=paper["id"],
        run=secrets.token_hex(4),
        began=time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
        namespace=job.namespace,
        name=job.name,
        template=template,
        first=sts["spec"].get("ordinals", {}).get("start", 0),
        replicas=paper["cluster"]["replicas"],
        before=None,
        like=_restore_objects.like(paper, sts, template),
    )


def _eye(job: Job, paper: Object) -> Eye:
    observer = Observer(job.kube, job.namespace, job.name, job.profile, measure=False)
    limits = Limits(job.params["max_lag"], job.profile.quorum_ack_stale_ms, 0)
    return Eye(job.kube, observer, limits, Marker(job.kube, job.namespace, job.profile), paper)


def housed(job: Job) -> None:
    """Whatever comes next needs its namespace, the Lease too."""
    if job.kube.get("Namespace", job.namespace) is None:
        with contextlib.suppress(Conflict):
            job.kube.create({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": job.namespace}})


def restorer(job: Job, plan: Plan, lease: LazyLease, progress: Progress) -> Restorer:
    """All parts of it."""
    want, kube, alive, paper = job.params, job.kube, guard(lease, progress), plan.paper
    mover = _restore_find.mover_for(job, _restore_journal.labels(job.name, plan.journal.backup), paper)
    runner = Runner(kube, mover, progress.say, alive, want["step_timeout"], adopt=True)
    servers, eye = api_servers(kube), _eye(job, paper)
    filler = Filler(kube, runner, Snapshots(kube, job.namespace, alive, want["step_timeout"]), paper, job.profile, progress.say)
    return Restorer(
        eye=eye,
        hand=Hand(kube, eye, filler, plan.journal, servers or (), paper),
        goal=Goal(plan.journal.run, want["rollback"], servers is not None or bool(plan.journal.policy), want["stable_seconds"], want["step_timeout"]),
        lease=lease,
        say=progress.say,
        abandoned=lambda: progress.abandoned,
        undo=want["on_failure"] == "rollback",
    )
