# SPDX-License-Identifier: GPL-2.0-only
#
# Copyright (c) The jh authors
"""jhctl trace: exits in words, as text and for Perfetto, and each way to end."""
from __future__ import annotations

import json
import os
import signal
import struct
import time

from tap import Jhctl, Tap, started
from test_where import BASE, elf

SYNC, IRQ, FIQ, ERROR = range(4)
SECOND = 50_000_000             # ticks of the fake driver's counter
# Syndrome, detail: the word for it, and what more is said.
WORDS = (
    (0x04000000, 1, "wfi", ""), (0x04000001, 1, "wfe", ""),
    (0x5a004a48, 5, "hvc", ": 0x5"), (0x5e000000, 0x84000003, "smc", ": 0x84000003"),
    (0x48000000, 1, "hvc32", ": syndrome 0x48000000"),
    # msr S3_0_C12_C11_5 (ICC_SGI1R_EL1), mrs S3_7_C15_C15_7, msr S2_1_C2_C4_1
    (0x623a3016, 1, "msr", ": S3_0_C12_C11_5"), (0x623ffc1f, 1, "mrs", ": S3_7_C15_C15_7"),
    (0x62224808, 1, "msr", ": S2_1_C2_C4_1"),
    (0x93800006, 0x8000104, "read", ": 0x8000104, 4 bytes"),
    (0x93000046, 0x8000100, "write", ": 0x8000100, 1 byte"),
    (0x93400046, 0x8000100, "write", ": 0x8000100, 2 bytes"),
    (0x93c00046, 0x8000100, "write", ": 0x8000100, 8 bytes"),
    (0x92000046, 0x123456789000, "write", ": 0x123456789000"),
    (0x82000006, 0x40000000, "fetch", ": 0x40000000"),
    (0x1fe00000, 0, "fp", ": syndrome 0x1fe00000"),
    (0xbc000000, 0, "trap", ": syndrome 0xbc000000"), (0xfc000000, 0, "trap",
                                                       ": syndrome 0xfc000000"),
)


def entry(ticks: int, pc: int, detail: int = 0, syndrome: int = 0, kind: int = SYNC, cpu: int = 3,
          lost: int = 0) -> bytes:
    return struct.pack("<QQQIIII", ticks, pc, detail, syndrome, kind, cpu, lost)


def words(tap: Tap, jhctl: Jhctl) -> None:
    jhctl.put("records", b"".join(entry(SECOND + i, 0x1000 + 4 * i, detail, syndrome)
                                  for i, (syndrome, detail, _, _) in enumerate(WORDS)))
    seen = jhctl("trace", "rtos", JH_FAKE_TRACE="records")
    tap.equal((seen.code, seen.err), (0, f"jh: end of the trace: rtos is gone\njh: {len(WORDS)} "
                                         "exits of rtos\n"), "a cell that is gone is the end")
    tap.equal(seen.out.splitlines(),
              [f"[003]      1.{20 * i:09}: {name:7} at {0x1000 + 4 * i:#x}{more}"
               for i, (_, _, name, more) in enumerate(WORDS)], "exits in words")
    jhctl.put("records", b"".join(entry(SECOND, 0x1000, 7, 0x5a004a48, kind) for kind in
                                  (IRQ, FIQ, ERROR, 9)))
    seen = jhctl("trace", "rtos", JH_FAKE_TRACE="records")
    tap.equal([line.split(": ", 1)[1] for line in seen.out.splitlines()],
              ["irq     at 0x1000", "fiq     at 0x1000", "serror  at 0x1000", "unknown at 0x1000"],
              "what no instruction did has no details")


def order(tap: Tap, jhctl: Jhctl) -> None:
    jhctl.put("records", entry(7 * SECOND // 2, 1, kind=IRQ, cpu=0) +
              entry(9 * SECOND, 2, kind=IRQ, cpu=0, lost=4) +
              entry(3 * SECOND, 3, kind=IRQ, cpu=2, lost=1) +
              entry(2**59, 4, kind=IRQ, cpu=3))
    seen = jhctl("trace", "virt", JH_FAKE_TRACE="records")
    tap.equal(seen.out.splitlines(),
              ["[002] 1 exit lost here", "[002]      3.000000000: irq     at 0x3",
               "[000]      3.500000000: irq     at 0x1", "[000] 4 exits lost here",
               "[000]      9.000000000: irq     at 0x2",
               f"[003] {2**59 // SECOND}.{2**59 % SECOND * 20:09}: irq     at 0x4"],
              "CPUs in the order of time, losses where they are")
    tap.contains(seen.err, "jh: 4 exits of virt, 5 more came too fast and are lost\n",
                 "and all losses at the end")


def perfetto(tap: Tap, jhctl: Jhctl) -> None:
    jhctl.put("program.elf", elf())
    jhctl.put("records", entry(SECOND + 1, BASE + 0x14, 0x8000100, 0x93800046) +
              entry(2 * SECOND, 0x40, kind=IRQ, lost=2))
    seen = jhctl("trace", "rtos", "--json", "--elf", "program.elf", "-o", "out.json",
                 JH_FAKE_TRACE="records")
    tap.equal((seen.code, seen.out), (0, ""), "--output: nothing on standard output")
    told = json.loads((jhctl.home / "out.json").read_text())
    tap.equal(told["displayTimeUnit"], "ns", "times are exact")
    events = told["traceEvents"]
    tap.equal([(e["ph"], e["name"], e["pid"], e["tid"], e["args"]) for e in events[:2]],
              [("M", "process_name", 1, 0, {"name": "rtos"}),
               ("M", "thread_name", 1, 3, {"name": "CPU 3"})], "lines have names")
    tap.equal(events[2], {
        "ph": "i", "s": "t", "name": "write", "pid": 1, "tid": 3, "ts": 1000000.02,
        "args": {"pc": f"{BASE + 0x14:#x}", "place": "main+0x4", "detail": "0x8000100, 4 bytes",
                 "syndrome": "0x93800046"}}, "an exit")
    tap.equal(events[3]["args"], {"pc": "0x40", "syndrome": "0x0", "lost_before": 2},
              "one without a place, behind others that are lost")
    tap.equal(len(events), 4, "that is all")
    seen = jhctl("trace", "rtos", "--elf", "program.elf", JH_FAKE_TRACE="records")
    tap.contains(seen.out, f"write   at {BASE + 0x14:#x} main+0x4: 0x8000100, 4 bytes\n",
                 "names in the text")


def endings(tap: Tap, jhctl: Jhctl) -> None:
    fifo = jhctl.home / "fifo"
    os.mkfifo(fifo)
    # Open for both, so that it does not end.
    end = os.open(fifo, os.O_RDWR)
    os.write(end, entry(SECOND, 0x1000, kind=IRQ))
    before = time.monotonic()
    seen = jhctl("trace", "rtos", "--seconds", "1", JH_FAKE_TRACE="fifo")
    tap.equal((seen.code, seen.err), (0, "jh: 1 exit of rtos\n"), "--seconds")
    tap.ok(1 <= time.monotonic() - before < 15, "as long as it says", time.monotonic() - before)
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        with started([jhctl.tools / "jhctl", "trace", "rtos", "--json", "-o", "cut.json"],
                     cwd=jhctl.home, env=jhctl.environment({"JH_FAKE_TRACE": "fifo"})) as process:
            os.write(end, entry(SECOND, 0x1000, kind=IRQ))
            while "irq" not in ((jhctl.home / "cut.json").read_text()
                                if (jhctl.home / "cut.json").exists() else ""):
                time.sleep(0.02)
            process.send_signal(number)
            tap.equal(process.wait(timeout=20), 0, f"signal {number} is an orderly end")
        tap.equal(len(json.loads((jhctl.home / "cut.json").read_text())["traceEvents"]), 3,
                  "and leaves a whole file")
        (jhctl.home / "cut.json").unlink()
    os.close(end)


def troubles(tap: Tap, jhctl: Jhctl) -> None:
    for text in ("0", "86401", "x", "-1", "1.5"):
        seen = jhctl("trace", "rtos", "-s", text, JH_FAKE_TRACE="records")
        tap.equal((seen.code, seen.err.splitlines()[0]),
                  (2, f"jh: '{text}' is no number of seconds from 1 to 86400"), f"-s {text}")
    tap.equal(jhctl("trace").code, 2, "no name")
    seen = jhctl("trace", "rtso", JH_FAKE_TRACE="records")
    tap.equal(seen.code, 1, "no such cell")
    tap.contains(seen.err, "rtos", "but one that was meant")
    seen = jhctl("trace", "rtos", "--elf", "records", JH_FAKE_TRACE="records")
    tap.equal((seen.code, seen.out), (1, ""), "no ELF file: nothing is traced")
    seen = jhctl("trace", "rtos", "-o", "nowhere/x", JH_FAKE_TRACE="records")
    tap.equal((seen.code, seen.err), (1, "jh: nowhere/x: No such file or directory\n"),
              "a file that cannot be made")
    seen = jhctl("trace", "rtos", "-o", "/dev/full", JH_FAKE_TRACE="records")
    tap.equal(seen.code, 1, "a disk that is full")
    tap.contains(seen.err, "jh: /dev/full: cannot be written\n", "is named")
    # NO_TRACE, TRACE_BUSY
    for reason, number in ((272, 95), (274, 16)):
        seen = jhctl("trace", "rtos", JH_FAKE_TRACE="records",
                     JH_FAKE_ERROR=f"11:{number}:{reason}:15:0:4294967295")
        tap.equal((seen.code, seen.out), (1, ""), f"refused for reason {reason}")
    jhctl.put("records", entry(SECOND, 1, kind=IRQ) + b"x")
    seen = jhctl("trace", "rtos", JH_FAKE_TRACE="records")
    tap.equal(seen.code, 1, "half a record")
    jhctl("cell", "destroy", "rtos")
    jhctl("disable")
    tap.equal(jhctl("trace", "virt", JH_FAKE_TRACE="records").code, 3, "jh is not enabled")


def run(tap: Tap, jhctl: Jhctl) -> None:
    jhctl.blob("sys.cell", "system", "virt")
    jhctl.blob("rtos.cell", "cell", "rtos", "3")
    jhctl("enable", "sys.cell")
    jhctl("cell", "create", "rtos.cell")
    words(tap, jhctl)
    order(tap, jhctl)
    perfetto(tap, jhctl)
    endings(tap, jhctl)
    troubles(tap, jhctl)
