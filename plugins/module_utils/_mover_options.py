# SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""The options of every module that runs movers, and what they mean beside the set that they work for."""

from __future__ import annotations

import typing as t

from ansible_collections.robustmq.placement_center.plugins.module_utils._entry import Job
from ansible_collections.robustmq.placement_center.plugins.module_utils._errors import Refused
from ansible_collections.robustmq.placement_center.plugins.module_utils._hints import hint
from ansible_collections.robustmq.placement_center.plugins.module_utils._movers import Mover, checked_repository
from ansible_collections.robustmq.placement_center.plugins.module_utils._pauses import not_ours
from ansible_collections.robustmq.placement_center.plugins.module_utils._progress import Progress

Object = dict[str, t.Any]

RESTIC, RCLONE = "restic/restic:0.18.1", "rclone/rclone:1.76.0"

MOVER_SPEC: dict[str, t.Any] = {
    "repository": {"type": "str"},
    "secret": {"type": "str", "no_log": False},  # its name
    "restic_image": {"type": "str", "default": RESTIC},
    "rclone_image": {"type": "str", "default": RCLONE},
    "mover_resources": {"type": "dict", "default": {}},
    "signing_key_file": {"type": "path", "no_log": False},  # its name
    "max_lag": {"type": "int", "default": 100},
    "step_timeout": {"type": "int", "default": 900},
    "progress_file": {"type": "path"},
}


def mover_of(job: Job, labels: t.Mapping[str, str], template: t.Mapping[str, t.Any]) -> Mover:
    """The movers of a module. :param template: the pod template's spec; movers run as the same user, where the members may run."""
    want = job.params
    return Mover(
        namespace=job.namespace,
        labels=labels,
        user=int(template.get("securityContext", {}).get("runAsUser") or 1000),
        images={"restic": want["restic_image"], "rclone": want["rclone_image"]},
        resources=want["mover_resources"],
        tolerations=tuple(template.get("tolerations", [])),
        repository=checked_repository(want["repository"] or ""),
        secret=want["secret"] or f"{job.name}-backup",
    )


class Held(t.Protocol):
    """A Lease, as far as it matters here."""

    @property
    def lost(self) -> str:
        """Who has it instead; empty while nobody has."""


def guard(lease: Held, progress: Progress) -> t.Callable[[], None]:
    """Raises where this run may not go on: its Lease is somebody else's, or nobody waits for it any more."""

    def alive() -> None:
        held = not_ours(not lease.lost, progress.abandoned)
        if held is not None:
            reason = held.reasons[0]
            raise Refused(reason.code, f"stopped: {reason.message}", hint(reason.code))

    return alive
