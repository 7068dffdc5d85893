/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Copyright (c) The jh authors
 *
 * Events per second between two copies of the report.
 */
#ifndef RATES_H
#define RATES_H

#include "report.h"

/**
 * struct rates - exits and bells per second, rounded down
 * @cpu:	by CPU and reason (JH_STAT_*)
 * @cell:	by cell, the sum of its CPUs
 * @rung:	bells rung, by row of the report's links
 * @dropped:	bells rung while the other side was not there, likewise
 *
 * The rates of a CPU, cell or link that is not in both reports, with the same owner, are 0.
 */
struct rates {
	__u64 cpu[JH_MAX_CPUS][JH_NUM_STATS];
	__u64 cell[JH_MAX_CELLS][JH_NUM_STATS];
	__u64 rung[JH_MAX_LINK_SIDES];
	__u64 dropped[JH_MAX_LINK_SIDES];
};

/** rates_find - rates from @before to @now, which are @milliseconds apart, 1 at least */
void rates_find(struct rates *rates, const struct report *before, const struct report *now,
		__u64 milliseconds);

#endif
