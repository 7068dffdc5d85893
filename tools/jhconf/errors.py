# SPDX-License-Identifier: GPL-2.0-only
# Copyright (c) The jh authors
"""Errors for the user, and the position of a key in a TOML source."""

from __future__ import annotations

import re

Key = tuple[str | int, ...]


class ConfigError(Exception):
    """An error as one sentence; key is the path of the TOML key at fault, if there is one."""

    def __init__(self, message: str, key: Key = ()) -> None:
        super().__init__(message)
        self.message = message
        self.key = key

    def text(self, file: str = "", source: str = "") -> str:
        """The message with file, line and key in front."""
        line = line_of(source, self.key) if source and self.key else 0
        place = f"{file}:{line}" if line and file else file
        name = key_text(self.key)
        if self.message.startswith((f"{name} (", f"{name}: ")):
            name = ""
        parts = [part for part in (place, name) if part]
        return ": ".join([*parts, self.message])


def key_text(key: Key) -> str:
    """("memory", 1, "size") as memory[1].size"""
    text = ""
    for part in key:
        text += f"[{part}]" if isinstance(part, int) else f".{part}" if text else part
    return text


_TABLE = re.compile(r"^\s*(\[\[?)\s*([^\[\]]+?)\s*\]\]?\s*(#.*)?$")
_ASSIGN = re.compile(r"^\s*([A-Za-z0-9_.\"'-]+)\s*=")


def line_of(source: str, key: Key) -> int:
    """The line (from 1) that sets the key or the nearest table around it; 0 if none does.

    Good enough for messages: it knows tables, arrays of tables and assignments, not nested
    inline values.
    """
    best, best_depth = 0, 0
    current: Key = ()
    counts: dict[str, int] = {}
    for number, line in enumerate(source.splitlines(), 1):
        table, assign = _TABLE.match(line), _ASSIGN.match(line)
        if table:
            name = table[2].replace('"', "")
            current = tuple(name.split("."))
            if table[1] == "[[":
                counts[name] = counts.get(name, -1) + 1
                current = (*current, counts[name])
            path = current
        elif assign:
            path = (*current, *assign[1].replace('"', "").replace("'", "").split("."))
        else:
            continue
        if path == key[:len(path)] and len(path) > best_depth:
            best, best_depth = number, len(path)
    return best
