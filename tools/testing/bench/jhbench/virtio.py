# SPDX-License-Identifier: GPL-2.0-only
# Copyright (c) The jh authors
"""Virtio devices of a Linux cell, and of the same kernel on a machine without jh."""

import gzip
import lzma
import re
import sys
from dataclasses import dataclass
from pathlib import Path

from jhbench import configs
from jhbench.figures import Figure, Figures, parse
from jhbench.machine import BUILD, KERNEL, OUT, TOP, BenchError, Boot
from jhbench.report import grid

sys.path.insert(0, str(TOP / "tools/testing/qemu"))

from jhqemu.cpio import Archive  # noqa: E402

ROOT_ADDRESS, GUEST_ADDRESS = "10.9.0.1", "10.9.0.2"
NATIVE_PEER, NATIVE_ADDRESS = "10.0.2.2", "10.0.2.15"   # QEMU's own end of -netdev user
# Without a source of entropy each system call would spend 9,000 instructions on its random stack
# offset, and hide what is looked for.
APPEND = "randomize_kstack_offset=off"
MODULES = ("failover", "net_failover", "virtio_net", "virtio_blk", "virtio_mmio")
BLOCK = 4096
SUMS = re.compile(r"sums: id=(\w+) n=(\d+) all=(\d+) el2=(\d+) skipped=(-?\d+)")
MARK = re.compile(r"mark (\w+)\s+root: el2=(\d+)")

CELL = """\
name = "linux"
cpus = [1]
memory = "192M@0x40000000"
console = "uart"
shutdown = "now"
pmu = true              # as the machine without jh has it: what is executed is counted with it

[[virtio]]
kind = "block"

[[virtio]]
kind = "net"
"""

INIT = """\
#!/bin/busybox sh
export PATH=/bin
/bin/busybox --install -s /bin
mount -t proc proc /proc
mount -t sysfs sysfs /sys
mount -t devtmpfs dev /dev
for name in %s; do insmod /$name.ko; done
ifconfig eth0 %s up
until ping -c 1 -W 1 %s >/dev/null; do sleep .3; done
%s
poweroff -f
"""

ROOT = """
modprobe -a jh tun vhost_net || exit
jhctl enable /bench/sys.cell || exit
dd if=/dev/zero of=/bench/disk bs=1M count=64 2>/dev/null || exit
run_cell() {
	initrd=$1
	shift
	jhctl cell linux /bench/linux.cell /bench/Image.gz -i $initrd --disk /bench/disk \\
		--net tap0 -a "rdinit=/init panic=-1 quiet nokaslr %s" "$@" || return
	ifconfig tap0 %s up
	tty=/dev/$(cd /sys/class/tty && grep -lx linux ttyJH*/cell | cut -d/ -f1)
	stty -F $tty raw -echo
	virtiobench marks <$tty >/bench/said &
	jhctl cell wait linux --timeout 600 || return
	sleep 1
	jhctl cell stats linux
	jhctl cell destroy linux
	sleep 1
	cat /bench/said
}
""" % (APPEND, ROOT_ADDRESS)


@dataclass(frozen=True)
class Row:
    """One operation of virtiobench: it moves @shares blocks of 4 KiB, or packets."""

    kind: str
    size: int
    shares: int
    text: str

    @property
    def id(self) -> str:
        """The name in the program's output."""
        return f"{self.kind}_{self.size}"


DEPTH = 16      # of virtiobench's "reads", "writes" and "pings"
NOTHING = Row("nothing", 0, 1, "")      # what root does at EL2 all the same
DISK = (
    Row("read", BLOCK, 1, "read 4 KiB at a time"),
    Row("reads", BLOCK, DEPTH, "16 reads of 4 KiB under way"),
    Row("read", 16 * BLOCK, 16, "read 64 KiB at a time"),
    Row("write", BLOCK, 1, "write 4 KiB at a time"),
    Row("writes", BLOCK, DEPTH, "16 writes of 4 KiB under way"),
    Row("write", 16 * BLOCK, 16, "write 64 KiB at a time"),
)
NET = (
    Row("ping", 56, 2, "ping of 56 bytes"),
    Row("ping", 1400, 2, "ping of 1,400 bytes"),
    Row("pings", 56, 2 * DEPTH, "16 pings of 56 bytes under way"),
    Row("pings", 1400, 2 * DEPTH, "16 pings of 1,400 bytes under way"),
)
ALL = (NOTHING, *DISK, *NET)
PACKETS = (NOTHING, *NET)


@dataclass(frozen=True)
class Sums:
    """What @n operations executed, all together."""

    n: int
    all: int            # by all CPUs, at all exception levels
    el2: int            # while the measuring CPU was at EL2
    skipped: int        # ticks of the clock without an instruction
    root_el2: int       # while one of root's CPUs was at EL2


@dataclass
class Result:
    """One run: the distribution for each operation, and the sums."""

    figures: Figures
    sums: dict[str, Sums]


def commands(rows: tuple[Row, ...], peer: str, count: int) -> str:
    """Lines for a shell that measure these rows."""
    return " &&\n".join(f"virtiobench {row.kind} {peer if row in NET else '/dev/vda'} {row.size} "
                        f"{count}" for row in rows)


def module(name: str) -> bytes:
    """A module of the kernel, as insmod takes it."""
    modules = BUILD / "kernels" / KERNEL / "lib/modules"
    for path in modules.resolve().glob(f"*/kernel/**/{name}.ko*"):
        return lzma.decompress(path.read_bytes()) if path.suffix == ".xz" else path.read_bytes()
    raise BenchError(f"the kernel {KERNEL} has no module {name}")


def initrd(rows: tuple[Row, ...], count: int) -> bytes:
    """The guest's first programs, which measure and end."""
    archive = Archive()
    for name in ("proc", "sys", "dev"):
        archive.directory(name)
    archive.file("bin/busybox", (BUILD / "sysroot/arm64/bin/busybox").read_bytes(), 0o755)
    archive.file("bin/virtiobench", (OUT / "virtiobench").read_bytes(), 0o755)
    for name in MODULES:
        archive.file(f"{name}.ko", module(name))
    text = INIT % (" ".join(MODULES), GUEST_ADDRESS, ROOT_ADDRESS,
                   commands(rows, ROOT_ADDRESS, count))
    archive.file("init", text.encode(), 0o755)
    return gzip.compress(archive.finish(), 1)


def read(text: str) -> Result:
    """Take the figures out of an output."""
    text = text.replace("\r", "")
    figures, _ = parse(text)
    marks: dict[str, list[int]] = {}
    for match in MARK.finditer(text):
        marks.setdefault(match[1], []).append(int(match[2]))
    sums = {}
    for match in SUMS.finditer(text):
        before, after = (marks.get(match[1], []) + [0, 0])[:2]
        sums[match[1]] = Sums(*map(int, match.groups()[1:]), after - before)
    return Result(figures, sums)


def complete(result: Result, name: str, rows: tuple[Row, ...]) -> Result:
    """The result, if it has all rows."""
    missing = [row.id for row in rows if row.id not in result.sums]
    if missing:
        raise BenchError(f"{name}: no figures of {', '.join(missing)}; "
                         f"see {OUT.relative_to(TOP)}/{name}.out and .log")
    return result


def native(gic: int, count: int) -> Result:
    """QEMU's own devices, on a machine with one CPU and without jh."""
    command = f"""
modprobe -a virtio_blk virtio_net || exit
ifconfig eth0 {NATIVE_ADDRESS} up || exit
sleep 2
{commands(ALL, NATIVE_PEER, count)}
"""
    # Registers as the cell's devices have them, and no thread of QEMU's that is notified.
    qemu = ("-global virtio-mmio.force-legacy=off -global virtio-mmio.ioeventfd=off "
            "-blockdev driver=null-co,node-name=disk,size=67108864,read-zeroes=on "
            "-device virtio-blk-device,drive=disk "
            "-netdev user,id=net -device virtio-net-device,netdev=net")
    boot = Boot("virtio-native", command, gic, smp=1, qemu=qemu, append=APPEND,
                puts=[f"{OUT / 'virtiobench'}:/bin/"])
    return complete(read(boot.run()[0]), boot.name, ALL)


def cell(gic: int, count: int) -> tuple[Result, Result]:
    """A cell's devices: with vhost-net, and once more with packets moved by jhvirtiod."""
    folder = configs.Folder("virtio", gic)
    folder.must_add("sys", configs.system(pool="264M"))
    folder.must_add("linux", CELL)
    image = (BUILD / "kernels" / KERNEL / "Image").read_bytes()
    (folder.path / "Image.gz").write_bytes(gzip.compress(image, 1))
    (folder.path / "all.gz").write_bytes(initrd(ALL, count))
    (folder.path / "net.gz").write_bytes(initrd(PACKETS, count))
    command = ROOT + """
run_cell /bench/all.gz || exit
echo next
run_cell /bench/net.gz --no-vhost
"""
    boot = Boot("virtio-cell", command, gic, smp=2, memory="1536M", append=APPEND,
                puts=[f"{folder.path}:/bench", f"{OUT / 'virtiobench'}:/bin/"])
    first, _, second = boot.run()[0].partition("\nnext\n")
    return (complete(read(first), boot.name, ALL), complete(read(second), boot.name, PACKETS))


@dataclass(frozen=True)
class Line:
    """A row's figures for each 4 KiB or packet: instructions."""

    id: str
    text: str
    native: Figure
    cell: Figure
    cell_el2: int       # while the cell's CPU was at EL2, on average
    root_el2: int       # while root's CPU was

    @property
    def factor(self) -> float:
        """What the cell's typical operation takes, in native ones at their best."""
        return self.cell.median / self.native.min


def lines(rows: tuple[Row, ...], there: Result, here: Result, by: str = "") -> list[Line]:
    """Compare a run in a cell with the native one."""
    rest = here.sums[NOTHING.id].root_el2
    found = []
    for row in rows:
        sums = here.sums[row.id]
        all_shares = sums.n * row.shares
        found.append(Line(row.id + (by and f"_{by}"), row.text + (by and f", {by}"),
                          there.figures[row.id].shared(row.shares),
                          here.figures[row.id].shared(row.shares),
                          sums.el2 // all_shares, max(sums.root_el2 - rest, 0) // all_shares))
    return found


HEAD = ("instructions per", "native: min", "median", "cell: min", "median", "factor",
        "of them EL2: cell", "root")


def table(disk: list[Line], net: list[Line]) -> str:
    """Both tables as text."""
    parts = []
    for unit, group in (("4 KiB", disk), ("packet", net)):
        cells = [(f"{HEAD[0]} {unit}", *HEAD[1:])]
        cells += [(line.text, f"{line.native.min:,}", f"{line.native.median:,}",
                   f"{line.cell.min:,}", f"{line.cell.median:,}", f"{line.factor:.1f}",
                   f"{line.cell_el2:,}", f"{line.root_el2:,}") for line in group]
        parts.append(grid(cells))
    return "\n\n".join(parts) + "\n"


def skips(results: list[Result]) -> list[str]:
    """Rows during which all CPUs waited, of which the sums tell."""
    return [f"{key}: all CPUs waited for {sums.skipped // sums.n:,} ns each time, which is not "
            "in the figures" for result in results for key, sums in result.sums.items()
            if sums.skipped // sums.n]


@dataclass(frozen=True)
class Measured:
    """All figures of a run of the command."""

    disk: list[Line]
    net: list[Line]
    notes: list[str]


def measure(gic: int, count: int) -> Measured:
    """Run both machines."""
    there = native(gic, count)
    first, second = cell(gic, count)
    return Measured(lines(DISK, there, first),
                    lines(NET, there, first, "vhost-net") + lines(NET, there, second, "jhvirtiod"),
                    skips([there, first, second]))
