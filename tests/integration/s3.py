# SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""An S3 service inside the cluster that can be taken away, or made to fail, while its data stays."""

from __future__ import annotations

import contextlib
import http.client
import json
import threading
import typing as t
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from .backups import PASSWORD, secret
from .cluster import Cluster, Object, kubectl
from .faults import gone_away
from .waiting import until
from .where import node_address

NAME = "s3"
PORT = 9000
KEY, SECRET = "backups", "not-to-be-told-to-anybody"


class _Failing(BaseHTTPRequestHandler):
    """Whatever is asked, the server has failed."""

    protocol_version = "HTTP/1.1"

    def _fail(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        body = b"<Error><Code>InternalError</Code><Message>a disk is on fire</Message></Error>"
        self.send_response(500)
        self.send_header("Content-Type", "application/xml")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    do_GET = do_HEAD = do_PUT = do_POST = do_DELETE = _fail

    def log_message(self, *args: t.Any) -> None:
        """Silence."""


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: t.Any, client_address: t.Any) -> None:
        """Clients that gave up are what it is for."""


class S3:
    """rclone serves a claim's folders as buckets; who answers under the service's name is ours to say."""

    def __init__(self, cluster: Cluster, size: str = "1Gi") -> None:
        """:param size: of the claim that holds the buckets; ext4 of 16Mi is the least."""
        self.cluster = cluster
        kubectl("apply", "-n", cluster.namespace, "-f", "-", text=json.dumps({"apiVersion": "v1", "kind": "List", "items": _objects(size)}))
        kubectl("wait", "-n", cluster.namespace, f"pod/{NAME}", "--for=condition=Ready", "--timeout=60s")
        self._pod = str(cluster.get("pod", NAME)["status"]["podIP"])
        self._address = str(cluster.get("service", NAME)["spec"]["clusterIP"])
        self.authorise()
        self.works()

    @property
    def variables(self) -> Object:
        """A backup into it."""
        return {"pc_backup_method": "restic", "pc_backup_repository": f"s3:http://{NAME}.{self.cluster.namespace}.svc.cluster.local:{PORT}/bucket/pc"}

    def authorise(self, key: str = KEY) -> None:
        """The Secret that restic finds its keys in."""
        secret(self.cluster, RESTIC_PASSWORD=PASSWORD, AWS_ACCESS_KEY_ID=key, AWS_SECRET_ACCESS_KEY=SECRET)

    def works(self) -> None:
        """As it should."""
        self._answered_by([self._pod], PORT, lambda said: said in (200, 403))

    @contextlib.contextmanager
    def refusing(self) -> t.Iterator[None]:
        """New connections are refused, as where nobody listens."""
        self._answered_by([], PORT, lambda said: said == 0)
        yield
        self.works()

    def cut_off(self) -> contextlib.AbstractContextManager[None]:
        """Connections that are there are cut, and no new ones made: it goes away in the middle."""
        return gone_away(self.cluster, NAME, PORT)

    @contextlib.contextmanager
    def failing(self) -> t.Iterator[None]:
        """Every request is answered with 500."""
        server = _Server((node_address(), 0), _Failing)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            self._answered_by([node_address()], server.server_port, lambda said: said == 500)
            yield
            self.works()
        finally:
            server.shutdown()
            server.server_close()

    def _answered_by(self, addresses: list[str], port: int, seen: t.Callable[[int], bool]) -> None:
        found: Object = {
            "apiVersion": "discovery.k8s.io/v1",
            "kind": "EndpointSlice",
            "metadata": {"name": NAME, "labels": {"kubernetes.io/service-name": NAME}},
            "addressType": "IPv4",
            "endpoints": [{"addresses": [each], "conditions": {"ready": True}} for each in addresses],
            "ports": [{"port": port, "protocol": "TCP"}],
        }
        kubectl("apply", "-n", self.cluster.namespace, "-f", "-", text=json.dumps(found))
        until(self._status, seen, what="the service is not answered by whom it should be")

    def _status(self) -> int:
        """What a request without a key gets; 0 is no connection."""
        asked = http.client.HTTPConnection(self._address, PORT, timeout=2)
        try:
            asked.request("GET", "/")
            return asked.getresponse().status
        except ConnectionRefusedError:
            return 0
        except OSError:
            return -1
        finally:
            asked.close()


def _objects(size: str) -> list[Object]:
    serving = ["serve", "s3", "--addr", f":{PORT}", "--auth-key", f"{KEY},{SECRET}", "/buckets"]
    container = {
        "name": "rclone",
        "image": "rclone/rclone:1.76.0",
        "args": serving,
        "volumeMounts": [{"name": "buckets", "mountPath": "/buckets"}],
        "readinessProbe": {"tcpSocket": {"port": PORT}, "periodSeconds": 1},
    }
    volume = {"name": "buckets", "persistentVolumeClaim": {"claimName": NAME}}
    claim = {"accessModes": ["ReadWriteOnce"], "storageClassName": "ssd", "resources": {"requests": {"storage": size}}}
    return [
        {"apiVersion": "v1", "kind": "PersistentVolumeClaim", "metadata": {"name": NAME}, "spec": claim},
        {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": NAME}, "spec": {"containers": [container], "volumes": [volume]}},
        {"apiVersion": "v1", "kind": "Service", "metadata": {"name": NAME}, "spec": {"ports": [{"port": PORT}]}},
    ]
