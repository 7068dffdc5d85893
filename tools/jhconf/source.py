# SPDX-License-Identifier: GPL-2.0-only
# Copyright (c) The jh authors
"""Compiles a TOML source to a configuration."""

from __future__ import annotations

import tomllib
from typing import Any

from . import schema, values
from .blob import Config
from .cellsource import Cell
from .errors import ConfigError
from .flags import CELL
from .names import close_names
from .reader import Source
from .systemsource import System
from .tree import Tree

SYSTEM_KEYS = tuple(key.name for key in schema.SYSTEM_KEYS)
CELL_KEYS = tuple(key.name for key in schema.CELL_KEYS)
ONLY_SYSTEM = set(SYSTEM_KEYS) - set(CELL_KEYS)
FORMER_KEYS = {"windows": "assignable"}


def direct_note(config: Config, version: int) -> str:
    """A note for cells with direct interrupts, by version of the GIC (0: any); or ""."""
    if version == 2 or not int(config.one("cell")["flags"]) & CELL["IRQ_DIRECT"]:
        return ""
    where = "" if version else " on a GICv3"
    return (f"with direct interrupts{where} its priority mask (ICC_PMR_EL1) masks nothing: a guest "
            "that uses it for critical sections, as FreeRTOS does, is interrupted inside of them")


def parse(text: str) -> dict[str, Any]:
    """The tables of a TOML text."""
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        what = str(error).replace("Cannot overwrite a value", "a key is there for the second time")
        raise ConfigError(f"is not valid TOML: {what}") from error


def kind_of(tables: dict[str, Any]) -> str:
    """system or cell: keys that only a system has, also misspelt ones, decide."""
    if (ONLY_SYSTEM | set(FORMER_KEYS)) & set(tables):
        return "system"
    strange = [key for key in tables if key not in CELL_KEYS]
    return "system" if "cpus" not in tables and any(
        close_names(key, ONLY_SYSTEM, 1, 0.8) for key in strange) else "cell"


def _known_keys(tables: dict[str, Any], kind: str) -> dict[str, Any]:
    """The tables; raises ConfigError for a key that their kind does not have."""
    mine, others = (SYSTEM_KEYS, CELL_KEYS) if kind == "system" else (CELL_KEYS, SYSTEM_KEYS)
    for name in tables:
        if FORMER_KEYS.get(name) in mine:
            raise ConfigError(f"there is no key \"{name}\" any more: it is called "
                              f"\"{FORMER_KEYS[name]}\" now", (name,))
        if name not in mine and name in others:
            why = ", ".join(sorted(ONLY_SYSTEM & set(tables))) if kind == "system" else "cpus"
            raise ConfigError(f"there is no key \"{name}\" here: this file describes a {kind}, "
                              f"because it has {why}", (name,))
    return values.keys(tables, mine, ())


def compile_text(text: str, tree: Tree | None = None) -> Source:
    """Compiles a source; devices are looked up in the tree."""
    tables = parse(text)
    kind = kind_of(tables)
    reader = System if kind == "system" else Cell
    return reader(kind, _known_keys(tables, kind), tree).read()
