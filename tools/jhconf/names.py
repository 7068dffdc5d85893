# SPDX-License-Identifier: GPL-2.0-only
# Copyright (c) The jh authors
"""Valid and unique names, made from other names; and similar names."""

from __future__ import annotations

import difflib
import re
from typing import Container, Iterable

from . import schema

MOST = schema.NAME_LEN - 1


def valid_name(name: str, prefix: str = "c-") -> str:
    """The name in the form that names must have; the prefix is for one that begins otherwise."""
    name = re.sub(r"[^A-Za-z0-9_.-]+", "-", name).strip("-.")
    return (name if name[:1].isalpha() else f"{prefix}{name}")[:MOST]


def free_name(name: str, taken: Container[str]) -> str:
    """The name, with a number behind it if it is taken."""
    found, number = name, 2
    while found in taken:
        tail = f"-{number}"
        found, number = name[:MOST - len(tail)] + tail, number + 1
    return found


def close_names(word: str, names: Iterable[str], most: int = 1, cutoff: float = 0.6) -> list[str]:
    """Similar names, the nearest first; case does not matter."""
    by_lower = {name.lower(): name for name in names}
    return [by_lower[name] for name in
            difflib.get_close_matches(word.lower(), list(by_lower), most, cutoff)]
