# SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""What members of a real server go through in the makers' own drill: a process at full load beside one, and a slow network."""

from __future__ import annotations

import contextlib
import pathlib
import subprocess
import sys
import typing as t

from tests.integration.cluster import NAME, Cluster
from tests.integration.where import of_pod, served_by

PORT = 15128  # inside the pod's network, where nobody else listens
TABLE = "ip pc_delay"
REDIRECT = """
table {table} {{
  chain output {{
    type nat hook output priority -100;
    ip daddr != 127.0.0.0/8 tcp dport 1228 meta skuid != 0 redirect to :{port}
  }}
}}
"""


class Load:
    """A process that computes until the block ends; beside everybody, or within what one member's pod may use."""

    def __init__(self, within: int | None = None) -> None:
        """:param within: a process of the pod."""
        self._within = within

    def __enter__(self) -> t.Self:
        self._process = subprocess.Popen([sys.executable, "-c", "while True: pass"])
        if self._within is not None:
            _share_processor(self._process.pid, self._within)
        return self

    def __exit__(self, *_failure: object) -> None:
        self._process.kill()
        self._process.wait()


def _share_processor(pid: int, other: int) -> None:
    """Move a process into the control group that limits another's processor time."""
    for line in pathlib.Path(f"/proc/{other}/cgroup").read_text().splitlines():
        _number, controllers, path = line.split(":", 2)
        if "cpu" in controllers.split(",") or not controllers:
            mount = pathlib.Path("/sys/fs/cgroup") / controllers
            (mount / path.lstrip("/") / "cgroup.procs").write_text(str(pid))
            return
    raise AssertionError(f"no control group limits the processor time of {other}")


def loaded(cluster: Cluster, ordinal: int) -> Load:
    """One member at full processor load, as a process in its own pod would do it."""
    return Load(served_by(cluster, ordinal))


@contextlib.contextmanager
def delayed(cluster: Cluster, ordinal: int, milliseconds: int = 100, jitter: int = 10) -> t.Iterator[None]:
    """What a member sends to its peers over connections that it opens arrives later. Those that are open already end, and are made anew."""
    inside = ["nsenter", "-t", str(min(of_pod(cluster, f"{NAME}-{ordinal}"))), "-n"]
    program = [sys.executable, str(pathlib.Path(__file__).with_name("delay.py")), str(PORT), str(milliseconds), str(jitter)]
    with subprocess.Popen([*inside, *program], stdout=subprocess.PIPE, text=True) as proxy:
        try:
            assert proxy.stdout and proxy.stdout.readline() == "listens\n", "the proxy does not listen"
            subprocess.run([*inside, "nft", "-f", "-"], check=True, input=REDIRECT.format(table=TABLE, port=PORT), text=True)
            subprocess.run([*inside, "ss", "-K", "dport", "=", ":1228"], check=False, capture_output=True)
            yield
        finally:
            subprocess.run([*inside, "nft", "delete", "table", *TABLE.split()], check=False, capture_output=True)
            proxy.kill()
