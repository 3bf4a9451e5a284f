# -*- coding: utf-8 -*-
# SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Options of the modules that read or fill volumes."""

from __future__ import annotations


class ModuleDocFragment:
    """Documentation shared by ``pc_backup``, ``pc_backup_info`` and ``pc_restore``."""

    DOCUMENTATION = r"""
options:
  repository:
    description:
      - The restic repository, in restic's own words, as C(s3:https://host/bucket/folder) or C(rest:https://host/folder); or
        C(pvc:CLAIM/folder), a folder of a claim in the cluster's namespace. It is made where it does not exist.
      - It holds no password, since it stands in a Job.
    type: str
  secret:
    description:
      - Name of the Secret with what restic needs in its environment, RESTIC_PASSWORD at least, for S3 AWS_ACCESS_KEY_ID and
        AWS_SECRET_ACCESS_KEY too. Without it C(NAME-backup).
    type: str
  restic_image:
    description: Image with restic 0.17 or later as its entry point.
    type: str
    default: restic/restic:0.18.1
  rclone_image:
    description: Image with rclone as its entry point. It lists a volume's files with their hashes.
    type: str
    default: rclone/rclone:1.76.0
  mover_resources:
    description: Requests and limits of the pods that run restic and rclone, as in a pod.
    type: dict
    default: {}
  signing_key_file:
    description:
      - A file on the host where the task runs, with the key (at least 16 bytes) that signs and proves manifests.
      - Without it the key is in Secret C(NAME-backup-key), which the first backup makes. It is lost with its namespace, so keep a copy.
    type: path
  max_lag:
    description: How many log entries a member may be behind its leader and still count as caught up.
    type: int
    default: 100
  step_timeout:
    description: How long in seconds one part may stand still before it is given up.
    type: int
    default: 900
  progress_file:
    description: Set by the action plugin. A file on the host that runs the module, to which progress is appended.
    type: path
"""
