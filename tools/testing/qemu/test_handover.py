# SPDX-License-Identifier: GPL-2.0-only
# Copyright (c) The jh authors
"""Tests of test-handover's parts that need no QEMU."""

import socket
import sys
import tempfile
import threading
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from jhqemu import handover, ownership              # noqa: E402
from jhqemu.debugger import Debugger, DebuggerError  # noqa: E402

TABLE = """
[[reset]]
name = "SCTLR"
value = 0x30d00800
why = "because"

[[row]]
what = "all"
qemu = ["cell: reset *"]
[[row]]
what = "timers"
qemu = ["cell bare: reset CNT*", "gicv2 cell: ISPENDR0 & SGIS == 0", "cell: same HCR_EL2"]
[[row]]
what = "caches"
not_in_qemu = "it has none"
"""
REGISTERS = {"SCTLR": 0x30d00800, "TCR_EL1": 0, "CNTV_CTL_EL0": 0, "HCR_EL2": 1, "pc": 4}
DESCRIPTION = '<target><xi:include href="a.xml"/><xi:include href="b.xml"/></target>'
FEATURES = {"a.xml": '<reg name="x0" bitsize="64"/><reg name="pc" bitsize="64"/>',
            "b.xml": '<reg name="TCR_EL1" bitsize="64" regnum="70"/><reg name="HCR_EL2"/>'}


def table() -> ownership.Table:
    """One made of TABLE."""
    with tempfile.TemporaryDirectory() as work:
        path = Path(work, "table.toml")
        path.write_text(TABLE, encoding="utf-8")
        return ownership.Table(path)


class Checks(unittest.TestCase):
    """The checks are those of the table."""

    def setUp(self) -> None:
        reset = {"SCTLR": 0xc50838, "TCR_EL1": 0, "CNTV_CTL_EL0": 0, "HCR_EL2": 0, "pc": 0}
        self.checker = ownership.Checker(table(), "gicv2", {0: reset})

    def visit(self, moment: str = "cell", state: dict | None = None, **changed: int) -> list[str]:
        """The findings of one visit."""
        self.checker.found.clear()
        registers = {**REGISTERS, **changed}
        self.checker.visit(moment, "here", 0, registers, 0, [
            {**ownership.CONSTANTS, "ISPENDR0": 0, **(state or {})}], lambda text: None)
        return self.checker.found

    def test_as_it_must_be(self) -> None:
        self.assertEqual(self.visit(), [])
        self.assertTrue(all(check.made for check in self.checker.table.checks))

    def test_a_register_is_found_once_by_its_row(self) -> None:
        self.assertEqual(self.visit(TCR_EL1=5), ["here: all: TCR_EL1 is 0x5, not 0x0"])
        self.assertEqual(self.visit(CNTV_CTL_EL0=1),
                         ["here: timers: CNTV_CTL_EL0 is 0x1, not 0x0"])

    def test_another_reset_value(self) -> None:
        self.assertEqual(self.visit(SCTLR=0xc50838),
                         ["here: all: SCTLR is 0xc50838, not 0x30d00800"])

    def test_an_expression(self) -> None:
        self.assertEqual(self.visit(state={"ISPENDR0": 4}),
                         ["here: timers: ISPENDR0 & SGIS == 0 does not hold: ISPENDR0 is 0x4"])

    def test_the_same_as_the_first_time(self) -> None:
        self.visit()
        self.assertEqual(self.visit(HCR_EL2=3),
                         ["here: timers: HCR_EL2 is 0x3, the first time 0x1"])

    def test_other_moments_other_checks(self) -> None:
        self.assertEqual(self.visit("bare", TCR_EL1=5, HCR_EL2=7), [])

    def test_no_checks(self) -> None:
        for text in ("x == 0", "nowhere: x == 0", "cell: ==", "gicv3: x == 0"):
            with self.subTest(text), self.assertRaises(ValueError):
                ownership.parse("row", text)

    def test_names(self) -> None:
        check = ownership.parse("row", "cell: TCR_EL1 + slots + icc_pmr_el1 + nonsense == SGIS")
        self.assertEqual(ownership.unknown(check, set()), ["nonsense"])


class Hypervisor(unittest.TestCase):
    """Fields and functions of the hypervisor that test-handover uses exist."""

    def test_layout(self) -> None:
        self.assertEqual(handover.layout()["report_cell"], 0)

    def test_places(self) -> None:
        files = Path(__file__).parents[3].joinpath("hypervisor").rglob("*.[cS]")
        text = "\n".join(path.read_text(encoding="utf-8") for path in files
                         if "test" not in path.parts)
        for place in (*handover.PLACES, "boot_enter"):
            with self.subTest(place):
                self.assertRegex(text, rf"(?m)^([a-z].*)?\b{place}(\(.*\)\n\{{|:)")


class Port(unittest.TestCase):
    """The remote protocol."""

    def setUp(self) -> None:
        self.work = tempfile.TemporaryDirectory()
        self.addCleanup(self.work.cleanup)
        self.path = f"{self.work.name}/gdb"
        self.server = socket.socket(socket.AF_UNIX)
        self.addCleanup(self.server.close)
        self.server.bind(self.path)
        self.server.listen()
        self.asked: list[str] = []
        threading.Thread(target=self.serve, daemon=True).start()
        self.debugger = Debugger(self.path)
        self.addCleanup(self.debugger.close)

    def answer(self, packet: str) -> str:
        """As QEMU does."""
        if packet.startswith("qXfer:features:read:"):
            name, at = packet.split(":")[3:5]
            text = DESCRIPTION if name == "target.xml" else FEATURES[name]
            first, size = (int(part, 16) for part in at.split(","))
            return ("l" if first + size >= len(text) else "m") + text[first:first + size]
        if packet[0] == "m":
            return "2a" * int(packet.split(",")[1], 16)
        return {"p46": "0102000000000000", "vCont;c": "T05thread:p01.03;"}.get(packet, "OK")

    def serve(self) -> None:
        """One connection."""
        connection, _ = self.server.accept()
        data = b""
        while part := connection.recv(4096):
            data += part
            while b"#" in data and len(data) >= data.index(b"#") + 3:
                end = data.index(b"#") + 3
                packet = data[data.index(b"$") + 1:end - 3].decode()
                data = data[end:]
                self.asked.append(packet)
                reply = self.answer(packet).encode()
                connection.sendall(b"+$" + reply + b"#%02x" % (sum(reply) & 0xff))
        connection.close()

    def test_registers_by_name(self) -> None:
        self.assertEqual(self.debugger.registers, {"x0": 0, "pc": 1, "TCR_EL1": 70, "HCR_EL2": 71})
        self.debugger.select(1)
        self.assertEqual(self.debugger.read("TCR_EL1"), 0x201)
        self.assertEqual(self.asked[-2:], ["Hgp1.2", "p46"])

    def test_memory_in_pieces(self) -> None:
        self.assertEqual(self.debugger.memory(0x1000, 0x900), b"*" * 0x900)
        self.assertEqual(self.asked[-2:], ["m1000,7f0", "m17f0,110"])

    def test_a_stop_tells_the_cpu(self) -> None:
        self.debugger.resume()
        self.assertEqual(self.debugger.wait(5), 2)

    def test_what_is_no_register(self) -> None:
        with self.assertRaises(DebuggerError):
            self.debugger.read("x0")


if __name__ == "__main__":
    unittest.main()
