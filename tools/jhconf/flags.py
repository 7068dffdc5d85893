# SPDX-License-Identifier: GPL-2.0-only
# Copyright (c) The jh authors
"""Flags of the records by their spelling in sources, and sets of them that sources stand for."""

from . import schema

MEM = {value.toml: value.value for value in schema.MEMORY_FLAGS}
CELL = {value.c_name.removeprefix("JH_CELL_"): value.value for value in schema.CELL_FLAGS}
LINK = {value.toml: value.value for value in schema.LINK_FLAGS}
SYSTEM = {value.c_name.removeprefix("JH_SYSTEM_"): value.value for value in schema.SYSTEM_FLAGS}
ROOT_FLAGS = SYSTEM["ROOT_LISTED"] | SYSTEM["ROOT_LEARN"]
RAM_FLAGS = MEM["read"] | MEM["write"] | MEM["execute"] | MEM["dma"] | MEM["loadable"]
IO_FLAGS = MEM["read"] | MEM["write"] | MEM["io"]
ROOT_RAM_FLAGS = MEM["read"] | MEM["write"] | MEM["execute"] | MEM["dma"]
HV_SIZE = 1 << 20
PL011 = 3
CONSOLE = {value.c_name.removeprefix("JH_CONSOLE_"): value.value for value in schema.CONSOLE_FLAGS}
VIRTUAL_FLAGS = CONSOLE["VIRTUAL"] | CONSOLE["MMIO"] | CONSOLE["REGDIST_4"]
VIRTUAL_ADDRESS, VIRTUAL_SIZE, VIRTUAL_IRQ = 0x9000000, 0x1000, 33
APART = 16 << 20        # of places that are tried
GIC_KINDS = tuple(kind for kind in schema.UNIT_KINDS if kind.path[0] == "gic")
ROOT_MEMORY = ("all", "listed", None, "learn")  # index: JH_SYSTEM_*
