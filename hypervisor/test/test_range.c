// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (c) The jh authors
 *
 * Ranges and checksums.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>

#include <lib/checksum.h>
#include <lib/range.h>

#define TOP	(~0ULL)

static void overlaps_exactly_when_a_byte_is_shared(void **state)
{
	__u64 a, b, sa, sb, at;

	(void)state;
	for (a = 0; a < 6; a++)
		for (sa = 0; sa < 6; sa++)
			for (b = 0; b < 6; b++)
				for (sb = 0; sb < 6; sb++) {
					int shared = 0, inside = 1;

					for (at = 0; at < 12; at++) {
						int in_a = at >= a && at < a + sa;
						int in_b = at >= b && at < b + sb;

						shared |= in_a && in_b;
						inside &= !in_a || in_b;
					}
					assert_int_equal(range_overlaps(a, sa, b, sb), shared);
					if (sa && sb)
						assert_int_equal(range_inside(a, sa, b, sb),
								 inside);
				}
}

static void nothing_wraps_around(void **state)
{
	(void)state;
	assert_true(range_fits(0, TOP, TOP));
	assert_false(range_fits(1, TOP, TOP));
	assert_false(range_fits(TOP, 1, TOP));
	assert_true(range_fits(TOP, 0, TOP));
	assert_false(range_inside(TOP - 1, 2, 0, 16));
	assert_false(range_inside(0, TOP, 1, TOP));
	assert_true(range_inside(TOP - 4, 4, TOP - 8, 8));
	/* The last of all addresses belongs to a range as every other does. */
	assert_true(range_overlaps(TOP - 3, 4, TOP, 1));
	assert_true(range_overlaps(TOP, 1, TOP - 3, 4));
	assert_false(range_overlaps(TOP - 3, 3, TOP, 1));
	assert_true(range_valid(TOP, 1));
	assert_false(range_valid(TOP, 2));
	assert_false(range_valid(7, 0));
	assert_true(range_valid(0, TOP));
}

static void alignment(void **state)
{
	(void)state;
	assert_true(range_aligned(0, 4096));
	assert_true(range_aligned(1ULL << 40, 4096));
	assert_false(range_aligned(4095, 4096));
	assert_false(range_aligned((1ULL << 40) + 2048, 4096));
}

static void checksum_is_that_of_zlib(void **state)
{
	const char *text = "123456789";
	__u32 crc;

	(void)state;
	assert_int_equal(checksum_add(0, text, 9), 0xcbf43926);
	crc = checksum_add(0, text, 4);
	assert_int_equal(checksum_add(crc, text + 4, 5), 0xcbf43926);
	assert_int_equal(checksum_add(0, text, 0), 0);
}

/* By bits, as it is defined: each byte after each other has its own entry of the table. */
static void each_byte_counts(void **state)
{
	unsigned int value, bit;

	(void)state;
	for (value = 0; value < 256; value++) {
		__u8 byte = value;
		__u32 crc = ~0U ^ value;

		for (bit = 0; bit < 8; bit++)
			crc = crc >> 1 ^ (crc & 1 ? 0xedb88320 : 0);
		assert_int_equal(checksum_add(0, &byte, 1), ~crc);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(overlaps_exactly_when_a_byte_is_shared),
		cmocka_unit_test(nothing_wraps_around),
		cmocka_unit_test(alignment),
		cmocka_unit_test(checksum_is_that_of_zlib),
		cmocka_unit_test(each_byte_counts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
