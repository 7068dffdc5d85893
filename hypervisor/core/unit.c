// SPDX-License-Identifier: GPL-2.0-only
/* Copyright (c) The jh authors */
#include <hv/pool.h>
#include <hv/unit.h>

static const struct unit unit_arch = {
	.name = "arch",
	.check = arch_check,
	.build = arch_build,
	.cell_map = arch_cell_map,
	.cell_prepare = arch_cell_init,
};

/*
 * The order matters to those that come later: memory is mapped for CPUs that are the cell's, what
 * the architecture and the communication region show lies over memory, and interrupts, which root
 * may have in flight, are claimed when nothing else can fail any more.
 */
static const struct unit *const units[] = {
	&unit_cpus, &unit_memory, &unit_arch, &unit_comm, &unit_console, &unit_irqs,
};

#define NUM_UNITS	ARRAY_SIZE(units)

int unit_check(const struct jh_config_system *system, struct jh_error *error)
{
	int err = 0;
	u32 i;

	for (i = 0; i < NUM_UNITS && !err; i++)
		if (units[i]->check)
			err = units[i]->check(system, error);
	return err;
}

int unit_build(const struct jh_config_system *system, struct jh_error *error)
{
	int err = 0;
	u32 i;

	for (i = 0; i < NUM_UNITS && !err; i++)
		if (units[i]->build)
			err = units[i]->build(system, error);
	return err;
}

int unit_map_root(void)
{
	int err = 0;
	u32 i;

	for (i = 0; i < NUM_UNITS && !err; i++)
		if (units[i]->cell_map)
			err = units[i]->cell_map(&root_cell);
	return err;
}

int unit_prepare(struct cell *cell, struct jh_error *error)
{
	int err = 0;
	u32 i;

	for (i = 0; i < NUM_UNITS && !err; i++) {
		if (units[i]->cell_prepare)
			err = units[i]->cell_prepare(cell, error);
		if (!err && units[i]->cell_map && units[i]->cell_map(cell))
			err = pool_refuse(error);
	}
	if (err)
		unit_release(cell);
	return err;
}

void unit_commit(struct cell *cell)
{
	u32 i;

	for (i = 0; i < NUM_UNITS; i++)
		if (units[i]->cell_commit)
			units[i]->cell_commit(cell);
}

void unit_reset(struct cell *cell)
{
	u32 i;

	for (i = 0; i < NUM_UNITS; i++)
		if (units[i]->cell_reset)
			units[i]->cell_reset(cell);
}

void unit_quiet(struct cell *cell)
{
	u32 i;

	for (i = NUM_UNITS; i-- > 0;)
		if (units[i]->cell_quiet)
			units[i]->cell_quiet(cell);
}

void unit_revert(struct cell *cell)
{
	u32 i;

	for (i = NUM_UNITS; i-- > 0;)
		if (units[i]->cell_revert)
			units[i]->cell_revert(cell);
}

void unit_release(struct cell *cell)
{
	u32 i;

	for (i = NUM_UNITS; i-- > 0;)
		if (units[i]->cell_release)
			units[i]->cell_release(cell);
}
