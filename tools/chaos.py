# SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
# SPDX-License-Identifier: GPL-3.0-or-later

"""A cluster under a writer, hurt at random again and again: it must become healthy, and keep every acknowledged write."""

import os
import random
import sys
import time

from tests.integration.cluster import NAME, Cluster, kubectl
from tests.integration.writer import Writer

ROUNDS = int(os.environ.get("ROUNDS", "15"))
HURTS = ("delete one pod", "delete all pods", "kill one process", "kill all processes", "full disk", "lost peers")


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


def main() -> int:
    """Return 0 if nothing was lost and it always became healthy again."""
    cluster = Cluster("chaos")
    cluster.remove()
    kubectl("wait", "--for=delete", "namespace/chaos", "--timeout=60s", check=False)
    if cluster.play("deploy").code:
        return 1
    writer = Writer(cluster)
    writer.start()
    for turn in range(ROUNDS):
        how = random.choice(HURTS)
        time.sleep(random.uniform(0.5, 2.0))
        hurt(cluster, how)
        time.sleep(1)
        found = cluster.module("pc_health", wait_timeout=300, stable_seconds=2, wait_patience=300, must_pass=True)
        print(f"{turn + 1}/{ROUNDS} {how}: {found.get('summary')} ({len(writer.acknowledged)} writes acknowledged)", flush=True)
        if not found.get("healthy"):
            print(found.get("msg"), file=sys.stderr)
            return 1
    writer.ended.set()
    writer.join()
    lost = writer.missing()
    print(f"{len(writer.acknowledged)} acknowledged writes, {len(lost)} missing on some member", flush=True)
    cluster.remove()
    return 1 if lost else 0


if __name__ == "__main__":
    sys.exit(main())
