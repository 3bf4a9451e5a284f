# -*- coding: utf-8 -*-
# SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
"""How an operation ended, small enough to be handed from one job to the next."""

from __future__ import annotations

DOCUMENTATION = r"""
name: outcome
short_description: How an operation ended, small enough to be handed from one job to the next
version_added: "0.1.0"
author: The robustmq.placement_center developers (@robustmq)
description:
  - Makes one small dictionary of what the tasks of a role have registered. The roles of this collection leave it to the job as the
    artifact C(placement_center_PLAYBOOK).
positional: host, evidence, way_back, otherwise
options:
  _input:
    description: What the tasks have registered, in their order; an empty dictionary for one that did not run.
    type: list
    elements: dict
    required: true
  host:
    description: The host that it is about.
    type: str
    required: true
  evidence:
    description: The result of the collection of evidence, where there was one.
    type: dict
  way_back:
    description: The result of the way back, where there was one.
    type: dict
  otherwise:
    description: The state of a result that has none.
    type: str
    default: done
"""

EXAMPLES = r"""
- name: Leave the outcome to the job
  ansible.builtin.set_stats:
    aggregate: false
    data:
      mine: "{{ [health | default({})] | robustmq.placement_center.outcome(inventory_hostname) }}"
"""

RETURN = r"""
_value:
  description:
    - The keys V(host), V(state), V(reason) (a stable code, empty where nothing was refused or failed), V(message), V(healthy) (null where nobody looked),
      V(changed), V(receipt) (its name in the ConfigMap C(NAME-receipts)), V(id) (of a backup), V(way_back) (the state of the rollback that a failed
      update has led to) and V(file) (the path of the evidence's archive, or of the page).
  type: dict
"""

import typing as t

from ansible_collections.robustmq.placement_center.plugins.plugin_utils import _outcome


class FilterModule:
    """The filter by its name."""

    def filters(self) -> dict[str, t.Callable[..., t.Any]]:
        """What this file offers."""
        return {"outcome": _outcome.outcome}
