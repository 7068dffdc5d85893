# SPDX-License-Identifier: GPL-2.0-only
# Copyright (c) The jh authors
"""The PCI host of a cell and the devices on it: where they are if nothing is said of that."""

from __future__ import annotations

from typing import Any, Iterable, Sequence

from . import schema
from .blob import Config, Element
from .tree import Range

WINDOW = 0xff000000     # where Jailhouse's demo puts its registers; what is taken lies below it
ECAM_SIZE, SLOTS, PINS = 1 << 20, 32, 4
STEP = 16 << 20         # between places that are tried


def link_names(tables: Iterable[Any]) -> list[str]:
    """The names of links that are PCI devices, as far as the tables are right."""
    return [table["link"] for table in tables
            if isinstance(table, dict) and isinstance(table.get("link"), str)]


def free_slot(items: Iterable[Element], tables: Iterable[Any]) -> int:
    """The first slot that no device has or asks for; SLOTS, which the checker refuses, if none."""
    taken = {int(item["slot"]) for item in items}
    taken |= {table["slot"] for table in tables
              if isinstance(table, dict) and isinstance(table.get("slot"), int)}
    return next(slot for slot in range(SLOTS + 1) if slot not in taken)


def place(size: int, taken: Sequence[Range]) -> int:
    """For a part of the host: the usual window, or else something below."""
    return next(address for address in range(WINDOW, 0, -STEP)
                if not any(Range(address, size).overlaps(other) for other in taken))


def parts(table: Any) -> list[Range]:
    """What the table [pci] claims by itself."""
    if not isinstance(table, dict):
        return []
    sizes = (("ecam", ECAM_SIZE), ("window", schema.PCI.field("window_size").default))
    return [Range(table[name], size) for name, size in sizes if isinstance(table.get(name), int)]


def window(host: Element) -> Range:
    """Where the guest may place registers."""
    return Range(int(host["window"]), int(host["window_size"]))


def place_registers(config: Config, tables: Sequence[Any]) -> None:
    """A page in the window for each device whose link does not say where its registers are."""
    links, start = config.elements("link"), window(config.one("pci")).start
    taken = {int(link["registers"]) for link in links}
    for device in config.elements("ivshmem"):
        number = int(device["link"])
        if "registers" in tables[number]:
            continue
        links[number]["registers"] = next(
            page for page in range(start, 1 << 64, schema.PAGE_SIZE) if page not in taken)
        taken.add(int(links[number]["registers"]))


def irq_base(config: Config) -> int:
    """vpci-irq-base: that of pin A, as the first device's interrupt and pin say."""
    first = config.elements("ivshmem")[0]
    irq = int(config.elements("link")[int(first["link"])]["irq"])
    return max(irq - 32 - int(first["slot"]) % PINS, 0)
