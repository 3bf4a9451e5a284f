# SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""What an operation does, told where ``kubectl describe`` shows it: a Kubernetes Event on the StatefulSet."""

from __future__ import annotations

import os
import secrets
import socket
import time
import typing as t

from ansible_collections.robustmq.placement_center.plugins.module_utils._errors import PcError
from ansible_collections.robustmq.placement_center.plugins.module_utils._kube import FIELD_MANAGER, Kube
from ansible_collections.robustmq.placement_center.plugins.module_utils._model import Reason

Object = dict[str, t.Any]

LONGEST = 1000  # bytes of a message; the API server refuses more than 1024


def tell(kube: Kube, set_object: Object, kind: str, code: str, message: str) -> Reason | None:
    """Write an Event about the set; what kept it from being written is a concern, never a failure.

    :param kind: Normal or Warning. :param code: a reason code; the Event has it in camel case.
    """
    try:
        kube.create(event(set_object, kind, code, message, time.time()))
    except PcError as exc:
        return Reason("event_not_written", exc.words)
    return None


def event(set_object: Object, kind: str, code: str, message: str, now: float) -> Object:
    """The object that is written."""
    meta = set_object["metadata"]
    stamp = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(now))
    about = {"apiVersion": "apps/v1", "kind": "StatefulSet", **{key: meta[key] for key in ("name", "namespace", "uid", "resourceVersion")}}
    return {
        "apiVersion": "v1",
        "kind": "Event",
        "metadata": {"name": f"{meta['name']}.{int(now * 1e6):x}{secrets.token_hex(3)}", "namespace": meta["namespace"]},
        "involvedObject": about,
        "type": kind,
        "reason": camel(code),
        "message": message.encode()[:LONGEST].decode("utf-8", "ignore"),
        "firstTimestamp": stamp,
        "lastTimestamp": stamp,
        "count": 1,
        "source": {"component": FIELD_MANAGER},
        "reportingComponent": FIELD_MANAGER,
        "reportingInstance": f"{socket.gethostname()}:{os.getpid()}",
    }


def camel(code: str) -> str:
    """``write_lost`` as Events have it: ``WriteLost``."""
    return "".join(word[:1].upper() + word[1:] for word in code.split("_"))
