# SPDX-License-Identifier: GPL-2.0-only
# Copyright (c) The jh authors
"""The records of a configuration: the only place where they are declared.

The C header hypervisor/uapi/jh/config.h, the packer and unpacker (blob.py), the mapping to TOML
(source.py) and the tables of Documentation/reference/config-format.rst all come from RECORDS.
What a combination of fields means is not here: that is hypervisor/lib/config.c.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Iterable

MAGIC = b"JHCONFIG"
VERSION = 2
HEADER_SIZE = 32
SECTION_SIZE = 16
NAME_LEN = 32
PATH_LEN = 112
PAGE_SIZE = 4096
POOL_ALIGN = 2 << 20
MIN_HV_SIZE = 256 << 10
ADDRESS_LIMIT = 1 << 48

ARCHES = {"arm64": 1}
KINDS = {"system": 1, "cell": 2}


@dataclass(frozen=True)
class Value:
    """A bit of a flags field or a member of an enumeration, and how TOML spells it.

    Without a c_name it is only a spelling of TOML.
    """

    c_name: str
    value: int
    toml: str
    doc: str


@dataclass(frozen=True)
class Field:
    """A member of a record.

    ctype is u16, u32, u64 or char[N]. key is the TOML key ("" = not spelled: must be zero, or
    set by other keys). show tells how TOML writes the number: hex, size, dec, text, bits, choice.
    """

    name: str
    ctype: str
    doc: str
    key: str = ""
    show: str = "hex"
    values: tuple[Value, ...] = ()
    default: int = 0

    @property
    def size(self) -> int:
        if self.ctype.startswith("char["):
            return int(self.ctype[5:-1])
        return {"u16": 2, "u32": 4, "u64": 8}[self.ctype]

    @property
    def align(self) -> int:
        return 1 if self.ctype.startswith("char[") else self.size


@dataclass(frozen=True)
class Record:
    """A section's element. counts maps the kind of a blob to (least, most) elements."""

    section: str
    type: int
    doc: str
    fields: tuple[Field, ...]
    counts: dict[str, tuple[int, int]]
    limit_macro: str = ""
    c_struct: str = ""

    @property
    def struct(self) -> str:
        return self.c_struct or f"jh_config_{self.section}"

    @property
    def size(self) -> int:
        return sum(field.size for field in self.fields)

    def offsets(self) -> list[tuple[Field, int]]:
        """Each field with its offset; natural alignment without padding is asserted."""
        result, offset = [], 0
        for field in self.fields:
            if offset % field.align:
                raise ValueError(f"{self.section}.{field.name} is not naturally aligned")
            result.append((field, offset))
            offset += field.size
        if offset % 8:
            raise ValueError(f"{self.section}: size {offset} is not a multiple of 8")
        return result

    def field(self, name: str) -> Field:
        return next(field for field in self.fields if field.name == name)


SYSTEM_FLAGS = (
    Value("JH_SYSTEM_ROOT_LISTED", 0x1, 'root.memory = "listed"',
          "root may access listed memory only"),
    Value("JH_SYSTEM_ROOT_LEARN", 0x2, 'root.memory = "learn"',
          "with the list: what is outside of it is permitted and logged"),
    Value("JH_SYSTEM_TRUST_GUESTS", 0x4, "mitigations = false",
          "no guest attacks the hypervisor by speculation: nothing is done against it"),
)

FIRMWARE = (
    Value("JH_FIRMWARE_OTHER", 0, "other", "only root may make the chip's own firmware calls"),
    Value("JH_FIRMWARE_ZYNQMP", 1, "zynqmp",
          "Zynq UltraScale+: its calls follow the ownership of the devices"),
    Value("JH_FIRMWARE_IMX8M", 2, "imx8m",
          "i.MX 8M: root changes the frequency of the DDR only while there is no cell"),
)

OPTIONAL = (
    Value("JH_OPTIONAL_UART", 0x1, "uart",
          'virtual UARTs of cells, console = "uart", with their interrupt'),
    Value("JH_OPTIONAL_LINK", 0x2, "link", "links between cells, with their interrupts"),
)

OPTIONAL_ALL = sum(unit.value for unit in OPTIONAL)


def firmware_number(name: str) -> int:
    """JH_FIRMWARE_* of a spelling."""
    return next(value.value for value in FIRMWARE if value.toml == name)


CONSOLE_TYPES = (
    Value("JH_CONSOLE_NONE", 0, "none", "no console"),
    Value("JH_CONSOLE_EFIFB", 1, "efifb", "EFI frame buffer (x86)"),
    Value("JH_CONSOLE_8250", 2, "8250", "8250 and 16550"),
    Value("JH_CONSOLE_PL011", 3, "pl011", "Arm PL011"),
    Value("JH_CONSOLE_XUARTPS", 4, "xuartps", "Cadence UART of Zynq"),
    Value("JH_CONSOLE_MVEBU", 5, "mvebu", "Marvell Armada; of a cell only, the guest drives it"),
    Value("JH_CONSOLE_HSCIF", 6, "hscif", "Renesas HSCIF; of a cell only"),
    Value("JH_CONSOLE_SCIFA", 7, "scifa", "Renesas SCIFA; of a cell only"),
    Value("JH_CONSOLE_IMX", 8, "imx", "i.MX; of a cell only"),
    Value("JH_CONSOLE_LPUART", 9, "lpuart", "i.MX LPUART; of a cell only"),
    Value("JH_CONSOLE_SCIF", 10, "scif", "Renesas SCIF; of a cell only"),
)

CONSOLE_FLAGS = (
    Value("JH_CONSOLE_MMIO", 0x1, "mmio", "the registers are memory, not I/O ports"),
    Value("JH_CONSOLE_REGDIST_4", 0x2, "regdist-4", "the registers lie four bytes apart"),
    Value("JH_CONSOLE_INVERTED_GATE", 0x1000, "inverted-gate",
          "the clock gate is cleared, not set; of a cell only"),
    Value("JH_CONSOLE_MDR_QUIRK", 0x2000, "mdr-quirk",
          "an 8250 with the mode register of TI; of a cell only"),
    Value("JH_CONSOLE_VIRTUAL", 0x4000, 'type = "uart"',
          "the hypervisor stands in for the registers; of a cell only"),
)

CELL_FLAGS = (
    Value("JH_CELL_TRUSTED", 0x1, "trusted = true",
          "may get what isolation would otherwise refuse"),
    Value("JH_CELL_IRQ_DIRECT", 0x2, 'interrupts = "direct"',
          "straight to EL1; needs trusted; on GICv3 without a mask"),
    Value("JH_CELL_WFI_TRAP", 0x4, 'wfi = "trap"', "WFI is trapped, so that a CPU can always be "
          "stopped"),
    Value("JH_CELL_PUTC", 0x8, 'putc = "permitted"', "the debug console hypercall is permitted"),
    Value("JH_CELL_PUTC_ACTIVE", 0x10, 'putc = "active"', "the cell should print by hypercall"),
    Value("JH_CELL_PASSIVE_COMM", 0x20, 'shutdown = "now"',
          "does not answer shutdown requests; is stopped at once"),
    Value("JH_CELL_SCRUB_RESTART", 0x80, 'scrub = "restart"',
          "every life begins with zeroed RAM, into which the images are loaded again"),
    Value("JH_CELL_REBOOT", 0x400, 'on-reset = "restart"',
          "a reset that the guest asks for loads and starts it again"),
    Value("JH_CELL_PMU", 0x40, "pmu = true", "may use the performance counters of its CPUs"),
    Value("JH_CELL_PHYSICAL_IDS", 0x100, 'cpu-ids = "physical"',
          "the guest sees the machine's MPIDRs, CPU interfaces and redistributors, not its own"),
)

ON_FAILURE = (
    Value("JH_ON_FAILURE_STAY", 0, "stay", "leave the cell parked for a post-mortem"),
    Value("JH_ON_FAILURE_RESTART", 1, "restart", "start it again, max_restarts times at most"),
)

MEMORY_FLAGS = (
    Value("JH_MEM_READ", 0x1, "read", "the cell may read"),
    Value("JH_MEM_WRITE", 0x2, "write", "the cell may write"),
    Value("JH_MEM_EXECUTE", 0x4, "execute", "the cell may execute; not with io"),
    Value("JH_MEM_DMA", 0x8, "dma", "the cell's bus masters may reach it"),
    Value("JH_MEM_IO", 0x10, "io", "device registers, not RAM"),
    Value("JH_MEM_LOADABLE", 0x20, "loadable", "images may be loaded into it; RAM only"),
    Value("JH_MEM_AUTO", 0x40, "auto", "RAM that the hypervisor takes from a pool; phys is 0"),
    Value("JH_MEM_SHARED_ROOT", 0x80, "shared-with-root", "root keeps its access too"),
)

IRQ_FLAGS = (
    Value("", 0x0, "level", "level-sensitive"),
    Value("JH_IRQ_EDGE", 0x1, "edge", "edge-triggered"),
)

LINK_FLAGS = (
    Value("JH_LINK_RPMSG", 0x1, "rpmsg",
          "with root: it carries rpmsg, and the cell is a remote processor of Linux"),
    Value("JH_LINK_PCI", 0x2, "root-pci", "with root: Linux finds its side as a PCI device"),
)

VIRTIO_KINDS = (
    Value("JH_VIRTIO_NET", 1, "net", "network card"),
    Value("JH_VIRTIO_BLOCK", 2, "block", "disk"),
    Value("JH_VIRTIO_CONSOLE", 3, "console", "console"),
    Value("JH_VIRTIO_ENTROPY", 4, "entropy", "source of random numbers"),
)

POOL_FLAGS = (
    Value("JH_POOL_AUTO", 0x1, "no address", "the driver takes it from Linux; address is 0"),
)


@dataclass(frozen=True)
class Kind:
    """A kind of unit: registers that are shared out among cells, or kept from them.

    name is the path of its TOML key: a table { address, size }, or a list of them where most is
    above 1. Sizes are from least to limit (0: no limit), address and size multiples of step.
    argument is the TOML key of the row's argument.
    """

    c_name: str
    value: int
    name: str
    doc: str
    least: int
    limit: int
    step: int
    most: int
    flags: tuple[str, ...]
    argument: str = ""

    def has(self, flag: str) -> bool:
        return flag in self.flags

    @property
    def path(self) -> tuple[str, ...]:
        return tuple(self.name.split("."))

    @property
    def title(self) -> str:
        """GIC distributor"""
        return " ".join([*(word.upper() for word in self.path[:-1]), self.doc])

    def label(self, index: int) -> str:
        """How errors call one of them: gic.gicd, gic.its[1]."""
        return f"{self.name}[{index}]" if self.most > 1 else self.name


KIND_FLAGS = (
    Value("JH_KIND_MAPPED", 0x1, "mapped", "the hypervisor itself accesses these registers"),
    Value("JH_KIND_CELLS", 0x2, "cells", "a cell finds registers of its own at this address"),
    Value("JH_KIND_ROOT", 0x4, "root", "stays with root; the others are hidden from it"),
    Value("JH_KIND_GICV2", 0x8, "gicv2", "a part of GICv2"),
    Value("JH_KIND_GICV3", 0x10, "gicv3", "a part of GICv3"),
    Value("JH_KIND_NEEDED", 0x20, "needed", "these GICs cannot be without it"),
    Value("JH_KIND_ARGUMENT", 0x40, "argument", "its rows have an argument; that of others is 0"),
)

# Behind a distributor of GICv3 (64 KiB) may lie the ITS, which root would lose: it would be hidden.
# Of a GIC-400 each frame of 4 or 8 KiB may be repeated over 64 or 128 KiB.
UNIT_KINDS = (
    Kind("JH_UNIT_GICD", 1, "gic.gicd", "distributor", 0x1000, 0x10000, 0x1000, 1,
         ("mapped", "cells", "gicv2", "gicv3", "needed", "argument"), "gic.maintenance"),
    Kind("JH_UNIT_GICR", 2, "gic.gicr", "redistributors", 0x20000, 0, 0x10000, 1,
         ("mapped", "cells", "gicv3", "needed")),
    Kind("JH_UNIT_GICC", 3, "gic.gicc", "CPU interface", 0x1000, 0x20000, 0x1000, 1,
         ("mapped", "cells", "gicv2", "needed")),
    Kind("JH_UNIT_GICH", 4, "gic.gich", "virtual interface control", 0x1000, 0x20000, 0x1000, 1,
         ("mapped", "gicv2", "needed")),
    Kind("JH_UNIT_GICV", 5, "gic.gicv", "virtual CPU interface", 0x1000, 0x20000, 0x1000, 1,
         ("gicv2", "needed")),
    Kind("JH_UNIT_ITS", 6, "gic.its", "interrupt translation service", 0x10000, 0, 0x10000, 8,
         ("root", "gicv3")),
)


SYSTEM = Record(
    "system", 1, "what the hypervisor needs to know about the machine",
    (
        Field("name", f"char[{NAME_LEN}]", "name of the machine, zero-terminated", "name", "text"),
        Field("hv_address", "u64",
              "physical address of the hypervisor's memory, 0: the driver takes it from Linux",
              "hypervisor.address"),
        Field("hv_size", "u64", "its bytes", "hypervisor.size", "size"),
        Field("max_address", "u64",
              "highest physical address of the machine, 0: as the running system says",
              "max-address"),
        Field("flags", "u32", "JH_SYSTEM_*", "", "bits", SYSTEM_FLAGS),
        Field("firmware", "u32", "JH_FIRMWARE_*", "firmware", "choice", FIRMWARE),
        Field("optional", "u32", "optional units of the hypervisor that cells may use: "
              "JH_OPTIONAL_*", "hypervisor.units", "bits", OPTIONAL),
        Field("spare", "u32", "0"),
    ),
    {"system": (1, 1)},
)

CONSOLE = Record(
    "console", 2, "a UART: the hypervisor's in a system, the guest's in a cell",
    (
        Field("address", "u64", "physical (guest-physical in a cell)", "address"),
        Field("size", "u32", "bytes", "size", "size"),
        Field("type", "u16", "JH_CONSOLE_*", "type", "choice", CONSOLE_TYPES),
        Field("flags", "u16", "JH_CONSOLE_MMIO, JH_CONSOLE_REGDIST_4", "flags", "bits",
              CONSOLE_FLAGS),
        Field("divider", "u32", "0: leave the baud rate as it is", "divider", "dec"),
        Field("gate_nr", "u32", "bit of clock_reg, if that is not 0", "gate", "dec"),
        Field("clock_reg", "u64", "address of the clock gate's register, 0 if there is none",
              "clock-reg"),
    ),
    {"system": (0, 1), "cell": (0, 1)}, c_struct="jh_console",
)

CELL = Record(
    "cell", 3, "a cell as a whole",
    (
        Field("name", f"char[{NAME_LEN}]", "name of the cell, zero-terminated", "name", "text"),
        Field("entry", "u64", "guest-physical address where its first CPU starts", "entry"),
        Field("comm_address", "u64", "guest-physical address of the communication region",
              "comm", default=0x80000000),
        Field("flags", "u32", "JH_CELL_*", "", "bits", CELL_FLAGS),
        Field("on_failure", "u32", "JH_ON_FAILURE_*", "on-failure", "choice", ON_FAILURE),
        Field("max_restarts", "u32", "bound of JH_ON_FAILURE_RESTART", "max-restarts", "dec"),
        Field("vpci_irq_base", "u32", "first SPI number (not INTID) of virtual PCI devices",
              "vpci-irq-base", "dec"),
        Field("console_irq", "u32", "INTID of the virtual console, an SPI; 0: it has none", "",
              "dec"),
        Field("spare", "u32", "0"),
    ),
    {"cell": (1, 1)},
)

CPU = Record(
    "cpu", 4, "a CPU that the cell owns",
    (
        Field("cpu", "u32", "Linux's number: n of cpuN", "cpu", "dec"),
        Field("flags", "u32", "0"),
    ),
    {"cell": (1, 64)}, "JH_CONFIG_MAX_CPUS",
)

MEMORY = Record(
    "memory", 5, "a region of the cell (or, in a system, of a listed root)",
    (
        Field("phys", "u64", "physical address, page-aligned; 0 with JH_MEM_AUTO", "phys"),
        Field("virt", "u64", "guest-physical address, page-aligned", "virt"),
        Field("size", "u64", "bytes, a multiple of the page size", "size", "size"),
        Field("flags", "u32", "JH_MEM_*", "flags", "bits", MEMORY_FLAGS),
        Field("device", "u32", "1 + index of the device it belongs to, 0 if none", "device",
              "dec"),
    ),
    {"system": (0, 256), "cell": (1, 64)}, "JH_CONFIG_MAX_MEMORIES",
)

IRQ = Record(
    "irq", 6, "a shared peripheral interrupt that the cell owns",
    (
        Field("intid", "u32", "32 to 1019", "intid", "dec"),
        Field("flags", "u32", "JH_IRQ_*", "trigger", "choice", IRQ_FLAGS),
        Field("device", "u32", "1 + index of the device it belongs to, 0 if none", "device",
              "dec"),
        Field("spare", "u32", "0"),
    ),
    {"cell": (0, 256)}, "JH_CONFIG_MAX_IRQS",
)

DEVICE = Record(
    "device", 7, "a device that leaves Linux for the cell",
    (
        Field("path", f"char[{PATH_LEN}]", "full device-tree path, zero-terminated", "path",
              "text"),
        Field("flags", "u32", "0"),
        Field("spare", "u32", "0"),
    ),
    {"cell": (0, 64)}, "JH_CONFIG_MAX_DEVICES",
)

POOL = Record(
    "pool", 8, "RAM for cells, taken from Linux at enable",
    (
        Field("address", "u64", "physical address, 2 MiB-aligned; 0 with JH_POOL_AUTO",
              "address"),
        Field("size", "u64", "bytes, a multiple of 2 MiB", "size", "size"),
        Field("flags", "u32", "JH_POOL_*", "", "bits", POOL_FLAGS),
        Field("spare", "u32", "0"),
    ),
    {"system": (1, 8)}, "JH_CONFIG_MAX_POOLS",
)

ASSIGNABLE = Record(
    "assignable", 9, "device registers that may be handed to cells while the system runs",
    (
        Field("address", "u64", "physical address, page-aligned", "address"),
        Field("size", "u64", "bytes, a multiple of the page size", "size", "size"),
    ),
    {"system": (0, 64)}, "JH_CONFIG_MAX_ASSIGNABLE",
)

UNIT = Record(
    "unit", 10, "a register frame of what is neither CPU nor RAM nor a device for cells",
    (
        Field("kind", "u32", "JH_UNIT_*; rows are in ascending order of kind and index"),
        Field("index", "u32", "0, 1, ... of the rows of this kind", "", "dec"),
        Field("address", "u64", "physical address", "address"),
        Field("size", "u64", "bytes", "size", "size"),
        Field("argument", "u64", "JH_UNIT_GICD: INTID of the maintenance interrupt, a PPI; others: "
              "0", "", "dec"),
    ),
    {"system": (0, 16)}, "JH_CONFIG_MAX_UNITS",
)

ROOT = "root"   # JH_LINK_ROOT of jh/link.h: the root cell as a side of links

LINK = Record(
    "link", 11, "a side of a link: what the cell has in common with one other",
    (
        Field("name", f"char[{NAME_LEN}]", "name of the link, on both sides, zero-terminated",
              "name", "text"),
        Field("peer", f"char[{NAME_LEN}]", "name of the cell that is the other side, or root",
              "peer", "text"),
        Field("address", "u64", "guest-physical address of the memory, below 4 GiB", "address"),
        Field("size", "u64", "bytes of memory: a page of states, what both write, two outputs",
              "size", "size"),
        Field("output", "u64", "bytes of an output section, which its side alone writes",
              "output", "size"),
        Field("registers", "u64", "guest-physical address of the page of registers",
              "registers"),
        Field("irq", "u32", "INTID of the interrupt that bells raise, an SPI", "irq", "dec"),
        Field("bells", "u32", "how many bells each side has, 1 to 16; jh/stream.h wants two",
              "bells", "dec", (), 2),
        Field("side", "u32", "0 or 1: which of the two this is", "side", "dec"),
        Field("flags", "u32", "JH_LINK_*", "", "bits", LINK_FLAGS),
    ),
    {"cell": (0, 8)}, "JH_CONFIG_MAX_LINKS",
)

VIRTIO = Record(
    "virtio", 12, "a virtio device of the cell, whose other end is in root",
    (
        Field("link", "u32", "index of the link to root that it stands on; in TOML its name",
              "link", "dec"),
        Field("kind", "u32", "JH_VIRTIO_*: its number in the virtio specification", "kind",
              "choice", VIRTIO_KINDS),
        Field("queues", "u32", "how many virtqueues it has, 1 to 4; each rings a bell of its own",
              "queues", "dec", (), 1),
        Field("queue_size", "u32", "the most elements of a queue: a power of two, to 1024",
              "queue-size", "dec", (), 128),
    ),
    {"cell": (0, 8)}, "JH_CONFIG_MAX_VIRTIO",
)

PCI = Record(
    "pci", 13, "the virtual PCI host of a cell, with a bus for its ivshmem devices",
    (
        Field("ecam", "u64", "guest-physical address of the configuration space (ECAM): 1 MiB",
              "ecam"),
        Field("window", "u64", "where the guest may place registers of devices, below 4 GiB",
              "window"),
        Field("window_size", "u64", "its bytes", "window-size", "size", (), 0x10000),
    ),
    {"cell": (0, 1)},
)

# Types of protocol: Jailhouse's specification of ivshmem, version 2. There are others.
PROTOCOLS = (
    Value("JH_IVSHMEM_UNDEFINED", 0x0000, "undefined", "the two sides know what they talk"),
    Value("JH_IVSHMEM_NET", 0x0001, "net", "Ethernet between two peers"),
    Value("JH_IVSHMEM_OWN", 0x4000, "own", "the first of 16384 that users define"),
    Value("JH_IVSHMEM_FRONT", 0x8000, "virtio-front",
          "virtio, front end; + the number of the device"),
    Value("JH_IVSHMEM_BACK", 0xc000, "virtio-back", "virtio, back end; + that number"),
)

IVSHMEM = Record(
    "ivshmem", 14, "a link as a PCI device, 110a:4106: ivshmem, version 2",
    (
        Field("link", "u32", "index of the link that it stands on; in TOML its name", "link",
              "dec"),
        Field("slot", "u16", "its number on the bus, 0 to 31", "slot", "dec"),
        Field("protocol", "u16", "JH_IVSHMEM_* or another: its type of protocol", "protocol",
              "choice", PROTOCOLS),
    ),
    {"cell": (0, 8)}, "JH_CONFIG_MAX_IVSHMEM",
)

RECORDS = (SYSTEM, CONSOLE, CELL, CPU, MEMORY, IRQ, DEVICE, POOL, ASSIGNABLE, UNIT, LINK, VIRTIO,
           PCI, IVSHMEM)
BY_SECTION = {record.section: record for record in RECORDS}
BY_TYPE = {record.type: record for record in RECORDS}


def unit_kind(number: int | str) -> Kind | None:
    """The kind of a unit's row, if there is one of this number."""
    return next((kind for kind in UNIT_KINDS if kind.value == number), None)


def needed_kinds(version: int) -> tuple[Kind, ...]:
    """What a GIC of this version cannot be without."""
    return tuple(kind for kind in UNIT_KINDS if kind.has(f"gicv{version}") and kind.has("needed"))


def gic_version(numbers: Iterable[int | str]) -> int:
    """The GIC that units of these kinds make, as hypervisor/lib/config_unit.c tells it; or 0."""
    both = set(needed_kinds(2)) & set(needed_kinds(3))
    kinds = [kind for kind in map(unit_kind, numbers) if kind is not None and kind not in both]
    return next((version for kind in kinds for version in (2, 3)
                 if kind in needed_kinds(version)), 0)

# The header and the section table, for the header generator and the documentation.
HEADER = Record(
    "header", 0, "the first bytes of a blob",
    (
        Field("magic", "char[8]", "JH_CONFIG_MAGIC, without its zero"),
        Field("version", "u16", "JH_CONFIG_VERSION"),
        Field("arch", "u16", "JH_ARCH_*"),
        Field("kind", "u16", "JH_CONFIG_SYSTEM or JH_CONFIG_CELL"),
        Field("num_sections", "u16", "entries of the section table, which follows"),
        Field("length", "u32", "bytes of the whole blob"),
        Field("checksum", "u32", "CRC-32 (zlib's) of the whole blob with this field 0"),
        Field("reserved", "u64", "0"),
    ),
    {},
)

SECTION_ENTRY = Record(
    "section", 0, "an entry of the section table, which is in order of type",
    (
        Field("type", "u32", "JH_SECTION_*, each at most once, ascending"),
        Field("offset", "u32", "of the first element from the start of the blob; 8-aligned"),
        Field("count", "u32", "elements"),
        Field("size", "u32", "bytes of one element; must be that of the record below"),
    ),
    {},
)

MAX_SIZE = HEADER_SIZE + sum(
    SECTION_SIZE + record.size * max(most for _, most in record.counts.values())
    for record in RECORDS)


@dataclass(frozen=True)
class Key:
    """A key at the top of a source: its form, its default (as text), what it means."""

    name: str
    form: str
    default: str
    doc: str


SYSTEM_KEYS = (
    Key("name", "text", "", "name of the machine"),
    Key("hypervisor", "{ address, size, units }", '{ size = "1M" }',
        "memory of the hypervisor; without address it is taken from the running Linux; units: "
        f"which of its optional units ({', '.join(unit.toml for unit in OPTIONAL)}) cells may use, "
        "without it all; with [] the smaller image is loaded, which has none of them (only with "
        "firmware = \"other\", without console and without root.memory = \"learn\")"),
    Key("pool", 'size, or [[pool]] tables { address, size }', "",
        "RAM for cells; a pool without address is taken from the running Linux"),
    Key("gic", '"tree" or a table', '"tree"',
        "interrupt controller: from the device tree, or maintenance and a table { address, size } "
        "for each frame (its: a list of them); version may stand beside them"),
    Key("firmware", '"other", "zynqmp" or "imx8m"', "as the tree says",
        "whose calls the machine's firmware answers beside PSCI"),
    Key("root", '{ memory = "all" | "listed" | "learn" }', '{ memory = "all" }',
        "what root may access: all that nobody else owns, or the [[memory]] tables; "
        "\"learn\" permits and logs what is outside of them (jhconf suggest)"),
    Key("mitigations", "true or false", "true",
        "what the CPUs need against guests that train branch predictors (Spectre); false only if "
        "all guests are trusted"),
    Key("console", 'device or [console] table or "none"', '"none"',
        "a UART that the hypervisor prints to; its log ring is always there"),
    Key("assignable", "list of devices and { address, size }", "[]",
        "device registers that may be given to cells later"),
    Key("memory", "[[memory]] tables", "", 'regions of a root with root.memory = "listed"'),
    Key("max-address", "number", "from the running system", "highest physical address"),
    *(Key(kind.name, "{ address, size }" if kind.most == 1 else "list of { address, size }", "",
          f"{kind.title}: no cell may have it") for kind in UNIT_KINDS if len(kind.path) == 1),
)

CELL_KEYS = (
    Key("name", "text", "", "name of the cell: a letter, then letters, digits, '-', '_', '.'"),
    Key("cpus", '[2, 3] or "2-3"', "",
        "the CPUs that it owns, by Linux's numbers; the first one starts"),
    Key("memory", 'size or "size@address", list of them, or [[memory]] tables', "",
        "RAM and device registers; RAM without phys is taken from a pool, and without virt (the "
        "address behind the @) lies behind the RAM before it, from 0"),
    Key("devices", "list of devices and { path, at }", "[]",
        "devices that leave Linux for the cell; registers and interrupts come from the tree; at "
        "is where the cell sees the first registers, else where the machine has them"),
    Key("device", "[[device]] tables { path }", "", "the same by path, without a tree"),
    Key("irq", "[[irq]] tables", "", "interrupts, where no tree tells them"),
    Key("console", '"uart", "hypervisor", device, [console] table or "none"', '"none"',
        "where the cell prints and reads: a UART that the hypervisor stands in for (\"uart\", or "
        "a table with type = \"uart\", address and irq), calls of the hypervisor, or a UART that "
        "it owns"),
    Key("entry", "address", "start of its first RAM",
        "where its first CPU starts, if what is loaded does not say"),
    Key("comm", "address", "0x80000000", "the communication region, one page"),
    Key("trusted", "true or false", "false", "may get what isolation would otherwise refuse"),
    Key("cpu-ids", '"virtual" or "physical"', '"virtual"',
        "whether its CPUs are 0, 1, ... for the guest, in the order of cpus, or what they are for "
        "the machine"),
    Key("interrupts", '"virtual" or "direct"', '"virtual"',
        "how interrupts reach it; direct needs trusted"),
    Key("wfi", '"native" or "trap"', '"native"', "whether WFI is trapped"),
    Key("putc", '"no", "permitted" or "active"', '"no", "active" with console = "hypervisor"',
        "the debug console hypercall"),
    Key("pmu", "true or false", "false", "performance counters"),
    Key("shutdown", '"ask" or "now"', '"ask"', "whether it is asked before it is stopped"),
    Key("on-failure", '"stay" or "restart"', '"stay"',
        "what happens when it fails: it stays for a post-mortem, or is loaded and started again"),
    Key("max-restarts", "number", "0",
        'bound of on-failure = "restart"; counted anew when somebody starts it'),
    Key("on-reset", '"stop" or "restart"', '"stop"',
        "what happens when it asks for a reset (PSCI SYSTEM_RESET): it ends, or, as a board would, "
        "it is loaded and started again; each start loads it again then"),
    Key("scrub", '"destroy" or "restart"', '"destroy"',
        "when its RAM is zeroed: once it is destroyed, or also before every start, after which "
        "all that was loaded is loaded again"),
    Key("vpci-irq-base", "number", "0", "first SPI number of virtual PCI devices"),
    Key("link", "[[link]] tables { name, peer, size, address, root-pci }", "",
        "links to other cells, which declare them too, or to root (peer = \"root\"); output is a "
        "quarter of the size unless it says else, registers a free page, irq a free number, and "
        "side 0 is the cell whose name comes first; root-pci = true: to root, where Linux finds "
        "its side as a PCI device, 110a:4106, in place of /dev/jh-link"),
    Key("rpmsg", "name of a link", "",
        "the cell is a remote processor of Linux (/sys/class/remoteproc), and this link to root "
        "carries its messages"),
    Key("virtio", "[[virtio]] tables { link, kind, queues, queue-size, name, size }", "",
        "virtio devices, whose other end is in root: the link to root that carries it shows the "
        "guest registers of virtio over MMIO in place of its own; queues is 2 for net and console, "
        "else 1, queue-size 128, and the link needs one bell more than there are queues; without "
        "link one is made, by default disk, net, console or rng, of 16M for a disk or network "
        "card, else 1M; where there is room the memory of all such links lies side by side below "
        "the RAM and ends at a power of two, as a stock Linux wants it"),
    Key("ivshmem", "[[ivshmem]] tables { link, slot, protocol }", "",
        "links that the guest finds as PCI devices, 110a:4106, in place of the link's own page of "
        "registers; slot is the next one that is free"),
    Key("pci", "{ ecam, window, window-size }", "places that are free",
        "where the guest finds the PCI host of its [[ivshmem]] devices; the window, 64 KiB, is at "
        "0xff000000 if nothing is there, and vpci-irq-base that of slot 0"),
)
