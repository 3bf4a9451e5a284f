# SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""How any operation waits and stops: the actions that write nothing, and the reasons that all of them share. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from ansible_collections.robustmq.placement_center.plugins.module_utils._model import Reason


@dataclass(frozen=True)
class Wait:
    """Look again; why is the first reason."""

    reasons: tuple[Reason, ...]


@dataclass(frozen=True)
class Hold:
    """Stop here and leave the cluster as it is: no member is down by our doing that was not before."""

    reasons: tuple[Reason, ...]


def not_ours(lease: bool, abandoned: bool) -> Hold | None:
    """Why this run may not act any more; None while it may."""
    if not lease:
        return Hold((Reason("lease_lost", "another operation has taken the lease, or it could not be renewed"),))
    if abandoned:
        return Hold((Reason("abandoned", "the ansible-playbook that started this has ended"),))
    return None


def late(waited: float, reasons: tuple[Reason, ...]) -> Hold:
    """Nothing has moved for too long. :param waited: seconds."""
    text = f"no progress for {waited:.0f} s; last: {reasons[0].code}: {reasons[0].message}"
    return Hold((Reason("step_timeout", text, reasons[0].member), *reasons))
