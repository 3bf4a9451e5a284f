# SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""One family of errors. An error carries facts; it never meets AnsibleModule.

Each has a stable ``reason`` code, which docs/docsite/rst/reason_codes.rst explains.
"""

from __future__ import annotations

import typing as t


class PcError(Exception):
    """Root of the family: ``reason`` is the stable code, ``hint`` the way out, ``partial`` what was learned so far."""

    reason = "internal"

    def __init__(self, msg: str, hint: str = "", partial: dict[str, t.Any] | None = None) -> None:
        super().__init__(msg)
        self.hint = hint
        self.partial = partial or {}

    @property
    def words(self) -> str:
        """What is wrong, and the way out."""
        return f"{self} ({self.hint})" if self.hint else str(self)


class BadInput(PcError):
    """An option has a value that cannot work; raised before anything is read or changed."""

    reason = "bad_input"

    def __init__(self, option: str, value: object, problem: str, hint: str, reason: str = "bad_input") -> None:
        super().__init__(f"{option}: {value!r} {problem}", hint)
        self.reason = reason


class Refused(PcError):
    """The cluster's state forbids what was asked; nothing was changed."""

    def __init__(self, reason: str, msg: str, hint: str, partial: dict[str, t.Any] | None = None) -> None:
        super().__init__(msg, hint, partial)
        self.reason = reason


def stop_if(refusals: t.Sequence[Refused]) -> None:
    """Raise the first, with all of them told.

    :raises Refused: there is one.
    """
    if not refusals:
        return
    first = refusals[0]
    told = [{"reason": r.reason, "message": str(r), "hint": r.hint} for r in refusals]
    more = f" (and {len(refusals) - 1} more, see refusals)" if len(refusals) > 1 else ""
    raise Refused(first.reason, f"{first}{more}", first.hint, {"refusals": told})


class Unreachable(PcError):
    """Could not learn; never read as healthy."""

    reason = "unreachable"


class Forbidden(PcError):
    """RBAC says no; the message names the verb and the resource."""

    reason = "forbidden"


class Conflict(PcError):
    """The object changed since it was read (HTTP 409): read again, decide again."""

    reason = "changed_meanwhile"


class FieldConflict(Conflict):
    """Somebody else set a field to another value; the message names both.

    ``own``: that somebody is this collection. The API server takes a patch and an apply of one manager for two owners.
    """

    reason = "field_conflict"

    def __init__(self, msg: str, hint: str = "", own: bool = False) -> None:
        super().__init__(msg, hint)
        self.own = own


class Invalid(PcError):
    """The API server refused the object; its own words are the message."""

    reason = "invalid_object"


class MissingLibrary(PcError):
    """A Python library or collection that the modules stand on is not installed where they run."""

    reason = "missing_library"


class TimedOut(PcError):
    """The deadline passed; ``partial`` has the last observation and what was still waited for."""

    reason = "timeout"
