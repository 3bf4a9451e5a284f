# SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""The page: what is on it, that nothing on it acts, and how it is written."""

from __future__ import annotations

import html.parser
import json
import pathlib
import re
import sys
import typing as t

import pytest
from ansible_collections.robustmq.placement_center.plugins.module_utils import _report_make
from ansible_collections.robustmq.placement_center.plugins.module_utils._errors import BadInput, MissingLibrary, Refused
from ansible_collections.robustmq.placement_center.plugins.module_utils._report_drawing import library
from ansible_collections.robustmq.placement_center.plugins.module_utils._report_facts import backup, operation
from ansible_collections.robustmq.placement_center.plugins.module_utils._report_page import Content, page

from tests.reports import ALL, NOW, RECEIPTS, content, poisoned, said

ACTING = {"script", "iframe", "object", "embed", "form", "img", "foreignobject", "base", "audio", "video", "animate", "set"}


class Reader(html.parser.HTMLParser):
    """Tags, their attributes, and ids."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str]]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, {k: v or "" for k, v in attrs}))


def hostile() -> Content:
    ops = [operation(poisoned(said(name))) for name in ALL]
    return content()._replace(operations=[op for op in ops if op], backups=[backup(poisoned(b)) for b in said("backups")])


@pytest.mark.parametrize("told", [content(*ALL), hostile(), content()._replace(backups=None, unknown="<b>x</b>")], ids=["plain", "hostile", "unknown"])
def test_nothing_on_a_page_acts_or_asks(told: Content) -> None:
    for text in _report_make.made(told):
        found = Reader(text).tags
        assert not {tag for tag, _attrs in found} & ACTING
        for _tag, attrs in found:
            assert not [name for name in attrs if name.startswith("on")]
            assert all(attrs.get(name, "#").startswith(("#", "data:,")) for name in ("href", "src", "xlink:href", "action"))
        assert "url(" not in text and "@import" not in text


def test_hostile_text_is_shown_as_text() -> None:
    text = page(hostile())
    assert "<script" not in text and "&lt;script&gt;alert(1)&lt;/script&gt;" in text and "{{ 7 * 7 }}" in text and "\u202e" not in text
    assert text.count("</style>") == 1 and text.count("</html>") == 1
    assert {tag for tag, _attrs in Reader(text).tags} <= {tag for tag, _attrs in Reader(page(content(*ALL))).tags}


def test_a_page_has_what_readers_and_their_machines_need() -> None:
    text = page(content(*ALL))
    found = Reader(text).tags
    ids = [attrs["id"] for _tag, attrs in found if "id" in attrs]
    assert len(ids) == len(set(ids))
    assert {attrs["href"][1:] for tag, attrs in found if tag == "a"} <= set(ids)
    assert {attrs["aria-labelledby"] for _tag, attrs in found if "aria-labelledby" in attrs} <= set(ids)
    assert "<title>placement-center in robustmq</title>" in text and text.count("<h1>") == 1 and '<html lang="en">' in text
    pictures = [attrs for tag, attrs in found if tag == "svg"]
    assert pictures and all(attrs["role"] == "img" for attrs in pictures) and text.count("<desc>") == len(pictures)
    assert "default-src 'none'" in text and "prefers-color-scheme: dark" in text


def test_the_newest_comes_first_and_each_is_a_section() -> None:
    text = page(content(*ALL))
    order = [text.index(f'<h2 id="operation-{n}">') for n in range(1, 5)]
    assert order == sorted(order) and text.index("rollback-91e5aa") < text.index("update-b07d42") < text.index("update-3f9a1c")
    assert "What to do:</strong> Read why it exits" in text and "<code>pod_crashing</code>" in text


def test_backups_are_told_or_why_they_are_not() -> None:
    assert "20261125-011503-7c21" in page(content())
    assert "could not be read: forbidden" in page(content()._replace(backups=None, unknown="forbidden: secrets"))
    assert "Backups" not in page(content()._replace(backups=None)) and "No operation has left a receipt" in page(content())


def test_a_page_stays_below_a_megabyte() -> None:
    twenty = content(*ALL * 5)
    assert len(page(twenty).encode()) < _report_make.ROOM / 2
    full = said("update")
    step = {**full["steps"][0], "lag": [[n, n * 7919 % 9973] for n in range(60)]}
    step["leaders"] = [{"at": n, "group": "metadata_0", "member": n % 7, "term": n} for n in range(20)]
    step["holds"] = [{"code": "pod_crashing", "message": "x" * 500, "member": 1, "group": None}] * 5
    full["steps"] = [{**step, "ordinal": n} for n in range(7)]
    op = operation(full)
    assert op is not None
    text, _picture = _report_make.made(content()._replace(operations=[op] * _report_make.MOST))
    assert 500_000 < len(text.encode()) <= _report_make.ROOM and "older receipts had no room on this page" in text


def test_the_same_receipts_make_the_same_bytes() -> None:
    assert _report_make.made(content(*ALL)) == _report_make.made(content(*ALL))


# Files


def test_a_file_is_written_once(tmp_path: pathlib.Path) -> None:
    path = str(tmp_path / "new" / "page.html")
    assert _report_make.put(path, "a", check=True) and not pathlib.Path(path).exists()
    assert [_report_make.put(path, text, check=False) for text in ("a", "a", "b")] == [True, False, True]
    assert pathlib.Path(path).read_text() == "b" and pathlib.Path(path).stat().st_mode & 0o777 == 0o600
    (tmp_path / "file").write_text("")
    with pytest.raises(BadInput, match="cannot be written"):
        _report_make.put(str(tmp_path / "file" / "page.html"), "a", check=False)


NO_RECEIPTS = [("[]", "receipt_unreadable"), ("{", "receipt_unreadable"), ('{"operation": "x"}', "receipt_unreadable"), ("[" * 10**5, "receipt_unreadable")]


@pytest.mark.parametrize("text, reason", NO_RECEIPTS, ids=["a list", "half", "little", "deep"])
def test_a_file_that_is_no_receipt_is_refused(text: str, reason: str, tmp_path: pathlib.Path) -> None:
    (tmp_path / "receipt.json").write_text(text)
    with pytest.raises(BadInput) as refused:
        _report_make.read(str(tmp_path / "receipt.json"))
    assert refused.value.reason == reason


def test_so_is_one_that_is_not_there_or_no_text(tmp_path: pathlib.Path) -> None:
    with pytest.raises(BadInput, match="cannot be read: No such file"):
        _report_make.read(str(tmp_path / "none.json"))
    (tmp_path / "binary").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(BadInput, match="is no receipt"):
        _report_make.read(str(tmp_path / "binary"))


class Kept:
    """A cluster that keeps these receipts."""

    def __init__(self, *names: str) -> None:
        self.data = {f"{re.sub('[-:]', '', said(n)['started'])}-{said(n)['operation']}.json": (RECEIPTS / f"{n}.json").read_text() for n in names}

    def get(self, _kind: str, _name: str, _namespace: str) -> t.Any:
        return {"data": {**self.data, "20260101T000000.000Z-x.json": "edited by somebody", "20260102T000000.000Z-y.json": json.dumps({"z": 1})}}


def test_receipts_are_found_by_operation_or_key() -> None:
    kube: t.Any = Kept(*ALL)
    assert [op.id for op in _report_make.stored(kube, "n", "pc", [])] == ["rollback-91e5aa", "update-b07d42", "update-3f9a1c", "expand"]
    assert [op.id for op in _report_make.stored(kube, "n", "pc", ["expand", "update-3f9a1c"])] == ["update-3f9a1c", "expand"]
    assert [op.id for op in _report_make.stored(kube, "n", "pc", ["20261125T025840.102Z-update-b07d42.json"])] == ["update-b07d42"]
    with pytest.raises(Refused, match="no receipt update-1 is kept in n/pc-receipts; there is expand, rollback-91e5aa") as refused:
        _report_make.stored(kube, "n", "pc", ["expand", "update-1"])
    assert refused.value.reason == "receipt_missing"


@pytest.mark.parametrize("name, call", [("drawsvg", library), ("jinja2", lambda: page(content()))])
def test_a_library_that_is_missing_is_told_in_a_line(name: str, call: t.Callable[[], t.Any], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, name, None)
    with pytest.raises(MissingLibrary) as told:
        call()
    assert told.value.reason == "missing_library" and f"pip install {name}" in told.value.words and "\n" not in told.value.words


def test_ages_are_news_by_the_hour() -> None:
    told = content("update")
    assert page(told) == page(told._replace(now=NOW)) != page(told._replace(now=NOW + 3600))


def test_what_a_receipt_notes_is_on_its_page() -> None:
    told = operation({**said("update"), "notes": ["it is <slow>", 7, ""]})
    assert told and told.notes == ("it is <slow>",)
    assert '<p class="soft">it is &lt;slow&gt;.</p>' in page(content()._replace(operations=[told]))
