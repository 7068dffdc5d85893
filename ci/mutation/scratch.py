# SPDX-License-Identifier: GPL-2.0-only
# Copyright (c) The jh authors
"""A copy of the tree, in which one file at a time is changed; the tree itself is never touched."""

from __future__ import annotations

import math
import os
import re
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import IO

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import parts                                        # noqa: E402
from mutation.plan import CHECKED, PLAIN, Broken, Plan  # noqa: E402
from parts import Part, TOP                         # noqa: E402

LIMIT = 15.0            # seconds for what a mutant makes run, which may hang, and at least
PATIENCE = 5            # times what it took without a mutant
LEAST_CPU = 3           # seconds of a CPU's time that it may take at least
LOOK = 0.1              # seconds between two looks at what it prints
PASSED = re.compile(r"^ok ", re.MULTILINE)
FAILED = re.compile(rb"^not ok ", re.MULTILINE)
FIRST_LIMIT = 3600.0    # without a mutant: it builds, beside whatever else the machine has to do


SHARED = ("apt", "kernels", "kselftest", "sysroot")     # of build/: not made of the sources


class Scratch:
    """The copy, with what its host tests are made of built once."""

    def __init__(self, folder: Path) -> None:
        self.top = folder / "tree"
        self._plans: dict[tuple[str, bool], Plan] = {}
        self._objects: dict[tuple[str, Path], set[Path]] = {}
        self._seconds: dict[str, float] = {}    # of programs and commands, without a mutant
        self._cpu: dict[str, float] = {}        # likewise, of a CPU's time
        self._passed: dict[str, int] = {}       # likewise, tests that it says have passed
        self._copy()

    def _copy(self) -> None:
        names = subprocess.run(["git", "ls-files", "-z", "--cached", "--others",
                                "--exclude-standard"], cwd=TOP, check=True, capture_output=True,
                               text=True).stdout.split("\0")
        wanted = {name for name in names if name and (TOP / name).is_file()}
        for old in self.top.rglob("*") if self.top.exists() else ():
            relative = str(old.relative_to(self.top))
            if old.is_file() and relative not in wanted and not relative.startswith("build/"):
                old.unlink()
        for name in sorted(wanted):
            source, copy = TOP / name, self.top / name
            if not copy.exists() or copy.read_bytes() != source.read_bytes():
                copy.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(source, copy)
            copy.chmod(source.stat().st_mode & 0o777)
        (self.top / "build").mkdir(parents=True, exist_ok=True)
        for name in SHARED:
            link = self.top / "build" / name
            if not link.is_symlink() and (TOP / "build" / name).exists():
                link.symlink_to((TOP / "build" / name).resolve())

    def run(self, command: str, least: float = LIMIT, like: str = "",
            more: dict[str, str] | None = None) -> tuple[bool, str]:
        """Run a command of the shell in the copy; return whether it succeeded, and output.

        The first test that fails ends it. It may take as long as what it is like, some times over.
        more: for its environment.
        """
        limit = max(least, PATIENCE * self._seconds.get(like or command, 0.0))
        if (of_cpu := self._cpu.get(like or command)) is not None:
            # An endless loop, on a machine that has more to do, is over long before that.
            like = like or command
            command = f"ulimit -t {max(LEAST_CPU, math.ceil(PATIENCE * of_cpu))}; {command}"
        environment = {**os.environ, "CMOCKA_MESSAGE_OUTPUT": "TAP", **(more or {})}
        with tempfile.TemporaryFile() as output:
            with subprocess.Popen(["sh", "-c", command], cwd=self.top, stdin=subprocess.DEVNULL,
                                  stdout=output, stderr=subprocess.STDOUT,
                                  start_new_session=True, env=environment) as process:
                end = time.monotonic() + limit
                failed = False
                while not failed and time.monotonic() < end:
                    try:
                        process.wait(LOOK)
                        break
                    except subprocess.TimeoutExpired:
                        failed = FAILED.search(self._seen(output)) is not None
                else:
                    os.killpg(process.pid, signal.SIGKILL)
            said = self._seen(output).decode(errors="replace")
            # A mutant may end the program before a test has failed.
            enough = len(PASSED.findall(said)) >= self._passed.get(like or command, 0)
            return process.returncode == 0 and enough, said

    @staticmethod
    def _seen(output: IO[bytes]) -> bytes:
        # The processes write at the offset that they share with this file.
        return os.pread(output.fileno(), os.fstat(output.fileno()).st_size, 0)

    def plan(self, part: Part, checked: bool) -> Plan | None:
        """Return how the part's programs are made, with sanitizers or not; None: it has none."""
        folder = part.programs
        if folder not in parts.folders():
            return None
        if (folder, checked) not in self._plans:
            out = parts.out_of(folder, self.top)
            self._plans[folder, checked] = Plan(
                self.top, folder, out if checked else out.with_name(f"{out.name}-plain"),
                CHECKED if checked else PLAIN)
        return self._plans[folder, checked]

    def prepare(self, part: Part) -> None:
        """Build what the part's tests need, and see them pass, or raise Broken.

        What runs under sanitizers is built when a mutant is first not noticed without.
        """
        if plan := self.plan(part, False):
            plan.make(plan.names())
            for name in parts.programs(part.programs, self.top):
                self.see_passing(plan, name)
        for command in part.builds:
            self._time(command, plain_environment(part))
        for command in part.tests():
            self._time(command, plain_environment(part))

    def _time(self, command: str, more: dict[str, str]) -> None:
        began, before = time.monotonic(), resource.getrusage(resource.RUSAGE_CHILDREN)
        good, output = self.run(command, FIRST_LIMIT, more=more)
        if not good:
            lines = output.splitlines()
            wrong = [line for line in lines if re.search("^not ok|rror", line)] or lines[-1:]
            raise Broken(f"fails without a mutant: {command}: {'; '.join(wrong[:3])}")
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        self._seconds[command] = time.monotonic() - began
        self._passed[command] = len(PASSED.findall(output))
        self._cpu[command] = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime

    def see_passing(self, plan: Plan, name: str) -> None:
        """Run a program without a mutant, once; raise Broken."""
        program = str(plan.out / name)
        if program not in self._seconds:
            plan.make([name])
            self._time(program, {})

    def objects(self, part: Part, path: Path) -> set[Path]:
        """Return the objects of the plain programs that a source goes into."""
        if not (plan := self.plan(part, False)):
            return set()
        if (part.programs, path) not in self._objects:
            self._objects[part.programs, path] = plan.objects_of(path)
        return self._objects[part.programs, path]

    def seconds(self, part: Part, test: str) -> float:
        """Return the seconds that a program or a command took without a mutant."""
        if plan := self.plan(part, False):
            return self._seconds.get(str(plan.out / test), self._seconds.get(test, 0.0))
        return self._seconds.get(test, 0.0)

    def compiled(self, path: Path, since: float = 0.0) -> dict[Path, bytes]:
        """Return the objects that the part's builds made of a source, without debug information."""
        found = {}
        with tempfile.TemporaryDirectory() as folder:
            # A regular file: objcopy removes its output when it fails, even /dev/stdout.
            bare = Path(folder) / "bare.o"
            for built in sorted((self.top / "build").glob(f"*/**/{path.stem}.o")):
                if ("kernels" in built.parts or "mutant" in built.parts or built.is_dir()
                        or built.stat().st_mtime < since):
                    continue
                done = subprocess.run(["objcopy", "--strip-debug", str(built), str(bare)],
                                      capture_output=True, check=False)
                found[built] = (built if done.returncode else bare).read_bytes()
        return found


def plain_environment(part: Part) -> dict[str, str]:
    """Return what makes the part's builds leave the sanitizers out, and its commands use that."""
    return dict(part.plain)
