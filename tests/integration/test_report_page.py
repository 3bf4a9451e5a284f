# SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""The page of a report in a real browser, on a desk's screen and on a phone's, light and dark. No cluster is needed; pictures stay in tests/output."""

from __future__ import annotations

import pathlib
import re
import typing as t

import pytest
from ansible_collections.robustmq.placement_center.plugins.module_utils import _report_make
from ansible_collections.robustmq.placement_center.plugins.module_utils._report_facts import backup, operation

from tests.reports import ALL, content, contrast, drawn, poisoned, said

from .browser import Browser, Tab

OUTPUT = pathlib.Path(__file__).parents[2] / "tests/output/report"
SCREENS = [(1280, False), (1280, True), (390, False), (390, True), (890, False)]
NAMES = ["desk-light", "desk-dark", "phone-light", "phone-dark", "tablet"]
LEAST = 10.0  # pixels of a letter's height that can be read

OPEN = "document.querySelectorAll('details').forEach(d => d.open = true)"
# Every piece of text that is seen: its words, its box, its colour, what is behind it, the height of its letters.
TEXTS = """
(() => {
  const found = [];
  const behind = element => {
    for (let e = element; e; e = e.parentElement) {
      const colour = getComputedStyle(e).backgroundColor;
      if (!/, 0\\)$|transparent/.test(colour)) return colour;
    }
    const sheet = document.querySelector('.sheet');
    return sheet ? getComputedStyle(sheet).fill : 'rgb(255, 255, 255)';
  };
  for (const element of document.querySelectorAll('body *, svg text')) {
    const drawn = element instanceof SVGTextElement;
    const own = [...element.childNodes].some(n => n.nodeType === 3 && n.textContent.trim());
    const box = element.getBoundingClientRect();
    if (!own || !box.width || box.height < 2 || (element instanceof SVGElement && !drawn)) continue;
    const style = getComputedStyle(element), svg = drawn ? element.ownerSVGElement : null;
    const scale = drawn ? svg.getBoundingClientRect().width / svg.viewBox.baseVal.width : 1;
    found.push({
      words: [...element.childNodes].filter(n => n.nodeType === 3).map(n => n.textContent).join(''),
      box: [box.left, box.top, box.right, box.bottom], svg: drawn ? [...document.querySelectorAll('svg')].indexOf(svg) : -1,
      colour: drawn ? style.fill : style.color, size: parseFloat(style.fontSize) * scale,
      behind: drawn && element.classList.contains('on') ? style.stroke : behind(drawn ? svg : element),
    });
  }
  return found;
})()
"""


def rgb(colour: str) -> list[float]:
    return [float(part) for part in re.findall(r"[\d.]+", colour)[:3]]


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> t.Iterator[Browser]:
    with Browser(tmp_path_factory.mktemp("browser")) as found:
        yield found


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, pathlib.Path]:
    """A page of each kind, and the picture of an update that holds."""
    folder = tmp_path_factory.mktemp("pages")
    bad = [op for op in (operation(poisoned(said(name))) for name in ALL) if op]
    kinds = {
        "all": content(*ALL),
        "held": content("hold", "update"),
        "hostile": content()._replace(operations=bad, backups=[backup(poisoned(b)) for b in said("backups")], title="x" * 300),
        "empty": content()._replace(backups=None, unknown="forbidden: may not list configmaps"),
    }
    made = {}
    for name, told in kinds.items():
        page, picture = _report_make.made(told)
        made[name], made[f"{name} picture"] = folder / f"{name}.html", folder / f"{name}.svg"
        made[name].write_text(page)
        made[f"{name} picture"].write_text(picture)
    return made


def overlapping(texts: list[dict[str, t.Any]]) -> list[tuple[str, str]]:
    """Words of one drawing that lie on each other."""
    found = []
    drawn_texts = [x for x in texts if x["svg"] >= 0]
    for n, one in enumerate(drawn_texts):
        for other in drawn_texts[n + 1 :]:
            a, b = one["box"], other["box"]
            wide, high = min(a[2], b[2]) - max(a[0], b[0]), min(a[3], b[3]) - max(a[1], b[1])
            if one["svg"] == other["svg"] and wide > 1 and high > 4:
                found.append((one["words"], other["words"]))
    return found


def check(tab: Tab, url: str, width: int) -> list[dict[str, t.Any]]:
    """What holds for every page: nothing to scroll for sideways, nothing asked, nothing to complain of, all words to be read."""
    texts: list[dict[str, t.Any]] = tab.ask(TEXTS)
    assert tab.ask("document.documentElement.scrollWidth") <= width and tab.requests == [url] and tab.complaints == []
    assert texts
    for each in texts:
        assert each["box"][0] >= -1 and each["box"][2] <= width + 1, each
        assert contrast(rgb(each["colour"]), rgb(each["behind"])) >= 4.5, each
        assert each["size"] >= LEAST, each
    assert overlapping(texts) == []
    return texts


@pytest.mark.parametrize("width, dark", SCREENS, ids=NAMES)
@pytest.mark.parametrize("name", ["all", "held", "hostile", "empty"])
def test_a_page_can_be_read(browser: Browser, files: dict[str, pathlib.Path], name: str, width: int, dark: bool) -> None:
    tab = Tab(browser, files[name].as_uri(), width, dark)
    check(tab, files[name].as_uri(), width)
    tab.picture(OUTPUT / f"{name}-{NAMES[SCREENS.index((width, dark))]}.png")
    tab.ask(OPEN)
    check(tab, files[name].as_uri(), width)


@pytest.mark.parametrize("width, dark", SCREENS, ids=NAMES)
def test_every_lane_is_seen(browser: Browser, files: dict[str, pathlib.Path], width: int, dark: bool) -> None:
    tab = Tab(browser, files["all"].as_uri(), width, dark)
    texts = [x for x in tab.ask(TEXTS) if x["svg"] >= 0]
    for name in ("rollback", "hold", "update"):
        for ordinal in drawn(name).members:
            lanes = [x for x in texts if x["words"] == f"placement-center-{ordinal}"]
            assert len(lanes) == 3, "one for each operation, and the other drawing is hidden"
    assert len([x for x in texts if x["words"] == "Writes"]) == 3
    shown = "[...document.querySelectorAll('svg .phase')].map(e => e.getBoundingClientRect()).filter(b => b.width && b.height).length"
    assert tab.ask(shown) >= sum(len(step.phases) for name in ("rollback", "hold", "update") for step in drawn(name).steps)
    background = rgb(tab.ask("getComputedStyle(document.body).backgroundColor"))
    assert (sum(background) < 300) is dark


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("name", ["all", "held", "hostile", "empty"])
def test_the_picture_stands_alone(browser: Browser, files: dict[str, pathlib.Path], name: str, dark: bool) -> None:
    url = files[f"{name} picture"].as_uri()
    tab = Tab(browser, url, 1200, dark)
    check(tab, url, 1200)
    tab.picture(OUTPUT / f"{name}-picture-{'dark' if dark else 'light'}.png")
