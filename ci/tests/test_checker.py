# SPDX-License-Identifier: GPL-2.0-only
# Copyright (c) The jh authors
"""Tests of ci/check: how it counts, judges, runs suites side by side, and ends them."""

import contextlib
import io
import os
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

check = load("ci/check")
Suite = check.Suite


class Counting(unittest.TestCase):
    """TAP, as it comes."""

    def read(self, text: str) -> tuple[int, int, int, list[str], str]:
        """Passed, failed and skipped tests, the failures, and the last result."""
        reader = check.TapReader("it")
        for line in text.splitlines():
            reader.line(line)
        reader.end()
        count = reader.count
        return count.passed, count.failed, count.skipped, count.failures, reader.last

    def test_streams(self) -> None:
        early, none = "it: no plan (1..N); did it end early?", "it: reported no test"
        for text, expected in {
                "1..1\nok 1 - a": (1, 0, 0, [], "a"),
                "1..1\nok 12 a - b": (1, 0, 0, [], "a - b"),
                "ok a\nok - b c\n1..2": (2, 0, 0, [], "b c"),
                "ok\n1..1": (1, 0, 0, [], ""),
                "1..2\nok 1 - a\nnot ok 2 - b": (1, 1, 0, ["it: b"], "b"),
                "1..1\nok 1 - a # SKIP why": (0, 0, 1, [], "a # SKIP why"),
                "1..1\nok 1 - a # skip": (0, 0, 1, [], "a # skip"),
                "1..1\nnot ok 1 - a # SKIP": (0, 0, 1, [], "a # SKIP"),
                "1..1\nok 1 - a # b # skipped": (0, 0, 1, [], "a # b # skipped"),
                "1..1\nok 1 - a # skip # b": (1, 0, 0, [], "a # skip # b"),
                "1..1\nok 1 - a # TODO": (1, 0, 0, [], "a # TODO"),
                "1..1\nok 1 - SKIP": (1, 0, 0, [], "SKIP"),
                "1..1\n\tok 1 a\n# ok 1\nokay\nok 1 b": (1, 0, 0, [], "b"),
                "1..0 # SKIP all": (0, 0, 1, [], ""),
                "1..0 skipped": (0, 0, 1, [], ""),
                "1..3 # skip": (0, 1, 0, ["it: planned 3 tests, reported 0"], ""),
                "1..0": (0, 1, 0, ["it: ran no test"], ""),
                "": (0, 1, 0, [none], ""),
                "TAP version 13": (0, 1, 0, [none], ""),
                "ok 1 a": (1, 1, 0, [early], "a"),
                "1..3\nok 1 a": (1, 1, 0, ["it: planned 3 tests, reported 1"], "a"),
                "1..1\nok 1 a\nok 2 b": (2, 1, 0, ["it: planned 1 tests, reported 2"], "b"),
                "1..1\nok a\nBail out! why": (1, 1, 0, ["it: Bail out! why"], "a"),
                "TAP version 13\n1..1\nok a\nTAP version 14\n1..2\nok b\nok c": (3, 0, 0, [], "c"),
                "1..0 # skip\nTAP version 13\n1..0": (0, 1, 1, ["it: ran no test"], ""),
                "ok a\nTAP version 13\n1..1\nok b": (2, 1, 0, [early], "b"),
                "1..1\nok a\nTAP version 13\n": (1, 0, 0, [], "a")}.items():
            with self.subTest(text):
                self.assertEqual(self.read(text), expected)

    def test_sums(self) -> None:
        total = check.Count(1, 2, 3, ["a"])
        total.add(check.Count(10, 20, 30, ["b"]))
        total.fail("c")
        self.assertEqual((total.passed, total.failed, total.skipped, total.failures),
                         (11, 23, 33, ["a", "b", "c"]))
        self.assertEqual(str(total), "11 passed, 23 failed, 33 skipped")
        self.assertEqual(str(check.Count()), "0 passed, 0 failed, 0 skipped")

    def test_judgements(self) -> None:
        for passed, failed, last, expired, status, least, failures in (
                (3, 0, "a", False, 0, 3, []), (2, 0, "a", False, 0, 3,
                                               ["it: 2 tests passed, 3 are the least"]),
                (2, 1, "a", False, 0, 3, []), (3, 0, "a", False, 7, 3, ["it: ended with status 7"]),
                (2, 0, "a", False, -9, 3, ["it: ended with status -9"]),
                (2, 1, "a", False, 1, 3, []),
                (3, 0, "a", True, 0, 3, ["it: took longer than 2.5 s, after: a"]),
                (0, 1, "", True, 1, 3, ["it: took longer than 2.5 s, before its first result"])):
            reader = check.TapReader("it")
            reader.count, reader.last = check.Count(passed, failed), last
            check.judge(Suite("it", "fast", 2.5, least, ""), reader, expired, status)
            self.assertEqual(reader.count.failures, failures)
            self.assertEqual(reader.count.failed, failed + len(failures))

    def test_the_levels(self) -> None:
        self.assertEqual(check.LEVELS, {
            "check-fast": {"fast"}, "check": {"fast", "check"},
            "check-long": {"fast", "check", "long"}, "bench": {"bench"},
            "bench-long": {"bench", "bench-long"}})
        self.assertEqual((check.TAIL_LINES, check.KILL_AFTER, check.FAST_KERNEL), (30, 10, "6.12"))
        self.assertEqual((check.TOP, check.LOGS), (TOP, TOP / "build/check"))


class Running(unittest.TestCase):
    """Suites that are commands of a moment."""

    def setUp(self) -> None:
        work = tempfile.TemporaryDirectory()
        self.addCleanup(work.cleanup)
        self.work = Path(work.name)
        without = {name: value for name, value in os.environ.items() if "CMOCKA" not in name}
        for patch in (mock.patch.object(check, "LOGS", self.work / "logs"),
                      mock.patch.dict(os.environ, without, clear=True)):
            patch.start()
            self.addCleanup(patch.stop)
        (self.work / "logs").mkdir()
        self.shown: list[str] = []

    def run_suite(self, command: str, limit: float = 20, least: int = 1) -> object:
        """Run one; return its count."""
        return check.run_suite(Suite("it", "fast", limit, least, command), self.shown.append)

    def test_one(self) -> None:
        count = self.run_suite("printf '1..2\\nok 1 a\\n   x\\n\\tnot ok 3\\nok 2 b\\n'; "
                               "echo to stderr >&2")
        self.assertEqual((count.passed, count.failed), (2, 0))
        self.assertEqual(self.shown[1:-1], ["1..2\n", "ok 1 a\n", "ok 2 b\n"])
        self.assertTrue(self.shown[0].startswith("# suite it: printf "))
        self.assertRegex(self.shown[-1], r"^# suite it: 2 passed, 0 failed, 0 skipped in \d+ s, "
                                         r"\d+ s of CPUs\n$")
        log = (self.work / "logs/it.log").read_text()
        self.assertEqual(sorted(log.splitlines()), sorted(
            ["1..2", "ok 1 a", "   x", "\tnot ok 3", "ok 2 b", "to stderr"]))
        self.assertEqual(check.RUNNING, set())

    def test_what_it_gets(self) -> None:
        self.run_suite("echo 1..1; echo ok $PWD $CMOCKA_MESSAGE_OUTPUT $CHECK_SECONDS $(cat); "
                       "printf 'ok \\351\\n' >&2; printf '# \\351\\n'; ps -o pgid= $$; echo $$",
                       12.5)
        self.assertEqual(self.shown[2], f"ok {TOP} TAP 12.5\n")
        self.assertEqual(self.shown[3], "# \ufffd\n")
        group, process = (self.work / "logs/it.log").read_text(errors="replace").splitlines()[-2:]
        self.assertEqual(group.strip(), process)

    def test_one_that_fails(self) -> None:
        lines = "".join(f"echo line {n} >&2; " for n in range(40))
        count = self.run_suite(f"{lines}exit 3")
        self.assertEqual(count.failures, ["it: reported no test"])
        self.assertEqual(self.shown[1], "".join(f"  | line {n}\n" for n in range(10, 40)))
        self.assertEqual(self.run_suite("echo 1..1; echo ok; exec >&-; sleep 0.2; exit 3").failures,
                         ["it: ended with status 3"])
        self.assertEqual(self.run_suite("echo 1..1; echo ok; kill -KILL $$").failures,
                         ["it: ended with status -9"])
        self.assertEqual(self.run_suite("echo 1..1; echo ok", least=2).failures,
                         ["it: 1 tests passed, 2 are the least"])

    def test_one_that_took_a_while(self) -> None:
        with mock.patch.object(check.time, "monotonic", side_effect=[100.0, 112.6]), \
                mock.patch.object(check, "Expiry") as expiry, mock.patch.object(
                    check.os, "wait4", side_effect=lambda process, _: (
                        *os.waitpid(process, 0), mock.Mock(ru_utime=7.2, ru_stime=2.2))):
            expiry.return_value.expired = False
            self.run_suite("echo 1..1; echo ok 1 - x")
        self.assertEqual(expiry.call_args.args[1], 20)
        self.assertEqual(self.shown[-1], "# suite it: 1 passed, 0 failed, 0 skipped in 13 s, "
                                         "9 s of CPUs\n")

    def test_one_that_does_not_end(self) -> None:
        began = time.monotonic()
        count = self.run_suite("echo ok a; trap 'echo not ok b; exit 0' TERM; sleep 60 & wait", 0.3)
        self.assertIn("it: took longer than 0.3 s, after: b", count.failures)
        with mock.patch.object(check, "KILL_AFTER", 0.2):
            count = self.run_suite("trap '' TERM; echo ok a; while :; do sleep 0.1; done", 0.2)
        self.assertIn("it: took longer than 0.2 s, after: a", count.failures)
        self.assertLess(time.monotonic() - began, 15)

    def test_expiry(self) -> None:
        sent: list[tuple[int, int]] = []

        def kill(group: int, number: int) -> None:
            sent.append((group, number))
            raise ProcessLookupError

        with mock.patch.object(check.os, "killpg", kill), \
                mock.patch.object(check.threading, "Timer") as timer:
            expiry = check.Expiry(mock.Mock(pid=77), 5.5)
            (end, kill_it) = timer.call_args_list
            self.assertEqual((end.args[0], kill_it.args[0]), (5.5, 15.5))
            self.assertIs(timer.return_value.daemon, True)
            self.assertEqual(timer.return_value.start.call_count, 2)
            self.assertFalse(expiry.expired)
            kill_it.args[1](*kill_it.args[2])
            self.assertFalse(expiry.expired)
            end.args[1](*end.args[2:])
            self.assertTrue(expiry.expired)
            self.assertEqual(timer.return_value.cancel.call_count, 0)
            expiry.cancel()
            self.assertEqual(timer.return_value.cancel.call_count, 2)
        self.assertEqual(sent, [(77, signal.SIGKILL), (77, signal.SIGTERM)])

    def test_all(self) -> None:
        suites = [Suite(f"n{n}", "fast", 20, 1, f"sleep 0.{2 - n}; echo 1..1; echo ok {n}")
                  for n in range(3)]
        for jobs, order in ((1, ["n0", "n1", "n2"]), (3, None)):
            shown = io.StringIO()
            with contextlib.redirect_stdout(shown):
                total = check.run_all(suites, jobs)
            self.assertEqual((total.passed, total.failed), (3, 0))
            lines = [line.split(":")[0].split()[-1] for line in shown.getvalue().splitlines()
                     if line.startswith("# suite") and " passed" not in line]
            self.assertEqual(lines if order else sorted(lines), ["n0", "n1", "n2"])
            # What is run beside others is shown as one piece.
            text = shown.getvalue()
            for n in range(3):
                at = text.index(f"# suite n{n}: sleep")
                self.assertTrue(text[at:].split("\n", 3)[3].startswith(f"# suite n{n}: 1 passed"))
        with mock.patch.object(check, "ThreadPoolExecutor") as pool, \
                contextlib.redirect_stdout(io.StringIO()):
            check.run_all(suites[:1], 5)
            self.assertEqual(pool.call_count, 0)
            pool.side_effect = OSError
            self.assertRaises(OSError, check.run_all, suites, 2)
            pool.assert_called_with(2)

    def test_an_interrupt(self) -> None:
        with mock.patch.object(check, "as_completed", side_effect=KeyboardInterrupt), \
                mock.patch.object(check, "run_aside"), mock.patch.object(
                    check, "RUNNING", {88, 99}), mock.patch.object(check.os, "killpg") as kill, \
                self.assertRaises(KeyboardInterrupt):
            check.run_all([Suite("a", "fast", 1, 1, "")] * 2, 2)
        self.assertEqual(sorted(call.args for call in kill.call_args_list),
                         [(88, signal.SIGTERM), (99, signal.SIGTERM)])

    def test_the_build(self) -> None:
        for level, status, target in (("check-fast", 0, "root-6.12"), ("check", 0, "root"),
                                      ("check-long", 2, "root"), ("bench", 1, "root")):
            shown = io.StringIO()

            def make(words: list[str], **options: object) -> object:
                self.assertEqual(words, ["make", f"-j{os.cpu_count()}", target])
                self.assertEqual((options["cwd"], options["check"], options["stderr"]),
                                 (TOP, False, subprocess.STDOUT))
                options["stdout"].write("a line\n")         # type: ignore[attr-defined]
                return subprocess.CompletedProcess(words, status)

            with mock.patch.object(check.subprocess, "run", make), \
                    mock.patch.object(check.time, "monotonic", side_effect=[100.0, 112.6]), \
                    contextlib.redirect_stdout(shown):
                count = check.build(level)
            with mock.patch("builtins.print") as told, mock.patch.object(
                    check.subprocess, "run", return_value=mock.Mock(returncode=status)):
                check.build(level)
            self.assertTrue(all(call.kwargs["flush"] for call in told.call_args_list))
            self.assertEqual(count.failures, ["the build"] if status else [])
            self.assertEqual(shown.getvalue(), "# building\n" + (
                "  | a line\n# build: failed in 13 s\n" if status else "# build: done in 13 s\n"))

    def test_the_end_of_a_log(self) -> None:
        log = self.work / "log"
        log.write_bytes(b"a\xff\n" + b"b\n" * 29)
        self.assertEqual(check.tail_of(log), "  | a\ufffd\n" + "  | b\n" * 29)


class Program(unittest.TestCase):
    """The command line, and what is printed at the end."""

    LIST = ("one fast 9 1 true\ntwo check 9 1 true\nthree long 9 1 true\n"
            "four bench 9 1 true\nfive bench-long 9 1 true\n")

    def setUp(self) -> None:
        work = tempfile.TemporaryDirectory()
        self.addCleanup(work.cleanup)
        self.suites = Path(work.name, "suites")
        self.suites.write_text(self.LIST)
        self.ran: list[str] = []
        self.jobs = 0
        self.count, self.built = check.Count(2, 0, 1), check.Count()
        self.levels: list[str] = []
        for name, instead in (("run_all", self.run_all), ("build", self.build),
                              ("LOGS", Path(work.name, "new/logs"))):
            patch = mock.patch.object(check, name, instead)
            patch.start()
            self.addCleanup(patch.stop)

    def run_all(self, suites: list, jobs: int) -> object:
        """Instead of running them."""
        self.ran, self.jobs = [suite.name for suite in suites], jobs
        for name in ("MAKEFLAGS", "MFLAGS", "MAKELEVEL"):
            self.assertNotIn(name, os.environ)
        self.assertTrue(check.LOGS.is_dir())
        return self.count

    def build(self, level: str) -> object:
        """Instead of building."""
        self.levels.append(level)
        return self.built

    def main(self, *words: str, status: int = 0, build: bool = False) -> list[str]:
        """Run the command line; return the lines that it prints."""
        shown, said = io.StringIO(), io.StringIO()
        self.levels.clear()
        with mock.patch.object(sys, "argv", ["check", *words, "--suites", str(self.suites),
                                             *([] if build else ["--no-build"])]), \
                mock.patch.dict(os.environ, MAKEFLAGS="x", MFLAGS="y", MAKELEVEL="1"), \
                mock.patch.object(check.time, "monotonic", side_effect=[100.0, 112.6]), \
                contextlib.redirect_stdout(shown), contextlib.redirect_stderr(said):
            try:
                self.assertEqual(check.main(), status)
            except SystemExit as ended:
                return [str(ended.code), *said.getvalue().splitlines()]
        return shown.getvalue().splitlines()

    def test_levels(self) -> None:
        for words, ran in ((["check-fast"], ["one"]), (["check"], ["one", "two"]),
                           (["check-long"], ["one", "two", "three"]), (["bench"], ["four"]),
                           (["bench-long"], ["four", "five"]), (["check", "two"], ["two"]),
                           (["check-long", "three", "--jobs", "7", "one"], ["one", "three"])):
            lines = self.main(*words)
            self.assertEqual(self.ran, ran)
            self.assertEqual(self.jobs, 7 if "7" in words else os.cpu_count())
            self.assertEqual(lines, ["# 13 s; the logs are in build/check/",
                                     "2 passed, 0 failed, 1 skipped"])
            self.assertEqual(self.levels, [])

    def test_failures(self) -> None:
        self.count = check.Count(1, 2, 0, ["a: b", "c"])
        self.assertEqual(self.main("check", status=1), [
            "# failed: a: b", "# failed: c", "# 13 s; the logs are in build/check/",
            "1 passed, 2 failed, 0 skipped"])
        self.suites.write_text("four bench 9 1 true\n")
        self.count = check.Count()
        self.assertEqual(self.main("check", status=1)[0],
                         "# failed: ci/suites has no suite for check")

    def test_builds(self) -> None:
        self.main("check", build=True)
        self.assertEqual((self.levels, self.ran), (["check"], ["one", "two"]))
        self.ran, self.built = [], check.Count(0, 1, 0, ["the build"])
        self.assertEqual(self.main("check", build=True, status=1)[-1],
                         "0 passed, 1 failed, 0 skipped")
        self.assertEqual(self.ran, [])

    def test_wrong_use(self) -> None:
        for words, says in ((["check", "x", "one", "w"], "check has no suite w, x"),
                            (["check", "three"], "check has no suite three"),
                            (["none"], "invalid choice: 'none'")):
            status, *lines = self.main(*words)
            self.assertEqual(status, "2")
            self.assertIn(says, lines[-1])
        with mock.patch.object(sys, "argv", ["check", "check"]), mock.patch.object(
                check.suitelist, "read", side_effect=check.suitelist.Wrong("it")) as read:
            self.assertRaises(SystemExit, check.main)
            read.assert_called_once_with(TOP / "ci/suites")
        self.suites.write_text("nonsense\n")
        self.assertRegex(self.main("check")[0], "^suites:1: NAME, .* are needed$")


if __name__ == "__main__":
    unittest.main()
