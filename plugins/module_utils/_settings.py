# SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the operator asked for, checked: every refusal here names the option, its value and the way out, before anything is read."""

from __future__ import annotations

import difflib
import re
import typing as t
from dataclasses import dataclass

from ansible_collections.robustmq.placement_center.plugins.module_utils import _server_keys, _toml
from ansible_collections.robustmq.placement_center.plugins.module_utils._errors import BadInput
from ansible_collections.robustmq.placement_center.plugins.module_utils._profiles import LOG_LEVELS, Profile
from ansible_collections.robustmq.placement_center.plugins.module_utils._quantities import quantity
from ansible_collections.robustmq.placement_center.plugins.module_utils._server_keys import ANY, WORDS, Version

Options = t.Mapping[str, t.Any]

_LABEL = re.compile(r"[a-z0-9]([-a-z0-9]*[a-z0-9])?")
_TAG = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}")
_DIGEST = re.compile(r"[a-z0-9]+:[0-9a-f]{32,}")
MQTT_PUBLISHED = "robustmq"  # the password of the first user, in the server's template and by default
LONGEST_NAME = 52  # the controller appends a dash and a revision hash of 10, and a label holds 63

EBS = ("ebs.csi.aws.com", "kubernetes.io/aws-ebs")
EBS_PARAMETERS = {"type": "gp3", "iops": "3000", "throughput": "125"}
EBS_TYPES = {"gp2", "gp3", "io1", "io2", "st1", "sc1", "standard"}
EBS_KEYS = {
    "type",
    "iops",
    "throughput",
    "iopsPerGB",
    "allowAutoIOPSPerGBIncrease",
    "encrypted",
    "kmsKeyId",
    "blockExpress",
    "blockSize",
    "inodeSize",
    "bytesPerInode",
    "numberOfInodes",
    "fsType",
    "csi.storage.k8s.io/fstype",
}


@dataclass(frozen=True)
class Cluster:
    """Names and size; everything else is derived from them."""

    namespace: str
    name: str
    replicas: int
    domain: str
    profile: Profile

    @property
    def ordinals(self) -> range:
        """The members' ordinals."""
        return range(self.profile.first_ordinal, self.profile.first_ordinal + self.replicas)

    @property
    def labels(self) -> dict[str, str]:
        """The pair that selects the members."""
        return {"app": "robustmq", "component": self.name}

    @property
    def headless(self) -> str:
        """The Service that gives each member its DNS name."""
        return f"{self.name}-headless"

    @property
    def config_map(self) -> str:
        """The ConfigMap that holds the current text."""
        return f"{self.name}-config"

    def peers(self) -> dict[int, str]:
        """Raft id -> address of every member."""
        host = f"{self.headless}.{self.namespace}.svc.{self.domain}"
        return {self.profile.member_id(o): f"{self.name}-{o}.{host}:{self.profile.grpc_port}" for o in self.ordinals}


def cluster(params: Options, profile: Profile) -> Cluster:
    """Names and size, checked."""
    for option, longest in (("namespace", 63), ("name", LONGEST_NAME)):
        value = str(params[option])
        if not _LABEL.fullmatch(value) or len(value) > longest:
            rule = f"use lower case letters, digits and dashes, at most {longest}, with a letter or digit at both ends"
            raise BadInput(option, value, "is no valid name", rule, "name_invalid")
    replicas = params["replicas"]
    if replicas < 1 or replicas % 2 == 0:
        hint = "raft wants an odd number: 3 survives one loss, 5 survives two"
        raise BadInput("replicas", replicas, "is not odd", hint, "replicas_even")
    return Cluster(params["namespace"], params["name"], replicas, params["cluster_domain"], profile)


def image(value: str) -> str:
    """An image that will be the same tomorrow: a tag other than ``latest``, or a digest."""
    name, _at, digest = value.partition("@")
    last = name.rpartition("/")[2]
    tag = last.partition(":")[2]
    fixed = _DIGEST.fullmatch(digest) if digest else _TAG.fullmatch(tag) and tag != "latest"
    if not fixed or not last.partition(":")[0]:
        hint = "name the version, as robustmq/placement-center:0.3.0, or the digest"
        raise BadInput("image", value, "names no fixed tag and no digest", hint, "image_unpinned")
    return value


def size(option: str, value: str) -> str:
    """A Kubernetes quantity above zero."""
    try:
        if quantity(value) > 0:
            return value
    except ValueError:
        pass
    raise BadInput(option, value, "is no size", "write it as 20Gi", "size_invalid")


def parameters(provisioner: str, given: Options | None) -> dict[str, str]:
    """A StorageClass's parameters, checked where the driver's own are known; all are strings to Kubernetes."""
    ebs = provisioner in EBS
    found = {k: str(v) for k, v in (EBS_PARAMETERS if given is None and ebs else given or {}).items()}
    if not ebs:
        return found
    for key in found:
        if key not in EBS_KEYS and not key.startswith("tagSpecification_"):
            raise BadInput("storage.parameters", key, f"is no parameter of {provisioner}", _near(key, EBS_KEYS), "class_parameter")
    kind = found.get("type", "gp3")
    if kind not in EBS_TYPES:
        raise BadInput("storage.parameters.type", kind, "is no EBS volume type", _near(kind, EBS_TYPES), "class_parameter")
    for key, least, kinds in (("iops", 100, {"gp3", "io1", "io2"}), ("throughput", 125, {"gp3"})):
        value = found.get(key)
        if value is not None and (kind not in kinds or not value.isdigit() or int(value) < least):
            hint = f"a whole number from {least}, and only with type {' or '.join(sorted(kinds))}"
            raise BadInput(f"storage.parameters.{key}", value, f"does not fit type {kind}", hint, "class_parameter")
    return found


# Generations of what this collection renders. A cluster keeps the generation that it has until a change of it is asked for.
FIRST, NEWEST = 1, 2


def config_data(where: Cluster, own: Options, level: str, version: Version | None, generation: int = NEWEST) -> dict[str, str]:
    """The files of the configuration by name: the server's TOML, and where it needs one its logger's.

    :param own: the operator's keys, laid over the base. :param level: of the log; empty means the server's usual one.
    :param version: of the server, whose keys are known; None where nobody knows.
    :raises BadInput: a key is unknown to the profile or the version, or is the collection's own.
    """
    profile = where.profile
    base = profile.base_config(where.name, where.peers())
    if generation > FIRST:
        base |= {**profile.log_tables(), **profile.admin_tables()}
    if level and "level" in profile.config_keys["log"]:
        base = _over(base, {"log": {"level": level}})
    text = config_over(where, base, own, version)
    return {profile.config_file: text, **(logger_data(profile, level) if generation > FIRST else {})}


def logger_data(profile: Profile, level: str) -> dict[str, str]:
    """The logger's file by its name; nothing where the server needs none."""
    tables = profile.logger(log_level(level) or "info")
    return {profile.logger_file: _toml.render(tables)} if tables else {}


def log_level(level: str) -> str:
    """A level of the server's log.

    :raises BadInput: it is none.
    """
    if level and level not in LOG_LEVELS:
        raise BadInput("config.log_level", level, "is no level of a log", f"one of {', '.join(LOG_LEVELS)}", "log_level_invalid")
    return level


def config_over(where: Cluster, base: dict[str, t.Any], own: Options, version: Version | None) -> str:
    """The text of ``base`` with the operator's keys over it, known to the profile, and read back.

    An unknown key would be ignored by the server without a word, so it is refused here.
    """
    _no_login("config.values", own, where.profile)
    _known("config.values", own, where.profile.config_keys, version)
    _not_ours(own, base)
    merged = _over(base, own)
    _no_open_broker(merged, where.profile)
    text = _toml.render(merged)
    if _toml.parse(text) != merged:
        raise BadInput("config.values", dict(own), "does not survive TOML", "use strings, numbers, booleans, lists and tables", "config_invalid")
    return text


def _no_login(path: str, own: Options, profile: Profile) -> None:
    """The administrator's login comes from a Secret: whoever may read ConfigMaps would have it from here. Its value is not told."""
    given = own.get("admin")
    for key in profile.admin_env:
        if isinstance(given, t.Mapping) and key in given:
            hint = "put it into a Secret with the keys username, password and jwt_secret, and name that: admin_secret (pc_admin_secret)"
            raise BadInput(f"{path}.admin.{key}", "...", "is a secret, and this would be in a ConfigMap", hint, "admin_secret_in_config")


def _no_open_broker(merged: Options, profile: Profile) -> None:
    """A broker makes its first MQTT user of this table, and everybody knows what the server's own template has there."""
    if not profile.admin_env or "broker" not in (merged.get("roles") or ()):
        return
    runtime = merged.get("mqtt_runtime") or {}
    password = (runtime.get("auth") or runtime).get("default_password", MQTT_PUBLISHED)  # before v0.4.10 it stood in the table itself
    if password == MQTT_PUBLISHED:
        option, problem = "config.values.mqtt_runtime.auth.default_password", "is the one of the server's own template, which everybody knows"
        raise BadInput(option, "...", problem, "give mqtt_runtime.auth a default_user and a default_password of your own (pc_config)", "mqtt_published")


def logs_on_volume(profile: Profile, data: t.Mapping[str, str]) -> bool:
    """Does the configuration name our logger's file, and a folder of logs on the volume? Then the server writes nowhere else."""
    try:
        log = _toml.parse(data.get(profile.config_file, "")).get("log", {})
    except ValueError:
        return False
    ours = profile.log_tables().get("log", {})
    return bool(ours) and log.get("log_config") == ours["log_config"] and str(log.get("log_path", "")).startswith(f"{profile.data_dir}/")


def of_another_version(profile: Profile, config: Options, version: Version | None) -> str:
    """The first key of a configuration that this version does not have and another one has; empty where there is none."""
    return next(_strangers("", config, profile.config_keys, version), "")


def unread(profile: Profile, config: Options) -> list[str]:
    """The tables of a configuration that no release of the server looks at."""
    keys = profile.config_keys
    return sorted(name for name in config if name in keys and not _server_keys.key_of(keys[name]).read)


def _strangers(path: str, config: Options, keys: t.Mapping[str, t.Any], version: Version | None) -> t.Iterator[str]:
    for name, value in config.items():
        if name not in keys:
            continue
        key = _server_keys.key_of(keys[name])
        if not key.known_to(version):
            yield f"{path}{name} ({key.has_it()})"
        elif isinstance(key.kind, t.Mapping) and isinstance(value, t.Mapping):
            yield from _strangers(f"{path}{name}.", value, key.kind, version)


# Where members listen, meet and keep their data is the collection's: another value would be lost from the volume, the probes or the peers.
_OURS = ("data_path", "grpc_port", "http_port", "meta_addrs", "node.nodes", "network.grpc_port", "rocksdb.data_path")


def _not_ours(own: Options, base: Options) -> None:
    for path in _OURS:
        wanted, given = _at(base, path), _at(own, path)
        if isinstance(given, t.Mapping):  # YAML's raft ids are numbers, TOML's keys are words
            given = {str(key): value for key, value in given.items()}
        if wanted is not None and given is not None and given != wanted:
            hint = "leave it away: the collection derives it from the cluster's name, size and profile"
            raise BadInput(f"config.values.{path}", given, f"differs from {wanted!r}, which the members need", hint, "config_owned")
    if "meta" in base.get("roles", ()) and "meta" not in own.get("roles", ["meta"]):
        raise BadInput("config.values.roles", own["roles"], "lacks meta: such a server is no member", 'add "meta"', "config_owned")


def _at(config: Options, path: str) -> t.Any:
    found: t.Any = config
    for name in path.split("."):
        found = found.get(name) if isinstance(found, t.Mapping) else None
    return found


def _known(path: str, given: Options, keys: t.Mapping[str, t.Any], version: Version | None) -> None:
    for name, value in given.items():
        at = f"{path}.{name}"
        if name not in keys:
            raise BadInput(at, value, "is no key of this server's configuration", _near(str(name), keys), "config_unknown_key")
        key = _server_keys.key_of(keys[name])
        if version is not None and not key.known_to(version):
            hint = "leave it away, or name an image of such a release"
            raise BadInput(at, value, f"is no key of {_server_keys.text(version)}: it is one {key.has_it()}", hint, "config_other_version")
        if isinstance(key.kind, t.Mapping):
            if not isinstance(value, t.Mapping):
                raise BadInput(at, value, "must be a table", f"give it keys: {', '.join(sorted(key.kind))}", "config_invalid")
            _known(at, value, key.kind, version)
        elif wanted := _not_of_kind(value, key.kind):
            raise BadInput(at, value, f"must be {wanted}", "write the value without quotes, or with", "config_invalid")


def _not_of_kind(value: object, kind: t.Any) -> str:
    """What a value must be and is not; empty where it is."""
    if kind is ANY:
        return "" if isinstance(value, t.Mapping) else "a table"
    if kind is WORDS:
        return "" if isinstance(value, list) and all(isinstance(word, str) for word in value) else "a list of strings"
    if kind is float:
        return "" if isinstance(value, (int, float)) and not isinstance(value, bool) else "of type float"
    fits = isinstance(value, kind) and not (kind is int and isinstance(value, bool))
    return "" if fits else f"of type {kind.__name__}"


def _over(base: dict[str, t.Any], own: Options) -> dict[str, t.Any]:
    merged = dict(base)
    for name, value in own.items():
        key = str(name)
        under = merged.get(key)
        merged[key] = _over(under, value) if isinstance(under, dict) and isinstance(value, t.Mapping) else value
    return merged


def _near(word: str, known: t.Iterable[str]) -> str:
    close = difflib.get_close_matches(word, list(known), n=1)
    return f"did you mean {close[0]}?" if close else f"known: {', '.join(sorted(known))}"
