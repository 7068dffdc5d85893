// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (c) The jh authors
 *
 * In place of sample.c in an image that does not look at the program counters of guests.
 */
#include <hv/sample.h>
#include <refuse.h>

void sample_note(void)
{
}

void sample_forget(u64 mask)
{
	(void)mask;
}

s64 sample_call(struct cell *cell, const u64 args[4], struct jh_error *error)
{
	(void)cell;
	(void)args;
	return refuse(error, JH_ERR_NO_SAMPLE, JH_OBJ_HYPERVISOR, 0);
}
