# SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""gRPC-web and the little of protobuf that the server's calls need: strings and numbers in numbered fields. Pure."""

from __future__ import annotations

import typing as t
from urllib.parse import unquote

HEADERS = {"Content-Type": "application/grpc-web+proto", "X-Grpc-Web": "1"}
TRAILERS = 0x80


class Garbled(ValueError):
    """The answer is not what the profile's server says; the text tells how."""


class Status(t.NamedTuple):
    """How a call ended: ``code`` 0 is success, None where the answer does not say."""

    code: int | None
    words: str


def request(*strings: str) -> bytes:
    """A framed message whose fields 1, 2, ... are these strings."""
    return framed(b"".join(text(number, each) for number, each in enumerate(strings, 1)))


def framed(message: bytes) -> bytes:
    """The body of a request: one data frame."""
    return b"\0" + len(message).to_bytes(4, "big") + message


def text(field: int, value: str) -> bytes:
    """A string field."""
    return _field(field, value.encode())


def number(field: int, value: int) -> bytes:
    """A field with an unsigned number, or a truth value."""
    return bytes([field << 3]) + _varint(value)


def nested(field: int, message: bytes) -> bytes:
    """A field with a message of its own."""
    return _field(field, message)


def numbers(field: int, values: t.Iterable[int]) -> bytes:
    """A repeated field of unsigned numbers, packed."""
    return _field(field, b"".join(map(_varint, values)))


def status(headers: t.Mapping[str, str], body: bytes) -> Status:
    """Success and failure stand in the trailers, behind the message or, where there is none, among the headers."""
    said = {name.lower(): value for name, value in headers.items()}
    for flag, frame in _frames(body):
        if flag & TRAILERS:
            lines = (line.partition(":") for line in frame.decode("utf-8", "replace").splitlines())
            said |= {name.strip().lower(): value.strip() for name, _colon, value in lines}
    code = said.get("grpc-status", "")
    return Status(int(code) if code.isdecimal() else None, unquote(said.get("grpc-message", "")))


def message(body: bytes) -> bytes:
    """The first data frame of a reply: one flag byte, four bytes of length, the message.

    :raises Garbled: there is none.
    """
    if len(body) < 5 or body[0] & TRAILERS:
        raise Garbled(f"no gRPC-web data frame in {len(body)} bytes: {excerpt(body)}")
    size = int.from_bytes(body[1:5], "big")
    if body[0] or len(body) < 5 + size:
        raise Garbled(f"a frame of {size} bytes, cut short or compressed, in {len(body)}")
    return body[5 : 5 + size]


def first_string(found: bytes) -> str:
    """Protobuf field 1 as a string: tag 0x0a, the length as a varint, the bytes.

    :raises Garbled: there is none.
    """
    if not found or found[0] != 0x0A:
        raise Garbled("no string field in the reply")
    size = shift = 0
    for at in range(1, min(len(found), 11)):
        size |= (found[at] & 0x7F) << shift
        shift += 7
        if not found[at] & 0x80:
            said = found[at + 1 : at + 1 + size]
            if len(said) < size:
                break
            return said.decode("utf-8", "replace")
    raise Garbled("the reply's string is cut short")


def excerpt(body: bytes) -> str:
    """The beginning of an answer, for a message."""
    return repr(body[:80].decode("utf-8", "replace")) if body else "an empty body"


def _frames(body: bytes) -> t.Iterator[tuple[int, bytes]]:
    at = 0
    while at + 5 <= len(body):
        end = at + 5 + int.from_bytes(body[at + 1 : at + 5], "big")
        if end > len(body):
            return  # cut short: what is missing was not said
        yield body[at], body[at + 5 : end]
        at = end


def _field(number: int, data: bytes) -> bytes:
    return bytes([number << 3 | 2]) + _varint(len(data)) + data


def _varint(value: int) -> bytes:
    low, rest = value & 0x7F, value >> 7
    return bytes([low | 0x80]) + _varint(rest) if rest else bytes([low])
