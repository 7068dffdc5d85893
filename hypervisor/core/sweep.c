// SPDX-License-Identifier: GPL-2.0-only
/* Copyright (c) The jh authors */
#include <hv/arch.h>
#include <hv/owner.h>
#include <hv/sweep.h>

#define SWEEP_PAGES	256	/* at most, in one call */

/* RAM of this cell alone. Shared memory stays as it is until its last owner goes. */
static bool is_own_ram(const struct cell *cell, const struct cell_memory *m)
{
	return !(m->flags & JH_MEM_IO) && !owner_other_side(cell, m);
}

/* Memory of which a life may have left lines in a cache, or root before the cell got it. */
static bool is_cached(const struct cell *cell, const struct cell_memory *m)
{
	return is_own_ram(cell, m) || (m->flags & (JH_MEM_IO | JH_MEM_WRITE)) == JH_MEM_WRITE;
}

/*
 * The output of a side of a link goes with the life that wrote it: the other side has been told
 * (cell_ended). Before the cell's first life only the other side can have written.
 */
static bool goes_with_life(const struct cell *cell, const struct cell_memory *m)
{
	return m->goes && cell->report->starts;
}

static bool concerns(const struct cell *cell, enum cell_sweep sweep, const struct cell_memory *m)
{
	return sweep == SWEEP_CLEAN ? is_cached(cell, m) :
				      is_own_ram(cell, m) || goes_with_life(cell, m);
}

static bool zeroes(const struct cell *cell, enum cell_sweep sweep, const struct cell_memory *m)
{
	return sweep == SWEEP_SCRUB || goes_with_life(cell, m) ||
	       (cell->flags & JH_CELL_SCRUB_RESTART && is_own_ram(cell, m));
}

static void sweep_pages(const struct cell_memory *m, u64 first, u64 pages, bool zero)
{
	u64 size = pages * PAGE_SIZE;
	void *va = arch_guest_map_rw(PA(m->pa + first * PAGE_SIZE), size);

	if (zero)
		arch_zero(va, size);
	/*
	 * The next life, or the next owner, may use the memory with its caches off or by DMA. A
	 * line that the last one left dirty could be written over that at any time, and would be
	 * found again when caches are turned on.
	 */
	arch_clean_to_memory(va, size);
	arch_guest_unmap_rw();
}

u64 sweep_run(struct cell *cell, enum cell_sweep sweep)
{
	u64 budget = SWEEP_PAGES, left = 0, total, pages;
	u32 i;

	for (i = 0; i < cell->num_memories; i++) {
		struct cell_memory *m = &cell->memories[i];

		if (!concerns(cell, sweep, m))
			continue;
		total = m->size / PAGE_SIZE;
		while (budget && m->swept[sweep] < total) {
			pages = MIN(MIN(total - m->swept[sweep], budget), (u64)ARCH_SLOT_PAGES);
			sweep_pages(m, m->swept[sweep], pages, zeroes(cell, sweep, m));
			m->swept[sweep] += (u32)pages;
			budget -= pages;
		}
		left += total - m->swept[sweep];
	}
	return left;
}

bool sweep_is_done(const struct cell *cell, enum cell_sweep sweep)
{
	u32 i;

	for (i = 0; i < cell->num_memories; i++) {
		const struct cell_memory *m = &cell->memories[i];

		if (concerns(cell, sweep, m) && m->swept[sweep] < m->size / PAGE_SIZE)
			return false;
	}
	return true;
}

void sweep_forget(struct cell *cell, enum cell_sweep sweep)
{
	u32 i;

	for (i = 0; i < cell->num_memories; i++)
		cell->memories[i].swept[sweep] = 0;
}
