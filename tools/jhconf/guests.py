# SPDX-License-Identifier: GPL-2.0-only
# Copyright (c) The jh authors
"""Kinds of guests, and the cell that each needs as its upstream tree builds it.

What was linked for QEMU's virt machine finds RAM and a PL011 where that machine has them; the
virtual UART of a cell lies there on any machine. Documentation/guests has a page for each.
"""

from __future__ import annotations

from dataclasses import dataclass

from . import values


@dataclass(frozen=True)
class Guest:
    """A kind of guest.

    memory is a list of "SIZE" or "SIZE@ADDRESS", the RAM first; lines are further keys of the
    cell, each with the reason that is written behind it; run is how it is started, with {file} for
    the name of the compiled cell.
    """

    title: str
    page: str
    memory: tuple[str, ...]
    why_there: str
    console: str
    run: tuple[str, ...]
    lines: tuple[tuple[str, str], ...] = ()
    hints: tuple[str, ...] = ()
    cpus: int = 1
    knows_gic: bool = False     # its image has the addresses of an interrupt controller built in


_NOW = ('shutdown = "now"', "it does not look at the communication region, which would ask it")
_REBOOT = ('on-reset = "restart"', "a reset loads and starts it again; \"stop\" ends the cell")
_DIRECT = ('It masks interrupts by DAIF, so interrupts = "direct" is possible with trusted = true:',
           "no exit for a tick then.")

GUESTS = {
    "freertos": Guest(
        "FreeRTOS", "freertos", ("16M",), "where it is linked: BSP_RAM of inmates/bsp",
        "hypervisor", ("jhctl cell run {file} freertos.elf",), knows_gic=True,
        hints=('It masks interrupts by priority: never interrupts = "direct" on a GICv3.',)),
    "zephyr": Guest(
        "Zephyr", "zephyr", ("64M@0x40000000",), "zephyr,sram of the board jh_cell",
        "uart", ("jhctl cell run {file} zephyr.elf",), (_NOW,), _DIRECT, knows_gic=True),
    "linux": Guest(
        "Linux", "linux", ("256M@0x40000000",),
        "from any multiple of 2M on; the system's pool must hold it",
        "uart", ("jhctl cell linux {file} vmlinuz -i initrd.img",), (_NOW, _REBOOT), cpus=2),
    "u-boot": Guest(
        "U-Boot, qemu_arm64_defconfig", "others", ("64M@0x40000000", "256K@0x4000000"),
        "RAM; a flash for its environment",
        "uart", ("jhctl cell create {file}",
                 "jhctl cell load NAME u-boot.bin@0x40200000 board.dtb@0x40000000",
                 "jhctl cell start NAME"),
        (("entry = 0x40200000", "where u-boot.bin is loaded"), _NOW, _REBOOT)),
    "nuttx": Guest(
        "NuttX, board qemu-armv8a", "nuttx", ("128M@0x40000000",), "CONFIG_RAM_START",
        "uart", ("jhctl cell run {file} nuttx",), (_NOW, _REBOOT), knows_gic=True),
    "threadx": Guest(
        "ThreadX, port cortex_a53/gnu", "threadx", ("16M",),
        "where it is linked: BSP_RAM of inmates/bsp",
        "hypervisor", ("jhctl cell run {file} threadx.elf",)),
    "unikraft": Guest(
        "Unikraft, platform kvm", "unikraft", ("64M@0x40000000",), "RAM of QEMU's virt machine",
        "uart", ("jhctl cell run {file} app.elf --dtb board.dtb",),
        (_NOW, ('scrub = "restart"', "it wants RAM that is zero at every start"))),
    "rtems": Guest(
        "RTEMS, BSP aarch64/a53_qemu", "rtems", ("128M@0x40000000",),
        "RAM of QEMU's virt machine",
        "uart", ("jhctl cell run {file} app.exe",), (_NOW,), knows_gic=True),
}


def find(name: str) -> Guest:
    """The kind of that name; raises ConfigError that suggests the nearest one."""
    if name not in GUESTS:
        raise values.ConfigError(values.unknown(name, GUESTS, "kind of guest"))
    return GUESTS[name]
