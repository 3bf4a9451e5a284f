# SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Variables of ours that nobody would read, and values that a file with Windows line ends has spoiled. Pure."""

from __future__ import annotations

import difflib
import re
import typing as t

from ansible_collections.robustmq.placement_center.plugins.module_utils._errors import Refused
from ansible_collections.robustmq.placement_center.plugins.module_utils._hints import hint

PREFIX = "pc_"
INNER = "pc_shared_"  # of names.yml itself; nobody is told to set one
NAME = re.compile(rf"(?<![\w.]){PREFIX}\w+")  # behind a dot it is a module

Values = t.Mapping[str, t.Any]


def read_by(texts: t.Iterable[str]) -> set[str]:
    """The variables that playbooks read: the one list of those that there are."""
    return {name for text in texts for name in NAME.findall(text)}


def to_check(variables: Values, known: t.Collection[str], own: t.Collection[str]) -> dict[str, t.Any]:
    """Those of a host's variables that claim to be ours. A task's result that somebody registered is no setting."""
    passed = {*own, *(name for name in known if name.startswith(INNER))}
    return {name: value for name, value in variables.items() if name.startswith(PREFIX) and name not in passed and not _is_result(value)}


def refusals(given: Values, known: t.Collection[str], places: t.Mapping[str, str]) -> list[Refused]:
    """What is wrong with them. :param places: by name, where a variable was written, for those of which it is known."""

    told = {name: f"{name} ({places[name]})" if places.get(name) else name for name in sorted(given)}
    return [
        *(
            Refused("variable_unknown", f"{word}: no such variable{_nearest(name, known)}", hint("variable_unknown"))
            for name, word in told.items()
            if name not in known
        ),
        *(
            Refused("line_end", f"{word}: its value has a carriage return: saved with Windows line ends", hint("line_end"))
            for name, word in told.items()
            if name in known and _has_return(given[name])
        ),
    ]


def _nearest(name: str, known: t.Collection[str]) -> str:
    near = difflib.get_close_matches(name, sorted(each for each in known if not each.startswith(INNER)), n=1, cutoff=0.7)
    return f"; did you mean {near[0]}?" if near else ""


def _is_result(value: object) -> bool:
    return isinstance(value, t.Mapping) and {"changed", "failed"} <= value.keys()


def _has_return(value: object) -> bool:
    if isinstance(value, str):
        return "\r" in value
    if isinstance(value, t.Mapping):
        return any(_has_return(each) for pair in value.items() for each in pair)
    return isinstance(value, (list, tuple)) and any(map(_has_return, value))
