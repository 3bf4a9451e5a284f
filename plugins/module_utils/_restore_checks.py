# SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Why a backup may not be restored here, all of it; and what would be lost by it. Facts in, refusals out. Pure."""

from __future__ import annotations

import typing as t
from dataclasses import dataclass

from ansible_collections.robustmq.placement_center.plugins.module_utils import _opening, _restore_objects, _versions
from ansible_collections.robustmq.placement_center.plugins.module_utils._errors import Refused
from ansible_collections.robustmq.placement_center.plugins.module_utils._hints import hint
from ansible_collections.robustmq.placement_center.plugins.module_utils._profiles import Profile
from ansible_collections.robustmq.placement_center.plugins.module_utils._quantities import quantity
from ansible_collections.robustmq.placement_center.plugins.module_utils._settings import EBS
from ansible_collections.robustmq.placement_center.plugins.module_utils._views import container

Object = dict[str, t.Any]

WORDS = {
    "manifest_damaged": "its manifest is not as it was written",
    "manifest_unknown_schema": "its manifest is of a schema that this version does not know",
    "signature_unknown": "there is no key to prove its manifest by",
    "signature_bad": "its manifest was signed with another key, or changed since",
    "backup_unfinished": "it was never finished",
    "backup_unverified": "it was never read back",
}


@dataclass(frozen=True)
class Facts:
    """What was read; None is absent, unless it says otherwise."""

    namespace: str
    name: str
    cluster_uid: str
    ending: bool = False  # the namespace is being deleted
    sts: Object | None = None
    storage_class: Object | None = None
    quotas: tuple[Object, ...] = ()
    secret: bool | None = True  # the movers' Secret is there; None: it was not looked for
    snapshot: str = ""  # what keeps the snapshot from being used, in words


@dataclass(frozen=True)
class Wish:
    """What the operator allows."""

    profile: Profile
    clone: bool = False
    accept_unsigned: bool = False


def worthless(backup: str, wrong: str, wish: Wish) -> list[Refused]:
    """What is wrong with the backup itself; nothing else of it can be believed then. :param wrong: its code."""
    if not wrong or (wrong == "signature_unknown" and wish.accept_unsigned):
        return []
    return [Refused(wrong, f"backup {backup}: {WORDS.get(wrong, wrong)}", hint(wrong))]


def refusals(paper: t.Mapping[str, t.Any], facts: Facts, wish: Wish) -> list[Refused]:
    """Every reason against it; none is a go."""
    return [*_names(paper, facts, wish), *_set(paper, facts, wish), *_storage(paper, facts), *_source(paper, facts)]


def _names(paper: t.Mapping[str, t.Any], facts: Facts, wish: Wish) -> t.Iterator[Refused]:
    """Raft's membership holds the members' DNS names: under others it would look for the old ones."""
    cluster = paper["cluster"]
    if facts.ending:
        yield Refused("namespace_terminating", f"namespace {facts.namespace} is being deleted", "wait until it is gone")
    if (cluster["namespace"], cluster["name"]) != (facts.namespace, facts.name):
        text = f"it is of {cluster['namespace']}/{cluster['name']}, whose names are in its raft membership, and this is {facts.namespace}/{facts.name}"
        yield Refused("other_names", text, hint("other_names"))
    if cluster["uid"] != facts.cluster_uid and not wish.clone:
        yield Refused("other_cluster", f"it was made in another Kubernetes cluster ({cluster['uid'] or 'unknown'})", hint("other_cluster"))
    if cluster["profile"] != wish.profile.name:
        text = f"it is of a server of generation {cluster['profile']}, {wish.profile.name} was named"
        yield Refused("other_profile", text, hint("other_profile"))


def _set(paper: t.Mapping[str, t.Any], facts: Facts, wish: Wish) -> t.Iterator[Refused]:
    sts, cluster = facts.sts, paper["cluster"]
    if sts is None:
        if not any(o["kind"] == "StatefulSet" for o in paper["objects"]):
            yield Refused("set_missing", f"StatefulSet {facts.name} does not exist, and the manifest has none", hint("set_missing"))
        return
    replicas, policy = sts["spec"].get("replicas", 1), sts["spec"].get("persistentVolumeClaimRetentionPolicy", {})
    if replicas not in (0, cluster["replicas"]):
        text = f"the StatefulSet has {replicas} members, the backup knows {cluster['replicas']}"
        yield Refused("replicas_differ", text, hint("replicas_differ"))
    if policy.get("whenScaled") == "Delete":
        text = "the StatefulSet deletes claims when it is scaled in, and a restore scales it to zero"
        yield Refused("retention_delete", text, "set persistentVolumeClaimRetentionPolicy.whenScaled to Retain first")
    if not sts["spec"].get("volumeClaimTemplates"):
        yield Refused("no_claim_template", "the StatefulSet has no claim template", "a set whose members have no claims has nothing to restore to")
    image = container(sts["spec"]["template"]["spec"], wish.profile.container)["image"]
    yield from _versions.refusals(wish.profile, [cluster["image"]], image, False, False)
    status = sts.get("status", {})
    if status.get("currentRevision") != status.get("updateRevision"):
        text = "an update is under way: it is not certain which revision the members would start with"
        yield Refused("revisions_differ", text, hint("revisions_differ"))


def _storage(paper: t.Mapping[str, t.Any], facts: Facts) -> t.Iterator[Refused]:
    sts = facts.sts or next((o for o in paper["objects"] if o["kind"] == "StatefulSet"), None)
    if sts is None or not sts["spec"].get("volumeClaimTemplates"):
        return
    wanted = _restore_objects.like(paper, sts, _opening.spec_template(sts))
    name, count = wanted["class"], paper["cluster"]["replicas"]
    if name and facts.storage_class is None:
        yield Refused("class_missing", f"StorageClass {name} does not exist", "make it with the role storage, or as it was")
    driver = (facts.storage_class or {}).get("provisioner", "")
    driver = EBS[0] if driver in EBS else driver
    snapshot = paper["data"].get("snapshot")
    if snapshot and facts.storage_class and driver != snapshot["driver"]:
        text = f"the snapshot is {snapshot['driver']}'s, and volumes of class {name} are made by {driver}"
        yield Refused("driver_differs", text, hint("driver_differs"))
    need = {"requests.storage": quantity(wanted["size"]) * count, "persistentvolumeclaims": quantity(count)}
    need |= {f"{name}.storageclass.storage.k8s.io/{key}": value for key, value in list(need.items())}
    for quota in facts.quotas:
        status = quota.get("status", {})
        for resource, hard in status.get("hard", {}).items():
            used = status.get("used", {}).get(resource, "0")
            if resource in need and quantity(used) + need[resource] > quantity(hard):
                what = f"{count} claims of {wanted['size']} beside those that are there"
                text = f"quota {quota['metadata']['name']} allows {hard} of {resource}, {used} are used, and a restore makes {what}"
                yield Refused("quota_exceeded", text, "raise the quota for as long as the restore lasts")


def _source(paper: t.Mapping[str, t.Any], facts: Facts) -> t.Iterator[Refused]:
    if facts.snapshot:
        yield Refused("snapshot_gone", f"its snapshot cannot be used: {facts.snapshot}", hint("snapshot_gone"))
    if "restic" in paper["data"] and facts.secret is False:
        yield Refused("secret_missing", "the Secret with the repository's password does not exist", hint("secret_missing"))


# What is lost


def lost(paper: t.Mapping[str, t.Any], newest: t.Mapping[str, int]) -> list[Object]:
    """For every raft group the log entries that are in the cluster and not in the copy; the last is None where nobody tells it."""
    opened, found = paper.get("opened") or {}, []
    for group, fence in sorted(paper["fence"].items()):
        has = opened.get(group, {}).get("last_log")
        end = fence if has is None else has
        last = newest.get(group)
        entries = None if last is None else max(0, last - end)
        found.append({"group": group, "first": end + 1, "last": last, "entries": entries})
    return found


def told(row: t.Mapping[str, t.Any]) -> str:
    """One group's loss in words."""
    if row["entries"] is None:
        return f"{row['group']}: every entry from {row['first']} on; how many is unknown, since no member tells its newest"
    if not row["entries"]:
        return f"{row['group']}: nothing; no member tells an entry after {row['first'] - 1}"
    return f"{row['group']}: entries {row['first']} to {row['last']} ({row['entries']})"
