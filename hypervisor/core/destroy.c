// SPDX-License-Identifier: GPL-2.0-only
/* Copyright (c) The jh authors */
#include <hv/create.h>
#include <hv/destroy.h>
#include <hv/log.h>
#include <hv/unit.h>

void destroy_cell(struct cell *cell)
{
	unit_revert(cell);
	log_printf("cell %s: destroyed\n", cell->report->name);
	cell_set_state(cell, JH_CELL_NONE);
	cell_set(cell->id, NULL);
	unit_release(cell);
	create_free(cell);
}
