# SPDX-License-Identifier: GPL-2.0-only
# Copyright (c) The jh authors
"""Figures: results of measurements, and parsing them from the output of the programs."""

import re
from dataclasses import dataclass

LINE = re.compile(r"bench: id=(\w+) n=(\d+) min=(\d+) median=(\d+) p99=(\d+) max=(\d+)")
MISSING = re.compile(r"bench: missing id=(.*)")


@dataclass(frozen=True)
class Figure:
    """The distribution of one event's cost over n samples."""

    n: int
    min: int
    median: int
    p99: int
    max: int

    def less(self, native: int) -> "Figure":
        """The figure less a native cost."""
        return Figure(self.n, *(value - native for value in
                                (self.min, self.median, self.p99, self.max)))

    def shared(self, count: int) -> "Figure":
        """The share of each of the events that caused it together."""
        return Figure(self.n, *(value // count for value in
                                (self.min, self.median, self.p99, self.max)))


Figures = dict[str, Figure]


def one(value: int) -> Figure:
    """A figure of a single value."""
    return Figure(1, value, value, value, value)


def parse(text: str) -> tuple[Figures, list[str]]:
    """Return the figures in an output by id, and the ids that were not measured."""
    found = {match[1]: Figure(*map(int, match.groups()[1:])) for match in LINE.finditer(text)}
    return found, [match[1].strip() for match in MISSING.finditer(text)]
