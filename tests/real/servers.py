# SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which real server the tests run on: what ``make real`` packed, told by one variable of the environment."""

from __future__ import annotations

import json
import os
import typing as t
from dataclasses import asdict, dataclass

import pytest

VARIABLE = "PC_REAL"


@dataclass(frozen=True)
class Server:
    """A server's images in the cluster and the profile that they are deployed with."""

    profile: str
    image: str
    next: str  # the release after it; without one, the same image under another tag

    @property
    def tag(self) -> str:
        """The release as its tag names it."""
        return self.image.rpartition(":")[2]

    @property
    def has_next(self) -> bool:
        """Whether an update changes the program."""
        return not self.next.startswith(self.image)

    def only(self, profile: str, why: str) -> None:
        """Skip the test on the other generation."""
        if self.profile != profile:
            pytest.skip(f"not on {self.profile}: {why}")


def told(server: Server) -> dict[str, str]:
    """The environment that tells the tests of a server."""
    return {VARIABLE: json.dumps(asdict(server))}


def given() -> Server | None:
    """The server that the environment tells of."""
    text = os.environ.get(VARIABLE, "")
    return Server(**t.cast(dict[str, str], json.loads(text))) if text else None
