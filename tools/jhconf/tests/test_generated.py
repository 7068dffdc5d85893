# SPDX-License-Identifier: GPL-2.0-only
# Copyright (c) The jh authors
"""Generated files in the tree are those that the schema gives today."""

import unittest
from pathlib import Path

from jhconf import cheader, doc

TOP = Path(__file__).resolve().parents[3]


class GeneratedTest(unittest.TestCase):

    def compare(self, name: str, text: str, command: str) -> None:
        self.assertEqual((TOP / name).read_text(encoding="utf-8"), text,
                         f"{name} is old: run tools/jhconf/jhconf {command} -o {name}")

    def test_header(self) -> None:
        self.compare("hypervisor/uapi/jh/config.h", cheader.render(), "header")

    def test_documentation(self) -> None:
        self.compare("Documentation/reference/config-format.rst", doc.render(), "doc")
