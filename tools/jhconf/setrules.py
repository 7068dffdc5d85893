# SPDX-License-Identifier: GPL-2.0-only
# Copyright (c) The jh authors
"""Rules for a set of configurations alone: each file, and conflicts between them."""

from __future__ import annotations

from typing import Iterator

from . import checker, schema
from .findings import ERROR, NOTE, WARNING, Finding, Member
from .flags import CELL, MEM
from .source import direct_note
from .tree import Range
from .values import size_text


def judge(system: Member | None, cells: list[Member]) -> Iterator[Finding]:
    """All rules that need only the files."""
    yield from _verdicts(system, cells)
    for index, cell in enumerate(cells):
        for other in cells[:index]:
            yield from _two_owners(cell, other)
    if system is not None:
        yield from _space(system, cells)
        yield from _root(system)
    for cell in cells:
        yield from links(cell, cells)
    for cell in cells:
        yield from _trust(cell)
        yield from _priorities(system, cell)


def _verdicts(system: Member | None, cells: list[Member]) -> Iterator[Finding]:
    """The C checker's verdict on each file; cells are checked against the system."""
    members = ([system] if system else []) + cells
    found = checker.verdicts([member.data for member in members])
    if found is None:
        yield Finding(WARNING, "", "", "the files were not checked by jh-check, which is not "
                      "built", "build it: make -C tools/jhconf/check")
        return
    for member, verdict in zip(members, found):
        if verdict is not None:
            yield member.find(ERROR, verdict.section, verdict.index, verdict.sentence,
                              verdict.next_step)


def _two_owners(cell: Member, other: Member) -> Iterator[Finding]:
    """Resources that two cells claim: a name, a CPU, memory, an interrupt, a device."""
    if cell.name == other.name:
        yield cell.find(ERROR, "cell", 0, f"its name {cell.name} is also that of {other.file}",
                        "names must differ")
    for section, key, what in (("cpu", "cpu", "CPU"), ("irq", "intid", "interrupt"),
                               ("device", "path", "device")):
        taken = {item[key]: index for index, item in enumerate(other.config.elements(section))}
        for index, item in enumerate(cell.config.elements(section)):
            if item[key] in taken:
                yield cell.find(ERROR, section, index,
                                f"{what} {item[key]} also belongs to {other.name} ({other.file}: "
                                f"{section}[{taken[item[key]]}])",
                                "give it to one of them, or never create both")
    for index, item, where in cell.fixed():
        for other_index, other_item, taken_range in other.fixed():
            if where.overlaps(taken_range):
                yield cell.find(ERROR, "memory", index,
                                f"{where} overlaps memory[{other_index}] ({taken_range}) of "
                                f"{other.name}", "move one of them, or never create both")


def links(cell: Member, cells: list[Member]) -> Iterator[Finding]:
    """Both sides of each link: the second one to be created is refused if they disagree."""
    for index, item in enumerate(cell.config.elements("link")):
        if item["peer"] == schema.ROOT:
            continue
        peer = next((other for other in cells if other.name == item["peer"]), None)
        if peer is None:
            yield cell.find(NOTE, "link", index, f"its peer {item['peer']} is in none of the files",
                            "name its file too, to have both sides compared")
            continue
        found = next(((number, other) for number, other in enumerate(peer.config.elements("link"))
                      if other["name"] == item["name"]), None)
        if found is None:
            yield cell.find(ERROR, "link", index,
                            f"{peer.name} ({peer.file}) has no link {item['name']}",
                            "declare it on both sides")
            continue
        number, other = found
        wrong = [key for key in ("size", "output", "bells") if item[key] != other[key]]
        wrong += ["peer"] * (other["peer"] != cell.name)
        wrong += ["side"] * (other["side"] == item["side"])
        if wrong and (cell.name < peer.name or other["peer"] != cell.name):
            yield cell.find(ERROR, "link", index,
                            f"link[{number}] of {peer.name} ({peer.file}) says otherwise: "
                            f"{', '.join(wrong)}", "declare it alike on both sides")


def _space(system: Member, cells: list[Member]) -> Iterator[Finding]:
    """Checks all automatic memory of all cells against the pools."""
    pools = sum(int(pool["size"]) for pool in system.config.elements("pool"))
    wanted = sum(int(item["size"]) for cell in cells for _, item in cell.memories()
                 if int(item["flags"]) & MEM["auto"])
    # A link's memory is there once, for both sides.
    wanted += sum({frozenset((cell.name, str(item["peer"]), str(item["name"]))): int(item["size"])
                   for cell in cells for item in cell.config.elements("link")}.values())
    if wanted > pools:
        yield system.find(WARNING, "pool", 0,
                          f"the cells want {size_text(wanted)} of automatic memory together, the "
                          f"pools have {size_text(pools)}",
                          "make a pool larger, or do not create all cells at once")
    ranges = [Range(int(w["address"]), int(w["size"]))
              for w in system.config.elements("assignable")]
    used = [where for cell in cells for _, item, where in cell.fixed()
            if int(item["flags"]) & MEM["io"]]
    for index, given in enumerate(ranges):
        if cells and not any(given.overlaps(where) for where in used):
            yield system.find(NOTE, "assignable", index, f"no cell of this set uses {given}",
                              "remove it if no other cell will")


def _root(system: Member) -> Iterator[Finding]:
    item = system.config.one("system")
    if item["flags"]:
        return
    yield system.find(NOTE, "system", 0, "root may access everything that nobody else owns",
                      "use root.memory = \"listed\" if Linux is not trusted that far")


def _priorities(system: Member | None, cell: Member) -> Iterator[Finding]:
    """A note on guests that mask interrupts by priority, which does not work everywhere."""
    kinds = [unit["kind"] for unit in system.config.elements("unit")] if system else []
    text = direct_note(cell.config, schema.gic_version(kinds))
    if text:
        yield cell.find(WARNING, "cell", 0, text, "for such a guest use interrupts = \"virtual\"")


def _trust(cell: Member) -> Iterator[Finding]:
    flags = int(cell.config.one("cell")["flags"])
    if flags & CELL["IRQ_DIRECT"]:
        yield cell.find(WARNING, "cell", 0, "with direct interrupts it can disturb the interrupts "
                        "of the whole machine", "run only software that you trust in it")
    if flags & CELL["PMU"]:
        yield cell.find(NOTE, "cell", 0, "it may count what its CPUs do", "remove pmu if it need "
                        "not")
    devices = cell.config.elements("device")
    for index, device in enumerate(devices):
        irqs = [irq for irq in cell.config.elements("irq") if irq["device"] == index + 1]
        regions = [m for _, m in cell.memories() if m["device"] == index + 1]
        if not regions:
            yield cell.find(WARNING, "device", index, f"{device['path']} has no registers in the "
                            "cell: it cannot be reached", "add its [[memory]]")
        if not irqs:
            yield cell.find(NOTE, "device", index, f"{device['path']} has no interrupt in the "
                            "cell", "add its [[irq]] unless the cell polls it")
    for index, irq in enumerate(cell.config.elements("irq")):
        if not irq["device"]:
            yield cell.find(NOTE, "irq", index, f"interrupt {irq['intid']} belongs to no device",
                            "name the device, so that Linux's driver is unbound")
    for index, item, where in cell.fixed():
        if int(item["flags"]) & MEM["io"] and not item["device"]:
            yield cell.find(WARNING, "memory", index, f"the registers at {where} belong to no "
                            "device", "name the device, so that Linux's driver is unbound")
