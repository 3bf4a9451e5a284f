# SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
# SPDX-License-Identifier: GPL-3.0-or-later

"""Remove what checks leave in the checkout."""

import shutil

from tools.environment import ROOT

LEFT_OVERS = (".hypothesis", ".mypy_cache", ".pytest_cache", ".ruff_cache", ".ansible", "build", "tests/output")

if __name__ == "__main__":
    folders = [ROOT / name for name in LEFT_OVERS]
    for room in ("plugins", "testbed", "tests", "tools"):
        folders += (ROOT / room).rglob("__pycache__")
    for folder in folders:
        shutil.rmtree(folder, ignore_errors=True)
    for archive in ROOT.glob("*.tar.gz"):
        archive.unlink()
