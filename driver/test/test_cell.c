// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (c) The jh authors
 *
 * Creating and destroying cells: a refused create changes nothing, and destroy gives everything
 * back.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

#include "../jh.h"
#include "life.h"

/* --- create and destroy --- */

static void create_and_destroy_can_be_repeated(void **state)
{
	u32 round, generation = 0;

	for (round = 0; round < 100; round++) {
		struct jh_cell *cell = cell_create("rtos", 3, 2);

		assert_non_null(cell);
		assert_int_equal(cell->id, 1);
		assert_int_equal(fake_hv.generation, cell->generation);
		assert_true(cell->generation && (!round || cell->generation == generation + 1));
		generation = cell->generation;
		assert_int_equal(fake_online.bits, 0xff & ~0x18);
		assert_int_equal(cell->cpus_taken, 0x18);
		assert_int_equal(fake_seen.devices, 1);
		assert_int_equal(fake_seen.loud, round + 1);
		assert_non_null(fake_seen.work);
		fake_hv.scrub_left = 3;
		fake_printed[0] = 0;
		assert_int_equal(jh_cell_destroy(cell, &err), 0);
		assert_non_null(strstr(fake_printed, "cell rtos: destroyed\n"));
		cell_nothing_is_left();
	}
	assert_int_equal(fake_hv.calls[JH_HC_CELL_SCRUB], 300);
}

static void each_step_that_fails_is_undone(void **state)
{
	fake_seen.device_code = JH_ERR_DEVICE_BUSY;
	assert_null(cell_create("rtos", 3, 2));
	cell_refused(JH_ERR_DEVICE_BUSY);
	cell_nothing_is_left();
	fake_seen.device_code = 0;

	fake_cpu_busy = 4;
	assert_null(cell_create("rtos", 3, 2));
	cell_refused(JH_ERR_CPU_HOTPLUG);
	assert_int_equal(err.object, JH_OBJ_CPU);
	assert_int_equal(err.index, 1);
	assert_int_equal(err.value, 4);
	cell_nothing_is_left();
	fake_cpu_busy = -1;

	fake_hv.refused_code = JH_HC_CELL_CREATE;
	fake_hv.refused_after = 1;
	fake_hv.refused_reason = JH_ERR_POOL_SPACE;
	assert_null(cell_create("rtos", 3, 2));
	cell_refused(JH_ERR_POOL_SPACE);
	cell_nothing_is_left();

	fake_seen.sysfs_fails = true;
	assert_null(cell_create("rtos", 3, 2));
	assert_int_equal(code, -ENOMEM);
	cell_nothing_is_left();
	assert_int_equal(fake_hv.calls[JH_HC_CELL_CREATE], 1);
}

static void each_failed_allocation_is_undone(void **state)
{
	/* The configuration, the cell, its name, the copy for the hypervisor. */
	fake_fail_alloc = 4;
	assert_null(cell_create("rtos", 3, 1));
	assert_int_equal(code, -ENOMEM);
	assert_int_equal(fake_hv.calls[JH_HC_CELL_CREATE], 0);
	cell_nothing_is_left();
}

static void an_impossible_cell_number_is_refused(void **state)
{
	fake_hv.create_result = JH_MAX_CELLS;
	assert_null(cell_create("rtos", 3, 1));
	cell_refused(JH_ERR_HV_INTERNAL);
	assert_int_equal(err.value, JH_MAX_CELLS);
	cell_nothing_is_left();
}

static void a_destroy_that_fails_leaves_the_cell(void **state)
{
	static const u32 steps[] = { JH_HC_CELL_STOP, JH_HC_CELL_SCRUB, JH_HC_CELL_DESTROY };
	struct jh_cell *cell = cell_running("rtos", 3);
	u32 i;

	for (i = 0; i < ARRAY_SIZE(steps); i++) {
		fake_hv.refused_code = steps[i];
		fake_hv.refused_after = 1;
		fake_hv.refused_reason = JH_ERR_HV_INTERNAL;
		code = jh_cell_destroy(cell, &err);
		cell_refused(JH_ERR_HV_INTERNAL);
		assert_ptr_equal(jh_cell_find(1, cell->generation, &err), cell);
		assert_int_equal(fake_online.bits, 0xff & ~8);
		assert_int_equal(fake_seen.devices, 1);
		assert_non_null(fake_seen.work);
	}
	assert_int_equal(jh_cell_destroy(cell, &err), 0);
	cell_nothing_is_left();
}

static void the_last_reference_frees_the_cell(void **state)
{
	struct jh_cell *cell = cell_create("rtos", 3, 1);

	assert_ptr_equal(jh_turn_hold(cell), cell);
	assert_false(jh_turn_is_over(cell));
	assert_int_equal(jh_cell_destroy(cell, &err), 0);
	assert_true(jh_turn_is_over(cell));
	assert_true(fake_allocated() > 0);
	jh_turn_release(cell);
	cell_nothing_is_left();
}

static void states_are_polled_while_there_are_cells(void **state)
{
	struct jh_cell *first = cell_create("one", 3, 1), *second = cell_create("two", 4, 1);

	assert_int_equal(jh_cell_destroy(first, &err), 0);
	assert_non_null(fake_seen.work);
	fake_work();
	assert_non_null(fake_seen.work);
	jh_event_stop();
	assert_null(fake_seen.work);
	jh_event_check();
	assert_non_null(fake_seen.work);
	assert_int_equal(jh_cell_destroy(second, &err), 0);
	cell_nothing_is_left();
}

/* --- what is refused before anything is taken --- */

static void names_are_unique(void **state)
{
	assert_null(cell_create("qemu-virt", 3, 1));
	cell_refused(JH_ERR_NAME_ROOT);
	assert_non_null(cell_create("rtos", 3, 1));
	assert_null(cell_create("rtos", 4, 1));
	cell_refused(JH_ERR_NAME_TAKEN);
	assert_int_equal(fake_online.bits, 0xff & ~8);
	assert_non_null(cell_create("rtos2", 4, 1));
}

static void cpus(void **state)
{
	struct jh_cell *other = cell_create("other", 5, 1);

	assert_null(cell_create("rtos", 4, 2));
	cell_refused(JH_ERR_CPU_TAKEN);
	assert_int_equal(err.cell, other->id);
	assert_int_equal(err.index, 1);
	assert_int_equal(err.value, 5);
	fake_present.bits = 0x7f;
	assert_null(cell_create("rtos", 6, 2));
	cell_refused(JH_ERR_CPU_ABSENT);
	assert_int_equal(err.value, 7);
	assert_null(cell_create("rtos", nr_cpu_ids, 1));
	cell_refused(JH_ERR_CPU_ABSENT);
	/* The CPU number is bounded for speculation, too. */
	assert_int_equal(fake_nospec.index, nr_cpu_ids);
	assert_int_equal(fake_nospec.size, JH_MAX_CPUS);
	fake_present.bits = 0xff;
	remove_cpu(6);
	assert_null(cell_create("rtos", 6, 1));
	cell_refused(JH_ERR_CPU_OFFLINE);
	add_cpu(6);
	assert_int_equal(fake_online.bits, 0xff & ~0x20);
	assert_int_equal(jh_cell_destroy(other, &err), 0);
}

static void linux_keeps_one_cpu(void **state)
{
	assert_null(cell_create("rtos", 0, 8));
	cell_refused(JH_ERR_CPU_LAST);
	assert_int_equal(err.index, 7);
	assert_int_equal(err.value, 7);
	cell_nothing_is_left();
	assert_non_null(cell_create("rtos", 1, 7));
	assert_int_equal(fake_online.bits, 1);
}

static void bad_configurations_change_nothing(void **state)
{
	struct jh_ioctl_create create = { 0 };
	char *config = fake_config(&parts, &create.length);

	config[create.length - 1] ^= 1;
	assert_true(jh_cell_create(config, &create) < 0);
	assert_int_equal(create.error.reason, JH_ERR_CHECKSUM);
	/* One that is right by itself, but not on this machine. */
	parts.memories[1].phys = parts.memories[1].virt = 0x08000000;
	assert_null(fake_create(&parts, &err, &code));
	assert_true(err.reason != 0);
	cell_nothing_is_left();
	blob_system(&parts);
	assert_null(fake_create(&parts, &err, &code));
	cell_nothing_is_left();
	/* No uevent told of it. */
	assert_int_equal(fake_seen.added, 0);
	blob_cell(&parts);
	assert_non_null(fake_create(&parts, &err, &code));
	assert_int_equal(fake_seen.added, 1);
}

static void nothing_is_created_while_disabled(void **state)
{
	struct jh_system *system = jh_system;

	jh_system = NULL;
	assert_null(cell_create("rtos", 3, 1));
	cell_refused(JH_ERR_NOT_ENABLED);
	assert_null(jh_cell_find(1, 1, &err));
	assert_int_equal(err.reason, JH_ERR_NOT_ENABLED);
	cell_nothing_is_left();
	jh_system = system;
}

static void a_stale_generation_is_refused(void **state)
{
	struct jh_cell *cell = cell_create("rtos", 3, 1);
	u32 generation = cell->generation;

	assert_null(jh_cell_find(0, 0, &err));
	assert_int_equal(err.reason, JH_ERR_ROOT_CELL);
	assert_null(jh_cell_find(2, generation, &err));
	assert_int_equal(err.reason, JH_ERR_NO_CELL);
	assert_int_equal(err.value, 2);
	assert_ptr_equal(jh_cell_find(1, generation, &err), cell);
	assert_true(jh_report_any_cell());
	assert_int_equal(jh_cell_destroy(cell, &err), 0);
	assert_false(jh_report_any_cell());
	assert_non_null(cell_create("rtos", 3, 1));
	assert_null(jh_cell_find(1, generation, &err));
	assert_int_equal(err.reason, JH_ERR_CELL_REPLACED);
}

/* --- CPUs that cannot come back while there are cells --- */

static void cpus_wait_for_the_last_cell(void **state)
{
	struct jh_cell *first, *second;

	fake_cap = true;
	first = cell_create("one", 3, 2);
	second = cell_create("two", 5, 1);
	assert_int_equal(jh_cell_destroy(first, &err), 0);
	assert_int_equal(fake_online.bits, 0xff & ~0x38);
	/* The next cell gets one of those that wait, offline as it is. */
	first = cell_create("one", 4, 1);
	assert_non_null(first);
	assert_int_equal(first->cpus_taken, 0x10);
	assert_int_equal(jh_cell_destroy(second, &err), 0);
	assert_int_equal(fake_online.bits, 0xff & ~0x38);
	assert_int_equal(jh_cell_destroy(first, &err), 0);
	cell_nothing_is_left();
}

static void a_cpu_that_stays_offline_is_logged(void **state)
{
	struct jh_cell *cell = cell_create("rtos", 3, 2);

	fake_cpu_broken = 3;
	assert_int_equal(jh_cell_destroy(cell, &err), 0);
	assert_non_null(strstr(fake_printed, "CPU 3 of cell rtos does not come back"));
	assert_null(strstr(fake_printed, "CPU 4"));
	assert_int_equal(fake_online.bits, 0xff & ~8);
	fake_cpu_broken = -1;
	add_cpu(3);
	/* A CPU that user space brought online first is no failure. */
	cell = cell_create("rtos", 3, 2);
	fake_printed[0] = 0;
	add_cpu(4);
	assert_int_equal(jh_cell_destroy(cell, &err), 0);
	assert_null(strstr(fake_printed, "does not come back"));
	assert_int_equal(fake_online.bits, 0xff);
}

#define test(name) cmocka_unit_test_setup_teardown(name, cell_setup, cell_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		test(create_and_destroy_can_be_repeated),
		test(each_step_that_fails_is_undone),
		test(each_failed_allocation_is_undone),
		test(an_impossible_cell_number_is_refused),
		test(a_destroy_that_fails_leaves_the_cell),
		test(the_last_reference_frees_the_cell),
		test(states_are_polled_while_there_are_cells),
		test(names_are_unique),
		test(cpus),
		test(linux_keeps_one_cpu),
		test(bad_configurations_change_nothing),
		test(nothing_is_created_while_disabled),
		test(a_stale_generation_is_refused),
		test(cpus_wait_for_the_last_cell),
		test(a_cpu_that_stays_offline_is_logged),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
