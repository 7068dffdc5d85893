// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (c) The jh authors
 *
 * Program counters of guests: the answers that root gets, and the CPUs that the question disturbs.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <hv/cpu.h>
#include <hv/errno.h>
#include <hv/report.h>
#include <jh/reasons.h>
#include "world.h"

static s64 sample(u32 cpu)
{
	return fake_hypercall(0, JH_HC_CELL_SAMPLE, 1, cpu, 0, 0);
}

static void assert_at(u32 cpu, u64 pc)
{
	report.head.pc = 0x5a5a;
	assert_int_equal(sample(cpu), 0);
	assert_int_equal(report.head.pc, pc);
}

static void a_cpu_that_runs_is_asked_each_time(void **state)
{
	u32 rung;

	(void)state;
	world_run_two(0);
	rung = fake_cpus[3].doorbells;
	fake_cpus[3].pc = 0xffff800080001234;
	assert_at(3, 0xffff800080001234);
	fake_cpus[3].pc = 0x40;
	assert_at(3, 0x40);
	/* Also if it has not moved. */
	assert_at(3, 0x40);
	assert_int_equal(fake_cpus[3].doorbells, rung + 3);
	assert_int_equal(fake_cpus[3].mode, FAKE_GUEST);
	/* One that is off is left alone, and has been nowhere. */
	rung = fake_cpus[2].doorbells;
	assert_at(2, JH_PC_UNKNOWN);
	assert_int_equal(fake_cpus[2].doorbells, rung);
	world_check();
}

static void turn_on_2(void *arg)
{
	(void)arg;
	assert_int_equal(cpu_turn_on(&cpus[2], 0x8000, 0, CPU_REQ_START), 0);
}

static void a_cpu_that_went_off_was_last_there(void **state)
{
	(void)state;
	world_run_two(0);
	fake_post(3, turn_on_2, NULL);
	fake_run();
	assert_at(2, 0x8000);
	fake_cpus[2].pc = 0x8123;
	fake_park(2);
	assert_at(2, 0x8123);
	fake_cpus[3].pc = 0x77;
	assert_int_equal(world_call(JH_HC_CELL_STOP, 1), 0);
	assert_at(3, 0x77);
	assert_at(2, 0x8123);
	/* In the next life it has not run yet. */
	assert_int_equal(world_start(1), 0);
	assert_at(2, JH_PC_UNKNOWN);
	assert_at(3, 0);
	fake_cpus[3].pc = 0x99;
	world_fail(3);
	assert_at(3, 0x99);
}

/* Where Linux turned the CPU off, or the cell before, is nobody else's. */
static void another_owners_counter_is_not_told(void **state)
{
	struct blob_parts parts;

	(void)state;
	world_run_two(0);
	fake_cpus[3].pc = 0x1234;
	assert_at(3, 0x1234);
	assert_int_equal(world_destroy(1), 0);
	world_two_cpus(&parts, 0);
	assert_int_equal(world_create(&parts), 1);
	world_refused(sample(3), -EINVAL, JH_ERR_NOT_LOADED, JH_OBJ_CELL, 1);
	assert_int_equal(world_load(1, 0, 4096), 0);
	assert_int_equal(world_start(1), 0);
	assert_at(2, JH_PC_UNKNOWN);
	/* CPUs of root, and those that are not there. */
	assert_int_equal(sample(0), -EINVAL);
	assert_int_equal(sample(64), -EINVAL);
	assert_int_equal(fake_hypercall(0, JH_HC_CELL_SAMPLE, 1, 1UL << 32 | 3, 0, 0), -EINVAL);
}

static void a_cell_may_not_ask(void **state)
{
	(void)state;
	world_run_two(0);
	report.head.pc = 0x5a5a;
	assert_int_equal(fake_hypercall(3, JH_HC_CELL_SAMPLE, 1, 3, 0, 0), -EPERM);
	assert_int_equal(report.head.pc, 0x5a5a);
}

/* A kick would ring in the guest itself. */
static void direct_interrupts_are_not_disturbed(void **state)
{
	u32 rung;

	(void)state;
	world_run_two(JH_CELL_TRUSTED | JH_CELL_IRQ_DIRECT);
	rung = fake_cpus[3].doorbells;
	fake_cpus[3].pc = 0x1234;
	assert_at(3, JH_PC_UNKNOWN);
	assert_int_equal(fake_cpus[3].doorbells, rung);
	assert_int_equal(cpus[3].requests, 0);
	assert_int_equal(world_call(JH_HC_CELL_STOP, 1), 0);
	assert_at(3, 0x1234);
}

static void a_cpu_that_does_not_come_is_named(void **state)
{
	u64 before;

	(void)state;
	world_run_two(0);
	fake_cpus[3].pc = 0x44;
	assert_at(3, 0x44);
	fake_cpus[3].deaf = true;
	before = fake_now;
	world_refused(sample(3), -EIO, JH_ERR_CPU_LOST, JH_OBJ_CELL, 1);
	assert_in_range(fake_now - before, 500, 2000);
	fake_cpus[3].deaf = false;
	fake_cpus[3].pc = 0x48;
	fake_run();
	assert_at(3, 0x48);
}

/* Whatever comes first of its end and the question, it is told where the guest was. */
static u32 schedule_seed;

static bool now_and_then(void)
{
	schedule_seed = schedule_seed * 1103515245 + 12345;
	return schedule_seed >> 16 & 1;
}

static void park_2(void *arg)
{
	(void)arg;
	cpu_park();
}

static void a_cpu_that_parks_meanwhile(void **state)
{
	u32 seed;

	(void)state;
	for (seed = 0; seed < 200; seed++) {
		world_run_two(0);
		fake_post(3, turn_on_2, NULL);
		fake_run();
		fake_cpus[2].pc = 0x88;
		assert_at(2, 0x88);
		fake_cpus[2].pc = seed & 1 ? 0x88 : 0x90;
		schedule_seed = seed;
		fake_schedule.interrupt = now_and_then;
		fake_post(2, park_2, NULL);
		assert_at(2, seed & 1 ? 0x88 : 0x90);
		fake_schedule.interrupt = NULL;
		assert_at(2, seed & 1 ? 0x88 : 0x90);
		world_check();
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_cpu_that_runs_is_asked_each_time),
		cmocka_unit_test(a_cpu_that_went_off_was_last_there),
		cmocka_unit_test(another_owners_counter_is_not_told),
		cmocka_unit_test(a_cell_may_not_ask),
		cmocka_unit_test(direct_interrupts_are_not_disturbed),
		cmocka_unit_test(a_cpu_that_does_not_come_is_named),
		cmocka_unit_test(a_cpu_that_parks_meanwhile),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
