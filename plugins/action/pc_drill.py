# SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs the module and reads its progress aloud while it works. No decision, no API call."""

from __future__ import annotations

from ansible_collections.robustmq.placement_center.plugins.plugin_utils._aloud import ReadAloud


class ActionModule(ReadAloud):
    """pc_drill, with each part told as it ends."""
