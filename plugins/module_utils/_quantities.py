# SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Kubernetes quantities. Apart from claims, because exact fractions cost a look more to import than claims do."""

from __future__ import annotations

import re
from fractions import Fraction

_SUFFIXES = {
    "": Fraction(1),
    "n": Fraction(1, 10**9),
    "u": Fraction(1, 10**6),
    "m": Fraction(1, 1000),
    **{s: Fraction(1000**i) for i, s in enumerate(["k", "M", "G", "T", "P", "E"], 1)},
    **{s: Fraction(1024**i) for i, s in enumerate(["Ki", "Mi", "Gi", "Ti", "Pi", "Ei"], 1)},
}
_QUANTITY = re.compile(r"([0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE]([+-]?[0-9]+))?([numkMGTPE]i?|Ki)?")


def quantity(text: object) -> Fraction:
    """A Kubernetes quantity (``20Gi``, ``500m``, ``1e3``) as an exact number.

    :raises ValueError: it is none.
    """
    match = _QUANTITY.fullmatch(str(text).strip())
    if match is None or (match[3] or "") not in _SUFFIXES or (match[2] and match[3]):
        raise ValueError(f"{text!r} is no Kubernetes quantity")
    return Fraction(match[1]) * Fraction(10) ** int(match[2] or 0) * _SUFFIXES[match[3] or ""]
