# SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the testbed takes from Debian: look, and install what is missing."""

import shutil

from testbed import paths
from testbed.processes import run
from testbed.progress import Failure, say


def parse_list(text: str) -> dict[str, str]:
    """Read the list: a package and its program a line, comments after a hash."""
    rows = (line.partition("#")[0].split() for line in text.splitlines())
    return {row[0]: row[1] for row in rows if row}


def ensure() -> None:
    """Install the packages whose programs are not there."""
    wanted = parse_list((paths.TESTBED / "debian-packages.txt").read_text())
    missing = sorted(package for package, program in wanted.items() if shutil.which(program) is None)
    if not missing:
        return
    if shutil.which("apt-get") is None:
        raise Failure(f"this is no Debian; install yourself: {' '.join(missing)}")
    say(f"installing from Debian: {' '.join(missing)}")
    run(["apt-get", "update", "-qq"])
    run(["env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "install", "-qq", "--no-install-recommends", *missing])
