// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (c) The jh authors
 *
 * Where the CPUs of a cell are in the guest's program. The hypervisor waits for one only for a
 * millisecond, because it keeps this CPU meanwhile: a CPU that is slow is asked again.
 */
#include "jh.h"

#include <linux/errno.h>

/* Seconds: as with a stop, the CPU may be an emulated one that its host gives no time. */
#define PLACE_TRIES	400
#define PLACE_PAUSE_MS	10

static u64 answer_of(u64 pc)
{
	/* Nobody's program has this address, which says something else. */
	return pc == JH_PC_SILENT ? JH_PC_UNKNOWN : pc;
}

/* *@pc is JH_PC_UNKNOWN and stays that if the cell is in no state to be asked. */
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
 * jh_place_find() - JH_IOC_CELL_PLACES; under jh_lock, which is let go while a CPU is slow
 * @places: its addresses and the program are filled in, the cell is looked for already
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
