# SPDX-License-Identifier: GPL-2.0-only
# Copyright (c) The jh authors
"""The commands of Documentation/tutorial.rst do what the page says."""

from __future__ import annotations

import contextlib
import io
import os
import re
import shutil
import tempfile
import unittest
from pathlib import Path

from jhconf import checker, cli

TOP = Path(__file__).resolve().parents[3]
PAGE = TOP / "Documentation" / "tutorial.rst"
BOARD = "build/kernels/6.12/usr/lib/linux-image-*/xilinx/zynqmp-zcu102-rev1.0.dtb"


def commands() -> list[tuple[str, list[str]]]:
    """Each `$ jhconf` line with the lines of output that follow it on the page."""
    result: list[tuple[str, list[str]]] = []
    for line in PAGE.read_text(encoding="utf-8").splitlines():
        found = re.match(r"^ +\$ jhconf (.*)$", line)
        if found:
            result.append((found[1], []))
        elif result and line.startswith("    ") and not line.lstrip().startswith(("$", "#")):
            result[-1][1].append(line[4:])
        elif not line.startswith(" ") and line and result:
            result.append(("", []))
    return [item for item in result if item[0]]


class TutorialTest(unittest.TestCase):

    def test_commands(self) -> None:
        boards = sorted(TOP.glob(BOARD))
        if not boards or checker.find() is None:
            self.skipTest("needs the device trees of ci/setup and jh-check")
        self.assertGreater(len(commands()), 8)
        before = os.getcwd()
        with tempfile.TemporaryDirectory() as folder:
            shutil.copy(boards[0], Path(folder, "board.dtb"))
            os.chdir(folder)
            self.addCleanup(os.chdir, before)
            for command, expected in commands():
                with self.subTest(command):
                    self.check(command, expected)
            os.chdir(before)

    def check(self, command: str, expected: list[str]) -> None:
        out = io.StringIO()
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(out):
            status = cli.main(command.split())
        told = out.getvalue()
        self.assertNotIn("Traceback", told)
        self.assertEqual(status, 1 if any("it is the console" in line for line in expected) else 0,
                         told)
        for line in expected:
            for part in line.split("..."):
                self.assertIn(part.strip(), told)
