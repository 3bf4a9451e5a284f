# SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""The administrator's login of a member, asked from outside its pod."""

from __future__ import annotations

import json
import time
import typing as t
import urllib.error
import urllib.request

LISTENS_SECONDS = 60.0  # a member is Ready by its gRPC port, and its HTTP port follows


def login(address: str, user: str, password: str) -> tuple[int, str]:
    """Status and body of the answer."""
    end = time.monotonic() + LISTENS_SECONDS
    while True:
        try:
            return _asked(address, user, password)
        except (urllib.error.URLError, TimeoutError):
            if time.monotonic() > end:
                raise
            time.sleep(0.5)


def _asked(address: str, user: str, password: str) -> tuple[int, str]:
    body = json.dumps({"username": user, "password": password}).encode()
    asked = urllib.request.Request(f"http://{address}:58080/api/v1/login", body, {"Content-Type": "application/json"})
    try:
        with urllib.request.urlopen(asked, timeout=5) as answer:
            return int(answer.status), t.cast(bytes, answer.read()).decode()
    except urllib.error.HTTPError as refused:
        return refused.code, refused.read().decode()


def logs_in(address: str, user: str, password: str) -> bool:
    """Is a token given?"""
    status, body = login(address, user, password)
    return status == 200 and bool(json.loads(body).get("data", {}).get("token"))
