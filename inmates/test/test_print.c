// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (c) The jh authors
 *
 * Formatted output, against that of the host's library.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "fake/fake.h"

void own_printf(const char *format, ...);
void console_putc(char c);

static char seen[256];
static size_t length;

void console_putc(char c)
{
	assert_true(length < sizeof(seen) - 1);
	seen[length++] = c;
	seen[length] = '\0';
}

/* The same as the host prints, with interrupts masked. */
#define SAME(...)							\
do {									\
	char wanted[256];						\
									\
	snprintf(wanted, sizeof(wanted), __VA_ARGS__);			\
	length = 0;							\
	seen[0] = '\0';							\
	fake_reset();							\
	own_printf(__VA_ARGS__);					\
	assert_string_equal(seen, wanted);				\
	fake_expect("irq save\nirq restore 80\n");			\
} while (0)

static void numbers(void **state)
{
	(void)state;
	SAME("%d %i %d", 0, -1, 2147483647);
	SAME("%d", (int)0x80000000);
	SAME("%ld %ld", 0x123456789abcdefL, (long)(1UL << 63));
	SAME("%u %lu %zu", 4294967295u, ~0UL, (size_t)1 << 40);
	SAME("%x %X %lx %llx", 0xdeadbeefu, 0xDEADBEEFu, 0x9abcdef012345678UL, 1ULL << 60);
	SAME("%d%%", 99);
	SAME("%c%c", 'a', 'z');
	SAME("%s and %s", "", "text");
	SAME("%p", (void *)0xffff000012345678UL);
}

static void widths(void **state)
{
	(void)state;
	SAME("[%5d][%-5d][%05d]", 42, 42, 42);
	SAME("[%5d][%-5d][%05d]", -42, -42, -42);
	SAME("[%3d][%-3d][%03d]", -42, -42, -42);
	SAME("[%2d][%-2d][%02d]", -42, -42, -42);
	SAME("[%4d][%-4d][%04d]", -42, -42, -42);
	SAME("[%12s][%-12s][%3s]", "right", "left", "longer");
	SAME("[%016lx][%-16lx][%16lx]", 0xabcUL, 0xabcUL, 0xabcUL);
	SAME("[%3c][%-3c]", 'x', 'y');
	SAME("[%10u][%109d]", 7u, 8);
	SAME("[%-x]", 5u);
}

/* A conversion that is cut ends the text; one that is none is printed. */
static void odd_formats(void **state)
{
	(void)state;
	length = 0;
	own_printf("a%");
	own_printf("b%l");
	own_printf("%-05q%k");
	own_printf("%0-4d|", 7);
	assert_string_equal(seen, "abqk7   |");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(numbers),
		cmocka_unit_test(widths),
		cmocka_unit_test(odd_formats),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
