# SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""A proxy in front of the API server that is slow, answers failures, or cuts connections."""

from __future__ import annotations

import contextlib
import http.client
import json
import random
import ssl
import threading
import time
import typing as t
import urllib.parse
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import kubernetes

from .cluster import Object

HOP = {"connection", "transfer-encoding", "content-length", "host", "accept-encoding"}
EDIT = t.Callable[[str, Object], None]


@dataclass
class Mood:
    """What the proxy does to requests: seconds of delay, shares that fail or are cut, and lies told in JSON answers."""

    delay: float = 0.0
    failing: float = 0.0
    cutting: float = 0.0
    clock: float = 0.0  # seconds by which it is ahead of ours
    away: bool = False  # every connection is closed without an answer
    edit: EDIT | None = None  # given the path and the answer's object, which it changes
    random: random.Random = field(default_factory=lambda: random.Random(5))
    hurt: int = 0
    requests: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)

    def choose(self) -> str:
        """What becomes of the next request: ``fail``, ``cut``, ``away`` or nothing special."""
        with self.lock:
            self.requests += 1
            drawn = self.random.random()
            fate = "fail" if drawn < self.failing else "cut" if drawn < self.failing + self.cutting else ""
            fate = "away" if self.away else fate
            self.hurt += bool(fate)
            return fate


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server

    def _handle(self) -> None:
        mood = self.server.mood
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        fate = mood.choose()
        time.sleep(mood.delay)
        if fate == "fail":
            self._fail()
        elif fate == "away" or (fate == "cut" and mood.hurt % 2):
            self.close_connection = True
        else:
            self._pass_on(body, cut=fate == "cut")

    do_GET = do_POST = do_PATCH = do_DELETE = _handle

    def _pass_on(self, body: bytes, cut: bool) -> None:
        upstream = self.server.connect()
        headers = {k: v for k, v in self.headers.items() if k.lower() not in HOP}
        upstream.request(self.command, self.path, body or None, headers)
        answer = upstream.getresponse()
        data = self._edited(answer.read())
        upstream.close()
        self.send_response(answer.status)
        for name, value in answer.getheaders():
            if name.lower() not in HOP | {"date", "server"}:
                self.send_header(name, value)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data[: len(data) // 2] if cut else data)
        self.close_connection = self.close_connection or cut

    def date_time_string(self, timestamp: float | None = None) -> str:
        """What the answer says of the time."""
        return super().date_time_string(time.time() + self.server.mood.clock if timestamp is None else timestamp)

    def _edited(self, data: bytes) -> bytes:
        edit = self.server.mood.edit
        if edit is None:
            return data
        try:
            said = json.loads(data)
        except ValueError:
            return data
        edit(self.path, said)
        return json.dumps(said).encode()

    def _fail(self) -> None:
        overloaded = self.server.mood.hurt % 2
        status, reason = (429, "TooManyRequests") if overloaded else (500, "InternalError")
        body = json.dumps({"kind": "Status", "apiVersion": "v1", "status": "Failure", "message": reason, "reason": reason, "code": status}).encode()
        self.send_response(status)
        if overloaded:
            self.send_header("Retry-After", "1")
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args: t.Any) -> None:
        """Silence: what matters is counted."""


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 64

    def __init__(self, mood: Mood) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.mood = mood
        config = kubernetes.client.Configuration()
        kubernetes.config.load_kube_config(client_configuration=config)
        self.upstream = urllib.parse.urlsplit(config.host)
        self.tls = ssl.create_default_context(cafile=config.ssl_ca_cert)
        self.tls.load_cert_chain(config.cert_file, config.key_file)

    def connect(self) -> http.client.HTTPSConnection:
        """A connection to the real API server, as the administrator of the kubeconfig."""
        return http.client.HTTPSConnection(self.upstream.hostname or "", self.upstream.port or 443, timeout=30, context=self.tls)

    def handle_error(self, request: t.Any, client_address: t.Any) -> None:
        """Clients that gave up are what these tests are about."""


@contextlib.contextmanager
def api_server(**mood: t.Any) -> t.Iterator[tuple[Object, Mood]]:
    """Options that lead a module through the proxy, and what it does there."""
    server = _Server(Mood(**mood))
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield through(f"http://127.0.0.1:{server.server_port}"), server.mood
    finally:
        server.shutdown()
        server.server_close()


def through(address: str, **user: str) -> Object:
    """Options of a module for an API server at this address; nothing of the environment's kubeconfig is used."""
    return {
        "kubeconfig": {
            "apiVersion": "v1",
            "kind": "Config",
            "clusters": [{"name": "here", "cluster": {"server": address, "insecure-skip-tls-verify": True}}],
            "users": [{"name": "me", "user": user}],
            "contexts": [{"name": "it", "context": {"cluster": "here", "user": "me"}}],
            "current-context": "it",
        }
    }
