# SPDX-License-Identifier: GPL-2.0-only
# Copyright (c) The jh authors
"""Writes the source of a cell from names of devices; all else comes from the machine."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Sequence

from . import schema, values
from .blob import Config
from .create import Created
from .devices import Devices
from .errors import ConfigError
from .fdt import Node
from .guests import Guest
from .names import close_names
from .cellsource import cpu_list
from .tree import Range

CONSOLE_WORDS = {
    "uart": "  # a PL011 that the hypervisor stands in for: jhctl console -i NAME",
    "hypervisor": "  # prints by hypercall: jhctl console NAME",
    "none": "",
}


LINK_ADDRESS, LINK_STEP = 0x70000000, 16 << 20


@dataclass(frozen=True)
class Ram:
    """RAM of a cell: guest-physical, from a pool."""

    where: Range
    placed: bool    # an address was given; else virt is 0

    def text(self) -> str:
        size = values.spell(schema.MEMORY.field("size"), self.where.size).strip("\"")
        return f"{size}@{self.where.start:#x}" if self.placed else size


def add_cell(devices: Devices, name: str, cpus: str, memory: str, specs: list[str],
             console: str = "", system: Config | None = None, force: bool = False,
             guest: Guest | None = None, links: Sequence[str] = (),
             virtio: Sequence[str] = ()) -> Created:
    """The source; raises ConfigError naming each device that cannot be split off.

    Links are NAME:PEER, with :SIZE or :SIZE@ADDRESS behind it; virtio are kinds of devices. With a
    kind of guest, cpus, memory and console may be empty: they are as that kind wants them.
    """
    tree = devices.tree
    if not re.fullmatch(r"[A-Za-z][A-Za-z0-9_.-]*", name) or len(name) >= schema.NAME_LEN:
        raise ConfigError(f"\"{name}\" cannot be the name of a cell: use letters, digits, '-', '_' "
                          f"and '.', a letter first, at most {schema.NAME_LEN - 1}")
    numbers = _last_cpus(devices, guest.cpus) if guest and not cpus else cpu_list(cpus)
    _judge_cpus(devices, numbers)
    nodes = [tree.find(spec) for spec in specs]
    result = Created("")
    _judge_devices(devices, nodes, force, result)
    rams = _rams(memory, guest)
    _judge_rams(devices, rams)
    where = [ram.where for ram in rams]
    lines = [*_head(devices, name, guest), "",
             f"name = \"{name}\"",
             f"cpus = {numbers}  # Linux's numbers; the guest counts them from 0",
             *_short_memory(rams, nodes, guest),
             *(f"{key}  # {why}" for key, why in (guest.lines if guest else ())),
             *_comm_lines(devices, nodes, where),
             *console_lines(devices, nodes, console or _usual_console(devices, nodes, guest),
                            where)]
    if nodes or guest is None:
        for ram in rams:
            lines += ["", f"# RAM at guest address {ram.where.start:#x}, from a pool",
                      "[[memory]]",
                      f"size = {values.spell(schema.MEMORY.field('size'), ram.where.size)}"]
            lines += [f"virt = {ram.where.start:#x}"] if ram.placed else []
    for node in nodes:
        lines += device_lines(devices, node, where)
    lines += _links(devices, nodes, where, links)
    for kind in virtio:
        lines += ["", "# Its other end: jhvirtiod", "[[virtio]]", f"kind = \"{kind}\""]
    if system is not None:
        _assignable(devices, nodes, system, result)
        _judge_pool(rams, system, result)
    result.text = "\n".join(lines) + "\n"
    return result


def _head(devices: Devices, name: str, guest: Guest | None) -> list[str]:
    """The comment at the top: the purpose of the file, and the next steps."""
    if guest is None:
        return [f"# Cell {name}, written by jhctl config add-cell."]
    lines = [f"# Cell {name} for {guest.title}, written by jhctl config add-cell. Its page:",
             f"# Documentation/guests/{guest.page}.rst. Started by", "#"]
    lines += [f"#     {command.format(file=name + '.cell').replace('NAME', name)}"
              for command in guest.run]
    more = list(guest.hints)
    if guest.knows_gic:
        gic = devices.tree.gic()
        frames = ", ".join(f"{frame.upper()} {gic.frames[frame].start:#x}"
                           for frame in ("gicd", "gicc", "gicr") if frame in gic.frames)
        more = [f"The interrupt controller that it must be built for: GICv{gic.version}, {frames}.",
                *more]
    return lines + (["#", *(f"# {line}" for line in more)] if more else [])


def _last_cpus(devices: Devices, wanted: int) -> list[int]:
    """The machine's last count CPUs; the first CPU stays Linux's."""
    count = len(devices.tree.cpus())
    if count < 2:
        raise ConfigError(f"the device tree has {count} CPU{'s' * (count != 1)}, there is none to "
                          "give away: say which with --cpus")
    return list(range(max(1, count - wanted), count))


def _rams(memory: str, guest: Guest | None) -> list[Ram]:
    """The RAM that was asked for, with the guest's default address; else the guest's default."""
    usual = [values.placed(text, ("memory",)) for text in (guest.memory if guest else ())]
    sizes = usual
    if memory or guest is None:
        size, start = values.placed(memory, ("memory",))
        if start is None and usual:
            start = usual[0][1]
        sizes = [(size, start), *usual[1:]]
    return [Ram(Range(start or 0, size), start is not None) for size, start in sizes]


def _short_memory(rams: list[Ram], nodes: list[Node], guest: Guest | None) -> list[str]:
    """The key memory. Devices need tables [[memory]], so with devices RAM is a table as well."""
    if guest is None or nodes:
        return []
    texts = [f"\"{ram.text()}\"" for ram in rams]
    value = texts[0] if len(texts) == 1 else f"[{', '.join(texts)}]"
    return [f"memory = {value}  # {guest.why_there}"]


def _usual_console(devices: Devices, nodes: list[Node], guest: Guest | None) -> str:
    """The console for "": a UART of the cell's own, else the guest's default."""
    if guest is None or any(devices.tree.console_type(node) for node in nodes):
        return ""
    return guest.console


def _judge_cpus(devices: Devices, numbers: list[int]) -> None:
    count = len(devices.tree.cpus())
    if not numbers:
        raise ConfigError("a cell needs a CPU: --cpus 3")
    for number in numbers:
        if count and number >= count:
            raise ConfigError(f"there is no CPU {number}: the device tree has {count}, numbers "
                              f"0 to {count - 1}")
    if count and len(set(numbers)) >= count:
        raise ConfigError(f"all {count} CPUs for a cell: leave Linux at least one")


def _judge_rams(devices: Devices, rams: list[Ram]) -> None:
    """Refuse RAM over the interrupt controller, which a cell has at the machine's address."""
    frames = devices.tree.gic().frames
    for ram in rams:
        for name in sorted(frames, key=lambda name: frames[name].start):
            if frames[name].overlaps(ram.where):
                raise ConfigError(
                    f"{values.size_text(ram.where.size)} of memory at guest address "
                    f"{ram.where.start:#x} would lie over the interrupt controller "
                    f"({name.upper()} at {frames[name].start:#x}): take less, or another address: "
                    "--memory SIZE@ADDRESS")


def _judge_pool(rams: list[Ram], system: Config, result: Created) -> None:
    pools = sum(int(pool["size"]) for pool in system.elements("pool"))
    wanted = sum(ram.where.size for ram in rams)
    if wanted > pools:
        result.warnings.append(f"it wants {values.size_text(wanted)} of RAM, the pools of "
                               f"{system.name} have {values.size_text(pools)}: make one larger")


def _judge_devices(devices: Devices, nodes: list[Node], force: bool, result: Created) -> None:
    refused, paths = [], [node.path for node in nodes]
    for node in nodes:
        for problem in devices.problems(node):
            text = f"{node.path}: {problem}"
            if problem.fatal and not force and not problem.solved(paths):
                refused.append(text)
            else:
                result.warnings.append(text)
    if refused:
        raise ConfigError("\n".join(refused))


def _seen_at(where: Range, rams: Sequence[Range]) -> int:
    """Guest address of registers: the physical one, or 4 GiB above if the cell's RAM is there."""
    while any(where.overlaps(ram) for ram in rams):
        where = Range(where.start + (1 << 32), where.size)
    return where.start


def _comm_lines(devices: Devices, nodes: list[Node], rams: list[Range]) -> list[str]:
    """Another address for the communication region, if RAM or a device lies at the usual one."""
    usual = Range(int(schema.CELL.field("comm_address").default), schema.PAGE_SIZE)
    taken = rams + [Range(_seen_at(pages, rams), pages.size)
                    for node in nodes for pages in devices.tree.pages(node)]
    if not any(where.overlaps(usual) for where in taken):
        return []
    return [f"comm = {max(where.pages().end for where in taken):#x}  # {usual.start:#x}, the usual "
            "place, is taken"]


def console_lines(devices: Devices, nodes: list[Node], console: str,
                  rams: Sequence[Range] = ()) -> list[str]:
    """The UART that was asked for; else the cell's first UART; else the hypercall."""
    tree = devices.tree
    if console in CONSOLE_WORDS:
        return [f"console = \"{console}\"{CONSOLE_WORDS[console]}"]
    uarts = [node for node in nodes if tree.console_type(node)]
    if console:
        try:
            node = tree.find(console)
        except ConfigError as error:
            close = close_names(console, CONSOLE_WORDS)
            hint = f"; did you mean \"{close[0]}\"?" if close else ""
            raise ConfigError(f"the console: {error.message}{hint}") from error
        if node not in nodes:
            raise ConfigError(f"the console {node.path} is no device of this cell: add --device "
                              f"{node.path}, or use --console hypervisor")
        if node not in uarts:
            raise ConfigError(f"{node.path} is no UART that jh knows: use --console hypervisor")
        uarts = [node]
    if not uarts:
        return [f"console = \"hypervisor\"{CONSOLE_WORDS['hypervisor']}"]
    node, reg = uarts[0], tree.regs(uarts[0])[0]
    shift = _seen_at(reg.pages(), rams) - reg.pages().start
    flags = ", ".join(f"\"{word}\"" for word in tree.console_flags(node))
    return ["", f"[console]  # {values.comment(node.path)}",
            f"type = \"{tree.console_type(node)}\"", f"address = {reg.start + shift:#x}",
            f"size = {reg.size:#x}", f"flags = [{flags}]"]


def device_lines(devices: Devices, node: Node, rams: Sequence[Range] = ()) -> list[str]:
    """The tables of one device of a cell with RAM at these guest addresses."""
    tree = devices.tree
    alias = tree.alias_of(node)
    about = ", ".join(filter(None, [alias, *node.strings("compatible")[:1]]))
    path = values.quote(node.path)
    lines = ["", f"# {values.comment(about or node.name)}"]
    lines += [f"# needs {values.comment(what)}" for what in devices.needs(node)]
    lines += ["[[device]]", f"path = {path}"]
    for pages in devices.tree.pages(node):
        lines += ["", "[[memory]]", f"device = {path}", f"phys = {pages.start:#x}",
                  f"size = {pages.size:#x}"]
        if _seen_at(pages, rams) != pages.start:
            lines.append(f"virt = {_seen_at(pages, rams):#x}  # the cell's RAM lies at "
                         f"{pages.start:#x}")
    for interrupt in tree.interrupts(node)[0]:
        if interrupt.intid >= 32:
            lines += ["", f"[[irq]]  # SPI {interrupt.intid - 32}", f"device = {path}",
                      f"intid = {interrupt.intid}",
                      f"trigger = \"{'edge' if interrupt.edge else 'level'}\""]
    return lines


def _links(devices: Devices, nodes: list[Node], rams: list[Range],
           specs: Sequence[str]) -> list[str]:
    """The tables of links; where nothing else of the cell is, unless an address is given."""
    taken = [*rams, *devices.tree.gic().frames.values(),
             Range(int(schema.CELL.field("comm_address").default), schema.PAGE_SIZE),
             *(Range(_seen_at(pages, rams), pages.size) for node in nodes
               for pages in devices.tree.pages(node))]
    lines = []
    for spec in specs:
        found = re.fullmatch(r"([A-Za-z][\w.-]*):([A-Za-z][\w.-]*)(?::(.+))?", spec, re.ASCII)
        if not found:
            raise ConfigError(f"\"{spec}\" is no link: write --link NAME:PEER, names of the link "
                              "and of the other cell, with :SIZE or :SIZE@ADDRESS behind it")
        size, start = values.placed(found[3] or "64K", ("link",))
        where = Range(start if start is not None else LINK_ADDRESS, size)
        while start is None and any(where.overlaps(other) for other in taken):
            where = Range(where.start + LINK_STEP, size)
        taken.append(where)
        lines += ["", "# With Linux, in the root cell: /dev/jh/link" if found[2] == schema.ROOT else
                  f"# The cell {found[2]} declares it too, with this one as its peer",
                  "[[link]]", f"name = \"{found[1]}\"", f"peer = \"{found[2]}\"",
                  f"size = {values.spell(schema.LINK.field('size'), size)}",
                  f"address = {where.start:#x}"]
    return lines


def _assignable(devices: Devices, nodes: list[Node], system: Config, result: Created) -> None:
    """Ranges of the cell's devices that the system does not list as assignable yet."""
    have = [Range(int(w["address"]), int(w["size"])) for w in system.elements("assignable")]
    for node in nodes:
        for pages in devices.tree.pages(node):
            if not any(where.contains(pages) for where in have):
                result.warnings.append(
                    f"{node.path}: {pages} is not assignable on {system.name}; add to assignable:"
                    f" {{ address = {pages.start:#x}, size = {pages.size:#x} }}")
