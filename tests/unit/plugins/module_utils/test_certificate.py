# SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""The end of a certificate is read as it was written, and no garbage ends the reading otherwise than with nothing."""

from __future__ import annotations

import base64
from datetime import UTC, datetime

import pytest
from ansible_collections.robustmq.placement_center.plugins.module_utils import _certificate

from .certificates import certificate, in_days


@pytest.mark.parametrize("end", [datetime(2026, 1, 3, 4, 5, 6, tzinfo=UTC), datetime(2061, 7, 1, tzinfo=UTC)], ids=["two digits", "four digits of the year"])
def test_the_end(end: datetime) -> None:
    assert _certificate.valid_until(b"a bundle's words\n" + certificate(end).cert + certificate(in_days(1)).cert) == end


def test_expired_is_told_by_its_day() -> None:
    end = datetime(2026, 1, 3, 4, tzinfo=UTC)
    pem = certificate(end).cert
    assert _certificate.expired(pem, "", end.timestamp() + 1) == "the client's certificate has expired on 2026-01-03 at 04:00 UTC"
    assert _certificate.expired(pem, "", end.timestamp() - 1) == ""


GARBAGE = [b"", b"x", b"\x30", b"\x30\x82", b"\x30\x03abc", b"\x30\x80" * 9]


@pytest.mark.parametrize("der", GARBAGE)
def test_garbage_has_no_end(der: bytes) -> None:
    pem = b"-----BEGIN CERTIFICATE-----\n" + base64.b64encode(der) + b"\n-----END CERTIFICATE-----"
    assert _certificate.valid_until(pem) is None
    assert _certificate.expired(pem, "", 0) == ""


@pytest.mark.parametrize("token", ["", "sha256~abc", "a.b", "a.!!.c", "a.bnVsbA.c", "a.e30.c", "a.eyJleHAiOiJ4In0.c", "a.eyJleHAiOjFlOTl9.c"])
def test_a_token_that_names_no_end_has_none(token: str) -> None:
    assert _certificate.token_until(token) is None
