# SPDX-License-Identifier: GPL-2.0-only
# Copyright (c) The jh authors
"""Configurations written for a machine: create and add-cell."""

from __future__ import annotations

import unittest

from jhconf import addcell, blob, checker, create, facts, source, treerules
from jhconf.devices import Devices
from jhconf.errors import ConfigError
from jhconf.findings import Member
from jhconf.tests.dtb import Props, dtb, machine
from jhconf.tests.machines import CELL, SYSTEM, archive, devices


class CreateTest(unittest.TestCase):

    def test_compiles_without_a_tree(self) -> None:
        for version in (2, 3):
            for fixed in (False, True):
                created = create.create(facts.from_tree(dtb(machine(version))), fixed=fixed)
                data = blob.pack(source.compile_text(created.text).config)
                verdict = checker.verdicts([data]) if checker.find() else [None]
                self.assertEqual(verdict, [None])
                self.assertIn("# /intc@8000000: arm,gic", created.text)

    def test_what_can_be_split_off_is_assignable(self) -> None:
        config = source.compile_text(create.create(facts.from_tree(dtb(machine()))).text).config
        found = {int(w["address"]) for w in config.elements("assignable")}
        self.assertEqual(found, {0x9040000, 0x10002000, 0x10005000})

    def test_fixed_addresses_avoid_reservations(self) -> None:
        root = machine()
        root["reserved-memory"] = {"#address-cells": 2, "#size-cells": 2, "ranges": b"",
                                   "fw@7e000000": {"reg": [0, 0x7E000000, 0, 0x100000]}}
        created = create.create(facts.from_tree(dtb(root)), pool="64M", fixed=True)
        pool = source.compile_text(created.text).config.one("pool")
        self.assertLessEqual(int(pool["address"]) + int(pool["size"]), 0x7E000000)
        self.assertIn("no-map", created.text)

    def test_fixed_addresses_avoid_devices_in_ram(self) -> None:
        root = machine()
        root["memory@40000000"]["reg"] = [0, 0, 0, 0x80000000]
        root["late@7ff00000"] = {"reg": [0, 0x7FF00000, 0, 0x1000]}
        created = create.create(facts.from_tree(dtb(root)), pool="64M", fixed=True)
        pool = source.compile_text(created.text).config.one("pool")
        self.assertLessEqual(int(pool["address"]) + int(pool["size"]), 0x7FF00000)

    def test_texts_of_the_tree_cannot_break_the_source(self) -> None:
        root = machine()
        root["model"] = 'x\n[[memory]]\nphys = 0'
        root["uart@9040000"]["compatible"] = "arm,pl011\nname = 1"
        root['odd"\n@b000000'] = {"compatible": "arm,pl011", "reg": [0, 0xB000000, 0, 0x1000]}
        where = Devices(facts.from_tree(dtb(root)))
        for created in (create.create(where.facts), addcell.add_cell(
                where, "a", "3", "1M", ["serial1", "/odd\"\n@b000000"])):
            source.compile_text(created.text)

    def test_what_cannot_be_known_is_said(self) -> None:
        root = machine(2)
        root["intc@8000000"]["reg"] = root["intc@8000000"]["reg"][:8]
        with self.assertRaisesRegex(ConfigError, "GICH .*GICV .*manual"):
            create.create(facts.from_tree(dtb(root)))
        root = machine()
        del root["intc@8000000"]
        with self.assertRaisesRegex(ConfigError, "no GICv2 or GICv3"):
            create.create(facts.from_tree(dtb(root)))
        root = machine()
        del root["intc@8000000"]["interrupts"], root["memory@40000000"]
        for n in range(4):
            root["cpus"][f"cpu@{n}"]["enable-method"] = "spin-table"
        warnings = " ".join(create.create(facts.from_tree(dtb(root))).warnings)
        for words in ("25 is assumed", "does not say where RAM is", "spin-table, not by PSCI"):
            self.assertIn(words, warnings)

    def test_who_starts_cpus(self) -> None:
        for psci, method, by in (("arm,psci-1.0", "psci", None), ("arm,psci-0.2", "", None),
                                 ("arm,psci-1.0", "spin-table", "spin-table"),
                                 ("x,other", "psci", "no method that the tree names")):
            root = machine()
            root["psci"] = {"compatible": psci, "method": "smc"}
            for n in range(4):
                root["cpus"][f"cpu@{n}"]["enable-method"] = method
            warnings = create.create(facts.from_tree(dtb(root))).warnings
            said = [text for text in warnings if "not by PSCI" in text]
            self.assertEqual(said, [] if not by else [
                f"CPUs are started by {by}, not by PSCI: Linux cannot give one up; use firmware "
                "with PSCI"])

    def test_what_linux_cannot_lose_is_not_offered(self) -> None:
        root = machine()
        root["soc"]["gpio@8000"] = {"reg": [0x8000, 0x1000], "interrupts": [0, 60, 4],
                                    "interrupt-controller": b"", "#interrupt-cells": 2}
        root["soc"]["timer@9000"] = {"reg": [0x9000, 0x1000], "interrupts": [0, 61, 4]}
        root["soc"]["pwm@a000"] = {"reg": [0xA000, 0x1000], "compatible": b"x,pwm\0syscon\0"}
        facts_of = archive(root, {"proc/interrupts": " 12:  5  GICv3  93 Level  clock-event\n"
                                  " 13:  1  GICv3  40 Level  uart-pl011\n",
                                  "jh/drivers": "amba\tu\tuart-pl011\t/uart@9040000\n"})
        config = source.compile_text(create.create(facts_of).text).config
        found = {int(w["address"]) for w in config.elements("assignable")}
        self.assertEqual(found, {0x9040000, 0x10002000, 0x10005000})
        where = Devices(facts_of)
        for spec, pattern in (("gpio@8000", "interrupt controller: Linux cannot lose its driver"),
                              ("timer@9000", "Linux handles its interrupt 93 .clock-event. "
                               "without a driver"),
                              ("pwm@a000", r"that several drivers share \(syscon\)")):
            with self.assertRaisesRegex(ConfigError, pattern):
                addcell.add_cell(where, "a", "3", "1M", [spec])
        addcell.add_cell(where, "a", "3", "1M", ["serial1"])

    def test_words_are_whole(self) -> None:
        root = machine()
        for at, name in enumerate(("hwspinlock", "lpspi", "qspi0", "scanner", "flexcan", "canfd")):
            root["soc"][f"{name}@{at + 16:x}000"] = {"reg": [(at + 16) << 12, 0x1000]}
        config = source.compile_text(create.create(facts.from_tree(dtb(root))).text).config
        found = {int(w["address"]) for w in config.elements("assignable")}
        self.assertEqual({0x10010000 + n * 0x1000 for n in (1, 2, 4, 5)},
                         {a for a in found if a >= 0x10010000})

    def test_reserved_devices_are_somebody_elses(self) -> None:
        root = machine()
        root["soc"]["timer@2000"]["status"] = "reserved"
        root["soc"]["wdt@2800"] = {"compatible": "x,watchdog", "reg": [0x2800, 0x100]}
        where = devices(root)
        config = source.compile_text(create.create(where.facts).text).config
        self.assertNotIn(0x10002000, {int(w["address"]) for w in config.elements("assignable")})
        for spec, pattern in (("timer@2000", "status is \"reserved\": firmware or another"),
                              ("wdt@2800", "also holds /soc/timer@2000")):
            with self.assertRaisesRegex(ConfigError, pattern):
                addcell.add_cell(where, "a", "3", "1M", [spec])
        with self.assertRaisesRegex(ConfigError, "shares the page .* with /soc/timer@2000"):
            where.tree.device_pages(where.tree.find("wdt@2800"))

    def test_frames_that_the_tree_cuts(self) -> None:
        for entry, name in ((7, "GICC"), (15, "GICV")):
            root = machine(2)
            root["intc@8000000"]["reg"][entry] = 0x1000
            pattern = f"gives {name} 0x1000 bytes, but its register GICC_DIR lies at 0x1000"
            with self.assertRaisesRegex(ConfigError, pattern):
                create.create(facts.from_tree(dtb(root)))
            with self.assertRaisesRegex(ConfigError, pattern):
                source.compile_text(SYSTEM, devices(root).tree)
        for stride, fits in ((0x20000, True), (0x40000, True), (0x30000, False)):
            root = machine()
            root["intc@8000000"]["redistributor-stride"] = [0, stride]
            if fits:
                create.create(facts.from_tree(dtb(root)))
                continue
            with self.assertRaisesRegex(ConfigError, "redistributor-stride = 0x30000"):
                create.create(facts.from_tree(dtb(root)))

    def test_frames_that_no_gic_has(self) -> None:
        for at, value, pattern in (
                (1, 0x8000800, "gives GICD 0x8000800-0x80107ff, but it takes 0x1000 bytes or more, "
                 "in steps of 0x1000: correct"),
                (7, 0x10000, "gives GICR 0x80a0000-0x80affff, but it takes 0x20000 bytes"),
                (4, 0xFFFFFFFF, "gives GICR 0xffffffff080a0000-")):
            root = machine()
            root["intc@8000000"]["reg"][at] = value
            for what in (lambda where: create.create(where.facts),
                         lambda where: source.compile_text(SYSTEM, where.tree)):
                with self.assertRaisesRegex(ConfigError, pattern):
                    what(devices(root))

    def test_devices_that_no_cpu_reaches(self) -> None:
        """One of them does not stop create, and add-cell refuses it."""
        root = machine()
        root["uart@9040000"]["reg"] = [0xFFFFFFFF, 0xFFFFF000, 0, 0x1000]
        root["spi@ffff0000"] = {"reg": [0xFFFF, 0xFFFF0000, 0, 0x10000]}
        where = devices(root)
        config = source.compile_text(create.create(where.facts).text).config
        self.assertEqual([int(w["address"]) for w in config.elements("assignable")],
                         [0x10005000, 0x10002000, 0xFFFFFFFF0000])
        with self.assertRaisesRegex(ConfigError, "its registers 0xfffffffffffff000-0xf* end beyond "
                                    "the address 0x1000000000000; correct the node's reg"):
            addcell.add_cell(where, "a", "3", "1M", ["/uart@9040000"])

    def test_numbers_that_no_interrupt_has(self) -> None:
        root = machine()
        for spec, warned in (([0, 987, 4], False), ([0, 988, 4], True), ([1, 16, 4], True)):
            root["uart@9040000"]["interrupts"] = spec
            warnings = addcell.add_cell(devices(root), "a", "3", "1M", ["serial1"]).warnings
            self.assertEqual("its interrupts at /intc@8000000 cannot go" in str(warnings), warned)

    def test_names_that_point_to_nothing(self) -> None:
        root = machine()
        root["aliases"]["serial1"] = "/nowhere"
        for spec in ("serial1", "&serial1"):
            with self.assertRaisesRegex(ConfigError, f'the alias "{spec}" points to /nowhere, '
                                        "which the device tree does not have: give"):
                devices(root).tree.find(spec)

    def test_memory_nodes_that_cover_devices(self) -> None:
        root = machine()
        root["memory@40000000"]["reg"] = [0, 0, 0, 0x80000000]
        created = create.create(facts.from_tree(dtb(root)))
        self.assertEqual(source.compile_text(created.text).config.elements("assignable"), [])
        self.assertRegex(" ".join(created.warnings), "memory nodes say that /.*serial@5000.* lies? "
                         "in RAM: they are not assignable")

    def test_the_console_of_the_command_line(self) -> None:
        root = machine()
        chosen = root.pop("chosen")
        aliases = root.pop("aliases")
        self.assertTrue(chosen["stdout-path"])
        for line, path in (("console=ttyAMA1,115200", "/uart@9040000"),
                           ("console=tty0 console=ttyAMA0", "/uart@9000000")):
            for where in (archive(root, {"proc/cmdline": line}),
                          facts.from_tree(dtb({**root, "chosen": {"bootargs": line}})),
                          archive({**root, "aliases": aliases}, {"proc/cmdline": line})):
                self.assertEqual(where.console_paths(), [path])
                created = create.create(where)
                self.assertIn(f"# Linux prints to {path}: leave", created.text)
        created = create.create(facts.from_tree(dtb(root)))
        self.assertIn("# Linux probably prints to /uart@9000000, its first UART", created.text)
        self.assertRegex(" ".join(created.warnings), "says where Linux prints: /uart@9000000")
        self.assertNotIn("address = 0x9000000,", created.text)

    def test_the_console_of_the_firmware(self) -> None:
        """earlycon names it by its address."""
        root = machine()
        del root["chosen"], root["aliases"]
        for line in ("earlycon=pl011,0x9040000", "quiet earlycon=uart8250,mmio32,0x9040000,115200",
                     "earlycon=pl011,mmio,0x9040000"):
            where = archive(root, {"proc/cmdline": line})
            self.assertEqual(where.console_paths(), ["/uart@9040000"])
        self.assertEqual(archive(root, {"proc/cmdline": "earlycon"}).console_paths(), [])

    def test_how_much_is_assignable(self) -> None:
        """Not large apertures, not the CPUs' own counters, and no more than fits into a system."""
        root = machine()
        root["spi@20000000"] = {"reg": [0, 0x20000000, 0, 0x200000]}
        root["spi@21000000"] = {"reg": [0, 0x21000000, 0, 0x100000]}
        root["timer@22000000"] = {"compatible": "arm,armv7-timer-mem",
                                  "reg": [0, 0x22000000, 0, 0x1000]}
        root["timer@23000000"] = {"compatible": "nxp,sysctr-timer",
                                  "reg": [0, 0x23000000, 0, 0x1000]}
        config = source.compile_text(create.create(facts.from_tree(dtb(root))).text).config
        found = {int(w["address"]) for w in config.elements("assignable")}
        self.assertEqual(found & {0x20000000, 0x21000000, 0x22000000, 0x23000000}, {0x21000000})
        for at in range(create.MAX_ASSIGNABLE + 5):
            root[f"can@{0x30000000 + at * 0x1000:x}"] = {
                "reg": [0, 0x30000000 + at * 0x1000, 0, 0x1000]}
        text = create.create(facts.from_tree(dtb(root))).text
        config = source.compile_text(text).config
        self.assertEqual(len(config.elements("assignable")), create.MAX_ASSIGNABLE)
        if checker.find():
            self.assertEqual(checker.verdicts([blob.pack(config)]), [None])

    def test_names_are_made_valid(self) -> None:
        for compatible, name in (("vendor,9board", "vendor-9board"), ("9,9", "m-9-9"),
                                 ("x,a b/c", "a-b-c"),
                                 ("x," + "y" * 40, "y" * 31)):
            root = machine()
            root["compatible"] = compatible
            self.assertEqual(create.machine_name(facts.from_tree(dtb(root)).tree.root), name)


class TwoRangesTest(unittest.TestCase):
    """A device whose second range of registers gets lost cannot be driven."""

    RANGES = [(0x10002000, 0x1000), (0x10008000, 0x2000)]

    def setUp(self) -> None:
        root = machine()
        root["soc"]["timer@2000"]["reg"] = [0x2000, 0x1000, 0x8000, 0x2000]
        self.devices = devices(root)

    def found(self, text: str, section: str, start: str) -> list[tuple[int, int]]:
        config = source.compile_text(text, self.devices.tree).config
        return [(int(item[start]), int(item["size"])) for item in config.elements(section)
                if section == "assignable" or int(item["device"])]

    def test_sources(self) -> None:
        cell = CELL.format("a", 3) + 'devices = ["timer@2000"]\n'
        self.assertEqual(self.found(cell, "memory", "phys"), self.RANGES)
        system = 'name = "m"\npool = "2M"\nassignable = ["timer@2000"]\n'
        self.assertEqual(self.found(system, "assignable", "address"), self.RANGES)

    def test_create_and_add_cell(self) -> None:
        created = create.create(self.devices.facts).text
        self.assertLessEqual(set(self.RANGES), set(self.found(created, "assignable", "address")))
        system = source.compile_text('name = "m"\npool = "2M"\nassignable = [{ '
                                     'address = 0x10002000, size = "4K" }]\n',
                                     self.devices.tree).config
        created_cell = addcell.add_cell(self.devices, "a", "3", "1M", ["timer@2000"], "", system)
        self.assertEqual(self.found(created_cell.text, "memory", "phys"), self.RANGES)
        self.assertIn("{ address = 0x10008000, size = 0x2000 }", str(created_cell.warnings))

    def test_judges_and_views(self) -> None:
        cell = CELL.format("a", 3) + ('[[device]]\npath = "/soc/timer@2000"\n[[memory]]\nphys = '
                                      '0x10002000\nsize = "4K"\ndevice = 0\n')
        cell = cell.replace('memory = "1M"\n', "")
        compiled = source.compile_text(cell, self.devices.tree)
        member = Member("a.toml", compiled.config, blob.pack(compiled.config), cell,
                        compiled.origins)
        texts = [finding.text() for finding in treerules.judge(self.devices, None, [member])]
        self.assertIn("cannot reach the registers 0x10008000-0x10009fff", "\n".join(texts))
        root = machine()
        root["soc"]["timer@2000"]["reg"] = [0x2000, 0x1000, 0x8000, 0x800]
        root["soc"]["other@8800"] = {"reg": [0x8800, 0x800]}
        with self.assertRaisesRegex(ConfigError, "also holds /soc/other@8800"):
            addcell.add_cell(devices(root), "a", "3", "1M", ["timer@2000"])


class AddCellTest(unittest.TestCase):

    def add(self, *specs: str, root: Props | None = None, **more: object) -> create.Created:
        return addcell.add_cell(devices(root), "rtos", "3", "64M", list(specs),
                                **more)   # type: ignore[arg-type]

    def test_everything_comes_from_the_tree(self) -> None:
        config = source.compile_text(self.add("serial1", "timer@2000").text).config
        self.assertEqual([(i["intid"], i["flags"]) for i in config.elements("irq")],
                         [(40, 0), (68, 0), (69, 1)])
        self.assertEqual(config.one("console")["address"], 0x9040000)
        if checker.find():
            self.assertEqual(checker.verdicts([blob.pack(config)]), [None])

    def test_refusals_name_device_reason_and_choices(self) -> None:
        root = machine()
        root["soc"]["timer@2000"]["interrupts"] = [0, 8, 4]
        root["soc"]["clk@6000"] = {"reg": [0x6000, 0x1000], "#clock-cells": 1, "phandle": 9}
        root["soc"]["serial@5000"]["clocks"] = [9, 3]
        root["soc"]["timer@2000"]["clocks"] = [9, 3]
        cases = {
            "serial0": "/uart@9000000: it is the console of Linux; choose another UART",
            "virtio@a000000": "its page .* also holds /virtio@a000200; give the cell all of these",
            "timer@2000": "its interrupt 40 is shared with /uart@9040000",
            "clk@6000": "it provides a clock for .*/soc/serial@5000",
            "sensor": "no registers that a CPU can address",
            "intc": "it is the interrupt controller",
        }
        for spec, pattern in cases.items():
            with self.subTest(spec), self.assertRaisesRegex(ConfigError, pattern):
                self.add(spec, root=root)
        warnings = " ".join(self.add("serial@5000", root=root).warnings)
        self.assertRegex(warnings, "clock clk@6000 3 is shared with /soc/timer@2000")
        self.assertRegex(warnings, "interrupts at /gpio@9030000 cannot go to a cell")

    def test_numbers_of_pins_are_no_references(self) -> None:
        """How many pins a controller has, and those that it sets by itself."""
        root = machine()
        root["soc"]["timer@2000"]["phandle"] = 32
        root["soc"]["pins@6000"] = {"reg": [0x6000, 0x1000], "snps,nr-gpios": 32, "#gpio-cells": 2,
                                    "led-hog": {"gpio-hog": b"", "gpios": [32, 0]}}
        self.add("timer@2000", root=root)
        root["soc"]["serial@5000"]["reset-gpio"] = [32]
        with self.assertRaisesRegex(ConfigError, "it provides a GPIO for /soc/serial@5000"):
            self.add("timer@2000", root=root)

    def test_each_kind_of_user_is_named(self) -> None:
        for name, what in (("clocks", "clock"), ("resets", "reset"), ("dmas", "DMA channel"),
                           ("phys", "PHY"), ("usb-phy", "PHY"), ("phy-handle", "PHY"),
                           ("mboxes", "mailbox"), ("gpio", "GPIO"), ("gpios", "GPIO"),
                           ("cs-gpio", "GPIO"), ("vcc-supply", "supply"), ("pwms", "PWM"),
                           ("hwlocks", "hardware lock"), ("thermal-sensors", "thermal sensor"),
                           ("sound-dai", "sound interface"), ("mux-controls", "multiplexer"),
                           ("i2c-parent", "I2C bus"), ("ddc-i2c-bus", "I2C bus"),
                           ("remote-endpoint", "port")):
            root = machine()
            root["soc"]["timer@2000"]["phandle"] = 32
            root["soc"]["serial@5000"][name] = [32]
            with self.subTest(name), self.assertRaisesRegex(
                    ConfigError, f"it provides an? {what} for /soc/serial@5000"):
                self.add("timer@2000", root=root)

    def test_what_only_sits_in_the_line_of_an_interrupt(self) -> None:
        """Linux masks interrupts and wakes up there, but the interrupt is the GIC's."""
        root = machine()
        root["soc"]["mux@6000"] = {"compatible": "x,intmux", "phandle": 32, "reg": [0x6000, 0x1000],
                                   "interrupt-controller": b"", "#interrupt-cells": 3,
                                   "interrupt-parent": 1}
        root["soc"]["timer@2000"]["interrupt-parent"] = 32
        for name in ("fsl,imx8mq-gpc", "x,intmux"):
            root["soc"]["mux@6000"]["compatible"] = name
            with self.assertRaisesRegex(ConfigError, "it provides an interrupt for /soc/timer"):
                self.add("mux@6000", root=root)

    def test_both_ends_of_a_graph(self) -> None:
        """The device at the other remote-endpoint must go with it; a part of a device suffices."""
        root = machine()
        for name, own, other in (("timer@2000", 32, 33), ("serial@5000", 33, 32)):
            root["soc"][name]["port"] = {"endpoint": {"phandle": own, "remote-endpoint": [other]}}
        with self.assertRaisesRegex(ConfigError, "it provides a port for "
                                    "/soc/serial@5000/port/endpoint; leave it to Linux"):
            self.add("timer@2000", root=root)
        created = self.add("timer@2000", "serial@5000", root=root)
        self.assertIn("provides a port for", " ".join(created.warnings))
        root["soc"]["serial@5000"]["status"] = "disabled"
        self.add("timer@2000", root=root)

    def test_memory_is_no_device(self) -> None:
        root = machine()
        root["reserved-memory"] = {"#address-cells": 2, "#size-cells": 2, "ranges": b"",
                                   "rom@1000": {"reg": [0, 0x1000, 0, 0x1000]}}
        for spec in ("rom@1000", "memory@40000000"):
            with self.assertRaisesRegex(ConfigError, "it is memory, not a device"):
                self.add(spec, root=root)

    def test_names_that_no_cell_can_have(self) -> None:
        for name in ("", "9", 'x"y', "a\nb", "n" * 32):
            with self.assertRaisesRegex(ConfigError, "cannot be the name of a cell"):
                addcell.add_cell(devices(), name, "3", "1M", [])

    def test_what_lies_in_the_way_is_moved(self) -> None:
        """RAM at 0 meets registers, or it or registers meet the communication region."""
        root = machine()
        root["soc"]["ranges"] = [0, 0, 0x1000000, 0x1000000]
        root["intc@8000000"]["reg"] = [0, 0xF0000000, 0, 0x10000, 0, 0xF1000000, 0, 0x80000]
        root["top@80000000"] = {"reg": [0, 0x80000000, 0, 0x1000]}
        for memory, spec in (("64M", "serial@5000"), ("3G", "serial@5000"), ("64M", "top")):
            created = addcell.add_cell(devices(root), "a", "3", memory, [spec])
            config = source.compile_text(created.text).config
            if checker.find():
                self.assertEqual(checker.verdicts([blob.pack(config)]), [None], created.text)
            for console in config.elements("console"):
                self.assertEqual(console["address"], 0x101005000)

    def test_memory_over_the_interrupt_controller(self) -> None:
        with self.assertRaisesRegex(ConfigError, "over the interrupt controller .GICD at 0x8000"):
            addcell.add_cell(devices(), "a", "3", "256M", [])

    def test_sizes_and_lists(self) -> None:
        for memory, size in (("64m", 64 << 20), ("64 KiB", 65536), ("1_000K", 1024000)):
            config = source.compile_text(addcell.add_cell(devices(), "a", "3", memory, []).text)
            self.assertEqual(config.config.one("memory")["size"], size)
        for memory in ("", "010x", "1.5G", "-1", "__"):
            with self.assertRaisesRegex(ConfigError, "is no size"):
                addcell.add_cell(devices(), "a", "3", memory, [])
        with self.assertRaisesRegex(ConfigError, "is no list of CPUs"):
            addcell.add_cell(devices(), "a", "3-1", "1M", [])

    def test_a_disabled_device_with_a_clock_of_its_own(self) -> None:
        root = machine()
        root["clk"] = {"#clock-cells": 0, "phandle": 9}
        root["soc"]["timer@2000"] |= {"status": "disabled", "clocks": [9]}
        self.assertRegex(self.add("timer@2000", root=root).warnings[0], "status is \"disabled\"")

    def test_what_shares_may_go_together(self) -> None:
        created = self.add("virtio@a000000", "virtio@a000200")
        self.assertIn("also holds /virtio@a000200", created.warnings[0])

    def test_a_uart_with_dma_channels_is_no_master(self) -> None:
        root = machine()
        root["dma"] = {"#dma-cells": 1, "phandle": 9}
        root["uart@9040000"]["dmas"] = [9, 1]
        root["usb-phy@b000000"] = {"reg": [0, 0xB000000, 0, 0x1000]}
        for spec in ("serial1", "usb-phy"):
            self.assertNotIn("writes to memory", " ".join(self.add(spec, root=root).warnings))

    def test_masters_without_a_stream(self) -> None:
        root = machine()
        root["smmu@5000000"] = {"compatible": "arm,smmu-v3", "reg": [0, 0x5000000, 0, 0x20000]}
        root["soc"]["ethernet@8000"] = {"reg": [0x8000, 0x1000], "interrupts": [0, 50, 4]}
        warnings = self.add("ethernet", root=root).warnings
        self.assertRegex(warnings[0], "no stream ID behind /smmu@5000000")

    def test_cpus(self) -> None:
        for cpus, pattern in (("4", "no CPU 4: .*numbers 0 to 3"), ("0-3", "leave Linux")):
            with self.assertRaisesRegex(ConfigError, pattern):
                addcell.add_cell(devices(), "a", cpus, "1M", [])

    def test_what_is_not_assignable_is_named(self) -> None:
        system = source.compile_text('name = "m"\npool = "2M"\n', devices().tree).config
        created = self.add("serial1", system=system)
        self.assertIn("{ address = 0x9040000, size = 0x1000 }", created.warnings[0])
