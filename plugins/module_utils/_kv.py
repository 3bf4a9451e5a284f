# SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""The server's key-value calls as bytes, and its answers understood. Pure."""

from __future__ import annotations

import re
import typing as t

from ansible_collections.robustmq.placement_center.plugins.module_utils import _grpcweb
from ansible_collections.robustmq.placement_center.plugins.module_utils._grpcweb import Garbled

_FORWARD = re.compile(r"forward request to: Some\((\d+)\)")


class Said(t.NamedTuple):
    """A member's answer to a write: acknowledged, or not, with the raft id that it names as leader."""

    acknowledged: bool
    leader: int | None
    words: str


def set_message(key: str, value: str) -> bytes:
    """Body of ``Set``."""
    return _grpcweb.request(key, value)


def key_message(key: str) -> bytes:
    """Body of ``Get`` and ``Delete``."""
    return _grpcweb.request(key)


def written(status: int, headers: t.Mapping[str, str], body: bytes) -> Said:
    """Was it acknowledged? Only a status of 0 says so."""
    if status != 200:
        return Said(False, None, f"HTTP {status}: {_grpcweb.excerpt(body)}")
    ended = _grpcweb.status(headers, body)
    named = _FORWARD.search(ended.words)
    return Said(ended.code == 0, int(named[1]) if named else None, f"grpc-status {ended.code}: {ended.words}")


def value(status: int, headers: t.Mapping[str, str], body: bytes) -> str:
    """The value that a ``Get`` brought; empty where the member has none.

    :raises Garbled: it is no answer to a ``Get``.
    """
    if status != 200:
        raise Garbled(f"HTTP {status}: {_grpcweb.excerpt(body)}")
    ended = _grpcweb.status(headers, body)
    if ended.code != 0:
        raise Garbled(f"grpc-status {ended.code}: {ended.words}")
    found = _grpcweb.message(body)
    return _grpcweb.first_string(found) if found else ""
