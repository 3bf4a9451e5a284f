# SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Options that cannot work are refused with their name, their value and the way out."""

from __future__ import annotations

import typing as t

import pytest
from ansible_collections.robustmq.placement_center.plugins.module_utils import _settings
from ansible_collections.robustmq.placement_center.plugins.module_utils._errors import BadInput
from ansible_collections.robustmq.placement_center.plugins.module_utils._profiles import PROFILES
from ansible_collections.robustmq.placement_center.plugins.module_utils._quantities import quantity

DEFAULTS = {"namespace": "robustmq", "name": "placement-center", "replicas": 3, "cluster_domain": "cluster.local"}


def cluster(profile: str = "contract", **other: t.Any) -> _settings.Cluster:
    return _settings.cluster({**DEFAULTS, **other}, PROFILES[profile])


IMAGES = [
    ("a tag", "robustmq/placement-center:0.3.0", True),
    ("a tag behind a port", "registry:5000/pc:v1", True),
    ("a digest", "pc@sha256:" + "a" * 64, True),
    ("a tag and a digest", "pc:1@sha256:" + "a" * 64, True),
    ("no tag", "robustmq/placement-center", False),
    ("only a port", "registry:5000/pc", False),
    ("latest moves", "pc:latest", False),
    ("an empty tag", "pc:", False),
    ("a short digest", "pc@sha256:abc", False),
    ("no name", ":1", False),
    ("nothing", "", False),
]


@pytest.mark.parametrize("value, good", [c[1:] for c in IMAGES], ids=[c[0] for c in IMAGES])
def test_an_image_is_pinned_or_refused(value: str, good: bool) -> None:
    if good:
        assert _settings.image(value) == value
        return
    with pytest.raises(BadInput) as told:
        _settings.image(value)
    assert told.value.reason == "image_unpinned" and repr(value) in str(told.value) and told.value.hint


NAMES = [
    ("upper case", {"name": "Placement"}, "name_invalid"),
    ("a dot", {"namespace": "a.b"}, "name_invalid"),
    ("too long for a revision label", {"name": "a" * 53}, "name_invalid"),
    ("a dash at the end", {"name": "pc-"}, "name_invalid"),
    ("even", {"replicas": 2}, "replicas_even"),
    ("none", {"replicas": 0}, "replicas_even"),
    ("negative", {"replicas": -1}, "replicas_even"),
]


@pytest.mark.parametrize("change, reason", [c[1:] for c in NAMES], ids=[c[0] for c in NAMES])
def test_names_and_size_are_checked(change: dict[str, t.Any], reason: str) -> None:
    with pytest.raises(BadInput) as told:
        cluster(**change)
    assert told.value.reason == reason and next(iter(change)) in str(told.value)


PARAMETERS: list[tuple[str, str, dict[str, t.Any] | None, dict[str, str] | str]] = [
    ("the default is gp3", "ebs.csi.aws.com", None, {"type": "gp3", "iops": "3000", "throughput": "125"}),
    ("the same in-tree", "kubernetes.io/aws-ebs", None, {"type": "gp3", "iops": "3000", "throughput": "125"}),
    ("numbers become strings", "ebs.csi.aws.com", {"type": "gp3", "iops": 4000}, {"type": "gp3", "iops": "4000"}),
    ("another driver has none", "example.com", None, {}),
    ("another driver's are its own", "example.com", {"pool": "x"}, {"pool": "x"}),
    ("an unknown key", "ebs.csi.aws.com", {"iopz": "1"}, "did you mean iops?"),
    ("an unknown type", "ebs.csi.aws.com", {"type": "gp9"}, "did you mean gp3?"),
    ("throughput on io2", "ebs.csi.aws.com", {"type": "io2", "throughput": "125"}, "only with type gp3"),
    ("too slow", "ebs.csi.aws.com", {"type": "gp3", "throughput": "1"}, "from 125"),
]


@pytest.mark.parametrize("driver, given, result", [c[1:] for c in PARAMETERS], ids=[c[0] for c in PARAMETERS])
def test_class_parameters(driver: str, given: dict[str, t.Any] | None, result: dict[str, str] | str) -> None:
    if isinstance(result, dict):
        assert _settings.parameters(driver, given) == result
        return
    with pytest.raises(BadInput) as told:
        _settings.parameters(driver, given)
    assert told.value.reason == "class_parameter" and result in told.value.hint


CONFIGS: list[tuple[str, str, dict[str, t.Any], str]] = [
    ("a typo", "contract", {"netwrk": {}}, "config_unknown_key"),
    ("a typo inside", "contract", {"raft": {"heartbeat_ms": 5}}, "config_unknown_key"),
    ("another generation's key", "v0_1", {"raft": {"heartbeat_interval_ms": 5}}, "config_unknown_key"),
    ("a key that moved", "v0_4", {"rocksdb": {"data_path": "/x"}}, "config_unknown_key"),
    ("a string for a number", "contract", {"network": {"grpc_port": "1228"}}, "config_invalid"),
    ("a truth for a number", "contract", {"network": {"grpc_port": True}}, "config_invalid"),
    ("a value for a table", "contract", {"network": 1}, "config_invalid"),
]


@pytest.mark.parametrize("profile, own, reason", [c[1:] for c in CONFIGS], ids=[c[0] for c in CONFIGS])
def test_configuration_that_the_server_would_ignore_is_refused(profile: str, own: dict[str, t.Any], reason: str) -> None:
    with pytest.raises(BadInput) as told:
        _settings.config_text(cluster(profile), own)
    assert told.value.reason == reason


@pytest.mark.parametrize("profile", sorted(PROFILES))
def test_every_profile_renders_its_own_keys_and_every_peer(profile: str) -> None:
    where = cluster(profile)
    text = _settings.config_text(where, {})
    _settings._known("base", PROFILES[profile].base_config("c", where.peers()), PROFILES[profile].config_keys)
    for address in where.peers().values():
        assert address in text


def test_own_keys_go_over_the_base_without_losing_its_others() -> None:
    text = _settings.config_text(cluster(), {"network": {"local_ip": "::"}, "raft": {"heartbeat_interval_ms": 100}})
    assert 'local_ip = "::"' in text and "grpc_port = 1228" in text and "heartbeat_interval_ms = 100" in text


QUANTITIES = [("20Gi", 20 * 2**30), ("500m", 0.5), ("1e3", 1000), ("1.5k", 1500), ("1", 1), ("0", 0)]


@pytest.mark.parametrize("text, value", QUANTITIES)
def test_quantities_are_exact(text: str, value: float) -> None:
    assert quantity(text) == value


@pytest.mark.parametrize("text", ["", "Gi", "1Zi", "-1", "1 Gi", "1e3Gi", "ten"])
def test_what_is_no_quantity_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        quantity(text)
