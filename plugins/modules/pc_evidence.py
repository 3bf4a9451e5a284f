#!/usr/bin/python
# -*- coding: utf-8 -*-
# SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
from __future__ import annotations

DOCUMENTATION = r"""
module: pc_evidence
short_description: Collects all that explains a failure of a placement-center cluster into one redacted archive
version_added: "0.1.0"
author: The robustmq.placement_center developers (@robustmq)
description:
  - Collects the cluster's objects, the namespace's events, the logs of this and the previous container of every member, the health of
    every member, the history of revisions and the receipts of operations. Changes nothing in the cluster.
  - Runs C(oc) or C(kubectl) through the Python package openshift-client; health is asked for as M(robustmq.placement_center.pc_health) asks.
  - What cannot be had is listed in RV(failed_items) and hinders nothing else; the archive is written even when nothing answers.
  - Secrets are never read. Values of variables, settings and annotations whose names look like those of secrets, bearer tokens,
    C(Authorization) headers, private keys and passwords in URLs are replaced by C(<redacted>), and such values of variables and settings
    wherever else they stand. Redaction works by names and forms, so read an archive before you give it away.
extends_documentation_fragment:
  - robustmq.placement_center.auth
  - robustmq.placement_center.cluster
  - robustmq.placement_center.attributes
attributes:
  idempotent:
    support: none
    details: Every run writes an archive of its own.
requirements:
  - openshift-client >= 2.0
  - C(oc) or C(kubectl)
options:
  dest:
    description:
      - Folder for the archive, on the host where the task runs; made where it is missing.
      - When unset or empty, C(robustmq-placement-center/evidence) in the user's state directory (C($XDG_STATE_HOME), else C(~/.local/state)).
    type: path
  client:
    description: Path or name of the program. When unset, C(oc) if it is on the path, else C(kubectl).
    type: str
  tail:
    description: How many lines of each log are taken, counted from its end.
    type: int
    default: 5000
  item_timeout:
    description: Seconds that one item may take.
    type: int
    default: 30
notes:
  - The program is told the connection in a file that only this user can read and that is gone afterwards. O(username), O(password),
    O(proxy), O(no_proxy) and O(proxy_headers) cannot be handed over so and are refused; a kubeconfig can say the same.
"""

EXAMPLES = r"""
- name: Keep what explains it, then fail
  block:
    - name: Prove it whole
      robustmq.placement_center.pc_health:
        namespace: robustmq
        must_pass: true
  rescue:
    - name: Collect evidence
      robustmq.placement_center.pc_evidence:
        namespace: robustmq
        dest: /var/tmp/evidence
      register: evidence

    - name: Say where it is
      ansible.builtin.fail:
        msg: "{{ ansible_failed_result.msg }}; evidence is in {{ evidence.path }}"
"""

RETURN = r"""
path:
  description: The archive (in check mode, its name had it been written now).
  type: str
  returned: success
  sample: /var/tmp/evidence/robustmq-placement-center-20260101T000000Z.tar.gz
size:
  description: Its size in bytes; 0 in check mode.
  type: int
  returned: success
entries:
  description: What is in it, below the folder of the archive's name.
  type: list
  elements: str
  returned: success
  sample: [health.json, history.json, logs/placement-center-0/placement-center.log, manifest.json, objects/pods.json]
failed_items:
  description: What could not be had, and why.
  type: list
  elements: dict
  returned: success
  sample: [{"item": "objects/leases.json", "reason": "Unreachable: leases.coordination.k8s.io is forbidden"}]
notes:
  description: What an archive of this kind of server cannot hold, so that nobody looks for it.
  type: list
  elements: str
  returned: success
  sample: ["a server of profile v0_1 writes no log: files in logs are empty but for a crash's last words"]
reason:
  description: Stable code of the failure.
  type: str
  returned: failure
"""

import json
import os
import time
import typing as t
from datetime import datetime

from ansible_collections.robustmq.placement_center.plugins.module_utils import _archive, _client, _evidence, _local
from ansible_collections.robustmq.placement_center.plugins.module_utils._collect import collect
from ansible_collections.robustmq.placement_center.plugins.module_utils._entry import AUTH_SPEC, Job, run
from ansible_collections.robustmq.placement_center.plugins.module_utils._errors import BadInput
from ansible_collections.robustmq.placement_center.plugins.module_utils._python import UTC
from ansible_collections.robustmq.placement_center.plugins.module_utils._redact import Redactor

SPEC: dict[str, t.Any] = {
    "dest": {"type": "path"},
    "client": {"type": "str"},
    "tail": {"type": "int", "default": 5000},
    "item_timeout": {"type": "int", "default": 30},
}


def work(job: Job) -> dict[str, t.Any]:
    """Collect, redact, write."""
    want, now = job.params, datetime.now(UTC)
    if want["tail"] < 1:
        raise BadInput("tail", want["tail"], "is no number of lines", "give 1 or more")
    program = _client.program(want["client"])
    options = {name: want[name] for name in AUTH_SPEC}
    folder = _local.place("dest", want["dest"], "evidence")
    path = os.path.join(folder, f"{job.namespace}-{job.name}-{now:%Y%m%dT%H%M%SZ}.tar.gz")
    with _client.access(options, os.environ) as access:
        if job.check_mode:
            return {"changed": True, "path": path, "size": 0, "entries": [], "failed_items": [], "notes": _evidence.notes(job.profile)}
        _archive.folder(folder)
        basket = collect(job, _client.Client(program, access, job.namespace, want["item_timeout"]), want["tail"])
    redactor = Redactor(known=_client.secrets(options, os.environ), kept=(job.namespace, job.name, job.profile.container))
    files = _evidence.files(basket.found, redactor)
    failed = redactor.everywhere([{**item, "reason": redactor.line(item["reason"])} for item in basket.failed])
    files["manifest.json"] = _manifest(job, now, files, failed)
    size = _archive.write(path, files, int(time.time()))
    return {"changed": True, "path": path, "size": size, "entries": sorted(files), "failed_items": failed, "notes": _evidence.notes(job.profile)}


def _manifest(job: Job, now: datetime, files: dict[str, bytes], failed: list[dict[str, str]]) -> bytes:
    said = {
        "cluster": {"namespace": job.namespace, "name": job.name, "profile": job.profile.name},
        "collected": f"{now:%Y-%m-%dT%H:%M:%SZ}",
        "log_lines_at_most": job.params["tail"],
        "entries": [{"name": name, "bytes": len(content)} for name, content in files.items()],
        "failed": failed,
        "notes": _evidence.notes(job.profile),
    }
    return (json.dumps(said, indent=1) + "\n").encode()


def main() -> None:
    """Entry point."""
    run(work, SPEC)


if __name__ == "__main__":
    main()
