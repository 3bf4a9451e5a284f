# SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
# SPDX-License-Identifier: GPL-3.0-or-later

"""`make test`: every check in order, up to the first failure, with what is needed to understand it kept.

The cluster is left as it was found: running if it ran before, gone if it did not.
"""

import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

from tools.environment import ROOT

# Cheap checks first: a wrong comma must not cost a cluster.
STEPS = ("lint", "unit", "sanity", "package", "testbed-checks", "up", "integration", "molecule")
OUTPUT = ROOT / "tests" / "output"
STARTED = time.monotonic()


def main() -> int:
    """Run the steps; return the exit code of the whole."""
    # Evidence of an earlier run would be mistaken for this one's.
    shutil.rmtree(OUTPUT, ignore_errors=True)
    OUTPUT.mkdir(parents=True)
    was_up = cluster_runs()
    failed = next((step for step in STEPS if not passes(step)), None)
    if failed:
        collect_evidence()
    if not was_up and cluster_runs():
        announce("down: the cluster did not run before")
        make("down", OUTPUT / "down.log")
    announce(f"FAILED at {failed}; see {OUTPUT.relative_to(ROOT)}" if failed else "all checks passed")
    return 1 if failed else 0


def passes(step: str) -> bool:
    """Run one step; tell how long it took and whether it passed."""
    announce(step)
    started = time.monotonic()
    code = make(step, OUTPUT / f"{step}.log")
    announce(f"{step}: {'passed' if code == 0 else 'FAILED'} in {clock(time.monotonic() - started)}")
    return code == 0


def make(target: str, log: Path) -> int:
    """Run a target as a person would, shown and logged at once."""
    # Flags and job slots of the make outside are not for this one.
    environment = {name: value for name, value in os.environ.items() if name not in ("MAKEFLAGS", "MFLAGS", "MAKELEVEL")}
    command = ["make", "--no-print-directory", target]
    with subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT) as process, open(log, "wb") as kept:
        assert process.stdout is not None
        while chunk := os.read(process.stdout.fileno(), 65536):
            sys.stdout.buffer.write(chunk)
            sys.stdout.buffer.flush()
            kept.write(chunk)
    return process.returncode


def collect_evidence() -> None:
    """Keep what the cluster shows, before it goes."""
    if cluster_runs():
        announce("collecting evidence")
        subprocess.run([sys.executable, "-m", "tools.environment", "run", "python", "-m", "tools.evidence"], cwd=ROOT, check=False)


def cluster_runs() -> bool:
    """Tell whether the testbed's cluster runs now."""
    status = [sys.executable, "-m", "testbed", "status", "--seconds", "0.1"]
    return subprocess.run(status, cwd=ROOT, capture_output=True, check=False).returncode == 0


def announce(text: str) -> None:
    """Print a line that stands out, with the time since the start."""
    print(f"\n=== {clock(time.monotonic() - STARTED)}  {text}", flush=True)


def clock(seconds: float) -> str:
    """Write a duration as minutes and seconds."""
    return f"{int(seconds) // 60:02}:{int(seconds) % 60:02}"


if __name__ == "__main__":
    sys.exit(main())
