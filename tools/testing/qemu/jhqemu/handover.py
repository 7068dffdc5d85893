# SPDX-License-Identifier: GPL-2.0-only
# Copyright (c) The jh authors
"""Stops a machine wherever a resource changes its owner, and reads what the new one gets."""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from .debugger import Debugger
from .ownership import CONSTANTS, Checker, State
from .probe import TOP, Probe, offsets

HEADERS = ["asm/boot.h", "asm/percpu.h", "gic/gicv2.h", "hv/cell.h",
           "hv/cpu.h", "jh/image.h", "jh/comm.h"]
GICV2 = ("gicc", "gich")
PERCPU = ("cell", "ppi_base", "found_ppis", "vgic.num_queued", "vgic.num_lpis", "vgic.queued")
CPU = ("report", "arch.mpidr", "arch.sgi_pending", "arch.sgi_enabled", "arch.sgi_priority",
       "arch.sgi_sources", "arch.revoke_pending")
CELL = ("id", "flags", "cpu_mask", "comm", "irqs", "report", "num_memories", "memories", "config")
CONSTANT = {
    "PERCPU": "PERCPU_VA", "REGS": "(u64)guest_regs", "TABLE": "(u64)private_table",
    "CPU_SIZE": "sizeof(struct cpu)", "DIRECT": "JH_CELL_IRQ_DIRECT", "AUTO": "JH_MEM_AUTO",
    "MEMORY_SIZE": "sizeof(struct cell_memory)", "STATS": "JH_NUM_STATS",
    "SLOTS": "PRIVATE_SLOT_READ", "SLOTS_END": "PRIVATE_SLOT_UNCACHED + PRIVATE_SLOT_PAGES",
    "boot_exit_spsr": "offsetof(struct boot_exit, spsr)",
    "memory_pa": "offsetof(struct cell_memory, pa)",
    "memory_gpa": "offsetof(struct cell_memory, gpa)",
    "memory_size": "offsetof(struct cell_memory, size)",
    "memory_flags": "offsetof(struct cell_memory, flags)",
    "report_stats": "offsetof(struct jh_cpu_report, stats)",
    "report_cell": "offsetof(struct jh_cpu_report, cell)",
    "cell_starts": "offsetof(struct jh_cell_report, starts)",
    "cell_crash": "offsetof(struct jh_cell_report, crash)",
    "cell_crash_size": "sizeof(struct jh_crash)",
    "comm_first": "offsetof(struct jh_comm_region, cell_state)",
}
# The registers of the first 32 interrupts, in a redistributor or banked in GICv2's distributor.
LOCAL = {"IGROUPR0": 0x80, "ISENABLER0": 0x100, "ISPENDR0": 0x200, "ISACTIVER0": 0x300,
         **{f"IPRIORITYR{n}": 0x400 + 4 * n for n in range(8)}, "ICFGR0": 0xc00, "ICFGR1": 0xc04}
LOCAL_V2 = {f"SPENDSGIR{n}": 0xf20 + 4 * n for n in range(4)}
GICC = {"GICC_CTLR": 0x0, "GICC_PMR": 0x4, "GICC_RPR": 0x14, "GICC_APR": 0xd0, "GICC_NSAPR": 0xe0}
GICH = {"GICH_HCR": 0x0, "GICH_VMCR": 0x8, "GICH_APR": 0xf0,
        **{f"GICH_LR{n}": 0x100 + 4 * n for n in range(4)}}
READABLE = {*LOCAL, *LOCAL_V2, *GICC, *GICH}
ERET = 0xd69f03e0
PSCI_CPU_OFF = 0x84000002
# The hypervisor's functions in which the machine stops.
PLACES = ("affinity_join", "boot_exit", "cell_set", "ask_firmware", "guest_start")
EL2H_MASKED = 0x3c9
WORDS = 32              # of interrupts that a cell may own
CHUNK = 0x10000


@dataclass
class Life:
    """A planned life of a cell, and its memory's content at the start."""

    cell: str
    image: bytes
    arguments: bytes


class Memory:
    """Content of RAM, compared by value and shown by its first difference."""

    def __init__(self, gpa: int, data: bytes, right: bytes) -> None:
        self._gpa, self._data, self._right = gpa, data, right

    def __eq__(self, other: object) -> bool:
        return self._data == self._right

    def __str__(self) -> str:
        at = next(n for n, byte in enumerate(self._data) if byte != self._right[n])
        return f"{self._data[at:at + 16].hex()} at {self._gpa + at:#x}"


class Handover:
    """The stops, and the reading at each."""

    def __init__(self, debugger: Debugger, chip: str, lives: list[Life], checker: Checker,
                 tell: Callable[[str], None]) -> None:
        self._debugger, self._chip, self._checker, self._tell = debugger, chip, checker, tell
        self._lives = deque(lives)
        self._probe = Probe(debugger, TOP / f"build/hypervisor/jh-{chip}.elf")
        self._at = layout()
        self._stops: dict[int, Callable[[int], None]] = {}
        self._claimed: dict[int, dict[int, int]] = {}    # of each cell: trigger by interrupt
        self._triggers: list[int] = []
        self._groups: list[int] = []

    # --- the hypervisor's memory ---

    def _field(self, base: int, name: str, size: int = 8) -> int:
        return self._probe.number(base + self._at[name], size)

    def _gicd(self) -> int:
        return self._probe.number(self._probe.address("gicd_base"))

    def _cpu(self, cpu: int) -> int:
        return self._probe.address("cpus") + cpu * self._at["CPU_SIZE"]

    def _name(self, cell: int) -> str:
        report = self._field(cell, "cell_report")
        return self._debugger.memory(report, 32).split(b"\0")[0].decode()

    # --- registers ---

    def _registers(self, cpu: int, local: bool) -> dict[str, int]:
        """All registers of the debugger, and the local ones of the interrupt controller."""
        self._debugger.select(cpu)
        registers = {name: self._debugger.read(name) for name in self._debugger.registers}
        if not local:
            return registers
        local_base = self._field(self._at["PERCPU"], "percpu_ppi_base")
        frames = {name: local_base + offset for name, offset in LOCAL.items()}
        if self._chip == "gicv2":
            gicd, gicv2 = self._gicd(), self._probe.address("gicv2")
            gicc, gich = (self._field(gicv2, f"gicv2_{name}") for name in GICV2)
            frames |= {name: gicd + offset for name, offset in LOCAL_V2.items()}
            frames |= {name: gicc + offset for name, offset in GICC.items()}
            frames |= {name: gich + offset for name, offset in GICH.items()}
        values = self._probe.device(cpu, list(frames.values()))
        return registers | dict(zip(frames, values))

    def _state(self, moment: str, cpu: int, registers: dict[str, int]) -> State:
        """The names that the checks of a moment may use."""
        at, percpu, this = self._at, self._at["PERCPU"], self._cpu(cpu)
        table = self._debugger.memory(at["TABLE"] + 8 * at["SLOTS"],
                                      8 * (at["SLOTS_END"] - at["SLOTS"]))
        queued = self._debugger.memory(percpu + at["percpu_vgic_queued"], 4 * WORDS)
        state: dict[str, object] = {
            **CONSTANTS, **registers,
            "sgi_pending": self._field(this, "cpu_arch_sgi_pending", 4),
            "sgi_enabled": self._field(this, "cpu_arch_sgi_enabled", 4),
            "sgi_priority": self._field(this, "cpu_arch_sgi_priority", 16),
            "sgi_sources": self._field(this, "cpu_arch_sgi_sources", 16),
            "revoke_pending": self._field(this, "cpu_arch_revoke_pending", 4),
            "queued": int.from_bytes(queued, "little"),
            "num_queued": self._field(percpu, "percpu_vgic_num_queued", 4),
            "num_lpis": self._field(percpu, "percpu_vgic_num_lpis", 4),
            "found_ppis": self._field(percpu, "percpu_found_ppis", 4),
            "slots": sum(entry & 1 for entry in table[::8]),
            "report_cell": self._field(self._field(this, "cpu_report"), "report_cell", 4),
        }
        system = sorted(name for name in self._checker.table.names(moment, self._chip)
                        if name.startswith(("icc_", "ich_")))
        if system:
            state |= self._probe.system(cpu, system)
        return state

    # --- moments ---

    def _kind(self, cell: int) -> tuple[str, int]:
        """The moment at which a CPU enters a guest of this cell, and the cell's flags."""
        flags = self._field(cell, "cell_flags", 4)
        if cell == self._probe.address("root_cell"):
            return "root", flags
        return ("direct" if flags & self._at["DIRECT"] else "cell"), flags

    def _reset(self, cpu: int) -> None:
        """A CPU was reset for a cell, and no sibling can reach it yet."""
        cell = self._debugger.read("x0")
        moment, flags = self._kind(cell)
        where = f"CPU {cpu} enters {self._name(cell)}"
        registers = self._registers(cpu, True)
        state = dict(self._state(moment, cpu, registers))
        state["cell_id"] = self._field(cell, "cell_id", 4)
        self._checker.visit(moment, where, cpu, registers, flags, [state], self._tell)
        starts = self._field(self._field(cell, "cell_report"), "cell_starts", 4)
        first = self._field(cell, "cell_cpu_mask") & -self._field(cell, "cell_cpu_mask")
        if moment != "root" and starts == 1 and first == 1 << cpu:
            self._claim(cpu, cell, where)

    def _enter(self, cpu: int) -> None:
        """At the last instruction before a guest."""
        cell = self._field(self._at["PERCPU"], "percpu_cell")
        moment, _ = self._kind(cell)
        registers = self._registers(cpu, False)
        general = 0
        for n in range(1, 31):
            general |= registers[f"x{n}"]
        self._visit_some(moment, f"CPU {cpu} is in {self._name(cell)}",
                         {**CONSTANTS, "general": general, "pstate": registers["SPSR_EL2"]})

    def _visit_some(self, moment: str, where: str, state: State) -> None:
        """Make the checks that need only these registers."""
        for check in self._checker.table.at(moment, self._chip):
            if check.kind == "expression" and set(check.names) <= set(state):
                check.made += 1
                for line in check.holds(state):
                    self._checker.found.append(f"{where}: {line}")
                    self._tell(self._checker.found[-1])

    def _leave(self, cpu: int) -> None:
        """Root gets a CPU without the hypervisor, or all of them and the hypervisor ends."""
        spsr = self._field(self._debugger.read("x1"), "boot_exit_spsr")
        if spsr != EL2H_MASKED:
            return
        frame = self._debugger.memory(self._debugger.read("x0") + 8, 8 * 30)
        self._released("bare", f"CPU {cpu} is root's", cpu,
                       {"general": int.from_bytes(frame, "little"), "pstate": spsr})

    def _off(self, cpu: int) -> None:
        """A firmware call, which may turn this CPU off."""
        if self._debugger.read("x0") & 0xffffffff != PSCI_CPU_OFF:
            return
        self._released("firmware", f"CPU {cpu} is firmware's", cpu, {})

    def _released(self, moment: str, where: str, cpu: int, more: dict[str, object]) -> None:
        registers = self._registers(cpu, True)
        state = {**self._state(moment, cpu, registers), **more}
        self._checker.visit(moment, where, cpu, registers, 0, [state], self._tell)

    # --- interrupts and memory ---

    def _spi(self, cpu: int, intid: int) -> dict[str, object]:
        """The fields of an SPI."""
        gicd, word, bit = self._gicd(), intid // 32 * 4, intid % 32
        route = 0x6000 + 8 * intid if self._chip == "gicv3" else 0x800 + intid // 4 * 4
        at = [0x80 + word, 0x100 + word, 0x200 + word, 0x300 + word, 0x400 + intid // 4 * 4,
              0xc00 + intid // 16 * 4, route]
        group, enabled, pending, active, priority, config, target = self._probe.device(
            cpu, [gicd + offset for offset in at])
        return {**CONSTANTS, "SPI_GROUP": group >> bit & 1, "SPI_ENABLED": enabled >> bit & 1,
                "SPI_PENDING": pending >> bit & 1, "SPI_ACTIVE": active >> bit & 1,
                "SPI_PRIORITY": priority >> intid % 4 * 8 & 0xff,
                "SPI_EDGE": config >> (intid % 16 * 2 + 1) & 1,
                "SPI_TARGET": target if self._chip == "gicv3" else target >> intid % 4 * 8 & 0xff,
                "found_edge": self._triggers[intid // 16] >> (intid % 16 * 2 + 1) & 1,
                "found_group": self._groups[intid // 32] >> bit & 1}

    def _spis(self, moment: str, where: str, cpu: int, irqs: list[int], mask: int) -> None:
        owner = (mask & -mask).bit_length() - 1
        first = 1 << owner if self._chip == "gicv2" else self._field(self._cpu(owner),
                                                                    "cpu_arch_mpidr")
        for intid in irqs:
            state = {**self._spi(cpu, intid), "first_cpu": first & 0xffffffff}
            if moment == "claim":
                state["config_edge"] = 0        # the UART's is a level in each configuration here
            self._visit_some(moment, f"{where}: INTID {intid}", state)

    def _owned(self, cell: int) -> list[int]:
        words = self._debugger.memory(cell + self._at["cell_irqs"], 4 * WORDS)
        bits = int.from_bytes(words, "little")
        return [intid for intid in range(32, 32 * WORDS) if bits >> intid & 1]

    def _memories(self, cell: int) -> list[tuple[int, int, int]]:
        """Physical address, guest address and size of the cell's own RAM."""
        found = []
        for n in range(self._field(cell, "cell_num_memories", 4)):
            memory = cell + self._at["cell_memories"] + n * self._at["MEMORY_SIZE"]
            flags = self._field(memory, "memory_flags", 4)
            if self._at["AUTO"] & flags:
                found.append((self._field(memory, "memory_pa"), self._field(memory, "memory_gpa"),
                              self._field(memory, "memory_size")))
        return found

    def _claim(self, cpu: int, cell: int, where: str) -> None:
        """A cell begins its first life."""
        life = self._lives.popleft() if self._lives else Life("", b"", b"")
        if life.cell != self._name(cell):
            self._tell(f"{where}: {life.cell} was to begin")
            self._checker.found.append(where)
        self._checker.visits["claim"] = self._checker.visits.get("claim", 0) + 1
        self._claimed[self._field(cell, "cell_id", 4)] = dict.fromkeys(self._owned(cell), 0)
        self._spis("claim", where, cpu, self._owned(cell), self._field(cell, "cell_cpu_mask"))
        self._ram("claim", where, cell, life)
        report = self._field(cell, "cell_report")
        stats = self._debugger.memory(self._field(self._cpu(cpu), "cpu_report") +
                                      self._at["report_stats"], 8 * self._at["STATS"])
        crash = self._debugger.memory(report + self._at["cell_crash"], self._at["cell_crash_size"])
        comm = self._debugger.memory(self._field(cell, "cell_comm") + self._at["comm_first"], 12,
                                     physical=True)
        self._visit_some("claim", where, {
            "stats": int.from_bytes(stats, "little"), "crash": int.from_bytes(crash, "little"),
            "comm_state": int.from_bytes(comm, "little")})

    def _ram(self, moment: str, where: str, cell: int, life: Life | None) -> None:
        for pa, gpa, size in self._memories(cell):
            data = b"".join(self._debugger.memory(pa + at, min(CHUNK, size - at), physical=True)
                            for at in range(0, size, CHUNK))
            right = bytearray(size)
            if life and gpa == 0:
                right[:len(life.image)] = life.image
                right[0x1000:0x1000 + len(life.arguments)] = life.arguments
            name = "loaded" if life else "zero"
            self._visit_some(moment, where, {"ram": Memory(gpa, data, bytes(right)), name: name})

    def _set_cell(self, cpu: int) -> None:
        """The table of cells changes: the hypervisor begins, or a cell is destroyed."""
        number, cell = self._debugger.read("x0"), self._debugger.read("x1")
        if cell == self._probe.address("root_cell"):
            gicd = self._gicd()
            self._triggers = self._probe.device(cpu, [gicd + 0xc00 + 4 * n for n in range(16)])
            self._groups = self._probe.device(cpu, [gicd + 0x80 + 4 * n for n in range(8)])
        if cell:
            return
        cell = self._probe.number(self._probe.address("cells") + 8 * number)
        where = f"{self._name(cell)} is destroyed"
        self._checker.visits["release"] = self._checker.visits.get("release", 0) + 1
        root = self._field(self._probe.address("root_cell"), "cell_cpu_mask")
        self._spis("release", where, cpu, list(self._claimed.get(number, {})), root)
        self._ram("release", where, cell, None)

    # --- going ---

    def run(self, seconds: float) -> None:
        """Let the machine go, from stop to stop, until it ends."""
        probe = self._probe
        reads = (self._reset, self._leave, self._set_cell, self._off)
        for place, read in zip(PLACES, reads):
            self._stops[probe.address(place)] = read
        for address in self._stops:
            self._debugger.insert(address)
        while (cpu := self._next(seconds)) is not None:
            address = self._debugger.read("pc")
            self._stops[address](cpu)
            self._stop_at_the_end_of_entry()
            self._debugger.select(cpu)
            self._debugger.step_over(cpu, address)

    def _stop_at_the_end_of_entry(self) -> None:
        """Set the breakpoint at the end of entry, whose code is in memory only now."""
        if self._enter not in self._stops.values():
            address = self._probe.instruction(PLACES[-1], ERET)
            self._stops[address] = self._enter
            self._debugger.insert(address)

    def _next(self, seconds: float) -> int | None:
        self._debugger.resume()
        cpu = self._debugger.wait(seconds)
        if cpu is not None:
            self._debugger.select(cpu)
        return cpu


def layout() -> dict[str, int]:
    """Offsets and constants of the hypervisor's headers."""
    wanted = dict(CONSTANT)
    for prefix, struct, fields in (("gicv2", "gicv2", GICV2), ("percpu", "percpu", PERCPU),
                                   ("cpu", "cpu", CPU), ("cell", "cell", CELL)):
        wanted |= {f"{prefix}_{name.replace('.', '_')}": f"offsetof(struct {struct}, {name})"
                   for name in fields}
    return offsets(HEADERS, wanted)


def read_baseline(debugger: Debugger, cpus: int) -> dict[int, dict[str, int]]:
    """The registers of all CPUs, as QEMU resets them."""
    found = {}
    for cpu in range(cpus):
        debugger.select(cpu)
        found[cpu] = {name: debugger.read(name) for name in debugger.registers}
    return found


def image(name: str) -> bytes:
    """An inmate, as it is loaded."""
    return next(Path(TOP, "build/inmates").rglob(name + ".bin")).read_bytes()
