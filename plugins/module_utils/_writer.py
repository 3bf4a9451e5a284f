# SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""The canary: numbered writes through whoever leads, all the time, so that an operation knows what clients see of it."""

from __future__ import annotations

import contextlib
import threading
import time
import typing as t
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor
from concurrent.futures import wait as any_of

from ansible_collections.robustmq.placement_center.plugins.module_utils import _kv
from ansible_collections.robustmq.placement_center.plugins.module_utils._canary import Journal, merged, overlap
from ansible_collections.robustmq.placement_center.plugins.module_utils._errors import Forbidden, PcError, Unreachable
from ansible_collections.robustmq.placement_center.plugins.module_utils._grpcweb import HEADERS, Garbled
from ansible_collections.robustmq.placement_center.plugins.module_utils._kube import Kube
from ansible_collections.robustmq.placement_center.plugins.module_utils._model import Reason
from ansible_collections.robustmq.placement_center.plugins.module_utils._profiles import Profile
from ansible_collections.robustmq.placement_center.plugins.module_utils._wire import Cut

KEY = "placement-center-canary"
PATIENCE = 0.25  # seconds after which another member is asked, while the first may still answer
UNDER_WAY = 8  # requests at once, when members hang
ASLEEP = 0.2  # seconds; a thread that wakes so much too late shows that the whole process was kept from running
LEAST = 0.25  # seconds; a shorter time without an acknowledgement is not told as a stop
MOST = 20  # stops told, the longest
NEVER_SENT = ("dial tcp", "not found")  # the API server's words where no connection to the pod came about

now = time.monotonic


class Outcome(t.NamedTuple):
    """What became of one write; ``leader`` is the pod that the answer names."""

    acknowledged: bool
    leader: str | None = None
    words: str = ""


class CanaryWriter:
    """Writes numbers from ``start`` to ``stop``; ``verify`` reads them back."""

    def __init__(self, kube: Kube, namespace: str, profile: Profile, pods: t.Sequence[str], operation: str, interval: float = 0.05) -> None:
        """:param kube: a connection of its own, so that it never waits for anybody else. :param pods: of all members, by ordinal."""
        self._kube, self._namespace, self._profile, self._pods = kube, namespace, profile, list(pods)
        self._operation, self._interval = operation, interval
        self._journal, self._lock = Journal(), threading.Lock()
        self._pool = ThreadPoolExecutor(max_workers=UNDER_WAY + 1, thread_name_prefix="canary")
        self._under_way: set[Future[Outcome]] = set()
        self._leader = self._pods[0]
        self._end = threading.Event()
        self._threads = [threading.Thread(target=loop, name="canary", daemon=True) for loop in (self._run, self._pulse)]
        self._began = self._since = self._rested = now()
        self._ended: float | None = None
        self._blind_until: float | None = None
        self.trouble = ""  # what the newest write that failed was told

    # What it has seen

    @property
    def requests(self) -> int:
        """How many it has sent."""
        return self._kube.requests

    @property
    def acknowledged(self) -> int:
        """How many writes were."""
        return len(self._journal.acknowledgements)

    def mark(self) -> None:
        """``gap_ms`` counts from here on."""
        self._since = now()

    @property
    def gap_ms(self) -> int:
        """The longest time without an acknowledged write since the mark, one that is under way included."""
        with self._lock:
            return round(1000 * self._journal.gap(self._since, self._ended or now()))

    @property
    def latency_ms(self) -> dict[str, float] | None:
        """How long acknowledged writes took since the mark."""
        with self._lock:
            return self._journal.latency(self._since, self._ended or now())

    @property
    def stopped_ms(self) -> int:
        """Since the mark, the sum of the times of a quarter of a second and more without one."""
        with self._lock:
            return round(1000 * sum(seconds for _at, seconds in self._journal.stops(self._since, self._ended or now(), LEAST)))

    def totals(self) -> dict[str, t.Any]:
        """The whole life of it, for a receipt; ``excused_ms`` was our own silence or the API server's, and is in no gap."""
        until = self._ended or now()
        with self._lock:
            stops = self._journal.stops(self._began, until, LEAST)
            longest = self._journal.gap(self._began, until)
            acknowledged, latency = len(self._journal.acknowledgements), self._journal.latency(self._began, until)
            excused = overlap(merged(self._journal.excused), self._began, until)
        worst = sorted(sorted(stops, key=lambda stop: -stop[1])[:MOST])
        spans = [{"after_ms": round(1000 * (at - self._began)), "ms": round(1000 * seconds)} for at, seconds in worst]
        known = {"longest_gap_ms": round(1000 * longest), "stopped_ms": round(1000 * sum(s for _at, s in stops)), "excused_ms": round(1000 * excused)}
        return {"acknowledged": acknowledged, **known, "latency_ms": latency, "stops": spans, "requests": self.requests}

    # Its life

    def start(self) -> CanaryWriter:
        """Begin."""
        self._began = self._since = self._rested = now()
        for thread in self._threads:
            thread.start()
        return self

    def stop(self) -> None:
        """Write no more; what is under way is waited for, and counts."""
        self._end.set()
        for thread in self._threads:
            if thread.is_alive():
                thread.join()
        self._ended = self._ended or now()
        any_of(self._under_way)

    def verify(self, seconds: float = 60.0) -> tuple[Reason, ...]:
        """After ``stop``: is everything acknowledged there? Read from the member that leads, behind a last write; then the keys are removed."""
        self.stop()
        self._journal.turn()
        end, words = now() + seconds, "no write was acknowledged"
        while now() < end:
            if self._round():  # whoever acknowledges has applied all that was acknowledged before
                try:
                    found = {page: self._read(page) for page, p in enumerate(self._journal.pages) if p.acknowledged}
                    break
                except (PcError, Garbled) as exc:
                    words = str(exc)
            time.sleep(self._interval)
        else:
            text = f"what the canary wrote could not be read back within {round(seconds)} s: {self.trouble or words}"
            return (Reason("write_unverified", text, group=self._profile.kv_group),)
        self._pool.shutdown(wait=False)
        missing = self._journal.missing(found)
        if not missing:
            self._remove(found)
        return tuple(self._lost(page, number, found[page]) for page, number in missing.items())

    def _lost(self, page: int, number: int, found: int) -> Reason:
        text = f"write {number} was acknowledged, but {self._key(page)} on {self._leader} holds {found or 'nothing'}"
        return Reason("write_lost", text, group=self._profile.kv_group)

    # Writing

    def _run(self) -> None:
        while not self._end.is_set():
            started = now()
            if started - self._rested > 2 * self._interval:  # we were kept from writing: no fault of the cluster's
                self._excuse(self._rested + self._interval, started)
            self._round()
            self._rested = now()
            self._end.wait(self._interval)

    def _pulse(self) -> None:
        while not self._end.is_set():
            before = now()
            self._end.wait(self._interval)
            if now() - before - self._interval > ASLEEP:
                self._excuse(before + self._interval, now())

    def _excuse(self, start: float, end: float) -> None:
        with self._lock:
            self._journal.excuse(start, end)

    def _round(self) -> bool:
        """One write through the leader; when it fails, the others are tried at once, first the one that was named."""
        left = [self._leader, *(p for p in self._pods if p != self._leader)]
        while left:
            pod = left.pop(0)
            outcome = self._attempt(pod)
            if outcome.acknowledged:
                self._leader = pod
                return True
            self.trouble = outcome.words
            if outcome.leader in left:
                left.sort(key=lambda p: p != outcome.leader)
        return False

    def _attempt(self, pod: str) -> Outcome:
        """Its outcome, as far as it comes soon enough; a late one still counts when it comes."""
        if len(self._under_way) >= UNDER_WAY:
            any_of(self._under_way, self._kube.deadline, FIRST_COMPLETED)
        with self._lock:
            number, page = self._journal.begin()
        future = self._pool.submit(self._write, pod, page, number)
        self._under_way = {f for f in self._under_way if not f.done()} | {future}
        try:
            return future.result(PATIENCE)
        except TimeoutError:
            with self._lock:
                self._journal.doubt(page, number)
            return Outcome(False, words=f"{pod} has not answered within {PATIENCE} s")

    def _write(self, pod: str, page: int, number: int) -> Outcome:
        started, blind = now(), False
        try:
            said = _kv.written(*self._call(pod, "Set", _kv.set_message(self._key(page), str(number))))
        except (Forbidden, Unreachable) as exc:
            said, blind = _kv.Said(False, None, str(exc)), self._blind(exc)
            if any(words in said.words for words in NEVER_SENT) and not blind:
                self._blind_until = None
                return Outcome(False, words=said.words)
        with self._lock:
            if said.acknowledged:
                self._journal.acknowledge(page, number, now(), now() - started)
            else:
                self._journal.doubt(page, number)
            if blind:  # and so was the rest since the write before it, if that was blind too
                self._journal.excuse(min(started, self._blind_until or started), now())
            self._blind_until = now() if blind else None
        return Outcome(said.acknowledged, self._pod_of(said.leader), said.words)

    def _blind(self, exc: PcError) -> bool:
        """Was it the way to the cluster that failed, and not the member?"""
        if isinstance(exc, Forbidden):
            return True
        if "status" in exc.partial:  # the API server's own words; all but these are about itself
            return "error trying to reach service" not in str(exc) and exc.partial["status"] != 404
        refused = isinstance(exc.__cause__, Cut) and exc.__cause__.refused
        return refused or not self._kube.answers()

    def _pod_of(self, raft_id: int | None) -> str | None:
        return self._pods[raft_id - 1] if raft_id is not None and 0 < raft_id <= len(self._pods) else None

    # The server's calls

    def _key(self, page: int) -> str:
        return f"{KEY}/{self._operation}/{page}"

    def _call(self, pod: str, method: str, body: bytes) -> tuple[int, t.Mapping[str, str], bytes]:
        profile = self._profile
        return self._kube.proxy(self._namespace, pod, profile.grpc_port, f"{profile.kv_service}/{method}", body, HEADERS, repeat=False)

    def _read(self, page: int) -> int:
        found = _kv.value(*self._call(self._leader, "Get", _kv.key_message(self._key(page))))
        return int(found) if found.isdecimal() else 0

    def _remove(self, pages: t.Iterable[int]) -> None:
        for page in pages:
            with contextlib.suppress(PcError):  # a key that stays is no harm
                self._call(self._leader, "Delete", _kv.key_message(self._key(page)))
