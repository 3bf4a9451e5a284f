# SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
# SPDX-License-Identifier: GPL-3.0-or-later

"""Run every linter, show each with its time, and fail at the end if one of them did."""

import os
import subprocess
import sys
import time

from tools.environment import ROOT, collections_folder
from tools.progress import say

COLLECTION = collections_folder() / "ansible_collections" / "robustmq" / "placement_center"

# Plugins import each other by their collection's name, so mypy looks at them from the collections folder.
LINTERS: list[tuple[str, list[str], str]] = [
    ("ruff check", ["ruff", "check", "--quiet", "."], str(ROOT)),
    ("ruff format", ["ruff", "format", "--quiet", "--check", "."], str(ROOT)),
    (
        "mypy, plugins",
        ["mypy", "--config-file", str(ROOT / "pyproject.toml"), "-p", "ansible_collections.robustmq.placement_center.plugins"],
        str(collections_folder()),
    ),
    ("mypy, tools and testbed", ["mypy", "tools", "testbed"], str(ROOT)),
    ("yamllint", ["yamllint", "--strict", "."], str(ROOT)),
    ("ansible-lint", ["ansible-lint", "--offline", "--profile", "production", "-q"], str(ROOT)),
    ("reuse", ["reuse", "lint", "--quiet"], str(ROOT)),
    ("changelog fragments", ["antsibull-changelog", "lint"], str(ROOT)),
]


def main() -> int:
    """Return how many linters found something."""
    failed = 0
    for name, command, folder in LINTERS:
        started = time.monotonic()
        done = subprocess.run(command, cwd=folder, env={**os.environ, "PWD": folder}, check=False)
        say(f"{'ok    ' if done.returncode == 0 else 'FAILED'} {name} ({time.monotonic() - started:.1f} s)")
        failed += done.returncode != 0
    return failed


if __name__ == "__main__":
    sys.exit(main())
