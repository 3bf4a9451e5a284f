# SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Run one program in a Job, watch it, and take the Job away again. Only the newest lines are read while it runs, whatever it moves."""

from __future__ import annotations

import contextlib
import time
import typing as t
from dataclasses import dataclass

from ansible_collections.robustmq.placement_center.plugins.module_utils import _mover_words, _movers, _views
from ansible_collections.robustmq.placement_center.plugins.module_utils._errors import Conflict, PcError, Refused, TimedOut, Unreachable
from ansible_collections.robustmq.placement_center.plugins.module_utils._hints import hint
from ansible_collections.robustmq.placement_center.plugins.module_utils._kube import Kube
from ansible_collections.robustmq.placement_center.plugins.module_utils._movers import Mover, Task

Object = dict[str, t.Any]

LOOK_SECONDS = 1.0
TAIL = 5


class Ended(t.NamedTuple):
    """How a program ended: its exit code (None: its pods were taken away), and all that it said."""

    code: int | None
    log: str
    seconds: float


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

    def run(self, task: Task, told: t.Callable[[str], str] = lambda log: "") -> Ended:
        """The end of it, good or bad.

        :param told: the line to say of the newest lines of its log, when it changes.
        :raises TimedOut: it stood still for too long. :raises Refused: its pod cannot run.
        """
        start = time.monotonic()
        made = self._begun(task)
        try:
            code, pod = self._followed(task, told)
            log = self._log(pod)
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

    def _followed(self, task: Task, told: t.Callable[[str], str]) -> tuple[int | None, str]:
        """Exit code and pod of the run that counted."""
        moved, line = time.monotonic(), ""
        seen: set[str] = set()  # what was so before is no progress
        while True:
            self.alive()
            job = self.kube.get("Job", task.name, self.mover.namespace)
            if job is None:
                raise Refused("mover_killed", f"{task.name}: its Job was deleted by somebody", hint("mover_killed"))
            pods = self.kube.find("Pod", self.mover.namespace, f"batch.kubernetes.io/job-name={task.name}")
            newest = max(pods.items, key=lambda p: p["metadata"]["creationTimestamp"], default={})
            name = newest.get("metadata", {}).get("name", "")
            ended = _conditions(job)
            if ended & {"Complete", "Failed"}:
                return (0 if "Complete" in ended else _exit_code(newest)), name
            if self._for_good(task, newest, name):
                return _exit_code(newest), name
            running = newest.get("status", {}).get("phase") == "Running"
            words = self._log(name, TAIL) if running else ""
            now = f"{name} {_mover_words.moving(words) if running else _stuck(newest, task.program)}"
            if now not in seen:
                seen.add(now)
                moved = time.monotonic()
            if (text := told(words)) and text != line:
                line = text
                self.say(f"{task.name}: {text}")
            if time.monotonic() - moved > self.patience:
                raise self._late(task, _stuck(newest, task.program), words)
            self.kube.wait_for_change("Pod", self.mover.namespace, pods.version, LOOK_SECONDS)

    def _for_good(self, task: Task, pod: Object, name: str) -> bool:
        """Has a pod failed in a way that the Job need not repeat?"""
        if pod.get("status", {}).get("phase") != "Failed":
            return False
        return _mover_words.final(_mover_words.failure(task.program, _exit_code(pod), self._log(name, TAIL)))

    def _late(self, task: Task, stuck: str, words: str) -> PcError:
        if stuck:
            return Refused("mover_stuck", f"{task.name}: its pod does not run: {stuck}", hint("mover_stuck"))
        why = _mover_words.failure(task.program, 1, words)
        text = f"{task.name} has not moved for {self.patience:.0f} s; last: {_mover_words.last_words(words) or 'it says nothing'}"
        if _mover_words.final(why):
            return Refused(why.code, text, hint(why.code))
        return TimedOut(text, "see whether the repository answers; then run again")

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
