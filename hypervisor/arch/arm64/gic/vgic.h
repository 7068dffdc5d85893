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

/** vgic_map_cell() - map the CPU interface for a guest, root's too (GICv2). 0 or -ENOMEM. */
int vgic_map_cell(struct cell *cell) __cold;

/** vgic_irq() - an interrupt was taken from the guest; called by vectors.S */
void vgic_irq(void);

/*
 * Accesses to any @region. The handlers of the interrupt controller are called by name, because an
 * indirect branch is expensive (asm/branches.h). Bits of @value above the access's width are
 * ignored.
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

/** vgic_hw() - give this CPU's guest a PPI or SPI that is acknowledged and priority-dropped */
void vgic_hw(u32 intid, u32 priority);

/** vgic_refill() - list registers have run empty: deliver interrupts that wait */
void vgic_refill(void);

/** vgic_resync() - interrupts in flight follow changes of their enable bits and priorities */
void vgic_resync(void);

/**
 * vgic_evict() - take interrupts from this CPU's guest that its cell does not own any more
 *
 * One that the guest is handling goes on, but its end deactivates nothing.
 */
void vgic_evict(void);

/** vgic_relink() - interrupts of a word (32 @word + bit) are active at the distributor again */
void vgic_relink(u32 word, u32 mask);

/**
 * vgic_ignored() - note an access that had no effect, if no driver has a reason to make it
 *
 * A store of 0 is not noted: drivers clear registers that may not be there.
 *
 * Return: 0, the result of a load.
 */
u64 vgic_ignored(struct mmio_access access) __cold;

/** vgic_foreign() - drop an acknowledged interrupt that another cell owns by now */
void vgic_foreign(u32 intid);

/** vgic_pending() - which interrupts of a word (32 @word + bit) wait for this CPU's guest? */
u32 vgic_pending(u32 word, u32 mask);

/** vgic_withdraw() - interrupts of a word (32 @word + bit) do not wait for the guest any more */
void vgic_withdraw(u32 word, u32 mask);

/**
 * vgic_drain() - empty all list registers and queues
 * @keep:	the owner keeps its interrupts: edges are made pending again, SGIs stay noted,
 *		active ones stay active; otherwise everything is forgotten
 */
void vgic_drain(bool keep) __cold;

/** vgic_has_work() - is an interrupt pending for this CPU's guest? */
bool vgic_has_work(void);

#endif
