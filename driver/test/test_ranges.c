// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (c) The jh authors
 *
 * Sets of ranges, against a map of their bytes.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

#include "../jh.h"

#define SPACE	24	/* bytes of addresses */
#define MOST	5

static unsigned int seed;

static u32 below(u32 n)
{
	seed = seed * 1103515245 + 12345;
	return (seed >> 16) % n;
}

static struct jh_ranges *random_set(bool *covered)
{
	struct jh_ranges *set = jh_ranges_new(MOST);
	u32 i, at, count = below(MOST + 1);

	memset(covered, 0, SPACE);
	for (i = 0; i < count; i++) {
		u32 start = below(SPACE), length = below(SPACE - start + 1) / 2;

		jh_ranges_add(set, start, length);
		for (at = start; at < start + length; at++)
			covered[at] = true;
	}
	jh_ranges_join(set);
	return set;
}

static void assert_is(const struct jh_ranges *set, const bool *covered)
{
	u32 i, at = 0;

	for (i = 0; i < set->count; i++) {
		/* In order, not empty, and apart. */
		assert_true(set->list[i].start < set->list[i].end);
		assert_true(!i || set->list[i - 1].end < set->list[i].start);
		for (; at < set->list[i].start; at++)
			assert_false(covered[at]);
		for (; at < set->list[i].end; at++)
			assert_true(covered[at]);
	}
	for (; at < SPACE; at++)
		assert_false(covered[at]);
}

/* The first range of @wanted of which a byte is missing; its number, or how many there are. */
static u32 first_missing(const struct jh_ranges *wanted, const bool *covered)
{
	u32 i;
	u64 at;

	for (i = 0; i < wanted->count; i++)
		for (at = wanted->list[i].start; at < wanted->list[i].end; at++)
			if (!covered[at])
				return i;
	return i;
}

static void sets_agree_with_a_byte_map(void **state)
{
	bool covered[SPACE], wanted_bytes[SPACE];
	u32 round;

	fake_reset();
	for (round = 0; round < 20000; round++) {
		struct jh_ranges *set, *wanted;
		const struct jh_range *missing;
		u32 expected;

		seed = round;
		set = random_set(covered);
		wanted = random_set(wanted_bytes);
		assert_is(set, covered);
		missing = jh_ranges_missing(wanted, set);
		expected = first_missing(wanted, covered);
		if (expected == wanted->count)
			assert_null(missing);
		else
			assert_ptr_equal(missing, &wanted->list[expected]);
		assert_null(jh_ranges_missing(set, set));
		kvfree(set);
		kvfree(wanted);
	}
	assert_int_equal(fake_allocated(), 0);
}

static void without_memory(void **state)
{
	fake_reset();
	fake_fail_alloc = 1;
	assert_null(jh_ranges_new(1));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sets_agree_with_a_byte_map),
		cmocka_unit_test(without_memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
