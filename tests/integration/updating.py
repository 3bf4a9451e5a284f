# SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Updates as a person starts them, watched while they run, and ended when a test wants it."""

from __future__ import annotations

import contextlib
import json
import os
import pathlib
import signal
import subprocess
import threading
import time
import typing as t
import uuid

from . import waiting
from .cluster import COLLECTION, NAME, Cluster, Object, Run, kubectl
from .writer import Writer

IMAGE = "robustmq/placement-center:"
STEPS: Object = {"pc_stable_seconds": 1, "pc_wait_patience": 5, "pc_step_timeout": 90}


# Whole runs


def deployed(cluster: Cluster, **variables: t.Any) -> None:
    """Three members of 0.3.0."""
    run = cluster.play("deploy", **variables)
    assert run.code == 0, run.screen


def upgrade(cluster: Cluster, version: str = "", *flags: str, **variables: t.Any) -> Run:
    """The playbook with nothing but what a person would give."""
    return cluster.play("upgrade", *flags, quick=False, **_given(version, variables))


def rollback(cluster: Cluster, **variables: t.Any) -> Run:
    """The playbook, as quick as the update."""
    return cluster.play("rollback", quick=False, **_given("", variables))


def _given(version: str, variables: Object) -> Object:
    return {**STEPS, **variables, **({"pc_image": IMAGE + version} if version else {})}


# What the cluster shows of them


def images(cluster: Cluster) -> list[str]:
    """The version that each member's pod runs, by ordinal; nothing where it has none."""
    running = {p["metadata"]["name"]: p["spec"]["containers"][0]["image"].removeprefix(IMAGE) for p in cluster.get("pods")["items"]}
    return [running.get(f"{NAME}-{o}", "") for o in cluster.ordinals]


def note(cluster: Cluster, name: str) -> str:
    """What the operation says on the StatefulSet."""
    notes = cluster.get("statefulset", NAME)["metadata"].get("annotations", {})
    return str(notes.get(f"placement-center.robustmq.io/{name}", ""))


def partition(cluster: Cluster) -> int | None:
    """Where the partition stands; None while the strategy is another one."""
    strategy = cluster.get("statefulset", NAME)["spec"]["updateStrategy"]
    return strategy.get("rollingUpdate", {}).get("partition", 0) if strategy["type"] == "RollingUpdate" else None


def down(cluster: Cluster) -> list[str]:
    """Members whose pod is away or not Ready."""
    pods = {p["metadata"]["name"]: p for p in cluster.get("pods")["items"]}
    return [name for name in (f"{NAME}-{o}" for o in cluster.ordinals) if not _serves(pods.get(name, {}))]


def serves(cluster: Cluster, ordinal: int, version: str) -> bool:
    """A member is Ready and runs this version."""
    pod = json.loads(kubectl("get", "pod", f"{NAME}-{ordinal}", "-n", cluster.namespace, "-o", "json", check=False) or "{}")
    return _serves(pod) and pod["spec"]["containers"][0]["image"] == IMAGE + version


def _serves(pod: Object) -> bool:
    containers = pod.get("status", {}).get("containerStatuses", [])
    return bool(containers) and "deletionTimestamp" not in pod["metadata"] and all(c["ready"] for c in containers)


def identity(cluster: Cluster, ordinal: int) -> str:
    """The UID of a member's pod, or nothing where it has none that stays."""
    words = kubectl("get", "pod", f"{NAME}-{ordinal}", "-n", cluster.namespace, "-o", "jsonpath={.metadata.uid} {.metadata.deletionTimestamp}", check=False)
    return words.strip() if len(words.split()) == 1 else ""


def until(seen: t.Callable[[], t.Any], what: str, seconds: float = 120) -> None:
    """Wait until it is so."""
    waiting.until(seen, seconds=seconds, what=f"never seen: {what}")


def serving(writer: Writer) -> None:
    """Writes are acknowledged now."""
    before = len(writer.acknowledged)
    until(lambda: len(writer.acknowledged) > before + 5, "writes go on", 30)


# Runs that something happens to

MARK = "PC_TEST_RUN"  # in the environment of all that a run starts


def _pids() -> list[int]:
    return [int(folder.name) for folder in pathlib.Path("/proc").glob("[0-9]*")]


def _environment(pid: int) -> bytes:
    with contextlib.suppress(OSError):
        return pathlib.Path(f"/proc/{pid}/environ").read_bytes()
    return b""


def marked(mark: str) -> list[int]:
    """All that has this in its environment."""
    return [pid for pid in _pids() if mark.encode() in _environment(pid)]


def kill_marked(mark: str, reap: t.Callable[[], t.Any]) -> None:
    """All at once, as when their machine dies; ``reap`` lets go of a child that has ended, so that it is not found again.

    Ansible puts each task's worker, and so the module, into a session of its own: who kills the playbook's group kills nothing else.
    """
    while mine := marked(mark):
        for pid in mine:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        reap()


class Running:
    """A playbook that can be killed with all that it started; what it says is read as it says it."""

    def __init__(self, cluster: Cluster, playbook: str, variables: Object) -> None:
        given = {"pc_namespace": cluster.namespace, **variables}
        words = ["ansible-playbook", f"{COLLECTION}.{playbook}", "-e", json.dumps(given)]
        self._mark = f"{MARK}={uuid.uuid4()}"
        env = {**os.environ, **cluster.env, "ANSIBLE_NOCOLOR": "1", **dict([self._mark.split("=")])}
        self.process = subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, start_new_session=True, env=env)
        self.lines: list[str] = []
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        for line in t.cast(t.TextIO, self.process.stdout):
            self.lines.append(line.rstrip())

    @property
    def screen(self) -> str:
        """All that it has said."""
        return "\n".join(self.lines)

    @property
    def last(self) -> str:
        """The newest line of progress."""
        return next((line.strip() for line in reversed(self.lines) if f"{NAME}-" in line and " -> " in line), "")

    def until(self, seen: t.Callable[[], t.Any], what: str, seconds: float = 120) -> None:
        """Wait until it is so; a run that ends before is a failure."""
        end = time.monotonic() + seconds
        while not seen():
            ended = self.process.poll() is not None
            assert not ended or seen(), f"it ended before: {what}\n{self.screen}"
            assert time.monotonic() < end, f"never seen: {what}\n{self.screen}"
            time.sleep(0.05)

    def says(self, ordinal: int, *words: str) -> bool:
        """One of these was said of a member."""
        return any(f"{NAME}-{ordinal} " in line and any(word in line for word in words) for line in list(self.lines))

    def kill(self) -> str:
        """All at once; returns the last that was said of a member."""
        kill_marked(self._mark, self.process.poll)
        self.process.wait()
        self._reader.join()
        return self.last

    def kill_group(self) -> str:
        """Only what shares the playbook's process group, as a shell and AWX do; returns the last that was said of a member."""
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        return self.last

    @property
    def lives_on(self) -> bool:
        """Is there anything left of it?"""
        return bool(marked(self._mark))

    def ends(self, seconds: float = 240) -> int:
        """Its exit code, waited for."""
        try:
            code = self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            raise AssertionError(f"{self.kill()}: no end within {seconds:.0f} s\n{self.screen}") from None
        self._reader.join()
        return code


def start(cluster: Cluster, version: str = "", playbook: str = "upgrade", **variables: t.Any) -> Running:
    """Begin, and return at once."""
    return Running(cluster, playbook, _given(version, variables))


def moving(cluster: Cluster, run: Running, ordinal: int) -> None:
    """Wait until this member has been let go."""
    before = identity(cluster, ordinal)
    run.until(lambda: identity(cluster, ordinal) != before, f"member {ordinal} let go")
