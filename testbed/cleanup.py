# SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
# SPDX-License-Identifier: GPL-3.0-or-later

"""Bringing everything down, whether it ran in peace or was killed an hour ago."""

import contextlib
import json
import re
import shutil
import socket
from pathlib import Path

from testbed import cgroups, network, paths
from testbed.processes import kill_all, run
from testbed.progress import Failure


def parse_mounts(text: str, below: Path, device: str = "") -> list[str]:
    """List the mount points at or below a folder, the newest first, from /proc/self/mounts; those of some devices if named."""
    points = [_unescape(line.split()[1]) for line in text.splitlines() if line.startswith(device)]
    inside = [point for point in points if Path(point) == below or below in Path(point).parents]
    return inside[::-1]


def _unescape(point: str) -> str:
    return re.sub(r"\\([0-7]{3})", lambda found: chr(int(found[1], 8)), point)


def down() -> None:
    """Leave no process, mount, loop device, network, control group or file of the testbed."""
    kill_all()
    _thaw()
    _unmount()
    _free_loops()
    network.remove()
    cgroups.remove()
    _remove_outside()
    if paths.STATE.exists():
        shutil.rmtree(paths.STATE)


def _thaw() -> None:
    """Thaw volumes whose snapshot was interrupted: a frozen filesystem outlives its last mount."""
    for point in parse_mounts(Path("/proc/self/mounts").read_text(), paths.STATE, "/dev/loop"):
        # It refuses where nothing is frozen, which is nearly always.
        with contextlib.suppress(Failure):
            run(["fsfreeze", "--unfreeze", point])


def _unmount() -> None:
    """Unmount what lies below the state folder: volumes, pods' files, roots, network namespaces."""
    for point in parse_mounts(Path("/proc/self/mounts").read_text(), paths.STATE):
        try:
            run(["umount", point])
        except Failure:
            run(["umount", "--lazy", point])


def _free_loops() -> None:
    """Detach loop devices whose file is ours and that nobody mounted to the end."""
    listing = json.loads(run(["losetup", "--list", "--json", "--output", "NAME,BACK-FILE"]) or "{}")
    for device in listing.get("loopdevices", []):
        if str(device["back-file"]).startswith(f"{paths.STATE}/"):
            run(["losetup", "--detach", device["name"]])


def _answers(path: Path) -> bool:
    """Tell whether somebody serves a socket: another kubelet's must stay."""
    with socket.socket(socket.AF_UNIX) as client:
        return client.connect_ex(str(path)) == 0


def _remove_outside() -> None:
    """Remove the few files that containerd and kubelet insist on making elsewhere."""
    for address in (paths.RUN / "containerd").glob("io.containerd.runtime.v2.task/*/*/address"):
        listener = Path(address.read_text().removeprefix("unix://"))
        if listener.parent == Path("/run/containerd/s"):
            listener.unlink(missing_ok=True)
    device_plugins = Path("/var/lib/kubelet/device-plugins")
    if device_plugins.is_dir() and not _answers(device_plugins / "kubelet.sock"):
        shutil.rmtree(device_plugins)
    for link in Path("/var/log/containers").glob("*.log"):
        if link.is_symlink() and paths.STATE in link.readlink().parents:
            link.unlink()
