# SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Nothing of a picture lies outside it, and words do not lie on words."""

from __future__ import annotations

import dataclasses
import itertools
import xml.etree.ElementTree as ET

import pytest
from ansible_collections.robustmq.placement_center.plugins.module_utils._report_bars import claims, comparison
from ansible_collections.robustmq.placement_center.plugins.module_utils._report_drawing import svg
from ansible_collections.robustmq.placement_center.plugins.module_utils._report_facts import Operation, operation
from ansible_collections.robustmq.placement_center.plugins.module_utils._report_layout import Frame, lanes, ticks
from ansible_collections.robustmq.placement_center.plugins.module_utils._report_page import BROAD, SLIM
from ansible_collections.robustmq.placement_center.plugins.module_utils._report_poster import poster
from ansible_collections.robustmq.placement_center.plugins.module_utils._report_shapes import Box, Curve, Label, Picture, fitted, hatch, width, wrapped
from ansible_collections.robustmq.placement_center.plugins.module_utils._report_style import DARK, LIGHT, POSTER
from hypothesis import given
from hypothesis import strategies as st

from tests.reports import ALL, content, contrast, drawn, poisoned, said

WIDTHS = [BROAD, SLIM]


def extent(shape: object) -> tuple[float, float, float, float]:
    """Left, top, right, bottom."""
    if isinstance(shape, Label):
        long = width(shape.words, shape.size)
        left = shape.x - {"start": 0.0, "middle": long / 2, "end": long}[shape.anchor]
        return left, shape.y - shape.size * 0.75, left + long, shape.y + shape.size * 0.2
    if isinstance(shape, Box):
        return shape.x, shape.y, shape.x + shape.width, shape.y + shape.height
    assert isinstance(shape, Curve)
    points = [p for line in shape.lines for p in line] or [(0.0, 0.0)]
    return min(x for x, _y in points), min(y for _x, y in points), max(x for x, _y in points), max(y for _x, y in points)


def check(picture: Picture) -> None:
    for shape in picture.shapes:
        left, top, right, bottom = extent(shape)
        assert left >= -6 and top >= 0 and right <= picture.width + 6 and bottom <= picture.height, shape
    labels = [(shape, extent(shape)) for shape in picture.shapes if isinstance(shape, Label)]
    for (one, a), (other, b) in itertools.combinations(labels, 2):
        apart = a[2] <= b[0] or b[2] <= a[0] or a[3] <= b[1] or b[3] <= a[1]
        assert apart, f"{one.words!r} lies on {other.words!r}"


@pytest.mark.parametrize("across", WIDTHS)
@pytest.mark.parametrize("name", ALL)
def test_a_picture_keeps_to_its_frame(name: str, across: float) -> None:
    op = drawn(name)
    for picture in (lanes(op, across), claims(op, across) if op.claims else None, comparison(op, across)):
        if picture is not None:
            check(picture)


@pytest.mark.parametrize("name", ALL)
def test_so_does_the_picture_for_chats(name: str) -> None:
    told = content(name, *(n for n in ALL if n != name))
    check(poster(told.title, told.operations, told.backups, told.now))


@pytest.mark.parametrize("across", WIDTHS)
@pytest.mark.parametrize("name", ALL)
def test_a_hostile_receipt_is_drawn_inside_the_frame_too(name: str, across: float) -> None:
    op = operation(poisoned(said(name)))
    assert op is not None
    picture = lanes(op, across)
    assert all(extent(shape)[2] <= across + 6 for shape in picture.shapes)
    assert ET.fromstring(svg(picture)).tag.endswith("svg")


@pytest.mark.parametrize("across", WIDTHS)
def test_every_member_has_a_lane_and_every_phase_is_seen(across: float) -> None:
    op = drawn("update")
    picture = lanes(op, across)
    said_there = {shape.words for shape in picture.shapes if isinstance(shape, Label)}
    assert {f"placement-center-{n}" for n in op.members} <= said_there
    boxes = [shape for shape in picture.shapes if isinstance(shape, Box) and shape.css.startswith("phase") and shape.tip]
    assert len(boxes) == sum(len(step.phases) for step in op.steps) and all(box.width >= 1.5 for box in boxes)


CHANGES = st.lists(st.tuples(st.floats(0, 60), st.sampled_from(["metadata_0", "data_0"]), st.none() | st.integers(0, 4)), max_size=8)


@given(CHANGES, st.lists(st.tuples(st.floats(0, 180), st.floats(0.25, 30)), max_size=8), st.sampled_from(WIDTHS))
def test_words_never_lie_on_words(changes: list[tuple[float, str, int | None]], stops: list[tuple[float, float]], across: float) -> None:
    receipt = said("update")
    for step in receipt["steps"]:
        step["leaders"] = [{"at": at, "group": group, "member": member, "term": n} for n, (at, group, member) in enumerate(sorted(changes, key=str))]
    receipt["writer"]["stops"] = [{"after_ms": 1000 * at, "ms": 1000 * seconds} for at, seconds in sorted(stops)]
    op = operation(receipt)
    assert op is not None
    check(lanes(op, across))


def test_no_lane_for_writes_where_nobody_wrote() -> None:
    quiet = dataclasses.replace(drawn("update"), writer={}, stops=(), latency={})
    assert "Writes" not in {shape.words for shape in lanes(quiet, BROAD).shapes if isinstance(shape, Label)}


@given(st.floats(0.01, 1e15), st.integers(2, 12))
def test_a_scale_has_few_round_ticks(seconds: float, most: int) -> None:
    found = ticks(seconds, most)
    assert 1 <= len(found) <= most + 1 and found[0] == 0 and found[-1] <= seconds * 1.0001


@given(st.floats(-1e6, 1e12))
def test_what_is_outside_of_time_is_at_the_edge(at: float) -> None:
    frame = Frame(352.0, 60.0)
    assert frame.left <= frame.x(at) <= frame.right


@given(st.floats(1, 2000), st.floats(4, 60), st.floats(3, 20))
def test_slanted_lines_stay_in_their_box(across: float, high: float, gap: float) -> None:
    left, top, right, bottom = extent(hatch(Box(5, 7, across, high, ""), "", gap))
    assert left >= 0 and top >= 0 and right <= 5 + across + 0.01 and bottom <= 7 + high + 0.01


@given(st.text(), st.floats(0, 300))
def test_fitted_words_fit(words: str, room: float) -> None:
    assert width(fitted(words, 12, room), 12) <= max(room, 0) + 0.01
    assert all(width(line, 12) <= room + 0.01 for line in wrapped(words, 12, room, 3)) and len(wrapped(words, 12, room, 3)) <= 3


def rgb(colour: str) -> list[float]:
    return [int(colour[n : n + 2], 16) for n in (1, 3, 5)]


WORDS_ON = [("ink", "paper"), ("ink", "ground"), ("soft", "paper"), ("soft", "ground"), ("good", "goodback"), ("bad", "badback"), ("note", "noteback")]
WORDS_ON += [("good", "paper"), ("bad", "paper"), ("note", "paper"), ("ink", "badback"), ("lead", "paper"), ("ink", "away"), ("backink", "back")]
SIGNS_ON = [("lead", "paper"), ("flow", "paper"), ("bad", "paper"), ("good", "paper"), ("note", "paper")]


@pytest.mark.parametrize("palette", [LIGHT, DARK], ids=["light", "dark"])
def test_words_and_signs_have_contrast(palette: dict[str, str]) -> None:
    assert set(palette) == set(LIGHT)
    for one, other in WORDS_ON:
        assert contrast(rgb(palette[one]), rgb(palette[other])) >= 4.5, (one, other)
    for one, other in SIGNS_ON:
        assert contrast(rgb(palette[one]), rgb(palette[other])) >= 3, (one, other)


def test_a_picture_stands_alone() -> None:
    told = content(*ALL)
    text = svg(poster(told.title, told.operations, told.backups, told.now), style=POSTER)
    root = ET.fromstring(text)
    assert root.find("{http://www.w3.org/2000/svg}title") is not None and "prefers-color-scheme" in text
    assert "url(" not in text and "@import" not in text and "href=" not in text


def test_a_cluster_without_an_operation_has_a_picture_too() -> None:
    check(poster("placement-center in robustmq", [], None, 0.0))


def whole(ops: list[Operation]) -> str:
    return "".join(svg(lanes(op, BROAD)) for op in ops)


def test_the_same_receipt_makes_the_same_picture() -> None:
    assert whole([drawn(n) for n in ALL]) == whole([drawn(n) for n in ALL])
