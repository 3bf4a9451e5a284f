# SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""The signs of a picture, and what each means. Pure."""

from __future__ import annotations

import typing as t

from ansible_collections.robustmq.placement_center.plugins.module_utils._report_shapes import Box, Curve, Label, Shape, hatch, line, width

SMALL = 11.5  # letters
SIGNS = {"away": "away", "back": "back, not Ready", "proof": "proves itself", "stuck": "never ended", "lead": "leads", "stop": "no writes"}
GAPS = {"away": 6.0, "stuck": 12.0}  # between slanted lines


def diamond(x: float, y: float, tip: str = "") -> Curve:
    """Where somebody begins to lead."""
    return Curve((((x, y - 5), (x + 5, y), (x, y + 5), (x - 5, y)),), "diamond", tip, True)


def legend(signs: t.Iterable[str], across: float, y: float) -> tuple[list[Shape], float]:
    """What each sign means, in as many rows as it takes, and where they end."""
    found: list[Shape] = []
    x = 0.0
    for sign in signs:
        needed = 33 + width(SIGNS[sign], SMALL)
        if x and x + needed > across:
            x, y = 0.0, y + 20
        found += [*_sign(sign, x, y), Label(x + 33, y + 10, SIGNS[sign], SMALL, "soft")]
        x += needed + 16
    return found, y + 16


def _sign(sign: str, x: float, y: float) -> list[Shape]:
    if sign == "lead":
        return [line(x, y + 6, x + 26, y + 6, "lead"), diamond(x + 8, y + 6)]
    box = Box(x, y, 26, 12, sign if sign == "stop" else f"phase {sign}")
    return [box, *([hatch(box, f"hatch {sign}", GAPS[sign] * 0.75)] if sign in GAPS else [])]
