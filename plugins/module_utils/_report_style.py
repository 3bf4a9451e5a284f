# SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""How pages and pictures look: one style for both, light and dark. Pure.

Colour is never the only sign: each has a word, a pattern or a form beside it. Words have a contrast of 4.5 to what is behind them, and more.
"""

from __future__ import annotations

FONT = 'system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif'

LIGHT = {
    "ink": "#1a2129",
    "soft": "#515c68",
    "paper": "#ffffff",
    "ground": "#f5f6f8",
    "edge": "#d5dae0",
    "good": "#1a6b36",
    "goodback": "#e3f3e8",
    "bad": "#a8231a",
    "badback": "#fdeae8",
    "note": "#75500a",
    "noteback": "#faf0d9",
    "away": "#e6e9ed",
    "awayline": "#8a949f",
    "back": "#bcd6f2",
    "backink": "#10304f",
    "lead": "#3d5a99",
    "flow": "#7f8a96",
}
DARK = {
    "ink": "#e7eaee",
    "soft": "#a6b0bb",
    "paper": "#161b21",
    "ground": "#0e1217",
    "edge": "#333c46",
    "good": "#6fd08c",
    "goodback": "#12311d",
    "bad": "#ff938a",
    "badback": "#401a17",
    "note": "#e6c06a",
    "noteback": "#37290b",
    "away": "#2b333c",
    "awayline": "#76828e",
    "back": "#24486f",
    "backink": "#e2eefb",
    "lead": "#93b0ee",
    "flow": "#75808c",
}

DRAWN = """
.pc text { font-family: FONT; fill: var(--ink); font-variant-numeric: tabular-nums; }
.pc text { paint-order: stroke; stroke: var(--paper); stroke-width: 4; stroke-linejoin: round; }
.pc .strong { font-weight: 600; }
.pc .soft, .pc .plain { fill: var(--soft); }
.pc .bad { fill: var(--bad); font-weight: 600; }
.pc .good { fill: var(--good); font-weight: 600; }
.pc .note { fill: var(--note); font-weight: 600; }
.pc .led { fill: var(--lead); }
.pc .sheet { fill: var(--paper); }
.pc .edge { stroke: var(--edge); stroke-width: 1; }
.pc .grid { stroke: var(--edge); stroke-width: 1; stroke-dasharray: 2 4; }
.pc .rest { stroke: var(--edge); stroke-width: 2; }
.pc .ground { stroke: var(--edge); stroke-width: 1; }
.pc .phase { stroke: var(--paper); stroke-width: 1; }
.pc .phase.away { fill: var(--away); }
.pc .hatch.away { stroke: var(--awayline); stroke-width: 1; fill: none; }
.pc .phase.back { fill: var(--back); }
.pc .phase.proof { fill: var(--goodback); stroke: var(--good); }
.pc .phase.stuck { fill: var(--badback); stroke: var(--bad); }
.pc .hatch.stuck { stroke: var(--bad); stroke-width: 1; stroke-opacity: 0.45; fill: none; }
.pc .on { stroke-width: 6; }
.pc .on.away { stroke: var(--away); fill: var(--ink); }
.pc .on.back { stroke: var(--back); fill: var(--backink); }
.pc .on.proof { stroke: var(--goodback); fill: var(--good); }
.pc .on.stuck { stroke: var(--badback); fill: var(--bad); font-weight: 600; }
.pc .lead { stroke: var(--lead); stroke-width: 3; fill: none; }
.pc .diamond { fill: var(--lead); }
.pc .lag { stroke: var(--note); stroke-width: 1.5; fill: none; }
.pc .lagfill { fill: var(--noteback); }
.pc .flow { stroke: var(--flow); stroke-width: 2; }
.pc .stop { fill: var(--bad); }
.pc .expected { fill: var(--paper); stroke: var(--soft); stroke-width: 1; stroke-dasharray: 3 2; }
.pc .came { fill: var(--lead); }
""".replace("FONT", FONT)

SHOWN = """
* { box-sizing: border-box; }
body { margin: 0; background: var(--ground); color: var(--ink); font: 15px/1.5 FONT; }
main, header { max-width: 1120px; margin: 0 auto; padding: 0 16px; }
header { padding-top: 28px; }
h1 { font-size: 24px; line-height: 1.25; margin: 0 0 4px; overflow-wrap: anywhere; }
h2 { font-size: 18px; line-height: 1.3; margin: 0; overflow-wrap: anywhere; }
h3 { font-size: 14px; margin: 20px 0 6px; }
p { margin: 0 0 8px; overflow-wrap: anywhere; }
a { color: var(--lead); }
a:focus-visible, summary:focus-visible { outline: 2px solid var(--lead); outline-offset: 2px; }
.soft { color: var(--soft); }
section { background: var(--paper); border: 1px solid var(--edge); border-radius: 8px; padding: 20px; margin: 16px 0; }
.head { display: flex; flex-wrap: wrap; gap: 4px 12px; align-items: center; margin-bottom: 4px; }
.badge { font-weight: 600; font-size: 13px; padding: 1px 10px; border-radius: 99px; border: 1px solid currentColor; overflow-wrap: anywhere; }
.good { color: var(--good); } .bad { color: var(--bad); } .note { color: var(--note); }
.badge.good { background: var(--goodback); } .badge.bad { background: var(--badback); } .badge.note { background: var(--noteback); }
.say { font-size: 16px; margin: 6px 0 0; }
dl.figures { display: grid; grid-template-columns: repeat(auto-fill, minmax(132px, 1fr)); gap: 12px 16px; margin: 16px 0; }
dl.figures div { border-left: 2px solid var(--edge); padding-left: 10px; }
dt { color: var(--soft); font-size: 13px; } dd { margin: 0; font-size: 14px; font-weight: 600; font-variant-numeric: tabular-nums; overflow-wrap: anywhere; }
.holds { border-left: 3px solid var(--bad); background: var(--badback); padding: 10px 14px; margin: 14px 0; border-radius: 0 6px 6px 0; }
.holds p:last-child { margin: 0; } .holds ul { margin: 4px 0; padding-left: 20px; } .holds li { overflow-wrap: anywhere; }
code { font-family: ui-monospace, "SF Mono", Menlo, Consolas, monospace; font-size: 0.92em; }
figure { margin: 16px 0 0; } figure svg { display: block; width: 100%; height: auto; overflow: visible; }
.slim { display: none; }
table { border-collapse: collapse; width: 100%; font-size: 14px; font-variant-numeric: tabular-nums; }
th, td { text-align: left; vertical-align: top; padding: 6px 16px 6px 0; border-bottom: 1px solid var(--edge); }
.crowded { table-layout: fixed; overflow-wrap: anywhere; }
th { font-weight: 600; } tbody th { white-space: nowrap; } .crowded tbody th { white-space: normal; } thead th { color: var(--soft); font-size: 13px; }
details { margin-top: 14px; } summary { cursor: pointer; font-weight: 600; font-size: 14px; padding: 4px 0; }
footer { max-width: 1120px; margin: 0 auto; padding: 4px 16px 32px; font-size: 13px; color: var(--soft); }
@media (max-width: 1000px) {
  thead { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
  table, tbody, tr, th, td { display: block; width: 100%; }
  tr { padding: 8px 0; border-bottom: 1px solid var(--edge); }
  tbody th, td { border: 0; padding: 1px 0; overflow-wrap: anywhere; } tbody th { white-space: normal; }
  td { display: grid; grid-template-columns: minmax(0, 2fr) minmax(0, 3fr); gap: 8px; } td::before { content: attr(data-name); color: var(--soft); }
  td .badge { justify-self: start; } td.more { display: none; }
}
@media (max-width: 880px) {
  section { padding: 14px 12px; border-radius: 6px; }
  main, header, footer { padding-left: 10px; padding-right: 10px; }
  .broad { display: none; } .slim { display: block; } figure svg.slim { max-width: 560px; }
}
@media print { body { background: none; } section { break-inside: avoid; } }
""".replace("FONT", FONT)


def colours(where: str) -> str:
    """The palette's variables, for a selector."""
    light, dark = (";".join(f"--{name}:{value}" for name, value in palette.items()) for palette in (LIGHT, DARK))
    return f"{where} {{{light}}} @media (prefers-color-scheme: dark) {{ {where} {{{dark}}} }}"


PAGE = f"{colours(':root')}{SHOWN}{DRAWN}"
POSTER = f"{colours('svg')}{DRAWN}"
