# SPDX-License-Identifier: GPL-2.0-only
# Copyright (c) The jh authors
"""Device trees: reading, addresses, interrupts, names."""

import sys
import unittest

from jhconf.errors import ConfigError
from jhconf.tests.dtb import cells, dtb, machine
from jhconf.tree import Interrupt, Range, Tree


class TreeTest(unittest.TestCase):

    def setUp(self) -> None:
        self.data = dtb(machine())
        self.tree = Tree(self.data)

    def test_cut_or_damaged_is_refused(self) -> None:
        for length in range(0, len(self.data), 7):
            with self.assertRaises(ConfigError):
                Tree(self.data[:length])
        for at in range(len(self.data)):
            damaged = bytearray(self.data)
            damaged[at] ^= 0xFF
            try:
                Tree(bytes(damaged))
            except ConfigError:
                pass

    def test_names(self) -> None:
        for spec in ("serial1", "/uart@9040000", "uart@9040000", "9040000", "/uart@9040000/"):
            self.assertEqual(self.tree.find(spec).path, "/uart@9040000")

    def test_names_below_an_alias(self) -> None:
        tree = Tree(dtb({"aliases": {"bus": "/soc"}, "soc": {"uart@1000": {}, "can@1000": {}},
                         "other": {"uart@1000": {}}}))
        self.assertEqual(tree.find("bus/uart@1000").path, "/soc/uart@1000")

    def test_a_property_that_was_taken_out(self) -> None:
        data = dtb({"one": 1, "status": "disabled", "two": 2})
        at = data.index(b"disabled") - 12
        # fdt_nop_property() does this; the words are FDT_NOP.
        tree = Tree(data[:at] + cells(4) * 6 + data[at + 24:])
        self.assertEqual(list(tree.find("/").props), ["one", "two"])
        self.assertEqual(tree.find("/").cell("two", 0), 2)

    def test_unclear_name_lists_what_fits(self) -> None:
        with self.assertRaisesRegex(ConfigError, "/uart@9000000, /uart@9040000"):
            self.tree.find("uart")

    def test_unknown_name_suggests(self) -> None:
        with self.assertRaisesRegex(ConfigError, "near it: .*serial1"):
            self.tree.find("seriel1")

    def test_addresses_are_translated(self) -> None:
        self.assertEqual(self.tree.regs(self.tree.find("timer")), [Range(0x10002000, 0x1000)])

    def test_addresses_behind_a_bus_are_not_the_cpus(self) -> None:
        self.assertEqual(self.tree.regs(self.tree.find("sensor")), [])
        with self.assertRaisesRegex(ConfigError, "no registers"):
            self.tree.device_pages(self.tree.find("sensor"))

    def test_interrupts(self) -> None:
        found, others = self.tree.interrupts(self.tree.find("timer"))
        self.assertEqual(found, [Interrupt(68, False), Interrupt(69, True)])
        self.assertEqual(others, [])

    def test_interrupts_at_other_controllers(self) -> None:
        found, others = self.tree.interrupts(self.tree.find("serial@5000"))
        self.assertEqual(found, [Interrupt(72, False)])
        self.assertEqual([node.name for node in others], ["gpio@9030000"])

    def test_both_edges_and_the_start_of_a_bus(self) -> None:
        root = machine()
        root["soc"]["first@0"] = {"reg": [0, 0x1000], "interrupts": [0, 1, 2, 0, 2, 8, 1, 3, 4]}
        root["soc"]["last@ff0000"] = {"reg": [0xFF0000, 0x10000]}
        root["soc"]["beyond@ff0000"] = {"reg": [0xFF0000, 0x10001]}
        tree = Tree(dtb(root))
        self.assertEqual(tree.interrupts(tree.find("first"))[0],
                         [Interrupt(33, True), Interrupt(34, False), Interrupt(19, False)])
        self.assertEqual([tree.regs(tree.find(name)) for name in ("first", "last", "beyond")],
                         [[Range(0x10000000, 0x1000)], [Range(0x10FF0000, 0x10000)], []])

    def test_interrupts_through_a_map(self) -> None:
        """The bus of Arm's boards: its children have one cell, the map leads to the GIC."""
        root = machine()
        root["soc"]["timer@2000"]["interrupts"] = [5]
        root["soc"] |= {"#interrupt-cells": 1, "interrupt-map-mask": [0, 7],
                        "interrupt-map": [0, 4, 1, 0, 98, 4, 0, 5, 1, 0, 99, 1]}
        tree = Tree(dtb(root))
        self.assertEqual(tree.interrupts(tree.find("timer")), ([Interrupt(131, True)], []))
        root["soc"]["timer@2000"]["interrupts"] = [6]
        tree = Tree(dtb(root))
        found, others = tree.interrupts(tree.find("timer"))
        self.assertEqual((found, [node.path for node in others]), ([], ["/soc"]))

    def test_interrupts_through_what_is_in_the_line(self) -> None:
        root = machine()
        root["gpc"] = {"compatible": "fsl,imx8mq-gpc", "phandle": 7, "#interrupt-cells": 3,
                       "interrupt-controller": b"", "interrupt-parent": 1,
                       "reg": [0, 0xB000000, 0, 0x1000]}
        root["soc"]["interrupt-parent"] = 7
        tree = Tree(dtb(root))
        self.assertEqual(tree.interrupts(tree.find("timer")),
                         ([Interrupt(68, False), Interrupt(69, True)], []))

    def test_interrupt_parents_in_a_circle(self) -> None:
        root = machine()
        root["soc"]["interrupt-parent"] = 8
        root["other"] = {"phandle": 8, "interrupt-parent": 9}
        root["third"] = {"phandle": 9, "interrupt-parent": 8}
        tree = Tree(dtb(root))
        self.assertEqual(tree.interrupts(tree.find("timer")), ([], []))

    def test_too_deep_is_damaged(self) -> None:
        root = machine()
        node = root
        for _ in range(2000):
            node["n"] = {}
            node = node["n"]
        old = sys.getrecursionlimit()
        sys.setrecursionlimit(20000)
        self.addCleanup(sys.setrecursionlimit, old)
        data = dtb(root)
        sys.setrecursionlimit(old)
        with self.assertRaisesRegex(ConfigError, "damaged"):
            Tree(data)

    def test_shared_page_is_an_error(self) -> None:
        with self.assertRaisesRegex(ConfigError, "shares the page .* /virtio@a000000"):
            self.tree.device_pages(self.tree.find("virtio@a000200"))

    def test_old_trees_call_uarts_by_device_type(self) -> None:
        root = machine()
        root["virtio@a000000"]["device_type"] = "serial"
        tree = Tree(dtb(root))
        with self.assertRaisesRegex(ConfigError, "shares the page .* /virtio@a000000"):
            tree.device_pages(tree.find("virtio@a000200"))

    def test_less_than_a_page_alone_is_rounded(self) -> None:
        self.assertEqual(self.tree.device_pages(self.tree.find("serial@5000")),
                         [Range(0x10005000, 0x1000)])

    def test_a_distributor_that_swallows_the_its(self) -> None:
        """As in the tree of J721S2: 1 MiB from the distributor on."""
        root = machine()
        root["intc@8000000"]["reg"] = [0, 0x8000000, 0, 0xA0000, 0, 0x80A0000, 0, 0xF60000]
        root["intc@8000000"] |= {"#address-cells": 2, "#size-cells": 2, "ranges": b"",
                                 "its@8080000": {"compatible": "arm,gic-v3-its",
                                                 "reg": [0, 0x8080000, 0, 0x20000]}}
        self.assertEqual(Tree(dtb(root)).gic().frames["gicd"], Range(0x8000000, 0x10000))
        root["intc@8000000"]["its@8080000"]["reg"] = [0, 0x80B0000, 0, 0x20000]
        with self.assertRaisesRegex(ConfigError, "GICR .* lies over registers of .*its@8080000"):
            Tree(dtb(root)).gic()

    def test_gic(self) -> None:
        gic = self.tree.gic()
        self.assertEqual((gic.version, gic.maintenance), (3, 25))
        self.assertEqual(gic.frames, {"gicd": Range(0x8000000, 0x10000),
                                      "gicr": Range(0x80A0000, 0xF60000)})
        gic = Tree(dtb(machine(2))).gic()
        self.assertEqual(gic.version, 2)
        self.assertEqual(gic.frames["gicv"], Range(0x8040000, 0x10000))

    def test_redistributors_in_two_places(self) -> None:
        root = machine()
        root["intc@8000000"]["#redistributor-regions"] = 2
        root["intc@8000000"]["reg"] = [0, 0x8000000, 0, 0x10000, 0, 0x80A0000, 0, 0x40000,
                                       0, 0x80E0000, 0, 0x40000]
        self.assertEqual(Tree(dtb(root)).gic().frames["gicr"], Range(0x80A0000, 0x80000))
        root["intc@8000000"]["reg"][9] = 0x90000000
        with self.assertRaisesRegex(ConfigError, "2 places"):
            Tree(dtb(root)).gic()

    def test_console(self) -> None:
        stdout = self.tree.stdout()
        assert stdout is not None
        self.assertEqual(stdout.path, "/uart@9000000")
        self.assertEqual(self.tree.console_type(stdout), "pl011")
        self.assertEqual(self.tree.console_flags(self.tree.find("serial@5000")),
                         ["mmio", "regdist-4"])

    def test_memory_and_cpus(self) -> None:
        self.assertEqual(self.tree.memory(), [Range(0x40000000, 0x40000000)])
        self.assertEqual(len(self.tree.cpus()), 4)
