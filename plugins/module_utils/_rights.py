# SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""What looking at a cluster and collecting evidence need of RBAC. The Roles in docs/permissions grant exactly this, which a test compares."""

from __future__ import annotations

import typing as t


class Right(t.NamedTuple):
    """One verb on one resource, in the cluster's namespace or (``everywhere``) at the cluster scope."""

    verb: str
    resource: str
    group: str = ""
    everywhere: bool = False


HEALTH = (
    Right("get", "statefulsets", "apps"),
    Right("list", "pods"),
    Right("watch", "pods"),
    Right("get", "pods/proxy"),
    Right("create", "pods/proxy"),
    Right("list", "persistentvolumeclaims"),
    Right("list", "events"),
    Right("list", "poddisruptionbudgets", "policy"),
    Right("list", "endpointslices", "discovery.k8s.io"),
    Right("get", "nodes", "", True),
)

GUARD = Right("patch", "persistentvolumeclaims")  # of a deployment that guards claims

ADMIN = (Right("get", "secrets"), Right("create", "secrets"))  # of a deployment whose server has an administrator

HISTORY = (Right("list", "controllerrevisions", "apps"),)

# Beside HEALTH and HISTORY. The program gets a pod before its log.
EVIDENCE = (
    Right("get", "pods"),
    Right("get", "pods/log"),
    Right("list", "services"),
    Right("list", "configmaps"),
    Right("list", "networkpolicies", "networking.k8s.io"),
    Right("list", "leases", "coordination.k8s.io"),
)
