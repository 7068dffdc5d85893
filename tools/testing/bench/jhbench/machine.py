# SPDX-License-Identifier: GPL-2.0-only
# Copyright (c) The jh authors
"""Running inmates without a hypervisor, and commands in a root cell."""

import subprocess
from dataclasses import dataclass, field
from pathlib import Path

TOP = Path(__file__).resolve().parents[4]
BUILD = TOP / "build"
OUT = BUILD / "bench"
KERNEL = "6.12"
# One tick of the counter is one instruction.
CPU = "cortex-a57,cntfrq=1000000000"
NATIVE_SPI = 33         # QEMU's first UART, which the inmate has there
TIMEOUT = 3000


class BenchError(Exception):
    """A program did not run or failed; the text says which and why."""


@dataclass
class Boot:
    """One root cell with a command, and its output."""

    name: str
    command: str
    gic: int = 3
    smp: int = 4
    memory: str = "1G"
    puts: list[str] = field(default_factory=list)
    qemu: str = ""
    append: str = ""
    kernel: str = KERNEL

    def run(self) -> tuple[str, str]:
        """Return the command's output and that of the second serial port."""
        serial = OUT / f"{self.name}.serial1"
        serial.unlink(missing_ok=True)
        words = [str(TOP / "tools/testing/qemu/jh-qemu"), "--kernel", self.kernel,
                 "--machine", f"virt-gicv{self.gic}", "--icount", "--cpu", CPU,
                 "--smp", str(self.smp), "--memory", self.memory, "--serial1", str(serial),
                 "--timeout", str(TIMEOUT), "--log", str(OUT / f"{self.name}.log")]
        if self.append:
            words += [f"--append={self.append}"]
        words += [word for put in self.puts for word in ("--put", put)]
        if self.qemu:
            words += [f"--qemu-arg={self.qemu}"]
        result = subprocess.run(words + ["--", self.command], capture_output=True, text=True,
                                errors="replace", check=False)
        (OUT / f"{self.name}.out").write_text(result.stdout + result.stderr)
        if result.returncode:
            raise BenchError(f"{self.name}: the root cell ended with status {result.returncode}; "
                             f"see {OUT.relative_to(TOP)}/{self.name}.out and .log")
        return result.stdout, serial.read_text(errors="replace") if serial.exists() else ""


def native(gic: int, samples: int) -> str:
    """Return the output of inmates/bench on the bare machine."""
    words = [str(TOP / "inmates/native/run"), "-i", "-g", str(gic), "-s", "2", "-t", "300",
             str(BUILD / "inmates/bench/bench.bin"), f"spi={NATIVE_SPI}", f"n={samples}"]
    result = subprocess.run(words, capture_output=True, text=True, errors="replace", check=False)
    (OUT / f"native-{gic}.out").write_text(result.stdout + result.stderr)
    if "bench: end" not in result.stdout:
        raise BenchError(f"the native run for GICv{gic} did not end; "
                         f"see {OUT.relative_to(TOP)}/native-{gic}.out")
    return result.stdout


def build_programs() -> None:
    """Build the programs that measure in the root cell."""
    OUT.mkdir(parents=True, exist_ok=True)
    subprocess.run(["make", "-s", "-C", str(TOP / "tools/testing/bench"), f"O={OUT}"], check=True)
