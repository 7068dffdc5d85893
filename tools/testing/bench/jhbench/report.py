# SPDX-License-Identifier: GPL-2.0-only
# Copyright (c) The jh authors
"""The tables as text."""

from jhbench.figures import Figure
from jhbench.plan import Result
from jhbench.rows import PEERS, ROOT, ROWS, Row

HEAD = ("event", "GIC", "native", "min", "median", "p99", "max", "goal", "", *PEERS)


def _line(row: Row, result: Result, figure: Figure) -> tuple[str, ...]:
    native: int | str = "-"
    if row.native is None:
        native = result.natives[row.id.replace("_direct", "_virtual")].median
    goal = "-" if row.goal is None else f"{row.goal:,}"
    verdict = "" if row.goal is None else "ok" if figure.median <= row.goal else "MISSED"
    return (row.id, str(result.gic), f"{native}", f"{figure.min:,}", f"{figure.median:,}",
            f"{figure.p99:,}", f"{figure.max:,}", goal, verdict,
            *(f"{row.peers[peer]:,}" if peer in row.peers else "-" for peer in PEERS))


def grid(lines: list[tuple[str, ...]], left: int = 1) -> str:
    """Columns of the same width, the first @left of them flush left."""
    widths = [max(len(line[i]) for line in lines) for i in range(len(lines[0]))]
    return "\n".join("  ".join(cell.ljust(width) if i < left else cell.rjust(width)
                               for i, (cell, width) in enumerate(zip(line, widths))).rstrip()
                     for line in lines)


def table(results: list[Result]) -> str:
    """The table of what the hypervisor adds to each event, beside goals and peers."""
    lines = [HEAD]
    for row in ROWS:
        for result in results:
            figure = result.added(row.id, row.native) if result.gic in row.gics else None
            if figure:
                lines.append(_line(row, result, figure))
    text = ("What jh adds to each event: instructions at EL2, unless the event's name ends in "
            "exits or bytes.\n\n" + grid(lines) + "\n")
    notes = [note for result in results for note in result.notes]
    return text + "".join(f"\n{note}" for note in notes) + ("\n" if notes else "")


def root_table(root: dict[str, tuple[Figure, Figure]]) -> str:
    """Root's own work before and after enable."""
    lines = [("root's own work", "before: min", "median", "after: min", "median",
              "added to min", "to median", "%")]
    for key, (before, after) in root.items():
        added = after.median - before.median
        lines.append((ROOT[key], f"{before.min:,}", f"{before.median:,}", f"{after.min:,}",
                      f"{after.median:,}", f"{after.min - before.min:,}", f"{added:,}",
                      f"{100 * added / before.median:.1f}"))
    return ("Instructions of all CPUs together, for each operation. When a device answers is up to "
            "the\nhost: where the median says otherwise, look at the minimum.\n\n"
            + grid(lines) + "\n")
