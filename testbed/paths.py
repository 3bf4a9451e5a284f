# SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
# SPDX-License-Identifier: GPL-3.0-or-later

"""Where the testbed keeps things: one state folder a machine, one cache a user."""

import os
from pathlib import Path

TESTBED = Path(__file__).resolve().parent
STATE = Path(os.environ.get("PC_TESTBED_STATE", "/var/lib/robustmq-testbed")).resolve()
CACHE = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "robustmq-placement-center"

BIN = STATE / "bin"
CONFIG = STATE / "config"
LOGS = STATE / "logs"
PKI = STATE / "pki"
RUN = STATE / "run"
PROCESSES = RUN / "processes"
KUBELET = STATE / "kubelet"
CLUSTER_MARK = STATE / "cluster.json"

CONTAINERD_SOCKET = RUN / "containerd.sock"
ADMIN_KUBECONFIG = CONFIG / "admin.conf"
# The administrator no binding can lock out: what the testbed itself uses.
SYSTEM_KUBECONFIG = CONFIG / "super-admin.conf"


def write_config(name: str, content: str) -> Path:
    """Write a daemon's configuration, leaving an equal file untouched: kube-proxy ends when its file is written."""
    path = CONFIG / name
    if not path.exists() or path.read_text() != content:
        path.write_text(content)
    return path


def make_state() -> None:
    """Make the state folder and its rooms, closed to other users."""
    STATE.mkdir(mode=0o700, parents=True, exist_ok=True)
    for folder in (BIN, CONFIG, LOGS, PKI, RUN, PROCESSES, KUBELET):
        folder.mkdir(exist_ok=True)
