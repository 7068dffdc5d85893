# SPDX-License-Identifier: GPL-2.0-only
# Copyright (c) The jh authors
"""Rules for a set and the machine: its device tree, and Linux if it was running."""

from __future__ import annotations

from typing import Iterator

from . import schema
from .blob import Element
from .devices import Devices
from .errors import ConfigError
from .fdt import Node
from .findings import ERROR, NOTE, WARNING, Finding, Member
from .ownership import units
from .flags import CELL, CONSOLE, MEM, SYSTEM
from .tree import Range, is_gic


def judge(devices: Devices, system: Member | None, cells: list[Member]) -> Iterator[Finding]:
    """All rules that need the machine."""
    if system is not None:
        yield from _gic(devices, system)
        yield from _console(devices, system)
        yield from _system_memory(devices, system)
    for cell in cells:
        yield from _cpus(devices, cell)
        yield from _console(devices, cell)
        yield from _regions(devices, cell)
        yield from _shared(devices, cell)
        yield from _devices(devices, cell)
        yield from _irqs(devices, cell)
    yield from _all_cpus(devices, cells)
    if devices.facts.live:
        yield from _live(devices, system, cells)


def _gic(devices: Devices, system: Member) -> Iterator[Finding]:
    rows = system.config.elements("unit")
    version = schema.gic_version(unit["kind"] for unit in rows)
    try:
        gic = devices.tree.gic()
    except ConfigError as error:
        yield system.find(ERROR, "system", 0, error.message, "is this the right device tree?")
        return
    if version != gic.version:
        yield system.find(ERROR, "system", 0, f"its units make a GICv{version}, this machine has "
                          f"a GICv{gic.version}", "take the tree of this machine")
        return
    told = gic.units()
    for row, (kind, index, have) in enumerate(units(system.config)):
        places = told.get(kind, ())
        if places and have not in places:
            inside = any(place.contains(have) for place in places)
            yield system.find(WARNING if inside else ERROR, "unit", row,
                              f"{kind.label(index)} ({have}): the device tree says "
                              f"{' and '.join(map(str, places))}",
                              "take the addresses from the tree")
    for row, unit in enumerate(rows):
        if unit["argument"] and gic.maintenance not in (None, unit["argument"]):
            yield system.find(ERROR, "unit", row, f"gic.maintenance is {unit['argument']}, the "
                              f"device tree says {gic.maintenance}", "take it from the tree")


def _at(devices: Devices, address: int) -> Node | None:
    """The innermost enabled device with registers at an address."""
    return max(devices.at(Range(address, 1)), key=lambda node: len(node.path), default=None)


def _physical(member: Member, address: int) -> int:
    """The physical address of an address of a cell's console."""
    for _, item, _ in member.fixed():
        virt = int(item["virt"])
        if member.config.kind == "cell" and virt <= address < virt + int(item["size"]):
            return address - virt + int(item["phys"])
    return address


def _console(devices: Devices, member: Member) -> Iterator[Finding]:
    for item in member.config.elements("console"):
        if int(item["flags"]) & CONSOLE["VIRTUAL"]:
            continue
        address = _physical(member, int(item["address"]))
        node = _at(devices, address)
        if node is None:
            yield member.find(ERROR, "console", 0, f"there is no device at {address:#x}",
                              "take the address of a UART, or name it by its path")
            continue
        kind = devices.tree.console_type(node)
        names = {v.value: v.toml for v in schema.CONSOLE_TYPES}
        if kind is None:
            yield member.find(ERROR, "console", 0, f"{node.path} is no UART that jh knows "
                              f"({', '.join(node.strings('compatible')[:2])})",
                              "choose another console")
        elif kind != names.get(int(item["type"])):
            yield member.find(ERROR, "console", 0, f"{node.path} is a {kind}, not a "
                              f"{names.get(int(item['type']))}", f"set its type to \"{kind}\"")
        if node.path in devices.facts.console_paths():
            yield member.find(WARNING if member.config.kind == "system" else ERROR, "console", 0,
                              f"{node.path} is the console of Linux",
                              "choose another UART, or another console= for Linux")


def _ram_of(devices: Devices, where: Range) -> bool | None:
    """Is the range RAM: True: all of it, False: nothing, None: a part, or unknown."""
    ram = devices.facts.ram()
    if any(bank.contains(where) for bank in ram):
        return True
    return None if any(bank.overlaps(where) for bank in ram) or not ram else False


def _reserved(devices: Devices, where: Range) -> bool:
    """Is the range reserved, so that Linux leaves it alone?"""
    tree = devices.tree
    found = tree.reserved() + [Range(*reservation) for reservation in tree.reservations]
    return any(reg.contains(where) for reg in found)


def _system_memory(devices: Devices, system: Member) -> Iterator[Finding]:
    """Fixed pools and the hypervisor's memory must be RAM that Linux leaves alone."""
    item = system.config.one("system")
    places = [("pool", index, Range(int(pool["address"]), int(pool["size"])))
              for index, pool in enumerate(system.config.elements("pool")) if not pool["flags"]]
    if item["hv_address"]:
        places.append(("system", 0, Range(int(item["hv_address"]), int(item["hv_size"]))))
    for section, index, where in places:
        what = "the hypervisor's memory" if section == "system" else "the pool"
        if _ram_of(devices, where) is False and not _reserved(devices, where):
            yield system.find(ERROR, section, index, f"{what} {where} is not RAM",
                              "choose an address in RAM")
        elif not _reserved(devices, where) and devices.facts.ram():
            yield system.find(WARNING, section, index, f"{what} {where} is not reserved: Linux "
                              "may use it", "reserve it in the device tree, or remove its "
                              "address to have it taken from the running Linux")


def _cpus(devices: Devices, cell: Member) -> Iterator[Finding]:
    count = len(devices.tree.cpus())
    for index, item in enumerate(cell.config.elements("cpu")):
        if count and int(item["cpu"]) >= count:
            yield cell.find(ERROR, "cpu", index, f"there is no CPU {item['cpu']}: this machine "
                            f"has {count}", f"use 0 to {count - 1}")


def _all_cpus(devices: Devices, cells: list[Member]) -> Iterator[Finding]:
    count = len(devices.tree.cpus())
    taken = {int(item["cpu"]) for cell in cells for item in cell.config.elements("cpu")}
    if count and len(taken) >= count and cells:
        yield Finding(ERROR, cells[-1].file, "cpus", f"the cells take all {count} CPUs together",
                      "leave Linux at least one")


def _regions(devices: Devices, cell: Member) -> Iterator[Finding]:
    for index, item, where in cell.fixed():
        is_ram = _ram_of(devices, where)
        if int(item["flags"]) & MEM["io"]:
            yield from _io_region(devices, cell, index, item, where, is_ram)
        elif is_ram is False and not _reserved(devices, where):
            yield cell.find(ERROR, "memory", index, f"{where} is not RAM",
                            "correct phys, or add io to its flags if it is a device")


def _io_region(devices: Devices, cell: Member, index: int, item: Element, where: Range,
               is_ram: bool | None) -> Iterator[Finding]:
    if is_ram:
        yield cell.find(ERROR, "memory", index, f"{where} is RAM, not a device",
                        "remove io from its flags, or correct phys")
        return
    inside = devices.at(where)
    paths = [str(device["path"]) for device in cell.config.elements("device")]
    strangers = [node for node in inside if not any(
        node.path == path or node.path.startswith(path + "/") or path.startswith(node.path + "/")
        for path in paths)]
    if not inside and not any(devices.tree.by_path.get(path) and any(
            reg.overlaps(where) for reg in devices.tree.regs(devices.tree.by_path[path]))
            for path in paths):
        yield cell.find(WARNING, "memory", index, f"the tree has no device at {where}",
                        "correct phys, unless the tree leaves the device out")
    for node in strangers[:4]:
        part = any(reg.overlaps(where) and not where.contains(reg)
                   for reg in devices.tree.regs(node))
        yield cell.find(ERROR if paths else WARNING, "memory", index,
                        f"{where} {'cuts' if part else 'also holds'} {node.path}, which is no "
                        "device of this cell", "add it to devices, or make the region smaller")


def _shared(devices: Devices, cell: Member) -> Iterator[Finding]:
    """Memory shared with an untrusted cell must not be Linux'."""
    if int(cell.config.one("cell")["flags"]) & CELL["TRUSTED"]:
        return
    for index, item, where in cell.fixed():
        if not int(item["flags"]) & MEM["shared-with-root"]:
            continue
        used = [node.path for node in devices.at(where) if devices.facts.driver(node.path)]
        if _ram_of(devices, where) is not False and not _reserved(devices, where):
            yield cell.find(ERROR, "memory", index, f"{where} is shared with root, and Linux uses "
                            "this memory", "reserve it in the device tree, or set trusted = true "
                            "after reading what it means")
        elif used:
            yield cell.find(ERROR, "memory", index, f"{where} is shared with root, and {used[0]} "
                            "is in use", "leave it out, or set trusted = true after reading what "
                            "it means")


def _covered(where: Range, parts: list[Range]) -> int:
    """The first address of a range that none of the parts has; its end if there is none."""
    at = where.start
    for part in sorted(parts, key=lambda r: r.start):
        if part.start <= at < part.end:
            at = part.end
    return min(at, where.end)


def _listed_root(devices: Devices, system: Member) -> Iterator[Finding]:
    """A listed root must have all that Linux used."""
    item = system.config.one("system")
    flags = int(item["flags"])
    if not flags & SYSTEM["ROOT_LISTED"] or flags & SYSTEM["ROOT_LEARN"]:
        return
    parts = [where for _, _, where in system.fixed()]
    parts += [Range(int(w["address"]), int(w["size"]))
              for w in system.config.elements("assignable")]
    parts += [Range(int(p["address"]), int(p["size"])) for p in system.config.elements("pool")]
    parts += [Range(int(c["address"]), int(c["size"])).pages()
              for c in system.config.elements("console")]
    parts += [where for kind, _, where in units(system.config) if not kind.has("root")]
    parts.append(Range(int(item["hv_address"]), int(item["hv_size"])))
    for bank in devices.facts.ram():
        missing = _covered(bank, parts)
        if missing < bank.end:
            yield system.find(ERROR, "system", 0, "root.memory is \"listed\" and leaves out RAM "
                              f"at {missing:#x}", "list all of the RAM; pools are taken from it")
    its = [child.path for node in devices.enabled if is_gic(node) for child in node.children]
    for path in [*devices.facts.drivers, *its]:
        node = devices.tree.by_path.get(path)
        for reg in devices.tree.regs(node) if node and node.enabled else []:
            missing = _covered(reg, parts)
            if missing < reg.end:
                yield system.find(ERROR, "system", 0, f"root.memory lacks the registers of {path} "
                                  f"at {missing:#x}", "list them, or start with root.memory = "
                                  "\"learn\"")


def _devices(devices: Devices, cell: Member) -> Iterator[Finding]:
    for index, item in enumerate(cell.config.elements("device")):
        node = devices.tree.by_path.get(str(item["path"]))
        if node is None:
            yield cell.find(ERROR, "device", index, f"{item['path']} is not in the device tree",
                            "correct its path, or take the tree of this machine")
            continue
        regions = [where for _, m, where in cell.fixed() if m["device"] == index + 1]
        for reg in devices.tree.regs(node):
            if not any(where.contains(reg) for where in regions):
                yield cell.find(WARNING, "device", index, f"the cell cannot reach the registers "
                                f"{reg} of {node.path}", "add them as [[memory]]")
        own = {str(d["path"]) for d in cell.config.elements("device")}
        for problem in devices.problems(node):
            severity = ERROR if problem.fatal and not problem.solved(own) else WARNING
            yield cell.find(severity, "device", index, f"{node.path}: {problem.reason}",
                            problem.choices)


def _irqs(devices: Devices, cell: Member) -> Iterator[Finding]:
    told = {str(item["path"]): devices.tree.interrupts(devices.tree.by_path[str(item["path"])])[0]
            for item in cell.config.elements("device")
            if str(item["path"]) in devices.tree.by_path}
    have = {int(item["intid"]): item for item in cell.config.elements("irq")}
    all_told = {interrupt.intid: interrupt for found in told.values() for interrupt in found}
    for index, item in enumerate(cell.config.elements("irq")):
        intid = int(item["intid"])
        users = [node.path for node in devices.interrupt_users.get(intid, [])]
        if intid in all_told:
            if bool(int(item["flags"]) & 1) != all_told[intid].edge:
                kind = "edge" if all_told[intid].edge else "level"
                yield cell.find(WARNING, "irq", index, f"the tree says that interrupt {intid} is "
                                f"{kind}-triggered", f"set trigger = \"{kind}\"")
        elif users:
            yield cell.find(ERROR, "irq", index, f"interrupt {intid} is that of {users[0]}, which "
                            "is no device of this cell", "add it to devices, or remove the irq")
        else:
            yield cell.find(NOTE, "irq", index, f"no device of the tree has interrupt {intid}",
                            "correct intid if it is wrong: it is the SPI number plus 32")
    for path, found in told.items():
        index = [str(d["path"]) for d in cell.config.elements("device")].index(path)
        for interrupt in found:
            if interrupt.intid >= 32 and interrupt.intid not in have:
                yield cell.find(NOTE, "device", index, f"{path} has interrupt {interrupt.intid}, "
                                "which the cell does not own", "add it as [[irq]] unless the cell "
                                "polls")


def _live(devices: Devices, system: Member | None, cells: list[Member]) -> Iterator[Finding]:
    """Rules by Linux' use of the machine when the archive was made."""
    facts = devices.facts
    for cell in cells:
        for index, item in enumerate(cell.config.elements("cpu")):
            if facts.online and int(item["cpu"]) not in facts.online:
                yield cell.find(ERROR, "cpu", index, f"CPU {item['cpu']} is offline in Linux",
                                "bring it online before the cell is created")
        paths = {str(d["path"]) for d in cell.config.elements("device")}
        for index, item in enumerate(cell.config.elements("irq")):
            user = facts.interrupts.get(int(item["intid"]))
            owners = {node.path for node in devices.interrupt_users.get(int(item["intid"]), [])}
            if user and not owners & paths:
                yield cell.find(ERROR, "irq", index, f"Linux uses interrupt {item['intid']} for "
                                f"{user}", "name its device in devices, so that its driver is "
                                "unbound")
    if system is None:
        return
    yield from _listed_root(devices, system)
    item = system.config.one("system")
    if item["max_address"]:
        top = max((r.end for r in facts.ram()), default=0)
        if int(item["max_address"]) < top - 1:
            yield system.find(ERROR, "system", 0, f"max-address {item['max_address']:#x} lies "
                              f"below the end of RAM, {top:#x}", "remove it")
