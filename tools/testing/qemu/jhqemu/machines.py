# SPDX-License-Identifier: GPL-2.0-only
# Copyright (c) The jh authors
"""The machines that jh-qemu can boot, as data, and QEMU's command line for them."""

from dataclasses import dataclass

from .wires import Wire


@dataclass(frozen=True)
class Machine:
    """One board: the parameters of QEMU and Linux for it."""

    qemu: str                   # the value of -machine
    cpu: str                    # default CPU model; empty: the board decides
    smp: int                    # default number of CPUs
    memory: str                 # default memory size
    console: str                # Linux' name for the first serial port
    channel: str                # what carries the command's output: "virtio" or "serial"
    icount: str = ""            # appended to -machine for runs that repeat exactly
    dtb: str = ""               # Debian's device tree of this board; empty: QEMU makes one
    dtb_edit: str = ""          # our script that fits that tree to QEMU's model of the board
    append: str = ""            # what this board's kernel needs on its command line
    console_port: int = 0       # which of QEMU's first two serial ports is the console
    configs: str = "qemu-virt"  # the folder of configs/arm64 with this board's cells
    variant: str = ""           # sys-<variant>.cell is this machine's sys.cell
    extra: tuple[str, ...] = ()     # more arguments for QEMU
    wires: tuple[Wire, ...] = ()    # lines that QEMU's model of the board lacks


NIC = ("-nic", "user")          # QEMU complains about a card of the board without one

MACHINES = {
    "virt-gicv3": Machine(qemu="virt,virtualization=on,gic-version=3", cpu="cortex-a57", smp=4,
                          memory="1G", console="ttyAMA0", channel="virtio",
                          icount="dtb-randomness=off"),
    "virt-gicv2": Machine(qemu="virt,virtualization=on,gic-version=2", cpu="cortex-a57", smp=4,
                          memory="1G", console="ttyAMA0", channel="virtio",
                          icount="dtb-randomness=off", variant="gicv2"),
    # The fourth network card is GEM3, the one that the board has a socket for.
    "zcu102": Machine(qemu="xlnx-zcu102,virtualization=on,secure=off", cpu="", smp=4,
                      memory="2G", console="ttyPS0", channel="serial",
                      dtb="xilinx/zynqmp-zcu102-rev1.0.dtb", dtb_edit="zcu102-dtb",
                      configs="zynqmp-zcu102",
                      extra=(*NIC, *NIC, *NIC, *NIC, "-audio", "none", "-object", "can-bus,id=can",
                             "-machine", "canbus0=can,canbus1=can")),
    "imx8mp": Machine(qemu="imx8mp-evk", cpu="", smp=4, memory="2G", console="ttymxc1",
                      console_port=1, channel="serial", dtb="freescale/imx8mp-evk.dtb",
                      configs="imx8mp-evk", extra=NIC,
                      # QEMU 10.0 leaves the virtual interrupts of the GIC unconnected; the board
                      # has them, and nothing that uses list registers works without.
                      wires=tuple(("/machine/soc/gic", f"sysbus-irq[{8 + 4 * line + cpu}]",
                                   f"/machine/soc/cpu{cpu}/unnamed-gpio-in[{2 + line}]")
                                  for line in range(2) for cpu in range(4))),
    "versal": Machine(qemu="xlnx-versal-virt", cpu="", smp=4, memory="2G", console="ttyAMA0",
                      channel="virtio", configs="versal-virt", extra=(*NIC, *NIC)),
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
