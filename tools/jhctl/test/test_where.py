# SPDX-License-Identifier: GPL-2.0-only
#
# Copyright (c) The jh authors
"""Program counters of a cell's CPUs, with symbols of an ELF file."""
from __future__ import annotations

import json
import os
import struct

from tap import Jhctl, Tap

BASE = 0xffff_8000_0000_4000    # where the program believes to be
UNKNOWN, SILENT = "ffffffffffffffff", "fffffffffffffffe"
FUNC, NOTYPE, OBJECT = 2, 0, 1
SYMBOLS = (("start", NOTYPE, 0, 0), ("$x", NOTYPE, 0x18, 0), ("main", FUNC, 0x10, 0x10),
           ("inner", NOTYPE, 0x14, 0), ("table", OBJECT, 0x20, 0x10), ("loop", NOTYPE, 0x30, 0))


def elf() -> bytes:
    """Code of 0x40 bytes at BASE, loaded to 0x4000, with SYMBOLS; data behind it."""
    names = b"\0" + b"".join(name.encode() + b"\0" for name, *_ in SYMBOLS)
    table = bytes(24)
    for name, kind, offset, size in SYMBOLS:
        table += struct.pack("<IBBHQQ", names.index(name.encode() + b"\0"), 0x10 | kind, 0, 1,
                             BASE + offset, size)
    code = 64 + 2 * 56
    sections = code + 0x80 + len(table) + len(names)
    header = struct.pack("<16sHHIQQQIHHHHHH", b"\x7fELF\x02\x01\x01", 2, 183, 1, BASE, 64, sections,
                         0, 64, 56, 2, 64, 4, 0)
    load = struct.pack("<IIQQQQQQ", 1, 5, code, BASE, 0x4000, 0x40, 0x40, 8)
    load += struct.pack("<IIQQQQQQ", 1, 6, code, BASE + 0x1000, 0x5000, 0x40, 0x40, 8)

    def section(kind: int, flags: int, address: int, offset: int, size: int, link: int,
                entry: int) -> bytes:
        return struct.pack("<IIQQQQIIQQ", 0, kind, flags, address, offset, size, link, 0, 8, entry)

    return (header + load + bytes(0x80) + table + names + section(0, 0, 0, 0, 0, 0, 0) +
            section(1, 6, BASE, code, 0x40, 0, 0) +
            section(2, 0, 0, code + 0x80, len(table), 3, 24) +
            section(3, 0, 0, code + 0x80 + len(table), len(names), 0, 0))


def place(jhctl: Jhctl, pc: str, *options: str, **env: str) -> str:
    """The line of the cell's CPU."""
    seen = jhctl("cell", "show", "rtos", *options, JH_FAKE_PC=pc, **env)
    lines = [line for line in seen.out.splitlines() if line.startswith("  CPU ")]
    return lines[0] if lines else seen.err


def at(offset: int) -> str:
    return f"{BASE + offset:x}"


def names(tap: Tap, jhctl: Jhctl) -> None:
    for offset, name in ((0x10, "main+0x0"), (0x1c, "main+0xc"), (0x4, "start+0x4"),
                         (0x34, "loop+0x4"), (0x24, "inner+0x10")):
        tap.equal(place(jhctl, at(offset)), f"  CPU 3   at 0x{at(offset)} {name}", f"names: {name}")
    for offset in (0x40, 0x1000, -4):
        tap.equal(place(jhctl, at(offset)), f"  CPU 3   at 0x{at(offset)}",
                  f"there is no code of the program's at {offset:#x}")


def lines(tap: Tap, jhctl: Jhctl) -> None:
    folder = jhctl.home / "bin"
    folder.mkdir()
    tool = folder / "addr2line"
    path = f"{folder}:{os.environ['PATH']}"
    for said, line in (("/src/main.c:12", " (/src/main.c:12)"), ("main.c:?", ""), ("??:0", ""),
                       ("", "")):
        tool.write_text(f"#!/bin/sh\necho \"$*\" >{folder}/told\necho '{said}'\n")
        tool.chmod(0o755)
        tap.equal(place(jhctl, at(0x14), PATH=path), f"  CPU 3   at 0x{at(0x14)} main+0x4{line}",
                  f"addr2line says '{said}'")
    tap.equal((folder / "told").read_text(),
              f"-e {jhctl.home}/program.elf 0x{at(0x14)}\n", "it was asked for the address")
    tap.equal(place(jhctl, at(0x14), PATH=str(jhctl.home)),
              f"  CPU 3   at 0x{at(0x14)} main+0x4", "it is not installed")


def silence(tap: Tap, jhctl: Jhctl) -> None:
    tap.equal(place(jhctl, SILENT), "  CPU 3   does not answer", "a CPU that does not answer")
    tap.equal(place(jhctl, UNKNOWN),
              "  CPU 3   runs, it is unknown where: interrupts are direct", "direct interrupts")
    told = json.loads(jhctl("cell", "show", "rtos", "--json", JH_FAKE_PC=SILENT).out)
    tap.equal((told["places"][0]["state"], told["places"][0]["pc"]), ("silent", None),
              "both as JSON")


def files(tap: Tap, jhctl: Jhctl) -> None:
    program = jhctl.home / "program.elf"
    tap.contains(jhctl("cell", "show", "rtos", JH_FAKE_PC=at(0x14)).out,
                 f"  program {program}\n", "the program is named")
    jhctl.put("other.elf", elf().replace(b"main\0", b"mine\0"))
    tap.equal(place(jhctl, at(0x14), "--elf", "other.elf"), f"  CPU 3   at 0x{at(0x14)} mine+0x4",
              "--elf: other names")
    tap.equal(place(jhctl, at(0x14), "--elf", "image.bin"),
              "jh: image.bin: it is no ELF file for aarch64: name "
              "the program that the cell runs\n", "--elf: no ELF file")
    tap.equal(place(jhctl, at(0x14), "--elf", "nothing"),
              "jh: nothing: No such file or directory\n", "--elf: no file")
    os.utime(program, ns=(1, 1))
    seen = jhctl("cell", "show", "rtos", JH_FAKE_PC=at(0x14)).out
    tap.contains(seen, f"  program {program}: has changed since it was loaded\n",
                 "a file that was changed")
    tap.contains(seen, f"  CPU 3   at 0x{at(0x14)}\n", "has no names any more")
    program.unlink()
    tap.contains(jhctl("cell", "show", "rtos", JH_FAKE_PC=at(0x14)).out,
                 f"  program {program}: No such file or directory\n", "a file that is gone")


def run(tap: Tap, jhctl: Jhctl) -> None:
    jhctl.blob("sys.cell", "system", "virt")
    jhctl.blob("rtos.cell", "cell", "rtos", "3")
    jhctl.put("image.bin", bytes(range(64)))
    jhctl("enable", "sys.cell")
    jhctl.put("program.elf", elf())
    jhctl("cell", "create", "rtos.cell")
    jhctl("cell", "load", "rtos", "program.elf")
    tap.ok("  CPU " not in jhctl("cell", "show", "rtos").out, "a cell that has not run is nowhere")
    jhctl("cell", "start", "rtos")
    names(tap, jhctl)
    lines(tap, jhctl)
    silence(tap, jhctl)
    told = json.loads(jhctl("cell", "show", "rtos", "--json", JH_FAKE_PC=at(0x14)).out)
    tap.equal((told["program"], told["places"]),
              (str(jhctl.home / "program.elf"),
               [{"cpu": 3, "state": "running", "pc": f"0x{at(0x14)}", "symbol": "main", "offset": 4,
                 "line": None}]), "cell show --json")
    tap.ok("places" not in jhctl("cell", "list", "--json").out, "cell list asks nobody")
    tap.equal(jhctl("cell", "show", "virt", JH_FAKE_PC=at(0)).code, 0, "nor is root asked")
    files(tap, jhctl)
    jhctl("cell", "shutdown", "rtos", "--force")
    tap.equal(place(jhctl, at(0x14)), f"  CPU 3   stopped at 0x{at(0x14)}",
              "a cell that was stopped")
    tap.equal(place(jhctl, UNKNOWN), "  CPU 3   has not run", "a CPU of it that was never on")
    jhctl("cell", "load", "rtos", "image.bin@0x8000", "-e", "0x8000")
    tap.ok("  program" not in jhctl("cell", "show", "rtos").out, "another program has no names")
    jhctl("cell", "destroy", "rtos")
    jhctl("cell", "create", "rtos.cell")
    jhctl("cell", "load", "rtos", "image.bin")
    tap.equal(jhctl("cell", "start", "rtos", JH_FAKE_CRASH="1").code, 0, "a cell that fails")
    tap.equal(place(jhctl, "40"), "  CPU 3   failed at 0x40", "its CPU failed there")
