// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (c) The jh authors
 *
 * Enable and disable, each CPU a coroutine: all CPUs or none, and the same result everywhere.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <hv/cpu.h>
#include <hv/enable.h>
#include <hv/errno.h>
#include <hv/hypercall.h>
#include <hv/pool.h>
#include <hv/rendezvous.h>
#include <hv/report.h>
#include <jh/reasons.h>
#include "fake/coroutine.h"
#include "world.h"

static void expect_bare(u32 cpus)
{
	u32 cpu;

	for (cpu = 0; cpu < cpus; cpu++) {
		assert_int_equal(fake_cpus[cpu].mode, FAKE_BARE);
		assert_null(fake_cpus[cpu].pt);
	}
	assert_int_equal(report.head.enabled, 0);
}

static void all_cpus_run_root(void **state)
{
	struct fake_options options = fake_defaults;
	u32 cpu;

	(void)state;
	for (options.cpus = 1; options.cpus <= FAKE_CPUS; options.cpus++) {
		world_boot(&options, 0);
		for (cpu = 0; cpu < options.cpus; cpu++) {
			assert_int_equal(fake_cpus[cpu].mode, FAKE_GUEST);
			assert_ptr_equal(fake_cpus[cpu].pt, &root_cell.pt);
			assert_int_equal(cpus[cpu].state, CPU_RUNNING);
			assert_int_equal(report.cpus[cpu].state, JH_CPUREP_RUNNING);
		}
		assert_int_equal(report.head.enabled, 1);
		assert_int_equal(report.cells[0].state, JH_CELL_RUNNING);
		assert_string_equal(report.cells[0].name, "qemu-virt");
		assert_int_equal(cell_count(), 1);
		assert_true(root_cell.pt.live);
	}
}

static void root_reaches_all_the_machine_has(void **state)
{
	static const u64 highest[] = { 0x7fffffff, 0xffffffff, 0x100000000, 0xffffffffff,
				       0xfffffffffff };
	struct fake_options options = fake_defaults;
	struct fake_translation t;
	u32 i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(highest) && !(highest[i] >> ARCH_ADDRESS_BITS); i++) {
		options.max_address = highest[i];
		world_boot(&options, 0);
		assert_true(fake_walk(&root_cell.pt, highest[i], &t));
		assert_int_equal(t.pa, highest[i]);
		assert_true(t.level < 3);
	}
}

static void a_listed_root_reaches_what_is_listed(void **state)
{
	struct fake_options options = fake_defaults;
	struct fake_translation t;

	(void)state;
	options.listed = true;
	world_boot(&options, 0);
	assert_false(fake_walk(&root_cell.pt, FAKE_RAM + FAKE_RAM_SIZE, &t));
	assert_false(fake_walk(&root_cell.pt, 0, &t));
	assert_false(fake_walk(&root_cell.pt, FAKE_DEVICE + PAGE_SIZE, &t));
}

/* Every step that can fail, on every CPU that takes it, under many schedules. */
static void expect_failure(struct fake_options *options, int err, u32 reason)
{
	u32 seed;

	for (seed = 0; seed < 10; seed++) {
		fake_seed(seed);
		fake_schedule_random();
		assert_int_equal(fake_boot(options), err);
		fake_schedule = (struct fake_schedule){ 0 };
		expect_bare(options->cpus);
		assert_int_equal(report.head.error.reason, reason);
	}
}

static void a_failure_is_reported_on_every_cpu(void **state)
{
	struct fake_options options;

	(void)state;
	options = fake_defaults;
	options.fail_check = -EOPNOTSUPP;
	expect_failure(&options, -EOPNOTSUPP, JH_ERR_GIC_VERSION);
	options = fake_defaults;
	options.fail_build = -EIO;
	expect_failure(&options, -EIO, JH_ERR_GIC_VERSION);
	options = fake_defaults;
	options.bad_config = true;
	expect_failure(&options, -EINVAL, JH_ERR_CHECKSUM);
	options = fake_defaults;
	options.fail_prepare = -ENODEV;
	for (options.fail_cpu = 0; options.fail_cpu < options.cpus; options.fail_cpu++)
		expect_failure(&options, -ENODEV, JH_ERR_GIC_VERSION);
}

/* A CPU that cannot walk so wide a map would find none of root's memory. */
static void a_map_is_no_wider_than_any_cpu(void **state)
{
	struct fake_options options = fake_defaults;

	(void)state;
	options.max_address = (1UL << 41) - 1;
	options.narrow_bits = 40;
	for (options.narrow_cpu = 0; options.narrow_cpu < options.cpus; options.narrow_cpu++) {
		expect_failure(&options, -ERANGE, JH_ERR_WIDTH);
		assert_int_equal(report.head.error.object, JH_OBJ_SYSTEM);
		assert_int_equal(report.head.error.value, (1UL << 41) - 1);
		assert_int_equal(report.head.error.limit, 0xffffffffff);
	}
	options.narrow_cpu = 1;
	options.narrow_bits = 41;
	world_boot(&options, 0);
	options.max_address = 0xffffffffff;
	options.narrow_bits = 40;
	world_boot(&options, 0);
}

/* Nor does root get half of what is there. */
static void a_machine_wider_than_any_map(void **state)
{
	struct fake_options options = fake_defaults;

	(void)state;
	options.max_address = 1UL << ARCH_ADDRESS_BITS;
	expect_failure(&options, -ERANGE, JH_ERR_WIDTH);
	assert_int_equal(report.head.error.limit, (1UL << ARCH_ADDRESS_BITS) - 1);
	options.max_address = ~0UL;
	expect_failure(&options, -ERANGE, JH_ERR_WIDTH);
}

/* Each comes long after the one before, but they come. */
static void cpus_are_waited_for_as_long_as_they_come(void **state)
{
	struct fake_options options = fake_defaults;

	(void)state;
	options.gap = 4000000;
	world_boot(&options, 0);
	assert_true(fake_now >= 3 * options.gap);
}

static void an_absent_cpu_is_named_in_the_reason(void **state)
{
	struct fake_options options = fake_defaults;

	(void)state;
	options.missing = 1;
	assert_int_equal(fake_boot(&options), -ETIMEDOUT);
	assert_int_equal(report.head.error.reason, JH_ERR_CPU_LATE);
	assert_int_equal(report.head.error.object, JH_OBJ_MACHINE);
	assert_int_equal(report.head.error.value, 3);
	assert_int_equal(report.head.error.limit, 4);
	/* One that cannot come is not waited for. */
	options.turned_away = true;
	assert_int_equal(fake_boot(&options), -EOPNOTSUPP);
	assert_true(fake_now < 1000000);
}

/* The one that writes the report area anew is the last to come, when all others have given up. */
static void a_late_cpu_keeps_the_reason(void **state)
{
	struct fake_options options = fake_defaults;

	(void)state;
	options.gap = 11000000;
	assert_int_equal(fake_boot(&options), -ETIMEDOUT);
	assert_int_equal(report.head.error.reason, JH_ERR_CPU_LATE);
	assert_int_equal(report.head.error.value, 1);
}

#define MEETING_CPUS	0x7UL

static struct rendezvous meeting;

struct meet {
	u32 times;	/* that this CPU comes */
	int err;
};

static void do_meet(void *arg)
{
	static const u32 nobody_turned_away;
	struct meet *m = arg;
	u32 nth;

	for (nth = 1; nth <= m->times && !m->err; nth++)
		m->err = rendezvous_wait(&meeting, MEETING_CPUS, nth, &nobody_turned_away, 0);
}

/* Those who came the times before are not counted among those who come this time. */
static void a_cpu_missing_in_a_later_phase_is_counted(void **state)
{
	u32 last, cpu;

	(void)state;
	for (last = 1; last <= RENDEZVOUS_TIMES; last++) {
		struct meet m[] = { { last, 0 }, { last, 0 }, { last - 1, 0 } };

		world_boot(&fake_defaults, 0);
		meeting = (struct rendezvous){ 0 };
		for (cpu = 0; cpu < ARRAY_SIZE(m); cpu++)
			fake_post(cpu, do_meet, &m[cpu]);
		fake_run();
		assert_int_equal(m[0].err, -ETIMEDOUT);
		assert_int_equal(m[1].err, -ETIMEDOUT);
		assert_int_equal(m[2].err, 0);
		assert_int_equal(report.head.error.reason, JH_ERR_CPU_LATE);
		assert_int_equal(report.head.error.value, 2);
		assert_int_equal(report.head.error.limit, 3);
	}
}

static void too_little_memory_is_refused(void **state)
{
	struct fake_options options = fake_defaults;
	u32 enough;

	(void)state;
	world_boot(&options, 0);
	enough = (u32)pool_used();
	for (options.pool_pages = 1; options.pool_pages < enough; options.pool_pages++)
		expect_failure(&options, -ENOMEM, JH_ERR_HV_POOL);
	world_boot(&options, 0);
}

static struct {
	const struct fake_options *options;
	int expected;
} explored;

static void boot_in_some_order(void)
{
	u32 cpu;

	fake_explore_here();
	assert_int_equal(fake_boot(explored.options), explored.expected);
	for (cpu = 0; cpu < explored.options->cpus; cpu++)
		assert_int_equal(fake_cpus[cpu].enabled, explored.expected);
}

static void every_order_of_arrival(void **state)
{
	struct fake_options options = fake_defaults;

	(void)state;
	options.cpus = 2;
	explored.options = &options;
	explored.expected = 0;
	assert_true(fake_explore(boot_in_some_order, 2, 20000) > 100);
	options.fail_prepare = -EIO;
	explored.expected = -EIO;
	assert_true(fake_explore(boot_in_some_order, 2, 20000) > 100);
}

/* --- the way back --- */

struct disable {
	bool back;
	s64 ret;
};

static void do_disable(void *arg)
{
	const u64 args[4] = { 0 };
	struct disable *d = arg;

	d->ret = hypercall(JH_HC_DISABLE, args);
	d->back = true;
}

static void disable(struct disable *d, u64 mask)
{
	u32 cpu;

	for (cpu = 0; cpu < FAKE_CPUS; cpu++) {
		if (mask >> cpu & 1)
			fake_post(cpu, do_disable, &d[cpu]);
	}
	fake_run();
}

static void all_cpus_leave_together(void **state)
{
	u32 seed, cpu;

	(void)state;
	for (seed = 0; seed < 50; seed++) {
		struct disable d[FAKE_CPUS] = { { 0 } };

		world_boot(&fake_defaults, 0);
		fake_seed(seed);
		fake_schedule_random();
		disable(d, 0xf);
		fake_schedule = (struct fake_schedule){ 0 };
		for (cpu = 0; cpu < 4; cpu++)
			assert_false(d[cpu].back);
		expect_bare(4);
	}
}

static void parked_cpus_are_turned_off_first(void **state)
{
	u32 seed;

	(void)state;
	for (seed = 0; seed < 50; seed++) {
		struct disable d[FAKE_CPUS] = { { 0 } };

		world_boot(&fake_defaults, 0x6);
		fake_seed(seed);
		fake_schedule_random();
		disable(d, 0x9);
		fake_schedule = (struct fake_schedule){ 0 };
		assert_int_equal(fake_cpus[1].mode, FAKE_OFF);
		assert_int_equal(fake_cpus[2].mode, FAKE_OFF);
		assert_int_equal(fake_cpus[0].mode, FAKE_BARE);
		assert_int_equal(fake_cpus[3].mode, FAKE_BARE);
	}
}

/*
 * While an interrupt has to be delivered first, all CPUs are told to try again. They do when all
 * are back, as Linux calls on all of them at once.
 */
static void try_until_done(u32 seed, u32 busy)
{
	struct disable d[FAKE_CPUS] = { { 0 } };
	u32 cpu, round;

	world_boot(&fake_defaults, 0x8);
	fake_cpus[1].busy = busy;
	fake_seed(seed);
	fake_schedule_random();
	for (round = 0; round <= busy; round++) {
		disable(d, 0x7);
		for (cpu = 0; cpu < 3; cpu++) {
			if (round < busy ? d[cpu].ret != -EAGAIN : fake_cpus[cpu].mode != FAKE_BARE)
				fail_msg("seed %u, round %u: CPU %u got %lld", seed, round, cpu,
					 d[cpu].ret);
		}
	}
	fake_schedule = (struct fake_schedule){ 0 };
	assert_int_equal(fake_cpus[3].mode, FAKE_OFF);
}

/* What Linux gets back is not what a CPU of it still executes. */
static void a_cpu_that_firmware_keeps_keeps_jh(void **state)
{
	struct disable d[FAKE_CPUS] = { { 0 } };
	u32 cpu;

	(void)state;
	world_boot(&fake_defaults, 0x8);
	fake_options.kept_cpus = 0x8;
	disable(d, 0x7);
	for (cpu = 0; cpu < 3; cpu++) {
		assert_true(d[cpu].back);
		assert_int_equal(d[cpu].ret, -EIO);
		assert_int_equal(fake_cpus[cpu].mode, FAKE_GUEST);
	}
	assert_int_equal(report.head.error.reason, JH_ERR_CPU_STAYS);
	assert_int_equal(report.head.error.value, 3);
	assert_int_equal(report.head.enabled, 1);
	assert_int_equal(cpus[3].state, CPU_PARKED);
	world_check();
	/* It can be tried again, as often as one likes. */
	disable(d, 0x7);
	assert_int_equal(d[0].ret, -EIO);
	fake_options.kept_cpus = 0;
	disable(d, 0x7);
	assert_int_equal(fake_cpus[0].mode, FAKE_BARE);
	assert_int_equal(fake_cpus[3].mode, FAKE_OFF);
}

static void cpus_try_again_together(void **state)
{
	u32 seed;

	(void)state;
	for (seed = 0; seed < 100; seed++)
		try_until_done(seed, 1 + seed % 10);
}

static void cells_keep_it_enabled(void **state)
{
	struct disable d[FAKE_CPUS] = { { 0 } };
	struct blob_parts parts;
	u32 cpu;

	(void)state;
	world_boot(&fake_defaults, 0x8);
	world_cell(&parts, "a", 3);
	assert_true(world_create(&parts) > 0);
	disable(d, 0x7);
	for (cpu = 0; cpu < 3; cpu++) {
		assert_true(d[cpu].back);
		world_refused(d[cpu].ret, -EBUSY, JH_ERR_CELLS_ALIVE, JH_OBJ_CELL, 1);
		assert_int_equal(fake_cpus[cpu].mode, FAKE_GUEST);
	}
	assert_int_equal(report.head.enabled, 1);
	world_check();
}

static void a_cpu_that_does_not_come_ends_the_wait(void **state)
{
	struct disable d[FAKE_CPUS] = { { 0 } };

	(void)state;
	world_boot(&fake_defaults, 0);
	disable(d, 0x7);
	assert_int_equal(d[0].ret, -ETIMEDOUT);
	assert_int_equal(d[1].ret, -ETIMEDOUT);
	assert_int_equal(d[2].ret, -ETIMEDOUT);
	assert_int_equal(report.head.enabled, 1);
	world_check();
}

/* --- CPUs that come later --- */

static void do_enter(void *arg)
{
	*(int *)arg = enable_cpu(this_cpu(), &fake_info);
	fake_cpus[this_cpu()].mode = *(int *)arg ? FAKE_BARE : FAKE_GUEST;
}

static void do_turn_on(void *arg)
{
	*(int *)arg = cpu_turn_on(&cpus[3], 0x1234, 0x5678, CPU_REQ_START_UNMANAGED);
}

/* A root that executes on a CPU beside the hypervisor would see the first cell's memory. */
static void no_cell_while_a_cpu_is_unmanaged(void **state)
{
	struct blob_parts parts;
	int err = 1;

	(void)state;
	world_boot(&fake_defaults, 0xc);
	fake_post(0, do_turn_on, &err);
	fake_run();
	assert_int_equal(err, 0);
	assert_int_equal(fake_cpus[3].mode, FAKE_BARE);
	world_cell(&parts, "a", 2);
	world_refused(world_create(&parts), -EBUSY, JH_ERR_CPU_HOTPLUG, JH_OBJ_CPU, 0);
	assert_int_equal(report.head.error.value, 3);
	fake_post(3, do_enter, &err);
	fake_run();
	assert_int_equal(err, 0);
	assert_int_equal(world_create(&parts), 1);
}

static void a_cpu_becomes_unmanaged_and_returns(void **state)
{
	int err = 1;

	(void)state;
	world_boot(&fake_defaults, 0x8);
	fake_post(0, do_turn_on, &err);
	fake_run();
	assert_int_equal(err, 0);
	assert_int_equal(fake_cpus[3].mode, FAKE_BARE);
	assert_int_equal(fake_cpus[3].entry, 0x1234);
	assert_int_equal(fake_cpus[3].argument, 0x5678);
	assert_int_equal(cpus[3].state, CPU_UNMANAGED);
	assert_int_equal(report.cpus[3].state, JH_CPUREP_ABSENT);
	fake_options.fail_cpu = 3;
	fake_options.fail_prepare = -EIO;
	fake_post(3, do_enter, &err);
	fake_run();
	assert_int_equal(err, -EIO);
	assert_int_equal(cpus[3].state, CPU_UNMANAGED);
	fake_options.fail_prepare = 0;
	fake_post(3, do_enter, &err);
	fake_run();
	assert_int_equal(err, 0);
	assert_int_equal(cpus[3].state, CPU_RUNNING);
	assert_ptr_equal(fake_cpus[3].pt, &root_cell.pt);
	world_check();
	/* A CPU that is there already, or that nobody announced. */
	fake_post(0, do_enter, &err);
	fake_run();
	assert_int_equal(err, -EINVAL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(all_cpus_run_root),
		cmocka_unit_test(root_reaches_all_the_machine_has),
		cmocka_unit_test(a_listed_root_reaches_what_is_listed),
		cmocka_unit_test(a_failure_is_reported_on_every_cpu),
		cmocka_unit_test(a_map_is_no_wider_than_any_cpu),
		cmocka_unit_test(a_machine_wider_than_any_map),
		cmocka_unit_test(cpus_are_waited_for_as_long_as_they_come),
		cmocka_unit_test(an_absent_cpu_is_named_in_the_reason),
		cmocka_unit_test(a_late_cpu_keeps_the_reason),
		cmocka_unit_test(a_cpu_missing_in_a_later_phase_is_counted),
		cmocka_unit_test(too_little_memory_is_refused),
		cmocka_unit_test(every_order_of_arrival),
		cmocka_unit_test(all_cpus_leave_together),
		cmocka_unit_test(parked_cpus_are_turned_off_first),
		cmocka_unit_test(a_cpu_that_firmware_keeps_keeps_jh),
		cmocka_unit_test(cpus_try_again_together),
		cmocka_unit_test(cells_keep_it_enabled),
		cmocka_unit_test(a_cpu_that_does_not_come_ends_the_wait),
		cmocka_unit_test(no_cell_while_a_cpu_is_unmanaged),
		cmocka_unit_test(a_cpu_becomes_unmanaged_and_returns),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
