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
                ("link = \"disk\"", "", "link"),
                ("kind = \"block\"", "", "kind"),
                ("kind = \"block\"", "kind = \"blok\"", "block"),
                ("kind = \"block\"", "kind = \"block\"\nirq = 3", "irq")):
            with self.assertRaisesRegex(ConfigError, said):
                compile_text(source(("disk", "block", "")).replace(old, new))
        with self.assertRaisesRegex(ConfigError, "there is none"):
            compile_text(CELL + VIRTIO.format(name="disk", kind="block", more=""))

    def test_a_link_that_is_not_there(self) -> None:
        """Of a blob that nobody has checked."""
        config = compile_text(source(("disk", "block", ""))).config
        config.elements("virtio")[0]["link"] = 1
        with self.assertRaisesRegex(Unspellable, "link\\[1\\], which is not there"):
            decode.decode(config)
        self.assertIn("over 1", show.text(config))


if __name__ == "__main__":
    unittest.main()
