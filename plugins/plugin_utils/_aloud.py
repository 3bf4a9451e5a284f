# SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""An action plugin that shows a module's progress while the module runs.

Ansible shows nothing of a module before it ends. The module appends lines to a file of ours; we display each as it comes: one
event a line, in a terminal and in AWX alike. Where the module runs on another host there is no such file, and no live progress.

Ansible gives each task a session of its own, so a module outlives an ansible-playbook that is killed. Nobody would know of it, and the next
run would be refused while it goes on. So a lock beside the file is held as long as ansible-playbook lives; the module looks at it.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import tempfile
import threading
import typing as t

from ansible.plugins.action import ActionBase
from ansible.utils.display import Display
from ansible_collections.robustmq.placement_center.plugins.module_utils._progress import LOCK


class ReadAloud(ActionBase):
    """Runs the module of the same name; its ``progress_file`` is read aloud."""

    def run(self, tmp: str | None = None, task_vars: dict[str, t.Any] | None = None) -> dict[str, t.Any]:
        """Run the module with a file to tell its progress to."""
        result: dict[str, t.Any] = super().run(tmp, task_vars)
        with tempfile.TemporaryDirectory(prefix="pc-progress-") as folder:
            path = os.path.join(folder, "lines")
            local = getattr(self._connection, "transport", "") == "local"
            args = {**self._task.args, **({"progress_file": path} if local else {})}
            ended = threading.Event()
            reader = threading.Thread(target=_read_aloud, args=(path, ended, os.getppid()), daemon=True)
            reader.start()
            try:
                result.update(self._execute_module(module_args=args, task_vars=task_vars))
            finally:
                ended.set()
                reader.join()
        return result


def _read_aloud(path: str, ended: threading.Event, playbook: int) -> None:
    """Display every whole line of the file as it grows, until told that no more will come, or until ansible-playbook is gone."""
    at, rest = 0, ""
    with open(f"{path}{LOCK}", "wb") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        while os.getppid() == playbook:
            last = ended.wait(0.2)
            if os.path.exists(path):
                with open(path, encoding="utf-8") as told:
                    told.seek(at)
                    rest += told.read()
                    at = told.tell()
                *whole, rest = rest.split("\n")
                for line in whole:
                    with contextlib.suppress(OSError):  # nobody listens any more
                        Display().display(f"  {line}")
            if last:
                return
