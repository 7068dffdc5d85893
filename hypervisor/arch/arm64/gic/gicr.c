// SPDX-License-Identifier: GPL-2.0-only
/* Copyright (c) The jh authors */
#include <gic/gicr.h>
#include <hv/cpu.h>
#include <hv/mmio_access.h>

void *gicr_base;
struct gicr_frame gicr_frames[GICR_MAX_FRAMES];
static u64 gicr_size;
/* Bytes of the first redistributor, and up to where all that a search has read are as large. */
static u32 gicr_step, gicr_even;

void gicr_init(void *base, u64 size)
{
	gicr_base = base;
	gicr_size = size;
	gicr_even = 0;
}

static u32 affinity_at(u64 offset)
{
	return (u32)(read64(gicr_base, offset + GICR_TYPER) >> 32);
}

/* The offset of the redistributor with this affinity, or ~0. */
static u64 gicr_search(u32 affinity)
{
	u64 offset = 0, typer;
	u32 step;

	while (offset + 2 * GICR_SGI_FRAME <= gicr_size &&
	       offset >> GICR_FRAME_SHIFT < GICR_MAX_FRAMES) {
		typer = read64(gicr_base, offset + GICR_TYPER);
		step = typer & GICR_TYPER_VLPIS ? 4 * GICR_SGI_FRAME : 2 * GICR_SGI_FRAME;
		if (!offset)
			gicr_step = step;
		if (offset == gicr_even && step == gicr_step)
			gicr_even += step;
		if (typer >> 32 == affinity)
			return offset;
		if (typer & GICR_TYPER_LAST)
			break;
		offset += step;
	}
	return ~0UL;
}

/*
 * Redistributors nearly always lie in the order of the CPUs. So the place that the CPU's number
 * says is tried first, and 64 CPUs do not read 64 registers each.
 */
void *gicr_find(u32 cpu, u64 mpidr)
{
	u32 affinity = (u32)((mpidr >> 32 & 0xff) << 24 | (mpidr & 0xffffff));
	u64 offset = (u64)cpu * gicr_step;
	struct gicr_frame *frame;

	if (offset >= gicr_even || affinity_at(offset) != affinity)
		offset = gicr_search(affinity);
	if (offset == ~0UL)
		return NULL;
	frame = &gicr_frames[offset >> GICR_FRAME_SHIFT];
	cpus[cpu].arch.gicr = (u16)(offset >> GICR_FRAME_SHIFT);
	frame[0] = (struct gicr_frame){ GICR_RD, cpu % JH_MAX_CPUS };
	frame[1] = (struct gicr_frame){ GICR_SGI, cpu % JH_MAX_CPUS };
	return (char *)gicr_base + offset;
}
