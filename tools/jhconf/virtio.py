# SPDX-License-Identifier: GPL-2.0-only
# Copyright (c) The jh authors
"""Links of virtio devices that name none: what they are called, how large they are, and where."""

from __future__ import annotations

from typing import Any, Iterable, Sequence

from . import schema
from .blob import Element
from .tree import Range

# By the kind: the link's name, and its size: data goes through the first two.
USUAL = {"block": ("disk", "16M"), "net": ("net", "16M"), "console": ("console", "1M"),
         "entropy": ("rng", "1M")}
TWO_WAYS = ("net", "console")       # a queue each way
OWN_KEYS = ("name", "size")         # of the link, in the device's table
ELSEWHERE, STEP = 0x70000000, 16 << 20
LIMIT = 1 << 32                     # links are below it
KINDS = {value.value: value.toml for value in schema.VIRTIO_KINDS}


def usual_queues(kind: int) -> int:
    """How many queues a device of this kind has."""
    return 2 if KINDS[kind] in TWO_WAYS else 1


def link_of(item: Element, table: dict[str, Any], names: Iterable[str]) -> dict[str, Any]:
    """The table of the link that a device makes for itself, but for the address."""
    usual, size = USUAL[KINDS[int(item["kind"])]]
    taken, name, number = set(names), usual, 2
    while name in taken:
        name, number = f"{usual}{number}", number + 1
    return {"name": table.get("name", name), "peer": schema.ROOT, "size": table.get("size", size),
            "output": 0, "bells": int(item["queues"]) + 1}


def side_by_side(start: int, sizes: Sequence[int]) -> list[int]:
    """An address for each, from start on; large ones last, where they are aligned best."""
    result = [0] * len(sizes)
    for index in sorted(range(len(sizes)), key=lambda index: sizes[index]):
        result[index] = start
        start += sizes[index]
    return result


def place(size: int, ram: Sequence[Range], taken: Sequence[Range]) -> int:
    """Where the memory of all such links begins.

    Below the RAM, to end at a power of two: what lies below that is ZONE_DMA for a Linux that is
    told that its devices reach nothing above. Where there is no room it is elsewhere, which does
    for others.
    """
    lowest = min((where.start for where in ram), default=0)
    end = min(1 << lowest.bit_length() >> 1, LIMIT)
    where = Range(end - size, size)
    if where.start > 0 and not any(where.overlaps(other) for other in taken):
        return where.start
    where = Range(ELSEWHERE, size)
    while any(where.overlaps(other) for other in taken):
        where = Range(where.start + STEP, size)
    return where.start
