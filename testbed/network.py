# SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
# SPDX-License-Identifier: GPL-3.0-or-later

"""The pods' network: one bridge on the host, a route for services, nothing else."""

import json
from pathlib import Path

from testbed import paths
from testbed.processes import run
from testbed.progress import Failure
from testbed.settings import BRIDGE, BRIDGE_ADDRESS, FIRST_POD_ADDRESS, POD_SUBNET, SERVICE_SUBNET

CNI_CONFIG = {
    "cniVersion": "1.0.0",
    "name": BRIDGE,
    "plugins": [
        {
            "type": "bridge",
            "bridge": BRIDGE,
            # A pod may reach itself through its service.
            "hairpinMode": True,
            "ipam": {
                "type": "host-local",
                "dataDir": str(paths.RUN / "cni"),
                "ranges": [[{"subnet": POD_SUBNET, "rangeStart": FIRST_POD_ADDRESS, "gateway": BRIDGE_ADDRESS}]],
                "routes": [{"dst": "0.0.0.0/0"}],
            },
        }
    ],
}


def _bridge_exists() -> bool:
    return Path(f"/sys/class/net/{BRIDGE}").exists()


def create() -> None:
    """Make the bridge with the node's address and let the host forward between pods and services."""
    folder = paths.CONFIG / "cni"
    folder.mkdir(exist_ok=True)
    (folder / "10-testbed.conflist").write_text(json.dumps(CNI_CONFIG, indent=2))
    if not _bridge_exists():
        run(["ip", "link", "add", BRIDGE, "type", "bridge"])
        run(["ip", "address", "add", f"{BRIDGE_ADDRESS}/24", "dev", BRIDGE])
        run(["ip", "link", "set", BRIDGE, "up"])
        run(["ip", "route", "add", SERVICE_SUBNET, "dev", BRIDGE])
    Path("/proc/sys/net/ipv4/ip_forward").write_text("1")


def remove() -> None:
    """Remove the bridge, the ends of pods still on it, and kube-proxy's table if it is ours."""
    if _bridge_exists():
        for link in json.loads(run(["ip", "-json", "link", "show", "master", BRIDGE])):
            _remove_link(link["ifname"])
        _remove_link(BRIDGE)
    _remove_tables()
    for result in Path("/var/lib/cni/results").glob(f"{BRIDGE}-*"):
        result.unlink()


def _remove_link(name: str) -> None:
    """Delete a link; one that went away with its network namespace is as good."""
    try:
        run(["ip", "link", "delete", name])
    except Failure:
        if Path(f"/sys/class/net/{name}").exists():
            raise


def _remove_tables() -> None:
    """Delete kube-proxy's tables if they serve our addresses and not another cluster's."""
    tables = [entry.get("table", {}) for entry in json.loads(run(["nft", "--json", "list", "tables"]))["nftables"]]
    families = {table["family"] for table in tables if table.get("name") == "kube-proxy"}
    if "ip" not in families or BRIDGE_ADDRESS not in run(["nft", "list", "table", "ip", "kube-proxy"]):
        return
    # The IPv6 table names no address of ours: it goes first, while the other still tells whose it is.
    for family in sorted(families, reverse=True):
        run(["nft", "delete", "table", family, "kube-proxy"])
