# SPDX-License-Identifier: GPL-2.0-only
# Copyright (c) The jh authors
"""Links in sources: defaults, the way back, what is said about both sides."""

from __future__ import annotations

import unittest

from jhconf import addcell, decode, diff, facts, setrules, show
from jhconf.devices import Devices
from jhconf.errors import ConfigError
from jhconf.findings import Member
from jhconf.source import compile_text
from jhconf.tests.dtb import dtb, machine

CELL = """
name = "{name}"
cpus = [{cpu}]
memory = "1M"
"""
LINK = """
[[link]]
name = "samples"
peer = "{peer}"
size = "64K"
address = 0x70000000
{more}
"""


def source(name: str, peer: str, more: str = "", cpu: int = 2) -> str:
    return CELL.format(name=name, cpu=cpu) + LINK.format(peer=peer, more=more)


def member(name: str, peer: str, more: str = "", cpu: int = 2) -> Member:
    """A compiled file of a set."""
    return Member(f"{name}.toml", compile_text(source(name, peer, more, cpu)).config, b"")


class Links(unittest.TestCase):

    def test_defaults(self) -> None:
        """The cell whose name comes first is side 0; what nobody chose is free."""
        left, right = (compile_text(source(*names)).config.elements("link")[0]
                       for names in (("left", "right"), ("right", "left")))
        self.assertEqual((left["side"], right["side"]), (0, 1))
        self.assertEqual((left["output"], left["bells"], left["registers"], left["irq"]),
                         (0x4000, 2, 0x9000000, 33))
        left["side"] = 1
        self.assertEqual(left, right | {"peer": "right"})

    def test_free_places(self) -> None:
        """Nothing else of the cell is where the defaults are, nor has their number."""
        text = "console = \"uart\"\n" + source("left", "right", "irq = 34") + \
            LINK.format(peer="third", more="").replace("samples", "files").replace(
                "0x7", "0xb")
        links = compile_text(text).config.elements("link")
        self.assertEqual([link["registers"] for link in links], [0xa000000, 0xb000000])
        self.assertEqual([link["irq"] for link in links], [34, 35])

    def test_rpmsg(self) -> None:
        """The cell names the link that carries messages, and gets the name back."""
        text = source("left", "root") + LINK.format(peer="root", more="").replace(
            "samples", "files").replace("0x7", "0x5")
        config = compile_text("rpmsg = \"files\"\n" + text).config
        self.assertEqual([link["flags"] for link in config.elements("link")], [0, 1])
        self.assertIn("rpmsg = \"files\"", decode.decode(config))
        self.assertIn("bells 2, carries rpmsg", show.text(config))
        with self.assertRaisesRegex(ConfigError, "no link of the cell: \"samples\", \"files\""):
            compile_text("rpmsg = \"other\"\n" + text)
        with self.assertRaisesRegex(ConfigError, "there is none"):
            compile_text("rpmsg = \"files\"\n" + CELL.format(name="left", cpu=2))
        for link in config.elements("link"):
            link["flags"] = 1
        with self.assertRaisesRegex(ConfigError, "more than one"):
            decode.decode(config)

    def test_needed(self) -> None:
        for key in ("name", "peer", "size", "address"):
            lines = [line for line in source("left", "right").splitlines()
                     if not (line.startswith(f"{key} =") and "left" not in line)]
            with self.assertRaisesRegex(ConfigError, key):
                compile_text("\n".join(lines))
        with self.assertRaisesRegex(ConfigError, "adress"):
            compile_text(source("left", "right", "adress = 1"))

    def test_round_trip(self) -> None:
        config = compile_text(source("left", "right", "output = \"8K\"\nbells = 16")).config
        self.assertEqual(compile_text(decode.decode(config)).config, config)
        self.assertIn("samples  side 0, to right  0x0070000000-0x007000ffff  output 8 KiB",
                      show.text(config))

    def test_add_cell(self) -> None:
        """Where nothing else of the cell is; an address that was given stays."""
        devices = Devices(facts.from_tree(dtb(machine(3))))
        config = compile_text(addcell.add_cell(
            devices, "left", "2", "32M@0x6f000000", [],
            links=["samples:right", "files:right:1M", "more:third:64K@0x72345000"]).text
        ).config
        self.assertEqual([(link["name"], link["peer"], link["size"], link["address"])
                          for link in config.elements("link")],
                         [("samples", "right", 64 << 10, 0x71000000),
                          ("files", "right", 1 << 20, 0x72000000),
                          ("more", "third", 64 << 10, 0x72345000)])
        for spec in ("samples", "samples:", ":right", "1:right", "a b:right", "samples:right:"):
            with self.assertRaisesRegex(ConfigError, "--link NAME:PEER"):
                addcell.add_cell(devices, "left", "2", "1M", [], links=[spec])
        with self.assertRaises(ConfigError):
            addcell.add_cell(devices, "left", "2", "1M", [], links=["samples:right:x"])

    def test_diff(self) -> None:
        old, new = (compile_text(source("left", "right", more)).config
                    for more in ("", "bells = 3"))
        self.assertEqual(len(diff.diff(old, new)), 1)
        self.assertIn("bells", diff.diff(old, new)[0])

    def findings(self, *cells: Member) -> list[str]:
        """What is said of links."""
        return [f"{finding.severity} {finding.object}: {finding.reason}" for cell in cells
                for finding in setrules.links(cell, list(cells))]

    def test_both_sides(self) -> None:
        left = member("left", "right")
        self.assertEqual(self.findings(left, member("right", "left", cpu=3)), [])
        self.assertIn("in none of the files", self.findings(left)[0])
        for more, word in (("bells = 3", "bells"), ("output = \"8K\"", "output"),
                           ("side = 0", "side")):
            found = self.findings(left, member("right", "left", more, 3))
            self.assertEqual(len(found), 1, found)
            self.assertTrue(found[0].startswith("error") and found[0].endswith(word), found)
        self.assertEqual(self.findings(member("left", "root")), [])
        found = self.findings(left, member("right", "third", cpu=3))
        self.assertTrue(any("peer" in text for text in found), found)


if __name__ == "__main__":
    unittest.main()
