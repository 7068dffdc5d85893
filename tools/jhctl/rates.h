/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Copyright (c) The jh authors
 *
 * Events between two copies of the report, for each second
 */
#ifndef RATES_H
#define RATES_H

#include "report.h"

/**
 * struct rates - exits and bells for each second, rounded down
 * @cpu:	by CPU and reason (JH_STAT_*)
 * @cell:	the CPUs of a cell together
 * @rung:	by row of the report's links: bells rung,
 * @dropped:	and those that nobody could hear
 *
 * All of a CPU, a cell or a link that was not there before, or was another's, is 0.
 */
struct rates {
	__u64 cpu[JH_MAX_CPUS][JH_NUM_STATS];
	__u64 cell[JH_MAX_CELLS][JH_NUM_STATS];
	__u64 rung[JH_MAX_LINK_SIDES];
	__u64 dropped[JH_MAX_LINK_SIDES];
};

/** rates_find - from @before to @now; @milliseconds lie between them, 1 at least */
void rates_find(struct rates *rates, const struct report *before, const struct report *now,
		__u64 milliseconds);

#endif
