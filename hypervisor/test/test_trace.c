// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (c) The jh authors
 *
 * Records of exits: the CPUs that make them, permission, and their end.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <hv/cpu.h>
#include <hv/errno.h>
#include <hv/pool.h>
#include <hv/report.h>
#include <jh/reasons.h>
#include <jh/trace.h>
#include "world.h"

static s64 trace(u64 cpu, u64 on)
{
	s64 ret = fake_hypercall(0, JH_HC_CPU_TRACE, cpu, on, 0, 0);

	fake_run();
	return ret;
}

static struct jh_trace_ring *ring_at(s64 offset)
{
	assert_true(offset > 0);
	return (struct jh_trace_ring *)((char *)&report + offset);
}

static void turn_on_2(void *arg)
{
	(void)arg;
	assert_int_equal(cpu_turn_on(&cpus[2], 0x8000, 0, CPU_REQ_START), 0);
}

static void a_cpu_that_runs_is_called_once(void **state)
{
	struct jh_trace_ring *ring;
	u32 rung;

	(void)state;
	world_run_two(0);
	rung = fake_cpus[3].doorbells;
	assert_null(fake_cpus[3].trace);
	ring = ring_at(trace(3, 1));
	assert_ptr_equal(fake_cpus[3].trace, ring);
	assert_int_equal(fake_cpus[3].doorbells, rung + 1);
	assert_int_equal(fake_cpus[3].mode, FAKE_GUEST);
	assert_null(fake_cpus[0].trace);
	/* Each has a ring of its own; root's CPUs too, the caller among them. */
	assert_ptr_not_equal(ring_at(trace(0, 1)), ring);
	assert_non_null(fake_cpus[0].trace);
	assert_ptr_equal(ring_at(trace(3, 0)), ring);
	assert_null(fake_cpus[3].trace);
	assert_non_null(fake_cpus[0].trace);
	assert_int_equal(fake_cpus[3].doorbells, rung + 2);
	trace(0, 0);
	assert_null(fake_cpus[0].trace);
	world_check();
}

static void root_reads_the_ring_and_cannot_write_it(void **state)
{
	struct fake_translation t;
	struct jh_trace_ring *ring;
	u64 pa, end;

	(void)state;
	world_run_two(0);
	ring = ring_at(trace(3, 1));
	assert_int_equal(ring->head, 0);
	end = ALIGN_UP(va_to_pa(ring + 1).a, PAGE_SIZE);
	for (pa = va_to_pa(ring).a; pa < end; pa += PAGE_SIZE) {
		assert_true(fake_touch(0, pa, &t));
		assert_int_equal(t.pa, pa);
		assert_int_equal(t.flags, MAP_READ);
		assert_false(fake_touch(3, pa, &t));
	}
}

static void one_that_is_off_knows_when_it_is_turned_on(void **state)
{
	struct jh_trace_ring *ring;

	(void)state;
	world_run_two(0);
	ring = ring_at(trace(2, 1));
	fake_post(3, turn_on_2, NULL);
	fake_run();
	assert_ptr_equal(fake_cpus[2].trace, ring);
	fake_park(2);
	fake_post(3, turn_on_2, NULL);
	fake_run();
	assert_ptr_equal(fake_cpus[2].trace, ring);
	fake_park(2);
	trace(2, 0);
	fake_post(3, turn_on_2, NULL);
	fake_run();
	assert_null(fake_cpus[2].trace);
	/* The next life of the cell is traced as this one. */
	trace(3, 1);
	assert_int_equal(world_call(JH_HC_CELL_STOP, 1), 0);
	assert_int_equal(world_start(1), 0);
	assert_ptr_equal(fake_cpus[3].trace, ring_at(trace(3, 1)));
	world_check();
}

/* A ring belongs to the CPU: there is one, whatever comes and goes. */
static void the_next_owner_is_not_traced(void **state)
{
	struct blob_parts parts;
	s64 offset;
	u64 used;

	(void)state;
	world_run_two(0);
	offset = trace(3, 1);
	used = report.head.pool_used;
	assert_int_equal(world_destroy(1), 0);
	fake_run();
	world_two_cpus(&parts, 0);
	assert_int_equal(world_run(&parts), 1);
	assert_null(fake_cpus[3].trace);
	assert_int_equal(trace(3, 1), offset);
	assert_int_equal(report.head.pool_used, used);
	world_check();
}

static void root_turns_on_3(void *arg)
{
	(void)arg;
	assert_int_equal(cpu_turn_on(&cpus[3], 0x8000, 0, CPU_REQ_START), 0);
}

/* Linux gets its CPU back while there is another cell. */
static void linux_is_not_traced_because_a_cell_was(void **state)
{
	struct blob_parts parts;

	(void)state;
	world_boot(&fake_defaults, 0xe);
	world_cell(&parts, "other", 1);
	assert_int_equal(world_run(&parts), 1);
	world_two_cpus(&parts, 0);
	assert_int_equal(world_run(&parts), 2);
	trace(3, 1);
	assert_non_null(fake_cpus[3].trace);
	assert_int_equal(world_destroy(2), 0);
	fake_post(0, root_turns_on_3, NULL);
	fake_run();
	assert_int_equal(fake_cpus[3].mode, FAKE_GUEST);
	assert_null(fake_cpus[3].trace);
	world_check();
}

static void a_cell_is_not_traced_because_root_was(void **state)
{
	struct blob_parts parts;

	(void)state;
	world_boot(&fake_defaults, 0);
	trace(3, 1);
	assert_non_null(fake_cpus[3].trace);
	fake_park(3);
	fake_park(2);
	world_two_cpus(&parts, 0);
	assert_int_equal(world_run(&parts), 1);
	assert_null(fake_cpus[3].trace);
	world_check();
}

/* A kick would ring in the guest itself. */
static void direct_interrupts_are_not_disturbed(void **state)
{
	u32 rung;

	(void)state;
	world_run_two(JH_CELL_TRUSTED | JH_CELL_IRQ_DIRECT);
	rung = fake_cpus[3].doorbells;
	assert_true(trace(3, 1) > 0);
	assert_null(fake_cpus[3].trace);
	assert_int_equal(fake_cpus[3].doorbells, rung);
	assert_int_equal(world_call(JH_HC_CELL_STOP, 1), 0);
	assert_int_equal(world_start(1), 0);
	assert_non_null(fake_cpus[3].trace);
}

static void only_cpus_that_are_there(void **state)
{
	static const u64 numbers[] = { 4, 63, 64, 1UL << 32 | 3, 1UL << 63, ~0UL };
	u32 i;

	(void)state;
	world_run_two(0);
	for (i = 0; i < ARRAY_SIZE(numbers); i++)
		world_refused(trace(numbers[i], 1), -EINVAL, JH_ERR_TRACE_CPU, JH_OBJ_HYPERVISOR,
			      0);
	assert_int_equal(report.head.error.value, ~0UL);
	assert_int_equal(fake_hypercall(3, JH_HC_CPU_TRACE, 3, 1, 0, 0), -EPERM);
	fake_run();
	assert_null(fake_cpus[3].trace);
	world_check();
}

static void without_memory_nothing_is_traced(void **state)
{
	void *page;

	(void)state;
	world_run_two(0);
	do
		page = pool_alloc(1);
	while (page);
	world_refused(trace(3, 1), -ENOMEM, JH_ERR_HV_POOL, JH_OBJ_HYPERVISOR, 0);
	assert_null(fake_cpus[3].trace);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_cpu_that_runs_is_called_once),
		cmocka_unit_test(root_reads_the_ring_and_cannot_write_it),
		cmocka_unit_test(one_that_is_off_knows_when_it_is_turned_on),
		cmocka_unit_test(the_next_owner_is_not_traced),
		cmocka_unit_test(linux_is_not_traced_because_a_cell_was),
		cmocka_unit_test(a_cell_is_not_traced_because_root_was),
		cmocka_unit_test(direct_interrupts_are_not_disturbed),
		cmocka_unit_test(only_cpus_that_are_there),
		cmocka_unit_test(without_memory_nothing_is_traced),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
