# SPDX-License-Identifier: GPL-2.0-only
# Copyright (c) The jh authors
"""The rows of the table: event, figures of the peers, goal."""

from dataclasses import dataclass, field

BOTH = (3, 2)
PEERS = ("Jailhouse", "Bao", "Xen")


@dataclass(frozen=True)
class Row:
    """One row. Figures are instructions at EL2 for each event, unless the title says otherwise."""

    id: str
    title: str
    goal: int | None
    peers: dict[str, int] = field(default_factory=dict)
    native: int | None = 0      # what the event costs without a hypervisor; None: measured
    gics: tuple[int, ...] = BOTH
    scale: str = "instructions"


def _peers(jailhouse: int | None = None, bao: int | None = None,
           xen: int | None = None) -> dict[str, int]:
    given = {"Jailhouse": jailhouse, "Bao": bao, "Xen": xen}
    return {name: value for name, value in given.items() if value is not None}


# Peers as measured on a Cortex-A57 with GICv3, under the same emulator and with the same payload.
# The call of a hypercall or PSCI is itself one instruction, which the counter sees.
ROWS = (
    Row("hypercall", "cheapest hypercall", 60, _peers(120, 150, 417), 1),
    Row("hypercall_unknown", "unknown hypercall", 60, _peers(120), 1),
    Row("hypercall_cells", "hypercall, number of cells", 68, _peers(137), 1),
    Row("psci_version_smc", "PSCI_VERSION by smc", 80, _peers(136, 203, 501), 1),
    Row("psci_version_hvc", "PSCI_VERSION by hvc", 80, _peers(136, 203, 501), 1),
    Row("psci_features", "PSCI_FEATURES by smc", 70, _peers(141), 1),
    Row("affinity_info_self", "AFFINITY_INFO of oneself by smc", 104, _peers(209), 1),
    Row("smccc_version", "SMCCC_VERSION by smc", 62, _peers(124), 1),
    Row("gicd_isenabler_read", "read GICD_ISENABLER", 150, _peers(923, 1290, 687), None),
    Row("gicd_isenabler_write", "write GICD_ISENABLER", 150, _peers(922, 3565, 751), None),
    Row("gicr_isenabler_read", "read GICR_ISENABLER0", 150, _peers(), None, (3,)),
    Row("gicr_isenabler_write", "write GICR_ISENABLER0", 150, _peers(), None, (3,)),
    Row("gicr_typer_read", "read GICR_TYPER", 130, _peers(280), None, (3,)),
    Row("gicd_typer_read", "read GICD_TYPER", 130, _peers(285, 232, 639), None),
    Row("gicd_ipriority_write", "write GICD_IPRIORITYR", 150, _peers(418), None),
    Row("gicd_ipriority_word", "write GICD_IPRIORITYR, a word", 150, _peers(418), None),
    Row("icenabler_full", "write ICENABLER0, list registers full", 600, _peers(), None),
    Row("timer_virtual", "timer to handler, virtual", 90, _peers(206, 199, 1083), None),
    Row("spi_virtual", "own SPI to handler, virtual", 90, _peers(None, 204), None),
    Row("spi_pend_virtual", "the same by a trapped GICD_ISPENDR", 564, _peers(1127), None),
    Row("spi_busy", "own SPI, a list register busy", 150, _peers(), None),
    Row("timer_direct", "timer to handler, direct", 0, _peers(206, 199, 1083), None),
    Row("spi_direct", "own SPI to handler, direct", 0, _peers(None, 204), None),
    Row("sgi_self", "SGI to self, to handler", 150, _peers(1450, 787, 1096), None),
    Row("sgi_remote", "SGI to another CPU, to handler", 220, _peers(1450, 787, 1617), None),
    Row("bell", "bell of a link, cell to cell, to handler", 250, _peers(None, 748)),
    Row("bell_from_root", "bell of a link, root to cell, to handler", 250, _peers(None, 748)),
    # Linux' first instruction cannot tell the time; for EL2 it is an SPI as a cell's.
    Row("bell_to_root", "bell of a link, cell to root: store + SPI", 250, _peers(None, 748), 1),
    Row("exits_per_tick_direct", "exits per tick, direct", 0, _peers(1, 1, 1), scale="exits"),
    Row("bystander_exits", "exits of bystanders per life of a cell", 0, scale="exits"),
    Row("enable_stop_1cpu", "enable: Linux stopped, 1 CPU", 60_000, _peers(950_000)),
    Row("enable_stop_more", "enable: each CPU more", 2_000),
    Row("create_destroy_64m", "create + destroy, 64 MB cell", 200_000, _peers(14_200_000)),
    Row("scrub_per_mb", "scrubbing, per MB", None),
    Row("cpu_on_caller", "CPU_ON, caller's side", 200, _peers(340), 1),
    Row("cpu_on", "CPU_ON to first instruction", 800, _peers(2224), 1),
    Row("image_bytes", "image, unpadded", None, _peers(100_360, 99_824, 983_048), scale="bytes"),
    Row("image_bytes_base", "image without optional units", None,
        _peers(100_360, 99_824, 983_048), scale="bytes"),
    Row("memory_bytes", "memory, 4 CPUs and one cell", None, _peers(356 << 10, 432 << 10),
        scale="bytes"),
    Row("memory_bytes_base", "memory without optional units", 256 << 10,
        _peers(356 << 10, 432 << 10), scale="bytes"),
)

BY_ID = {row.id: row for row in ROWS}

# Only there if cells may have direct interrupts.
DIRECT = {row.id for row in ROWS if row.id.endswith("_direct")}

# Root's own work, before and after enable.
ROOT = {
    "root_syscall": "system call",
    "root_page_fault": "page fault",
    "root_fork": "fork, exit, wait",
    "root_ipi": "pipe there and back, 2 CPUs",
    "root_disk": "disk, read 4 KiB",
    "root_net": "network, ping",
}
