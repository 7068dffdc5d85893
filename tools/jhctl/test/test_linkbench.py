# SPDX-License-Identifier: GPL-2.0-only
#
# Copyright (c) The jh authors
"""jhctl bench link: what it measures over an echo, and what it says of all that is none."""
from __future__ import annotations

import json
import signal
import subprocess
import time

from tap import Jhctl, Tap, started

COMMAND = ("bench", "link", "rtos/messages")
# What is on the other side (test/fakelink.c), and what is said of it
REFUSALS = {
    "absent": "nobody is on the other side: the cell is running",
    "strange": "does not answer as jh/stream.h says: its state is 0x50000",
    "mute": "nothing came back for 2 s: is it link-echo that the cell runs?",
    "mute5": "nothing came back for 2 s",
    "wrong": "byte 0 came back as 0x01, not 0x00: it is no echo",
    "wrong9": "byte 72 came back",
    "more": "more came back than was sent: it is no echo",
    "bad": "says that it has sent more than there is room for",
    "dies3": "the other side is gone: the cell failed: it fell over",
    "destroyed3": "the other side is gone: the cell was destroyed",
    "back3": "the other side has started again meanwhile",
    "busy": "another program has /dev/jh-link/rtos/messages open",
    "bell": "the link has 1 bell: a stream of bytes wants bells = 2",
    "pages": "it can map no link",
}
# Words that make no sense
MISUSES = (("rtos",), ("rtos/",), ("/messages",), ("rtos/messages/x",),
           ("rtos/messages", "-c", "0"), ("rtos/messages", "-c", "1000001"),
           ("rtos/messages", "-b", "4097"), ("rtos/messages", "-b", "x"),
           ("rtos/messages", "--seconds", "3601"), ())


def figures(tap: Tap, jhctl: Jhctl) -> None:
    """The percentiles and the histogram are of all round trips; sizes are in ascending order."""
    seen = json.loads(jhctl(*COMMAND, "--json", "-c", "250", "-b", "100", JH_FAKE_ECHO="echo").out)
    tap.equal((seen["link"], seen["round_trips"], seen["bytes"]), ("rtos/messages", 250, 100),
              "what was measured")
    ns = seen["ns"]
    tap.ok(ns["min"] <= ns["p50"] <= ns["p99"] <= ns["p99.9"] <= ns["max"] and
           ns["min"] < ns["avg"] < ns["max"], "figures are in order", ns)
    tap.equal(sum(row["count"] for row in seen["histogram"]), 250, "each trip is in the histogram")
    tap.equal([row["bytes"] for row in seen["throughput"]], [16, 64, 256, 1024, 4096], "sizes")
    tap.ok(all(row["messages"] and 1e9 <= row["ns"] < 1.01e9 for row in seen["throughput"]),
           "each of them for a second", seen["throughput"])
    one = jhctl(*COMMAND, "-c", "1", "--seconds", "2", JH_FAKE_ECHO="echo")
    tap.equal(one.code, 0, "one round trip is enough")


def refusals(tap: Tap, jhctl: Jhctl) -> None:
    for other, words in REFUSALS.items():
        seen = jhctl(*COMMAND, "-c", "20", JH_FAKE_ECHO=other)
        tap.equal((seen.code, seen.out), (1, ""), f"{other}: refused, nothing on stdout")
        tap.contains(seen.err, words, f"{other}: in words")
    # Only when messages stream, behind the round trips
    seen = jhctl(*COMMAND, "-c", "20", JH_FAKE_ECHO="dies500")
    tap.contains(seen.err, "the other side is gone", "it dies among the messages")
    seen = jhctl(*COMMAND, "-b", "4000", JH_FAKE_ECHO="echo")
    tap.contains(seen.err, "4000 bytes do not fit: the link's stream holds 2048", "too much")
    seen = jhctl("bench", "link", "rtos/files", JH_FAKE_ECHO="echo")
    tap.contains(seen.err, "rtos has no link 'files' with Linux", "no such link")
    tap.equal(jhctl("bench", "link", "nobody/messages").code, 1, "no such cell")
    for words_given in MISUSES:
        tap.equal(jhctl("bench", "link", *words_given).code, 2, f"wrong usage: {words_given}")


def interrupted(jhctl: Jhctl, number: int, other: str) -> tuple[int, bytes]:
    """How it ends by a signal, and what it says then."""
    with started([jhctl.tools / "jhctl", *COMMAND], cwd=jhctl.home, stderr=subprocess.PIPE,
                 env=jhctl.environment({"JH_FAKE_ECHO": other})) as process:
        time.sleep(1)
        process.send_signal(number)
        return process.wait(20), process.stderr.read() if process.stderr else b"?"


def run(tap: Tap, jhctl: Jhctl) -> None:
    jhctl.blob("sys.cell", "system", "virt")
    jhctl.blob("rtos.cell", "cell", "rtos", "3")
    jhctl.put("image.bin", bytes(64))
    tap.equal(jhctl(*COMMAND, JH_FAKE_STATE="", JH_FAKE_ECHO="echo").code, 3, "no module")
    jhctl("enable", "sys.cell")
    jhctl("cell", "run", "rtos.cell", "image.bin")
    seen = jhctl(*COMMAND, "-c", "1000", JH_FAKE_ECHO="echo")
    tap.equal(seen.code, 0, "an echo")
    tap.contains(jhctl("bench", "link", "1/messages", "-c", "9", JH_FAKE_ECHO="echo").out,
                 "rtos/messages: 9 round trips", "a cell by its number")
    figures(tap, jhctl)
    refusals(tap, jhctl)
    for number, other in ((signal.SIGINT, "hangs"), (signal.SIGTERM, "hangs"),
                          (signal.SIGINT, "waits")):
        tap.equal(interrupted(jhctl, number, other), (-number, b""),
                  f"it ends by {number.name} and says nothing ({other})")
