# SPDX-License-Identifier: GPL-2.0-only
# Copyright (c) The jh authors
"""Rebuilds only the programs of a folder that contain a changed source."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import parts    # noqa: E402

# A command of make's, behind what it prints.
COMMAND = re.compile(r"(?:^|;)\s*((?:\S+-)?(?:gcc|clang|cc) .* -o (\S+) .*)$")
PLAIN = ("SANITIZE=",)          # quick to compile, to link and to run
CHECKED: tuple[str, ...] = ()   # under the sanitizers
COMPILE_SECONDS = 120.0


class Broken(Exception):
    """The tests fail without a mutant."""


class Stillborn(Exception):
    """The changed source does not compile."""


class Plan:
    """The commands that compile and link a folder's programs, in one of its variants."""

    def __init__(self, top: Path, folder: str, out: Path, words: tuple[str, ...]) -> None:
        self.out = out
        self._top = top
        self._folder = folder
        # Two objects of the same code are the same bytes: no lines, no warnings.
        self._words = (f"O={out}", "EXTRA_FLAGS=-w -g0", *words)
        self._compile: dict[Path, str] = {}
        self._link: dict[str, tuple[str, list[Path]]] = {}
        self._made: set[str] = set()
        for line in self._run("-n", "-B", "tests").splitlines():
            self._add(line)

    def _run(self, *words: str) -> str:
        done = subprocess.run([*parts.MAKE, "-C", str(self._top / self._folder), *self._words,
                               *words], text=True, capture_output=True, check=False)
        if done.returncode:
            raise Broken(f"{self._folder}: make {' '.join(words)}: {done.stderr[-400:]}")
        return done.stdout

    def _add(self, line: str) -> None:
        if not (match := COMMAND.search(line)):
            return
        command, made = match[1], Path(match[2])
        if " -c " in command:
            self._compile[made] = command
        else:
            objects = [Path(word) for word in command.split() if word.endswith(".o")]
            self._link[made.name] = (command, objects)

    def make(self, names: list[str]) -> None:
        """Make programs of the unchanged sources; raise Broken."""
        if missing := [name for name in names if name not in self._made]:
            self._run(*(str(self.out / name) for name in missing))
            self._made.update(missing)

    def names(self) -> list[str]:
        """Return all programs, in the order in which make makes them."""
        return list(self._link)

    def objects_of(self, source: Path) -> set[Path]:
        """Return the objects that a source or header goes into; they were made before."""
        found = set()
        for made in self._compile:
            listed = made.with_suffix(".d")
            if listed.exists() and source.name in (text := listed.read_text(encoding="utf-8")):
                words = text.replace("\\\n", " ").split()
                if any(self._resolved(word) == source for word in words
                       if word.endswith(source.name)):
                    found.add(made)
        return found

    def _resolved(self, word: str) -> Path:
        path = (self._top / self._folder / word).resolve()
        return path.relative_to(self._top) if path.is_relative_to(self._top) else path

    def of(self, objects: set[Path]) -> list[str]:
        """Return the programs that objects are linked into."""
        return [name for name, (_, linked) in self._link.items() if objects & set(linked)]

    def twin(self, other: Plan, objects: set[Path]) -> set[Path]:
        """Return this variant's objects for those of another."""
        return {self.out / made.relative_to(other.out) for made in objects}

    def compile(self, made: Path, to: Path) -> bool:
        """Compile an object to another place; return whether it differs; raise Stillborn."""
        to.parent.mkdir(parents=True, exist_ok=True)
        if not self._shell(self._compile[made].replace(f"-o {made}", f"-o {to}")):
            raise Stillborn
        return made.read_bytes() != to.read_bytes()

    def link(self, name: str, to: Path, instead: dict[Path, Path]) -> bool:
        """Link a program to another place, with other objects; return whether that worked."""
        command, linked = self._link[name]
        command = command.replace(f"-o {self.out / name} ", f"-o {to} ")
        for made in linked:
            if made in instead:
                command = command.replace(f"{made} ", f"{instead[made]} ")
        return self._shell(command)

    def linked(self, name: str) -> list[Path]:
        """Return the objects of a program."""
        return self._link[name][1]

    def _shell(self, command: str) -> bool:
        try:
            return subprocess.run(["sh", "-c", command], cwd=self._top / self._folder,
                                  stdin=subprocess.DEVNULL, capture_output=True, check=False,
                                  timeout=COMPILE_SECONDS).returncode == 0
        except subprocess.TimeoutExpired:
            return False


class Trial:
    """A plan with one source changed, which rebuilds programs on demand."""

    def __init__(self, plan: Plan, objects: set[Path]) -> None:
        self._plan = plan
        self._objects = objects
        self._instead: dict[Path, Path | None] = {}     # None: the same as before
        self._out = plan.out / "mutant"

    def program(self, name: str) -> Path | None:
        """Make a program; return it, None if it does not differ. Raise Stillborn."""
        mine = [made for made in self._plan.linked(name) if made in self._objects]
        for made in mine:
            if made not in self._instead:
                to = self._out / made.relative_to(self._plan.out)
                self._instead[made] = to if self._plan.compile(made, to) else None
        instead = {made: to for made in mine if (to := self._instead[made])}
        if not instead:
            return None
        program = self._out / name
        if not self._plan.link(name, program, instead):
            raise Stillborn
        return program
