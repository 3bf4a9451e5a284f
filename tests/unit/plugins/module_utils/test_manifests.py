# SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""With no option set the objects are the contract's; what is added is in this table, and in the role's README."""

from __future__ import annotations

import typing as t

import pytest
from ansible_collections.robustmq.placement_center.plugins.module_utils import _manifests, _parts, _settings
from ansible_collections.robustmq.placement_center.plugins.module_utils._errors import BadInput
from ansible_collections.robustmq.placement_center.plugins.module_utils._profiles import PROFILES

from .contract import ADDED, CONTRACT_CLASS, CONTRACT_SET, overlay

DEFAULTS = {name: spec.get("default") for name, spec in _parts.STATEFULSET.items()}
STORAGE = {name: spec.get("default") for name, spec in _parts.STORAGE.items()}


def cluster(profile: str = "contract") -> _settings.Cluster:
    return _settings.Cluster("robustmq", "placement-center", 3, "cluster.local", PROFILES[profile])


def test_the_default_stateful_set_is_the_contract_and_the_listed_additions_and_not_one_field_more() -> None:
    made = _manifests.stateful_set(cluster(), DEFAULTS, "placement-center-config")
    assert made == overlay(CONTRACT_SET, ADDED)


def test_the_default_class_is_the_contract() -> None:
    made = _manifests.storage_class(STORAGE, "ebs.csi.aws.com")
    assert made == {**CONTRACT_CLASS, "volumeBindingMode": "WaitForFirstConsumer"}


TIMES = [
    ("tcp", (30, 10, 5, 1, 3), None),
    ("basic", (30, 10, 5, 1, 3), (60, 30, 10, 1, 3)),
    ("tuned", (45, 10, 5, 1, 3), (90, 30, 15, 1, 5)),
    ("update", (60, 10, 5, 1, 6), (90, 30, 15, 1, 5)),
]


def times(probe: dict[str, t.Any]) -> tuple[int, ...]:
    return tuple(probe[name] for name in _manifests._TIMES)


@pytest.mark.parametrize("preset, readiness, liveness", TIMES, ids=[c[0] for c in TIMES])
def test_presets(preset: str, readiness: tuple[int, ...], liveness: tuple[int, ...] | None) -> None:
    made = _manifests.probes(PROFILES["contract"], preset)
    assert times(made["readinessProbe"]) == readiness
    assert ("livenessProbe" in made) == (liveness is not None)
    assert liveness is None or times(made["livenessProbe"]) == liveness
    asked = made["readinessProbe"]
    assert asked.get("tcpSocket") == ({"port": 1228} if preset == "tcp" else None)
    assert asked.get("httpGet") == (None if preset == "tcp" else {"path": "/health/ready", "port": 1227})


def test_fields_go_over_a_preset() -> None:
    made = _manifests.probes(PROFILES["contract"], {"preset": "basic", "readiness": {"periodSeconds": 1}})
    assert times(made["readinessProbe"]) == (30, 1, 5, 1, 3)


@pytest.mark.parametrize("profile", ["v0_1", "v0_4"])
def test_a_server_without_true_endpoints_is_probed_by_its_port_and_never_killed_for_it(profile: str) -> None:
    made = _manifests.probes(PROFILES[profile], "tuned")
    assert made["readinessProbe"]["tcpSocket"] == {"port": 1228} and "livenessProbe" not in made


@pytest.mark.parametrize("wish", ["fast", {"preset": "fast"}, {"readyness": {}}])
def test_an_unknown_preset_is_refused(wish: t.Any) -> None:
    with pytest.raises(BadInput) as told:
        _manifests.probes(PROFILES["contract"], wish)
    assert told.value.reason == "probes_invalid"


@pytest.mark.parametrize("profile", ["v0_1", "v0_4"])
def test_robustmq_gets_its_id_from_the_pods_index(profile: str) -> None:
    made = _manifests.stateful_set(cluster(profile), DEFAULTS, "c")
    env = made["spec"]["template"]["spec"]["containers"][0]["env"]
    assert made["spec"]["ordinals"] == {"start": 1}
    assert env[0]["valueFrom"]["fieldRef"]["fieldPath"] == "metadata.labels['apps.kubernetes.io/pod-index']"


def test_the_copy_of_a_configuration_is_named_by_its_content() -> None:
    plain, copy = _manifests.config_maps(cluster(), "a = 1\n", True)
    assert plain["data"] == copy["data"] and copy["immutable"] is True and "immutable" not in plain
    assert copy["metadata"]["name"] == _manifests.config_copy(cluster(), plain["data"])
    assert _manifests.config_maps(cluster(), "a = 2\n", True)[1]["metadata"]["name"] != copy["metadata"]["name"]
    assert [m["metadata"]["name"] for m in _manifests.config_maps(cluster(), "a = 1\n", False)] == ["placement-center-config"]


def test_peers_find_a_member_that_is_not_ready_and_clients_do_not() -> None:
    headless, client = _manifests.services(cluster())
    assert headless["spec"]["clusterIP"] == "None" and headless["spec"]["publishNotReadyAddresses"] is True
    assert client["spec"].get("publishNotReadyAddresses") is None


STOPS = [
    ("the contract's server needs none", "contract", {}, 60, None),
    ("v0_1 does not heed SIGTERM", "v0_1", {}, 30, {"exec": {"command": ["/bin/sh", "-c", "kill -INT 1"]}}),
    ("v0_4 has a watchdog", "v0_4", {}, 30, None),
    ("the operator's own", "contract", {"grace_period": 0, "pre_stop": {"sleep": {"seconds": 3}}}, 0, {"sleep": {"seconds": 3}}),
    ("none, by the operator's wish", "v0_1", {"pre_stop": {}}, 30, None),
]


@pytest.mark.parametrize("profile, own, grace, handler", [c[1:] for c in STOPS], ids=[c[0] for c in STOPS])
def test_how_a_member_stops(profile: str, own: dict[str, t.Any], grace: int, handler: dict[str, t.Any] | None) -> None:
    spec = _manifests.stateful_set(cluster(profile), {**DEFAULTS, **own}, "c")["spec"]["template"]["spec"]
    assert spec["terminationGracePeriodSeconds"] == grace
    assert spec["containers"][0].get("lifecycle") == (None if handler is None else {"preStop": handler})
