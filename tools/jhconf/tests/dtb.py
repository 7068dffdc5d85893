# SPDX-License-Identifier: GPL-2.0-only
# Copyright (c) The jh authors
"""A writer of device trees, and the machine that the tests use."""

from __future__ import annotations

import struct
from typing import Any

Props = dict[str, Any]


def cells(*numbers: int) -> bytes:
    return struct.pack(f">{len(numbers)}I", *numbers)


def _value(value: Any) -> bytes:
    if isinstance(value, bytes):
        return value
    if isinstance(value, int):
        return cells(value)
    if isinstance(value, list):
        return cells(*value)
    return value.encode() + b"\0"


def _node(name: str, props: Props, strings: bytearray) -> bytes:
    raw = name.encode() + b"\0"
    out = cells(1) + raw + bytes(-len(raw) % 4)
    for key, value in props.items():
        if isinstance(value, dict):
            continue
        data = _value(value)
        at = strings.find(b"\0" + key.encode() + b"\0") + 1
        if not at:
            at = len(strings)
            strings += key.encode() + b"\0"
        out += cells(3, len(data), at) + data + bytes(-len(data) % 4)
    for key, value in props.items():
        if isinstance(value, dict):
            out += _node(key, value, strings)
    return out + cells(2)


def dtb(root: Props) -> bytes:
    """A .dtb; nested dictionaries are nodes, everything else properties."""
    strings = bytearray(b"\0")
    body = _node("", root, strings) + cells(9)
    off_struct = 40 + 16
    off_strings = off_struct + len(body)
    total = off_strings + len(strings)
    header = cells(0xD00DFEED, total, off_struct, off_strings, 40, 17, 16, 0, len(strings),
                   len(body))
    return header + bytes(16) + body + bytes(strings)


def machine(version: int = 3) -> Props:
    """A machine like QEMU's virt, with some of the oddities of real boards."""
    gic_regs = [0, 0x8000000, 0, 0x10000, 0, 0x80A0000, 0, 0xF60000]
    if version == 2:
        gic_regs = [0, 0x8000000, 0, 0x10000, 0, 0x8010000, 0, 0x10000,
                    0, 0x8030000, 0, 0x10000, 0, 0x8040000, 0, 0x10000]

    def uart(address: int, spi: int) -> Props:
        return {"compatible": "arm,pl011", "reg": [0, address, 0, 0x1000],
                "interrupts": [0, spi, 4]}

    cpus: Props = {f"cpu@{n}": {"device_type": "cpu", "reg": n} for n in range(4)}
    return {
        "#address-cells": 2, "#size-cells": 2, "interrupt-parent": 1, "compatible": "test,machine",
        "aliases": {"serial0": "/uart@9000000", "serial1": "/uart@9040000"},
        "chosen": {"stdout-path": "serial0:115200n8"},
        "cpus": {"#address-cells": 1, "#size-cells": 0, **cpus},
        "memory@40000000": {"device_type": "memory", "reg": [0, 0x40000000, 0, 0x40000000]},
        "intc@8000000": {
            "compatible": "arm,gic-v3" if version == 3 else "arm,gic-400", "phandle": 1,
            "interrupt-controller": b"", "#interrupt-cells": 3, "reg": gic_regs,
            "interrupts": [1, 9, 4]},
        "uart@9000000": uart(0x9000000, 1),
        "uart@9040000": uart(0x9040000, 8),
        "gpio@9030000": {"compatible": "arm,pl061", "phandle": 2, "interrupt-controller": b"",
                         "#interrupt-cells": 2, "reg": [0, 0x9030000, 0, 0x1000],
                         "interrupts": [0, 7, 4]},
        "virtio@a000000": {"reg": [0, 0xA000000, 0, 0x200], "interrupts": [0, 16, 1]},
        "virtio@a000200": {"reg": [0, 0xA000200, 0, 0x200], "interrupts": [0, 17, 1]},
        "soc": {
            "#address-cells": 1, "#size-cells": 1, "compatible": "simple-bus",
            "ranges": [0, 0, 0x10000000, 0x1000000],
            "timer@2000": {"compatible": "x,timer", "reg": [0x2000, 0x1000],
                           "interrupts": [0, 36, 4, 0, 37, 1]},
            "serial@5000": {"compatible": "ns16550a", "reg": [0x5000, 0x100], "reg-shift": 2,
                            "interrupts-extended": [1, 0, 40, 4, 2, 3, 1]},
            "hidden": {"#address-cells": 1, "#size-cells": 0, "compatible": "i2c",
                       "sensor@48": {"reg": 0x48}},
        },
    }
