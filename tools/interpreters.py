# SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
# SPDX-License-Identifier: GPL-3.0-or-later

"""Find the newest Python on this machine that the pinned requirements support."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

OLDEST_MINOR, NEWEST_MINOR = 11, 14

# A Debian Python without python3-venv lacks ensurepip; a pyenv shim of a version not chosen does not run at all.
_PROBE = "import ensurepip, sys, venv; print('{}.{}.{}'.format(*sys.version_info))"


class Interpreter(NamedTuple):
    """A Python that was run and can make virtual environments."""

    path: str
    version: str

    @property
    def minor(self) -> int:
        """The N of Python 3.N."""
        return int(self.version.split(".")[1])


def newest() -> Interpreter | None:
    """Return the newest supported Python that works, or None."""
    for minor in range(NEWEST_MINOR, OLDEST_MINOR - 1, -1):
        found = of_minor(minor)
        if found:
            return found
    return None


def of_minor(minor: int) -> Interpreter | None:
    """Return a working Python 3.MINOR, or None."""
    for path in _candidates(minor):
        version = _probe(path)
        if version.startswith(f"3.{minor}."):
            return Interpreter(path, version)
    return None


def _candidates(minor: int) -> Iterator[str]:
    """Name the places where a Python 3.MINOR may be: pyenv's own folders first, since its shims are slow."""
    pyenv = Path(os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv")
    yield from (str(path) for path in sorted(pyenv.glob(f"versions/3.{minor}.*/bin/python3"), reverse=True))
    on_path = shutil.which(f"python3.{minor}")
    if on_path:
        yield on_path


def _probe(path: str) -> str:
    """Run a Python; return its version, or nothing when it cannot serve."""
    try:
        done = subprocess.run([path, "-c", _PROBE], capture_output=True, text=True, timeout=30, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout.strip() if done.returncode == 0 else ""
