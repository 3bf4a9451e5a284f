# SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
# SPDX-License-Identifier: GPL-3.0-or-later

"""`make matrix`: the built archive under every supported ansible-core, with the oldest and the newest of what it stands on.

Each row has an environment of its own under the cache folder. kubernetes.core is taken out of a release of the Python package ansible, which
would otherwise bring a hundred collections along. `python -m tools.matrix 2.20` takes that row alone.
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from testbed import paths
from tools import environment, interpreters, package
from tools.environment import REQUIREMENTS, ROOT
from tools.progress import Problem, run_quietly, say

HOME = paths.CACHE / "matrix"
BUNDLED = REQUIREMENTS / "matrix-collections.txt"  # releases of the package ansible: the oldest and the newest that count


class Row(NamedTuple):
    """One ansible-core, on one Python, with one end of what else is supported."""

    core: str
    minor: int  # of Python 3
    newest: bool  # of kubernetes.core and of the client; else the oldest

    @property
    def pins(self) -> str:
        """The name of its pinned list."""
        return f"matrix-{self.core}"


ROWS = (Row("2.19", 11, False), Row("2.20", 12, True), Row("2.21", 13, True), Row("2.22", 13, True))


def main(wanted: Sequence[str]) -> int:
    """Return how many rows failed; every one is tried."""
    if unknown := set(wanted) - {row.core for row in ROWS}:
        raise Problem(f"no row {', '.join(sorted(unknown))}; there are {', '.join(row.core for row in ROWS)}")
    shutil.rmtree(package.BUILD, ignore_errors=True)
    package.BUILD.mkdir(parents=True)
    archive = package.build(package.BUILD)
    failed = [row.core for row in ROWS if (not wanted or row.core in wanted) and not passes(row, archive)]
    say(f"FAILED: {', '.join(failed)}" if failed else "all rows passed")
    return len(failed)


def passes(row: Row, archive: Path) -> bool:
    """Try one row; tell what it was and how it went."""
    started = time.monotonic()
    try:
        told = tried(row, archive)
    except Problem as problem:
        say(f"FAILED ansible-core {row.core}: {problem}")
        return False
    say(f"ok     {told} ({time.monotonic() - started:.0f} s)")
    return True


def tried(row: Row, archive: Path) -> str:
    """Install, use by full names, run the plugins' unit tests; what was used."""
    python = interpreters.of_minor(row.minor)
    if python is None:
        raise Problem(f"no Python 3.{row.minor} was found")
    pins = REQUIREMENTS / f"{row.pins}.txt"
    folder = environment.of_pins(python, pins, HOME / row.core)
    theirs = kubernetes_core(bundled()[-1 if row.newest else 0], folder)
    with tempfile.TemporaryDirectory() as scratch:
        env = {**os.environ, "PATH": f"{folder / 'bin'}{os.pathsep}{os.environ['PATH']}", "VIRTUAL_ENV": str(folder), "HOME": scratch}
        env["ANSIBLE_PYTHON_INTERPRETER"] = str(folder / "bin" / "python")
        beside = Path(scratch, "collections", "ansible_collections", "kubernetes")
        beside.parent.mkdir(parents=True)
        beside.symlink_to(theirs / "ansible_collections" / "kubernetes")
        unit_tests(folder, package.used_from(archive, env, Path(scratch)), env, row)
    return f"ansible-core {pinned(pins, 'ansible-core')}, Python {python.version}, kubernetes.core {theirs.name}, client {pinned(pins, 'kubernetes')}"


def unit_tests(folder: Path, collections: Path, env: dict[str, str], row: Row) -> None:
    """The plugins' own tests and that of their contract, against what was installed."""
    say(f"unit tests under ansible-core {row.core}")
    env = {**env, "ANSIBLE_COLLECTIONS_PATH": str(collections)}
    command = [str(folder / "bin" / "python"), "-m", "pytest", "-q", "-p", "no:cacheprovider", "tests/unit/plugins", "tests/unit/test_contract.py"]
    log = package.BUILD / f"unit-{row.core}.log"
    with open(log, "wb") as output:
        code = subprocess.run(command, cwd=ROOT, env=env, stdout=output, stderr=subprocess.STDOUT, check=False).returncode
    if code:
        raise Problem(f"unit tests failed (all of it in {log}):\n" + "\n".join(log.read_text(errors="replace").splitlines()[-20:]))


def bundled() -> list[str]:
    """Releases of the package ansible, oldest first, as they are pinned."""
    return [line.split()[0] for line in BUNDLED.read_text().splitlines() if line and not line.startswith("#")]


def kubernetes_core(release: str, folder: Path) -> Path:
    """kubernetes.core out of a release of the package ansible; the folder is named by its version."""
    kept = HOME / "collections" / release
    if not kept.is_dir():
        unfinished = kept.with_name(f".{release}.{os.getpid()}")
        with tempfile.TemporaryDirectory() as scratch:
            download = [str(folder / "bin" / "python"), "-m", "pip", "download", "--no-deps", "--only-binary", ":all:", "-d", scratch, release]
            run_quietly(download, release, package.BUILD / "download.log")
            (wheel,) = Path(scratch).glob("ansible-*.whl")
            extract(wheel, unfinished)
        unfinished.rename(kept)
    (found,) = kept.iterdir()
    return found


def extract(wheel: Path, folder: Path) -> None:
    """Take the one collection out."""
    with zipfile.ZipFile(wheel) as opened:
        inside = [name for name in opened.namelist() if name.startswith("ansible_collections/kubernetes/core/")]
        version = version_of(opened.read("ansible_collections/kubernetes/core/MANIFEST.json"))
        opened.extractall(folder / version, inside)


def version_of(manifest: bytes) -> str:
    """A collection's version, by its manifest."""
    return str(json.loads(manifest)["collection_info"]["version"])


def pinned(pins: Path, name: str) -> str:
    """The version of a package in a pinned list."""
    (line,) = (line for line in pins.read_text().splitlines() if line.startswith(f"{name}=="))
    return line.partition("==")[2]


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except Problem as problem:
        sys.exit(f"matrix: {problem}")
