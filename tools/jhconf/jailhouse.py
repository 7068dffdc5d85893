# SPDX-License-Identifier: GPL-2.0-only
# Copyright (c) The jh authors
"""A reader of compiled Jailhouse configurations; jailimport.py converts them."""

from __future__ import annotations

import struct
from dataclasses import dataclass

from .errors import ConfigError

ARM64 = 2
ARCHES = {0: "x86", 1: "arm"}

# Jailhouse's flags of a memory region; the first five have the values of jh's.
READ, WRITE, EXECUTE, DMA, IO, COMM, LOADABLE, ROOTSHARED = (1 << n for n in range(8))
BIT_8 = 0x100       # NO_HUGEPAGES, of I/O memory before revision 12: unaligned accesses
UNALIGNED = 0x8000
WIDTHS = 0xF0000

PASSIVE, TEST_DEVICE, AARCH32 = 1, 2, 4
PUTC_PERMITTED, PUTC_ACTIVE = 1 << 30, 1 << 31
IVSHMEM = 3

_HEAD = struct.Struct("<5sBH")
_REGION = struct.Struct("<4Q")
_CONSOLE = struct.Struct("<QIHHIIQ")
_IRQCHIP = struct.Struct("<QII4I")
_PCI = struct.Struct("<BBHH6IHHBBHHQIBBH")
_PLATFORM = struct.Struct("<QBBH")      # of PCI; the rest of the platform's part follows
_CACHE_SIZE, _CAP_SIZE = 12, 8
_UNITS = 8
_MOST = 4096        # of anything that is counted


@dataclass(frozen=True)
class Layout:
    """Differences between revisions; offsets count from the end of _PLATFORM, in bytes."""

    root: int           # offset of the root cell
    gic: int = 0        # offset of the interrupt controller
    pad: int = 0        # bytes between the controller's version and its addresses
    units: int = 0      # offset of the IOMMUs
    unit: int = 0       # bytes of one of them; 0: there are none on arm64
    port: int = 4       # bytes of an I/O port range
    streams: bool = True
    peers: bool = True      # an ivshmem device has a region for each peer, not a single one
    architecture: bool = False
    hardware_ids: bool = False


_LAST = Layout(268, gic=224, pad=2, unit=28, architecture=True)
# Some revisions changed during development: the layout whose counts fit the file is taken.
LAYOUTS = {
    10: (Layout(178, port=1, streams=False, peers=False),),                 # v0.10, v0.11
    12: (Layout(266, units=42, unit=28), Layout(234, units=42, unit=24)),   # v0.12
    13: (Layout(268, gic=224, pad=2, unit=28), Layout(266, gic=224, unit=28)),
    14: (_LAST,),
    15: (Layout(268, gic=224, pad=2, unit=28, architecture=True, hardware_ids=True),),
}


@dataclass
class Region:
    """A memory region of Jailhouse."""

    phys: int
    virt: int
    size: int
    flags: int

    def __str__(self) -> str:
        return f"{self.phys:#x}-{self.phys + max(self.size, 1) - 1:#x}"


@dataclass
class OldCell:
    """A cell of Jailhouse, or its root cell."""

    revision: int
    name: str
    flags: int
    cpus: list[int]
    hardware_ids: bool          # cpus are MPIDR affinities, not Linux's numbers
    regions: list[Region]
    irqs: list[int]
    pci: list[tuple[int, int, int, int]]    # type, device, first region, number of regions
    caches: int
    ports: int
    streams: list[int]
    vpci_irq_base: int
    entry: int
    console: tuple[int, ...]

    def ivshmem(self) -> set[int]:
        """The regions of inter-cell devices, by index."""
        return {index for kind, _, first, count in self.pci if kind == IVSHMEM
                for index in range(first, first + count)}


@dataclass
class OldSystem:
    """A system of Jailhouse."""

    hypervisor: Region
    console: tuple[int, ...]
    gic_version: int
    maintenance: int
    gic: dict[str, int]
    iommus: list[tuple[int, int, int]]
    mmconfig: int
    root: OldCell


def is_jailhouse(data: bytes) -> bool:
    return data[:5] in (b"JHCEL", b"JHSYS", b"JHCLL")


def read(data: bytes) -> OldCell | OldSystem:
    """Reads a file; raises ConfigError if it is no configuration, or of an unknown revision."""
    if not is_jailhouse(data) or len(data) < _HEAD.size:
        raise ConfigError("is no compiled Jailhouse configuration: it begins neither with JHCELL "
                          "or JHCLL nor with JHSYS")
    magic, architecture, revision = _HEAD.unpack_from(data)
    if revision not in LAYOUTS:
        raise ConfigError(f"has Jailhouse revision {revision}; known are "
                          f"{', '.join(map(str, LAYOUTS))}: rebuild it with one of them")
    if LAYOUTS[revision][0].architecture and architecture != ARM64:
        name = ARCHES.get(architecture, f"number {architecture}")
        raise ConfigError(f"is for the architecture {name}: jh runs on arm64 only")
    refusals = []
    for layout in LAYOUTS[revision]:
        try:
            return _Reader(data, revision, layout).read(magic == b"JHSYS")
        except ConfigError as error:
            refusals.append(error)
        except struct.error:
            refusals.append(ConfigError("is cut: it ends within a table; copy it again, or build "
                                        "it with an unchanged Jailhouse"))
    raise refusals[0]


class _Reader:
    """Reads one file in one layout, from front to back."""

    def __init__(self, data: bytes, revision: int, layout: Layout) -> None:
        self.data = data
        self.revision = revision
        self.layout = layout
        self.at = 0

    def take(self, form: struct.Struct) -> tuple[int, ...]:
        values = form.unpack_from(self.data, self.at)
        self.at += form.size
        return values

    def read(self, system: bool) -> OldCell | OldSystem:
        found = self.system() if system else self.cell()
        if self.at != len(self.data):
            raise ConfigError(f"is {len(self.data)} bytes long where its counts say {self.at}: it "
                              "is damaged, or its Jailhouse was changed")
        return found

    def system(self) -> OldSystem:
        layout = self.layout
        self.at = _HEAD.size + 4
        hypervisor = Region(*self.take(_REGION))
        console = self.take(_CONSOLE)
        mmconfig = self.take(_PLATFORM)[0]
        platform = self.at
        units = [struct.unpack_from("<IQI", self.data, platform + layout.units + n * layout.unit)
                 for n in range(_UNITS if layout.unit else 0)]
        maintenance, version, *bases = struct.unpack_from(f"<BB{layout.pad}x5Q", self.data,
                                                          platform + layout.gic)
        self.at = platform + layout.root
        return OldSystem(hypervisor, console, version, maintenance,
                         dict(zip(("gicd", "gicc", "gich", "gicv", "gicr"), bases)),
                         [u for u in units if u[0]], mmconfig, self.cell())

    def cell(self) -> OldCell:
        layout = self.layout
        self.at += _HEAD.size
        form = struct.Struct(f"<32s{11 if layout.streams else 10}IQQ")
        name, _, flags, *counts, vpci, entry, _ = self.take(form)
        cpu_size, regions, caches, irqchips, ports, pci, caps = counts[:7]
        streams = counts[7] if layout.streams else 0
        console = self.take(_CONSOLE)
        if max(counts) > _MOST:
            raise ConfigError(f"has a table of {max(counts)} entries, more than {_MOST}: it is "
                              "damaged")
        cpus = self.cpus(cpu_size)
        found = [Region(*self.take(_REGION)) for _ in range(regions)]
        self.at += caches * _CACHE_SIZE
        irqs = [intid for _ in range(irqchips) for intid in self.irqchip()]
        self.at += ports * layout.port
        devices = [self.pci() for _ in range(pci)]
        self.at += caps * _CAP_SIZE
        ids = list(self.take(struct.Struct(f"<{streams}I")))
        text = bytes(name).partition(b"\0")[0].decode("utf-8", "replace")
        return OldCell(self.revision, text, flags, cpus, layout.hardware_ids, found, irqs,
                       devices, caches, ports, ids, vpci, entry, console)

    def cpus(self, size: int) -> list[int]:
        """A bitmap of numbers, or a table of hardware IDs."""
        if self.layout.hardware_ids:
            return [self.take(struct.Struct("<Q8x"))[0] for _ in range(size)]
        bitmap = self.take(struct.Struct(f"<{size}B"))
        return [n for n in range(size * 8) if bitmap[n // 8] >> n % 8 & 1]

    def irqchip(self) -> list[int]:
        _, _, base, *bitmap = self.take(_IRQCHIP)
        return [base + bit for bit in range(128) if bitmap[bit // 32] >> bit % 32 & 1]

    def pci(self) -> tuple[int, int, int, int]:
        values = self.take(_PCI)
        kind, bdf, first, peers = values[0], values[3], values[-4], values[-2]
        if kind != IVSHMEM:
            return kind, bdf, first, 0
        # A state table, a common region, and an output region for each peer.
        return kind, bdf, first, 2 + peers if self.layout.peers else 1
