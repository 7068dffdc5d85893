// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (c) The jh authors
 *
 * Sets of address ranges: those of a load, and whether another load covers them.
 */
#include "jh.h"

#include <linux/mm.h>
#include <linux/overflow.h>
#include <linux/slab.h>
#include <linux/sort.h>

/** jh_ranges_new() - make an empty set for up to @most ranges, for kvfree(); NULL: no memory */
struct jh_ranges *jh_ranges_new(u32 most)
{
	struct jh_ranges *set;

	set = kvmalloc(size_add(sizeof(*set), array_size(most, sizeof(set->list[0]))), GFP_KERNEL);
	if (set)
		set->count = 0;
	return set;
}

/** jh_ranges_add() - add a range, whose end must not wrap around; an empty one is ignored */
void jh_ranges_add(struct jh_ranges *set, u64 start, u64 length)
{
	if (length)
		set->list[set->count++] = (struct jh_range){ start, start + length };
}

static int compare(const void *a, const void *b)
{
	u64 x = ((const struct jh_range *)a)->start, y = ((const struct jh_range *)b)->start;

	return x < y ? -1 : x > y;
}

/** jh_ranges_join() - sort the set, and merge ranges that touch or overlap */
void jh_ranges_join(struct jh_ranges *set)
{
	struct jh_range *last = set->list;
	u32 i;

	sort(set->list, set->count, sizeof(set->list[0]), compare, NULL);
	for (i = 1; i < set->count; i++) {
		if (set->list[i].start <= last->end)
			last->end = max(last->end, set->list[i].end);
		else
			*++last = set->list[i];
	}
	if (set->count)
		set->count = last - set->list + 1;
}

/** jh_ranges_missing() - the first range of @wanted that @set does not cover; both are joined */
const struct jh_range *jh_ranges_missing(const struct jh_ranges *wanted,
					 const struct jh_ranges *set)
{
	u32 i, at = 0;

	for (i = 0; i < wanted->count; i++) {
		while (at < set->count && set->list[at].end < wanted->list[i].end)
			at++;
		if (at == set->count || set->list[at].start > wanted->list[i].start)
			return &wanted->list[i];
	}
	return NULL;
}
