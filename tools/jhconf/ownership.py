# SPDX-License-Identifier: GPL-2.0-only
# Copyright (c) The jh authors
"""Owners of all resources once all files of a set are in use, for show, explain and pictures."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from typing import Iterator

from . import schema
from .blob import Config
from .devices import Devices
from .findings import Member
from .schema import Kind
from .flags import MEM
from .tree import Range, is_device

ROOT, HYPERVISOR = "root", "hypervisor"


def units(config: Config) -> Iterator[tuple[Kind, int, Range]]:
    """The units of a system: kind, index, registers."""
    for unit in config.elements("unit"):
        kind = schema.unit_kind(unit["kind"])
        if kind is not None:
            yield kind, int(unit["index"]), Range(int(unit["address"]), int(unit["size"]))


@dataclass(frozen=True)
class Claim:
    """A range of physical addresses: its owner, its purpose, and the line of a file for it."""

    where: Range
    owner: str
    what: str
    source: str
    rights: str = ""
    io: bool = False


class Ownership:
    """All claims of a set; later claims override earlier ones."""

    def __init__(self, system: Member | None, cells: list[Member],
                 devices: Devices | None = None) -> None:
        self.system = system
        self.cells = cells
        self.devices = devices

    @property
    def owners(self) -> list[str]:
        """Root, the hypervisor, the cells."""
        return [ROOT, HYPERVISOR] + [cell.name for cell in self.cells]

    @cached_property
    def machine_claims(self) -> list[Claim]:
        """RAM and devices of the tree: root's, unless another party claims them."""
        if self.devices is None:
            return []
        tree, found = self.devices.tree, []
        for ram in self.devices.facts.ram():
            found.append(Claim(ram, ROOT, "RAM", "device tree"))
        found += [Claim(Range(*where), ROOT, "set aside by the boot loader", "device tree")
                  for where in tree.reservations if where[1]]
        found += [Claim(where, ROOT, node.path, "device tree")
                  for where, node in tree.reserved_nodes()]
        for node in self.devices.enabled:
            if not is_device(node):
                continue
            if not any(name in node.props for name in ("compatible", "device_type")):
                continue
            found += [Claim(reg, ROOT, node.path, "device tree", io=True)
                      for reg in tree.regs(node)]
        return found

    @cached_property
    def system_claims(self) -> list[Claim]:
        """The claims of the system's file."""
        if self.system is None:
            return []
        config, file, found = self.system.config, self.system.file, []
        item = config.one("system")
        for index, pool in enumerate(config.elements("pool")):
            if not pool["flags"]:
                where = Range(int(pool["address"]), int(pool["size"]))
                found.append(Claim(where, HYPERVISOR, f"pool[{index}], RAM for cells",
                                   f"{file}: pool[{index}]"))
        if item["hv_address"]:
            found.append(Claim(Range(int(item["hv_address"]), int(item["hv_size"])), HYPERVISOR,
                               "the hypervisor's memory", f"{file}: hypervisor"))
        for kind, index, where in units(config):
            root = kind.has("root")
            what = "no cell may have it" if root else "accesses are filtered"
            found.append(Claim(where, ROOT if root else HYPERVISOR, f"{kind.title}: {what}",
                               f"{file}: {kind.label(index)}", io=True))
        for console in config.elements("console"):
            where = Range(int(console["address"]), int(console["size"]))
            found.append(Claim(where, HYPERVISOR, "the hypervisor's console", f"{file}: console",
                               io=True))
        return found

    @cached_property
    def cell_claims(self) -> list[Claim]:
        found = []
        for cell in self.cells:
            for index, item, where in cell.fixed():
                flags = int(item["flags"])
                names = [str(d["path"]) for d in cell.config.elements("device")]
                number = int(item["device"])
                what = names[number - 1] if 0 < number <= len(names) else \
                    ("device registers" if flags & MEM["io"] else "RAM")
                found.append(Claim(where, cell.name, what, f"{cell.file}: memory[{index}]",
                                   rights(flags), bool(flags & MEM["io"])))
        return found

    @property
    def claims(self) -> list[Claim]:
        return [*self.machine_claims, *self.system_claims, *self.cell_claims]

    def at(self, address: int) -> list[Claim]:
        """All claims on an address, the effective one last."""
        found = [claim for claim in self.claims if claim.where.start <= address < claim.where.end]
        layer = {id(claim): number for number, group in enumerate(
            (self.machine_claims, self.system_claims, self.cell_claims)) for claim in group}
        return sorted(found, key=lambda claim: (layer[id(claim)], -claim.where.size))

    def segments(self) -> list[tuple[Range, Claim]]:
        """The claimed address space in pieces, each with its effective claim."""
        edges = sorted({edge for claim in self.claims
                        for edge in (claim.where.start, claim.where.end)})
        result: list[tuple[Range, Claim]] = []
        for start, end in zip(edges, edges[1:]):
            found = self.at(start)
            if not found:
                continue
            claim = found[-1]
            if result and result[-1][1] == claim and result[-1][0].end == start:
                result[-1] = (Range(result[-1][0].start, end - result[-1][0].start), claim)
            else:
                result.append((Range(start, end - start), claim))
        return result

    def compact(self) -> list[tuple[Range, str, str, str]]:
        """(range, owner, what, rights), with runs of root's devices joined to one."""
        result: list[tuple[Range, str, str, str]] = []
        run: list[tuple[Range, str]] = []

        def flush() -> None:
            if len(run) == 1:
                result.append((run[0][0], ROOT, run[0][1], ""))
            elif run:
                where = Range(run[0][0].start, run[-1][0].end - run[0][0].start)
                first, last = (what.rsplit("/", 1)[-1] for _, what in (run[0], run[-1]))
                what = f"{len(run)} devices, from {first} to {last}"
                result.append((where, ROOT, what, ""))
            run.clear()

        for where, claim in self.segments():
            if claim.owner == ROOT and claim.io:
                run.append((where, claim.what))
                continue
            flush()
            result.append((where, claim.owner, claim.what, claim.rights))
        flush()
        return result

    def automatic(self) -> list[tuple[str, int, int, str]]:
        """(cell, guest address, bytes, source) of the regions without an address."""
        return [(cell.name, int(item["virt"]), int(item["size"]), f"{cell.file}: memory[{index}]")
                for cell in self.cells for index, item in cell.memories()
                if int(item["flags"]) & MEM["auto"]]

    def cpus(self) -> dict[int, str]:
        """CPU number -> owner."""
        count = len(self.devices.tree.cpus()) if self.devices else 0
        owners = {number: ROOT for number in range(count)}
        owners |= {int(item["cpu"]): cell.name for cell in self.cells
                   for item in cell.config.elements("cpu")}
        return dict(sorted(owners.items()))

    def irqs(self) -> dict[int, tuple[str, str]]:
        """INTID -> (owner, its source)."""
        found: dict[int, tuple[str, str]] = {}
        if self.devices is not None:
            for intid, nodes in self.devices.interrupt_users.items():
                if nodes:
                    found[intid] = (ROOT, ", ".join(node.path for node in nodes))
        for cell in self.cells:
            names = [str(d["path"]) for d in cell.config.elements("device")]
            for item in cell.config.elements("irq"):
                number = int(item["device"])
                what = names[number - 1] if 0 < number <= len(names) else "no device named"
                found[int(item["intid"])] = (cell.name, what)
        if self.system is not None:
            for unit in self.system.config.elements("unit"):
                if unit["argument"]:
                    found[int(unit["argument"])] = (HYPERVISOR, "the GIC's maintenance interrupt")
        return dict(sorted(found.items()))


def rights(flags: int) -> str:
    """rwx, as ls writes it."""
    return "".join(letter if flags & MEM[word] else "-"
                   for letter, word in (("r", "read"), ("w", "write"), ("x", "execute")))
