# SPDX-License-Identifier: GPL-2.0-only
#
# Copyright (c) The jh authors
"""jhctl cell linux: compressed kernels, the guest's device tree, sizes that fit."""
from __future__ import annotations

import gzip
import json
import re
import struct
import sys
from pathlib import Path
from typing import Any

from tap import Jhctl, Tap

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "jhconf/tests"))
import dtb as trees  # pylint: disable=wrong-import-position

Tree = dict[str, Any]

KERNEL_BYTES = 0x3000


def kernel(size: int = 0x10000, offset: int = 0, flags: int = 2) -> bytes:
    """The header of an arm64 Image with something behind it."""
    header = struct.pack("<2I3Q3QII", 0xd503201f, 0x14000000, offset, size, flags, 0, 0, 0,
                         0x644d5241, 0)
    return header + bytes(range(1, 255)) * 48 + bytes(KERNEL_BYTES - 64 - 254 * 48)


def zboot(payload: bytes, name: bytes, start: int = 0x200) -> bytes:
    header = b"MZ\0\0zimg" + struct.pack("<IIII32s", start, len(payload), 0, 0, name)
    return header + bytes(start - len(header)) + payload + b"behind"


def parse(source: str) -> Tree:
    """A device tree's source, as cell linux prints it: nodes are dictionaries."""
    stack: list[Tree] = [{}]
    for line in source.splitlines():
        word = line.strip()
        if word.endswith("{"):
            node: Tree = {}
            stack[-1][word[:-2]] = node
            stack.append(node)
        elif word == "};":
            stack.pop()
        elif " = " in word:
            name, _, value = word[:-1].partition(" = ")
            stack[-1][name] = value_of(value)
        elif word and not word.startswith("/dts-v1/"):
            stack[-1][word[:-1]] = True
    return stack[0]["/"]


def value_of(text: str) -> Any:
    if text.startswith('"'):
        return re.findall(r'"((?:[^"\\]|\\.)*)"', text)
    if text.startswith("<"):
        return [int(number, 16) for number in text[1:-1].split()]
    return bytes.fromhex(text[1:-1])


def machine(version: int) -> Tree:
    """The machine of jhconf's tests, with what a device of a board points to."""
    tree = trees.machine(version)
    tree["cpus"]["cpu@2"]["compatible"] = "arm,cortex-a57"
    tree["fixed"] = {"compatible": "fixed-clock", "clock-frequency": 24000000, "phandle": 7,
                     "#clock-cells": 0}
    tree["clocks"] = {"compatible": "x,clocks", "phandle": 8, "#clock-cells": 1}
    tree["pins"] = {"phandle": 9}
    tree["uart@9040000"] |= {"clocks": [7, 8, 3], "clock-names": "uartclk\0apb_pclk",
                             "pinctrl-0": 9, "pinctrl-names": "default", "resets": [8, 1],
                             "power-domains": [8, 2], "dmas": [8, 1], "vdd-supply": 9,
                             "status": "okay", "x,own": [1, 2]}
    tree["soc"]["dma-coherent"] = b""
    tree["soc"]["timer@2000"] |= {
        "#address-cells": 1, "#size-cells": 0, "phy-handle": 11,
        "phy@3": {"reg": 3, "phandle": 11, "clocks": [7]},
        "phy@4": {"reg": 4, "status": "disabled"}}
    return tree


def make_machine(jhctl: Jhctl, version: int) -> None:
    jhctl.put("root/sys/firmware/fdt", trees.dtb(machine(version)))
    for cpu in range(4):
        jhctl.put(f"root/sys/devices/system/cpu/cpu{cpu}/of_node/reg", struct.pack(">I", cpu))


def printed(tap: Tap, jhctl: Jhctl, cell: str, *words: str) -> Tree:
    seen = jhctl("cell", "linux", cell, "Image", "--print-dtb", *words)
    tap.equal(seen.code, 0, f"a tree for {cell}")
    return parse(seen.out)


def widen(node: Tree) -> None:
    """A fourth cell in each interrupt: the CPUs that a PPI is for."""
    for key, value in node.items():
        if isinstance(value, dict):
            widen(value)
        elif key == "interrupts":
            node[key] = [cell for i in range(0, len(value), 3) for cell in [*value[i:i + 3], 0]]


def wide_gic(tap: Tap, jhctl: Jhctl) -> None:
    """Five regions of redistributors, and four cells for each interrupt."""
    tree = machine(3)
    tree["uart@9040000"]["interrupts"] = [0, 8, 4, 0, 8, 4, 0, 8, 1]
    widen(tree)
    regions = [cell for n in range(5) for cell in (0, 0x90a0000 + n * 0x200000, 0, 0x40000)]
    tree["intc@8000000"] |= {"#interrupt-cells": 4, "#redistributor-regions": 5,
                             "reg": [0, 0x8000000, 0, 0x10000, *regions]}
    jhctl.put("root/sys/firmware/fdt", trees.dtb(tree))
    told = printed(tap, jhctl, "linux.cell")
    gic = told["interrupt-controller@8000000"]
    tap.equal((gic["reg"], gic["#redistributor-regions"], gic["#interrupt-cells"]),
              ([0, 0x8000000, 0, 0x10000, *regions], [5], [3]), "five regions of redistributors")
    tap.equal((told["uart@60000000"]["interrupts"], told["timer@10002000"]["interrupts"]),
              ([0, 8, 4, 0, 8, 4, 0, 8, 1], [0, 36, 4, 0, 37, 1]),
              "of four cells of the machine the guest gets three")


def board(tap: Tap, jhctl: Jhctl) -> None:
    """The parts of the tree that every guest has."""
    jhctl.put("initrd", b"i" * 5000)
    tree = printed(tap, jhctl, "linux.cell", "-i", "initrd", "-a", 'quiet "x y"')
    chosen = tree["chosen"]
    tap.equal(chosen["bootargs"], ['quiet \\"x y\\"'], "the command line, quotes included")
    tap.equal((chosen["linux,initrd-start"], chosen["linux,initrd-end"]),
              ([0, 0x40400000], [0, 0x40400000 + 5000]), "the initrd")
    tap.equal((len(chosen["kaslr-seed"]), len(chosen["rng-seed"])), (2, 16), "seeds")
    again = printed(tap, jhctl, "linux.cell")
    tap.ok(again["chosen"]["rng-seed"] != chosen["rng-seed"] and "bootargs" not in again["chosen"]
           and "linux,initrd-start" not in again["chosen"], "others the next time, and no more")
    tap.equal(tree["memory@40000000"]["reg"], [0, 0x40000000, 0, 0x4000000], "memory")
    tap.ok("memory@50000000" not in tree, "what is shared is none of its own")
    tap.equal(tree["reserved-memory"]["shared@50000000"],
              {"reg": [0, 0x50000000, 0, 0x100000], "no-map": True}, "but reserved")
    tap.equal({name: (cpu["reg"], cpu["compatible"], cpu["enable-method"])
               for name, cpu in tree["cpus"].items() if name.startswith("cpu@")},
              {"cpu@0": ([0, 0], ["arm,cortex-a57"], ["psci"]),
               "cpu@1": ([0, 1], ["arm,armv8"], ["psci"])}, "its CPUs")
    tap.equal(tree["psci"], {"compatible": ["arm,psci-1.0", "arm,psci-0.2"], "method": ["smc"]},
              "PSCI")
    tap.equal(tree["timer"]["interrupts"], [1, 13, 8, 1, 14, 8, 1, 11, 8, 1, 10, 8], "timer")
    gic = tree["interrupt-controller@8000000"]
    tap.equal((gic["compatible"], gic["reg"], gic["phandle"], tree["interrupt-parent"]),
              (["arm,gic-v3"], [0, 0x8000000, 0, 0x10000, 0, 0x80a0000, 0, 0xf60000], [1], [1]),
              "GICv3")
    make_machine(jhctl, 2)
    gic = printed(tap, jhctl, "linux.cell")["interrupt-controller@8000000"]
    tap.equal((gic["compatible"], gic["reg"]),
              (["arm,gic-400"], [0, 0x8000000, 0, 0x10000, 0, 0x8010000, 0, 0x10000]),
              "GICv2: distributor and CPU interface, no more")
    wide_gic(tap, jhctl)
    make_machine(jhctl, 3)


def virtual_console(tap: Tap, jhctl: Jhctl) -> None:
    """The virtual UART needs nothing of the machine's tree."""
    jhctl.blob("virtual.cell", "virtual", "virtual", "2")
    tree = printed(tap, jhctl, "virtual.cell")
    tap.equal(tree["serial@62000000"],
              {"compatible": ["arm,sbsa-uart"], "reg": [0, 0x62000000, 0, 0x1000],
               "interrupts": [0, 21, 4], "current-speed": [115200]}, "a virtual console")
    tap.equal((tree["chosen"]["stdout-path"], tree["aliases"]["serial0"]),
              (["/serial@62000000:115200n8"], ["/serial@62000000"]), "is the console")
    tap.ok("serial@62000000" not in printed(tap, jhctl, "linux.cell"), "of those that have one")


def pci(tap: Tap, jhctl: Jhctl) -> None:
    """Links as PCI devices: where the bus is, and whose interrupt is whose."""
    jhctl.blob("pci.cell", "pci", "pci", "2")
    tree = printed(tap, jhctl, "pci.cell")
    tap.equal(tree["pcie@4010000000"],
              {"compatible": ["pci-host-ecam-generic"], "device_type": ["pci"],
               "#address-cells": [3], "#size-cells": [2], "reg": [0x40, 0x10000000, 0, 0x100000],
               "bus-range": [0, 0],
               "ranges": [0x2000000, 0, 0xff000000, 0, 0xff000000, 0, 0x10000],
               "#interrupt-cells": [1], "interrupt-map-mask": [0xf800, 0, 0, 7],
               "interrupt-map": [0, 0, 0, 1, 1, 0, 78, 1, 0x3000, 0, 0, 3, 1, 0, 68, 1]},
              "a PCI host")
    tap.ok(not any(name.startswith("pcie@") for name in printed(tap, jhctl, "linux.cell")),
           "of those that have one")


def devices(tap: Tap, jhctl: Jhctl) -> None:
    seen = jhctl("cell", "linux", "linux.cell", "Image", "-p")
    tree = parse(seen.out)
    uart = tree["uart@60000000"]
    tap.equal((uart["reg"], uart["interrupts"], uart["x,own"], uart["clock-names"]),
              ([0, 0x60000000, 0, 0x1000], [0, 8, 4], [1, 2], ["uartclk", "apb_pclk"]),
              "a device at its address of the cell, with its interrupt")
    for gone in ("pinctrl-0", "pinctrl-names", "resets", "power-domains", "dmas", "vdd-supply",
                 "status"):
        tap.ok(gone not in uart, f"without {gone}")
    clocks = {node["phandle"][0]: (name, node["clock-frequency"][0])
              for name, node in tree.items() if name.startswith("clock-")}
    tap.equal([clocks[handle] for handle in uart["clocks"]],
              [("clock-24000000", 24000000), ("clock-100000000", 100000000)], "fixed clocks")
    tap.contains(seen.err, "/uart@9040000: the rate of its clock 1 is not in the tree, 100 MHz",
                 "a rate that nobody knows is told")
    tap.equal((tree["chosen"]["stdout-path"], tree["aliases"]["serial0"]),
              (["/uart@60000000:115200n8"], ["/uart@60000000"]), "its console")
    timer = tree["timer@10002000"]
    tap.equal((timer["reg"], timer["interrupts"], timer["dma-coherent"]),
              ([0, 0x10002000, 0, 0x1000], [0, 36, 4, 0, 37, 1], True),
              "registers behind a bus, which snoops")
    tap.equal((timer["phy@3"]["reg"], timer["phy-handle"], timer["phy@3"]["phandle"]),
              ([3], [11], [11]), "with its children")
    tap.ok("clocks" not in timer["phy@3"] and "phy@4" not in timer,
           "but for what points elsewhere, and for those that are off")
    handles = [node["phandle"][0] for node in tree.values()
               if isinstance(node, dict) and "phandle" in node]
    tap.equal(len(handles), len(set(handles)), "no phandle twice")


def overlays(tap: Tap, jhctl: Jhctl) -> None:
    jhctl.put("more.dtbo", trees.dtb({"fragment@0": {
        "target-path": "/timer", "__overlay__": {"x,added": 5}}}))
    tree = printed(tap, jhctl, "linux.cell", "--dtb-add", "more.dtbo")
    tap.equal(tree["timer"]["x,added"], [5], "an overlay goes over the tree")
    jhctl.put("lost.dtbo", trees.dtb({"fragment@0": {
        "target-path": "/nowhere", "__overlay__": {"x": 5}}}))
    for name, why in (("lost.dtbo", "target-path"), ("Image", "dtc -@"), ("none", "No such file")):
        seen = jhctl("cell", "linux", "linux.cell", "Image", "-p", "--dtb-add", name)
        tap.ok(seen.code == 1 and why in seen.err, f"{name} is no overlay for it", seen)


def packings(tap: Tap, jhctl: Jhctl) -> None:
    packed = gzip.compress(kernel())
    good = {"Image": kernel(), "Image.gz": packed, "vmlinuz": zboot(packed, b"gzip"),
            "vmlinuz.gz": gzip.compress(zboot(packed, b"gzip"))}
    for name, data in good.items():
        jhctl.put(name, data)
        tap.equal(jhctl("cell", "linux", "linux.cell", name, "-p").code, 0, f"a kernel as {name}")
    zstd = zboot(b"\x28\xb5\x2f\xfd" + packed, b"zstd22")
    bad = {
        "elf": (b"\x7fELF" + bytes(100), "made for debuggers"),
        "short": (kernel()[:60], "too short"), "empty": (b"", "too short"),
        "big": (kernel(flags=3), "big-endian"), "old": (kernel(size=0), "older than"),
        "huge": (kernel(size=1 << 32), "makes no sense"),
        "small": (kernel(size=0x2000), "makes no sense"),
        "far": (kernel(offset=2 << 20), "makes no sense"),
        "x86": (b"MZ" + bytes(100), "no arm64 kernel"),
        "cut.gz": (packed[:len(packed) // 2], "damaged"),
        "odd": (zboot(packed, b"lzo"), "not known here"),
        "cut": (zboot(packed, b"gzip")[:0x210], "no arm64 kernel"),
        "zstd": (zstd, "zstd"),
        "gzip-in-gzip": (gzip.compress(gzip.compress(gzip.compress(packed))), "no arm64 kernel"),
    }
    for name, (data, why) in bad.items():
        jhctl.put(name, data)
        seen = jhctl("cell", "linux", "linux.cell", name, "-p")
        tap.ok(seen.code == 1 and seen.err.startswith(f"jh: {name}") and why in seen.err,
               f"refused: {name}", seen)
    seen = jhctl("cell", "linux", "linux.cell", "Image.gz", "-p", PATH="/nowhere")
    tap.contains(seen.err, "there is no program gzip", "without the program that unpacks")


def pages(tap: Tap, jhctl: Jhctl) -> None:
    """Bits 1 and 2 of the header's flags: 4, 16 or 64 KiB; 0: it does not say."""
    sizes = {"k4": (2, 0), "k16": (4, 1), "k64": (6, 0), "silent": (0, 0)}
    for name, (flags, _) in sizes.items():
        jhctl.put(name, kernel(flags=flags))
        tap.equal(jhctl("cell", "linux", "linux.cell", name, "-p").code, 0,
                  f"{name}, where the driver does not tell")
    jhctl.put("root/sys/devices/virtual/misc/jh/page_sizes", b"4 64\n")
    for name, (_, code) in sizes.items():
        seen = jhctl("cell", "linux", "linux.cell", name, "-p")
        tap.equal(seen.code, code, f"{name}, on CPUs with 4 and 64 KiB")
        if code:
            tap.equal(seen.err, "jh: k16: it has pages of 16K, and the CPUs of this machine only "
                      "those of 4 64 KiB: use another kernel\n", "and says so")
    jhctl.put("root/sys/devices/virtual/misc/jh/page_sizes", b"16\n")
    tap.equal([jhctl("cell", "linux", "linux.cell", name, "-p").code for name in sizes],
              [1, 0, 1, 0], "on CPUs with 16 KiB alone")
    (jhctl.home / "root/sys/devices/virtual/misc/jh/page_sizes").unlink()


def fitting(tap: Tap, jhctl: Jhctl) -> None:
    jhctl.put("large", kernel(size=70 << 20))
    seen = jhctl("cell", "linux", "linux.cell", "large", "-i", "initrd", "-p")
    tap.equal(seen.err, "jh: linux.cell: the cell's memory is too small: it has 64M, the kernel "
              "takes 70M, the initrd 5000, with the device tree and gaps 73M: make it several "
              "times that\n", "a kernel that does not fit")
    jhctl.put("last", kernel(size=60 << 20))
    tap.equal(jhctl("cell", "linux", "linux.cell", "last", "-p").code, 0, "one that just fits")
    seen = jhctl("cell", "linux", "linux.cell", "last", "-i", "initrd")
    tap.equal(seen.code, 1, "not with an initrd")
    tap.ok("linux" not in jhctl("cell", "list").out, "nothing was created")


def started(tap: Tap, jhctl: Jhctl) -> None:
    """The fake cells have 1 MiB: the kernel's place is beyond it, which the driver refuses."""
    seen = jhctl("cell", "linux", "linux.cell", "Image")
    tap.equal(seen.code, 1, "a cell that cannot be loaded")
    tap.ok("linux" not in jhctl("cell", "list").out, "is gone again")
    seen = jhctl("cell", "linux", "low.cell", "Image", "-i", "initrd", JH_FAKE_BASE="1")
    tap.equal(seen.code, 0, "cell linux")
    told = json.loads(jhctl("cell", "show", "low", "--json").out)
    tap.equal((told["state"], told["entry"], told["argument"]),
              ("running", "0x40000000", "0x40200000"), "it runs from its kernel, with its tree")
    jhctl("cell", "destroy", "low")
    tap.equal(jhctl("cell", "linux", "low.cell", "Image", JH_FAKE_BASE="1",
                    JH_FAKE_ERROR="4:22:152:5:1:4294967295").code, 1, "it cannot be started")
    tap.ok("low" not in jhctl("cell", "list").out, "and is gone again")


def run(tap: Tap, jhctl: Jhctl) -> None:
    jhctl.blob("sys.cell", "system", "virt")
    jhctl.blob("linux.cell", "linux", "linux", "2")
    jhctl.blob("low.cell", "linux", "low", "2")
    make_machine(jhctl, 3)
    jhctl.put("Image", kernel())
    board(tap, jhctl)
    virtual_console(tap, jhctl)
    pci(tap, jhctl)
    devices(tap, jhctl)
    overlays(tap, jhctl)
    packings(tap, jhctl)
    jhctl("enable", "sys.cell")
    pages(tap, jhctl)
    fitting(tap, jhctl)
    started(tap, jhctl)
    (jhctl.home / "root/sys/firmware/fdt").unlink()
    seen = jhctl("cell", "linux", "linux.cell", "Image", "-p")
    tap.contains(seen.err, "not started with a device tree", "without a tree of the machine")
