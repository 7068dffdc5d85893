// SPDX-License-Identifier: GPL-2.0-only
/* Copyright (c) The jh authors */
#include <hv/create.h>
#include <hv/errno.h>
#include <hv/log.h>
#include <hv/owner.h>
#include <hv/pool.h>
#include <hv/report.h>
#include <hv/unit.h>
#include <config.h>
#include <refuse.h>
#include <string.h>

_Static_assert(sizeof(struct cell) <= PAGE_SIZE, "a cell takes one page");

/* The configuration is copied once, to memory that root cannot reach, before it is checked. */
static int copy_config(struct cell *cell, u64 pa, u64 length, struct jh_error *error)
{
	u64 pages = ALIGN_UP(length, PAGE_SIZE) / PAGE_SIZE;
	u64 done, piece;
	u8 *copy;
	int err;

	if (!length || length > JH_CONFIG_MAX_SIZE)
		return refuse_value(error, JH_ERR_FILE_SIZE, JH_OBJ_FILE, 0, length,
				    JH_CONFIG_MAX_SIZE);
	if (!owner_is_root(pa, length))
		return refuse_value(error, JH_ERR_FILE_MEMORY, JH_OBJ_FILE, 0, pa, length);
	copy = pool_alloc(pages);
	if (!copy)
		return pool_refuse(error);
	for (done = 0; done < length; done += piece) {
		piece = MIN(length - done, PAGE_SIZE - (pa + done) % PAGE_SIZE);
		memcpy(copy + done, arch_guest_map_ro(PA(pa + done), piece), piece);
		arch_guest_unmap_ro();
	}
	cell->config = copy;
	cell->config_pages = pages;
	err = config_check_frame(copy, length, JH_CONFIG_CELL, error);
	return err ? err : config_cell_check(copy, error);
}

static int find_slot(struct cell *cell, struct jh_error *error)
{
	const struct jh_config_cell *config = config_cell(cell->config);
	u32 id;
	int err;

	for (id = 0; id < JH_MAX_CELLS; id++) {
		if (cell_get(id) && !strncmp(report.cells[id].name, config->name, JH_NAME_LEN)) {
			err = refuse_other(error, id ? JH_ERR_NAME_TAKEN : JH_ERR_NAME_ROOT,
					   JH_OBJ_CELL, 0, JH_OBJ_CELL, 0);
			error->cell = id;
			return err;
		}
	}
	for (id = 1; id < JH_MAX_CELLS; id++) {
		if (!cell_get(id)) {
			cell->id = id;
			cell->report = &report.cells[id];
			cell->flags = config->flags;
			return 0;
		}
	}
	return refuse_value(error, JH_ERR_CELL_SPACE, JH_OBJ_CELL, 0, 0, JH_MAX_CELLS - 1);
}

static void fill_report(struct cell *cell, u32 generation)
{
	const struct jh_config_cell *config = config_cell(cell->config);
	struct jh_cell_report *r = cell->report;

	memset(r, 0, sizeof(*r));
	memcpy(r->name, config->name, JH_NAME_LEN);
	r->cpu_mask = cell->cpu_mask;
	r->entry = config->entry;
	r->generation = generation;
}

s64 create_cell(u64 config, u64 length, u32 generation, struct jh_error *error)
{
	struct cell *cell = pool_alloc(1);
	int err;

	if (!cell)
		return pool_refuse(error);
	err = copy_config(cell, config, length, error);
	if (!err)
		err = find_slot(cell, error);
	if (!err)
		err = unit_prepare(cell, error);
	if (err) {
		create_free(cell);
		return err;
	}
	fill_report(cell, generation);
	cell_set(cell->id, cell);
	unit_commit(cell);
	cell_set_state(cell, JH_CELL_CREATED);
	log_printf("cell %s: created, number %u\n", cell->report->name, cell->id);
	return cell->id;
}

void create_free(struct cell *cell)
{
	if (cell->config)
		pool_free((void *)cell->config, cell->config_pages);
	pool_free(cell, 1);
}
