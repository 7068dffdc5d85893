# SPDX-License-Identifier: GPL-2.0-only
# Copyright (c) The jh authors
"""Reads records out of the tables of a TOML source: what systems and cells have in common."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from . import schema, values
from .blob import Config, Element, element
from .errors import ConfigError, Key
from .fdt import Node
from .names import close_names
from .tree import Tree


@dataclass
class Source:
    """A compiled source: the configuration, the origins of its elements, and remarks."""

    config: Config
    origins: dict[tuple[str, int], Key] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)

    def add(self, section: str, item: Element, key: Key) -> int:
        items = self.config.sections.setdefault(section, [])
        self.origins[section, len(items)] = key
        items.append(item)
        return len(items) - 1


def record(section: str, table: dict[str, Any], key: Key, skip: tuple[str, ...] = ()) -> Element:
    """An element from a flat table; keys with dots are looked up in nested tables."""
    item = element(section)
    for f in schema.BY_SECTION[section].fields:
        if not f.key or f.key in skip:
            continue
        at, path, value = table, f.key.split("."), None
        for name in path[:-1]:
            at = at.get(name, {}) if isinstance(at, dict) else {}
        if isinstance(at, dict) and path[-1] in at:
            value = at[path[-1]]
            item[f.name] = values.parse(f, value, (*key, *path))
    return item


def record_keys(section: str) -> list[str]:
    return [f.key for f in schema.BY_SECTION[section].fields if f.key]


class Reader:
    """Common parts of systems and cells."""

    def __init__(self, kind: str, tables: dict[str, Any], tree: Tree | None) -> None:
        self.tables = tables
        self.tree = tree
        self.source = Source(Config(kind))

    def need_tree(self, what: str, key: Key) -> Tree:
        if self.tree is None:
            raise ConfigError(f"{what} needs a device tree: compile with --tree FILE.dtb, or "
                              "write the addresses yourself", key)
        return self.tree

    def entries(self, name: str) -> list[tuple[Key, Any]]:
        """The tables of an array of tables, with their keys."""
        value = self.tables.get(name, [])
        if not isinstance(value, list):
            what = "a list: [\"serial1\"]" if name in ("devices", "assignable") else \
                f"tables: [[{name}]], with two brackets"
            raise ConfigError(f"must be {what}", (name,))
        return [((name, index), item) for index, item in enumerate(value)]

    def uart(self, value: Any, words: tuple[str, ...]) -> Node | None:
        """The device that console names; None for one of the words."""
        key = ("console",)
        name = values.text(value, key)
        if name in words:
            return None
        try:
            return self.need_tree("a console by name", key).find(name)
        except ConfigError as error:
            close = close_names(name, words)
            message = f"\"{name}\" is no console; did you mean \"{close[0]}\"?" if close else \
                error.message
            raise ConfigError(message, key) from error

    def console_table(self, table: dict[str, Any]) -> None:
        key = ("console",)
        values.keys(table, record_keys("console"), key)
        for name, example in (("type", "\"pl011\""), ("address", "0x9040000"), ("size", "0x1000")):
            values.needed(table, name, example, key)
        item = record("console", table, key)
        if "flags" not in table:
            regdist = item["type"] in (3, 4)
            item["flags"] = 3 if regdist else 1
        self.source.add("console", item, key)
