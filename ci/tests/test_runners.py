# SPDX-License-Identifier: GPL-2.0-only
# Copyright (c) The jh authors
"""Tests of what runs tests: ci/unittest, hypervisor/test/run-tests and the selftests' run."""

import contextlib
import io
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import unittest
from pathlib import Path
from unittest import mock

sys.path.insert(0, str(Path(__file__).parent))

from load import TOP, load              # noqa: E402

units = load("ci/unittest")
tests = load("hypervisor/test/run-tests")


class Folder(unittest.TestCase):
    """A test that has a folder."""

    def setUp(self) -> None:
        work = tempfile.TemporaryDirectory()
        self.addCleanup(work.cleanup)
        self.work = Path(work.name).resolve()

    def program(self, name: str, text: str) -> Path:
        """Make a script of sh."""
        path = self.work / name
        path.write_text(f"#!/bin/sh\n{text}\n")
        path.chmod(0o755)
        return path


class Units(Folder):
    """Python's tests as TAP."""

    HEAD = "import unittest, time\nclass T(unittest.TestCase):\n"

    def run_units(self, text: str, *pattern: str, name: str = "test_it.py", status: int = 0,
                  top: str = "") -> list[str]:
        """Run tests of a file; return the lines."""
        path = self.work / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(self.HEAD + text)
        shown, known = io.StringIO(), set(sys.modules)
        mine = signal.alarm(0)      # of ci/unittest, which runs this test
        with mock.patch.object(sys, "argv", ["unittest", str(self.work / top), *pattern]), \
                mock.patch.object(sys, "path", sys.path.copy()), \
                contextlib.redirect_stdout(shown):
            old = signal.getsignal(signal.SIGALRM)
            loader = unittest.TestLoader()
            try:
                with mock.patch.object(unittest, "defaultTestLoader", loader):
                    self.assertEqual(units.main(), status)
            finally:
                signal.signal(signal.SIGALRM, old)
                for module in set(sys.modules) - known:
                    del sys.modules[module]
                path.unlink()
                rest = signal.alarm(mine)
        self.assertEqual(rest, 0)
        return shown.getvalue().splitlines()

    def test_results(self) -> None:
        lines = self.run_units(
            "\tdef test_a(self): pass\n\tdef test_b(self): self.fail('because')\n"
            "\tdef test_c(self): raise OSError('else')\n"
            "\tdef test_d(self): self.skipTest('no machine')\n\tdef test_e(self): pass\n", status=1)
        self.assertEqual([line for line in lines if not line.startswith("#")], [
            "TAP version 13", "ok 1 test_it.T.test_a", "not ok 2 test_it.T.test_b",
            "not ok 3 test_it.T.test_c", "ok 4 test_it.T.test_d # SKIP no machine",
            "ok 5 test_it.T.test_e", "1..5"])
        at = lines.index("not ok 2 test_it.T.test_b")
        self.assertEqual(lines[at + 1], "# Traceback (most recent call last):")
        self.assertIn("# AssertionError: because", lines[at:])
        self.assertIn("# OSError: else", lines[lines.index("not ok 3 test_it.T.test_c"):])

    def test_each_at_once(self) -> None:
        with mock.patch("builtins.print") as told:
            units.TapResult().addSuccess(self)
        told.assert_called_once_with(f"ok 1 {self.id()}", flush=True)

    def test_all_is_well(self) -> None:
        self.assertEqual(self.run_units("\tdef test_a(self): pass\n"),
                         ["TAP version 13", "ok 1 test_it.T.test_a", "1..1"])

    def test_subtests(self) -> None:
        lines = self.run_units(
            "\tdef test_a(self):\n\t\tfor n in range(4):\n\t\t\twith self.subTest(n):\n"
            "\t\t\t\tself.assertIn(n, (0, 3))\n\tdef test_b(self):\n"
            "\t\twith self.subTest(7): pass\n"
            "\tdef test_c(self):\n\t\twith self.subTest(8): raise OSError('why')\n", status=1)
        self.assertEqual([line for line in lines if not line.startswith("#")], [
            "TAP version 13", "not ok 1 test_it.T.test_a", "ok 2 test_it.T.test_b",
            "not ok 3 test_it.T.test_c", "1..3"])
        self.assertEqual(lines[2:4], ["# test_it.T.test_a [1]",
                                      "# Traceback (most recent call last):"])
        self.assertNotIn("# test_it.T.test_a [2]", lines)
        self.assertIn("# OSError: why", lines)

    def test_none(self) -> None:
        for text, name, pattern in (("\tpass\n", "test_it.py", ()),
                                    ("\tdef test_a(self): pass\n", "it.py", ()),
                                    ("\tdef test_a(self): pass\n", "test_it.py", ("other*.py",))):
            self.assertEqual(self.run_units(text, *pattern, name=name, status=1),
                             ["TAP version 13", "Bail out! there is no test"])

    def test_which(self) -> None:
        self.assertEqual(self.run_units("\tdef test_a(self): pass\n", "other*.py",
                                        name="other_it.py")[1], "ok 1 other_it.T.test_a")
        for name in ("pack/__init__.py", "pack/tests/__init__.py"):
            (self.work / name).parent.mkdir(exist_ok=True)
            (self.work / name).write_text("")
        self.assertEqual(self.run_units("\tdef test_a(self): import pack\n", top="pack/tests",
                                        name="pack/tests/test_it.py")[1],
                         "ok 1 pack.tests.test_it.T.test_a")

    def test_one_that_hangs(self) -> None:
        with mock.patch.object(units, "LIMIT", 1):
            began = time.monotonic()
            lines = self.run_units("\tdef test_a(self):\n\t\ttry: time.sleep(9)\n"
                                   "\t\texcept OSError: pass\n\tdef test_b(self): pass\n", status=1)
        self.assertLess(time.monotonic() - began, 8)
        self.assertEqual(lines[1], "not ok 1 test_it.T.test_a")
        self.assertTrue(any(line.endswith("Late: no end after 1 s") for line in lines))
        self.assertEqual(lines[-2:], ["ok 2 test_it.T.test_b", "1..2"])

    def test_how_long(self) -> None:
        for given, limit in (({}, 240), ({"UNITTEST_SECONDS": "7"}, 7)):
            environment = {name: value for name, value in os.environ.items()
                           if name != "UNITTEST_SECONDS"}
            with mock.patch.dict(os.environ, {**environment, **given}, clear=True):
                self.assertEqual(load("ci/unittest").LIMIT, limit)
        self.assertEqual(units.TOP, TOP)


class Programs(Folder):
    """Programs that print TAP, and fuzzers."""

    def lines(self, script: str, limit: float = 20.0) -> list[tuple]:
        """Results and comments of a program."""
        os.environ.pop("CMOCKA_MESSAGE_OUTPUT", None)       # of who runs this
        return tests.run_program(tests.Job(self.program("it", script)), limit)

    def test_programs(self) -> None:
        for script, expected in (
                ("echo 1..2; echo 'ok 1 - a'; echo 'ok 2 b c'",
                 [(True, "it: a"), (True, "it: b c")]),
                ("echo 'not ok 1 - a'; echo 1..1; exit 1", [(False, "it: a")]),
                ("echo 'not ok 1 - a'; echo 1..1", [(False, "it: a")]),
                ("echo 1..1; echo '# why'; echo what >&2; echo '  ok 3 - x'; echo 'ok 1 - a'",
                 [(None, "why"), (None, "what"), (None, "  ok 3 - x"), (True, "it: a")]),
                ("echo 1..1; echo 'ok 1 - a'; echo 1..1; echo 'ok 1 - b'",
                 [(True, "it: a"), (True, "it: b")]),
                ("true", [(False, "it: ran to its end (status 0, 0 of 0 tests)")]),
                ("echo 1..0", [(False, "it: ran to its end (status 0, 0 of 0 tests)")]),
                ("echo 'ok 1 - a'", [(True, "it: a"),
                                     (False, "it: ran to its end (status 0, 1 of 0 tests)")]),
                ("echo 1..3; echo 'ok 1 - a'; exit 3",
                 [(True, "it: a"), (False, "it: ran to its end (status 3, 1 of 3 tests)")]),
                ("echo 1..1; echo 'ok 1 - a'; exit 3",
                 [(True, "it: a"), (False, "it: ran to its end (status 3, 1 of 1 tests)")]),
                ("echo 1..1; echo 'ok 1 - a'; kill -SEGV $$",
                 [(True, "it: a"), (False, "it: ran to its end (status -11, 1 of 1 tests)")]),
                ("echo 1..2; echo 'not ok 1 - a'; exit 1",
                 [(False, "it: a"), (False, "it: ran to its end (status 1, 1 of 2 tests)")]),
                ("cat; printf '1..1\\nok 1 - \\351\\n'", [(True, "it: \ufffd")]),
                ("echo 1..1; echo ok 1 - $CMOCKA_MESSAGE_OUTPUT", [(True, "it: TAP")])):
            with self.subTest(script):
                self.assertEqual(self.lines(script), expected)

    def test_one_that_hangs(self) -> None:
        began = time.monotonic()
        self.assertEqual(self.lines("echo 1..2; echo 'ok 1 - a'; exec sleep 60", 0.5), [
            (True, "it: a"), (False, "it: no end after 0.5 s, last result: a")])
        self.assertEqual(self.lines("exec sleep 60", 0.1),
                         [(False, "it: no end after 0.1 s, last result: none")])
        self.assertLess(time.monotonic() - began, 20)

    def fuzz(self, script: str, seconds: int = 1, limit: float = 20.0) -> list[tuple]:
        """Results and comments of a fuzzer."""
        return tests.run_fuzzer(tests.Job(self.program("fuzz", script), seconds), limit)

    def test_fuzzers(self) -> None:
        self.assertEqual(self.fuzz("echo x; echo stat::number_of_executed_units: 5; echo y"), [
            (True, "fuzz: 1 s"), (None, "stat::number_of_executed_units: 5")])
        text = "".join(f"echo {n}; " for n in range(50))
        self.assertEqual(self.fuzz(f"{text}exit 77", 3), [
            *((None, str(n)) for n in range(10, 50)), (False, "fuzz: 3 s")])
        self.assertEqual(self.fuzz("exec sleep 60", 1, -0.5), [
            (False, "fuzz: 1 s: no end after 0.5 s")])
        self.program("fuzz-seeds", 'echo "$@" >"$1/seed"')
        at = self.work / "fuzz"
        self.assertEqual(self.fuzz('for word; do echo "$word"; done >$0.words', 9)[0],
                         (True, "fuzz: 9 s"))
        self.assertEqual((self.work / "fuzz.words").read_text().split(), [
            "-seed=1", "-max_total_time=9", "-max_len=8192", f"-artifact_prefix={at}.crash-",
            "-print_final_stats=1", f"{at}.corpus"])
        self.assertEqual((self.work / "fuzz.corpus/seed").read_text(), f"{at}.corpus\n")
        self.program("fuzz-seeds", "exit 1")
        self.assertRaises(subprocess.CalledProcessError, self.fuzz, "true")

    def test_words(self) -> None:
        job = tests.Job
        self.assertEqual(list(tests.jobs_of("a --fuzz 7 b c --fuzz 0 d".split())), [
            job(Path("a")), job(Path("b"), 7), job(Path("c")), job(Path("d"), 0)])
        self.assertEqual(list(tests.jobs_of([])), [])
        words = ["--jobs", "3", "x", "--jobs", "4"]
        self.assertEqual(tests.option(words, "--timeout", 5), 5)
        self.assertEqual(tests.option(words, "--jobs", 5), 3)
        self.assertEqual(words, ["x", "--jobs", "4"])
        self.assertEqual(tests.option(words, "--jobs", 5), 5)

    def main(self, *words: str, status: int = 0) -> list[str]:
        """Run the command line; return the lines."""
        shown = io.StringIO()
        with mock.patch.object(sys, "argv", ["run-tests", *map(str, words)]), \
                contextlib.redirect_stdout(shown):
            self.assertEqual(tests.main(), status)
        return shown.getvalue().splitlines()

    def test_the_command_line(self) -> None:
        slow = self.program("slow", "sleep 0.2; echo 1..1; echo '# x'; echo 'ok 1 - a'")
        bad = self.program("bad", "echo 1..2; echo 'not ok 1 - b'; echo 'ok 2 - c'")
        self.assertEqual(self.main(slow, bad, status=1), [
            "TAP version 13", "# x", "ok 1 - slow: a", "not ok 2 - bad: b", "ok 3 - bad: c",
            "1..3"])
        self.assertEqual(self.main("--jobs", "1", "--timeout", "9", slow)[-2:],
                         ["ok 1 - slow: a", "1..1"])
        self.assertEqual(self.main("--timeout", "0.1", slow, status=1)[1],
                         "not ok 1 - slow: no end after 0.1 s, last result: none")
        self.assertEqual(self.main("--fuzz", "4", bad)[1:], ["ok 1 - bad: 4 s", "1..1"])
        self.assertEqual(self.main(status=1), ["TAP version 13", "Bail out! there is no test"])
        # Each result is there at once, for who ends this program.
        with mock.patch.object(tests, "run_program", return_value=[(True, "a")]), \
                mock.patch.object(sys, "argv", ["run-tests", "x"]), \
                mock.patch("builtins.print") as told:
            tests.main()
        self.assertTrue(told.call_args_list[-2].kwargs["flush"])
        with mock.patch.object(tests, "run_program", return_value=[]) as run, \
                mock.patch.object(tests, "ThreadPoolExecutor",
                                  wraps=tests.ThreadPoolExecutor) as pool:
            self.main("--jobs", "3", "x", status=1)
            self.main("y", status=1)
            with mock.patch.object(os, "cpu_count", return_value=None):
                self.main("z", status=1)
        self.assertEqual([call.args[1] for call in run.call_args_list], [120] * 3)
        self.assertEqual([call.args[0] for call in pool.call_args_list], [3, os.cpu_count(), 1])


class Selftests(Folder):
    """The selftests' run, beside tests that are scripts of a line."""

    def setUp(self) -> None:
        super().setUp()
        shutil.copy(TOP / "tools/testing/selftests/jh/run", self.work)

    def run_selftests(self, *words: str, status: int = 0) -> list[str]:
        """Run them from elsewhere; return the lines."""
        temporary = self.work / "tmp"
        temporary.mkdir(exist_ok=True)
        done = subprocess.run([self.work / "run", *words], cwd="/", text=True, check=False,
                              capture_output=True, timeout=60,
                              env={**os.environ, "TMPDIR": str(temporary)})
        self.assertEqual(done.returncode, status, done.stderr)
        self.assertEqual(list(temporary.iterdir()), [])
        return done.stdout.splitlines()

    def test_words(self) -> None:
        self.program("a.sh", 'echo "a $# $1|$2 $PWD"')
        self.program("b.sh", 'echo "b $#"')
        self.assertEqual(self.run_selftests("a.sh:one,two", "b.sh", "a.sh:x"), [
            "# running a.sh one two", f"a 2 one|two {self.work}", "# running b.sh", "b 0",
            "# running a.sh x", f"a 1 x| {self.work}"])

    def test_statuses(self) -> None:
        for codes, status in (((0, 0), 0), ((4, 0), 0), ((0, 4), 0), ((1, 0), 1), ((0, 1), 1),
                              ((3, 0), 1), ((5, 0), 1)):
            for name, code in zip("ab", codes):
                self.program(name, f"echo {name}; exit {code}")
            self.assertEqual(self.run_selftests("a", "b", status=status),
                             ["# running a", "a", "# running b", "b"])

    def test_one_that_hangs(self) -> None:
        self.program("a", 'echo a step >"$JH_STEP"; sleep 60 & echo $! >left; wait')
        self.program("b", "echo b")
        began = time.monotonic()
        self.assertEqual(self.run_selftests("--seconds", "1", "a", "b", status=1), [
            "# running a", "not ok - a: no end after 1 s, at: a step", "# running b",
            "not ok - b: not run, no time is left"])
        self.assertLess(time.monotonic() - began, 30)
        left = (self.work / "left").read_text().strip()
        time.sleep(0.1)
        state = subprocess.run(["ps", "-o", "stat=", left], text=True, capture_output=True,
                               check=False).stdout.strip()
        self.assertIn(state[:1], ("", "Z"))

    def test_no_time_at_all(self) -> None:
        self.program("a", "echo a")
        self.assertEqual(self.run_selftests("--seconds", "0", "a", status=1), [
            "# running a", "not ok - a: not run, no time is left"])

    def test_a_step_is_the_test_s_own(self) -> None:
        self.program("a", 'echo a step >"$JH_STEP"')
        self.program("b", "exec sleep 60")
        self.assertEqual(self.run_selftests("--seconds", "2", "a", "b", status=1)[-1],
                         "not ok - b: no end after 2 s, at: ")

    def test_how_long(self) -> None:
        text = (self.work / "run").read_text()
        self.assertIn("\nseconds=600\n", text)


if __name__ == "__main__":
    unittest.main()
