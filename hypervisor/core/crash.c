// SPDX-License-Identifier: GPL-2.0-only
/* Copyright (c) The jh authors */
#include <hv/crash.h>
#include <hv/log.h>

static const char *const causes[JH_CRASH_CAUSES] = {
	[JH_CRASH_NONE] = "nothing",
	[JH_CRASH_ACCESS] = "data access outside of the cell",
	[JH_CRASH_FETCH] = "instruction fetch outside of the cell",
	[JH_CRASH_MMIO] = "undecodable access to a filtered device",
	[JH_CRASH_TRAP] = "exception that nothing answers",
	[JH_CRASH_SERROR] = "SError",
	[JH_CRASH_HYPERVISOR] = "exception in the hypervisor",
};

void crash_log(const struct cell *cell, const struct jh_crash *crash)
{
	u32 cause = crash->cause < JH_CRASH_CAUSES ? crash->cause : JH_CRASH_NONE;

	log_printf("cell %s: CPU %u parked: %s at %lx, pc %lx, syndrome %lx\n",
		   cell->report->name, crash->cpu, causes[cause], (unsigned long)crash->address,
		   (unsigned long)crash->pc, (unsigned long)crash->syndrome);
}
