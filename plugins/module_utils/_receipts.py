# SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where receipts are kept: a ConfigMap beside the cluster, the newest ten."""

from __future__ import annotations

import json
import typing as t

from ansible_collections.robustmq.placement_center.plugins.module_utils import _receipt
from ansible_collections.robustmq.placement_center.plugins.module_utils._errors import Conflict
from ansible_collections.robustmq.placement_center.plugins.module_utils._kube import Kube
from ansible_collections.robustmq.placement_center.plugins.module_utils._receipt import Receipt

Object = dict[str, t.Any]

TRIES = 5  # others that write at the same moment


def store(kube: Kube, receipt: Receipt) -> str:
    """Keep it, in place of an earlier state of the same operation; returns its key.

    :raises PcError: it could not be written.
    """
    new, text = _receipt.key(receipt), _receipt.text(receipt)
    for left in reversed(range(TRIES)):
        try:
            _store(kube, receipt, new, text)
            break
        except Conflict:
            if not left:
                raise
    return new


def _store(kube: Kube, receipt: Receipt, new: str, text: str) -> None:
    name = f"{receipt.name}-receipts"
    live = kube.get("ConfigMap", name, receipt.namespace)
    if live is None:
        meta = {"name": name, "namespace": receipt.namespace, "labels": {"app": "robustmq", "component": receipt.name}}
        kube.create({"apiVersion": "v1", "kind": "ConfigMap", "metadata": meta, "data": {new: text}})
        return
    change = _receipt.kept(live.get("data") or {}, new, text)
    version = {"resourceVersion": live["metadata"]["resourceVersion"]}
    kube.merge("ConfigMap", receipt.namespace, name, {"metadata": version, "data": change})


def stored(kube: Kube, namespace: str, name: str) -> list[Object]:
    """Every receipt that is kept and can be read, the newest first."""
    live = kube.get("ConfigMap", f"{name}-receipts", namespace) or {}
    found = []
    for _key, text in sorted((live.get("data") or {}).items(), reverse=True):
        try:
            found.append(json.loads(text))
        except ValueError:
            continue  # somebody edited it
    return found
