// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (c) The jh authors
 *
 * PSCI of guests (DEN 0022), and its effects: requests to core, calls of firmware.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include <asm/psci.h>
#include <hv/errno.h>
#include "fake64/fake64.h"

#define NOT_THERE	1234567

static s64 call(u32 id, u64 a, u64 b, u64 c)
{
	const u64 args[7] = { a, b, c };
	volatile s64 ret = NOT_THERE;

	if (!fake64_leaves())
		ret = psci_call(id, args);
	return ret;
}

/* Not all CPUs are where the first look is. */
static void begin(u32 cpu)
{
	u32 i;

	fake64_reset();
	fake64_become(cpu);
	for (i = 0; i < FAKE64_CPUS; i++)
		psci_cpu_init(i % 3 ? i : 0);
}

static void each_function_in_both_forms(void **state)
{
	static const struct {
		u32 id;
		bool there;
	} known[] = {
		{ 0x84000000, true }, { 0xc4000000, false },	/* VERSION */
		{ 0x84000001, true }, { 0xc4000001, true },	/* CPU_SUSPEND */
		{ 0x84000002, true }, { 0xc4000002, false },	/* CPU_OFF */
		{ 0x84000003, true }, { 0xc4000003, true },	/* CPU_ON */
		{ 0x84000004, true }, { 0xc4000004, true },	/* AFFINITY_INFO */
		{ 0x84000005, false }, { 0xc4000005, false },	/* MIGRATE */
		{ 0x84000006, true }, { 0xc4000006, false },	/* MIGRATE_INFO_TYPE */
		{ 0x84000007, false }, { 0xc4000007, false },
		{ 0x84000008, true }, { 0xc4000008, false },	/* SYSTEM_OFF */
		{ 0x84000009, true }, { 0xc4000009, false },	/* SYSTEM_RESET */
		{ 0x8400000a, true }, { 0xc400000a, false },	/* FEATURES */
		{ 0x8400000b, false }, { 0x8400000c, false }, { 0x8400000d, false },
		{ 0x8400000e, false }, { 0xc400000e, false },	/* SYSTEM_SUSPEND */
		{ 0x8400000f, false }, { 0x84000010, false }, { 0x84000011, false },
		{ 0x84000012, true }, { 0xc4000012, true },	/* SYSTEM_RESET2 */
		{ 0x8400001f, false }, { 0x84000020, false }, { 0x8400ffff, false },
		{ 0x04000000, false }, { 0x85000000, false }, { 0x00000000, false },
		{ 0x80000000, true },				/* SMCCC_VERSION */
		{ 0xffffffff, false },
	};
	u32 i;

	(void)state;
	begin(4);
	for (i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
		s64 ret = call(0x8400000a, known[i].id, 0, 0);

		if (ret != (known[i].there ? PSCI_SUCCESS : PSCI_NOT_SUPPORTED))
			fail_msg("%08x: %lld", known[i].id, ret);
		if (!known[i].there)
			assert_int_equal(call(known[i].id, 0, 0, 0), PSCI_NOT_SUPPORTED);
		/* Linux says so with each call where firmware is new enough. */
		assert_int_equal(call(0x8401000a, known[i].id | 0x10000, 0, 0), ret);
	}
	assert_int_equal(call(0x84000000, 0, 0, 0), PSCI_VERSION_1_1);
	assert_int_equal(call(0x84000006, 0, 0, 0), 2);
	assert_int_equal(fake64_asked.firmware_calls, 0);
}

static void turning_cpus_on(void **state)
{
	(void)state;
	begin(4);
	cpus[5].state = CPU_PARKED;
	assert_int_equal(call(PSCI_CPU_ON_64, 5, 0x123456789000, 77), PSCI_SUCCESS);
	assert_ptr_equal(fake64_asked.turned_on, &cpus[5]);
	assert_int_equal(fake64_asked.entry, 0x123456789000);
	assert_int_equal(fake64_asked.argument, 77);
	assert_int_equal(fake64_asked.turn_request, CPU_REQ_START);
	/* SMC32: the upper halves are nobody's business. */
	assert_int_equal(call(0x84000003, 0xdead00000005, 0xdead00001000, 0xdead00000001),
			 PSCI_SUCCESS);
	assert_int_equal(fake64_asked.entry, 0x1000);
	assert_int_equal(fake64_asked.argument, 1);
	fake64_turn_on_answer = -EBUSY;
	assert_int_equal(call(PSCI_CPU_ON_64, 5, 0, 0), PSCI_ON_PENDING);
	fake64_turn_on_answer = -EEXIST;
	assert_int_equal(call(PSCI_CPU_ON_64, 5, 0, 0), PSCI_ALREADY_ON);
	assert_int_equal(fake64_asked.firmware_calls, 0);
}

static void cpus_of_others_are_not_there(void **state)
{
	static const u64 others[] = { 0, 3, 8, 0x200, 0x10004, 0x100000004, 1UL << 63, ~0UL };
	u32 i;

	(void)state;
	begin(4);
	for (i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
		assert_int_equal(call(PSCI_CPU_ON_64, others[i], 0, 0), PSCI_INVALID_PARAMETERS);
		assert_int_equal(call(PSCI_AFFINITY_INFO_64, others[i], 0, 0),
				 PSCI_INVALID_PARAMETERS);
	}
	assert_null(fake64_asked.turned_on);
	/* Nor are a cell's for root. */
	fake64_become(0);
	assert_int_equal(call(PSCI_CPU_ON_64, 4, 0, 0), PSCI_INVALID_PARAMETERS);
	assert_int_equal(call(PSCI_CPU_ON_64, 0x100, 0, 0), PSCI_INVALID_PARAMETERS);
}

/* The cell's CPUs 6, 4, 7 and 5 are 0 to 3 for its guest. */
static void cpus_by_the_guests_numbers(void **state)
{
	static const u64 others[] = { 4, 5, 0x10, 0x100, 0x101, 1UL << 32, BIT(31), ~0UL };
	u32 i;

	(void)state;
	begin(4);
	fake64_number(0);
	cpus[7].state = CPU_PARKED;
	assert_int_equal(call(PSCI_AFFINITY_INFO_64, 0, 0, 0), PSCI_AFFINITY_ON);
	assert_int_equal(call(PSCI_AFFINITY_INFO_64, 1, 0, 0), PSCI_AFFINITY_ON);
	assert_int_equal(call(PSCI_AFFINITY_INFO_64, 2, 0, 0), PSCI_AFFINITY_OFF);
	assert_int_equal(call(PSCI_AFFINITY_INFO_64, 1, 1, 0), PSCI_INVALID_PARAMETERS);
	assert_int_equal(call(PSCI_CPU_ON_64, 2, 0x1000, 7), PSCI_SUCCESS);
	assert_ptr_equal(fake64_asked.turned_on, &cpus[7]);
	fake64_asked.turned_on = NULL;
	for (i = 0; i < ARRAY_SIZE(others); i++) {
		assert_int_equal(call(PSCI_CPU_ON_64, others[i], 0, 0), PSCI_INVALID_PARAMETERS);
		assert_int_equal(call(PSCI_AFFINITY_INFO_64, others[i], 0, 0),
				 PSCI_INVALID_PARAMETERS);
	}
	assert_null(fake64_asked.turned_on);
}

static void root_gets_cpus_unmanaged_while_there_is_no_cell(void **state)
{
	(void)state;
	begin(0);
	fake64_cells = 1;
	cpus[1].state = CPU_PARKED;
	assert_int_equal(call(PSCI_CPU_ON_64, 1, 0x1000, 7), PSCI_SUCCESS);
	assert_int_equal(fake64_asked.turn_request, CPU_REQ_START_UNMANAGED);
	cpus[1].state = CPU_UNMANAGED;
	fake64_firmware_answer = PSCI_ALREADY_ON;
	assert_int_equal(call(PSCI_CPU_ON_64, 1, 0x1000, 7), PSCI_ALREADY_ON);
	assert_int_equal(fake64_asked.firmware_id, PSCI_CPU_ON_64);
	assert_int_equal(fake64_asked.firmware_args[0], 1);
	assert_int_equal(fake64_asked.firmware_args[1], 0x1000);
	assert_int_equal(fake64_asked.firmware_args[2], 7);
	/* With cells it would execute at EL2: never. */
	fake64_cells = 2;
	fake64_asked.firmware_calls = 0;
	assert_int_equal(call(PSCI_CPU_ON_64, 1, 0x1000, 7), PSCI_DENIED);
	assert_int_equal(fake64_asked.firmware_calls, 0);
	cpus[1].state = CPU_PARKED;
	assert_int_equal(call(PSCI_CPU_ON_64, 1, 0x1000, 7), PSCI_SUCCESS);
	assert_int_equal(fake64_asked.turn_request, CPU_REQ_START);
}

static void states_of_cpus(void **state)
{
	static const struct {
		u32 state;
		s64 info;
	} known[] = {
		{ CPU_RUNNING, PSCI_AFFINITY_ON }, { CPU_PARKED, PSCI_AFFINITY_OFF },
		{ CPU_STARTING, PSCI_AFFINITY_ON_PENDING },
	};
	u32 i;

	(void)state;
	begin(4);
	for (i = 0; i < 3; i++) {
		cpus[6].state = known[i].state;
		assert_int_equal(call(PSCI_AFFINITY_INFO_64, 0x100, 0, 0), known[i].info);
		assert_int_equal(call(0x84000004, 0xffff00000100, 0, 0), known[i].info);
	}
	assert_int_equal(call(PSCI_AFFINITY_INFO_64, 0x100, 1, 0), PSCI_INVALID_PARAMETERS);
	cpus[6].state = CPU_UNMANAGED;
	fake64_firmware_answer = PSCI_AFFINITY_OFF;
	assert_int_equal(call(PSCI_AFFINITY_INFO_64, 0x100, 0, 0), PSCI_AFFINITY_OFF);
	assert_int_equal(fake64_asked.firmware_calls, 1);
}

/* Where the short way answers at all: it does not where a call may leave the guest. */
static void the_short_way_answers_as_the_long_one(void **state)
{
	static const u64 arguments[] = { 0, 1, 4, 5, 0x100, 0x101, PSCI_CPU_ON_64, 0x8400000a,
					 0xc400000a, 0x80000000, 0xffff00000004, ~0UL };
	struct fake64_asked asked;
	u32 cpu, key, i, id, left = 0;
	u64 x[8];

	(void)state;
	for (cpu = 0; cpu < 5; cpu += 4)
	for (key = 0; key < PSCI_KEYS; key++)
	for (i = 0; i < ARRAY_SIZE(arguments); i++) {
		id = (key << 30) + PSCI_VERSION + (key >> 2);
		begin(cpu);
		cpus[1].state = cpus[5].state = CPU_PARKED;
		memcpy(x, (u64[8]){ id, arguments[i], 0, 7 }, sizeof(x));
		if (!psci_simple(x, key)) {
			left++;
			assert_int_equal(x[0], id);
			assert_int_equal(fake64_sleeps + fake64_asked.parked +
					 fake64_asked.ended + fake64_asked.firmware_calls, 0);
			continue;
		}
		asked = fake64_asked;
		begin(cpu);
		cpus[1].state = cpus[5].state = CPU_PARKED;
		assert_int_equal((s64)x[0], call(id, arguments[i], 0, 7));
		assert_memory_equal(&asked, &fake64_asked, sizeof(asked));
	}
	/* CPU_SUSPEND, CPU_OFF, the ends of a system, and what is not there. */
	assert_int_equal(left, (2 + 1 + 4 + PSCI_KEYS - 14) * 2 * ARRAY_SIZE(arguments));
}

static void the_end_of_a_cell_is_its_own(void **state)
{
	static const u32 ends[] = { PSCI_SYSTEM_OFF, PSCI_SYSTEM_RESET, 0x84000012, 0xc4000012 };
	u32 i;

	(void)state;
	for (i = 0; i < 4; i++) {
		begin(4);
		assert_int_equal(call(ends[i], 0, 0, 0), NOT_THERE);
		assert_int_equal(fake64_asked.ended, 1);
		assert_int_equal(fake64_asked.reset, ends[i] != PSCI_SYSTEM_OFF);
		assert_int_equal(fake64_asked.firmware_calls, 0);
		begin(0);
		call(ends[i], 5, 6, 0);
		assert_int_equal(fake64_asked.firmware_id, ends[i]);
		assert_int_equal(fake64_asked.firmware_args[0], 5);
		assert_int_equal(fake64_asked.ended, 0);
	}
}

static void turning_itself_off_is_parking(void **state)
{
	(void)state;
	begin(4);
	assert_int_equal(call(PSCI_CPU_OFF, 0, 0, 0), NOT_THERE);
	assert_int_equal(fake64_asked.parked, 1);
	assert_int_equal(fake64_asked.firmware_calls, 0);
}

static void suspending_is_standby(void **state)
{
	(void)state;
	begin(4);
	assert_int_equal(call(0xc4000001, 0x10000, 0, 0), PSCI_SUCCESS);
	assert_int_equal(fake64_sleeps, 1);
	assert_int_equal(fake64_asked.firmware_calls, 0);
}

/*
 * A CPU that powers down would wake in firmware and come back at EL2 without us. Every type, level
 * and number of a state (original format: bits 16, 25:24, 15:0; extended: 30, 27:0), among them
 * those of device trees: 0x40000000 of ZynqMP, 0x0010033 of i.MX8M.
 */
static void no_power_down_reaches_firmware(void **state)
{
	static const u32 ids[] = { 0x84000001, 0xc4000001 };
	static const u32 trees[] = { 0x40000000, 0x0010033, 0x40000003, 0x41000033, 0x1010000 };
	u32 cpu, form, i;

	(void)state;
	for (cpu = 0; cpu < 5; cpu += 4)
	for (form = 0; form < 2; form++) {
		u32 asked = 0;

		begin(cpu);
		for (i = 0; i < sizeof(trees) / sizeof(trees[0]); i++, asked++)
			assert_int_equal(call(ids[form], trees[i], 0x1000, 0), PSCI_SUCCESS);
		for (i = 0; i < 0x100000; i++, asked++)
			assert_int_equal(call(ids[form], i << 12 | (i & 0xfff), 0x1000, i),
					 PSCI_SUCCESS);
		assert_int_equal(fake64_sleeps, asked);
		assert_int_equal(fake64_asked.firmware_calls, 0);
		/* CPU_FREEZE, CPU_DEFAULT_SUSPEND, SYSTEM_SUSPEND, SET_SUSPEND_MODE */
		for (i = 0x0b; i <= 0x0f; i++)
			assert_int_equal(call((ids[form] & ~0xffU) | i, 0x1000, 0, 0),
					 PSCI_NOT_SUPPORTED);
		assert_int_equal(fake64_asked.firmware_calls, 0);
	}
}

static void turning_a_parked_cpu_off_waits_for_firmware(void **state)
{
	u32 calls;

	(void)state;
	begin(0);
	cpus[1].state = CPU_DYING;
	cpus[1].report->state = JH_CPUREP_PARKED;
	fake64_firmware_answer = PSCI_AFFINITY_OFF;
	assert_int_equal(arch_cpu_kill(&cpus[1]), 0);
	assert_int_equal(cpus[1].state, CPU_UNMANAGED);
	assert_int_equal(cpus[1].report->state, JH_CPUREP_ABSENT);
	assert_int_equal(fake64_asked.firmware_id, PSCI_AFFINITY_INFO_64);
	assert_int_equal(fake64_asked.request_mask, 0);
	/* One that firmware keeps costs a bounded wait, and is not taken for absent. */
	cpus[1].state = CPU_DYING;
	cpus[1].report->state = JH_CPUREP_PARKED;
	fake64_firmware_answer = PSCI_AFFINITY_ON;
	calls = fake64_asked.firmware_calls;
	assert_int_equal(arch_cpu_kill(&cpus[1]), -EIO);
	assert_int_equal(cpus[1].state, CPU_DYING);
	assert_int_equal(cpus[1].report->state, JH_CPUREP_PARKED);
	assert_true(fake64_asked.firmware_calls > calls + 10);
	/* Nor is one that hears nothing; it does not go when it hears again. */
	cpus[1].state = CPU_PARKED;
	cpus[1].requests = CPU_REQ_DIE;
	fake64_firmware_answer = PSCI_AFFINITY_OFF;
	calls = fake64_asked.firmware_calls;
	assert_int_equal(arch_cpu_kill(&cpus[1]), -EIO);
	assert_int_equal(fake64_asked.request_mask, 2);
	assert_int_equal(fake64_asked.request_bits, CPU_REQ_DIE);
	assert_int_equal(cpus[1].requests & CPU_REQ_DIE, 0);
	assert_int_equal(cpus[1].state, CPU_PARKED);
	assert_int_equal(fake64_asked.firmware_calls, calls);
}

/* Late, but it went: then root may have firmware turn it on again. */
static void a_cpu_that_goes_off_late_is_absent(void **state)
{
	(void)state;
	begin(0);
	fake64_cells = 1;
	cpus[1].state = CPU_DYING;
	fake64_firmware_answer = PSCI_AFFINITY_OFF;
	call(PSCI_CPU_ON_64, 1, 0x1000, 7);
	assert_int_equal(cpus[1].state, CPU_UNMANAGED);
	assert_int_equal(fake64_asked.firmware_id, PSCI_CPU_ON_64);
	cpus[1].state = CPU_DYING;
	fake64_firmware_answer = PSCI_AFFINITY_ON;
	call(PSCI_CPU_ON_64, 1, 0x1000, 7);
	assert_int_equal(fake64_asked.firmware_id, PSCI_AFFINITY_INFO_64);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_function_in_both_forms),
		cmocka_unit_test(turning_cpus_on),
		cmocka_unit_test(cpus_of_others_are_not_there),
		cmocka_unit_test(cpus_by_the_guests_numbers),
		cmocka_unit_test(root_gets_cpus_unmanaged_while_there_is_no_cell),
		cmocka_unit_test(states_of_cpus),
		cmocka_unit_test(the_short_way_answers_as_the_long_one),
		cmocka_unit_test(the_end_of_a_cell_is_its_own),
		cmocka_unit_test(turning_itself_off_is_parking),
		cmocka_unit_test(suspending_is_standby),
		cmocka_unit_test(no_power_down_reaches_firmware),
		cmocka_unit_test(turning_a_parked_cpu_off_waits_for_firmware),
		cmocka_unit_test(a_cpu_that_goes_off_late_is_absent),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
