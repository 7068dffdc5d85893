// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (c) The jh authors
 *
 * Reading the report area: its checks, states of cells, and their words.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

#include "../jh.h"

#define AREA		0x10000
#define REPORT_SIZE	0x8000

static _Alignas(8) char area[AREA];
static struct jh_system the_system;
static struct jh_report *const report = (void *)area;
static u32 asked[JH_MAX_CELLS];		/* JH_HC_CELL_GET_STATE */

long jh_call(u64 code, u64 a, u64 b, u64 c, u64 d)
{
	assert_int_equal(code, JH_HC_CELL_GET_STATE);
	assert_int_equal(b | c | d, 0);
	asked[a]++;
	return 0;
}

static struct jh_cell_report *cells(void)
{
	return (void *)(area + report->cells_offset);
}

static int setup(void **state)
{
	fake_reset();
	memset(area, 0, sizeof(area));
	memset(asked, 0, sizeof(asked));
	*report = (struct jh_report){
		.magic = JH_REPORT_MAGIC, .size = REPORT_SIZE, .num_cpus = JH_MAX_CPUS,
		.num_cells = JH_MAX_CELLS, .cpus_offset = sizeof(*report),
	};
	report->cells_offset = ALIGN(report->cpus_offset + JH_MAX_CPUS * (u32)sizeof(
				     struct jh_cpu_report), 8);
	the_system = (struct jh_system){ .report = report, .active = true };
	jh_system = &the_system;
	return 0;
}

static void arrays_must_lie_inside_the_area(void **state)
{
	u32 least = report->cells_offset + JH_MAX_CELLS * (u32)sizeof(struct jh_cell_report);

	assert_true(jh_report_is_sound(report, REPORT_SIZE));
	assert_false(jh_report_is_sound(report, REPORT_SIZE - 1));
	report->size = least;
	assert_true(jh_report_is_sound(report, REPORT_SIZE));
	report->size = least - 1;
	assert_false(jh_report_is_sound(report, REPORT_SIZE));
	setup(NULL);
	report->magic++;
	assert_false(jh_report_is_sound(report, REPORT_SIZE));
	setup(NULL);
	report->num_cells++;
	assert_false(jh_report_is_sound(report, REPORT_SIZE));
	setup(NULL);
	report->num_cpus--;
	assert_false(jh_report_is_sound(report, REPORT_SIZE));
	setup(NULL);
	report->cpus_offset += 4;
	assert_false(jh_report_is_sound(report, REPORT_SIZE));
	report->cpus_offset = REPORT_SIZE - 8;
	assert_false(jh_report_is_sound(report, REPORT_SIZE));
	report->cpus_offset = 0xfffffff8;
	assert_false(jh_report_is_sound(report, REPORT_SIZE));
}

static void cells_by_their_number(void **state)
{
	assert_false(jh_report_any_cell());
	cells()[0].state = JH_CELL_RUNNING;
	assert_false(jh_report_any_cell());
	cells()[JH_MAX_CELLS - 1].state = JH_CELL_LOADED;
	assert_true(jh_report_any_cell());
	assert_int_equal(jh_report_state(JH_MAX_CELLS - 1), JH_CELL_LOADED);
	assert_ptr_equal(jh_report_cell(1), &cells()[1]);
	cells()[JH_MAX_CELLS - 1].state = JH_CELL_NONE;
	cells()[1].state = JH_CELL_CREATED;
	assert_true(jh_report_any_cell());
}

/* Only one that runs is believed. */
static void only_a_running_cells_own_state_is_shown(void **state)
{
	struct jh_cell_report *cell = &cells()[1];

	cell->state = JH_CELL_RUNNING;
	cell->comm_state = JH_COMM_RUNNING;
	assert_int_equal(jh_report_shown(cell), JH_CELL_RUNNING);
	cell->comm_state = JH_COMM_SHUT_DOWN;
	assert_int_equal(jh_report_shown(cell), JH_SHOWN_SHUT_DOWN);
	cell->comm_state = JH_COMM_FAILED;
	assert_int_equal(jh_report_shown(cell), JH_CELL_FAILED);
	cell->comm_state = JH_COMM_FAILED_REVISION;
	assert_int_equal(jh_report_shown(cell), JH_CELL_FAILED);
	cell->state = JH_CELL_STOPPED;
	assert_int_equal(jh_report_shown(cell), JH_CELL_STOPPED);
}

static void only_one_that_runs_is_asked(void **state)
{
	jh_report_refresh(1);
	cells()[1].state = JH_CELL_FAILED;
	jh_report_refresh(1);
	assert_int_equal(asked[1], 0);
	cells()[1].state = JH_CELL_RUNNING;
	jh_report_refresh(1);
	assert_int_equal(asked[1], 1);
	cells()[1].comm_state = JH_COMM_SHUT_DOWN;
	jh_report_refresh(1);
	assert_int_equal(asked[1], 1);
}

static void states_and_causes_have_words(void **state)
{
	u32 i;

	for (i = 0; i < JH_SHOWN_STATES; i++)
		assert_string_not_equal(jh_report_state_name(i), "unknown");
	assert_string_equal(jh_report_state_name(JH_CELL_RUNNING), "running");
	assert_string_equal(jh_report_state_name(JH_SHOWN_SHUT_DOWN), "shut down");
	assert_string_equal(jh_report_state_name(JH_SHOWN_STATES), "unknown");
	for (i = 0; i < JH_CRASH_CAUSES; i++) {
		assert_non_null(jh_report_cause_text(i));
		assert_string_not_equal(jh_report_cause_word(i), "unknown");
	}
	assert_string_equal(jh_report_cause_text(JH_CRASH_CAUSES), "failed for an unknown cause");
	assert_string_equal(jh_report_cause_word(JH_CRASH_CAUSES), "unknown");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(arrays_must_lie_inside_the_area, setup),
		cmocka_unit_test_setup(cells_by_their_number, setup),
		cmocka_unit_test_setup(only_a_running_cells_own_state_is_shown, setup),
		cmocka_unit_test_setup(only_one_that_runs_is_asked, setup),
		cmocka_unit_test_setup(states_and_causes_have_words, setup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
