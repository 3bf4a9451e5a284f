# SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
# SPDX-License-Identifier: GPL-3.0-or-later

"""Resolve requirements/*.in anew and write the pinned lists: `python3 -m tools.pin [LIST...]`, on a machine with every Python that they name."""

import re
import subprocess
import sys
import tempfile
from pathlib import Path

from tools import interpreters, matrix
from tools.environment import REQUIREMENTS
from tools.progress import Problem, run_quietly, say

HEADER = """\
# SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Written by `make pins` from {source}.
"""


def main(wanted: list[str]) -> None:
    """Pin those that are named, else all: Python 3.11 has a list of its own, every later one shares the other."""
    minors = {"python311": interpreters.OLDEST_MINOR, "python312": None, "package": None, **{row.pins: row.minor for row in matrix.ROWS}}
    for name in wanted or minors:
        minor = minors[name]
        pin(interpreters.newest() if minor is None else interpreters.of_minor(minor), name)


def pin(python: interpreters.Interpreter | None, name: str) -> None:
    """Install the names into a throw-away environment and write down what came."""
    if python is None:
        raise Problem(f"no Python for {name} was found")
    say(f"resolving {name}.in with Python {python.version}")
    with tempfile.TemporaryDirectory() as scratch:
        inside = str(Path(scratch, "venv", "bin", "python"))
        run_quietly([python.path, "-m", "venv", str(Path(scratch, "venv"))], "virtual environment", Path(scratch, "venv.log"))
        install = [inside, "-m", "pip", "install", "--no-compile", "-r", str(REQUIREMENTS / f"{name}.in")]
        run_quietly(install, f"packages of {name}", Path(scratch, "pip.log"))
        frozen = subprocess.run([inside, "-m", "pip", "freeze"], capture_output=True, text=True, check=True).stdout
    included = re.findall(r"^-r (\S+)$", (REQUIREMENTS / f"{name}.in").read_text(), re.MULTILINE)
    (REQUIREMENTS / f"{name}.txt").write_text(HEADER.format(source=" and ".join([f"{name}.in", *included])) + frozen)


if __name__ == "__main__":
    try:
        main(sys.argv[1:])
    except Problem as problem:
        sys.exit(f"pin: {problem}")
