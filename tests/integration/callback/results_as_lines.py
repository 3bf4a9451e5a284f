# SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""A callback that prints each task's result as one line of JSON, beside the usual screen."""

from __future__ import annotations

import json
import typing as t

from ansible.plugins.callback import CallbackBase

DOCUMENTATION = """
name: results_as_lines
type: aggregate
short_description: Each result as a line of JSON
description: For tests that read results and screen of one run.
"""


class CallbackModule(CallbackBase):
    """Prints what a task returned."""

    CALLBACK_VERSION = 2.0
    CALLBACK_TYPE = "aggregate"
    CALLBACK_NAME = "results_as_lines"
    CALLBACK_NEEDS_ENABLED = True

    def _tell(self, result: t.Any, failed: bool) -> None:
        task = result.task if hasattr(result, "task") else result._task
        found = dict(result.result if hasattr(result, "result") else result._result)
        print("RESULT " + json.dumps({**found, "failed": failed, "action": task.action}, default=str), flush=True)

    def v2_runner_on_ok(self, result: t.Any) -> None:
        self._tell(result, failed=False)

    def v2_runner_on_failed(self, result: t.Any, ignore_errors: bool = False) -> None:
        self._tell(result, failed=True)
