# SPDX-License-Identifier: GPL-2.0-only
#
# Copyright (c) The jh authors
"""jhctl cell wait: when it ends, and how."""
from __future__ import annotations

import json
import subprocess
import time

from tap import Jhctl, Tap

CELL = "root/sys/devices/virtual/misc/jh/cells/rtos"


def waiting(tap: Tap, jhctl: Jhctl, what: str, *words: str) -> subprocess.Popen[str]:
    """A jhctl that waits for the cell, once it has begun to."""
    process = subprocess.Popen([jhctl.tools / "jhctl", "cell", "wait", "rtos", *words],
                               cwd=jhctl.home, stdout=subprocess.PIPE, text=True,
                               env=jhctl.environment({}))
    time.sleep(0.3)
    tap.ok(process.poll() is None, f"{what}: it waits")
    return process


def end_of(process: subprocess.Popen[str]) -> tuple[int, str]:
    """Exit code and output of one that ends soon, or is killed."""
    try:
        out = process.communicate(timeout=10)[0]
    except subprocess.TimeoutExpired:
        process.kill()
        out = process.communicate()[0]
    return process.returncode, out


def ends(tap: Tap, process: subprocess.Popen[str], code: int, text: str, what: str) -> None:
    tap.equal(end_of(process), (code, text), f"{what}: then it ends")


def refusals(tap: Tap, jhctl: Jhctl) -> None:
    tap.equal(jhctl("cell", "wait", "rtos").code, 3, "nothing to wait for while jh is disabled")
    jhctl("enable", "sys.cell")
    seen = jhctl("cell", "wait", "rtos")
    tap.equal(seen.code, 1, "a cell that there is not is refused")
    seen = jhctl("cell", "wait", "virt")
    tap.equal(seen.code, 1, "so is the root cell")
    tap.contains(seen.err, "jhctl disable", "which ends otherwise")
    for text in ("x", "-1", "99999999999"):
        seen = jhctl("cell", "wait", "rtos", f"--timeout={text}")
        tap.equal(seen.code, 2, f"{text} is no number of seconds")


def restarts(tap: Tap, jhctl: Jhctl) -> None:
    """A cell that the driver restarts has not ended."""
    jhctl.put(f"{CELL}/will_restart", b"1\n")
    jhctl("cell", "start", "rtos", JH_FAKE_CRASH="1")
    tap.equal(jhctl("cell", "wait", "rtos", "-t", "0").code, 7,
              "one that failed and will be restarted has not ended")
    process = waiting(tap, jhctl, "no more restarts")
    jhctl.put(f"{CELL}/will_restart", b"0\n")
    ends(tap, process, 5, "rtos failed: it accessed memory that it does not own "
         "(address 0xdead0000, CPU 3, pc 0x1234)\n", "no more restarts")


def run(tap: Tap, jhctl: Jhctl) -> None:
    jhctl.blob("sys.cell", "system", "virt")
    jhctl.blob("rtos.cell", "cell", "rtos", "3")
    jhctl.put("image.bin", bytes(100))
    refusals(tap, jhctl)

    jhctl("cell", "create", "rtos.cell")
    seen = jhctl("cell", "wait", "rtos", "--timeout", "0")
    tap.equal((seen.code, seen.out), (7, "rtos: created\n"),
              "one that is not started is waited for")
    begin = time.monotonic()
    seen = jhctl("cell", "wait", "rtos", "--timeout", "1")
    tap.equal((seen.code, 0.9 < time.monotonic() - begin < 5), (7, True), "as long as was said")
    process = waiting(tap, jhctl, "a cell that is not started")
    jhctl("cell", "load", "rtos", "image.bin")
    jhctl("cell", "start", "rtos")
    jhctl("cell", "shutdown", "rtos")
    ends(tap, process, 0, "rtos: stopped\n", "a cell that is started and shut down")
    seen = jhctl("cell", "wait", "rtos", "--json")
    tap.equal((seen.code, json.loads(seen.out)["state"]), (0, "stopped"), "what has ended, as JSON")

    restarts(tap, jhctl)
    seen = jhctl("cell", "wait", "rtos", "--json")
    tap.equal((seen.code, json.loads(seen.out)["crash"]["cpu"]), (5, 3), "with the crash record")

    jhctl("cell", "destroy", "rtos")
    jhctl("cell", "run", "rtos.cell", "image.bin")
    process = waiting(tap, jhctl, "a cell that will be destroyed")
    jhctl("cell", "destroy", "rtos")
    jhctl("cell", "run", "rtos.cell", "image.bin")
    ends(tap, process, 6, "rtos: gone\n", "a cell that was destroyed, whatever has its name now")
    process = waiting(tap, jhctl, "jh, which will be disabled", "--json")
    jhctl("cell", "destroy", "rtos")
    jhctl("disable")
    code, out = end_of(process)
    tap.ok(code == 6 and json.loads(out or "{}") ==
           {"id": 1, "name": "rtos", "generation": 3, "state": "gone"},
           "with jh disabled it is gone too", out)
