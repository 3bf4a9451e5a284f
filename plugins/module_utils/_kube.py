# SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""The only door to a cluster: verbs in, plain dicts out, errors translated once.

Requests are plain REST over one pool (``_wire``), because discovery and typed models cost more than the requests themselves.
"""

from __future__ import annotations

import email.utils
import json
import time
import typing as t

from ansible_collections.robustmq.placement_center.plugins.module_utils import _rest
from ansible_collections.robustmq.placement_center.plugins.module_utils._errors import FieldConflict, Forbidden, PcError, Unreachable
from ansible_collections.robustmq.placement_center.plugins.module_utils._rest import FIELD_MANAGER, Reply
from ansible_collections.robustmq.placement_center.plugins.module_utils._wire import POOL, Cut, Wire

__all__ = ["FIELD_MANAGER", "POOL", "Found", "Kube"]


class Found(t.NamedTuple):
    """The objects of one list, and the version from which a watch goes on."""

    items: list[dict[str, t.Any]]
    version: str


class Kube:
    """A connection to one cluster; safe to use from several threads."""

    def __init__(self, auth: t.Mapping[str, t.Any], deadline: float = 5.0) -> None:
        """:param auth: kubernetes.core's connection options. :param deadline: seconds for one request with its repetitions."""
        self._wire = Wire(auth, deadline)
        self.host, self.deadline = self._wire.host, deadline

    @property
    def requests(self) -> int:
        """How many were sent so far."""
        return self._wire.requests

    # Reading

    def get(self, kind: str, name: str, namespace: str = "") -> dict[str, t.Any] | None:
        """One object, or None where there is none."""
        return self._json("GET", _rest.path(kind, namespace, name), f"get {kind} {name}", missing_ok=True)

    def find(self, kind: str, namespace: str = "", selector: str = "", fields: str = "") -> Found:
        """Every object of a kind, of one namespace where the kind has namespaces, with these labels and fields."""
        query = {key: value for key, value in (("labelSelector", selector), ("fieldSelector", fields)) if value}
        found = self._json("GET", _rest.path(kind, namespace, query=query), f"list {kind}", missing_ok=True) or {}
        items = [{**item, "kind": kind} for item in found.get("items", [])]
        return Found(items, str(found.get("metadata", {}).get("resourceVersion", "")))

    def version(self) -> dict[str, t.Any]:
        """The API server's version object; the cheapest proof that it answers."""
        return self._json("GET", "/version", "ask the API server's version") or {}

    def log(self, namespace: str, pod: str, lines: int = 0, limit: int = 1 << 24) -> str:
        """What a pod's only container has printed: the newest ``lines``, or (0) all of what the node still keeps, at most ``limit`` bytes."""
        query = f"?tailLines={lines}" if lines else ""
        doing = f"read the log of pod {pod}"
        try:
            reply = self._wire.send("GET", _rest.path("Pod", namespace, pod) + f"/log{query}", None, {}, safe=True, limit=limit)
        except Cut as exc:
            raise Unreachable(f"could not {doing} at {self.host}: {exc}") from exc
        if reply.status >= 400:
            raise self._refused(reply, doing)
        return reply.body.decode(errors="replace")

    def ahead(self) -> float:
        """Seconds by which the API server's clock is ahead of ours; 0 where it does not tell its time."""
        reply = self._wire.send("GET", "/version", None, {}, safe=True)
        told = email.utils.parsedate_to_datetime(reply.headers["Date"]) if "Date" in reply.headers else None
        return told.timestamp() - time.time() if told else 0.0

    def stats(self, node: str) -> dict[str, t.Any]:
        """A kubelet's own statistics: what its pods and their volumes use.

        :raises Forbidden: ``get`` on ``nodes/proxy`` is not allowed.
        """
        doing = f"get statistics of node {node} (get on nodes/proxy)"
        return self._json("GET", f"{_rest.path('Node', name=node)}/proxy/stats/summary", doing) or {}

    def allowed(self, verb: str, group: str, resource: str, namespace: str) -> bool:
        """May we? ``resource`` can name a subresource as ``pods/proxy``."""
        plural, _slash, sub = resource.partition("/")
        attributes = {"verb": verb, "group": group, "resource": plural, "subresource": sub, "namespace": namespace}
        body = {"spec": {"resourceAttributes": attributes}}
        path = _rest.path("SelfSubjectAccessReview")
        review = self._json("POST", path, f"ask for permission to {verb} {resource}", body) or {}
        return bool(review.get("status", {}).get("allowed"))

    def answers(self, seconds: float = 1.0) -> bool:
        """Does the API server itself answer now? Asked once."""
        try:
            return self._wire.once("GET", "/version", None, {}, seconds, limit=1 << 16).status < 500
        except Cut:
            return False

    def wait_for_change(self, kind: str, namespace: str, since: str, seconds: float) -> None:
        """Return when any object of the kind changes after version ``since``, at the latest after ``seconds``."""
        query = {"watch": "1", "resourceVersion": since, "timeoutSeconds": "60"}
        try:
            self._wire.once("GET", _rest.path(kind, namespace, query=query), None, {}, seconds, limit=1)
        except Cut:
            pass  # silence for that long is an answer here

    # Writing

    def apply(self, obj: dict[str, t.Any], dry_run: bool = False, force: bool = False) -> dict[str, t.Any]:
        """Server-side apply; a ``resourceVersion`` in the object is its precondition.

        :returns: the object as it is (or, in a dry run, would be) stored.
        """
        meta = obj["metadata"]
        query = {"fieldManager": FIELD_MANAGER, "force": str(force).lower()}
        if dry_run:
            query["dryRun"] = "All"
        path = _rest.path(obj["kind"], meta.get("namespace", ""), meta["name"], query)
        doing = f"apply {obj['kind']} {meta['name']}"
        try:
            return self._json("PATCH", path, doing, obj, content="application/apply-patch+yaml") or {}
        except FieldConflict as exc:
            if force or not exc.own:
                raise
        return self.apply(obj, dry_run, force=True)

    def create(self, obj: dict[str, t.Any], dry_run: bool = False) -> dict[str, t.Any]:
        """Make an object that must not exist yet; ``generateName`` is as good as a name.

        :raises Conflict: it exists.
        """
        meta = obj["metadata"]
        path = _rest.path(obj["kind"], meta.get("namespace", ""), query={"fieldManager": FIELD_MANAGER, **({"dryRun": "All"} if dry_run else {})})
        return self._json("POST", path, f"create {obj['kind']} {meta.get('name') or meta['generateName']}", obj) or {}

    def merge(self, kind: str, namespace: str, name: str, patch: dict[str, t.Any], dry_run: bool = False) -> dict[str, t.Any]:
        """JSON merge patch: null removes a field; a ``metadata.resourceVersion`` in it is its precondition.

        :raises Conflict: the object is of another version.
        """
        path = _rest.path(kind, namespace, name, {"fieldManager": FIELD_MANAGER, **({"dryRun": "All"} if dry_run else {})})
        return self._json("PATCH", path, f"patch {kind} {name}", patch, content="application/merge-patch+json") or {}

    def delete(self, obj: dict[str, t.Any], dry_run: bool = False, orphan: bool = False) -> None:
        """Delete exactly this object: its UID is the precondition; one that is already gone is success.

        :param orphan: leave what it owns, and delete only this version of it.
        """
        meta = obj["metadata"]
        body: dict[str, t.Any] = {"preconditions": {"uid": meta["uid"]}, "propagationPolicy": "Background"}
        if orphan:
            body = {"preconditions": {k: meta[k] for k in ("uid", "resourceVersion")}, "propagationPolicy": "Orphan"}
        if dry_run:
            body["dryRun"] = ["All"]
        path = _rest.path(obj["kind"], meta.get("namespace", ""), meta["name"])
        self._json("DELETE", path, f"delete {obj['kind']} {meta['name']}", body, missing_ok=True)

    # Reaching a pod

    def proxy(
        self,
        namespace: str,
        pod: str,
        port: int,
        path: str,
        body: bytes | None = None,
        headers: t.Mapping[str, str] | None = None,
        limit: int = 1 << 20,
        repeat: bool = True,
        seconds: float | None = None,
    ) -> Reply:
        """A request to a pod through the API server: POST with a body, else GET; at most ``limit`` bytes of answer.

        :param repeat: send it again where that may help; without, it is sent exactly once. :param seconds: instead of the deadline.
        :raises Unreachable: the pod gave no answer; ``partial["status"]`` has the API server's own number, if it answered.
        :raises Forbidden: ``pods/proxy`` is not allowed.
        """
        url = f"/api/v1/namespaces/{namespace}/pods/{pod}:{port}/proxy{path}"
        doing = f"reach {pod}:{port}{path}"
        method = "GET" if body is None else "POST"
        try:
            if repeat:
                reply = self._wire.send(method, url, body, headers or {}, safe=True, member=True, limit=limit, seconds=seconds)
            else:
                reply = self._wire.once(method, url, body, headers or {}, seconds or self._wire.deadline, limit)
        except Cut as exc:
            raise Unreachable(f"could not {doing}: {exc}") from exc
        status = _rest.status_object(reply.body)
        if status is None:  # the member's own words
            return reply
        if reply.status == 401:
            raise self._refused(reply, doing)
        if reply.status == 403:
            raise Forbidden(f"could not {doing}: {status.get('message')}", f"allow {method.lower()} on pods/proxy")
        raise Unreachable(f"could not {doing}: {status.get('message')}", partial={"status": reply.status})

    # Inside

    def _refused(self, reply: Reply, doing: str) -> PcError:
        error = _rest.error(reply, doing, self.host)
        if reply.status == 401 or "system:anonymous" in str(error):
            error.hint = self._wire.doubts() or error.hint
        return error

    def _json(
        self,
        method: str,
        path: str,
        doing: str,
        body: dict[str, t.Any] | None = None,
        content: str = "application/json",
        missing_ok: bool = False,
    ) -> dict[str, t.Any] | None:
        data = None if body is None else json.dumps(body).encode()
        headers = {"Accept": "application/json", "Content-Type": content}
        try:
            reply = self._wire.send(method, path, data, headers, safe=method == "GET")
        except Cut as exc:
            raise Unreachable(f"could not {doing} at {self.host}: {exc}", _rest.way_out(str(exc), self.host)) from exc
        if reply.status == 404 and missing_ok:
            return None
        if reply.status >= 400:
            raise self._refused(reply, doing)
        try:
            found = json.loads(reply.body)
        except ValueError as exc:
            raise Unreachable(f"could not {doing}: {self.host} does not speak JSON", "is this a Kubernetes API server?") from exc
        return found if isinstance(found, dict) else {}
