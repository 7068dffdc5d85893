# SPDX-License-Identifier: GPL-2.0-only
#
# Copyright (c) The jh authors
"""jhctl top: rates between two looks, in a table, as JSON and on a terminal."""
from __future__ import annotations

import fcntl
import json
import os
import pty
import signal
import struct
import termios
import time

from tap import Jhctl, Tap, started


class Screen:
    """jhctl top on a terminal of some size."""

    def __init__(self, jhctl: Jhctl, size: tuple[int, int], *words: str, **env: str) -> None:
        self._main, self._other = pty.openpty()
        self.resize(size)
        self._before = termios.tcgetattr(self._other)
        self._context = started([jhctl.tools / "jhctl", "top", *words], cwd=jhctl.home,
                                stdin=self._other, stdout=self._other, stderr=self._other,
                                env=jhctl.environment(env))
        self.process = self._context.__enter__()

    def resize(self, size: tuple[int, int]) -> None:
        """Lines and columns."""
        fcntl.ioctl(self._main, termios.TIOCSWINSZ, struct.pack("HHHH", *size, 0, 0))

    def key(self, keys: bytes) -> None:
        os.write(self._main, keys)

    def pictures(self) -> list[list[str]]:
        """Wait for the end: the lines of each picture that was drawn."""
        self.process.wait(timeout=20)
        self.same = termios.tcgetattr(self._other) == self._before
        os.close(self._other)
        seen = b""
        try:
            while piece := os.read(self._main, 65536):
                seen += piece
        except OSError:
            pass
        os.close(self._main)
        self.raw = seen.decode()
        return [part.split("\x1b[J")[0].replace("\x1b[K", "").split("\r\n")
                for part in self.raw.split("\x1b[H")[1:]]


def rates(tap: Tap, jhctl: Jhctl) -> None:
    seen = jhctl("top", "-n", "1", "-d", "0.5", "--json", JH_FAKE_BUSY="500")
    look = json.loads(seen.out)
    per_second = 500 * 1000 // look["milliseconds"]
    tap.ok(500 <= look["milliseconds"] < 5000, "a look takes as long as --delay says", seen)
    tap.equal([cell["name"] for cell in look["cells"]], ["virt", "rtos"], "all cells")
    tap.equal([cell["exits_per_second"]["irq"] for cell in look["cells"]],
              [3 * per_second, per_second], "exits of a cell are those of its CPUs")
    tap.equal([cell["exits_per_second"]["mmio"] for cell in look["cells"]], [0, 0],
              "what did not happen meanwhile is none")
    tap.equal([(cpu["cpu"], cpu["cell"], cpu["exits_per_second"]["total"])
               for cpu in look["cpus"]],
              [(0, "virt", per_second), (1, "virt", per_second), (2, "virt", per_second),
               (3, "rtos", per_second)], "all CPUs, and whose they are")
    tap.equal([(link["name"], link["cell"], link["peer"], link["rung_per_second"],
                link["dropped_per_second"]) for link in look["links"]],
              [("files", "rtos", None, 0, 0), ("samples", "rtos", "root", per_second, 0)],
              "all sides of links")


def tables(tap: Tap, jhctl: Jhctl) -> None:
    seen = jhctl("top", "-n", "2", "-d", "0.1", JH_FAKE_BUSY="0")
    tap.equal((seen.code, seen.err), (0, ""), "top into a file")
    tap.equal(seen.out.count("jh: 2 cells, 0 exits/s"), 2, "--count looks")
    lines = [line.split() for line in seen.out.splitlines()]
    tap.ok(["ID", "NAME", "STATE", "CPUS", "MEMORY", "RESTARTS", "EXITS/s", "mmio", "irq",
            "ignored"] in lines, "a column for each reason that there ever was", seen.out)
    tap.ok(["1", "rtos", "created", "3", "1M", "0", "0", "0", "0", "0"] in lines, "a cell",
           seen.out)
    tap.ok(["3", "rtos", "running", "0", "0", "0", "0"] in lines, "a CPU", seen.out)
    tap.ok(["samples", "rtos", "root", "3", "0", "0"] in lines, "a link", seen.out)
    for words, what in ((("-d", "0"), "'0' is no number of seconds"),
                        (("-d", "0.05"), "from 0.1 to 3600"), (("-d", "1s"), "'1s'"),
                        (("-d", "nan"), "'nan'"), (("-d", "3601"), "'3601'"),
                        (("-n", "0"), "'0' is no number of looks"), (("-n", "x"), "'x'")):
        seen = jhctl("top", *words)
        tap.ok(seen.code == 2 and what in seen.err, f"top {' '.join(words)}", seen)


def others(tap: Tap, jhctl: Jhctl) -> None:
    """Cells and CPUs that come, go and change."""
    with started([jhctl.tools / "jhctl", "top", "-n", "1", "-d", "2", "-j"], cwd=jhctl.home,
                 stdout=-1, env=jhctl.environment({"JH_FAKE_BUSY": "1000"})) as process:
        time.sleep(0.7)
        jhctl("cell", "destroy", "rtos")
        jhctl("cell", "create", "rtos.cell")
        look = json.loads(process.communicate(timeout=20)[0])
    tap.equal(look["cells"][1]["exits_per_second"]["total"], 0,
              "another cell with the number and the name has no past")
    tap.ok(look["cells"][0]["exits_per_second"]["total"] > 0, "others have", look)
    with started([jhctl.tools / "jhctl", "top", "-n", "1", "-d", "2", "-j"], cwd=jhctl.home,
                 stdout=-1, env=jhctl.environment({"JH_FAKE_BUSY": "1000"})) as process:
        time.sleep(0.7)
        jhctl("cell", "destroy", "rtos")
        look = json.loads(process.communicate(timeout=20)[0])
    tap.equal((look["cpus"][3]["cell"], look["cpus"][3]["exits_per_second"]["total"],
               look["cells"][0]["exits_per_second"]["total"]),
              ("virt", 0, 3 * (1000 * 1000 // look["milliseconds"])),
              "a CPU that changed its cell counts from the next look on")
    jhctl("cell", "create", "rtos.cell")
    with started([jhctl.tools / "jhctl", "top", "-d", "0.2"], cwd=jhctl.home, stdout=-1,
                 stderr=-1, env=jhctl.environment({})) as process:
        time.sleep(0.5)
        jhctl("cell", "destroy", "rtos")
        jhctl("disable")
        said = process.communicate(timeout=20)[1].decode()
    tap.equal((process.returncode, said),
              (3, "jh: jh is not enabled: enable it with 'jhctl enable FILE'\n"),
              "it ends when jh is disabled, and says so")


def screen(tap: Tap, jhctl: Jhctl) -> None:
    top = Screen(jhctl, (24, 80), "-d", "30", JH_FAKE_BUSY="9")
    time.sleep(0.5)
    top.key(b" ")
    time.sleep(0.3)
    top.resize((4, 20))
    top.process.send_signal(signal.SIGWINCH)        # it has no controlling terminal here
    time.sleep(0.5)
    top.key(b"q")
    pictures = top.pictures()
    tap.equal((top.process.returncode, top.same), (0, True),
              "q ends it, and the terminal is as before")
    tap.equal(len(pictures), 3, "the space bar looks at once, and so does another size")
    tap.ok(top.raw.startswith("\x1b[?1049h\x1b[?25l") and
           "\x1b[?25h\x1b[?1049l" in top.raw, "on a page of its own", repr(top.raw))
    tap.contains(pictures[0][-1], "q: end", "the keys are named")
    tap.ok(pictures[0][0].startswith("jh: 2 cells, 0 exits/s"), "the first has no rates yet",
           pictures[0])
    tap.ok("(0." in pictures[1][0], "the second says since when", pictures[1])
    tap.equal((len(pictures[2]), max(map(len, pictures[2]))), (4, 20),
              "lines and columns that have no room are cut")
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT):
        top = Screen(jhctl, (24, 80))
        time.sleep(0.4)
        top.process.send_signal(number)
        top.pictures()
        tap.equal((top.process.returncode, top.same), (0, True),
                  f"{number.name} ends it, the terminal is as before")
    top = Screen(jhctl, (0, 0), "-n", "1")
    picture = top.pictures()[0]
    tap.ok(len(picture) > 8 and 60 < max(map(len, picture)) <= 80,
           "a serial console has 80 columns and 24 lines", picture)


def run(tap: Tap, jhctl: Jhctl) -> None:
    tap.equal(jhctl("top", JH_FAKE_STATE="").code, 3, "top without the module")
    jhctl.blob("sys.cell", "system", "virt")
    jhctl.blob("rtos.cell", "cell", "rtos", "3")
    jhctl("enable", "sys.cell")
    seen = jhctl("top", "-n", "1", "-d", "0.1")
    tap.ok("LINK" not in seen.out and "jh: 1 cell, " in seen.out, "without links", seen)
    jhctl("cell", "create", "rtos.cell", JH_FAKE_LINK="1")
    rates(tap, jhctl)
    tables(tap, jhctl)
    screen(tap, jhctl)
    others(tap, jhctl)
