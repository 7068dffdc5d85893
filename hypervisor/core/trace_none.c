// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (c) The jh authors
 *
 * In place of trace.c in an image that cannot record exits.
 */
#include <hv/errno.h>
#include <hv/trace.h>
#include <refuse.h>

s64 trace_call(struct cell *cell, const u64 args[4], struct jh_error *error)
{
	(void)cell;
	(void)args;
	return refuse(error, JH_ERR_NO_TRACE, JH_OBJ_HYPERVISOR, 0);
}

void trace_apply(void)
{
}

void trace_forget(u64 mask)
{
	(void)mask;
}
