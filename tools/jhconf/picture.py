# SPDX-License-Identifier: GPL-2.0-only
# Copyright (c) The jh authors
"""Draws a set of configurations as SVG: CPUs, address space, pools, interrupts, one colour each."""

from __future__ import annotations

import math
import textwrap
from html import escape

from .ownership import HYPERVISOR, ROOT, Ownership
from .show import cpu_list, human

WIDTH = 960
MARGIN = 24
ROW = 22
# Root, hypervisor, then cells: distinguishable in print and for colour-blind people.
COLOURS = {ROOT: ("#d9e2ec", "#102a43"), HYPERVISOR: ("#334e68", "#ffffff")}
CELL_COLOURS = (("#e69f00", "#000000"), ("#56b4e9", "#000000"), ("#009e73", "#ffffff"),
                ("#cc79a7", "#000000"), ("#0072b2", "#ffffff"), ("#d55e00", "#ffffff"),
                ("#f0e442", "#000000"), ("#882255", "#ffffff"), ("#44aa99", "#000000"),
                ("#999933", "#000000"), ("#332288", "#ffffff"), ("#ddcc77", "#000000"))
STYLE = (".b{fill:#ffffff}text{font:13px system-ui,'DejaVu Sans',sans-serif;fill:#102a43}"
         ".m{font:12px ui-monospace,'DejaVu Sans Mono',monospace}.h{font-weight:600;font-size:15px}"
         ".t{font-weight:600;font-size:19px}.s{fill:#627d98}"
         "@media (prefers-color-scheme:dark){.b{fill:#14202b}text{fill:#e6edf3}.s{fill:#9fb3c8}}")


def colour(owners: Ownership, owner: str) -> tuple[str, str]:
    """(background, foreground) of an owner."""
    if owner in COLOURS:
        return COLOURS[owner]
    index = [cell.name for cell in owners.cells].index(owner)
    return CELL_COLOURS[index % len(CELL_COLOURS)]


class Canvas:
    """Collects elements from top to bottom."""

    def __init__(self) -> None:
        self.parts: list[str] = []
        self.y = MARGIN

    def text(self, x: float, y: float, text: str, style: str = "", fill: str = "",
             anchor: str = "") -> None:
        more = (f' class="{style}"' if style else "") + (f' style="fill:{fill}"' if fill else "")
        more += f' text-anchor="{anchor}"' if anchor else ""
        self.parts.append(f'<text x="{x:g}" y="{y:g}"{more}>{escape(text)}</text>')

    def box(self, x: float, y: float, width: float, height: float, fill: str, title: str = "",
            dashed: bool = False) -> None:
        tip = f"<title>{escape(title)}</title>" if title else ""
        dash = ' stroke-dasharray="4 3"' if dashed else ""
        self.parts.append(f'<rect x="{x:g}" y="{y:g}" width="{width:g}" height="{height:g}" rx="3" '
                          f'fill="{fill}" stroke="#829ab1"{dash}>{tip}</rect>')

    def heading(self, text: str) -> None:
        self.y += 18
        self.text(MARGIN, self.y + 14, text, "h")
        self.y += 26

    def finish(self, title: str) -> str:
        height = self.y + MARGIN
        return (f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height:g}" '
                f'width="{WIDTH}" height="{height:g}" style="max-width:100%;height:auto" '
                f'role="img" aria-label="{escape(title)}">'
                f'<style>{STYLE}</style><rect class="b" width="100%" height="100%"/>'
                + "".join(self.parts) + "</svg>\n")


def draw(owners: Ownership) -> str:
    """The whole picture."""
    canvas = Canvas()
    name = owners.system.name if owners.system else ", ".join(cell.name for cell in owners.cells)
    canvas.text(MARGIN, canvas.y + 16, f"jh: {name}", "t")
    canvas.y += 30
    _legend(canvas, owners)
    _cpus(canvas, owners)
    _pools(canvas, owners)
    _addresses(canvas, owners)
    _interrupts(canvas, owners)
    return canvas.finish(f"Who owns what on {name}")


def _legend(canvas: Canvas, owners: Ownership) -> None:
    x = float(MARGIN)
    for owner in owners.owners:
        label = {ROOT: "root (Linux)", HYPERVISOR: "hypervisor"}.get(owner, f"cell {owner}")
        width = 34 + 7.4 * len(label)
        if x + width > WIDTH - MARGIN:
            x, canvas.y = float(MARGIN), canvas.y + ROW
        canvas.box(x, canvas.y, 16, 16, colour(owners, owner)[0])
        canvas.text(x + 22, canvas.y + 13, label)
        x += width
    canvas.y += ROW


def _cpus(canvas: Canvas, owners: Ownership) -> None:
    cpus = owners.cpus()
    if not cpus:
        return
    canvas.heading("CPUs")
    per_row = 12
    for position, (number, owner) in enumerate(cpus.items()):
        x = MARGIN + position % per_row * 76
        y = canvas.y + position // per_row * 44
        back, front = colour(owners, owner)
        canvas.box(x, y, 68, 36, back, f"CPU {number}: {owner}")
        canvas.text(x + 34, y + 23, f"CPU {number}", "", front, "middle")
    canvas.y += (len(cpus) + per_row - 1) // per_row * 44


def _pools(canvas: Canvas, owners: Ownership) -> None:
    """Memory that enable allocates: its size is known, its address is not."""
    system, automatic = owners.system, owners.automatic()
    rows: list[tuple[str, str, str, str]] = []
    if system is not None:
        item = system.config.one("system")
        if not item["hv_address"]:
            rows.append((HYPERVISOR, human(int(item["hv_size"])), "hypervisor",
                         "taken from Linux at enable"))
        rows += [(HYPERVISOR, human(int(pool["size"])), f"pool[{index}]",
                  "RAM for cells, taken from Linux at enable")
                 for index, pool in enumerate(system.config.elements("pool")) if pool["flags"]]
    rows += [(cell, human(size), cell, f"from a pool, at guest address {virt:#x}")
             for cell, virt, size, _ in automatic]
    if not rows:
        return
    canvas.heading("Memory without a fixed address")
    for owner, size, label, about in rows:
        back, front = colour(owners, owner)
        canvas.box(MARGIN, canvas.y, 300, ROW - 3, back, f"{label}: {size}", dashed=True)
        canvas.text(MARGIN + 10, canvas.y + 14, label, "", front)
        canvas.text(MARGIN + 290, canvas.y + 14, size, "", front, "end")
        canvas.text(MARGIN + 314, canvas.y + 14, about, "s")
        canvas.y += ROW


def _height(size: int) -> float:
    """Height of a piece: logarithmic in its size."""
    return 20 + max(0.0, math.log2(size / 4096)) * 1.6


def _addresses(canvas: Canvas, owners: Ownership) -> None:
    segments = owners.compact()
    if not segments:
        return
    canvas.heading("Physical address space (heights are logarithmic)")
    last = None
    for where, owner, label, rights in segments:
        if last is not None and where.start > last:
            canvas.text(MARGIN + 240, canvas.y + 10, "⋮", "s")
            canvas.y += 16
        height = _height(where.size)
        back, front = colour(owners, owner)
        middle = canvas.y + height / 2 + 4
        canvas.text(MARGIN, middle, f"{where.start:#x}", "m")
        canvas.box(MARGIN + 110, canvas.y, 560, height - 2, back,
                   f"{where}: {owner}: {label}")
        canvas.text(MARGIN + 120, middle, _cut(label, 68), "", front)
        canvas.text(MARGIN + 686, middle, human(where.size), "m")
        canvas.text(MARGIN + 770, middle, f"{owner}{' ' + rights if rights else ''}", "s")
        canvas.y += height
        last = where.end


def _cut(text: str, limit: int) -> str:
    return text if len(text) <= limit else text[:limit - 1] + "…"


def _interrupts(canvas: Canvas, owners: Ownership) -> None:
    irqs = owners.irqs()
    if not irqs:
        return
    canvas.heading("Interrupts")
    for owner in owners.owners:
        numbers = [number for number, (who, _) in irqs.items() if who == owner]
        if not numbers:
            continue
        back, front = colour(owners, owner)
        canvas.box(MARGIN, canvas.y, 100, ROW - 3, back, owner)
        canvas.text(MARGIN + 50, canvas.y + 14, _cut(owner, 13), "", front, "middle")
        for line in _interrupt_lines(irqs, numbers, owner):
            canvas.text(MARGIN + 110, canvas.y + 14, line, "m")
            canvas.y += ROW


def _interrupt_lines(irqs: dict[int, tuple[str, str]], numbers: list[int],
                     owner: str) -> list[str]:
    """Numbers with their devices; for root, which has most, numbers only."""
    if owner == ROOT:
        words = cpu_list(numbers).replace(",", ", ")
        return textwrap.wrap(words, 104)
    raised: dict[str, list[int]] = {}
    for number in numbers:
        raised.setdefault(irqs[number][1], []).append(number)
    return [f"{cpu_list(some)}  {_cut(what, 90)}" for what, some in raised.items()]
