# SPDX-License-Identifier: GPL-2.0-only
#
# Copyright (c) The jh authors
"""Whole outputs, each compared with a file of expected/, so that no change goes unnoticed."""
from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import dtb as trees
from tap import SEED, Jhctl, Tap, as_expected, random_cells
from test_linux import Tree, kernel, machine
from test_linux import make_machine as put_machine

TOP = Path(__file__).resolve().parents[3]
UAPI = {name: (TOP / f"hypervisor/uapi/jh/{name}.h").read_text() for name in ("error", "reasons")}
ABOUT = (TOP / "hypervisor/test/refusals.h").read_text()
OF_SYSTEMS = {"SYSTEM", "POOL", "HYPERVISOR", "ASSIGNABLE", "UNIT", "MACHINE", "NONE"}


def whole(tap: Tap, jhctl: Jhctl, name: str, *words: str, **env: str) -> None:
    """Compare what a command prints, on both ways, and its exit code."""
    seen = jhctl(*words, **env)
    out = SEED.sub(random_cells, seen.out)
    out = out.replace(jhctl("--version").out.split()[1], "VERSION")
    as_expected(tap, name, f"{out}--- stderr\n{seen.err}--- code {seen.code}\n")


def put_tree(jhctl: Jhctl, tree: Tree) -> None:
    jhctl.put("root/sys/firmware/fdt", trees.dtb(tree))


def odd_clocks(tree: Tree) -> None:
    """Rates of all kinds: the clock's, the device's, none; more than there is place for."""
    tree["uart@9040000"] |= {"clocks": [7, 8, 3, 8, 4, 99, 12], "clock-frequency": 50000000,
                             "assigned-clock-rates": [0, 48000000, 0]}
    tree["slow"] = {"compatible": "fixed-clock", "clock-frequency": 32768, "phandle": 12}
    tree["soc"]["timer@2000"] |= {"clocks": [7] * 20, "dma-coherent": b""}


def odd_interrupts(tree: Tree) -> None:
    """Interrupts that cannot be taken as they stand: the configuration's take their place."""
    tree["uart@9040000"] |= {"interrupts": [0, 9, 4]}
    timer = tree["soc"]["timer@2000"]
    timer["interrupts-extended"] = [1, 0, 36, 4, 1, 0, 37, 1]
    del timer["interrupts"]


def other_parent(tree: Tree) -> None:
    """Their interrupts go to the GPIO controller, those of the CPU are nobody's; three rates."""
    tree["soc"]["interrupt-parent"] = 2
    tree["uart@9040000"] |= {"interrupts": [1, 8, 4], "clock-frequency": 1843200, "clocks": [8, 1]}
    tree["timer"] = {"compatible": "arm,armv8-timer", "clock-frequency": 62500000}


def odd_machine(tree: Tree) -> None:
    """A GIC without phandle and with two regions, CPUs with long numbers, a bus below the bus."""
    gic = tree.pop("intc@8000000")
    tree["intc@8000000"] = gic | {"#redistributor-regions": 2, "reg": [
        0, 0x8000000, 0, 0x10000, 0, 0x80A0000, 0, 0x40000, 1, 0x80A0000, 0, 0x80000]}
    tree["cpus"] = {"#address-cells": 2, "#size-cells": 0, **{
        f"cpu@{n}": {"device_type": "cpu", "reg": [1, n], "compatible": f"x,cpu{n}"}
        for n in range(4)}}
    deep: dict[str, Any] = {"x,level": 9}
    for level in range(8, 0, -1):
        deep = {f"level@{level}": deep, "x,level": level}
    tree["soc"]["timer@2000"] |= deep | {"#reset-cells": 1, "ranges": b""}


def lost_devices(tree: Tree) -> None:
    """One node is not there, one lies elsewhere, one has more registers than the cell gets."""
    del tree["uart@9040000"]
    tree["soc"]["timer@2000"]["reg"] = [0x2000, 0x800, 0x3000, 0x1000, 0x2800, 0x800, 0x2801, 0x800]


VARIANTS = {"clocks": odd_clocks, "interrupts": odd_interrupts, "parent": other_parent,
            "machine": odd_machine, "lost": lost_devices}


def guests(tap: Tap, jhctl: Jhctl) -> None:
    """The device trees of guests, over machines with oddities."""
    jhctl.put("initrd", b"i" * 5000)
    for name, change in VARIANTS.items():
        tree = machine(3)
        change(tree)
        put_tree(jhctl, tree)
        whole(tap, jhctl, f"tree-{name}", "cell", "linux", "linux.cell", "Image", "-p")
    put_tree(jhctl, machine(2))
    whole(tap, jhctl, "tree-gicv2", "cell", "linux", "linux.cell", "Image", "-p", "-i", "initrd",
          "-a", "a b=c")
    put_tree(jhctl, machine(3))
    whole(tap, jhctl, "tree-gicv3", "cell", "linux", "linux.cell", "Image", "-p")
    for name in ("virtual", "silent", "physical"):
        whole(tap, jhctl, f"tree-{name}", "cell", "linux", f"{name}.cell", "Image", "-p")
    whole(tap, jhctl, "tree-cpus", "cell", "linux", "beyond.cell", "Image", "-p")
    for name, change in (("handles", {"clocks": {"phandle": 0x80000000}}),
                         ("nogic", {"intc@8000000": {"phandle": 1}})):
        put_tree(jhctl, machine(3) | change)
        whole(tap, jhctl, f"tree-{name}", "cell", "linux", "linux.cell", "Image", "-p")
    put_tree(jhctl, machine(3))


def tables(tap: Tap, jhctl: Jhctl) -> None:
    """Tables of cells, on paper and in JSON; two of them, one of which has failed."""
    jhctl.put("image.bin", bytes(4096))
    jhctl("cell", "run", "rtos.cell", "image.bin")
    jhctl("cell", "run", "two.cell", "image.bin", JH_FAKE_BASE="1", JH_FAKE_CRASH="1")
    for verb in ("list", "show two", "show rtos", "stats 0", "stats two", "stats rtos"):
        for option in ("", " --json"):
            name = (verb + option).replace(" --", ".").replace(" ", "-")
            whole(tap, jhctl, f"cell-{name}", "cell", *(verb + option).split())
    for option in ("", " --json"):
        whole(tap, jhctl, f"status{option.replace(' --', '.')}", *f"status{option}".split())
    for cause in range(9):
        jhctl("cell", "destroy", "two")
        jhctl("cell", "run", "two.cell", "image.bin", JH_FAKE_BASE="1", JH_FAKE_CRASH=str(cause))
        whole(tap, jhctl, f"cause-{cause}", "cell", "stats", "two")
    jhctl("cell", "destroy", "two")


def benchmarks(tap: Tap, jhctl: Jhctl) -> None:
    """A benchmark in all of its forms."""
    jhctl("cell", "shutdown", "rtos")
    jhctl.put("root/sys/devices/system/cpu/cpu0/cpufreq/scaling_cur_freq", b"1800000\n")
    command = ("bench", "latency", "rtos", "--image", "image.bin")
    whole(tap, jhctl, "latency", *command, "--period", "500", "--seconds", "3")
    whole(tap, jhctl, "latency.json", *command, "--json")
    jhctl.put("root/sys/devices/system/cpu/cpu0/cpufreq/scaling_cur_freq", b"unknown\n")
    lines = "".join(f"bench: histogram from={start} ns count={start % 7 + 1}\n"
                    for start in [*range(100, 9000, 300), 150000, 199900])
    printed = ("bench: start freq=62500000 gic=2\nbench: latency n=9 min=1 avg=2 p99=3 p99.9=4 "
               "max=5 ns lost=6\nbench: latency n=200 min=100 avg=4000 p99=8000 p99.9=150000 "
               f"max=250000 ns lost=0\n{lines}bench: end\n")
    whole(tap, jhctl, "latency-wide", *command, JH_FAKE_LATENCY=printed)
    whole(tap, jhctl, "latency-narrow", *command, "--stress",
          JH_FAKE_LATENCY=printed.replace("p99.9=150000", "p99.9=8200"))
    for name, wrong in (("fields", printed.replace("lost", "last")),
                        ("frequency", printed.replace("freq=62500000", "freq=0")),
                        ("start", printed.replace("bench: start", "bench: begin")),
                        ("count", printed.replace("n=200", "n=0"))):
        whole(tap, jhctl, f"latency-{name}", *command, JH_FAKE_LATENCY=wrong)
    for option, good, wrong in (("seconds", "", ("0", "86401", "x")),
                                ("period", "1000000", ("0", "1000001", "-1"))):
        for value in wrong:
            whole(tap, jhctl, f"latency-{option}-{value}", *command, f"--{option}={value}")
        if good:
            whole(tap, jhctl, f"latency-{option}", *command, f"--{option}={good}")
    jhctl("cell", "destroy", "rtos")


def refusals(tap: Tap, jhctl: Jhctl) -> None:
    """Each reason with each thing that it can be about, as enable or create say it."""
    objects = {name: int(number) for name, number in
               re.findall(r"^#define JH_OBJ_(\w+)\s+(\d+)", UAPI["error"], re.M)}
    lines = []
    for name, number in re.findall(r"^X\((\w+), (\d+)", UAPI["reasons"], re.M):
        about = re.search(rf"^REFUSAL\({name},([^;]*?)\)$", ABOUT, re.M)
        for thing in re.findall(r"OBJ\((\w+)\)", about[1] if about else ""):
            system = thing in OF_SYSTEMS
            words = ("enable", "sys.cell") if system else ("cell", "create", "linux.cell")
            order = f"{0 if system else 2}:22:{number}:{objects[thing]}:0:4294967295:33:8192"
            seen = jhctl(*words, JH_FAKE_ERROR=order, JH_FAKE_WHO="macb")
            tap.goes_on()
            lines.append(f"{name} {thing}\n    {seen.err}")
    as_expected(tap, "refusals", "".join(lines))


def run(tap: Tap, jhctl: Jhctl) -> None:
    jhctl.blob("sys.cell", "system", "virt")
    jhctl.blob("rtos.cell", "cell", "rtos", "3")
    for name in ("linux", "virtual", "silent", "physical"):
        jhctl.blob(f"{name}.cell", name, name, "1")
    jhctl.blob("two.cell", "linux", "two", "1")
    jhctl.blob("beyond.cell", "linux", "beyond", "3")
    put_machine(jhctl, 3)
    jhctl.put("Image", kernel())
    guests(tap, jhctl)
    jhctl("enable", "sys.cell", JH_FAKE_GONE="1")
    refusals(tap, jhctl)
    tables(tap, jhctl)
    benchmarks(tap, jhctl)
