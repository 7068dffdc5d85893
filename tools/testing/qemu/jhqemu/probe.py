# SPDX-License-Identifier: GPL-2.0-only
# Copyright (c) The jh authors
"""State that a CPU inside the hypervisor can read: registers, devices, the hypervisor's memory.

QEMU's debugger does not show the registers of the interrupt controller, and must not be asked for
memory of devices: banked registers belong to the CPU that reads them. So the CPU itself reads
them: a few instructions are put in the place of code of the hypervisor that nobody executes
meanwhile, the CPU executes them alone, and everything is put back.
"""

import subprocess
import tempfile
from collections.abc import Iterable
from pathlib import Path

from .debugger import Debugger, DebuggerError

TOP = Path(__file__).resolve().parents[4]
HYPERVISOR = TOP / "hypervisor"
CROSS = "aarch64-linux-gnu-"
FLAGS = ["-std=gnu11", "-ffreestanding", "-mgeneral-regs-only", "-S", "-o", "-", "-I.", "-Iuapi",
         "-Iinclude", "-Ilib", "-Iarch/arm64/include", "-Iarch/arm64",
         f"-I{TOP / 'build/hypervisor/include'}"]
LDR_W = 0xb9400000      # ldr w0, [x0]
LDR_X = 0xf9400000
RT_RN = 0x21            # one more for both registers
NOP = 0xd503201f
MOST = 30               # general registers that a batch uses: x0 to x29


def offsets(headers: Iterable[str], wanted: dict[str, str]) -> dict[str, int]:
    """Values of constant expressions over the hypervisor's headers, by the compiler."""
    source = "".join(f"#include <{header}>\n" for header in headers)
    source += "void offsets(void);\nvoid offsets(void)\n{\n" + "".join(
        f'\tasm volatile("\\n@{name} %0" :: "i" ({expression}));\n'
        for name, expression in wanted.items()) + "}\n"
    result = subprocess.run([CROSS + "gcc", *FLAGS, "-x", "c", "-"], cwd=HYPERVISOR, input=source,
                            capture_output=True, text=True, check=False)
    if result.returncode:
        raise DebuggerError(f"the hypervisor's headers: {result.stderr}")
    lines = (line[1:].split() for line in result.stdout.splitlines() if line[:1] == "@")
    return {name: int(value.lstrip("#$"), 0) for name, value in lines}


def symbols(image: Path) -> dict[str, list[tuple[int, int]]]:
    """Address and size of each function and variable; those of files may share a name."""
    text = subprocess.run([CROSS + "nm", "-S", image], check=True, capture_output=True, text=True)
    found: dict[str, list[tuple[int, int]]] = {}
    for line in text.stdout.splitlines():
        words = line.split()
        size = int(words[1], 16) if len(words) == 4 else 0
        found.setdefault(words[-1], []).append((int(words[0], 16), size))
    return found


class Probe:
    """Reads by one CPU at a time, which is stopped in the hypervisor."""

    def __init__(self, debugger: Debugger, image: Path) -> None:
        self.debugger = debugger
        self.symbols = symbols(image)
        # Code for CPUs that hand over, which is nobody while all but one stand.
        self._place, size = self.symbols["boot_enter"][0]
        if size < 4 * (MOST + 1):
            raise DebuggerError("boot_enter() is too short for what is put in its place")
        self._words: dict[str, int] = {}

    def address(self, symbol: str, size: int | None = None) -> int:
        """Of a function or variable; if several have the name, of the one of this size."""
        return next(at for at, bytes_ in self.symbols[symbol] if size in (None, bytes_))

    def number(self, address: int, size: int = 8) -> int:
        """A field in the hypervisor's memory."""
        return int.from_bytes(self.debugger.memory(address, size), "little")

    def instruction(self, symbol: str, word: int) -> int:
        """The address of the first instruction of this kind in a function."""
        start, size = self.symbols[symbol][0]
        code = self.debugger.memory(start, size or 256)
        for at in range(0, len(code), 4):
            if int.from_bytes(code[at:at + 4], "little") == word:
                return start + at
        raise DebuggerError(f"{symbol} has no instruction {word:#x}")

    def _assemble(self, names: Iterable[str]) -> None:
        """Remember the instruction that reads each system register into x0."""
        new = [name for name in names if name not in self._words]
        if not new:
            return
        with tempfile.TemporaryDirectory() as work:
            source = "".join(f"mrs x0, {name}\n" for name in new)
            subprocess.run([CROSS + "as", "-o", f"{work}/a.o", "-"], input=source, text=True,
                           check=True)
            subprocess.run([CROSS + "objcopy", "-O", "binary", "-j", ".text", f"{work}/a.o",
                            f"{work}/a"], check=True)
            code = Path(work, "a").read_bytes()
        for n, name in enumerate(new):
            self._words[name] = int.from_bytes(code[4 * n:4 * n + 4], "little")

    def _execute(self, cpu: int, code: list[int], values: list[int]) -> list[int]:
        """Execute instructions, with values in x0 and on; return the registers afterwards."""
        debugger = self.debugger
        debugger.select(cpu)
        saved = debugger.save()
        old = debugger.memory(self._place, 4 * (len(code) + 1))
        words = b"".join(word.to_bytes(4, "little") for word in [*code, NOP])
        end = self._place + 4 * len(code)
        debugger.patch(self._place, words)
        for n, value in enumerate(values):
            debugger.write(f"x{n}", value)
        debugger.write("pc", self._place)
        debugger.insert(end)
        debugger.resume(cpu)
        stopped = debugger.wait(30)
        debugger.select(cpu)
        at = debugger.read("pc")
        results = [debugger.read(f"x{n}") for n in range(len(code))]
        debugger.remove(end)
        debugger.patch(self._place, old)
        debugger.restore(saved)
        if stopped != cpu or at != end:
            raise DebuggerError(f"CPU {cpu} was to read registers and is at {at:#x}")
        return results

    def system(self, cpu: int, names: list[str]) -> dict[str, int]:
        """System registers, by the assembler's names."""
        self._assemble(names)
        values: list[int] = []
        for first in range(0, len(names), MOST):
            batch = names[first:first + MOST]
            code = [self._words[name] | n for n, name in enumerate(batch)]
            values += self._execute(cpu, code, [])
        return dict(zip(names, values))

    def device(self, cpu: int, addresses: list[int], size: int = 4) -> list[int]:
        """Registers in memory, by virtual address in the hypervisor."""
        values: list[int] = []
        for first in range(0, len(addresses), MOST):
            batch = addresses[first:first + MOST]
            load = LDR_W if size == 4 else LDR_X
            values += self._execute(cpu, [load | n * RT_RN for n in range(len(batch))], batch)
        return values
