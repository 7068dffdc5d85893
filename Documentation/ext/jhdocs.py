# SPDX-License-Identifier: GPL-2.0-only
# Copyright (c) The jh authors
"""Tables that are read from the sources, so that no page can disagree with them.

.. jh-reasons:: LIST            rows of a list in hypervisor/uapi/jh/reasons.h
.. jh-defines:: HEADER PREFIX   the macros of a header whose names start with PREFIX
.. jh-struct:: HEADER STRUCT    offset, size and meaning of each field of a struct
.. jh-verbs::                   the verbs of jhctl, from tools/jhctl/main.c
.. jh-bench::                   the benchmark's table: its baseline beside goals and peers
.. jh-ownership:: CARRIER       what such a thing can carry to its next owner, from ownership.toml
.. jh-scrubbed::                the registers that a CPU's next owner finds reset, from scrub.c
:jh-lines:`FOLDER ...`          how many lines of code these folders have
"""

from __future__ import annotations

from pathlib import Path

from docutils import nodes
from docutils.parsers.rst import Directive
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxRole

from sources import (BENCH, OWNERSHIP, REASONS, SCRUB, TOP, VERBS, Row, bench, code_lines, defines,
                     fields, ownership, reasons, scrubbed, verbs)


class Table(Directive):
    """A table with a header row, made of the rows that read() returns."""

    head: Row = ()
    widths: tuple[int, ...] = ()
    literal: set[int] = set()
    prefixes: dict[int, str] = {}

    def read(self) -> list[Row]:
        raise NotImplementedError

    def paragraph(self, column: int, text: str) -> nodes.paragraph:
        if column in self.literal and text:
            return nodes.paragraph("", "", nodes.literal(text, text))
        return nodes.paragraph(text, text)

    def row(self, cells: Row, head: bool) -> nodes.row:
        row = nodes.row()
        for column, text in enumerate(cells):
            entry = nodes.entry()
            entry += nodes.paragraph(text, text) if head else self.paragraph(column, text)
            row += entry
        return row

    def run(self) -> list[nodes.Node]:
        try:
            rows = self.read()
        except (ValueError, OSError) as error:
            raise self.error(str(error)) from error
        self.state.document.settings.env.note_dependency(str(Path(__file__)))
        group = nodes.tgroup(cols=len(self.head))
        for width in self.widths:
            group += nodes.colspec(colwidth=width)
        head, body = nodes.thead(), nodes.tbody()
        head += self.row(self.head, True)
        body += [self.row(cells, False) for cells in rows]
        group += [head, body]
        table = nodes.table(classes=["colwidths-given"])
        table += group
        return [table]

    def source(self, path: Path) -> Path:
        """Have the page built again when this file changes."""
        self.state.document.settings.env.note_dependency(str(path))
        return path


class Reasons(Table):
    """jh-reasons"""

    required_arguments = 1
    head = ("number", "name", "errno", "what it says", "what to do")
    widths = (6, 18, 10, 38, 38)
    literal = {1, 2}

    def read(self) -> list[Row]:
        self.source(REASONS)
        return reasons(self.arguments[0])


class Defines(Table):
    """jh-defines"""

    required_arguments = 2
    head = ("name", "value", "meaning")
    widths = (30, 14, 56)
    literal = {0, 1}

    def read(self) -> list[Row]:
        return defines(self.source(TOP / self.arguments[0]), self.arguments[1])


class Struct(Table):
    """jh-struct"""

    required_arguments = 2
    head = ("offset", "type", "field", "meaning")
    widths = (10, 22, 22, 46)
    literal = {1, 2}

    def read(self) -> list[Row]:
        return fields(self.source(TOP / self.arguments[0]), self.arguments[1])


class Verbs(Table):
    """jh-verbs"""

    head = ("verb", "arguments", "what it does")
    widths = (18, 40, 42)
    literal = {0, 1}

    def read(self) -> list[Row]:
        self.source(VERBS)
        return verbs()


class Bench(Table):
    """jh-bench"""

    head = ("event", "id", "jh, GICv3", "jh, GICv2", "goal", "Jailhouse", "Bao", "Xen")
    widths = (28, 22, 10, 10, 10, 11, 10, 9)
    literal = {1}

    def read(self) -> list[Row]:
        for path in (BENCH / "baseline.json", BENCH / "jhbench" / "rows.py"):
            self.source(path)
        return bench()


class Ownership(Table):
    """jh-ownership"""

    required_arguments = 1
    head = ("what", "who clears it", "when", "how", "shown by", "in QEMU")
    widths = (22, 18, 8, 26, 26, 14)

    def read(self) -> list[Row]:
        self.source(OWNERSHIP)
        return [(row["what"], ", ".join(f"{name}()" for name in row["who"]),
                 ", ".join(row["when"]), row["how"],
                 ", ".join(test.rpartition("/")[2] for test in row["tests"]),
                 row.get("not_in_qemu") or f"compared ({len(row['qemu'])})")
                for row in ownership(self.arguments[0])]


class Scrubbed(Table):
    """jh-scrubbed"""

    head = ("register", "value", "where")
    widths = (24, 24, 42)
    literal = {0, 1, 2}

    def read(self) -> list[Row]:
        self.source(SCRUB)
        return scrubbed()


class Lines(SphinxRole):
    """jh-lines"""

    def run(self) -> tuple[list[nodes.Node], list[nodes.system_message]]:
        text = f"{code_lines(self.text):,} lines"
        return [nodes.Text(text)], []


def setup(app: Sphinx) -> dict[str, bool]:
    """Called by Sphinx."""
    app.add_directive("jh-reasons", Reasons)
    app.add_directive("jh-defines", Defines)
    app.add_directive("jh-struct", Struct)
    app.add_directive("jh-verbs", Verbs)
    app.add_directive("jh-bench", Bench)
    app.add_directive("jh-ownership", Ownership)
    app.add_directive("jh-scrubbed", Scrubbed)
    app.add_role("jh-lines", Lines())
    return {"parallel_read_safe": True}
