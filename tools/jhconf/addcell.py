# SPDX-License-Identifier: GPL-2.0-only
# Copyright (c) The jh authors
"""Writes the source of a cell: devices by name, everything else from the machine."""

from __future__ import annotations

from . import values
from .blob import Config
from .create import Created
from .devices import Devices, Problem
from .errors import ConfigError
from .fdt import Node
from .source import cpu_list
from .tree import Range


def add_cell(devices: Devices, name: str, cpus: str, memory: str, specs: list[str],
             console: str = "", system: Config | None = None, force: bool = False) -> Created:
    """The source; raises ConfigError naming each device that cannot be split off."""
    tree = devices.tree
    numbers = cpu_list(cpus)
    _judge_cpus(devices, numbers)
    nodes = [tree.find(spec) for spec in specs]
    result = Created("")
    _judge_devices(devices, nodes, force, result)
    size = values.size_text(values.size(memory, ("memory",)))
    lines = [f"# Cell {name}, written by jhctl config add-cell.", "",
             f"name = \"{name}\"", f"cpus = {numbers}  # Linux's numbers",
             *console_lines(devices, nodes, console), "", "# RAM at guest address 0, from a pool",
             "[[memory]]",
             f"size = \"{size}\"" if not size.startswith("0x") else f"size = {size}"]
    for node in nodes:
        lines += device_lines(devices, node)
    if system is not None:
        _windows(devices, nodes, system, result)
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


def _judge_devices(devices: Devices, nodes: list[Node], force: bool, result: Created) -> None:
    refused = []
    for node in nodes:
        for problem in devices.problems(node):
            text = f"{node.path}: {problem}"
            if problem.fatal and not force and not _solved(devices, node, nodes, problem):
                refused.append(text)
            else:
                result.warnings.append(text)
    if refused:
        raise ConfigError("\n".join(refused))


def _solved(devices: Devices, node: Node, nodes: list[Node], problem: Problem) -> bool:
    """The devices that share something with this one go to the same cell."""
    if "page" not in problem.reason and "interrupt" not in problem.reason \
            and "provides" not in problem.reason:
        return False
    alone = [other for other in nodes if other is not node]
    sharing = [other for reg in devices.tree.regs(node)
               for other in devices.neighbours(node, reg.pages())]
    sharing += [other for interrupt in devices.tree.interrupts(node)[0]
                for other in devices.interrupt_users.get(interrupt.intid, []) if other is not node]
    sharing += [user for user, _ in devices.users.get(node.path, []) if user is not node]
    return bool(sharing) and all(other in alone for other in sharing)


def console_lines(devices: Devices, nodes: list[Node], console: str) -> list[str]:
    """The UART that was asked for; else the first UART of the cell; else the hypercall."""
    tree = devices.tree
    if console in ("hypervisor", "none"):
        return [f"console = \"{console}\""]
    uarts = [node for node in nodes if tree.console_type(node)]
    if console:
        node = tree.find(console)
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
    return ["", f"[console]  # {node.path}", f"type = \"{tree.console_type(node)}\"",
            f"address = {reg.start:#x}", f"size = {reg.size:#x}", f"flags = [{flags}]"]


def pages_of(devices: Devices, node: Node) -> list[Range]:
    """The pages of a device; what shares them was judged before."""
    merged: list[Range] = []
    for pages in sorted((reg.pages() for reg in devices.tree.regs(node)), key=lambda r: r.start):
        if merged and pages.start <= merged[-1].end:
            end = max(merged[-1].end, pages.end)
            merged[-1] = Range(merged[-1].start, end - merged[-1].start)
        else:
            merged.append(pages)
    return merged


def device_lines(devices: Devices, node: Node) -> list[str]:
    """The tables of one device."""
    tree = devices.tree
    alias = tree.alias_of(node)
    about = ", ".join(filter(None, [alias, *node.strings("compatible")[:1]]))
    lines = ["", f"# {about or node.name}"]
    lines += [f"# needs {what}" for what in devices.needs(node)]
    lines += ["[[device]]", f"path = \"{node.path}\""]
    for pages in pages_of(devices, node):
        lines += ["", "[[memory]]", f"device = \"{node.path}\"", f"phys = {pages.start:#x}",
                  f"size = {pages.size:#x}"]
    for interrupt in tree.interrupts(node)[0]:
        if interrupt.intid >= 32:
            lines += ["", f"[[irq]]  # SPI {interrupt.intid - 32}", f"device = \"{node.path}\"",
                      f"intid = {interrupt.intid}",
                      f"trigger = \"{'edge' if interrupt.edge else 'level'}\""]
    return lines


def _windows(devices: Devices, nodes: list[Node], system: Config, result: Created) -> None:
    """What the system's windows lack."""
    have = [Range(int(w["address"]), int(w["size"])) for w in system.elements("window")]
    for node in nodes:
        for pages in pages_of(devices, node):
            if not any(window.contains(pages) for window in have):
                result.warnings.append(
                    f"{node.path}: {pages} lies in no window of {system.name}; add to its windows:"
                    f" {{ address = {pages.start:#x}, size = {pages.size:#x} }}")
