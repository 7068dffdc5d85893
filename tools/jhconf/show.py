# SPDX-License-Identifier: GPL-2.0-only
# Copyright (c) The jh authors
"""Prints a configuration as readable text."""

from __future__ import annotations

from . import schema, values
from .blob import Config, Element
from .ownership import Ownership, units
from .flags import CELL, CONSOLE, LINK, MEM, ROOT_MEMORY


def table(rows: list[list[str]]) -> list[str]:
    """Rows as aligned columns."""
    if not rows:
        return []
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    return ["  " + "  ".join(cell.ljust(w) for cell, w in zip(row, widths)).rstrip()
            for row in rows]


def span(start: int, size: int) -> str:
    return f"{start:#012x}-{start + size - 1:#012x}" if size else f"{start:#012x}"


def human(value: int) -> str:
    """Bytes with a unit: 16 MiB, 31.6 MiB."""
    shift = max((s for s in (0, 10, 20, 30, 40) if value >> s), default=0)
    unit = {0: "B", 10: "KiB", 20: "MiB", 30: "GiB", 40: "TiB"}[shift]
    exact = value % (1 << shift) == 0
    return f"{value >> shift} {unit}" if exact else f"{value / (1 << shift):.1f} {unit}"


def cpu_list(numbers: list[int]) -> str:
    """1,3-5"""
    parts: list[str] = []
    numbers = sorted(set(numbers))
    while numbers:
        count = next((i for i in range(1, len(numbers)) if numbers[i] != numbers[0] + i),
                     len(numbers))
        first, last = numbers[0], numbers[count - 1]
        parts.append(str(first) if first == last else f"{first}-{last}")
        numbers = numbers[count:]
    return ",".join(parts)


def words(item: Element, section: str, field: str) -> str:
    f = schema.BY_SECTION[section].field(field)
    return " ".join(v.toml for v in f.values if v.value and int(item[field]) & v.value)


def console(item: Element, irq: int = 0) -> str:
    if int(item["flags"]) & CONSOLE["VIRTUAL"]:
        interrupt = f"INTID {irq} (SPI {irq - 32})" if irq else "polled"
        return f"virtual UART (pl011) at {int(item['address']):#x}, {interrupt}"
    kind = values.spell(schema.CONSOLE.field("type"), item["type"]).strip("\"")
    return f"{kind} at {int(item['address']):#x}"


def root_memory(config: Config) -> str:
    """The memory that root may access."""
    known = {"all": "all that is left", "listed": "listed memory only",
             "learn": "listed memory; what else it accesses is logged"}
    return known.get(ROOT_MEMORY[int(config.one("system")["flags"]) & 3] or "", "unknown")


def device_name(config: Config, number: int) -> str:
    devices = config.elements("device")
    return str(devices[number - 1]["path"]) if 0 < number <= len(devices) else ""


def text(config: Config) -> str:
    """All of a configuration."""
    return "\n".join(_system(config) if config.kind == "system" else _cell(config))


def address_map(owners: Ownership) -> str:
    """The owner of each part of the physical address space."""
    rows = [[span(where.start, where.size), human(where.size), owner, rights, what]
            for where, owner, what, rights in owners.compact()]
    rows += [["from a pool", human(size), cell, "", f"at guest address {virt:#x}"]
             for cell, virt, size, _ in owners.automatic()]
    return "\n".join(["map of the physical address space", *table(rows)])


def _memories(config: Config) -> list[str]:
    rows = []
    for index, item in enumerate(config.elements("memory")):
        flags, size = int(item["flags"]), int(item["size"])
        phys = "from a pool" if flags & MEM["auto"] else span(int(item["phys"]), size)
        rights = "".join(c if flags & MEM[w] else "-"
                         for c, w in (("r", "read"), ("w", "write"), ("x", "execute")))
        more = " ".join(w for w in ("io", "dma", "loadable", "shared-with-root")
                        if flags & MEM[w])
        rows.append([f"[{index}]", span(int(item["virt"]), size), f"<- {phys}", human(size),
                     rights, more, device_name(config, int(item["device"]))])
    return ["memory (guest-physical <- physical)", *table(rows)] if rows else []


def _cpus(config: Config) -> str:
    """3,1 (the guest sees 0-1)"""
    numbers = [int(cpu["cpu"]) for cpu in config.elements("cpu")]
    ordered = cpu_list(numbers) if numbers == sorted(numbers) else ",".join(map(str, numbers))
    if int(config.one("cell")["flags"]) & CELL["PHYSICAL_IDS"]:
        return f"{ordered} (the guest sees the machine's MPIDRs)"
    return f"{ordered} (the guest sees {cpu_list(list(range(len(numbers))))})"


def _cell(config: Config) -> list[str]:
    item = config.one("cell")
    flags = int(item["flags"])
    by_hypercall = flags & CELL["PUTC_ACTIVE"]
    where = [console(c, int(item["console_irq"])) for c in config.elements("console")] or \
        (["the hypervisor's"] if by_hypercall else ["none"])
    rows = [["CPUs", _cpus(config)],
            ["entry", f"{int(item['entry']):#x}"],
            ["communication region", span(int(item["comm_address"]), 4096)],
            ["console", where[0]],
            ["interrupts", "direct" if flags & CELL["IRQ_DIRECT"] else "virtual"],
            ["trusted", "yes" if flags & CELL["TRUSTED"] else "no"],
            ["shutdown", "at once" if flags & CELL["PASSIVE_COMM"] else "the cell is asked"],
            ["on failure", f"restart, {item['max_restarts']} times at most"
             if item["on_failure"] else "stay parked"],
            ["on reset", "restart" if flags & CELL["REBOOT"] else "it ends"],
            ["memory at start", "zero but for what is loaded" if flags & CELL["SCRUB_RESTART"]
             else "as loaded or as the last life left it"]]
    lines = [f"cell {item['name']}", *table(rows), *_memories(config)]
    irqs = [[f"[{i}]", f"INTID {irq['intid']}", f"(SPI {int(irq['intid']) - 32})",
             "edge" if irq["flags"] else "level", device_name(config, int(irq["device"]))]
            for i, irq in enumerate(config.elements("irq"))]
    if irqs:
        lines += ["interrupts", *table(irqs)]
    devices = [[f"[{i}]", str(d["path"])] for i, d in enumerate(config.elements("device"))]
    if devices:
        lines += ["devices", *table(devices)]
    return lines + _links(config) + _virtio(config) + _pci(config)


LINK_WORDS = {"rpmsg": ", carries rpmsg", "root-pci": ", a PCI device of root"}


def _links(config: Config) -> list[str]:
    rows = [[f"[{index}]", str(item["name"]), f"side {item['side']}, to {item['peer']}",
             span(int(item["address"]), int(item["size"])),
             f"output {human(int(item['output']))}", f"registers {int(item['registers']):#x}",
             f"INTID {item['irq']}",
             f"bells {item['bells']}" + "".join(
                 words for name, words in LINK_WORDS.items() if int(item["flags"]) & LINK[name])]
            for index, item in enumerate(config.elements("link"))]
    return ["links", *table(rows)] if rows else []


def _virtio(config: Config) -> list[str]:
    names = dict(enumerate(str(link["name"]) for link in config.elements("link")))
    rows = [[f"[{index}]", values.spell(schema.VIRTIO.field("kind"), item["kind"]).strip('"'),
             f"over {names.get(int(item['link']), item['link'])}", f"queues {item['queues']}",
             f"of {item['queue_size']}"]
            for index, item in enumerate(config.elements("virtio"))]
    return ["virtio", *table(rows)] if rows else []


def _pci(config: Config) -> list[str]:
    hosts = [f"PCI host: ECAM {span(int(item['ecam']), 1 << 20)}, window "
             f"{span(int(item['window']), int(item['window_size']))}"
             for item in config.elements("pci")]
    names = dict(enumerate(str(link["name"]) for link in config.elements("link")))
    rows = [[f"[{index}]", f"00:{int(item['slot']):02x}.0", "110a:4106",
             f"over {names.get(int(item['link']), item['link'])}",
             f"pin {'ABCD'[int(item['slot']) % 4]}",
             "protocol " + next((value.toml for value in schema.PROTOCOLS
                                 if value.value == item["protocol"]), f"{item['protocol']:#06x}")]
            for index, item in enumerate(config.elements("ivshmem"))]
    return hosts + table(rows)


def _gic(config: Config) -> str:
    version = schema.gic_version(unit["kind"] for unit in config.elements("unit"))
    arguments = [str(unit["argument"]) for unit in config.elements("unit") if unit["argument"]]
    return ", maintenance interrupt ".join([f"GICv{version}", *arguments])


def _system(config: Config) -> list[str]:
    item = config.one("system")
    size = int(item["hv_size"])
    place = span(int(item["hv_address"]), size) if item["hv_address"] else "taken from Linux"
    rows = [["hypervisor", f"{human(size)}, {place}"],
            ["root", root_memory(config)],
            ["console", next((console(c) for c in config.elements("console")), "log ring only")],
            ["interrupt controller", _gic(config)]]
    rows += [[f"  {kind.doc}", span(where.start, where.size)] for kind, _, where in units(config)]
    lines = [f"system {item['name']}", *table(rows)]
    pools = [[f"[{i}]", human(int(p["size"])), "taken from Linux" if p["flags"]
              else span(int(p["address"]), int(p["size"]))]
             for i, p in enumerate(config.elements("pool"))]
    if pools:
        lines += ["pools for cells", *table(pools)]
    ranges = [[f"[{i}]", span(int(w["address"]), int(w["size"])), human(int(w["size"]))]
              for i, w in enumerate(config.elements("assignable"))]
    if ranges:
        lines += ["assignable: devices that may go to cells", *table(ranges)]
    return lines + _memories(config)
