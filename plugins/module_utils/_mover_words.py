# SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""What restic and rclone say: exit codes, JSON lines, lists of files. Pure."""

from __future__ import annotations

import json
import re
import typing as t
from dataclasses import dataclass

from ansible_collections.robustmq.placement_center.plugins.module_utils._movers import DATA, RETRIES

Object = dict[str, t.Any]


class Failure(t.NamedTuple):
    """Why a program failed: a stable code, and its own words."""

    code: str
    words: str


# What restic's exit codes mean, and where that is 1, its words: the first that fits.
CODES = {3: "backup_incomplete", 10: "repository_missing", 11: "repository_locked", 12: "repository_password"}
_ABSENT = r"(no such file|does not exist|not found)"
_WORDS = (
    ("mover_killed", r"signal \w+ received|context canceled"),
    ("repository_forbidden", r"access ?denied|signature ?does ?not ?match|access key id|time is too large|\((401|403)\)"),
    ("repository_missing", r"bucket does not exist"),
    ("repository_unreachable", r"connection re(fused|set)|no such host|timeout|timed out|internal error|\(50[0234]\)"),
    ("repository_full", rf"^(?!.* {DATA}/).*no space left|quota exceeded|storage ?full|insufficient storage|\(507\)"),
    ("snapshot_gone", rf"failed to find snapshot.*{_ABSENT}|no matching id found"),
    ("data_damaged", r"ciphertext verification failed|invalid data returned|hash mismatch|not found in repository|packs from index missing"),
    ("data_damaged", rf"unexpected content in|invalid file size|pack size does not match|(ReadFull|LoadRaw|StreamPack)\(.*{_ABSENT}"),
    ("repository_unreachable", r"returned error, retrying after"),
)
MEANINGS = tuple((code, re.compile(words, re.IGNORECASE)) for code, words in _WORDS)
# Lines that tell of an attempt which is repeated: nothing has moved.
REPEATED = re.compile(r"returned error, retrying after|^Load\(.*\) failed:|^Save\(.*\) failed:")
_UNREAD = re.compile(r"^\S+ \S+ ERROR\s*: ")  # after the date
_CONTROL = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")
_TELLS_NOTHING = re.compile(r"There were \d+ errors?|at least one source file could not be read|^Fatal: unable to save snapshot: no result")


def failure(program: str, exit_code: int | None, log: str) -> Failure:
    """What a failed run means. Only restic's codes and words have a meaning of their own; no code at all is a pod that was taken."""
    words = last_words(log) or "it said nothing"
    if exit_code is None:
        return Failure("mover_killed", f"its pods were taken away {RETRIES} times; last: {words}")
    text = f"{program} ended with {exit_code}: {words}"
    code = CODES.get(exit_code, _meaning(words)) if program == "restic" else ""
    return Failure(code, text) if code else Failure("mover_failed", text)


def _meaning(words: str) -> str:
    return next((code for code, mark in MEANINGS if mark.search(words)), "")


def last_words(log: str) -> str:
    """The last thing that was said in words, of a JSON line its message; what only counts errors is passed over for the errors."""
    found = ""
    for line in reversed(log.strip().splitlines()):
        text = _text(line)
        if text and not _TELLS_NOTHING.search(text):
            return text
        found = found or text
    return found


def _text(line: str) -> str:
    try:
        said = json.loads(line)
    except ValueError:
        return " ".join(_CONTROL.sub("", line).split())[:500]
    if not isinstance(said, dict):
        return ""
    text = said.get("message") or (said.get("error") or {}).get("message") or ""
    return " ".join(str(text).split())[:500]


def moving(log: str) -> str:
    """What shows that something moves: bytes and files, and lines in words, but for attempts that are repeated."""
    lines = [line for line in log.splitlines() if '"message_type":"status"' not in line and not REPEATED.search(line)]
    done = pace(log)
    return "\n".join([*lines, *([f"{done.bytes_done} {done.files_done}"] if done else [])])


def complaint(log: str) -> Failure | None:
    """Why restic repeats requests, if that was the last it said."""
    words = last_words(log)
    if not REPEATED.search(words):
        return None
    return Failure(_meaning(words), words)


def final(failed: Failure) -> bool:
    """Would another pod only fail in the same way?"""
    return failed.code not in ("mover_failed", "mover_killed", "repository_locked")


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
    lines = log.strip().split("\n")
    if "[" not in lines:
        return None
    try:
        listed = json.loads("\n".join(lines[lines.index("[") :]))
        found = [File(str(o["Path"]), int(o["Size"]), str((o.get("Metadata") or {}).get("mode", ""))[-4:], o["Hashes"]["sha256"]) for o in listed]
    except (ValueError, KeyError, TypeError, AttributeError):  # cut somewhere, or a file could not be read
        return None
    return tuple(sorted(found, key=lambda f: f.path)) if all(f.sha256 for f in found) else None


def unread(log: str) -> str:
    """What rclone says of a file that it could not read; empty where it says nothing."""
    lines = (line for line in log.splitlines() if _UNREAD.search(line))
    return " ".join(_UNREAD.split(next(lines, ""), maxsplit=1)[-1].split())[:500]


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
