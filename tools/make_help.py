# SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
# SPDX-License-Identifier: GPL-3.0-or-later

"""Print a Makefile's targets with the words after their two hashes."""

import re
import sys
from pathlib import Path


def targets(makefile: str) -> list[tuple[str, str]]:
    """Return each documented target and what it does, in the file's order."""
    found = re.findall(r"^([a-z-]+):[^#\n]*## (.+)$", makefile, flags=re.MULTILINE)
    return [(name, text.replace("$$", "$")) for name, text in found]


if __name__ == "__main__":
    for name, text in targets(Path(sys.argv[1]).read_text()):
        print(f"  make {name:<15} {text}")
