/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Copyright (c) The jh authors
 *
 * Device registers that the hypervisor filters, or emulates. Most regions are the same for every
 * cell, and the effect of an access depends on what the cell owns; a cell may also have regions of
 * its own.
 */
#ifndef HV_MMIO_H
#define HV_MMIO_H

#include <hv/types.h>

struct cell;
struct link_port;

/**
 * struct mmio_access - one load or store of the executing CPU's guest, decoded
 * @value:	the value to be stored, not wider than @size; 0 for loads
 * @offset:	from the start of the region, a multiple of @size
 * @size:	1, 2, 4 or 8 bytes
 * @write:	true for a store
 *
 * It fits two registers and is passed by value.
 */
struct mmio_access {
	u64 value;
	u32 offset;
	u8 size;
	bool write;
};

/* struct mmio_region.bell */
#define MMIO_BELL	0x1	/* JH_LINK_DOORBELL of a cell's side of a link, which is @context */
#define MMIO_BELLS	0x2	/* those of all of root's sides, a page each */

/**
 * struct mmio_region - a filtered range of guest-physical addresses
 * @start:	first address
 * @size:	bytes; 0: not used
 * @access:	perform an access of the executing CPU's guest. Returns the value of a load,
 *		zero-extended; the result of a store is ignored. Must not wait, print, or loop
 *		longer than the access is wide.
 * @context:	for @access: which of several devices of a kind it is
 * @next:	used by mmio.c
 * @bell:	the region has something that has a path of its own, see above; 0: it has not
 *
 * Read-only once guests can reach it.
 */
struct mmio_region {
	u64 start;
	u64 size;
	u64 (*access)(struct mmio_access access, void *context);
	void *context;
	const struct mmio_region *next;
	u32 bell;
};

/** mmio_low_bytes() - the lowest 1, 2, 4 or 8 bytes of a register */
static inline u64 mmio_low_bytes(u64 value, u32 size)
{
	return value & ~0UL >> (64 - 8 * size);
}

#define MMIO_FAST	2

/* The first regions for all cells; the one that is accessed most comes first. */
extern struct mmio_region mmio_fast[MMIO_FAST];

/** mmio_add() - filter a range for all cells; @region stays where it is. During enable only. */
void mmio_add(struct mmio_region *region);

/** mmio_add_cell() - filter a range for one cell, which has not run yet (cell_prepare) */
void mmio_add_cell(struct cell *cell, struct mmio_region *region);

/** mmio_is_in() - does a region contain an address? */
static inline bool mmio_is_in(const struct mmio_region *region, u64 gpa)
{
	return gpa - region->start < region->size;
}

/** mmio_find_in() - the region of a list that contains an address; NULL if none does */
static inline const struct mmio_region *mmio_find_in(const struct mmio_region *list, u64 gpa)
{
	while (list && !mmio_is_in(list, gpa))
		list = list->next;
	return list;
}

/** mmio_find_more() - the rare part of mmio_find(): later regions, and those of the cell */
const struct mmio_region *mmio_find_more(u64 gpa);

/** mmio_find_fast() - mmio_find() among the first regions only */
static inline const struct mmio_region *mmio_find_fast(u64 gpa)
{
	const struct mmio_region *r = mmio_fast;

	if (likely(mmio_is_in(r, gpa)))
		return r;
	for (r++; r < mmio_fast + MMIO_FAST; r++) {
		if (mmio_is_in(r, gpa))
			return r;
	}
	return NULL;
}

/** mmio_find() - the region of an address of the executing CPU's guest; NULL: not filtered */
static inline const struct mmio_region *mmio_find(u64 gpa)
{
	const struct mmio_region *r = mmio_find_fast(gpa);

	return likely(r) ? r : mmio_find_more(gpa);
}

/**
 * mmio_read(), mmio_write() - perform an access for which the architecture has no short path
 *
 * The order of arguments is that of the short paths, which call these last (arm64: gic/vgic.h).
 */
u64 mmio_read(u32 offset, u32 size, const struct mmio_region *region);
void mmio_write(u32 offset, u64 value, const struct mmio_region *region, u32 size);

/**
 * mmio_ignored() - note an access of the executing CPU's guest that had no effect
 * @address:	guest-physical, or JH_IGNORED_IPI
 *
 * The cell owns nothing that the access was about. Root sees it (struct jh_cpu_report): without
 * this, a guest that waits for such an interrupt would just be silent.
 */
void mmio_ignored(u64 address) __cold;

/** mmio_is_filtered() - is an address filtered for all cells? During enable. */
bool mmio_is_filtered(u64 gpa);

/** mmio_each() - call @visit for each range that is filtered for all cells, until it is not 0 */
int mmio_each(int (*visit)(u64 start, u64 size));

#endif
