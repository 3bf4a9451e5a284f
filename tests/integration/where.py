# SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where a member is on the machine that runs the node: its processes, its volume, and from where it is asked."""

from __future__ import annotations

import contextlib
import json
import os
import pathlib
import time

from .cluster import NAME, Cluster, kubectl


def of_pod(cluster: Cluster, pod: str) -> list[int]:
    """Every process of a pod, the sandbox's own among them."""
    uid = cluster.get("pod", pod)["metadata"]["uid"]
    found = []
    for folder in pathlib.Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            if f"pod{uid}" in (folder / "cgroup").read_text():
                found.append(int(folder.name))
    return found


def server(cluster: Cluster, ordinal: int) -> int | None:
    """The process that serves, if there is one now."""
    for pid in of_pod(cluster, f"{NAME}-{ordinal}"):
        with contextlib.suppress(OSError):
            if b"--conf" in pathlib.Path(f"/proc/{pid}/cmdline").read_bytes():
                return pid
    return None


def served_by(cluster: Cluster, ordinal: int, other_than: int | None = None, seconds: float = 30) -> int:
    """The process that serves, waited for; another one than that which is named."""
    end = time.monotonic() + seconds
    while (found := server(cluster, ordinal)) is None or found == other_than:
        assert time.monotonic() < end, f"member {ordinal} has no process"
        time.sleep(0.05)
    return found


def born(pid: int) -> float:
    """When a process began, on the clock of ``time.monotonic``; to ten milliseconds."""
    ticks = int(pathlib.Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[19])
    return ticks / os.sysconf("SC_CLK_TCK") - (time.clock_gettime(time.CLOCK_BOOTTIME) - time.monotonic())


def data(cluster: Cluster, ordinal: int) -> pathlib.Path:
    """A member's volume, where the kubelet has mounted it for its pod."""
    return volume(cluster, f"{NAME}-{ordinal}")


def volume(cluster: Cluster, pod: str) -> pathlib.Path:
    """The one volume of a pod that a driver has made."""
    uid = cluster.get("pod", pod)["metadata"]["uid"]
    mounts = (line.split()[1] for line in pathlib.Path("/proc/mounts").read_text().splitlines())
    (found,) = (m for m in mounts if f"/pods/{uid}/volumes/kubernetes.io~csi/" in m)
    return pathlib.Path(found)


def node_address() -> str:
    """Where kubelet and API server knock from."""
    (node,) = json.loads(kubectl("get", "nodes", "-o", "json"))["items"]
    return next(str(a["address"]) for a in node["status"]["addresses"] if a["type"] == "InternalIP")
