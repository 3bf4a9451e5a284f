# SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Takes secrets out of objects, configuration and logs. Pure, and rather too eager than too lax.

Two passes: ``tree``, ``config`` and ``line`` hide what looks like a secret by its name or its form; values that stood under a name in an
object or a configuration are remembered, and ``everywhere`` hides those wherever else they stand, in a log for example.
"""

from __future__ import annotations

import json
import re
import typing as t

from ansible_collections.robustmq.placement_center.plugins.module_utils._secret_names import harmless, secret

T = t.TypeVar("T")

MARK = "<redacted>"
SHORTEST = 6  # a shorter value would also be found where it is no secret

_QUOTED = r"""\\"(?:[^"\\]|\\[^"])*\\"|"(?:[^"\\]|\\.)*"?|'(?:[^'\\]|\\.)*'?"""
_PLAIN = r"""(?:(?![,;&]\s*["']?[\w.-]+["']?\s*[:=]|[,;]\s)\S)+"""  # a separator ends it only where something follows
_VALUE = re.compile(rf"(?:\w{{1,20}}\()?(?:{_QUOTED})|{_PLAIN}")
# A name starts where a word starts, so that the longest line takes linear time.
_NAME = re.compile(r"""(?<![\w.-])(?P<name>-{0,2}[\w.-]{1,200})(?:\\?["']?[ \t]*(?P<sign>=>|[:=])[ \t]*|[ \t]+(?!-))""")
_FORMS = (
    re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY-----(?P<value>.*?)(?:-----END [A-Z ]*PRIVATE KEY-----|\Z)", re.DOTALL),
    re.compile(r"(?i)\bauthorization\\?[\"']?\s*[:=]\s*\\?[\"']?(?P<value>(?:[A-Za-z][\w-]{0,20}[ \t]+)?[^\s\"',\\]+)"),
    re.compile(r"(?i)\b(?:bearer|basic)\s+(?P<value>[A-Za-z0-9._~+/=-]{6,})"),
    re.compile(r"(?P<value>\beyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]*)?)"),
    re.compile(r"(?<![a-z0-9+.-])[a-z][a-z0-9+.-]{0,30}://[^\s/:@]{0,200}:(?P<value>[^\s/@]{1,500})@"),
)
_LINE = re.compile(r"""^(?P<start>\s*(?:-\s+)?["']?(?P<name>[\w.-]+)["']?\s*[:=])(?P<value>.*)$""")
_SECTION = re.compile(r"^\s*\[+\s*(?P<name>[^\]]+?)\s*\]+\s*(?:#.*)?$")
# Maps whose keys somebody chose. Elsewhere in an object keys are Kubernetes' own, and a "key" there is none.
_FREE = ("annotations", "parameters", "volumeAttributes", "stringData", "data")


class Redactor:
    """Hides, and remembers what it hid."""

    def __init__(self, known: t.Iterable[str] = (), kept: t.Iterable[str] = ()) -> None:
        """:param known: secrets from elsewhere, as the connection's token. :param kept: words that are none, as the cluster's name."""
        self._kept = {MARK, *kept}
        self._values: set[str] = set()
        for value in known:
            self._remember(value)

    def everywhere(self, value: T) -> T:
        """Hide every remembered value wherever it stands in a text or tree, as it is or as JSON writes it."""
        if isinstance(value, dict):
            return t.cast(T, {self.everywhere(key): self.everywhere(inner) for key, inner in value.items()})
        if isinstance(value, list):
            return t.cast(T, [self.everywhere(inner) for inner in value])
        if not isinstance(value, str):
            return t.cast(T, MARK) if str(value) in self._values else value
        text: str = value
        for hidden in sorted(self._values, key=len, reverse=True):
            for written in dict.fromkeys((hidden, json.dumps(hidden)[1:-1], json.dumps(hidden, ensure_ascii=False)[1:-1])):
                text = text.replace(written, MARK)
        return t.cast(T, text)

    def line(self, text: str) -> str:
        """Free text, as a log or a message."""
        for form in _FORMS:
            text = form.sub(self._form, text)
        return "".join(_assignments(text))

    def config(self, text: str) -> str:
        """A file of settings: JSON, or lines of ``name = value`` and ``name: value`` with their sections, blocks and continuations."""
        try:
            whole = json.loads(text)
        except ValueError:
            whole = None
        if isinstance(whole, (dict, list)):
            return json.dumps(self.tree(whole, free=True), ensure_ascii=False)
        return self.line("\n".join(self._lines(text)))

    def tree(self, value: t.Any, free: bool = False) -> t.Any:
        """An object of Kubernetes with all its texts; ``free``: its keys are somebody's own."""
        if isinstance(value, str):
            return self.config(value) if free and "\n" in value else self.line(value)
        if isinstance(value, (list, tuple)):
            return self._list(value, free)
        if not isinstance(value, dict):
            return value
        free = free and not ("apiVersion" in value and "kind" in value)
        named = isinstance(value.get("name"), str) and secret(value["name"])  # a variable of a container
        return {key: self._field(key, inner, free, named) for key, inner in value.items()}

    # Inside

    def _field(self, key: str, value: t.Any, free: bool, named: bool) -> t.Any:
        if (named and key == "value") or (free and secret(key)):
            return self._hide(value, remembered=named or not harmless(key))
        if key == "binaryData":
            return MARK
        if not free and key in _FREE and _texts(value):
            return {k: self._hide(v, not harmless(k)) if secret(k) else self.config(v) for k, v in value.items()}
        return self.tree(value, free)

    def _list(self, values: t.Sequence[t.Any], free: bool) -> list[t.Any]:
        """With the words of a command: a flag hides the word after it."""
        found: list[t.Any] = []
        before: t.Any = None
        for value in values:
            flagged = isinstance(before, str) and before.startswith("-") and not re.search(r"[=\s]", before) and secret(before)
            found.append(self._hide(value, True) if flagged and isinstance(value, str) else self.tree(value, free))
            before = value
        return found

    def _hide(self, value: t.Any, remembered: bool) -> t.Any:
        """A secret, and where it is a tree everything in it."""
        for inner in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
            self._hide(inner, remembered)
        if value is None or isinstance(value, bool):
            return value
        if remembered and not isinstance(value, (dict, list)):
            self._remember(str(value))
        return MARK

    def _remember(self, value: str) -> None:
        """As a whole and line by line, since a log has lines."""
        for piece in {value, *value.splitlines()}:
            text = piece.strip().strip("\"'")
            if len(text) >= SHORTEST and text not in self._kept:
                self._values.add(text)

    def _form(self, match: re.Match[str]) -> str:
        self._remember(match["value"])
        start, end = (at - match.start() for at in match.span("value"))
        return match[0][:start] + MARK + match[0][end:]

    def _lines(self, text: str) -> t.Iterator[str]:
        """Line by line; a secret goes on over deeper lines, up to the end of its quotes or bracket, or through its section."""
        section, depth, until, variable = False, -1, "", False
        for line in text.split("\n"):
            indent = len(line) - len(line.lstrip())
            if line.strip() and (until or indent > depth >= 0):
                until = "" if until in line else until
                self._remember(line)
                yield MARK
                continue
            depth = depth if not line.strip() else -1
            if head := _SECTION.match(line):
                section = secret(head["name"])
            match = _LINE.match(line)
            name, value = (match["name"], match["value"].strip()) if match else ("", "")
            hidden = bool(match) and (section or secret(name) or (variable and name == "value"))
            variable = secret(value) if name == "name" else variable and name == ""
            if match and hidden:
                until, depth = _continued(value), indent
                if not harmless(name):
                    self._remember(value.rstrip(","))
                line = f"{match['start']} {MARK}"
            yield line


def _assignments(text: str) -> t.Iterator[str]:
    """Free text piece by piece, its ``name = value`` and ``--name value`` hidden. A bare ``key`` is what a log says of data."""
    at = 0
    while head := _NAME.search(text, at):
        name = head["name"].lstrip("-")
        told = bool(head["sign"]) or head["name"].startswith("-")
        value = _VALUE.match(text, head.end()) if told and name.lower() not in ("key", "keys", "pass") and secret(name) else None
        yield text[at : head.end()]
        at = head.end()
        if value and not value[0].startswith(MARK):
            quote = next((q for q in ('\\"', '"', "'") if value[0].startswith(q)), "")
            yield f"{quote}{MARK}{quote}"
            at = value.end()
    yield text[at:]


def _continued(value: str) -> str:
    """What ends a value that goes on in the next line; empty where it does not, or where only its depth tells."""
    for opening, closing in (('"""', '"""'), ("'''", "'''"), ("[", "]"), ("{", "}")):
        if value.startswith(opening) and closing not in value[len(opening) :]:
            return closing
    return ""


def _texts(value: t.Any) -> bool:
    """Texts by name, as in a ConfigMap; a ControllerRevision's ``data`` is an object."""
    return isinstance(value, dict) and all(isinstance(inner, str) for inner in value.values())
