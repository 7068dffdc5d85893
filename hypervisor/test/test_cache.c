// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (c) The jh authors
 *
 * Caches and time: exactly the lines of a range are cleaned, for all line sizes; zeroing reaches
 * the last byte and no further; a deadline expires in time.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include <asm/sysreg.h>
#include <hv/arch.h>

/* "dc OPERATION, REGISTER" of the code under test, and the address that it was given last. */
u64 cache_count, cache_last;

static u64 ctr, dczid, now, frequency;
static _Alignas(4096) u8 memory[3 * 4096];

u64 fake64_read_sysreg(const char *name)
{
	if (!strcmp(name, "ctr_el0"))
		return ctr;
	if (!strcmp(name, "dczid_el0"))
		return dczid;
	if (!strcmp(name, "cntpct_el0"))
		return now;
	assert_string_equal(name, "cntfrq_el0");
	return frequency;
}

void fake64_write_sysreg(const char *name, u64 value)
{
	fail_msg("%s is written: %llx", name, (unsigned long long)value);
}

static int setup(void **state)
{
	(void)state;
	memset(memory, 0xa5, sizeof(memory));
	ctr = 4UL << 16 | 0xf00f;		/* 16 words; the other fields are not it */
	dczid = 4;				/* blocks of 16 words */
	cache_count = cache_last = 0;
	return 0;
}

static void cleaned(u64 offset, u64 size, u64 line, u64 lines)
{
	cache_count = cache_last = 0;
	arch_clean_to_memory(memory + offset, size);
	assert_int_equal(cache_count, lines);
	if (lines)
		assert_int_equal(cache_last, (u64)memory + ALIGN_DOWN(offset + size - 1, line));
}

static void every_line_and_no_other(void **state)
{
	(void)state;
	cleaned(0, 4096, 64, 64);
	cleaned(0, 64, 64, 1);
	cleaned(0, 65, 64, 2);
	cleaned(63, 1, 64, 1);
	cleaned(63, 2, 64, 2);
	cleaned(64, 0, 64, 0);
	ctr = 3UL << 16;
	cleaned(1, 4096, 32, 129);
	ctr = 9UL << 16;
	cleaned(0, 4096, 2048, 2);
}

static void zeroed(u64 offset, u64 size, bool by_blocks)
{
	u64 i;

	setup(NULL);
	dczid |= by_blocks ? 0 : 0x10;		/* DZP: prohibited */
	arch_zero(memory + offset, size);
	assert_int_equal(cache_count, 0);
	for (i = 0; i < sizeof(memory); i++)
		assert_int_equal(memory[i], i - offset < size ? 0 : 0xa5);
}

static void zeroes_without_blocks(void **state)
{
	(void)state;
	zeroed(0, 4096, false);
	zeroed(4096, 4096, false);
	/* What is no whole number of blocks, in its size or where it begins. */
	zeroed(64, 72, true);
	zeroed(8, 64, true);
	zeroed(4096, 8, true);
}

static void zeroes_by_blocks(void **state)
{
	(void)state;
	arch_zero(memory + 4096, 4096);
	assert_int_equal(cache_count, 64);
	assert_int_equal(cache_last, (u64)memory + 8192 - 64);
	assert_int_equal(memory[4096], 0xa5);	/* nothing else has written there */
	cache_count = 0;
	dczid = 9;				/* the largest: 2 KiB */
	arch_zero(memory, 4096);
	assert_int_equal(cache_count, 2);
	assert_int_equal(cache_last, (u64)memory + 2048);
}

static void deadlines_expire_in_time(void **state)
{
	u64 deadline;

	(void)state;
	frequency = 62500000;
	now = 1000;
	deadline = arch_deadline(2000);
	assert_int_equal(deadline, 1000 + 125000);
	assert_false(arch_expired(deadline));
	now = deadline;
	assert_false(arch_expired(deadline));
	now++;
	assert_true(arch_expired(deadline));
	/* Also when the counter runs over meanwhile. */
	now = ~0UL - 10;
	deadline = arch_deadline(1);
	assert_false(arch_expired(deadline));
	now += 63;
	assert_true(arch_expired(deadline));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(every_line_and_no_other, setup),
		cmocka_unit_test_setup(zeroes_without_blocks, setup),
		cmocka_unit_test_setup(zeroes_by_blocks, setup),
		cmocka_unit_test(deadlines_expire_in_time),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
