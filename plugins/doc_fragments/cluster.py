# SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Options that name a cluster."""

from __future__ import annotations


class ModuleDocFragment:
    """Shared text, no code."""

    DOCUMENTATION = r"""
options:
  namespace:
    description: Namespace of the cluster.
    type: str
    default: robustmq
  name:
    description: Name of the StatefulSet.
    type: str
    default: placement-center
  profile:
    description:
      - Generation of the server.
      - V(contract) is the service with C(/health/ready) and C(/health/alive) on port 1227 that this collection's documentation describes;
        V(v0_1) is RobustMQ v0.1.x's placement-center, V(v0_4) the C(meta) role of RobustMQ v0.4.x.
    type: str
    choices: [contract, v0_1, v0_4]
    default: contract
  request_timeout:
    description: Seconds that one request may take.
    type: int
    default: 5
"""
