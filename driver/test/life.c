// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (c) The jh authors
 *
 * Cells by name and CPU, over a hypervisor that keeps the rules of their lives.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

#include "../jh.h"
#include "life.h"

struct blob_parts parts;
struct jh_error err;
int code;

int cell_setup(void **state)
{
	fake_reset();
	fake_cells_reset();
	blob_cell(&parts);
	return 0;
}

void cell_nothing_is_left(void)
{
	assert_true(list_empty(&jh_cells));
	assert_int_equal(fake_allocated(), 0);
	assert_int_equal(fake_seen.devices, 0);
	assert_int_equal(fake_online.bits, 0xff);
	/* Whoever looks finds no cell, and never looks again. */
	if (fake_seen.work)
		fake_work();
	assert_null(fake_seen.work);
	assert_int_equal(fake_ttys, 0);
	assert_int_equal(fake_hotplug_held, 0);
	assert_int_equal(jh_lock.held, 1);
}

int cell_teardown(void **state)
{
	struct jh_cell *cell, *next;

	fake_meanwhile = NULL;
	fake_signal = false;
	memset(fake_hv.comm, 0, sizeof(fake_hv.comm));
	fake_hv.refused_after = 0;
	list_for_each_entry_safe(cell, next, &jh_cells, list)
		assert_int_equal(jh_cell_destroy(cell, &err), 0);
	cell_nothing_is_left();
	fake_cells_end();
	return 0;
}

struct jh_cell *cell_create(const char *name, u32 cpu, u32 num_cpus)
{
	u32 i;

	memset(parts.cell.name, 0, sizeof(parts.cell.name));
	strcpy(parts.cell.name, name);
	parts.num_cpus = num_cpus;
	for (i = 0; i < num_cpus; i++)
		parts.cpus[i].cpu = cpu + i;
	return fake_create(&parts, &err, &code);
}

void cell_refused(u32 reason)
{
	assert_int_equal(err.reason, reason);
	assert_int_equal(code, -refuse_errno(reason));
}

void cell_load(struct jh_cell *cell)
{
	fake_cell_report(cell->id)->state = JH_CELL_LOADED;
}

struct jh_cell *cell_running(const char *name, u32 cpu)
{
	struct jh_cell *cell = cell_create(name, cpu, 1);

	assert_non_null(cell);
	cell_load(cell);
	assert_int_equal(jh_cell_start(cell, &err), 0);
	assert_int_equal(jh_report_state(cell->id), JH_CELL_RUNNING);
	return cell;
}
