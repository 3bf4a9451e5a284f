# SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""A member's calls as gRPC-web, written here from the protocol, without the collection's code."""

from __future__ import annotations

import http.client
import json
import typing as t
import urllib.parse
import urllib.request

SERVICE = "/meta.service.common.MetaServiceService"
OLD_SERVICE = "/placement.center.openraft.OpenRaftService"
OLD_KV = "/placement.center.kv.KvService"  # the real server of the older generation; the reference member answers to both
OLD_STATUS = "/placement.center.inner.PlacementCenterService"
KIND = {"Content-Type": "application/grpc-web+proto"}


def _field(number: int, text: str) -> bytes:
    data = text.encode()
    return bytes([number << 3 | 2]) + _length(len(data)) + data


def _length(size: int) -> bytes:
    return bytes([size]) if size < 128 else bytes([size & 127 | 128]) + _length(size >> 7)


def _framed(message: bytes) -> bytes:
    return b"\0" + len(message).to_bytes(4, "big") + message


def _call(address: str, method: str, message: bytes, service: str = SERVICE, timeout: float = 5) -> bytes:
    asked = urllib.request.Request(f"http://{address}{service}/{method}", _framed(message), KIND)
    with urllib.request.urlopen(asked, timeout=timeout) as answer:
        return _read(method, answer.headers, answer.read())


def _read(method: str, headers: http.client.HTTPMessage, found: bytes) -> bytes:
    """The message of an answer, or OSError."""
    status = headers.get("grpc-status", "0")
    if status != "0" or b"grpc-status:0" not in found:
        raise OSError(f"{method}: grpc-status {status}, {urllib.parse.unquote(headers.get('grpc-message', ''))}{found[-60:]!r}")
    return found[5 : 5 + int.from_bytes(found[1:5], "big")]


def metrics(host: str, port: int = 1228) -> dict[str, t.Any]:
    """A member's raft metrics by group."""
    message = _call(f"{host}:{port}", "ClusterStatus", b"", timeout=2)
    return t.cast(dict[str, t.Any], json.loads(message[message.index(b'{"') :]))  # a brace alone may be a length before it


def old_metrics(host: str, port: int = 1228) -> dict[str, t.Any]:
    """The same of the older generation, whose one group has no name."""
    message = _call(f"{host}:{port}", "ClusterStatus", b"", service=OLD_STATUS, timeout=2)
    return {"placement_center": json.loads(message[message.index(b'{"') :])}


def put(host: str, key: str, value: str, port: int = 1228, timeout: float = 5, service: str = SERVICE) -> None:
    """An acknowledged write, or OSError."""
    _call(f"{host}:{port}", "Set", _field(1, key) + _field(2, value), timeout=timeout, service=service)


def delete(host: str, key: str, port: int = 1228, service: str = SERVICE) -> None:
    """An acknowledged deletion, or OSError."""
    _call(f"{host}:{port}", "Delete", _field(1, key), service=service)


class Line:
    """A connection to one member that stays open, for whoever writes much."""

    def __init__(self, host: str, port: int = 1228, timeout: float = 2, service: str = SERVICE) -> None:
        self._connection, self._service = http.client.HTTPConnection(host, port, timeout=timeout), service

    def put(self, key: str, value: str) -> None:
        """An acknowledged write, or OSError; after that the line is of no use any more."""
        try:
            self._connection.request("POST", f"{self._service}/Set", _framed(_field(1, key) + _field(2, value)), KIND)
            answer = self._connection.getresponse()
            _read("Set", answer.headers, answer.read())
        except (OSError, http.client.HTTPException) as exc:
            self.close()
            raise OSError(str(exc)) from exc

    def close(self) -> None:
        """Hang up."""
        self._connection.close()


def get(host: str, key: str, port: int = 1228, service: str = SERVICE) -> str:
    """The member's own value; empty where it has none."""
    message = _call(f"{host}:{port}", "Get", _field(1, key), service=service)
    return message[2 : 2 + message[1]].decode() if message else ""


def values(host: str, prefix: str, port: int = 1228, service: str = SERVICE) -> list[str]:
    """The member's own values under all keys that begin so, of fewer than 128 bytes each."""
    message = _call(f"{host}:{port}", "GetPrefix", _field(1, prefix), service=service, timeout=30)
    found, at = [], 0
    while at < len(message):
        found.append(message[at + 2 : at + 2 + message[at + 1]].decode())
        at += 2 + message[at + 1]
    return found


def set_voters(host: str, raft_ids: set[int], port: int = 1228) -> None:
    """Who votes from now on; the others stay as learners. ``host`` must lead. The older generation's call."""
    packed = bytes(sorted(raft_ids))
    _call(f"{host}:{port}", "ChangeMembership", bytes([1 << 3 | 2, len(packed)]) + packed + bytes([2 << 3, 1]), service=OLD_SERVICE)


def leave(host: str, raft_id: int, port: int = 1228) -> None:
    """Take a member out of every group; the newer generation's call, whose leader goes on until a group refuses."""
    _call(f"{host}:{port}", "LeaveCluster", bytes([1 << 3, raft_id]), timeout=30)
