// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (c) The jh authors
 *
 * The owners of registers that a chip's firmware calls are about.
 */
#include <asm/sip.h>
#include <hv/atomic.h>
#include <hv/cell.h>
#include <hv/manage.h>

/*
 * No lock is needed: the ranges of a cell whose CPU runs here do not change, and root's tables
 * always say whether root has a page.
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

/* Does a cell that does not run have them? Only root asks, and only root starts cells. */
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
