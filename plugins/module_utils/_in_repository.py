# SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Papers that lie in a restic repository: how they are found when the cluster that wrote them is gone."""

from __future__ import annotations

import secrets
import typing as t

from ansible_collections.robustmq.placement_center.plugins.module_utils import _manifest, _mover_words, _movers
from ansible_collections.robustmq.placement_center.plugins.module_utils._backup_store import Stored
from ansible_collections.robustmq.placement_center.plugins.module_utils._manifest import Seal
from ansible_collections.robustmq.placement_center.plugins.module_utils._mover import Runner

Object = dict[str, t.Any]


def read(runner: Runner, namespace: str, name: str, wanted: str = "") -> list[Stored]:
    """Every paper of one cluster, or the one that is ``wanted``.

    :raises PcError: the repository could not be read.
    """
    head = f"{name[:30]}-r-{secrets.token_hex(3)}"
    mine = f"pc-set={namespace}/{name}"
    tags = ",".join(["pc-manifest", mine, *([f"pc-id={wanted}"] if wanted else [])])
    listed = runner.good(_movers.restic(f"{head}-list", "snapshots", "--no-lock", "--tag", tags))
    return [_paper(runner, f"{head}-{number}", each) for number, each in enumerate(_mover_words.array(listed.log))]


def _paper(runner: Runner, name: str, snapshot: Object) -> Stored:
    backup = next((tag.removeprefix("pc-id=") for tag in snapshot.get("tags") or () if tag.startswith("pc-id=")), "")
    texts = {}
    for each in _movers.FILES:
        part = each.split(".", maxsplit=1)[0]
        said = runner.good(_movers.restic(f"{name}-{part}", "dump", "--no-lock", snapshot["id"], f"{_movers.PAPERS}/{each}"))
        texts[each] = said.log.strip()
    try:
        paper, seal = _manifest.read(texts)
    except (ValueError, KeyError, TypeError):
        return Stored(backup, "repository", {}, Seal("", ""), trouble="manifest_damaged", found=snapshot)
    return Stored(backup, "repository", paper, seal, found=snapshot)
