# SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""A new image brought to every node before the first member stops: how long a restart takes decides between no election and a long one."""

from __future__ import annotations

import contextlib
import typing as t

from ansible_collections.robustmq.placement_center.plugins.module_utils import _images
from ansible_collections.robustmq.placement_center.plugins.module_utils._errors import Forbidden, Invalid, PcError, Refused, Unreachable
from ansible_collections.robustmq.placement_center.plugins.module_utils._images import LABEL, State
from ansible_collections.robustmq.placement_center.plugins.module_utils._kube import Kube
from ansible_collections.robustmq.placement_center.plugins.module_utils._profiles import Profile
from ansible_collections.robustmq.placement_center.plugins.module_utils._wait import Clock

Object = dict[str, t.Any]
Tell = t.Callable[[str], None]

GRACE = 30  # seconds after which a pod ends by itself, where nobody is left to remove it


def bring_image(kube: Kube, profile: Profile, set_object: Object, image: str, nodes: t.Iterable[str], timeout: float, tell: Tell) -> dict[str, float]:
    """Have it on all these nodes; those that list it already are not asked. Returns node -> seconds that it took.

    :raises Refused: ``image_unavailable`` or ``image_not_brought``, with the node and Kubernetes' own words.
    """
    meta = set_object["metadata"]
    _clean(kube, _left_over(kube, meta["namespace"], meta["name"]))
    missing = [node for node in sorted(set(nodes)) if not _listed(kube, node, image)]
    if not missing:
        return {}
    tell(f"bringing {image} to {', '.join(missing)}")
    pods: dict[str, Object] = {}
    try:
        for node in missing:
            pods[node] = _create(kube, _images.pull_pod(set_object, profile, image, node, max(1, round(timeout)) + GRACE), node)
        return _wait(kube, meta["namespace"], meta["name"], image, pods, timeout, tell)
    finally:
        _clean(kube, pods.values())


def _wait(kube: Kube, namespace: str, name: str, image: str, pods: dict[str, Object], timeout: float, tell: Tell) -> dict[str, float]:
    version = ""
    clock = Clock(pause=lambda seconds: kube.wait_for_change("Pod", namespace, version, seconds))
    start = clock.now()
    took: dict[str, float] = {}
    while True:
        found = kube.find("Pod", namespace, f"{LABEL}={name}")
        version = found.version
        live = {pod["metadata"]["uid"]: pod for pod in found.items}
        states = {node: _images.state(live.get(pod["metadata"]["uid"])) for node, pod in pods.items() if node not in took}
        elapsed = clock.now() - start
        for node, state in states.items():
            _refuse(node, image, state)
            if state.kind == "here":
                took[node] = round(elapsed, 3)
                tell(f"{node} has {image} after {elapsed:.1f} s")
        if len(took) == len(pods):
            return took
        if elapsed >= timeout:
            waiting = "; ".join(f"{node}: {states[node].words}" for node in pods if node not in took)
            hint = "raise the time for it, or look at the node's events; nothing was changed"
            raise Refused("image_not_brought", f"{image} was not there within {round(timeout)} s on {waiting}", hint)
        clock.pause(max(0.05, min(1.0, timeout - elapsed)))


def _refuse(node: str, image: str, state: State) -> None:
    if state.kind == "unavailable":
        hint = "correct the image's name, its registry or the pull secret; nothing was changed"
        raise Refused("image_unavailable", f"{node} cannot have {image}: {state.words}", hint)
    if state.kind == "failed":
        hint = "make room on that node, or let a pod of this namespace run there; nothing was changed"
        raise Refused("image_not_brought", f"{node} did not run the pod that brings {image}: {state.words}", hint)


def _create(kube: Kube, pod: Object, node: str) -> Object:
    try:
        return kube.create(pod)
    except Invalid as exc:
        hint = "a quota or an admission policy refuses the pod that brings the image; nothing was changed"
        raise Refused("image_not_brought", f"{node}: {exc}", hint) from exc


def _listed(kube: Kube, node: str, image: str) -> bool:
    try:
        return _images.has(kube.get("Node", node) or {}, image)
    except (Forbidden, Unreachable):
        return False  # a pod will show it


def _left_over(kube: Kube, namespace: str, name: str) -> list[Object]:
    """Pods of a run that was killed."""
    return kube.find("Pod", namespace, f"{LABEL}={name}").items


def _clean(kube: Kube, pods: t.Iterable[Object]) -> None:
    for pod in pods:
        with contextlib.suppress(PcError):  # it ends by itself, goes with the set, and the next run tries again
            kube.delete({**pod, "kind": "Pod"})
