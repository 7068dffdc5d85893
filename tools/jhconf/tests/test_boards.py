# SPDX-License-Identifier: GPL-2.0-only
# Copyright (c) The jh authors
"""Systems for real boards, from the device trees of Debian's kernel packages.

A few boards of some families; with JH_ALL_BOARDS=1 all of all, which takes minutes.
"""

import os
import unittest
from pathlib import Path

from jhconf import addcell, blob, checker, create, facts, source
from jhconf.devices import Devices
from jhconf.errors import ConfigError

TREES = Path(__file__).resolve().parents[3] / "build" / "kernels"
FAMILIES = ("xilinx/zynqmp-*", "freescale/imx8m*", "broadcom/bcm2711-*", "rockchip/rk3399-*",
            "amlogic/meson-*")
# What is indispensable and not, or wrong, in these trees; everything else must work.
UNKNOWN = ("does not say where GICH", "has no GICv2 or GICv3", "has redistributors in 4 places",
           "redistributor-stride = 0x30000", "its register GICC_DIR lies at 0x1000")
REFUSALS = (*UNKNOWN, "would lie over the interrupt controller")


def boards() -> list[Path]:
    """The trees to try: every 20th of a family, or all that there are."""
    everything = bool(os.environ.get("JH_ALL_BOARDS"))
    return [path for family in (("*/*",) if everything else FAMILIES)
            for path in sorted(TREES.glob(f"6.12/usr/lib/linux-image-*/{family}.dtb"))[
                ::1 if everything else 20]]


class BoardTest(unittest.TestCase):

    def setUp(self) -> None:
        if not boards():
            self.skipTest("ci/setup has not unpacked a kernel with device trees")

    def test_every_board_gets_a_system_that_checks_clean(self) -> None:
        for path in boards():
            with self.subTest(path.name):
                try:
                    created = create.create(facts.load(str(path)))
                except ConfigError as error:
                    self.assertTrue(any(words in error.message for words in UNKNOWN), error)
                    continue
                data = blob.pack(source.compile_text(created.text).config)
                if checker.find():
                    self.assertEqual(checker.verdicts([data]), [None])

    def test_every_board_gets_a_cell_or_is_told_why_not(self) -> None:
        for path in boards():
            with self.subTest(path.name):
                devices = Devices(facts.load(str(path)))
                if len(devices.tree.cpus()) < 2:
                    continue
                uarts = [node.path for node in devices.enabled if devices.tree.console_type(node)
                         and devices.tree.regs(node)
                         and not any(p.fatal for p in devices.problems(node))]
                try:
                    created = addcell.add_cell(devices, "rtos", "1", "16M", uarts[:1])
                except ConfigError as error:
                    self.assertTrue(any(words in error.message for words in REFUSALS), error)
                    continue
                data = blob.pack(source.compile_text(created.text).config)
                if checker.find():
                    self.assertEqual(checker.verdicts([data]), [None])
