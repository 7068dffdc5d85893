# SPDX-License-Identifier: GPL-2.0-only
# Copyright (c) The jh authors
"""Tests of ci/mutation/sites.py: which mistakes it finds places for."""

import sys
import tempfile
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from load import TOP                    # noqa: E402

sys.path.insert(0, str(TOP / "ci"))

from mutation import sites              # noqa: E402

C = """\
#include "text.h"
static const struct ops ops = {
\t.open = open_it,
\t.close = close_it,	/* last */
};
static const struct row rows[] = {
\t{ 1, "one" },
\t[B] = "two",
};
MODULE_LICENSE("GPL");

int f(struct cell *cell)
{
\tasm volatile("isb");
\tif (cell->first)
\t\tgoto out;
\tif (cell->second)
\t\treturn -EINVAL;
\tlock(cell);
\tunmap(cell,
\t      1);
\tunlock(cell);
\tcell->third();
\tprint("it\\n");
\treturn -ENOMEM;
}
"""
PYTHON = """\
def f(a, b, c):
    if a and b and c:
        return {"x": a, "y": b}
    return [d for d in (a, b, c) if d]
"""
SHELL = """\
#!/bin/sh
if [ "$a" = 1 ]; then
\tumount /mnt
fi
"""


class Sites(unittest.TestCase):
    """A text, and its mistakes of one kind."""

    def made(self, text: str, name: str, kind: str) -> list[str]:
        """Return the texts with a mistake of a kind."""
        with tempfile.TemporaryDirectory() as folder:
            (Path(folder) / name).write_text(text, encoding="utf-8")
            return [site.apply(text) for site in sites.find(Path(folder), Path(name))
                    if site.kind == kind]

    def assert_changes(self, name: str, text: str, kind: str, *changes: tuple[str, str]) -> None:
        """Assert that these are all mistakes of a kind, in the order of the text."""
        self.assertEqual(self.made(text, name, kind),
                         [text.replace(old, new, 1) for old, new in changes])

    def test_row(self) -> None:
        """A row of a table and a member of what is initialized are left out."""
        self.assert_changes("a.c", C, "row", (".open = open_it,", ""), (".close = close_it,", ""),
                            ('{ 1, "one" },', ""), ('[B] = "two",', ""))

    def test_jump(self) -> None:
        """A jump and an early return are left out, the last return is not."""
        self.assert_changes("a.c", C, "jump", ("goto out;", ";"), ("return -EINVAL;", ";"))

    def test_order(self) -> None:
        """Two calls change places, even of several lines; what is no call keeps its own."""
        self.assert_changes(
            "a.c", C, "order",
            ("lock(cell);\n\tunmap(cell,\n\t      1);", "unmap(cell,\n\t      1);\n\tlock(cell);"),
            ("unmap(cell,\n\t      1);\n\tunlock(cell);",
             "unlock(cell);\n\tunmap(cell,\n\t      1);"))

    def test_error(self) -> None:
        """An error becomes another one of the file's."""
        self.assert_changes("a.c", C, "error", ("EINVAL", "ENOMEM"), ("ENOMEM", "EINVAL"))

    def test_member(self) -> None:
        """A member becomes another of the same struct; a function stays."""
        self.assert_changes("a.c", C, "member", ("->first", "->second"), ("->second", "->first"))

    def test_text(self) -> None:
        """A text is empty; assembly, includes and what a module says of itself are none."""
        self.assert_changes("a.c", C, "text", ('"one"', '""'), ('"two"', '""'), ('"it\\n"', '""'))

    def test_python_clause(self) -> None:
        """Any operand of a condition is left out, and the condition of a comprehension."""
        self.assert_changes("a.py", PYTHON, "clause", ("a and b", "b"), ("b and c", "c"),
                            (" and c", ""))
        self.assertIn(PYTHON.replace("if d", "if not (d)"), self.made(PYTHON, "a.py", "condition"))

    def test_python_element(self) -> None:
        """An element of a list or dictionary is left out."""
        self.assert_changes("a.py", PYTHON, "element", ('"x": a, ', ""), (', "y": b', ""),
                            ("(a, b, c) if", "(b, c) if"), ("(a, b, c) if", "(a, c) if"),
                            ("(a, b, c) if", "(a, b) if"))

    def test_shell(self) -> None:
        """A command is left out, a comparison turned round, a number is another."""
        self.assert_changes("a", SHELL, "call", ("umount /mnt", ":"))
        self.assert_changes("a", SHELL, "operator", (" = ", " != "))
        self.assert_changes("a", SHELL, "number", (" 1 ", " 0 "), (" 1 ", " 2 "))


if __name__ == "__main__":
    unittest.main()
