# SPDX-License-Identifier: GPL-2.0-only
# Copyright (c) The jh authors
"""Tests of how the checks of Documentation/safety/ownership.toml are read and made."""

import sys
import tempfile
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from jhqemu import handover, ownership              # noqa: E402
from jhqemu.ownership import Checker, Table, matches, parse, show, unknown   # noqa: E402

BOTH = {"gicv2", "gicv3"}
TABLE = """
[[reset]]
name = "SCTLR"
value = 0x30
[[row]]
what = "first"
qemu = ["cell: reset A* B?", "root: same A*", "cell gicv3: x == SGIS", "cell root: y + z == 1"]
[[row]]
what = "second"
qemu = ["cell: reset * SPECIAL", "bare firmware: x == 2"]
[[row]]
what = "third"
not_in_qemu = "none"
"""


def table() -> Table:
    """One made of TABLE."""
    with tempfile.TemporaryDirectory() as work:
        path = Path(work, "table.toml")
        path.write_text(TABLE, encoding="utf-8")
        return Table(path)


class Words(unittest.TestCase):
    """A check as it is written."""

    def test_parts(self) -> None:
        for text, moments, chips, kind, what, names in (
                ("cell: reset *", {"cell"}, BOTH, "reset", "*", ()),
                ("cell root gicv2: same A B", {"cell", "root"}, {"gicv2"}, "same", "A B", ()),
                ("gicv3 gicv2 bare: x == SGIS & y", {"bare"}, BOTH, "expression", "x == SGIS & y",
                 ("x", "SGIS", "y")),
                ("direct: resetx", {"direct"}, BOTH, "expression", "resetx", ("resetx",)),
                ("firmware claim release: 1", {"firmware", "claim", "release"}, BOTH, "expression",
                 "1", ())):
            with self.subTest(text):
                check = parse("a row", text)
                self.assertEqual((check.row, check.text, check.made), ("a row", text, 0))
                self.assertEqual((check.moments, check.chips, check.kind, check.what, check.names),
                                 (moments, chips, kind, what, names))

    def test_what_is_none(self) -> None:
        for text in ("x == 0", "nowhere: x", "cell nowhere: x", "gicv3: x", "cell:x", "CELL: x",
                     "cell: "):
            with self.subTest(text), self.assertRaises(ValueError) as raised:
                parse("a row", text)
            self.assertEqual(str(raised.exception), f"a row: no check: {text}")
        with self.assertRaisesRegex(ValueError, "^a row: cell: ==: invalid syntax") as wrong:
            parse("a row", "cell: ==")
        self.assertIsInstance(wrong.exception.__cause__, SyntaxError)

    def test_values(self) -> None:
        for value, text in ((0, "0x0"), (255, "0xff"), ("a", "a"), (None, "None")):
            self.assertEqual(show(value), text)

    def test_an_expression(self) -> None:
        check = parse("a row", "cell: a & SGIS == b")
        self.assertEqual(list(check.holds({"a": 3, "b": 3, "SGIS": 0xf})), [])
        self.assertEqual(list(check.holds({"a": 0x13, "b": 2, "SGIS": 0xf})), [
            "a row: a & SGIS == b does not hold: a is 0x13, b is 0x2"])
        with self.assertRaises(NameError):
            list(parse("a row", "cell: open('x')").holds({}))


class Rows(unittest.TestCase):
    """The table."""

    def test_checks(self) -> None:
        made = table()
        self.assertEqual(made.reset, {"SCTLR": 0x30})
        self.assertEqual([(check.row, check.text) for check in made.checks], [
            ("first", "cell: reset A* B?"), ("first", "root: same A*"),
            ("first", "cell gicv3: x == SGIS"), ("first", "cell root: y + z == 1"),
            ("second", "cell: reset * SPECIAL"), ("second", "bare firmware: x == 2")])
        for moment, chip, which in (("cell", "gicv2", [0, 3, 4]), ("cell", "gicv3", [0, 2, 3, 4]),
                                    ("root", "gicv2", [1, 3]), ("bare", "gicv3", [5]),
                                    ("claim", "gicv3", [])):
            self.assertEqual(made.at(moment, chip), [made.checks[n] for n in which])
        for moment, chip, names in (("cell", "gicv2", {"y", "z"}),
                                    ("cell", "gicv3", {"x", "y", "z"}),
                                    ("root", "gicv3", {"y", "z"}), ("firmware", "gicv2", {"x"})):
            self.assertEqual(made.names(moment, chip), names)

    def test_registers(self) -> None:
        made = table()
        names = ["A1", "B", "B1", "Bxx", "C", "SPECIAL", "x3", "HCR_EL2", "AX_EL12"]
        for n, selected in ((0, ["A1", "B1"]), (4, ["B", "Bxx", "C", "SPECIAL"]),
                            (1, ["A1", "AX_EL12"])):
            self.assertEqual(list(made.selected(made.checks[n], dict.fromkeys(names, 0))), selected)

    def test_registers_that_are_not_compared(self) -> None:
        for name, no in (("x0", True), ("x30", True), ("sp", True), ("pc", True), ("cpsr", True),
                         ("vg", True), ("pauth_dmask", True), ("TTBR0_EL12", True),
                         ("HCR_EL2", True), ("SCR_EL3", True), ("CNTPCT_EL0", True),
                         ("CNTVCT_EL0", True), ("v0", False), ("TCR_EL1", False),
                         ("CNTV_CTL_EL0", False), ("xer", False), ("SCTLR", False)):
            with self.subTest(name):
                self.assertEqual(matches(name, ownership.NOT_RESET), no)

    def test_unknown_names(self) -> None:
        check = parse("row", "cell: TCR_EL1 + REG + slots + icc_pmr_el1 + ich_vmcr_el2 + SGIS "
                             "+ icc_x_el3 + TCR_EL3 + ich_el1 + xTCR_EL1 + nonsense")
        self.assertEqual(unknown(check, {"REG"}), ["icc_x_el3", "TCR_EL3", "ich_el1", "xTCR_EL1",
                                                   "nonsense"])

    def test_the_real_one(self) -> None:
        real = Table()
        used = {name for check in real.checks for name in check.names}
        self.assertEqual(ownership.FIELDS - used, set())
        moments = {moment for check in real.checks for moment in check.moments}
        self.assertEqual(moments, ownership.MOMENTS)
        self.assertEqual(len(moments), 7)
        self.assertEqual(set(ownership.CONSTANTS) - used, set())
        for check in real.checks:
            with self.subTest(check.text):
                self.assertEqual(unknown(check, handover.READABLE), [])


class Findings(unittest.TestCase):
    """A visit makes the checks of its moment."""

    def setUp(self) -> None:
        self.told: list[str] = []
        self.checker = Checker(table(), "gicv3", {4: {"A1": 1, "C": 2}})

    def visit(self, moment: str, registers: dict[str, int], *states: dict, cpu: int = 4,
              kind: int = 0) -> list[str]:
        """What is found at a visit."""
        self.told.clear()
        before = len(self.checker.found)
        self.checker.visit(moment, "here", cpu, registers, kind, list(states), self.told.append)
        self.assertEqual(self.told, self.checker.found[before:])
        return [text.removeprefix("here: ") for text in self.told]

    def test_reset(self) -> None:
        self.assertEqual(self.visit("cell", {"A1": 1, "C": 2, "SCTLR": 0x30, "B9": 77}), [])
        self.assertEqual(self.visit("cell", {"A1": 5, "C": 6, "SCTLR": 1}), [
            "first: A1 is 0x5, not 0x1", "second: C is 0x6, not 0x2",
            "second: SCTLR is 0x1, not 0x30"])

    def test_same(self) -> None:
        self.assertEqual(self.visit("root", {"A1": 5}), [])
        for cpu, kind in ((5, 0), (4, 1)):
            self.checker.baseline[cpu] = {}
            self.assertEqual(self.visit("root", {"A1": 6}, cpu=cpu, kind=kind), [])
        self.assertEqual(self.visit("root", {"A1": 6}),
                         ["first: A1 is 0x6, the first time 0x5"])
        self.assertEqual(self.visit("root", {"A1": 5}), [])

    def test_states(self) -> None:
        fields = {"y": 0, "z": 1}
        self.assertEqual(self.visit("root", {}, fields, {**fields, "y": 1}, {"y": 7}),
                         ["first: y + z == 1 does not hold: y is 0x1, z is 0x1"])
        self.visit("bare", {}, {})
        self.visit("firmware", {}, {"x": 2})
        self.visit("firmware", {}, {"x": 2}, {"x": 2})
        self.assertEqual([check.made for check in self.checker.table.checks], [0, 1, 0, 1, 0, 2])
        self.assertEqual(self.checker.visits, {"root": 1, "bare": 1, "firmware": 2})


if __name__ == "__main__":
    unittest.main()
