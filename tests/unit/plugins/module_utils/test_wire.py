# SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""An API server that is slow, fails, cuts connections or hangs: what is repeated, and that nothing outlasts the deadline."""

from __future__ import annotations

import contextlib
import itertools
import json
import threading
import time
import typing as t
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from ansible_collections.robustmq.placement_center.plugins.module_utils._errors import PcError, Unreachable
from ansible_collections.robustmq.placement_center.plugins.module_utils._kube import Kube

Answer = t.Callable[[BaseHTTPRequestHandler], None]
DEADLINE = 2.0
HANG = threading.Event()  # never set


def says(status: int, **body: t.Any) -> Answer:
    data = json.dumps(body).encode()

    def answer(request: BaseHTTPRequestHandler) -> None:
        request.send_response(status)
        request.send_header("Content-Length", str(len(data)))
        request.end_headers()
        request.wfile.write(data)

    return answer


def fails(status: int, message: str) -> Answer:
    return says(status, kind="Status", apiVersion="v1", message=message)


def cuts(request: BaseHTTPRequestHandler) -> None:
    request.close_connection = True


def hangs(request: BaseHTTPRequestHandler) -> None:
    HANG.wait(DEADLINE + 2)


def slow(request: BaseHTTPRequestHandler) -> None:
    HANG.wait(1)
    GOOD(request)


def drips(request: BaseHTTPRequestHandler) -> None:
    request.send_response(200)
    request.end_headers()
    with contextlib.suppress(OSError):
        for _tenth in range(40):
            request.wfile.write(b" ")
            HANG.wait(0.1)


def stalls(request: BaseHTTPRequestHandler) -> None:
    HANG.wait(1)
    request.send_response(200)
    request.send_header("Content-Length", "9")
    request.end_headers()
    HANG.wait(DEADLINE + 2)


GOOD, BUSY, BROKEN = says(200, good=True), fails(429, "too many"), fails(500, "etcdserver: timed out")
REFUSED = fails(503, "error trying to reach service: dial tcp 10.0.0.1:1: connect: connection refused")


@contextlib.contextmanager
def answering(*answers: Answer) -> t.Iterator[Kube]:
    """A connection to a server that gives these answers in turn, over and over."""
    turns = itertools.cycle(answers)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def answer(self) -> None:
            self.rfile.read(int(self.headers.get("Content-Length") or 0))
            next(turns)(self)

        do_GET = do_POST = do_PATCH = answer

        def log_message(self, *_given: t.Any) -> None:
            pass

    class Server(ThreadingHTTPServer):
        request_queue_size = 128

    server = Server(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    try:
        yield Kube({"host": f"http://127.0.0.1:{server.server_port}", "api_key": "k"}, DEADLINE)
    finally:
        server.shutdown()


def read(kube: Kube) -> object:
    return kube.version()


def ask(kube: Kube) -> object:
    return json.loads(kube.proxy("n", "p", 1, "/x").body)


def write(kube: Kube) -> object:
    return kube.apply({"kind": "ConfigMap", "metadata": {"name": "x", "namespace": "n"}})


# what is done, the server's answers, requests that it takes, and the failure if there is one
CASES: list[tuple[str, t.Callable[[Kube], object], list[Answer], int, str]] = [
    ("a good answer", read, [GOOD], 1, ""),
    ("a slow one", read, [slow], 1, ""),
    ("a read goes on through failures", read, [BUSY, cuts, BROKEN, BUSY, cuts, cuts, GOOD], 7, ""),
    ("so does a question", ask, [BUSY, cuts, BROKEN, fails(504, "timeout"), GOOD], 5, ""),
    ("but not for ever", read, [BROKEN], 10, "etcdserver"),
    ("a write that was turned away is sent again", write, [BUSY, BUSY, GOOD], 3, ""),
    ("one that may have been heard is not", write, [BROKEN], 1, "etcdserver"),
    ("nor one that was cut", write, [cuts], 1, "at http"),
    ("a closed port is asked once more", ask, [REFUSED], 2, "refused"),
    ("a missing pod is not", ask, [fails(404, "pods not found")], 1, "not found"),
    ("a member's own failure is its answer", ask, [says(503, good=True)], 1, ""),
    ("an expired token ends a read at once", read, [fails(401, "Unauthorized")], 1, "Unauthorized"),
    ("and a question", ask, [fails(401, "Unauthorized")], 1, "Unauthorized"),
    ("hanging", read, [hangs], 1, "timed out"),
    ("hanging under a question", ask, [hangs], 1, "timed out"),
    ("hanging after a failure", read, [BROKEN, hangs], 2, "timed out"),
    ("stalling after the head", ask, [stalls], 1, "timed out"),
    ("dripping", ask, [drips], 1, "drips"),
]


@pytest.mark.parametrize("act, answers, requests, failure", [c[1:] for c in CASES], ids=[c[0] for c in CASES])
def test_patience(act: t.Callable[[Kube], object], answers: list[Answer], requests: int, failure: str) -> None:
    with answering(*answers) as kube:
        started = time.monotonic()
        if failure:
            with pytest.raises(Unreachable, match=failure):
                act(kube)
        else:
            assert act(kube) == {"good": True}
        assert time.monotonic() - started < 2 * DEADLINE
        assert kube.requests == requests


def test_an_expired_token_is_called_that() -> None:
    for act in (read, ask, write):
        with answering(fails(401, "Unauthorized")) as kube, pytest.raises(PcError) as caught:
            act(kube)
        assert "expired" in caught.value.hint


def test_hanging_members_do_not_hold_up_the_others() -> None:
    """Seven members hang at three questions each, while twenty other questions are asked."""
    with answering(*[hangs] * 21, *[GOOD] * 20) as kube:

        def ask_in_vain() -> None:
            with pytest.raises(Unreachable):
                ask(kube)

        hung = [threading.Thread(target=ask_in_vain, daemon=True) for _question in range(21)]
        for thread in hung:
            thread.start()
        while kube.requests < 21:
            time.sleep(0.01)
        time.sleep(0.3)
        others = [threading.Thread(target=read, args=(kube,)) for _question in range(20)]
        started = time.monotonic()
        for thread in others:
            thread.start()
        for thread in others:
            thread.join()
        assert time.monotonic() - started < DEADLINE, "they did not wait for the hanging ones"
        for thread in hung:
            thread.join()
        assert time.monotonic() - started < 2 * DEADLINE
