# SPDX-License-Identifier: GPL-2.0-only
# Copyright (c) The jh authors
"""Tests of the benchmark's parts that need no machine."""

import tempfile
import unittest
import xml.etree.ElementTree as ElementTree
from pathlib import Path

from jhbench import baseline, growth, picture, plan, profile, report
from jhbench.figures import Figure, parse
from jhbench.rows import BY_ID, ROWS

NATIVE = "\n".join(f"bench: id={row.id} n=9 min=1 median=2 p99=2 max=3" for row in ROWS)
OUTPUT = ("bench: start freq=1000000000 gic=3\n"
          "bench: id=hypercall n=1000 min=61 median=61 p99=61 max=70\r\n"
          "bench: id=timer_virtual n=1000 min=60 median=62 p99=62 max=63\n"
          "bench: id=timer_direct n=1000 min=2 median=2 p99=2 max=2\n"
          "bench: missing id=cpu_on after 3 samples\nbench: end\n")


def result() -> plan.Result:
    """The result of OUTPUT, on a machine of NATIVE."""
    found = plan.Result(3)
    found.natives, _ = parse(NATIVE)
    found.figures, _ = parse(OUTPUT)
    return found


class Figures(unittest.TestCase):
    def test_parse(self) -> None:
        figures, missing = parse(OUTPUT)
        self.assertEqual(figures["hypercall"], Figure(1000, 61, 61, 61, 70))
        self.assertEqual(missing, ["cpu_on after 3 samples"])

    def test_native_is_subtracted(self) -> None:
        rows = {row["id"]: row for row in plan.rows_of(result())}
        self.assertEqual(rows["hypercall"]["median"], 60)       # less the call itself
        self.assertEqual(rows["timer_virtual"]["median"], 60)   # less what was measured
        self.assertEqual(rows["timer_direct"]["max"], 0)        # less timer_virtual's
        self.assertNotIn("cpu_on", rows)

    def test_rows_are_what_is_promised(self) -> None:
        for row in plan.rows_of(result()):
            self.assertEqual(set(row), {"id", "gic", "n", "min", "median", "p99", "max"})
        self.assertEqual(len(BY_ID), len(ROWS))


class DirectMode(unittest.TestCase):
    def judged(self, exits: int) -> plan.Result:
        found = result()
        found.figures["exits_per_tick_direct"] = Figure(9, exits, exits, exits, exits)
        plan._judge_direct(found, True, "")
        return found

    def test_one_exit_for_each_tick_is_not_direct(self) -> None:
        found = self.judged(1)
        self.assertNotIn("timer_direct", found.figures)
        self.assertEqual(len(found.notes), 1)

    def test_no_exit_is(self) -> None:
        self.assertIn("timer_direct", self.judged(0).figures)


class Baseline(unittest.TestCase):
    def passed(self, median: int, base: int) -> bool:
        rows: baseline.Rows = [{"id": "x", "gic": 3, "median": median}]
        return baseline.judge(rows, {("x", 3): base})[0][0]

    def test_three_percent(self) -> None:
        self.assertTrue(self.passed(103, 100))
        self.assertFalse(self.passed(104, 100))
        self.assertTrue(self.passed(10, 100))

    def test_nothing_may_come_where_nothing_was(self) -> None:
        self.assertTrue(self.passed(0, 0))
        self.assertFalse(self.passed(1, 0))

    def test_a_row_that_is_missing_fails(self) -> None:
        self.assertEqual(baseline.judge([], {("x", 3): 5}),
                         [(False, "x GICv3: not measured, baseline 5")])

    def test_rows_of_the_baseline_exist(self) -> None:
        for row_id, gic in baseline.load():
            self.assertIn(gic, BY_ID[row_id].gics)


class Growth(unittest.TestCase):
    def grown(self, key: str, *medians: int) -> list[bool]:
        rows: growth.Sweep = [{"by": "cpus", "value": n, "id": key, "median": median}
                              for n, median in enumerate(medians)]
        return [good for good, _ in growth.judge(rows)]

    def test_nothing_may_grow(self) -> None:
        self.assertEqual(self.grown("hypercall", 60, 60, 60), [True])
        self.assertEqual(self.grown("hypercall", 60, 60, 64), [False])

    def test_but_what_has_a_reason(self) -> None:
        self.assertEqual(self.grown("enable_stop", 60, 6000), [])


class Profile(unittest.TestCase):
    def test_blocks_are_counted_by_function(self) -> None:
        trace = ("----------------\nIN: \n"
                 "0x7fc0000010:  d503201f  nop\n0x7fc0000014:  d65f03c0  ret\n"
                 "\nTrace 0: 0x7fe6 [00000000/0000007fc0000010/00000061/ff022200] \n"
                 "Trace 0: 0x7fe6 [00000000/0000007fc0000010/00000061/ff022200] \n")
        with tempfile.NamedTemporaryFile("w") as file:
            file.write(trace)
            file.flush()
            blocks = profile.read(Path(file.name))
        names = [(0x7fc0000000, "first"), (0x7fc0000010, "second"), (0x7fc0000020, "third")]
        self.assertEqual(profile.by_function(blocks, names), {"second": 4})


class Shown(unittest.TestCase):
    def test_table(self) -> None:
        line = next(line for line in report.table([result()]).splitlines()
                    if line.startswith("hypercall"))
        self.assertEqual(line.split(),
                         ["hypercall", "3", "-", "60", "60", "60", "69", "60", "ok", "120", "150",
                          "417"])

    def test_a_goal_that_is_missed_says_so(self) -> None:
        found = result()
        found.figures["hypercall"] = Figure(1, 62, 62, 62, 62)
        self.assertIn("MISSED", report.table([found]))

    def test_picture_is_xml(self) -> None:
        ElementTree.fromstring(picture.draw([result()]))


if __name__ == "__main__":
    unittest.main()
