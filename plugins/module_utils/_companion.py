# SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""What accompanies the loop from its first write on: the Lease, the canary writer, the receipt. A run that writes nothing has none of them."""

from __future__ import annotations

import contextlib
import secrets
import time
import typing as t
from dataclasses import replace

from ansible_collections.robustmq.placement_center.plugins.module_utils import _costs, _events, _receipt, _receipts
from ansible_collections.robustmq.placement_center.plugins.module_utils._entry import Job
from ansible_collections.robustmq.placement_center.plugins.module_utils._lease import Lease
from ansible_collections.robustmq.placement_center.plugins.module_utils._memory import Memory
from ansible_collections.robustmq.placement_center.plugins.module_utils._model import Observation, Reason, Verdict
from ansible_collections.robustmq.placement_center.plugins.module_utils._pauses import Hold
from ansible_collections.robustmq.placement_center.plugins.module_utils._planned import rest_of
from ansible_collections.robustmq.placement_center.plugins.module_utils._receipt import Receipt
from ansible_collections.robustmq.placement_center.plugins.module_utils._recording import noted
from ansible_collections.robustmq.placement_center.plugins.module_utils._roll import Outcome
from ansible_collections.robustmq.placement_center.plugins.module_utils._rollout import Action, Goal, Move
from ansible_collections.robustmq.placement_center.plugins.module_utils._writer import CanaryWriter

Say = t.Callable[[str], None]


class LazyLease:
    """The Lease, taken when the first write is due."""

    def __init__(self, job: Job, operation: str, stack: contextlib.ExitStack, say: Say) -> None:
        self._job, self._operation, self._stack, self._say = job, operation, stack, say
        self._lease: Lease | None = None

    def take(self) -> None:
        """:raises Refused: another operation has it."""
        if self._lease is None:
            job = self._job
            self._lease = self._stack.enter_context(Lease(job.kube, job.namespace, job.name, self._operation, tell=self._say))

    @property
    def lost(self) -> str:
        """Who has it instead of us; empty while nobody has."""
        return self._lease.lost if self._lease else ""

    @property
    def held(self) -> bool:
        """May we act now?"""
        return self._lease is not None and self._lease.held


class Companion:
    """Notes what the loop sees and does, and lets the canary sing meanwhile."""

    def __init__(self, job: Job, operation: str, first: Observation, goal: Goal, stack: contextlib.ExitStack) -> None:
        self._job, self._goal, self._stack = job, goal, stack
        self._pods = [f"{job.name}-{m.ordinal}" for m in first.members]
        self._writer: CanaryWriter | None = None
        self._concerns: list[Reason] = []
        self.receipt_path = ""
        name = f"{operation}-{secrets.token_hex(3)}"
        ordinals = tuple(m.ordinal for m in first.members)
        self._receipt = Receipt(name, job.name, job.namespace, first.at, None, "rolling", members=ordinals, clients_feel=job.profile.clients_feel)

    @property
    def receipt(self) -> dict[str, t.Any]:
        """As far as it is written; empty while nothing was done."""
        return {**_receipt.build(self._receipt), "concerns": [r.message for r in self._concerns]} if self._receipt.steps else {}

    def note(self, seen: Observation, verdict: Verdict, memory: Memory, action: Action) -> None:
        """One look and the action that follows."""
        if isinstance(action, Move):
            if not self._receipt.steps:
                self._begin(seen, verdict)
            if not action.uid or not self._receipt.steps or self._receipt.steps[-1].ordinal != action.ordinal:
                self._mark()
            self._tell(seen, "Normal", "step", f"member {action.ordinal} goes: {action.reason}")
        steps = noted(self._receipt.steps, seen, verdict, memory, action)
        if steps and self._writer:
            steps = (*steps[:-1], replace(steps[-1], write_gap_ms=self._writer.gap_ms, write_latency_ms=self._writer.latency_ms))
        self._receipt = replace(self._receipt, steps=steps, requests=self._job.kube.requests)

    def objections(self) -> tuple[Reason, ...]:
        """A write gap past the limit."""
        limit = self._job.params["max_write_gap_ms"]
        gap = max((step.write_gap_ms or 0 for step in self._receipt.steps), default=0)
        if limit and gap > limit:
            return (Reason("write_gap", f"writes have waited {gap} ms, {limit} ms are allowed"),)
        return ()

    def finish(self, ended: Outcome) -> tuple[Reason, ...]:
        """What the canary has to say at the end: an acknowledged write that is missing is the worst there is."""
        why = ended.action.reasons[0].code if isinstance(ended.action, Hold) else ""
        if not self._receipt.steps:
            return ()
        lost = self._writer.verify() if self._writer else ()
        totals = {**self._writer.totals(), "lost": _count(lost)} if self._writer else {}
        self._concerns += [r for r in lost if r.code != "write_lost"]
        self._receipt = replace(self._receipt, ended=ended.seen.at, state=ended.state, reason=why, writer=totals)
        self._keep()
        self._tell(ended.seen, "Warning" if why else "Normal", why or ended.state, f"{self._receipt.operation} ended: {ended.state}")
        return tuple(r for r in lost if r.code == "write_lost")

    def break_off(self, reason: str) -> None:
        """An error has ended the loop: what was done until then is worth keeping."""
        if self._receipt.steps:
            self._receipt = replace(self._receipt, ended=time.time(), state="failed", reason=reason)
            self._keep()

    def _keep(self) -> None:
        self.receipt_path, concerns = _receipts.leave(self._job.kube, self._receipt, self._job.params["receipt_dest"])
        self._concerns += concerns

    def _begin(self, seen: Observation, verdict: Verdict) -> None:
        job, goal = self._job, self._goal
        costs = _costs.read(job.kube, job.namespace, seen, job.profile, seen.set.config_map if seen.set else "")
        expected = rest_of(seen, verdict, job.profile.kv_group, goal.leader_last, goal.back, costs)
        self._receipt = replace(self._receipt, forecast=expected)
        if job.params["write_probe"]:
            self._writer = CanaryWriter(job.own_kube(), job.namespace, job.profile, self._pods, self._receipt.operation).start()
            self._stack.callback(self._writer.stop)

    def _mark(self) -> None:
        if self._writer:
            self._writer.mark()

    def _tell(self, seen: Observation, kind: str, code: str, message: str) -> None:
        sts = seen.set
        if sts is None:
            return
        about = {"name": sts.name, "namespace": self._job.namespace, "uid": sts.uid, "resourceVersion": sts.version}
        concern = _events.tell(self._job.kube, {"metadata": about}, kind, code, message)
        if concern and concern.code not in {c.code for c in self._concerns}:
            self._concerns.append(concern)


def _count(lost: t.Sequence[Reason]) -> int | None:
    """Keys in which an acknowledged write is missing; None where that could not be found out."""
    codes = [r.code for r in lost]
    return None if "write_unverified" in codes else codes.count("write_lost")
