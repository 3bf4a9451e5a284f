# SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
# SPDX-License-Identifier: GPL-3.0-or-later

"""Volumes and their snapshots: the drivers, their sidecars, and the objects that make them known."""

import json
import re
from collections.abc import Mapping
from pathlib import Path

from testbed import paths
from testbed.api import Api
from testbed.processes import Daemon
from testbed.settings import CSI_DRIVERS, NODE, SNAPSHOT_CLASSES

_ENV = {"GOGC": "60", "GOMEMLIMIT": "60MiB"}
# Without it they look half a minute for the kinds of group snapshots, which nobody made, before they start.
_NO_GROUPS = "--feature-gates=CSIVolumeGroupSnapshot=false"
_SNAPSHOT_API = "/apis/snapshot.storage.k8s.io/v1"


def apply_objects(api: Api, crds: Path) -> None:
    """Write what the daemons look for as they start: the drivers and the snapshots' kinds."""
    template = (paths.TESTBED / "csi" / "objects.yaml").read_text()
    for name in CSI_DRIVERS:
        api.apply(f"/apis/storage.k8s.io/v1/csidrivers/{name}", template.replace("@NAME@", name))
    for name, definition in parse_crds(crds.read_text()).items():
        api.apply(f"/apis/apiextensions.k8s.io/v1/customresourcedefinitions/{name}", definition)


def parse_crds(text: str) -> dict[str, str]:
    """Split a file of many definitions, and give each by its name."""
    definitions = [part for part in re.split(r"^---$", text, flags=re.MULTILINE) if part.strip()]
    return {re.findall(r"^  name: (\S+)$", part, re.MULTILINE)[0]: part for part in definitions}


def apply_snapshot_classes(api: Api) -> bool:
    """Write a class of snapshots for each driver; tell whether the API server takes them yet."""
    if api.get(f"{_SNAPSHOT_API}/volumesnapshotclasses") is None:
        return False
    for driver, name in SNAPSHOT_CLASSES.items():
        manifest = {
            "apiVersion": "snapshot.storage.k8s.io/v1",
            "kind": "VolumeSnapshotClass",
            "metadata": {"name": name},
            "driver": driver,
            "deletionPolicy": "Delete",
        }
        api.apply(f"{_SNAPSHOT_API}/volumesnapshotclasses/{name}", json.dumps(manifest))
    return True


def daemons(binaries: Mapping[str, Path]) -> list[Daemon]:
    """List the controller of snapshots and, for each driver, the driver and its sidecars."""
    flags = [f"--kubeconfig={paths.SYSTEM_KUBECONFIG}", "--leader-election=false"]
    snapshots = [str(binaries["snapshot-controller"]), *flags, "--retry-interval-max=5s", _NO_GROUPS]
    listed = [Daemon("snapshot-controller", snapshots, _ENV)]
    for name in CSI_DRIVERS:
        folder = paths.KUBELET / "plugins" / name
        folder.mkdir(parents=True, exist_ok=True)
        registration = paths.KUBELET / "plugins_registry"
        registration.mkdir(exist_ok=True)
        socket_url = f"unix://{folder}/csi.sock"
        serve = [
            str(binaries["csi-driver"]), f"--name={name}", f"--node-id={NODE}", f"--endpoint={socket_url}",
            f"--registration-dir={registration}", f"--state={paths.STATE}/csi/{name}",
        ]  # fmt: skip
        common = [f"--csi-address={socket_url}", *flags, "--timeout=60s"]
        sidecars = {
            "csi-provisioner": ["--extra-create-metadata", "--default-fstype=ext4", "--retry-interval-max=10s"],
            "csi-resizer": ["--retry-interval-max=5s", "--handle-volume-inuse-error=false"],
            "csi-snapshotter": ["--extra-create-metadata", "--retry-interval-max=5s", _NO_GROUPS],
        }
        listed.append(Daemon(f"csi-driver-{name}", serve, _ENV))
        listed += [Daemon(f"{program}-{name}", [str(binaries[program]), *common, *own], _ENV) for program, own in sidecars.items()]
    return listed
