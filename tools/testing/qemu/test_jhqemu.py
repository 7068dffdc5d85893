# SPDX-License-Identifier: GPL-2.0-only
# Copyright (c) The jh authors
"""Tests of jh-qemu's parts that need no QEMU."""

import io
import json
import os
import socket
import subprocess
import sys
import tempfile
import threading
import unittest
from contextlib import redirect_stdout
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from jhqemu import machines                         # noqa: E402
from jhqemu.cpio import Archive                     # noqa: E402
from jhqemu.outcome import Outcome, SerialChannel   # noqa: E402
from jhqemu.wires import Wiring                     # noqa: E402


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


class Where(unittest.TestCase):
    """A run that does not end is reported with the running test and its last result."""

    @staticmethod
    def after(*pieces: bytes) -> str:
        """Return the words after these pieces of output."""
        outcome = Outcome()
        with redirect_stdout(io.TextIOWrapper(io.BytesIO())):
            for piece in pieces:
                outcome.output(piece)
        return outcome.where()

    def test_selftest(self) -> None:
        self.assertEqual(self.after(b"# running a.sh\nok 1 - x\n# running b.s", b"h 5\nok 1 - y",
                                    b"\n\nnot co"), "b.sh 5 was running, after `ok 1 - y`")

    def test_before_its_first_result(self) -> None:
        self.assertEqual(self.after(b"# running a.sh\nok 1 - x\n# running b.sh\n"),
                         "b.sh was running, before its first result")

    def test_any_command(self) -> None:
        self.assertEqual(self.after(b""), "the command was running, before its first line")


class Wires(unittest.TestCase):
    """Lines are connected by QMP before the machine starts; an error of QEMU's is not hidden."""

    def talk(self, replies: list[dict[str, object]]) -> list[str]:
        """Play QEMU with these replies; return the commands that came."""
        wiring = Wiring([("/gic", "line", "/cpu")])
        peer = socket.socket(fileno=os.dup(wiring.theirs.fileno()))
        commands: list[str] = []

        def qemu() -> None:
            with peer, peer.makefile("rw") as stream:
                stream.write('{"QMP": {}}\n')
                stream.flush()
                for reply in replies:
                    commands.append(json.loads(stream.readline())["execute"])
                    stream.write('{"event": "x"}\n' + json.dumps(reply) + "\n")
                    stream.flush()

        thread = threading.Thread(target=qemu)
        thread.start()
        try:
            wiring.connect()
        finally:
            thread.join()
        return commands

    def test_order(self) -> None:
        self.assertEqual(self.talk([{"return": {}}] * 3), ["qmp_capabilities", "qom-set", "cont"])

    def test_error(self) -> None:
        with self.assertRaisesRegex(RuntimeError, "no such property"):
            self.talk([{"return": {}}, {"error": {"desc": "no such property"}}])

    def test_qemu_has_ended(self) -> None:
        wiring = Wiring([])
        wiring.connect()


class Boards(unittest.TestCase):
    """Each machine's configurations are in the tree, and its device tree's editor too."""

    def test_folders(self) -> None:
        here = Path(__file__).resolve().parent
        for name, machine in machines.MACHINES.items():
            with self.subTest(name):
                folder = here.parents[2] / "configs" / "arm64" / machine.configs
                self.assertTrue((folder / "sys.toml").exists())
                if machine.dtb_edit:
                    self.assertTrue(os.access(here / machine.dtb_edit, os.X_OK))


if __name__ == "__main__":
    unittest.main()
