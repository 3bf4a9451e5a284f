# SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
# SPDX-License-Identifier: GPL-3.0-or-later

"""A cluster under a writer, hurt at random again and again, then updated by runs that are killed at random moments.

It must become healthy each time, each update must end, and every acknowledged write must be there at the end. ROUNDS and KILLS say how often.
"""

import os
import random
import sys
import time

from tests.integration.cluster import NAME, Cluster, kubectl
from tests.integration.updating import Running, down, images, start, upgrade
from tests.integration.writer import Writer

ROUNDS = int(os.environ.get("ROUNDS", "15"))
KILLS = int(os.environ.get("KILLS", "30"))
HURTS = ("delete one pod", "delete all pods", "kill one process", "kill all processes", "full disk", "lost peers")
VERSIONS = ("0.4.0", "0.4.1")


def hurt(cluster: Cluster, how: str) -> None:
    """Do it, and take a fault back after a moment."""
    victims = [random.randrange(3)] if "one" in how or how in ("full disk", "lost peers") else [0, 1, 2]
    pods = [f"{NAME}-{v}" for v in victims]
    if how.startswith("delete"):
        kubectl("delete", "pod", *pods, "-n", cluster.namespace, "--wait=false")
        return
    fault = {"full disk": "disk_full", "lost peers": "peers_lost"}.get(how, "crash")
    for pod in pods:
        kubectl("exec", pod, "-n", cluster.namespace, "--", "/robustmq/libs/placement-center", "fault", fault, "--seconds", "3", check=False)


def hurt_again_and_again(cluster: Cluster, writer: Writer) -> bool:
    """Did it always become healthy?"""
    for turn in range(ROUNDS):
        how = random.choice(HURTS)
        time.sleep(random.uniform(0.5, 2.0))
        hurt(cluster, how)
        time.sleep(1)
        found = cluster.module("pc_health", wait_timeout=300, stable_seconds=2, wait_patience=300, must_pass=True)
        print(f"{turn + 1}/{ROUNDS} {how}: {found.get('summary')} ({len(writer.acknowledged)} writes acknowledged)", flush=True)
        if not found.get("healthy"):
            print(found.get("msg"), file=sys.stderr)
            return False
    return True


def kill_again_and_again(cluster: Cluster, writer: Writer) -> bool:
    """Did every update that was killed go on when it was run again, with at most one member away, and end?"""
    turn, ended = 0, 0
    while turn < KILLS:
        version, order = VERSIONS[ended % 2], random.choice(("ordinal", "leader_last"))
        for _kill in range(random.randint(1, 3)):
            run = start(cluster, version, pc_allow_downgrade=True, pc_order=order, pc_stable_seconds=2)
            some_time(run)
            finished = run.process.poll()
            said, away = run.kill(), down(cluster)
            turn += finished is None
            print(f"{turn}/{KILLS} to {version}, {order}: {'killed' if finished is None else 'ended'}, {said or 'before it moved a member'}", flush=True)
            if len(away) > 1 or finished not in (None, 0):
                print(f"away: {away}\n{run.screen}", file=sys.stderr)
                return False
        last = upgrade(cluster, version, pc_allow_downgrade=True, pc_order=order)
        ended += 1
        print(f"to {version}: {images(cluster)} ({len(writer.acknowledged)} writes acknowledged, longest gap {writer.gap:.1f} s)", flush=True)
        if last.code or images(cluster) != [version] * 3:
            print(last.screen, file=sys.stderr)
            return False
    return True


def some_time(run: Running) -> None:
    """A random moment: one time in three from the start, else from when a member moves, since a run after a kill first waits for its Lease."""
    if random.random() > 1 / 3:
        while run.process.poll() is None and not run.last:
            time.sleep(0.05)
        time.sleep(random.uniform(0, 12))
    else:
        time.sleep(random.uniform(1, 25))


def main() -> int:
    """Return 0 if nothing was lost and it always became healthy again."""
    cluster = Cluster("chaos")
    cluster.remove()
    kubectl("wait", "--for=delete", "namespace/chaos", "--timeout=60s", check=False)
    if cluster.play("deploy").code:
        return 1
    with Writer(cluster) as writer:
        sound = hurt_again_and_again(cluster, writer) and kill_again_and_again(cluster, writer)
    if not sound:
        return 1
    lost = writer.missing()
    print(f"{len(writer.acknowledged)} acknowledged writes, {len(lost)} missing on some member", flush=True)
    cluster.remove()
    return 1 if lost else 0


if __name__ == "__main__":
    sys.exit(main())
