# SPDX-License-Identifier: GPL-2.0-only
# Copyright (c) The jh authors
"""The runs that fill the table: one native run and two root cells for each GIC."""

from dataclasses import dataclass, field

from jhbench import configs, machine, profile
from jhbench.figures import Figure, Figures, one, parse
from jhbench.machine import BUILD, BenchError, Boot
from jhbench.rows import DIRECT, ROWS

COSTS = "/sys/devices/virtual/misc/jh/costs"
IMAGE = "/usr/lib/jh/inmates/bench.bin"
# Names of the rows in the output of the guest's programs.
RENAMED = {"create_destroy": "create_destroy_64m"}
# Rows that a quick run leaves out.
MANAGEMENT = {"bystander_exits", "enable_stop_1cpu", "enable_stop_more", "create_destroy_64m",
              "scrub_per_mb"}
# Rows of the runs with links.
BELLS = {"bell", "bell_to_root"}
MANY_CPUS = 8           # as many as a GICv2 has

# Root sleeps while the cell measures: under icount the counter counts all CPUs' instructions.
RUN_CELL = """
run_cell() {
	cell=${3:-bench}
	line="console=uart n=$1 mode=$2 delay_us=300000"
	jhctl cell load $cell %s --string "$line" --address 0x1000
	jhctl cell start $cell
	tries=0
	until jhctl cell list | grep -q " $cell .*shut down"; do
		tries=$((tries + 1))
		[ $tries -lt 60 ] || { jhctl cell list; return 1; }
		sleep $(($1 / 400 + 1))
	done
	jhctl cell destroy $cell
}
""" % IMAGE


@dataclass
class Counts:
    """Numbers of samples."""

    inmate: int = 1000
    enable: int = 1000
    cells: int = 1000
    lives: int = 100


@dataclass
class Result:
    """Results of the runs for one GIC."""

    gic: int
    figures: Figures = field(default_factory=dict)
    natives: Figures = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)

    def added(self, row_id: str, native: int | None) -> Figure | None:
        """The cost that the hypervisor adds to an event, None if it was not measured."""
        figure = self.figures.get(row_id)
        if not figure:
            return None
        if native is None:
            if row_id.endswith("_direct"):
                row_id = row_id.replace("_direct", "_virtual")
            return figure.less(self.natives[row_id].median)
        return figure.less(native)


def _take(result: Result, text: str) -> None:
    figures, missing = parse(text)
    result.figures.update({RENAMED.get(name, name): value for name, value in figures.items()})
    result.notes += [f"GICv{result.gic}: not measured: {what}" for what in missing]


def measure_cell(result: Result, counts: Counts, management: bool) -> None:
    """Four CPUs: the inmate's figures and, with @management, those of life cycles and memory."""
    name = f"cell-{result.gic}"
    folder = configs.Folder(name, result.gic)
    folder.must_add("sys", configs.system())
    folder.must_add("bench", configs.bench_cell([2, 3]))
    folder.must_add("caller", configs.bench_cell([2], configs.link_side("hearer")).replace(
        '"bench"\ncpus', '"caller"\ncpus'))
    folder.must_add("hearer", configs.cell("hearer", [3], "1M") + configs.link_side("caller"))
    folder.must_add("rooted", configs.bench_cell([3], configs.link_side("root")).replace(
        '"bench"\ncpus', '"rooted"\ncpus'))
    folder.must_add("idle", configs.cell("idle", [2], "1M"))
    folder.must_add("life", configs.cell("life", [3], "1M"))
    folder.must_add("big", configs.cell("big", [3], "64M"))
    direct = folder.add("direct", configs.bench_cell([2, 3], configs.DIRECT))
    command = RUN_CELL + f"""
modprobe jh || exit
jhctl enable /bench/sys.cell || exit
jhctl cell create /bench/bench.cell || exit
echo memory $(cat {COSTS}/memory)
run_cell {counts.inmate} virtual || exit
"""
    if direct:
        command += f"""
if jhctl cell create /bench/direct.cell; then
	run_cell {counts.inmate} direct || exit
else
	echo no direct interrupts
fi
"""
    command += f"""
jhctl cell run /bench/hearer.cell {IMAGE} --args run=link || exit
jhctl cell create /bench/caller.cell || exit
run_cell {counts.inmate} "link run=link" caller || exit
jhctl cell destroy hearer || exit
jhctl cell run /bench/rooted.cell {IMAGE} --args "console=uart n={counts.inmate} \
	run=link with=root" || exit
linkbench {counts.inmate} /dev/jh-link/rooted/bench || exit
jhctl cell wait rooted --timeout 20 && jhctl cell destroy rooted || exit
"""
    if management:
        command += f"""
jhctl cell run /bench/idle.cell {IMAGE} --args run=idle || exit
managebench lives {counts.lives} /bench/life.cell {IMAGE} || exit
managebench cells {counts.cells} /bench/big.cell || exit
"""
    output, serial = Boot(name, command, result.gic, puts=folder.puts()).run()
    _take_inmate(result, serial)
    _take(result, output)
    for line in output.splitlines():
        if line.startswith("memory "):
            result.figures["memory_bytes"] = one(int(line.split()[1]))
    _judge_direct(result, direct, output)
    _add_interrupt(result)


def _add_interrupt(result: Result) -> None:
    """A bell to root is a store of the cell's, and an SPI, which costs as a cell's own does."""
    store, spi = result.figures.pop("bell_to_root", None), result.added("spi_virtual", None)
    if store and spi:
        result.figures["bell_to_root"] = store.less(-spi.median)


def _take_inmate(result: Result, serial: str) -> None:
    """A second run, in direct mode or of links, adds its own figures only."""
    runs = serial.split("bench: start")[1:]
    if not runs or any("bench: end" not in run for run in runs):
        raise BenchError(f"GICv{result.gic}: inmates/bench did not end; see the output of the "
                         f"second serial port in build/bench/cell-{result.gic}.serial1")
    for run in runs[1:]:
        figures, missing = parse(run)
        result.figures.update({key: figures[key] for key in figures if key in DIRECT | BELLS})
        result.notes += [f"GICv{result.gic}: not measured: {what}" +
                         ("" if what.startswith("bell") else ", direct") for what in missing]
    _take(result, runs[0])


def _judge_direct(result: Result, compiled: bool, output: str) -> None:
    """A configuration that is taken but changes nothing is no direct mode."""
    exits = result.figures.get("exits_per_tick_direct")
    if not compiled or "no direct interrupts" in output:
        result.notes.append(f"GICv{result.gic}: this hypervisor has no direct interrupts")
    elif exits and exits.median >= 1:
        result.notes.append(f'GICv{result.gic}: interrupts = "direct" is accepted, but each '
                            f"interrupt still costs {exits.median} exits: not shown as direct")
        for row_id in DIRECT:
            result.figures.pop(row_id, None)


def _enable(gic: int, count: int, cpus: int) -> Figure:
    """The time that Linux stands still, with so many CPUs."""
    name = f"enable-{gic}" if cpus == 1 else f"enable-{gic}-{cpus}"
    folder = configs.Folder(name, gic)
    folder.must_add("sys", configs.system("2M"))
    command = f"modprobe jh && managebench enable {count} /bench/sys.cell"
    output, _ = Boot(name, command, gic, smp=cpus, puts=folder.puts()).run()
    return parse(output)[0]["enable_stop"]


def measure_enable(result: Result, counts: Counts) -> None:
    """The cost of one CPU, and of each further one."""
    alone = _enable(result.gic, counts.enable, 1)
    many = _enable(result.gic, counts.lives, MANY_CPUS)
    result.figures["enable_stop_1cpu"] = alone
    result.figures["enable_stop_more"] = many.less(alone.median).shared(MANY_CPUS - 1)


def measure(gic: int, counts: Counts, quick: bool) -> Result:
    """All rows of one GIC; @quick: only those of a cell."""
    result = Result(gic)
    result.natives, _ = parse(machine.native(gic, counts.inmate))
    image, memory = image_bytes(gic)
    base, base_memory = image_bytes(gic, "-base")
    result.figures["image_bytes"] = one(image)
    result.figures["image_bytes_base"] = one(base)
    measure_cell(result, counts, management=not quick)
    if "memory_bytes" in result.figures:
        whole = result.figures["memory_bytes"].median
        result.figures["memory_bytes_base"] = one(whole - memory + base_memory)
    if not quick:
        measure_enable(result, counts)
    return result


def image_bytes(gic: int, variant: str = "") -> tuple[int, int]:
    """Bytes of code, constants and data, without padding to pages; and of all its memory."""
    at = {name: address for address, _, name in profile.symbols(gic, variant)}
    return (at["image_code_end"] - at["image_start"] + at["image_constants_end"] -
            at["image_text_end"] + at["image_data_end"] - at["image_rodata_end"],
            at["image_end"] - at["image_start"])


def rows_of(result: Result) -> list[dict[str, int | str]]:
    """The rows as bench.json has them."""
    rows = []
    for row in ROWS:
        figure = result.added(row.id, row.native) if result.gic in row.gics else None
        if figure:
            rows.append({"id": row.id, "gic": result.gic, **vars(figure)})
    return rows


def measure_root(samples: int) -> dict[str, tuple[Figure, Figure]]:
    """Root's own work before and after enable."""
    folder = configs.Folder("root", 3)
    folder.must_add("sys", configs.system())
    command = f"""
modprobe -a virtio_blk virtio_net jh || exit
ip link set eth0 up && ip addr add 10.0.2.15/24 dev eth0 || exit
sleep 2
rootbench 100 >/dev/null
rootbench {samples} || exit
echo enable
jhctl enable /bench/sys.cell || exit
sleep 2
rootbench {samples}
"""
    qemu = ("-blockdev driver=null-co,node-name=disk,size=1073741824,read-zeroes=on "
            "-device virtio-blk-device,drive=disk "
            "-netdev user,id=net -device virtio-net-device,netdev=net")
    # Without a source of entropy each system call would spend 9,000 instructions on its random
    # stack offset, and hide what is looked for.
    boot = Boot("root", command, 3, puts=folder.puts(), qemu=qemu,
                append="randomize_kstack_offset=off")
    output, _ = boot.run()
    before, _, after = output.partition("\nenable\n")
    natives, figures = parse(before)[0], parse(after)[0]
    return {key: (natives[key], figures[key]) for key in natives if key in figures}
