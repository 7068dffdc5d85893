/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Copyright (c) The jh authors
 *
 * The owners of memory and interrupts. Everything has one owner, or two that both declared
 * it; root owns what no cell and no pool claims. Changed under the management lock only.
 *
 * Memory has two owners where two cells have the very same range and each names the other (peer in
 * struct cell_memory). A third cannot have any of it, nor either of them more or less of it. They
 * come and go in any order; whoever goes leaves it to the other as it is, and the last one's scrub
 * wipes it. Root declares its side, of a range (JH_MEM_SHARED_ROOT) or of a link, by creating the
 * cell.
 */
#ifndef HV_OWNER_H
#define HV_OWNER_H

#include <hv/cell.h>

/** owner_init() - root owns all but the hypervisor's memory, its UART and the pools */
void owner_init(void);

/** owner_is_nobodys() - is it neither the hypervisor's nor a pool's nor a cell's nor a unit that
 * root does not have? */
bool owner_is_nobodys(u64 pa, u64 size);

/** owner_is_root() - may root touch all of this range? (a source of hypercall arguments) */
bool owner_is_root(u64 pa, u64 size);

/** owner_check_memory() - may this range become the cell's?
 * @m:		none of cell->memories[] yet
 * @index:	of the range in its section, for the error
 *
 * Return: 0 or -errno with the claimant named.
 */
int owner_check_memory(const struct cell *cell, const struct cell_memory *m, u32 index,
		       struct jh_error *error);

/** owner_other_side() - the cell, root too, that has a range of @cell as well; NULL: nobody has */
const struct cell *owner_other_side(const struct cell *cell, const struct cell_memory *m);

/**
 * owner_find_ram() - free memory of the pools for @cell
 * @pa:		out: address, aligned to 2 MiB if the size is a multiple of it
 *
 * Memory that @cell already lists in its memories[] is not free either.
 * Return: 0 or -ENOMEM.
 */
int owner_find_ram(const struct cell *cell, u64 size, u64 *pa);

/** owner_of_irq() - the cell that owns an interrupt: root if nobody else does */
struct cell *owner_of_irq(u32 irq);

#endif
