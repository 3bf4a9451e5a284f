# SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the documentation tells people to type."""

from __future__ import annotations

import pathlib
import re
import shlex
import typing as t

ROOT = pathlib.Path(__file__).parents[1]
RST = ROOT / "docs/docsite/rst"
PAGES = [*RST.glob("*.rst"), *ROOT.glob("*.md"), *ROOT.glob("docs/*.md"), *ROOT.glob("roles/*/README.md"), ROOT / "tools/docsite/index.rst"]


def commands(text: str) -> t.Iterator[list[str]]:
    """The words of every call of a playbook, from ``ansible-playbook`` on; a line that ends in a backslash goes on."""
    joined = re.sub(r"\\\n\s*>?\s*", "", text)
    for found in re.findall(r"^.*?(ansible-playbook robustmq\.placement_center\.\w[^\n`]*)", joined, re.MULTILINE):
        yield shlex.split(re.split(r"\s[>|]|\)?`|[;,]\s", found)[0], comments=True)


def blocks(page: str) -> list[list[str]]:
    """What each block of a page tells to type into a shell, line by line as the shell takes it."""
    text = (RST / f"{page}.rst").read_text()
    found = re.findall(r"code-block:: console\n\n((?: +[$>] .*\n)+)", text)
    return [re.sub(r"\n *> ", "\n", re.sub(r"^ *\$ ", "$ ", block, flags=re.MULTILINE)).strip().removeprefix("$ ").split("\n$ ") for block in found]
