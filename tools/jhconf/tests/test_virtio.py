# SPDX-License-Identifier: GPL-2.0-only
# Copyright (c) The jh authors
"""Virtio devices in sources: defaults, the link by its name, the way back."""

from __future__ import annotations

import unittest

from jhconf import decode, diff, show
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
peer = "root"
size = "64K"
address = {address:#x}
bells = {bells}
"""
VIRTIO = """
[[virtio]]
link = "{name}"
kind = "{kind}"
{more}
"""


def source(*devices: tuple[str, str, str]) -> str:
    """A link for each device (name, kind, more keys), in the opposite order."""
    text = CELL
    for index, (name, _, _) in reversed(list(enumerate(devices))):
        text += LINK.format(name=name, address=0x70000000 + (index << 16), bells=3)
    for name, kind, more in devices:
        text += VIRTIO.format(name=name, kind=kind, more=more)
    return text


class Virtio(unittest.TestCase):

    def test_defaults(self) -> None:
        """A queue each way, or one; a link is found by its name."""
        text = source(("disk", "block", ""), ("card", "net", ""), ("tty", "console", ""),
                      ("dice", "entropy", ""), ("big", "block", "queues = 2\nqueue-size = 1024"),
                      ("one", "net", "queues = 1"))
        found = [(item["link"], item["kind"], item["queues"], item["queue_size"])
                 for item in compile_text(text).config.elements("virtio")]
        self.assertEqual(found, [(5, 2, 1, 128), (4, 1, 2, 128), (3, 3, 2, 128), (2, 4, 1, 128),
                                 (1, 2, 2, 1024), (0, 1, 1, 128)])

    def test_back(self) -> None:
        """What is decoded compiles to the same, and people see what stands on what."""
        config = compile_text(source(("disk", "block", ""), ("card", "net", "queues = 1"))).config
        text = decode.decode(config)
        self.assertIn("[[virtio]]\nlink = \"card\"\nkind = \"net\"\nqueues = 1\n", text)
        self.assertEqual(compile_text(text).config.sections, config.sections)
        self.assertIn("block  over disk  queues 1  of 128", show.text(config))
        other = compile_text(source(("disk", "block", "queue-size = 8"),
                                    ("card", "net", ""))).config
        self.assertEqual(diff.diff(config, other),
                         ["~ virtio[0]: queue-size 128 -> 8", "~ virtio[1]: queues 1 -> 2"])
        other.elements("virtio")[0]["link"] = 0
        self.assertIn("~ virtio[0]: link disk -> card, queue-size 128 -> 8",
                      diff.diff(config, other))

    def test_what_is_wrong(self) -> None:
        for old, new, said in (
                ("link = \"disk\"", "link = \"disc\"", "link names no link of the cell: \"disk\""),
                ("link = \"disk\"", "size = \"big\"", "no size"),
                ("link = \"disk\"", "link = \"disk\"\nsize = \"64K\"", "size"),
                ("link = \"disk\"", "address = 0x70000000", "address"),
                ("kind = \"block\"", "", "kind"),
                ("kind = \"block\"", "kind = \"blok\"", "block"),
                ("kind = \"block\"", "kind = \"block\"\nirq = 3", "irq")):
            with self.assertRaisesRegex(ConfigError, said):
                compile_text(source(("disk", "block", "")).replace(old, new))
        with self.assertRaisesRegex(ConfigError, "no table"):
            compile_text(CELL + "virtio = [3]")
        with self.assertRaisesRegex(ConfigError, "there is none"):
            compile_text(CELL + VIRTIO.format(name="disk", kind="block", more=""))

    def test_links_of_their_own(self) -> None:
        """A stock Linux finds their memory side by side below its RAM, and it ends at 1 GiB."""
        text = CELL.replace('"1M"', '"64M@0x40000000"') + "".join(
            f"[[virtio]]\nkind = \"{kind}\"\n{more}" for kind, more in (
                ("block", ""), ("net", "queues = 3\n"), ("console", ""), ("entropy", ""),
                ("block", "size = \"2M\"\n"), ("block", "name = \"root\"\n")))
        config = compile_text(text).config
        links = config.elements("link")
        self.assertEqual([link["name"] for link in links],
                         ["disk", "net", "console", "rng", "disk2", "root"])
        self.assertEqual([link["bells"] for link in links], [2, 4, 3, 2, 2, 2])
        self.assertEqual([link["output"] for link in links], [0] * 6)
        self.assertEqual([link["peer"] for link in links], ["root"] * 6)
        # From below: console, rng, disk2, and the large ones.
        places = [(0x40000000 - (mib << 20), size << 20) for mib, size in (
            (48, 16), (32, 16), (52, 1), (51, 1), (50, 2), (16, 16))]
        self.assertEqual([(link["address"], link["size"]) for link in links], places)
        self.assertEqual([item["link"] for item in config.elements("virtio")], list(range(6)))
        self.assertEqual(len({link["irq"] for link in links}), 6)
        pages = [int(link["registers"]) for link in links]
        self.assertEqual(len(set(pages)), 6)
        self.assertFalse([page for page in pages if 0x40000000 - (52 << 20) <= page < 0x44000000])
        self.assertEqual(compile_text(decode.decode(config)).config.sections, config.sections)

    def test_registers_beside_all_memory(self) -> None:
        """Those of the first link are not where the memory of the second one will be."""
        config = compile_text(CELL.replace('"1M"', '"1M@0x10000000"\nconsole = "uart"') +
                              2 * "[[virtio]]\nkind = \"block\"\nsize = \"48M\"\n").config
        links = config.elements("link")
        self.assertEqual([link["address"] for link in links], [0xa000000, 0xd000000])
        self.assertEqual([link["registers"] for link in links], [0x11000000, 0x12000000])

    def test_links_of_both_kinds(self) -> None:
        """What names a link stands on that, and names are not given twice."""
        config = compile_text(source(("disk", "block", "")) + "[[virtio]]\nkind = \"block\"\n")
        self.assertEqual([link["name"] for link in config.config.elements("link")],
                         ["disk", "disk2"])
        self.assertEqual([item["link"] for item in config.config.elements("virtio")], [0, 1])

    def test_where_there_is_no_room(self) -> None:
        """RAM at 0, or something in the way: elsewhere, and over nothing."""
        for ram, more, address in (
                ("1M", "", 0x70000000), ("1M@0x1000000", "", 0x70000000),
                ("1M@0x2000000", "", 0x1000000), ("1M@0x40000000", "", 0x3f000000),
                ("1M@0x7fff0000", "", 0x3f000000), ("1M@0x800000000", "", 0xff000000),
                ("1M@0x40000000", LINK.format(name="x", address=0x3ffff000, bells=2),
                 0x70000000),
                ("1M", LINK.format(name="x", address=0x70000000, bells=2), 0x71000000)):
            config = compile_text(CELL.replace('"1M"', f'"{ram}"') + more +
                                  "[[virtio]]\nkind = \"block\"\n").config
            self.assertEqual(int(config.elements("link")[-1]["address"]), address, (ram, more))

    def test_a_link_that_is_not_there(self) -> None:
        """Of a blob that nobody has checked."""
        config = compile_text(source(("disk", "block", ""))).config
        config.elements("virtio")[0]["link"] = 1
        with self.assertRaisesRegex(Unspellable, "link\\[1\\], which is not there"):
            decode.decode(config)
        self.assertIn("over 1", show.text(config))


if __name__ == "__main__":
    unittest.main()
