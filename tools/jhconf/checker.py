# SPDX-License-Identifier: GPL-2.0-only
# Copyright (c) The jh authors
"""Asks jh-check (hypervisor/lib/config.c as a program) for its verdict."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

from .errors import Key

# JH_OBJ_* of jh/error.h that are sections of a configuration.
OBJECTS = {3: "system", 4: "console", 5: "cell", 6: "cpu", 7: "memory", 8: "irq", 9: "device",
           10: "pool", 11: "assignable", 12: "unit", 15: "hypervisor", 16: "link",
           17: "virtio", 18: "pci", 19: "ivshmem"}
# Which key of a source a refusal of a whole system or cell is about.
KEYS = {"NAME": "name", "ON_FAILURE": "on-failure", "RESTARTS": "max-restarts", "PUTC": "putc",
        "VPCI_IRQ": "vpci-irq-base", "DIRECT_UNTRUSTED": "interrupts", "COMM_OUTSIDE": "comm",
        "COMM_UNIT": "comm", "ENTRY": "entry", "ALIGN": "entry", "CONSOLE_IRQ": "console",
        "ROOT_EMPTY": "root", "WIDTH": "max-address", "END": "max-address", "UNIT_MISSING": "gic",
        "GIC_VERSION": "gic"}


@dataclass(frozen=True)
class Verdict:
    """Why a configuration was refused; section and index of the element, if it is one."""

    reason: str
    section: str
    index: int
    other_section: str
    other_index: int
    sentence: str
    next_step: str

    @property
    def text(self) -> str:
        return f"{self.sentence}; {self.next_step}"

    def key(self, origins: dict[tuple[str, int], Key]) -> Key:
        """The key of a source that is at fault, by where its elements come from."""
        if self.section == "hypervisor":
            return (self.section,)
        if self.section in ("cell", "system"):
            return (KEYS[self.reason],) if self.reason in KEYS else ()
        return origins.get((self.section, self.index), ())


def find() -> str | None:
    """jh-check: $JH_CHECK, the build directory of the source tree, or the path."""
    named = os.environ.get("JH_CHECK")
    if named is not None:
        return named or None
    built = Path(__file__).resolve().parents[2] / "build" / "tools" / "jh-check"
    return str(built) if built.is_file() else shutil.which("jh-check")


def verdicts(blobs: list[bytes]) -> list[Verdict | None] | None:
    """A verdict for each blob (None: good). Cells are checked against a system at the front.

    None as a whole if jh-check is not there.
    """
    program = find()
    if program is None:
        return None
    with tempfile.TemporaryDirectory() as folder:
        names = []
        for index, data in enumerate(blobs):
            path = Path(folder, str(index))
            path.write_bytes(data)
            names.append(str(path))
        run = subprocess.run([program, "-m", *names], capture_output=True, text=True, check=False)
    lines = run.stdout.splitlines()
    if run.returncode not in (0, 1) or len(lines) != len(blobs):
        raise RuntimeError(f"{program} failed: {run.stderr.strip()}")
    return [_parse(line) for line in lines]


def _parse(line: str) -> Verdict | None:
    if line == "OK":
        return None
    reason, kind, index, other, other_index, sentence, next_step = line.split("\t")
    return Verdict(reason, OBJECTS.get(int(kind), ""), int(index), OBJECTS.get(int(other), ""),
                   int(other_index), sentence, next_step)
