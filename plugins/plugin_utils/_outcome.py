# SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""How an operation ended, small enough to be handed from one job to the next. Pure."""

from __future__ import annotations

import typing as t

from ansible_collections.robustmq.placement_center.plugins.module_utils._receipt import named

Result = t.Mapping[str, t.Any]

LONGEST = 400  # characters of a message


def outcome(
    results: t.Iterable[Result], host: str, evidence: Result | None = None, way_back: Result | None = None, otherwise: str = "done"
) -> dict[str, t.Any]:
    """The first failure, else the last result; of what came afterwards only whether all is well.

    :param results: what tasks have registered, in their order; what did not run is empty.
    :param evidence: the archive, which is told only where something failed.
    :param otherwise: the state of a result that has none.
    """
    ran = [r for r in results if r and not r.get("skipped")]
    failed = next((r for r in ran if r.get("failed")), None)
    end = failed or (ran[-1] if ran else {"failed": True})
    after = way_back or {}
    known = [r["healthy"] for r in (*ran, after) if isinstance(r.get("healthy"), bool)]
    return {
        "host": str(host),
        "state": str(_state(end) or ("failed" if end.get("failed") else otherwise)),
        "reason": str(end.get("reason") or _first(end)),
        "message": _one_line(end.get("msg") or end.get("summary") or ""),
        "healthy": known[-1] if known else None,
        "changed": any(bool(r.get("changed")) for r in (*ran, after)),
        "receipt": _receipt(end),
        "id": str(end.get("id") or ""),
        "way_back": str(after.get("state") or ("failed" if after.get("failed") else "")),
        "file": str(((evidence if failed else end) or {}).get("path") or ""),
    }


def _state(result: Result) -> str:
    """Where the operation stands; of whatever returns a path Ansible says what kind of file that is."""
    return "" if result.get("path") else str(result.get("state") or "")


def _first(result: Result) -> str:
    """The code of what speaks most against health, where the task itself did not fail."""
    reasons = result.get("reasons") or [{}]
    return "" if result.get("healthy", True) else str(reasons[0].get("code", ""))


def _receipt(result: Result) -> str:
    """The receipt's name in the ConfigMap, which its file has too."""
    whole = result.get("receipt") or {}
    if whole.get("started") and whole.get("operation"):
        return named(str(whole["started"]), str(whole["operation"]))
    return str(result.get("receipt_path") or "").rpartition("/")[2]


def _one_line(text: object) -> str:
    line = " ".join(str(text).split())
    return line if len(line) <= LONGEST else f"{line[: LONGEST - 1]}…"
