// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (c) The jh authors
 *
 * Starting a cell, asking it to end, and ending it: the waits, and events during them.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

#include "../jh.h"
#include "life.h"

static void a_slow_cpu_is_asked_again(void **state)
{
	struct jh_cell *cell = cell_running("rtos", 3);

	fake_hv.cpu_is_slow = 5;
	assert_int_equal(jh_cell_shutdown(cell, JH_SHUTDOWN_FORCE, &err), 0);
	assert_int_equal(err.reason, 0);
	assert_int_equal(fake_hv.calls[JH_HC_CELL_STOP], 6);
	/* But not for ever. */
	assert_int_equal(jh_cell_start(cell, &err), 0);
	fake_hv.cpu_is_slow = ~0u;
	code = jh_cell_shutdown(cell, JH_SHUTDOWN_FORCE, &err);
	cell_refused(JH_ERR_CPU_LOST);
	assert_true(fake_hv.calls[JH_HC_CELL_STOP] > 100 && fake_hv.calls[JH_HC_CELL_STOP] < 1000);
	fake_hv.cpu_is_slow = 0;
}

static void a_start(void **state)
{
	struct jh_cell *cell = cell_create("rtos", 3, 1);

	cell_load(cell);
	cell->loading = true;
	code = jh_cell_start(cell, &err);
	cell_refused(JH_ERR_CELL_BUSY);
	cell->loading = false;
	assert_int_equal(fake_hv.calls[JH_HC_CELL_START], 0);
	cell->restarts = 7;
	assert_int_equal(jh_cell_start(cell, &err), 0);
	assert_true(cell->was_started);
	assert_false(cell->may_restart);
	assert_int_equal(cell->restarts, 0);
	assert_int_equal(fake_hv.restarts, 0);
	/* Starting one that runs does not stop its devices. */
	code = jh_cell_start(cell, &err);
	cell_refused(JH_ERR_CELL_RUNNING);
	assert_int_equal(fake_seen.quiet, 0);
	assert_true(cell->was_started);
	/* It has ended by itself: what it left running is stopped before its next life. */
	fake_cell_report(cell->id)->state = JH_CELL_STOPPED;
	assert_int_equal(jh_cell_start(cell, &err), 0);
	assert_int_equal(fake_seen.quiet, 1);
	assert_int_equal(jh_cell_shutdown(cell, JH_SHUTDOWN_FORCE, &err), 0);
	assert_int_equal(fake_seen.quiet, 2);
}

static void a_start_that_fails_may_have_run(void **state)
{
	struct jh_cell *cell = cell_create("rtos", 3, 1);

	parts.cell.on_failure = JH_ON_FAILURE_RESTART;
	code = jh_cell_start(cell, &err);
	assert_true(code < 0);
	assert_true(cell->was_started);
	assert_false(cell->may_restart);
	assert_int_equal(jh_cell_destroy(cell, &err), 0);
	assert_int_equal(fake_seen.quiet, 1);
}

static void states_that_cannot_be_shut_down(void **state)
{
	static const struct { u32 state, reason; } rows[] = {
		{ JH_CELL_CREATED, JH_ERR_CELL_NOT_RUNNING },
		{ JH_CELL_LOADED, JH_ERR_CELL_NOT_RUNNING },
		{ JH_CELL_LOADING, JH_ERR_CELL_NOT_RUNNING },
		{ JH_CELL_STOPPED, JH_ERR_CELL_ENDED },
		{ JH_CELL_DYING, JH_ERR_CELL_DYING },
	};
	struct jh_cell *cell = cell_create("rtos", 3, 1);
	u32 i;

	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		fake_cell_report(cell->id)->state = rows[i].state;
		code = jh_cell_shutdown(cell, 0, &err);
		cell_refused(rows[i].reason);
		assert_int_equal(err.index, cell->id);
		assert_int_equal(fake_hv.calls[JH_HC_CELL_STOP], 0);
	}
}

static struct jh_cell *asked;

static void agrees(void)
{
	assert_int_equal(jh_lock.held, 0);
	fake_hv.reply[asked->id] = JH_REPLY_APPROVED;
}

static void ends(void)
{
	fake_hv.comm[asked->id] = JH_COMM_SHUT_DOWN;
}

static void denies(void)
{
	fake_hv.reply[asked->id] = JH_REPLY_DENIED;
}

static void is_destroyed(void)
{
	struct jh_error other;

	if (jh_turn_is_over(asked))
		return;
	mutex_lock(&jh_lock);
	assert_int_equal(jh_cell_destroy(asked, &other), 0);
	mutex_unlock(&jh_lock);
}

static void is_told_to_end(void)
{
	fake_signal = true;
}

/* Ask a running cell, which does something meanwhile; the milliseconds that it took. */
static unsigned long ask(void (*does)(void))
{
	unsigned long began = jiffies;

	asked = cell_running("rtos", 3);
	fake_meanwhile = does;
	memset(&err, 0, sizeof(err));
	code = jh_cell_shutdown(asked, 0, &err);
	fake_meanwhile = NULL;
	fake_signal = false;
	return jiffies - began;
}

static void a_cell_that_agrees_gets_time(void **state)
{
	unsigned long took = ask(agrees);

	assert_int_equal(code, 0);
	assert_in_range(took, 500, 600);
	assert_int_equal(jh_report_state(asked->id), JH_CELL_STOPPED);
	assert_int_equal(fake_seen.quiet, 1);
	assert_int_equal(fake_hv.calls[JH_HC_CELL_STOP], 1);
}

static void a_cell_that_ends_is_not_waited_for(void **state)
{
	assert_true(ask(ends) <= 20);
	assert_int_equal(code, 0);
	assert_int_equal(jh_report_state(asked->id), JH_CELL_STOPPED);
}

static void says_that_it_failed(void)
{
	fake_hv.comm[asked->id] = JH_COMM_FAILED;
}

static void cannot_read_the_region(void)
{
	fake_hv.comm[asked->id] = JH_COMM_FAILED_REVISION;
}

static void a_cell_that_fails_is_not_waited_for(void **state)
{
	assert_true(ask(says_that_it_failed) <= 20);
	assert_int_equal(code, 0);
	assert_int_equal(jh_cell_destroy(asked, &err), 0);
	assert_true(ask(cannot_read_the_region) <= 20);
	assert_int_equal(code, 0);
}

static void a_cell_that_denies_keeps_running(void **state)
{
	assert_true(ask(denies) <= 20);
	cell_refused(JH_ERR_SHUTDOWN_DENIED);
	assert_int_equal(jh_report_state(asked->id), JH_CELL_RUNNING);
	assert_int_equal(fake_hv.calls[JH_HC_CELL_STOP], 0);
	/* It may also say so beforehand, and is not asked then. */
	fake_hv.calls[JH_HC_CELL_MSG] = 0;
	fake_hv.comm[asked->id] = JH_COMM_RUNNING_LOCKED;
	code = jh_cell_shutdown(asked, 0, &err);
	cell_refused(JH_ERR_SHUTDOWN_DENIED);
	assert_int_equal(fake_hv.calls[JH_HC_CELL_MSG], 0);
	/* With force nobody is asked. */
	assert_int_equal(jh_cell_shutdown(asked, JH_SHUTDOWN_FORCE, &err), 0);
	assert_int_equal(jh_report_state(asked->id), JH_CELL_STOPPED);
}

/* -EBUSY means that another CPU's call holds the hypervisor's lock; it is no state of the cell. */
static void a_busy_hypervisor_is_asked_again(void **state)
{
	unsigned long began = jiffies;

	asked = cell_running("rtos", 3);
	fake_hv.comm[asked->id] = JH_COMM_RUNNING_LOCKED;
	fake_hv.state_is_busy = 5;
	code = jh_cell_shutdown(asked, 0, &err);
	cell_refused(JH_ERR_SHUTDOWN_DENIED);
	assert_int_equal(fake_hv.state_is_busy, 0);
	assert_int_equal(fake_hv.calls[JH_HC_CELL_MSG], 0);
	/* It may have ended meanwhile. */
	fake_hv.comm[asked->id] = JH_COMM_SHUT_DOWN;
	fake_hv.state_is_busy = 1;
	assert_int_equal(jh_cell_shutdown(asked, 0, &err), 0);
	assert_int_equal(fake_hv.calls[JH_HC_CELL_MSG], 0);
	assert_true(jiffies - began <= 100);
	/* But it is not waited for without end, and a signal ends it. */
	asked = cell_running("other", 4);
	fake_hv.state_is_busy = ~0u;
	began = jiffies;
	code = jh_cell_shutdown(asked, 0, &err);
	cell_refused(JH_ERR_BUSY);
	assert_in_range(jiffies - began, 3000, 3100);
	fake_meanwhile = is_told_to_end;
	assert_int_equal(jh_cell_shutdown(asked, 0, &err), -EINTR);
	fake_meanwhile = NULL;
	fake_signal = false;
	fake_hv.state_is_busy = 0;
	assert_int_equal(fake_hv.calls[JH_HC_CELL_MSG], 0);
	assert_int_equal(jh_report_state(asked->id), JH_CELL_RUNNING);
}

static void a_silent_cell_keeps_running(void **state)
{
	unsigned long took = ask(NULL);

	cell_refused(JH_ERR_SHUTDOWN_TIMEOUT);
	assert_in_range(took, 3000, 3100);
	assert_int_equal(jh_report_state(asked->id), JH_CELL_RUNNING);
}

static void a_passive_cell_is_not_asked(void **state)
{
	parts.cell.flags = JH_CELL_PASSIVE_COMM;
	assert_int_equal(ask(NULL), 0);
	assert_int_equal(code, 0);
	assert_int_equal(fake_hv.calls[JH_HC_CELL_MSG], 0);
}

static void others_manage_meanwhile(void **state)
{
	ask(is_destroyed);
	cell_refused(JH_ERR_NO_CELL);
	cell_nothing_is_left();
	ask(is_told_to_end);
	assert_int_equal(code, -EINTR);
	assert_int_equal(jh_report_state(asked->id), JH_CELL_RUNNING);
	assert_int_equal(asked->kobj.references, 1);
}

static void a_message_that_is_refused(void **state)
{
	asked = cell_running("rtos", 3);
	fake_hv.refused_code = JH_HC_CELL_MSG;
	fake_hv.refused_after = 1;
	fake_hv.refused_reason = JH_ERR_HV_INTERNAL;
	code = jh_cell_shutdown(asked, 0, &err);
	cell_refused(JH_ERR_HV_INTERNAL);
	assert_int_equal(jh_report_state(asked->id), JH_CELL_RUNNING);
}

static void a_failed_cell_is_not_asked(void **state)
{
	asked = cell_running("rtos", 3);
	asked->may_restart = true;
	fake_cell_report(asked->id)->state = JH_CELL_FAILED;
	assert_int_equal(jh_cell_shutdown(asked, 0, &err), 0);
	assert_int_equal(fake_hv.calls[JH_HC_CELL_MSG], 0);
	assert_int_equal(fake_hv.calls[JH_HC_CELL_STOP], 1);
	/* Its user has ended it: it is not started again. */
	assert_false(asked->may_restart);
}

static void the_machine_goes_down(void **state)
{
	struct jh_cell *stubborn, *first = cell_running("one", 3);
	u32 first_id = first->id;

	stubborn = cell_running("two", 4);
	assert_non_null(cell_create("three", 5, 1));
	fake_hv.comm[first_id] = JH_COMM_SHUT_DOWN;
	fake_hv.reply[stubborn->id] = JH_REPLY_DENIED;
	jh_cell_destroy_all();
	cell_nothing_is_left();
	assert_null(strstr(fake_printed, "cannot be ended"));
}

static void a_cell_that_cannot_be_ended_is_told(void **state)
{
	struct jh_cell *cell = cell_create("rtos", 3, 1);

	fake_hv.refused_code = JH_HC_CELL_SCRUB;
	fake_hv.refused_after = 1;
	fake_hv.refused_reason = JH_ERR_HV_INTERNAL;
	jh_cell_destroy_all();
	assert_non_null(strstr(fake_printed, "cell rtos cannot be ended"));
	assert_ptr_equal(jh_cell_find(1, cell->generation, &err), cell);
}

#define test(name) cmocka_unit_test_setup_teardown(name, cell_setup, cell_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		test(a_slow_cpu_is_asked_again),
		test(a_start),
		test(a_start_that_fails_may_have_run),
		test(states_that_cannot_be_shut_down),
		test(a_cell_that_agrees_gets_time),
		test(a_cell_that_ends_is_not_waited_for),
		test(a_cell_that_fails_is_not_waited_for),
		test(a_cell_that_denies_keeps_running),
		test(a_busy_hypervisor_is_asked_again),
		test(a_silent_cell_keeps_running),
		test(a_passive_cell_is_not_asked),
		test(others_manage_meanwhile),
		test(a_message_that_is_refused),
		test(a_failed_cell_is_not_asked),
		test(the_machine_goes_down),
		test(a_cell_that_cannot_be_ended_is_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
