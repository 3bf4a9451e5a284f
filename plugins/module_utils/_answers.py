# SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""A member's bytes into the model. Pure: whatever arrives, the end is a view or a reason, never a traceback."""

from __future__ import annotations

import json
import typing as t

from ansible_collections.robustmq.placement_center.plugins.module_utils._grpcweb import Garbled, excerpt, first_string, message
from ansible_collections.robustmq.placement_center.plugins.module_utils._model import Answer, GroupView
from ansible_collections.robustmq.placement_center.plugins.module_utils._profiles import Profile

NOT_READY = {"raft_not_ready", "cluster_disconnected", "storage_error"}
DEAD = {"process_unresponsive", "critical_threads_dead"}
STATES = {"Leader", "Follower", "Learner", "Candidate", "Shutdown"}


def ready(status: int, body: bytes) -> Answer:
    """``GET /health/ready``: 200 with status ready, or 503 with one of three reasons."""
    return _judged(status, body, "ready", 503, NOT_READY)


def alive(status: int, body: bytes) -> Answer:
    """``GET /health/alive``: 200 with status alive, or 500 with one of two reasons."""
    return _judged(status, body, "alive", 500, DEAD)


def _judged(status: int, body: bytes, good: str, bad_status: int, reasons: set[str]) -> Answer:
    try:
        said = json.loads(body)
    except ValueError:
        return Answer(False, "garbled", f"HTTP {status}, not JSON: {excerpt(body)}")
    if not isinstance(said, dict):
        return Answer(False, "garbled", f"HTTP {status}, not an object: {excerpt(body)}")
    if status == 200 and said.get("status") == good:
        return Answer(True)
    reason = said.get("reason")
    if status == bad_status and isinstance(reason, str) and reason in reasons:
        return Answer(False, reason, f"says so itself (HTTP {status})")
    return Answer(False, "garbled", f"HTTP {status}: {excerpt(body)}")


def groups(profile: Profile, status: int, headers: t.Mapping[str, str], body: bytes) -> dict[str, GroupView]:
    """Raft metrics of one member, by group.

    :raises Garbled: the reply is no gRPC-web message with openraft metrics in it.
    """
    if status != 200:
        raise Garbled(f"HTTP {status}: {excerpt(body)}")
    lowered = {k.lower(): v for k, v in headers.items()}
    if lowered.get("grpc-status", "0") != "0":
        raise Garbled(f"grpc-status {lowered['grpc-status']}: {lowered.get('grpc-message', '')[:200]}")
    try:
        said = json.loads(first_string(message(body)))
    except ValueError as exc:
        raise Garbled(f"no JSON inside the reply: {exc}") from exc
    if not isinstance(said, dict):
        raise Garbled("the reply holds no object")
    named = {profile.single_group: said} if profile.single_group else said
    if not named or not all(isinstance(metrics, dict) for metrics in named.values()):
        raise Garbled("the reply holds no raft group")
    return {str(name): view(metrics) for name, metrics in named.items()}


def view(metrics: t.Mapping[str, t.Any]) -> GroupView:
    """openraft 0.9 metrics of one group; a field of the wrong type is unknown."""
    membership = _dict(_dict(metrics.get("membership_config")).get("membership"))
    applied = _dict(metrics.get("last_applied"))
    state = metrics.get("state")
    configs = membership.get("configs")
    return GroupView(
        id=_int(metrics.get("id")),
        state=state if isinstance(state, str) and state in STATES else None,
        term=_int(metrics.get("current_term")),
        leader=_int(metrics.get("current_leader")),
        last_log=_int(metrics.get("last_log_index")),
        applied=_int(applied.get("index")),
        voters=tuple(_ids(c) for c in configs if isinstance(c, list)) if isinstance(configs, list) else (),
        nodes={int(k): str(_dict(v).get("rpc_addr", "")) for k, v in _dict(membership.get("nodes")).items() if k.isdigit()},
        quorum_ack_ms=_int(metrics.get("millis_since_quorum_ack")),
        running="Ok" in _dict(metrics.get("running_state")),
        vote=_vote(_dict(metrics.get("vote"))),
        members_at=_int(_dict(_dict(metrics.get("membership_config")).get("log_id")).get("index")),
        purged=_int(_dict(metrics.get("purged")).get("index")),
    )


def _vote(vote: dict[str, t.Any]) -> str:
    """``term 3 for 1, committed``; empty where it is unknown."""
    given = _dict(vote.get("leader_id"))
    term, voted_for = _int(given.get("term")), _int(given.get("node_id", given.get("voted_for")))
    if term is None or voted_for is None:
        return ""
    return f"term {term} for {voted_for}{', committed' if vote.get('committed') is True else ''}"


def _int(value: object) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else None


def _dict(value: object) -> dict[str, t.Any]:
    return value if isinstance(value, dict) else {}


def _ids(config: list[t.Any]) -> frozenset[int]:
    return frozenset(i for i in map(_int, config) if i is not None)
