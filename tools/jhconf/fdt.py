# SPDX-License-Identifier: GPL-2.0-only
# Copyright (c) The jh authors
"""A reader of flattened device trees (Devicetree Specification, chapter 5)."""

from __future__ import annotations

import struct
from dataclasses import dataclass, field
from typing import Iterator

from .errors import ConfigError

MAGIC = 0xD00DFEED
MAX_DEPTH = 64
BEGIN_NODE, END_NODE, PROP, NOP, END = 1, 2, 3, 4, 9


@dataclass
class Node:
    """A node; its properties are raw bytes in the order of the file."""

    name: str
    parent: Node | None = None
    props: dict[str, bytes] = field(default_factory=dict)
    children: list[Node] = field(default_factory=list)

    @property
    def path(self) -> str:
        if self.parent is None:
            return "/"
        return self.parent.path.rstrip("/") + "/" + self.name

    def walk(self) -> Iterator[Node]:
        """This node and all below, in the order of the file."""
        yield self
        for child in self.children:
            yield from child.walk()

    def cells(self, name: str) -> list[int]:
        """A property as big-endian 32-bit numbers; empty if it is not there."""
        value = self.props.get(name, b"")
        return list(struct.unpack(f">{len(value) // 4}I", value[:len(value) // 4 * 4]))

    def cell(self, name: str, default: int) -> int:
        cells = self.cells(name)
        return cells[0] if cells else default

    def strings(self, name: str) -> list[str]:
        """A property as zero-terminated strings."""
        value = self.props.get(name, b"").rstrip(b"\0")
        return [part.decode("utf-8", "replace") for part in value.split(b"\0")] if value else []

    def string(self, name: str) -> str:
        strings = self.strings(name)
        return strings[0] if strings else ""

    @property
    def enabled(self) -> bool:
        return self.string("status") in ("", "ok", "okay")

    @property
    def present(self) -> bool:
        """Is the device used: by Linux, or, if it is reserved, by firmware or another processor?"""
        return self.enabled or self.string("status") == "reserved"

    def compatible(self, *names: str) -> bool:
        return any(name in names for name in self.strings("compatible"))


def parse(data: bytes) -> tuple[Node, list[tuple[int, int]]]:
    """The root node and the memory reservations (address, size) of a .dtb."""
    if len(data) < 40 or struct.unpack_from(">I", data)[0] != MAGIC:
        raise ConfigError("this is no flattened device tree: give a .dtb, as dtc writes it, or "
                          "/sys/firmware/fdt")
    total, off_struct, off_strings, off_reserve = struct.unpack_from(">4I", data, 4)
    size_strings, size_struct = struct.unpack_from(">2I", data, 32)
    if total > len(data) or off_struct + size_struct > total or off_strings + size_strings > total:
        raise ConfigError("the device tree is cut: copy it again")
    strings = data[off_strings:off_strings + size_strings]
    try:
        root = _structure(data[off_struct:off_struct + size_struct], strings)
        return root, _reservations(data, off_reserve)
    except (struct.error, ValueError, IndexError) as error:
        raise ConfigError(f"the device tree is damaged ({error})") from error


def _reservations(data: bytes, offset: int) -> list[tuple[int, int]]:
    result = []
    while True:
        address, size = struct.unpack_from(">QQ", data, offset)
        if not address and not size:
            return result
        result.append((address, size))
        offset += 16


def _structure(block: bytes, strings: bytes) -> Node:
    root: Node | None = None
    node: Node | None = None
    at = depth = 0
    while True:
        token = struct.unpack_from(">I", block, at)[0]
        at += 4
        if token == BEGIN_NODE:
            end = block.index(b"\0", at)
            new = Node(block[at:end].decode("utf-8", "replace"), node)
            at = (end + 4) & ~3
            if node is not None:
                node.children.append(new)
            elif root is None:
                root = new
            else:
                raise ValueError("two roots")
            node = new
            depth += 1
            if depth > MAX_DEPTH:
                raise ValueError("nodes too deep")
        elif token == END_NODE:
            if node is None:
                raise ValueError("a node ends that did not begin")
            node = node.parent
            depth -= 1
        elif token == PROP:
            length, name = struct.unpack_from(">2I", block, at)
            at += 8
            if node is None or at + length > len(block):
                raise ValueError("a property outside")
            key = strings[name:strings.index(b"\0", name)].decode("utf-8", "replace")
            node.props[key] = block[at:at + length]
            at = (at + length + 3) & ~3
        elif token == END:
            if root is None or node is not None:
                raise ValueError("unbalanced nodes")
            return root
        elif token != NOP:
            raise ValueError(f"token {token}")
