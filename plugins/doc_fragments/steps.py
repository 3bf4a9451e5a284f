# -*- coding: utf-8 -*-
# SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Options of the modules that replace members one by one."""

from __future__ import annotations


class ModuleDocFragment:
    """Documentation shared by ``pc_partition_step`` and ``pc_rollback``."""

    DOCUMENTATION = r"""
options:
  stable_seconds:
    description: How long in seconds everything must be proven without a break before the next member goes, and before the end.
    type: int
    default: 10
  step_timeout:
    description:
      - How long in seconds nothing may be gained, a member be away or a gate be shut, before it holds.
      - With the profile C(v0_1) at least 140 and the stable window, since a member that is back may be cut off for so long.
    type: int
    default: 900
  wait_patience:
    description: How long in seconds a state that seldom mends by itself is borne before it holds with that state's own reason.
    type: int
    default: 15
  max_lag:
    description: How many log entries a member may be behind its leader and still count as caught up.
    type: int
    default: 100
  min_free_percent:
    description: How much of every member's volume must be free; 0 asks nothing, and needs no right to node statistics.
    type: int
    default: 0
  write_probe:
    description: Write through the leader while members are replaced, and read it back at the end. It uses one key, C(placement-center-canary).
    type: bool
    default: true
  max_write_gap_ms:
    description: Hold before the next member when writes have once waited longer than this, in milliseconds; 0 sets no limit.
    type: int
    default: 0
  rest_partition:
    description: The partition to leave when all is done. The number of members guards against updates made past this collection.
    type: int
    default: 0
  receipt_dest:
    description:
      - Folder for the receipt as a file, on the host where the task runs, in NAMESPACE/NAME below it; the last ten are kept. An empty string
        means no file.
      - When unset, C(robustmq-placement-center/receipts) in the user's state directory (C($XDG_STATE_HOME), else C(~/.local/state)).
      - A file that cannot be written is among the receipt's C(concerns), and no failure.
    type: path
  progress_file:
    description: Set by the action plugin. A file on the host that runs the module, to which progress is appended.
    type: path
"""
