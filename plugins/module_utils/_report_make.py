# SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""A report from the receipts' places to its files: the edge that reads and writes."""

from __future__ import annotations

import json
import os
import typing as t

from ansible_collections.robustmq.placement_center.plugins.module_utils import _local, _receipts
from ansible_collections.robustmq.placement_center.plugins.module_utils._errors import BadInput, Refused
from ansible_collections.robustmq.placement_center.plugins.module_utils._hints import hint
from ansible_collections.robustmq.placement_center.plugins.module_utils._kube import Kube
from ansible_collections.robustmq.placement_center.plugins.module_utils._receipt import named
from ansible_collections.robustmq.placement_center.plugins.module_utils._report_drawing import svg
from ansible_collections.robustmq.placement_center.plugins.module_utils._report_facts import Operation, operation
from ansible_collections.robustmq.placement_center.plugins.module_utils._report_page import Content, page
from ansible_collections.robustmq.placement_center.plugins.module_utils._report_poster import poster
from ansible_collections.robustmq.placement_center.plugins.module_utils._report_style import POSTER

LARGEST = 2_000_000  # bytes of a receipt's file
MOST = 20  # receipts that are read
ROOM = 1_000_000  # bytes of a page


def stored(kube: Kube, namespace: str, name: str, wanted: t.Sequence[str]) -> list[Operation]:
    """What the cluster keeps: all, or those that are named by their operation or their key.

    :raises Refused: one that is named is not there.
    """
    known = [(found, _names(said)) for said in _receipts.stored(kube, namespace, name) if (found := operation(said)) is not None]
    for each in wanted:
        if not any(each in names for _found, names in known):
            have = ", ".join(sorted(found.id for found, _names in known)) or "none at all"
            raise Refused("receipt_missing", f"no receipt {each} is kept in {namespace}/{name}-receipts; there is {have}", hint("receipt_missing"))
    return [found for found, names in known if not wanted or names.intersection(wanted)]


def _names(said: t.Mapping[str, t.Any]) -> set[str]:
    key = named(str(said.get("started")), str(said.get("operation")))
    return {str(said.get("operation")), key, key.removesuffix(".json")}


def read(path: str) -> Operation:
    """One receipt from a file.

    :raises BadInput: it cannot be read, or is none.
    """
    try:
        with open(os.path.expanduser(path), encoding="utf-8") as file:
            said = file.read(LARGEST + 1)
        found = operation(json.loads(said)) if len(said) <= LARGEST else None
    except OSError as exc:
        raise BadInput("files", path, f"cannot be read: {exc.strerror}", "name a receipt that this user may read") from exc
    except (ValueError, RecursionError):
        found = None
    if found is None:
        raise BadInput("files", path, "is no receipt", hint("receipt_unreadable"), "receipt_unreadable")
    return found


def made(content: Content) -> tuple[str, str]:
    """The page, and the picture for chats and tickets. Receipts that are too full are left out of the page, the oldest first."""
    picture = poster(content.title, content.operations, content.backups, content.now)
    told = page(content)
    while len(told.encode()) > ROOM and len(content.operations) > 1:
        content = content._replace(operations=content.operations[:-1], left_out=content.left_out + 1)
        told = page(content)
    return told, svg(picture, style=POSTER) + "\n"


def put(path: str, text: str, check: bool) -> bool:
    """Write it where it is not what stands there; True if that is, or in check mode would be, a change.

    :raises BadInput: nothing can be written there.
    """
    try:
        with open(path, encoding="utf-8") as file:
            if file.read() == text:
                return False
    except (OSError, ValueError):
        pass
    if not check:
        try:
            _local.put(path, text)
        except OSError as exc:
            raise BadInput("dest", path, f"cannot be written: {exc.strerror}", "name a folder that this user may write to") from exc
    return True
