# SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Nobody is administrator by default: the login comes from a Secret, changes with it behind the gates, and is nowhere to be read."""

from __future__ import annotations

import base64
import json
import re
import secrets
import typing as t

import pytest
from ansible_collections.robustmq.placement_center.plugins.module_utils._rights import Right

from .backups import made
from .cluster import NAME, Cluster, Object, Run, kubectl
from .login import logs_in
from .operator_account import Operator
from .restoring import destroyed, restore

V0_4: Object = {"pc_profile": "v0_4", "pc_image": "ghcr.io/robustmq/robustmq:v0.4.11"}
ADMIN = f"{NAME}-admin"
HIDDEN = ("password", "jwt_secret")
SEEN = "configmap,statefulset,pod,event,controllerrevision,lease,networkpolicy"


@pytest.fixture
def cluster(cluster: Cluster) -> Cluster:
    """One whose server has an administrator."""
    cluster.profile, cluster.ordinals = "v0_4", (1, 2, 3)
    return cluster


def values(cluster: Cluster, name: str = ADMIN) -> dict[str, str]:
    return {key: base64.b64decode(value).decode() for key, value in cluster.get("secret", name)["data"].items()}


def secret(cluster: Cluster, name: str = ADMIN, **texts: str) -> None:
    found = {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": name}, "stringData": texts}
    kubectl("apply", "-n", cluster.namespace, "-f", "-", text=json.dumps(found))


def copies(cluster: Cluster) -> set[str]:
    return {n for s in cluster.get("secret")["items"] if re.fullmatch(rf"{ADMIN}-[0-9a-f]{{10}}", n := s["metadata"]["name"])}


def deployed(cluster: Cluster, *flags: str, **variables: t.Any) -> Run:
    run = cluster.play("deploy", *flags, **V0_4, **variables)
    assert run.code == 0, run.screen
    return run


def let_in(cluster: Cluster, user: str, password: str) -> list[bool]:
    return [logs_in(cluster.get("pod", f"{NAME}-{o}")["status"]["podIP"], user, password) for o in cluster.ordinals]


def told_nowhere(cluster: Cluster, values: t.Mapping[str, str], *screens: str) -> None:
    """Neither as it is nor as Kubernetes writes it: not on a screen, in an object that is no Secret, or in a log."""
    objects = kubectl("get", SEEN, "-n", cluster.namespace, "-o", "yaml")
    logs = "".join(kubectl("logs", f"{NAME}-{o}", "-n", cluster.namespace) for o in cluster.ordinals)
    for key in HIDDEN:
        for written in (values[key], base64.b64encode(values[key].encode()).decode()):
            for text in (objects, logs, *screens):
                assert written not in text, key


def test_the_login_is_random_changes_behind_the_gates_and_is_told_nowhere(cluster: Cluster) -> None:
    plans = [deployed(cluster, "--check", "--diff") for _time in range(2)]
    # The class is everybody's: a test beside this one may make it in between.
    told = [[a for a in run.last("pc_apply")["actions"] if a["kind"] != "StorageClass"] for run in plans]
    assert told[0] == told[1] and {"action": "create", "kind": "Secret", "name": f"{ADMIN}-<hash>"} in told[0]

    first = deployed(cluster, "--diff", "-vvv")
    before = values(cluster)
    assert f"Secret {ADMIN} in namespace {cluster.namespace}" in first.screen
    assert let_in(cluster, "admin", "admin") == [False] * 3, "the template's own"
    assert let_in(cluster, before["username"], before["password"]) == [True] * 3
    told_nowhere(cluster, before, first.screen, json.dumps(first.tasks))
    written = cluster.versions()
    assert deployed(cluster).changed == 0 and cluster.versions() == written

    after = {"username": 'op"s', "password": f"\"\\ #='{secrets.token_hex(8)}", "jwt_secret": secrets.token_hex(32)}
    secret(cluster, **after)
    second = deployed(cluster, "--diff")
    assert second.last("pc_partition_step")["receipt"], "an update like another"
    assert let_in(cluster, after["username"], after["password"]) == [True] * 3
    assert let_in(cluster, before["username"], before["password"]) == [False] * 3
    told_nowhere(cluster, after, second.screen, json.dumps(second.tasks))
    assert len(copies(cluster)) == 2, "a revision carries its login"

    back = cluster.play("rollback", pc_profile="v0_4")
    assert back.code == 0, back.screen
    assert let_in(cluster, before["username"], before["password"]) == [True] * 3


def test_copies_that_no_revision_names_go_with_the_next_deployment_and_one_that_is_missing_is_told(cluster: Cluster) -> None:
    deployed(cluster)
    (old,) = copies(cluster)
    kubectl("patch", "statefulset", NAME, "-n", cluster.namespace, "-p", '{"spec":{"revisionHistoryLimit":0}}')
    secret(cluster, username="ops", password="another one", jwt_secret=secrets.token_hex(32))
    deployed(cluster)
    run = deployed(cluster)
    (new,) = copies(cluster)
    assert new != old
    assert deployed(cluster).changed == 0, run.screen

    kubectl("delete", "secret", new, "-n", cluster.namespace)
    refused = cluster.play("upgrade", pc_profile="v0_4", pc_env={"A": "b"})
    assert refused.failure()["reason"] == "named_missing" and new in refused.failure()["msg"]
    deployed(cluster)
    assert copies(cluster) == {new}, "made again as it was"


JWT = "f00d" * 4 + "0123456789abcdef"
BAD: list[tuple[str, dict[str, str] | None, str]] = [
    ("missing", None, "admin_secret_missing"),
    ("without a key", {"username": "ops", "password": "hidden one"}, "admin_secret_incomplete"),
    ("as echo leaves it", {"username": "ops", "password": "hidden one\n", "jwt_secret": JWT}, "secret_line_end"),
    ("the template's", {"username": "admin", "password": "admin", "jwt_secret": JWT}, "admin_published"),
    ("a short key of tokens", {"username": "ops", "password": "hidden one", "jwt_secret": "hidden too"}, "jwt_secret_weak"),
]


def test_a_secret_that_cannot_be_used_changes_nothing(cluster: Cluster) -> None:
    kubectl("create", "namespace", cluster.namespace)
    for name, texts, reason in BAD:
        kubectl("delete", "secret", "mine", "-n", cluster.namespace, "--ignore-not-found")
        if texts is not None:
            secret(cluster, "mine", **texts)
        before = cluster.versions()
        run = cluster.play("deploy", **V0_4, pc_admin_secret="mine")
        assert run.code and run.failure()["reason"] == reason, (name, run.screen)
        assert cluster.versions() == before and "hidden" not in run.screen, name
    for given in ({"pc_config": {"admin": {"password": "hidden one"}}}, {"pc_env": {"ROBUST_MQ_SERVER_ADMIN_PASSWORD": "hidden one"}}):
        run = cluster.play("deploy", **V0_4, **given)
        assert run.failure()["reason"] == "admin_secret_in_config" and cluster.versions() == before, run.screen


def test_what_starts_the_server_elsewhere_has_a_login_too(cluster: Cluster) -> None:
    deployed(cluster)
    before = values(cluster)
    found = made(cluster, pc_profile="v0_4")
    assert found["level"] == 2, "the server opened the copy"
    paper = kubectl("get", "configmap", "-n", cluster.namespace, "-o", "yaml")
    assert not any(before[key] in paper or base64.b64encode(before[key].encode()).decode() in paper for key in HIDDEN)
    drilled = cluster.play("drill", pc_profile="v0_4", pc_backup_id=found["id"])
    assert drilled.code == 0, drilled.screen

    kubectl("delete", "secret", *copies(cluster), "-n", cluster.namespace)
    destroyed(cluster)
    back = restore(cluster, found["id"], pc_profile="v0_4")
    assert back.code == 0, back.screen
    assert let_in(cluster, before["username"], before["password"]) == [True] * 3, "of the Secret that was there"

    destroyed(cluster)
    kubectl("delete", "secret", ADMIN, *copies(cluster), "-n", cluster.namespace)
    refused = restore(cluster, found["id"], pc_profile="v0_4", pc_restore_again=True)
    assert refused.failure()["reason"] == "named_missing", refused.screen

    kubectl("delete", "statefulset", NAME, "-n", cluster.namespace)
    anew = restore(cluster, found["id"], pc_profile="v0_4", pc_restore_again=True)
    assert anew.code == 0, anew.screen
    after = values(cluster)
    assert after["password"] != before["password"] and let_in(cluster, after["username"], after["password"]) == [True] * 3

    gone = cluster.play("destroy", pc_confirm=NAME)
    assert gone.code == 0 and gone.last("pc_destroy")["kept_secrets"] == [ADMIN], gone.screen
    assert not copies(cluster) and values(cluster) == after


def test_the_policy_is_per_port(cluster: Cluster) -> None:
    scraper = {"podSelector": {"matchLabels": {"app": "scraper"}}}
    deployed(cluster, pc_http_clients=[scraper])
    rules = {r["ports"][0]["port"]: r["from"] for r in cluster.get("networkpolicy", NAME)["spec"]["ingress"]}
    assert scraper in rules[58080] and scraper not in rules[1228]
    assert not [f for f in rules[58080] if f != scraper and "podSelector" in f], "neither peers nor clients"


def test_the_documented_roles_are_enough(cluster: Cluster, operator: t.Callable[..., Operator]) -> None:
    cluster.env["K8S_AUTH_KUBECONFIG"] = operator("observe", "deploy", "upgrade", "api-server").kubeconfig
    deployed(cluster)
    assert deployed(cluster).changed == 0
    kubectl("patch", "statefulset", NAME, "-n", cluster.namespace, "-p", '{"spec":{"revisionHistoryLimit":0}}')
    secret(cluster, username="ops", password="another one", jwt_secret=secrets.token_hex(32))
    deployed(cluster)
    deployed(cluster)
    assert len(copies(cluster)) == 1, "the one before was removed"
    gone = cluster.play("destroy", pc_confirm=NAME)
    assert gone.code == 0 and not copies(cluster), gone.screen


def test_without_the_right_to_secrets_a_deployment_says_so_and_changes_nothing(cluster: Cluster, operator: t.Callable[..., Operator]) -> None:
    cluster.env["K8S_AUTH_KUBECONFIG"] = operator("observe", "deploy", "api-server", without=Right("get", "secrets")).kubeconfig
    before = cluster.versions()
    failure = cluster.play("deploy", **V0_4).failure()
    assert failure["reason"] == "forbidden" and "secrets" in failure["msg"] and cluster.versions() == before
