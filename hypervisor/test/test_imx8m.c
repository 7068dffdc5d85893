// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (c) The jh authors
 *
 * Firmware calls of i.MX8M: root must not change the DDR frequency while a cell's CPU would
 * continue to use the memory.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <asm/sip.h>

#define DDR_DVFS	4

static enum sip_verdict ask(u32 cell, bool alone, u32 function, u64 x1)
{
	const struct sip_caller caller = { .cell = cell, .alone = alone };
	const struct sip_call call = { .function = function, .x1 = x1 };

	return imx8m_filter.decide(&call, &caller);
}

static void frequency_of_the_ddr(void **state)
{
	u64 point;

	(void)state;
	for (point = 0; point < 3; point++) {
		assert_int_equal(ask(0, false, DDR_DVFS, point), SIP_NOT_SUPPORTED);
		assert_int_equal(ask(0, false, DDR_DVFS, 1UL << 32 | point), SIP_NOT_SUPPORTED);
		assert_int_equal(ask(0, true, DDR_DVFS, point), SIP_FORWARD);
		/* Its neighbours: power domains, the clock source. */
		assert_int_equal(ask(0, false, 0, point), SIP_FORWARD);
		assert_int_equal(ask(0, false, 5, point), SIP_FORWARD);
	}
	/* How many operating points there are, and which. */
	assert_int_equal(ask(0, false, DDR_DVFS, 3), SIP_FORWARD);
	assert_int_equal(ask(0, false, DDR_DVFS, 0x10), SIP_FORWARD);
	assert_int_equal(ask(0, false, DDR_DVFS, 0x11), SIP_FORWARD);
}

static void cells_have_no_calls(void **state)
{
	u32 function;

	(void)state;
	for (function = 0; function < 0x10000; function++)
		assert_int_equal(ask(1, false, function, 0x10), SIP_NOT_SUPPORTED);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(frequency_of_the_ddr),
		cmocka_unit_test(cells_have_no_calls),
	};

	return cmocka_run_group_tests_name("imx8m", tests, NULL, NULL);
}
