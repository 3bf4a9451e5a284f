# SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Jobs as AWX runs them: ansible-runner over a private folder, the built-in credential in the environment, a survey that nobody has answered but
where it must be, and no terminal."""

from __future__ import annotations

import base64
import json
import os
import pathlib
import signal
import subprocess
import time
import typing as t
import uuid

import yaml

from .cluster import Cluster, Object
from .updating import MARK, kill_marked, marked

ROOT = pathlib.Path(__file__).parents[2]
ASSETS: Object = yaml.safe_load((ROOT / "docs/awx/assets.yml").read_text())
TEMPLATES: dict[str, Object] = {made["name"]: made for made in ASSETS["job_templates"]}
(WORKFLOW,) = ASSETS["workflow_job_templates"]
NODES: dict[str, str] = {n["identifier"]: n["unified_job_template"]["name"] for n in WORKFLOW["related"]["workflow_nodes"] if "unified_job_template" in n}
# Of the machine's environment a job has these and nothing else; in AWX they are the execution environment's.
IMAGE = ("PATH", "ANSIBLE_COLLECTIONS_PATH", "OPENSHIFT_CLIENT_PYTHON_DEFAULT_OC_PATH", "LANG", "LC_ALL")
QUICK: Object = {"pc_stable_seconds": 1, "pc_wait_patience": 5, "pc_step_timeout": 120}


class Job:
    """One job, begun."""

    def __init__(self, folder: pathlib.Path, template: Object, variables: Object, credential: dict[str, str]) -> None:
        self.folder, self.playbook = folder, pathlib.Path(template["playbook"]).stem
        (host,) = ASSETS["inventory"][0]["related"]["hosts"]
        inventory = {"all": {"hosts": {host["name"]: yaml.safe_load(host["variables"])}}}
        for name, found in (("inventory/hosts.json", inventory), ("env/extravars", variables), ("env/envvars", credential)):
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_text(json.dumps(found))
        (folder / "project").symlink_to(ROOT)
        self._mark = f"{MARK}={uuid.uuid4()}"
        env = {name: os.environ[name] for name in IMAGE if name in os.environ}
        env |= {"HOME": str(folder / "home"), "XDG_STATE_HOME": str(folder / "state"), **dict([self._mark.split("=")])}
        (folder / "home").mkdir()
        words = ["ansible-runner", "run", str(folder), "--playbook", template["playbook"], "--ident", "job"]
        quiet = {"stdin": subprocess.DEVNULL, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        self.process = subprocess.Popen(words, env=env, start_new_session=True, **quiet)  # type: ignore[call-overload]

    @property
    def screen(self) -> str:
        """All that it has said."""
        said = self.folder / "artifacts/job/stdout"
        return said.read_text() if said.exists() else ""

    @property
    def artifacts(self) -> Object:
        """What it has left to the jobs after it; AWX takes it from the same event."""
        events = [json.loads(path.read_text()) for path in (self.folder / "artifacts/job/job_events").glob("[0-9]*.json")]
        found = [e["event_data"]["artifact_data"] for e in events if e["event"] == "playbook_on_stats"]
        return t.cast(Object, found[-1]) if found else {}

    @property
    def lives_on(self) -> bool:
        """Is there anything left of it?"""
        return bool(marked(self._mark))

    def until(self, seen: t.Callable[[], t.Any], what: str, seconds: float = 120) -> None:
        """Wait until it is so; a job that ends before is a failure."""
        end = time.monotonic() + seconds
        while not seen():
            assert self.process.poll() is None and time.monotonic() < end, f"never seen: {what}\n{self.screen}"
            time.sleep(0.05)

    def ends(self, seconds: float = 400) -> str:
        """Its status, waited for."""
        try:
            self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            self.kill()
            raise AssertionError(f"no end within {seconds:.0f} s\n{self.screen}") from None
        return (self.folder / "artifacts/job/status").read_text()

    def cancel(self) -> str:
        """As the button does it: ansible-runner is told, and kills ansible-playbook's process group."""
        self.process.send_signal(signal.SIGTERM)
        return self.ends(60)

    def kill(self) -> None:
        """All at once, as when its container is deleted."""
        kill_marked(self._mark, self.process.poll)
        self.process.wait()


class Awx:
    """Launches jobs of the workflow, and hands the artifacts of each to those after it."""

    def __init__(self, cluster: Cluster, folder: pathlib.Path, kubeconfig: str) -> None:
        config = json.loads(pathlib.Path(kubeconfig).read_text())
        where, self.token = config["clusters"][0]["cluster"], config["users"][0]["user"]["token"]
        data = where.get("certificate-authority-data")
        (folder / "ca.crt").write_bytes(base64.b64decode(data) if data else pathlib.Path(where["certificate-authority"]).read_bytes())
        self.cluster, self.folder, self.artifacts = cluster, folder, dict[str, t.Any]()
        self.credential = {
            "K8S_AUTH_HOST": where["server"],
            "K8S_AUTH_API_KEY": self.token,
            "K8S_AUTH_VERIFY_SSL": "True",
            "K8S_AUTH_SSL_CA_CERT": str(folder / "ca.crt"),
        }

    def launch(self, node: str, **answers: t.Any) -> Job:
        """A job of the workflow, begun."""
        template = TEMPLATES[NODES[node]]
        unanswered = {question["variable"]: "" for question in template["related"]["survey_spec"]["spec"]}
        fixed = {**(yaml.safe_load(template["extra_vars"]) or {}), **self.artifacts, **yaml.safe_load(WORKFLOW["extra_vars"])}
        variables = {**unanswered, **fixed, "pc_namespace": self.cluster.namespace, **QUICK, **answers}
        return Job(self.folder / f"{node}-{uuid.uuid4().hex[:6]}", template, variables, self.credential)

    def runs(self, node: str, status: str = "successful", **answers: t.Any) -> Object:
        """A job of the workflow to its end: the artifact that it leaves."""
        job = self.launch(node, **answers)
        assert job.ends() == status, job.screen
        assert self.token not in job.screen + json.dumps(job.artifacts)
        self.artifacts |= job.artifacts
        return t.cast(Object, job.artifacts[f"placement_center_{job.playbook}"])
