# SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where things are kept on the host that runs a module, and how a file gets there: whole or not at all, readable by its owner alone."""

from __future__ import annotations

import contextlib
import os
import tempfile

from ansible_collections.robustmq.placement_center.plugins.module_utils._errors import BadInput

OURS = "robustmq-placement-center"


def place(option: str, given: str | None, kind: str) -> str:
    """The folder that was named, else ours of this kind in the user's state directory (XDG).

    The current directory would be no good place: Ansible runs a module in the playbook's, which for ours is the collection itself.

    :raises BadInput: none was named, and there is no home.
    """
    if given:
        return os.path.abspath(given)
    state = os.environ.get("XDG_STATE_HOME", "")
    if not os.path.isabs(state):
        state = os.path.expanduser("~/.local/state")
    if not os.path.isabs(state):
        raise BadInput(option, "", "cannot be found: this user has no home", "name a folder")
    return os.path.join(state, OURS, kind)


def put(path: str, text: str) -> None:
    """Write a file in place of what stood there; folders that are missing are made for this user alone.

    :raises OSError: the disk refuses.
    """
    folder = os.path.dirname(path)
    _make(folder)
    descriptor, unfinished = tempfile.mkstemp(dir=folder, prefix=f".{os.path.basename(path)}-")  # mode 0600
    try:
        with open(descriptor, "w", encoding="utf-8") as file:
            file.write(text)
        os.replace(unfinished, path)
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(unfinished)
        raise


def _make(folder: str) -> None:
    missing = []
    while not os.path.isdir(folder):
        missing.append(folder)
        folder = os.path.dirname(folder)
    for path in reversed(missing):
        os.makedirs(path, mode=0o700, exist_ok=True)
