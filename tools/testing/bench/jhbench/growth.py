# SPDX-License-Identifier: GPL-2.0-only
# Copyright (c) The jh authors
"""Growth: the same figures with more CPUs, more cells and more memory. No row may grow."""

from jhbench import configs
from jhbench.figures import Figures, one, parse
from jhbench.machine import BenchError, Boot
from jhbench.plan import COSTS, IMAGE, RUN_CELL
from jhbench.report import grid

CPUS = (2, 4, 8, 16, 64)
CELLS = (1, 2, 4, 8, 16)
MEGABYTES = (4, 16, 64, 256, 1024, 4096)
SAMPLES = 100
LIVES = 20
# Figures that depend on the size by their nature, and why.
MAY_GROW = {
    "enable_stop": "each CPU enters, and root's table is split for each region",
    "memory_bytes": "each CPU and each cell has memory of its own",
    "create_destroy": "CPUs and memory are claimed one by one; tables hold the memory",
}
# The counter counts what idle CPUs do now and then as well.
TOLERANCE = 0.03
Sweep = list[dict[str, object]]


def _figures(boot: Boot) -> Figures:
    output, serial = boot.run()
    if serial and "bench: start" in serial and "bench: end" not in serial:
        raise BenchError(f"{boot.name}: inmates/bench did not end")
    figures = {**parse(serial)[0], **parse(output)[0]}
    for line in output.splitlines():
        if line.startswith("memory "):
            figures["memory_bytes"] = one(int(line.split()[1]))
    return figures


def with_cpus(cpus: int) -> Figures:
    """A machine with so many CPUs, of which a cell has the last two."""
    folder = configs.Folder(f"cpus-{cpus}", 3)
    last = [cpus - 2, cpus - 1] if cpus > 2 else [cpus - 1]
    folder.must_add("sys", configs.system(size="4M"))
    folder.must_add("bench", configs.bench_cell(last))
    folder.must_add("big", configs.cell("big", last[-1:], "64M"))
    command = RUN_CELL + f"""
modprobe jh && jhctl enable /bench/sys.cell && jhctl cell create /bench/bench.cell || exit
echo memory $(cat {COSTS}/memory)
ticks=$(cat {COSTS}/enable)
echo "bench: id=enable_stop n=1 min=$ticks median=$ticks p99=$ticks max=$ticks"
run_cell {SAMPLES} virtual || exit
managebench cells {LIVES} /bench/big.cell
"""
    return _figures(Boot(f"cpus-{cpus}", command, 3, smp=cpus, memory="2G", puts=folder.puts()))


def with_cells(cells: int) -> Figures:
    """A machine with 20 CPUs and so many cells, of which one is measured."""
    folder = configs.Folder(f"cells-{cells}", 3)
    folder.must_add("sys", configs.system(size="4M"))
    folder.must_add("bench", configs.bench_cell([18, 19]))
    folder.must_add("life", configs.cell("life", [17], "1M"))
    command = RUN_CELL + "modprobe jh && jhctl enable /bench/sys.cell || exit\n"
    for number in range(1, cells):
        name = f"idle{number}"
        folder.must_add(name, configs.cell(name, [number + 1], "1M"))
        command += f"jhctl cell run /bench/{name}.cell {IMAGE} --args run=idle || exit\n"
    command += f"""
jhctl cell create /bench/bench.cell || exit
echo memory $(cat {COSTS}/memory)
run_cell {SAMPLES} virtual || exit
managebench cells {LIVES} /bench/life.cell || exit
managebench lives {LIVES} /bench/life.cell {IMAGE}
"""
    return _figures(Boot(f"cells-{cells}", command, 3, smp=20, memory="2G", puts=folder.puts()))


def with_memory(megabytes: tuple[int, ...]) -> dict[int, Figures]:
    """One machine; cells with so many MB, one after the other."""
    folder = configs.Folder("memory", 3)
    pool = max(megabytes)
    folder.must_add("sys", configs.system(f"{pool}M", "4M"))
    command = "modprobe jh && jhctl enable /bench/sys.cell || exit\n"
    for size in megabytes:
        folder.must_add(f"big{size}", configs.large_cell("big", 3, size))
        command += f"managebench cells {3 if size > 256 else 10} /bench/big{size}.cell || exit\n"
        command += "echo next\n"
    boot = Boot("memory", command, 3, memory=f"{pool * 2}M", puts=folder.puts())
    parts = boot.run()[0].split("\nnext\n")
    return {size: parse(part)[0] for size, part in zip(megabytes, parts)}


def _as_rows(what: str, found: dict[int, Figures]) -> Sweep:
    return [{"by": what, "value": value, "id": key, **vars(figure)}
            for value, figures in found.items() for key, figure in figures.items()
            if key != "nothing"]


def measure() -> Sweep:
    """All sweeps."""
    rows = _as_rows("cpus", {n: with_cpus(n) for n in CPUS})
    rows += _as_rows("cells", {n: with_cells(n) for n in CELLS})
    return rows + _as_rows("megabytes", with_memory(MEGABYTES))


def judge(rows: Sweep) -> list[tuple[bool, str]]:
    """Whether each figure stays constant in each sweep, with a sentence."""
    verdicts = []
    for what, key in dict.fromkeys((str(row["by"]), str(row["id"])) for row in rows):
        if key in MAY_GROW:
            continue
        medians = [int(str(row["median"])) for row in rows
                   if row["by"] == what and row["id"] == key]
        good = max(medians) <= medians[0] * (1 + TOLERANCE)
        verdicts.append((good, f"{key} by {what}: {medians[0]} to {max(medians)}"))
    return verdicts


def table(rows: Sweep) -> str:
    """Medians, one table for each sweep."""
    text = "As measured: what the event costs without a hypervisor is not subtracted.\n\n"
    for what in ("cpus", "cells", "megabytes"):
        mine = [row for row in rows if row["by"] == what]
        values = sorted({row["value"] for row in mine})     # type: ignore[type-var]
        lines = [(f"median, by {what}", *(str(value) for value in values))]
        for key in dict.fromkeys(str(row["id"]) for row in mine):
            by_value = {row["value"]: row["median"] for row in mine if row["id"] == key}
            lines.append((key, *(f"{by_value[value]:,}" if value in by_value else "-"
                                 for value in values)))
        text += grid(lines) + "\n\n"
    return text + "".join(f"{key} may grow: {why}\n" for key, why in MAY_GROW.items())
