/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Copyright (c) The jh authors
 *
 * A guest's accesses to registers that have a bit or a field for each interrupt: a guest reaches
 * the bits of its own interrupts and no others. A bank is a set of such registers: the
 * distributor's, or those of one CPU's interrupts 0 to 31. Both have the offsets of gic/gicd.h.
 */
#ifndef GIC_VBANK_H
#define GIC_VBANK_H

#include <gic/gicd.h>
#include <hv/mmio.h>

#define VBANK_KIND_SHIFT	7	/* registers of one kind take 128 bytes or a multiple */
#define VBANK_KINDS		32	/* below 0x1000 */

/* Kinds of registers, by what an access has to do besides masking bits of other owners. */
enum vbank_kind {
	VBANK_OTHER,		/* nothing for a guest, or a register of one version only */
	VBANK_GROUP,
	VBANK_SET_CLEAR,	/* a bit per interrupt; writing 0 does nothing: mask it */
	VBANK_CLEAR_ENABLE,	/* likewise, and interrupts in flight must be withdrawn */
	VBANK_SET_PENDING,	/* likewise; one in flight reads as pending */
	VBANK_CLEAR_PENDING,
	VBANK_SET_ACTIVE,	/* likewise; list registers are linked to the physical ones again */
	VBANK_CLEAR_ACTIVE,	/* likewise; the links are cut */
	VBANK_BYTES,		/* a byte per interrupt, byte-accessible */
	VBANK_CONFIG,		/* two bits per interrupt, read-modify-write over all cells */
};

extern const u8 vbank_kinds[VBANK_KINDS];

static inline u32 vbank_kind(u32 offset)
{
	return offset < VBANK_KINDS << VBANK_KIND_SHIFT ? vbank_kinds[offset >> VBANK_KIND_SHIFT] :
							  VBANK_OTHER;
}

/**
 * vbank_access() - an access to a bank at @base
 * @mask:	interrupts that the guest owns; bit 0 is the first one of the accessed register
 *
 * Registers without bits or fields by interrupt read as zero and ignore writes.
 */
u64 vbank_access(struct mmio_access access, void *base, u32 mask);

/** vbank_tell_in_flight() - the slow part of vbank_changed() */
void vbank_tell_in_flight(void *base, u32 word, u32 mask);

/**
 * vbank_changed() - interrupts of a bank's @word were disabled or got another priority
 *
 * An interrupt on its way into a guest is active at the distributor. Only if one of @mask is, list
 * registers have to be looked at.
 */
static inline void vbank_changed(void *base, u32 word, u32 mask)
{
	if (unlikely(read32(base, GICD_ISACTIVER + 4 * word) & mask))
		vbank_tell_in_flight(base, word, mask);
}

/** vbank_write_bits() - write a register of bits; the guest owns all interrupts of @value */
static inline void vbank_write_bits(void *base, u32 offset, u32 value, bool disable)
{
	if (!value)
		return;
	write32(base, offset, value);
	if (disable)
		vbank_changed(base, offset / 4 % 32, value);
}

/** vbank_read_some() - a word of priorities, of which the guest owns those of @mask */
u32 vbank_read_some(void *base, u32 offset, u32 mask);

/** vbank_write_some() - write a word of priorities, of which the guest owns those of @mask */
void vbank_write_some(void *base, u32 offset, u32 value, u32 mask);

/** vbank_write_priority() - write the priority of one interrupt, which the guest owns */
static inline void vbank_write_priority(void *base, u32 offset, u8 value)
{
	u32 first = offset - GICD_IPRIORITYR;

	write8(base, offset, value);
	vbank_changed(base, first / 32, 1U << first % 32);
}

#endif
