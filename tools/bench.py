# SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the collection's operations cost, as ratios of two things measured side by side in one run; never absolute times."""

from __future__ import annotations

import json
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile
import time
import typing as t

NAMES = ("bench-ours", "bench-kubectl")
PROBES = {"preset": "basic", "readiness": {"initialDelaySeconds": 5, "periodSeconds": 2}}
RESOURCES = {"requests": {"cpu": "20m", "memory": "32Mi"}, "limits": {"cpu": "1000m", "memory": "256Mi"}}
VARIABLES = {"pc_probes": PROBES, "pc_resources": RESOURCES, "pc_storage_size": "1Gi", "pc_stable_seconds": 0}
PLAYBOOK = "robustmq.placement_center.deploy"
LIMITS = {"deploy": 1.5, "pc_health": 2.5}


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
    """The namespace and its volumes."""
    for volume in json.loads(sh("kubectl", "get", "pv", "-o", "json"))["items"]:
        if volume["spec"].get("claimRef", {}).get("namespace") == namespace:
            sh("kubectl", "patch", "pv", volume["metadata"]["name"], "-p", '{"spec":{"persistentVolumeReclaimPolicy":"Delete"}}')
    sh("kubectl", "delete", "namespace", namespace, "--ignore-not-found", "--wait=true")


def ours(namespace: str) -> None:
    """The playbook, from nothing to the proof of health."""
    sh("ansible-playbook", PLAYBOOK, "-e", json.dumps({**VARIABLES, "pc_namespace": namespace}))


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


def tasks(rounds: int) -> tuple[float, float]:
    """Medians of a pc_health and a ping task, in one play."""
    health = {"robustmq.placement_center.pc_health": {"namespace": NAMES[0]}}
    ping: dict[str, t.Any] = {"ansible.builtin.ping": {}}
    play = {"hosts": "localhost", "connection": "local", "gather_facts": False, "tasks": [x for _ in range(rounds + 1) for x in (ping, health)]}
    out = sh(
        "ansible-playbook",
        "/dev/stdin",
        text=json.dumps([play]),
        ANSIBLE_CALLBACKS_ENABLED="ansible.posix.profile_tasks",
        PROFILE_TASKS_TASK_OUTPUT_LIMIT="all",
        PROFILE_TASKS_SORT_ORDER="none",
        ANSIBLE_NOCOLOR="1",
    )
    found: dict[str, list[float]] = {"ping": [], "pc_health": []}
    for line in out.splitlines():
        words = line.split()
        for name, seconds in found.items():
            if words and words[-1].endswith("s") and words[0].endswith(name):
                seconds.append(float(words[-1].rstrip("s")))
    return statistics.median(found["pc_health"][1:]), statistics.median(found["ping"][1:])


def tell(name: str, mine: float, other: float, than: str) -> bool:
    """One line; false past the limit."""
    ratio = mine / other
    good = ratio <= LIMITS[name]
    print(f"{name}: {ratio:.2f}x of {than} (limit {LIMITS[name]}x; here {mine:.2f} s and {other:.2f} s){'' if good else '  TOO SLOW'}", flush=True)
    return good


def main() -> None:
    """Print every ratio; fail past a limit."""
    rounds = int(os.environ.get("ROUNDS", "3"))
    for namespace in NAMES:
        remove(namespace)
    good = [tell("deploy", *deploys(rounds), "kubectl apply and rollout status")]
    ours(NAMES[0])
    good.append(tell("pc_health", *tasks(10), "a ping task"))
    remove(NAMES[0])
    sys.exit(not all(good))


if __name__ == "__main__":
    main()
