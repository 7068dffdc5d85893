// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (c) The jh authors
 *
 * Who has the registers that a chip's firmware call is about.
 */
#include <asm/sip.h>
#include <hv/atomic.h>
#include <hv/cell.h>
#include <hv/manage.h>

/*
 * Without a lock: the ranges of a cell whose CPU runs here do not change, and root's tables say
 * whether root has a page at every moment.
 */
u32 sip_owner_of(u64 pa)
{
	const struct cell *cell = this_cell();
	u32 i;

	if (cell->id == CELL_ROOT)
		return pgtable_is_mapped(&root_cell.pt, GPA(pa), 1) ? CELL_ROOT : JH_MAX_CELLS;
	for (i = 0; i < cell->num_memories; i++)
		if (pa - cell->memories[i].pa < cell->memories[i].size)
			return cell->id;
	return CELL_ROOT;
}

/* Are they a cell's that does not run? Asked for root alone, which starts cells by itself. */
bool sip_owner_rests(u64 pa)
{
	const struct cell *cell;
	bool rest = false;
	u32 id, i;

	if (!manage_try_begin())
		return false;
	for (id = CELL_ROOT + 1; id < JH_MAX_CELLS; id++) {
		cell = cell_get(id);
		for (i = 0; cell && i < cell->num_memories; i++)
			if (pa - cell->memories[i].pa < cell->memories[i].size)
				rest = load_acquire(&cell->state) != JH_CELL_RUNNING;
	}
	manage_end();
	return rest;
}
