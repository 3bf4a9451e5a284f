# SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
# SPDX-License-Identifier: GPL-3.0-or-later

"""Bringing the cluster up: from nothing, from a running one, or from what a killed one left."""

import fcntl
import hashlib
import json
import os
import socket
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

from testbed import addons, artifacts, certificates, cgroups, cleanup, control_plane, images, network, node, packages, paths, volumes
from testbed.api import Api
from testbed.processes import Daemon, running_pid, start
from testbed.progress import Failure, say, wait_for
from testbed.settings import API_PORT, BRIDGE_ADDRESS, CSI_DRIVERS, ETCD_PORT, NODE

_START_SECONDS = 60
Binaries = Mapping[str, Path]


@contextmanager
def alone() -> Iterator[None]:
    """Let one command at a time work on the machine's testbed, from whichever checkout."""
    if os.geteuid() != 0:
        raise Failure("the testbed runs as root: it makes mounts, a bridge and control groups")
    paths.STATE.parent.mkdir(parents=True, exist_ok=True)
    folder = os.open(paths.STATE.parent, os.O_RDONLY)
    try:
        fcntl.flock(folder, fcntl.LOCK_EX)
        yield
    finally:
        os.close(folder)


def all_daemons(binaries: Binaries) -> list[Daemon]:
    """List every daemon of the cluster, in an order in which they may start."""
    kube = binaries["kube"]
    return [
        node.containerd(),
        *control_plane.daemons(kube),
        node.kubelet(kube),
        node.kube_proxy(kube),
        addons.coredns(binaries["coredns"]),
        *volumes.daemons(binaries),
    ]


def fingerprint(binaries: Binaries) -> str:
    """Name what a cluster is made of: the daemons' binaries and the testbed's own code.

    Programs that run in pods are not in it: their images are brought up to date in a cluster that runs.
    """
    in_pods = {artifact.name for artifact in artifacts.IN_PODS}
    cluster = {name: path for name, path in binaries.items() if name not in in_pods}
    code = [*sorted(paths.TESTBED.glob("*.py")), paths.TESTBED / "csi" / "objects.yaml"]
    facts = sorted(path.parent.name for path in cluster.values())
    facts += [hashlib.sha256(path.read_bytes()).hexdigest() for path in code]
    return hashlib.sha256("\n".join(facts).encode()).hexdigest()


def _running_fingerprint() -> str | None:
    """Read what the complete cluster is made of; None when none was completed."""
    try:
        return str(json.loads(paths.CLUSTER_MARK.read_text())["fingerprint"])
    except (FileNotFoundError, ValueError, KeyError):
        return None


def up() -> None:
    """Make sure a healthy cluster of exactly this checkout's content runs."""
    packages.ensure()
    binaries = artifacts.ensure()
    wanted = fingerprint(binaries)
    with alone():
        if not _adopt(binaries, wanted):
            cleanup.down()
            _create(binaries)
            paths.CLUSTER_MARK.write_text(json.dumps({"fingerprint": wanted}))
        images.load(images.all_specs(binaries))
    say(f"ready: export KUBECONFIG={paths.ADMIN_KUBECONFIG}; kubectl is {paths.BIN}/kubectl")


def _adopt(binaries: Binaries, wanted: str) -> bool:
    """Keep a running cluster of the wanted content, and restart what died of it."""
    running = _running_fingerprint()
    if running is None:
        return False
    if running != wanted:
        say("the running cluster was made from other content: making it anew")
        return False
    daemons = all_daemons(binaries)
    if not any(running_pid(daemon) for daemon in daemons):
        say("the last cluster was killed: making a new one")
        return False
    network.create()
    for daemon in daemons:
        if start(daemon):
            say(f"restarted {daemon.name}")
    _wait_healthy(Api())
    return True


def _create(binaries: Binaries) -> None:
    """Start a cluster from nothing."""
    kube = binaries["kube"]
    paths.make_state()
    (paths.BIN / "kubectl").symlink_to(kube)
    cgroups.create()
    network.create()
    containerd = node.containerd()
    start(containerd)
    with ThreadPoolExecutor() as pool:
        pause = pool.submit(_load_pause, binaries["pause"])
        certificates.create(kube)
        say("certificates made")
        api = _start_control_plane(kube)
        pause.result()
    addons.apply_objects(api)
    volumes.apply_objects(api, binaries["snapshot-crds"])
    for daemon in all_daemons(binaries):
        start(daemon)
    say("every daemon started")
    wait_for("the snapshots' kinds", lambda: volumes.apply_snapshot_classes(api), _START_SECONDS)
    _wait_healthy(api)


def _load_pause(binary: Path) -> None:
    """Import the one image that kubelet cannot start a pod without."""
    wait_for("containerd", _listens(str(paths.CONTAINERD_SOCKET)), _START_SECONDS)
    images.load([images.pause_spec(binary)])


def _start_control_plane(kube: Path) -> Api:
    """Start etcd and the API server, and wait until it takes objects."""
    etcd, apiserver, *_ = control_plane.daemons(kube)
    start(etcd)
    wait_for("etcd", _listens(("127.0.0.1", ETCD_PORT)), _START_SECONDS)
    start(apiserver)
    wait_for("the API server's port", _listens((BRIDGE_ADDRESS, API_PORT)), _START_SECONDS)
    api = Api()
    wait_for("the API server", api.ready, _START_SECONDS)
    say("API server ready")
    return api


def _listens(address: str | tuple[str, int]) -> Callable[[], bool]:
    """Give the question whether somebody accepts connections at a socket's path or an address."""
    family = socket.AF_UNIX if isinstance(address, str) else socket.AF_INET

    def ask() -> bool:
        with socket.socket(family) as client:
            client.settimeout(1)
            return client.connect_ex(address) == 0

    return ask


def _wait_healthy(api: Api) -> None:
    """Wait for all that a test takes for granted."""
    wait_for("the API server", api.ready, _START_SECONDS)
    wait_for("the node to be Ready", lambda: _node_ready(api), _START_SECONDS)
    say("node Ready")
    wait_for("the volume drivers to register", lambda: _drivers_registered(api), _START_SECONDS)
    wait_for("the cluster's DNS", addons.dns_answers, _START_SECONDS)
    account = "/api/v1/namespaces/default/serviceaccounts/default"
    wait_for("the default service account", lambda: api.get(account) is not None, _START_SECONDS)
    say("DNS answers, volume drivers registered")


def _node_ready(api: Api) -> bool:
    seen = api.get(f"/api/v1/nodes/{NODE}")
    if seen is None or seen["spec"].get("taints"):
        return False
    conditions = {item["type"]: item["status"] for item in seen["status"].get("conditions", [])}
    return conditions.get("Ready") == "True"


def _drivers_registered(api: Api) -> bool:
    seen = api.get(f"/apis/storage.k8s.io/v1/csinodes/{NODE}")
    names = {driver["name"] for driver in (seen or {}).get("spec", {}).get("drivers") or []}
    return names.issuperset(CSI_DRIVERS)
