/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Copyright (c) The jh authors
 *
 * Interrupts on their way into a guest, for GICs whose list registers deliver them.
 */
#ifndef GIC_VGIC_H
#define GIC_VGIC_H

#include <gic/irqchip.h>
#include <hv/cell.h>

/* ICH_LR<n>_EL2, IHI 0069, 12.4.4 */
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

/** vgic_lr() - a pending interrupt that has no physical side (any more): SGIs, LPIs */
static inline u64 vgic_lr(u32 intid, u32 priority)
{
	return LR_PENDING | LR_GROUP1 | (u64)priority << LR_PRIORITY_SHIFT | intid;
}

/** vgic_lr_hw() - a pending interrupt whose deactivation goes on to the distributor */
static inline u64 vgic_lr_hw(u32 intid, u32 priority)
{
	return vgic_lr(intid, priority) | LR_HW | (u64)intid << LR_PINTID_SHIFT;
}

/** vgic_owns() - may this CPU's guest have this PPI or SPI? */
static inline bool vgic_owns(u32 intid)
{
	return intid < INTID_SPI || this_cell()->irqs[intid / 32] >> intid % 32 & 1;
}

/** vgic_hw() - an acknowledged and priority-dropped PPI or SPI goes to this CPU's guest */
void vgic_hw(u32 intid, u32 priority);

/** vgic_lpi() - the same for an LPI, which has no active state */
void vgic_lpi(u32 intid, u32 priority);

/** vgic_sgis() - deliver what other CPUs left in this CPU's sgi_pending */
void vgic_sgis(void);

/** vgic_put_sgi() - the irqchip's put_sgi where SGIs are the same whoever sends them */
bool vgic_put_sgi(u32 intid, u32 priority);

/** vgic_find_lr() - the list register that holds @intid, or -1 */
int vgic_find_lr(u32 intid);

/** vgic_refill() - list registers have run empty: deliver what waits */
void vgic_refill(void);

/** vgic_resync() - interrupts in flight follow changes of their enable bits and priorities */
void vgic_resync(void) __cold;

/**
 * vgic_let_go() - what is in flight here and not the guest's any more leaves it
 *
 * One that the guest is handling goes on for the guest alone: its end deactivates nothing.
 */
void vgic_let_go(void);

/** vgic_relink() - interrupts of a word (32 @word + bit) are active at the distributor again */
void vgic_relink(u32 word, u32 mask);

/** vgic_foreign() - an interrupt was acknowledged that is another cell's by now: drop it */
void vgic_foreign(u32 intid);

/** vgic_pending() - which interrupts of a word (32 @word + bit) wait for this CPU's guest? */
u32 vgic_pending(u32 word, u32 mask);

/** vgic_withdraw() - those of them are not pending any more */
void vgic_withdraw(u32 word, u32 mask);

/**
 * vgic_drain() - empty all list registers and queues
 * @keep:	the interrupts stay their owner's: edges are made pending again, SGIs stay noted,
 *		the active ones stay active; otherwise everything is forgotten
 */
void vgic_drain(bool keep) __cold;

/** vgic_has_work() - is an interrupt pending for the guest? (for standby) */
bool vgic_has_work(void);

/** vgic_standby() - sleep until there is something for the guest or for us */
void vgic_standby(void);

#endif
