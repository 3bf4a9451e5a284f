# SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""The revisions of a StatefulSet: what each changed, which members run it, and which one came before."""

from __future__ import annotations

import typing as t

from ansible_collections.robustmq.placement_center.plugins.module_utils import _report, _views
from ansible_collections.robustmq.placement_center.plugins.module_utils._profiles import Profile
from ansible_collections.robustmq.placement_center.plugins.module_utils._rollout import PREFIX
from ansible_collections.robustmq.placement_center.plugins.module_utils._versions import tag

Object = dict[str, t.Any]

SHORT = 60  # a value longer than this is not told, only that it differs


def note(set_object: Object, name: str) -> str:
    """What an operation has left on the set under this name; empty where nothing."""
    return str((set_object["metadata"].get("annotations") or {}).get(PREFIX + name, ""))


def unfinished(set_object: Object) -> bool:
    """Is there an update, or a way back, that has not come to its end? A pause or a hold of a later run leaves a finished one finished."""
    staged = note(set_object, "staged")
    return bool(staged) and note(set_object, "finished") != staged and note(set_object, "state") != "done"


def partition(set_object: Object) -> int:
    """How many members, counted from the first, keep their revision."""
    return int(((set_object["spec"].get("updateStrategy") or {}).get("rollingUpdate") or {}).get("partition") or 0)


def owned(revisions: t.Iterable[Object], set_object: Object) -> list[Object]:
    """The set's own ControllerRevisions, known by its UID, the newest first."""
    uid = set_object["metadata"]["uid"]
    mine = [r for r in revisions if uid in [o.get("uid") for o in r["metadata"].get("ownerReferences", [])]]
    return sorted(mine, key=lambda r: int(r.get("revision", 0)), reverse=True)


def template_of(controller_revision: Object) -> Object:
    """The pod template that a revision stands for."""
    return {key: value for key, value in controller_revision["data"]["spec"]["template"].items() if key != "$patch"}


def previous(revisions: t.Iterable[Object], set_object: Object) -> Object | None:
    """The revision to go back to: the one noted when the update was staged, else the set's current one, else the newest of the others.

    Never the one that the set's own template says.
    """
    others = {r["metadata"]["name"]: r for r in owned(revisions, set_object)}
    others.pop(_status(set_object, "updateRevision"), None)
    wanted = [note(set_object, "previous"), _status(set_object, "currentRevision"), *others]
    return next((others[name] for name in wanted if name in others), None)


def result(set_object: Object, pods: list[Object], revisions: list[Object], profile: Profile, now: float) -> Object:
    """The return value of ``pc_history``."""
    mine, members = owned(revisions, set_object), _members(set_object, pods, profile, now)
    before = previous(mine, set_object)
    facts: Object = {
        "revisions": [_row(r, older, set_object, members, profile, now) for r, older in zip(mine, [*mine[1:], None])],
        "members": members,
        "partition": partition(set_object),
        "state": note(set_object, "state"),
        "reason": note(set_object, "reason"),
        "paused": note(set_object, "paused") == "true",
        "previous": before["metadata"]["name"] if before else "",
    }
    return {**facts, "table": table(facts)}


def _members(set_object: Object, pods: list[Object], profile: Profile, now: float) -> list[Object]:
    found, rows = _views.owned(pods, set_object), []
    for ordinal in _views.ordinals(_views.set_view(set_object, profile)):
        pod = _views.pod_view(found[ordinal], profile.container) if ordinal in found else None
        rows.append(
            {
                "ordinal": ordinal,
                "name": f"{set_object['metadata']['name']}-{ordinal}",
                "ready": bool(pod and pod.ready),
                "age": _report.age(pod.created, now) if pod else "",
                "version": tag(pod.image) if pod else "",
                "revision": pod.revision if pod else "",
                "phase": "Missing" if pod is None else "Terminating" if pod.terminating else pod.phase,
            }
        )
    return rows


def _row(revision: Object, older: Object | None, set_object: Object, members: list[Object], profile: Profile, now: float) -> Object:
    name, template = revision["metadata"]["name"], template_of(revision)
    container, created = _container(template, profile), str(revision["metadata"].get("creationTimestamp", ""))
    current, target = (_status(set_object, f"{which}Revision") == name for which in ("current", "update"))
    return {
        "name": name,
        "number": int(revision.get("revision", 0)),
        "image": container["image"],
        "version": tag(container["image"]),
        "config_map": _config_map(template, profile),
        "created": created,
        "age": _report.age(created, now),
        "change": changes(template_of(older), template, profile) if older else [],
        "current": current,
        "target": target,
        "staged": target and not current and partition(set_object) > 0,
        "members": [m["ordinal"] for m in members if m["revision"] == name],
    }


def changes(old: Object, new: Object, profile: Profile) -> list[str]:
    """Where two pod templates differ, a short line a field; values of environment variables are never told."""
    was, now = _leaves(old, ""), _leaves(new, "")
    lines = []
    for path in sorted(was.keys() | now.keys()):
        if was.get(path) != now.get(path):
            short = path.removeprefix("spec.").replace(f"containers.{profile.container}.", "", 1)
            lines.append(f"{short}: {_told(path, was.get(path))} -> {_told(path, now.get(path))}")
    return lines


def _leaves(value: t.Any, path: str) -> dict[str, t.Any]:
    """Every field by its path; lists of named things by their names, so that an insertion is one difference."""
    if isinstance(value, list) and value and all(isinstance(item, dict) and "name" in item for item in value):
        named = {item["name"]: {k: v for k, v in item.items() if k != "name"} or True for item in value}
        value = named if len(named) == len(value) else value
    if not isinstance(value, dict) or path.endswith(".env"):
        return {f"{path}.{k}": v for k, v in value.items()} if isinstance(value, dict) else {path: value}
    return {leaf: v for key, inner in value.items() for leaf, v in _leaves(inner, f"{path}.{key}".lstrip(".")).items()}


def _told(path: str, value: t.Any) -> str:
    if value is None:
        return "none"
    return str(value) if ".env." not in path and not isinstance(value, dict) and len(str(value)) <= SHORT else "..."


def _container(template: Object, profile: Profile) -> Object:
    containers: list[Object] = template["spec"]["containers"]
    return next((c for c in containers if c["name"] == profile.container), containers[0])


def _config_map(template: Object, profile: Profile) -> str:
    """The ConfigMap that is mounted where the server reads its configuration."""
    mounts = {m["name"] for m in _container(template, profile).get("volumeMounts", []) if m.get("mountPath") == profile.config_dir}
    return next((str(v["configMap"].get("name", "")) for v in template["spec"].get("volumes", []) if v["name"] in mounts and "configMap" in v), "")


def _status(set_object: Object, field: str) -> str:
    return str(set_object.get("status", {}).get(field, ""))


def table(facts: Object) -> list[str]:
    """Members, then revisions, then where an operation stands; rows that line up."""
    members = [("NAME", "READY", "AGE", "VERSION", "REVISION", "PHASE")]
    members += [(m["name"], "yes" if m["ready"] else "no", m["age"] or "-", m["version"] or "-", m["revision"] or "-", m["phase"]) for m in facts["members"]]
    revisions = [("REVISION", "NAME", "AGE", "VERSION", "CONFIG", "MEMBERS", "STATE", "CHANGE")]
    revisions += [
        (
            str(r["number"]),
            r["name"],
            r["age"],
            r["version"] or "-",
            r["config_map"] or "-",
            ",".join(map(str, r["members"])) or "-",
            _standing(r, facts["previous"]),
            "; ".join(r["change"]) or "-",
        )
        for r in facts["revisions"]
    ]
    return [*_aligned(members), "", *_aligned(revisions), *_operation(facts)]


def _standing(row: Object, before: str) -> str:
    said = [word for word in ("current", "target", "staged") if row[word]] + (["previous"] if row["name"] == before else [])
    return "+".join(said) or "-"


def _operation(facts: Object) -> list[str]:
    said = [facts["state"] and f"state {facts['state']}", facts["reason"] and f"reason {facts['reason']}"]
    said += [facts["paused"] and "paused", facts["partition"] and f"partition {facts['partition']}"]
    words = ", ".join(word for word in said if word)
    return ["", words] if words else []


def _aligned(rows: t.Sequence[tuple[str, ...]]) -> list[str]:
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    return ["  ".join(cell.ljust(width) for cell, width in zip(row, widths)).rstrip() for row in rows]
