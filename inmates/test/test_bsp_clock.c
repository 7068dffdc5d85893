// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (c) The jh authors
 *
 * The tick of an RTOS: no drift for frequencies that the rate does not divide, no overflow.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "bsp_clock.h"

static void the_first_deadline_is_one_period_away(void **state)
{
	struct bsp_clock clock;

	(void)state;
	bsp_clock_start(&clock, 1000, 62500000, 1000);
	assert_int_equal(clock.deadline, 1000 + 62500);
	bsp_clock_advance(&clock);
	assert_int_equal(clock.deadline, 1000 + 2 * 62500);
}

static void a_second_has_all_its_ticks(void **state)
{
	static const struct {
		uint64_t freq;
		uint32_t hz;
	} cases[] = {
		{ 62500000, 1000 }, { 19200000, 1024 }, { 33333333, 1000 }, { 99999999, 60 },
		{ 1000000000, 7 }, { 24000000, 999 }, { 8000001, 8000000 }, { 1000, 1000 },
	};
	struct bsp_clock clock;
	uint64_t before;

	(void)state;
	for (unsigned int n = 0; n < sizeof(cases) / sizeof(*cases); n++) {
		bsp_clock_start(&clock, 0, cases[n].freq, cases[n].hz);
		for (uint32_t tick = 1; tick < 3 * cases[n].hz; tick++) {
			/* Never late, and early by less than a tick of the counter. */
			before = (tick * cases[n].freq) / cases[n].hz;
			assert_int_equal(clock.deadline, before);
			bsp_clock_advance(&clock);
		}
		assert_int_equal(clock.deadline, 3 * cases[n].freq);
	}
}

static void a_rate_that_cannot_be_is_corrected(void **state)
{
	struct bsp_clock clock;

	(void)state;
	bsp_clock_start(&clock, 5, 1000, 0);
	assert_int_equal(clock.deadline, 1005);
	bsp_clock_start(&clock, 5, 1000, 1000000);
	assert_int_equal(clock.deadline, 6);
	bsp_clock_advance(&clock);
	assert_int_equal(clock.deadline, 7);
}

static void large_rates_do_not_overflow(void **state)
{
	struct bsp_clock clock;

	(void)state;
	bsp_clock_start(&clock, 0, 0xfffffffeUL, 0xffffffff);
	for (int n = 1; n < 100; n++) {
		assert_int_equal(clock.deadline, n);
		bsp_clock_advance(&clock);
	}
	bsp_clock_start(&clock, 0, 0x1fffffffcUL, 0xffffffff);
	bsp_clock_advance(&clock);
	bsp_clock_advance(&clock);
	/* 3 * (2 - 2 / (2^32 - 1)) */
	assert_int_equal(clock.deadline, 5);
}

static void nanoseconds_do_not_overflow(void **state)
{
	(void)state;
	assert_int_equal(bsp_clock_ns(0, 62500000), 0);
	assert_int_equal(bsp_clock_ns(1, 62500000), 16);
	assert_int_equal(bsp_clock_ns(62500001, 62500000), 1000000016);
	assert_int_equal(bsp_clock_ns(10UL * 365 * 86400 * 1000000000, 1000000000),
			 10UL * 365 * 86400 * 1000000000);
	assert_int_equal(bsp_clock_ns(17999999999, 18000000000), 999999999);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_first_deadline_is_one_period_away),
		cmocka_unit_test(a_second_has_all_its_ticks),
		cmocka_unit_test(a_rate_that_cannot_be_is_corrected),
		cmocka_unit_test(large_rates_do_not_overflow),
		cmocka_unit_test(nanoseconds_do_not_overflow),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
