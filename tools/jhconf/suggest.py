# SPDX-License-Identifier: GPL-2.0-only
# Copyright (c) The jh authors
"""Suggests lines for the list of a listed root, from recorded accesses outside of it.

The hypervisor writes one line into its log for each page that root reached outside of its list:

    learn: root read 0x9030fe0

with read, write or fetch; other text around it does not matter. Devices are widened to their
registers, RAM to its bank, so that one run suggests what the next run would otherwise find.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from .blob import Config
from .devices import Devices
from .flags import MEM
from .tree import Range
from .values import size_text

_LINE = re.compile(r"\blearn: \w+ (read|write|fetch) (0x[0-9a-f]+)\b")
_RIGHTS = {"read": MEM["read"], "write": MEM["write"], "fetch": MEM["execute"]}


@dataclass
class Suggestion:
    """A region for the list, and what it is."""

    where: Range
    flags: int
    what: str
    count: int


def accesses(log: str) -> dict[int, tuple[int, int]]:
    """Page address -> (rights of its accesses, number of lines)."""
    found: dict[int, tuple[int, int]] = {}
    for kind, address in _LINE.findall(log):
        page = int(address, 16) & -4096
        flags, count = found.get(page, (0, 0))
        found[page] = flags | _RIGHTS[kind], count + 1
    return found


def suggest(log: str, system: Config, devices: Devices | None) -> list[Suggestion]:
    """Regions that the list lacks; pages that were added meanwhile are left out."""
    listed = [Range(int(m["phys"]), int(m["size"])) for m in system.elements("memory")]
    result: list[Suggestion] = []
    for page, (flags, count) in sorted(accesses(log).items()):
        where = Range(page, 4096)
        if any(region.contains(where) for region in listed):
            continue
        where, flags, what = _widen(where, flags, devices)
        last = result[-1] if result else None
        if last and last.what == what and last.where.end >= where.start:
            end = max(last.where.end, where.end)
            last.where = Range(last.where.start, end - last.where.start)
            last.flags |= flags
            last.count += count
        else:
            result.append(Suggestion(where, flags, what, count))
    return [_clip(suggestion, listed) for suggestion in result]


def _widen(where: Range, flags: int, devices: Devices | None) -> tuple[Range, int, str]:
    """The device or the bank of RAM that the page is part of."""
    if devices is None:
        return where, flags | MEM["read"], "unknown: compare it with the device tree"
    for bank in devices.facts.ram():
        if bank.contains(where):
            full = MEM["read"] | MEM["write"] | MEM["execute"] | MEM["dma"]
            return bank, full, "RAM"
    rights = flags | MEM["read"] | MEM["io"]
    for node in devices.at(where):
        for reg in devices.tree.regs(node):
            if reg.overlaps(where):
                return reg.pages(), (rights | MEM["write"]) & ~MEM["execute"], node.path
    return where, rights & ~MEM["execute"], "no device of the tree: check what Linux does there"


def _clip(suggestion: Suggestion, listed: list[Range]) -> Suggestion:
    """Cuts off the ends that are listed already: regions of the list must not overlap."""
    start, end = suggestion.where.start, suggestion.where.end
    for region in sorted(listed, key=lambda r: r.start):
        if region.start <= start < region.end:
            start = min(region.end, end)
        elif start < region.start < end:
            end = region.start
    suggestion.where = Range(start, end - start)
    return suggestion


def render(suggestions: list[Suggestion]) -> str:
    """TOML lines to be added to the system's source."""
    lines = []
    for item in suggestions:
        words = ", ".join(f"\"{word}\"" for word, bit in MEM.items() if item.flags & bit)
        size = size_text(item.where.size)
        lines += [f"# {item.what}; seen on {item.count} page{'s' * (item.count != 1)}",
                  "[[memory]]", f"phys = {item.where.start:#x}",
                  f"size = {size}" if size.startswith("0x") else f"size = \"{size}\"",
                  f"flags = [{words}]", ""]
    return "\n".join(lines) if lines else "# Nothing was reached outside of the list.\n"
