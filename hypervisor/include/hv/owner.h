/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Copyright (c) The jh authors
 *
 * The owners of memory and interrupts. Everything has one owner, or two that both declare to share
 * it; root owns what neither a cell nor a pool claims. Changed under the management lock only.
 *
 * Memory has two owners if two cells have the very same range and each names the other (peer in
 * struct cell_memory). No third cell can have any of it, and neither of the two more or less of it.
 * They come and go in any order: the first one to go leaves the memory as it is, the scrub of the
 * last one wipes it. Root declares its side, of a range (JH_MEM_SHARED_ROOT) or of a link, by
 * creating the cell.
 */
#ifndef HV_OWNER_H
#define HV_OWNER_H

#include <hv/cell.h>

/** owner_init() - root owns all but the hypervisor's memory, its UART and the pools */
void owner_init(void);

/**
 * owner_is_nobodys() - is the range free of everything that is not root's?
 *
 * That is: the hypervisor, its console, pools, cells, and units that root does not keep. The range
 * may be any values.
 */
bool owner_is_nobodys(u64 pa, u64 size);

/** owner_is_root() - may root access all of the range? For addresses in arguments: any values */
bool owner_is_root(u64 pa, u64 size);

/**
 * owner_check_memory() - may the range become @cell's?
 * @m:		none of cell->memories[] yet
 * @index:	of the range in its section, for the error
 *
 * Return: 0, or -errno with the error filled in, which names the owner.
 */
int owner_check_memory(const struct cell *cell, const struct cell_memory *m, u32 index,
		       struct jh_error *error);

/** owner_other_side() - the cell, or root, that @cell shares a range with; NULL: nobody */
const struct cell *owner_other_side(const struct cell *cell, const struct cell_memory *m);

/**
 * owner_find_ram() - find free memory of the pools for @cell
 * @size:	bytes, whole pages
 * @pa:		out: address, aligned to 2 MiB if @size is a multiple of that
 *
 * Memory that @cell already lists in its memories[] is not free either.
 *
 * Return: 0 or -ENOMEM.
 */
int owner_find_ram(const struct cell *cell, u64 size, u64 *pa);

/** owner_of_irq() - the cell that owns an interrupt: root if no other does */
struct cell *owner_of_irq(u32 irq);

#endif
