// SPDX-License-Identifier: GPL-2.0-only
/* Copyright (c) The jh authors */
#include <hv/pool.h>
#include <hv/unit.h>

/*
 * The order matters: memory comes after the CPUs that it is mapped for; the frames of the interrupt
 * controller and the communication region are mapped over memory; interrupts come last, because to
 * claim one may disturb a CPU of root, so nothing else may fail afterwards.
 *
 * The row of an optional unit is NULL in an image without its object.
 */
static const struct unit *const units[] = {
	&unit_cpus, &unit_memory, &unit_arch, &unit_irqchip, &unit_firmware, &unit_comm,
	&unit_console, &unit_uart, &unit_link, &unit_irqs,
};

#define NUM_UNITS	ARRAY_SIZE(units)

/* The hooks of one type, found by their offset in struct unit: one loop serves them all. */
typedef int system_hook(const void *config, struct jh_error *error);
typedef void cell_hook(struct cell *cell);

static void *hook_of(u32 i, u64 hook)
{
	return units[i] ? *(void *const *)((const u8 *)units[i] + hook) : NULL;
}

static int run_system(u64 hook, const void *config, struct jh_error *error)
{
	system_hook *call;
	int err = 0;
	u32 i;

	for (i = 0; i < NUM_UNITS && !err; i++) {
		call = hook_of(i, hook);
		if (call)
			err = call(config, error);
	}
	return err;
}

static void run_cell(u64 hook, struct cell *cell, bool backwards)
{
	cell_hook *call;
	u32 i;

	for (i = 0; i < NUM_UNITS; i++) {
		call = hook_of(backwards ? NUM_UNITS - 1 - i : i, hook);
		if (call)
			call(cell);
	}
}

int unit_check(const void *config, struct jh_error *error)
{
	return run_system(offsetof(struct unit, check), config, error);
}

int unit_build(const void *config, struct jh_error *error)
{
	return run_system(offsetof(struct unit, build), config, error);
}

int unit_map_root(void)
{
	int err = 0;
	u32 i;

	for (i = 0; i < NUM_UNITS && !err; i++)
		if (units[i] && units[i]->cell_map)
			err = units[i]->cell_map(&root_cell);
	return err;
}

int unit_prepare(struct cell *cell, struct jh_error *error)
{
	int err = 0;
	u32 i;

	for (i = 0; i < NUM_UNITS && !err; i++) {
		if (!units[i])
			continue;
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
	run_cell(offsetof(struct unit, cell_commit), cell, false);
}

void unit_reset(struct cell *cell)
{
	run_cell(offsetof(struct unit, cell_reset), cell, false);
}

void unit_ended(struct cell *cell)
{
	run_cell(offsetof(struct unit, cell_ended), cell, false);
}

void unit_quiet(struct cell *cell)
{
	run_cell(offsetof(struct unit, cell_quiet), cell, true);
}

void unit_dying(struct cell *cell)
{
	run_cell(offsetof(struct unit, cell_dying), cell, true);
}

void unit_revert(struct cell *cell)
{
	run_cell(offsetof(struct unit, cell_revert), cell, true);
}

void unit_release(struct cell *cell)
{
	run_cell(offsetof(struct unit, cell_release), cell, true);
}
