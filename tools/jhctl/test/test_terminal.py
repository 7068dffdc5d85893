# SPDX-License-Identifier: GPL-2.0-only
#
# Copyright (c) The jh authors
"""What only happens on a terminal, or over time: progress, --watch, console --follow."""
from __future__ import annotations

import signal
import subprocess
import time

from tap import Jhctl, Tap


def interrupted(jhctl: Jhctl, seconds: float, *words: str) -> str:
    """Output of a verb that goes on until it is interrupted."""
    with subprocess.Popen([jhctl.tools / "jhctl", *words], cwd=jhctl.home, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, text=True,
                          env=jhctl.environment({})) as process:
        time.sleep(seconds)
        process.send_signal(signal.SIGINT)
        return process.communicate(timeout=10)[0]


def run(tap: Tap, jhctl: Jhctl) -> None:
    jhctl.blob("sys.cell", "system", "virt")
    jhctl.blob("rtos.cell", "cell", "rtos", "3")
    seen = jhctl.on_terminal("enable", "sys.cell", JH_FAKE_DELAY="200")
    tap.equal(seen, "", "what is quick shows no progress")
    seen = jhctl.on_terminal("cell", "create", "rtos.cell", JH_FAKE_DELAY="2500")
    tap.contains(seen, "jh: creating the cell: 2 s", "what is slow shows progress")
    tap.ok(seen.endswith("\r\x1b[K"), "and wipes it in the end", repr(seen))
    seen = jhctl("cell", "destroy", "rtos", JH_FAKE_DELAY="1100")
    tap.equal((seen.code, seen.err), (0, ""), "but not into a file")

    jhctl.put("image.bin", bytes(1 << 20))
    jhctl("cell", "run", "rtos.cell", "image.bin")
    seen = interrupted(jhctl, 1.6, "cell", "stats", "rtos", "--watch")
    tap.equal(seen.count("cell rtos: running"), 2, "--watch shows it each second")
    tap.contains(seen, "PER SECOND", "with rates from the second time on")
    seen = interrupted(jhctl, 0.5, "console", "-f", "rtos")
    tap.equal(seen.count("tick 1"), 1, "console --follow prints everything once")

    with subprocess.Popen([jhctl.tools / "jhctl", "console", "-f"], cwd=jhctl.home,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                          env=jhctl.environment({})) as process:
        time.sleep(0.3)
        jhctl("cell", "destroy", "rtos")
        jhctl("disable")
        out = process.communicate(timeout=10)[0]
    tap.equal(process.returncode, 0, "console --follow ends when jh is disabled")
    tap.contains(out, "jh: end of the output: jh was disabled", "and says so")
