// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (c) The jh authors
 */
#include "rates.h"

#include <string.h>

static __u64 per_second(__u64 before, __u64 now, __u64 milliseconds)
{
	return now > before ? (now - before) * 1000 / milliseconds : 0;
}

/* Is it the same cell in both reports? Numbers are reused. */
static bool same_cell(const struct report *before, const struct report *now, __u32 cell)
{
	return report_exists(before, cell) && report_exists(now, cell) &&
	       before->cell[cell].generation == now->cell[cell].generation;
}

static void find_cpu(struct rates *rates, const struct report *before, const struct report *now,
		     __u32 cpu, __u64 milliseconds)
{
	__u32 cell = now->cpu[cpu].cell, stat;

	if (before->cpu[cpu].cell != cell || !same_cell(before, now, cell))
		return;
	for (stat = 0; stat < JH_NUM_STATS; stat++) {
		rates->cpu[cpu][stat] = per_second(jh_cpu_stat(&before->cpu[cpu], stat),
						   jh_cpu_stat(&now->cpu[cpu], stat),
						   milliseconds);
		rates->cell[cell][stat] += rates->cpu[cpu][stat];
	}
}

static void find_link(struct rates *rates, const struct report *before, const struct report *now,
		      __u32 row, __u64 milliseconds)
{
	const struct jh_link_report *was = &before->link[row], *is = &now->link[row];

	if (memcmp(was->name, is->name, JH_NAME_LEN) || was->cell != is->cell ||
	    !same_cell(before, now, is->cell))
		return;
	rates->rung[row] = per_second(was->rung, is->rung, milliseconds);
	rates->dropped[row] = per_second(was->dropped, is->dropped, milliseconds);
}

void rates_find(struct rates *rates, const struct report *before, const struct report *now,
		__u64 milliseconds)
{
	__u32 i;

	memset(rates, 0, sizeof(*rates));
	for (i = 0; i < now->head->num_cpus && i < before->head->num_cpus && i < JH_MAX_CPUS; i++)
		find_cpu(rates, before, now, i, milliseconds);
	for (i = 0; i < now->head->num_links && i < before->head->num_links &&
	     i < JH_MAX_LINK_SIDES; i++)
		find_link(rates, before, now, i, milliseconds);
}
