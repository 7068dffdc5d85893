// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (c) The jh authors
 *
 * Exceptions that a guest takes at EL1: class, vector, PSTATE and return address (Arm ARM D1.3).
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include <asm/trap.h>
#include "fake64/registers.h"

#define VBAR		0xffff800008010800UL
#define PC		0xffff800008123450UL
#define FAR		0x0badf00dUL
#define SPSR_PAN	(1UL << 22)
#define SCTLR_SPAN	(1UL << 23)
#define HAS_PAN		(1UL << 20)
#define DATA_ABORT	((u64)EC_DABT_LOW << 26 | ESR_IL)
#define FETCH_ABORT	((u64)EC_IABT_LOW << 26 | ESR_IL)
#define WNR		(1UL << 6)

static void begin(u64 spsr)
{
	fake64_clear_registers();
	*fake64_register("spsr_el2") = spsr;
	*fake64_register("elr_el2") = PC;
	*fake64_register("far_el2") = FAR;
	*fake64_register("vbar_el1") = VBAR;
}

/* What every injection does. */
static void expect_entry(u64 spsr, u64 vector)
{
	assert_int_equal(*fake64_register("elr_el1"), PC);
	assert_int_equal(*fake64_register("spsr_el1"), spsr);
	assert_int_equal(*fake64_register("elr_el2"), VBAR + vector);
}

static void undefined_from_each_level(void **state)
{
	static const struct {
		u64 spsr, vector;
	} from[] = {
		{ 0x3c5, 0x200 },	/* EL1h */
		{ 0x3c4, 0x000 },	/* EL1t */
		{ 0x000, 0x400 },	/* EL0 */
		{ 0x010, 0x600 },	/* EL0, AArch32 user mode */
		{ 0x01f, 0x600 },
	};
	u32 i;

	(void)state;
	for (i = 0; i < sizeof(from) / sizeof(from[0]); i++) {
		begin(from[i].spsr);
		inject_undefined();
		expect_entry(from[i].spsr, from[i].vector);
		assert_int_equal(*fake64_register("esr_el1"), ESR_IL);
		assert_int_equal(*fake64_register("spsr_el2"), SPSR_EL1H_MASKED);
	}
}

static void classes_of_aborts(void **state)
{
	static const struct {
		u64 spsr, esr;
		u32 class;
	} aborts[] = {
		{ 0x3c5, DATA_ABORT, 0x25 }, { 0x3c4, DATA_ABORT, 0x25 },
		{ 0x000, DATA_ABORT, 0x24 }, { 0x010, DATA_ABORT, 0x24 },
		{ 0x3c5, FETCH_ABORT, 0x21 }, { 0x000, FETCH_ABORT, 0x20 },
		{ 0x01f, FETCH_ABORT, 0x20 },
	};
	u32 i;

	(void)state;
	for (i = 0; i < sizeof(aborts) / sizeof(aborts[0]); i++) {
		begin(aborts[i].spsr);
		inject_abort(aborts[i].esr | 0x7, FSC_EXTERNAL);
		if (*fake64_register("esr_el1") !=
		    ((u64)aborts[i].class << 26 | ESR_IL | FSC_EXTERNAL))
			fail_msg("abort %u: %llx", i, *fake64_register("esr_el1"));
		assert_int_equal(*fake64_register("far_el1"), FAR);
	}
}

static void syndrome_bits_that_are_kept(void **state)
{
	(void)state;
	begin(0x3c5);
	inject_abort(DATA_ABORT | WNR | 1UL << 24 | 3UL << 22 | 0x3f, 0x21);
	assert_int_equal(*fake64_register("esr_el1"), 0x25UL << 26 | ESR_IL | WNR | 0x21);
	begin(0x3c5);
	inject_abort((u64)EC_DABT_LOW << 26, 0x10);	/* of a 16-bit instruction */
	assert_int_equal(*fake64_register("esr_el1"), 0x25UL << 26 | 0x10);
}

static void pan_is_set_as_sctlr_span_says(void **state)
{
	(void)state;
	begin(0x3c5);
	*fake64_register("id_aa64mmfr1_el1") = HAS_PAN;
	inject_undefined();
	assert_int_equal(*fake64_register("spsr_el2"), SPSR_EL1H_MASKED | SPSR_PAN);
	begin(0x3c5);
	*fake64_register("id_aa64mmfr1_el1") = HAS_PAN;
	*fake64_register("sctlr_el1") = SCTLR_SPAN;
	inject_undefined();
	assert_int_equal(*fake64_register("spsr_el2"), SPSR_EL1H_MASKED);
	begin(0x3c5 | SPSR_PAN);
	*fake64_register("id_aa64mmfr1_el1") = HAS_PAN;
	*fake64_register("sctlr_el1") = SCTLR_SPAN;
	inject_undefined();
	assert_int_equal(*fake64_register("spsr_el2"), SPSR_EL1H_MASKED | SPSR_PAN);
	assert_int_equal(*fake64_register("spsr_el1"), 0x3c5 | SPSR_PAN);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(undefined_from_each_level),
		cmocka_unit_test(classes_of_aborts),
		cmocka_unit_test(syndrome_bits_that_are_kept),
		cmocka_unit_test(pan_is_set_as_sctlr_span_says),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
