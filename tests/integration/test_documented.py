# SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every playbook command of the documentation is typed as it stands there, in an order in which a person might come to it."""

from __future__ import annotations

import json
import pathlib
import shlex
import typing as t

import pytest

from tests.documented import PAGES, commands

from .cluster import Cluster
from .test_grow import XFS

IMAGE = "pc_image=robustmq/placement-center"
EXAMPLE = "20261125-080910-405c"  # a backup that is not here
# Each with the reason code of its refusal, or nothing where it does what the page says.
ORDER: list[tuple[str, str]] = [
    ("deploy -e pc_profile=v0_4 -e pc_admin_secret=my-login", "admin_secret_missing"),  # nobody has made it here, so nothing is changed
    ("deploy --check --diff", ""),
    (f"deploy -e {IMAGE}:0.3.0", ""),
    ("deploy", ""),
    ("deploy -e @cluster.yml", ""),
    ("deploy -e pc_namespace=a", ""),
    ("deploy -e pc_adopt=true --check --diff", ""),
    ("deploy -e pc_adopt=true", ""),
    ("status", ""),
    ("status -e pc_must_pass=true", ""),
    ("backup --check", ""),
    ("backup -e @/srv/ops/backup.yml", ""),
    ("backup -e pc_keep_last=7 -e pc_keep_weekly=4", ""),
    ("drill --check", ""),
    ("drill", ""),
    (f"upgrade -e {IMAGE}:0.4.0 --check", ""),
    ("pause", ""),
    (f"upgrade -e {IMAGE}:0.4.0", ""),
    ("pause -e pc_paused=false", ""),
    (f"upgrade -e {IMAGE}:0.4.0 -e pc_canary=true", ""),
    (f"upgrade -e {IMAGE}:0.4.0", ""),
    ("history", ""),
    ("report", ""),
    ("report -e pc_report_dest=/var/tmp/reports", ""),
    ("report -e pc_receipts=update-1a2b3c", "receipt_missing"),
    ("report -e pc_receipt_files=receipt.json -e pc_report_backups=false", "bad_input"),
    ("history -e pc_history_format=json", ""),
    ("rollback -e pc_revision=placement-center-7c9f", "revision_missing"),
    ("rollback", ""),
    ("replace_member -e pc_ordinal=1 --check", "nothing_to_replace"),
    ("replace_member -e pc_ordinal=1", "nothing_to_replace"),
    ("replace_member -e pc_ordinal=0", "nothing_to_replace"),
    ("replace_member -e pc_ordinal=1 -e pc_discard=placement-center-1", ""),
    ("restore -e pc_backup_id=latest", ""),
    (f"restore -e pc_backup_id={EXAMPLE} -e pc_confirm=placement-center -e pc_confirm_backup={EXAMPLE}", "backup_missing"),
    (
        "restore -e pc_backup_id=latest -e pc_backup_repository=s3:https://s3.example.com/bucket/folder -e pc_backup_signing_key_file=placement-center.key",
        "bad_input",
    ),
    ("expand -e pc_storage_size=40Gi --check", ""),
    ("expand -e pc_storage_size=40Gi", ""),
    ("evidence", ""),
    ("evidence -e pc_evidence_dest=/var/tmp/evidence", ""),
    ("destroy -e pc_confirm=placement-center --check", ""),
    ("destroy -e pc_confirm=placement-center", ""),
]


def test_every_command_of_the_documentation_is_in_the_order() -> None:
    told = {" ".join(words[1:]) for page in PAGES for words in commands(page.read_text())}
    assert {f"robustmq.placement_center.{line}" for line, _code in ORDER} == told


@pytest.mark.long
def test_every_command_of_the_documentation_does_what_its_page_says(cluster: Cluster, tmp_path: pathlib.Path) -> None:
    mine = tmp_path / "mine.yml"
    mine.write_text(json.dumps({"pc_namespace": cluster.namespace}))
    size: dict[str, t.Any] = {}
    for line, code in ORDER:
        playbook, *words = shlex.split(line)
        typed = [f"@{mine}" if word.startswith("@") else word.replace("pc_namespace=a", f"pc_namespace={cluster.namespace}") for word in words]
        typed = [word.replace("/var/tmp", str(tmp_path)) for word in typed]
        run = cluster.play(playbook, *typed, **{**XFS, **size})
        print(f"{line}: {run.code}")
        assert (run.failure()["reason"] if run.code else "") == code, f"{line}\n{run.screen}"
        if playbook == "expand" and "--check" not in words:
            size = {"pc_storage_size": "40Gi"}
