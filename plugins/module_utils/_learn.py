# SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""A question whose failure is an answer too: what could not be learned is told, with its code, and never guessed."""

from __future__ import annotations

import typing as t

from ansible_collections.robustmq.placement_center.plugins.module_utils._errors import PcError

T = t.TypeVar("T")
Why = t.TypeVar("Why")


def learn(why: t.Callable[[str, str], Why], ask: t.Callable[..., T], *given: t.Any) -> T | Why:
    """The answer, or why there is none: made of the code and the words."""
    try:
        return ask(*given)
    except PcError as exc:
        return why(exc.reason, exc.words)
