/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Copyright (c) The jh authors
 *
 * Where all CPUs wait for each other, several times in a row. Each time there is one verdict, which
 * the first to know it stores and nobody changes: an errno before the failing CPU arrives or when
 * one stays away, RENDEZVOUS_DONE after all have come. So the CPUs leave with the same result,
 * however slow one is.
 */
#ifndef HV_RENDEZVOUS_H
#define HV_RENDEZVOUS_H

#include <hv/types.h>

#define RENDEZVOUS_TIMES	3	/* at most */

/** struct rendezvous - all zero before the first CPU comes */
struct rendezvous {
	u32 arrived;	/* all times together */
	s32 verdicts[RENDEZVOUS_TIMES];
};

/**
 * rendezvous_wait() - wait until all CPUs of @mask have come for the @nth time
 * @nth:	from 1 to RENDEZVOUS_TIMES
 * @turned_away: not 0 once the driver knows of a CPU that never comes
 * @err:	-errno: the executing CPU brings a failure
 *
 * Return: 0; the error that one of them brought; -EOPNOTSUPP for one that was turned away; or
 * -ETIMEDOUT, and the report area says how many came.
 */
int rendezvous_wait(struct rendezvous *r, u64 mask, u32 nth, const u32 *turned_away, int err);

#endif
