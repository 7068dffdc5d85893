# SPDX-License-Identifier: GPL-2.0-only
# Copyright (c) The jh authors
"""Instructions of each function of the hypervisor, counted in QEMU's execution trace."""

import bisect
import re
import subprocess
from collections import Counter
from pathlib import Path

from jhbench.machine import BUILD, OUT, Boot

CROSS = "aarch64-linux-gnu-"
# All of EL2's addresses, hypervisor/arch/arm64/include/asm/layout.h.
EL2 = "0x7fc0000000..0x7fffffffff"
EXECUTED = re.compile(r"Trace \d+: \S+ \[[0-9a-f]+/([0-9a-f]+)/")
DISASSEMBLED = re.compile(r"0x([0-9a-f]+): ")


def symbols(gic: int, variant: str = "") -> list[tuple[int, str, str]]:
    """Address, nm's letter for the kind, and name of each symbol of an image, in order."""
    elf = BUILD / f"hypervisor/jh-gicv{gic}{variant}.elf"
    output = subprocess.run([CROSS + "nm", "-n", str(elf)], capture_output=True, text=True,
                            check=True).stdout
    words = [line.split() for line in output.splitlines()]
    return [(int(address, 16), kind, name) for address, kind, name in words]


def functions(gic: int) -> list[tuple[int, str]]:
    """Address and name of each function of an image, in order."""
    return [(address, name) for address, kind, name in symbols(gic) if kind in "tT"]


def read(trace: Path) -> Counter[int]:
    """Return how many instructions were executed in blocks that start at an address."""
    executed: Counter[int] = Counter()
    sizes: dict[int, int] = {}
    start = None
    with open(trace, encoding="utf-8", errors="replace") as lines:
        for line in lines:
            if match := EXECUTED.match(line):
                executed[int(match[1], 16)] += 1
            elif match := DISASSEMBLED.match(line):
                address = int(match[1], 16)
                start = address if start is None else start
                sizes[start] = max(sizes.get(start, 0), (address - start) // 4 + 1)
            elif line.startswith("IN:"):
                start = None
    return Counter({pc: count * sizes.get(pc, 1) for pc, count in executed.items()})


def by_function(blocks: Counter[int], names: list[tuple[int, str]]) -> Counter[str]:
    """Sum up the blocks of each function."""
    addresses = [address for address, _ in names]
    sums: Counter[str] = Counter()
    for pc, count in blocks.items():
        at = bisect.bisect_right(addresses, pc) - 1
        sums[names[at][1] if at >= 0 else f"0x{pc:x}"] += count
    return sums


def run(command: str, smp: int, gic: int, puts: list[str]) -> Counter[str]:
    """Run a command in a root cell; return instructions at EL2 by function."""
    trace = OUT / "profile.trace"
    trace.unlink(missing_ok=True)
    qemu = f"-d exec,nochain,in_asm -dfilter {EL2} -D {trace}"
    output, _ = Boot("profile", command, gic, smp, puts=puts, qemu=qemu).run()
    print(output, end="")
    return by_function(read(trace), functions(gic))
