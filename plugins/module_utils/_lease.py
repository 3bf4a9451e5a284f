# SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""One operation at a time: the Lease that whoever changes a cluster holds, renews and never acts without."""

from __future__ import annotations

import contextlib
import os
import secrets
import socket
import threading
import time
import typing as t

from ansible_collections.robustmq.placement_center.plugins.module_utils import _lease_rules
from ansible_collections.robustmq.placement_center.plugins.module_utils._errors import Conflict, PcError, Refused, Unreachable
from ansible_collections.robustmq.placement_center.plugins.module_utils._kube import Kube
from ansible_collections.robustmq.placement_center.plugins.module_utils._lease_rules import DURATION, decide_lease, holder_of

Object = dict[str, t.Any]

RENEW = 5.0  # seconds between two renewals
# A write that began while the Lease was held must have landed before another may take it: the rest is one request's time.
FRESH = DURATION - 5.0
LOOK = 1.0  # seconds between two looks at another's Lease
HINT = "wait until it has ended, or pause it; a Lease whose holder is dead ends by itself within 15 seconds"


def awake() -> float:
    """Seconds that go on while the machine sleeps, where it knows."""
    return time.clock_gettime(time.CLOCK_BOOTTIME) if hasattr(time, "CLOCK_BOOTTIME") else time.monotonic()


class Lease:
    """The right to change one cluster, as a context.

    ``held`` is asked before every write. It turns False at once when somebody else is seen to have the Lease, for good; and while it could
    not be renewed for ten seconds, until a renewal proves that nobody took it meanwhile.
    """

    def __init__(
        self,
        kube: Kube,
        namespace: str,
        name: str,
        operation: str,
        wait: float = 20.0,
        tell: t.Callable[[str], None] = lambda line: None,
    ) -> None:
        """:param wait: seconds that a Lease which stands still is waited for. :param tell: told once when waiting begins."""
        self._kube, self._namespace, self._set, self.name = kube, namespace, name, f"{name}-operation"
        self.me = f"{socket.gethostname()}:{os.getpid()}:{secrets.token_hex(4)} {operation}"
        self._wait, self._tell = wait, tell
        self._version = ""
        self._renewed = 0.0
        self.lost = ""  # who has it instead, or what became of it
        self._end = threading.Event()
        self._thread = threading.Thread(target=self._keep, name="lease", daemon=True)

    @property
    def held(self) -> bool:
        """May we still act?"""
        return not self.lost and awake() - self._renewed < FRESH

    def __enter__(self) -> Lease:
        """:raises Refused: another operation has it. :raises Forbidden: leases may not be read or written."""
        self._acquire()
        self._thread.start()
        return self

    def __exit__(self, *_failure: object) -> None:
        self._end.set()
        self._thread.join()
        if not self.lost:
            with contextlib.suppress(PcError):  # what cannot be released ends by itself
                self._write({"holderIdentity": None})

    # Taking

    def _acquire(self) -> None:
        start, since, renewed, said = awake(), awake(), False, False
        seen: tuple[str, ...] = ()
        while True:
            began = awake()
            lease = self._kube.get("Lease", self.name, self._namespace)
            mark = _mark(lease)
            if mark != seen:
                renewed = bool(seen) and mark[:1] == seen[:1]
                seen, since = mark, awake()
            turn = decide_lease(lease, self.me, time.time(), awake() - since, renewed)
            if turn.action in ("create", "take"):
                with contextlib.suppress(Conflict):
                    return self._take(lease, began)
                continue
            held_by = _lease_rules.told(t.cast(Object, lease), time.time())
            if turn.action == "refuse" or awake() - start + turn.seconds > self._wait:
                raise Refused("operation_running", f"another operation holds {self.name}: {held_by}", HINT)
            if not said:
                self._tell(f"waiting up to {round(turn.seconds)} s to see whether it lives: {held_by}")
                said = True
            self._end.wait(min(LOOK, turn.seconds))

    def _take(self, lease: Object | None, began: float) -> None:
        spec = _lease_rules.taken(lease, self.me, time.time())
        if lease is None:
            labels = {"app": "robustmq", "component": self._set}
            meta = {"name": self.name, "namespace": self._namespace, "labels": labels}
            made = self._kube.create({"apiVersion": "coordination.k8s.io/v1", "kind": "Lease", "metadata": meta, "spec": spec})
            self._version = made["metadata"]["resourceVersion"]
        else:
            self._version = lease["metadata"]["resourceVersion"]
            self._write(spec)
        self._renewed = began

    # Keeping

    def _keep(self) -> None:
        pause = RENEW
        while not self._end.wait(pause):
            pause = self._renew()

    def _renew(self) -> float:
        """Seconds until the next attempt."""
        began = awake()
        try:
            self._write({"renewTime": _lease_rules.micro_time(time.time())})
            self._renewed = began
            return RENEW
        except Unreachable:
            return LOOK
        except PcError:  # another version, or none: whose is it now?
            return self._read_again()

    def _read_again(self) -> float:
        try:
            lease = self._kube.get("Lease", self.name, self._namespace)
        except PcError:
            return LOOK
        if lease is None:
            self.lost = "the Lease was deleted"
        elif holder_of(lease) != self.me:
            self.lost = _lease_rules.told(lease, time.time()) if holder_of(lease) else "the Lease was released by somebody else"
        else:
            self._version = lease["metadata"]["resourceVersion"]
            return LOOK
        self._end.set()
        return LOOK

    def _write(self, spec: Object) -> None:
        made = self._kube.merge("Lease", self._namespace, self.name, {"metadata": {"resourceVersion": self._version}, "spec": spec})
        self._version = made["metadata"]["resourceVersion"]


def _mark(lease: Object | None) -> tuple[str, ...]:
    """Changes whenever its holder shows a sign of life; the first part is the holder."""
    return (holder_of(lease), str(lease.get("spec", {}).get("renewTime"))) if lease else ()
