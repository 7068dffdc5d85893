// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (c) The jh authors
 *
 * Consoles of cells: rings into which they print and which root reads. The hypercall for one
 * character is here; a virtual UART (cell_uart.c) uses the same ring.
 */
#include <hv/console.h>
#include <hv/errno.h>
#include <hv/pool.h>
#include <hv/report.h>
#include <hv/unit.h>
#include <string.h>

/* Bytes that a cell may print before somebody reads them: a power of two, after the header. */
#define CONSOLE_BYTES	8192
#define CONSOLE_PAGES	3
/* The input, which root fills, lies after the output. */
#define INPUT_OFFSET	(sizeof(struct jh_ring) + CONSOLE_BYTES)

_Static_assert(INPUT_OFFSET % sizeof(u32) == 0 &&
	       INPUT_OFFSET + sizeof(struct jh_input) <= CONSOLE_PAGES * PAGE_SIZE, "both fit");

/* The pages stay with the cell's number: root may be reading while the cell goes away. */
static struct jh_ring *rings[JH_MAX_CELLS];

struct jh_ring *console_ring(const struct cell *cell, struct jh_error *error)
{
	struct jh_ring **ring = &rings[cell->id];

	if (!*ring) {
		*ring = report_alloc(CONSOLE_PAGES);
		if (!*ring) {
			pool_refuse(error);
			return NULL;
		}
	}
	memset(*ring, 0, CONSOLE_PAGES * PAGE_SIZE);
	(*ring)->size = CONSOLE_BYTES;
	return *ring;
}

struct jh_input *console_input(struct jh_ring *ring)
{
	return (struct jh_input *)((u8 *)ring + INPUT_OFFSET);
}

static int console_prepare(struct cell *cell, struct jh_error *error)
{
	if (!(cell->flags & JH_CELL_PUTC))
		return 0;
	cell->console = console_ring(cell, error);
	return cell->console ? 0 : -ENOMEM;
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
