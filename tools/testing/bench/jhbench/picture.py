# SPDX-License-Identifier: GPL-2.0-only
# Copyright (c) The jh authors
"""The table as a picture: one line for each event, logarithmic, with goal and peers."""

import math
from html import escape

from jhbench.plan import Result
from jhbench.rows import ROWS, Row

WIDTH, LEFT, RIGHT, TOP_MARGIN, STEP = 980, 300, 130, 78, 26
COLOURS = {"jh": "#0b6e4f", "Jailhouse": "#c8553d", "Bao": "#588bae", "Xen": "#8d6a9f"}
SHAPES = {"Jailhouse": "M-5,-5h10v10h-10z", "Bao": "M0,-6L6,5H-6z", "Xen": "M0,-6L6,0L0,6L-6,0z"}
FONT = 'font-family="DejaVu Sans, Helvetica, Arial, sans-serif"'


class Axis:
    """Powers of ten from 1 to the largest value; zero has a place of its own, left of 1."""

    def __init__(self, largest: int) -> None:
        self.decades = max(1, math.ceil(math.log10(max(largest, 10))))
        self._unit = (WIDTH - LEFT - RIGHT) / (self.decades + 1)

    def place(self, value: int) -> float:
        """The position of a value."""
        return LEFT + self._unit * (0 if value <= 0 else 1 + math.log10(value))

    def draw(self, bottom: int) -> list[str]:
        """Lines and numbers."""
        parts = []
        for value in [0] + [10 ** power for power in range(self.decades + 1)]:
            x = self.place(value)
            parts.append(f'<line x1="{x:.1f}" y1="{TOP_MARGIN - 12}" x2="{x:.1f}" y2="{bottom}" '
                         'stroke="#dddddd"/>')
            parts.append(f'<text x="{x:.1f}" y="{TOP_MARGIN - 18}" text-anchor="middle" '
                         f'fill="#666666">{_short(value)}</text>')
        return parts


def _short(value: int) -> str:
    for unit, divisor in (("M", 10 ** 6), ("k", 10 ** 3)):
        if value >= divisor:
            return f"{value // divisor}{unit}"
    return str(value)


def _mark(name: str, x: float, y: float, title: str) -> str:
    if name == "jh":
        shape = f'<circle cx="{x:.1f}" cy="{y}" r="6.5" fill="{COLOURS["jh"]}">'
        return shape + f"<title>{escape(title)}</title></circle>"
    return (f'<path d="{SHAPES[name]}" transform="translate({x:.1f},{y})" fill="white" '
            f'stroke="{COLOURS[name]}" stroke-width="2"><title>{escape(title)}</title></path>')


def _values(row: Row, results: list[Result]) -> dict[int, int]:
    values = {}
    for result in results:
        figure = result.added(row.id, row.native) if result.gic in row.gics else None
        if figure:
            values[result.gic] = figure.median
    return values


def _line(row: Row, values: dict[int, int], axis: Axis, y: int) -> list[str]:
    value = values.get(3, next(iter(values.values())))
    good = row.goal is None or value <= row.goal
    parts = [f'<text x="{LEFT - 22}" y="{y + 4}" text-anchor="end">{escape(row.title)}</text>']
    if row.goal is not None:
        x = axis.place(row.goal)
        parts.append(f'<line x1="{x:.1f}" y1="{y - 10}" x2="{x:.1f}" y2="{y + 10}" '
                     f'stroke="#222222" stroke-width="2.5"><title>goal {row.goal:,}</title>'
                     "</line>")
    parts += [_mark(name, axis.place(peer), y, f"{name}: {peer:,}")
              for name, peer in row.peers.items()]
    if 2 in values and 3 in values:
        parts.append(f'<circle cx="{axis.place(values[2]):.1f}" cy="{y}" r="3.5" fill="none" '
                     f'stroke="{COLOURS["jh"]}" stroke-width="1.5">'
                     f"<title>jh, GICv2: {values[2]:,}</title></circle>")
    parts.append(_mark("jh", axis.place(value), y, f"jh: {value:,}"))
    parts.append(f'<text x="{WIDTH - 12}" y="{y + 4}" text-anchor="end" font-weight="bold" '
                 f'fill="{COLOURS["jh"] if good else "#b00020"}">{value:,}'
                 f'{"" if good else " !"}</text>')
    return parts


def _legend() -> list[str]:
    x, parts = LEFT, []
    for name, text in (("jh", "jh, GICv3 (ring: GICv2)"), ("Jailhouse", "Jailhouse"),
                       ("Bao", "Bao"), ("Xen", "Xen")):
        parts.append(_mark(name, x, 36, text))
        parts.append(f'<text x="{x + 12}" y="40">{text}</text>')
        x += 40 + 8 * len(text)
    parts.append(f'<line x1="{x}" y1="26" x2="{x}" y2="46" stroke="#222222" stroke-width="2.5"/>')
    parts.append(f'<text x="{x + 10}" y="40">goal</text>')
    return parts


def draw(results: list[Result]) -> str:
    """Return the picture as SVG."""
    lines = [(row, values) for row in ROWS if (values := _values(row, results))]
    largest = max(max([*values.values(), *row.peers.values(), row.goal or 0])
                  for row, values in lines)
    axis = Axis(largest)
    bottom = TOP_MARGIN + STEP * len(lines)
    parts = ['<svg xmlns="http://www.w3.org/2000/svg" '
             f'viewBox="0 0 {WIDTH} {bottom + 16}" width="{WIDTH}" height="{bottom + 16}" '
             f'{FONT} font-size="12.5">',
             '<rect width="100%" height="100%" fill="white"/>',
             f'<text x="12" y="22" font-size="15" font-weight="bold">What jh adds to each event'
             '</text>', '<text x="12" y="40" fill="#666666">instructions (or exits, bytes), '
             'median</text>']
    parts += axis.draw(bottom) + _legend()
    for number, (row, values) in enumerate(lines):
        y = TOP_MARGIN + STEP * number + STEP // 2
        if number % 2:
            parts.append(f'<rect x="0" y="{y - STEP // 2}" width="{WIDTH}" height="{STEP}" '
                         'fill="#00000008"/>')
        parts += _line(row, values, axis, y)
    return "\n".join(parts) + "\n</svg>\n"
