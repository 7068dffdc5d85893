// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (c) The jh authors
 *
 * Program counters of a cell's CPUs, and the program that they belong to.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

#include "../jh.h"
#include "load.h"

static struct jh_ioctl_places places;
static u32 first;		/* CPU of the cell */

static int find(void)
{
	int code;

	memset(&places, 0x5a, sizeof(places));
	refuse_clear(&places.error);
	jh_lock.held = 1;
	code = jh_place_find(cell, &places);
	assert_int_equal(jh_lock.held, 1);
	jh_lock.held = 0;
	return code;
}

static int place_setup(void **state)
{
	int code = load_setup(state);

	first = (u32)__builtin_ctzll(config_cpu_mask(cell->config));
	return code;
}

static void start(void)
{
	assert_int_equal(jh_load(&arg), 0);
	jh_lock.held = 1;
	assert_int_equal(jh_cell_start(cell, &err), 0);
	jh_lock.held = 0;
}

static void only_the_cells_cpus_are_sampled(void **state)
{
	u64 mask = config_cpu_mask(cell->config);
	u32 cpu;

	start();
	for (cpu = 0; cpu < JH_MAX_CPUS; cpu++)
		fake_hv.pc[cpu] = 0xffff800080000000 + cpu;
	fake_hv.pc[first] = JH_PC_UNKNOWN;
	assert_int_equal(find(), 0);
	for (cpu = 0; cpu < JH_MAX_CPUS; cpu++)
		assert_int_equal(places.pc[cpu], cpu == first || !(mask >> cpu & 1) ?
				 JH_PC_UNKNOWN : 0xffff800080000000 + cpu);
	assert_int_equal(fake_hv.calls[JH_HC_CELL_SAMPLE], __builtin_popcountll(mask));
	/* A guest whose pc has the value JH_PC_SILENT. */
	fake_hv.pc[first] = JH_PC_SILENT;
	assert_int_equal(find(), 0);
	assert_int_equal(places.pc[first], JH_PC_UNKNOWN);
}

static void a_cell_that_has_not_run(void **state)
{
	assert_int_equal(find(), 0);
	assert_int_equal(places.pc[first], JH_PC_UNKNOWN);
	assert_int_equal(places.error.reason, 0);
}

static void a_slow_cpu_is_sampled_again(void **state)
{
	start();
	fake_hv.pc[first] = 0x1234;
	fake_hv.cpu_is_slow = 399;
	assert_int_equal(find(), 0);
	assert_int_equal(places.pc[first], 0x1234);
	fake_hv.cpu_is_slow = 400;
	assert_int_equal(find(), 0);
	assert_int_equal(places.pc[first], JH_PC_SILENT);
	assert_int_equal(fake_hv.cpu_is_slow, 0);
}

static void destroy(void)
{
	fake_meanwhile = NULL;
	jh_lock.held = 1;
	assert_int_equal(jh_cell_destroy(cell, &err), 0);
	jh_lock.held = 0;
}

static void a_cell_destroyed_meanwhile_is_refused(void **state)
{
	start();
	fake_hv.cpu_is_slow = 1;
	fake_meanwhile = destroy;
	assert_int_equal(find(), -refuse_errno(JH_ERR_NO_CELL));
	assert_int_equal(places.error.reason, JH_ERR_NO_CELL);
}

static const char *program(void)
{
	assert_int_equal(find(), 0);
	return places.program.path;
}

static void the_program_of_the_last_load_that_had_one(void **state)
{
	assert_string_equal(program(), "");
	arg.flags = JH_LOAD_START;
	arg.program = (struct jh_program){ 77, "/opt/a.elf" };
	assert_int_equal(jh_load(&arg), 0);
	assert_string_equal(program(), "/opt/a.elf");
	assert_int_equal(places.program.changed, 77);
	/* A command line for it, say. */
	arg.flags = 0;
	memset(&arg.program, 0, sizeof(arg.program));
	assert_int_equal(jh_load(&arg), 0);
	assert_string_equal(program(), "/opt/a.elf");
	/* One that could not be loaded has changed nothing. */
	strcpy(arg.program.path, "/opt/b.elf");
	arg.flags = JH_LOAD_START;
	arg.entry = 6;
	load_refused(JH_ERR_ALIGN);
	assert_string_equal(program(), "/opt/a.elf");
	/* Another program, which has no names. */
	arg.entry = 0;
	memset(&arg.program, 0, sizeof(arg.program));
	assert_int_equal(jh_load(&arg), 0);
	assert_string_equal(program(), "");
	assert_int_equal(places.program.changed, 0);
}

int main(void)
{
#define TEST(name)	cmocka_unit_test_setup_teardown(name, place_setup, load_teardown)
	const struct CMUnitTest tests[] = {
		TEST(only_the_cells_cpus_are_sampled),
		TEST(a_cell_that_has_not_run),
		TEST(a_slow_cpu_is_sampled_again),
		TEST(a_cell_destroyed_meanwhile_is_refused),
		TEST(the_program_of_the_last_load_that_had_one),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
