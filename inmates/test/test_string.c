// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (c) The jh authors
 *
 * The library's own functions of strings and memory.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <inmate/string.h>

static void memory(void **state)
{
	u8 bytes[8] = "abcdefg", other[8];

	(void)state;
	assert_ptr_equal(memset(other, 0x1ff, 3), other);
	assert_int_equal(other[0] & other[1] & other[2], 0xff);
	other[3] = '#';
	assert_ptr_equal(memcpy(other, bytes, 3), other);
	assert_int_equal(other[2], 'c');
	assert_int_equal(other[3], '#');
	assert_ptr_equal(memmove(bytes + 2, bytes, 4), bytes + 2);
	assert_string_equal((char *)bytes, "ababcdg");
	assert_ptr_equal(memmove(bytes, bytes + 2, 4), bytes);
	assert_string_equal((char *)bytes, "abcdcdg");
	assert_ptr_equal(memmove(bytes, bytes, 3), bytes);
	assert_string_equal((char *)bytes, "abcdcdg");
	assert_ptr_equal(memset(bytes, 'x', 0), bytes);
	assert_ptr_equal(memcpy(bytes, "yyyy", 0), bytes);
	assert_string_equal((char *)bytes, "abcdcdg");
}

static void comparisons(void **state)
{
	(void)state;
	assert_int_equal(memcmp("abc", "abd", 2), 0);
	assert_true(memcmp("abc", "abd", 3) < 0);
	assert_true(memcmp("\xff", "a", 1) > 0);
	assert_int_equal(memcmp("a\0b", "a\0c", 2), 0);
	assert_true(memcmp("a\0b", "a\0c", 3) < 0);
	assert_int_equal(strcmp("same", "same"), 0);
	assert_true(strcmp("same", "sam") > 0);
	assert_true(strcmp("sam", "same") < 0);
	assert_true(strcmp("\xff", "a") > 0);
	assert_true(strcmp("a", "\xff") < 0);
	assert_int_equal(strncmp("same", "sample", 2), 0);
	assert_true(strncmp("same", "sample", 4) < 0);
	assert_int_equal(strncmp("a\0b", "a\0c", 3), 0);
	assert_int_equal(strncmp("a", "b", 0), 0);
}

static void lengths(void **state)
{
	const char *text = "a=b=c";

	(void)state;
	assert_int_equal(strlen(""), 0);
	assert_int_equal(strlen(text), 5);
	assert_ptr_equal(strchr(text, '='), text + 1);
	assert_ptr_equal(strchr(text, 'a'), text);
	assert_null(strchr(text, 'x'));
	assert_ptr_equal(strchr(text, 0), text + 5);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(memory),
		cmocka_unit_test(comparisons),
		cmocka_unit_test(lengths),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
