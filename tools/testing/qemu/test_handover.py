# SPDX-License-Identifier: GPL-2.0-only
# Copyright (c) The jh authors
"""Tests of test-handover's parts that need no QEMU."""

import os
import socket
import sys
import tempfile
import threading
import time
import unittest
from pathlib import Path
from unittest import mock

sys.path.insert(0, str(Path(__file__).parent))

from jhqemu import debugger, handover, ownership    # noqa: E402
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


class Machine:
    """A hypervisor in memory, and an interrupt controller: what a Handover asks of them."""

    SYMBOLS = {"cells": 0x1000, "cpus": 0x2000, "root_cell": 0x3000, "gicd_base": 0x4000}
    PERCPU, TABLE, GICD, CELL, REPORT = 0x5000, 0x6000, 0x8000000, 0x7000, 0x9000

    def __init__(self) -> None:
        self.ram = bytearray(0x10000)
        self.registers = {"x0": 0, "x1": 0, "SPSR_EL2": 0}
        self.frames: dict[int, int] = {}
        self.put(self.SYMBOLS["gicd_base"], self.GICD)
        names = {*handover.CONSTANT, *(f"{p}_{n.replace('.', '_')}" for p, fields in (
            ("gicv2", handover.GICV2), ("percpu", handover.PERCPU), ("cpu", handover.CPU),
            ("cell", handover.CELL)) for n in fields)}
        # A field of each struct in 16 bytes; irqs and queued, which are longer, come last.
        long = ["percpu_vgic_queued", "cell_irqs", "report_stats"]
        self.at = {name: 16 * n for n, name in enumerate(sorted(names - set(long)) + long)}
        self.at |= {"PERCPU": self.PERCPU, "TABLE": self.TABLE, "CPU_SIZE": 0x400, "DIRECT": 4,
                    "SLOTS": 2, "SLOTS_END": 5, "STATS": 2, "cell_crash_size": 8, "AUTO": 1}
        self.put(self.CELL + self.at["cell_report"], self.REPORT)

    def put(self, address: int, value: int, size: int = 8) -> None:
        self.ram[address:address + size] = value.to_bytes(size, "little")

    def set(self, base: int, name: str, value: int, size: int = 8) -> None:
        self.put(base + self.at[name], value, size)

    # Of the debugger and the probe:

    def memory(self, address: int, size: int, physical: bool = False) -> bytes:
        return bytes(self.ram[address:address + size])

    def number(self, address: int, size: int = 8) -> int:
        return int.from_bytes(self.memory(address, size), "little")

    def address(self, name: str) -> int:
        return self.SYMBOLS[name]

    def read(self, name: str) -> int:
        return self.registers[name]

    def select(self, cpu: int) -> None:
        pass

    def device(self, cpu: int, addresses: list[int]) -> list[int]:
        return [self.frames.get(address, 0) for address in addresses]

    def system(self, cpu: int, names: list[str]) -> dict[str, int]:
        return dict.fromkeys(names, 0)


class Reading(unittest.TestCase):
    """What a stop finds in the hypervisor's memory, and which check it is for."""

    def setUp(self) -> None:
        self.machine = machine = Machine()
        self.checker = ownership.Checker(table(), "gicv3", {0: {}})
        self.seen: list[tuple[str, dict[str, int]]] = []
        self.checker.visit = lambda moment, where, cpu, registers, flags, states, tell: \
            self.seen.append((moment, states[0]))       # type: ignore[assignment]
        with mock.patch.object(handover, "layout", return_value=machine.at), \
                mock.patch.object(handover, "Probe", return_value=machine):
            self.handover = handover.Handover(machine, "gicv3", [], self.checker,  # type: ignore
                                              lambda text: None)
        self.handover._registers = lambda cpu, local: {}    # type: ignore[method-assign]

    def state(self) -> dict[str, int]:
        """What a CPU carries that becomes firmware's."""
        self.machine.registers["x0"] = handover.PSCI_CPU_OFF
        self.handover._off(0)
        return self.seen[-1][1]

    def test_which_windows_are_open(self) -> None:
        for slot, entry in enumerate((3, 3, 3, 2, 3, 3, 3)):
            self.machine.put(self.machine.TABLE + 8 * slot, entry)
        self.assertEqual(self.state()["slots"], 2)

    def test_a_call_that_turns_nothing_off(self) -> None:
        self.machine.registers["x0"] = 0x84000000
        self.handover._off(0)
        self.assertEqual(self.seen, [])

    def test_the_registers_that_root_gets(self) -> None:
        self.machine.registers |= {"x0": 0x8000, "x1": 0x8800}
        self.machine.set(0x8800, "boot_exit_spsr", handover.EL2H_MASKED)
        self.machine.put(0x8000, ~0 & 0xff, 1)          # x0 is the answer
        self.handover._leave(1)
        self.assertEqual((self.seen[-1][0], self.seen[-1][1]["general"]), ("bare", 0))
        for n in (1, 30):
            self.machine.put(0x8000 + 8 * n, 1)
            self.handover._leave(1)
            self.assertTrue(self.seen[-1][1]["general"])
            self.machine.put(0x8000 + 8 * n, 0)
        self.machine.put(0x8000 + 8 * 31, 1)
        self.handover._leave(1)
        self.assertEqual(self.seen[-1][1]["general"], 0)
        self.machine.set(0x8800, "boot_exit_spsr", 0x3c5)
        self.handover._leave(1)
        self.assertEqual(len(self.seen), 4)

    def claims(self, cpu: int, starts: int) -> int:
        """How often a cell of CPUs 2 and 3 begins its first life when one of them is reset."""
        machine = self.machine
        machine.registers["x0"] = machine.CELL
        machine.set(machine.CELL, "cell_cpu_mask", 0xc)
        machine.put(machine.REPORT + machine.at["cell_starts"], starts, 4)
        with mock.patch.object(self.handover, "_claim") as claim:
            self.handover._reset(cpu)
        return claim.call_count

    def test_a_first_life_begins_once(self) -> None:
        self.assertEqual([self.claims(cpu, starts) for cpu, starts in
                          ((2, 1), (3, 1), (2, 2), (3, 2))], [1, 0, 0, 0])
        self.assertEqual([moment for moment, _ in self.seen], ["cell"] * 4)

    def test_an_spi(self) -> None:
        gicd, bit = self.machine.GICD, 1 << 45 % 32
        self.handover._triggers = [0, 0, 2 << 45 % 16 * 2, 0]
        self.handover._groups = [0, bit]
        clear = self.handover._spi(0, 45)
        self.assertEqual((clear["found_edge"], clear["found_group"]), (1, 1))
        for name, offset in (("GROUP", 0x84), ("ENABLED", 0x104), ("PENDING", 0x204),
                             ("ACTIVE", 0x304)):
            self.machine.frames = {gicd + offset: bit}
            spi = self.handover._spi(0, 45)
            self.assertEqual({key for key in spi if key.startswith("SPI_") and spi[key] and
                              spi[key] != ownership.CONSTANTS.get(key)}, {f"SPI_{name}"})
            self.machine.frames = {gicd + offset: ~bit}
            self.assertEqual(self.handover._spi(0, 45)[f"SPI_{name}"], 0)
        self.machine.frames = {gicd + 0x42c: 0xa0 << 8, gicd + 0xc08: 2 << 26,
                               gicd + 0x6000 + 8 * 45: 3}
        spi = self.handover._spi(0, 45)
        self.assertEqual([spi[f"SPI_{name}"] for name in ("PRIORITY", "EDGE", "TARGET")],
                         [0xa0, 1, 3])
        self.handover._triggers[2] = 0
        self.assertEqual(self.handover._spi(0, 45)["found_edge"], 0)

    def test_the_interrupts_of_a_cell(self) -> None:
        irqs = self.machine.CELL + self.machine.at["cell_irqs"]
        self.machine.put(irqs, (1 << 31 | 1 << 32 | 1 << 1023), 128)
        self.assertEqual(self.handover._owned(self.machine.CELL), [32, 1023])

    def test_the_table_of_cells(self) -> None:
        machine = self.machine
        machine.registers |= {"x0": 0, "x1": machine.SYMBOLS["root_cell"]}
        machine.frames = {machine.GICD + 0xc00 + 4 * n: n for n in range(16)}
        machine.frames |= {machine.GICD + 0x80 + 4 * n: 100 + n for n in range(8)}
        self.handover._set_cell(0)
        self.assertEqual(self.handover._triggers, list(range(16)))
        self.assertEqual(self.handover._groups, list(range(100, 108)))
        machine.registers |= {"x0": 1, "x1": 0}
        machine.put(machine.SYMBOLS["cells"] + 8, machine.CELL)
        machine.set(machine.SYMBOLS["root_cell"], "cell_cpu_mask", 1)
        self.handover._set_cell(0)
        self.handover._set_cell(0)
        self.assertEqual(self.checker.visits["release"], 2)


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
        stop = "T05thread:p01.03;"
        self.answers = {"p46": "0102000000000000", "g": "ab", "vCont;c": stop,
                        "vCont;c:p1.b": stop, "vCont;s:p1.b": stop}
        self.hangs_up = False
        threading.Thread(target=self.serve, daemon=True).start()
        self.debugger = Debugger(self.path)
        self.addCleanup(self.debugger.close)

    def answer(self, packet: str) -> str:
        """As QEMU does."""
        if packet in self.answers:
            return self.answers[packet]
        if packet.startswith("qXfer:features:read:"):
            name, at = packet.split(":")[3:5]
            text = DESCRIPTION if name == "target.xml" else FEATURES[name]
            first, size = (int(part, 16) for part in at.split(","))
            return ("l" if first + size >= len(text) else "m") + text[first:first + size]
        if packet[0] == "m":
            return "2a" * int(packet.split(",")[1], 16)
        return "OK"

    def serve(self) -> None:
        """Serve one connection."""
        connection, _ = self.server.accept()
        data = b""
        while part := connection.recv(4096):
            data += part
            while b"#" in data and len(data) >= data.index(b"#") + 3:
                end = data.index(b"#") + 3
                packet = data[data.index(b"$") + 1:end - 3].decode()
                data = data[end:]
                self.asked.append(packet)
                if self.hangs_up:
                    return connection.close()
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

    def test_each_request(self) -> None:
        """As GDB's manual has it, appendix E, and QEMU for physical memory."""
        port = self.debugger
        self.assertEqual(self.asked[0], "qSupported:multiprocess+;xmlRegisters=aarch64")
        for act, packets in (
                (lambda: port.select(11), ["Hgp1.c"]), (lambda: port.select(11), []),
                (lambda: port.select(0), ["Hgp1.1"]),
                (lambda: port.write("HCR_EL2", 0x1234), ["P47=3412000000000000"]),
                (lambda: port.restore(port.save()), ["g", "Gab"]),
                (lambda: port.memory(0xabc, 1), ["mabc,1"]),
                (lambda: port.memory(0xabc, 0), []),
                (lambda: port.memory(0x1000, 0x7f0), ["m1000,7f0"]),
                (lambda: port.memory(0xabc, 4, physical=True), ["Qqemu.PhyMemMode:1", "mabc,4"]),
                (lambda: port.memory(0xabc, 4, physical=True), ["mabc,4"]),
                (lambda: port.patch(0xabc, b"\x01\xfe" * 6), ["Qqemu.PhyMemMode:0",
                                                              "Mabc,c:" + "01fe" * 6]),
                (lambda: port.patch(0xabc, b"\x01"), ["Mabc,1:01"]),
                (lambda: port.insert(0xabc), ["Z1,abc,4"]),
                (lambda: port.remove(0xabc), ["z1,abc,4"]),
                (lambda: (port.resume(), port.wait(5)), ["vCont;c"]),
                (lambda: port.select(0), ["Hgp1.1"]),
                (lambda: (port.resume(10), port.wait(5)), ["vCont;c:p1.b"]),
                (lambda: port.select(0), ["Hgp1.1"]),
                (lambda: port.step_over(10, 0xabc), ["z1,abc,4", "vCont;s:p1.b", "Z1,abc,4"]),
                (lambda: port.select(0), ["Hgp1.1"]),
                (port.detach, ["D;1"])):
            before = len(self.asked)
            act()
            self.assertEqual(self.asked[before:], packets)
        with self.assertRaises(OSError):
            port.save()

    def test_what_comes_back(self) -> None:
        self.assertEqual(self.debugger.save(), "ab")
        self.answers |= {"p46": "zz", "p0": "", "p1": "0", "m1,4": "E14", "m2,4": "",
                         "Z1,3,4": "E22", "z1,4,4": "", "M5,1:00": "E" * 3}
        for act, says in ((lambda: self.debugger.read("TCR_EL1"), "TCR_EL1: zz"),
                          (lambda: self.debugger.read("x0"), "x0: "),
                          (lambda: self.debugger.read("pc"), "pc: 0"),
                          (lambda: self.debugger.memory(1, 4), "memory at 0x1: E14"),
                          (lambda: self.debugger.memory(2, 4), "memory at 0x2: "),
                          (lambda: self.debugger.insert(3), "Z1,3,4: E22"),
                          (lambda: self.debugger.remove(4), "z1,4,4: not supported"),
                          (lambda: self.debugger.patch(5, b"\0"), "M5,1:00: EEE")):
            with self.assertRaises(DebuggerError) as raised:
                act()
            self.assertEqual(str(raised.exception), says)
        self.answers |= {"p46": "0a", "g" * 30: "E01"}
        self.assertEqual(self.debugger.read("TCR_EL1"), 10)
        with self.assertRaisesRegex(DebuggerError, "^g{20}: E01$"):
            self.debugger._must("g" * 30)

    def test_how_a_wait_ends(self) -> None:
        for stop, cpu in (("T05thread:p01.01;", 0), ("T05x:1;thread:p1.1f;y:2;", 30),
                          ("W00", None), ("T05thread:1;", None)):
            self.answers["vCont;c"] = stop
            self.debugger.resume()
            self.assertEqual(self.debugger.wait(5), cpu)
        began = time.monotonic()
        with self.assertRaises(TimeoutError):
            self.debugger.wait(0.1)
        self.assertLess(time.monotonic() - began, 5)
        self.answers["vCont;c"] = ""
        self.hangs_up = True
        self.debugger.resume()
        self.assertIsNone(self.debugger.wait(5))
        with self.assertRaisesRegex(DebuggerError, "^the machine is gone$"):
            self.debugger._reply(5)

    def test_packets(self) -> None:
        """A sum of two digits, an acknowledgement before each; answers in pieces and in a row."""
        ours, theirs = socket.socketpair()
        with ours, theirs, mock.patch.object(self.debugger, "_socket", ours):
            self.debugger._send("g\t")
            self.assertEqual(theirs.recv(99), b"+$g\t#70")
            self.debugger._send("\x01")
            self.assertEqual(theirs.recv(99), b"+$\x01#01")
            self.debugger._send("~~~")
            self.assertEqual(theirs.recv(99), b"+$~~~#7a")
            theirs.sendall(b"+$O\xe9\n#00$K")
            self.assertEqual(self.debugger._reply(5), "O\xe9\n")
            theirs.sendall(b"K#96")
            self.assertEqual(self.debugger._reply(5), "KK")
            self.assertEqual(self.debugger._buffer, b"")
            for seconds in ((), (3,)):
                theirs.sendall(b"$a#61")
                self.debugger._reply(*seconds)
                self.assertEqual(ours.gettimeout(), seconds[0] if seconds else 30)

    def test_a_port_that_comes_later(self) -> None:
        with mock.patch.object(debugger, "START_SECONDS", 0.05), \
                mock.patch.object(debugger.time, "sleep") as sleep, \
                self.assertRaises(FileNotFoundError):
            sleep.side_effect = lambda seconds: self.assertEqual(seconds, 0.1)
            Debugger(f"{self.path}-none")
        self.assertGreater(sleep.call_count, 0)
        self.assertEqual(debugger.START_SECONDS, 30)
        with mock.patch.object(debugger.time, "sleep") as sleep:
            sleep.side_effect = lambda _: os.link(self.path, f"{self.path}-late")
            threading.Thread(target=self.serve, daemon=True).start()
            Debugger(f"{self.path}-late").close()
        self.assertEqual(sleep.call_count, 1)

    def test_a_long_description(self) -> None:
        names = "".join(f'<reg name="r{n}" bitsize="64"/>' for n in range(20))
        self.assertGreater(len(names), 0xff0 // 10)
        with mock.patch.dict(FEATURES, {"b.xml": names * 9}):
            self.assertEqual(self.debugger._document("b.xml"), names * 9)
        self.assertEqual(self.asked[-2:], ["qXfer:features:read:b.xml:0,ff0",
                                           "qXfer:features:read:b.xml:ff0,ff0"])


if __name__ == "__main__":
    unittest.main()
