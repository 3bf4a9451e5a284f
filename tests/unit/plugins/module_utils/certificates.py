# SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Certificates for tests, valid in any span of time."""

from __future__ import annotations

import ipaddress
import typing as t
from datetime import UTC, datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID


class Signed(t.NamedTuple):
    """A certificate that signs itself, and its key, in PEM."""

    cert: bytes
    key: bytes


def certificate(end: datetime, address: str = "127.0.0.1") -> Signed:
    """For an address, with an end; it began ten days before."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "it")])
    made = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key()).serial_number(2**70)
    made = made.not_valid_before(end - timedelta(days=10)).not_valid_after(end)
    made = made.add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address(address))]), critical=False)
    signed = made.sign(key, hashes.SHA256())
    return Signed(signed.public_bytes(Encoding.PEM), key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))


def in_days(days: float) -> datetime:
    """A moment from now, to the second, as certificates keep it."""
    return (datetime.now(UTC) + timedelta(days=days)).replace(microsecond=0)
