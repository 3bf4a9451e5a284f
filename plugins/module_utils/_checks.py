# SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""The user's own checks: JMESPath expressions over a result. The only room that knows jmespath, and only if there are checks."""

from __future__ import annotations

import typing as t

from ansible_collections.robustmq.placement_center.plugins.module_utils import _libraries
from ansible_collections.robustmq.placement_center.plugins.module_utils._errors import BadInput
from ansible_collections.robustmq.placement_center.plugins.module_utils._model import Reason


class Checks:
    """Expressions, compiled before anything is read."""

    def __init__(self, wanted: t.Sequence[t.Mapping[str, str]]) -> None:
        """:param wanted: each ``that`` (the expression) and ``says``.

        :raises BadInput: an expression cannot be parsed.
        :raises MissingLibrary: there are expressions, and no jmespath.
        """
        self._compiled = [(_compile(check["that"]), check["that"], check["says"]) for check in wanted]

    def failures(self, result: dict[str, t.Any]) -> list[Reason]:
        """One reason for each expression that is not true of the result (JMESPath: false, null or empty)."""
        return [r for r in (self._failure(*check, result) for check in self._compiled) if r]

    def _failure(self, expression: t.Any, text: str, message: str, result: dict[str, t.Any]) -> Reason | None:
        try:
            said = expression.search(result)
        except ValueError as exc:  # jmespath's errors are ValueErrors: a function that does not fit a type, or is unknown
            return Reason("check_failed", f"{message}: {text} cannot be evaluated: {exc}")
        return None if said or (said == 0 and said is not False) else Reason("check_failed", f"{message}: {text} is {said!r}")


def _compile(text: str) -> t.Any:
    try:
        import jmespath
    except ImportError as exc:
        raise _libraries.missing("checks are JMESPath expressions", exc) from exc
    try:
        return jmespath.compile(text)
    except ValueError as exc:
        hint = "see https://jmespath.org; literals stand in backquotes, strings in single quotes"
        raise BadInput("checks", text, f"is no JMESPath expression: {str(exc).splitlines()[0]}", hint) from exc
