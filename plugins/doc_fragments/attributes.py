# SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""What every module of the collection can do."""

from __future__ import annotations


class ModuleDocFragment:
    """Shared text, no code."""

    DOCUMENTATION = r"""
attributes:
  check_mode:
    description: Can run in check mode and predict its changes without making them.
    support: full
  diff_mode:
    description: Returns details on what has changed, or would change, when in diff mode.
    support: partial
    details: Only modules that change objects have something to show.
  idempotent:
    description: A second run with the same options makes no change.
    support: full
requirements:
  - python >= 3.11
  - kubernetes >= 31.0.0
  - the collection kubernetes.core
"""
