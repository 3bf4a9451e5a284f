# SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
# SPDX-License-Identifier: GPL-3.0-or-later

"""Install the Debian packages that a list names, where that is possible."""

import os
import shutil
from pathlib import Path

from testbed import paths
from tools.progress import Problem, run_quietly, say


def install(names_file: Path) -> None:
    """Install every package of the list; say which, when this user cannot."""
    lines = (line.partition("#")[0].strip() for line in names_file.read_text().splitlines())
    names = [line for line in lines if line]
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        raise Problem(f"please install: {' '.join(names)}")
    say(f"installing from Debian: {' '.join(names)}")
    paths.CACHE.mkdir(parents=True, exist_ok=True)
    log = paths.CACHE / "apt.log"
    run_quietly(["apt-get", "update"], "package lists", log)
    apt = ["env", "DEBIAN_FRONTEND=noninteractive", "apt-get"]
    run_quietly([*apt, "install", "-y", "--no-install-recommends", *names], "Debian packages", log)
