# -*- coding: utf-8 -*-
# SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
"""One line for each cluster at the end of a play for many."""

from __future__ import annotations

DOCUMENTATION = r"""
name: summary
type: aggregate
short_description: One line for each placement-center at the end
description:
  - After a play for an inventory with one host per cluster it shows how each cluster ended, those that need somebody first, and those that
    the play never came to.
  - It reads the results of this collection's modules and changes nothing.
requirements:
  - To be enabled, as with C(callbacks_enabled = robustmq.placement_center.summary) in C(ansible.cfg).
author: The robustmq.placement_center developers (@robustmq)
"""

import typing as t

from ansible.plugins.callback import CallbackBase
from ansible_collections.robustmq.placement_center.plugins.plugin_utils import _fleet


class CallbackModule(CallbackBase):
    """Keeps the last word of each host."""

    CALLBACK_VERSION = 2.0
    CALLBACK_TYPE = "aggregate"
    CALLBACK_NAME = "robustmq.placement_center.summary"
    CALLBACK_NEEDS_ENABLED = True

    # The names with an underscore are those that every supported ansible-core has.
    def __init__(self) -> None:
        super().__init__()
        self._asked: list[str] = []
        self._lines: dict[str, _fleet.Line] = {}

    def v2_playbook_on_play_start(self, play: t.Any) -> None:
        """Note whom it is for: before ``serial`` has divided them."""
        manager = play.get_variable_manager()
        self._asked = [host.name for host in manager._inventory.get_hosts(play.hosts, ignore_restrictions=True)]

    def v2_runner_on_ok(self, result: t.Any) -> None:
        """A task has ended well."""
        self._read(result, failed=False)

    def v2_runner_on_failed(self, result: t.Any, ignore_errors: bool = False) -> None:
        """A task has failed."""
        if not ignore_errors:
            self._read(result, failed=True)

    def v2_runner_on_unreachable(self, result: t.Any) -> None:
        """A host could not be used."""
        host = result._host.get_name()
        self._lines[host] = _fleet.unreached(host, str(result._result.get("msg", "")))

    def v2_playbook_on_stats(self, stats: t.Any) -> None:
        """Show it."""
        self._display.banner("CLUSTERS")
        for line in _fleet.table(self._lines.values(), self._asked):
            self._display.display(line)

    def _read(self, result: t.Any, failed: bool) -> None:
        host = result._host.get_name()
        line = _fleet.read(host, result._task.resolved_action or result._task.action, result._result, failed, self._lines.get(host))
        if line is not None:
            self._lines[host] = line
