# SPDX-License-Identifier: GPL-2.0-only
# Copyright (c) The jh authors
"""A self-contained HTML page about a set: picture, tables and findings."""

from __future__ import annotations

from html import escape

from . import picture, schema, show
from .findings import Finding, Member
from .ownership import HYPERVISOR, ROOT, Ownership
from .flags import MEM, ROOT_FLAGS

STYLE = """
:root { color-scheme: light dark; --ink: #102a43; --paper: #ffffff; --line: #bcccdc;
  --soft: #f0f4f8; --muted: #52667a; }
@media (prefers-color-scheme: dark) { :root { --ink: #e6edf3; --paper: #14202b;
  --line: #3b4f63; --soft: #1d2d3c; --muted: #9fb3c8; } }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 1200px; padding: 24px; color: var(--ink);
  background: var(--paper); font: 15px/1.5 system-ui, "DejaVu Sans", sans-serif; }
h1 { font-size: 26px; margin: 0 0 4px; } h2 { font-size: 19px; margin: 36px 0 8px; }
p.sub { margin: 0 0 20px; color: var(--muted); }
.picture { overflow-x: auto; border: 1px solid var(--line); border-radius: 8px; }
.picture svg { display: block; min-width: 760px; width: 100%; height: auto; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font-size: 14px; }
th, td { text-align: left; padding: 5px 10px; border-bottom: 1px solid var(--line);
  vertical-align: top; overflow-wrap: anywhere; min-width: 8em; }
th { background: var(--soft); font-weight: 600; }
td.n { min-width: 0; overflow-wrap: normal; white-space: nowrap;
  font-family: ui-monospace, "DejaVu Sans Mono", monospace; }
.chip { display: inline-block; padding: 0 8px; border-radius: 9px; font-size: 13px; }
.error { color: #c4320a; font-weight: 600; } .warning { color: #b54708; font-weight: 600; }
@media (prefers-color-scheme: dark) { .error { color: #ff8a65; } .warning { color: #ffb74d; } }
.note { color: var(--muted); }
"""


def _table(head: list[str], rows: list[list[str]]) -> str:
    """Cells are HTML already; those that start with a digit or ( are set in a fixed width."""
    if not rows:
        return ""
    lines = ["<div class=\"scroll\"><table><tr>",
             *(f"<th>{escape(text)}</th>" for text in head), "</tr>"]
    for row in rows:
        cells = "".join(f"<td{' class=n' if cell[:1].isdigit() else ''}>{cell}</td>"
                        for cell in row)
        lines.append(f"<tr>{cells}</tr>")
    return "".join([*lines, "</table></div>"])


def _chip(owners: Ownership, owner: str) -> str:
    back, front = picture.colour(owners, owner)
    return (f'<span class="chip" style="background:{back};color:{front}">'
            f"{escape(owner)}</span>")


def render(owners: Ownership, found: list[Finding]) -> str:
    """The page."""
    name = owners.system.name if owners.system else ", ".join(c.name for c in owners.cells)
    files = ", ".join(m.file for m in ([owners.system] if owners.system else []) + owners.cells)
    parts = ["<!DOCTYPE html>", "<html lang=\"en\"><head><meta charset=\"utf-8\">",
             "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">",
             f"<title>jh: {escape(name)}</title><style>{STYLE}</style></head><body>",
             f"<h1>{escape(name)}</h1><p class=\"sub\">partitioned by jh as {escape(files)} "
             "say</p>",
             f"<div class=\"picture\">{picture.draw(owners)}</div>",
             "<h2>Cells</h2>", _cells(owners),
             "<h2>Findings</h2>", _findings(found),
             "<h2>Memory of the cells</h2>", _memory(owners),
             "<h2>Physical address space</h2>", _segments(owners)]
    irqs = [[str(intid), _chip(owners, owner), escape(what)]
            for intid, (owner, what) in owners.irqs().items()]
    parts += ["<h2>Interrupts</h2>" + _table(["INTID", "owner", "raised by"], irqs)
              if irqs else "", "</body></html>\n"]
    return "\n".join(part for part in parts if part)


def _cells(owners: Ownership) -> str:
    cpus = owners.cpus()
    rest = show.cpu_list([n for n, owner in cpus.items() if owner == ROOT])
    rows = [[_chip(owners, ROOT), f"CPU {rest}" if rest else "the rest", "all that is left", "",
             "Linux's"]]
    if (owners.system is not None
            and int(owners.system.config.one("system")["flags"]) & ROOT_FLAGS):
        rows[0][2] = show.root_memory(owners.system.config)
    for cell in owners.cells:
        numbers = [int(item["cpu"]) for item in cell.config.elements("cpu")]
        size = sum(int(item["size"]) for _, item in cell.memories()
                   if not int(item["flags"]) & MEM["io"])
        devices = "<br>".join(escape(str(d["path"])) for d in cell.config.elements("device"))
        consoles = cell.config.elements("console")
        flags = int(cell.config.one("cell")["flags"])
        by_call = flags & next(v.value for v in schema.CELL_FLAGS
                               if v.c_name == "JH_CELL_PUTC_ACTIVE")
        irq = int(cell.config.one("cell")["console_irq"])
        where = escape(show.console(consoles[0], irq)) if consoles else \
            ("hypervisor's" if by_call else "none")
        rows.append([_chip(owners, cell.name), f"CPU {show.cpu_list(numbers)}", show.human(size),
                     devices or "none", where])
    return _table(["cell", "CPUs", "RAM", "devices", "console"], rows)


def _findings(found: list[Finding]) -> str:
    if not found:
        return "<p>Nothing was found.</p>"
    order = ["error", "warning", "note"]
    rows = [[f'<span class="{f.severity}">{f.severity}</span>',
             escape(f"{f.file}:{f.line}" if f.line else f.file), escape(f.object),
             escape(f.reason), escape(f.action)]
            for f in sorted(found, key=lambda f: order.index(f.severity))]
    return _table(["severity", "file", "object", "what", "what to do"], rows)


def _memory_rows(owners: Ownership, cell: Member) -> list[list[str]]:
    rows = []
    for index, item in cell.memories():
        flags, size = int(item["flags"]), int(item["size"])
        phys = "from a pool" if flags & MEM["auto"] else show.span(int(item["phys"]), size)
        rows.append([_chip(owners, cell.name), str(index), show.span(int(item["virt"]), size),
                     phys, show.human(size), escape(show.words(item, "memory", "flags")),
                     escape(show.device_name(cell.config, int(item["device"])))])
    return rows


def _memory(owners: Ownership) -> str:
    rows = [row for cell in owners.cells for row in _memory_rows(owners, cell)]
    return _table(["cell", "#", "guest-physical", "physical", "size", "flags", "device"], rows) \
        or "<p>There is no cell in this set.</p>"


def _segments(owners: Ownership) -> str:
    rows = [[show.span(where.start, where.size), show.human(where.size),
             _chip(owners, claim.owner), escape(claim.what), escape(claim.source)]
            for where, claim in owners.segments()]
    note = ""
    if owners.system is not None and owners.system.config.elements("pool")[0]["flags"]:
        note = (f"<p>Memory without a fixed address (of the {HYPERVISOR}, of pools, of cells) is "
                "taken from Linux at enable and not part of this table.</p>")
    return note + _table(["addresses", "size", "owner", "what", "because of"], rows)
