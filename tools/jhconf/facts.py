# SPDX-License-Identifier: GPL-2.0-only
# Copyright (c) The jh authors
"""Reads archives of jhctl config collect."""

from __future__ import annotations

import re
import tarfile
from dataclasses import dataclass, field
from pathlib import Path

from .errors import ConfigError
from .schema import PAGE_SIZE
from .tree import Range, Tree

_IOMEM = re.compile(r"^( *)([0-9a-f]+)-([0-9a-f]+) : (.*)$")
_MAPPING = re.compile(r"^\S+\s+(\d+) (\w+)\S* .*\bphys=(0x[0-9a-f]+) ioremap")
_INTERRUPT = re.compile(r"^\s*(\d+):((?:\s+\d+)+)\s+(\S+)\s+(.*)$")


@dataclass
class Facts:
    """A machine: its tree, and, if it was running, Linux' use of it."""

    tree: Tree
    live: bool = False
    cmdline: str = ""
    iomem: list[tuple[int, Range, str]] = field(default_factory=list)
    interrupts: dict[int, str] = field(default_factory=dict)
    drivers: dict[str, str] = field(default_factory=dict)
    fixed: set[str] = field(default_factory=set)    # paths whose drivers cannot be unbound
    mapped: list[tuple[Range, str]] = field(default_factory=list)   # and the mapper
    online: set[int] = field(default_factory=set)
    kernel: str = ""

    def ram(self) -> list[Range]:
        """RAM as Linux sees it, else as the tree does."""
        found = [where for depth, where, name in self.iomem
                 if not depth and name == "System RAM"]
        return found or self.tree.memory()

    def mapper(self, regs: list[Range]) -> str:
        """The function of Linux that maps one of the registers, or None."""
        return next((name for where, name in self.mapped
                     if any(reg.overlaps(where) for reg in regs)), "")

    def driver(self, path: str) -> str:
        """The Linux driver bound to the device of a device-tree path, or None."""
        return self.drivers.get(path, "")

    def console_paths(self) -> list[str]:
        """The UARTs that Linux prints to."""
        node = self.tree.stdout()
        paths = [node.path] if node else []
        line = self.cmdline or self.tree.bootargs()
        for spec in re.findall(r"\bearlycon=\w+,(?:mmio32,|mmio,)?(0x[0-9a-f]+)", line):
            paths += [n.path for n in self.tree.nodes
                      if any(r.start == int(spec, 16) for r in self.tree.regs(n))]
        for name, number in re.findall(r"\bconsole=tty([A-Za-z]+)(\d+)", line):
            paths += self.tree.uart(name, int(number))
        return list(dict.fromkeys(paths))


def from_tree(data: bytes) -> Facts:
    """A machine of which only the device tree is known."""
    return Facts(Tree(data))


def from_archive(path: str) -> Facts:
    """The archive of jhctl config collect."""
    try:
        with tarfile.open(path) as archive:
            files = {member.name.lstrip("/"): stream.read() for member in archive
                     if (stream := archive.extractfile(member)) is not None}
    except (tarfile.TarError, EOFError, ValueError, OSError) as error:
        raise ConfigError(f"{path} is neither a device tree (.dtb) nor an archive of jhctl config "
                          "collect") from error
    if "sys/firmware/fdt" not in files:
        raise ConfigError(f"{path} has no device tree: collect it again with jhctl config collect")
    texts = {name: data.decode("utf-8", "replace") for name, data in files.items()
             if name != "sys/firmware/fdt"}
    facts = Facts(Tree(files["sys/firmware/fdt"]), live=True)
    facts.cmdline = texts.get("proc/cmdline", "").strip()
    facts.kernel = texts.get("proc/version", "").strip()
    facts.iomem = _parse_iomem(texts.get("proc/iomem", ""))
    facts.interrupts = _parse_interrupts(texts.get("proc/interrupts", ""))
    facts.mapped = _parse_vmallocinfo(texts.get("proc/vmallocinfo", ""))
    facts.online = _parse_list(texts.get("sys/devices/system/cpu/online", ""))
    for line in texts.get("jh/drivers", "").splitlines():
        columns = line.split("\t")
        if len(columns) >= 4 and columns[2] != "-" and columns[3] != "-":
            facts.drivers[columns[3]] = columns[2]
            if columns[4:] == ["fixed"]:
                facts.fixed.add(columns[3])
    return facts


def load(path: str) -> Facts:
    """A .dtb or an archive."""
    try:
        data = Path(path).read_bytes()
    except OSError as error:
        raise ConfigError(f"{path}: {error.strerror}") from error
    if data[:4] == b"\xd0\x0d\xfe\xed":
        return from_tree(data)
    return from_archive(path)


def _parse_iomem(text: str) -> list[tuple[int, Range, str]]:
    result = []
    for line in text.splitlines():
        match = _IOMEM.match(line)
        if match:
            start, end = int(match[2], 16), int(match[3], 16)
            if end:     # without root's rights everything reads as 0
                result.append((len(match[1]) // 2, Range(start, end - start + 1), match[4]))
    return result


def _parse_interrupts(text: str) -> dict[int, str]:
    """INTID -> its users in Linux, for the interrupts of the GIC."""
    result = {}
    for line in text.splitlines():
        match = _INTERRUPT.match(line)
        if match and match[3].startswith("GIC"):
            words = match[4].split()
            if words and words[0].isdigit():
                result[int(words[0])] = " ".join(words[2:]) or words[-1]
    return result


def _parse_vmallocinfo(text: str) -> list[tuple[Range, str]]:
    """Mapped registers; each mapping ends with a guard page."""
    result = []
    for line in text.splitlines():
        match = _MAPPING.match(line)
        if match and int(match[1]) > PAGE_SIZE:
            result.append((Range(int(match[3], 16), int(match[1]) - PAGE_SIZE), match[2]))
    return result


def _parse_list(text: str) -> set[int]:
    result: set[int] = set()
    for first, last in re.findall(r"(\d{1,4})(?:-(\d{1,4}))?", text):
        result |= set(range(int(first), int(last or first) + 1))
    return result
