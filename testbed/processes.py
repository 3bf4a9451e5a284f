# SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
# SPDX-License-Identifier: GPL-3.0-or-later

"""Daemons: started detached, recognised by pid and start time, never by name."""

import json
import os
import signal
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from testbed import cgroups, paths
from testbed.progress import Failure, wait_for


@dataclass(frozen=True)
class Daemon:
    """A process to keep running: its name, command and extra environment."""

    name: str
    command: Sequence[str]
    env: Mapping[str, str] = field(default_factory=dict)

    @property
    def log(self) -> Path:
        """The file its output goes to."""
        return paths.LOGS / f"{self.name}.log"

    @property
    def record(self) -> Path:
        """The file that remembers which process it is."""
        return paths.PROCESSES / f"{self.name}.json"


@dataclass(frozen=True)
class Stat:
    """What /proc/PID/stat tells that the testbed needs; times in clock ticks."""

    state: str
    cpu_ticks: int
    start_ticks: int
    rss_pages: int


def parse_stat(text: str) -> Stat:
    """Read a line of /proc/PID/stat; the name in brackets may hold spaces and brackets itself."""
    fields = text.rpartition(")")[2].split()
    return Stat(fields[0], int(fields[11]) + int(fields[12]), int(fields[19]), int(fields[21]))


def read_stat(pid: int) -> Stat | None:
    """Look a living process up; None when it is gone or only waits to be reaped."""
    try:
        stat = parse_stat(Path(f"/proc/{pid}/stat").read_text())
    except (FileNotFoundError, ProcessLookupError):
        return None
    return None if stat.state in "ZX" else stat


def running_pid(daemon: Daemon) -> int | None:
    """Give the daemon's pid if the very process we started still lives."""
    try:
        record = json.loads(daemon.record.read_text())
    except (FileNotFoundError, json.JSONDecodeError):
        return None
    stat = read_stat(record["pid"])
    return record["pid"] if stat and stat.start_ticks == record["start_ticks"] else None


def start(daemon: Daemon) -> bool:
    """Start the daemon unless it runs; tell whether it had to be started."""
    if running_pid(daemon):
        return False
    enter_group = f'echo $$ > {cgroups.daemons_procs()} && exec "$@"'
    with daemon.log.open("ab") as log:
        process = subprocess.Popen(
            ["/bin/sh", "-c", enter_group, "sh", *daemon.command],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            env={**os.environ, **daemon.env},
            cwd="/",
            start_new_session=True,
        )
    stat = read_stat(process.pid)
    if stat is None:
        raise Failure(f"{daemon.name} ended at once: see {daemon.log}")
    daemon.record.write_text(json.dumps({"pid": process.pid, "start_ticks": stat.start_ticks}))
    return True


def kill_all() -> None:
    """Kill whatever runs in our control groups, until nothing does."""

    def dead() -> bool:
        living = [pid for pid in cgroups.processes() if read_stat(pid)]
        for pid in living:
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
        return not living

    cgroups.thaw()
    wait_for("the testbed's processes to end", dead, seconds=20, poll=0.05)


def run(command: Sequence[str | Path], stdin: bytes | None = None) -> str:
    """Run a command to its end and give its output; a failure carries its error text."""
    done = subprocess.run([str(word) for word in command], input=stdin, capture_output=True, check=False)
    if done.returncode:
        said = (done.stderr or done.stdout).decode(errors="replace").strip()
        raise Failure(f"{' '.join(map(str, command[:4]))} failed: {said}")
    return done.stdout.decode()
