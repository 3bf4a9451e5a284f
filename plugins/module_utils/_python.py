# SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the rooms use of the standard library that an older Python lacks: taken from here, so that such a Python is called by its name."""

from __future__ import annotations

import sys

try:
    import tomllib
    from datetime import UTC
except ImportError as exc:
    raise ImportError(
        f"the modules of robustmq.placement_center need Python 3.11 or newer, not {sys.executable}: -e ansible_python_interpreter=PATH names another"
    ) from exc

__all__ = ["UTC", "tomllib"]
