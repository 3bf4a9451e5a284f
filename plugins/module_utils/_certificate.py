# SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Until when a certificate or a token is valid, read out of its bytes: the standard library has no reader for either."""

from __future__ import annotations

import base64
import json
import re
import typing as t
from datetime import datetime

from ansible_collections.robustmq.placement_center.plugins.module_utils._python import UTC

PEM = re.compile(rb"-----BEGIN CERTIFICATE-----(.+?)-----END CERTIFICATE-----", re.DOTALL)
SEQUENCE, VERSION, UTC_TIME = 0x30, 0xA0, 0x17


def expired(pem: bytes, token: str, now: float) -> str:
    """Which of the two ended when, in words; nothing where none has, or none can be read."""
    ends = {"the client's certificate": valid_until(pem), "the token": token_until(token)}
    return "; ".join(f"{what} has expired on {end:%Y-%m-%d at %H:%M} UTC" for what, end in ends.items() if end and end.timestamp() < now)


def token_until(token: str) -> datetime | None:
    """The end that a JSON web token names, as a service account's does; other tokens say nothing."""
    try:
        claims = json.loads(base64.urlsafe_b64decode(token.split(".")[1] + "=="))
        return datetime.fromtimestamp(claims["exp"], UTC)
    except (ValueError, IndexError, KeyError, TypeError, OverflowError, OSError):
        return None


def valid_until(pem: bytes) -> datetime | None:
    """The end of the first certificate's time, or None where there is no certificate that could be read."""
    found = PEM.search(pem)
    try:
        return _end(base64.b64decode(found[1])) if found else None
    except (ValueError, IndexError, StopIteration):
        return None


def _end(der: bytes) -> datetime:
    """certificate > tbsCertificate > version (may be missing), serial, algorithm, issuer, validity > notBefore, notAfter."""
    _kind, certificate = next(_parts(der))
    _kind, body = next(_parts(certificate))
    fields = [part for part in _parts(body) if part[0] != VERSION]
    _before, (kind, after) = _parts(fields[3][1])
    form = "%y%m%d%H%M%SZ" if kind == UTC_TIME else "%Y%m%d%H%M%SZ"
    return datetime.strptime(after.decode(), form).replace(tzinfo=UTC)


def _parts(data: bytes) -> t.Iterator[tuple[int, bytes]]:
    """What stands one after the other in DER: tag and content of each."""
    at = 0
    while at < len(data):
        tag, length, at = data[at], data[at + 1], at + 2
        if length & 0x80:
            size = length & 0x7F
            length, at = int.from_bytes(data[at : at + size], "big"), at + size
        yield tag, data[at : at + length]
        at += length
