# SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs the module, reads its progress aloud while it works, and shows its screen where that was asked. No decision, no API call."""

from __future__ import annotations

import typing as t

from ansible import constants
from ansible.utils.display import Display
from ansible_collections.robustmq.placement_center.plugins.plugin_utils._aloud import ReadAloud

COLOURS = {"good": constants.COLOR_OK, "bad": constants.COLOR_ERROR, "note": constants.COLOR_VERBOSE}


class ActionModule(ReadAloud):
    """pc_health, with its waiting told line by line."""

    def run(self, tmp: str | None = None, task_vars: dict[str, t.Any] | None = None) -> dict[str, t.Any]:
        """The module's result, shown."""
        result = super().run(tmp, task_vars)
        if self._task.args.get("show"):
            for line in result.get("screen", []):
                Display().display(line["text"], color=COLOURS.get(line["state"]))
        return result
