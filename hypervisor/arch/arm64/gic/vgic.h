/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Copyright (c) The jh authors
 *
 * Interrupts on their way into a guest, for GICs whose list registers deliver them.
 */
#ifndef GIC_VGIC_H
#define GIC_VGIC_H

#include <gic/gic.h>
#include <hv/cell.h>
#include <hv/mmio.h>

/* --- in vgic_v2.c or vgic_v3.c, of which an image links one --- */

/** vgic_build() - filter what guests share of the interrupt controller */
void vgic_build(const void *config) __cold;

/** vgic_map_cell() - what a guest, root too, sees in its memory (GICv2). 0 or -ENOMEM. */
int vgic_map_cell(struct cell *cell) __cold;

/** vgic_irq() - an interrupt was taken from the guest; called by vectors.S */
void vgic_irq(void);

/*
 * Accesses to @region, whatever it is. What handles those to the interrupt controller is called by
 * name: a branch to where a pointer says is expensive (asm/branches.h). No more of a value that is
 * stored is looked at than the access is wide.
 */
u64 vgic_read(u32 offset, u32 size, const struct mmio_region *region);
void vgic_write(u32 offset, u32 size, u64 value, const struct mmio_region *region);
u64 vgic_read32(u32 offset, const struct mmio_region *region);
void vgic_write32(u32 offset, u64 value, const struct mmio_region *region);

/* --- in vgic.c --- */

/** vgic_init() - root owns all SPIs */
void vgic_init(void) __cold;

/** vgic_owns() - may this CPU's guest have this PPI or SPI? */
static inline bool vgic_owns(u32 intid)
{
	return intid < INTID_SPI || this_cell()->irqs[intid / 32] >> intid % 32 & 1;
}

/** vgic_hw() - an acknowledged and priority-dropped PPI or SPI goes to this CPU's guest */
void vgic_hw(u32 intid, u32 priority);

/** vgic_refill() - list registers have run empty: deliver what waits */
void vgic_refill(void);

/** vgic_resync() - interrupts in flight follow changes of their enable bits and priorities */
void vgic_resync(void);

/**
 * vgic_evict() - what is in flight here and not the guest's any more leaves it
 *
 * One that the guest is handling goes on for the guest alone: its end deactivates nothing.
 */
void vgic_evict(void);

/** vgic_relink() - interrupts of a word (32 @word + bit) are active at the distributor again */
void vgic_relink(u32 word, u32 mask);

/**
 * vgic_ignored() - an access, of @value if it stores, has nothing to act on
 *
 * To be called for what no driver has a reason to do. Storing 0 to what is not there is none: those
 * that clear all there may be do that. Return: 0, which a load gets.
 */
u64 vgic_ignored(struct mmio_access access) __cold;

/** vgic_foreign() - an interrupt was acknowledged that is another cell's by now: drop it */
void vgic_foreign(u32 intid);

/** vgic_pending() - which interrupts of a word (32 @word + bit) wait for this CPU's guest? */
u32 vgic_pending(u32 word, u32 mask);

/** vgic_withdraw() - those of them are not pending any more */
void vgic_withdraw(u32 word, u32 mask);

/**
 * vgic_drain() - empty all list registers and queues
 * @keep:	the owner keeps its interrupts: edges are made pending again, SGIs stay noted,
 *		active ones stay active; otherwise everything is forgotten
 */
void vgic_drain(bool keep) __cold;

/** vgic_has_work() - is an interrupt pending for the guest? (for vgic_cpu_standby()) */
bool vgic_has_work(void);

#endif
