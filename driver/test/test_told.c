// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (c) The jh authors
 *
 * States of cells as shown to users, uevents and log lines about them, and the hypervisor's log.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

#include "../jh.h"
#include "life.h"

static void shown_states_follow_the_report(void **state)
{
	static const struct { u32 state, comm, shown; } rows[] = {
		{ JH_CELL_STOPPED, JH_COMM_FAILED, JH_CELL_STOPPED },
		{ JH_CELL_RUNNING, JH_COMM_RUNNING, JH_CELL_RUNNING },
		{ JH_CELL_RUNNING, JH_COMM_RUNNING_LOCKED, JH_CELL_RUNNING },
		{ JH_CELL_RUNNING, JH_COMM_SHUT_DOWN, JH_SHOWN_SHUT_DOWN },
		{ JH_CELL_RUNNING, JH_COMM_FAILED, JH_CELL_FAILED },
		{ JH_CELL_RUNNING, JH_COMM_FAILED_REVISION, JH_CELL_FAILED },
		{ JH_CELL_RUNNING, 77, JH_CELL_RUNNING },
	};
	struct jh_cell_report *report = fake_cell_report(1);
	u32 i, asks;

	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		report->state = rows[i].state;
		report->comm_state = fake_hv.comm[1] = rows[i].comm;
		assert_int_equal(jh_report_shown(report), rows[i].shown);
		/* Only one that runs may have news. */
		asks = fake_hv.calls[JH_HC_CELL_GET_STATE];
		jh_report_refresh(1);
		assert_int_equal(fake_hv.calls[JH_HC_CELL_GET_STATE] - asks,
				 rows[i].shown == JH_CELL_RUNNING);
	}
	report->state = JH_CELL_NONE;
}

static void expect_trace(const char *name, u64 first, u64 second)
{
	assert_string_equal(fake_trace.name, name);
	assert_int_equal(fake_trace.first, first);
	assert_int_equal(fake_trace.second, second);
}

static void user_space_is_told_once(void **state)
{
	struct jh_cell *cell = cell_running("rtos", 3);
	u32 i;

	jh_event_check();
	assert_int_equal(fake_seen.last_event, JH_CELL_RUNNING);
	expect_trace("jh_cell", cell->id, JH_CELL_RUNNING);
	fake_seen.events = 0;
	jh_event_check();
	assert_int_equal(fake_seen.events, 0);
	fake_cell_report(cell->id)->state = JH_CELL_FAILED;
	jh_event_check();
	jh_event_check();
	assert_int_equal(fake_seen.events, 1);
	assert_int_equal(fake_seen.last_event, JH_CELL_FAILED);
	expect_trace("jh_cell", cell->id, JH_CELL_FAILED);
	/* What it says of itself is told now and then only. */
	fake_cell_report(cell->id)->state = JH_CELL_RUNNING;
	jh_event_check();
	fake_seen.events = 0;
	for (i = 0; i < 20; i++) {
		fake_hv.comm[cell->id] = i & 1 ? JH_COMM_RUNNING : JH_COMM_FAILED;
		fake_cell_report(cell->id)->comm_state = fake_hv.comm[cell->id];
		jh_event_check();
	}
	assert_int_equal(fake_seen.events, 3);
	/* What EL2 says always is. */
	fake_cell_report(cell->id)->state = JH_CELL_STOPPED;
	jh_event_check();
	assert_int_equal(fake_seen.events, 4);
	assert_int_equal(fake_seen.last_event, JH_CELL_STOPPED);
}

static void lines_in_the_log(void **state)
{
	struct jh_cell *cell = cell_running("rtos", 3);
	struct jh_cell_report *report = fake_cell_report(cell->id);

	jh_event_check();
	assert_non_null(strstr(fake_printed, "cell rtos: running"));
	assert_null(strstr(fake_printed, "failed"));
	fake_printed[0] = 0;
	report->state = JH_CELL_FAILED;
	report->crash = (struct jh_crash){ .cause = JH_CRASH_ACCESS, .cpu = 3, .address = 0x1234,
					   .pc = 0x5678 };
	jh_event_check();
	assert_non_null(strstr(fake_printed, "cell rtos failed on CPU 3: it accessed memory that "
			       "it does not own, address 0x1234, pc 0x5678"));
	/* A crash of a life before is none of a cell that says so itself. */
	fake_printed[0] = 0;
	report->state = JH_CELL_RUNNING;
	jh_event_check();
	report->crash.cause = JH_CRASH_NONE;
	report->state = JH_CELL_FAILED;
	jh_event_check();
	assert_non_null(strstr(fake_printed, "cell rtos says that it failed"));
	assert_null(strstr(fake_printed, "on CPU"));
}

/* --- calls --- */

static struct jh_cpu_report *cpu_report(u32 cpu)
{
	return (struct jh_cpu_report *)((char *)jh_system->report +
					jh_system->report->cpus_offset) + cpu;
}

static void only_a_cpu_behind_the_hypervisor_calls(void **state)
{
	assert_true(jh_call_possible(jh_system, 0));
	cpu_report(0)->state = JH_CPUREP_PARKED;
	assert_false(jh_call_possible(jh_system, 0));
	assert_int_equal(jh_call(JH_HC_LOG_FLUSH, 7, 0, 0, 0), -ENODEV);
	expect_trace("jh_call", JH_HC_LOG_FLUSH, 7);
	assert_int_equal(jh_call_untimed(JH_HC_LOG_FLUSH, 0, 0, 0, 0), -ENODEV);
	cpu_report(0)->state = JH_CPUREP_RUNNING;
	jh_system->active = false;
	assert_false(jh_call_possible(jh_system, 0));
	jh_system->active = true;
	assert_false(jh_call_possible(jh_system, 1));
	/* What lies behind the CPUs is something else. */
	cpu_report(JH_MAX_CPUS)->state = JH_CPUREP_RUNNING;
	assert_false(jh_call_possible(jh_system, JH_MAX_CPUS));
	cpu_report(JH_MAX_CPUS)->state = 0;
	assert_int_equal(fake_hv.calls[JH_HC_LOG_FLUSH], 0);
	assert_int_equal(fake_hv.ticks[JH_HC_LOG_FLUSH], 0);
}

static void the_time_of_calls(void **state)
{
	assert_int_equal(jh_call(JH_HC_LOG_FLUSH, 0, 0, 0, 0), 0);
	assert_int_equal(fake_hv.ticks[JH_HC_LOG_FLUSH], 10);
	assert_int_equal(jh_call_untimed(JH_HC_LOG_FLUSH, 0, 0, 0, 0), 0);
	assert_int_equal(fake_hv.calls[JH_HC_LOG_FLUSH], 2);
	assert_int_equal(fake_hv.ticks[JH_HC_LOG_FLUSH], 10);
}

static void the_log_comes_out(void **state)
{
	struct blob_parts system;

	fake_hv.log_left = 3;
	jh_call_flush_log();
	assert_int_equal(fake_hv.calls[JH_HC_LOG_FLUSH], 0);	/* there is no console */
	blob_system(&system);
	system.num_consoles = 1;
	free(jh_system->config);
	jh_system->config = blob_pack(&system, &jh_system->config_length);
	jh_call_flush_log();
	assert_int_equal(fake_hv.calls[JH_HC_LOG_FLUSH], 4);
	assert_int_equal(fake_hv.log_left, 0);
	/* A UART that is stuck is not waited for. */
	fake_hv.log_left = ~0u;
	jh_call_flush_log();
	assert_int_equal(fake_hv.calls[JH_HC_LOG_FLUSH], 504);
	assert_true(jiffies >= 1500 && jiffies <= 2000);
	fake_hv.log_left = 0;
}

static void refusals_without_a_caller_are_logged(void **state)
{
	refuse_clear(&err);
	jh_log_refusal("that", &err, -ENOMEM);
	assert_string_equal(fake_printed, "that failed (-12)\n");
	fake_printed[0] = 0;
	refuse(&err, JH_ERR_NOT_ENABLED, JH_OBJ_NONE, 0);
	jh_log_refusal("that", &err, -1);
	assert_non_null(strstr(fake_printed, "that refused: "));
	assert_true(strlen(fake_printed) > strlen("that refused: ") + 10);
}

#define test(name) cmocka_unit_test_setup_teardown(name, cell_setup, cell_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		test(shown_states_follow_the_report),
		test(user_space_is_told_once),
		test(lines_in_the_log),
		test(only_a_cpu_behind_the_hypervisor_calls),
		test(the_time_of_calls),
		test(the_log_comes_out),
		test(refusals_without_a_caller_are_logged),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
