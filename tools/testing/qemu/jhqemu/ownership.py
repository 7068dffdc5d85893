# SPDX-License-Identifier: GPL-2.0-only
# Copyright (c) The jh authors
"""Reads the checks of Documentation/safety/ownership.toml, and makes them.

A check belongs to moments and to one or both interrupt controllers; it compares what a State offers
by name. This module knows no machine: who makes a State reads it (jhqemu/handover.py).
"""

import fnmatch
import re
import tomllib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

TABLE = Path(__file__).resolve().parents[4] / "Documentation/safety/ownership.toml"
MOMENTS = {"cell", "direct", "root", "bare", "firmware", "claim", "release"}
CHIPS = {"gicv2", "gicv3"}
# Registers that are EL2's, are other registers by another name (_EL12), follow from what the CPU
# has (vg, pauth_*), or are compared by other rows.
NOT_RESET = ["x[0-9]*", "sp", "pc", "cpsr", "vg", "pauth_*", "*_EL12", "*_EL2", "*_EL3",
             "CNT*CT_EL0"]
# Further names for checks, besides registers and constants: see handover.py.
FIELDS = {
    "general", "pstate", "cell_id", "found_ppis",
    "sgi_pending", "sgi_sources", "sgi_enabled", "sgi_priority",
    "queued", "num_queued", "num_lpis", "revoke_pending", "slots", "stats", "report_cell", "crash",
    "comm_state", "ram", "loaded", "zero", "found_group", "found_edge", "config_edge", "first_cpu",
    "SPI_ENABLED", "SPI_PENDING", "SPI_ACTIVE", "SPI_PRIORITY", "SPI_GROUP", "SPI_EDGE",
    "SPI_TARGET",
}
CONSTANTS = {"SGIS": 0xffff, "PPIS": 0xffff0000, "DOORBELL": 1 << 7, "MAINTENANCE": 1 << 25}

State = Mapping[str, object]


@dataclass
class Check:
    """One of a row's checks."""

    row: str
    text: str
    moments: set[str]
    chips: set[str]
    kind: str                       # reset, same or expression
    what: str
    made: int = 0
    names: tuple[str, ...] = field(default=())

    def holds(self, state: State) -> Iterator[str]:
        """Evaluate an expression; return its failure, with the values of its names."""
        if not eval(self.what, {"__builtins__": {}}, state):     # pylint: disable=eval-used
            values = ", ".join(f"{name} is {show(state[name])}" for name in self.names
                               if name not in CONSTANTS)
            yield f"{self.row}: {self.what} does not hold: {values}"


def show(value: object) -> str:
    """Format a value, short."""
    return f"{value:#x}" if isinstance(value, int) else str(value)


def parse(row: str, text: str) -> Check:
    """Read "[gicv2|gicv3] MOMENT...: CHECK"; raises ValueError with what is wrong."""
    match = re.fullmatch(r"([a-z0-9 ]+): (reset |same )?(.+)", text)
    words = set(match[1].split()) if match else set()
    if not match or not words & MOMENTS or words - MOMENTS - CHIPS:
        raise ValueError(f"{row}: no check: {text}")
    kind = (match[2] or "expression").strip()
    names: tuple[str, ...] = ()
    if kind == "expression":
        try:
            names = compile(match[3], text, "eval").co_names
        except SyntaxError as error:
            raise ValueError(f"{row}: {text}: {error}") from error
    return Check(row, text, words & MOMENTS, words & CHIPS or CHIPS, kind, match[3], names=names)


class Table:
    """All checks, and the registers that are not as QEMU resets them."""

    def __init__(self, path: Path = TABLE) -> None:
        document = tomllib.loads(path.read_text(encoding="utf-8"))
        self.reset = {row["name"]: row["value"] for row in document["reset"]}
        self.checks = [parse(row["what"], text) for row in document["row"]
                       for text in row.get("qemu", [])]
        patterns = {word for check in self.checks if check.kind == "reset"
                    for word in check.what.split()}
        self._special = patterns - {"*"}

    def at(self, moment: str, chip: str) -> list[Check]:
        """The checks to be made at a moment."""
        return [check for check in self.checks if moment in check.moments and chip in check.chips]

    def names(self, moment: str, chip: str) -> set[str]:
        """The names that the expressions of a moment use."""
        return {name for check in self.at(moment, chip) if check.kind == "expression"
                for name in check.names} - set(CONSTANTS)

    def selected(self, check: Check, registers: Mapping[str, int]) -> Iterator[str]:
        """The registers that a "reset" or "same" is about; "*" takes what no other row does."""
        for name in registers:
            for pattern in check.what.split():
                if check.kind == "reset" and matches(name, NOT_RESET):
                    continue
                if pattern == "*" and matches(name, self._special):
                    continue
                if fnmatch.fnmatchcase(name, pattern):
                    yield name
                    break


def unknown(check: Check, registers: set[str]) -> list[str]:
    """Names in an expression that no state has."""
    return [name for name in check.names
            if name not in FIELDS | set(CONSTANTS) | registers and
            not re.fullmatch(r"(icc|ich)_\w+_el[12]|[A-Z0-9]+_EL[0-2]", name)]


def matches(name: str, patterns: object) -> bool:
    """Does any of the patterns match?"""
    return any(fnmatch.fnmatchcase(name, pattern) for pattern in patterns)  # type: ignore


@dataclass
class Checker:
    """Makes the checks, and remembers the values that "same" compares with."""

    table: Table
    chip: str
    baseline: dict[int, dict[str, int]]         # of each CPU, as QEMU resets it
    found: list[str] = field(default_factory=list)
    visits: dict[str, int] = field(default_factory=dict)
    first: dict[tuple, int] = field(default_factory=dict)

    def visit(self, moment: str, where: str, cpu: int, registers: dict[str, int], kind: int,
              states: list[State], tell: Callable[[str], None]) -> None:
        """Make the checks of a moment, on the state of a CPU or of each interrupt."""
        self.visits[moment] = self.visits.get(moment, 0) + 1
        for check in self.table.at(moment, self.chip):
            usable = [state for state in states if set(check.names) <= set(state)]
            check.made += bool(usable)
            if check.kind == "reset":
                found = self._compare_reset(check, cpu, registers)
            elif check.kind == "same":
                found = self._compare_first(check, (cpu, moment, kind), registers)
            else:
                found = (line for state in usable for line in check.holds(state))
            for line in found:
                self.found.append(f"{where}: {line}")
                tell(self.found[-1])

    def _compare_reset(self, check: Check, cpu: int, registers: dict[str, int]) -> Iterator[str]:
        for name in self.table.selected(check, registers):
            right = self.table.reset.get(name, self.baseline[cpu].get(name))
            if right is not None and registers[name] != right:
                yield f"{check.row}: {name} is {registers[name]:#x}, not {right:#x}"

    def _compare_first(self, check: Check, key: tuple, registers: dict[str, int]) -> Iterator[str]:
        for name in self.table.selected(check, registers):
            right = self.first.setdefault((*key, name), registers[name])
            if registers[name] != right:
                yield f"{check.row}: {name} is {registers[name]:#x}, the first time {right:#x}"
