# SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Commands as a user types them, and what kubectl says afterwards."""

from __future__ import annotations

import contextlib
import json
import os
import pathlib
import subprocess
import typing as t
from dataclasses import dataclass, field

from .kv import SERVICE, metrics

Object = dict[str, t.Any]
NAME = "placement-center"
COLLECTION = "robustmq.placement_center"
STATE = pathlib.Path(__file__).parents[2] / "tests/output/state"  # not the home of whoever runs the tests

# Small and quick, so that tests run side by side on two cores.
QUICK: Object = {
    "pc_probes": {"preset": "basic", "readiness": {"initialDelaySeconds": 1, "periodSeconds": 1}},
    "pc_resources": {"requests": {"cpu": "20m", "memory": "32Mi"}, "limits": {"cpu": "1000m", "memory": "256Mi"}},
    "pc_storage_size": "1Gi",
    "pc_stable_seconds": 1,
    "pc_step_timeout": 120,
}


def kubectl(*words: str, check: bool = True, text: str | None = None) -> str:
    """Output of one kubectl command."""
    done = subprocess.run(["kubectl", *words], check=False, input=text, capture_output=True, text=True, timeout=120)
    if check and done.returncode:
        raise AssertionError(f"kubectl {' '.join(words)}: {done.stderr}")
    return done.stdout


@dataclass(frozen=True)
class Run:
    """One ansible-playbook run: its exit code, what a person sees, and the results by task."""

    code: int
    screen: str
    tasks: list[Object]

    @property
    def changed(self) -> int:
        """Number of tasks that changed something."""
        return sum(bool(task.get("changed")) for task in self.tasks)

    def last(self, action: str) -> Object:
        """The newest result of a module."""
        return [task for task in self.tasks if task["action"].endswith(action)][-1]

    def failure(self) -> Object:
        """The result that ended the play."""
        assert self.code, self.screen
        return next(task for task in self.tasks if task.get("failed"))


@dataclass
class Cluster:
    """One placement-center in a namespace of its own."""

    namespace: str
    env: dict[str, str] = field(default_factory=dict)
    profile: str = "contract"
    ordinals: tuple[int, ...] = (0, 1, 2)
    service: str = SERVICE  # that keeps keys and values

    def play(self, playbook: str, *flags: str, quick: bool = True, **variables: t.Any) -> Run:
        """``ansible-playbook robustmq.placement_center.PLAYBOOK`` with these variables."""
        given = {"pc_namespace": self.namespace, **(QUICK if quick else {}), **variables}
        return self._ansible(["ansible-playbook", f"{COLLECTION}.{playbook}", "-e", json.dumps(given), *flags])

    def module(self, name: str, *flags: str, **options: t.Any) -> Object:
        """One module's result, called by itself."""
        play = {
            "hosts": "localhost",
            "connection": "local",
            "gather_facts": False,
            "tasks": [{f"{COLLECTION}.{name}": {"namespace": self.namespace, **options}}],
        }
        run = self._ansible(["ansible-playbook", *flags, "/dev/stdin"], text=json.dumps([play]))
        assert run.tasks, run.screen
        return run.tasks[-1]

    def _ansible(self, words: list[str], text: str | None = None) -> Run:
        env = {
            **os.environ,
            "XDG_STATE_HOME": str(STATE),
            **self.env,
            "ANSIBLE_CALLBACKS_ENABLED": "results_as_lines",
            "ANSIBLE_CALLBACK_PLUGINS": str(pathlib.Path(__file__).parent / "callback"),
            "ANSIBLE_NOCOLOR": "1",
        }
        done = subprocess.run(words, check=False, input=text, capture_output=True, text=True, env=env, timeout=900)
        lines = done.stdout.splitlines()
        results = [json.loads(line.removeprefix(MARK)) for line in lines if line.startswith(MARK)]
        screen = "\n".join(line for line in lines if not line.startswith(MARK)) + done.stderr
        return Run(done.returncode, screen, results)

    def get(self, kind: str, name: str = "") -> Object:
        """An object, or the list of its kind, as kubectl tells it."""
        return t.cast(Object, json.loads(kubectl("get", kind, *([name] if name else []), "-n", self.namespace, "-o", "json")))

    def versions(self) -> dict[str, str]:
        """Every object of the cluster with its resourceVersion: what a write would move."""
        kinds = "statefulset,service,configmap,persistentvolumeclaim,poddisruptionbudget,networkpolicy,serviceaccount,secret,resourcequota"
        items = self.get(kinds)["items"]
        return {f"{o['kind']}/{o['metadata']['name']}": o["metadata"]["resourceVersion"] for o in items}

    def raft(self, ordinal: int) -> Object:
        """A member's raft metrics, straight from its pod's address, decoded here without the collection's code."""
        return metrics(self.get("pod", f"{NAME}-{ordinal}")["status"]["podIP"])

    def remove(self) -> None:
        """The namespace and its volumes, which ``Retain`` would leave."""
        volumes = json.loads(kubectl("get", "pv", "-o", "json"))["items"]
        mine = [v["metadata"]["name"] for v in volumes if v["spec"].get("claimRef", {}).get("namespace") == self.namespace]
        contents = json.loads(kubectl("get", "volumesnapshotcontent", "-o", "json"))["items"]
        for name in [o["metadata"]["name"] for o in contents if o["spec"]["volumeSnapshotRef"]["namespace"] == self.namespace]:
            kubectl("patch", "volumesnapshotcontent", name, "--type=merge", "-p", '{"spec":{"deletionPolicy":"Delete"}}', check=False)
        with contextlib.suppress(AssertionError):
            kubectl("delete", "namespace", self.namespace, "--wait=false", "--ignore-not-found")
        for claim in json.loads(kubectl("get", "pvc", "-n", self.namespace, "-o", "json"))["items"]:
            left = [f for f in claim["metadata"].get("finalizers", []) if not f.startswith("placement-center.robustmq.io/")]
            if left != claim["metadata"].get("finalizers", []):  # a finalizer of ours would keep the namespace
                patch = json.dumps({"metadata": {"finalizers": left or None}})
                kubectl("patch", "pvc", claim["metadata"]["name"], "-n", self.namespace, "--type=merge", "-p", patch, check=False)
        for volume in mine:
            kubectl("patch", "pv", volume, "-p", '{"spec":{"persistentVolumeReclaimPolicy":"Delete"}}', check=False)

    def leave_evidence(self, folder: pathlib.Path) -> None:
        """Logs, events and health of every member."""
        folder.mkdir(parents=True, exist_ok=True)
        kinds = "all,pvc,configmap,networkpolicy,pdb"
        (folder / "objects.yaml").write_text(kubectl("get", kinds, "-n", self.namespace, "-o", "yaml", check=False))
        (folder / "events.txt").write_text(kubectl("get", "events", "-n", self.namespace, "--sort-by=.lastTimestamp", check=False))
        for ordinal in self.ordinals:
            pod = f"{NAME}-{ordinal}"
            for suffix, more in (("", []), (".previous", ["--previous"])):
                (folder / f"{pod}{suffix}.log").write_text(kubectl("logs", pod, "-n", self.namespace, *more, check=False))
        (folder / "health.json").write_text(json.dumps(self.module("pc_health"), indent=1))


MARK = "RESULT "
