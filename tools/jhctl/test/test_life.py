# SPDX-License-Identifier: GPL-2.0-only
#
# Copyright (c) The jh authors
"""Enable, the life of a cell, its tables, disable."""
from __future__ import annotations

import json
import shutil
import signal
import struct
import subprocess

from tap import Jhctl, Tap

LIST = """\
ID  NAME  STATE    CPUS  MEMORY  EXITS
 0  virt  running  0-2     rest    303
 1  rtos  running  3         1M    103
"""

STATS = """\
REASON       CPU3
mmio           13
management      0
hypercall       0
maintenance     0
irq            90
ipi             0
power           0
firmware        0
register        0
fault           0
other           0
denied          0
ignored         5
total         103
last ignored: CPU3, address 0x800010c
"""


def elf(address: int, data: bytes, memory: int) -> bytes:
    """A minimal arm64 program with one segment."""
    header = struct.pack("<16sHHIQQQIHHHHHH", b"\x7fELF\x02\x01\x01", 2, 183, 1, address, 64, 0, 0,
                         64, 56, 1, 64, 0, 0)
    return header + struct.pack("<IIQQQQQQ", 1, 5, 120, address, address, len(data), memory,
                                8) + data


def memory(jhctl: Jhctl, address: int, length: int) -> bytes:
    """Bytes of the memory of the cell that the fake driver loaded last: the file's end."""
    data = (jhctl.home / "state").read_bytes()
    base = len(data) - (1 << 20)
    return data[base + address:base + address + length]


def enabling(tap: Tap, jhctl: Jhctl) -> None:
    seen = jhctl("enable", "sys.cell", "--dry-run")
    tap.equal((seen.code, seen.out), (0, "sys.cell: all checks passed, nothing was changed\n"),
              "a dry run says that it changed nothing")
    tap.equal(jhctl("cell", "list").code, 3, "and it did not")
    tap.equal(jhctl("enable", "sys.cell").code, 0, "enable")
    seen = jhctl("enable", "sys.cell")
    tap.equal((seen.code, seen.err),
              (1, "jh: jh is enabled already; disable it first: jhctl disable\n"),
              "enable twice is refused")


def shown(jhctl: Jhctl) -> tuple[str, str]:
    """Entry and x0 of the cell, as cell show tells them."""
    told = json.loads(jhctl("cell", "show", "rtos", "--json").out)
    return told["entry"], told["argument"]


def starting(tap: Tap, jhctl: Jhctl) -> None:
    """The entry and x0 of a cell, from each source."""
    tap.equal(shown(jhctl), ("0x4000", "0x0"), "a cell starts where its ELF file says")
    tap.contains(jhctl("cell", "show", "rtos").out, "entry   0x4000, x0 0x0\n", "show tells it")
    tap.equal(jhctl("cell", "load", "rtos", "-s", "more", "-a", "0x100").code, 0, "load a string")
    tap.equal(shown(jhctl), ("0x4000", "0x0"), "which changes nothing of that")
    header = struct.pack(">9I", 72, 56, 56, 40, 17, 16, 0, 0, 0)
    tree = b"\xd0\x0d\xfe\xed" + header + bytes(32)
    jhctl.put("board.dtb", tree)
    jhctl.put("odd@name", b"odd")
    seen = jhctl("cell", "load", "rtos", "image.bin@0x8000", "odd@name", "--dtb",
                 "board.dtb@0xa000")
    tap.equal((seen.code, seen.err), (0, ""), "FILE@ADDRESS")
    tap.equal(memory(jhctl, 0x8000, 4), b"\0\1\2\3", "the image lies there")
    tap.equal(memory(jhctl, 0xa000, 4), tree[:4], "the device tree as well")
    tap.equal(shown(jhctl), ("0x4000", "0xa000"), "which x0 tells, at the entry that it had")
    tap.equal(memory(jhctl, 0, 3), b"odd", "what is no number behind an @ belongs to the name")
    seen = jhctl("cell", "load", "rtos", "program.elf", "-e", "0x4004", "-d", "board.dtb")
    tap.contains(seen.err, "0x200000", "a tree without address lies behind the rest")
    jhctl("cell", "load", "rtos", "program.elf", "--entry", "0x4004", "--dtb", "board.dtb@0xc000")
    tap.equal(shown(jhctl), ("0x4004", "0xc000"), "--entry goes before the file's")
    jhctl("cell", "load", "rtos", "program.elf")
    tap.equal(shown(jhctl), ("0x4000", "0x0"), "a load that says the entry says x0, too")
    jhctl.put("other.elf", elf(0x8000, b"code", 0x1000))
    seen = jhctl("cell", "load", "rtos", "program.elf", "other.elf")
    tap.equal(seen.err, "jh: program.elf begins at 0x4000, other.elf at 0x8000: say with --entry "
              "where the cell starts\n", "of two that differ neither is taken")
    tap.equal(jhctl("cell", "load", "rtos", "program.elf", "other.elf", "-e", "0x8000").code, 0,
              "unless it is said")
    seen = jhctl("cell", "load", "rtos", "program.elf", "--dtb", "board.dtb@0x4800")
    tap.equal(seen.err, "jh: program.elf and board.dtb overlap at 0x4800: give one of them another "
              "address\n", "nothing may lie in .bss")
    tap.equal(jhctl("cell", "load", "rtos", "image.bin", "-e", "0x200000").err,
              "jh: cell rtos has no executable memory at its entry, 0x200000; add memory there, or "
              "set entry to an address inside of its memory\n", "an entry outside of the memory")
    tap.equal(jhctl("cell", "load", "rtos", "--dtb", "image.bin").err,
              "jh: image.bin is no device tree blob: compile it with dtc\n", "no device tree")
    for wrong in (("-d", "board.dtb", "-d", "board.dtb@0xc000"), ("-e", "here"),
                  ("image.bin@0x1000", "-a", "0x2000")):
        tap.equal(jhctl("cell", "load", "rtos", "image.bin", *wrong).code, 2, "misuse: " + wrong[0])


def loading(tap: Tap, jhctl: Jhctl) -> None:
    seen = jhctl("cell", "start", "rtos")
    tap.equal(seen.err, "jh: cell rtos has nothing loaded; "
              "load an image first: jhctl cell load\n", "start without load")
    image = jhctl.put("image.bin", bytes(range(256)) * 16)
    seen = jhctl("cell", "load", "rtos", image, "-a", "0x2000", "--string", "a=1 b",
                 "--address=4K")
    tap.equal(seen.code, 0, "load an image and a string")
    tap.equal(memory(jhctl, 0x2000, 4096), bytes(range(256)) * 16, "the image lies there")
    tap.equal(memory(jhctl, 0x1000, 7), b"a=1 b\0\0", "the string as well, with its zero")

    jhctl.put("fill.bin", b"\xff" * 0x10000)
    jhctl("cell", "load", "rtos", "fill.bin")
    jhctl.put("program.elf", elf(0x4000, b"code", 0x1000))
    tap.equal(jhctl("cell", "load", "1", "program.elf").code, 0, "load ELF, cell by number")
    tap.equal(memory(jhctl, 0x3ffc, 12), b"\xff" * 4 + b"code" + bytes(4), "its bytes, then zeroes")
    tap.equal(memory(jhctl, 0x4ffc, 8), bytes(4) + b"\xff" * 4, "up to its size in memory")

    starting(tap, jhctl)
    jhctl.put("hole.bin", b"\xff" * 0x1000 + bytes(0x100) + b"\xff" * 0x100)
    seen = jhctl("cell", "load", "rtos", "hole.bin", "--string", "in the hole", "-a", "0x1000")
    tap.equal((seen.code, seen.err), (0, ""), "a string where the image has zeroes")

    tap.equal(jhctl("cell", "load", "rtos", image, JH_FAKE_TORN="1").code, 1,
              "a load that is broken off fails")
    tap.contains(jhctl("cell", "list").out, "half loaded", "the cell is half loaded")
    seen = jhctl("cell", "start", "rtos")
    tap.equal(seen.err, "jh: cell rtos: its load was broken off; "
              "load all of it again: jhctl cell load\n", "and cannot be started")
    tap.equal(jhctl("cell", "load", "rtos", "image.bin").code, 0, "but loaded again")

    seen = jhctl("cell", "load", "rtos", "image.bin", "-s", "x", "-a", "0x1000", "program.elf",
                 "-s", "y", "-a", "0x100000")
    tap.contains(seen.err, "jh: --string: ", "of several pieces the one at fault is named")
    seen = jhctl("cell", "load", "rtos", "image.bin", "-a", "0x100000")
    tap.equal(seen.code, 1, "an image outside of the memory is refused")
    tap.contains(seen.err, "image.bin: ", "the file is named")
    tap.contains(seen.err, "0x100000", "the address as well")


def tables(tap: Tap, jhctl: Jhctl) -> None:
    tap.equal(jhctl("cell", "list").out, LIST, "cell list")
    tap.equal(jhctl("cell", "stats", "rtos").out, STATS, "cell stats")
    root = jhctl("cell", "stats", "0").out.splitlines()
    tap.equal(root[0].split(), ["REASON", "CPU0", "CPU1", "CPU2", "SUM"], "stats of several CPUs")
    tap.equal(root[-2].split(), ["total", "100", "101", "102", "303"], "their sum comes last")
    tap.equal(root[-1], "last ignored: CPU2, an interrupt to a CPU that is not the cell's",
              "but for who did something without effect")

    cells = json.loads(jhctl("cell", "list", "--json").out)["cells"]
    tap.equal([(c["id"], c["name"], c["state"], c["cpus"], c["memory"]) for c in cells],
              [(0, "virt", "running", [0, 1, 2], 0), (1, "rtos", "running", [3], 1 << 20)],
              "cell list --json")
    shown = json.loads(jhctl("cell", "show", "rtos", "-j").out)
    tap.equal((shown["id"], shown["starts"], shown["failure"]), (1, 1, None), "cell show --json")
    stats = json.loads(jhctl("cell", "stats", "rtos", "--json").out)
    tap.equal((stats["cpus"][0]["cpu"], stats["cpus"][0]["exits"]["irq"]), (3, 90),
              "cell stats --json")
    tap.equal((stats["cpus"][0]["exits"]["ignored"], stats["cpus"][0]["ignored_at"]),
              (5, "0x800010c"), "with the last access that was ignored")
    cpus = json.loads(jhctl("cell", "stats", "0", "--json").out)["cpus"]
    tap.equal([c["ignored_at"] for c in cpus], [None, None, "ipi"], "each CPU's")


def consoles(tap: Tap, jhctl: Jhctl) -> None:
    tap.equal(jhctl("console").out, "jh: hello from the fake hypervisor\n", "the log")
    tap.equal(jhctl("console", "rtos").out, "tick 1\n\x1b[31mred\x1b[0m\ntick 2\n",
              "a cell's output, byte by byte into a pipe")
    seen = jhctl.on_terminal("console", "rtos")
    tap.ok("\x1b" not in seen and "^[[31mred" in seen, "but no escapes reach a terminal", seen)
    tap.contains(jhctl.on_terminal("console", "--raw", "rtos"), "\x1b[31m", "unless asked for")


def ending(tap: Tap, jhctl: Jhctl) -> None:
    seen = jhctl("disable")
    tap.equal((seen.code, seen.err),
              (1, "jh: cell rtos still exists; destroy all cells first: jhctl cell destroy\n"),
              "disable names the cell in its way")
    tap.equal(jhctl("cell", "shutdown", "rtos").code, 0, "shutdown")
    tap.contains(jhctl("cell", "list").out, "stopped", "it is stopped")
    tap.equal(jhctl("cell", "destroy", "rtos").code, 0, "destroy")
    tap.ok("rtos" not in jhctl("cell", "list").out, "it is gone")


def running(tap: Tap, jhctl: Jhctl) -> None:
    jhctl.blob("stubborn.cell", "cell", "stubborn", "2")
    seen = jhctl("cell", "run", "stubborn.cell", "image.bin", "--args", "x=y")
    tap.equal(seen.code, 0, "cell run")
    tap.equal(memory(jhctl, 0x1000, 4), b"x=y\0", "with a command line")
    seen = jhctl("cell", "shutdown", "stubborn")
    tap.equal(seen.code, 1, "a cell may refuse to shut down")
    tap.contains(seen.err, "--force", "the way out is named")
    tap.equal(jhctl("cell", "shutdown", "stubborn", "-f").code, 0, "shutdown --force")
    tap.equal(jhctl("cell", "destroy", "stubborn").code, 0, "and away")

    jhctl("cell", "run", "rtos.cell", "image.bin@0x8000", "--dtb", "board.dtb@0xa000", "-e",
          "0x8000")
    tap.equal(shown(jhctl), ("0x8000", "0xa000"), "cell run with entry and device tree")
    jhctl("cell", "destroy", "rtos")
    seen = jhctl("cell", "run", "rtos.cell", "image.bin@0x8000")
    tap.equal((seen.code, seen.err), (0, "jh: warning: the cell starts at 0x0, where nothing was "
              "loaded: see --address and --entry\n"), "an entry where nothing lies")
    jhctl("cell", "destroy", "rtos")

    seen = jhctl("cell", "run", "rtos.cell", "image.bin", JH_FAKE_ERROR="4:22:152:5:1:4294967295")
    tap.equal(seen.code, 1, "cell run fails if start does")
    tap.ok("rtos" not in jhctl("cell", "list").out, "and leaves no cell behind")


def crashing(tap: Tap, jhctl: Jhctl) -> None:
    jhctl("cell", "run", "rtos.cell", "image.bin", JH_FAKE_CRASH="1")
    tap.contains(jhctl("cell", "list").out,
                 "rtos failed: it accessed memory that it does not own (address 0xdead0000, CPU 3, "
                 "pc 0x1234)", "cell list says why a cell failed")
    tap.contains(jhctl("cell", "show", "rtos").out, "x30     000000000000abcd",
                 "show has registers")
    shown = json.loads(jhctl("cell", "show", "rtos", "--json").out)
    tap.equal((shown["state"], shown["crash"]["address"], shown["crash"]["registers"]["x30"],
               shown["crash"]["cause"]),
              ("failed", "0xdead0000", "0xabcd", "access"), "as JSON too")
    tap.contains(jhctl("cell", "stats", "rtos").out, "failed: it accessed", "stats says so too")
    jhctl("cell", "destroy", "rtos")


LINKS = """\
link files: its other side is not there, state 0, bells rung 0, dropped 7
link samples: to root, state 3, bells rung 12, dropped 1
"""


def links(tap: Tap, jhctl: Jhctl) -> None:
    jhctl("cell", "create", "rtos.cell", JH_FAKE_LINK="1")
    tap.contains(jhctl("cell", "show", "rtos").out, LINKS, "cell show has the links of a cell")
    tap.contains(jhctl("cell", "stats", "rtos").out, LINKS, "cell stats too")
    tap.ok("link" not in jhctl("cell", "stats", "0").out, "others have none of them")
    seen = [json.loads(jhctl("cell", verb, "rtos", "--json").out)["links"]
            for verb in ("show", "stats")]
    tap.equal(seen, [[
        {"name": "files", "peer": None, "state": 0, "rung": 0, "dropped": 7, "virtio": None},
        {"name": "samples", "peer": "root", "state": 3, "rung": 12, "dropped": 1,
         "virtio": None}]] * 2,
              "as JSON too")
    jhctl("cell", "destroy", "rtos")


def benchmark(tap: Tap, jhctl: Jhctl) -> None:
    jhctl("cell", "create", "rtos.cell")
    command = ("bench", "latency", "rtos", "--image", "image.bin", "--seconds", "2")
    seen = jhctl(*command)
    tap.equal(seen.code, 0, "bench latency")
    line = b"console=putc run=latency period_us=1000 count=2000\0"
    tap.equal(memory(jhctl, 0x1000, len(line)), line, "it tells the inmate for how long")
    tap.contains(seen.out, "1000 periods of 1000 us, 3 lost, Linux as it is",
                 "the last report counts")
    for line in ("p99.9        2000        200\n", "max          2050        205\n"):
        tap.contains(seen.out, line, "nanoseconds and ticks")
    tap.contains(seen.out, "       400        900  ##########\n       500         98  #######\n"
                 "      2000          2  ##\n", "the histogram leaves nothing out")
    tap.contains(jhctl("cell", "list").out, "stopped", "the cell is stopped afterwards")
    told = json.loads(jhctl(*command, "--json").out)
    tap.equal((told["ns"]["p99.9"], told["lost"], told["histogram"][1]["count"]), (2000, 3, 98),
              "as JSON too")
    tap.contains(jhctl(*command, "--stress").out, "under stress", "so it can be done again")
    seen = jhctl("bench", "latency", "rtos", "--seconds", "0")
    tap.equal(seen.code, 2, "no seconds are misuse")
    jhctl("cell", "destroy", "rtos")


def interrupted(tap: Tap, jhctl: Jhctl) -> None:
    """An interrupted verb destroys what it created; a shell sees 128 + the signal."""
    for number, after in ((signal.SIGINT, 0.8), (signal.SIGTERM, 1.3), (signal.SIGHUP, 1.8)):
        code = jhctl.interrupted(number, after, "cell", "run", "rtos.cell", "image.bin",
                                 JH_FAKE_DELAY="500")
        tap.equal(code, -number, f"cell run ends by {number.name}")
        tap.ok("rtos" not in jhctl("cell", "list").out, "and leaves no cell behind")
    jhctl("cell", "create", "rtos.cell")
    code = jhctl.interrupted(signal.SIGINT, 1.5, "bench", "latency", "rtos", "--image",
                             "image.bin", JH_FAKE_ENDLESS="1")
    tap.equal(code, -signal.SIGINT, "bench latency ends by SIGINT")
    tap.contains(jhctl("cell", "list").out, "rtos  stopped", "and has stopped the cell")
    code = jhctl.interrupted(signal.SIGTERM, 1.5, "bench", "latency", "rtos", "--image",
                             "image.bin", "--stress", JH_FAKE_ENDLESS="1")
    tap.equal(code, -signal.SIGTERM, "under stress as well")
    tap.contains(jhctl("cell", "list").out, "rtos  stopped", "and has stopped the cell")
    jhctl("cell", "destroy", "rtos")


def disk(tap: Tap, jhctl: Jhctl) -> None:
    """A disk that Linux has mounted goes to no cell: Linux would unbind it all the same."""
    jhctl.blob("disk.cell", "disk", "disk", "2")
    root = jhctl.home / "root/sys"
    host = root / "devices/platform/soc/1000.mmc"
    card = host / "mmc_host/mmc0/mmc0:0001/block/mmcblk0/mmcblk0p1"
    node = root / "firmware/devicetree/base/soc/mmc@1000"
    for directory in (card, node, root / "class/block"):
        directory.mkdir(parents=True, exist_ok=True)
    (host / "of_node").symlink_to(node)
    (root / "class/block/mmcblk0p1").symlink_to(card)
    seen = jhctl("cell", "create", "disk.cell", JH_FAKE_CLAIMED="mmcblk0p1")
    tap.equal((seen.code, seen.err),
              (1, "jh: disk.cell: devices[0]: mmcblk0p1 of /soc/mmc@1000 is in use: unmount it "
               "first (or swapoff), or leave the device to Linux\n"), "a mounted card stays")
    tap.equal(jhctl("cell", "create", "disk.cell", JH_FAKE_CLAIMED="sda1").code, 0,
              "another disk is nobody's business")
    jhctl("cell", "destroy", "disk")
    tap.equal(jhctl("cell", "create", "rtos.cell", JH_FAKE_CLAIMED="mmcblk0p1").code, 0,
              "a cell without the controller as well")
    jhctl("cell", "destroy", "rtos")


def mapped(tap: Tap, jhctl: Jhctl) -> None:
    """Registers that early code of Linux has mapped have no driver that could be unbound."""
    jhctl.blob("timer.cell", "linux", "timer", "1")
    root = jhctl.home / "root"
    for bus, name, path in (("platform", "10002000.timer", "soc/timer@2000"),
                            ("amba", "9040000.uart", "uart@9040000")):
        node = root / "sys/firmware/devicetree/base" / path
        for directory in (node, root / f"sys/bus/{bus}/devices" / name):
            directory.mkdir(parents=True, exist_ok=True)
        (root / f"sys/bus/{bus}/devices" / name / "of_node").symlink_to(node)
    (root / "sys/bus/amba/devices/9040000.uart/driver").symlink_to(root)

    def create(pages: int, place: int, kind: str = "ioremap") -> tuple[int, str]:
        line = f"0x0-0x1 {4096 * (pages + 1)} of_iomap+0x4c/0x90 phys={place:#018x} {kind}\n"
        jhctl.put("root/proc/vmallocinfo", (
            "0x0-0x1   20480 load_module+0x1/0x2 pages=4 vmalloc N0=4\n" + line).encode())
        seen = jhctl("cell", "create", "timer.cell")
        jhctl("cell", "destroy", "timer")
        return seen.code, seen.err

    words = "jh: timer.cell: devices[1]: Linux has the registers of /soc/timer@2000 at " \
            "0x10002000 mapped, by of_iomap(), without a driver: leave the device to Linux, " \
            "which runs on it\n"
    for pages, place in ((1, 0x10002000), (16, 0x10000000), (3, 0x10002000)):
        tap.equal(create(pages, place), (1, words), f"mapped, {pages} pages at {place:#x}")
    for pages, place, kind in ((1, 0x10003000, "ioremap"), (2, 0x10000000, "ioremap"),
                               (0, 0x10002000, "ioremap"), (1, 0x10002000, "vmap"),
                               (1, 0x9040000, "ioremap")):
        tap.equal(create(pages, place, kind), (0, ""), f"{kind} of {pages} pages at {place:#x}")
    timer = root / "sys/firmware/devicetree/base/soc/timer@2000"
    timer.rename(timer.with_name("other@2000"))
    tap.equal(create(1, 0x10002000), (0, ""), "one that is not in the tree is the driver's matter")
    timer.with_name("other@2000").rename(timer)
    (root / "sys/bus/platform/devices/10002000.timer/driver").symlink_to(root)
    tap.equal(create(1, 0x10002000), (0, ""), "its driver lets go of it")
    (root / "proc/vmallocinfo").unlink()
    shutil.rmtree(root / "sys/bus")


def priorities(tap: Tap, jhctl: Jhctl) -> None:
    """A warning where the priority mask has no effect."""
    jhctl.blob("direct.cell", "direct", "direct", "2")
    warning = "jh: warning: direct.cell: with direct interrupts on a GICv3 the priority mask of " \
              "direct masks nothing: a guest that uses it for critical sections, as FreeRTOS " \
              "does, needs interrupts = \"virtual\"\n"
    for gic, cell, expected in (("arm,gic-v3", "direct", warning), ("arm,gic-400", "direct", ""),
                                ("arm,gic-v3", "rtos", "")):
        text = f'/dts-v1/; / {{ gic {{ compatible = "{gic}"; }}; }};'
        jhctl.put("root/sys/firmware/fdt",
                  subprocess.run(["dtc", "-q", "-O", "dtb"], input=text.encode(),
                                 capture_output=True, check=True).stdout)
        seen = jhctl("cell", "create", f"{cell}.cell")
        tap.equal((seen.code, seen.err), (0, expected), f"a {cell} cell on {gic}")
        jhctl("cell", "destroy", cell)
    (jhctl.home / "root/sys/firmware/fdt").unlink()


def run(tap: Tap, jhctl: Jhctl) -> None:
    jhctl.blob("sys.cell", "system", "virt")
    jhctl.blob("rtos.cell", "cell", "rtos", "3")
    enabling(tap, jhctl)
    tap.equal(jhctl("cell", "create", "rtos.cell").code, 0, "create")
    seen = jhctl("cell", "create", "rtos.cell")
    tap.equal(seen.code, 1, "a name used twice is refused")
    tap.contains(seen.err, "rtos.cell: cell rtos: ", "file and name are in the message")
    loading(tap, jhctl)
    tap.equal(jhctl("cell", "start", "rtos").code, 0, "start")
    tap.equal(jhctl("cell", "load", "rtos", "image.bin").err,
              "jh: cell rtos is running; shut it down first: jhctl cell shutdown\n",
              "load into a cell that runs")
    tables(tap, jhctl)
    consoles(tap, jhctl)
    ending(tap, jhctl)
    running(tap, jhctl)
    disk(tap, jhctl)
    mapped(tap, jhctl)
    priorities(tap, jhctl)
    crashing(tap, jhctl)
    links(tap, jhctl)
    benchmark(tap, jhctl)
    interrupted(tap, jhctl)
    tap.equal(jhctl("disable").code, 0, "disable")
