/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Copyright (c) The jh authors
 *
 * Redistributors (GICv3): what belongs to one CPU. IHI 0069, 12.10 and 12.11. The second frame of
 * each, with the registers of interrupts 0 to 31, has the distributor's offsets (gic/gicd.h).
 */
#ifndef GIC_GICR_H
#define GIC_GICR_H

#include <hv/cell.h>

#define GICR_CTLR		0x0000
#define  GICR_CTLR_RWP		BIT(3)
#define  GICR_CTLR_UWP		BIT(31)
#define GICR_TYPER		0x0008
#define  GICR_TYPER_VLPIS	BIT(1)
#define  GICR_TYPER_LAST	BIT(4)
#define  GICR_TYPER_NUMBER_SHIFT 8
#define GICR_WAKER		0x0014
#define GICR_PIDR2		0xffe8
#define GICR_SGI_FRAME		0x10000

#define GICR_FRAME_SHIFT	16
#define GICR_MAX_FRAMES		(4 * JH_MAX_CPUS)	/* RD, SGI and two more with GICv4 */

enum gicr_kind { GICR_NONE, GICR_RD, GICR_SGI };

/** struct gicr_frame - what a 64 KiB frame is, and whose; written during enable */
struct gicr_frame {
	u8 kind : 2;
	u8 cpu : 6;	/* below JH_MAX_CPUS */
};

_Static_assert(JH_MAX_CPUS <= 1 << 6, "struct gicr_frame has six bits for a CPU");

extern struct gicr_frame gicr_frames[GICR_MAX_FRAMES];
extern void *gicr_base;

/** gicr_init() - the redistributors at @base, of @size bytes together */
void gicr_init(void *base, u64 size) __cold;

/** gicr_find() - the redistributor of a CPU, whose affinity is @mpidr; NULL: none */
void *gicr_find(u32 cpu, u64 mpidr) __cold;

#endif
