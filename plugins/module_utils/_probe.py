# SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""The only socket to a member: its answers as bytes, unparsed, or the reason why there are none."""

from __future__ import annotations

import typing as t

from ansible_collections.robustmq.placement_center.plugins.module_utils._errors import Forbidden, Unreachable
from ansible_collections.robustmq.placement_center.plugins.module_utils._grpcweb import HEADERS
from ansible_collections.robustmq.placement_center.plugins.module_utils._kube import Kube
from ansible_collections.robustmq.placement_center.plugins.module_utils._model import Answer
from ansible_collections.robustmq.placement_center.plugins.module_utils._rest import Reply

EMPTY_MESSAGE = b"\0\0\0\0\0"  # a gRPC-web frame of an empty request


class Silent(t.NamedTuple):
    """No answer, and why: a stable code and the words that came instead."""

    why: Answer


def http(kube: Kube, namespace: str, pod: str, port: int, path: str, seconds: float | None = None) -> Reply | Silent:
    """``GET path`` of a member."""
    return _ask(lambda: kube.proxy(namespace, pod, port, path, seconds=seconds))


def grpc(kube: Kube, namespace: str, pod: str, port: int, method: str, seconds: float | None = None) -> Reply | Silent:
    """A unary gRPC call without arguments, as gRPC-web over HTTP/1.1."""
    return _ask(lambda: kube.proxy(namespace, pod, port, method, EMPTY_MESSAGE, HEADERS, seconds=seconds))


def _ask(call: t.Callable[[], Reply]) -> Reply | Silent:
    try:
        return call()
    except Forbidden as exc:
        return Silent(Answer(False, "forbidden", exc.words))
    except Unreachable as exc:
        return Silent(Answer(False, _code(str(exc), exc.partial.get("status")), str(exc)))


def _code(words: str, status: int | None) -> str:
    """Tell a closed port from a silent process: the API server only says it in words."""
    if "connection refused" in words:
        return "port_closed"
    if status == 404:
        return "pod_missing"
    if "EOF" in words or "reset by peer" in words:
        return "connection_cut"
    if status is not None and "error trying to reach service" not in words:
        return "unreachable"  # the API server speaks of itself
    return "no_answer"
