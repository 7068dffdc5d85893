# SPDX-License-Identifier: GPL-2.0-only
#
# Copyright (c) The jh authors
"""jhctl bench cyclictest: the guest's command line, and the evaluation of its output."""
from __future__ import annotations

import json
import signal

from tap import Jhctl, Tap
from test_linux import kernel, make_machine

PRINTED = """[    0.000000] Booting Linux\r
# /dev/cpu_dma_latency set to 0us\r
# Histogram\r
000003 000000\t000900\r
000004 000990\t000090\r
000041 000008\t000000\r
# Total: 000000998 000000990\r
# Min Latencies: 00004 00003\r
# Avg Latencies: 00005 00006\r
# Max Latencies: 02041 01007\r
# Histogram Overflows: 00002 00010\r
[    9.000000] reboot: Power down\r
"""
COMMAND = ("bench", "cyclictest", "rt.cell", "Image", "-i", "initrd", "--seconds", "1")


def results(tap: Tap, jhctl: Jhctl) -> None:
    seen = jhctl(*COMMAND, JH_FAKE_BASE="1", JH_FAKE_GUEST=PRINTED)
    tap.equal(seen.code, 0, "bench cyclictest")
    tap.contains(seen.out, "rt: 1 s with a period of 1000 us, Linux as it is, the guest idle",
                 "what was measured")
    for line in ("  0       1000          4          5       2041             2\n",
                 "  1       1000          3          6       1007            10\n"):
        tap.contains(seen.out, line, "a line for each CPU")
    rows = [line.split()[:2] for line in seen.out.split("no upper end)\n")[1].splitlines()]
    tap.equal(rows, [["0", "900"], ["4", "1080"], ["40", "8"], ["1000", "12"]],
              "the histogram leaves nothing out")
    tap.ok("rt" not in jhctl("cell", "list").out.split(), "the cell is gone afterwards")
    told = json.loads(jhctl(*COMMAND, "--json", "--stress", JH_FAKE_BASE="1",
                            JH_FAKE_GUEST=PRINTED).out)
    tap.equal((told["stress"], told["guest_stress"], told["cpus"][1]),
              (True, False, {"count": 1000, "min_us": 3, "avg_us": 6, "max_us": 1007, "over": 10}),
              "as JSON too")
    tap.equal(told["histogram"], [{"us": 3, "count": 900}, {"us": 4, "count": 1080},
                                  {"us": 41, "count": 8}], "with the histogram")


def settings(tap: Tap, jhctl: Jhctl) -> None:
    seen = jhctl(*COMMAND, "--period", "250", "--guest-stress", JH_FAKE_BASE="1",
                 JH_FAKE_GUEST=PRINTED)
    tap.contains(seen.out, "a period of 250 us, Linux as it is, the guest under stress",
                 "other settings")
    jhctl("cell", "linux", "rt.cell", "Image", "-i", "initrd", JH_FAKE_BASE="1")
    tap.contains(jhctl(*COMMAND).err, "rt", "not beside a cell of that name")
    jhctl("cell", "destroy", "rt")


def failures(tap: Tap, jhctl: Jhctl) -> None:
    no_result = PRINTED.split("# Min")[0]
    uneven = PRINTED.replace("# Max Latencies: 02041 01007", "# Max Latencies: 02041")
    for text, what in ((no_result, "half a result"), (uneven, "one CPU's maximum is missing"),
                       ("sh: cyclictest: not found\r\n", "there is no cyclictest")):
        seen = jhctl(*COMMAND, JH_FAKE_BASE="1", JH_FAKE_GUEST=text)
        tap.ok(seen.code == 1 and "has printed no result" in seen.err and seen.out == "", what,
               seen)
    tap.contains(seen.err, "sh: cyclictest: not found\n", "the end of what it printed is shown")
    many = PRINTED.replace(" 00004 00003", " 1" * 70)
    tap.equal(jhctl(*COMMAND, JH_FAKE_BASE="1", JH_FAKE_GUEST=many).code, 1, "too many CPUs")
    seen = jhctl("bench", "cyclictest", "own.cell", "Image", "-i", "initrd", JH_FAKE_BASE="1")
    tap.ok(seen.code == 1 and 'read here: it needs console = "uart"' in seen.err,
           "a UART that jhctl does not read", seen)
    for words in (("Image",), ("Image", "-i", "initrd", "--seconds", "0"),
                  ("Image", "-i", "initrd", "--period", "x")):
        tap.equal(jhctl("bench", "cyclictest", "rt.cell", *words).code, 2, f"{words} are misuse")
    tap.ok("rt" not in jhctl("cell", "list").out.split(), "none of them leaves a cell behind")


def interrupted(tap: Tap, jhctl: Jhctl) -> None:
    for number in (signal.SIGINT, signal.SIGTERM):
        code = jhctl.interrupted(number, 1.5, *COMMAND, "--stress", JH_FAKE_BASE="1",
                                 JH_FAKE_GUEST=PRINTED, JH_FAKE_ENDLESS="1")
        tap.equal(code, -number, f"it ends by {number.name}")
        tap.ok("rt" not in jhctl("cell", "list").out.split(), "and leaves no cell behind")


def run(tap: Tap, jhctl: Jhctl) -> None:
    jhctl.blob("sys.cell", "system", "virt")
    jhctl.blob("rt.cell", "virtual", "rt", "2")
    jhctl.blob("own.cell", "linux", "own", "2")
    make_machine(jhctl, 3)
    jhctl.put("Image", kernel())
    jhctl.put("initrd", b"i" * 5000)
    jhctl("enable", "sys.cell")
    results(tap, jhctl)
    settings(tap, jhctl)
    failures(tap, jhctl)
    interrupted(tap, jhctl)
