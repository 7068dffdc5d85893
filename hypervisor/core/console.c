// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (c) The jh authors
 *
 * Output of cells by hypercall: a ring for each cell, which root reads.
 */
#include <hv/errno.h>
#include <hv/pool.h>
#include <hv/report.h>
#include <hv/unit.h>
#include <string.h>

/* Bytes that a cell may print before somebody reads: a power of two, behind the header. */
#define CONSOLE_BYTES	8192
#define CONSOLE_PAGES	3

/* The pages stay with the cell's number: root may be reading while the cell goes away. */
static struct jh_ring *rings[JH_MAX_CELLS];

static int console_prepare(struct cell *cell, struct jh_error *error)
{
	struct jh_ring **ring = &rings[cell->id];
	u64 pa;

	if (!(cell->flags & JH_CELL_PUTC))
		return 0;
	if (!*ring) {
		*ring = pool_alloc(CONSOLE_PAGES);
		if (!*ring)
			return pool_refuse(error);
		pa = va_to_pa(*ring).a;
		pgtable_map(&root_cell.pt, GPA(pa), PA(pa), CONSOLE_PAGES * PAGE_SIZE, MAP_READ);
	}
	memset(*ring, 0, CONSOLE_PAGES * PAGE_SIZE);
	(*ring)->size = CONSOLE_BYTES;
	cell->console = *ring;
	return 0;
}

static void console_commit(struct cell *cell)
{
	if (cell->console)
		cell->report->console_offset = report_offset(cell->console);
}

const struct unit unit_console = {
	.cell_prepare = console_prepare,
	.cell_commit = console_commit,
};
