// SPDX-License-Identifier: GPL-2.0-only
/* Copyright (c) The jh authors */
#include <gic/gicr.h>
#include <gic/vcpuid.h>
#include <gic/vgic.h>
#include <gic/vgicr.h>
#include <gic/vppi.h>
#include <hv/atomic.h>

static u64 pass(struct mmio_access a, void *frame)
{
	switch (a.size) {
	case 8:
		if (!a.write)
			return read64(frame, a.offset);
		write64(frame, a.offset, a.value);
		break;
	case 4:
		if (!a.write)
			return read32(frame, a.offset);
		write32(frame, a.offset, (u32)a.value);
		break;
	}
	return 0;
}

/*
 * The redistributors of a cell that numbers its CPUs are contiguous, in the order of the numbers.
 */
static inline struct gicr_frame frame_of(const struct cell *cell, u32 n)
{
	if (!cell_numbers_cpus(cell))
		return n < GICR_MAX_FRAMES ? gicr_frames[n] : (struct gicr_frame){ 0 };
	if (n / 2 >= cell->num_cpus)
		return (struct gicr_frame){ 0 };
	return (struct gicr_frame){ n % 2 ? GICR_SGI : GICR_RD, cell->order[n / 2] % JH_MAX_CPUS };
}

static void *frame_base(struct gicr_frame frame)
{
	u32 n = cpus[frame.cpu].arch.gicr + (frame.kind == GICR_SGI);

	return (char *)gicr_base + ((u64)n << GICR_FRAME_SHIFT);
}

u32 vgicr_own_offset(void)
{
	if (cell_numbers_cpus(this_cell()))
		return (2 * this_percpu->self->place + 1) << GICR_FRAME_SHIFT;
	return (u32)((char *)this_percpu->ppi_base - (char *)gicr_base);
}

/* GICR_TYPER of the nth CPU of a cell that numbers them: no LPIs; the last one says so. */
static inline u64 typer_of(const struct cell *cell, u32 n)
{
	u64 typer = vcpuid_affinity(n) << 32 | n << GICR_TYPER_NUMBER_SHIFT;

	return (s32)n == cell->arch.last_numbered ? typer | GICR_TYPER_LAST : typer;
}

/* The RD frame of a cell that numbers its CPUs. Of GICR_CTLR only RWP and UWP are visible. */
static u64 read_numbered_rd(struct mmio_access a, void *frame, u32 place)
{
	u64 typer = typer_of(this_cell(), place);

	switch (a.offset) {
	case GICR_TYPER:
		return a.size == 8 ? typer : a.size == 4 ? (u32)typer : 0;
	case GICR_TYPER + 4:
		return a.size == 4 ? typer >> 32 : 0;
	case GICR_CTLR:
		return pass(a, frame) & (GICR_CTLR_RWP | GICR_CTLR_UWP);
	}
	return a.size == 4 ? pass(a, frame) : 0;
}

/*
 * The RD frame describes the redistributor and has the registers of LPIs. Every guest may find out
 * which redistributors exist. Only root may have LPIs, because the redistributor reads their tables
 * by DMA. No guest may put a redistributor to sleep, because EL2 would not be signalled any more.
 */
static __noinline __cold u64 access_rd(struct mmio_access a, struct gicr_frame frame, bool own)
{
	const struct cell *cell = this_cell();
	bool is_root = cell->id == CELL_ROOT;
	void *base = frame_base(frame);

	if (a.write) {
		if (own && is_root && a.offset != GICR_WAKER)
			return pass(a, base);
		/* Every driver writes GICR_WAKER, and GICR_CTLR controls LPIs only: no mistake. */
		if (!own || a.offset > GICR_WAKER)
			vgic_ignored(a);
		return 0;
	}
	/* A wrong width may cause an external abort, taken at EL2. */
	if (a.size == 8 && !is_root && a.offset != GICR_TYPER)
		return 0;
	if (a.offset >= 0x10 && a.offset < GICD_IDS &&
	    !(own && (is_root || a.offset == GICR_WAKER)))
		return 0;
	return cell_numbers_cpus(cell) ? read_numbered_rd(a, base, cpus[frame.cpu].place) :
					 pass(a, base);
}

u64 vgicr_access(struct mmio_access a)
{
	struct gicr_frame frame = frame_of(this_cell(), a.offset >> GICR_FRAME_SHIFT);
	const struct cpu *cpu = &cpus[frame.cpu];
	bool own = cpu->cell == this_cell();

	if (frame.kind == GICR_NONE)
		return vgic_ignored(a);
	a.offset &= (1U << GICR_FRAME_SHIFT) - 1;
	if (frame.kind == GICR_RD)
		return access_rd(a, frame, own);
	/*
	 * Interrupts of a CPU that is off cannot be accessed: they are reset when it is turned on.
	 */
	if (!own || load_acquire(&cpu->state) != CPU_RUNNING)
		return a.write ? vgic_ignored(a) : 0;
	return vppi_access(a, frame_base(frame), frame.cpu);
}

/* The short path for GICR_TYPER, by which a guest looks for the redistributor of each CPU. */
u64 vgicr_read(u32 offset, u32 size)
{
	const struct cell *cell = this_cell();
	u32 n = offset / (2 * GICR_SGI_FRAME);

	/* & in place of &&: a single branch. */
	if (likely((size == 8) & (offset % (2 * GICR_SGI_FRAME) == GICR_TYPER) &
		   ((s32)n <= cell->arch.last_numbered)))
		return typer_of(cell, n);
	return vgicr_access((struct mmio_access){ 0, offset, (u8)size, false });
}

/* The short path for enable bits of the executing CPU, which guests access most. */
static inline bool is_own(u32 offset, u32 reg)
{
	return offset - this_percpu->ppi_offset == reg;
}

u64 vgicr_read32(u32 offset)
{
	if (likely(is_own(offset, GICD_ISENABLER)))
		return vppi_read_enable(this_percpu->ppi_base, GICD_ISENABLER,
					&this_percpu->self->arch);
	return vgicr_access((struct mmio_access){ 0, offset, 4, false });
}

void vgicr_write32(u32 offset, u32 value)
{
	if (likely(is_own(offset, GICD_ISENABLER)))
		vppi_enable(this_percpu->ppi_base, value, this_cpu());
	else if (likely(is_own(offset, GICD_ICENABLER)))
		vppi_disable(this_percpu->ppi_base, value, this_cpu());
	else
		vgicr_access((struct mmio_access){ value, offset, 4, true });
}
