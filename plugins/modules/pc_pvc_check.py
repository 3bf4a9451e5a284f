#!/usr/bin/python
# -*- coding: utf-8 -*-
# SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
from __future__ import annotations

DOCUMENTATION = r"""
module: pc_pvc_check
short_description: Says whether every member has the claim that it should have, and how full its volume is
version_added: "0.1.0"
author: The robustmq.placement_center developers (@robustmq)
description:
  - Compares the claims of a StatefulSet with its claim templates and ordinals, claim by claim and by name, never by label. Changes
    nothing.
  - Looks behind each claim at its volume, its StorageClass, the snapshot classes of its driver, the pods that mount it, and at what
    the kubelet measured of bytes and inodes.
  - Every fact that could not be learned is a reason against RV(ignore:ok), never an omission.
  - Free space is measured by the kubelet, by default once a minute, and read through the API server. That needs C(get) on
    C(nodes/proxy), a right that is worth withholding; without it, O(min_free_percent=0) does without the figures.
extends_documentation_fragment:
  - robustmq.placement_center.auth
  - robustmq.placement_center.cluster
  - robustmq.placement_center.attributes
options:
  min_free_percent:
    description:
      - How much of each volume must be free, of its bytes and of its inodes. Free space that is unknown fails like space that is short.
      - V(0) asks for nothing; figures are still returned where they can be had.
    type: int
    default: 10
  previous:
    description:
      - A former result of this module, as registered. With it RV(claims) has the growth of each volume since, and when it will be full.
      - A claim or volume that was replaced since, or that was not measured anew, has no growth.
    type: dict
    default: {}
  must_pass:
    description: Fail when there is a reason; the failure's RV(reason) is the code of the first.
    type: bool
    default: false
"""

EXAMPLES = r"""
- name: Has every member its volume, and room on it?
  robustmq.placement_center.pc_pvc_check:
    namespace: robustmq
  register: volumes

- name: Show them
  ansible.builtin.debug:
    msg: "{{ volumes.table }}"

- name: Look again later
  robustmq.placement_center.pc_pvc_check:
    namespace: robustmq
    previous: "{{ volumes }}"
  register: later

- name: Warn while there is time
  ansible.builtin.assert:
    that: (later.claims | map(attribute='hours_until_full') | reject('none') | select('lt', 48) | list) == []

- name: Stop here unless all is well; this user may not read the nodes' statistics
  robustmq.placement_center.pc_pvc_check:
    namespace: robustmq
    min_free_percent: 0
    must_pass: true
"""

RETURN = r"""
ok:
  description: Nothing speaks against the claims.
  type: bool
  returned: always
summary:
  description: The answer in one sentence.
  type: str
  returned: always
reasons:
  description: All that speaks against them, each with a stable code; empty when RV(ok) is true.
  type: list
  elements: dict
  returned: always
  contains:
    code: {description: Stable code of the finding., type: str, returned: always}
    claim: {description: Claim that it is about., type: str, returned: always}
    ordinal: {description: Ordinal that the claim's name gives., type: int, returned: always}
    message: {description: The finding in words., type: str, returned: always}
concerns:
  description: What is worth knowing and no reason, of the same form.
  type: list
  elements: dict
  returned: always
claims:
  description:
    - One row for each ordinal and claim template; what is unknown is null.
    - RV(claims[].expandable) and RV(claims[].snapshot_capable) are what the StorageClass and the driver's snapshot classes say.
  type: list
  elements: dict
  returned: always
  contains:
    ordinal: {description: The member., type: int, returned: always}
    template: {description: Name of the claim template., type: str, returned: always}
    claim: {description: Name of the claim., type: str, returned: always}
    phase: {description: "V(Missing), V(Pending), V(Bound), V(Lost) or V(Terminating).", type: str, returned: always}
    bound: {description: It is bound to a volume., type: bool, returned: always}
    uid: {description: UID of the claim., type: str, returned: always}
    size: {description: Size asked for., type: str, returned: always}
    capacity: {description: Size that it has., type: str, returned: always}
    class: {description: StorageClass., type: str, returned: always}
    modes: {description: Access modes and volume mode., type: list, elements: str, returned: always}
    volume: {description: PersistentVolume., type: str, returned: always}
    reclaim_policy: {description: What becomes of the volume when the claim is deleted., type: str, returned: always}
    driver: {description: CSI driver., type: str, returned: always}
    expandable: {description: It may grow., type: bool, returned: always}
    snapshot_capable: {description: It can be snapshotted., type: bool, returned: always}
    pods: {description: Pods that mount it., type: list, elements: str, returned: always}
    measured: {description: When its file system was measured., type: str, returned: always}
    capacity_bytes: {description: Bytes of the file system., type: int, returned: always}
    used_bytes: {description: Bytes that are not free., type: int, returned: always}
    free_bytes: {description: Bytes that the member can still write., type: int, returned: always}
    inodes: {description: Inodes of the file system., type: int, returned: always}
    inodes_used: {description: Inodes that are not free., type: int, returned: always}
    inodes_free: {description: Inodes that are free., type: int, returned: always}
    free_percent: {description: "Share that is free, of bytes or of inodes: the smaller.", type: float, returned: always}
    bytes_per_hour: {description: Growth since O(previous)., type: int, returned: always}
    hours_until_full: {description: Hours until no byte is free at that growth; null where it does not grow., type: float, returned: always}
orphans:
  description: Claims of ordinals that the set does not have, as a scale-in leaves them; each is a concern too.
  type: list
  elements: dict
  returned: always
  sample: [{"code": "orphan", "claim": "data-placement-center-3", "ordinal": 3, "size": "20Gi", "volume": "pvc-1f0c", "reclaim_policy": "Retain",
            "message": "data-placement-center-3 is no member's: keep it for when the set grows, or delete it"}]
foreign:
  description: Claims that have an ordinal's name and were made for something else. One of an ordinal that the set has is a reason too.
  type: list
  elements: dict
  returned: always
table:
  description: The claims as lines of a table, for people.
  type: list
  elements: str
  returned: always
observed_in_ms:
  description: Duration of the look in milliseconds.
  type: int
  returned: always
requests:
  description: API requests of the look.
  type: int
  returned: always
reason:
  description: Stable code of the failure.
  type: str
  returned: failure
"""

import typing as t

from ansible_collections.robustmq.placement_center.plugins.module_utils import _volume_report, _volumes
from ansible_collections.robustmq.placement_center.plugins.module_utils._entry import Job, run
from ansible_collections.robustmq.placement_center.plugins.module_utils._errors import BadInput, Refused
from ansible_collections.robustmq.placement_center.plugins.module_utils._hints import PAGE
from ansible_collections.robustmq.placement_center.plugins.module_utils._storage import Storage

SPEC: dict[str, t.Any] = {
    "min_free_percent": {"type": "int", "default": 10},
    "previous": {"type": "dict", "default": {}},
    "must_pass": {"type": "bool", "default": False, "no_log": False},
}


def work(job: Job) -> dict[str, t.Any]:
    """Look once; report."""
    least, former = job.params["min_free_percent"], job.params["previous"]
    if not 0 <= least <= 100:
        raise BadInput("min_free_percent", least, "is no percentage", "give 0 to 100; 0 asks for nothing")
    rows = former.get("claims", [])
    if (former and "claims" not in former) or not isinstance(rows, list):
        raise BadInput("previous", sorted(former), "is no result of this module", "give a registered result as it is, or {} for none")
    seen = Storage(job.kube, job.namespace, job.name).look()
    found = _volumes.judge(seen, least)
    facts = {"changed": False, **_volume_report.result(seen, found, rows)}
    if job.params["must_pass"] and found.reasons:
        first = found.reasons[0]
        raise Refused(first.code, f"the claims are not as they should be: {first.code}: {first.message}", PAGE, facts)
    return facts


def main() -> None:
    """Entry point."""
    run(work, SPEC)


if __name__ == "__main__":
    main()
