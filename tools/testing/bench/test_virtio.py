# SPDX-License-Identifier: GPL-2.0-only
# Copyright (c) The jh authors
"""Tests of the figures of virtio devices, without a machine."""

import contextlib
import gzip
import importlib.machinery
import importlib.util
import io
import json
import lzma
import subprocess
import sys
import unittest
from pathlib import Path
from types import ModuleType
from unittest import mock

from jhbench import configs, machine, virtio
from jhbench.figures import Figure
from jhbench.machine import BenchError
from patched import Patched


def load() -> ModuleType:
    """The command as a module."""
    path = Path(__file__).with_name("virtio")
    loader = importlib.machinery.SourceFileLoader("virtio_command", str(path))
    spec = importlib.util.spec_from_loader("virtio_command", loader)
    assert spec
    module = importlib.util.module_from_spec(spec)
    loader.exec_module(module)
    return module


def said(rows: tuple[virtio.Row, ...], shift: int, marks: bool = True, skipped: int = 3) -> str:
    """The programs' output: 10 operations of each row, with figures of its own."""
    text, el2 = "", 5000
    for row in rows:
        low = shift + 3200 * (rows.index(row) + 1)
        text += f"mark {row.id}\r\n" + (f"root: el2={el2}\n" if marks else "")
        el2 += 1000 if row is virtio.NOTHING else 33000
        text += (f"bench: id={row.id} n=10 min={low} median={2 * low} p99={3 * low} "
                 f"max={4 * low}\nsums: id={row.id} n=10 all={20 * low} el2={low} "
                 f"skipped={skipped}\nmark {row.id}\n")
        text += f"root: el2={el2}\n" if marks else ""
        el2 += 777          # between two rows
    return text


class World(Patched):
    """The programs that are started, and a kernel with modules."""

    def __init__(self) -> None:
        super().__init__(machine, configs, virtio)
        self.runs: list[list[str]] = []
        self.initrds: dict[str, bytes] = {}
        self.native = said(virtio.ALL, 0, marks=False)
        self.cell = (said(virtio.ALL, 1600) + "\nnext\n" + said(virtio.PACKETS, 6400))
        self.status, self.refused = 0, ""
        build = self.out / "build"
        modules = build / "kernels" / machine.KERNEL / "lib/modules/x/kernel/drivers"
        for path, content in {
                modules.parents[4] / "Image": b"the kernel",
                build / "sysroot/arm64/bin/busybox": b"busybox",
                self.out / "virtiobench": b"program",
                **{modules / f"{name}.ko": name.encode() for name in virtio.MODULES[1:]},
                modules / f"{virtio.MODULES[0]}.ko.xz": lzma.compress(b"was packed")}.items():
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        self.patches += [mock.patch("subprocess.run", self._run),
                         mock.patch.object(virtio, "BUILD", build)]

    def _run(self, words: list[str], **_: object) -> "subprocess.CompletedProcess[str]":
        status, output = 0, ""
        if words[0].endswith("jh-qemu"):
            self.runs.append(words)
            native = words[words.index("--smp") + 1] == "1"
            status, output = self.status, self.native if native else self.cell
            for path in (self.out / "configs/virtio").glob("*.gz"):
                self.initrds[path.name] = gzip.decompress(path.read_bytes())
        elif words[0].endswith("jhconf"):
            status = int(Path(words[2]).stem == self.refused)
        return subprocess.CompletedProcess(words, status, output, "")


def value(words: list[str], option: str) -> str:
    """What follows an option."""
    return words[words.index(option) + 1]


class Figures(unittest.TestCase):
    def test_what_is_shared_by_how_many(self) -> None:
        with World():
            measured = virtio.measure(3, 10)
        shares = {line.text: 3200 * number / line.native.min
                  for number, line in enumerate(measured.disk + measured.net[:4], start=2)}
        self.assertEqual(shares, {
            "read 4 KiB at a time": 1, "16 reads of 4 KiB under way": 16,
            "read 64 KiB at a time": 16, "write 4 KiB at a time": 1,
            "16 writes of 4 KiB under way": 16, "write 64 KiB at a time": 16,
            "ping of 56 bytes, vhost-net": 2, "ping of 1,400 bytes, vhost-net": 2,
            "16 pings of 56 bytes under way, vhost-net": 32,
            "16 pings of 1,400 bytes under way, vhost-net": 32})

    def test_of_a_disk(self) -> None:
        with World():
            line = virtio.measure(3, 10).disk[1]
        self.assertEqual((line.id, line.text), ("reads_4096", "16 reads of 4 KiB under way"))
        # The third row of the output, for each of 16 blocks
        self.assertEqual(line.native, Figure(10, 600, 1200, 1800, 2400))
        self.assertEqual(line.cell, Figure(10, 700, 1400, 2100, 2800))
        self.assertEqual(line.cell_el2, 11200 // 160)
        # Without what root does at EL2 while nothing is done
        self.assertEqual(line.root_el2, (33000 - 1000) // 160)
        self.assertAlmostEqual(line.factor, 1400 / 600)

    def test_of_packets(self) -> None:
        with World():
            net = virtio.measure(3, 10).net
        self.assertEqual([(line.id, line.text) for line in (net[0], net[4])],
                         [("ping_56_vhost-net", "ping of 56 bytes, vhost-net"),
                          ("ping_56_jhvirtiod", "ping of 56 bytes, jhvirtiod")])
        self.assertEqual(net[0].native.min, 8 * 3200 // 2)
        self.assertEqual(net[0].cell.min, (8 * 3200 + 1600) // 2)
        # The second row of the second cell's output, and the same native one
        self.assertEqual(net[4].cell.min, (2 * 3200 + 6400) // 2)
        self.assertEqual(net[4].native, net[0].native)
        self.assertEqual(net[3].cell_el2, (11 * 3200 + 1600) // 320)
        self.assertEqual(len(net), 2 * len(virtio.NET))

    def test_less_than_nothing(self) -> None:
        with World() as world:
            world.cell = world.cell.replace("root: el2=5000", "root: el2=0")
            world.cell = world.cell.replace("root: el2=6000", "root: el2=900000")
            self.assertEqual(virtio.measure(3, 10).disk[0].root_el2, 0)

    def test_time_that_was_skipped(self) -> None:
        with World() as world:
            self.assertEqual(virtio.measure(3, 10).notes, [])
            world.native = world.native.replace("skipped=3\nmark write_4096",
                                                "skipped=12345\nmark write_4096")
            self.assertEqual(virtio.measure(3, 10).notes, [
                "write_4096: all CPUs waited for 1,234 ns each time, which is not in the figures"])
            world.native = world.native.replace("skipped=12345", "skipped=3")
            world.cell = world.cell.replace("skipped=3\nmark pings_56", "skipped=70\nmark pings_56")
            self.assertEqual(virtio.measure(3, 10).notes, 2 * [
                "pings_56: all CPUs waited for 7 ns each time, which is not in the figures"])


class Runs(unittest.TestCase):
    def test_the_machine_without_jh(self) -> None:
        with World() as world:
            virtio.native(2, 77)
        words = world.runs[0]
        self.assertEqual(value(words, "--machine"), "virt-gicv2")
        self.assertEqual(value(words, "--smp"), "1")
        self.assertIn("--append=randomize_kstack_offset=off", words)
        for text in ("force-legacy=off", "ioeventfd=off", "null-co", "virtio-blk-device",
                     "virtio-net-device"):
            self.assertIn(text, words[-3])
        self.assertIn("virtiobench reads /dev/vda 4096 77 &&\n", words[-1])
        self.assertIn("virtiobench ping 10.0.2.2 56 77 &&\n", words[-1])
        self.assertNotIn("jhctl", words[-1])

    def test_the_cell(self) -> None:
        with World() as world:
            virtio.cell(3, 77)
        words = world.runs[0]
        self.assertEqual((value(words, "--machine"), value(words, "--smp")), ("virt-gicv3", "2"))
        self.assertIn("randomize_kstack_offset=off\"", words[-1])
        self.assertIn("run_cell /bench/all.gz || exit\necho next\n"
                      "run_cell /bench/net.gz --no-vhost\n", words[-1])
        self.assertEqual(world.initrds["Image.gz"], b"the kernel")
        every, net = world.initrds["all.gz"], world.initrds["net.gz"]
        for text in (b"busybox", b"program", b"was packed", b"virtio_blk.ko", b"proc\0", b"sys\0",
                     b"dev\0", b"ifconfig eth0 10.9.0.2 up", b"ping -c 1 -W 1 10.9.0.1 ",
                     b"virtiobench nothing /dev/vda 0 77", b"virtiobench pings 10.9.0.1 1400 77"):
            self.assertIn(text, every)
        self.assertIn(b"virtiobench writes /dev/vda 4096 77", every)
        self.assertNotIn(b"virtiobench writes", net)
        self.assertIn(b"virtiobench pings 10.9.0.1 56 77", net)

    def test_the_configuration(self) -> None:
        with World() as world:
            virtio.cell(3, 1)
            text = (world.out / "configs/virtio/linux.toml").read_text()
            self.assertIn('pool = "264M"', (world.out / "configs/virtio/sys.toml").read_text())
        self.assertIn("cpus = [1]\n", text)
        self.assertIn("pmu = true", text)


class Wrong(unittest.TestCase):
    def test_rows_that_are_missing(self) -> None:
        for attribute, name in (("native", "virtio-native"), ("cell", "virtio-cell")):
            with self.subTest(name), World() as world:
                setattr(world, attribute, getattr(world, attribute).replace("id=write_65", "id=x"))
                with self.assertRaisesRegex(
                        BenchError, f"^{name}: no figures of write_65536; see .*/{name}.out"):
                    virtio.measure(3, 10)

    def test_a_second_cell_that_does_not_run(self) -> None:
        with World() as world:
            world.cell = world.cell.partition("\nnext\n")[0]
            with self.assertRaisesRegex(BenchError, "no figures of nothing_0, ping_56, "):
                virtio.measure(3, 10)

    def test_a_kernel_without_a_module(self) -> None:
        with World() as world:
            for path in (world.out / "build").glob("**/virtio_blk.ko"):
                path.unlink()
            with self.assertRaisesRegex(BenchError, "the kernel .* has no module virtio_blk"):
                virtio.cell(3, 1)

    def test_a_configuration_that_is_refused(self) -> None:
        with World() as world:
            world.refused = "linux"
            with self.assertRaisesRegex(BenchError, "configuration linux"):
                virtio.cell(3, 1)


class Command(unittest.TestCase):
    def _run(self, *words: str) -> tuple[int, str, str]:
        out, err = io.StringIO(), io.StringIO()
        with (mock.patch.object(sys, "argv", ["virtio", *words]),
              contextlib.redirect_stdout(out), contextlib.redirect_stderr(err)):
            try:
                status = load().main()
            except SystemExit as ended:
                status = int(ended.code or 0)
        return status, out.getvalue(), err.getvalue()

    def test_tables(self) -> None:
        with World() as world:
            world.native = world.native.replace("skipped=3\nmark ping_56",
                                                "skipped=50\nmark ping_56")
            status, out, _ = self._run("--samples", "10", "--gic", "2")
            self.assertEqual((world.out / "virtio.txt").read_text(), out)
            document = json.loads((world.out / "virtio.json").read_text())
            self.assertEqual(value(world.runs[1], "--machine"), "virt-gicv2")
        self.assertEqual(status, 0)
        shown = [line.split() for line in out.splitlines()]
        self.assertIn("16 reads of 4 KiB under way 600 1,200 700 1,400 2.3 70 200".split(), shown)
        self.assertIn("ping of 56 bytes, jhvirtiod 12,800 25,600 6,400 12,800 1.0 640 1,600"
                      .split(), shown)
        for start, unit in (("^", "4 KiB"), ("\n\n", "packet")):
            self.assertRegex(out, f"{start}instructions per {unit} +native: min +median +cell: min "
                             "+median +factor +of them EL2: cell +root\n")
        self.assertIn("ping_56: all CPUs waited for 5 ns", out)
        self.assertEqual(document["disk"][1]["native"]["median"], 1200)
        self.assertEqual(document["net"][4]["id"], "ping_56_jhvirtiod")
        self.assertEqual(len(document["notes"]), 1)

    def test_a_failure(self) -> None:
        with World() as world:
            world.status = 3
            status, out, err = self._run()
        self.assertEqual((status, out), (1, ""))
        self.assertRegex(err, "^virtio: virtio-native: the root cell ended with status 3; see ")

    def test_wrong_use(self) -> None:
        for number in ("0", "4097"):
            with World():
                status, _, err = self._run("--samples", number)
            self.assertEqual(status, 2)
            self.assertIn("--samples: 1 to 4096", err)
        with World():
            self.assertEqual(self._run("--samples", "4096")[0], 0)

    def test_help(self) -> None:
        status, out, _ = self._run("--help")
        self.assertEqual(status, 0)
        self.assertIn("build/bench/virtio.txt", out)


if __name__ == "__main__":
    unittest.main()
