# SPDX-License-Identifier: GPL-2.0-only
# Copyright (c) The jh authors
"""Tests of the benchmark's runs and of their evaluation, without a machine.

What is run and shown is compared with record.json, word by word: `test_plan.py --update` writes it,
after a look at what has changed.
"""

import hashlib
import io
import json
import subprocess
import sys
import tempfile
import unittest
from contextlib import redirect_stdout
from pathlib import Path
from unittest import mock

from jhbench import baseline, configs, growth, machine, picture, plan, profile, report
from jhbench.figures import Figure, one, parse
from jhbench.machine import TOP, BenchError, Boot
from jhbench.rows import BY_ID, ROOT, ROWS
from patched import Patched

RECORD = Path(__file__).with_name("record.json")
SYMBOLS = """0000007fc0000000 T image_start
0000007fc0000100 t helper
0000007fc0002000 B image_code_end
0000007fc0003000 R image_text_end
0000007fc0003800 R image_constants_end
0000007fc0004000 D image_rodata_end
0000007fc0004010 D image_data_end
0000007fc0009000 B image_end
"""
BASE_SYMBOLS = SYMBOLS.replace("2000 B", "1800 B").replace("9000 B", "7000 B")
TRACE = ("IN: \n0x7fc0000104:  d503201f  nop\n0x7fc0000108:  d65f03c0  ret\n"
         "Trace 0: 0x7fe6 [00000000/0000007fc0000104/00000061/ff022200] \n"
         "Trace 1: 0x7fe6 [00000000/0000007fc0000000/00000061/ff022200] \n"
         "Trace 1: 0x7fe6 [00000000/0000007fbfffffff/00000061/ff022200] \n")


def figures(shift: int, *names: str) -> str:
    """Lines as the programs in the guest print them, each name with numbers of its own."""
    lines = []
    for number, name in enumerate(names, start=shift):
        lines.append(f"bench: id={name} n=9 min={number} median={number + 1} p99={number + 2} "
                     f"max={number + 3}")
    return "\n".join(lines) + "\n"


NATIVE = "bench: start\n" + figures(0, *(row.id for row in ROWS)) + "bench: end\n"
INMATE = [row.id for row in ROWS if row.id not in plan.MANAGEMENT and row.scale != "bytes"
          and row.id not in plan.DIRECT]
VIRTUAL = "bench: start\n" + figures(100, *INMATE) + "bench: end\n"
DIRECT = ("bench: start\n" + figures(40, "timer_direct", "spi_direct", "hypercall")
          + "bench: missing id=spi_busy after 3\nbench: end\n")
OUTPUT = ("memory 262144\n" + figures(500, "create_destroy", "enable_stop", "bystander_exits",
                                      "nothing", *ROOT)
          + "\nnext\nenable\n" + figures(700, "create_destroy", *ROOT))


class World(Patched):
    """All programs that the benchmark starts."""

    def __init__(self) -> None:
        self.story: list[str] = []
        self.output, self.serial, self.native = OUTPUT, VIRTUAL + DIRECT, NATIVE
        self.status, self.refused = 0, ""
        super().__init__(machine, configs, profile)
        self.patches.append(mock.patch("subprocess.run", self._run))

    def _run(self, words: list[str], **options: object) -> "subprocess.CompletedProcess[str]":
        known = [str(word).replace(str(self.out), "OUT").replace(str(TOP), "TOP")
                 for word in words]
        self.story.append("\n".join(known))
        status, output = 0, ""
        if known[0].endswith("jh-qemu"):
            status, output = self.status, self.output
            if self.serial:
                Path(words[words.index("--serial1") + 1]).write_text(self.serial)
            if "profile.trace" in " ".join(words):
                (self.out / "profile.trace").write_text(TRACE)
        elif known[0].endswith("jhconf"):
            status = int(Path(known[2]).stem == self.refused)
            self.story.append(Path(words[2]).read_text())
            output = "refused for a reason\n" if status else ""
        elif known[0].endswith("native/run"):
            output = self.native
        elif known[0].endswith("nm"):
            output = BASE_SYMBOLS if words[-1].endswith("-base.elf") else SYMBOLS
        if options.get("check") and status:
            raise subprocess.CalledProcessError(status, words)
        return subprocess.CompletedProcess(words, status, output, "")


def whole_plan() -> str:
    """All runs of the longest benchmark, in order."""
    text = []
    with World() as world:
        for gic in (3, 2):
            plan.measure(gic, plan.Counts(), quick=False)
        plan.measure(3, plan.Counts(inmate=200), quick=True)
        plan.measure_root(77)
        growth.measure()
        machine.build_programs()
        with redirect_stdout(io.StringIO()):
            found = profile.run("true", 2, 3, ["a:b"])
        world.story.append(f"{dict(found)}")
        text = world.story
    return "\n--\n".join(text) + "\n"


class Plan(unittest.TestCase):
    def test_what_is_run(self) -> None:
        self.maxDiff = 4000
        self.assertEqual(whole_plan().split("\n"), json.loads(RECORD.read_text())["plan"])

    def test_mitigations_can_be_switched_off(self) -> None:
        with mock.patch.object(configs, "mitigations", False):
            self.assertIn("mitigations = false\n", configs.system())

    def test_what_is_found(self) -> None:
        with World():
            result = plan.measure(3, plan.Counts(), quick=False)
        taken, _ = parse(VIRTUAL)
        self.assertEqual(result.figures["hypercall"], taken["hypercall"])
        spi = taken["spi_virtual"].median - result.natives["spi_virtual"].median
        self.assertEqual(result.figures["bell_to_root"], taken["bell_to_root"].less(-spi))
        # The second run's own, not what it repeats.
        self.assertEqual(result.figures["timer_direct"].min, 40)
        self.assertEqual(result.figures["memory_bytes"], one(262144))
        self.assertEqual(result.figures["create_destroy_64m"], Figure(9, 700, 701, 702, 703))
        self.assertNotIn("create_destroy", result.figures)
        self.assertEqual(result.figures["image_bytes"], one(0x2000 + 0x800 + 0x10))
        self.assertEqual(result.figures["image_bytes_base"], one(0x1800 + 0x800 + 0x10))
        self.assertEqual(result.figures["memory_bytes_base"], one(262144 - 0x2000))
        self.assertEqual(result.natives["hypercall"].min, 0)
        self.assertEqual(result.figures["enable_stop_1cpu"].median, 502)
        self.assertEqual(result.figures["enable_stop_more"], Figure(9, -1, 0, 0, 0))
        self.assertIn("GICv3: not measured: spi_busy after 3, direct", result.notes)

    def test_quick(self) -> None:
        with World():
            result = plan.measure(3, plan.Counts(), quick=True)
        self.assertNotIn("enable_stop_more", result.figures)
        self.assertNotIn("enable_stop_1cpu", result.figures)

    def test_without_direct_interrupts(self) -> None:
        for refused, output in (("direct", OUTPUT), ("", "no direct interrupts\n" + OUTPUT)):
            with self.subTest(refused), World() as world:
                world.refused, world.output, world.serial = refused, output, VIRTUAL
                result = plan.measure(3, plan.Counts(), quick=True)
                self.assertIn("GICv3: this hypervisor has no direct interrupts", result.notes)
                command = next(text for text in world.story if "managebench" in text
                               or "run_cell 1000 virtual" in text)
                self.assertEqual("run_cell 1000 direct" in command, refused == "")

    def test_root(self) -> None:
        with World():
            root = plan.measure_root(10)
        self.assertEqual(set(root), {*ROOT, "create_destroy"})
        before, after = root["root_syscall"]
        self.assertEqual((before.min, after.min), (504, 701))

    def test_rows_of_another_controller(self) -> None:
        result = plan.Result(2)
        result.figures, _ = parse(VIRTUAL)
        result.natives, _ = parse(NATIVE)
        shown = {row["id"] for row in plan.rows_of(result)}
        self.assertEqual(shown, {row.id for row in ROWS if 2 in row.gics} & set(INMATE))


class Wrong(unittest.TestCase):
    """A program that hangs or fails is reported, with the place of its log."""

    def test_an_inmate_that_does_not_end(self) -> None:
        for serial in ("", "bench: start\n", VIRTUAL + "bench: start\n"):
            with self.subTest(serial[:20]), World() as world:
                world.serial = serial
                with self.assertRaisesRegex(BenchError, "GICv3: inmates/bench did not end; see"):
                    plan.measure(3, plan.Counts(), quick=True)

    def test_growth_of_an_inmate_that_does_not_end(self) -> None:
        with World() as world:
            world.serial = "bench: start\n"
            with self.assertRaisesRegex(BenchError, "cpus-4: inmates/bench did not end"):
                growth.with_cpus(4)

    def test_a_native_run_that_does_not_end(self) -> None:
        with World() as world:
            world.native = "bench: start\n"
            with self.assertRaisesRegex(BenchError, "the native run for GICv2 did not end; see "):
                machine.native(2, 5)
            self.assertEqual((world.out / "native-2.out").read_text(), "bench: start\n")

    def test_a_root_cell_that_fails(self) -> None:
        with World() as world:
            world.status = 3
            with self.assertRaisesRegex(BenchError, "x: the root cell ended with status 3; see "):
                Boot("x", "true").run()
            self.assertEqual((world.out / "x.out").read_text(), OUTPUT)

    def test_a_serial_port_of_before(self) -> None:
        with World() as world:
            (world.out / "x.serial1").write_text("old")
            world.serial = ""
            self.assertEqual(Boot("x", "true").run(), (OUTPUT, ""))

    def test_a_configuration_that_is_refused(self) -> None:
        with World() as world:
            world.refused = "bench"
            folder = configs.Folder("f", 3)
            self.assertFalse(folder.add("bench", "x"))
            with self.assertRaisesRegex(BenchError, "^configuration bench: refused for a reason$"):
                folder.must_add("bench", "x")
            self.assertTrue(folder.add("other", "x"))
            # A run takes no figures of another one.
            (folder.path / "old.cell").write_text("")
            configs.Folder("f", 3)
            self.assertEqual(list(folder.path.iterdir()), [])


class Growth(unittest.TestCase):
    ROWS = [{"by": "cpus", "value": n, "id": key, "n": 1, "min": 1, "median": m, "p99": 1, "max": 1}
            for key, medians in (("hypercall", (100, 103, 90)), ("other", (100, 104, 90)),
                                 ("memory_bytes", (5, 5000, 7)))
            for n, m in zip((2, 4, 16), medians)]

    def test_judge(self) -> None:
        self.assertEqual(growth.judge(self.ROWS), [(True, "hypercall by cpus: 100 to 103"),
                                                   (False, "other by cpus: 100 to 104")])

    def test_table(self) -> None:
        text = growth.table(self.ROWS + [{**self.ROWS[0], "by": "cells", "value": 1}])
        lines = [line.split() for line in text.splitlines()]
        self.assertIn(["median,", "by", "cpus", "2", "4", "16"], lines)
        self.assertIn(["memory_bytes", "5", "5,000", "7"], lines)
        self.assertIn(["median,", "by", "cells", "1"], lines)
        self.assertIn("create_destroy may grow: CPUs and memory are claimed one by one; tables "
                      "hold the memory\n", text)

    def test_sweeps(self) -> None:
        with World():
            rows = growth.measure()
        self.assertEqual({(row["by"], row["value"]) for row in rows if row["by"] != "megabytes"},
                         {("cpus", n) for n in growth.CPUS} | {("cells", n) for n in growth.CELLS})
        self.assertNotIn("nothing", {row["id"] for row in rows})
        self.assertIn({"by": "cells", "value": 8, "id": "memory_bytes", "n": 1, "min": 262144,
                       "median": 262144, "p99": 262144, "max": 262144}, rows)


class Baseline(unittest.TestCase):
    def test_saved_in_the_order_of_the_table(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "baseline.json"
            with mock.patch.object(baseline, "PATH", path):
                self.assertEqual(baseline.load(), {})
                baseline.save([{"id": "psci_features", "gic": 3, "median": 7},
                               {"id": "hypercall", "gic": 2, "median": 5}])
                baseline.save([{"id": "hypercall", "gic": 3, "median": 6},
                               {"id": "no_row", "gic": 3, "median": 1},
                               {"id": "hypercall", "gic": 2, "median": 4}])
                self.assertEqual(list(baseline.load().items()),
                                 [(("hypercall", 3), 6), (("hypercall", 2), 4),
                                  (("psci_features", 3), 7)])
                self.assertEqual(path.read_text().splitlines()[1],
                                 '{"id": "hypercall", "gic": 3, "median": 6},')
                json.loads(path.read_text())

    def test_said(self) -> None:
        self.assertEqual(baseline.judge([{"id": "x", "gic": 2, "median": 9}], {("x", 2): 8}),
                         [(False, "x GICv2: 9, baseline 8")])


class Shown(unittest.TestCase):
    """Text and picture, of figures that are all different."""

    @staticmethod
    def results() -> list[plan.Result]:
        found = []
        for gic, shift in ((3, 100), (2, 300)):
            result = plan.Result(gic)
            result.natives, _ = parse(NATIVE)
            result.figures, _ = parse(figures(shift, *(row.id for row in ROWS)))
            result.notes = [f"a note of GICv{gic}"]
            found.append(result)
        return found

    def test_text(self) -> None:
        root = {"root_fork": (Figure(1, 1000, 2000, 3, 4), Figure(1, 1500, 2100, 3, 4))}
        text = report.table(self.results()) + report.root_table(root)
        self.assertIn(["fork,", "exit,", "wait", "1,000", "2,000", "1,500", "2,100", "500", "100",
                       "5.0"], [line.split() for line in text.splitlines()])
        # The figures, goals and peers that Documentation shows as well
        self.assertEqual(text.split("\n"), json.loads(RECORD.read_text())["table"])

    def test_picture(self) -> None:
        drawn = hashlib.sha256(picture.draw(self.results()).encode()).hexdigest()
        self.assertEqual(drawn, json.loads(RECORD.read_text())["picture"])

    def test_axis(self) -> None:
        axis = picture.Axis(1000)
        self.assertEqual(axis.place(0), picture.LEFT)
        self.assertEqual(axis.place(-5), picture.LEFT)
        self.assertLess(axis.place(1), axis.place(10))
        self.assertAlmostEqual(axis.place(1000), picture.WIDTH - picture.RIGHT)
        self.assertEqual([picture._short(n) for n in (0, 999, 1000, 10 ** 6)],
                         ["0", "999", "1k", "1M"])

    def test_goals(self) -> None:
        self.assertEqual(BY_ID["timer_direct"].goal, 0)


def update() -> None:
    """Write the record anew."""
    root = {"root_fork": (Figure(1, 1000, 2000, 3, 4), Figure(1, 1500, 2100, 3, 4))}
    text = report.table(Shown.results()) + report.root_table(root)
    picture_of = hashlib.sha256(picture.draw(Shown.results()).encode()).hexdigest()
    record = {"plan": whole_plan().split("\n"), "table": text.split("\n"), "picture": picture_of}
    RECORD.write_text(json.dumps(record, indent=0) + "\n")


if __name__ == "__main__":
    if sys.argv[1:] == ["--update"]:
        update()
    else:
        unittest.main()
