# SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""TOML out (the standard library only reads it) and back in. Keys keep their order, scalars before tables."""

from __future__ import annotations

import json
import re
import typing as t

from ansible_collections.robustmq.placement_center.plugins.module_utils._python import tomllib

_BARE = re.compile(r"[A-Za-z0-9_-]+")


def parse(text: str) -> dict[str, t.Any]:
    """:raises tomllib.TOMLDecodeError: it is no TOML."""
    return tomllib.loads(text)


def render(table: t.Mapping[str, t.Any]) -> str:
    """A document of nested tables.

    :raises TypeError: a value has no TOML form (``None``, say).
    """
    return "\n\n".join(_blocks(table, ())) + "\n"


def _blocks(table: t.Mapping[str, t.Any], path: tuple[str, ...]) -> t.Iterator[str]:
    lines = [f"[{'.'.join(map(_key, path))}]"] if path else []
    lines += [f"{_key(k)} = {_value(v)}" for k, v in table.items() if not _own_block(v)]
    if len(lines) > bool(path) or not table:
        yield "\n".join(lines)
    for key, value in table.items():
        if _own_block(value):
            yield from _blocks(value, (*path, str(key)))


def _own_block(value: object) -> bool:
    """A table of names gets a block; one of numbers (a list of peers) stays on its line."""
    return isinstance(value, t.Mapping) and not all(str(k).isdigit() for k in value)


def _key(key: object) -> str:
    return str(key) if _BARE.fullmatch(str(key)) else string(str(key))


def string(text: str) -> str:
    """A basic string with its quotes, on one line whatever is in it."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def _value(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (int, float)):
        return repr(value)
    if isinstance(value, str):
        return string(value)
    if isinstance(value, (list, tuple)):
        return f"[{', '.join(map(_value, value))}]"
    if isinstance(value, t.Mapping):
        return "{ " + ", ".join(f"{_key(k)} = {_value(v)}" for k, v in value.items()) + " }" if value else "{}"
    raise TypeError(f"{value!r} has no TOML form")
