# SPDX-License-Identifier: GPL-2.0-only
# Copyright (c) The jh authors
"""Reads the TOML source of a cell."""

from __future__ import annotations

import re
from typing import Any

from . import pci, schema, values, virtio
from .blob import Config, element
from .errors import ConfigError, Key
from .fdt import Node
from .flags import (APART, CELL, IO_FLAGS, LINK, MEM, PL011, RAM_FLAGS, VIRTUAL_ADDRESS,
                    VIRTUAL_FLAGS, VIRTUAL_IRQ, VIRTUAL_SIZE)
from .reader import Reader, Source, record, record_keys
from .tree import Range


def default_entry(config: Config) -> int:
    """A cell without an entry starts at the start of its first RAM."""
    return next((int(memory["virt"]) for memory in config.elements("memory")
                 if int(memory["flags"]) & MEM["execute"]), 0)


def _short_memory(value: Any, key: Key) -> dict[str, Any]:
    """The table that "64M" or "64M@0x40000000" stands for."""
    size, virt = values.placed(value, key)
    return {"size": size} if virt is None else {"size": size, "virt": virt}


class Cell(Reader):

    def read(self) -> Source:
        tables = self.tables
        values.needed(tables, "name", "\"rtos\"", ())
        values.needed(tables, "cpus", "[3]", ())
        item = record("cell", tables, ())
        self.source.add("cell", item, ("name",))
        self.cpus()
        self.devices()
        self.memories()
        if "entry" not in tables:
            item["entry"] = default_entry(self.source.config)
        self.device_resources()
        for key, table in self.entries("irq"):
            self.irq(table, key)
        item["flags"] = self.flags()
        self.console()
        for key, table in self.entries("link"):
            self.link(table, key)
        self.rpmsg()
        self.virtio()
        for key, table in self.entries("ivshmem"):
            self.ivshmem(table, key)
        self.pci()
        return self.source

    def word(self, name: str, words: tuple[str, ...]) -> str:
        """The value of a key with a list of words; the first is the default."""
        return values.word(self.tables.get(name, words[0]), words, (name,))

    def flags(self) -> int:
        result = 0
        for name, bit in (("trusted", "TRUSTED"), ("pmu", "PMU")):
            if values.flag(self.tables.get(name, False), (name,)):
                result |= CELL[bit]
        if self.word("interrupts", ("virtual", "direct")) == "direct":
            result |= CELL["IRQ_DIRECT"]
        if self.word("wfi", ("native", "trap")) == "trap":
            result |= CELL["WFI_TRAP"]
        if self.word("shutdown", ("ask", "now")) == "now":
            result |= CELL["PASSIVE_COMM"]
        if self.word("on-reset", ("stop", "restart")) == "restart":
            result |= CELL["REBOOT"]
        if self.word("scrub", ("destroy", "restart")) == "restart":
            result |= CELL["SCRUB_RESTART"]
        if self.word("cpu-ids", ("virtual", "physical")) == "physical":
            result |= CELL["PHYSICAL_IDS"]
        by_hypercall = self.tables.get("console") == "hypervisor"
        putc = self.word("putc", ("no", "permitted", "active"))
        if by_hypercall and "putc" in self.tables and putc != "active":
            raise ConfigError("contradicts console = \"hypervisor\": remove one of them",
                              ("putc",))
        if putc != "no" or by_hypercall:
            result |= CELL["PUTC"]
        if putc == "active" or by_hypercall:
            result |= CELL["PUTC_ACTIVE"]
        return result

    def cpus(self) -> None:
        value = self.tables["cpus"]
        if isinstance(value, str):
            value = cpu_list(value)
        if not isinstance(value, list):
            raise ConfigError(f"{values.shown(value)} is no list of CPUs: write [2, 3] or \"2-3\"",
                              ("cpus",))
        if not value:
            raise ConfigError("is empty: name a CPU, such as [3]", ("cpus",))
        for index, cpu in enumerate(value):
            key = ("cpus", index)
            self.source.add("cpu", element("cpu", cpu=values.number(cpu, key)), key)

    def devices(self) -> None:
        for key, spec in self.entries("devices"):
            if isinstance(spec, dict):
                values.keys(spec, ("path", "at"), key)
                values.needed(spec, "path", "\"serial1\"", key)
                spec = spec["path"]
            try:
                tree = self.need_tree("a device by name", key)
                path = tree.find(values.text(spec, key)).path
            except ConfigError as error:
                raise ConfigError(error.message, key) from error
            self.source.add("device", element("device", path=path), key)
        for key, table in self.entries("device"):
            values.keys(table, record_keys("device"), key)
            self.source.add("device", record("device", table, key), key)

    def device_number(self, value: Any, key: Key) -> int:
        """1 + the index of a device of this cell, given by its path or by its index."""
        if isinstance(value, int) and not isinstance(value, bool):
            return values.number(value, key) + 1
        paths = [item["path"] for item in self.source.config.elements("device")]
        name = values.text(value, key)
        if name not in paths and self.tree is not None:
            name = self.tree.find(name).path
        if name not in paths:
            raise ConfigError(f"\"{value}\" is no device of this cell: add it to devices, or as "
                              f"[[device]] with path = \"{value}\"", key)
        return paths.index(name) + 1

    def memories(self) -> None:
        value = self.tables.get("memory", [])
        if isinstance(value, str) or isinstance(value, int) and not isinstance(value, bool):
            value = [value]
        if not isinstance(value, list):
            raise ConfigError(f"{values.shown(value)} is no memory: write a size such as \"16M\", "
                              "or tables: [[memory]], with two brackets", ("memory",))
        free = 0
        for index, table in enumerate(value):
            key = ("memory", index) if isinstance(self.tables["memory"], list) else ("memory",)
            if isinstance(table, (str, int)):
                table = _short_memory(table, key)
            free = self.memory(table, key, free)

    def memory(self, table: Any, key: Key, free: int) -> int:
        """Adds a region; RAM without virt goes to free. Returns the end of RAM so far."""
        values.keys(table, record_keys("memory"), key)
        item = record("memory", table, key, ("device",))
        values.needed(table, "size", "\"16M\"", key)
        if "device" in table:
            item["device"] = self.device_number(table["device"], (*key, "device"))
        if "flags" not in table:
            item["flags"] = IO_FLAGS if "device" in table else RAM_FLAGS
        io = bool(int(item["flags"]) & MEM["io"])
        if "phys" not in table and not io:
            item["flags"] = int(item["flags"]) | MEM["auto"]
        elif "phys" not in table:
            raise ConfigError("has no phys: device registers have fixed addresses", key)
        if "virt" not in table:
            item["virt"] = item["phys"] if io else free
        self.source.add("memory", item, key)
        return free if io else int(item["virt"]) + int(item["size"])

    def device_resources(self) -> None:
        """Registers and interrupts, from the tree, of the named devices."""
        for index, (key, spec) in enumerate(self.entries("devices")):
            assert self.tree is not None
            node = self.tree.by_path[str(self.source.config.sections["device"][index]["path"])]
            try:
                found = self.tree.device_pages(node)
            except ConfigError as error:
                raise ConfigError(error.message, key) from error
            first, shift = self.moved(node, spec, key)
            for pages in found:
                virt = pages.start + (shift if pages.contains(first) else 0)
                if virt < 0:
                    raise ConfigError(f"{first.start + shift:#x} leaves no room for its registers "
                                      f"at {pages.start:#x}, which come before {first.start:#x}: "
                                      f"{first.start - pages.start:#x} or more", (*key, "at"))
                self.source.add("memory", element("memory", phys=pages.start, virt=virt,
                                                  size=pages.size, flags=IO_FLAGS,
                                                  device=index + 1), key)
            interrupts, others = self.tree.interrupts(node)
            for interrupt in interrupts:
                if interrupt.intid >= 32:
                    self.source.add("irq", element("irq", intid=interrupt.intid,
                                                   flags=int(interrupt.edge),
                                                   device=index + 1), key)
            for controller in others:
                self.source.notes.append(f"{node.path}: its interrupts at {controller.path} "
                                         "cannot be given to a cell, only those at the GIC")

    def moved(self, node: Node, spec: Any, key: Key) -> tuple[Range, int]:
        """The first register range of a device, and the cell's offset to it."""
        assert self.tree is not None
        regs = self.tree.regs(node)
        if not isinstance(spec, dict) or "at" not in spec:
            return Range(0, 0), 0
        if not regs:
            raise ConfigError(f"{node.path} has no registers that could be at an address", key)
        at, key = values.number(spec["at"], (*key, "at")), (*key, "at")
        if at % schema.PAGE_SIZE != regs[0].start % schema.PAGE_SIZE:
            raise ConfigError(f"{at:#x} is not where {regs[0].start:#x} is in its page of "
                              f"{schema.PAGE_SIZE} bytes: registers move by whole pages", key)
        return regs[0], at - regs[0].start

    def irq(self, table: Any, key: Key) -> None:
        values.keys(table, record_keys("irq"), key)
        values.needed(table, "intid", "40, the SPI number of the device tree plus 32", key)
        item = record("irq", table, key, ("device",))
        if "device" in table:
            item["device"] = self.device_number(table["device"], (*key, "device"))
        self.source.add("irq", item, key)

    def console(self) -> None:
        value = self.tables.get("console", "none")
        if isinstance(value, dict):
            if value.get("type") == "uart":
                self.virtual_console(value)
            else:
                self.console_table(value)
            return
        if value == "uart":
            self.virtual_console({})
            return
        node = self.uart(value, ("none", "hypervisor", "uart"))
        if node is None:
            return
        tree = self.need_tree("a console by name", ("console",))
        paths = [item["path"] for item in self.source.config.elements("device")]
        if node.path not in paths:
            raise ConfigError(f"{node.path} is no device of this cell: add it to devices, or use "
                              "console = \"hypervisor\"", ("console",))
        kind, regs = tree.console_type(node), tree.regs(node)
        if kind is None or not regs:
            raise ConfigError(f"{node.path} is no UART that jh knows: write a [console] table, or "
                              "use console = \"hypervisor\"", ("console",))
        self.console_table({"type": kind, "address": self.guest_address(regs[0].start),
                            "size": regs[0].size, "flags": tree.console_flags(node)})

    def virtual_console(self, table: dict[str, Any]) -> None:
        """The emulated UART, at an address where the cell has nothing else."""
        key = ("console",)
        values.keys(table, ("type", "address", "irq"), key)
        address = values.number(table["address"], (*key, "address")) if "address" in table \
            else self.free_page()
        cell = self.source.config.one("cell")
        if "irq" in table:
            cell["console_irq"] = values.number(table["irq"], (*key, "irq"))
        elif not int(cell["flags"]) & CELL["IRQ_DIRECT"]:
            cell["console_irq"] = self.free_irq()
        self.source.add("console", element("console", address=address, size=VIRTUAL_SIZE,
                                           type=PL011, flags=VIRTUAL_FLAGS), key)

    def link(self, table: Any, key: Key, kept: tuple[Range, ...] = ()) -> None:
        """kept: what is not free either."""
        values.keys(table, (*record_keys("link"), "root-pci"), key)
        for name, example in (("name", "\"samples\""), ("peer", "\"rtos2\", the other cell"),
                              ("size", "\"64K\""), ("address", "0x70000000")):
            values.needed(table, name, example, key)
        item = record("link", table, key)
        cell = self.source.config.one("cell")
        if "output" not in table:
            item["output"] = int(item["size"]) // 4 // schema.PAGE_SIZE * schema.PAGE_SIZE
        if "side" not in table:
            item["side"] = int(str(item["peer"]) < str(cell["name"]))
        # The registers of a PCI device lie in the host's window, which is chosen later.
        if "registers" not in table and item["name"] not in pci.link_names(self.each("ivshmem")):
            memory = Range(int(item["address"]), int(item["size"]))
            item["registers"] = self.free_page((memory, *kept))
        if "irq" not in table:
            item["irq"] = self.free_irq()
        if values.flag(table.get("root-pci", False), (*key, "root-pci")):
            item["flags"] = LINK["root-pci"]
        self.source.add("link", item, key)

    def named_link(self, name: Any, who: str, key: Key) -> int:
        """The index of a link of the cell."""
        names = [str(link["name"]) for link in self.source.config.elements("link")]
        if name not in names:
            known = ", ".join(f"\"{known}\"" for known in names) or "there is none"
            raise ConfigError(f"{who} names no link of the cell: {known}", key)
        return names.index(str(name))

    def rpmsg(self) -> None:
        """The link that carries rpmsg is named by the cell: there is one."""
        if "rpmsg" not in self.tables:
            return
        links = self.source.config.elements("link")
        found = links[self.named_link(self.tables["rpmsg"], "rpmsg", ())]
        found["flags"] = int(found["flags"]) | LINK["rpmsg"]

    def virtio(self) -> None:
        """Devices on links that they name, or that are made for them, side by side."""
        names = [str(item["name"]) for item in self.source.config.elements("link")]
        items, made = [], []
        for key, table in self.entries("virtio"):
            own = not isinstance(table, dict) or "link" not in table
            values.keys(table, (*record_keys("virtio"), *(virtio.OWN_KEYS if own else ())), key)
            values.needed(table, "kind", "\"block\"", key)
            item = record("virtio", table, key, ("link",))
            if "queues" not in table:
                item["queues"] = virtio.usual_queues(int(item["kind"]))
            name = table.get("link")
            if own:
                made.append((key, virtio.link_of(item, table, names)))
                name = made[-1][1]["name"]
                names.append(name)
            items.append((key, item, name))
        self.virtio_links(made)
        for key, item, name in items:
            item["link"] = self.named_link(name, "link", (*key, "link"))
            self.source.add("virtio", item, key)

    def virtio_links(self, tables: list[tuple[Key, dict[str, Any]]]) -> None:
        sizes = [values.size(table["size"], (*key, "size")) for key, table in tables]
        ram = [Range(int(item["virt"]), int(item["size"]))
               for item in self.source.config.elements("memory")
               if not int(item["flags"]) & MEM["io"]]
        start = virtio.place(sum(sizes), ram, self.taken()) if tables else 0
        kept = Range(start, sum(sizes))
        for (key, table), address in zip(tables, virtio.side_by_side(start, sizes)):
            self.link({**table, "address": address}, key, (kept,))

    def ivshmem(self, table: Any, key: Key) -> None:
        values.keys(table, record_keys("ivshmem"), key)
        values.needed(table, "link", "\"samples\"", key)
        item = record("ivshmem", table, key, ("link",))
        item["link"] = self.named_link(table["link"], "link", (*key, "link"))
        if "slot" not in table:
            item["slot"] = pci.free_slot(self.source.config.elements("ivshmem"),
                                         self.each("ivshmem"))
        self.source.add("ivshmem", item, key)

    def pci(self) -> None:
        """The host of the devices, and the places of their registers in its window."""
        config, devices = self.source.config, self.source.config.elements("ivshmem")
        if "pci" not in self.tables and not devices:
            return
        table = values.keys(self.tables.get("pci", {}), record_keys("pci"), ("pci",))
        item = record("pci", table, ("pci",))
        if "window" not in table:
            item["window"] = pci.place(int(item["window_size"]), self.taken())
        if "ecam" not in table:
            item["ecam"] = pci.place(pci.ECAM_SIZE, [*self.taken(), pci.window(item)])
        self.source.add("pci", item, ("pci",))
        pci.place_registers(config, self.each("link"))
        if "vpci-irq-base" not in self.tables and devices:
            config.one("cell")["vpci_irq_base"] = pci.irq_base(config)

    def each(self, name: str) -> list[Any]:
        """The tables of that name."""
        return [table for _, table in self.entries(name)]

    def free_irq(self) -> int:
        """A number that no other interrupt of the cell has."""
        config = self.source.config
        taken = {int(item["intid"]) for item in config.elements("irq")}
        taken |= {int(item["irq"]) for item in config.elements("link")}
        taken.add(int(config.one("cell")["console_irq"]))
        taken |= {values.number(table["irq"], (*key, "irq")) for key, table in self.entries("link")
                  if isinstance(table, dict) and "irq" in table}
        return next(n for n in range(VIRTUAL_IRQ, 1020) if n not in taken)

    def taken(self) -> list[Range]:
        """Where a guest finds something already, or will."""
        config = self.source.config
        taken = [(int(item["virt"]), int(item["size"])) for item in config.elements("memory")]
        taken += [(int(item["address"]), int(item["size"]))
                  for section in ("console", "link") for item in config.elements(section)]
        taken += [(int(item["registers"]), schema.PAGE_SIZE) for item in config.elements("link")]
        taken.append((int(self.source.config.one("cell")["comm_address"]), schema.PAGE_SIZE))
        if self.tree is not None:
            taken += [(where.start, where.size) for ranges in self.tree.gic().units().values()
                      for where in ranges]
        return [*(Range(start, size) for start, size in taken), *pci.parts(self.tables.get("pci"))]

    def free_page(self, more: tuple[Range, ...] = ()) -> int:
        """Where QEMU's virt machine has its UART, or the first place like it that is free."""
        taken = [*self.taken(), *more]
        return next(address for address in range(VIRTUAL_ADDRESS, schema.ADDRESS_LIMIT, APART)
                    if not any(Range(address, VIRTUAL_SIZE).overlaps(other) for other in taken))

    def guest_address(self, phys: int) -> int:
        """The cell's address of a physical address of one of its devices."""
        for item in self.source.config.elements("memory"):
            start = int(item["phys"])
            if int(item["flags"]) & MEM["io"] and start <= phys < start + int(item["size"]):
                return int(item["virt"]) + phys - start
        return phys


def cpu_list(value: str) -> list[int]:
    """A list in the kernel's notation: 1,3-5"""
    result: list[int] = []
    for part in value.split(","):
        match = re.match(r"^\s*(\d+)(?:-(\d+))?\s*$", part)
        if not match or match[2] and not 0 <= int(match[2]) - int(match[1]) < 1024:
            raise ConfigError(f"\"{value}\" is no list of CPUs: write one such as \"1,3-5\"",
                              ("cpus",))
        result += range(int(match[1]), int(match[2] or match[1]) + 1)
    return result
