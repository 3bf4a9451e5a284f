# SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""The only door to a cluster, and the only import of kubernetes.core: verbs in, plain dicts out, errors translated once.

kubernetes.core resolves the connection (kubeconfig, token, environment, proxy, impersonation); requests then go straight over the
client's own connection pool, because discovery and typed models cost more than the requests themselves.
"""

from __future__ import annotations

import json
import random
import threading
import time
import typing as t

from ansible_collections.robustmq.placement_center.plugins.module_utils import _rest
from ansible_collections.robustmq.placement_center.plugins.module_utils._errors import Forbidden, MissingLibrary, Unreachable
from ansible_collections.robustmq.placement_center.plugins.module_utils._rest import Reply

try:
    import kubernetes
    import urllib3
    from ansible_collections.kubernetes.core.plugins.module_utils.k8s import client as core
except ImportError as exc:
    MISSING: str | None = str(exc)
else:
    MISSING = None

FIELD_MANAGER = "robustmq.placement_center"
POOL = 32  # connections; more members than this wait for one another
ATTEMPTS = 4


class Found(t.NamedTuple):
    """The objects of one list, and the version from which a watch goes on."""

    items: list[dict[str, t.Any]]
    version: str


class Kube:
    """A connection to one cluster; safe to use from several threads."""

    def __init__(self, auth: t.Mapping[str, t.Any], deadline: float = 5.0) -> None:
        """:param auth: kubernetes.core's connection options. :param deadline: seconds for one request."""
        if MISSING:
            raise MissingLibrary(
                f"cannot talk to Kubernetes: {MISSING}",
                "install the collection kubernetes.core and the Python package kubernetes where this task runs",
            )
        self.deadline = deadline
        self.requests = 0
        self._count = threading.Lock()
        try:
            config = core._create_configuration(core._create_auth_spec(None, **auth))
            self._headers = dict(core._create_headers(None, **auth))
        except Exception as exc:  # the client raises whatever its parsers raise; all mean: no usable connection settings
            raise Unreachable(
                f"no usable connection to a cluster: {exc}",
                "name one: kubeconfig, K8S_AUTH_KUBECONFIG, or host and api_key",
            ) from exc
        self.host = str(config.host)
        for setting in config.auth_settings().values():
            if setting["in"] == "header" and setting["value"]:
                self._headers[setting["key"]] = setting["value"]
        self._pool = kubernetes.client.ApiClient(config).rest_client.pool_manager
        self._pool.connection_pool_kw["maxsize"] = POOL

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

    def wait_for_change(self, kind: str, namespace: str, since: str, seconds: float) -> None:
        """Return when any object of the kind changes after version ``since``, at the latest after ``seconds``."""
        query = {"watch": "1", "resourceVersion": since, "timeoutSeconds": "60"}
        try:
            self._send("GET", _rest.path(kind, namespace, query=query), None, {}, seconds, limit=1)
        except urllib3.exceptions.HTTPError:
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
        return self._json("PATCH", path, doing, obj, content="application/apply-patch+yaml") or {}

    def delete(self, obj: dict[str, t.Any], dry_run: bool = False) -> None:
        """Delete exactly this object: its UID is the precondition; one that is already gone is success."""
        meta = obj["metadata"]
        body: dict[str, t.Any] = {"preconditions": {"uid": meta["uid"]}, "propagationPolicy": "Background"}
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
    ) -> Reply:
        """A request to a pod through the API server: POST with a body, else GET; at most ``limit`` bytes of answer.

        :raises Unreachable: the pod gave no answer; ``partial["status"]`` has the API server's own number, if it answered.
        :raises Forbidden: ``pods/proxy`` is not allowed.
        """
        url = f"/api/v1/namespaces/{namespace}/pods/{pod}:{port}/proxy{path}"
        doing = f"reach {pod}:{port}{path}"
        method = "GET" if body is None else "POST"
        try:
            reply = self._send(method, url, body, headers or {}, self.deadline, limit=limit)
        except urllib3.exceptions.HTTPError as exc:
            raise Unreachable(f"could not {doing}: {_rest.plain(exc)}") from exc
        status = _rest.status_object(reply.body)
        if status is not None:  # the API server's own words, not the member's
            if reply.status == 403:
                raise Forbidden(f"could not {doing}: {status.get('message')}", f"allow {method.lower()} on pods/proxy")
            raise Unreachable(f"could not {doing}: {status.get('message')}", partial={"status": reply.status})
        return reply

    # Inside

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
        reply = self._patiently(method, path, data, headers, doing)
        if reply.status == 404 and missing_ok:
            return None
        if reply.status >= 400:
            raise _rest.error(reply, doing, self.host)
        try:
            found = json.loads(reply.body)
        except ValueError as exc:
            raise Unreachable(f"could not {doing}: {self.host} does not speak JSON", "is this a Kubernetes API server?") from exc
        return found if isinstance(found, dict) else {}

    def _patiently(self, method: str, path: str, data: bytes | None, headers: dict[str, str], doing: str) -> Reply:
        """Repeat what is safe to repeat: reads, and writes that were turned away unheard (429)."""
        for attempt in range(1, ATTEMPTS + 1):
            last = attempt == ATTEMPTS
            try:
                reply = self._send(method, path, data, headers, self.deadline)
                again = reply.status == 429 or (reply.status >= 500 and method == "GET")
                if not again or last:
                    return reply
            except urllib3.exceptions.HTTPError as exc:
                refused = isinstance(exc, urllib3.exceptions.NewConnectionError)
                if last or (method != "GET" and not refused):
                    raise Unreachable(f"could not {doing} at {self.host}: {_rest.plain(exc)}", "is the API server up, and this its address?") from exc
            time.sleep(0.1 * 2**attempt * random.uniform(0.5, 1.0))
        raise AssertionError("unreachable")

    def _send(
        self,
        method: str,
        path: str,
        data: bytes | None,
        headers: t.Mapping[str, str],
        seconds: float,
        limit: int = 1 << 26,
    ) -> Reply:
        with self._count:
            self.requests += 1
        timeout = urllib3.Timeout(connect=min(3.0, seconds), read=seconds)
        reply = self._pool.request(
            method,
            self.host + path,
            body=data,
            headers={**self._headers, **headers},
            timeout=timeout,
            retries=False,
            redirect=False,
            preload_content=False,
        )
        try:
            body = reply.read(limit)
        except BaseException:
            reply.close()
            raise
        if len(body) == limit:  # there may be more: this connection cannot be used again
            reply.close()
        reply.release_conn()
        return Reply(reply.status, reply.headers, body)


def secrets_of(kubeconfig: object) -> set[str]:
    """The secret strings of a kubeconfig given as a dictionary, for Ansible's censor."""
    from ansible_collections.kubernetes.core.plugins.module_utils.args_common import (
        extract_sensitive_values_from_kubeconfig,
    )

    return set(extract_sensitive_values_from_kubeconfig(kubeconfig))
