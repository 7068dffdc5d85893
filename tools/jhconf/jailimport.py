# SPDX-License-Identifier: GPL-2.0-only
# Copyright (c) The jh authors
"""Converts Jailhouse configurations, and lists what has no equivalent."""

from __future__ import annotations

from dataclasses import dataclass, field

from . import schema
from .blob import Config, Element, element
from .devices import Devices
from .errors import ConfigError
from .jailhouse import (AARCH32, BIT_8, COMM, DMA, EXECUTE, IO, IVSHMEM, LOADABLE, PASSIVE,
                        PUTC_ACTIVE, PUTC_PERMITTED, READ, ROOTSHARED, TEST_DEVICE, UNALIGNED,
                        WIDTHS, WRITE, OldCell, OldSystem, Region)
from .names import valid_name
from .flags import CELL, MEM
from .tree import Range

COMMON = READ | WRITE | EXECUTE | DMA | IO
# Sizes of the frames in the architecture; GICD of GICv3 is larger.
GIC_SIZES = {"gicd": 0x1000, "gicc": 0x2000, "gich": 0x1000, "gicv": 0x2000}
GICD_V3_SIZE, GICR_SIZE = 0x10000, 0x20000
EFIFB = 1
DRIVEN = ("8250", "pl011", "xuartps")
DRIVEN_FLAGS = 0x3
KNOWN_FLAGS = sum(value.value for value in schema.CONSOLE_FLAGS)


@dataclass
class Imported:
    """A configuration of jh, and a list of what has no equivalent."""

    config: Config
    missing: list[str] = field(default_factory=list)

    def device(self, path: str) -> int:
        """1 + the index of a device, which is added if it is missing."""
        paths = self.paths()
        if path not in paths:
            self.config.sections.setdefault("device", []).append(element("device", path=path))
            paths.append(path)
        return paths.index(path) + 1

    def paths(self) -> list[str]:
        return [str(item["path"]) for item in self.config.elements("device")]


@dataclass
class Set:
    """Files that are imported together: cells need their system, and a system its cells."""

    system: OldSystem | None = None
    cells: list[OldCell] = field(default_factory=list)
    devices: Devices | None = None

    def linux_console(self, region: Region) -> str:
        """Why the registers are those of the UART that Linux prints to, or None."""
        where = Range(region.phys, region.size)
        if self.devices is not None:
            tree = self.devices.tree
            for path in self.devices.facts.console_paths():
                if any(reg.overlaps(where) for reg in tree.regs(tree.by_path[path])):
                    return f"Linux prints to {path}"
            return ""
        if self.system is None or not region.flags & ROOTSHARED:
            return ""
        address, _, kind, *_ = self.system.console
        if kind and where.start <= address < where.end:
            return "it is the debug console, and root shares it"
        return ""


def convert(old: OldCell | OldSystem, together: Set) -> Imported:
    """The configurations of jh for a set of Jailhouse's."""
    return _System(old, together).convert() if isinstance(old, OldSystem) \
        else _Cell(old, together).convert()


class _Cell:

    def __init__(self, old: OldCell, together: Set) -> None:
        self.old = old
        self.together = together
        self.devices = together.devices
        self.result = Imported(Config("cell"))
        self.missing = self.result.missing
        self.pools = pools(together.cells or [old])

    def convert(self) -> Imported:
        old, sections = self.old, self.result.config.sections
        name = valid_name(old.name)
        if name != old.name:
            self.missing.append(f"the name \"{old.name}\" became \"{name}\"")
        item = element("cell", name=name, entry=old.entry)
        sections["cell"] = [item]
        sections["cpu"] = [element("cpu", cpu=number) for number in self.cpus()]
        no_equivalent(old, self.missing)
        ivshmem = old.ivshmem()
        for index, region in enumerate(old.regions):
            if region.flags & COMM:
                item["comm_address"] = region.virt
            elif region.size and index not in ivshmem:
                self.region(region, f"region {index} ({region})")
        self.irqs()
        if old.vpci_irq_base and not ivshmem:
            item["vpci_irq_base"] = old.vpci_irq_base
        item["flags"] = self.flags(self.console())
        return self.result

    def flags(self, by_hypercall: bool) -> int:
        old = self.old.flags
        flags = CELL["PHYSICAL_IDS"]    # at the addresses that Jailhouse's guests see
        if old & PASSIVE:
            flags |= CELL["PASSIVE_COMM"]
        if old & (PUTC_PERMITTED | PUTC_ACTIVE) or by_hypercall:
            flags |= CELL["PUTC"]
        if old & PUTC_ACTIVE or by_hypercall:
            flags |= CELL["PUTC_ACTIVE"]
        if old & AARCH32:
            self.missing.append("32-bit guests (AARCH32) are not supported")
        if old & TEST_DEVICE:
            self.missing.append("the test device of Jailhouse is not there")
        return flags

    # CPUs

    def cpus(self) -> list[int]:
        """Linux's numbers; since revision 15 Jailhouse's files have hardware IDs."""
        if not self.old.hardware_ids:
            return self.old.cpus
        numbers = self.linux_cpus()
        strange = [f"{cpu:#x}" for cpu in self.old.cpus if cpu not in numbers]
        if strange:
            raise ConfigError(f"names CPUs by the hardware's numbers, {', '.join(strange)}: import "
                              "it with --tree, or together with its system, to have Linux's")
        return [numbers[cpu] for cpu in self.old.cpus]

    def linux_cpus(self) -> dict[int, int]:
        """Affinity of a CPU -> Linux's number, where it is known."""
        if self.devices is not None:
            found = [node.cells("reg")[-2:] for node in self.devices.tree.cpus()]
            return {sum(cell << 32 * n for n, cell in enumerate(reversed(reg))): number
                    for number, reg in enumerate(found)}
        if self.together.system is not None:
            return {cpu: n for n, cpu in enumerate(self.together.system.root.cpus)}
        return {cpu: cpu for cpu in range(8)}     # one cluster, as nearly every board has

    # Memory

    def region(self, region: Region, what: str) -> None:
        self.remarks(region, what)
        console = self.together.linux_console(region) if region.flags & IO else ""
        if console:
            self.missing.append(f"{what}: {console}: it stays with root")
            return
        pages = self.whole_pages(region, what)
        if pages is None:
            return
        flags = region.flags & COMMON
        if region.flags & LOADABLE and not region.flags & IO:
            flags |= MEM["loadable"]
        if region.flags & ROOTSHARED:
            flags |= MEM["shared-with-root"]
            if not region.flags & IO and not self.shared(region, what):
                return
        if flags & MEM["io"] and flags & MEM["execute"]:
            flags &= ~MEM["execute"]
            self.missing.append(f"{what}: device registers cannot be executed")
        number = self.device_at(pages) if flags & MEM["io"] else 0
        if number and flags & MEM["shared-with-root"]:
            flags &= ~MEM["shared-with-root"]
            self.missing.append(f"{what}: root does not share it: its device leaves Linux")
        self.result.config.sections.setdefault("memory", []).append(element(
            "memory", phys=pages.start, virt=region.virt - (region.phys - pages.start),
            size=pages.size, flags=flags, device=number))

    def remarks(self, region: Region, what: str) -> None:
        """Remarks on flags without an equivalent."""
        unaligned = UNALIGNED if self.old.revision >= 12 else BIT_8 if region.flags & IO else 0
        if region.flags & (WIDTHS | unaligned):
            self.missing.append(f"{what}: limits on the width of accesses")
        rest = region.flags & ~(0xFF | BIT_8 | unaligned | WIDTHS)
        if rest:
            self.missing.append(f"{what}: unknown flags {rest:#x}")

    def whole_pages(self, region: Region, what: str) -> Range | None:
        """The region, or the pages around a part of one that no other device has registers in."""
        if not (region.phys | region.virt | region.size) & (schema.PAGE_SIZE - 1):
            return Range(region.phys, region.size)
        where = Range(region.phys, region.size)
        pages = where.pages()
        inside = self.devices.at(pages) if self.devices is not None else []
        offset = schema.PAGE_SIZE - 1
        if region.flags & IO and len(inside) == 1 and region.phys & offset == region.virt & offset:
            self.missing.append(f"{what} is smaller than a page: {inside[0].path} is alone in it, "
                                "so the cell gets the whole page")
            return pages
        self.missing.append(f"{what} is smaller than a page: the cell would reach the rest of the "
                            "page, so it was left out")
        return None

    def shared(self, region: Region, what: str) -> bool:
        """RAM that root shares stays root's, and lies in no pool."""
        where = Range(region.phys, region.size)
        if any(pool.overlaps(where) for pool in self.pools):
            self.missing.append(f"{what} is shared with root, but within 2 MiB of the cells' own "
                                "RAM, which is a pool: it was left out")
            return False
        self.missing.append(f"{what} is shared with root: Linux must know it as reserved memory, "
                            "and the cell must be trusted if Linux uses it")
        return True

    def device_at(self, where: Range) -> int:
        """1 + the index of the tree's device with these registers; 0: unknown."""
        nodes = [node for node in self.devices.enabled if node.parent is not None and any(
            where.contains(reg) for reg in self.devices.tree.regs(node))] if self.devices else []
        return self.result.device(nodes[0].path) if len(nodes) == 1 else 0

    # Interrupts

    def irqs(self) -> None:
        old, virtual = self.old, set()
        if any(kind == IVSHMEM for kind, *_ in old.pci):
            virtual = set(range(old.vpci_irq_base + 32, old.vpci_irq_base + 36))
        told = {i.intid: (i.edge, n.path) for n in (self.devices.enabled if self.devices else [])
                for i in (self.devices.tree.interrupts(n)[0] if self.devices else [])}
        paths = self.result.paths()
        consoles = self.devices.facts.console_paths() if self.devices else []
        for intid in old.irqs:
            edge, path = told.get(intid, (False, ""))
            if intid in virtual:
                self.missing.append(f"interrupt {intid} of a virtual PCI device")
            elif not 32 <= intid < 1020:
                self.missing.append(f"interrupt {intid} is no shared peripheral interrupt")
            elif path in consoles:
                self.missing.append(f"interrupt {intid}: Linux prints to {path}: it stays with "
                                    "root")
            else:
                number = paths.index(path) + 1 if path in paths else 0
                self.result.config.sections.setdefault("irq", []).append(
                    element("irq", intid=intid, flags=int(edge), device=number))
        if old.irqs and self.devices is None:
            self.missing.append("interrupt triggers: they are not in the file; level is assumed, "
                                "import with --tree to take them from the device tree")

    def console(self) -> bool:
        """Its console, if it has the registers; else true: it prints by hypercall."""
        address, size, kind, *_ = self.old.console
        if not kind:
            return False
        for item in self.result.config.elements("memory"):
            end = int(item["virt"]) + int(item["size"])
            if int(item["flags"]) & MEM["io"] and int(item["virt"]) <= address < end:
                size = min(size or schema.PAGE_SIZE, end - address)
                return not add_console(self.result, self.old.console, size, "the guest", True)
        self.missing.append(f"console at {address:#x}: the cell does not get its registers, so it "
                            "prints by hypercall (console = \"hypervisor\")")
        return True


def add_console(result: Imported, values: tuple[int, ...], size: int, who: str,
                guest: bool) -> bool:
    """The console as a section, unless nobody can drive it."""
    address, _, kind, flags, divider, gate, clock = values
    names = {v.value: v.toml for v in schema.CONSOLE_TYPES if v.value > EFIFB}
    if kind not in names or not guest and names[kind] not in DRIVEN:
        result.missing.append(f"console at {address:#x}: {who} has no driver for "
                              f"{names.get(kind, f'type {kind}')}")
        return False
    known = KNOWN_FLAGS if guest else DRIVEN_FLAGS
    if flags & ~known:
        words = [v.toml for v in schema.CONSOLE_FLAGS if flags & v.value & ~known]
        rest = flags & ~KNOWN_FLAGS
        what = ", ".join(words + ([f"{rest:#x}"] if rest else []))
        result.missing.append(f"console at {address:#x}: flags {what}: {who} does not know them, "
                              "see whether it prints")
    result.config.sections["console"] = [element(
        "console", address=address, size=size, type=kind, flags=flags & known, divider=divider,
        gate_nr=gate, clock_reg=clock)]
    return True


def no_equivalent(old: OldCell, missing: list[str]) -> None:
    """Lists features that jh does not have."""
    for kind, bdf, first, count in old.pci:
        where = f"{bdf >> 8:02x}:{bdf >> 3 & 31:02x}.{bdf & 7}"
        if kind == IVSHMEM:
            spots = ", ".join(str(old.regions[i]) for i in range(first, first + count)
                              if i < len(old.regions) and old.regions[i].size)
            missing.append(f"ivshmem device {where} with its shared memory {spots}: add a [[link]] "
                           "and an [[ivshmem]] table with that link to both cells")
        else:
            missing.append(f"PCI device {where}: PCI devices stay with root")
    if old.caches:
        missing.append(f"cache regions ({old.caches}): caches are not partitioned")
    if old.ports:
        missing.append(f"I/O ports ({old.ports}): arm64 has none")
    if old.streams:
        ids = ", ".join(f"{stream:#x}" for stream in old.streams)
        missing.append(f"SMMU streams {ids}: the SMMU stays with root for now")


class _System:

    def __init__(self, old: OldSystem, together: Set) -> None:
        self.old = old
        self.together = together
        self.devices = together.devices
        self.result = Imported(Config("system"))
        self.missing = self.result.missing

    def convert(self) -> Imported:
        old, sections = self.old, self.result.config.sections
        name = valid_name(old.root.name)
        item = element("system", name=name)
        item["hv_address"], item["hv_size"] = old.hypervisor.phys, old.hypervisor.size
        item["optional"] = schema.OPTIONAL_ALL
        if name != old.root.name:
            self.missing.append(f"the name \"{old.root.name}\" became \"{name}\"")
        sections["unit"] = self.units()
        if self.devices:
            item["firmware"] = schema.firmware_number(self.devices.tree.firmware())
        sections["system"] = [item]
        self.console()
        self.missing.append(f"the {len(old.root.regions)} regions of the root cell: root gets all "
                            "that nobody else owns (root.memory = \"all\")")
        no_equivalent(old.root, self.missing)
        self.missing += [f"IOMMU at {base:#x}: it stays with root, untouched"
                         for _, base, _ in old.iommus]
        if old.mmconfig:
            self.missing.append(f"PCI configuration space at {old.mmconfig:#x}: it stays with root")
        self.pools(item)
        self.assignable()
        return self.result

    def units(self) -> list[Element]:
        old, result = self.old, []
        usual = GIC_SIZES | {"gicr": GICR_SIZE * max(1, len(old.root.cpus))}
        if old.gic_version == 3:
            usual["gicd"] = GICD_V3_SIZE
        told = self.devices.tree.gic().units() if self.devices else {}
        for kind in schema.UNIT_KINDS:
            name, frames = kind.path[-1], told.get(kind, ())
            if kind in schema.needed_kinds(old.gic_version):
                frame = Range(old.gic[name], usual[name])
                # Jailhouse's frame may begin at the last mirror, so that the next page follows.
                if frames and not frames[0].contains(Range(frame.start, 1)):
                    self.missing.append(f"{name.upper()} at {frame.start:#x}: the tree says "
                                        f"{frames[0]}")
                    frames = ()
                frames = frames or (frame,)
            result += [element("unit", kind=kind.value, index=index, address=frame.start,
                               size=frame.size,
                               argument=old.maintenance if kind.argument else 0)
                       for index, frame in enumerate(frames)]
        if not told:
            self.missing.append("sizes of the interrupt controller's frames are not in the file: "
                                "the usual ones were taken, import with --tree to have the right "
                                "ones")
        return result

    def console(self) -> None:
        """Their hypervisor may print to a UART of a cell or of Linux; ours leaves it to them."""
        address, size, kind, *_ = self.old.console
        if not kind:
            return
        where = Range(address, size or schema.PAGE_SIZE)
        linux = self.together.linux_console(Region(where.start, 0, where.size, 0))
        if linux:
            self.missing.append(f"console at {address:#x}: {linux}: the hypervisor prints to its "
                                "log ring only (jhctl console)")
            return
        for cell in self.together.cells:
            for region in cell.regions:
                if region.flags & IO and where.overlaps(Range(region.phys, region.size)) \
                        and not self.together.linux_console(region):
                    self.missing.append(f"console at {address:#x}: cell {cell.name} owns this UART,"
                                        " so the hypervisor prints to its log ring only")
                    return
        add_console(self.result, self.old.console, where.size, "the hypervisor", False)

    def pools(self, item: Element) -> None:
        found = pools(self.together.cells)
        most = schema.POOL.counts["system"][1]
        if not found:
            self.missing.append("memory for cells: import the cells together with the system to "
                                "have their memory as pools; one of 64 MiB is taken from Linux")
            self.result.config.sections["pool"] = [element("pool", size=64 << 20, flags=1)]
            return
        hypervisor = Range(int(item["hv_address"]), int(item["hv_size"]))
        if any(pool.overlaps(hypervisor) for pool in found):
            item["hv_address"] = 0
            self.missing.append(f"the hypervisor's memory {hypervisor} shares 2 MiB with the "
                                "memory of a cell: it is taken from Linux instead")
        self.missing += [f"RAM {pool} of a cell: a system has {most} pools at most"
                         for pool in found[most:]]
        self.result.config.sections["pool"] = [
            element("pool", address=pool.start, size=pool.size) for pool in found[:most]]

    def assignable(self) -> None:
        """Assignable: the devices of the cells: whole pages, joined where they overlap."""
        found = []
        for cell in self.together.cells:
            items = _Cell(cell, self.together).convert().config.elements("memory")
            found += [Range(int(m["phys"]), int(m["size"])) for m in items
                      if int(m["flags"]) & MEM["io"]
                      and not int(m["flags"]) & MEM["shared-with-root"]]
        merged: list[Range] = []
        for where in sorted(set(found), key=lambda r: (r.start, r.size)):
            if merged and where.start < merged[-1].end:
                end = max(where.end, merged[-1].end)
                merged[-1] = Range(merged[-1].start, end - merged[-1].start)
            else:
                merged.append(where)
        most = schema.ASSIGNABLE.counts["system"][1]
        self.missing += [f"registers {where} of a cell: a system has {most} assignable ranges "
                         "at most" for where in merged[most:]]
        if merged:
            self.result.config.sections["assignable"] = [
                element("assignable", address=r.start, size=r.size) for r in merged[:most]]


def pools(cells: list[OldCell]) -> list[Range]:
    """Pools around the cells' own RAM, in steps of 2 MiB."""
    align = schema.POOL_ALIGN
    own = []
    for cell in cells:
        ivshmem = cell.ivshmem()
        own += [Range(r.phys, r.size) for index, r in enumerate(cell.regions)
                if r.size and not r.flags & (IO | COMM | ROOTSHARED) and index not in ivshmem]
    merged: list[Range] = []
    for ram in sorted(own, key=lambda r: r.start):
        start, end = ram.start & -align, ram.end + align - 1 & -align
        if merged and start <= merged[-1].end:
            end, start = max(end, merged[-1].end), merged[-1].start
            merged.pop()
        merged.append(Range(start, end - start))
    return merged
