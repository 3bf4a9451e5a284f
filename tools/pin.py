# SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
# SPDX-License-Identifier: GPL-3.0-or-later

"""Resolve requirements/*.in anew and write the pinned lists: `python3 -m tools.pin`, on a machine with both Pythons."""

import subprocess
import sys
import tempfile
from pathlib import Path

from tools import interpreters
from tools.environment import REQUIREMENTS
from tools.progress import Problem, run_quietly, say

HEADER = """\
# SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Written by `make pins` from {source}.
"""


def main() -> None:
    """Pin both lists: Python 3.11 has its own, every later one shares the other."""
    pin(interpreters.of_minor(interpreters.OLDEST_MINOR), "python311")
    pin(interpreters.newest(), "python312")


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
    (REQUIREMENTS / f"{name}.txt").write_text(HEADER.format(source=f"{name}.in and common.in") + frozen)


if __name__ == "__main__":
    try:
        main()
    except Problem as problem:
        sys.exit(f"pin: {problem}")
