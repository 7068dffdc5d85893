// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (c) The jh authors
 *
 * The command line of an inmate, whose bytes are the host's: values that are too long, keys that
 * are beginnings of others, numbers that are none.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include <inmate/cmdline.h>

#include "layout.h"

/* What lies behind it must not be read as its end. */
struct {
	char line[CMDLINE_SIZE];
	char after[16];
} memory __asm__("__cmdline");

static void set(const char *line)
{
	memset(&memory, 'A', sizeof(memory));
	strcpy(memory.line, line);
}

static void values_are_cut_to_their_room(void **state)
{
	char buffer[16];

	(void)state;
	set("name=abcdefghij other=x empty= bare");
	memset(buffer, '#', sizeof(buffer));
	assert_ptr_equal(cmdline_str("name", buffer, 4, "default"), buffer);
	assert_string_equal(buffer, "abc");
	assert_int_equal(buffer[4], '#');
	assert_string_equal(cmdline_str("name", buffer, 8, "default"), "abcdefg");
	memset(buffer, '#', sizeof(buffer));
	assert_string_equal(cmdline_str("name", buffer, 10, "default"), "abcdefghi");
	assert_int_equal(buffer[10], '#');
	assert_string_equal(cmdline_str("name", buffer, 11, "default"), "abcdefghij");
	assert_string_equal(cmdline_str("other", buffer, 8, "default"), "x");
	assert_string_equal(cmdline_str("absent", buffer, 8, "default"), "default");
	assert_string_equal(cmdline_str("absent", buffer, 4, "default"), "def");
	assert_string_equal(cmdline_str("empty", buffer, 8, "default"), "");
	assert_string_equal(cmdline_str("bare", buffer, 8, "default"), "");
	assert_string_equal(cmdline_str("bare", buffer, 1, "default"), "");
}

static void a_line_without_an_end_has_one(void **state)
{
	char buffer[CMDLINE_SIZE * 2];

	(void)state;
	memset(&memory, 'A', sizeof(memory));
	memcpy(memory.line, "x=", 2);
	assert_int_equal(strlen(cmdline()), CMDLINE_SIZE - 1);
	assert_int_equal(memory.after[0], 'A');
	cmdline_str("x", buffer, sizeof(buffer), "");
	assert_int_equal(strlen(buffer), CMDLINE_SIZE - 1 - 2);
	memset(&memory, 'A', sizeof(memory));
	assert_false(cmdline_bool("AAAA", false));
	set("");
	assert_string_equal(cmdline(), "");
}

static void keys_match_whole_words(void **state)
{
	char buffer[8];

	(void)state;
	set("  ab=1\tabc=2\n a=3 \r a=4 =5");
	assert_int_equal(cmdline_int("a", 0), 3);
	assert_int_equal(cmdline_int("ab", 0), 1);
	assert_int_equal(cmdline_int("abc", 0), 2);
	assert_int_equal(cmdline_int("abcd", 9), 9);
	assert_int_equal(cmdline_int("b", 9), 9);
	assert_string_equal(cmdline_str("abc", buffer, sizeof(buffer), ""), "2");
	assert_true(cmdline_is("a", "3"));
	assert_false(cmdline_is("a", "33"));
	assert_false(cmdline_is("a", ""));
	assert_false(cmdline_is("z", ""));
}

static void numbers_are_parsed_or_default(void **state)
{
	static const struct {
		const char *text;
		s64 value;
	} cases[] = {
		{ "n=0", 0 }, { "n=10", 10 }, { "n=-7", -7 }, { "n=0x1F", 31 }, { "n=0Xff", 255 },
		{ "n=-0x10", -16 }, { "n=09", 9 }, { "n=", -1 }, { "n=-", -1 }, { "n=0x", -1 },
		{ "n=1a", -1 }, { "n=0xg", -1 }, { "n=1 2", 1 }, { "n=9", 9 }, { "n=:", -1 },
		{ "n=0xa0", 160 }, { "n=0x5", 5 }, { "n=0x9:", -1 }, { "n", -1 },
	};
	u32 i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		set(cases[i].text);
		if (cmdline_int("n", -1) != cases[i].value)
			fail_msg("%s", cases[i].text);
	}
}

static void yes_and_no(void **state)
{
	static const char *const yes[] = { "b", "b=1", "b=y", "b=yes", "b=on", "b=true" };
	static const char *const no[] = { "b=0", "b=no", "b=off", "b=yess", "b=ye", "b=2" };
	u32 i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(yes); i++) {
		set(yes[i]);
		assert_true(cmdline_bool("b", false));
	}
	for (i = 0; i < ARRAY_SIZE(no); i++) {
		set(no[i]);
		assert_false(cmdline_bool("b", true));
	}
	set("c");
	assert_true(cmdline_bool("b", true));
	assert_false(cmdline_bool("b", false));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(values_are_cut_to_their_room),
		cmocka_unit_test(a_line_without_an_end_has_one),
		cmocka_unit_test(keys_match_whole_words),
		cmocka_unit_test(numbers_are_parsed_or_default),
		cmocka_unit_test(yes_and_no),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
