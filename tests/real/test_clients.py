# SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the clients of a real broker feel while members are restarted: a table, and no bar, since it is the server's own doing."""

from __future__ import annotations

import pathlib
import statistics
import time

from tests.integration.cluster import NAME, kubectl
from tests.integration.where import born, served_by

from . import broker
from .clients import Clients
from .conftest import Row
from .members import Real

QUIET, AFTER = 15, 75  # seconds that are looked at: of a cluster at rest, and from a restart on
SLOW = 2.0  # seconds from which on a new client is one that noticed


def told(clients: Clients, begin: float, end: float) -> str:
    """A span in one line."""
    pauses, came = clients.pauses(begin, end), clients.came(begin, end)
    took = [each.seconds for each in came if each.seconds is not None]
    slow = [each.at for each in came if each.seconds is None or each.seconds >= SLOW]
    steady = f"steady messages paused {len(pauses)} times, longest {pauses[0]:.1f} s" if pauses else "steady messages never paused"
    new = f"new topics {statistics.median(took):.1f} s, longest {max(took):.1f} s" if took else "no new topic came through"
    span = f", {len(slow)} of {len(came)} slow, over {max(slow) - min(slow):.0f} s" if slow else ""
    never = sum(each.seconds is None for each in came)
    return f"{steady}; {new}{span}{f', {never} never' if never else ''}"


def restarted(cluster: Real, ordinal: int) -> float:
    """Delete a member's pod; for how long it was away, in seconds."""
    gone, began = served_by(cluster, ordinal), time.monotonic()
    kubectl("delete", "pod", f"{NAME}-{ordinal}", "-n", cluster.namespace)
    return born(served_by(cluster, ordinal, other_than=gone)) - began


def test_what_clients_of_a_broker_feel(cluster: Real, row: Row, tmp_path: pathlib.Path) -> None:
    cluster.server.only("v0_4", "its broker is another program")
    address = broker.start(cluster, tmp_path)
    (leader,) = set(cluster.leaders().values())
    follower = max(o for o in cluster.ordinals if o != leader)
    spans = []
    with Clients(address) as clients:
        time.sleep(5)
        spans.append(("at rest", time.monotonic(), QUIET))
        time.sleep(QUIET)
        for what, ordinal in (("a follower's restart", follower), ("the leader's restart", leader)):
            begin = time.monotonic()
            away = restarted(cluster, ordinal)
            spans.append((f"{what} ({away:.1f} s away)", begin, AFTER))
            time.sleep(max(0.0, begin + AFTER - time.monotonic()))
            cluster.whole()
        begin = time.monotonic()
        run = cluster.passes("upgrade", pc_image=cluster.server.next)
        spans.append(("an update of all three, and what follows", begin, time.monotonic() - begin + AFTER))
        time.sleep(AFTER)
    for what, begin, seconds in spans:
        row(what, told(clients, begin, begin + seconds))
    row("steady messages", f"{len(clients.sent)} sent, {len(clients.arrived)} arrived")
    assert any("MQTT clients" in note for note in run.last("pc_partition_step")["receipt"]["notes"])
    assert clients.arrived, "no message ever came through, so nothing was measured"
