# SPDX-License-Identifier: GPL-2.0-only
# Copyright (c) The jh authors
"""Writes the source of a cell: devices by name, everything else from the machine."""

from __future__ import annotations

import difflib
import re

from . import schema, values
from .blob import Config
from .create import Created
from .devices import Devices
from .errors import ConfigError
from .fdt import Node
from .source import cpu_list
from .tree import Range


def add_cell(devices: Devices, name: str, cpus: str, memory: str, specs: list[str],
             console: str = "", system: Config | None = None, force: bool = False) -> Created:
    """The source; raises ConfigError naming each device that cannot be split off."""
    tree = devices.tree
    if not re.fullmatch(r"[A-Za-z][A-Za-z0-9_.-]*", name) or len(name) >= schema.NAME_LEN:
        raise ConfigError(f"\"{name}\" cannot be the name of a cell: use letters, digits, '-', '_' "
                          f"and '.', a letter first, at most {schema.NAME_LEN - 1}")
    numbers = cpu_list(cpus)
    _judge_cpus(devices, numbers)
    nodes = [tree.find(spec) for spec in specs]
    result = Created("")
    _judge_devices(devices, nodes, force, result)
    ram = values.size(memory, ("memory",))
    _judge_ram(devices, ram)
    lines = [f"# Cell {name}, written by jhctl config add-cell.", "",
             f"name = \"{name}\"",
             f"cpus = {numbers}  # Linux's numbers; the guest counts them from 0",
             *_comm_lines(devices, nodes, ram), *console_lines(devices, nodes, console, ram), "",
             "# RAM at guest address 0, from a pool", "[[memory]]",
             f"size = {values.spell(schema.MEMORY.field('size'), ram)}"]
    for node in nodes:
        lines += device_lines(devices, node, ram)
    if system is not None:
        _assignable(devices, nodes, system, result)
    result.text = "\n".join(lines) + "\n"
    return result


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


def _judge_ram(devices: Devices, ram: int) -> None:
    """The cell finds its interrupt controller where the machine has it."""
    frames = devices.tree.gic().frames
    low = min(frames, key=lambda name: frames[name].start)
    if frames[low].start < ram:
        raise ConfigError(f"{values.size_text(ram)} of memory at guest address 0 would lie over "
                          f"the interrupt controller ({low.upper()} at {frames[low].start:#x}): "
                          "take less, and add the rest as a [[memory]] with a higher virt")


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


def _seen_at(start: int, ram: int) -> int:
    """Where a cell sees registers: in their place, or some 4 GiB above if its RAM lies there."""
    return start if start >= ram else start + (-(-(ram - start) >> 32) << 32)


def _comm_lines(devices: Devices, nodes: list[Node], ram: int) -> list[str]:
    """Another place for the communication region, if RAM or a device lies in the usual one."""
    usual = Range(int(schema.CELL.field("comm_address").default), schema.PAGE_SIZE)
    taken = [Range(0, ram)] + [Range(_seen_at(pages.start, ram), pages.size)
                               for node in nodes for pages in devices.tree.pages(node)]
    if not any(where.overlaps(usual) for where in taken):
        return []
    return [f"comm = {max(where.pages().end for where in taken):#x}  # {usual.start:#x}, the usual "
            "place, is taken"]


def console_lines(devices: Devices, nodes: list[Node], console: str, ram: int = 0) -> list[str]:
    """The UART that was asked for; else the first UART of the cell; else the hypercall."""
    tree = devices.tree
    if console in ("uart", "hypervisor", "none"):
        return [f"console = \"{console}\""]
    uarts = [node for node in nodes if tree.console_type(node)]
    if console:
        try:
            node = tree.find(console)
        except ConfigError as error:
            close = difflib.get_close_matches(console, ("uart", "hypervisor", "none"), 1, 0.6)
            hint = f"; did you mean \"{close[0]}\"?" if close else ""
            raise ConfigError(f"the console: {error.message}{hint}") from error
        if node not in nodes:
            raise ConfigError(f"the console {node.path} is no device of this cell: add --device "
                              f"{node.path}, or use --console hypervisor")
        if node not in uarts:
            raise ConfigError(f"{node.path} is no UART that jh knows: use --console hypervisor")
        uarts = [node]
    if not uarts:
        return ["console = \"hypervisor\"  # prints by hypercall: jhctl console NAME"]
    node, reg = uarts[0], tree.regs(uarts[0])[0]
    flags = ", ".join(f"\"{word}\"" for word in tree.console_flags(node))
    return ["", f"[console]  # {values.comment(node.path)}",
            f"type = \"{tree.console_type(node)}\"", f"address = {_seen_at(reg.start, ram):#x}",
            f"size = {reg.size:#x}", f"flags = [{flags}]"]


def device_lines(devices: Devices, node: Node, ram: int = 0) -> list[str]:
    """The tables of one device of a cell with so many bytes of RAM at 0."""
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
        if pages.start < ram:
            lines.append(f"virt = {_seen_at(pages.start, ram):#x}  # the cell's RAM lies at "
                         f"{pages.start:#x}")
    for interrupt in tree.interrupts(node)[0]:
        if interrupt.intid >= 32:
            lines += ["", f"[[irq]]  # SPI {interrupt.intid - 32}", f"device = {path}",
                      f"intid = {interrupt.intid}",
                      f"trigger = \"{'edge' if interrupt.edge else 'level'}\""]
    return lines


def _assignable(devices: Devices, nodes: list[Node], system: Config, result: Created) -> None:
    """What is not assignable on the system yet."""
    have = [Range(int(w["address"]), int(w["size"])) for w in system.elements("assignable")]
    for node in nodes:
        for pages in devices.tree.pages(node):
            if not any(where.contains(pages) for where in have):
                result.warnings.append(
                    f"{node.path}: {pages} is not assignable on {system.name}; add to assignable:"
                    f" {{ address = {pages.start:#x}, size = {pages.size:#x} }}")
