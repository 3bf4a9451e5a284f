#!/usr/bin/python
# -*- coding: utf-8 -*-
# SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
from __future__ import annotations

DOCUMENTATION = r"""
module: pc_report
short_description: Draws receipts and backups on one page that needs no network, and as a picture
version_added: "0.1.0"
author: The robustmq.placement_center developers (@robustmq)
description:
  - Takes receipts of updates, rollbacks and growths out of the ConfigMap C(NAME-receipts) or out of files, and writes one HTML page and one
    SVG picture of the newest for chats and tickets. It changes nothing in the cluster.
  - The page shows members by time with each phase of a step, who led which raft group in which term, entries behind, write latency and every
    stop of writes, holds with their reasons, and the forecast beside what came. Each picture is there as a table too.
  - Both files stand alone. They ask for nothing, run no script, and follow the reader's choice of light or dark.
  - The same receipts and backups make the same files, so a second run changes nothing. Ages of backups are told in full hours, and are news when
    they change.
  - Receipts are read with care, since people can edit them. What is no number is not drawn, and every text is shown as the text that it is.
extends_documentation_fragment:
  - robustmq.placement_center.auth
  - robustmq.placement_center.cluster
  - robustmq.placement_center.attributes
requirements:
  - drawsvg >= 2.3
options:
  receipts:
    description:
      - Receipts out of the ConfigMap, each by its operation as C(update-1a2b3c) or by its key.
      - When neither this nor O(files) is given, all that are kept, which are the last ten.
    type: list
    elements: str
    default: []
  files:
    description: Receipts as files, on the host where the task runs; together with O(receipts) twenty at most.
    type: list
    elements: path
    default: []
  backups:
    description:
      - Backups as M(robustmq.placement_center.pc_backup_info) returns them in RV(robustmq.placement_center.pc_backup_info#module:backups).
      - When unset, the page says nothing of backups.
    type: list
    elements: dict
  backups_unknown:
    description: Why O(backups) could not be had; said on the page in their place.
    type: str
    default: ""
  dest:
    description:
      - Folder for C(NAMESPACE-NAME.html) and C(NAMESPACE-NAME.svg), on the host where the task runs; made where it is missing.
      - When unset or empty, C(robustmq-placement-center/reports) in the user's state directory (C($XDG_STATE_HOME), else C(~/.local/state)).
    type: path
"""

EXAMPLES = r"""
- name: Which backups are there?
  robustmq.placement_center.pc_backup_info:
    namespace: robustmq
  register: known

- name: Draw the last ten operations, and what insures against the next
  robustmq.placement_center.pc_report:
    namespace: robustmq
    backups: "{{ known.backups }}"
    dest: /var/tmp/reports
  register: report

- name: Draw one receipt that somebody has sent; no cluster is asked
  robustmq.placement_center.pc_report:
    files: [/var/tmp/20260101T000000.000Z-update-1a2b3c.json]
    dest: /var/tmp/reports
"""

RETURN = r"""
path:
  description: The page; in check mode, its name had it been written.
  type: str
  returned: success
  sample: /var/tmp/reports/robustmq-placement-center.html
picture:
  description: The picture; in check mode, its name had it been written.
  type: str
  returned: success
  sample: /var/tmp/reports/robustmq-placement-center.svg
size:
  description: Bytes of the page.
  type: int
  returned: success
operations:
  description: What is on it, the newest first.
  type: list
  elements: str
  returned: success
  sample: [update-1a2b3c, expand]
summary:
  description: A line for each operation, and whether anything was written.
  type: list
  elements: str
  returned: success
reason:
  description: Stable code of the failure.
  type: str
  returned: failure
"""

import os
import time
import typing as t

from ansible_collections.robustmq.placement_center.plugins.module_utils import _local, _report_make
from ansible_collections.robustmq.placement_center.plugins.module_utils._entry import Job, run
from ansible_collections.robustmq.placement_center.plugins.module_utils._errors import BadInput
from ansible_collections.robustmq.placement_center.plugins.module_utils._report_drawing import library
from ansible_collections.robustmq.placement_center.plugins.module_utils._report_facts import Operation, backup
from ansible_collections.robustmq.placement_center.plugins.module_utils._report_page import Content
from ansible_collections.robustmq.placement_center.plugins.module_utils._report_values import text
from ansible_collections.robustmq.placement_center.plugins.module_utils._report_words import moment, state, title

SPEC: dict[str, t.Any] = {
    "receipts": {"type": "list", "elements": "str", "default": []},
    "files": {"type": "list", "elements": "path", "default": []},
    "backups": {"type": "list", "elements": "dict"},
    "backups_unknown": {"type": "str", "default": ""},
    "dest": {"type": "path"},
}


def work(job: Job) -> dict[str, t.Any]:
    """Read, draw, write what is not there yet."""
    library()  # told before a cluster is asked
    want = job.params
    ops = _operations(job)
    known = None if want["backups"] is None else [backup(b) for b in want["backups"]]
    hour = time.time() // 3600 * 3600
    content = Content(f"{job.name} in {job.namespace}", ops, known, text(want["backups_unknown"]), hour)
    page, picture = _report_make.made(content)
    base = os.path.join(_local.place("dest", want["dest"], "reports"), f"{job.namespace}-{job.name}")
    changed = [_report_make.put(path, said, job.check_mode) for path, said in ((f"{base}.html", page), (f"{base}.svg", picture))]
    told = "nothing has changed" if not any(changed) else "check mode: nothing was written" if job.check_mode else "written"
    return {
        "changed": any(changed),
        "path": f"{base}.html",
        "picture": f"{base}.svg",
        "size": len(page.encode()),
        "operations": [op.id for op in ops],
        "summary": [*(f"{moment(op.started)}  {title(op)}: {state(op)[0]}" for op in ops), f"{base}.html: {told}"],
    }


def _operations(job: Job) -> list[Operation]:
    """Those that are asked for, the newest first."""
    want = job.params
    if len(want["files"]) + len(want["receipts"]) > _report_make.MOST:
        raise BadInput("files", len(want["files"]), f"are too many: a page holds {_report_make.MOST} receipts", "make more than one page")
    found = [_report_make.read(path) for path in want["files"]]
    if want["receipts"] or not want["files"]:
        found += _report_make.stored(job.kube, job.namespace, job.name, want["receipts"])
    return sorted(found, key=lambda op: (op.started, op.id), reverse=True)


def main() -> None:
    """Entry point."""
    run(work, SPEC)


if __name__ == "__main__":
    main()
