# SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the collection's operations cost, as ratios of two things measured side by side in one run; never absolute times."""

from __future__ import annotations

import json
import os
import pathlib
import re
import statistics
import subprocess
import sys
import tempfile
import time
import typing as t

from tests.integration.cluster import Cluster
from tools import bench_backup, bench_update, by_hand

OTHERS = ("bench-update", "bench-gaps", "bench-backup")
NAMES = ("bench-ours", "bench-kubectl", "bench-seven")
PROBES = {"preset": "basic", "readiness": {"initialDelaySeconds": 5, "periodSeconds": 2}}
RESOURCES = {"requests": {"cpu": "20m", "memory": "32Mi"}, "limits": {"cpu": "1000m", "memory": "256Mi"}}
VARIABLES = {"pc_probes": PROBES, "pc_resources": RESOURCES, "pc_storage_size": "1Gi", "pc_stable_seconds": 0}
PLAYBOOK = "robustmq.placement_center.deploy"
LIMITS = {"deploy": 1.5, "pc_health": 2.0, "pc_health of 7 members": 1.3}
BY_HAND = 8.0  # at least so many times slower
HEALTH = "robustmq.placement_center.pc_health"


def sh(*words: str, text: str | None = None, check: bool = True, **env: str) -> str:
    """A command's output."""
    done = subprocess.run(words, input=text, capture_output=True, text=True, env={**os.environ, **env}, check=False)
    if check and done.returncode:
        sys.exit(f"{' '.join(words)}\n{done.stdout}{done.stderr}")
    return done.stdout


def timed(action: t.Callable[..., object], *given: object) -> float:
    """Seconds that it took."""
    start = time.monotonic()
    action(*given)
    return time.monotonic() - start


def remove(namespace: str) -> None:
    """The namespace and its volumes, and what was granted for it; returns when it is gone."""
    by_hand.clear(namespace)
    Cluster(namespace).remove()
    sh("kubectl", "wait", "--for=delete", f"namespace/{namespace}", "--timeout=300s")


def ours(namespace: str, **more: object) -> None:
    """The playbook, from nothing to the proof of health."""
    sh("ansible-playbook", PLAYBOOK, "-e", json.dumps({**VARIABLES, "pc_namespace": namespace, **more}))


def rendered(namespace: str, folder: pathlib.Path) -> pathlib.Path:
    """The objects that a deployment made, as a file for kubectl."""
    kinds = "configmap,service,pdb,networkpolicy,statefulset"
    items = json.loads(sh("kubectl", "get", kinds, "-n", namespace, "-l", "app=robustmq", "-o", "json"))["items"]
    for item in items:
        item.pop("status", None)
        item["metadata"] = {"name": item["metadata"]["name"], "namespace": NAMES[1], "labels": item["metadata"]["labels"]}
        if item["kind"] == "Service":
            item["spec"] = {k: v for k, v in item["spec"].items() if k in ("ports", "selector", "publishNotReadyAddresses")} | (
                {"clusterIP": "None"} if item["spec"]["clusterIP"] == "None" else {}
            )
    text = json.dumps({"apiVersion": "v1", "kind": "List", "items": items}).replace(f".{namespace}.svc", f".{NAMES[1]}.svc")
    path = folder / "objects.json"
    path.write_text(text)
    return path


def by_kubectl(path: pathlib.Path) -> None:
    """The same objects, applied, and kubectl's own wait."""
    sh("kubectl", "create", "namespace", NAMES[1])
    sh("kubectl", "apply", "-f", str(path))
    sh("kubectl", "rollout", "status", "statefulset/placement-center", "-n", NAMES[1], "--timeout=300s")


def deploys(rounds: int) -> tuple[float, float]:
    """Medians of both ways, in turn."""
    mine, theirs = [], []
    with tempfile.TemporaryDirectory() as folder:
        for _ in range(rounds):
            mine.append(timed(ours, NAMES[0]))
            path = rendered(NAMES[0], pathlib.Path(folder))
            remove(NAMES[0])
            theirs.append(timed(by_kubectl, path))
            remove(NAMES[1])
    return statistics.median(mine), statistics.median(theirs)


def seconds(rounds: int, tasks: list[by_hand.Task]) -> dict[str, float]:
    """Medians over the rounds of one play: for each name of tasks, the seconds of all that have it."""
    play = {"hosts": "localhost", "connection": "local", "gather_facts": False, "tasks": tasks * (rounds + 1)}
    out = sh(
        "ansible-playbook",
        "/dev/stdin",
        text=json.dumps([play]),
        ANSIBLE_CALLBACKS_ENABLED="ansible.posix.profile_tasks",
        PROFILE_TASKS_TASK_OUTPUT_LIMIT="all",
        PROFILE_TASKS_SORT_ORDER="none",
        ANSIBLE_NOCOLOR="1",
    )
    lines = re.findall(r"^(\S+) -+ ([0-9.]+)s$", out, re.MULTILINE)
    found = {}
    for name in {task["name"] for task in tasks}:
        times = [float(seconds) for task, seconds in lines if task == name]
        each = len(times) // (rounds + 1)
        found[name] = statistics.median(sum(times[i : i + each]) for i in range(each, len(times), each))  # the first round warms up
    return found


def health(name: str, namespace: str) -> by_hand.Task:
    """A pc_health task."""
    return {"name": name, HEALTH: {"namespace": namespace}}


def looks(rounds: int) -> t.Iterator[bool]:
    """A pc_health beside a ping, beside the same questions by hand, and of seven members beside three."""
    one, _two, seven = NAMES
    ours(one)
    ours(seven, pc_replicas=7)
    took = seconds(10, [{"name": "ping", "ansible.builtin.ping": {}}, health("pc_health", one), health("seven", seven)])
    yield tell("pc_health", took["pc_health"], took["ping"], "a ping task")
    yield tell("pc_health of 7 members", took["seven"], took["pc_health"], "3 members")
    with tempfile.TemporaryDirectory() as folder:
        took = seconds(rounds, [health("pc_health", one), *by_hand.tasks("hand", one, 3, pathlib.Path(folder))])
    ratio = took["hand"] / took["pc_health"]
    good = ratio >= BY_HAND
    print(f"the same facts by hand: {ratio:.1f}x of pc_health (at least {BY_HAND}x; here {took['hand']:.2f} s and {took['pc_health']:.2f} s){_end(good)}")
    yield good


def tell(name: str, mine: float, other: float, than: str) -> bool:
    """One line; false past the limit."""
    ratio = mine / other
    good = ratio <= LIMITS[name]
    print(f"{name}: {ratio:.2f}x of {than} (limit {LIMITS[name]}x; here {mine:.2f} s and {other:.2f} s){_end(good)}", flush=True)
    return good


def _end(good: bool) -> str:
    return "" if good else "  TOO SLOW"


def main() -> None:
    """Print every ratio; fail past a limit."""
    rounds = int(os.environ.get("ROUNDS", "3"))
    for namespace in (*NAMES, *OTHERS):
        remove(namespace)
    good = [tell("deploy", *deploys(rounds), "kubectl apply and rollout status"), *looks(rounds)]
    parts = (bench_update.cost, bench_update.gaps, bench_backup.measure)
    good += [line for part, namespace in zip(parts, OTHERS, strict=True) for line in part(namespace, rounds)]
    for namespace in (*NAMES, *OTHERS):
        remove(namespace)
    sys.exit(not all(good))


if __name__ == "__main__":
    main()
