# SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
"""Looks at the host's variables before anything else is done: on the controller, without a connection or a process. No rule of its own."""

from __future__ import annotations

import pathlib
import typing as t

from ansible.plugins.action import ActionBase
from ansible_collections.robustmq.placement_center.plugins.module_utils._errors import Refused, stop_if
from ansible_collections.robustmq.placement_center.plugins.plugin_utils import _variables

try:  # ansible-core's own note of the file and line that a value came from; without it the name alone is told
    from ansible._internal._datatag._tags import Origin
except ImportError:
    Origin = None

PLAYBOOKS = pathlib.Path(__file__).parents[2] / "playbooks"
SPEC: dict[str, t.Any] = {"own": {"type": "list", "elements": "str", "default": []}}


class ActionModule(ActionBase):
    """pc_variables."""

    TRANSFERS_FILES = False
    _requires_connection = False

    def run(self, tmp: str | None = None, task_vars: dict[str, t.Any] | None = None) -> dict[str, t.Any]:
        """Nothing, or the refusal."""
        result: dict[str, t.Any] = super().run(tmp, task_vars)
        _checked, options = self.validate_argument_spec(argument_spec=SPEC)
        known = _variables.read_by(path.read_text(encoding="utf-8") for path in PLAYBOOKS.rglob("*.yml"))
        # As they were written: to fill templates in would run their lookups once more.
        given = _variables.to_check(task_vars or {}, known, options["own"])
        try:
            stop_if(_variables.refusals(given, known, {name: _place(name, value) for name, value in given.items()}))
        except Refused as exc:
            return {**result, **exc.partial, "failed": True, "msg": exc.words, "reason": exc.reason, "hint": exc.hint}
        return result


def _place(name: str, value: t.Any) -> str:
    """Where a variable was written; a truth value cannot carry such a note, but its name can."""
    notes = [Origin.get_tag(each) for each in (value, name)] if Origin else []
    return next((str(note) for note in notes if note and note != Origin.UNKNOWN), "")
