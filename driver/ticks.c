// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (c) The jh authors
 *
 * Measured times in ticks of the counter: of hypercalls, as sums since the module was loaded, and
 * of enable.
 */
#include "jh.h"

#include <linux/compiler.h>

_Static_assert(JH_HC_LAST < JH_TICKS_CODES, "every call has its sum");

/* Written under jh_lock; a reader may see a sum that is a moment old. */
static u64 sums[JH_TICKS_CODES];
static u64 enable_ticks;

/** jh_ticks_add() - add the time of a hypercall to the sum of its code; under jh_lock */
void jh_ticks_add(u64 code, u64 ticks)
{
	if (code < JH_TICKS_CODES)
		WRITE_ONCE(sums[code], sums[code] + ticks);
}

/** jh_ticks_enabled() - set the time that all CPUs stood still for during enable; under jh_lock */
void jh_ticks_enabled(u64 ticks)
{
	WRITE_ONCE(enable_ticks, ticks);
}

/** jh_ticks_of() - the sum of all hypercalls with this code; @code < JH_TICKS_CODES */
u64 jh_ticks_of(u64 code)
{
	return READ_ONCE(sums[code]);
}

/** jh_ticks_of_enable() - the time of the last enable */
u64 jh_ticks_of_enable(void)
{
	return READ_ONCE(enable_ticks);
}
