// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (c) The jh authors
 *
 * Sets of ranges: what a load wants to write, and whether another one covers it.
 */
#include "jh.h"

#include <linux/mm.h>
#include <linux/overflow.h>
#include <linux/slab.h>
#include <linux/sort.h>

/** jh_ranges_new() - an empty set for up to @most ranges, for kvfree(); NULL: no memory */
struct jh_ranges *jh_ranges_new(u32 most)
{
	struct jh_ranges *set;

	set = kvmalloc(size_add(sizeof(*set), array_size(most, sizeof(set->list[0]))), GFP_KERNEL);
	if (set)
		set->count = 0;
	return set;
}

/** jh_ranges_add() - one more; its end does not wrap around */
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

/** jh_ranges_join() - in the order of their addresses, and those that touch are one */
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

/** jh_ranges_missing() - the first of @wanted that @set does not cover, both joined; NULL: none */
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
