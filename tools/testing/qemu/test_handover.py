# SPDX-License-Identifier: GPL-2.0-only
# Copyright (c) The jh authors
"""Tests of each stop of test-handover: what is read there, from where, and which checks get it."""

import unittest
from pathlib import Path
from unittest import mock
import sys

sys.path.insert(0, str(Path(__file__).parent))

from jhqemu import handover, ownership              # noqa: E402
from jhqemu.ownership import Check                  # noqa: E402

CPUS, CELLS, ROOT, GICV2 = 0x1000, 0x8000, 0xa000, 0xf000   # symbols of the hypervisor
PERCPU, TABLE = 0x20000, 0x28000
CELL, OTHER = 0x30000, 0x40000
REPORT, ROOT_REPORT, CPU_REPORT, COMM = 0x50000, 0x51000, 0x52000, 0x53000
GICD, GICR, GICC, GICH = 0x8000000, 0x9000000, 0xa000000, 0xb000000
FIELDS = {
    "gicv2": ["gicc", "gich"],
    "percpu": ["cell", "ppi_base", "found_ppis", "vgic_num_queued", "vgic_num_lpis", "vgic_queued"],
    "cpu": ["report", "arch_mpidr", "arch_sgi_pending", "arch_sgi_enabled", "arch_sgi_priority",
            "arch_sgi_sources", "arch_revoke_pending"],
    "cell": ["id", "flags", "cpu_mask", "comm", "irqs", "report", "num_memories", "memories"],
}
OFFSETS = ["boot_exit_spsr", "memory_pa", "memory_gpa", "memory_size", "memory_flags",
           "report_stats", "report_cell", "cell_starts", "cell_crash", "comm_first"]
NAMES = [*(f"{of}_{name}" for of, names in FIELDS.items() for name in names), *OFFSETS]
# Each field a little further on, so that no two of one object are in one place.
AT = {name: 0x80 * n + 8 for n, name in enumerate(NAMES)} | {
    "PERCPU": PERCPU, "TABLE": TABLE, "CPU_SIZE": 0x1800, "MEMORY_SIZE": 0x40, "SLOTS": 2,
    "SLOTS_END": 5, "STATS": 3, "cell_crash_size": 24, "DIRECT": 0x20, "AUTO": 0x10,
    "memory_pa": 0, "memory_gpa": 8, "memory_size": 16, "memory_flags": 24, "REGS": 0x7000}
SECOND = CPUS + 0x1800      # the CPU with number 1, which all stops here are of
LOCAL = {"IGROUPR0": 0x80, "ISENABLER0": 0x100, "ISPENDR0": 0x200, "ISACTIVER0": 0x300,
         "IPRIORITYR0": 0x400, "IPRIORITYR1": 0x404, "IPRIORITYR2": 0x408, "IPRIORITYR3": 0x40c,
         "IPRIORITYR4": 0x410, "IPRIORITYR5": 0x414, "IPRIORITYR6": 0x418, "IPRIORITYR7": 0x41c,
         "ICFGR0": 0xc00, "ICFGR1": 0xc04}
LOCAL_V2 = {"SPENDSGIR0": 0xf20, "SPENDSGIR1": 0xf24, "SPENDSGIR2": 0xf28, "SPENDSGIR3": 0xf2c}
OF_GICC = {"GICC_CTLR": 0, "GICC_PMR": 4, "GICC_RPR": 0x14, "GICC_APR": 0xd0, "GICC_NSAPR": 0xe0}
OF_GICH = {"GICH_HCR": 0, "GICH_VMCR": 8, "GICH_APR": 0xf0, "GICH_LR0": 0x100, "GICH_LR1": 0x104,
           "GICH_LR2": 0x108, "GICH_LR3": 0x10c}
CONSTANTS = {"SGIS": 0xffff, "PPIS": 0xffff0000, "DOORBELL": 0x80, "MAINTENANCE": 0x2000000}


# No two neighbours are equal, none is 0: a field that is read too long or short is noticed.
RAM = bytes((n * 37 + (n >> 8) * 11) % 251 + 1 for n in range(0x60000))


def value_at(address: int) -> int:
    """The value of a register in memory: another one at each address."""
    return address * 0x9e3779b1 >> 3 & 0xffffffff


class Stopped:
    """A machine that stands: its debugger and its probe, which all CPUs look the same to."""

    SYMBOLS = {"cpus": CPUS, "cells": CELLS, "root_cell": ROOT, "gicv2": GICV2,
               "gicd_base": 0xe000, "affinity_join": 0x100, "boot_exit": 0x104, "cell_set": 0x108,
               "ask_firmware": 0x10c}

    def __init__(self) -> None:
        self.ram = bytearray(RAM)
        self.pages = bytearray(0x40000)         # by physical address
        self.registers = {**{f"x{n}": 0 for n in range(31)}, "SPSR_EL2": 0x3c5, "pc": 0}
        self.frames: dict[int, int] = {}
        self.log: list[tuple] = []
        self.story: list[tuple[int, int] | None] = []
        self.put(self.SYMBOLS["gicd_base"], GICD)
        self.set(GICV2, "gicv2_gicc", GICC)
        self.set(GICV2, "gicv2_gich", GICH)
        self.set(PERCPU, "percpu_ppi_base", GICR)
        self.set(PERCPU, "percpu_cell", CELL)
        self.set(SECOND, "cpu_report", CPU_REPORT)
        for cell, report, name in ((CELL, REPORT, b"\0a".rjust(3, b"x") + b"\0"),
                                   (ROOT, ROOT_REPORT, b"root\0")):
            self.set(cell, "cell_report", report)
            self.ram[report:report + len(name)] = name
            self.set(cell, "cell_flags", 7, 4)
            self.set(cell, "cell_num_memories", 0, 4)
            self.set(cell, "cell_cpu_mask", 6)
            self.put(cell + AT["cell_irqs"], 0, 128)
        self.set(CELL, "cell_comm", COMM - 0x50000)
        self.set(CELL, "cell_id", 5, 4)

    def put(self, address: int, value: int, size: int = 8) -> None:
        self.ram[address:address + size] = value.to_bytes(size, "little")

    def set(self, base: int, name: str, value: int, size: int = 8) -> None:
        self.put(base + AT[name], value, size)

    # Of the probe:

    def number(self, address: int, size: int = 8) -> int:
        assert size in (4, 8, 16, 24, 128)
        return int.from_bytes(self.memory(address, size), "little")

    def address(self, name: str) -> int:
        return self.SYMBOLS[name]

    def device(self, cpu: int, addresses: list[int]) -> list[int]:
        assert cpu == 1
        return [self.frames.get(address, value_at(address)) for address in addresses]

    def system(self, cpu: int, names: list[str]) -> dict[str, int]:
        self.log.append(("system", cpu, names))
        return {name: 0x900 + n for n, name in enumerate(names)}

    def instruction(self, symbol: str, word: int) -> int:
        assert (symbol, word) == ("guest_start", 0xd69f03e0)
        return 0x110

    # Of the debugger:

    def memory(self, address: int, size: int, physical: bool = False) -> bytes:
        assert size <= 0x10000
        return bytes((self.pages if physical else self.ram)[address:address + size])

    def read(self, name: str) -> int:
        return self.registers[name]

    def select(self, cpu: int) -> None:
        self.log.append(("select", cpu))

    def insert(self, address: int) -> None:
        self.log.append(("insert", address))

    def step_over(self, cpu: int, address: int) -> None:
        self.log.append(("step", cpu, address))

    def resume(self) -> None:
        self.log.append(("resume",))

    def wait(self, seconds: float) -> int | None:
        assert seconds == 7
        if (stop := self.story.pop(0)) is None:
            return None
        cpu, self.registers["pc"] = stop
        return cpu


class Stops(unittest.TestCase):
    """One stop each."""

    def make(self, chip: str = "gicv3", lives: tuple = (), checks: tuple[Check, ...] = ()) -> None:
        """A machine with this interrupt controller, and these checks alone."""
        self.machine = Stopped()
        self.checker = ownership.Checker(mock.Mock(), chip, {})
        self.checker.table.at = lambda moment, of: \
            [check for check in checks if moment in check.moments and of in check.chips]
        self.checker.table.names = lambda moment, of: {
            "ich_lr1_el2", "icc_pmr_el1", "TCR_EL1", "slots"} if moment == "cell" else {"slots"}
        self.visited: list[tuple] = []
        self.told: list[str] = []
        with mock.patch.object(handover, "layout", return_value=AT), \
                mock.patch.object(handover, "Probe", return_value=self.machine) as probe:
            self.stops = handover.Handover(self.machine, chip, list(lives),     # type: ignore
                                           self.checker, self.told.append)
        self.assertEqual(probe.call_args.args[1],
                         Path(__file__).parents[3].resolve() / f"build/hypervisor/jh-{chip}.elf")

    def record(self) -> None:
        """Let visits and the checks of some names be noted instead of made."""
        self.checker.visit = lambda *words: self.visited.append(words)  # type: ignore
        self.stops._visit_some = lambda moment, where, state: \
            self.visited.append((moment, where, state))                 # type: ignore

    def field(self, base: int, name: str, size: int) -> int:
        return self.machine.number(base + AT[name], size)

    # --- registers and fields ---

    def test_registers(self) -> None:
        for chip, frames in (("gicv3", [(GICR, LOCAL)]), ("gicv2", [
                (GICR, LOCAL), (GICD, LOCAL_V2), (GICC, OF_GICC), (GICH, OF_GICH)])):
            self.make(chip)
            general = self.machine.registers
            self.assertEqual(self.stops._registers(1, False), general)
            self.assertEqual(self.machine.log, [("select", 1)])
            self.assertEqual(self.stops._registers(1, True), general | {
                name: value_at(base + at) for base, of in frames for name, at in of.items()})

    def test_what_can_be_read(self) -> None:
        self.assertEqual(handover.READABLE, {*LOCAL, *LOCAL_V2, *OF_GICC, *OF_GICH})
        self.assertEqual(ownership.CONSTANTS, CONSTANTS)

    def state(self) -> dict[str, object]:
        """The fields of CPU 1, as the machine has them."""
        of_cpu = {"sgi_pending": 4, "sgi_enabled": 4, "sgi_priority": 16, "sgi_sources": 16,
                  "revoke_pending": 4}
        return {**CONSTANTS, "HCR_EL2": 9,
                **{name: self.field(SECOND, f"cpu_arch_{name}", size)
                   for name, size in of_cpu.items()},
                "queued": self.field(PERCPU, "percpu_vgic_queued", 128),
                "num_queued": self.field(PERCPU, "percpu_vgic_num_queued", 4),
                "num_lpis": self.field(PERCPU, "percpu_vgic_num_lpis", 4),
                "found_ppis": self.field(PERCPU, "percpu_found_ppis", 4),
                "slots": sum(self.machine.ram[TABLE + 8 * n] & 1 for n in (2, 3, 4)),
                "report_cell": self.field(CPU_REPORT, "report_cell", 4)}

    def test_state(self) -> None:
        self.make()
        for entries in ((1, 0, 0, 0, 0, 1, 1), (0, 1, 1, 1, 1, 0, 0), (3, 3, 3, 2, 3, 3, 3)):
            for slot, entry in enumerate(entries):
                self.machine.put(TABLE + 8 * slot, 0xff00 | entry)
            self.assertEqual(self.stops._state("root", 1, {"HCR_EL2": 9}), self.state())
        self.assertEqual(self.machine.log, [])
        self.assertEqual(self.stops._state("cell", 1, {"HCR_EL2": 9}), self.state() | {
            "icc_pmr_el1": 0x900, "ich_lr1_el2": 0x901})
        self.assertEqual(self.machine.log, [("system", 1, ["icc_pmr_el1", "ich_lr1_el2"])])

    def test_names_and_kinds(self) -> None:
        self.make()
        self.machine.ram[REPORT:REPORT + 64] = b"n" * 31 + b"\0" + b"m" * 32
        self.assertEqual(self.stops._name(CELL), "n" * 31)
        for cell, flags, kind in ((ROOT, 0x20, "root"), (CELL, 0x20, "direct"),
                                  (CELL, 0xff, "direct"), (CELL, 0xdf, "cell")):
            self.machine.set(cell, "cell_flags", flags, 4)
            self.assertEqual(self.stops._kind(cell), (kind, flags))

    # --- moments ---

    def test_a_cpu_is_reset(self) -> None:
        for cell, moment, flags in ((CELL, "cell", 7), (CELL, "direct", 0x27), (ROOT, "root", 7)):
            self.make()
            self.record()
            self.machine.registers["x0"] = cell
            self.machine.set(cell, "cell_flags", flags, 4)
            self.machine.set(cell, "cell_id", 5, 4)
            registers = self.stops._registers(1, True)
            state = {**self.stops._state(moment, 1, registers), "cell_id": 5}
            name = "root" if cell == ROOT else "x"
            self.stops._reset(1)
            self.assertEqual(self.visited, [(moment, f"CPU 1 enters {name}", 1, registers, flags,
                                             [state], self.told.append)])

    def test_which_reset_begins_a_life(self) -> None:
        for cell, mask, starts, claims in ((CELL, 6, 1, 1), (CELL, 6, 2, 0), (CELL, 6, 0, 0),
                                           (CELL, 5, 1, 0), (CELL, 4, 1, 0), (CELL, 2, 1, 1),
                                           (CELL, 0xff0000000e, 1, 1), (ROOT, 6, 1, 0)):
            self.make()
            self.record()
            self.machine.registers["x0"] = cell
            self.machine.set(cell, "cell_cpu_mask", mask)
            for report in (REPORT, ROOT_REPORT):
                self.machine.set(report, "cell_starts", starts, 4)
            with self.subTest(mask=mask, starts=starts), mock.patch.object(
                    self.stops, "_claim") as claim:
                self.stops._reset(1)
                self.assertEqual(claim.call_args_list,
                                 [mock.call(1, CELL, "CPU 1 enters x")] * claims)

    def test_a_guest_is_entered(self) -> None:
        for general in (None, 1, 15, 30, 0):
            self.make()
            self.record()
            if general is not None:
                self.machine.registers[f"x{general}"] = 0x10
            self.stops._enter(1)
            self.assertEqual(self.visited, [("cell", "CPU 1 is in x", {
                **CONSTANTS, "general": 0x10 if general else 0, "pstate": 0x3c5})])
        self.machine.registers |= {"x0": 0x40, "x3": 0x21, "x4": 0x22}
        self.stops._enter(1)
        self.assertEqual(self.visited[-1][2]["general"], 0x23)

    def test_checks_of_some_names(self) -> None:
        checks = [ownership.parse("row", text) for text in (
            "cell: a == 1", "cell: a == SGIS", "cell: b == 1", "cell: reset *", "root: a == 3",
            "gicv2 cell: a == 4", "cell: 2 == 3")]
        self.make(checks=tuple(checks))
        self.stops._visit_some("cell", "here", {"a": 1, **CONSTANTS})
        expected = ["here: row: a == SGIS does not hold: a is 0x1",
                    "here: row: 2 == 3 does not hold: "]
        self.assertEqual(self.told, expected)
        self.assertEqual(self.checker.found, expected)
        self.assertEqual([check.made for check in checks], [1, 1, 0, 0, 0, 0, 1])
        self.stops._visit_some("cell", "here", {"b": 1})
        self.assertEqual([check.made for check in checks], [1, 1, 1, 0, 0, 0, 2])

    def test_root_gets_a_cpu(self) -> None:
        self.make()
        self.record()
        self.machine.registers |= {"x0": 0x54000, "x1": 0x56000}
        for spsr in (0x3c5, 0x3c8, 0x3ca):
            self.machine.set(0x56000, "boot_exit_spsr", spsr)
            self.stops._leave(1)
        self.assertEqual(self.visited, [])
        self.machine.set(0x56000, "boot_exit_spsr", 0x3c9)
        self.stops._leave(1)
        registers = self.stops._registers(1, True)
        general = int.from_bytes(self.machine.ram[0x54008:0x54000 + 8 * 31], "little")
        self.assertEqual(self.visited, [("bare", "CPU 1 is root's", 1, registers, 0, [
            {**self.stops._state("bare", 1, registers), "general": general, "pstate": 0x3c9}],
            self.told.append)])

    def test_firmware_gets_a_cpu(self) -> None:
        self.make()
        self.record()
        for call in (0x84000001, 0x84000003, 0xc4000002, 0):
            self.machine.registers["x0"] = call
            self.stops._off(1)
        self.assertEqual(self.visited, [])
        self.machine.registers["x0"] = 0x1234567884000002
        self.stops._off(1)
        registers = self.stops._registers(1, True)
        self.assertEqual(self.visited, [("firmware", "CPU 1 is firmware's", 1, registers, 0, [
            self.stops._state("firmware", 1, registers)], self.told.append)])

    # --- interrupts ---

    def test_an_spi(self) -> None:
        for chip, route in (("gicv3", 0x6000 + 8 * 77), ("gicv2", 0x800 + 76)):
            self.make(chip)
            self.stops._triggers, self.stops._groups = [0] * 16, [0, 0, 1 << 31, 0, 0, 0, 0, 0]
            self.assertEqual(self.stops._spi(1, 95)["found_group"], 1)
            self.stops._triggers = [0x100 + value_at(n) for n in range(16)]
            self.stops._groups = [0x100 + value_at(99 * n) for n in range(8)]
            # 77 is bit 13 of a third word, byte 1 of a twentieth, field 13 of a fifth.
            self.assertEqual(self.stops._spi(1, 77), {
                **CONSTANTS, "SPI_GROUP": value_at(GICD + 0x88) >> 13 & 1,
                "SPI_ENABLED": value_at(GICD + 0x108) >> 13 & 1,
                "SPI_PENDING": value_at(GICD + 0x208) >> 13 & 1,
                "SPI_ACTIVE": value_at(GICD + 0x308) >> 13 & 1,
                "SPI_PRIORITY": value_at(GICD + 0x44c) >> 8 & 0xff,
                "SPI_EDGE": value_at(GICD + 0xc10) >> 27 & 1,
                "SPI_TARGET": value_at(GICD + route) if chip == "gicv3"
                else value_at(GICD + route) >> 8 & 0xff,
                "found_edge": self.stops._triggers[4] >> 27 & 1,
                "found_group": self.stops._groups[2] >> 13 & 1})

    def test_each_bit_of_an_spi(self) -> None:
        self.make("gicv2")
        places = {"SPI_GROUP": (0x88, 13, 1), "SPI_ENABLED": (0x108, 13, 1),
                  "SPI_PENDING": (0x208, 13, 1), "SPI_ACTIVE": (0x308, 13, 1),
                  "SPI_PRIORITY": (0x44c, 8, 0xff), "SPI_EDGE": (0xc10, 27, 1),
                  "SPI_TARGET": (0x84c, 8, 0xff)}
        self.stops._triggers, self.stops._groups = [0] * 16, [0] * 8
        for name, (at, shift, mask) in places.items():
            for bits in (mask << shift, ~(mask << shift) & 0xffffffff):
                self.machine.frames = {GICD + other: 0 for other, _, _ in places.values()}
                self.machine.frames[GICD + at] = bits
                spi = self.stops._spi(1, 77)
                self.assertEqual({other: spi[other] for other in places}, {
                    other: mask if other == name and bits == mask << shift else 0
                    for other in places})
        for bits, (edge, group) in ((0, (0, 0)), (-1, (1, 1))):
            self.stops._triggers[4] = ~0 if bits else ~(1 << 27)
            self.stops._groups[2] = ~0 if bits else ~(1 << 13)
            spi = self.stops._spi(1, 77)
            self.assertEqual((spi["found_edge"], spi["found_group"]), (edge, group))

    def test_spis(self) -> None:
        self.make()
        mpidr = self.field(SECOND, "cpu_arch_mpidr", 8)
        for chip, mask, first in (("gicv2", 6, 2), ("gicv2", 1, 1), ("gicv2", 8, 8),
                                  ("gicv3", 6, mpidr & 0xffffffff)):
            for moment in ("claim", "release"):
                self.make(chip)
                self.record()
                self.stops._triggers, self.stops._groups = [0] * 16, [0] * 8
                self.stops._spis(moment, "here", 1, [40, 77], mask)
                more = {"config_edge": 0} if moment == "claim" else {}
                self.assertEqual(self.visited, [(moment, f"here: INTID {intid}", {
                    **self.stops._spi(1, intid), "first_cpu": first, **more})
                    for intid in (40, 77)])

    def test_the_interrupts_of_a_cell(self) -> None:
        self.make()
        self.machine.put(CELL + AT["cell_irqs"], 1 | 1 << 31 | 1 << 32 | 1 << 500 | 1 << 1023, 128)
        self.assertEqual(self.stops._owned(CELL), [32, 500, 1023])

    # --- memory ---

    def memories(self, *found: tuple[int, int, int, int]) -> None:
        """Give the cell these ranges: physical and guest address, size, flags."""
        self.machine.set(CELL, "cell_num_memories", len(found), 4)
        for n, (pa, gpa, size, flags) in enumerate(found):
            at = CELL + AT["cell_memories"] + 0x40 * n
            for name, value in (("pa", pa), ("gpa", gpa), ("size", size)):
                self.machine.set(at, f"memory_{name}", value)
            self.machine.set(at, "memory_flags", flags, 4)

    def test_memories(self) -> None:
        self.make()
        self.memories((1 << 33, 2, 3, 0x10), (4, 5, 6, 0xef), (7, 8, 1 << 34, 0xff))
        self.assertEqual(self.stops._memories(CELL), [(1 << 33, 2, 3), (7, 8, 1 << 34)])

    def test_ram(self) -> None:
        life = handover.Life("x", b"image" * 3, b"--args")
        loaded = bytearray(0x12000)
        loaded[:15], loaded[0x1000:0x1006] = life.image, life.arguments
        for gpa, begins, right in ((0, life, bytes(loaded)), (0x1000, life, bytes(0x12000)),
                                   (0, None, bytes(0x12000))):
            self.make()
            self.record()
            self.memories((0x8000, gpa, 0x12000, 0x10), (0x1000, 0x200000, 0x1000, 0x10))
            self.machine.pages[0x8000:0x1a000] = right
            self.stops._ram("claim", "here", CELL, begins)
            name = "loaded" if begins else "zero"
            self.assertEqual([(moment, where, set(state)) for moment, where, state in self.visited],
                             [("claim", "here", {"ram", name})] * 2)
            for _, _, state in self.visited:
                self.assertTrue(state["ram"] == state[name])
            self.machine.pages[0x19ffe] = 0x5a
            self.stops._ram("claim", "here", CELL, begins)
            ram = self.visited[2][2]["ram"]
            self.assertFalse(ram == 0)
            self.assertEqual(str(ram), f"5a00 at {gpa + 0x11ffe:#x}")
            self.machine.pages[0x8020:0x8032] = bytes(range(1, 19))
            self.stops._ram("claim", "here", CELL, begins)
            self.assertEqual(str(self.visited[4][2]["ram"]),
                             f"0102030405060708090a0b0c0d0e0f10 at {gpa + 0x20:#x}")

    def begin(self, *lives: handover.Life) -> list[mock.Mock]:
        """Let a first life begin; return the mocks of what looks at interrupts and memory."""
        self.make(lives=lives)
        self.record()
        self.machine.put(CELL + AT["cell_irqs"], 1 << 40 | 1 << 77, 128)
        self.machine.pages[0x3000:0x5000] = self.machine.ram[0x3000:0x5000]
        with mock.patch.object(self.stops, "_spis") as spis, \
                mock.patch.object(self.stops, "_ram") as ram:
            self.stops._claim(1, CELL, "here")
        return [spis, ram]

    def test_a_first_life(self) -> None:
        life = handover.Life("x", b"", b"")
        spis, ram = self.begin(life, handover.Life("y", b"", b""))
        self.assertEqual(spis.call_args_list, [mock.call("claim", "here", 1, [40, 77], 6)])
        self.assertEqual(ram.call_args_list, [mock.call("claim", "here", CELL, life)])
        self.assertEqual(self.stops._claimed, {5: {40: 0, 77: 0}})
        self.assertEqual(self.checker.visits, {"claim": 1})
        self.assertEqual((self.told, self.checker.found), ([], []))
        self.assertEqual(len(self.stops._lives), 1)
        comm = int.from_bytes(self.machine.pages[0x3000 + AT["comm_first"]:][:12], "little")
        self.assertTrue(comm >> 88)
        self.assertEqual(self.visited, [("claim", "here", {
            "stats": self.field(CPU_REPORT, "report_stats", 24),
            "crash": self.field(REPORT, "cell_crash", 24), "comm_state": comm})])

    def test_a_life_that_was_not_to_begin(self) -> None:
        _, ram = self.begin(handover.Life("other", b"i", b"a"))
        self.assertEqual(self.told, ["here: other was to begin"])
        self.assertEqual(self.checker.found, ["here"])
        _, ram = self.begin()
        self.assertEqual(self.told, ["here:  was to begin"])
        self.assertEqual(ram.call_args.args[3], handover.Life("", b"", b""))
        with mock.patch.object(self.stops, "_spis"), mock.patch.object(self.stops, "_ram"):
            self.stops._claim(1, CELL, "again")
        self.assertEqual(self.checker.visits, {"claim": 2})

    def test_the_table_of_cells(self) -> None:
        self.make()
        self.machine.registers |= {"x0": 0, "x1": ROOT}
        self.stops._set_cell(1)
        self.assertEqual(self.stops._triggers, [value_at(GICD + 0xc00 + 4 * n) for n in range(16)])
        self.assertEqual(self.stops._groups, [value_at(GICD + 0x80 + 4 * n) for n in range(8)])
        triggers, self.machine.frames = self.stops._triggers, {GICD + 0xc04: 1}
        self.machine.registers["x1"] = CELL
        self.stops._set_cell(1)
        self.assertIs(self.stops._triggers, triggers)
        self.assertEqual(self.checker.visits, {})
        self.stops._claimed = {3: {40: 0, 77: 0}}
        for number, irqs in ((3, [40, 77]), (2, [])):
            self.machine.registers |= {"x0": number, "x1": 0}
            self.machine.put(CELLS + 8 * number, CELL)
            with mock.patch.object(self.stops, "_spis") as spis, \
                    mock.patch.object(self.stops, "_ram") as ram:
                self.stops._set_cell(1)
            self.assertEqual(spis.call_args_list,
                             [mock.call("release", "x is destroyed", 1, irqs, 6)])
            self.assertEqual(ram.call_args_list,
                             [mock.call("release", "x is destroyed", CELL, None)])
        self.assertEqual(self.checker.visits, {"release": 2})

    # --- going ---

    def test_a_run(self) -> None:
        self.make()
        came: list[tuple] = []
        for name in ("_reset", "_leave", "_set_cell", "_off", "_enter"):
            setattr(self.stops, name, lambda cpu, name=name: came.append((name, cpu)))
        self.machine.story = [(1, 0x100), (2, 0x104), (0, 0x110), (3, 0x108), (1, 0x10c), None]
        self.stops.run(7)
        self.assertEqual(came, [("_reset", 1), ("_leave", 2), ("_enter", 0), ("_set_cell", 3),
                                ("_off", 1)])
        log = [("insert", address) for address in (0x100, 0x104, 0x108, 0x10c)]
        for n, (cpu, address) in enumerate([(1, 0x100), (2, 0x104), (0, 0x110), (3, 0x108),
                                            (1, 0x10c)]):
            log += [("resume",), ("select", cpu), *([] if n else [("insert", 0x110)]),
                    ("select", cpu), ("step", cpu, address)]
        self.assertEqual(self.machine.log, [*log, ("resume",)])


class Hypervisor(unittest.TestCase):
    """What is read of a real hypervisor and machine."""

    def test_layout(self) -> None:
        at = handover.layout()
        self.assertEqual(set(at) - set(AT), {"cell_config"})
        self.assertEqual(set(AT) - set(at), set())
        self.assertEqual((at["AUTO"] & at["AUTO"] - 1, at["DIRECT"] & at["DIRECT"] - 1), (0, 0))
        self.assertLess(at["SLOTS"], at["SLOTS_END"])
        # jh_comm_region of hypervisor/uapi/jh/comm.h, and the four fields of a range of memory
        self.assertEqual(len({at[f"memory_{name}"] for name in ("pa", "gpa", "size", "flags")}), 4)
        self.assertEqual(at["boot_exit_spsr"] % 8, 0)

    def test_places(self) -> None:
        files = Path(__file__).parents[3].joinpath("hypervisor").rglob("*.[cS]")
        text = "\n".join(path.read_text(encoding="utf-8") for path in files
                         if "test" not in path.parts)
        for place in (*handover.PLACES, "boot_enter"):
            with self.subTest(place):
                self.assertRegex(text, rf"(?m)^([a-z].*)?\b{place}(\(.*\)\n\{{|:)")

    def test_baseline(self) -> None:
        machine = Stopped()
        machine.select = lambda cpu: machine.registers.update(pc=cpu)   # type: ignore
        found = handover.read_baseline(machine, 3)                      # type: ignore
        self.assertEqual([(cpu, of["pc"], len(of)) for cpu, of in found.items()],
                         [(n, n, len(machine.registers)) for n in range(3)])

    def test_image(self) -> None:
        with mock.patch.object(handover, "Path") as path:
            path.return_value.rglob.side_effect = lambda name: iter([mock.Mock(
                read_bytes=lambda: f"content of {name}")])
            self.assertEqual(handover.image("tick"), "content of tick.bin")
            self.assertEqual(path.call_args.args, (handover.TOP, "build/inmates"))


if __name__ == "__main__":
    unittest.main()
