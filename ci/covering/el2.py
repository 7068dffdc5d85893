# SPDX-License-Identifier: GPL-2.0-only
# Copyright (c) The jh authors
"""The hypervisor in a root cell: which of its instructions QEMU has translated, to run them.

What is translated is run from its start; an exception in the middle of a block leaves the block's
rest, which counts. Lines are those that the compiler kept; code before the MMU is on is not seen.
"""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

from . import TOP, Cover, Reached

ADDRESSES = "0x7fc0000000..0x7fc00fffff"        # of the image, as in asm/layout.h
IMAGE = TOP / "build" / "hypervisor" / "jh-gicv3.elf"
TOOLS = "aarch64-linux-gnu-"


def run(out: Path, selftests: list[str]) -> None:
    """Boot a root cell and run selftests."""
    out.mkdir(parents=True, exist_ok=True)
    subprocess.run(["tools/testing/qemu/run-selftests", "--qemu-arg",
                    f"-d in_asm -dfilter {ADDRESSES} -D {out / 'translated'}", "--", *selftests],
                   cwd=TOP, check=False, stdout=subprocess.DEVNULL)


def _lines_of(addresses: list[int]) -> Iterator[tuple[Path, int]]:
    """Yield file and line of each address, and those that it is inlined at."""
    text = subprocess.run([f"{TOOLS}addr2line", "-i", "-e", str(IMAGE)], check=True, text=True,
                          capture_output=True,
                          input="".join(f"{address:#x}\n" for address in addresses)).stdout
    for name, line in re.findall(r"^(?:.*/)?((?:core|arch|drivers|lib)/\S+):(\d+)", text,
                                 re.MULTILINE):
        yield Path("hypervisor") / name, int(line)


def collect(out: Path) -> Cover:
    """Return the coverage."""
    text = subprocess.run([f"{TOOLS}objdump", "-d", str(IMAGE)], check=True, text=True,
                          capture_output=True).stdout
    known = [int(match[1], 16) for match in re.finditer(r"^\s*([0-9a-f]+):\t", text, re.MULTILINE)]
    with open(out / "translated", encoding="ascii", errors="replace") as log:
        seen = {int(match[1], 16) for line in log if (match := re.match(r"0x0*([0-9a-f]+):", line))}
    cover: Cover = {}
    for count, addresses in ((0, known), (1, [address for address in known if address in seen])):
        for path, line in _lines_of(addresses):
            if path.suffix in (".c", ".S"):
                cover.setdefault(path, Reached()).merge(line, count, [])
    return cover
