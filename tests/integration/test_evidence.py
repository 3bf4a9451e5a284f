# SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""The archive of a real cluster whose member crashed, made with the documented rights alone: every part is in it, and no secret."""

from __future__ import annotations

import gzip
import json
import os
import pathlib
import signal
import stat
import tarfile
import typing as t

from ansible_collections.robustmq.placement_center.plugins.module_utils._entry import AUTH_SPEC, CLUSTER_SPEC, Job
from ansible_collections.robustmq.placement_center.plugins.module_utils._profiles import PROFILES
from ansible_collections.robustmq.placement_center.plugins.module_utils._rights import EVIDENCE, Right
from ansible_collections.robustmq.placement_center.plugins.modules import pc_evidence

from .cluster import NAME, Cluster, Object, kubectl
from .operator_account import Operator, less
from .where import served_by

PASSWORD, LINE, NOTE, WORDS = "planted-swordfish-1", "planted-herring-2", "planted-pike-3", "planted-carp-4"
PLANTED = (PASSWORD, LINE, NOTE, WORDS)
KINDS = (
    *("configmaps", "controllerrevisions", "endpointslices", "leases", "networkpolicies", "nodes", "persistentvolumeclaims"),
    *("persistentvolumes", "poddisruptionbudgets", "pods", "services", "statefulsets", "storageclasses"),
)
PARTS = {
    *(f"objects/{kind}.json" for kind in KINDS),
    *("events.json", "health.json", "history.json", "manifest.json", "receipts.json", "versions.json"),
    *(f"logs/{NAME}-{o}/{NAME}.log" for o in range(3)),
    f"logs/{NAME}-2/{NAME}.previous.log",
}


def collect(cluster: Cluster, dest: pathlib.Path, **options: t.Any) -> Object:
    """The module called here: without the seconds that Ansible takes to start."""
    defaults = {name: option.get("default") for spec in (AUTH_SPEC, CLUSTER_SPEC, pc_evidence.SPEC) for name, option in spec.items()}
    return pc_evidence.work(Job({**defaults, "namespace": cluster.namespace, "dest": str(dest), **options}, PROFILES["contract"], False))


def plant(cluster: Cluster) -> None:
    """Secrets in ConfigMaps, in an annotation, in an event and in the log, and a Lease and receipts for the archive to have them."""
    objects: list[Object] = [
        {"kind": "ConfigMap", "apiVersion": "v1", "metadata": {"name": f"{NAME}-extra", "annotations": {"example.com/api-token": NOTE}}},
        {"kind": "ConfigMap", "apiVersion": "v1", "metadata": {"name": f"{NAME}-receipts"}, "data": {"1": json.dumps({"step": 1})}},
        {"kind": "Lease", "apiVersion": "coordination.k8s.io/v1", "metadata": {"name": f"{NAME}-operation"}, "spec": {"holderIdentity": "me"}},
        {
            "kind": "Event",
            "apiVersion": "v1",
            "metadata": {"name": "said"},
            "involvedObject": {"kind": "StatefulSet", "name": NAME, "namespace": cluster.namespace},
            "message": f"joined with {PASSWORD}, Authorization: Bearer {WORDS}",
            "type": "Warning",
        },
    ]
    objects[0]["data"] = {"client.toml": f'[db]\nuser = "mq"\npassword = "{LINE}"\n'}
    kubectl("apply", "-n", cluster.namespace, "-f", "-", text="\n---\n".join(map(json.dumps, objects)))


def crash(cluster: Cluster, ordinal: int) -> None:
    pid = served_by(cluster, ordinal)
    os.kill(pid, signal.SIGKILL)
    served_by(cluster, ordinal, other_than=pid)


def unpacked(path: str) -> dict[str, bytes]:
    with tarfile.open(path) as archive:
        return {m.name.partition("/")[2]: t.cast(t.IO[bytes], archive.extractfile(m)).read() for m in archive.getmembers()}


def test_everything_is_in_the_archive_but_secrets(cluster: Cluster, operator: t.Callable[..., Operator], tmp_path: pathlib.Path) -> None:
    account = operator("observe", "evidence")
    assert cluster.play("deploy", pc_env={"MQ_PASSWORD": PASSWORD, "PLAIN": "plain-trout-5"}).code == 0
    plant(cluster)
    crash(cluster, 2)
    cluster.env["K8S_AUTH_KUBECONFIG"] = account.kubeconfig
    cluster.env.pop("KUBECONFIG", None)
    run = cluster.play("evidence", pc_evidence_dest=str(tmp_path / "made"))
    assert run.code == 0, run.screen
    said = run.last("pc_evidence")
    assert said["failed_items"] == [] and said["path"] in run.screen
    path = pathlib.Path(said["path"])
    assert stat.S_IMODE(path.stat().st_mode) == 0o600 and path.stat().st_size == said["size"]
    files = unpacked(said["path"])
    assert set(files) == set(said["entries"]) == PARTS
    whole = gzip.decompress(path.read_bytes())
    assert not [secret for secret in (*PLANTED, token(account)) if secret.encode() in whole]
    assert b"plain-trout-5" in whole and b"<redacted>" in files["objects/statefulsets.json"]
    tells_what_happened(files)
    each_missing_right_is_one_missing_part(cluster, account, tmp_path)


def token(account: Operator) -> str:
    return str(json.loads(pathlib.Path(account.kubeconfig).read_text())["users"][0]["user"]["token"])


def tells_what_happened(files: dict[str, bytes]) -> None:
    health, manifest = json.loads(files["health.json"]), json.loads(files["manifest.json"])
    assert health["members"][2]["restarts"] == 1 and health["members"][2]["last_exit"].startswith("exit code 137")
    assert {e["name"] for e in manifest["entries"]} | {"manifest.json"} == set(files) and manifest["failed"] == []
    assert json.loads(files["history.json"])["revisions"][0]["members"] == [0, 1, 2]
    assert json.loads(files["receipts.json"]) == {"1": json.dumps({"step": 1})}
    assert json.loads(files["versions.json"])["serverVersion"]["gitVersion"]
    assert len(json.loads(files["objects/persistentvolumes.json"])) == 3 and json.loads(files["objects/leases.json"])
    before, after = (files[f"logs/{NAME}-2/{NAME}{x}.log"].decode().splitlines() for x in (".previous", ""))
    assert before and after and before[-1][:20] <= after[0][:20], "the one log ends before the other begins"


def each_missing_right_is_one_missing_part(cluster: Cluster, account: Operator, folder: pathlib.Path) -> None:
    name = f"placement-center-evidence-{cluster.namespace}"
    role = json.loads(kubectl("get", "role", name, "-n", cluster.namespace, "-o", "json"))
    for right in EVIDENCE:
        grant(cluster, name, less(role["rules"], right))
        found = collect(cluster, folder, kubeconfig=account.kubeconfig, tail=10)
        hurt = {item["item"] for item in found["failed_items"]}
        assert hurt == missing(right), (right, found["failed_items"])
        assert all("forbidden" in item["reason"] for item in found["failed_items"])
        assert {e["item"] for e in json.loads(unpacked(found["path"])["manifest.json"])["failed"]} == hurt
    grant(cluster, name, role["rules"])


def missing(right: Right) -> set[str]:
    if right.resource.startswith("pods"):
        return {part for part in PARTS if part.startswith("logs/")}
    return {f"objects/{right.resource}.json"}


def grant(cluster: Cluster, name: str, rules: list[Object]) -> None:
    role = {"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "Role", "metadata": {"name": name}, "rules": rules}
    kubectl("apply", "-n", cluster.namespace, "-f", "-", text=json.dumps(role))


def test_where_nothing_answers_the_archive_says_that(cluster: Cluster, tmp_path: pathlib.Path) -> None:
    found = collect(cluster, tmp_path, host="https://127.0.0.1:1", api_key="planted-token-of-mine")
    assert found["entries"] == ["manifest.json"]
    assert {"health.json", "events.json", "objects/statefulsets.json"} <= {item["item"] for item in found["failed_items"]}
    assert b"planted-token-of-mine" not in gzip.decompress(pathlib.Path(found["path"]).read_bytes())


def test_check_mode_names_the_archive_and_writes_none(cluster: Cluster, tmp_path: pathlib.Path) -> None:
    planned = cluster.module("pc_evidence", "--check", dest=str(tmp_path / "none"))
    assert planned["changed"] and planned["entries"] == [] and not (tmp_path / "none").exists()
