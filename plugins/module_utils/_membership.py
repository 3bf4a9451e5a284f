# SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""The server's calls to take a member out of every raft group and to bring one in, as bytes. Pure.

Both are for the leader, which goes through the groups one by one and undoes nothing where one of them refuses. ``_kv.written`` understands
the answers.
"""

from __future__ import annotations

import typing as t

from ansible_collections.robustmq.placement_center.plugins.module_utils import _grpcweb
from ansible_collections.robustmq.placement_center.plugins.module_utils._profiles import Profile


class Call(t.NamedTuple):
    """What is sent to the leader."""

    path: str
    body: bytes


def leave(profile: Profile, member: int, voters: t.Iterable[int]) -> Call:
    """Take a member out; ``voters`` are all that the one group of an older server has now."""
    if profile.members_path:
        return Call(profile.members_path, _members(set(voters) - {member}, retain=False))
    return Call(profile.leave_path, _grpcweb.framed(_grpcweb.number(1, member)))


def join(profile: Profile, member: int, address: str, voters: t.Iterable[int]) -> Call:
    """Finish the join of a member that some group knows at this address; the older server's makes a voter of a learner."""
    if profile.members_path:
        return Call(profile.members_path, _members(set(voters) | {member}, retain=True))
    return Call(profile.join_path, _grpcweb.framed(_grpcweb.number(1, member) + _grpcweb.text(2, address)))


def take_in(profile: Profile, member: int, address: str) -> Call:
    """Make a learner of a member that no group knows, where it does not ask for that itself; it is filled meanwhile, and does not vote."""
    node = _grpcweb.text(1, address) + _grpcweb.number(2, member)
    return Call(profile.learner_path, _grpcweb.framed(_grpcweb.number(1, member) + _grpcweb.nested(2, node) + _grpcweb.number(3, 0)))


def _members(voters: t.Collection[int], retain: bool) -> bytes:
    """:param retain: whoever is no voter any more stays as a learner."""
    return _grpcweb.framed(_grpcweb.numbers(1, sorted(voters)) + (_grpcweb.number(2, 1) if retain else b""))
