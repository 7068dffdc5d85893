# SPDX-License-Identifier: GPL-2.0-only
# Copyright (c) The jh authors
"""Differences between two configurations, by meaning rather than by line."""

from __future__ import annotations

from . import schema, values
from .blob import Config, Element
from .schema import Field, Record

# Fields that identify an element in both; without such fields its position does.
IDENTITY = {"cpu": "cpu", "memory": "virt", "irq": "intid", "device": "path",
            "assignable": "address", "link": "name"}


def diff(old: Config, new: Config) -> list[str]:
    """Lines: - removed, + added, ~ changed."""
    if old.kind != new.kind:
        return [f"~ kind: {old.kind} -> {new.kind}"]
    lines = []
    for record in schema.RECORDS:
        lines += _section(record, old, new)
    return lines + _order(old, new)


def _order(old: Config, new: Config) -> list[str]:
    """The order of a cell's CPUs: it numbers them for the guest, and the first one starts."""
    before, after = ([int(cpu["cpu"]) for cpu in config.elements("cpu")] for config in (old, new))
    if before == after or sorted(before) != sorted(after):
        return []
    return [f"~ order of CPUs: {', '.join(map(str, before))} -> {', '.join(map(str, after))}"]


def _section(record: Record, old: Config, new: Config) -> list[str]:
    before, after = _by_identity(record, old), _by_identity(record, new)
    lines = []
    for key, item in before.items():
        if key not in after:
            lines.append(f"- {_name(record, key)}{_summary(record, item, old)}")
        else:
            changes = _changes(record, item, after[key], old, new)
            if changes:
                lines.append(f"~ {_name(record, key)}: {', '.join(changes)}")
    return lines + [f"+ {_name(record, key)}{_summary(record, item, new)}"
                    for key, item in after.items() if key not in before]


def _by_identity(record: Record, config: Config) -> dict[tuple[object, int], Element]:
    """Elements by identity; equal identities are told apart by their order."""
    name, result = IDENTITY.get(record.section), {}
    for index, item in enumerate(config.elements(record.section)):
        key, count = (item[name] if name else index), 0
        while (key, count) in result:
            count += 1
        result[key, count] = item
    return result


def _name(record: Record, key: tuple[object, int]) -> str:
    most = max(most for _, most in record.counts.values())
    if most == 1:
        return record.section
    value = key[0]
    if record.section in IDENTITY:
        field = record.field(IDENTITY[record.section])
        return f"{record.section} {values.spell(field, value)}"     # type: ignore[arg-type]
    return f"{record.section}[{value}]"


def _spell(field: Field, item: Element, config: Config) -> str:
    """A value for the output; devices by their path, flags without a key as a number."""
    value = item[field.name]
    paths = [str(device["path"]) for device in config.elements("device")]
    if field.name == "device" and 0 < int(value) <= len(paths):
        return paths[int(value) - 1]
    links = [str(link["name"]) for link in config.elements("link")]
    if field.name == "link" and int(value) < len(links):
        return links[int(value)]
    if field.values and not field.key:
        words = [v.toml for v in field.values if v.value and int(value) & v.value]
        return " + ".join(words) or "none"
    return values.spell(field, value).strip("\"")


def _summary(record: Record, item: Element, config: Config) -> str:
    skip = IDENTITY.get(record.section)
    parts = [f"{field.key or field.name} {_spell(field, item, config)}" for field in record.fields
             if field.name != skip and item[field.name] != field.default and item[field.name]]
    return f" ({', '.join(parts)})" if parts else ""


def _changes(record: Record, a: Element, b: Element, old: Config, new: Config) -> list[str]:
    result = []
    for field in record.fields:
        before, after = _spell(field, a, old), _spell(field, b, new)
        if before != after:
            result.append(f"{field.key or field.name} {before} -> {after}")
    return result
