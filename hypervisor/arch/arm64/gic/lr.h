/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Copyright (c) The jh authors
 *
 * List registers of the executing CPU, which deliver interrupts to its guest. The format is that of
 * ICH_LR<n>_EL2 (IHI 0069, 12.4.4); gicv2.c converts it to GICH_LR<n>.
 */
#ifndef GIC_LR_H
#define GIC_LR_H

#include <asm/percpu.h>
#include <gic/gic.h>

#define LR_PENDING		(1UL << 62)
#define LR_ACTIVE		(1UL << 63)
#define LR_HW			(1UL << 61)
#define LR_GROUP1		(1UL << 60)
#define LR_PRIORITY(lr)		((u32)((lr) >> 48 & 0xff))
#define LR_PRIORITY_SHIFT	48
#define LR_PRIORITY_MASK	(0xffUL << LR_PRIORITY_SHIFT)
#define LR_PINTID_SHIFT		32
#define LR_PINTID_MASK		(0x3ffUL << LR_PINTID_SHIFT)
#define LR_VINTID(lr)		((u32)(lr))
/* Without LR_HW, in the place of the physical INTID: */
#define LR_EOI			(1UL << 41)	/* a maintenance interrupt at the end */
#define LR_SOURCE(lr)		((u32)((lr) >> 32 & 7))	/* of an SGI (GICv2) */

/** lr_virtual() - a pending interrupt that has no physical side (any more): SGIs, LPIs */
static inline u64 lr_virtual(u32 intid, u32 priority)
{
	return LR_PENDING | LR_GROUP1 | (u64)priority << LR_PRIORITY_SHIFT | intid;
}

/** lr_physical() - a pending interrupt whose deactivation goes on to the distributor */
static inline u64 lr_physical(u32 intid, u32 priority)
{
	return lr_virtual(intid, priority) | LR_HW | (u64)intid << LR_PINTID_SHIFT;
}

/** lr_unlinked() - the same interrupt, whose end does not go on to the distributor any more */
static inline u64 lr_unlinked(u64 lr)
{
	return lr & ~(LR_HW | LR_PINTID_MASK);
}

/** lr_busy() - one bit for each list register that is in use */
static inline u64 lr_busy(void)
{
	return this_percpu->vgic.lr_all & ~gic_lr_empty();
}

/** lr_find() - the list register that holds @intid, or -1 */
int lr_find(u32 intid);

/** lr_put() - write a free list register; false if there is none */
bool lr_put(u64 value);

#endif
