# SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""A cluster that is restored for the proof alone: its namespace, and how its members find each other and nobody else. Pure.

Raft's membership holds the members' own DNS names, those of production. So the copies know no DNS at all; what they know of those names
is in their hosts file, and points into their own namespace. A network policy says the same once more.
"""

from __future__ import annotations

import copy
import ipaddress
import typing as t
from dataclasses import dataclass

from ansible_collections.robustmq.placement_center.plugins.module_utils import _identity, _manifest, _opening
from ansible_collections.robustmq.placement_center.plugins.module_utils._errors import Refused
from ansible_collections.robustmq.placement_center.plugins.module_utils._hints import hint
from ansible_collections.robustmq.placement_center.plugins.module_utils._profiles import Profile
from ansible_collections.robustmq.placement_center.plugins.module_utils._restore_journal import Journal

Object = dict[str, t.Any]

DRILL = f"{_manifest.PREFIX}/drill"  # label of all that a drill makes; the namespace that it is a drill of
POD = "statefulset.kubernetes.io/pod-name"


@dataclass(frozen=True)
class Scratch(Journal):
    """What the copies are brought to: volumes like a restore's, under names of their own."""

    @property
    def labels(self) -> dict[str, str]:
        """What all that it makes carries."""
        return labels(self.namespace, self.name)

    def copy(self, ordinal: int) -> str:
        """The claim that the copy is brought to first."""
        return _manifest.object_name(self.name, self.backup, f"d{ordinal}")


def labels(namespace: str, name: str) -> dict[str, str]:
    """What all that it makes carries; never a backup's or a restore's own label."""
    return {_manifest.SET: name, DRILL: namespace}


def selector(namespace: str, name: str) -> str:
    """All of it."""
    return ",".join(f"{key}={value}" for key, value in labels(namespace, name).items())


def scratch_name(name: str, backup: str) -> str:
    """The namespace."""
    return _manifest.object_name(name, backup, "drill")


def hosts(paper: t.Mapping[str, t.Any], profile: Profile) -> dict[int, str]:
    """Ordinal -> the name under which raft knows a member.

    :raises Refused: an address is no name, or a port differs: nothing in a hosts file could lead it elsewhere.
    """
    found = {}
    for number, who in _identity.members(paper).items():
        host, _colon, port = who.address.rpartition(":")
        if not host or port != str(profile.grpc_port) or _is_address(host):
            text = f"raft knows member {number} as {who.address}, which cannot be made to mean a copy"
            raise Refused("drill_impossible", text, hint("drill_impossible"))
        found[number + profile.first_ordinal - 1] = host
    return found


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host.strip("[]"))
    except ValueError:
        return False
    return True


def namespace(scratch: str, own: t.Mapping[str, str]) -> Object:
    """Where the copies live."""
    return {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": scratch, "labels": dict(own)}}


def policy(scratch: str, own: t.Mapping[str, str]) -> Object:
    """Nobody in here speaks to anybody outside."""
    spec = {"podSelector": {}, "policyTypes": ["Egress"], "egress": [{"to": [{"podSelector": {}}]}]}
    meta = {"name": "no-way-out", "namespace": scratch, "labels": dict(own)}
    return {"apiVersion": "networking.k8s.io/v1", "kind": "NetworkPolicy", "metadata": meta, "spec": spec}


def service(scratch: str, name: str, ordinal: int, profile: Profile, own: t.Mapping[str, str]) -> Object:
    """One copy's own address, whether it is ready or not."""
    ports = [{"name": "grpc", "port": profile.grpc_port, "targetPort": profile.grpc_port, "protocol": "TCP"}]
    spec = {"selector": {POD: f"{name}-{ordinal}"}, "publishNotReadyAddresses": True, "ports": ports}
    meta = {"name": f"{name}-{ordinal}", "namespace": scratch, "labels": dict(own)}
    return {"apiVersion": "v1", "kind": "Service", "metadata": meta, "spec": spec}


def maps(paper: t.Mapping[str, t.Any], scratch: str) -> list[Object]:
    """The configuration, word for word: it names the members as production does."""
    found = [copy.deepcopy(o) for o in paper["objects"] if o["kind"] == "ConfigMap"]
    for each in found:
        each["metadata"]["namespace"] = scratch
    return found


def stateful_set(sts: Object, scratch: str, replicas: int, addresses: t.Mapping[str, str]) -> Object:
    """The copies. :param addresses: host name -> where that is in here."""
    found = copy.deepcopy(sts)
    found["metadata"]["namespace"] = scratch
    spec, pod = found["spec"], found["spec"]["template"]["spec"]
    # All at once: each has its data, and a name that has an address is waited for.
    spec |= {"replicas": replicas, "podManagementPolicy": "Parallel", "updateStrategy": {"type": "RollingUpdate"}}
    spec.pop("persistentVolumeClaimRetentionPolicy", None)
    for gone in ("topologySpreadConstraints", "affinity", "hostNetwork", "serviceAccountName", "serviceAccount"):
        pod.pop(gone, None)
    pod |= copy.deepcopy(_opening.NOWHERE)
    pod["hostAliases"] = [{"ip": address, "hostnames": [host]} for host, address in sorted(addresses.items())]
    return found


def member_claim(scratch: str, journal: Journal, ordinal: int, volume: str) -> Object:
    """The claim that a copy mounts."""
    wanted = journal.like
    spec: Object = {"accessModes": [wanted["mode"]], "resources": {"requests": {"storage": wanted["size"]}}, "volumeName": volume}
    if wanted["class"]:
        spec["storageClassName"] = wanted["class"]
    meta = {"name": journal.claim(ordinal), "namespace": scratch, "labels": labels(journal.namespace, journal.name)}
    return {"apiVersion": "v1", "kind": "PersistentVolumeClaim", "metadata": meta, "spec": spec}
