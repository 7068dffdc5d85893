// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (c) The jh authors
 *
 * The life of a remote processor that is a cell: bells, crashes, ends, in their order; and that
 * nothing is left when one of them comes or fails.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <cmocka.h>

#include "remote.h"

/* Bells are handled from the start until the vrings are stopped, and not longer. */
static void bells(void **state)
{
	remote_bell();
	remote_work();
	assert_said("");
	remote_begin();
	remote_bell();
	remote_bell();
	assert_said("");
	remote_work();
	assert_said("vring0 vring1 ");
	remote_work();
	assert_said("");
	fake_rp.rproc.max_notifyid = -1;
	remote_bell();
	remote_work();
	assert_said("");
	remote_bell();
	fake_rp.queues->stop(fake_rp.queues, true);
	assert_said("rcu cancel ");
	remote_work();
	remote_bell();
	remote_work();
	assert_said("");
	assert_int_equal(fake_rp.rproc.ops->stop(&fake_rp.rproc), 0);
	remote_bell();
	assert_null(fake_rp.queued);
}

/* A stop by remoteproc itself is not told to it. */
static void crashes_and_ends_reach_remoteproc(void **state)
{
	static const struct {
		u32 state;
		const char *done;
	} states[] = {
		{ JH_CELL_STOPPED, "shutdown " }, { JH_SHOWN_SHUT_DOWN, "shutdown " },
		{ JH_CELL_RUNNING, "" }, { JH_CELL_LOADED, "" }, { JH_CELL_CREATED, "" },
		{ JH_CELL_FAILED, "crash " },
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(states); i++) {
		remote_ops->told(processor, states[i].state);
		remote_work();
		assert_said("");
	}
	remote_begin();
	for (i = 0; i < ARRAY_SIZE(states); i++) {
		remote_ops->told(processor, states[i].state);
		remote_work();
		assert_said(states[i].done);
	}
	/* Several have started it, and nobody wants a recovery. */
	fake_rp.rproc.state = RPROC_CRASHED;
	fake_rp.rproc.power.counter = 2;
	remote_ops->told(processor, JH_CELL_STOPPED);
	remote_work();
	assert_said("shutdown ");
	assert_int_equal(fake_rp.rproc.state, RPROC_RUNNING);
	assert_int_equal(fake_rp.rproc.power.counter, 1);
	fake_rp.rproc.state = RPROC_OFFLINE;
	/* Meanwhile it was stopped. */
	remote_ops->told(processor, JH_CELL_STOPPED);
	assert_int_equal(fake_rp.rproc.ops->stop(&fake_rp.rproc), 0);
	*fake_rp.said = 0;
	remote_work();
	assert_said("");
	/* Or it goes. */
	remote_begin();
	remote_ops->told(processor, JH_CELL_STOPPED);
	remote_ops->remove(processor);
	processor = NULL;
	assert_said("cancel idle del rcu idle let go free unregister ");
}

/* After a recovery that failed remoteproc has not let go of the vrings and buffers. */
static void resources_that_are_left(void **state)
{
	struct list_head left;

	list_add_tail(&left, &fake_rp.rproc.carveouts);
	remote_ops->remove(processor);
	processor = NULL;
	assert_said("idle idle del cleanup rcu idle let go free unregister ");
}

static void it_is_stopped_before_it_goes(enum rproc_state was, int starts)
{
	remote_begin();
	fake_rp.rproc.state = was;
	fake_rp.rproc.power.counter = starts;
	/* Remoteproc was told of a crash, and has not yet done anything. */
	fake_rp.rproc.crash_handler.queued = true;
	remote_ops->remove(processor);
	processor = NULL;
	assert_said("idle cancel rcu idle remove stop del rcu idle let go free unregister ");
}

static void a_processor_that_runs_when_its_cell_goes(void **state)
{
	it_is_stopped_before_it_goes(RPROC_RUNNING, 1);
}

/* Nobody wants a recovery. */
static void a_processor_that_has_crashed_when_its_cell_goes(void **state)
{
	it_is_stopped_before_it_goes(RPROC_CRASHED, 1);
}

static void a_processor_that_several_have_started(void **state)
{
	it_is_stopped_before_it_goes(RPROC_RUNNING, 3);
}

static void none_is_made(void)
{
	*fake_rp.said = 0;
	assert_null(remote_ops->add(&cell));
	remote_nothing_is_left();
}

static void what_is_half_made_goes(void **state)
{
	remote_ops->remove(processor);
	processor = NULL;
	take_code = -ENOENT;
	fake_printed[0] = 0;
	none_is_made();
	assert_says("cell rtos: cannot become a remote processor: error %d\n", -ENOENT);
	assert_said("");
	take_code = 0;
	fake_fail_remap = 1;
	none_is_made();
	assert_said("let go ");
	fake_fail_alloc = 2;
	none_is_made();
	assert_said("let go ");
	fake_rp.parent_code = -ENOMEM;
	none_is_made();
	assert_said("let go ");
	fake_rp.parent_code = 0;
	fake_rp.no_rproc = true;
	none_is_made();
	assert_said("unregister let go ");
	fake_rp.no_rproc = false;
	fake_rp.add_code = -ENOMEM;
	none_is_made();
	assert_said("free unregister let go ");
	fake_rp.add_code = 0;
	fake_fail_alloc = 1;
	none_is_made();
	assert_said("");
}

static void a_start_that_fails(void **state)
{
	assert_int_equal(remote_load(), 0);
	*fake_rp.said = 0;
	start_code = -ENOMEM;
	assert_int_equal(fake_rp.rproc.ops->start(&fake_rp.rproc), -ENOMEM);
	assert_said("start rcu idle ");
	assert_int_equal(state_said, 0);
	assert_null(fake_rp.queues);
	/* It is told of no crash. */
	remote_ops->told(processor, JH_CELL_FAILED);
	assert_said("");
}

#define test(name) cmocka_unit_test_setup_teardown(name, remote_setup, remote_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		test(bells),
		test(crashes_and_ends_reach_remoteproc),
		test(resources_that_are_left),
		test(a_processor_that_runs_when_its_cell_goes),
		test(a_processor_that_has_crashed_when_its_cell_goes),
		test(a_processor_that_several_have_started),
		test(what_is_half_made_goes),
		test(a_start_that_fails),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
