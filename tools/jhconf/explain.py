# SPDX-License-Identifier: GPL-2.0-only
# Copyright (c) The jh authors
"""Prints the owner of an address, an interrupt, a CPU or a device, and the reason."""

from __future__ import annotations

import re

from . import schema
from .errors import ConfigError
from .findings import Member
from .names import close_names
from .ownership import HYPERVISOR, ROOT, Ownership
from .flags import CELL, MEM, ROOT_FLAGS
from .values import size_text

SPI_END, LPI_START = 1020, 8192


def explain(owners: Ownership, what: str) -> str:
    """what: 0x9040000, irq40 or spi8, cpu3, or the name of a device or cell."""
    number = re.match(r"^(cpu|irq|intid|spi)[ :]?(\d+)$", what, re.IGNORECASE)
    if number:
        kind, value = number[1].lower(), int(number[2])
        if kind == "cpu":
            return _cpu(owners, value)
        return _irq(owners, value + 32 if kind == "spi" else value)
    if re.match(r"^(0x[0-9a-fA-F_]+|\d+)$", what):
        return _address(owners, int(what, 0))
    if what in [cell.name for cell in owners.cells]:
        mark = f": {_who(owners, what)}"
        return "\n".join(line for line in everything(owners).splitlines() if mark in line)
    try:
        return _device(owners, what)
    except ConfigError as error:
        close = close_names(what, [cell.name for cell in owners.cells])
        if not close:
            raise
        raise ConfigError(f"{error.message}; did you mean the cell \"{close[0]}\"?") from error


def everything(owners: Ownership) -> str:
    """One line for each thing that is claimed."""
    lines = [f"CPU {number}: {_who(owners, owner)}" for number, owner in owners.cpus().items()]
    lines += [f"{where}: {_who(owners, claim.owner)}: {claim.what} ({claim.source})"
              for where, claim in owners.segments()]
    lines += [f"{size_text(size)} from a pool: {_who(owners, cell)}: at guest address "
              f"{virt:#x} ({source})" for cell, virt, size, source in owners.automatic()]
    lines += [f"interrupt {intid}: {_who(owners, owner)}: {what}"
              for intid, (owner, what) in owners.irqs().items()]
    return "\n".join(lines)


def _who(owners: Ownership, owner: str) -> str:
    if owner in (ROOT, HYPERVISOR):
        return {ROOT: "root (Linux)", HYPERVISOR: "the hypervisor"}[owner]
    cell = next(cell for cell in owners.cells if cell.name == owner)
    return f"cell {owner} ({cell.file})"


def _otherwise(owners: Ownership) -> str:
    system = owners.system
    if system is None or not int(system.config.one("system")["flags"]) & ROOT_FLAGS:
        return "root (Linux): it gets all that nobody else owns"
    return "nobody: root gets listed memory only"


def _listed(owners: Ownership, address: int) -> str:
    """The line of a listed root that covers the address."""
    system = owners.system
    for index, item in system.memories() if system else []:
        if int(item["phys"]) <= address < int(item["phys"]) + int(item["size"]):
            return f"{system.file}: memory[{index}]" if system else ""
    return ""


def _address(owners: Ownership, address: int) -> str:
    found = owners.at(address)
    lines = []
    if not found or found[-1].owner == ROOT:
        listed = _listed(owners, address)
        who = f"root (Linux), listed in {listed}" if listed else _otherwise(owners)
        what = f" It is {found[-1].what} ({found[-1].where})." if found else \
            " No file and no device tree says what is there."
        lines.append(f"{address:#x} belongs to {who}.{what}")
    else:
        claim = found[-1]
        lines.append(f"{address:#x} belongs to {_who(owners, claim.owner)}: {claim.what} "
                     f"({claim.where}), because of {claim.source}.")
        if claim.rights:
            lines.append(f"  rights: {claim.rights}" + (", device registers" if claim.io else ""))
        for under in reversed(found[:-1]):
            lines.append(f"  below it: {under.what} ({under.where}, {under.source})")
    lines += _seen(owners, address)
    lines += _assignable(owners, address)
    for cell in owners.cells:
        lines += _guest(cell, address)
    return "\n".join(lines)


def _seen(owners: Ownership, address: int) -> list[str]:
    """Guest addresses of a physical address, where they differ from it."""
    return [f"  cell {cell.name} sees it at guest address "
            f"{int(item['virt']) + address - where.start:#x}"
            for cell in owners.cells for _, item, where in cell.fixed()
            if where.start <= address < where.end]


def _assignable(owners: Ownership, address: int) -> list[str]:
    system = owners.system
    for index, item in enumerate(system.config.elements("assignable") if system else []):
        if int(item["address"]) <= address < int(item["address"]) + int(item["size"]):
            assert system is not None
            return [f"  it lies in assignable[{index}] of {system.file}: it may be given to a cell"]
    return []


def _guest(cell: Member, address: int) -> list[str]:
    """The meaning of the same number as a guest address."""
    comm = int(cell.config.one("cell")["comm_address"])
    if comm <= address < comm + schema.PAGE_SIZE:
        return [f"  as a guest address of cell {cell.name} it is the communication region"]
    for index, item in cell.memories():
        start, size = int(item["virt"]), int(item["size"])
        automatic = int(item["flags"]) & MEM["auto"]
        if start <= address < start + size and (automatic or start != item["phys"]):
            behind = "memory from a pool" if automatic else \
                f"physical {int(item['phys']) + address - start:#x}"
            return [f"  as a guest address of cell {cell.name} it is {behind} "
                    f"({cell.file}: memory[{index}])"]
    return []


def _irq(owners: Ownership, intid: int) -> str:
    name = f"Interrupt {intid}" + (f" (SPI {intid - 32})" if intid >= 32 else "")
    if intid >= LPI_START:
        return f"{name} is an LPI: all of them are root's (Linux)."
    if intid >= SPI_END:
        return f"There is no shared peripheral interrupt {intid}: they end at {SPI_END - 1}."
    if intid < 32 and intid not in owners.irqs():
        return f"{name} is private to each CPU: whoever owns the CPU has it."
    owner, what = owners.irqs().get(intid, (ROOT, "no device that the tree knows"))
    return f"{name} belongs to {_who(owners, owner)}: {what}."


def _cpu(owners: Ownership, number: int) -> str:
    cpus = owners.cpus()
    if number not in cpus and owners.devices is not None:
        return f"There is no CPU {number}: this machine has {len(owners.devices.tree.cpus())}."
    owner = cpus.get(number, ROOT)
    because = "no cell claims it" if owner == ROOT else "its cpus name it"
    return f"CPU {number} belongs to {_who(owners, owner)}: {because}{_seen_as(owners, number)}."


def _seen_as(owners: Ownership, number: int) -> str:
    """The number of a CPU for the guest of its cell."""
    for cell in owners.cells:
        cpus = [int(item["cpu"]) for item in cell.config.elements("cpu")]
        if number in cpus and not int(cell.config.one("cell")["flags"]) & CELL["PHYSICAL_IDS"]:
            return f"; its guest sees it as CPU {cpus.index(number)}"
    return ""


def _device(owners: Ownership, spec: str) -> str:
    for cell in owners.cells:
        for index, item in enumerate(cell.config.elements("device")):
            if item["path"] == spec:
                return f"{spec} belongs to {_who(owners, cell.name)}: device[{index}]."
    if owners.devices is None:
        raise ConfigError(f"\"{spec}\" is no address (0x...), no irqN, no cpuN, no cell; a device "
                          "by name needs --tree")
    node = owners.devices.tree.find(spec)
    owner = next((_who(owners, cell.name) for cell in owners.cells
                  for item in cell.config.elements("device") if item["path"] == node.path),
                 "root (Linux)")
    lines = [f"{node.path} belongs to {owner}."]
    lines += [f"  registers {reg}" for reg in owners.devices.tree.regs(node)]
    lines += [f"  interrupt {interrupt.intid}, {'edge' if interrupt.edge else 'level'}"
              for interrupt in owners.devices.tree.interrupts(node)[0]]
    lines += [f"  needs {need}" for need in owners.devices.needs(node)]
    problems = owners.devices.problems(node)
    lines += [f"  {'cannot be split off' if p.fatal else 'mind'}: {p}" for p in problems]
    return "\n".join(lines)
