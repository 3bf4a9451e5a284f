# SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a build server runs after `make test`: the core of the tests on real servers, where their programs lie beside the project.

python3 -m tools.real_core SECONDS      SECONDS: used so far

The programs are no part of the project. Where they are missing, or the time is used up, that is said and no failure.
"""

import sys
import time
from pathlib import Path

from testbed import cleanup, cluster
from testbed.progress import Failure
from tools import real
from tools.environment import ROOT
from tools.integration import FAILED
from tools.suite import cluster_runs

FOLDER = ROOT.parent / "shared" / "real"
PAIRS = (("broker-server-v0.4.11.xz", "broker-server-next.xz"), ("placement-center-v0.1.28.xz", ""))
LIMIT = 90 * 60  # seconds, of the whole build
LATEST = 70 * 60  # a core that began later than this might not end within the limit
MARGIN = 2 * 60  # for taking the cluster down


def missing(folder: Path) -> list[str]:
    """The files of the pairs that a folder lacks."""
    return [name for pair in PAIRS for name in pair if name and not (folder / name).is_file()]


def left_out(used: float, folder: Path) -> str:
    """Why the core does not run; empty if it does."""
    if lacking := missing(folder):
        return f"{folder.relative_to(folder.parents[1])} beside the project lacks {', '.join(lacking)}"
    if used > LATEST:
        return f"{used / 60:.0f} minutes are used, and {LIMIT // 60} are the limit"
    return ""


def main() -> int:
    """Run the core on each server; return the exit code of the whole."""
    used, started = float(sys.argv[1]), time.monotonic()
    if why := left_out(used, FOLDER):
        print(f"\n=== real servers: LEFT OUT: {why}", flush=True)
        return 0
    was_up = cluster_runs()
    try:
        chosen = [real.choose(FOLDER / first, FOLDER / second if second else None) for first, second in PAIRS]
        cluster.up()
        told = [_run(each, LIMIT - MARGIN - used - (time.monotonic() - started)) for each in chosen]
    except Failure as error:
        print(f"\n=== real servers: FAILED: {error}", flush=True)
        return 1
    finally:
        if not was_up and cluster_runs():
            _down()
    for line, _code in told:
        print(f"=== real servers: {line}", flush=True)
    return 1 if any(code for _line, code in told) else 0


def _run(chosen: real.Chosen, seconds: float) -> tuple[str, int]:
    """One server: a line of how it ended, and the exit code."""
    began = time.monotonic()
    print(f"\n=== real servers: {chosen.release}", flush=True)
    server = real.load(chosen)
    code = real.run(server, ["--cache-clear"], True, seconds)
    alone = code == FAILED
    if alone:  # two clusters share two cores: what failed beside another has to pass by itself, and is told either way
        print("\nfailed beside others, run once more alone", flush=True)
        code = real.run(server, ["--last-failed", "-n", "0"], True, seconds - (time.monotonic() - began))
    took = real.clock(time.monotonic() - began)
    ended = f"FAILED ({code})" if code else "UNSTEADY: passed, partly alone" if alone else "passed"
    return f"{chosen.release} {ended} in {took}", code


def _down() -> None:
    with cluster.alone():
        cleanup.down()


if __name__ == "__main__":
    sys.exit(main())
