# SPDX-License-Identifier: GPL-2.0-only
#
# Copyright (c) The jh authors
"""Terminals and time: progress, --watch, console --follow."""
from __future__ import annotations

import os
import pty
import signal
import subprocess
import termios
import time

from tap import Jhctl, Tap, started


def interrupted(jhctl: Jhctl, seconds: float, *words: str) -> str:
    """Output of a verb that runs until it is interrupted."""
    with started([jhctl.tools / "jhctl", *words], cwd=jhctl.home, stdout=subprocess.PIPE,
                 stderr=subprocess.STDOUT, text=True, env=jhctl.environment({})) as process:
        time.sleep(seconds)
        process.send_signal(signal.SIGINT)
        return process.communicate(timeout=10)[0]


def typed(jhctl: Jhctl, keys: bytes, end: int = 0, **env: str) -> tuple[int, str, bool]:
    """Type into console -i on a terminal: exit code, what was seen, is the terminal as before?"""
    main, other = pty.openpty()
    before = termios.tcgetattr(other)
    with started([jhctl.tools / "jhctl", "console", "-i", "rtos"], cwd=jhctl.home, stdin=other,
                 stdout=other, stderr=other, env=jhctl.environment(env)) as process:
        time.sleep(0.4)
        os.write(main, keys)
        time.sleep(0.4)
        if end:
            process.send_signal(end)
        code = process.wait(timeout=10)
    after = termios.tcgetattr(other)
    os.close(other)
    seen = b""
    try:
        while piece := os.read(main, 4096):
            seen += piece
    except OSError:
        pass
    os.close(main)
    return code, seen.decode(errors="replace"), before == after


def interactive(tap: Tap, jhctl: Jhctl) -> None:
    code, seen, same = typed(jhctl, b"hello\x1d?\x1d\x1d\x03\x1d.")
    tap.equal(code, 0, "console -i ends by its escape key")
    tap.contains(seen, "tick 1\r\n\x1b[31mred", "what was printed before comes first, as it is")
    tap.contains(seen, "Ctrl-] . ends", "the escape key has a help")
    tap.ok(same, "the terminal is as before")
    done = jhctl("console", "rtos")
    tap.contains(done.out, "hello\x1d\x03", "every key reaches the cell, the escape key by two")
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT):
        code, _, same = typed(jhctl, b"x", number)
        tap.equal((code, same), (0, True), f"{number.name} ends it, the terminal is as before")
    code, seen, same = typed(jhctl, b"y" * 3000 + b"\x1d.", JH_FAKE_DEAF="1")
    tap.equal((code, same), (0, True), "a cell that does not read holds nobody up")
    with started([jhctl.tools / "jhctl", "console", "-i", "rtos"], cwd=jhctl.home,
                 stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                 env=jhctl.environment({})) as process:
        out = process.communicate(b"from a pipe", timeout=10)[0]
    tap.equal(process.returncode, 0, "it ends with a pipe")
    tap.contains(out.decode(errors="replace"), "from a pipe", "of which all was sent")
    for more in (b"", b"y" * 100000):
        with started([jhctl.tools / "jhctl", "console", "-i", "rtos"], cwd=jhctl.home,
                     stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                     env=jhctl.environment({"JH_FAKE_DEAF": "1"})) as process:
            try:
                _, said = process.communicate(b"nobody reads this" + more, timeout=25)
            except subprocess.TimeoutExpired:
                said = b"waits for ever"
        tap.equal((process.returncode, said.decode()),
                  (1, "jh: cell rtos does not read its input: the rest was not sent\n"),
                  f"a pipe of {len(more)} bytes does not wait for a deaf cell")
    tap.contains(jhctl("console", "-i").err, "name a cell", "the hypervisor has no input")


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

    interactive(tap, jhctl)
    with started([jhctl.tools / "jhctl", "console", "-f"], cwd=jhctl.home,
                 stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                 env=jhctl.environment({})) as process:
        time.sleep(0.3)
        jhctl("cell", "destroy", "rtos")
        jhctl("disable")
        out = process.communicate(timeout=10)[0]
    tap.equal(process.returncode, 0, "console --follow ends when jh is disabled")
    tap.contains(out, "jh: end of the output: jh was disabled", "and says so")
