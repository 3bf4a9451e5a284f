# SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Backups that are killed, or whose pods are: the next run puts things right, and what was left is gone."""

from __future__ import annotations

import contextlib
import os
import random
import time
import typing as t

import pytest

from .backups import LATE, RESTIC, bulk, contents, made, paper, repository, running, tools, volumes
from .cluster import NAME, Cluster, Object, kubectl
from .test_deploy import wait_healthy
from .updating import Running, deployed, down, start, until
from .writer import Writer

KILLS = int(os.environ.get("KILLS", "10"))
COLD: Object = {**RESTIC, "pc_backup_source": "cold"}
DATA = [f"data-{NAME}-{ordinal}" for ordinal in range(3)]

Seen = t.Callable[[Cluster, Running, t.Collection[str]], t.Any]  # given what was there before the run


def says(words: str) -> Seen:
    """It has told this."""
    return lambda _cluster, run, _old: words in run.screen


def there(kind: str, part: str) -> Seen:
    """It has made this."""
    return lambda cluster, _run, old: any(o.endswith(part) and o not in old for o in names(cluster, kind))


def names(cluster: Cluster, kind: str) -> list[str]:
    """What there is of a kind."""
    return [o["metadata"]["name"] for o in cluster.get(kind)["items"]]


def reads(part: str) -> Seen:
    """A pod of this Job runs now."""
    return lambda cluster, _run, old: set(running(cluster, part)) - set(old)


SNAPSHOT_MOMENTS: tuple[tuple[str, Seen], ...] = (
    ("the fence", says("  fence: ")),
    ("a snapshot is asked for", there("volumesnapshot", "-s1")),
    ("it is ready", says("term has changed")),
    ("a claim is made of it", there("pvc", "-source")),
    ("its files are hashed", there("job", "-hash")),
    ("they are listed", says("each hashed")),
    ("the server opens it", there("pod", "-open")),
    ("it was opened", says("the server opens the copy")),
)
RESTIC_MOMENTS: tuple[tuple[str, Seen], ...] = (
    ("the repository is asked", there("job", "-repo")),
    ("a snapshot is ready", says("term has changed")),
    ("its files are listed", says("each hashed")),
    ("restic stores", reads("-store")),
    ("restic has stored", says("restic snapshot ")),
    ("restic gives back", reads("-fill")),
    ("all is back", says("gives back every file")),
    ("it was opened", says("the server opens the copy")),
    ("the manifest is stored", there("job", "-papers")),
)
COLD_MOMENTS: tuple[tuple[str, Seen], ...] = (
    ("the member stops", says("stops for a cold copy")),
    ("its pod is gone", lambda cluster, run, _old: "stops for a cold copy" in run.screen and f"{NAME}-2" not in names(cluster, "pod")),
    ("its files are listed", says("each hashed")),
    ("restic stores", reads("-store")),
    ("the member is called back", says("members again")),
    ("all is back", says("gives back every file")),
)


def killed(cluster: Cluster, moment: tuple[str, Seen], **variables: t.Any) -> None:
    """Start it, and kill it with all that it has started when that is seen."""
    what, seen = moment
    old = [name for kind in ("pod", "job", "pvc", "volumesnapshot") for name in names(cluster, kind)]
    run = start(cluster, playbook="backup", **variables)
    try:
        run.until(lambda: seen(cluster, run, old), what)
    finally:
        run.kill()
    print(f"killed when {what}: {tools(cluster)}")


def right(cluster: Cluster, **variables: t.Any) -> Object:
    """The next run ends right, the cluster has three members, and nothing is left that is no backup."""
    found = made(cluster, **variables)
    assert found["level"] == 2 and paper(cluster, found["id"])["level"] == 2
    assert tools(cluster) == []
    until(lambda: not down(cluster), "three members serve")
    claims = sorted([*DATA, *(c for c in names(cluster, "pvc") if c == "repository")])
    until(lambda: volumes(cluster) == claims, "the volumes that were made for a moment are gone")
    until(lambda: len(contents(cluster)) == len(names(cluster, "volumesnapshot")), "the storage keeps no snapshot that is no backup")
    return found


def test_killed_while_a_member_is_away_for_a_cold_copy(cluster: Cluster) -> None:
    """The worst moment, so that every test run has it; and the next backup is of another kind."""
    deployed(cluster)
    wait_healthy(cluster)
    repository(cluster)
    with Writer(cluster) as writer:
        killed(cluster, ("restic stores", reads("-store")), **COLD, **LATE)
        assert down(cluster) == [f"{NAME}-2"]
        right(cluster)
    assert writer.missing() == []


@pytest.mark.long
@pytest.mark.parametrize("method, moments", [({}, SNAPSHOT_MOMENTS), (RESTIC, RESTIC_MOMENTS), (COLD, COLD_MOMENTS)], ids=["snapshot", "restic", "cold"])
def test_killed_at_every_action(cluster: Cluster, method: Object, moments: tuple[tuple[str, Seen], ...]) -> None:
    deployed(cluster)
    wait_healthy(cluster)
    if method:  # a claim that nobody ever uses has no volume
        repository(cluster)
    with Writer(cluster) as writer:
        for moment in moments:
            killed(cluster, moment, **method)
            assert down(cluster) in ([], [f"{NAME}-2"]) and (method is COLD or not down(cluster))
        right(cluster, **method, pc_keep_last=1)
    assert writer.missing() == []


@pytest.mark.long
def test_restics_pod_killed_while_it_stores(cluster: Cluster) -> None:
    deployed(cluster)
    wait_healthy(cluster)
    repository(cluster)
    bulk(cluster, 64)
    with Writer(cluster) as writer:
        for number in range(KILLS):
            run = start(cluster, playbook="backup", **RESTIC, **LATE)
            run.until(lambda: running(cluster, "-store"), "restic stores")
            time.sleep(random.uniform(0, 10))
            victims = running(cluster, "-store")
            with contextlib.suppress(AssertionError):  # it may just have ended
                kubectl("delete", "pod", *victims, "-n", cluster.namespace, f"--grace-period={random.choice((0, 30))}", "--wait=false")
            code = run.ends()
            print(f"{number + 1}/{KILLS}: {len(victims)} pods killed, {'ended right' if code == 0 else run.lines[-8:]}")
            assert code == 0 or '"reason": "mover_killed"' in run.screen, run.screen
            assert tools(cluster) == []
        right(cluster, **RESTIC)
    assert writer.missing() == []
