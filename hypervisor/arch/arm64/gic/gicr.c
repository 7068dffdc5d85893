// SPDX-License-Identifier: GPL-2.0-only
/* Copyright (c) The jh authors */
#include <gic/gicr.h>
#include <hv/cpu.h>
#include <hv/mmio_access.h>

void *gicr_base;
struct gicr_frame gicr_frames[GICR_MAX_FRAMES];
static u64 gicr_size;

void gicr_init(void *base, u64 size)
{
	gicr_base = base;
	gicr_size = size;
}

void *gicr_find(u32 cpu, u64 mpidr)
{
	u32 affinity = (u32)((mpidr >> 32 & 0xff) << 24 | (mpidr & 0xffffff));
	u64 offset = 0, typer;

	while (offset + 2 * GICR_SGI_FRAME <= gicr_size &&
	       offset >> GICR_FRAME_SHIFT < GICR_MAX_FRAMES) {
		struct gicr_frame *frame = &gicr_frames[offset >> GICR_FRAME_SHIFT];

		typer = read64(gicr_base, offset + GICR_TYPER);
		if (typer >> 32 == affinity) {
			cpus[cpu].arch.gicr = (u16)(offset >> GICR_FRAME_SHIFT);
			frame[0] = (struct gicr_frame){ GICR_RD, cpu % JH_MAX_CPUS };
			frame[1] = (struct gicr_frame){ GICR_SGI, cpu % JH_MAX_CPUS };
			return (char *)gicr_base + offset;
		}
		if (typer & GICR_TYPER_LAST)
			break;
		offset += typer & GICR_TYPER_VLPIS ? 4 * GICR_SGI_FRAME : 2 * GICR_SGI_FRAME;
	}
	return NULL;
}
