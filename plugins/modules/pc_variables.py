#!/usr/bin/python
# -*- coding: utf-8 -*-
# SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# The action plugin of this name does all of it.
from __future__ import annotations

DOCUMENTATION = r"""
module: pc_variables
short_description: Refuses variables of the playbooks that nobody reads
version_added: "0.1.0"
author: The robustmq.placement_center developers (@robustmq)
description:
  - The first task of each playbook of this collection. It looks at the host's variables whose names begin with V(pc_), on the controller, and refuses
    those that no playbook of this collection reads, since a misspelt name would otherwise mean the default; the nearest name is told.
  - A value that holds a carriage return is refused too; it comes from a file that was saved with Windows line ends.
  - Results of tasks that were registered under such a name, and other hosts' variables, are left alone.
extends_documentation_fragment:
  - ansible.builtin.action_common_attributes
  - ansible.builtin.action_common_attributes.conn
  - ansible.builtin.action_common_attributes.flow
options:
  own:
    description: Names that begin with V(pc_) and are somebody else's. The playbooks hand over C(pc_own_variables).
    type: list
    elements: str
    default: []
attributes:
  action:
    support: full
  async:
    support: none
  become:
    support: none
  bypass_host_loop:
    support: none
  check_mode:
    support: full
  delegation:
    support: none
    details: It looks at the variables of the host that the task is for.
  connection:
    support: none
  diff_mode:
    support: none
  platform:
    platforms: all
    support: full
"""

EXAMPLES = r"""
- name: Refuse variables that nobody reads
  robustmq.placement_center.pc_variables:

- name: Leave those alone that another role of ours reads
  robustmq.placement_center.pc_variables:
    own: [pc_owner, pc_ticket]
"""

RETURN = r"""
reason:
  description: Stable code of the failure.
  type: str
  returned: failure
refusals:
  description: All that is wrong, each with C(reason), C(message) and C(hint).
  type: list
  elements: dict
  returned: failure
"""
