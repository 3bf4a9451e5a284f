# SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""The only way out: one pool of connections to the API server, its requests counted, repeated where that helps, and never late.

Only here are urllib3, the Kubernetes client and kubernetes.core imported; the last two only where ``_connect`` finds that the connection
is not plain.
"""

from __future__ import annotations

import contextlib
import os
import random
import ssl
import tempfile
import threading
import time
import typing as t

from ansible_collections.robustmq.placement_center.plugins.module_utils import _certificate, _connect, _kubeconfig, _libraries, _rest
from ansible_collections.robustmq.placement_center.plugins.module_utils._errors import MissingLibrary, Unreachable
from ansible_collections.robustmq.placement_center.plugins.module_utils._rest import Reply

try:
    import urllib3
except ImportError as exc:
    MISSING: ImportError | None = exc
else:
    MISSING = None

POOL = 64  # connections; more questions at once than this wait for one another
EAGER = 4  # as many requests at once share as many connections; the next waits for one of these, but only
WAIT = 0.1  # seconds: a handshake costs more than a quick answer, and a hanging member must not hold up the others


class Cut(Exception):
    """No answer: could not connect, was cut off, or took too long. ``refused``: the request was never sent."""

    def __init__(self, words: str, refused: bool = False) -> None:
        super().__init__(words)
        self.refused = refused


class Connection(t.NamedTuple):
    """An open way to a cluster; ``headers`` go with every request."""

    host: str
    headers: dict[str, str]
    pool: urllib3.PoolManager
    cert: str | bytes | None = None  # the client's, a path or its content


class Wire:
    """Requests to one API server; safe to use from several threads."""

    def __init__(self, options: t.Mapping[str, t.Any], deadline: float) -> None:
        """:param options: kubernetes.core's connection options. :param deadline: seconds for one request with all its repetitions.

        :raises Unreachable: they say nothing that could be used. :raises MissingLibrary: only kubernetes.core could tell.
        """
        self.deadline = deadline
        self.requests = 0
        self._options = options
        self._count = threading.Lock()
        self._turns = threading.Semaphore(EAGER)
        self.host, self._headers, self._pool, self._cert = _connected(options)
        self._pool.connection_pool_kw["maxsize"] = POOL

    def doubts(self) -> str:
        """What is wrong with what was shown to a server that wants none of it, as far as it tells by itself."""
        token = self._headers.get("authorization", "").removeprefix("Bearer ")
        if said := _certificate.expired(_content(self._cert), token, time.time()):
            return f"{said}: {_rest.LOG_IN}"
        return ": ".join(_kubeconfig.why(self._options, os.environ) or ())

    def send(
        self,
        method: str,
        path: str,
        data: bytes | None,
        headers: t.Mapping[str, str],
        safe: bool,
        member: bool = False,
        limit: int = 1 << 26,
        seconds: float | None = None,
    ) -> Reply:
        """The last answer within ``seconds``, else the deadline; ``safe`` and ``member`` as ``_rest.tries`` has them.

        :raises Cut: there is none.
        """
        end = time.monotonic() + (seconds or self.deadline)
        attempt = 0
        while True:
            attempt += 1
            failure = None
            try:
                reply = self.once(method, path, data, headers, end - time.monotonic(), limit)
                tries = _rest.tries(reply, safe, member)
            except Cut as exc:
                failure, tries = exc, _rest.MANY if safe or exc.refused else 1
            pause = min(0.2, 0.02 * 2**attempt) * random.uniform(0.5, 1.0)
            if attempt < tries and time.monotonic() + pause < end:
                time.sleep(pause)
            elif failure:
                raise failure
            else:
                return reply

    def once(self, method: str, path: str, data: bytes | None, headers: t.Mapping[str, str], seconds: float, limit: int) -> Reply:
        """One request, sent once; at most ``limit`` bytes of its answer.

        :raises Cut: no answer.
        """
        with self._count:
            self.requests += 1
        end = time.monotonic() + seconds
        mine = self._turns.acquire(timeout=min(WAIT, seconds))
        try:
            reply = self._pool.request(
                method,
                self.host + path,
                body=data,
                headers={**self._headers, **headers},
                timeout=urllib3.Timeout(connect=min(3.0, seconds), total=seconds),
                retries=False,
                redirect=False,
                preload_content=False,
            )
            return Reply(reply.status, reply.headers, _body(reply, limit, end))
        except urllib3.exceptions.HTTPError as exc:
            raise Cut(_rest.plain(exc), isinstance(exc, urllib3.exceptions.NewConnectionError)) from exc
        finally:
            if mine:
                self._turns.release()


def _body(reply: urllib3.BaseHTTPResponse, limit: int, end: float) -> bytes:
    """At most ``limit`` bytes, and none after ``end``, however slowly they drip."""
    read = getattr(reply, "read1", reply.read)  # an older urllib3 reads on until it has all
    body = b""
    try:
        while len(body) < limit:
            if sock := getattr(reply.connection, "sock", None):
                sock.settimeout(max(0.01, end - time.monotonic()))
            more = read(limit - len(body))
            body += more
            if not more:
                reply.release_conn()
                return body
            if time.monotonic() > end:
                raise urllib3.exceptions.TimeoutError("Read timed out: the answer drips")
    except BaseException:
        reply.close()
        raise
    reply.close()  # there may be more: this connection cannot be used again
    return body


def _connected(options: t.Mapping[str, t.Any]) -> Connection:
    try:
        if MISSING:
            raise _libraries.missing("cannot talk to Kubernetes", MISSING)
        plain = _connect.plain(options, os.environ)
        return through_core(options) if plain is None else _open(plain)
    except Exception as exc:  # the client raises whatever its parsers raise; all mean: no usable connection settings
        wrong = _kubeconfig.why(options, os.environ)
        if wrong is None and isinstance(exc, MissingLibrary):
            raise
        said, hint = wrong or (" ".join(str(exc).split()), "name one: kubeconfig, K8S_AUTH_KUBECONFIG, or host and api_key")
        raise Unreachable(f"no usable connection to a cluster: {said}", hint) from exc


def through_core(options: t.Mapping[str, t.Any]) -> Connection:
    """What kubernetes.core makes of the options and the environment."""
    try:  # here, not above: this import is the cost that a plain connection saves
        import kubernetes
        from ansible_collections.kubernetes.core.plugins.module_utils.k8s import client as core
    except ImportError as exc:
        raise _libraries.missing("cannot talk to Kubernetes", exc) from exc
    config = core._create_configuration(core._create_auth_spec(None, **options))
    headers = dict(core._create_headers(None, **options))
    for setting in config.auth_settings().values():
        if setting["in"] == "header" and setting["value"]:
            headers[setting["key"]] = setting["value"]
    return Connection(str(config.host), headers, kubernetes.client.ApiClient(config).rest_client.pool_manager, config.cert_file)


def _open(found: _connect.Settings) -> Connection:
    """One TLS context for all connections: a certificate is parsed once, and a key lies in a file for an instant only."""
    context = urllib3.util.ssl_.create_urllib3_context(cert_reqs=ssl.CERT_REQUIRED if found.verify else ssl.CERT_NONE)
    if isinstance(found.ca, bytes):
        context.load_verify_locations(cadata=found.ca.decode())
    elif found.ca:
        context.load_verify_locations(found.ca)
    else:
        context.load_default_certs()
    if found.cert:
        with _as_file(found.cert) as cert, _as_file(found.key or found.cert) as key:
            context.load_cert_chain(cert, key, password="")  # with none, OpenSSL would ask at the terminal
    # urllib3 sets this again for each connection; while another thread shakes hands, that is a race inside OpenSSL.
    context.set_alpn_protocols(["http/1.1"])
    context.set_alpn_protocols = lambda alpn_protocols: None  # type: ignore[method-assign]
    if not found.verify:
        urllib3.disable_warnings()
    name: dict[str, t.Any] = {"server_hostname": found.server_name} if found.server_name else {}
    headers = {"authorization": f"Bearer {found.token}"} if found.token else {}
    return Connection(found.host, headers, urllib3.PoolManager(ssl_context=context, **name), found.cert)


def _content(pem: str | bytes | None) -> bytes:
    if not isinstance(pem, str):
        return pem or b""
    with open(pem, "rb") as file:
        return file.read()


@contextlib.contextmanager
def _as_file(pem: str | bytes) -> t.Iterator[str]:
    if not isinstance(pem, bytes):
        yield pem
        return
    with tempfile.NamedTemporaryFile() as file:  # readable by this user only
        file.write(pem)
        file.flush()
        yield file.name
