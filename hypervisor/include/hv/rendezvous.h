/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Copyright (c) The jh authors
 *
 * All CPUs wait for each other here, several times in a row. Each time has one verdict, which the
 * first CPU to know it stores and no other changes: a CPU that fails stores its errno before it
 * arrives, one that gives up on another stores that, and RENDEZVOUS_DONE is stored after all have
 * come. So all CPUs leave with the same result, however slow one of them is.
 */
#ifndef HV_RENDEZVOUS_H
#define HV_RENDEZVOUS_H

#include <hv/types.h>

#define RENDEZVOUS_TIMES	3	/* at most */

/** struct rendezvous - all zero before the first CPU comes */
struct rendezvous {
	u32 arrived;	/* CPUs, summed over all times */
	s32 verdicts[RENDEZVOUS_TIMES];
};

/**
 * rendezvous_wait() - wait until all CPUs of @mask have come for the @nth time
 * @nth:	from 1 to RENDEZVOUS_TIMES
 * @turned_away: not 0 once the driver knows of a CPU that will never come
 * @err:	0, or the -errno with which the executing CPU failed
 *
 * Return: 0; the errno of a CPU that failed; -EOPNOTSUPP if one was turned away; -ETIMEDOUT if none
 * came for 10 seconds and some are missing: the report area says how many came.
 */
int rendezvous_wait(struct rendezvous *r, u64 mask, u32 nth, const u32 *turned_away, int err);

#endif
