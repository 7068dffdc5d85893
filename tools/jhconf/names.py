# SPDX-License-Identifier: GPL-2.0-only
# Copyright (c) The jh authors
"""Names that are made: from those of others, and different for different things."""

from __future__ import annotations

import re
from typing import Container

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
