/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Copyright (c) The jh authors
 *
 * Device registers that stand between a guest and hardware it shares with others. The regions are
 * the same for every cell; what an access may do depends on what the cell owns.
 */
#ifndef HV_MMIO_H
#define HV_MMIO_H

#include <hv/cell.h>

/**
 * struct mmio_access - one load or store of the executing CPU's guest, decoded
 * @value:	what is stored, not wider than @size; 0 for loads
 * @offset:	from the start of the region, a multiple of @size
 * @size:	1, 2, 4 or 8 bytes
 * @write:	a store
 *
 * Two registers' worth: it is passed by value.
 */
struct mmio_access {
	u64 value;
	u32 offset;
	u8 size;
	bool write;
};

/**
 * struct mmio_ops - perform accesses; must not wait, print or loop longer than the access is wide
 * @access:	what a load gives, zero-extended, anything for a store
 */
struct mmio_ops {
	u64 (*access)(struct mmio_access access);
};

/** mmio_add() - filter [@start, @start + @size); during enable only. 0 or -ENOMEM. */
int mmio_add(u64 start, u64 size, const struct mmio_ops *ops);

#define MMIO_REGIONS	4

/** struct mmio_region - a filtered range; written during enable, read-only afterwards */
struct mmio_region {
	u64 start;
	u64 size;	/* 0: not used */
	struct mmio_ops ops;
};

/* What is accessed most comes first. */
extern struct mmio_region mmio_regions[MMIO_REGIONS];

/** mmio_find() - the region of a guest-physical address; NULL if it is not filtered */
static inline const struct mmio_region *mmio_find(u64 gpa)
{
	const struct mmio_region *r = mmio_regions;

	if (likely(gpa - r->start < r->size))
		return r;
	for (r++; r < mmio_regions + MMIO_REGIONS; r++) {
		if (gpa - r->start < r->size)
			return r;
	}
	return NULL;
}

/** mmio_each() - call @visit for every filtered range, until it returns non-zero */
int mmio_each(int (*visit)(u64 start, u64 size));

#endif
