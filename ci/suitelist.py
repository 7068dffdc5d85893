#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
# Copyright (c) The jh authors
"""Read ci/suites: its suites, and selftests that it lacks.

As a program (ci/suitelist.py [FILE]) it prints every suite as a line of the list's first part, and
fails with the gaps: a selftest that no suite runs on a machine of jh-qemu, though nothing says why.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

TOP = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(TOP / "tools" / "testing" / "qemu"))

from jhqemu.machines import MACHINES    # noqa: E402

SUITES = TOP / "ci" / "suites"
SELFTESTS = TOP / "tools" / "testing" / "selftests" / "jh"
RUN = "tools/testing/qemu/run-selftests"
WHEN = ("fast", "check", "long", "bench", "bench-long")
COMMANDS_FORM = f"NAME, one of {', '.join(WHEN)}, SECONDS, TESTS (1 or more) and COMMAND"
BOOTS_FORM = "NAME SECONDS TESTS PLACE... | PLACE... | [OPTION... --] SELFTEST..."
NOT_RUN_FORM = "PLACE... | SELFTEST... | REASON"


class Wrong(Exception):
    """A line of the list cannot be parsed; the text says which, and what is needed."""


@dataclass(frozen=True)
class Suite:
    """A command or a boot that is run and counted as one."""

    name: str
    when: str
    limit: float        # seconds
    least: int          # tests that must pass
    command: str
    machine: str = ""   # of jh-qemu, where selftests are booted
    selftests: frozenset[str] = frozenset()


@dataclass
class SuiteList:
    """The whole list."""

    suites: list[Suite] = field(default_factory=list)
    places: dict[str, str] = field(default_factory=dict)                # name: options of jh-qemu
    not_run: dict[tuple[str, str], str] = field(default_factory=dict)   # (selftest, place): reason

    def machine(self, place: str) -> str:
        """Return the machine that a place names; the first place's if it names none."""
        words = " ".join(self.places[word] for word in place.split("+")).split()
        return words[words.index("--machine") + 1] if "--machine" in words else next(iter(MACHINES))

    def _is_machine(self, place: str) -> bool:
        """Is the place a machine as it is?"""
        return self.places[place] in ("", f"--machine {self.machine(place)}")

    def gaps(self) -> Iterator[str]:
        """Yield selftests that no suite runs, and exceptions without need."""
        place_of = {self.machine(place): place for place in self.places if self._is_machine(place)}
        run = {(selftest, suite.machine) for suite in self.suites for selftest in suite.selftests}
        known = selftests()
        for machine in MACHINES:
            if machine not in place_of:
                yield f"{machine}: a machine of jh-qemu without a place"
                continue
            for name in known:
                reason = (name, place_of[machine]) in self.not_run
                if (name, machine) in run and reason:
                    yield f"{name} on {machine}: said to be not run, but it is"
                elif (name, machine) not in run and not reason:
                    yield f"{name} on {machine}: in no suite, and no reason is given"
        for name in sorted({name for name, _ in run | set(self.not_run)} - set(known)):
            yield f"{name}: there is no such selftest"


def selftests() -> list[str]:
    """Return the names of all selftests, as run-selftests takes them."""
    scripts = [path.name for path in SELFTESTS.glob("*.sh") if path.name != "lib.sh"]
    return sorted(scripts + [path.stem for path in SELFTESTS.glob("*_test.c")])


def _command(listed: SuiteList, line: str) -> None:
    words = line.split(None, 4)
    if len(words) != 5 or words[1] not in WHEN or not words[2].isdigit() or not _is_count(words[3]):
        raise Wrong(COMMANDS_FORM)
    listed.suites.append(Suite(words[0], words[1], float(words[2]), int(words[3]), words[4]))


def _is_count(word: str) -> bool:
    return word.isdigit() and int(word) > 0


def _place(listed: SuiteList, line: str) -> None:
    name, _, options = line.partition("\t")
    listed.places[name.strip()] = options.strip()


def _boot(listed: SuiteList, line: str) -> None:
    """A line makes a suite for each place."""
    fields = [part.split() for part in line.split("|", 2)]
    if len(fields) != 3 or len(fields[0]) < 3 or not fields[0][1].isdigit() or not fields[2] \
            or not _is_count(fields[0][2]):
        raise Wrong(BOOTS_FORM)
    name, limit, least, *often = fields[0]
    options, tests = [], fields[2]
    if "--" in tests:
        at = tests.index("--")
        options, tests = tests[:at], tests[at + 1:]
    for when, place in [("check", place) for place in often] + [("long", it) for it in fields[1]]:
        if unknown := [word for word in place.split("+") if word not in listed.places]:
            raise Wrong(f"a place that is known, not {unknown[0]},")
        words = [RUN, *(listed.places[word] for word in place.split("+")), *options, "--", *tests]
        first = place == next(iter(listed.places))
        listed.suites.append(Suite(
            name if first else f"{name}-{place.replace('+', '-')}", when, float(limit), int(least),
            " ".join(word for word in words if word), listed.machine(place),
            frozenset(test.partition(":")[0] for test in tests)))


def _not_run(listed: SuiteList, line: str) -> None:
    fields = [part.strip() for part in line.split("|", 2)]
    if len(fields) != 3 or not all(fields):
        raise Wrong(NOT_RUN_FORM)
    for place in fields[0].split():
        if place not in listed.places:
            raise Wrong(f"a place that is known, not {place},")
        for name in fields[1].split():
            listed.not_run[name, place] = fields[2]


PARTS = {"commands": _command, "places": _place, "boots": _boot, "not run": _not_run}


def read(path: Path = SUITES) -> SuiteList:
    """Read a list; its first part is that of commands."""
    listed = SuiteList()
    take = _command
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        line = line.strip()
        if line.startswith("[") and line[1:-1] in PARTS:
            take = PARTS[line[1:-1]]
        elif line and not line.startswith("#"):
            try:
                take(listed, line)
            except Wrong as wrong:
                raise Wrong(f"{path.name}:{number}: {wrong} are needed") from None
    names = [suite.name for suite in listed.suites]
    for name in names:
        if names.count(name) > 1:
            raise Wrong(f"{path.name}: two suites are called {name}; other names are needed")
    return listed


def main() -> int:
    """Print all suites and what is forgotten."""
    try:
        listed = read(Path(sys.argv[1]) if sys.argv[1:] else SUITES)
    except Wrong as wrong:
        sys.exit(str(wrong))
    for suite in listed.suites:
        print(f"{suite.name}\t{suite.when}\t{suite.limit:g}\t{suite.least}\t{suite.command}")
    gaps = list(listed.gaps())
    for gap in gaps:
        print(f"suitelist: {gap}", file=sys.stderr)
    return 1 if gaps else 0


if __name__ == "__main__":
    sys.exit(main())
