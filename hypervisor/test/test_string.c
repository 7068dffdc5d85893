// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (c) The jh authors
 *
 * The library's own memory functions, by names of their own: at every alignment, of every length
 * around a word, and nothing beyond the range.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdbool.h>
#include <cmocka.h>

#define memcpy	own_memcpy
#define memmove	own_memmove
#define memset	own_memset
#define memcmp	own_memcmp
#define strncmp	own_strncmp
#include "../lib/string.c"

#define BYTES	64
#define MOST	40

static _Alignas(16) unsigned char from[BYTES], to[BYTES], expected[BYTES];

/* All bytes are different; @more tells the two buffers apart. */
static void fill(unsigned char *bytes, unsigned char more)
{
	int i;

	for (i = 0; i < BYTES; i++)
		bytes[i] = (unsigned char)(i + more);
}

static void assert_same(const unsigned char *a, const unsigned char *b)
{
	int i;

	for (i = 0; i < BYTES; i++)
		assert_int_equal(a[i], b[i]);
}

static void copies_at_each_alignment(void **state)
{
	size_t f, t, size, i;

	(void)state;
	for (f = 0; f < 9; f++)
		for (t = 0; t < 9; t++)
			for (size = 0; size < MOST; size++) {
				fill(from, 0);
				fill(to, 100);
				fill(expected, 100);
				for (i = 0; i < size; i++)
					expected[t + i] = from[f + i];
				assert_ptr_equal(own_memcpy(to + t, from + f, size), to + t);
				assert_same(to, expected);
			}
}

static void moves_within_itself(void **state)
{
	size_t f, t, size, i;

	(void)state;
	for (f = 0; f < 20; f++)
		for (t = 0; t < 20; t++)
			for (size = 0; size < MOST; size++) {
				fill(from, 0);
				fill(to, 0);
				fill(expected, 0);
				for (i = 0; i < size; i++)
					expected[t + i] = from[f + i];
				assert_ptr_equal(own_memmove(to + t, to + f, size), to + t);
				assert_same(to, expected);
			}
}

static void fills_at_each_alignment(void **state)
{
	static const int values[] = { 0, 1, 0x5a, 0xff, 0x1234 };
	size_t t, size, i, v;

	(void)state;
	for (v = 0; v < sizeof(values) / sizeof(values[0]); v++)
		for (t = 0; t < 9; t++)
			for (size = 0; size < MOST; size++) {
				fill(to, 100);
				fill(expected, 100);
				for (i = 0; i < size; i++)
					expected[t + i] = (unsigned char)values[v];
				assert_ptr_equal(own_memset(to + t, values[v], size), to + t);
				assert_same(to, expected);
			}
}

static void compares_memory(void **state)
{
	size_t size, i;

	(void)state;
	for (size = 0; size < MOST; size++) {
		fill(from, 200);
		fill(to, 200);
		to[size] = 0;
		assert_int_equal(own_memcmp(from, to, size), 0);
		for (i = 0; i < size; i++) {
			/* Bytes are without a sign. */
			from[i] = 0x80;
			to[i] = 0x7f;
			assert_true(own_memcmp(from, to, size) > 0);
			assert_true(own_memcmp(to, from, size) < 0);
			/* The first that differs counts. */
			from[i + 1] = 0;
			assert_true(own_memcmp(from, to, size) > 0);
			fill(from, 200);
			fill(to, 200);
		}
	}
}

static void compares_text(void **state)
{
	(void)state;
	assert_int_equal(own_strncmp("", "", 5), 0);
	assert_int_equal(own_strncmp("same", "same", 10), 0);
	/* Behind the end anything may be. */
	assert_int_equal(own_strncmp("ab\0x", "ab\0y", 4), 0);
	assert_int_equal(own_strncmp("abc", "abd", 2), 0);
	assert_int_equal(own_strncmp("a", "b", 0), 0);
	assert_true(own_strncmp("abc", "abd", 3) < 0);
	assert_true(own_strncmp("abd", "abc", 3) > 0);
	assert_true(own_strncmp("ab", "abc", 3) < 0);
	assert_true(own_strncmp("abc", "ab", 3) > 0);
	assert_true(own_strncmp("\x80", "\x7f", 1) > 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(copies_at_each_alignment), cmocka_unit_test(moves_within_itself),
		cmocka_unit_test(fills_at_each_alignment), cmocka_unit_test(compares_memory),
		cmocka_unit_test(compares_text),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
