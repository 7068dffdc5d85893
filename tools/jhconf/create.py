# SPDX-License-Identifier: GPL-2.0-only
# Copyright (c) The jh authors
"""Writes the source of a system for any machine."""

from __future__ import annotations

from dataclasses import dataclass, field

from . import schema, values
from .devices import SMMUS, Devices, is_kind, names
from .errors import ConfigError
from .facts import Facts
from .fdt import Node
from .names import valid_name
from .schema import Kind
from .tree import Gic, Range
from .values import size_text

USUAL_MAINTENANCE = 25
MAX_ASSIGNABLE = schema.ASSIGNABLE.counts["system"][1]
# Assignable ranges are mapped in single pages: large apertures would cost tables.
MAX_ASSIGNABLE_BYTES = 1 << 20
# Devices that cells usually want: ends of words in the node's name or in compatible.
WANTED = ("serial", "uart", "can", "canfd", "timer", "spi", "i2c", "watchdog", "ttc", "pwm", "adc",
          "ethernet", "gpio", "rtc", "pl031", "sp804")
# Counters behind the CPUs' own timers: shared by all cells.
UNWANTED = ("sysctr", "memory-mapped timer", "armv7-timer-mem")


@dataclass
class Created:
    """The text of a source, and remarks for the user."""

    text: str
    warnings: list[str] = field(default_factory=list)


def machine_name(tree_root: Node) -> str:
    """A valid name from the root node's compatible."""
    compatible = tree_root.strings("compatible") or [tree_root.string("model") or "machine"]
    vendor, _, chip = compatible[0].rpartition(",")
    if not chip[:1].isalpha():      # 4-model-b of raspberrypi
        chip = f"{vendor or 'm'}-{chip}"
    return valid_name(chip, "m-")


def create(facts: Facts, name: str = "", pool: str = "", fixed: bool = False) -> Created:
    """The source; raises ConfigError if the tree lacks something indispensable."""
    devices = Devices(facts)
    gic = facts.tree.gic()
    result = Created("")
    _judge_cpus(facts, result)
    lines = _head(facts, name or machine_name(facts.tree.root))
    lines += _memory(devices, pool, fixed, result)
    lines += _console(devices, result)
    lines += _assignable(devices, result)
    lines += _smmu(devices)
    lines += _gic(gic, result)
    if fixed:
        lines += _fixed_pool(devices, pool)
    result.text = "\n".join(values.comment(line) for line in lines) + "\n"
    return result


def _head(facts: Facts, name: str) -> list[str]:
    model = facts.tree.root.string("model")
    origin = "a running machine" if facts.live else "its device tree"
    lines = [f"# System configuration of {model or name}, written by jhctl config create from "
             f"{origin}.", "# Compile it with: jhctl config compile FILE.toml", "",
             f"name = {values.quote(name)}  # compatible of the root node: "
             f"{', '.join(facts.tree.root.strings('compatible')[:2]) or 'none'}"]
    if facts.live and facts.kernel:
        lines.insert(1, f"# Linux: {' '.join(facts.kernel.split()[:3])}")
    return lines


def _judge_cpus(facts: Facts, result: Created) -> None:
    cpus = facts.tree.cpus()
    methods = {cpu.string("enable-method") for cpu in cpus} - {"psci", ""}
    psci = any(node.compatible("arm,psci", "arm,psci-0.2", "arm,psci-1.0")
               for node in facts.tree.nodes)
    if len(cpus) < 2:
        result.warnings.append(f"the tree names {len(cpus)} CPU: there is none to give to a cell")
    if methods or not psci:
        how = ", ".join(sorted(methods)) or "no method that the tree names"
        result.warnings.append(f"CPUs are started by {how}, not by PSCI: Linux cannot give one "
                               "up; use firmware with PSCI")


def _hypervisor_size(facts: Facts) -> int:
    """1 MiB, and more where many CPUs need private pages."""
    return max(1 << 20, (len(facts.tree.cpus()) + 7) // 8 << 20)


def _memory(devices: Devices, pool: str, fixed: bool, result: Created) -> list[str]:
    facts = devices.facts
    ram, cpus = facts.ram(), len(facts.tree.cpus())
    size = size_text(_hypervisor_size(facts))
    where = ", ".join(str(r) for r in ram[:4]) + (" and more" if len(ram) > 4 else "")
    origin = "/proc/iomem" if facts.iomem else "memory nodes"
    lines = ["", f"# RAM: {where} ({origin})" if ram else
             "# RAM: the tree does not say where, the boot loader fills it in"]
    if fixed:
        block = _fixed_blocks(devices, pool)
        lines += [f"hypervisor = {{ address = {block[0].start:#x}, size = \"{size}\" }}"
                  "  # top of RAM, below the pool"]
        lines += _reserve(block)
    else:
        lines += [f"hypervisor = {{ size = \"{size}\" }}  # {cpus} CPU{'s' * (cpus != 1)}; "
                  "taken from the running Linux",
                  f"pool = {values.quote(pool or _pool_size(ram))}  # RAM for cells, taken "
                  "from the running Linux at enable"]
    firmware = facts.tree.firmware()
    if firmware == "zynqmp":
        lines.append("firmware = \"zynqmp\"  # its calls are filtered by who owns the device")
    elif firmware == "imx8m":
        lines.append("firmware = \"imx8m\"  # the DDR's frequency stays as it is beside cells")
    lines.append("root = { memory = \"all\" }  # root gets all that nobody else owns")
    if not ram:
        result.warnings.append("the tree does not say where RAM is: addresses cannot be checked")
    return lines


def _pool_size(ram: list[Range]) -> str:
    """An eighth of RAM, between 16 MiB and 256 MiB; 64 MiB if it is unknown."""
    total = sum(r.size for r in ram)
    if not total:
        return "64M"
    size = 16 << 20
    while size < 256 << 20 and size * 2 <= total // 8:
        size *= 2
    return size_text(size)


def _fixed_blocks(devices: Devices, pool: str) -> tuple[Range, Range]:
    """Hypervisor and pool at the highest free place below 4 GiB."""
    facts = devices.facts
    ram = facts.ram()
    if not ram:
        raise ConfigError("the tree does not say where RAM is: --fixed needs the archive of "
                          "jhctl config collect")
    align = schema.POOL_ALIGN
    hypervisor = align * (-(-_hypervisor_size(facts) // align))
    total = values.size(pool or _pool_size(ram), ("pool",)) + hypervisor
    taken = [Range(*r) for r in facts.tree.reservations] + facts.tree.reserved() \
        + [reg for reg, _ in devices.registers]
    for bank in sorted(ram, key=lambda r: (r.start < 1 << 32, r.start), reverse=True):
        start = min(bank.end, max(bank.start, 1 << 32)) - total & -align
        if bank.start >= 1 << 32:
            start = bank.end - total & -align
        while start >= bank.start:
            block = Range(start, total)
            clash = [r for r in taken if r.overlaps(block)]
            if not clash:
                size = _hypervisor_size(facts)
                return Range(start, size), Range(start + hypervisor, total - hypervisor)
            start = min(r.start for r in clash) - total & -align
    raise ConfigError(f"there is no free block of {size_text(total)} in RAM: ask for a smaller "
                      "pool with --pool")


def _reserve(blocks: tuple[Range, Range]) -> list[str]:
    """How to reserve the memory in the device tree, as a comment."""
    start, size = blocks[0].start, blocks[1].end - blocks[0].start
    cells = f"<{start >> 32:#x} {start & 0xffffffff:#x} {size >> 32:#x} {size & 0xffffffff:#x}>"
    return ["# Linux must leave it alone. Add to the device tree, below /reserved-memory:",
            f"#     jh@{start:x} {{ reg = {cells}; no-map; }};"]


def _fixed_pool(devices: Devices, pool: str) -> list[str]:
    block = _fixed_blocks(devices, pool)[1]
    return ["", "# RAM for cells, reserved together with the hypervisor's memory", "[[pool]]",
            f"address = {block.start:#x}", f"size = \"{size_text(block.size)}\""]


def _linux_consoles(devices: Devices) -> list[str]:
    """The UARTs that Linux prints to; the tree's first one if that is unknown."""
    known = devices.facts.console_paths()
    if known:
        return known
    tree = devices.tree
    first = tree.by_path.get(tree.aliases.get("serial0", ""))
    uarts = [node for node in devices.enabled if tree.console_type(node) and tree.regs(node)]
    uarts.sort(key=lambda node: tree.regs(node)[0].start)
    return [node.path for node in ([first] if first is not None else uarts[:1])]


def _console(devices: Devices, result: Created) -> list[str]:
    tree = devices.tree
    linux = _linux_consoles(devices)
    free = [node for node in devices.enabled if tree.console_type(node)
            and node.path not in linux and not any(p.fatal for p in devices.problems(node))]
    lines = ["", "# The hypervisor logs into a ring: jhctl console."]
    if linux:
        known = devices.facts.console_paths()
        how = f"prints to {linux[0]}" if known else f"probably prints to {linux[0]}, its first UART"
        lines.append(f"# Linux {how}: leave that to it.")
        if not known:
            result.warnings.append(
                f"neither the tree nor the command line says where Linux prints: {linux[0]}, its "
                "first UART, is taken for it; compare with console= of the board")
    for node in free[:3]:
        lines.append(f"# console = {values.quote(node.path)}  # prints the log to this UART as "
                     "well; no cell can have it then")
    return lines


def _assignable(devices: Devices, result: Created) -> list[str]:
    """Devices that can be split off and that cells usually want."""
    tree, linux, ram = devices.tree, _linux_consoles(devices), devices.facts.ram()
    rows: list[tuple[Node, list[Range]]] = []
    in_ram: list[Node] = []
    count = 0
    for node in sorted(devices.enabled, key=lambda n: n.path):
        words = node.name.split("@")[0] + " " + " ".join(node.strings("compatible"))
        wanted = tree.console_type(node) or is_kind(node, WANTED)
        shared = any(word in words for word in UNWANTED)
        if not wanted or shared or node.path in linux or not tree.regs(node):
            continue
        if any(problem.fatal for problem in devices.problems(node)):
            continue
        try:
            pages = tree.device_pages(node)
        except ConfigError:
            continue
        if sum(p.size for p in pages) > MAX_ASSIGNABLE_BYTES:
            continue
        if any(p.overlaps(bank) for p in pages for bank in ram):
            in_ram.append(node)
            continue
        if count + len(pages) <= MAX_ASSIGNABLE and _separate(pages, rows):
            rows.append((node, pages))
            count += len(pages)
    lines = ["", "# Devices that may be given to cells while jh is enabled. All of them stay "
             "with Linux until then.",
             "assignable = [  # path, compatible and Linux's driver of each"]
    for node, pages in rows:
        driver = devices.facts.driver(node.path)
        compatible = node.strings("compatible")
        place = ", ".join(f"{{ address = {p.start:#x}, size = {p.size:#x} }}" for p in pages)
        about = " ".join([node.path, compatible[0] if compatible else "",
                          f"(Linux: {driver})" if driver else ""]).strip()
        lines.append(f"\t{place},  # {about}")
    lines.append("]")
    if in_ram:
        result.warnings.append(
            f"the memory nodes say that {names(in_ram)} lies in RAM: "
            f"{'it is' if len(in_ram) == 1 else 'they are'} not assignable; correct the "
            "nodes, or create from the archive of jhctl config collect")
    if not rows:
        result.warnings.append("no device was found that can be split off: cells get CPUs and "
                               "memory only")
    return lines


def _separate(pages: list[Range], rows: list[tuple[Node, list[Range]]]) -> bool:
    return not any(new.overlaps(old) for new in pages for _, olds in rows for old in olds)


def _smmu(devices: Devices) -> list[str]:
    if not devices.smmus:
        off = [node.path for node in devices.tree.nodes if node.compatible(*SMMUS)]
        what = f"The SMMU {off[0]} is disabled in the tree" if off else "No SMMU"
        return ["", f"# {what}: a device that writes to memory by itself reaches all of it."]
    lines = ["", "# SMMUs stay with Linux, untouched:"]
    for node in devices.smmus:
        streams = sum(ref.provider is node for users in devices.users.values()
                      for _, ref in users if ref.kind == "stream")
        lines.append(f"#   {node.path} ({node.strings('compatible')[0]}), {streams} streams")
    return lines


def _gic(gic: Gic, result: Created) -> list[str]:
    units = gic.units()
    missing = [kind for kind in schema.needed_kinds(gic.version) if kind not in units]
    if missing:
        what = ", ".join(f"{kind.path[-1].upper()} ({kind.doc})" for kind in missing)
        raise ConfigError(f"{gic.node.path} does not say where {what} is: look it up in the "
                          "manual of the chip and add it to the node's reg")
    if gic.problem():
        raise ConfigError(gic.problem())
    lines = ["", f"[gic]  # {gic.node.path}: {gic.node.strings('compatible')[0]}",
             f"version = {gic.version}  # as its compatible says"]
    if gic.maintenance is None:
        result.warnings.append(f"{gic.node.path} names no maintenance interrupt: "
                               f"{USUAL_MAINTENANCE} is assumed, as nearly everywhere")
        lines.append(f"maintenance = {USUAL_MAINTENANCE}  # assumed: the tree does not say")
    else:
        lines.append(f"maintenance = {gic.maintenance}  # PPI {gic.maintenance - 16} of its node")
    for kind, frames in units.items():
        lines += _unit(kind, frames)
    return lines


def _unit(kind: Kind, frames: tuple[Range, ...]) -> list[str]:
    """The frames of a kind: a table, or a list of them where there may be several."""
    about = f"  # {kind.doc}" + (": stays with Linux, no cell may have it" if kind.has("root")
                                 else "")
    tables = [f"{{ address = {frame.start:#x}, size = {frame.size:#x} }}" for frame in frames]
    if kind.most == 1:
        return [f"{kind.path[-1]} = {tables[0]}{about}"]
    return [f"{kind.path[-1]} = [{about}", *(f"\t{table}," for table in tables), "]"]
