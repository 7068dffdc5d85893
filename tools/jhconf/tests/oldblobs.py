# SPDX-License-Identifier: GPL-2.0-only
# Copyright (c) The jh authors
"""Compiled Jailhouse configurations, by tables of where each revision has each field.

The tables were taken from their compiler's offsetof() and sizeof(), not from our reader: field ->
(offset, bytes). Revision 10 is that of v0.10 and v0.11, 12 that of v0.12.
"""

from __future__ import annotations

from typing import Any

Fields = dict[str, tuple[int, int]]

_CELL_12: Fields = {
    "signature": (0, 6), "revision": (6, 2), "name": (8, 32), "id": (40, 4), "flags": (44, 4),
    "cpus": (48, 4), "regions": (52, 4), "caches": (56, 4), "irqchips": (60, 4),
    "ports": (64, 4), "pci": (68, 4), "caps": (72, 4), "streams": (76, 4), "vpci": (80, 4),
    "entry": (84, 8), "timeout": (92, 8), "console": (100, 32), "": (132, 0)}
_CELL_10: Fields = _CELL_12 | {
    "vpci": (76, 4), "entry": (80, 8), "timeout": (88, 8), "console": (96, 32), "": (128, 0)}
del _CELL_10["streams"]

# The field without a name is the end.
CELLS: dict[int, Fields] = {10: _CELL_10, 12: _CELL_12, 13: _CELL_12, 14: _CELL_12, 15: _CELL_12}

_SYSTEM: Fields = {"signature": (0, 6), "revision": (6, 2), "flags": (8, 4), "memory": (12, 32),
                   "console": (44, 32), "mmconfig": (76, 8)}
_GIC_OLD: Fields = {"maintenance": (88, 1), "version": (89, 1), "gicd": (90, 8), "gicc": (98, 8),
                    "gich": (106, 8), "gicv": (114, 8), "gicr": (122, 8)}
_GIC_NEW: Fields = {"units": (88, 28), "maintenance": (312, 1), "version": (313, 1),
                    "gicd": (316, 8), "gicc": (324, 8), "gich": (332, 8), "gicv": (340, 8),
                    "gicr": (348, 8), "": (356, 0)}
SYSTEMS: dict[int, Fields] = {
    10: _SYSTEM | _GIC_OLD | {"": (266, 0)},
    12: _SYSTEM | _GIC_OLD | {"units": (130, 28), "": (354, 0)},
    13: _SYSTEM | _GIC_NEW, 14: _SYSTEM | _GIC_NEW, 15: _SYSTEM | _GIC_NEW}

_REGION: Fields = {"phys": (0, 8), "virt": (8, 8), "size": (16, 8), "flags": (24, 8), "": (32, 0)}
_CONSOLE: Fields = {"address": (0, 8), "size": (8, 4), "type": (12, 2), "flags": (14, 2),
                    "divider": (16, 4), "gate": (20, 4), "clock": (24, 8), "": (32, 0)}
_IRQCHIP: Fields = {"address": (0, 8), "id": (8, 4), "base": (12, 4), "bits": (16, 16),
                    "": (32, 0)}
_UNIT: Fields = {"type": (0, 4), "base": (4, 8), "size": (12, 4), "": (28, 0)}
_PCI: Fields = {"type": (0, 1), "iommu": (1, 1), "bdf": (4, 2), "bars": (6, 24), "first": (48, 4),
                "id": (52, 1), "peers": (53, 1), "protocol": (54, 2), "": (56, 0)}
_CACHE, _CAP = 12, 8


def record(fields: Fields, **values: Any) -> bytes:
    """The bytes of a struct; fields without a value are 0."""
    data = bytearray(fields[""][0])
    for name, value in values.items():
        offset, size = fields[name]
        if isinstance(value, int):
            value = value.to_bytes(size, "little")
        data[offset:offset + size] = value.ljust(size, b"\0")
    return bytes(data)


def region(phys: int, virt: int, size: int, flags: int) -> bytes:
    return record(_REGION, phys=phys, virt=virt, size=size, flags=flags)


def console(address: int, kind: int = 3, flags: int = 3, size: int = 0, **more: int) -> bytes:
    return record(_CONSOLE, address=address, size=size, type=kind, flags=flags, **more)


def _head(magic: str, revision: int) -> bytes:
    """JHCELL and JHSYST; since revision 14 a letter less, and the number of arm64."""
    if revision < 14:
        return {"cell": b"JHCELL", "system": b"JHSYST"}[magic]
    return {"cell": b"JHCLL\x02", "system": b"JHSYS\x02"}[magic]


UART = (0x9040000, 0x9040000, 0x1000, 0x13)
REGIONS = [
    (0x60000000, 0, 0x100000, 0x4F),                # RAM: rwx, DMA, loadable
    UART,
    (0x10002000, 0x10002000, 0x100, 0x40013),       # less than a page, 32-bit accesses only
    (0, 0x80000000, 0x1000, 0x23),                  # communication region
    (0x61000000, 0x61000000, 0x1000, 0x81),         # ivshmem: state table
    (0, 0, 0, 0),                                   # no common region
    (0x61001000, 0x61001000, 0x1000, 0x83),         # output of peer 0
    (0x61002000, 0x61002000, 0x1000, 0x81),         # output of peer 1
]


def cell(revision: int, name: bytes = b"gic demo", flags: int = 0xC0000001,
         regions: list[tuple[int, int, int, int]] | None = None, uart: bytes = console(0x9040000),
         cpus: tuple[int, ...] = (3,), signature: bool = True, ivshmem: bool = True) -> bytes:
    """A cell with the regions above, SPIs 8 and 100, a cache region, an ivshmem device."""
    regions = REGIONS if regions is None else regions
    if revision == 10:      # one region is all that an ivshmem device has
        regions = [item for index, item in enumerate(regions) if index not in (5, 6, 7)]
    if revision == 15:
        table = b"".join(cpu.to_bytes(8, "little") + bytes(8) for cpu in cpus)
        cpu_size = len(cpus)
    else:
        table, cpu_size = sum(1 << cpu for cpu in cpus).to_bytes(8, "little"), 8
    values: dict[str, Any] = {
        "name": name, "flags": flags, "cpus": cpu_size, "regions": len(regions), "caches": 1,
        "irqchips": 1, "pci": int(ivshmem), "caps": 1, "vpci": 100, "entry": 0x1000,
        "console": uart}
    if signature:
        values |= {"signature": _head("cell", revision), "revision": revision}
    streams = b""
    if revision > 10:
        values["streams"], streams = 2, b"\x70\x08\0\0\x71\x08\0\0"
    pci = record(_PCI, type=3, iommu=1, bars=b"\0\xf0\xff\xff", first=4,
                 peers=2 if revision > 10 else 0) if ivshmem else b""
    bits = (1 << 8 | 1 << 100).to_bytes(16, "little")
    return (record(CELLS[revision], **values) + table
            + b"".join(region(*item) for item in regions) + bytes(_CACHE)
            + record(_IRQCHIP, address=0x8000000, base=32, bits=bits) + pci + bytes(_CAP)
            + streams)


def system(revision: int, version: int = 3, uart: bytes = console(0x9040000, size=0x1000),
           memory: tuple[int, int] = (0x50000000, 0x400000),
           frames: dict[str, int] | None = None, cpus: tuple[int, ...] = (0, 1, 2, 3)) -> bytes:
    """A system with an SMMUv3 where its revision has any, and the same cell as root cell."""
    values: dict[str, Any] = {
        "signature": _head("system", revision), "revision": revision, "console": uart,
        "memory": region(memory[0], 0, memory[1], 0), "mmconfig": 0x8E00000, "maintenance": 25,
        "version": version, **(frames or {"gicd": 0x8000000, "gicr": 0x80A0000})}
    if "units" in SYSTEMS[revision]:
        values["units"] = record(_UNIT, type=3, base=0x9050000, size=0x20000)
    return record(SYSTEMS[revision], **values) + cell(revision, b"QEMU", signature=False,
                                                      cpus=cpus)
