# SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which names say that their value is a secret."""

from __future__ import annotations

import re

_WHOLE = {"key", "keys", "pwd", "pw", "pass", "auth", "dsn", "cookie", "jwt", "bearer"}
_PART = ("password", "passwd", "passphrase", "token", "secret", "credential", "apikey", "accesskey", "privatekey", "authorization")
_WORDS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+")
# What such a name means when it ends so; the value is hidden where it stands, but may rightly stand elsewhere.
_HARMLESS = {"name", "namespace", "file", "path", "dir", "ref", "enabled", "timeout", "ms", "seconds", "count", "size", "ttl", "type", "mode"}


def secret(name: str) -> bool:
    """Does a value of this name look like a secret?"""
    words = _words(name)
    return bool(_WHOLE & set(words)) or any(part in "".join(words) for part in _PART)


def harmless(name: str) -> bool:
    """Does the name only speak about a secret, as ``token_file`` does?"""
    return bool(set(_words(name)[-1:]) & _HARMLESS)


def _words(name: str) -> list[str]:
    return [word.lower() for word in _WORDS.findall(name)]
