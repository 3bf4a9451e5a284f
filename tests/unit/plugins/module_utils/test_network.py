# SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Who may reach the members, port by port."""

from __future__ import annotations

import typing as t

import pytest
from ansible_collections.robustmq.placement_center.plugins.module_utils import _network, _restore_objects

from .test_manifests import cluster

PEERS = {"podSelector": {"matchLabels": {"app": "robustmq", "component": "placement-center"}}}
CLIENT = {"podSelector": {"matchLabels": {"app": "broker"}}}
SCRAPER = {"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": "monitoring"}}}
API = {"ipBlock": {"cidr": "10.0.0.1/32"}}


def rules(profile: str, clients: list[t.Any], http: list[t.Any], api: list[str]) -> dict[int, list[t.Any]]:
    made = _network.policy(cluster(profile), clients, http, api)
    assert made["spec"]["policyTypes"] == ["Ingress"] and made["spec"]["podSelector"] == PEERS["podSelector"]
    assert all(rule["from"] for rule in made["spec"]["ingress"]), "a rule without a source lets everybody in"
    return {port["port"]: rule["from"] for rule in made["spec"]["ingress"] for port in rule["ports"]}


ENGINE = {1778: [PEERS, CLIENT]}  # members replicate to each other by it, and brokers read and write


@pytest.mark.parametrize("profile, http, more", [("contract", 1227, {}), ("v0_1", 1227, {}), ("v0_4", 58080, ENGINE)])
def test_each_port_has_its_own_clients_and_the_api_server_reaches_both(profile: str, http: int, more: dict[int, t.Any]) -> None:
    assert rules(profile, [CLIENT], [SCRAPER], ["10.0.0.1/32"]) == {1228: [PEERS, CLIENT, API], http: [SCRAPER, API], **more}


def test_with_nobody_named_http_is_for_nobody() -> None:
    assert rules("v0_4", [], [], []) == {1228: [PEERS], 1778: [PEERS]}


def test_while_a_cluster_is_restored_only_peers_and_addresses_get_in() -> None:
    policy = _network.policy(cluster("v0_4"), [CLIENT], [SCRAPER], ["10.0.0.1/32"])
    narrow = _restore_objects.narrowed(policy, "b")["spec"]["ingress"]
    assert [rule["from"] for rule in narrow] == [[PEERS, API], [API], [PEERS]]
