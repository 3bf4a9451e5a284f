# SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Until when a certificate is valid, read out of its bytes: the standard library has no reader for one, and a client's own is not asked for."""

from __future__ import annotations

import base64
import re
import typing as t
from datetime import datetime

from ansible_collections.robustmq.placement_center.plugins.module_utils._python import UTC

PEM = re.compile(rb"-----BEGIN CERTIFICATE-----(.+?)-----END CERTIFICATE-----", re.DOTALL)
SEQUENCE, VERSION, UTC_TIME = 0x30, 0xA0, 0x17


def expired(pem: bytes, now: float) -> str:
    """The day on which it ended, or nothing where it has not, or cannot be read."""
    end = valid_until(pem)
    return f"{end:%Y-%m-%d}" if end and end.timestamp() < now else ""


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
