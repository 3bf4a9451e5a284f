# SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""With no option set the objects are the contract's; what is added is in this table, and in the role's README."""

from __future__ import annotations

import copy
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
    made = _manifests.stateful_set(cluster(), DEFAULTS, "placement-center-config", {})
    assert made == overlay(CONTRACT_SET, ADDED)


def test_a_set_of_the_first_generation_is_what_the_first_release_made() -> None:
    made = _manifests.stateful_set(cluster(), DEFAULTS, "placement-center-config", {}, _settings.FIRST)
    first: t.Any = copy.deepcopy(ADDED)
    del first["spec"]["template"]["spec"]["containers"][0]["startupProbe"]
    assert made == overlay(CONTRACT_SET, first)


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
    made = _manifests.probes(PROFILES["contract"], preset, None)
    assert times(made["readinessProbe"]) == readiness
    assert ("livenessProbe" in made) == (liveness is not None)
    assert liveness is None or times(made["livenessProbe"]) == liveness
    asked = made["readinessProbe"]
    assert asked.get("tcpSocket") == ({"port": 1228} if preset == "tcp" else None)
    assert asked.get("httpGet") == (None if preset == "tcp" else {"path": "/health/ready", "port": 1227})


def test_fields_go_over_a_preset() -> None:
    made = _manifests.probes(PROFILES["contract"], {"preset": "basic", "readiness": {"periodSeconds": 1}}, None)
    assert times(made["readinessProbe"]) == (30, 1, 5, 1, 3)


@pytest.mark.parametrize("profile", ["v0_1", "v0_4"])
def test_a_server_without_true_endpoints_is_probed_by_its_port_and_never_killed_for_it(profile: str) -> None:
    made = _manifests.probes(PROFILES[profile], "tuned", (0, 4, 11))
    assert made["readinessProbe"]["tcpSocket"] == {"port": 1228} and "livenessProbe" not in made


@pytest.mark.parametrize("wish", ["fast", {"preset": "fast"}, {"readyness": {}}])
def test_an_unknown_preset_is_refused(wish: t.Any) -> None:
    with pytest.raises(BadInput) as told:
        _manifests.probes(PROFILES["contract"], wish, None)
    assert told.value.reason == "probes_invalid"


@pytest.mark.parametrize("profile", sorted(PROFILES))
@pytest.mark.parametrize("preset", sorted(_manifests.PRESETS))
def test_no_other_probe_judges_a_member_that_does_not_listen_yet(profile: str, preset: str) -> None:
    startup = _manifests.probes(PROFILES[profile], preset, None)["startupProbe"]
    assert startup["tcpSocket"] == {"port": 1228} and startup["periodSeconds"] * startup["failureThreshold"] >= 3600


READY: list[tuple[str, str, tuple[int, int, int] | None, str, dict[str, t.Any]]] = [
    ("the contract's server always has its path", "contract", None, "tuned", {"httpGet": {"path": "/health/ready", "port": 1227}}),
    ("the last release without one", "v0_4", (0, 4, 11), "tuned", {"tcpSocket": {"port": 1228}}),
    ("the first release with one", "v0_4", (0, 4, 12), "tuned", {"httpGet": {"path": "/health/ready", "port": 58080}}),
    ("a later one", "v0_4", (0, 5, 0), "update", {"httpGet": {"path": "/health/ready", "port": 58080}}),
    ("a release that nobody knows", "v0_4", None, "tuned", {"tcpSocket": {"port": 1228}}),
    ("the preset that asks the port alone", "v0_4", (0, 4, 12), "tcp", {"tcpSocket": {"port": 1228}}),
    ("a server that never had one", "v0_1", (0, 1, 28), "tuned", {"tcpSocket": {"port": 1228}}),
]


@pytest.mark.parametrize("profile, version, preset, asked", [c[1:] for c in READY], ids=[c[0] for c in READY])
def test_readiness_asks_what_the_release_answers(profile: str, version: tuple[int, int, int] | None, preset: str, asked: dict[str, t.Any]) -> None:
    probe = _manifests.probes(PROFILES[profile], preset, version)["readinessProbe"]
    assert {how: what for how, what in probe.items() if how in ("httpGet", "tcpSocket")} == asked


OLD, NEW = {"tcpSocket": {"port": 1228}}, {"httpGet": {"path": "/health/ready", "port": 58080}}
LIVE_NEW = {"httpGet": {"path": "/health/ready", "port": 58080, "scheme": "HTTP"}}  # as the API server keeps it
FITS: list[tuple[str, str, dict[str, t.Any], tuple[int, int, int] | None, dict[str, t.Any]]] = [
    ("a release that has the path", "r/r:v0.4.11", OLD, (0, 4, 12), NEW),
    ("back to one that has not", "r/r:v0.4.12", LIVE_NEW, (0, 4, 11), OLD),
    ("the operator's own probe stays", "r/r:v0.4.11", {"tcpSocket": {"port": 9}}, (0, 4, 12), {"tcpSocket": {"port": 9}}),
    ("both have it", "r/r:v0.4.12", LIVE_NEW, (0, 4, 13), LIVE_NEW),
    ("nobody knows the new one", "r/r:v0.4.12", LIVE_NEW, None, OLD),
]


@pytest.mark.parametrize("image, how, version, then", [c[1:] for c in FITS], ids=[c[0] for c in FITS])
def test_a_new_image_has_the_probe_that_it_answers(image: str, how: dict[str, t.Any], version: tuple[int, int, int] | None, then: dict[str, t.Any]) -> None:
    container = {"image": image, "readinessProbe": {**how, "periodSeconds": 7}}
    _manifests.fit_readiness(PROFILES["v0_4"], container, version)
    assert container["readinessProbe"] == {**then, "periodSeconds": 7}


NOTES: list[tuple[str, str, dict[str, t.Any], dict[str, t.Any], str]] = [
    ("nothing to say", "v0_4", {}, {"image": "r/r:v0.4.12"}, ""),
    ("no version", "v0_4", {}, {"image": "r/r@sha256:" + "0" * 64}, "names no version"),
    ("no matter where nothing depends on it", "contract", {}, {"image": "r/r:edge"}, ""),
    ("a table that nobody reads", "v0_4", {"values": {"rocksdb": {}}}, {"image": "r/r:v0.4.12"}, "reads rocksdb"),
    ("a log that is never written", "v0_1", {"log_level": "info"}, {"image": "r/r:0.1.28"}, "writes no log"),
]


@pytest.mark.parametrize("profile, config, members, says", [c[1:] for c in NOTES], ids=[c[0] for c in NOTES])
def test_what_is_perhaps_not_meant_is_said(profile: str, config: dict[str, t.Any], members: dict[str, t.Any], says: str) -> None:
    params = {"config": {"values": {}, "log_level": "", **config}, "statefulset": {**DEFAULTS, **members}}
    told = "; ".join(_manifests.notes(cluster(profile), params))
    assert says in told and bool(says) == bool(told)


ROOTS = [("v0_4", {}, True), ("v0_1", {}, True), ("contract", {}, False), ("v0_4", {"log": {"log_path": "./logs"}}, False)]


@pytest.mark.parametrize("profile, own, closed", ROOTS)
def test_the_root_is_closed_where_the_configuration_keeps_all_writing_on_the_volume(profile: str, own: dict[str, t.Any], closed: bool) -> None:
    data = _settings.config_data(cluster(profile), own, "", None)
    made = _manifests.container_security(PROFILES[profile], data, _settings.NEWEST)
    assert made.get("readOnlyRootFilesystem", False) is closed
    assert "readOnlyRootFilesystem" not in _manifests.container_security(PROFILES[profile], data, _settings.FIRST)


@pytest.mark.parametrize("profile", ["v0_1", "v0_4"])
def test_robustmq_gets_its_id_from_the_pods_index(profile: str) -> None:
    made = _manifests.stateful_set(cluster(profile), DEFAULTS, "c", {})
    env = made["spec"]["template"]["spec"]["containers"][0]["env"]
    assert made["spec"]["ordinals"] == {"start": 1}
    assert env[0]["valueFrom"]["fieldRef"]["fieldPath"] == "metadata.labels['apps.kubernetes.io/pod-index']"


def test_the_copy_of_a_configuration_is_named_by_its_content() -> None:
    plain, fixed = _manifests.config_maps(cluster(), {"f": "a = 1\n"}, True)
    assert plain["data"] == fixed["data"] and fixed["immutable"] is True and "immutable" not in plain
    assert fixed["metadata"]["name"] == _manifests.config_copy(cluster(), plain["data"])
    assert _manifests.config_maps(cluster(), {"f": "a = 2\n"}, True)[1]["metadata"]["name"] != fixed["metadata"]["name"]
    assert [m["metadata"]["name"] for m in _manifests.config_maps(cluster(), {"f": "a = 1\n"}, False)] == ["placement-center-config"]


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
    spec = _manifests.stateful_set(cluster(profile), {**DEFAULTS, **own}, "c", {})["spec"]["template"]["spec"]
    assert spec["terminationGracePeriodSeconds"] == grace
    assert spec["containers"][0].get("lifecycle") == (None if handler is None else {"preStop": handler})
