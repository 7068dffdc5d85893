# SPDX-License-Identifier: GPL-2.0-only
# Copyright (c) The jh authors
"""Tests of how jh-qemu follows a machine, makes an initramfs and probes, without QEMU."""

import contextlib
import io
import json
import lzma
import os
import re
import stat
import subprocess
import sys
import tarfile
import tempfile
import time
import unittest
from pathlib import Path
from unittest import mock

sys.path.insert(0, str(Path(__file__).parent))

from jhqemu import initramfs, probe, session        # noqa: E402
from jhqemu.cpio import Archive                     # noqa: E402
from jhqemu.debugger import DebuggerError           # noqa: E402
from jhqemu.machines import MACHINES, NO_VHE, icount_arguments  # noqa: E402
from jhqemu.outcome import Outcome, SerialChannel   # noqa: E402

# QEMU, as far as a session sees it: descriptors by name in its arguments, and a story to tell.
QEMU = """
import json, os, re, sys, time
text = " ".join(sys.argv)
fds = {name: int(fd) for name, fd in re.findall(r"id=([\\w-]+),fd=(\\d+)", text)}
for step in json.loads(sys.argv[1]):
    if step[0] == "sleep":
        time.sleep(step[1])
    elif step[0] == "close":
        for fd in fds.values():
            os.close(fd)
    elif step[0] == "end":
        os._exit(step[1])
    else:
        os.write(fds[step[0]], step[1].encode())
        time.sleep(0.05)
time.sleep(100)
"""


class Followed(unittest.TestCase):
    """A session ends with the command's status, or reports why there is none."""

    def setUp(self) -> None:
        self.folder = tempfile.TemporaryDirectory()
        self.log = Path(self.folder.name, "log")
        self.addCleanup(self.folder.cleanup)
        self.shown, self.said = io.TextIOWrapper(io.BytesIO()), io.StringIO()
        self.seconds = 0.0

    def follow(self, *story: tuple, timeout: float | None = 20.0, kind: str = "virtio") -> int:
        """Follow a QEMU with this behaviour; return the status."""
        began = time.monotonic()
        with contextlib.redirect_stdout(self.shown), contextlib.redirect_stderr(self.said), \
                session.Session(self.log, timeout) as followed:
            arguments = followed.console_arguments() + followed.channel_arguments(kind)
            self.outcome = followed.outcome
            status = followed.run([sys.executable, "-c", QEMU, json.dumps(story), *arguments], [])
        self.seconds = time.monotonic() - began
        # Nothing of it is left behind.
        self.assertIsNotNone(followed._process.poll())      # type: ignore[union-attr]
        self.assertTrue(followed._log.closed)
        return status

    def output(self) -> bytes:
        """The output of the command."""
        return self.shown.buffer.getvalue()         # type: ignore[attr-defined]

    def test_a_command_ends(self) -> None:
        status = self.follow(("console", "[ 0.1] booting\n"), ("jh-output", "hello\n"),
                             ("jh-control", "exit "), ("jh-output", "more"), ("jh-control", "7\n"))
        self.assertEqual(status, 7)
        self.assertEqual(self.output(), b"hello\nmore")
        self.assertEqual(self.log.read_bytes(), b"[ 0.1] booting\n")
        self.assertEqual(self.said.getvalue(), "")

    def test_files(self) -> None:
        packed = io.BytesIO()
        with tarfile.open(fileobj=packed, mode="w", format=tarfile.USTAR_FORMAT) as archive:
            member = tarfile.TarInfo("etc/name")
            member.size = 3
            archive.addfile(member, io.BytesIO(b"abc"))
            archive.addfile(tarfile.TarInfo("etc/empty"))
        text = packed.getvalue().decode("latin-1")
        self.assertEqual(self.follow(("jh-files", text), ("jh-control", "exit 0\n")), 0)
        wanted = [("/etc/name", Path(self.folder.name, "name")), ("/etc/other", self.log),
                  ("etc/empty", Path(self.folder.name, "empty"))]
        self.assertEqual(self.outcome.save(wanted), ["/etc/other"])
        self.assertEqual(wanted[0][1].read_bytes(), b"abc")
        self.assertEqual(wanted[2][1].read_bytes(), b"")
        self.assertEqual(Outcome().save(wanted[:1]), ["/etc/name"])

    def test_by_the_console(self) -> None:
        status = self.follow(("console", "jh-qemu:begin\nhello\njh-qemu:files\n"),
                             ("console", "jh-qemu:exit 3\njh-qemu:end\n"), kind="serial")
        self.assertEqual((status, self.output()), (3, b"hello\n"))

    def test_no_end(self) -> None:
        status = self.follow(("console", "\n".join(f"line {n}" for n in range(50)) + "\n"),
                             ("jh-output", "# running a.sh\nok 1 - x\n"), timeout=1.5)
        self.assertEqual(status, session.EXIT_TIMEOUT)
        self.assertEqual(status, 124)
        said = self.said.getvalue()
        self.assertIn("jh-qemu: no end after 1.5 s (--timeout): a.sh was running, after "
                      f"`ok 1 - x`; the whole console is in {self.log}\n", said)
        self.assertEqual(said.count("  | line"), session.TAIL_LINES)
        self.assertIn("  | line 49\n", said)
        self.assertLess(self.seconds, 15)

    def test_a_panic(self) -> None:
        with mock.patch.object(session, "PANIC_REST", 1.0):
            status = self.follow(("console", "x\nKernel panic - not"), ("console", " syncing: y\n"),
                                 ("console", "the rest\n"), ("sleep", 50))
        self.assertEqual(status, 125)
        self.assertIn("the rest", self.said.getvalue())
        self.assertIn("the kernel of the root cell panicked: the command", self.said.getvalue())
        self.assertGreater(self.seconds, 0.9)

    def test_a_panic_that_ends_the_machine(self) -> None:
        status = self.follow(("console", "Kernel panic - not syncing: y\n"), ("end", 0))
        self.assertEqual(status, 125)
        self.assertIn("panicked and the machine ended: ", self.said.getvalue())

    def test_qemu_ends(self) -> None:
        self.assertEqual(self.follow(("end", 3)), 126)
        self.assertIn("jh-qemu: QEMU ended with 3; ", self.said.getvalue())

    def test_the_machine_goes_off(self) -> None:
        self.assertEqual(self.follow(("jh-output", "hello\n"), ("end", 0), timeout=None), 126)
        self.assertIn("the machine went off before the command had ended: the command was "
                      "running, after `hello`", self.said.getvalue())

    def test_a_status_as_the_last_word(self) -> None:
        self.assertEqual(self.follow(("jh-control", "exit 0\n"), ("end", 1)), 0)

    def test_the_rest(self) -> None:
        """After a status what is there is taken; after a panic there is time for more."""
        self.assertEqual(session.PANIC_REST, 20)
        for said, seconds in ((("jh-control", "exit 4\n"), 0.0),
                              (("console", "Kernel panic - not syncing\n"), 20.0)):
            with mock.patch.object(session.Session, "_take_rest") as rest:
                self.follow(said)
            self.assertEqual([call.args for call in rest.call_args_list], [(seconds,)])

    def test_it_dies_with_its_parent(self) -> None:
        with mock.patch.object(session.ctypes, "CDLL") as library:
            session.die_with_parent()
        self.assertEqual(library.call_args.args, (None,))
        self.assertEqual(library.return_value.prctl.call_args.args, (1, 9))

    def test_it_is_told_to_stop(self) -> None:
        with self.assertRaises(session.Terminated) as told, session.Session(self.log, 1):
            os.kill(os.getpid(), 15)
        self.assertEqual(told.exception.args[0], 15)

    def test_arguments(self) -> None:
        with session.Session(self.log, 1) as made:
            console = made.console_arguments()
            self.assertRegex(" ".join(console), r"^-chardev socket,id=console,fd=\d+ -serial "
                                                "chardev:console$")
            channels = " ".join(made.channel_arguments("virtio"))
            self.assertTrue(channels.startswith("-device virtio-serial-device,id=jh -chardev"))
            for number, name in enumerate(("output", "control", "files"), start=1):
                self.assertIn(f"virtserialport,bus=jh.0,nr={number},chardev=jh-{name},"
                              f"name=jh.{name}", channels)
            self.assertEqual(made.channel_arguments("serial"), [])


class Serial(unittest.TestCase):
    """What is no marker is output, wherever it stands."""

    def test_lines(self) -> None:
        outcome = Outcome()
        channel = SerialChannel(outcome)
        shown = io.TextIOWrapper(io.BytesIO())
        with contextlib.redirect_stdout(shown):
            channel.take(b"before\n[1] jh-qemu:begin\njh-qemu:exit 4\njh-qemu:end\n"
                         b"jh-qemu:files\nYW\nJj\njh-qemu:exit 5\nnot jh-qemu:end\n")
            self.assertIsNone(outcome.status)
            channel.take(b"jh-qemu:end\n")
        self.assertEqual(shown.buffer.getvalue(),                   # type: ignore[attr-defined]
                         b"jh-qemu:exit 4\njh-qemu:end\n")
        self.assertEqual(outcome.status, 5)
        self.assertEqual(outcome._archive.getvalue(), b"abc")


class Newc(unittest.TestCase):
    """Field by field, as the kernel's buffer-format.rst has it."""

    @staticmethod
    def entries(data: bytes) -> list[tuple[str, list[int], bytes]]:
        """Name, the 13 fields and content of each entry."""
        found, at = [], 0
        while at < len(data) and data[at:at + 6] == b"070701":
            fields = [int(data[at + 6 + 8 * n:at + 14 + 8 * n], 16) for n in range(13)]
            name_at = at + 110
            name = data[name_at:name_at + fields[11] - 1].decode()
            at = (name_at + fields[11] + 3) // 4 * 4
            content = data[at:at + fields[6]]
            at = (at + fields[6] + 3) // 4 * 4
            found.append((name, fields, content))
        return found

    def test_fields(self) -> None:
        archive = Archive()
        archive.character_device("dev/console", 5, 1)
        archive.file("/etc/a", b"12345", 0o600)
        archive.directory("etc")
        archive.symlink("etc/b", "a")
        data = archive.finish()
        entries = self.entries(data)
        self.assertEqual([name for name, _, _ in entries],
                         ["dev", "dev/console", "etc", "etc/a", "etc/b", "TRAILER!!!"])
        modes = [stat.S_IFDIR | 0o755, stat.S_IFCHR | 0o600, stat.S_IFDIR | 0o755,
                 stat.S_IFREG | 0o600, stat.S_IFLNK | 0o777, 0]
        for number, (_, fields, content) in enumerate(entries[:-1], start=1):
            self.assertEqual(fields[:6], [number, modes[number - 1], 0, 0, 1, 0])
            self.assertEqual(fields[7:9], [0, 0])
            self.assertEqual(fields[6], len(content))
            self.assertEqual(fields[9:11], [5, 1] if number == 2 else [0, 0])
            self.assertEqual(fields[12], 0)
        self.assertEqual(entries[3][2], b"12345")
        self.assertEqual(entries[4][2], b"a")
        self.assertEqual(entries[-1][1], [0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 11, 0])
        self.assertEqual(len(data) % 512, 0)
        # It can be finished twice, and others can follow.
        self.assertEqual(archive.finish(), data)

    def test_a_tree(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            top = Path(folder)
            (top / "x").mkdir()
            (top / "x/program").write_bytes(b"run")
            (top / "x/program").chmod(0o755)
            (top / "link").symlink_to("x/program")
            for name, first in (("", []), ("to", ["to"])):
                archive = Archive()
                archive.tree(top, name)
                prefix = "to/" if name else ""
                self.assertEqual([entry[0] for entry in self.entries(archive.finish())[:-1]],
                                 [*first, f"{prefix}link", f"{prefix}x", f"{prefix}x/program"])


class Root(unittest.TestCase):
    """Content of the root cell's initramfs, and when it is made anew."""

    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.build = Path(folder.name)
        self.kernel = self.build / "kernels/6.x"
        self.modules = self.kernel / "lib/modules/6.x-y"
        for name, content in {
                "sysroot/arm64/bin/busybox": "busybox", "kernels/6.x/version": "1",
                "kernels/6.x/release": "6.x-y\n", "kernels/6.x/Image": "",
                "root/6.x/etc/jh/board/b.cell": "B", "root/6.x/etc/jh/board/a.cell": "A",
                "kernels/6.x/usr/lib/linux-image-6.x-y/soc/board.dtb": "",
                "root/6.x/lib/modules/6.x-y/extra/jh.ko": "jh"}.items():
            (self.build / name).parent.mkdir(parents=True, exist_ok=True)
            (self.build / name).write_text(content)
        (self.modules / "kernel").mkdir(parents=True)
        (self.modules / "kernel/nvme.ko.xz").write_bytes(lzma.compress(b"nvme"))
        (self.modules / "kernel/nvme-core.ko").write_bytes(b"core")
        (self.modules / "kernel/unwanted.ko").write_bytes(b"unwanted")
        (self.modules / "modules.dep").write_text("kernel/nvme.ko.xz: kernel/nvme-core.ko\n"
                                                  "kernel/nvme-core.ko:\nkernel/unwanted.ko:\n")
        for name in ("order", "builtin", "builtin.modinfo"):
            (self.modules / f"modules.{name}").write_text(name)
        self.runs: list[list[str]] = []
        self.modes: dict[str, tuple[int, ...]] = {}

    def layers(self) -> dict[str, bytes]:
        """What is in the layers of a new initramfs."""
        def depmod(words: list, **_: object) -> None:
            self.runs.append([str(word) for word in words])
            for name in ("symbols", "dep", "alias", *"zyxwvutsrqponm"):
                (Path(words[2]) / "lib/modules" / words[3] / f"modules.{name}").write_text("index")

        with mock.patch("subprocess.run", depmod):
            data = initramfs.Initramfs(self.build, "6.x").layers()
        found = {}
        for piece in re.split(b"(?<=TRAILER!!!\\0)\\0*", data):
            for name, fields, content in Newc.entries(piece):
                found[name] = content
                self.modes[name] = (fields[1] & 0o777, *fields[9:11])
        return found

    def test_what_it_holds(self) -> None:
        found = self.layers()
        self.assertEqual(found["bin/busybox"], b"busybox")
        self.assertEqual(found["etc/jh/board/a.cell"], b"A")
        stock = "lib/modules/6.x-y/kernel/"
        self.assertEqual(found[f"{stock}nvme.ko"], b"nvme")
        self.assertEqual(found[f"{stock}nvme-core.ko"], b"core")
        self.assertNotIn(f"{stock}unwanted.ko", found)
        self.assertEqual(found["lib/modules/6.x-y/extra/jh.ko"], b"jh")
        self.assertEqual(found["lib/modules/6.x-y/modules.dep"], b"index")
        self.assertEqual(found["lib/modules/6.x-y/modules.builtin"], b"builtin")
        self.assertEqual(found["init"], initramfs.GUEST_INIT.read_bytes())
        self.assertEqual([self.modes[name] for name in ("init", "bin/busybox", "dev/console",
                                                        "etc/passwd")],
                         [(0o755, 0, 0), (0o755, 0, 0), (0o600, 5, 1), (0o644, 0, 0)])
        indices = [name for name in found if "/modules." in name][-17:]
        self.assertEqual(indices, sorted(indices))
        self.assertEqual(found["etc/passwd"], b"root::0:0:root:/root:/bin/sh\n")
        self.assertEqual(found["etc/group"], b"root:x:0:\n")
        self.assertEqual(found["etc/profile"], initramfs.PROFILE.encode())
        self.assertEqual((self.runs[0][:2], self.runs[0][3]), (["depmod", "-b"], "6.x-y"))
        # Nothing but the two halves of the cache, their keys, the lock and the stock modules.
        self.assertEqual(sorted(path.name for path in (self.build / "initramfs/6.x").iterdir()),
                         ["base.cpio", "base.key", "lock", "product.cpio", "product.key", "stage"])

    def test_the_modules_that_it_has_at_hand(self) -> None:
        """Each is one of the kernel's, or of the kernel that only debugs."""
        kernel = initramfs.EDITS.parents[2] / "build/kernels/6.12"
        folder = kernel / "lib/modules" / (kernel / "release").read_text().strip()
        known = {Path(line.split(":")[0]).name.split(".")[0].replace("-", "_")
                 for name in ("modules.dep", "modules.builtin")
                 for line in (folder / name).read_text().splitlines()}
        self.assertLessEqual({"virtio_mmio", "virtio_console", "virtio_net", "macb", "fec"}, known)
        self.assertEqual(set(initramfs.MODULES) - known, {"lkdtm", "kmemleak_test"})
        self.assertEqual(initramfs.PROFILE, "alias ll='ls -l'\nPS1='root-cell:\\w# '\n")

    def test_names_of_modules(self) -> None:
        """A path may have a suffix or none, a name - or _; what is needed comes along, once."""
        (self.modules / "modules.dep").write_text(
            "kernel/b-b/virtio-net.ko.xz: kernel/core.ko kernel/a.ko\nkernel/a.ko:\n"
            "kernel/core.ko: kernel/a.ko\nkernel/x_y.ko:\n")
        self.assertEqual(
            initramfs._with_dependencies(self.modules, ["virtio_net", "x_y", "none", "core"]),
            ["kernel/a.ko", "kernel/b-b/virtio-net.ko.xz", "kernel/core.ko", "kernel/x_y.ko"])

    def test_it_is_kept(self) -> None:
        first = self.layers()
        self.assertEqual(self.layers(), first)
        self.assertEqual(len(self.runs), 1)
        (self.build / "root/6.x/etc/jh/board/a.cell").write_text("C")
        self.assertEqual(self.layers()["etc/jh/board/a.cell"], b"C")
        self.assertEqual(len(self.runs), 2)
        (self.build / "root/6.x/etc/jh/board/a.cell").chmod(0o600)
        self.layers()
        self.assertEqual(len(self.runs), 3)
        (self.build / "sysroot/arm64/bin/busybox").write_text("newer")
        self.assertEqual(self.layers()["bin/busybox"], b"newer")
        # A link is what it points to.
        (self.build / "root/6.x/link").symlink_to("a")
        self.assertEqual(self.layers()["link"], b"a")

    def test_its_names(self) -> None:
        made = initramfs.Initramfs(self.build, "6.x")
        self.assertEqual(made.release, "6.x-y")
        self.assertEqual(made.image(), self.kernel / "Image")
        self.assertEqual([path.name for path in made.configs("board")], ["a.cell", "b.cell"])
        self.assertEqual(made.configs("other"), [])
        self.assertEqual(made.device_tree("soc/board.dtb", "").name, "board.dtb")
        with self.assertRaisesRegex(initramfs.SetupError, "kernel 6.x comes without a device tree"):
            made.device_tree("soc/other.dtb", "")
        with self.assertRaisesRegex(initramfs.SetupError, "kernel 7 is not unpacked; run: ci/set"):
            initramfs.Initramfs(self.build, "7")

    def test_an_edited_tree(self) -> None:
        def edit(words: list, **options: object) -> None:
            self.assertEqual(words[0], initramfs.EDITS / "zcu102-dtb")
            self.assertTrue(options["check"])
            Path(words[2]).write_text("edited")

        with mock.patch("subprocess.run", edit):
            made = initramfs.Initramfs(self.build, "6.x").device_tree("soc/board.dtb", "zcu102-dtb")
        self.assertEqual(made.read_text(), "edited")
        self.assertEqual(made.name, "board.dtb")


class Standing:
    """A debugger of CPUs that execute the few instructions that a probe uses."""

    def __init__(self) -> None:
        self.code = bytearray(range(256)) * 2
        self.registers = {**{f"x{n}": 1000 + n for n in range(31)}, "pc": 77}
        self.devices = {0x500 + 8 * n: 0xa00 + n for n in range(70)}
        self.system = {0xd5384100: 0x111, 0xd53c1100: 0x222}    # SP_EL0, HCR_EL2
        self.breakpoints: list[int] = []
        self.selected: list[int] = []
        self.stops_at: int | None = None
        self.by = 2

    def select(self, cpu: int) -> None:
        self.selected.append(cpu)

    def memory(self, address: int, size: int) -> bytes:
        return bytes(self.code[address - 0x4000:address - 0x4000 + size])

    def patch(self, address: int, data: bytes) -> None:
        self.code[address - 0x4000:address - 0x4000 + len(data)] = data

    def save(self) -> str:
        return json.dumps(self.registers)

    def restore(self, saved: str) -> None:
        self.registers = json.loads(saved)

    def read(self, name: str) -> int:
        return self.registers[name]

    def write(self, name: str, value: int) -> None:
        self.registers[name] = value

    def insert(self, address: int) -> None:
        self.breakpoints.append(address)

    def remove(self, address: int) -> None:
        self.breakpoints.remove(address)

    def resume(self, cpu: int) -> None:
        assert cpu == self.selected[-1] and self.breakpoints
        at = self.registers["pc"]
        while at not in self.breakpoints and at != self.stops_at:
            word = int.from_bytes(self.memory(at, 4), "little")
            target = f"x{word & 31}"
            if word & ~0x1f in self.system:
                self.registers[target] = self.system[word & ~0x1f]
            else:
                load = word & 0xfffffc00
                value = self.devices[self.registers[f"x{word >> 5 & 31}"]]
                assert load in (probe.LDR_W, probe.LDR_X)
                self.registers[target] = value + (0x10000 if load == probe.LDR_X else 0)
            at += 4
        self.registers["pc"] = at

    def wait(self, seconds: float) -> int | None:
        assert seconds == 30
        return self.by


class Probes(unittest.TestCase):
    """A probe returns what CPUs read, and restores all of the code and registers."""

    NM = ("0000000000004000 0000000000000100 T boot_enter\n0000000000000010 t small\n"
          "0000000000000020 0000000000000008 b twice\n0000000000000030 0000000000000010 b twice\n")

    def setUp(self) -> None:
        self.cpu = Standing()
        self.run = subprocess.run
        self.probe = self.make(self.NM)

    def make(self, text: str) -> probe.Probe:
        """A probe of an image with these symbols."""
        def programs(words: list, **options: object) -> object:
            if words[0] == "aarch64-linux-gnu-nm":
                self.assertEqual(words[1:], ["-S", "image"])
                return subprocess.CompletedProcess(words, 0, text, "")
            return self.run(words, **options)

        with mock.patch("subprocess.run", programs):
            return probe.Probe(self.cpu, "image")       # type: ignore[arg-type]

    def test_symbols(self) -> None:
        self.assertEqual(self.probe.address("twice"), 0x20)
        self.assertEqual(self.probe.address("twice", 16), 0x30)
        self.assertEqual(self.probe.symbols["small"], [(0x10, 0)])
        with self.assertRaisesRegex(DebuggerError, "too short"):
            self.make(self.NM.replace("0100 T", "007b T"))
        self.make(self.NM.replace("0100 T", "007c T"))

    def test_offsets(self) -> None:
        wanted = {"a": "INT_MAX > 9", "b": "-3", "c": "1ul << 40"}
        self.assertEqual(probe.offsets(["limits.h"], wanted), {"a": 1, "b": -3, "c": 1 << 40})
        with self.assertRaisesRegex(DebuggerError, "(?s)^the hypervisor's headers: .*nonsense"):
            probe.offsets([], {"a": "nonsense"})
        answer = subprocess.CompletedProcess([], 0, "@b $0x10\n\t.s @d #1\n@a #3\n\n", "")
        with mock.patch("subprocess.run", return_value=answer) as run:
            self.assertEqual(probe.offsets(["hv/x.h", "y.h"], {"a": "A", "b": "B"}),
                             {"a": 3, "b": 16})
        self.assertEqual(run.call_args.kwargs["input"], "#include <hv/x.h>\n#include <y.h>\n"
                         "void offsets(void);\nvoid offsets(void)\n{\n"
                         '\tasm volatile("\\n@a %0" :: "i" (A));\n'
                         '\tasm volatile("\\n@b %0" :: "i" (B));\n}\n')
        self.assertEqual(run.call_args.kwargs["cwd"], Path(__file__).resolve().parents[3] /
                         "hypervisor")
        words = run.call_args.args[0]
        self.assertEqual(words[0], "aarch64-linux-gnu-gcc")
        for word in ("-std=gnu11", "-ffreestanding", "-mgeneral-regs-only", "-S", "-I.", "-Iuapi",
                     "-Iinclude", "-Ilib", "-Iarch/arm64/include", "-Iarch/arm64",
                     f"-I{probe.TOP}/build/hypervisor/include"):
            self.assertIn(word, words)
        self.assertEqual(words[-3:], ["-x", "c", "-"])
        self.assertEqual(words[words.index("-o") + 1], "-")

    def test_memory(self) -> None:
        self.assertEqual(self.probe.number(0x4001, 2), 0x0201)
        self.assertEqual(self.probe.number(0x4000), 0x0706050403020100)

    def test_an_instruction(self) -> None:
        self.assertEqual(self.probe.instruction("boot_enter", 0x0b0a0908), 0x4008)
        with self.assertRaisesRegex(DebuggerError, "boot_enter has no instruction 0x9080706"):
            self.probe.instruction("boot_enter", 0x09080706)

    def assert_as_before(self) -> None:
        """Assert that a reading has restored everything."""
        self.assertEqual(self.cpu.code, bytearray(range(256)) * 2)
        self.assertEqual(self.cpu.registers, Standing().registers)
        self.assertEqual(self.cpu.breakpoints, [])

    def test_devices(self) -> None:
        addresses = sorted(self.cpu.devices)
        self.assertEqual(self.probe.device(2, addresses), [0xa00 + n for n in range(70)])
        self.assert_as_before()
        self.assertEqual(self.probe.device(2, addresses[:2], 8), [0x10a00, 0x10a01])
        self.assertEqual(set(self.cpu.selected), {2})

    def test_system_registers(self) -> None:
        names = ["SP_EL0", "HCR_EL2"]
        for _ in range(2):
            self.assertEqual(self.probe.system(2, names), {"SP_EL0": 0x111, "HCR_EL2": 0x222})
            self.assert_as_before()
        many = [f"S3_0_C11_C{n // 8}_{n % 8}" for n in range(40)]
        for n, name in enumerate(many):
            word = 0xd5380000 | 11 << 12 | (n // 8) << 8 | (n % 8) << 5
            self.cpu.system[word] = 0x900 + n
        expected = {name: 0x900 + n for n, name in enumerate(many)}
        self.assertEqual(self.probe.system(2, many), expected)

    def test_a_cpu_that_goes_elsewhere(self) -> None:
        self.cpu.by = 1
        with self.assertRaisesRegex(DebuggerError, "CPU 2 was to read registers and is at 0x4004"):
            self.probe.device(2, [0x500])
        self.assert_as_before()
        self.cpu.by, self.cpu.stops_at = 2, 0x4000
        with self.assertRaisesRegex(DebuggerError, "is at 0x4000"):
            self.probe.device(2, [0x500])


class Machines(unittest.TestCase):
    """Each machine is its board, in QEMU's options."""

    BOARDS = {
        "virt-gicv3": ("virt,virtualization=on,gic-version=3", "cortex-a57", "1G", "ttyAMA0",
                       "virtio", "dtb-randomness=off", "", "", 0, "qemu-virt", "", ""),
        "virt-gicv2": ("virt,virtualization=on,gic-version=2", "cortex-a57", "1G", "ttyAMA0",
                       "virtio", "dtb-randomness=off", "", "", 0, "qemu-virt", "gicv2", ""),
        "zcu102": ("xlnx-zcu102,virtualization=on,secure=off", "", "2G", "ttyPS0", "serial", "",
                   "xilinx/zynqmp-zcu102-rev1.0.dtb", "zcu102-dtb", 0, "zynqmp-zcu102", "",
                   "-nic user -nic user -nic user -nic user -audio none -object can-bus,id=can "
                   "-machine canbus0=can,canbus1=can"),
        "imx8mp": ("imx8mp-evk", "", "2G", "ttymxc1", "serial", "", "freescale/imx8mp-evk.dtb", "",
                   1, "imx8mp-evk", "", "-nic user"),
        "versal": ("xlnx-versal-virt", "", "2G", "ttyAMA0", "virtio", "", "", "", 0, "versal-virt",
                   "", "-nic user -nic user"),
    }

    def test_icount(self) -> None:
        self.assertEqual(icount_arguments(), ["-icount", "shift=0,sleep=off", "-rtc",
                                              "base=2024-01-01,clock=vm", "-seed", "1"])

    def test_fields(self) -> None:
        self.assertEqual({name: (m.qemu, m.cpu, m.memory, m.console, m.channel, m.icount, m.dtb,
                                 m.dtb_edit, m.console_port, m.configs, m.variant,
                                 " ".join(m.extra)) for name, m in MACHINES.items()}, self.BOARDS)
        for machine in MACHINES.values():
            self.assertEqual((machine.smp, machine.append), (4, ""))
        self.assertEqual(NO_VHE, {"", "cortex-a35", "cortex-a53", "cortex-a57", "cortex-a72"})

    def test_wires(self) -> None:
        cpus = [(n, 2) for n in range(4)] + [(n, 3) for n in range(4)]
        self.assertEqual(MACHINES["imx8mp"].wires, tuple(
            ("/machine/soc/gic", f"sysbus-irq[{8 + n}]",
             f"/machine/soc/cpu{cpu}/unnamed-gpio-in[{line}]")
            for n, (cpu, line) in enumerate(cpus)))
        self.assertFalse(any(machine.wires for name, machine in MACHINES.items()
                             if name != "imx8mp"))


if __name__ == "__main__":
    unittest.main()
