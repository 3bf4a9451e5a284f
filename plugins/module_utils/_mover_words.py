# SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""What restic and rclone say: exit codes, JSON lines, lists of files. Pure."""

from __future__ import annotations

import json
import typing as t
from dataclasses import dataclass

from ansible_collections.robustmq.placement_center.plugins.module_utils._movers import RETRIES

Object = dict[str, t.Any]


class Failure(t.NamedTuple):
    """Why a program failed: a stable code, and its own words."""

    code: str
    words: str


CODES = {3: "backup_incomplete", 10: "repository_missing", 11: "repository_locked", 12: "repository_password"}


def failure(program: str, exit_code: int | None, log: str) -> Failure:
    """What a failed run means. Only restic's codes have a meaning of their own; no code at all is a pod that was taken."""
    words = last_words(log) or "it said nothing"
    if exit_code is None:
        return Failure("mover_killed", f"its pods were taken away {RETRIES} times; last: {words}")
    code = CODES.get(exit_code, "mover_failed") if program == "restic" else "mover_failed"
    for mark, better in (("no space left", "repository_full"), ("ciphertext verification failed", "data_damaged"), ("pack", "data_damaged")):
        if program == "restic" and code == "mover_failed" and mark in words.lower():
            code = better
            break
    return Failure(code, f"{program} ended with {exit_code}: {words}")


def last_words(log: str) -> str:
    """The last thing that was said in words: of a JSON line its message, else the line."""
    for line in reversed(log.strip().splitlines()):
        try:
            said = json.loads(line)
        except ValueError:
            return line.strip()[:500]
        if isinstance(said, dict):
            text = said.get("message") or (said.get("error") or {}).get("message")
            if text:
                return str(text).strip()[:500]
    return ""


def lines_of(log: str, kind: str) -> list[Object]:
    """The JSON lines of one ``message_type``."""
    return [said for said in objects(log) if said.get("message_type") == kind]


def objects(log: str) -> list[Object]:
    """Every line that is a JSON object."""
    found = []
    for line in log.splitlines():
        if line.lstrip().startswith("{"):
            try:
                found.append(json.loads(line.strip().rstrip(",")))
            except ValueError:
                continue  # a line that was cut
    return found


def array(log: str) -> list[Object]:
    """The objects of an answer that is one JSON array."""
    for line in log.splitlines():
        if line.startswith("["):
            try:
                found = json.loads(line)
            except ValueError:
                continue
            return [o for o in found if isinstance(o, dict)]
    return []


@dataclass(frozen=True)
class File:
    """One file of a volume, as its hash was read from it."""

    path: str
    size: int
    mode: str  # octal, or empty where it was not told
    sha256: str


def files(log: str) -> tuple[File, ...] | None:
    """The files that rclone has listed; None where the list is not whole."""
    lines = log.strip().splitlines()
    if not lines or "[" not in lines or lines[-1] != "]":
        return None
    found = []
    for said in objects(log):
        digest = (said.get("Hashes") or {}).get("sha256", "")
        if not digest:
            return None
        mode = str((said.get("Metadata") or {}).get("mode", ""))
        found.append(File(str(said["Path"]), int(said["Size"]), mode[-4:], digest))
    return tuple(sorted(found, key=lambda f: f.path))


class Pace(t.NamedTuple):
    """How far restic is."""

    bytes_done: int
    bytes_total: int
    files_done: int
    seconds_left: int | None


def pace(log: str) -> Pace | None:
    """The newest status line, of a backup or of a restore."""
    said = lines_of(log, "status")
    if not said:
        return None
    last = said[-1]
    done = last.get("bytes_done") or last.get("bytes_restored") or 0
    files_done = last.get("files_done") or last.get("files_restored") or 0
    return Pace(int(done), int(last.get("total_bytes") or 0), int(files_done), last.get("seconds_remaining"))
