# SPDX-License-Identifier: GPL-2.0-only
# Copyright (c) The jh authors
"""Reads the TOML source of a system."""

from __future__ import annotations

from typing import Any

from . import schema, values
from .blob import element
from .errors import ConfigError, Key
from .flags import GIC_KINDS, HV_SIZE, ROOT_MEMORY, ROOT_RAM_FLAGS, SYSTEM
from .reader import Reader, Source, record, record_keys
from .schema import Kind
from .tree import Range


class System(Reader):

    def read(self) -> Source:
        tables = self.tables
        values.needed(tables, "name", "\"...\"", ())
        hypervisor = values.keys(tables.get("hypervisor", {}), ("address", "size", "units"),
                                 ("hypervisor",))
        root = values.keys(tables.get("root", {}), ("memory",), ("root",))
        item = record("system", tables, ())
        if "size" not in hypervisor:
            item["hv_size"] = HV_SIZE
        if "units" not in hypervisor:
            item["optional"] = schema.OPTIONAL_ALL
        listed = values.word(root.get("memory", "all"), filter(None, ROOT_MEMORY),
                             ("root", "memory"))
        item["flags"] = ROOT_MEMORY.index(listed)
        if not values.flag(tables.get("mitigations", True), ("mitigations",)):
            item["flags"] |= SYSTEM["TRUST_GUESTS"]
        if "firmware" not in tables and self.tree is not None:
            item["firmware"] = schema.firmware_number(self.tree.firmware())
        self.source.add("system", item, ("name",))
        self.units()
        self.console()
        for key, table in self.entries("memory"):
            self.memory(table, key)
        self.pools()
        self.assignable()
        return self.source

    def units(self) -> None:
        """Rows in the order of schema.UNIT_KINDS, which is that of the checker."""
        table = self.tables.get("gic", "tree")
        told: dict[Kind, tuple[Range, ...]] = {}
        if isinstance(table, dict):
            values.keys(table, ["version", "maintenance", *(kind.path[1] for kind in GIC_KINDS)],
                        ("gic",))
            maintenance = values.number(table.get("maintenance", 0), ("gic", "maintenance"))
        else:
            values.word(table, ["tree"], ("gic",), "a table")
            told, maintenance = self.gic_of_tree()
        for kind in schema.UNIT_KINDS:
            argument = maintenance if kind.argument == "gic.maintenance" else 0
            if kind in told:
                rows = [((*kind.path[:1], ), where.start, where.size) for where in told[kind]]
            else:
                rows = self.unit_tables(kind)
            for index, (key, address, size) in enumerate(rows):
                self.source.add("unit", element("unit", kind=kind.value, index=index,
                                                address=address, size=size,
                                                argument=argument), key)
        if isinstance(table, dict) and "version" in table:
            self.gic_is(values.number(table["version"], ("gic", "version")))

    def gic_of_tree(self) -> tuple[dict[Kind, tuple[Range, ...]], int]:
        gic = self.need_tree("gic = \"tree\"", ("gic",)).gic()
        if gic.problem():
            raise ConfigError(gic.problem(), ("gic",))
        if gic.maintenance is None:
            raise ConfigError(f"{gic.node.path} names no maintenance interrupt: write the [gic] "
                              "table yourself (maintenance = 25 nearly everywhere)", ("gic",))
        return gic.units(), gic.maintenance

    def unit_tables(self, kind: Kind) -> list[tuple[Key, int, int]]:
        """{ address, size } of a kind, or several where there may be several."""
        value: Any = self.tables
        for name in kind.path:
            value = value.get(name) if isinstance(value, dict) else None
        if value is None:
            return []
        items = [(kind.path, value)]
        if isinstance(value, list) and kind.most > 1:
            items = [((*kind.path, index), item) for index, item in enumerate(value)]
        rows = []
        for key, item in items:
            values.keys(item, ("address", "size"), key)
            rows.append((key, *(int(values.parse(schema.UNIT.field(part), item.get(part, 0),
                                                 (*key, part))) for part in ("address", "size"))))
        return rows

    def gic_is(self, version: int) -> None:
        """The version of the frames; a version that is given as well must agree."""
        found = schema.gic_version(item["kind"] for item in self.source.config.elements("unit"))
        if version not in (2, 3):
            raise ConfigError(f"{version} is no version that jh knows: use 2 or 3",
                              ("gic", "version"))
        if found not in (0, version):
            names = ", ".join(kind.path[-1] for kind in schema.needed_kinds(version))
            raise ConfigError(f"is {version}, but these are frames of a GICv{found}: a "
                              f"GICv{version} has {names}", ("gic", "version"))

    def console(self) -> None:
        value = self.tables.get("console", "none")
        if isinstance(value, dict):
            self.console_table(value)
        elif (node := self.uart(value, ("none",))) is not None:
            tree = self.need_tree("a console by name", ("console",))
            kind, regs = tree.console_type(node), tree.regs(node)
            if kind is None or not regs:
                raise ConfigError(f"{node.path} is no UART that jh can drive "
                                  f"({', '.join(node.strings('compatible')) or 'no compatible'})",
                                  ("console",))
            self.console_table({"type": kind, "address": regs[0].start, "size": regs[0].size,
                                "flags": tree.console_flags(node)})

    def memory(self, table: Any, key: Key) -> None:
        values.keys(table, record_keys("memory"), key)
        item = record("memory", table, key, ("device",))
        if "virt" not in table:
            item["virt"] = item["phys"]
        if "flags" not in table:
            item["flags"] = ROOT_RAM_FLAGS
        self.source.add("memory", item, key)

    def pools(self) -> None:
        value = self.tables.get("pool")
        if isinstance(value, str) or isinstance(value, int) and not isinstance(value, bool):
            item = element("pool", size=values.size(self.tables["pool"], ("pool",)), flags=1)
            self.source.add("pool", item, ("pool",))
            return
        for key, table in self.entries("pool"):
            values.keys(table, ("address", "size"), key)
            values.needed(table, "size", "\"64M\"", key)
            item = record("pool", table, key)
            item["flags"] = int("address" not in table)
            self.source.add("pool", item, key)

    def assignable(self) -> None:
        ranges: list[tuple[Range, Key]] = []
        for key, value in self.entries("assignable"):
            if isinstance(value, dict):
                values.keys(value, ("address", "size"), key)
                item = record("assignable", value, key)
                ranges.append((Range(int(item["address"]), int(item["size"])), key))
                continue
            try:
                tree = self.need_tree("an assignable device by name", key)
                found = tree.device_pages(tree.find(values.text(value, key)))
            except ConfigError as error:
                raise ConfigError(error.message, key) from error
            ranges += [(pages, key) for pages in found]
        for pages, key in ranges:
            self.source.add("assignable", element("assignable", address=pages.start,
                                                  size=pages.size), key)
