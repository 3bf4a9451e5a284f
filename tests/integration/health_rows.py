# SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""A row of the table of injected states: what is done to whom, what pc_health must say, and how that is looked at."""

from __future__ import annotations

import contextlib
import time
import typing as t
from dataclasses import dataclass

from .cluster import NAME, QUICK, Cluster, Object
from .kv import put
from .looking import findings, look

Finding = tuple[str, int | None]

# Kubernetes says Ready all the while: it takes notice of none of these states, so that every word is pc_health's own.
PATIENT = {**QUICK["pc_probes"], "readiness": {"initialDelaySeconds": 1, "periodSeconds": 1, "failureThreshold": 600}}
# What follows while a group chooses a leader or loses one; whether a look meets it is a matter of moments.
ELECTION: frozenset[str] = frozenset({"no_leader", "leaders_differ", "term_behind", "quorum_stale"})


class Roles(t.NamedTuple):
    """Who is who when a row begins."""

    leader: int
    follower: int
    other: int


@dataclass(frozen=True)
class Row:
    """One state. ``says`` must all be found, each with its member; beyond them only codes of ``may``."""

    name: str
    state: t.Callable[[Cluster, Roles], contextlib.AbstractContextManager[object]]
    says: t.Callable[[Roles], set[Finding]]
    may: frozenset[str] = frozenset()
    safe: t.Callable[[Roles], set[int]] = lambda r: {r.follower}  # no other member may be called safe to restart
    writes: bool | None = None  # whether an independent writer gets anything acknowledged
    within: float = 12.0  # seconds until members or kubelet can know
    options: t.Mapping[str, t.Any] | None = None


def whole(cluster: Cluster, seconds: float = 60, **options: t.Any) -> Object:
    """The first healthy answer."""
    end = time.monotonic() + seconds
    while not (found := look(cluster.namespace, profile=cluster.profile, **options))["healthy"]:
        assert time.monotonic() < end, f"not whole after {seconds} s: {found.get('msg') or found['summary']}"
        time.sleep(0.3)
    return found


def host(cluster: Cluster, ordinal: int) -> str:
    """A member's address."""
    return str(cluster.get("pod", f"{NAME}-{ordinal}")["status"]["podIP"])


def roles(found: Object) -> Roles:
    """Who leads, and two who follow."""
    leader = found["groups"][0]["leader"]
    return Roles(leader, *sorted({row["ordinal"] for row in found["members"]} - {leader}, reverse=True))


def accepts_writes(cluster: Cluster, key: str, value: str = "x") -> bool:
    """Whether any member acknowledges a write."""
    for ordinal in cluster.ordinals:
        with contextlib.suppress(OSError):
            put(host(cluster, ordinal), key, value, service=cluster.service)
            return True
    return False


def differs(cluster: Cluster, row: Row) -> str:
    """Make the state, look until the answer is the row's, then see that it stays; empty if all is as it must be."""
    who = roles(whole(cluster, min_free_percent=0))
    want = row.says(who)
    start = time.monotonic()
    with row.state(cluster, who):
        options = {"min_free_percent": 0, "profile": cluster.profile, **(row.options or {})}
        while True:
            found = look(cluster.namespace, **options)
            said = findings(found)
            if want <= said and {code for code, member in said - want} <= row.may:
                break
            if time.monotonic() - start > row.within:
                told = "\n  ".join(f"{r['code']} of {r['member']}: {r['message']}" for r in found["reasons"])
                return f"{row.name}: wanted {want} and at most {set(row.may)} more, got\n  {told}"
            time.sleep(0.2)
        print(f"{row.name}: {sorted(code for code, member in said)} after {time.monotonic() - start:.1f} s", flush=True)
        if wrong := _more(cluster, row, who, found):
            return f"{row.name}: {wrong}"
        again = look(cluster.namespace, **options)
        if again["healthy"] or not want <= findings(again):
            return f"{row.name}: did not stay: {findings(again)}"
    return ""


def _more(cluster: Cluster, row: Row, who: Roles, found: Object) -> str:
    """What else the answer promises, against the row and an independent writer."""
    if not set(found["restart_safe"]) <= row.safe(who):
        return f"calls {found['restart_safe']} safe to restart"
    if row.writes is None:
        return ""
    if found["writes_possible"] is not row.writes:
        return f"says writes_possible={found['writes_possible']}"
    taken = accepts_writes(cluster, "row")
    return "" if taken is row.writes else f"a writer was {'heard' if taken else 'refused'}"


def table(cluster: Cluster, rows: t.Sequence[Row]) -> None:
    """Every row, one after the other on one cluster, healed in between; fails with all that differ."""
    wrong = []
    for row in rows:
        if text := differs(cluster, row):
            print(text, flush=True)
            wrong.append(text)
    whole(cluster, min_free_percent=0)
    assert not wrong, "\n".join(wrong)
