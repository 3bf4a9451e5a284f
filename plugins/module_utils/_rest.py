# SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""The API server's REST, without a socket: where a kind lives, and what a refusal means."""

from __future__ import annotations

import json
import typing as t
from urllib.parse import quote, urlencode

from ansible_collections.robustmq.placement_center.plugins.module_utils._errors import (
    Conflict,
    FieldConflict,
    Forbidden,
    Invalid,
    PcError,
    Unreachable,
)

FIELD_MANAGER = "robustmq.placement_center"

# kind -> (API prefix, plural, namespaced)
KINDS: dict[str, tuple[str, str, bool]] = {
    "ConfigMap": ("api/v1", "configmaps", True),
    "ControllerRevision": ("apis/apps/v1", "controllerrevisions", True),
    "CSIDriver": ("apis/storage.k8s.io/v1", "csidrivers", False),
    "EndpointSlice": ("apis/discovery.k8s.io/v1", "endpointslices", True),
    "Event": ("api/v1", "events", True),
    "Job": ("apis/batch/v1", "jobs", True),
    "Lease": ("apis/coordination.k8s.io/v1", "leases", True),
    "Namespace": ("api/v1", "namespaces", False),
    "NetworkPolicy": ("apis/networking.k8s.io/v1", "networkpolicies", True),
    "Node": ("api/v1", "nodes", False),
    "PersistentVolume": ("api/v1", "persistentvolumes", False),
    "PersistentVolumeClaim": ("api/v1", "persistentvolumeclaims", True),
    "Pod": ("api/v1", "pods", True),
    "PodDisruptionBudget": ("apis/policy/v1", "poddisruptionbudgets", True),
    "ResourceQuota": ("api/v1", "resourcequotas", True),
    "Secret": ("api/v1", "secrets", True),
    "SelfSubjectAccessReview": ("apis/authorization.k8s.io/v1", "selfsubjectaccessreviews", False),
    "Service": ("api/v1", "services", True),
    "StatefulSet": ("apis/apps/v1", "statefulsets", True),
    "StorageClass": ("apis/storage.k8s.io/v1", "storageclasses", False),
    "VolumeAttachment": ("apis/storage.k8s.io/v1", "volumeattachments", False),
    "VolumeSnapshot": ("apis/snapshot.storage.k8s.io/v1", "volumesnapshots", True),
    "VolumeSnapshotClass": ("apis/snapshot.storage.k8s.io/v1", "volumesnapshotclasses", False),
    "VolumeSnapshotContent": ("apis/snapshot.storage.k8s.io/v1", "volumesnapshotcontents", False),
}


LOG_IN = "log in again, or fetch the kubeconfig anew"
# What stands in the words of a connection that failed -> what to do; the first that fits.
WAYS = {
    "alert certificate expired": f"the client's certificate has expired: {LOG_IN}",
    "certificate has expired": "the API server's certificate has expired: renew it (kubeadm certs renew apiserver), or set this host's clock: date",
    "certificate is not yet valid": "set this host's clock: date",
    "certificate is not valid for": "take an address that the certificate names, or name it in the kubeconfig: tls-server-name",
    "mismatch, certificate": "take an address that the certificate names, or name it in the kubeconfig: tls-server-name",
    "certificate verify failed": "the API server's certificate is not signed by the kubeconfig's authority: fetch the kubeconfig anew, or name it: ca_cert",
    "wrong version number": "nothing speaks TLS there: correct the port, or https, of server in the kubeconfig",
    "Failed to resolve": "no such host: correct server in the kubeconfig; kubectl config view --minify shows it",
}
MANY = 10  # attempts; of 20 requests that each fail with 30 %, all succeed but once in ten thousand times


class Reply(t.NamedTuple):
    """One HTTP answer, whole."""

    status: int
    headers: t.Mapping[str, str]
    body: bytes


def resource(kind: str) -> tuple[str, str]:
    """API group and plural of a kind, as RBAC names them; the core group is an empty string."""
    prefix, plural, _namespaced = KINDS[kind]
    return prefix.split("/")[1] if prefix.startswith("apis/") else "", plural


def path(kind: str, namespace: str = "", name: str = "", query: t.Mapping[str, str] | None = None) -> str:
    """Where the API server keeps an object, or with no name all of a kind."""
    prefix, plural, namespaced = KINDS[kind]
    parts = [prefix]
    if namespaced:
        parts += ["namespaces", quote(namespace, safe="")]
    parts += [plural, quote(name, safe="")] if name else [plural]
    return "/" + "/".join(parts) + (f"?{urlencode(query)}" if query else "")


def status_object(body: bytes) -> dict[str, t.Any] | None:
    """The API server's own failure (``kind: Status``), or None where the body is somebody else's."""
    try:
        found = json.loads(body)
    except ValueError:
        return None
    return found if isinstance(found, dict) and found.get("kind") == "Status" and found.get("apiVersion") == "v1" else None


def tries(reply: Reply, safe: bool, member: bool) -> int:
    """How often a request that ended so may be sent altogether.

    :param safe: sending it twice changes nothing. :param member: it went on to a member, whose own words are final.
    """
    if member:
        status = status_object(reply.body)
        if status is None or (reply.status != 429 and reply.status < 500):
            return 1
        return 2 if "error trying to reach service" in str(status.get("message")) else MANY  # 2: its old connection may have been stale
    return MANY if reply.status == 429 or (safe and reply.status >= 500) else 1


def error(reply: Reply, doing: str, host: str) -> PcError:
    """The error that a refusal means; ``doing`` completes "could not"."""
    status = status_object(reply.body) or {}
    said = str(status.get("message") or f"HTTP {reply.status} from {host}")
    text = f"could not {doing}: {said}"
    causes = status.get("details", {}).get("causes", [])
    if reply.status == 401:
        return Unreachable(text, f"the credentials are missing, wrong or expired: {LOG_IN}")
    if reply.status == 403 and "User " in said:  # other 403s are admission's: quota, a namespace that ends, a policy
        return Forbidden(text, "grant that verb on that resource to this user")
    owners = [str(c.get("message")) for c in causes if c.get("reason") == "FieldManagerConflict"]
    if reply.status == 409 and owners:
        own = all(f'conflict with "{FIELD_MANAGER}"' in owner for owner in owners)
        return FieldConflict(text, "set force to take these fields over, or leave them to their owner", own=own)
    if reply.status == 409:
        return Conflict(text, "run again: the state is read afresh")
    if 400 <= reply.status < 500 and reply.status != 429:
        return Invalid(text)
    return Unreachable(text)


def way_out(words: str, host: str) -> str:
    """What to do about an API server that could not be asked."""
    return next((way for mark, way in WAYS.items() if mark in words), f"is the API server up, and this its address? curl -k -m 5 {host}/version")


def plain(exc: Exception) -> str:
    """urllib3's message without the pool object in front."""
    return str(exc).split(">: ", 1)[-1]
