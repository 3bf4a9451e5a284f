# SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Run one program in a Job, watch it, and take the Job away again. Only the newest lines are read while it runs, whatever it moves."""

from __future__ import annotations

import contextlib
import time
import typing as t
from dataclasses import dataclass

from ansible_collections.robustmq.placement_center.plugins.module_utils import _mover_words, _movers, _storage, _views
from ansible_collections.robustmq.placement_center.plugins.module_utils._errors import Conflict, PcError, Refused, TimedOut, Unreachable
from ansible_collections.robustmq.placement_center.plugins.module_utils._hints import hint
from ansible_collections.robustmq.placement_center.plugins.module_utils._kube import Kube
from ansible_collections.robustmq.placement_center.plugins.module_utils._movers import Mover, Task
from ansible_collections.robustmq.placement_center.plugins.module_utils._wait import outlast

Object = dict[str, t.Any]

LOOK_SECONDS = 1.0
TAIL = 5
MISTAKE = "CreateContainerConfigError"  # a Secret or a key of it that is not there: rarely does anybody bring it meanwhile
MISTAKE_SECONDS = 20.0


class Ended(t.NamedTuple):
    """How a program ended: its exit code (None: its pods were taken away), and all that it said."""

    code: int | None
    log: str
    seconds: float


class Seen(t.NamedTuple):
    """One look at a task."""

    pod: str  # the name of the newest
    version: str  # from which pods may change
    ended: bool = False
    code: int | None = None
    running: bool = False
    words: str = ""  # the newest lines of its log
    stuck: str = ""  # why it does not run


@dataclass(frozen=True)
class Runner:
    """Runs tasks one after the other.

    ``alive`` is asked at every look and raises where this run may not go on; ``patience`` is how long in seconds a task may stand still.
    """

    kube: Kube
    mover: Mover
    say: t.Callable[[str], None]
    alive: t.Callable[[], None]
    patience: float
    adopt: bool = False  # go on with the same Job of a run that was killed; another of its name goes first

    def run(self, task: Task, told: t.Callable[[str], str] = lambda log: "", patience: float = 0) -> Ended:
        """The end of it, good or bad.

        :param told: the line to say of the newest lines of its log, when it changes. :param patience: where it is to have less.
        :raises TimedOut: it stood still for too long. :raises Refused: its pod cannot run, or its repository does not serve.
        """
        start = time.monotonic()
        made = self._begun(task)
        try:
            code, pod = self._followed(task, told, min(patience or self.patience, self.patience))
            log = outlast(lambda: self._log(pod), self.patience, self.alive)
        finally:
            with contextlib.suppress(PcError):
                self.kube.delete({**made, "kind": "Job"})
        return Ended(code, log, time.monotonic() - start)

    def good(self, task: Task, told: t.Callable[[str], str] = lambda log: "") -> Ended:
        """The same, where only exit code 0 will do.

        :raises Refused: it ended otherwise.
        """
        ended = self.run(task, told)
        if ended.code != 0:
            why = _mover_words.failure(task.program, ended.code, ended.log)
            raise Refused(why.code, f"{task.name}: {why.words}", hint(why.code))
        return ended

    def _begun(self, task: Task) -> Object:
        wanted = _movers.job(self.mover, task)
        while True:
            try:
                return self.kube.create(wanted)
            except Conflict:
                live = self.kube.get("Job", task.name, self.mover.namespace)
                if not self.adopt:
                    raise
            if live is not None and _movers.same(live, wanted) and "deletionTimestamp" not in live["metadata"]:
                return live
            self.end(task.name)

    def end(self, name: str) -> None:
        """Take a Job away, and be back when none of its pods mounts anything any more.

        :raises TimedOut: its pods do not go.
        """
        live = self.kube.get("Job", name, self.mover.namespace)
        if live is not None:
            self.kube.delete({**live, "kind": "Job"})
        start = time.monotonic()
        while True:
            pods = self.kube.find("Pod", self.mover.namespace, f"batch.kubernetes.io/job-name={name}")
            if not pods.items and self.kube.get("Job", name, self.mover.namespace) is None:
                return
            self.alive()
            if time.monotonic() - start > self.patience:
                raise TimedOut(f"pods of Job {name} do not go", "look after their node; then run again")
            self.kube.wait_for_change("Pod", self.mover.namespace, pods.version, LOOK_SECONDS)

    def _followed(self, task: Task, told: t.Callable[[str], str], patience: float) -> tuple[int | None, str]:
        """Exit code and pod of the run that counted. :param patience: for a pod that runs; one that does not yet has ours."""
        moved, line = time.monotonic(), ""
        before: set[str] = set()  # what was so before is no progress
        while True:
            self.alive()
            seen = outlast(lambda: self._look(task), self.patience, self.alive)
            if seen.ended:
                return seen.code, seen.pod
            now = f"{seen.pod} {_mover_words.moving(seen.words) if seen.running else seen.stuck}"
            if now not in before:
                before.add(now)
                moved = time.monotonic()
            wrong = _mover_words.complaint(seen.words)
            if (text := f"restic repeats what fails: {wrong.words}" if wrong else told(seen.words)) and text != line:
                line = text
                self.say(f"{task.name}: {text}")
            hopeless = not task.claim and wrong is not None and wrong.code in ("repository_forbidden", "repository_missing")
            if hopeless or time.monotonic() - moved > self._limit(seen, patience):
                raise self._late(task, seen, time.monotonic() - moved)
            self.kube.wait_for_change("Pod", self.mover.namespace, seen.version, LOOK_SECONDS)

    def _limit(self, seen: Seen, running: float) -> float:
        """How many seconds it may stand where it is."""
        return running if seen.running else min(self.patience, MISTAKE_SECONDS if MISTAKE in seen.stuck else self.patience)

    def _look(self, task: Task) -> Seen:
        """Its newest pod, and what that says."""
        job = self.kube.get("Job", task.name, self.mover.namespace)
        if job is None:
            raise Refused("mover_killed", f"{task.name}: its Job was deleted by somebody", hint("mover_killed"))
        pods = self.kube.find("Pod", self.mover.namespace, f"batch.kubernetes.io/job-name={task.name}")
        newest = max(pods.items, key=lambda p: p["metadata"]["creationTimestamp"], default={})
        name, phase, ended = newest.get("metadata", {}).get("name", ""), newest.get("status", {}).get("phase"), _conditions(job)
        words = self._log(name, TAIL) if phase in ("Running", "Failed") else ""
        if "Complete" in ended or phase == "Succeeded":  # the pod says so a second or two before its Job
            return Seen(name, pods.version, True, 0)
        code = _exit_code(newest)
        final = phase == "Failed" and _mover_words.final(_mover_words.failure(task.program, code, words))
        if "Failed" in ended or final:
            return Seen(name, pods.version, True, code)
        return Seen(name, pods.version, running=phase == "Running", words=words, stuck=_stuck(newest, task.program))

    def _late(self, task: Task, seen: Seen, stood: float) -> PcError:
        stuck = "" if seen.running else seen.stuck or self._unbound(task.claim)
        if stuck:
            return Refused("mover_stuck", f"{task.name}: its pod does not run: {stuck}", hint("mover_stuck"))
        why = _mover_words.complaint(seen.words) or _mover_words.failure(task.program, 1, seen.words)
        code = "repository_unreachable" if task.program == "restic" and not task.claim and not _mover_words.final(why) else why.code
        text = f"{task.name} has not moved for {stood:.0f} s; last: {_mover_words.last_words(seen.words) or 'it says nothing'}"
        if code != "mover_failed":
            return Refused(code, text, hint(code))
        return TimedOut(text, "see whether the repository answers; then run again")

    def _unbound(self, claim: str) -> str:
        """Why a claim has no volume, in the provisioner's words; empty where it has one, or that cannot be learned."""
        with contextlib.suppress(PcError):
            live = self.kube.get("PersistentVolumeClaim", claim, self.mover.namespace) if claim else None
            if live is not None and live.get("status", {}).get("phase") != "Bound":
                uid = live["metadata"]["uid"]
                events = self.kube.find("Event", self.mover.namespace, fields=f"involvedObject.uid={uid}").items
                return f"claim {claim} has no volume: {_storage.words(events, uid)}"
        return ""

    def _log(self, pod: str, lines: int = 0) -> str:
        if not pod:
            return ""
        try:
            return self.kube.log(self.mover.namespace, pod, lines)
        except Unreachable:
            raise
        except PcError:
            return ""  # it has not started, or is gone


def _conditions(job: Object) -> set[str]:
    return {c["type"] for c in job.get("status", {}).get("conditions", []) if c.get("status") == "True"}


def _exit_code(pod: Object) -> int | None:
    for container in pod.get("status", {}).get("containerStatuses", []):
        ended = container.get("state", {}).get("terminated")
        if ended and ended.get("reason") != "ContainerStatusUnknown":
            return int(ended["exitCode"])
    return None


def _stuck(pod: Object, container: str) -> str:
    """What keeps a pod from running, in Kubernetes' words; empty while nothing does."""
    if not pod:
        return "it does not exist"
    view = _views.pod_view(pod, container)
    return f"{view.trouble}: {view.message}" if view.trouble else ""
