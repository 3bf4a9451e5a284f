# SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Options that cannot work are refused with their name, their value and the way out."""

from __future__ import annotations

import json
import pathlib
import typing as t

import pytest
from ansible_collections.robustmq.placement_center.plugins.module_utils import _server_keys, _settings
from ansible_collections.robustmq.placement_center.plugins.module_utils._errors import BadInput
from ansible_collections.robustmq.placement_center.plugins.module_utils._profiles import PROFILES
from ansible_collections.robustmq.placement_center.plugins.module_utils._python import tomllib
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
    ("another place for the data", "v0_4", {"data_path": "/x"}, "config_owned"),
    ("another port", "contract", {"network": {"grpc_port": 1229}}, "config_owned"),
    ("other peers", "v0_4", {"meta_addrs": {1: "127.0.0.1:1228"}}, "config_owned"),
    ("no member any more", "v0_4", {"roles": ["broker"]}, "config_owned"),
    ("numbers for words", "v0_4", {"roles": ["meta", 1]}, "config_invalid"),
    ("one word for a list of them", "v0_4", {"roles": "meta"}, "config_invalid"),
    ("a string for a fraction", "v0_4", {"mqtt_runtime": {"system_monitor": {"os_cpu_high_watermark": "70"}}}, "config_invalid"),
    ("a string for a number", "contract", {"network": {"grpc_port": "1228"}}, "config_invalid"),
    ("a truth for a number", "contract", {"network": {"grpc_port": True}}, "config_invalid"),
    ("a value for a table", "contract", {"network": 1}, "config_invalid"),
]


@pytest.mark.parametrize("profile, own, reason", [c[1:] for c in CONFIGS], ids=[c[0] for c in CONFIGS])
def test_configuration_that_the_server_would_ignore_is_refused(profile: str, own: dict[str, t.Any], reason: str) -> None:
    with pytest.raises(BadInput) as told:
        _settings.config_data(cluster(profile), own, "", None)
    assert told.value.reason == reason


RECORDED: dict[str, dict[str, str]] = json.loads((pathlib.Path(__file__).parent / "server_keys.json").read_text())
RELEASES = [f"v0.4.{patch}" for patch in range(4, 12)]
SECRETS = ("admin.username", "admin.password", "admin.jwt_secret")  # no configuration has them
VALUES = {"str": "word", "int": 1, "bool": True, "float": 1.5, "list of str": ["meta"], "table": {}}


def recorded(release: str) -> dict[str, str]:
    """Key -> type, as the server's source at this release has it."""
    at = [*RELEASES, "8bd49dc59"].index(release)
    rows = {key: (row["type"], RELEASES.index(row["first"]), row.get("last")) for key, row in RECORDED.items()}
    return {key: kind for key, (kind, first, last) in rows.items() if first <= at and (last is None or at <= RELEASES.index(last))}


def table_of(keys: t.Mapping[str, str]) -> dict[str, t.Any]:
    """A configuration that has each of these keys, but those that are the collection's own."""
    made: dict[str, t.Any] = {}
    for path, kind in keys.items():
        if path in _settings._OURS or path in SECRETS:
            continue
        *tables, name = path.split(".")
        under = made
        for table in tables:
            under = under.setdefault(table, {})
        under[name] = VALUES[kind]
    return made


@pytest.mark.parametrize("release", RELEASES)
def test_every_key_of_a_release_passes_and_every_key_of_another_is_refused_by_name(release: str) -> None:
    version = (0, 4, int(release.rpartition(".")[2]))
    known = recorded(release)
    _settings.config_data(cluster("v0_4"), table_of(known), "", version)
    _settings.config_data(cluster("v0_4"), table_of({k: row["type"] for k, row in RECORDED.items()}), "", None)
    for key in RECORDED.keys() - known.keys() - set(SECRETS):
        with pytest.raises(BadInput) as told:
            _settings.config_data(cluster("v0_4"), table_of({key: RECORDED[key]["type"]}), "", version)
        assert told.value.reason == "config_other_version" and f"0.4.{version[2]}" in str(told.value)
        assert _settings.of_another_version(PROFILES["v0_4"], table_of({key: RECORDED[key]["type"]}), version)


def test_the_tables_know_no_key_that_no_release_has() -> None:
    def paths(table: t.Mapping[str, t.Any], at: str = "") -> t.Iterator[str]:
        for name, entry in table.items():
            key = _server_keys.key_of(entry)
            if not key.read:
                continue
            if isinstance(key.kind, dict):
                yield from paths(key.kind, f"{at}{name}.")
            else:
                yield f"{at}{name}"

    assert set(paths(_server_keys.BROKER_SERVER)) == set(RECORDED)


LOGGERS = [
    ("v0_4", "logger.toml", 'targets = [{ path = "", level = "warn" }, { path = "broker_server::common", level = "error" }]'),
    ("v0_1", "logger.toml", 'level = "warn"'),
    ("contract", "placement-center.toml", 'level = "warn"'),
]


@pytest.mark.parametrize("profile, name, line", LOGGERS)
def test_the_level_of_the_log_stands_where_the_server_looks_for_it(profile: str, name: str, line: str) -> None:
    data = _settings.config_data(cluster(profile), {}, "warn", None)
    assert line in data[name]
    if PROFILES[profile].logger_file:
        log = tomllib.loads(data[PROFILES[profile].config_file])["log"]
        assert log["log_config"].startswith(PROFILES[profile].config_dir) and log["log_path"].startswith(PROFILES[profile].data_dir)
        assert "kind" in data[name] and "console" in data[name]


def test_a_configuration_of_the_first_generation_is_what_the_first_release_made() -> None:
    for profile, made in PROFILES.items():
        data = _settings.config_data(cluster(profile), {}, "", None, _settings.FIRST)
        assert list(data) == [made.config_file] and "[log]" not in data[made.config_file]


@pytest.mark.parametrize("profile", sorted(PROFILES))
def test_every_profile_renders_its_own_keys_and_every_peer(profile: str) -> None:
    where = cluster(profile)
    made = PROFILES[profile]
    text = _settings.config_data(where, {}, "", None)[made.config_file]
    _settings._known("base", {**made.base_config("c", where.peers()), **made.log_tables()}, made.config_keys, None)
    for address in where.peers().values():
        assert address in text


def test_own_keys_go_over_the_base_without_losing_its_others() -> None:
    own = {"network": {"local_ip": "::"}, "raft": {"heartbeat_interval_ms": 100}}
    text = _settings.config_data(cluster(), own, "", None)["placement-center.toml"]
    assert 'local_ip = "::"' in text and "grpc_port = 1228" in text and "heartbeat_interval_ms = 100" in text


QUANTITIES = [("20Gi", 20 * 2**30), ("500m", 0.5), ("1e3", 1000), ("1.5k", 1500), ("1", 1), ("0", 0)]


@pytest.mark.parametrize("text, value", QUANTITIES)
def test_quantities_are_exact(text: str, value: float) -> None:
    assert quantity(text) == value


@pytest.mark.parametrize("text", ["", "Gi", "1Zi", "-1", "1 Gi", "1e3Gi", "ten"])
def test_what_is_no_quantity_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        quantity(text)
