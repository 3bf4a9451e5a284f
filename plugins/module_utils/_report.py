# SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""An observation and its verdict as a module returns them, and as lines that a person reads."""

from __future__ import annotations

import typing as t

from ansible_collections.robustmq.placement_center.plugins.module_utils._hints import NEXT
from ansible_collections.robustmq.placement_center.plugins.module_utils._model import Event, Member, Observation, Reason, Usage, Verdict
from ansible_collections.robustmq.placement_center.plugins.module_utils._raft import lag
from ansible_collections.robustmq.placement_center.plugins.module_utils._versions import tag
from ansible_collections.robustmq.placement_center.plugins.module_utils._views import seconds


def result(seen: Observation, verdict: Verdict) -> dict[str, t.Any]:
    """The return value of ``pc_health``."""
    return {
        "healthy": verdict.healthy,
        "writes_possible": bool(verdict.groups) and all(g.writes_possible for g in verdict.groups),
        "reasons": [_reason(r) for r in verdict.reasons],
        "concerns": [_reason(r) for r in verdict.concerns],
        "members": [_member(m, seen, verdict) for m in seen.members],
        "groups": [
            {"name": g.name, "leader": _ordinal(seen, g.leader), "term": g.term, "voters": list(g.voters), "writes_possible": g.writes_possible}
            for g in verdict.groups
        ],
        "rollout": _rollout(seen),
        "budgets": [{"name": b.name, "disruptions_allowed": b.allowed} for b in seen.budgets or ()],
        "events": [_event(e) for e in seen.events],
        "restart_safe": [r.ordinal for r in verdict.restarts if r.ok],
        "restart": [{"ordinal": r.ordinal, "safe": r.ok, "reason": r.reason} for r in verdict.restarts],
        "observed_in_ms": seen.took_ms,
        "requests": seen.requests,
    }


def lines(seen: Observation, verdict: Verdict) -> list[str]:
    """One line a member, for live progress; only what changes when something happens."""
    return [f"{_name(m, seen)}  {_state(m)}{_raft(m, verdict)}" for m in seen.members]


def screen(seen: Observation, verdict: Verdict) -> list[dict[str, str]]:
    """What a person reads in five seconds: the verdict, a row a member, what is wrong and what to do next."""
    hurt = {r.member for r in verdict.reasons}
    heading, *rows = _table(seen, verdict)
    lines = [(summary(seen, verdict), "good" if verdict.healthy else "bad"), (heading, "note")]
    lines += [(row, "bad" if m.ordinal in hurt else "good") for m, row in zip(seen.members, rows)]
    lines += [(text, "note" if text.startswith(" ") else "bad") for text in _advice(verdict.reasons)]
    lines += [(text, "note") for text in _advice(verdict.concerns)]
    return [{"text": text, "state": state} for text, state in lines]


def _table(seen: Observation, verdict: Verdict) -> list[str]:
    """A row a member under a heading."""
    rows = [("NAME", "READY", "AGE", "VERSION", "ROLE", "TERM", "LAG", "DISK", "RESTARTS", "STATE")]
    for m in seen.members:
        row = _member(m, seen, verdict)
        roles = sorted(set(row["roles"].values()))
        rows.append(
            (
                row["name"],
                "yes" if row["ready"] else "no",
                row["age"] or "-",
                row["version"] or "-",
                "+".join(roles) or "-",
                _range(row["terms"].values()),
                _range(row["lags"].values()),
                "-" if row["disk"] is None else f"{row['disk']['free_percent']:.0f}% free",
                str(row["restarts"]),
                _state(m),
            )
        )
    widths = [max(len(r[i]) for r in rows) for i in range(len(rows[0]))]
    return ["  ".join(cell.ljust(w) for cell, w in zip(r, widths)).rstrip() for r in rows]


def summary(seen: Observation, verdict: Verdict) -> str:
    """The verdict in one sentence."""
    if verdict.healthy:
        led = ", ".join(f"{g.name} led by {_ordinal(seen, g.leader)} in term {g.term}" for g in verdict.groups)
        return f"healthy: {len(seen.members)} members, {led}"
    first = verdict.reasons[0]
    more = f" (and {len(verdict.reasons) - 1} more)" if len(verdict.reasons) > 1 else ""
    return f"not healthy: {first.code}: {first.message}{more}"


def _advice(found: tuple[Reason, ...]) -> list[str]:
    """Each finding, and once for each code what to do next."""
    lines: list[str] = []
    for code in dict.fromkeys(r.code for r in found):
        lines += [f"{code}: {r.message}" for r in found if r.code == code]
        lines += [f"    next: {NEXT[code]}"] if code in NEXT else []
    return lines


def _member(m: Member, seen: Observation, verdict: Verdict) -> dict[str, t.Any]:
    heads = {g.name: g.leader for g in verdict.groups}
    leading = {o.id: o.raft or {} for o in seen.members}
    raft = m.raft or {}
    pod = m.pod
    return {
        "ordinal": m.ordinal,
        "id": m.id,
        "name": _name(m, seen),
        "ready": bool(pod and pod.ready),
        "phase": pod.phase if pod else "Missing",
        "age": age(pod.created, seen.at) if pod else None,
        "version": tag(pod.image) if pod else None,
        "image": pod.image if pod else None,
        "revision": pod.revision if pod else None,
        "node": pod.node if pod else None,
        "node_ready": seen.nodes[pod.node].ready if pod and pod.node in seen.nodes else None,
        "restarts": pod.restarts if pod else 0,
        "last_exit": pod.last_exit if pod else "",
        "uid": pod.uid if pod else None,
        "claim": m.claim.name if m.claim else None,
        "disk": _disk(m.claim.usage) if m.claim and m.claim.usage else None,
        "roles": {name: v.state for name, v in raft.items() if v.state},
        "terms": {name: v.term for name, v in raft.items()},
        "votes": {name: v.vote for name, v in raft.items()},
        "applied": {name: v.applied for name, v in raft.items()},
        "lags": {name: lag(v, leading.get(heads.get(name) or 0, {}).get(name)) for name, v in raft.items()},
    }


def _reason(r: Reason) -> dict[str, t.Any]:
    return {"code": r.code, "member": r.member, "group": r.group, "message": r.message, "next": NEXT.get(r.code, "")}


def _event(e: Event) -> dict[str, t.Any]:
    return {"object": e.object, "reason": e.reason, "message": e.message, "count": e.count, "at": e.at}


def _disk(u: Usage) -> dict[str, t.Any]:
    return {
        "capacity_bytes": u.capacity,
        "free_bytes": u.free,
        "inodes": u.inodes,
        "inodes_free": u.inodes_free,
        "free_percent": round(u.free_percent, 1),
        "measured": u.measured,
    }


def _rollout(seen: Observation) -> dict[str, t.Any] | None:
    s = seen.set
    if s is None:
        return None
    return {
        "replicas": s.replicas,
        "observed": s.observed,
        "partition": s.partition,
        "current_revision": s.current_revision,
        "update_revision": s.update_revision,
        "image": s.image,
    }


def _name(m: Member, seen: Observation) -> str:
    return f"{seen.set.name}-{m.ordinal}" if seen.set else str(m.ordinal)


def _state(m: Member) -> str:
    if m.pod is None:
        return "waits for its turn"
    if m.pod.terminating:
        return "Terminating"
    if m.pod.ready:
        return "Ready"
    return f"{m.pod.phase}{f' ({m.pod.message})' if m.pod.message else ''}, not Ready"


def _raft(m: Member, verdict: Verdict) -> str:
    if not m.raft:
        return ""
    led = [g.name for g in verdict.groups if g.leader == m.id]
    voter = [g.name for g in verdict.groups if m.id in g.voters]
    role = f"leads {', '.join(led)}" if led else "voter" if voter else "not yet a voter"
    return f", {role}, term {_range(v.term for v in m.raft.values())}"


def _range(values: t.Iterable[int | None]) -> str:
    known = sorted({-1 if v is None else v for v in values})
    return "/".join("?" if v < 0 else str(v) for v in known) or "-"


def _ordinal(seen: Observation, raft_id: int | None) -> int | None:
    return next((m.ordinal for m in seen.members if m.id == raft_id), None)


def age(created: str, now: float) -> str:
    """How long ago that was, in one unit; ``?`` where it cannot be told."""
    since = seconds(created)
    if since is None:
        return "?"
    passed = max(0, int(now - since))
    for size, unit in ((86400, "d"), (3600, "h"), (60, "m")):
        if passed >= 2 * size:
            return f"{passed // size}{unit}"
    return f"{passed}s"
