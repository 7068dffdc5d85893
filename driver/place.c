// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (c) The jh authors
 *
 * The program counters of a cell's CPUs. The hypervisor waits for a CPU for a millisecond only,
 * because it keeps this CPU meanwhile; a slow CPU is asked again.
 */
#include "jh.h"

#include <linux/errno.h>

/* Four seconds in all: an emulated CPU may wait that long for time of its host. */
#define PLACE_TRIES	400
#define PLACE_PAUSE_MS	10

static u64 answer_of(u64 pc)
{
	/* JH_PC_SILENT is no address of a program, and has a meaning of its own. */
	return pc == JH_PC_SILENT ? JH_PC_UNKNOWN : pc;
}

/* *@pc is JH_PC_UNKNOWN on entry, and stays so where the cell cannot be sampled. */
static int find_cpu(const struct jh_cell *cell, u32 cpu, u64 *pc, struct jh_error *err)
{
	int tries, code;
	long result;

	for (tries = PLACE_TRIES; tries; tries--) {
		result = jh_call(JH_HC_CELL_SAMPLE, cell->id, cpu, 0, 0);
		if (!result)
			*pc = answer_of(jh_system->report->pc);
		if (result != -EIO && result != -EBUSY)
			return 0;
		code = jh_turn_pause(cell, PLACE_PAUSE_MS, err);
		if (code)
			return code;
	}
	*pc = JH_PC_SILENT;
	return 0;
}

/**
 * jh_place_find() - JH_IOC_CELL_PLACES; under jh_lock, which is released while a CPU is slow
 * @cell: of @places
 * @places: the addresses and the program are filled in
 *
 * Return: 0, or the refusal of a cell that is gone.
 */
int jh_place_find(struct jh_cell *cell, struct jh_ioctl_places *places)
{
	u64 left = config_cpu_mask(cell->config);
	u32 cpu;
	int code = 0;

	for (cpu = 0; cpu < JH_MAX_CPUS; cpu++)
		places->pc[cpu] = JH_PC_UNKNOWN;
	jh_turn_hold(cell);
	for (cpu = 0; !code && cpu < JH_MAX_CPUS; cpu++)
		if (left >> cpu & 1)
			code = find_cpu(cell, cpu, &places->pc[cpu], &places->error);
	if (!code)
		places->program = cell->program;
	jh_turn_release(cell);
	return code;
}
