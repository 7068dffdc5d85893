# SPDX-License-Identifier: GPL-2.0-only
# Copyright (c) The jh authors
"""Suggestions for a listed root, from recorded accesses."""

import unittest

from jhconf import blob, checker, facts, source, suggest
from jhconf.devices import Devices
from jhconf.tests.dtb import dtb, machine

LISTED = ('name = "m"\npool = "2M"\nroot = { memory = "listed" }\n[[memory]]\n'
          'phys = 0x40000000\nsize = "64M"\n')
LOG = """
[    1.2] cpu0: learn: root read 0x9010fe0
learn: root write 0x9030404
learn: root read 0x44000000
learn: root fetch 0x47000000
learn: root write 0xb000010
learn: root read 0x40000010
something else 0x1234
"""


class SuggestTest(unittest.TestCase):

    def setUp(self) -> None:
        self.devices = Devices(facts.from_tree(dtb(machine())))
        self.system = source.compile_text(LISTED, self.devices.tree).config

    def test_devices_and_ram_are_widened_and_clipped(self) -> None:
        found = suggest.suggest(LOG, self.system, self.devices)
        self.assertEqual([(s.where.start, s.where.end, s.what) for s in found], [
            (0x9010000, 0x9011000, "no device of the tree: check what Linux does there"),
            (0x9030000, 0x9031000, "/gpio@9030000"),
            (0xb000000, 0xb001000, "no device of the tree: check what Linux does there"),
            (0x44000000, 0x80000000, "RAM")])

    def test_the_source_with_the_lines_is_good_and_complete(self) -> None:
        text = LISTED + suggest.render(suggest.suggest(LOG, self.system, self.devices))
        config = source.compile_text(text, self.devices.tree).config
        if checker.find():
            self.assertEqual(checker.verdicts([blob.pack(config)]), [None])
        self.assertEqual(suggest.suggest(LOG, config, self.devices), [])

    def test_without_a_tree_pages_are_joined(self) -> None:
        log = "learn: root read 0x1000\nlearn: root write 0x2000\nlearn: root read 0x4000\n"
        found = suggest.suggest(log, self.system, None)
        self.assertEqual([(s.where.start, s.where.size) for s in found],
                         [(0x1000, 0x2000), (0x4000, 0x1000)])

    def test_every_byte_is_of_its_page(self) -> None:
        self.assertEqual(suggest.accesses("learn: root read 0x2001\nlearn: root read 0x2fff\n"),
                         {0x2000: (suggest.accesses("learn: root read 0x0\n")[0][0], 2)})

    def test_nothing(self) -> None:
        self.assertIn("Nothing", suggest.render(suggest.suggest("", self.system, None)))
