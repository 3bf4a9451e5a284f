# SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""The edges that an update stands on, each against the real cluster: Lease, canary writer, image, events, receipts."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
import typing as t
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import ansible_collections
import pytest
from ansible_collections.robustmq.placement_center.plugins.module_utils import _events, _images
from ansible_collections.robustmq.placement_center.plugins.module_utils._errors import Conflict, FieldConflict, Refused
from ansible_collections.robustmq.placement_center.plugins.module_utils._kube import Kube
from ansible_collections.robustmq.placement_center.plugins.module_utils._lease import Lease
from ansible_collections.robustmq.placement_center.plugins.module_utils._profiles import PROFILES
from ansible_collections.robustmq.placement_center.plugins.module_utils._pull import bring_image
from ansible_collections.robustmq.placement_center.plugins.module_utils._receipt import Receipt
from ansible_collections.robustmq.placement_center.plugins.module_utils._receipts import store, stored
from ansible_collections.robustmq.placement_center.plugins.module_utils._writer import CanaryWriter

from . import kv
from .api_proxy import api_server
from .cluster import NAME, Cluster, Object, kubectl
from .faults import kill, stopped
from .looking import look
from .test_deploy import wait_healthy
from .test_profiles import GENERATIONS
from .waiting import until

CONTRACT = PROFILES["contract"]

HOLDER = """
import sys, time
import ansible_collections
ansible_collections.__path__ = sys.argv[2:]
from ansible_collections.robustmq.placement_center.plugins.module_utils._kube import Kube
from ansible_collections.robustmq.placement_center.plugins.module_utils._lease import Lease
with Lease(Kube({}), sys.argv[1], "placement-center", "upgrade"):
    print("held", flush=True)
    time.sleep(600)
"""


@pytest.fixture
def space(cluster: Cluster) -> str:
    """An empty namespace."""
    kubectl("create", "namespace", cluster.namespace)
    return cluster.namespace


def lease(kube: Kube, space: str, **options: t.Any) -> Lease:
    return Lease(kube, space, NAME, "rollback", **options)


def spec_of(space: str) -> Object:
    return t.cast(Object, json.loads(kubectl("get", "lease", f"{NAME}-operation", "-n", space, "-o", "json"))["spec"])


# Kube


def test_our_own_patch_is_no_foreign_owner(space: str) -> None:
    kube = Kube({})
    wish: Object = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "x", "namespace": space}, "data": {"a": "1", "b": "1"}}
    kube.create(wish)
    with pytest.raises(Conflict):
        kube.create(wish)
    stale = kube.apply(wish)["metadata"]["resourceVersion"]
    assert kube.merge("ConfigMap", space, "x", {"metadata": {"resourceVersion": stale}, "data": {"a": "2"}})["data"] == {"a": "2", "b": "1"}
    with pytest.raises(Conflict):
        kube.merge("ConfigMap", space, "x", {"metadata": {"resourceVersion": stale}, "data": {"a": "3"}})
    assert kube.apply({**wish, "data": {"a": "4", "b": "1"}})["data"]["a"] == "4"
    kubectl("patch", "configmap", "x", "-n", space, "--type=merge", "-p", '{"data":{"b":"9"}}')
    kube.merge("ConfigMap", space, "x", {"data": {"a": "5"}})
    with pytest.raises(FieldConflict, match=r"\.data\.b"):
        kube.apply({**wish, "data": {"a": "6", "b": "1"}})


# Lease


def test_a_second_operation_is_refused_by_name_and_the_third_gets_its_turn(space: str) -> None:
    kube = Kube({})
    with Lease(kube, space, NAME, "upgrade") as mine:
        assert mine.held and spec_of(space)["holderIdentity"] == mine.me
        begun = time.monotonic()
        with pytest.raises(Refused, match=r"upgrade by .+ \(begun \d+ s ago, last renewed \d+ s ago\)") as refused, lease(kube, space):
            pass
        assert refused.value.reason == "operation_running" and time.monotonic() - begun < 8, "a sign of life ends the wait"
        with pytest.raises(Refused), lease(kube, space, wait=0):
            pass
        assert mine.held
    assert "holderIdentity" not in spec_of(space)
    with lease(kube, space, wait=0) as next_one:
        assert next_one.held and spec_of(space)["leaseTransitions"] == 1


def test_a_killed_operation_is_followed_once_its_lease_has_stood_still(space: str) -> None:
    holder = subprocess.Popen([sys.executable, "-c", HOLDER, space, *ansible_collections.__path__], stdout=subprocess.PIPE, text=True)
    assert holder.stdout and holder.stdout.readline() == "held\n"
    os.kill(holder.pid, signal.SIGKILL)
    holder.wait()
    told: list[str] = []
    begun = time.monotonic()
    with lease(Kube({}), space, tell=told.append) as mine:
        assert mine.held and 14 < time.monotonic() - begun < 20
    assert len(told) == 1 and "waiting up to 15 s" in told[0] and "upgrade by" in told[0]


def test_a_lease_that_another_took_is_lost_at_the_next_renewal(space: str) -> None:
    with Lease(Kube({}), space, NAME, "upgrade") as mine:
        kubectl("patch", "lease", f"{NAME}-operation", "-n", space, "--type=merge", "-p", '{"spec":{"holderIdentity":"thief steal"}}')
        until(lambda: not mine.held, seconds=8)
        assert "steal by thief" in mine.lost
    assert spec_of(space)["holderIdentity"] == "thief steal", "what is not ours is not released"


def test_without_an_api_server_it_is_not_held_and_afterwards_it_is_ours_again(space: str) -> None:
    with api_server() as api, Lease(Kube(api[0], 2), space, NAME, "upgrade") as mine:
        mood = api[1]
        mood.failing = 1.0
        until(lambda: not mine.held, seconds=14)
        assert not mine.lost
        mood.failing = 0.0
        until(lambda: mine.held, seconds=6)


# The canary writer


@contextlib.contextmanager
def writing(cluster: Cluster, profile: str = "contract", kube: Kube | None = None) -> t.Iterator[CanaryWriter]:
    """A writer on a whole cluster; at the end nothing that it wrote may be missing."""
    shape = PROFILES[profile]
    pods = [f"{NAME}-{shape.first_ordinal + at}" for at in range(3)]
    writer = CanaryWriter(kube or Kube({}, 3), cluster.namespace, shape, pods, "test").start()
    try:
        until(lambda: writer.acknowledged > 20, seconds=20)
        writer.mark()
        yield writer
    finally:
        assert writer.verify() == (), writer.totals()
    assert writer.requests > writer.acknowledged


def lead(cluster: Cluster, profile: str = "contract") -> int:
    """The leader's ordinal, once the members name one."""
    found = look(cluster.namespace, profile=profile)
    return int(next(g["leader"] for g in found["groups"] if g["name"] == PROFILES[profile].kv_group))


def calm(writer: CanaryWriter) -> None:
    """No gap within two seconds."""
    writer.mark()
    time.sleep(2)
    assert writer.gap_ms < 500, writer.totals()


def test_the_canary_measures_what_clients_see(cluster: Cluster) -> None:
    assert cluster.play("deploy").code == 0
    wait_healthy(cluster)
    with writing(cluster) as writer:
        calm(writer)
        writer.mark()
        kill(cluster, lead(cluster))
        time.sleep(6)
        assert 100 < writer.gap_ms < 6000 and writer.stopped_ms >= writer.gap_ms - 1, writer.totals()
        calm(writer)
        wait_healthy(cluster)
        writer.mark()
        with stopped(cluster, lead(cluster)):
            time.sleep(6)
        assert 500 < writer.gap_ms < 6000, writer.totals()
        calm(writer)


def test_a_write_that_the_cluster_forgot_is_lost_by_number_and_key(cluster: Cluster) -> None:
    assert cluster.play("deploy").code == 0
    wait_healthy(cluster)
    writer = CanaryWriter(Kube({}, 3), cluster.namespace, CONTRACT, [f"{NAME}-{o}" for o in range(3)], "test").start()
    until(lambda: writer.acknowledged > 5, seconds=20)
    writer.stop()
    host = cluster.get("pod", f"{NAME}-{lead(cluster)}")["status"]["podIP"]
    kv.put(host, "placement-center-canary/test/0", "2")
    (lost,) = writer.verify()
    assert lost.code == "write_lost" and "placement-center-canary/test/0" in lost.message and lost.message.endswith("holds 2")


def test_silence_of_the_api_server_and_of_ourselves_is_no_gap(cluster: Cluster) -> None:
    assert cluster.play("deploy").code == 0
    wait_healthy(cluster)
    with api_server() as api, writing(cluster, kube=Kube(api[0], 3)) as writer:
        mood = api[1]
        mood.failing = 1.0
        time.sleep(8)
        mood.failing = 0.0
        before = writer.acknowledged
        until(lambda: writer.acknowledged > before + 10, seconds=20)
        assert writer.gap_ms < 3000, writer.totals()
        writer.mark()
        asleep(8)
        assert writer.gap_ms < 3000, writer.totals()


def asleep(seconds: float) -> None:
    """This whole process, stopped and continued from outside."""
    script = f"kill -STOP {os.getpid()}; sleep {seconds}; kill -CONT {os.getpid()}"
    subprocess.run(["setsid", "sh", "-c", script], check=True)
    time.sleep(1)


@pytest.mark.parametrize("profile, image, groups", GENERATIONS[1:], ids=[g[0] for g in GENERATIONS[1:]])
def test_every_generation_takes_the_canarys_writes(cluster: Cluster, profile: str, image: str, groups: int) -> None:
    run = cluster.play("deploy", pc_profile=profile, pc_image=image)
    assert run.code == 0, run.screen
    with writing(cluster, profile) as writer:
        kill(cluster, lead(cluster, profile))
        before = writer.acknowledged
        until(lambda: writer.acknowledged > before + 40, seconds=60)
        assert 100 < writer.gap_ms < 45000, writer.totals()


# Image, events, receipts


@pytest.fixture
def stateful_set(space: str) -> Object:
    """A set without members: enough to own something."""
    labels = {"app": "robustmq"}
    container = {"name": CONTRACT.container, "image": "robustmq/placement-center:0.3.0", "securityContext": {"allowPrivilegeEscalation": False}}
    template = {"metadata": {"labels": labels}, "spec": {"containers": [container], "securityContext": {"runAsUser": 1000, "runAsNonRoot": True}}}
    spec = {"replicas": 0, "serviceName": "x", "selector": {"matchLabels": labels}, "template": template}
    made: Object = {"apiVersion": "apps/v1", "kind": "StatefulSet", "metadata": {"name": NAME, "namespace": space}, "spec": spec}
    return Kube({}).create(made)


@pytest.fixture
def forgetful(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nodes that do not list their images, so that a pod must show it."""
    monkeypatch.setattr(_images, "has", lambda node, image: False)


def bring(made: Object, image: str, timeout: float = 30.0, kube: Kube | None = None) -> tuple[dict[str, float], list[str]]:
    told: list[str] = []
    return bring_image(kube or Kube({}), CONTRACT, made, image, [node_name()], timeout, told.append), told


def node_name() -> str:
    return str(json.loads(kubectl("get", "nodes", "-o", "json"))["items"][0]["metadata"]["name"])


def pods(space: str) -> list[Object]:
    return [p for p in json.loads(kubectl("get", "pods", "-n", space, "-o", "json"))["items"] if "deletionTimestamp" not in p["metadata"]]


def test_an_image_that_a_node_lists_needs_no_pod(stateful_set: Object, space: str) -> None:
    assert bring(stateful_set, "robustmq/placement-center:0.4.0") == ({}, [])


@pytest.mark.usefixtures("forgetful")
def test_an_image_is_shown_to_be_there_by_a_pod_that_ends(stateful_set: Object, space: str) -> None:
    left = _images.pull_pod(stateful_set, CONTRACT, "robustmq/placement-center:0.3.0", node_name(), 60)
    Kube({}).create(left)
    took, told = bring(stateful_set, "robustmq/placement-center:0.4.0")
    assert 0 < took[node_name()] < 20 and len(told) == 2
    assert pods(space) == []


def test_an_image_that_does_not_exist_is_refused_in_the_kubelets_words(stateful_set: Object, space: str) -> None:
    with pytest.raises(Refused, match=r"cannot have localhost:1/no/such:1: ErrImagePull: .+") as refused:
        bring(stateful_set, "localhost:1/no/such:1")
    assert refused.value.reason == "image_unavailable" and pods(space) == []


def test_a_node_that_does_not_answer_is_a_refusal_in_time(stateful_set: Object, space: str) -> None:
    begun = time.monotonic()
    with pytest.raises(Refused, match=r"was not there within 3 s on nowhere: ") as refused:
        bring_image(Kube({}), CONTRACT, stateful_set, "i:2", ["nowhere"], 3, lambda line: None)
    assert refused.value.reason == "image_not_brought" and time.monotonic() - begun < 6 and pods(space) == []


def test_a_quota_that_forbids_the_pod_is_named(stateful_set: Object, space: str) -> None:
    kubectl("create", "quota", "none", "--hard=pods=0", "-n", space)
    until(lambda: "pods" in json.loads(kubectl("get", "quota", "none", "-n", space, "-o", "json"))["status"].get("hard", {}), seconds=10)
    with pytest.raises(Refused, match="exceeded quota") as refused:
        bring(stateful_set, "robustmq/placement-center:9")
    assert refused.value.reason == "image_not_brought"


def test_events_are_told_by_describe_and_a_missing_right_is_a_concern(stateful_set: Object, space: str) -> None:
    assert _events.tell(Kube({}), stateful_set, "Warning", "write_lost", "a write is gone") is None
    assert "WriteLost" in kubectl("describe", "statefulset", NAME, "-n", space)
    kubectl("create", "serviceaccount", "nobody", "-n", space)
    token = kubectl("create", "token", "nobody", "-n", space).strip()
    config = json.loads(kubectl("config", "view", "--raw", "-o", "json"))
    nobody = Kube({"kubeconfig": {**config, "users": [{"name": u["name"], "user": {"token": token}} for u in config["users"]]}})
    concern = _events.tell(nobody, stateful_set, "Normal", "done", "all is well")
    assert concern and concern.code == "event_not_written" and "cannot create resource" in concern.message


def test_receipts_of_many_at_once_are_kept_up_to_ten(space: str) -> None:
    kube = Kube({})
    made = [Receipt("upgrade", NAME, space, 1_800_000_000.0 + at, None, "done") for at in range(12)]
    for receipt in made[:8]:
        store(kube, receipt)
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda r: store(kube, r), made[8:]))
    assert store(kube, replace(made[11], state="held")) == "20270115T080011.000Z-upgrade.json"
    kept = stored(kube, space, NAME)
    assert len(kept) == 10 and kept[0]["state"] == "held" and kept[-1]["started"] == "2027-01-15T08:00:02.000Z"
