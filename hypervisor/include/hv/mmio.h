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
 * struct mmio_access - one load or store of a guest, decoded
 * @cell:	whose
 * @offset:	from the start of the region
 * @size:	1, 2, 4 or 8 bytes
 * @write:	a store
 * @value:	what is stored; for loads the handler fills it in, zero-extended
 */
struct mmio_access {
	struct cell *cell;
	u64 offset;
	u32 size;
	bool write;
	u64 value;
};

/** mmio_handler_t - performs an access; must not wait, print or loop longer than the access is wide */
typedef void (*mmio_handler_t)(struct mmio_access *access);

/** mmio_add() - filter [@start, @start + @size); during enable only. 0 or -ENOMEM. */
int mmio_add(u64 start, u64 size, mmio_handler_t handler);

/**
 * mmio_find() - whose is a guest-physical address?
 * @offset:	out: offset in the region
 *
 * Return: NULL if the address is not filtered.
 */
mmio_handler_t mmio_find(u64 gpa, u64 *offset);

/** mmio_each() - call @visit for every filtered range, until it returns non-zero */
int mmio_each(int (*visit)(u64 start, u64 size));

#endif
