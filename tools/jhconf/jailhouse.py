# SPDX-License-Identifier: GPL-2.0-only
# Copyright (c) The jh authors
"""Import of compiled Jailhouse configurations (revisions 12, 14 and 15 of their layout)."""

from __future__ import annotations

import re
import struct
from dataclasses import dataclass, field

from . import schema
from .blob import Config, element
from .devices import Devices
from .errors import ConfigError
from .source import CELL, MEM
from .tree import Range

REVISIONS = (12, 14, 15)
ARM64 = 2

# Their flags of a memory region; the first five have our values.
READ, WRITE, EXECUTE, DMA, IO, COMM, LOADABLE, ROOTSHARED = (1 << n for n in range(8))
COMMON = READ | WRITE | EXECUTE | DMA | IO
NO_HUGEPAGES = 0x100
IO_LIMITS = {12: 0xF0100, 14: 0xF8000, 15: 0xF8000}     # unaligned accesses, widths

PASSIVE, TEST_DEVICE, AARCH32 = 1, 2, 4
PUTC_PERMITTED, PUTC_ACTIVE = 1 << 30, 1 << 31
IVSHMEM = 3

_CELL = struct.Struct("<32s11IQQ")
_CELL_HEAD = struct.Struct("<8s")
_REGION = struct.Struct("<4Q")
_CONSOLE = struct.Struct("<QIHHIIQ")
_IRQCHIP = struct.Struct("<QII4I")
_PCI = struct.Struct("<BBHH6IHHBBHHQIBBH")
_CACHE_SIZE, _PIO_SIZE, _CAP_SIZE = 12, 4, 8
_GIC_SIZES = {"gicd": 0x10000, "gicc": 0x2000, "gich": 0x2000, "gicv": 0x2000}


@dataclass
class Region:
    """A memory region of theirs."""

    phys: int
    virt: int
    size: int
    flags: int

    def __str__(self) -> str:
        return f"{self.phys:#x}-{self.phys + max(self.size, 1) - 1:#x}"


@dataclass
class OldCell:
    """A cell of theirs (or their root cell)."""

    name: str
    flags: int
    cpus: list[int]
    regions: list[Region]
    irqs: list[int]
    pci: list[tuple[int, int, int, int]]    # type, device, first region, number of regions
    caches: int
    ports: int
    streams: list[int]
    vpci_irq_base: int
    entry: int
    console: tuple[int, ...]


@dataclass
class OldSystem:
    """A system of theirs."""

    hypervisor: Region
    console: tuple[int, ...]
    gic_version: int
    maintenance: int
    gic: dict[str, int]
    iommus: list[tuple[int, int, int]]
    mmconfig: int
    root: OldCell


@dataclass
class Imported:
    """A configuration of ours, and what of theirs has no equivalent."""

    config: Config
    missing: list[str] = field(default_factory=list)


def is_jailhouse(data: bytes) -> bool:
    return data[:5] in (b"JHCEL", b"JHSYS", b"JHCLL")


def read(data: bytes) -> OldCell | OldSystem:
    """A file of theirs; raises ConfigError for what is none or of an unknown revision."""
    if not is_jailhouse(data) or len(data) < 8:
        raise ConfigError("is no compiled Jailhouse configuration")
    arch, revision = data[5], struct.unpack_from("<H", data, 6)[0]
    if revision not in REVISIONS:
        raise ConfigError(f"has Jailhouse revision {revision}; known are "
                          f"{', '.join(map(str, REVISIONS))}: rebuild it with one of them")
    if revision > 12 and arch != ARM64:
        raise ConfigError("is for another architecture than arm64")
    try:
        if data[:5] == b"JHSYS":
            return _system(data, revision)
        cell, end = _cell(data, 0, revision)
    except struct.error as error:
        raise ConfigError("is cut: it ends within a table") from error
    if end != len(data):
        raise ConfigError(f"is {len(data)} bytes long where its counts say {end}")
    return cell


def _cell(data: bytes, start: int, revision: int) -> tuple[OldCell, int]:
    (name, _, flags, cpu_size, regions, caches, irqchips, ports, pci, caps, streams, vpci,
     entry, _) = _CELL.unpack_from(data, start + _CELL_HEAD.size)
    at = start + _CELL_HEAD.size + _CELL.size
    console = _CONSOLE.unpack_from(data, at)
    at += _CONSOLE.size
    if max(cpu_size, regions, caches, irqchips, ports, pci, caps, streams) > 4096:
        raise ConfigError("has tables of an impossible size")
    cpus, at = _cpus(data, at, cpu_size, revision)
    found = [Region(*_REGION.unpack_from(data, at + i * _REGION.size)) for i in range(regions)]
    at += regions * _REGION.size + caches * _CACHE_SIZE
    irqs = []
    for index in range(irqchips):
        _, _, base, *bitmap = _IRQCHIP.unpack_from(data, at + index * _IRQCHIP.size)
        irqs += [base + bit for bit in range(128) if bitmap[bit // 32] >> bit % 32 & 1]
    at += irqchips * _IRQCHIP.size + ports * _PIO_SIZE
    devices = [_pci(data, at + index * _PCI.size) for index in range(pci)]
    at += pci * _PCI.size + caps * _CAP_SIZE
    ids = list(struct.unpack_from(f"<{streams}I", data, at))
    text = name.partition(b"\0")[0].decode("utf-8", "replace")
    return OldCell(text, flags, cpus, found, irqs, devices, caches, ports, ids, vpci, entry,
                   console), at + streams * 4


def _cpus(data: bytes, at: int, size: int, revision: int) -> tuple[list[int], int]:
    """A bitmap of numbers; since revision 15 a table of hardware IDs."""
    if revision < 15:
        struct.unpack_from(f"<{size}B", data, at)
        return [n for n in range(size * 8) if data[at + n // 8] >> n % 8 & 1], at + size
    ids = [struct.unpack_from("<Q8x", data, at + index * 16)[0] for index in range(size)]
    return ids, at + size * 16


def _pci(data: bytes, at: int) -> tuple[int, int, int, int]:
    values = _PCI.unpack_from(data, at)
    kind, bdf, first, peers = values[0], values[3], values[-4], values[-2]
    # A state table, a common region, and an output region for each peer.
    return kind, bdf, first, 2 + peers if kind == IVSHMEM else 0


def _system(data: bytes, revision: int) -> OldSystem:
    at = 12
    hypervisor = Region(*_REGION.unpack_from(data, at))
    at += _REGION.size
    console = _CONSOLE.unpack_from(data, at)
    at += _CONSOLE.size
    mmconfig = struct.unpack_from("<Q", data, at)[0]
    at += 12
    if revision == 12:
        gic_at, iommu_at, unit, pad = at, at + 42, 24, 0
        root_at = at + 42 + 8 * unit
    else:
        iommu_at, unit, pad = at, 28, 2
        gic_at, root_at = at + 8 * unit, at + 8 * unit + 44
    units = [struct.unpack_from("<IQI", data, iommu_at + index * unit) for index in range(8)]
    maintenance, version, *bases = struct.unpack_from(f"<BB{pad}x5Q", data, gic_at)
    root, end = _cell(data, root_at, revision)
    if end != len(data):
        raise ConfigError(f"is {len(data)} bytes long where its counts say {end}")
    return OldSystem(hypervisor, console, version, maintenance,
                     dict(zip(("gicd", "gicc", "gich", "gicv", "gicr"), bases)),
                     [u for u in units if u[0]], mmconfig, root)


def convert(old: OldCell | OldSystem, cells: list[OldCell],
            devices: Devices | None = None) -> Imported:
    """Ours from theirs; cells: those that the system's pools must have room for."""
    return _convert_system(old, cells, devices) if isinstance(old, OldSystem) \
        else _convert_cell(old, devices)


def valid_name(name: str) -> str:
    name = re.sub(r"[^A-Za-z0-9_.-]+", "-", name).strip("-.")
    return (name if name[:1].isalpha() else f"c-{name}")[:schema.NAME_LEN - 1]


def _console(values: tuple[int, ...], result: Imported, what: str) -> None:
    address, size, kind, flags, divider, gate, clock = values
    names = {v.value for v in schema.CONSOLE_TYPES}
    if not kind:
        return
    if kind not in names or kind == 1:
        result.missing.append(f"{what}: console type {kind} has no driver in jh")
        return
    result.config.sections["console"] = [element(
        "console", address=address, size=size or 0x1000, type=kind, flags=flags & 3,
        divider=divider, gate_nr=gate, clock_reg=clock)]


def _convert_cell(old: OldCell, devices: Devices | None) -> Imported:
    result = Imported(Config("cell"))
    missing = result.missing
    name = valid_name(old.name)
    if name != old.name:
        missing.append(f"the name \"{old.name}\" became \"{name}\"")
    flags = 0
    if old.flags & PASSIVE:
        flags |= CELL["PASSIVE_COMM"]
    if old.flags & (PUTC_PERMITTED | PUTC_ACTIVE):
        flags |= CELL["PUTC"]
    if old.flags & PUTC_ACTIVE:
        flags |= CELL["PUTC_ACTIVE"]
    if old.flags & AARCH32:
        missing.append("32-bit guests (AARCH32) are not supported")
    if old.flags & TEST_DEVICE:
        missing.append("the test device of Jailhouse is not there")
    item = element("cell", name=name, entry=old.entry, flags=flags)
    result.config.sections["cell"] = [item]
    result.config.sections["cpu"] = [element("cpu", cpu=n) for n in old.cpus]
    shared = _no_equivalent(old, missing)
    for index, region in enumerate(old.regions):
        if region.flags & COMM:
            item["comm_address"] = region.virt
        elif region.size and index not in shared:
            _region(region, index, result, devices)
    _irqs(old, result, devices)
    if old.vpci_irq_base and not shared:
        item["vpci_irq_base"] = old.vpci_irq_base
    _console(old.console, result, "cell")
    return result


def _no_equivalent(old: OldCell, missing: list[str]) -> set[int]:
    """Lists what jh does not have; returns the regions that belong to ivshmem devices."""
    shared: set[int] = set()
    for kind, bdf, first, count in old.pci:
        where = f"{bdf >> 8:02x}:{bdf >> 3 & 31:02x}.{bdf & 7}"
        if kind == IVSHMEM:
            shared |= set(range(first, first + count))
            spots = ", ".join(str(old.regions[i]) for i in range(first, first + count)
                              if i < len(old.regions) and old.regions[i].size)
            missing.append(f"ivshmem device {where} with its shared memory {spots}: inter-cell "
                           "communication comes with later work")
        else:
            missing.append(f"PCI device {where}: PCI devices stay with root")
    if old.caches:
        missing.append(f"cache regions ({old.caches}): caches are not partitioned")
    if old.ports:
        missing.append(f"{old.ports} I/O port ranges: arm64 has none")
    if old.streams:
        ids = ", ".join(f"{stream:#x}" for stream in old.streams)
        missing.append(f"SMMU streams {ids}: the SMMU stays with root for now")
    return shared


def _region(region: Region, index: int, result: Imported, devices: Devices | None) -> None:
    if region.flags & (IO_LIMITS[14] | IO_LIMITS[12]) & ~NO_HUGEPAGES:
        result.missing.append(f"region {index} ({region}): limits on the width of accesses")
    if (region.phys | region.virt | region.size) & (schema.PAGE_SIZE - 1):
        result.missing.append(f"region {index} ({region}) is smaller than a page: the cell would "
                              "reach the rest of the page, so it was left out")
        return
    flags = region.flags & COMMON
    if region.flags & LOADABLE and not region.flags & IO:
        flags |= MEM["loadable"]
    if region.flags & ROOTSHARED:
        flags |= MEM["shared-with-root"]
    if flags & MEM["io"] and flags & MEM["execute"]:
        flags &= ~MEM["execute"]
        result.missing.append(f"region {index} ({region}): device registers cannot be executed")
    number = _device_at(region, result, devices) if flags & MEM["io"] else 0
    result.config.sections.setdefault("memory", []).append(element(
        "memory", phys=region.phys, virt=region.virt, size=region.size, flags=flags,
        device=number))


def _device_at(region: Region, result: Imported, devices: Devices | None) -> int:
    """1 + the index of the tree's device whose registers the region holds; 0 if none is known."""
    where = Range(region.phys, region.size)
    nodes = [node for node in devices.enabled if node.parent is not None and any(
        where.contains(reg) for reg in devices.tree.regs(node))] if devices else []
    if len(nodes) != 1:
        return 0
    paths = [item["path"] for item in result.config.elements("device")]
    if nodes[0].path not in paths:
        result.config.sections.setdefault("device", []).append(
            element("device", path=nodes[0].path))
        paths.append(nodes[0].path)
    return paths.index(nodes[0].path) + 1


def _irqs(old: OldCell, result: Imported, devices: Devices | None) -> None:
    virtual = set()
    if any(kind == IVSHMEM for kind, *_ in old.pci):
        virtual = set(range(old.vpci_irq_base + 32, old.vpci_irq_base + 36))
    paths = [item["path"] for item in result.config.elements("device")]
    told = {i.intid: (i.edge, n.path) for n in (devices.enabled if devices else [])
            for i in (devices.tree.interrupts(n)[0] if devices else [])}
    for intid in old.irqs:
        if intid in virtual:
            result.missing.append(f"interrupt {intid} of a virtual PCI device")
        elif not 32 <= intid < 1020:
            result.missing.append(f"interrupt {intid} is no shared peripheral interrupt")
        else:
            edge, path = told.get(intid, (False, ""))
            number = paths.index(path) + 1 if path in paths else 0
            result.config.sections.setdefault("irq", []).append(
                element("irq", intid=intid, flags=int(edge), device=number))
    if old.irqs and devices is None:
        result.missing.append("interrupt triggers: they are not in the file; level is assumed, "
                              "import with --tree to take them from the device tree")


def _convert_system(old: OldSystem, cells: list[OldCell], devices: Devices | None) -> Imported:
    result = Imported(Config("system"))
    missing = result.missing
    item = element("system", name=valid_name(old.root.name), gic_version=old.gic_version,
                   maintenance_irq=old.maintenance)
    item["hv_address"], item["hv_size"] = old.hypervisor.phys, old.hypervisor.size
    wanted = ("gicd", "gicr") if old.gic_version == 3 else ("gicd", "gicc", "gich", "gicv")
    told = devices.tree.gic().frames if devices else {}
    for name in wanted:
        usual = _GIC_SIZES.get(name, 0x20000 * max(1, len(old.root.cpus)))
        frame = Range(old.gic[name], usual)
        # Theirs may begin at the last mirror of a frame, so that the next page follows.
        if name in told and told[name].contains(Range(frame.start, 1)):
            frame = told[name]
        elif name in told:
            missing.append(f"{name.upper()} at {frame.start:#x}: the tree says {told[name]}")
        item[f"{name}_base"], item[f"{name}_size"] = frame.start, frame.size
    if devices:
        item["firmware"] = int(devices.tree.has_zynqmp_firmware())
    if not told:
        missing.append("sizes of the interrupt controller's frames are not in the file: the usual "
                       "ones were taken, import with --tree to have the right ones")
    result.config.sections["system"] = [item]
    _console(old.console, result, "system")
    _share_console(result, cells)
    missing.append(f"the {len(old.root.regions)} regions of the root cell: root gets all that "
                   "nobody else owns (root.memory = \"all\")")
    _no_equivalent(old.root, missing)
    missing += [f"IOMMU at {base:#x}: it stays with root, untouched"
                for _, base, _ in old.iommus]
    if old.mmconfig:
        missing.append(f"PCI configuration space at {old.mmconfig:#x}: it stays with root")
    _pools(result, cells)
    result.config.sections["window"] = _windows(cells)
    return result


def _share_console(result: Imported, cells: list[OldCell]) -> None:
    """Their hypervisor may print to the UART of a cell; ours leaves it to the cell."""
    for console in result.config.elements("console"):
        where = Range(int(console["address"]), int(console["size"]))
        for cell in cells:
            if any(r.flags & IO and where.overlaps(Range(r.phys, r.size)) for r in cell.regions):
                del result.config.sections["console"]
                result.missing.append(f"console at {where.start:#x}: cell {cell.name} owns this "
                                      "UART, so the hypervisor prints to its log ring only")
                return


def _ram(cells: list[OldCell]) -> list[Range]:
    return [Range(r.phys, r.size) for cell in cells
            for i, r in enumerate(cell.regions)
            if r.size and not r.flags & (IO | COMM) and i not in _no_equivalent(cell, [])]


def _pools(result: Imported, cells: list[OldCell]) -> None:
    """Pools around the RAM of the cells, in steps of 2 MiB."""
    align = schema.POOL_ALIGN
    merged: list[Range] = []
    for ram in sorted(_ram(cells), key=lambda r: r.start):
        start, end = ram.start & -align, ram.end + align - 1 & -align
        if merged and start <= merged[-1].end:
            end, start = max(end, merged[-1].end), merged[-1].start
            merged.pop()
        merged.append(Range(start, end - start))
    if not merged:
        result.missing.append("memory for cells: import the cells together with the system to "
                              "have their memory as pools; one of 64 MiB is taken from Linux")
        result.config.sections["pool"] = [element("pool", size=64 << 20, flags=1)]
        return
    system = result.config.one("system")
    hypervisor = Range(int(system["hv_address"]), int(system["hv_size"]))
    for pool in merged[:schema.POOL.counts["system"][1]]:
        if pool.overlaps(hypervisor):
            system["hv_address"] = 0
            result.missing.append(f"the hypervisor's memory {hypervisor} shares 2 MiB with the "
                                  "memory of a cell: it is taken from Linux instead")
        result.config.sections.setdefault("pool", []).append(
            element("pool", address=pool.start, size=pool.size))


def _windows(cells: list[OldCell]) -> list[dict[str, int | str]]:
    """Windows for the devices of the cells."""
    found = {(r.phys, r.size) for cell in cells for r in cell.regions
             if r.size and r.flags & IO and not (r.phys | r.size) & (schema.PAGE_SIZE - 1)}
    result: list[Range] = []
    for start, size in sorted(found):
        if not result or start >= result[-1].end:
            result.append(Range(start, size))
    return [element("window", address=r.start, size=r.size) for r in result]
