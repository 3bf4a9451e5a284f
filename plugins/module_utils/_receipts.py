# SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where receipts are kept: a ConfigMap beside the cluster and a folder beside the operator, the newest ten in each."""

from __future__ import annotations

import contextlib
import json
import os
import typing as t

from ansible_collections.robustmq.placement_center.plugins.module_utils import _local, _receipt
from ansible_collections.robustmq.placement_center.plugins.module_utils._errors import BadInput, Conflict, PcError
from ansible_collections.robustmq.placement_center.plugins.module_utils._kube import Kube
from ansible_collections.robustmq.placement_center.plugins.module_utils._model import Reason
from ansible_collections.robustmq.placement_center.plugins.module_utils._receipt import Receipt

Object = dict[str, t.Any]

TRIES = 5  # others that write at the same moment


def leave(kube: Kube, receipt: Receipt, dest: str | None) -> tuple[str, list[Reason]]:
    """Keep it in both places; the file's path, and what could not be kept: no operation fails for its receipt."""
    path, concerns = "", []
    try:
        store(kube, receipt)
    except PcError as exc:
        concerns.append(Reason("receipt_not_stored", str(exc)))
    try:
        path = keep(receipt, dest)
    except PcError as exc:
        concerns.append(Reason("receipt_not_written", str(exc)))
    return path, concerns


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


def keep(receipt: Receipt, dest: str | None) -> str:
    """Keep it as a file too, in place of an earlier state of the same operation; returns its path, or nothing where none is wanted.

    :param dest: a folder for all clusters; empty is none, None the user's own.
    :raises BadInput: nothing can be written there.
    """
    if dest == "":
        return ""
    folder = os.path.join(_local.place("receipt_dest", dest, "receipts"), receipt.namespace, receipt.name)
    path = os.path.join(folder, _receipt.key(receipt))
    try:
        _local.put(path, _receipt.text(receipt) + "\n")
        old = _receipt.surplus(os.listdir(folder), os.path.basename(path))
    except OSError as exc:
        raise BadInput("receipt_dest", folder, f"cannot be written to: {exc.strerror}", "name a folder that this user may write to") from exc
    for name in old:
        with contextlib.suppress(OSError):
            os.unlink(os.path.join(folder, name))
    return path
