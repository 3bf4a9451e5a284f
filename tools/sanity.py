# SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
# SPDX-License-Identifier: GPL-3.0-or-later

"""Run `ansible-test sanity` on a copy of what the collection ships and of its tests.

A copy, because ansible-test wants to stand in a folder ansible_collections/NAMESPACE/NAME, and symbolic links
do not convince it. Arguments are handed on: `python -m tools.sanity --test pylint`.
"""

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

from ansible_test._internal.python_requirements import get_venv_packages

from testbed import paths
from tools.environment import ROOT

# Not shipped, and no Ansible code: they have checks of their own.
LEFT_OUT = ("testbed/", "tools/", "molecule/", "requirements/")
HOME = paths.CACHE / "sanity"

# ansible-test would download a bootstrap of pip; the Python at hand brings one along.
GET_PIP = "import ensurepip\nensurepip.bootstrap()\n"


def main(arguments: list[str]) -> int:
    """Copy the tree, offer the bootstrap, run the tests."""
    tree = HOME / "trees" / hashlib.sha256(str(ROOT).encode()).hexdigest()[:12]
    collection = tree / "ansible_collections" / "robustmq" / "placement_center"
    shutil.rmtree(tree, ignore_errors=True)
    copy_files(collection)
    python = f"{sys.version_info.major}.{sys.version_info.minor}"
    offer_bootstrap(python)
    command = ["ansible-test", "sanity", "--local", "--python", python, "--color", "yes" if sys.stdout.isatty() else "no", *arguments]
    return subprocess.run(command, cwd=collection, env=os.environ | surroundings(collection), check=False).returncode


def copy_files(target: Path) -> None:
    """Copy every file that git tracks or would track."""
    listed = subprocess.run(["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"], cwd=ROOT, capture_output=True, text=True, check=True)
    for name in filter(None, listed.stdout.split("\0")):
        source = ROOT / name
        if name.startswith(LEFT_OUT) or not source.is_file():
            continue
        (target / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(source, target / name)


def offer_bootstrap(python: str) -> None:
    """Put the bootstrap where ansible-test looks before it downloads one."""
    version = get_venv_packages(SimpleNamespace(version=python))["pip"].replace(".", "_")
    script = HOME / ".ansible" / "test" / "cache" / f"get_pip_{version}.py"
    script.parent.mkdir(parents=True, exist_ok=True)
    script.write_text(GET_PIP)


def surroundings(collection: Path) -> dict[str, str]:
    """Keep ansible-test's own environments out of the user's home, and the user's settings of pip in force."""
    home = Path.home()
    return {
        "HOME": str(HOME),
        "PWD": str(collection),
        "XDG_CONFIG_HOME": os.environ.get("XDG_CONFIG_HOME", str(home / ".config")),
        "XDG_CACHE_HOME": os.environ.get("XDG_CACHE_HOME", str(home / ".cache")),
    }


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
