# SPDX-License-Identifier: GPL-2.0-only
# Copyright (c) The jh authors
"""A copy of the tree, in which one file at a time is wrong; the tree itself is never touched."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import IO

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import parts                    # noqa: E402
from parts import Part, TOP     # noqa: E402

LIMIT = 30.0            # seconds for what a mutant makes run, which may hang, and at least
PATIENCE = 5            # times what it took without a mutant
LOOK = 0.25             # seconds between two looks at what it prints
FAILED = re.compile(rb"^not ok ", re.MULTILINE)
FIRST_LIMIT = 3600.0    # without a mutant: it builds, beside whatever else the machine has to do


class Broken(Exception):
    """The tests fail without a mutant."""


SHARED = ("apt", "kernels", "kselftest", "sysroot")     # of build/: not made of the sources


class Scratch:
    """The copy, with what its host tests are made of built once."""

    def __init__(self, folder: Path) -> None:
        self.top = folder / "tree"
        self._names: dict[Path, list[str]] = {}
        self._seconds: dict[str, float] = {}    # of programs and commands, without a mutant
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

    def run(self, command: str, least: float = LIMIT) -> tuple[bool, str]:
        """Run a command of the shell in the copy; return whether it succeeded, and output.

        The first test that fails ends it.
        """
        limit = max(least, PATIENCE * self._seconds.get(command, 0.0))
        with tempfile.TemporaryFile() as output:
            with subprocess.Popen(["sh", "-c", command], cwd=self.top, stdin=subprocess.DEVNULL,
                                  stdout=output, stderr=subprocess.STDOUT,
                                  start_new_session=True) as process:
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
            return process.returncode == 0, self._seen(output).decode(errors="replace")

    @staticmethod
    def _seen(output: IO[bytes]) -> bytes:
        # The processes write at the offset that they share with this file.
        return os.pread(output.fileno(), os.fstat(output.fileno()).st_size, 0)

    def make(self, folder: str, *targets: str) -> bool:
        """Build targets in a folder of programs; warnings are no errors."""
        return parts.make(folder, "EXTRA_FLAGS=-w", *targets, top=self.top).returncode == 0

    def prepare(self, part: Part) -> None:
        """Build what the part's tests need, and see them pass, or raise Broken."""
        if part.programs in parts.folders():
            if not self.make(part.programs, "tests"):
                raise Broken(f"the tests in {part.programs} cannot be built")
            for name in parts.programs(part.programs, self.top):
                began = time.monotonic()
                if self.passes_not(part, [name], FIRST_LIMIT):
                    raise Broken(f"{name} fails without a mutant")
                self._seconds[self._program(part, name)] = time.monotonic() - began
        for command in (*part.builds, *part.tests()):
            began = time.monotonic()
            good, output = self.run(command, FIRST_LIMIT)
            if not good:
                wrong = [line for line in output.splitlines() if re.search("^not ok|rror", line)]
                raise Broken(f"fails without a mutant: {command}: {'; '.join(wrong[:3])}")
            self._seconds[command] = time.monotonic() - began

    def programs(self, part: Part, path: Path) -> list[str]:
        """Return the programs that are made of a source."""
        if part.programs not in parts.folders():
            return []
        if path not in self._names:
            self._names[path] = parts.programs_of(part.programs, path, self.top)
        return self._names[path]

    def seconds(self, part: Part, test: str) -> float:
        """Return how long a program or a command took without a mutant."""
        return self._seconds.get(test, self._seconds.get(self._program(part, test), 0.0))

    def _program(self, part: Part, name: str) -> str:
        """Return the command that runs a program."""
        return str(parts.out_of(part.programs, self.top) / name)

    def passes_not(self, part: Part, names: list[str], least: float = LIMIT) -> str | None:
        """Run programs one after the other; return the first that fails."""
        for name in names:
            if not self.run(self._program(part, name), least)[0]:
                return name
        return None

    def objects(self, path: Path, since: float = 0.0) -> dict[Path, bytes]:
        """Return what was compiled of a source since a time, without what is for debuggers."""
        found = {}
        with tempfile.TemporaryDirectory() as folder:
            # A regular file: objcopy removes its output when it fails, even /dev/stdout.
            bare = Path(folder) / "bare.o"
            for built in sorted((self.top / "build").glob(f"*/**/{path.stem}.o")):
                if ("kernels" in built.parts or built.is_dir()
                        or built.stat().st_mtime < since):
                    continue
                done = subprocess.run(["objcopy", "--strip-debug", str(built), str(bare)],
                                      capture_output=True, check=False)
                found[built] = (built if done.returncode else bare).read_bytes()
        return found
