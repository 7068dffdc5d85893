# SPDX-License-Identifier: GPL-2.0-only
# Copyright (c) The jh authors
"""Links as PCI devices in sources: what the compiler chooses, and the way back."""

from __future__ import annotations

import unittest

from jhconf import decode, diff, show
from jhconf.blob import Config
from jhconf.errors import ConfigError
from jhconf.source import compile_text
from jhconf.values import Unspellable

CELL = """
name = "guest"
cpus = [2]
memory = "1M"
"""
LINK = """
[[link]]
name = "{name}"
peer = "other"
size = "64K"
address = {address:#x}
{more}
"""


def link(index: int, name: str, more: str = "") -> str:
    return LINK.format(name=name, address=0x70000000 + (index << 16), more=more)


def device(name: str, more: str = "") -> str:
    return f"[[ivshmem]]\nlink = \"{name}\"\n{more}\n"


def compiled(text: str) -> Config:
    return compile_text(CELL + text).config


def places(config: Config) -> list[int]:
    return [int(item["registers"]) for item in config.elements("link")]


class Ivshmem(unittest.TestCase):

    def test_defaults(self) -> None:
        """The window where Jailhouse's demo looks, slots in order, registers one after another."""
        config = compiled(link(0, "a") + link(1, "plain") + link(2, "b") + device("b")
                          + device("a"))
        self.assertEqual(config.one("pci"), {"ecam": 0xfe000000, "window": 0xff000000,
                                             "window_size": 0x10000})
        self.assertEqual([(item["link"], item["slot"], item["protocol"])
                          for item in config.elements("ivshmem")], [(2, 0, 0), (0, 1, 0)])
        self.assertEqual(places(config), [0xff001000, 0x9000000, 0xff000000])
        self.assertEqual(config.one("cell")["vpci_irq_base"], 35 - 32)

    def test_root(self) -> None:
        """Linux' side of a link to root may be one, whatever it is in the cell."""
        text = link(0, "a").replace("\"other\"", "\"root\"") + "root-pci = true\n" + link(1, "b")
        config = compiled(text)
        self.assertEqual([item["flags"] for item in config.elements("link")], [2, 0])
        self.assertFalse(config.elements("pci"))
        self.assertIn("root-pci = true", decode.decode(config))
        self.assertEqual(decode.decode(config).count("root-pci"), 1)
        self.assertEqual(compile_text(decode.decode(config)).config, config)
        self.assertIn("bells 2, a PCI device of root", show.text(config))
        with self.assertRaisesRegex(ConfigError, "neither true nor false"):
            compiled(link(0, "a", "root-pci = 1"))
        self.assertEqual(compiled(link(0, "a", "root-pci = false")).elements("link")[0]["flags"], 0)

    def test_slots(self) -> None:
        """Those that are named stay; the first device's pin counts."""
        config = compiled("".join(link(i, name) for i, name in enumerate("abcd"))
                          + device("a", "slot = 6") + device("b") + device("c", "slot = 0")
                          + device("d"))
        self.assertEqual([item["slot"] for item in config.elements("ivshmem")], [6, 1, 0, 2])
        self.assertEqual(config.one("cell")["vpci_irq_base"], 0)
        config = compiled(link(0, "a", "irq = 100") + device("a", "slot = 6"))
        self.assertEqual(config.one("cell")["vpci_irq_base"], 100 - 32 - 2)
        config = compiled("vpci-irq-base = 7\n" + link(0, "a") + device("a"))
        self.assertEqual(config.one("cell")["vpci_irq_base"], 7)

    def test_places(self) -> None:
        """What the cell has already is avoided, as is what the source names."""
        more = "pci = { window = 0xfe000000 }\n"
        config = compiled(more + link(0, "a", "registers = 0xfe000000") + link(1, "b")
                          + device("b") + device("a"))
        self.assertEqual(places(config), [0xfe000000, 0xfe001000])
        self.assertEqual(config.one("pci")["ecam"], 0xff000000)
        config = compiled("pci = { ecam = 0xff000000 }\n" + link(0, "a") + device("a"))
        self.assertEqual(config.one("pci")["window"], 0xfe000000)
        config = compiled("pci = { ecam = 0x9000000 }\n" + link(0, "a") + link(1, "plain")
                          + device("a"))
        self.assertEqual(places(config), [0xff000000, 0xa000000])
        config = compile_text(CELL.replace('"1M"', '["1M@0", "32M@0xfd800000"]') + link(0, "a")
                              + device("a")).config
        self.assertEqual((config.one("pci")["window"], config.one("pci")["ecam"]),
                         (0xfd000000, 0xfc000000))

    def test_back(self) -> None:
        """What is decoded compiles to the same, and people see what there is."""
        config = compiled(link(0, "a") + link(1, "b") + device("b", "protocol = \"net\"")
                          + device("a", "slot = 31\nprotocol = 0x4001"))
        text = decode.decode(config)
        self.assertEqual(compile_text(text).config.sections, config.sections)
        shown = show.text(config)
        self.assertIn("ECAM 0x00fe000000-0x00fe0fffff, window 0x00ff000000-0x00ff00ffff", shown)
        self.assertIn("00:00.0  110a:4106  over b  pin A  protocol net", shown)
        self.assertIn("00:1f.0  110a:4106  over a  pin D  protocol 0x4001", shown)
        other = compile_text(text.replace("slot = 31", "slot = 30")).config
        self.assertEqual(diff.diff(config, other), ["~ ivshmem[1]: slot 31 -> 30"])

    def test_what_is_wrong(self) -> None:
        good = CELL + link(0, "a") + device("a", "slot = 1")
        for old, new, said in (
                ("link = \"a\"", "link = \"c\"", "link names no link of the cell: \"a\""),
                ("link = \"a\"\n", "", "link"), ("slot = 1", "slots = 1", "slot"),
                ("slot = 1", "protocol = \"nets\"", "net"),
                ("[[ivshmem]]", "[ivshmem]", "two brackets"),
                ("memory = \"1M\"", "memory = \"1M\"\npci = 5", "no table")):
            with self.assertRaisesRegex(ConfigError, said):
                compile_text(good.replace(old, new))

    def test_a_link_that_is_not_there(self) -> None:
        """Of a blob that nobody has checked."""
        config = compiled(link(0, "a") + device("a"))
        config.elements("ivshmem")[0]["link"] = 1
        with self.assertRaisesRegex(Unspellable, "link\\[1\\], which is not there"):
            decode.decode(config)
        self.assertIn("over 1", show.text(config))
        del config.sections["pci"]
        with self.assertRaisesRegex(Unspellable, "PCI host, and there is none"):
            decode.decode(config)


if __name__ == "__main__":
    unittest.main()
