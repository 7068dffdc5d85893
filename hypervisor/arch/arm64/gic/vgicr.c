// SPDX-License-Identifier: GPL-2.0-only
/* Copyright (c) The jh authors */
#include <gic/gicr.h>
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
 * The frame that describes the redistributor and holds its LPI tables. Everybody may find out
 * which there are; only root may have LPIs, whose tables the redistributor reads by DMA; nobody may
 * put one to sleep, which would keep EL2 from being signalled.
 */
static __noinline u64 access_rd(struct mmio_access a, void *frame, bool own)
{
	bool is_root = this_cell()->id == CELL_ROOT;

	/* A wrong width may be an external abort, which EL2 would take. */
	if (a.size == 8 && !is_root && a.offset != GICR_TYPER)
		return 0;
	if (a.write)
		return own && is_root && a.offset != GICR_WAKER ? pass(a, frame) : 0;
	if (a.offset < 0x10 || a.offset >= GICD_IDS || (own && (is_root || a.offset == GICR_WAKER)))
		return pass(a, frame);
	return 0;
}

u64 vgicr_access(struct mmio_access a)
{
	u32 n = a.offset >> GICR_FRAME_SHIFT, cpu;
	void *frame = (char *)gicr_base + (n << GICR_FRAME_SHIFT);
	bool own;

	if (n >= GICR_MAX_FRAMES || gicr_frames[n].kind == GICR_NONE)
		return 0;
	cpu = gicr_frames[n].cpu;
	own = cpus[cpu].cell == this_cell();
	a.offset &= (1U << GICR_FRAME_SHIFT) - 1;
	if (gicr_frames[n].kind == GICR_RD)
		return access_rd(a, frame, own);
	/* A CPU that is off has no interrupts; when it comes on they are as after a reset. */
	if (!own || load_acquire(&cpus[cpu].state) != CPU_RUNNING)
		return 0;
	return vppi_access(a, frame, cpu);
}

/* How a guest finds its own, and the first thing that it reads of each. */
u64 vgicr_read(u32 offset, u32 size)
{
	u32 n = offset >> GICR_FRAME_SHIFT;

	if (likely(size == 8 && offset % GICR_SGI_FRAME == GICR_TYPER && n < GICR_MAX_FRAMES &&
		   gicr_frames[n].kind == GICR_RD))
		return read64(gicr_base, offset);
	return vgicr_access((struct mmio_access){ 0, offset, (u8)size, false });
}

/* Its own CPU's enable bits are what a guest looks at and sets all the time. */
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
