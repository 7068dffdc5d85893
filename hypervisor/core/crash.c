// SPDX-License-Identifier: GPL-2.0-only
/* Copyright (c) The jh authors */
#include <hv/crash.h>
#include <hv/log.h>

#define CRASH_WORD(name, number, address, word, text) [JH_CRASH_##name] = word,

/* The log has one word for a cause; the driver and jhctl have the sentence. */
static const char *const words[JH_CRASH_CAUSES] = { JH_CRASH_ROWS(CRASH_WORD) };

void crash_log(const struct cell *cell, const struct jh_crash *crash)
{
	u32 cause = crash->cause < JH_CRASH_CAUSES ? crash->cause : JH_CRASH_NONE;

	log_printf("cell %s failed on CPU %u: %s, address %lx, pc %lx, syndrome %lx\n",
		   cell->report->name, crash->cpu, words[cause], (unsigned long)crash->address,
		   (unsigned long)crash->pc, (unsigned long)crash->syndrome);
}
