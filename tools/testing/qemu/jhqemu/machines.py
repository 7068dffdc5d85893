# SPDX-License-Identifier: GPL-2.0-only
# Copyright (c) The jh authors
"""The machines that jh-qemu can boot, as data, and QEMU's command line for them."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Machine:
    """One board: what QEMU and Linux must be told about it."""

    qemu: str                   # the value of -machine
    cpu: str                    # default CPU model; empty: the board decides
    smp: int                    # default number of CPUs
    memory: str                 # default memory size
    console: str                # Linux' name for the first serial port
    channel: str                # what carries the command's output: "virtio" or "serial"
    icount: str = ""            # appended to -machine for runs that repeat exactly
    dtb: str = ""               # Debian's device tree of this board; empty: QEMU makes one
    append: str = ""            # what this board's kernel needs on its command line


MACHINES = {
    "virt-gicv3": Machine(qemu="virt,virtualization=on,gic-version=3", cpu="cortex-a57", smp=4,
                          memory="1G", console="ttyAMA0", channel="virtio",
                          icount="dtb-randomness=off"),
    "virt-gicv2": Machine(qemu="virt,virtualization=on,gic-version=2", cpu="cortex-a57", smp=4,
                          memory="1G", console="ttyAMA0", channel="virtio",
                          icount="dtb-randomness=off"),
}

# CPU models without the Virtualization Host Extensions (before Armv8.1). On all others Linux
# runs at EL2 by itself and must be told to leave it.
NO_VHE = {"", "cortex-a35", "cortex-a53", "cortex-a57", "cortex-a72"}


def default_append(cpu: str, given: str) -> str:
    """Return the boot argument that a CPU with VHE needs, unless the user chose one."""
    model = cpu.split(",")[0]
    if model in NO_VHE or "kvm-arm.mode=" in given:
        return ""
    return "kvm-arm.mode=nvhe"


def icount_arguments() -> list[str]:
    """Return QEMU's settings for runs in which each instruction takes one nanosecond."""
    return ["-icount", "shift=0,sleep=off", "-rtc", "base=2024-01-01,clock=vm", "-seed", "1"]
