# SPDX-License-Identifier: GPL-2.0-only
# Copyright (c) The jh authors
"""Host tests in C, built for gcov."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

from . import TOP, Cover, Reached

# The fake machine needs the address sanitizer; the driver counts on -O1 to leave dead code out.
# A process that ends by _exit() would leave no counts; one that ends by exit() is asked for leaks.
FLAGS = ("SANITIZE=-fsanitize=address --coverage",
         "EXTRA_FLAGS=-Wno-error -fno-inline -D_exit=exit")
MANY = 100          # files for one gcov


def make(folder: str, out: Path, *words: str) -> None:
    """Build the targets of a folder that compile; make prints those that do not."""
    subprocess.run(["make", "-s", "-k", f"-j{os.cpu_count()}", "-C", folder, f"O={out}", *FLAGS,
                    *words], cwd=TOP, check=False, stdout=subprocess.DEVNULL)


def programs(folder: str, out: Path) -> None:
    """Build and run the programs of a folder; failures are printed, and count all the same."""
    make(folder, out, "tests")
    names = subprocess.run(["make", "-s", "-C", folder, "list"], cwd=TOP, check=True, text=True,
                           capture_output=True).stdout.split()
    built = [str(out / name) for name in names if (out / name).exists()]
    command(out, ["hypervisor/test/run-tests", *built])


def command(out: Path, words: list[str]) -> None:
    """Run tests, with all counts reset."""
    for old in out.rglob("*.gcda"):
        old.unlink()
    done = subprocess.run(words, cwd=TOP, check=False, text=True, capture_output=True,
                          env={**os.environ, "ASAN_OPTIONS": "detect_leaks=0"})
    for line in done.stdout.splitlines():
        if line.startswith("not ok"):
            print(f"# coverage: {line}", flush=True)


def collect(out: Path, patterns: tuple[str, ...]) -> Cover:
    """Return the coverage of the matching sources that a program was made of."""
    cover: Cover = {}
    wanted = {path for pattern in patterns for path in TOP.glob(pattern)}
    notes = sorted(str(path) for path in out.rglob("*.gcno"))
    for at in range(0, len(notes), MANY):
        text = subprocess.run(["gcov", "-b", "-j", "-t", *notes[at:at + MANY]], cwd=out, check=True,
                              text=True, capture_output=True).stdout
        for line in text.splitlines():
            if line.startswith("{"):
                _take(json.loads(line), wanted, cover)
    return cover


def _take(said: dict, wanted: set[Path], cover: Cover) -> None:
    base = Path(said["current_working_directory"])
    for file in said["files"]:
        path = (base / file["file"]).resolve()
        if path not in wanted:
            continue
        reached = cover.setdefault(path.relative_to(TOP), Reached())
        for function in file["functions"]:
            reached.functions[function["name"]] = (function["start_line"], function["end_line"])
        for line in file["lines"]:
            reached.merge(line["line_number"], line["count"],
                          [branch["count"] for branch in line["branches"] if not branch["throw"]])
