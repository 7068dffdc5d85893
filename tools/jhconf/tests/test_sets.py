# SPDX-License-Identifier: GPL-2.0-only
# Copyright (c) The jh authors
"""The rules for a set of configurations."""

from __future__ import annotations

import re
import tempfile
import unittest
from pathlib import Path

from jhconf import blob, facts, setrules, source, treerules
from jhconf.devices import Devices
from jhconf.errors import ConfigError
from jhconf.findings import Finding, Member
from jhconf.tests.dtb import dtb, machine
from jhconf.tests.machines import CELL, SYSTEM, archive, devices
from jhconf.tree import Range


class CheckTest(unittest.TestCase):

    def judge(self, *texts: str, where: Devices | None = None,
              system: str = SYSTEM) -> list[Finding]:
        where = where or devices()
        members = []
        for index, text in enumerate((system, *texts)):
            compiled = source.compile_text(text, where.tree)
            members.append(Member(f"{index}.toml", compiled.config, blob.pack(compiled.config),
                                  text, compiled.origins))
        found = [*setrules.judge(members[0], members[1:]),
                 *treerules.judge(where, members[0], members[1:])]
        return [finding for finding in found if finding.severity != "note"]

    def expect(self, found: list[Finding], *patterns: str) -> None:
        texts = [finding.text() for finding in found]
        for pattern in patterns:
            self.assertTrue(any(re.search(pattern, text) for text in texts),
                            f"{pattern}\nnot in\n" + "\n".join(texts))

    def test_a_mask_that_masks_nothing(self) -> None:
        """The warning is of GICv3; where the version is known to be another there is none."""
        cell = source.compile_text('name = "a"\ncpus = [3]\nmemory = "1M"\ntrusted = true\n'
                                   'interrupts = "direct"\n').config
        virtual = source.compile_text('name = "a"\ncpus = [3]\nmemory = "1M"\n').config
        self.assertIn(" on a GICv3 its priority mask", source.direct_note(cell, 0))
        self.assertIn("interrupts its priority mask", source.direct_note(cell, 3))
        self.assertEqual(source.direct_note(cell, 2), "")
        self.assertEqual(source.direct_note(virtual, 3), "")

        def frame(key: str, address: int, size: int = 0x2000) -> str:
            return f"{key} = {{ address = {address}, size = {size} }}\n"

        member = Member("a.toml", cell, blob.pack(cell))
        for frames, warnings in ((frame("gicc", 0x8010000) + frame("gich", 0x8030000) +
                                  frame("gicv", 0x8040000), 0),
                                 (frame("gicr", 0x80a0000, 0x40000), 1)):
            config = source.compile_text('name = "m"\npool = "2M"\n[gic]\nmaintenance = 25\n'
                                         + frame("gicd", 0x8000000, 0x10000) + frames).config
            system = Member("s.toml", config, blob.pack(config))
            found = [finding for finding in setrules.judge(system, [member])
                     if "priority mask" in finding.text()]
            self.assertEqual(len(found), warnings, frames)

    def test_what_a_cell_is_trusted_with(self) -> None:
        """Each kind has its line, notes included."""
        cell = ('name = "a"\ncpus = [3]\ntrusted = true\ninterrupts = "direct"\npmu = true\n'
                '[[memory]]\nsize = "1M"\n[[memory]]\nphys = 0x10005000\nsize = "4K"\n'
                'flags = ["read", "io"]\n[[device]]\npath = "/soc/timer@2000"\n'
                "[[irq]]\nintid = 40\n")
        compiled = source.compile_text(cell)
        member = Member("a.toml", compiled.config, blob.pack(compiled.config), cell,
                        compiled.origins)
        found = {(finding.severity, finding.object, finding.reason)
                 for finding in setrules.judge(None, [member])
                 if finding.severity != "error" and finding.file}
        self.assertEqual(found, {
            ("warning", "cell", "with direct interrupts it can disturb the interrupts of the whole "
             "machine"),
            ("warning", "cell", "with direct interrupts on a GICv3 its priority mask "
             "(ICC_PMR_EL1) masks nothing: a guest that uses it for critical sections, as "
             "FreeRTOS does, is interrupted inside of them"),
            ("note", "cell", "it may count what its CPUs do"),
            ("warning", "device[0]", "/soc/timer@2000 has no registers in the cell: it cannot be "
             "reached"),
            ("note", "device[0]", "/soc/timer@2000 has no interrupt in the cell"),
            ("note", "irq[0]", "interrupt 40 belongs to no device"),
            ("warning", "memory[1]", "the registers at 0x10005000-0x10005fff belong to no device"),
        })

    def test_good_set(self) -> None:
        self.assertEqual(self.judge(CELL.format("a", 3), CELL.format("b", 2)
                                    + 'devices = ["serial1"]\nconsole = "serial1"\n'), [])

    def test_two_owners(self) -> None:
        cell = CELL.format("a", 3) + 'devices = ["timer@2000"]\n'
        self.expect(self.judge(cell, cell),
                    "2.toml:1: error: cell: its name a is also that of 1.toml",
                    r"2.toml:2: error: cpu\[0\]: CPU 3 also belongs to a",
                    "interrupt 68 also belongs to a", "device /soc/timer@2000 also belongs",
                    r"0x10002000-0x10002fff overlaps memory\[1\]")

    def test_all_cpus_and_too_much_memory(self) -> None:
        found = self.judge(CELL.format("a", "0, 1").replace("1M", "40M"),
                           CELL.format("b", "2, 3").replace("1M", "40M"))
        self.expect(found, "the cells take all 4 CPUs", "the cells want 80M .* pools have 64M")

    def test_cpus_that_are_not_there(self) -> None:
        self.expect(self.judge(CELL.format("a", "3, 4")), r"cpu\[1\]: there is no CPU 4: .* has 4")
        self.assertEqual(self.judge(CELL.format("a", 3)), [])

    def test_memory_that_is_something_else(self) -> None:
        cell = CELL.format("a", 3).replace('"1M"', '["1M", { phys = 0x90000000, size = "4K" }, '
                                           '{ phys = 0x41000000, size = "4K", virt = 0x20000000, '
                                           'flags = ["read", "io"] }]')
        self.expect(self.judge(cell), r"memory\[1\]: 0x90000000-0x90000fff is not RAM",
                    r"memory\[2\]: 0x41000000-0x41000fff is RAM, not a device")

    def test_interrupt_of_another_device(self) -> None:
        self.expect(self.judge(CELL.format("a", 3) + "[[irq]]\nintid = 33\n"),
                    "interrupt 33 is that of /uart@9000000, which is no device of this cell")

    def test_wrong_trigger_and_missing_registers(self) -> None:
        cell = CELL.format("a", 3) + ('[[device]]\npath = "/soc/timer@2000"\n[[irq]]\nintid = 69\n'
                                      'device = "/soc/timer@2000"\n')
        self.expect(self.judge(cell), 'irq.0.: the tree says that interrupt 69 is edge',
                    "cannot reach the registers 0x10002000-0x10002fff of /soc/timer@2000")

    def test_region_that_holds_a_stranger(self) -> None:
        cell = CELL.format("a", 3).replace('"1M"', '["1M", { phys = 0x9030000, size = "4K", '
                                           'device = "/uart@9040000" }]')
        cell += '[[device]]\npath = "/uart@9040000"\n'
        self.expect(self.judge(cell), "also holds /gpio@9030000, which is no device of this cell")

    def test_a_part_of_what_shares_is_not_enough(self) -> None:
        root = machine()
        root["virtio@a000400"] = {"reg": [0, 0xA000400, 0, 0x200], "interrupts": [0, 18, 1]}
        where = Devices(facts.from_tree(dtb(root)))
        region = '[[memory]]\nphys = 0xa000000\nsize = "4K"\ndevice = "/virtio@a000000"\n'
        cell = 'name = "a"\ncpus = [3]\n[[memory]]\nsize = "1M"\n' + region
        for number in (0, 2, 4):
            cell += f'[[device]]\npath = "/virtio@a000{number}00"\n'
            found = [f for f in self.judge(cell, where=where) if "also holds" in f.reason
                     and f.object.startswith("device")]
            self.assertEqual({f.severity for f in found}, {"error" if number < 4 else "warning"})

    def test_a_large_neighbour_is_seen(self) -> None:
        root = machine()
        root["big@b000000"] = {"reg": [0, 0xB000000, 0, 0x1000000]}
        root["uart@b800000"] = {"compatible": "arm,pl011", "reg": [0, 0xB800000, 0, 0x1000]}
        where = Devices(facts.from_tree(dtb(root)))
        self.assertRegex(str(where.problems(where.tree.find("uart@b800000"))[0]),
                         "also holds /big@b000000")

    def test_consoles(self) -> None:
        ranges = 'assignable = [{ address = 0x10005000, size = "4K" }]\n'
        system = 'name = "m"\npool = "64M"\n' + ranges + \
            '[console]\ntype = "8250"\naddress = ADDR\nsize = 0x1000\n'
        self.expect(self.judge(system=system.replace("ADDR", "0x9000000")),
                    "/uart@9000000 is a pl011, not a 8250", "is the console of Linux")
        self.expect(self.judge(system=system.replace("ADDR", "0xb000000")),
                    "no device at 0xb000000")
        self.expect(self.judge(system=system.replace("ADDR", "0x9030000")),
                    "is no UART that jh knows")

    def test_gic_of_another_machine(self) -> None:
        other = source.compile_text(SYSTEM, devices(machine(2)).tree).config
        member = Member("s.cell", other, blob.pack(other))
        self.expect(list(treerules.judge(devices(), member, [])), "machine has a GICv3")

    def test_fixed_pool_must_be_reserved_ram(self) -> None:
        system = SYSTEM.replace('pool = "64M"\n', "") + '[[pool]]\naddress = ADDR\nsize = "2M"\n'
        self.expect(self.judge(system=system.replace("ADDR", "0x50000000")),
                    "not reserved: Linux may")
        self.expect(self.judge(system=system.replace("ADDR", "0x90000000")),
                    "is not RAM")

    def test_live_facts(self) -> None:
        collected = archive(machine(), {
            "proc/iomem": "40000000-7fffffff : System RAM\n  40210000-411fffff : Kernel code\n",
            "proc/interrupts": "           CPU0\n 12:   5   GICv3  40 Level     uart-pl011\n",
            "sys/devices/system/cpu/online": "0-2\n",
            "jh/drivers": "amba\t9040000.uart\tuart-pl011\t/uart@9040000\n",
        })
        self.assertEqual(collected.interrupts, {40: "uart-pl011"})
        self.assertEqual(collected.ram(), [Range(0x40000000, 0x40000000)])
        self.assertEqual(collected.online, {0, 1, 2})
        found = self.judge(CELL.format("a", 3) + "[[irq]]\nintid = 40\n",
                           where=Devices(collected))
        self.expect(found, "CPU 3 is offline in Linux", "Linux uses interrupt 40 for uart-pl011")
        found = self.judge(CELL.format("a", 2) + 'devices = ["serial1"]\n',
                           where=Devices(collected))
        self.expect(found, "Linux uses it with the driver uart-pl011")

    TIMER = "x\t10002000.timer\tx-timer\t/soc/timer@2000\t"

    def in_use(self, driver: str = TIMER + "fixed\n") -> Devices:
        """A running machine: one driver cannot let go, early code has a timer and a mapping."""
        root = machine()
        root["soc"]["early@7000"] = {"reg": [0x7000, 0x1000], "interrupts": [0, 60, 4]}
        root["soc"]["clocksource@8000"] = {"reg": [0x8000, 0x1000]}
        root["soc"]["gpr@9000"] = {"compatible": "x,gpr\0syscon", "reg": [0x9000, 0x1000]}
        return Devices(archive(root, {
            "proc/iomem": "40000000-7fffffff : System RAM\n",
            "proc/interrupts": "           CPU0\n 12:   5   GICv3  92 Level     early_timer\n",
            "proc/vmallocinfo":
                "0x0-0x1000    8192 of_iomap+0x4c/0x90 phys=0x0000000010008000 ioremap\n"
                "0x0-0x1000   20480 load_module+0x1/0x2 pages=4 vmalloc N0=4\n",
            "jh/drivers": driver + "amba\t9000000.uart\tuart-pl011\t/uart@9000000\t-\n",
        }))

    def test_what_linux_cannot_lose(self) -> None:
        where = self.in_use()
        self.assertEqual(where.facts.mapped, [(Range(0x10008000, 0x1000), "of_iomap")])
        cell = CELL.format("a", 3)
        for spec, pattern in (("timer@2000", "driver in Linux, x-timer, cannot let go"),
                              ("early@7000", r"handles its interrupt 92 \(early_timer\)"),
                              ("clocksource@8000", r"registers mapped, by of_iomap\(\)"),
                              ("gpr@9000", "several drivers share")):
            with self.subTest(spec):
                self.expect(self.judge(cell + f'devices = ["{spec}"]\n', where=where),
                            "error: .*" + pattern)
        found = self.judge(cell + 'devices = ["serial1"]\n', where=self.in_use(
            "amba\t9040000.uart\tuart-pl011\t/uart@9040000\tfixed\n"))
        self.assertEqual([f for f in found if f.severity == "error"], [])
        where = self.in_use(self.TIMER + "-\n")
        found = self.judge(CELL.format("a", 3) + 'devices = ["timer@2000"]\n', where=where)
        self.assertEqual([f for f in found if f.severity == "error"], [])

    def test_what_root_shares(self) -> None:
        shared = ('memory = ["1M", {{ phys = {}, virt = 0x20000000, size = "4K", flags = ["read", '
                  '{}"shared-with-root"] }}]\n')
        cell = CELL.format("a", 3).replace('memory = "1M"\n', "")
        where = self.in_use()
        ram = cell + shared.format("0x48000000", "")
        self.expect(self.judge(ram, where=where), "error: .*shared with root, and Linux uses")
        uart = cell + shared.format("0x9000000", '"io", ')
        self.expect(self.judge(uart, where=where), "shared with root, and /uart@9000000 is in use")
        found = self.judge("trusted = true\n" + ram, where=where)
        self.assertFalse([f for f in found if "shared with root" in f.reason])

    def test_a_listed_root(self) -> None:
        """It must have its RAM, what has a driver, and the ITS."""
        root = ('name = "m"\npool = "64M"\nassignable = ["timer@2000"]\n'
                'root = { memory = "%s" }\n' + "[[memory]]\nphys = %s\nsize = %s\n" * 2)
        for kind, parts, pattern in (
                ("listed", ("0x40000000", "0x3f000000", "0x9000000", "0x1000"),
                 "leaves out RAM at 0x7f000000"),
                ("listed", ("0x40000000", "0x40000000", "0xa000000", "0x1000"),
                 "lacks the registers of /uart@9000000 at 0x9000000"),
                ("listed", ("0x40000000", "0x40000000", "0x9000000", "0x1000"), ""),
                ("learn", ("0x40000000", "0x3f000000", "0xa000000", "0x1000"), "")):
            found = self.judge(where=self.in_use(), system=root % (kind, *parts))
            if pattern:
                self.expect(found, pattern)
            else:
                self.assertEqual([f.text() for f in found if "root.memory" in f.reason], [])

    def test_a_largest_address_below_ram(self) -> None:
        for top, wrong in (("0x7ffffffe", True), ("0x7fffffff", False), ("0xffffffff", False)):
            system = 'name = "m"\nmax-address = %s\npool = "64M"\n' % top
            texts = [f.text() for f in self.judge(where=self.in_use(), system=system)]
            self.assertEqual(any("lies below the end of RAM, 0x80000000; remove it" in text
                                 for text in texts), wrong, texts)

    def test_archives_of_whole_blocks(self) -> None:
        """A file of just so many blocks needs no padding, and what follows is not lost."""
        for size in (511, 512, 513, 1024):
            line = "console=ttyAMA0 " + "x" * (size - 16)
            collected = archive(machine(), {"proc/cmdline": line,
                                            "sys/devices/system/cpu/online": "0-2\n"})
            self.assertEqual((len(collected.cmdline), collected.online), (size, {0, 1, 2}))

    def test_archives_that_are_none(self) -> None:
        with tempfile.NamedTemporaryFile() as file:
            for data in (b"", b"nonsense" * 100):
                Path(file.name).write_bytes(data)
                with self.assertRaises(ConfigError):
                    facts.load(file.name)
