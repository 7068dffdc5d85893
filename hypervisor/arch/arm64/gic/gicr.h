/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Copyright (c) The jh authors
 *
 * Redistributors (GICv3): what belongs to one CPU. IHI 0069, 12.10 and 12.11.
 */
#ifndef GIC_GICR_H
#define GIC_GICR_H

#include <hv/mmio.h>

#define GICR_CTLR		0x0000
#define GICR_IIDR		0x0004
#define GICR_TYPER		0x0008
#define  GICR_TYPER_VLPIS	BIT(1)
#define  GICR_TYPER_LAST	BIT(4)
#define GICR_WAKER		0x0014
#define GICR_PIDR2		0xffe8
#define GICR_SGI_FRAME		0x10000
#define GICR_IGROUPR0		0x0080
#define GICR_ISENABLER0		0x0100
#define GICR_ICENABLER0		0x0180
#define GICR_ISPENDR0		0x0200
#define GICR_ICPENDR0		0x0280
#define GICR_ISACTIVER0		0x0300
#define GICR_ICACTIVER0		0x0380
#define GICR_IPRIORITYR0	0x0400
#define GICR_ICFGR0		0x0c00
#define GICR_ICFGR1		0x0c04

/** gicr_init() - the redistributors at @base; @hidden: PPIs that are EL2's, a bit for each INTID */
void gicr_init(void *base, u64 size, u32 hidden) __cold;

/** gicr_find() - the redistributor of the executing CPU, whose affinity is @mpidr; NULL: none */
void *gicr_find(u32 cpu, u64 mpidr) __cold;

/** gicr_offset() - where a redistributor lies from the first one's start */
u32 gicr_offset(const void *redistributor);

/** gicr_access() - a guest's access to the redistributors */
u64 gicr_access(struct mmio_access access);
u64 gicr_read32(u32 offset);
void gicr_write32(u32 offset, u32 value);

/**
 * gicr_access_own() - an access to the registers of the executing CPU's interrupts 0-31
 * @frame:	where they are: on GICv2, in the distributor, with the same offsets
 */
u64 gicr_access_own(struct mmio_access access, void *frame);

#endif
