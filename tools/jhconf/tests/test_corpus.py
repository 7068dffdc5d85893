# SPDX-License-Identifier: GPL-2.0-only
# Copyright (c) The jh authors
"""The corpus: sources that must be accepted, and sources with the refusal that they must get.

A bad source says in its third line what is wrong: `# REASON: part of the message`; REASON is that
of the C checker, or `source` if compiling already fails. A cell is judged against corpus/sys.toml.
"""

import contextlib
import io
import tempfile
import unittest
from pathlib import Path

from jhconf import checker, cli
from jhconf.tests.dtb import dtb, machine

CORPUS = Path(__file__).resolve().parent / "corpus"


class CorpusTest(unittest.TestCase):

    def setUp(self) -> None:
        if checker.find() is None:
            self.skipTest("jh-check is not built")
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        (self.folder / "tree.dtb").write_bytes(dtb(machine()))

    def compile(self, path: Path) -> tuple[int, str]:
        arguments = ["compile", str(path), "-o", str(self.folder / "out.cell"),
                     "--tree", str(self.folder / "tree.dtb")]
        if "sys" not in path.name:
            arguments += ["--system", str(CORPUS / "sys.toml")]
        errors = io.StringIO()
        with contextlib.redirect_stderr(errors):
            return cli.main(arguments), errors.getvalue()

    def test_good(self) -> None:
        paths = sorted((CORPUS / "good").glob("*.toml"))
        self.assertGreater(len(paths), 5)
        for path in [CORPUS / "sys.toml", *paths]:
            with self.subTest(path.name):
                status, errors = self.compile(path)
                notes = [line for line in errors.splitlines() if ": note: with direct" in line]
                self.assertEqual((status, errors.splitlines()), (0, notes))
                self.assertEqual(len(notes), '"direct"' in path.read_text(encoding="utf-8"))

    def test_bad(self) -> None:
        paths = sorted((CORPUS / "bad").glob("*.toml"))
        self.assertGreater(len(paths), 15)
        for path in paths:
            expected = path.read_text(encoding="utf-8").splitlines()[2].removeprefix("# ")
            with self.subTest(path.name):
                status, errors = self.compile(path)
                self.assertEqual(status, 1)
                self.assertIn(expected, errors)
                self.assertEqual(errors.count("\n"), 1, "one line for one mistake")
                self.assertFalse((self.folder / "out.cell").exists())
