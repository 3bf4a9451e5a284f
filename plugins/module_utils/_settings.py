# SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the operator asked for, checked: every refusal here names the option, its value and the way out, before anything is read."""

from __future__ import annotations

import difflib
import re
import typing as t
from dataclasses import dataclass

from ansible_collections.robustmq.placement_center.plugins.module_utils import _toml
from ansible_collections.robustmq.placement_center.plugins.module_utils._errors import BadInput
from ansible_collections.robustmq.placement_center.plugins.module_utils._profiles import ANY, Profile
from ansible_collections.robustmq.placement_center.plugins.module_utils._quantities import quantity

Options = t.Mapping[str, t.Any]

_LABEL = re.compile(r"[a-z0-9]([-a-z0-9]*[a-z0-9])?")
_TAG = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}")
_DIGEST = re.compile(r"[a-z0-9]+:[0-9a-f]{32,}")
MQTT_PUBLISHED = {"default_user": "admin", "default_password": "robustmq"}  # of the server's template, and its defaults
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


def config_text(where: Cluster, own: Options) -> str:
    """The server's TOML: the shared base with the operator's keys over it, known to the profile, and read back.

    An unknown key would be ignored by the server without a word, so it is refused here.
    """
    return config_over(where, where.profile.base_config(where.name, where.peers()), own)


def config_over(where: Cluster, base: dict[str, t.Any], own: Options) -> str:
    """The text of ``base`` with the operator's keys over it."""
    _no_login("config.values", own, where.profile)
    _known("config.values", own, where.profile.config_keys)
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
    auth = {**MQTT_PUBLISHED, **(runtime.get("auth") or {})}
    if auth["default_password"] == MQTT_PUBLISHED["default_password"]:
        option, problem = "config.values.mqtt_runtime.auth.default_password", "is the one of the server's own template, which everybody knows"
        raise BadInput(option, "...", problem, "give mqtt_runtime.auth a default_user and a default_password of your own (pc_config)", "mqtt_published")


def _known(path: str, given: Options, keys: t.Mapping[str, t.Any]) -> None:
    for key, value in given.items():
        at = f"{path}.{key}"
        want = keys.get(key)
        if want is None:
            raise BadInput(at, value, "is no key of this server's configuration", _near(key, keys), "config_unknown_key")
        if isinstance(want, t.Mapping):
            if not isinstance(value, t.Mapping):
                raise BadInput(at, value, "must be a table", f"give it keys: {', '.join(sorted(want))}", "config_invalid")
            _known(at, value, want)
        elif want is not ANY and (not isinstance(value, want) or (want is int and isinstance(value, bool))):
            raise BadInput(at, value, f"must be of type {want.__name__}", "write the value without quotes, or with", "config_invalid")


def _over(base: dict[str, t.Any], own: Options) -> dict[str, t.Any]:
    merged = dict(base)
    for key, value in own.items():
        under = merged.get(key)
        merged[key] = _over(under, value) if isinstance(under, dict) and isinstance(value, t.Mapping) else value
    return merged


def _near(word: str, known: t.Iterable[str]) -> str:
    close = difflib.get_close_matches(word, list(known), n=1)
    return f"did you mean {close[0]}?" if close else f"known: {', '.join(sorted(known))}"
