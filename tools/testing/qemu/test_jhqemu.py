# SPDX-License-Identifier: GPL-2.0-only
# Copyright (c) The jh authors
"""Tests of jh-qemu's parts that need no QEMU."""

import io
import subprocess
import sys
import tempfile
import unittest
from contextlib import redirect_stdout
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from jhqemu import machines                         # noqa: E402
from jhqemu.cpio import Archive                     # noqa: E402
from jhqemu.outcome import Outcome, SerialChannel   # noqa: E402


class DefaultAppend(unittest.TestCase):
    """CPUs with VHE get the argument that leaves EL2 free, unless the user chose."""

    def test_by_model(self) -> None:
        for model, expected in (("cortex-a57", ""), ("cortex-a72,pmu=off", ""), ("", ""),
                                ("cortex-a76", "kvm-arm.mode=nvhe"),
                                ("max,pauth-impdef=on", "kvm-arm.mode=nvhe")):
            with self.subTest(model=model):
                self.assertEqual(machines.default_append(model, "quiet"), expected)

    def test_user_chose(self) -> None:
        self.assertEqual(machines.default_append("max", "kvm-arm.mode=none quiet"), "")


class Cpio(unittest.TestCase):
    """The archives are what cpio(1) understands."""

    def test_cpio_unpacks_it(self) -> None:
        archive = Archive()
        archive.file("a/b/file", b"content", 0o755)
        archive.symlink("a/link", "b/file")
        with tempfile.TemporaryDirectory() as directory:
            subprocess.run(["cpio", "-i", "--quiet"], cwd=directory, check=True,
                           input=archive.finish())
            self.assertEqual((Path(directory) / "a/link").read_bytes(), b"content")
            self.assertEqual((Path(directory) / "a/b/file").stat().st_mode & 0o777, 0o755)

    def test_same_bytes_each_time(self) -> None:
        self.assertEqual(*[self._tree() for _ in range(2)])

    @staticmethod
    def _tree() -> bytes:
        archive = Archive()
        archive.tree(Path(__file__).parent / "jhqemu" / "guest", "guest")
        return archive.finish()


class Serial(unittest.TestCase):
    """Output, status and files come through the console in pieces of any size."""

    CONSOLE = (b"[ 0.1] booting\r\njh-qemu:begin\r\none\ntwojh-qemu:files\njh-qemu:exit 7\n"
               b"[ 0.2] a message\r\njh-qemu:end\n")

    def test_any_pieces(self) -> None:
        for size in (1, 2, 7, 1000):
            with self.subTest(size=size):
                outcome = Outcome()
                channel = SerialChannel(outcome)
                shown = io.TextIOWrapper(io.BytesIO())
                with redirect_stdout(shown):
                    for at in range(0, len(self.CONSOLE), size):
                        channel.take(self.CONSOLE[at:at + size])
                self.assertEqual(shown.buffer.getvalue(), b"one\ntwo")  # type: ignore[attr-defined]
                self.assertEqual(outcome.status, 7)


if __name__ == "__main__":
    unittest.main()
