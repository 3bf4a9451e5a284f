# SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
# SPDX-License-Identifier: GPL-3.0-or-later

"""Build the site of the documentation: `python -m tools.docs`; a warning is a failure, and what is built already is left alone.

antsibull-docs checks the pages and the documentation of modules and roles and writes one page for each; Sphinx makes the site.
"""

import hashlib
import re
import shutil
import sys
import zlib
from collections.abc import Iterator
from pathlib import Path

from tools.environment import ROOT, collections_folder
from tools.progress import Problem, run_quietly, say

COLLECTION = "robustmq.placement_center"
SETTINGS = ROOT / "tools" / "docsite"
BUILD = ROOT / "build" / "docs"
PAGES = BUILD / "rst"  # what Sphinx reads
SITE = BUILD / "html"
COMPLETE = BUILD / "complete"  # the digest of all that the site was made of; written last
# What the site is made of: files, and folders of which those with a suffix below count.
SOURCES = ("docs", "README.md", "galaxy.yml", "meta", "plugins", "roles", "tools/docs.py", "tools/docsite", "requirements")
# Places in Ansible's own documentation: label and page.
ELSEWHERE = {
    "action_plugins": "plugins/action.html",
    "callback_plugins": "plugins/callback.html",
    "common_return_values": "reference_appendices/common_return_values.html",
}
# What the theme shows beside a page, and what the first page lists.
TWICE = re.compile(r"^\.\. contents::\n(?: +:.*\n)+|^.+\n-+\n\n\.\. toctree::\n(?: +:.*\n)+\n(?: +docsite/.*\n)+", re.MULTILINE)
SUFFIXES = {".rst", ".md", ".yml", ".py", ".cfg", ".txt"}


def main() -> None:
    """Build the site, unless it is there and nothing has changed since."""
    digest = of_sources()
    if COMPLETE.exists() and COMPLETE.read_text() == digest:
        say(f"nothing has changed: {SITE / 'index.html'}")
        return
    shutil.rmtree(BUILD, ignore_errors=True)
    PAGES.mkdir(parents=True)
    step("documentation of modules and roles, and the pages' form", lint())
    step("a page for each module and role", pages())
    gather()
    step("the site", ["sphinx-build", "-M", "html", str(PAGES), str(BUILD), "-c", str(SETTINGS), "-W", "--keep-going", "-q", "-d", str(BUILD / "doctrees")])
    COMPLETE.write_text(digest)
    say(f"built {sum(1 for _page in SITE.rglob('*.html'))} pages: {SITE / 'index.html'}")


def of_sources() -> str:
    """A digest of every file that the site is made of."""
    found = hashlib.sha256()
    for path in sorted(sources()):
        found.update(f"{path.relative_to(ROOT)}\0".encode() + path.read_bytes() + b"\0")
    return found.hexdigest()


def sources() -> Iterator[Path]:
    """Every file that the site is made of."""
    for name in SOURCES:
        path = ROOT / name
        yield from (p for p in path.rglob("*") if p.is_file() and p.suffix in SUFFIXES) if path.is_dir() else [path]


def step(what: str, command: list[str]) -> None:
    """Run one program; its words are shown only when it fails."""
    say(what)
    run_quietly(command, what, BUILD / "log.txt")


def lint() -> list[str]:
    """The check of what is written by hand and what antsibull-docs makes of the plugins; it wants to see a collection's folder."""
    where = collections_folder() / "ansible_collections" / Path(*COLLECTION.split("."))
    return ["antsibull-docs", "lint-collection-docs", "--plugin-docs", str(where)]


def pages() -> list[str]:
    """Write the pages of modules and roles, beside a copy of those that are written by hand."""
    options = ["--use-current", "--squash-hierarchy", "--fail-on-error", "--dest-dir", str(PAGES / "collection")]
    (PAGES / "collection").mkdir(mode=0o755)
    return ["antsibull-docs", "--config-file", str(SETTINGS / "antsibull-docs.cfg"), "collection", *options, COLLECTION]


def gather() -> None:
    """Put beside them the first page, the files that pages show, and the README's table of variables as a page."""
    (PAGES / "collection" / "environment_variables.rst").unlink()  # of which plugins read none
    for page in (PAGES / "collection").glob("*.rst"):
        page.write_text(TWICE.sub("", page.read_text()))
    index = PAGES / "collection" / "index.rst"
    index.write_text(re.sub(r"^    (\w+)_(module|role)$", r"    \1 (\2) <\1_\2>", index.read_text(), flags=re.MULTILINE))
    shutil.copy2(SETTINGS / "index.rst", PAGES / "index.rst")
    shutil.copytree(ROOT / "docs" / "permissions", PAGES / "permissions")
    (BUILD / "ansible.inv").write_bytes(inventory())
    (PAGES / "variables.rst").write_text(variables_page((ROOT / "README.md").read_text()))


def inventory() -> bytes:
    """What Sphinx would fetch of Ansible's site, as far as it is needed."""
    head = "# Sphinx inventory version 2\n# Project: Ansible\n# Version: \n# The remainder of this file is compressed using zlib.\n"
    lines = "".join(f"{label} std:label -1 {page}#{label.replace('_', '-')} {label.replace('_', ' ')}\n" for label, page in ELSEWHERE.items())
    return head.encode() + zlib.compress(lines.encode())


def variables_page(readme: str) -> str:
    """The README's section of variables in the words of the other pages: one text for both."""
    section = re.search(r"^## Variables\n(.*?)^## ", readme, re.MULTILINE | re.DOTALL)
    if section is None:
        raise Problem("README.md has no section Variables")
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in section[1].splitlines() if line.startswith("| `")]
    before, _table, after = re.split(r"((?:^\|.*\n)+)", section[1], maxsplit=1, flags=re.MULTILINE)
    table = "".join(f"   * - {rst(name)}\n     - {rst(default)}\n     - {rst(meaning)}\n" for name, default, meaning in rows)
    head = "Variables\n=========\n"
    return f"{head}{rst(before)}\n.. list-table::\n   :header-rows: 1\n\n   * - Variable\n     - Default\n     - Meaning\n{table}\n{rst(after)}"


def rst(markdown: str) -> str:
    """Code and links of Markdown as reStructuredText; a link to a page of the documentation becomes one on the site."""
    text = re.sub(r"`([^`]+)`", r"``\1``", markdown)
    return re.sub(r"\[([^]]+)\]\(docs/docsite/rst/(\w+)\.rst\)", r":doc:`\1 <collection/docsite/\2>`", text)


if __name__ == "__main__":
    try:
        main()
    except Problem as problem:
        sys.exit(f"docs: {problem}")
