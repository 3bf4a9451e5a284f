# SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Programs that read or fill a volume, as Jobs, and what each is told. Pure.

restic moves the data; rclone lists a volume's files with their hashes. Both run unprivileged. What is secret reaches them in the
environment, from a Secret, and is never part of the object that is written here.
"""

from __future__ import annotations

import re
import typing as t
from dataclasses import dataclass, field

from ansible_collections.robustmq.placement_center.plugins.module_utils._errors import BadInput
from ansible_collections.robustmq.placement_center.plugins.module_utils._manifests import CONTAINER_SECURITY, pod_security

Object = dict[str, t.Any]

DATA = "/data"  # where a volume is mounted
REPOSITORY = "/repository"  # where a claim is that serves as repository
PAPERS = "/papers"  # where a ConfigMap is that goes with the data
FILES = ("manifest.json", "seal.json")
LOST = "lost+found"  # ext4's own, which only root may read
RETRIES = 6  # pods of one Job that may be killed before it fails
# Exit codes that a repetition would only repeat: restic has repeated for a quarter of an hour before it ends with 1.
FINAL = (1, 2, 3, 10, 12)

EVICTED = {"action": "Ignore", "onPodConditions": [{"type": "DisruptionTarget", "status": "True"}]}  # a drain is no failure


@dataclass(frozen=True)
class Mover:
    """What every program of one operation shares."""

    namespace: str
    labels: t.Mapping[str, str]
    user: int
    images: t.Mapping[str, str]  # program -> image
    resources: t.Mapping[str, t.Any] = field(default_factory=dict)
    tolerations: tuple[Object, ...] = ()
    repository: str = ""  # restic's name of it, or pvc:CLAIM[/folder]
    secret: str = ""  # password and keys, as environment variables

    def on_claim(self) -> tuple[str, str] | None:
        """Claim and folder, where the repository is a claim."""
        if not self.repository.startswith("pvc:"):
            return None
        claim, _slash, folder = self.repository.removeprefix("pvc:").partition("/")
        return claim, folder


class Task(t.NamedTuple):
    """One run of one program."""

    name: str
    program: str  # restic or rclone
    args: tuple[str, ...]
    claim: str = ""  # mounted at DATA
    write: bool = False
    papers: str = ""  # a ConfigMap mounted at PAPERS
    node: str = ""  # a live claim can only be mounted where its member runs
    paths: tuple[str, ...] = FILES  # where its keys are there; a slash of a path is a dot of the key
    affinity: t.Mapping[str, t.Any] | None = None  # where the volume has to be made


_CREDENTIALS = re.compile(r"://[^/@]*:[^/@]*@")
_CLAIM = re.compile(r"pvc:[a-z0-9][-a-z0-9.]*(/(?!\.\.(/|$))[^/]+)*/?")


def checked_repository(repository: str) -> str:
    """The name of a repository, which stands in a Job for everybody to read.

    :raises BadInput: it holds a password, or names no claim.
    """
    if _CREDENTIALS.search(repository):
        hidden = _CREDENTIALS.sub("://…@", repository)
        raise BadInput("repository", hidden, "holds a password", "leave it out, and put RESTIC_REST_USERNAME and RESTIC_REST_PASSWORD into the Secret")
    if repository.startswith("pvc:") and not _CLAIM.fullmatch(repository):
        raise BadInput("repository", repository, "is no claim and folder", "write it as pvc:CLAIM/folder")
    return repository


def job(mover: Mover, task: Task) -> Object:
    """The Job of a task."""
    labels = dict(mover.labels)
    pod = {
        "restartPolicy": "Never",
        "automountServiceAccountToken": False,
        "enableServiceLinks": False,
        "securityContext": pod_security(mover.user),
        "containers": [_container(mover, task)],
        "volumes": _volumes(mover, task),
        **({"tolerations": list(mover.tolerations)} if mover.tolerations else {}),
        **({"nodeName": task.node} if task.node else {}),
        **({"affinity": dict(task.affinity)} if task.affinity else {}),
    }
    spec = {
        "backoffLimit": RETRIES,
        "podFailurePolicy": {"rules": [_final(task.program), EVICTED]},
        "template": {"metadata": {"labels": labels}, "spec": pod},
    }
    meta = {"name": task.name, "namespace": mover.namespace, "labels": labels}
    return {"apiVersion": "batch/v1", "kind": "Job", "metadata": meta, "spec": spec}


def same(live: Object, wanted: Object) -> bool:
    """Does a Job that is there do what the wanted one would?"""
    one, two = (o["spec"]["template"]["spec"] for o in (live, wanted))
    return all(one["containers"][0].get(part) == two["containers"][0].get(part) for part in ("image", "args")) and _mounted(one) == _mounted(two)


def _mounted(pod: Object) -> set[str]:
    return {v["persistentVolumeClaim"]["claimName"] for v in pod["volumes"] if "persistentVolumeClaim" in v}


def _final(program: str) -> Object:
    return {"action": "FailJob", "onExitCodes": {"containerName": program, "operator": "In", "values": list(FINAL)}}


def _container(mover: Mover, task: Task) -> Object:
    env = {"HOME": "/tmp", "RCLONE_CONFIG": "/dev/null", "RESTIC_CACHE_DIR": "/tmp/cache", "RESTIC_PROGRESS_FPS": "1", "TMPDIR": "/tmp"}
    more: Object = {}
    if task.program == "restic":
        where = mover.on_claim()
        env["RESTIC_REPOSITORY"] = f"{REPOSITORY}/{where[1]}" if where else mover.repository
        more["envFrom"] = [{"secretRef": {"name": mover.secret}}]
    return {
        "name": task.program,
        "image": mover.images[task.program],
        "imagePullPolicy": "IfNotPresent",
        "args": list(task.args),
        "env": [{"name": name, "value": value} for name, value in sorted(env.items())],
        "resources": dict(mover.resources),
        "securityContext": {**CONTAINER_SECURITY, "readOnlyRootFilesystem": True},
        "volumeMounts": _mounts(mover, task),
        **more,
    }


def _mounts(mover: Mover, task: Task) -> list[Object]:
    found: list[Object] = [{"name": "tmp", "mountPath": "/tmp"}]
    if task.claim:
        found.append({"name": "data", "mountPath": DATA, "readOnly": not task.write})
    if task.papers:  # one by one: the folder of a ConfigMap is made of links
        keys = {each: each.replace("/", ".") for each in task.paths}
        found += [{"name": "papers", "mountPath": f"{PAPERS}/{each}", "subPath": key, "readOnly": True} for each, key in keys.items()]
    if task.program == "restic" and mover.on_claim():
        found.append({"name": "repository", "mountPath": REPOSITORY})
    return found


def _volumes(mover: Mover, task: Task) -> list[Object]:
    found: list[Object] = [{"name": "tmp", "emptyDir": {}}]
    if task.claim:
        found.append({"name": "data", "persistentVolumeClaim": {"claimName": task.claim}})
    if task.papers:
        found.append({"name": "papers", "configMap": {"name": task.papers}})
    where = mover.on_claim() if task.program == "restic" else None
    if where:
        found.append({"name": "repository", "persistentVolumeClaim": {"claimName": where[0]}})
    return found


# What they are told


def hashing(name: str, claim: str, node: str = "") -> Task:
    """List every file of a volume with its hash."""
    words = ("lsjson", "--recursive", "--files-only", "--hash", "--hash-type", "sha256", "--metadata", "--log-level", "ERROR")
    return Task(name, "rclone", (*words, "--exclude", f"/{LOST}/**", DATA), claim, node=node)


def restic(name: str, *words: str, claim: str = "", write: bool = False, papers: str = "", node: str = "") -> Task:
    """One command of restic."""
    return Task(name, "restic", ("--json", *words), claim, write, papers, node)


def storing(name: str, claim: str, host: str, tags: t.Sequence[str], node: str = "") -> Task:
    """Back a volume up. The parent is named by nobody: restic finds the last one of this host and path, or reads everything."""
    return restic(name, "backup", "--host", host, "--tag", ",".join(tags), "--exclude", f"{DATA}/{LOST}", DATA, claim=claim, node=node)


def filling(name: str, snapshot: str, claim: str) -> Task:
    """Write one exact snapshot into an empty volume. Whoever asks for it has every file hashed afterwards, so restic need not read it too."""
    return restic(name, "restore", f"{snapshot}:{DATA}", "--target", DATA, claim=claim, write=True)
