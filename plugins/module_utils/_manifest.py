# SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""The paper of a backup: what was copied of what, proven how far; sealed, so that a changed letter is noticed. Pure."""

from __future__ import annotations

import base64
import gzip
import hashlib
import hmac
import json
import re
import typing as t
import zlib

from ansible_collections.robustmq.placement_center.plugins.module_utils._mover_words import File

Object = dict[str, t.Any]

SCHEMA = 1
PREFIX = "placement-center.robustmq.io"
SET, BACKUP, STATE = f"{PREFIX}/set", f"{PREFIX}/backup", f"{PREFIX}/backup-state"
BESIDE = f"{PREFIX}/manifest"  # the annotation that carries it on the storage's side
UNFINISHED, COMPLETE = "unfinished", "complete"
ID = re.compile(r"[0-9]{8}-[0-9]{6}-[0-9a-f]{4}")
LARGEST = 900_000  # bytes; an object of Kubernetes holds a million
LARGEST_BESIDE = 250_000  # bytes; all annotations of an object together may have 256 KiB

# How far a backup is proven.
LEVELS = ("the manifest is whole and signed", "every file was read back from the storage", "the server opened it", "a cluster was restored from it")


class Seal(t.NamedTuple):
    """What proves that a paper is as it was written."""

    sha256: str
    hmac: str


def canonical(paper: t.Mapping[str, t.Any]) -> str:
    """The one text of a paper."""
    return json.dumps(paper, sort_keys=True, separators=(",", ":"), ensure_ascii=True)


def sealed(paper: t.Mapping[str, t.Any], key: bytes) -> Seal:
    """Hash and signature (HMAC-SHA256)."""
    text = canonical(paper).encode()
    return Seal(hashlib.sha256(text).hexdigest(), hmac.new(key, text, hashlib.sha256).hexdigest())


def broken(paper: t.Mapping[str, t.Any], seal: Seal, key: bytes | None) -> str:
    """The code of what is wrong with a paper; empty where nothing is. Without a key the signature cannot be known."""
    text = canonical(paper).encode()
    if hashlib.sha256(text).hexdigest() != seal.sha256:
        return "manifest_damaged"
    if paper.get("schema") != SCHEMA:
        return "manifest_unknown_schema"
    if key is None:
        return "signature_unknown"
    good = hmac.new(key, text, hashlib.sha256).hexdigest()
    return "" if hmac.compare_digest(good, seal.hmac) else "signature_bad"


def proof(backup: str, at: str, key: bytes) -> str:
    """Words that only who has the key can write: a cluster was restored from this backup then. :param at: RFC 3339."""
    return json.dumps({"at": at, "hmac": hmac.new(key, f"proof {backup} {at}".encode(), hashlib.sha256).hexdigest()}, sort_keys=True)


def proven(text: str, backup: str, key: bytes | None) -> str:
    """When a cluster was restored from this backup; empty for never, or where the words are not what the key's owner wrote."""
    try:
        said = json.loads(text or "{}")
        at, mark = str(said["at"]), str(said["hmac"])
    except (ValueError, KeyError, TypeError):
        return ""
    good = hmac.new(key or b"", f"proof {backup} {at}".encode(), hashlib.sha256).hexdigest()
    return at if key and hmac.compare_digest(good, mark) else ""


def data(paper: t.Mapping[str, t.Any], seal: Seal) -> dict[str, str]:
    """Both as the texts of two files."""
    return {"manifest.json": canonical(paper), "seal.json": json.dumps(seal._asdict(), sort_keys=True)}


def read(texts: t.Mapping[str, str]) -> tuple[Object, Seal]:
    """The reverse of ``data``.

    :raises ValueError: they are no paper.
    """
    paper, seal = json.loads(texts.get("manifest.json", "")), json.loads(texts.get("seal.json", ""))
    if not isinstance(paper, dict) or not ID.fullmatch(str(paper.get("id", ""))):
        raise ValueError("it has no id")
    return paper, Seal(str(seal["sha256"]), str(seal["hmac"]))


def packed(texts: t.Mapping[str, str]) -> str:
    """Small enough for an annotation."""
    return base64.b64encode(gzip.compress(json.dumps(texts, sort_keys=True).encode(), mtime=0)).decode()


def unpacked(text: str) -> dict[str, str]:
    """The reverse.

    :raises ValueError: it is something else.
    """
    try:
        found = json.loads(gzip.decompress(base64.b64decode(text, validate=True)))
    except (OSError, EOFError, ValueError, zlib.error) as exc:
        raise ValueError("it cannot be unpacked") from exc
    if not isinstance(found, dict):
        raise ValueError("it holds no texts")
    return {str(k): str(v) for k, v in found.items()}


def tree(files: t.Sequence[File]) -> str:
    """One hash over all files: path, size and content of each."""
    text = "\n".join(f"{f.sha256} {f.size} {f.path}" for f in sorted(files, key=lambda f: f.path))
    return hashlib.sha256(text.encode()).hexdigest()


def rows(files: t.Sequence[File]) -> list[Object]:
    """The files as a paper has them."""
    return [{"path": f.path, "size": f.size, "mode": f.mode, "sha256": f.sha256} for f in files]


def differences(paper: t.Mapping[str, t.Any], files: t.Sequence[File]) -> list[str]:
    """What is not as the paper says: paths, with what is wrong."""
    wanted = {f["path"]: (f["size"], f["sha256"]) for f in paper["files"]}
    found = {f.path: (f.size, f.sha256) for f in files}
    missing = [f"{path} is missing" for path in sorted(wanted.keys() - found.keys())]
    more = [f"{path} is not in the manifest" for path in sorted(found.keys() - wanted.keys())]
    changed = [f"{path} differs" for path in sorted(wanted.keys() & found.keys()) if wanted[path] != found[path]]
    return missing + changed + more


def labels(name: str, backup: str) -> dict[str, str]:
    """What every object of a backup carries. Never the pair that selects members: a service would send clients to a copy."""
    return {SET: name, BACKUP: backup}


def object_name(name: str, backup: str, part: str = "") -> str:
    """The name of an object of a backup: at most 52 + 29 would not fit a label, so a long set's name is cut."""
    head = name[: 63 - len(f"-b-{backup}-{part}")].rstrip("-")
    return f"{head}-b-{backup}" + (f"-{part}" if part else "")
