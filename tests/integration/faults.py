# SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Ways to hurt members from outside, each undone when its block ends. They need root on the node that runs the members."""

from __future__ import annotations

import contextlib
import json
import os
import pathlib
import shutil
import signal
import subprocess
import typing as t

from . import waiting
from .cluster import NAME, Cluster, kubectl
from .where import data, node_address, of_pod, served_by

PROGRAM = "/robustmq/libs/placement-center"
TABLE = "inet pc_fault"
CHAINS = """
table {table} {{
  chain input {{
    type filter hook input priority 0; policy {policy};
    {heard}
  }}
  chain output {{
    type filter hook output priority 0; policy {policy};
    {told}
  }}
}}
"""


# Faults that end with their block


def growth_fails(cluster: Cluster, ordinal: int, where: str, words: str) -> contextlib.AbstractContextManager[pathlib.Path]:
    """The driver refuses to grow a member's volume, in its ``controller`` or on the ``node``; a gRPC code's name comes first."""
    return _driver_fails(cluster, ordinal, where, words)


def snapshot_fails(cluster: Cluster, ordinal: int, words: str) -> contextlib.AbstractContextManager[pathlib.Path]:
    """The driver makes no snapshot of a member's volume until the block ends, or the file that it gives is removed."""
    return _driver_fails(cluster, ordinal, "snapshot", words)


@contextlib.contextmanager
def _driver_fails(cluster: Cluster, ordinal: int, what: str, words: str) -> t.Iterator[pathlib.Path]:
    volume = cluster.get("pvc", f"data-{NAME}-{ordinal}")["spec"]["volumeName"]
    found = json.loads(kubectl("get", "pv", volume, "-o", "json"))["spec"]["csi"]
    state = pathlib.Path(os.environ.get("PC_TESTBED_STATE", "/var/lib/robustmq-testbed"))
    file = state / "csi" / found["driver"] / "volumes" / f"{found['volumeHandle']}.{what}-fault"
    try:
        file.write_text(words)
        yield file
    finally:
        file.unlink(missing_ok=True)


@contextlib.contextmanager
def stopped(cluster: Cluster, *ordinals: int) -> t.Iterator[None]:
    """SIGSTOP: the ports are open, connections are made, nobody answers."""
    pids = [served_by(cluster, o) for o in ordinals]
    try:
        for pid in pids:
            os.kill(pid, signal.SIGSTOP)
        yield
    finally:
        for pid in pids:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGCONT)


@contextlib.contextmanager
def _filtered(cluster: Cluster, pods: t.Iterable[str], **chains: str) -> t.Iterator[None]:
    # A sandbox outlives its container: the first process of it leads to the pod's network, also when the member dies meanwhile.
    inside = [["nsenter", "-t", str(min(of_pod(cluster, pod))), "-n", "nft"] for pod in pods]
    try:
        for words in inside:
            _run([*words, "-f", "-"], CHAINS.format(table=TABLE, **chains))
        yield
    finally:
        for words in inside:
            subprocess.run([*words, "delete", "table", *TABLE.split()], check=False, capture_output=True)


def cut_off(cluster: Cluster, *ordinals: int, keep: tuple[str, ...] = ()) -> contextlib.AbstractContextManager[None]:
    """Packets of these members are dropped both ways, but for those of the addresses kept; it outlives their processes."""
    heard, told = (f"ip {side} {{ {', '.join(keep)} }} accept" if keep else "" for side in ("saddr", "daddr"))
    return _filtered(cluster, [f"{NAME}-{o}" for o in ordinals], policy="drop", heard=f'iifname "lo" accept\n{heard}', told=f'oifname "lo" accept\n{told}')


def refusing(cluster: Cluster, ordinal: int, *ports: int, state: str = "new") -> contextlib.AbstractContextManager[None]:
    """The node's connections to these ports are refused, as where nobody listens; with ``established`` they are made, and then cut."""
    numbers = ", ".join(map(str, ports))
    heard = f"ip saddr {node_address()} tcp dport {{ {numbers} }} ct state {state} reject with tcp reset"
    return _filtered(cluster, [f"{NAME}-{ordinal}"], policy="accept", heard=heard, told="")


def gone_away(cluster: Cluster, pod: str, port: int) -> contextlib.AbstractContextManager[None]:
    """Whoever is connected to a pod's port is cut off, and nobody gets there any more."""
    return _filtered(cluster, [pod], policy="accept", heard=f"tcp dport {port} reject with tcp reset", told="")


@contextlib.contextmanager
def told(cluster: Cluster, ordinal: int, *words: str) -> t.Iterator[None]:
    """A fault that the reference member does to itself."""
    tell(cluster, ordinal, *words)
    try:
        yield
    finally:
        tell(cluster, ordinal, "clear", words[0])


@contextlib.contextmanager
def filled(folder: pathlib.Path) -> t.Iterator[None]:
    """The volume is full to the last block, by a file of somebody else."""
    ballast = folder / "ballast"
    try:
        with contextlib.suppress(OSError), ballast.open("wb", buffering=0) as file:
            for size in (1 << 20, 1 << 12):
                with contextlib.suppress(OSError):
                    while file.write(bytes(size)):
                        pass
        yield
    finally:
        ballast.unlink(missing_ok=True)


@contextlib.contextmanager
def hidden(folder: pathlib.Path) -> t.Iterator[None]:
    """A volume that holds nothing but ext4's own ``lost+found``; who has its files open notices nothing."""
    away = [entry for entry in folder.iterdir() if entry.name != "lost+found"]
    try:
        for entry in away:
            entry.rename(folder / "lost+found" / entry.name)
        yield
    finally:
        for entry in away:
            (folder / "lost+found" / entry.name).rename(entry)


@contextlib.contextmanager
def frozen(cluster: Cluster, ordinal: int) -> t.Iterator[None]:
    """The volume takes no write and refuses none: writers wait, as with a disk that went away."""
    mount = str(data(cluster, ordinal))
    _run(["fsfreeze", "--freeze", mount])
    try:
        yield
    finally:
        _run(["fsfreeze", "--unfreeze", mount])


# Faults that stay


def tell(cluster: Cluster, ordinal: int, *words: str) -> None:
    """One word to the reference member, inside its pod."""
    kubectl("exec", f"{NAME}-{ordinal}", "-n", cluster.namespace, "--", PROGRAM, "fault", *words)


def kill(cluster: Cluster, ordinal: int) -> int:
    """End a member's process without a warning; its container starts again. Returns the process that is gone."""
    pid = served_by(cluster, ordinal)
    os.kill(pid, signal.SIGKILL)
    return pid


def restart_with(cluster: Cluster, ordinal: int, change: t.Callable[[pathlib.Path], None]) -> int:
    """Change a member's data while its process stands still, then end that, so that the next begins with what is there.

    :returns: the process that is gone.
    """
    pid = served_by(cluster, ordinal)
    os.kill(pid, signal.SIGSTOP)
    change(data(cluster, ordinal))
    os.kill(pid, signal.SIGKILL)
    return pid


def destroy(cluster: Cluster, ordinal: int) -> None:
    """What a broken disk leaves of a member's data: files of nonsense, on which its process ends at every start."""

    def scribble(folder: pathlib.Path) -> None:
        for file in (f for f in folder.rglob("*") if f.is_file()):
            file.write_bytes(b"nonsense")

    restart_with(cluster, ordinal, scribble)
    pod = ["get", "pod", f"{NAME}-{ordinal}", "-n", cluster.namespace, "-o", "jsonpath={.status.containerStatuses[0].state.waiting.reason}"]
    waiting.until(lambda: kubectl(*pod), lambda said: said == "CrashLoopBackOff", 30)


def wipe(folder: pathlib.Path) -> None:
    """Remove all that is in a data directory; the directory itself is the mount."""
    for entry in folder.iterdir():
        if entry.is_dir():
            shutil.rmtree(entry)
        else:
            entry.unlink()


def replaced_by(source: pathlib.Path) -> t.Callable[[pathlib.Path], None]:
    """Make a data directory a copy of another, owners included."""

    def change(folder: pathlib.Path) -> None:
        wipe(folder)
        _run(["cp", "-a", f"{source}/.", f"{folder}/"])

    return change


def _run(words: list[str], text: str | None = None) -> None:
    done = subprocess.run(words, check=False, input=text, capture_output=True, text=True)
    assert done.returncode == 0, f"{' '.join(words)}: {done.stderr}"
