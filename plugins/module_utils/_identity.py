# SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whose data a directory is: one member's copy comes to every ordinal, and some servers refuse another member's. Pure.

Raft's own state (log, term, vote, membership) is the same in every copy and is never touched.
"""

from __future__ import annotations

import hashlib
import json
import re
import typing as t

Object = dict[str, t.Any]


class Who(t.NamedTuple):
    """A member: raft id and address."""

    id: int
    address: str


def paths(paper: t.Mapping[str, t.Any], known: t.Sequence[str]) -> tuple[str, ...]:
    """Which of the files that may name a member the copy has."""
    there = {f["path"] for f in paper["files"]}
    return tuple(path for path in known if path in there)


def members(paper: t.Mapping[str, t.Any]) -> dict[int, Who]:
    """Every voter that the manifest knows, by raft id."""
    found: dict[int, Who] = {}
    for group in paper["groups"].values():
        for number, address in group["nodes"].items():
            found.setdefault(int(number), Who(int(number), str(address)))
    return found


def rewritten(text: str, source: Who, target: Who) -> str | None:
    """The text for another member; None where it does not name the source, so that it cannot be told what to change."""
    try:
        said = json.loads(text)
    except ValueError:
        return _lines(text, source, target)
    if not isinstance(said, dict) or said.get("node_id") != source.id:
        return None
    return json.dumps({**said, "node_id": target.id}, indent=2)


def _lines(text: str, source: Who, target: Who) -> str | None:
    changed, times = re.subn(rf"(?m)^(node_id\s*=\s*){source.id}$", rf"\g<1>{target.id}", text)
    return changed.replace(f'"{source.address}"', f'"{target.address}"') if times == 1 else None


def separate(log: str, separator: str, paper: t.Mapping[str, t.Any], wanted: t.Sequence[str]) -> dict[str, str] | None:
    """What was read of several files, each known by its hash; None where one is missing."""
    hashes = {f["sha256"]: f["path"] for f in paper["files"] if f["path"] in wanted}
    # A log is lines: whether a file's last one had an end is not told.
    parts = [each for part in log.split(separator) for each in (part, part.removesuffix("\n"), f"{part}\n")]
    found = {path: part for part in parts if (path := hashes.get(_digest(part)))}
    return found if len(found) == len(set(wanted)) else None


def expected(paper: t.Mapping[str, t.Any], texts: t.Mapping[str, str]) -> Object:
    """The manifest's files once these texts are among them."""
    rows = [{**f, "size": len(texts[f["path"]].encode()), "sha256": _digest(texts[f["path"]])} if f["path"] in texts else f for f in paper["files"]]
    return {"files": rows}


def data(texts: t.Mapping[str, str]) -> dict[str, str]:
    """They as a ConfigMap's, whose keys take no slash."""
    return {path.replace("/", "."): text for path, text in texts.items()}


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
