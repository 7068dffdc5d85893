// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (c) The jh authors
 *
 * Pieces of memory: bytes go to and from each place of them, and nothing beside them is touched.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "../iov.h"

#define PIECES	4
#define BYTES	9		/* in all of them */
#define SPACE	0x2e		/* between them */

static const size_t lengths[PIECES] = { 3, 1, 0, 5 };
static char memory[32];
static struct iovec pieces[PIECES];

/* Writes "abcdefghi" into the pieces, which have two bytes between them. */
static void scatter(void)
{
	char *at = memory + 2, next = 'a';
	size_t i, n;

	memset(memory, SPACE, sizeof(memory));
	for (i = 0; i < PIECES; i++) {
		pieces[i] = (struct iovec){ at, lengths[i] };
		for (n = 0; n < lengths[i]; n++)
			*at++ = next++;
		at += 2;
	}
}

static void gather(char *to)
{
	size_t i;

	for (i = 0; i < PIECES; i++) {
		memcpy(to, pieces[i].iov_base, pieces[i].iov_len);
		to += pieces[i].iov_len;
	}
}

static unsigned int spaces(void)
{
	unsigned int count = 0;
	size_t i;

	for (i = 0; i < sizeof(memory); i++)
		count += memory[i] == SPACE;
	return count;
}

static size_t least(size_t a, size_t b)
{
	return a < b ? a : b;
}

static void bytes_are_copied_from_each_place(void **state)
{
	size_t offset, size, expected;

	for (offset = 0; offset <= BYTES + 1; offset++)
		for (size = 0; size <= BYTES + 1; size++) {
			char to[BYTES + 2];

			scatter();
			memset(to, SPACE, sizeof(to));
			expected = offset < BYTES ? least(size, BYTES - offset) : 0;
			assert_int_equal(iov_copy_from(pieces, PIECES, offset, to, size), expected);
			assert_memory_equal(to, &"abcdefghi"[least(offset, BYTES)], expected);
			assert_int_equal(to[expected], SPACE);
		}
}

static void bytes_are_copied_to_each_place(void **state)
{
	size_t offset, size, expected;

	for (offset = 0; offset <= BYTES + 1; offset++)
		for (size = 0; size <= BYTES + 1; size++) {
			char all[BYTES], wanted[BYTES + 1] = "abcdefghi";

			scatter();
			expected = offset < BYTES ? least(size, BYTES - offset) : 0;
			memcpy(wanted + least(offset, BYTES), "0123456789", expected);
			assert_int_equal(iov_copy_to(pieces, PIECES, offset, "0123456789", size),
					 expected);
			gather(all);
			assert_memory_equal(all, wanted, BYTES);
			assert_int_equal(spaces(), sizeof(memory) - BYTES);
		}
}

static void pieces_are_cut_anywhere(void **state)
{
	size_t offset, size, expected;

	for (offset = 0; offset <= BYTES; offset++)
		for (size = 0; size <= BYTES - offset; size++) {
			char to[BYTES + 1] = { 0 };
			struct iovec *first = pieces;
			unsigned int count;

			scatter();
			count = iov_cut(&first, PIECES, offset, size);
			assert_true(first + count <= pieces + PIECES);
			expected = iov_copy_from(first, count, 0, to, sizeof(to));
			assert_int_equal(expected, size);
			assert_memory_equal(to, &"abcdefghi"[offset], size);
			/* No piece is left that begins where the next one does. */
			assert_true(!count || first->iov_len);
		}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(bytes_are_copied_from_each_place),
		cmocka_unit_test(bytes_are_copied_to_each_place),
		cmocka_unit_test(pieces_are_cut_anywhere),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
