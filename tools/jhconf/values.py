# SPDX-License-Identifier: GPL-2.0-only
# Copyright (c) The jh authors
"""Spelling of numbers, sizes, flags and choices in TOML; both ways."""

from __future__ import annotations

import json
import re
from typing import Any, Iterable

from .errors import ConfigError, Key
from .names import close_names
from .schema import Field, Value

_SIZE = re.compile(r"^(0x[0-9a-fA-F]+|[0-9]+)\s*([KMGTkmgt]?)(i?B)?$")
_UNITS = {"": 0, "K": 10, "M": 20, "G": 30, "T": 40}


class Unspellable(ConfigError):
    """A configuration that no source can express; the C checker refuses all of these."""


def shown(value: Any) -> str:
    """A value of TOML, for a sentence."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        return f"\"{value}\""
    return {dict: "a table", list: "a list"}.get(type(value), str(value))


def number(value: Any, key: Key) -> int:
    """A whole number: 16, 0x10 or "0x10"."""
    found = value
    if isinstance(value, str):
        try:
            found = int(value, 0)
        except ValueError:
            found = None
    if not isinstance(found, int) or isinstance(found, bool):
        raise ConfigError(f"{shown(value)} is no number: write one such as 0x80000000", key)
    if found < 0:
        raise ConfigError(f"{found} is negative: write 0 or more", key)
    return found


def size(value: Any, key: Key) -> int:
    """A size in bytes: 65536, "64K", "64 KiB", "1M"."""
    if isinstance(value, str):
        match = _SIZE.match(value.strip().replace("_", ""))
        if not match:
            raise ConfigError(f"\"{value}\" is no size: write bytes, or a text such as \"16M\"",
                              key)
        return int(match[1], 16 if match[1].startswith("0x") else 10) << _UNITS[match[2].upper()]
    return number(value, key)


def placed(value: Any, key: Key) -> tuple[int, int | None]:
    """A size, with or without an address: "64M@0x40000000"."""
    if not isinstance(value, str) or "@" not in value:
        return size(value, key), None
    first, _, second = value.partition("@")
    return size(first, key), number(second.strip(), key)


def text(value: Any, key: Key) -> str:
    if not isinstance(value, str):
        raise ConfigError(f"{shown(value)} is no text: put one in quotation marks", key)
    return value


def flag(value: Any, key: Key) -> bool:
    if not isinstance(value, bool):
        raise ConfigError(f"{shown(value)} is neither true nor false: write one of them, without "
                          "quotation marks", key)
    return value


def unknown(name: str, known: Iterable[str], what: str) -> str:
    """A sentence about an unknown word, with the nearest known one."""
    names = sorted(known)
    close = close_names(name, names)
    hint = f"did you mean \"{close[0]}\"?" if close else f"known are {', '.join(names)}"
    return f"there is no {what} \"{name}\"; {hint}"


def keys(table: Any, known: Iterable[str], key: Key) -> dict[str, Any]:
    """The table; raises ConfigError if it is none, or has unknown keys."""
    if not isinstance(table, dict):
        example = ", ".join(f"{name} = ..." for name in list(known)[:2])
        raise ConfigError(f"{shown(table)} is no table: write {{ {example} }}", key)
    for name in table:
        if name not in known:
            raise ConfigError(unknown(name, known, "key"), (*key, name))
    return table


def word(value: Any, known: Iterable[str], key: Key, more: str = "") -> str:
    """One of some words."""
    names = list(known)
    if value in names:
        return str(value)
    listed = [f"\"{name}\"" for name in names] + ([more] if more else [])
    text_ = f"must be {', '.join(listed[:-1])} or {listed[-1]}"
    close = close_names(value, names) if isinstance(value, str) else []
    raise ConfigError(f"\"{value}\" is none of its words; did you mean \"{close[0]}\"?" if close
                      else text_, key)


def needed(table: dict[str, Any], name: str, example: str, key: Key) -> None:
    """Refuse a table that lacks a key without a default."""
    if name not in table:
        raise ConfigError(f"has no {name}: add {name} = {example}", key)


def choice(value: Any, values: tuple[Value, ...], key: Key) -> int:
    """One word of an enumeration, or its number."""
    if isinstance(value, int) and not isinstance(value, bool):
        return number(value, key)
    for known in values:
        if known.toml == text(value, key):
            return known.value
    raise ConfigError(unknown(value, [v.toml for v in values], "choice"), key)


def bits(value: Any, values: tuple[Value, ...], key: Key) -> int:
    """A list of words (or numbers) as flags."""
    if not isinstance(value, list):
        raise ConfigError(f"{shown(value)} is no list of words: write [\"{values[0].toml}\", ...]",
                          key)
    result = 0
    for index, item in enumerate(value):
        result |= choice(item, values, (*key, index))
    return result


def parse(field: Field, value: Any, key: Key) -> int | str:
    """A field's value from TOML."""
    if field.show == "text":
        return text(value, key)
    if field.show == "size":
        return size(value, key)
    if field.show == "choice":
        return choice(value, field.values, key)
    if field.show == "bits":
        return bits(value, field.values, key)
    return number(value, key)


# The way back


def comment(value: str) -> str:
    """Untrusted text, for example of a device tree, for a comment of one line."""
    return "".join(letter if letter.isprintable() or letter == "\t" else "?" for letter in value)


def quote(value: str) -> str:
    """A TOML string."""
    try:
        value.encode("utf-8")
    except UnicodeEncodeError as error:
        raise Unspellable("a name is no text") from error
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")


def size_text(value: int) -> str:
    """Bytes in the largest unit that fits, unquoted: 16M, 0x1234."""
    if value and value % 1024 == 0:
        for unit in "TGMK":
            if value % (1 << _UNITS[unit]) == 0:
                return f"{value >> _UNITS[unit]}{unit}"
    return f"{value:#x}"


def spell(field: Field, value: int | str) -> str:
    """A field's value in TOML."""
    if isinstance(value, str):
        return quote(value)
    if field.show == "size":
        word = size_text(value)
        return word if word.startswith("0x") else f"\"{word}\""
    if field.show == "dec":
        return str(value)
    if field.show == "choice":
        return next((f"\"{v.toml}\"" for v in field.values if v.value == value), str(value))
    if field.show == "bits":
        words = [f"\"{v.toml}\"" for v in field.values if v.value and value & v.value]
        rest = value & ~sum(v.value for v in field.values)
        return "[" + ", ".join(words + ([f"{rest:#x}"] if rest else [])) + "]"
    return f"{value:#x}"
