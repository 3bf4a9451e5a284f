# SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Who may reach the members, port by port. Pure."""

from __future__ import annotations

import typing as t

from ansible_collections.robustmq.placement_center.plugins.module_utils import _manifests
from ansible_collections.robustmq.placement_center.plugins.module_utils._settings import Cluster

Object = dict[str, t.Any]


def policy(where: Cluster, clients: list[Object], http_clients: list[Object], api_servers: t.Sequence[str]) -> Object:
    """Raft and what else speaks gRPC have no authentication at any version: peers and declared clients alone get to that port.

    HTTP is for those named apart, since metrics and (``v0_4``) the administrator's API share the port; peers do not need it. The API
    server's proxy asks the members on both. The kubelet's probes come from the node itself, which no policy keeps out.
    """
    peers = [{"podSelector": {"matchLabels": where.labels}}]
    asking = [{"ipBlock": {"cidr": cidr}} for cidr in api_servers]
    sources = {"grpc": [*peers, *clients, *asking], "http": [*http_clients, *asking]}
    rules = [_rule(sources[port["name"]], port["containerPort"]) for port in _manifests.ports_of(where.profile) if sources[port["name"]]]
    if where.profile.engine_port:
        rules.append(_rule([*peers, *clients], where.profile.engine_port))
    return {
        "apiVersion": "networking.k8s.io/v1",
        "kind": "NetworkPolicy",
        "metadata": {"name": where.name, "namespace": where.namespace, "labels": where.labels},
        "spec": {"podSelector": {"matchLabels": where.labels}, "policyTypes": ["Ingress"], "ingress": rules},
    }


def _rule(sources: list[Object], port: int) -> Object:
    """One port; a rule without a source would let everybody in."""
    return {"from": sources, "ports": [{"port": port, "protocol": "TCP"}]}
