# SPDX-License-Identifier: GPL-2.0-only
# Copyright (c) The jh authors
"""Coverage of sources: by gcov, by Python's coverage, and by the code that QEMU has translated."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

TOP = Path(__file__).resolve().parents[2]


@dataclass
class Reached:
    """Coverage of a file: runs of each line with code and of each branch, and its functions."""

    lines: dict[int, int] = field(default_factory=dict)
    branches: dict[int, list[int]] = field(default_factory=dict)        # of a line
    functions: dict[str, tuple[int, int]] = field(default_factory=dict)

    def merge(self, line: int, count: int, branches: list[int]) -> None:
        """Add the coverage of a line by one object, or in one run."""
        self.lines[line] = self.lines.get(line, 0) + count
        old = self.branches.get(line, [])
        longest = max(len(old), len(branches))
        pad = [0] * longest
        if longest:
            self.branches[line] = [a + b for a, b in zip((old + pad)[:longest],
                                                         (branches + pad)[:longest])]

    def line_share(self) -> tuple[int, int]:
        """Return the number of lines that ran, and of all lines."""
        return sum(count > 0 for count in self.lines.values()), len(self.lines)

    def branch_share(self) -> tuple[int, int]:
        """Return the number of branches that were taken, and of all branches."""
        counts = [count for line in self.branches.values() for count in line]
        return sum(count > 0 for count in counts), len(counts)

    def unreached(self) -> list[str]:
        """Return the functions of which no line ran."""
        found = []
        for name, (first, last) in sorted(self.functions.items(), key=lambda item: item[1]):
            inside = [count for line, count in self.lines.items() if first <= line <= last]
            if inside and not any(inside):
                found.append(name)
        return found


Cover = dict[Path, Reached]         # by the path below the top
