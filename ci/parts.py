# SPDX-License-Identifier: GPL-2.0-only
# Copyright (c) The jh authors
"""The parts of the product, and the host tests of each: read by ci/t and ci/mutate."""

from __future__ import annotations

import os
import re
import subprocess
from dataclasses import dataclass
from pathlib import Path

TOP = Path(__file__).resolve().parent.parent
MAKE = ("make", "-s", f"-j{os.cpu_count()}")
JHCTL = "build/jhctl-host"


@dataclass(frozen=True)
class Part:
    """Sources, as patterns of Path.glob below the top, and their tests.

    programs: the folder of a Makefile whose programs are those of a source.
    builds: given to sh at the top of the tree before the commands and modules run.
    commands: likewise, each a test that prints TAP.
    modules: patterns of files below the top, and the command of each, which has their name for {}.
    plain: variables of the environment, with which the builds leave the sanitizers out and the
        commands run what was built then.
    boots: the tests of run-selftests that see it on a machine.
    floor: how many mutants of a hundred the tests of the host notice today at least (ci/mutate);
        it is only ever raised, to 90 in the end.
    """

    name: str
    sources: tuple[str, ...]
    programs: str = ""
    builds: tuple[str, ...] = ()
    commands: tuple[str, ...] = ()
    modules: tuple[tuple[str, str], ...] = ()
    plain: tuple[tuple[str, str], ...] = ()
    boots: tuple[str, ...] = ()
    floor: int = 30

    def tests(self) -> list[str]:
        """Return all commands, those of modules too."""
        return [*self.commands, *(command.format(path.stem) for pattern, command in self.modules
                                  for path in sorted(TOP.glob(pattern)))]


# $JHCTL_OUT, $JHCTL_WORDS: another variant, which ci/mutate makes
JHCTL_OUT = f"${{{{JHCTL_OUT:-{JHCTL}}}}}"
JHCTL_BUILD = f"make -s -C tools/jhctl O=$PWD/{JHCTL_OUT} ARCH=host $JHCTL_WORDS tests".format()
JHCTL_UNIT = f"{JHCTL_OUT}/test/unit".format()
JHCTL_MODULES = ("tools/jhctl/test/test_*.py", f"tools/jhctl/test/check.py {JHCTL_OUT}/test {{}}")
JHCTL_PLAIN = (("JHCTL_OUT", f"{JHCTL}-plain"), ("JHCTL_WORDS", "SANITIZE="),
               ("CFLAGS", "-O1 -g0 -w"))
ZYNQMP_TREE = ("hypervisor/test/zynqmp-tree "
               "build/kernels/6.12/usr/lib/linux-image-*-arm64/xilinx/zynqmp-zcu102-rev1.0.dtb")
JHCONF_BUILD = "make -s -C tools/jhconf/check O=$PWD/build/tools"


def _modules(folder: str) -> tuple[str, str]:
    return f"{folder}/test_*.py", f"ci/unittest {folder} {{}}.py"


PARTS = (
    Part("hypervisor",
         ("hypervisor/core/*.c", "hypervisor/arch/**/*.c", "hypervisor/drivers/**/*.c"),
         "hypervisor/test", commands=(ZYNQMP_TREE,),
         boots=("lifecycle.sh", "inmates.sh", "attack.sh", "restart.sh"), floor=80),
    Part("lib", ("hypervisor/lib/*.c",), "hypervisor/test",
         (JHCONF_BUILD, JHCTL_BUILD), (JHCTL_UNIT,),
         (_modules("tools/jhconf/tests"), JHCTL_MODULES), JHCTL_PLAIN, floor=90),
    Part("driver", ("driver/*.c", "driver/arch/**/*.c"), "driver/test",
         boots=("lifecycle.sh", "ioctl_test", "uevent_test", "restart.sh", "badinput.sh"),
         floor=85),
    Part("jhctl", ("tools/jhctl/*.c",), builds=(JHCTL_BUILD,), commands=(JHCTL_UNIT,),
         modules=(JHCTL_MODULES,), plain=JHCTL_PLAIN, floor=70),
    Part("jhvirtiod", ("tools/jhvirtiod/*.c",), "tools/jhvirtiod/test",
         boots=("jhvirtiod.sh",), floor=90),
    Part("jhconf", ("tools/jhconf/*.py",), builds=(JHCONF_BUILD,),
         modules=(_modules("tools/jhconf/tests"),), floor=85),
    Part("inmates", ("inmates/lib/*.c",), "inmates/test",
         ("make -s inmates",), ("O=$PWD/build/inmates inmates/native/check",), floor=90),
    Part("jh-qemu", ("tools/testing/qemu/jhqemu/*.py",),
         modules=(_modules("tools/testing/qemu"),), floor=90),
    Part("bench", ("tools/testing/bench/jhbench/*.py",),
         modules=(_modules("tools/testing/bench"),), floor=85),
    Part("runners", ("ci/check", "ci/unittest", "hypervisor/test/run-tests",
                     "tools/testing/selftests/jh/run"),
         commands=("ci/test-check runners",),
         # Not by ci/unittest, which may be the mutant.
         modules=(("ci/tests/test_*.py", "python3 ci/tests/{}.py -f"),), floor=90),
)


def sources(part: Part, top: Path = TOP) -> list[Path]:
    """Return the part's files, as paths below the top."""
    return sorted({path.relative_to(top) for pattern in part.sources for path in top.glob(pattern)})


def part_of(path: Path) -> Part | None:
    """Return the part that a source belongs to."""
    return next((part for part in PARTS if path in sources(part)), None)


def folders() -> list[str]:
    """Return the folders with programs that are tests."""
    return sorted({part.programs for part in PARTS if (TOP / part.programs / "Makefile").exists()
                   and part.programs})


def out_of(folder: str, top: Path = TOP) -> Path:
    """Return where a folder's programs are built, as ci/suites has it."""
    return top / "build" / f"{folder.split('/', maxsplit=1)[0]}-test"


def make(folder: str, *words: str, top: Path = TOP) -> subprocess.CompletedProcess[str]:
    """Run make in a folder of host tests."""
    return subprocess.run([*MAKE, "-C", str(top / folder), f"O={out_of(folder, top)}", *words],
                          text=True, capture_output=True, check=False)


def programs(folder: str, top: Path = TOP) -> list[str]:
    """Return the names of a folder's test programs."""
    return make(folder, "list", top=top).stdout.split()


def programs_of(folder: str, source: Path, top: Path = TOP) -> list[str]:
    """Return the test programs that contain a source; its folder was built before."""
    # As the folder's own sources are named there, and as those of the whole tree are.
    names = {os.path.relpath(source, folder), os.path.join(os.path.relpath(".", folder), source)}
    changed = make(folder, "-n", *(f"-W{name}" for name in sorted(names)), "tests",
                   top=top).stdout
    linked = set(re.findall(rf"-o {re.escape(str(out_of(folder, top)))}/(test-[\w-]+) ", changed))
    return [name for name in programs(folder, top) if name in linked]
