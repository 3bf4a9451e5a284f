# SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""The pod that brings an image to a node, and what its state says. Pure."""

from __future__ import annotations

import typing as t

from ansible_collections.robustmq.placement_center.plugins.module_utils._profiles import Profile

Object = dict[str, t.Any]

LABEL = "placement-center.robustmq.io/pull"
TEMPLATE_KEYS = ("imagePullSecrets", "tolerations", "securityContext", "serviceAccountName", "runtimeClassName")
TINY = {"cpu": "1m", "memory": "16Mi"}

# Waiting reasons -> the image cannot be had. Those of PRESENT come only after it was brought.
UNAVAILABLE = {
    *("ErrImagePull", "ImagePullBackOff", "InvalidImageName", "ErrImageNeverPull"),
    *("ImageInspectError", "RegistryUnavailable", "SignatureValidationFailed"),
}
PRESENT = {
    *("CreateContainerConfigError", "PreCreateHookError", "CreateContainerError", "PreStartHookError"),
    *("PostStartHookError", "RunContainerError", "CrashLoopBackOff"),
}
NEVER_BEGAN = "ContainerStatusUnknown"  # what a kubelet says of a container that was not there when its pod was ended


class State(t.NamedTuple):
    """How far a node is: here, coming, unavailable or failed, and Kubernetes' words."""

    kind: str
    words: str = ""


def has(node: Object, image: str) -> bool:
    """Does the node list the image? It lists the fifty biggest; one that is not listed may still be there."""
    names = {full(name) for entry in node.get("status", {}).get("images") or [] for name in entry.get("names") or []}
    return full(image) in names


def full(image: str) -> str:
    """An image's name with its registry, as nodes list it."""
    first, slash, _rest = image.partition("/")
    if slash and ("." in first or ":" in first or first == "localhost"):
        return image
    return f"docker.io/{image}" if slash else f"docker.io/library/{image}"


def pull_pod(set_object: Object, profile: Profile, image: str, node: str, seconds: int) -> Object:
    """A pod that says its version and ends. It is no member: other labels, no volume, and gone with the set."""
    meta, template = set_object["metadata"], set_object["spec"]["template"]["spec"]
    container = next(c for c in template["containers"] if c["name"] == profile.container)
    owner = {"apiVersion": "apps/v1", "kind": "StatefulSet", "name": meta["name"], "uid": meta["uid"]}
    secured = {"securityContext": container["securityContext"]} if "securityContext" in container else {}
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {
            "generateName": f"{meta['name']}-pull-",
            "namespace": meta["namespace"],
            "labels": {LABEL: meta["name"]},
            "ownerReferences": [owner],
        },
        "spec": {
            **{key: template[key] for key in TEMPLATE_KEYS if template.get(key)},
            "nodeName": node,
            "restartPolicy": "Never",
            "activeDeadlineSeconds": seconds,
            "terminationGracePeriodSeconds": 0,
            "enableServiceLinks": False,
            "automountServiceAccountToken": False,
            "containers": [
                {
                    "name": "pull",
                    "image": image,
                    "imagePullPolicy": "IfNotPresent",
                    "command": [profile.program, "--version"],
                    "resources": {"requests": TINY, "limits": {"cpu": "100m", "memory": "64Mi"}},
                    **secured,
                }
            ],
        },
    }


def state(pod: Object | None) -> State:
    """What a pull pod says of its node."""
    if pod is None:
        return State("failed", "the pod was deleted by somebody else")
    status = pod.get("status", {})
    container: Object = next(iter(status.get("containerStatuses") or []), {})
    now: Object = container.get("state", {})
    waiting: Object = now.get("waiting", {})
    reason, words = waiting.get("reason", ""), waiting.get("message", "")
    if reason in UNAVAILABLE:
        return State("unavailable", f"{reason}: {words}")
    began = "terminated" in now and now["terminated"].get("reason") != NEVER_BEGAN
    if "running" in now or began or reason in PRESENT:
        return State("here")
    if status.get("phase") in ("Failed", "Succeeded"):
        said = f"{status.get('reason', 'Failed')}: {status.get('message', 'no words')}"
        return State("failed", said)
    return State("coming", ": ".join(filter(None, (reason, words))) or "the node has not begun")
