# SPDX-License-Identifier: GPL-2.0-only
# Copyright (c) The jh authors
"""Packing and unpacking of compiled configurations, driven by the schema.

Only the frame is judged here (so that garbage is not decoded); what fields may hold is judged by
hypervisor/lib/config.c.
"""

from __future__ import annotations

import struct
import zlib
from dataclasses import dataclass, field

from . import schema
from .errors import ConfigError
from .schema import Record

Element = dict[str, "int | str"]

_HEADER = struct.Struct("<8sHHHHIIQ")
_SECTION = struct.Struct("<IIII")
_FORMATS = {"u16": "H", "u32": "I", "u64": "Q"}


@dataclass
class Config:
    """A configuration as data: elements by section name."""

    kind: str
    arch: str = "arm64"
    sections: dict[str, list[Element]] = field(default_factory=dict)

    def elements(self, section: str) -> list[Element]:
        return self.sections.get(section, [])

    def one(self, section: str) -> Element:
        return self.sections[section][0]

    @property
    def name(self) -> str:
        return str(self.one(self.kind)["name"])


def element(section: str, **values: int | str) -> Element:
    """An element with the given fields, all others at their defaults."""
    record = schema.BY_SECTION[section]
    result: Element = {f.name: "" if f.ctype.startswith("char[") else f.default
                       for f in record.fields}
    unknown = set(values) - set(result)
    if unknown:
        raise KeyError(f"{section}: {unknown}")
    return result | values


def _format(record: Record) -> struct.Struct:
    parts = [f"{f.size}s" if f.ctype.startswith("char[") else _FORMATS[f.ctype]
             for f in record.fields]
    return struct.Struct("<" + "".join(parts))


class Misfit(ConfigError):
    """A value out of its field's range, in an element of a section."""

    def __init__(self, message: str, key: str, section: str, index: int) -> None:
        super().__init__(message, tuple(key.split(".")))
        self.section = section
        self.index = index


def _values(record: Record, item: Element, index: int) -> list[int | bytes]:
    result: list[int | bytes] = []
    for f in record.fields:
        value = item[f.name]
        key = f.key or f.name
        if isinstance(value, str):
            raw = value.encode("utf-8", "surrogateescape")
            if len(raw) >= f.size:
                raise Misfit(f"\"{value}\" is too long: {f.size - 1} characters are possible",
                             key, record.section, index)
            result.append(raw)
        elif not 0 <= value < 1 << 8 * f.size:
            raise Misfit(f"{value} does not fit into {8 * f.size} bits", key, record.section, index)
        else:
            result.append(value)
    return result


def pack(config: Config) -> bytes:
    """The blob of a configuration; empty sections are left out."""
    used = [record for record in schema.RECORDS if config.elements(record.section)]
    offset = schema.HEADER_SIZE + schema.SECTION_SIZE * len(used)
    table, body = b"", b""
    for record in used:
        items = config.elements(record.section)
        table += _SECTION.pack(record.type, offset + len(body), len(items), record.size)
        packer = _format(record)
        body += b"".join(packer.pack(*_values(record, item, index))
                         for index, item in enumerate(items))
    length = offset + len(body)
    fields = [schema.MAGIC, schema.VERSION, schema.ARCHES[config.arch], schema.KINDS[config.kind],
              len(used), length, 0, 0]
    fields[6] = zlib.crc32(_HEADER.pack(*fields) + table + body)
    return _HEADER.pack(*fields) + table + body


def _text(raw: bytes) -> str:
    head, _, rest = raw.partition(b"\0")
    if rest.strip(b"\0"):
        raise ConfigError("a name has bytes after its end")
    return head.decode("utf-8", "surrogateescape")


def kind_of(data: bytes) -> str:
    """The kind of a blob, by its header alone."""
    if len(data) < schema.HEADER_SIZE:
        raise ConfigError(f"has only {len(data)} bytes: this is no compiled configuration")
    magic, version, arch, kind = _HEADER.unpack_from(data)[:4]
    if magic != schema.MAGIC:
        raise ConfigError("is not a compiled jh configuration")
    if version != schema.VERSION:
        raise ConfigError(f"has format version {version}, this tool reads {schema.VERSION}")
    if arch not in schema.ARCHES.values():
        raise ConfigError(f"is for the unknown architecture {arch}")
    name = next((name for name, number in schema.KINDS.items() if number == kind), None)
    if name is None:
        raise ConfigError(f"is of the unknown kind {kind}")
    return name


def unpack(data: bytes) -> Config:
    """The configuration in a blob; its frame (header, section table) is checked."""
    kind = kind_of(data)
    _, _, arch, _, count, length, checksum, reserved = _HEADER.unpack_from(data)
    if length != len(data) or length > schema.MAX_SIZE:
        raise ConfigError(f"is {len(data)} bytes long, its header says {length}")
    if zlib.crc32(data[:20] + bytes(4) + data[24:]) != checksum:
        raise ConfigError("is damaged: the checksum does not fit")
    if reserved:
        raise ConfigError("has a reserved field that is not 0")
    config = Config(kind, next(n for n, number in schema.ARCHES.items() if number == arch))
    free = schema.HEADER_SIZE + count * schema.SECTION_SIZE
    if free > length:
        raise ConfigError("has a section table that ends outside of the file")
    last = 0
    for index in range(count):
        entry = _SECTION.unpack_from(data, schema.HEADER_SIZE + index * schema.SECTION_SIZE)
        record, free = _section(entry, last, free, length, kind)
        config.sections[record.section] = _elements(record, data, entry)
        last = record.type
    for record in schema.RECORDS:
        if len(config.elements(record.section)) < record.counts.get(kind, (0, 0))[0]:
            raise ConfigError(f"has no {record.section}")
    config.sections = {name: items for name, items in config.sections.items() if items}
    return config


def _section(entry: tuple[int, ...], last: int, free: int, length: int,
             kind: str) -> tuple[Record, int]:
    number, offset, count, size = entry
    record = schema.BY_TYPE.get(number)
    if record is None or kind not in record.counts:
        raise ConfigError(f"has a section of type {number}, which does not belong there")
    if number <= last:
        raise ConfigError(f"has the section {record.section} twice or out of order")
    if size != record.size or count > record.counts[kind][1]:
        raise ConfigError(f"has a section {record.section} with {count} elements of {size} bytes")
    if offset % 8 or offset < free or offset + count * size > length:
        raise ConfigError(f"has a section {record.section} outside of the file or over another")
    return record, offset + count * size


def _elements(record: Record, data: bytes, entry: tuple[int, ...]) -> list[Element]:
    packer, result = _format(record), []
    for index in range(entry[2]):
        values = packer.unpack_from(data, entry[1] + index * record.size)
        result.append({f.name: _text(value) if isinstance(value, bytes) else value
                       for f, value in zip(record.fields, values)})
    return result
