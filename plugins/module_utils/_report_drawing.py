# SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Shapes into SVG, by drawsvg: the only door to it."""

from __future__ import annotations

import typing as t

from ansible_collections.robustmq.placement_center.plugins.module_utils import _libraries
from ansible_collections.robustmq.placement_center.plugins.module_utils._report_shapes import Box, Curve, Label, Picture, Shape


def library() -> t.Any:
    """drawsvg itself.

    :raises MissingLibrary: it is not installed where this runs.
    """
    try:
        import drawsvg
    except ImportError as exc:
        raise _libraries.missing("a report is drawn by the Python package drawsvg", exc) from exc
    return drawsvg


def svg(picture: Picture, css: str = "", style: str = "") -> str:
    """The picture as text; ``css`` is its class, ``style`` goes into it where it stands alone.

    The library puts words into elements with care, and values of attributes as they are: only numbers and classes of ours go there.
    """
    draw = library()
    drawing = draw.Drawing(_short(picture.width), _short(picture.height), role="img", class_=f"pc {css}".strip())
    drawing.append(draw.Title(picture.title))
    if picture.about:
        drawing.append(_described(draw, picture.about))
    if style:
        drawing.append_css(style)
    for shape in picture.shapes:
        drawing.append(_drawn(draw, shape))
    return str(drawing.as_svg(header=""))


def _described(draw: t.Any, about: str) -> t.Any:
    element = draw.Title(about)
    element.TAG_NAME = "desc"
    return element


def _drawn(draw: t.Any, shape: Shape) -> t.Any:
    if isinstance(shape, Label):
        anchor = {} if shape.anchor == "start" else {"text_anchor": shape.anchor}
        made = draw.Text(shape.words, shape.size, _short(shape.x), _short(shape.y), class_=shape.css, **anchor)
    elif isinstance(shape, Box):
        sides = (_short(n) for n in (shape.x, shape.y, shape.width, shape.height))
        made = draw.Rectangle(*sides, class_=shape.css, **({"rx": _short(shape.corner)} if shape.corner else {}))
    else:
        made = draw.Path(d=_path(shape), class_=shape.css)
    if getattr(shape, "tip", ""):
        made.append_title(shape.tip)
    return made


def _path(curve: Curve) -> str:
    lines = ["M" + "L".join(f"{_short(x)},{_short(y)}" for x, y in points) for points in curve.lines if points]
    return "".join(f"{line}Z" if curve.closed else line for line in lines) or "M0,0"


def _short(number: float) -> float:
    short = round(number, 1)
    return int(short) if short == int(short) else short
