# SPDX-License-Identifier: GPL-2.0-only
# Copyright (c) The jh authors
"""Configurations for the benchmark, made from a few parameters and compiled by jhconf."""

import subprocess
from pathlib import Path

from jhbench.machine import BUILD, OUT, TOP, BenchError

SOURCES = TOP / "configs/arm64/qemu-virt"
mitigations = True      # against guests that train branch predictors; set by the command line
DIRECT = 'trusted = true\ninterrupts = "direct"\n'


def system(pool: str = "96M", size: str = "1M") -> str:
    """sys.toml with other sizes."""
    return (f'name = "qemu-virt"\nhypervisor = {{ size = "{size}" }}\npool = "{pool}"\n'
            'assignable = ["/pl011@9040000"]\n'
            f"mitigations = {str(mitigations).lower()}\n")


def cell(name: str, cpus: list[int], memory: str) -> str:
    """A cell with only CPUs and memory."""
    return f'name = "{name}"\ncpus = {cpus}\nmemory = "{memory}"\nshutdown = "now"\n'


def large_cell(name: str, cpu: int, megabytes: int) -> str:
    """Such a cell with RAM above the devices' addresses, where gigabytes fit."""
    return (f'name = "{name}"\ncpus = [{cpu}]\nentry = 0x100000000\nshutdown = "now"\n'
            f'[[memory]]\nvirt = 0x100000000\nsize = "{megabytes}M"\n'
            'flags = ["read", "write", "execute", "loadable"]\n')


def bench_cell(cpus: list[int], extra: str = "") -> str:
    """The cell that inmates/bench runs in: bench.toml with other CPUs."""
    lines = (SOURCES / "bench.toml").read_text().splitlines()
    lines = [f"cpus = {cpus}" if line.startswith("cpus") else line for line in lines]
    return "\n".join(lines) + "\n" + extra


def link_side(peer: str) -> str:
    """Lines that give a cell a link to the cell of that name."""
    return (f'[[link]]\nname = "bench"\npeer = "{peer}"\nsize = "64K"\n'
            'address = 0x70000000\nbells = 2\nregisters = 0x9000000\n')


class Folder:
    """The compiled configurations of one boot, to be put into the guest as /bench."""

    def __init__(self, name: str, gic: int) -> None:
        self.path = OUT / "configs" / name
        self.path.mkdir(parents=True, exist_ok=True)
        for old in self.path.iterdir():
            old.unlink()
        self._tree = BUILD / f"configs/arm64/qemu-virt/gicv{gic}.dtb"

    def add(self, name: str, text: str) -> bool:
        """Compile a configuration; False if it is refused."""
        source, blob = self.path / f"{name}.toml", self.path / f"{name}.cell"
        source.write_text(text)
        words = [str(TOP / "tools/jhconf/jhconf"), "compile", str(source), "-o", str(blob),
                 "--tree", str(self._tree)]
        if name != "sys":
            words += ["--system", str(self.path / "sys.cell")]
        result = subprocess.run(words, capture_output=True, text=True, check=False)
        (self.path / f"{name}.why").write_text(result.stdout + result.stderr)
        return result.returncode == 0

    def must_add(self, name: str, text: str) -> None:
        """Compile a configuration that has to be accepted."""
        if not self.add(name, text):
            why = (self.path / f"{name}.why").read_text().strip()
            raise BenchError(f"configuration {name}: {why}")

    def puts(self) -> list[str]:
        """Options of jh-qemu that copy files into the guest."""
        programs: list[Path] = [OUT / "managebench", OUT / "rootbench",
                                OUT / "linkbench"]
        return [f"{self.path}:/bench"] + [f"{program}:/bin/" for program in programs]
