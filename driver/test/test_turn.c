// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (c) The jh authors
 *
 * Long work on a cell: other tasks manage meanwhile, no other one works on that cell, and when the
 * machine goes down the work ends.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

#include "../jh.h"
#include "blob.h"

static struct blob_parts parts;
static struct jh_error err;
static int code;
static struct jh_cell *cell;
static u32 pauses;

static void meanwhile(void (*does)(void))
{
	pauses = 0;
	fake_meanwhile = does;
}

static int setup(void **state)
{
	fake_reset();
	fake_cells_reset();
	memset(&err, 0, sizeof(err));
	blob_cell(&parts);
	fake_hv.clean_more = 2;
	parts.cell.on_failure = JH_ON_FAILURE_RESTART;
	parts.cell.max_restarts = 3;
	parts.cpus[0].cpu = 3;
	parts.num_cpus = 1;
	cell = fake_create(&parts, &err, &code);
	assert_non_null(cell);
	fake_cell_report(cell->id)->state = JH_CELL_LOADED;
	return 0;
}

static int teardown(void **state)
{
	fake_meanwhile = NULL;
	assert_int_equal(jh_lock.held, 1);
	while (!list_empty(&jh_cells))
		assert_int_equal(jh_cell_destroy(list_first_entry(&jh_cells, struct jh_cell, list),
						 &err), 0);
	if (fake_seen.work)
		fake_work();
	assert_int_equal(fake_allocated(), 0);
	fake_cells_end();
	return 0;
}

/* Whoever comes in between gets the lock, and is told that the cell is at work. */
static void others_try(void)
{
	struct jh_ioctl_load load = { .segments = (uintptr_t)&parts, .count = 1, .cell = cell->id,
				      .generation = cell->generation };
	struct jh_error other = { 0 };

	pauses++;
	assert_int_equal(jh_load(&load), -refuse_errno(JH_ERR_CELL_BUSY));
	mutex_lock(&jh_lock);
	assert_int_equal(jh_cell_start(cell, &other), -refuse_errno(JH_ERR_CELL_BUSY));
	/* Who ends it waits for a start of Linux's own. */
	if (!cell->restarting) {
		assert_int_equal(jh_cell_shutdown(cell, JH_SHUTDOWN_FORCE, &other),
				 -refuse_errno(JH_ERR_CELL_BUSY));
		assert_int_equal(jh_cell_destroy(cell, &other), -refuse_errno(JH_ERR_CELL_BUSY));
	}
	jh_event_check();
	mutex_unlock(&jh_lock);
	if (fake_seen.work)
		fake_work();
}

static void others_manage_during_a_start(void **state)
{
	meanwhile(others_try);
	assert_int_equal(jh_cell_start(cell, &err), 0);
	assert_true(pauses > 0);
	assert_int_equal(jh_report_state(cell->id), JH_CELL_RUNNING);
	assert_int_equal(cell->busy, 0);
}

static void others_manage_while_a_cpu_is_slow(void **state)
{
	assert_int_equal(jh_cell_start(cell, &err), 0);
	fake_hv.cpu_is_slow = 5;
	meanwhile(others_try);
	assert_int_equal(jh_cell_shutdown(cell, JH_SHUTDOWN_FORCE, &err), 0);
	assert_int_equal(pauses, 5);
	assert_int_equal(jh_report_state(cell->id), JH_CELL_STOPPED);
}

static void creates_one_more(void)
{
	struct jh_cell *second;

	fake_meanwhile = NULL;
	pauses++;
	mutex_lock(&jh_lock);
	parts.cpus[0].cpu = 4;
	strcpy(parts.cell.name, "second");
	second = fake_create(&parts, &err, &code);
	assert_non_null(second);
	assert_int_equal(second->id, 2);
	mutex_unlock(&jh_lock);
}

static void others_manage_during_a_destroy(void **state)
{
	fake_hv.scrub_left = 4;
	meanwhile(others_try);
	assert_int_equal(jh_cell_destroy(cell, &err), 0);
	assert_int_equal(pauses, 3);
	assert_true(list_empty(&jh_cells));
	assert_int_equal(fake_online.bits, 0xff);
}

static void others_create_meanwhile(void **state)
{
	fake_hv.scrub_left = 2;
	meanwhile(creates_one_more);
	assert_int_equal(jh_cell_destroy(cell, &err), 0);
	assert_int_equal(pauses, 1);
	assert_int_equal(fake_online.bits, 0xff & ~0x10);
}

/* --- the machine goes down --- */

static void goes_down(void)
{
	/* Cells that end one after the other, without a pause. */
	assert_int_equal(pauses++, 0);
	mutex_lock(&jh_lock);
	jh_cell_destroy_all();
	assert_true(list_empty(&jh_cells));
	mutex_unlock(&jh_lock);
}

static void the_machine_goes_down_during_a_destroy(void **state)
{
	fake_hv.scrub_left = 9;
	meanwhile(goes_down);
	assert_int_equal(jh_cell_destroy(cell, &err), 0);
	assert_int_equal(err.reason, 0);
	assert_int_equal(pauses, 1);
	assert_int_equal(fake_hv.calls[JH_HC_CELL_DESTROY], 1);
}

static void the_machine_goes_down_during_a_start(void **state)
{
	meanwhile(goes_down);
	assert_int_equal(jh_cell_start(cell, &err), -refuse_errno(JH_ERR_NO_CELL));
	assert_int_equal(err.reason, JH_ERR_NO_CELL);
	assert_int_equal(fake_hv.calls[JH_HC_CELL_START], 0);
}

static void the_machine_goes_down_while_a_cpu_is_slow(void **state)
{
	assert_int_equal(jh_cell_start(cell, &err), 0);
	fake_hv.cpu_is_slow = 5;
	meanwhile(goes_down);
	assert_int_equal(jh_cell_shutdown(cell, JH_SHUTDOWN_FORCE, &err),
			 -refuse_errno(JH_ERR_NO_CELL));
	assert_int_equal(err.reason, JH_ERR_NO_CELL);
}

static void it_fails(void)
{
	assert_int_equal(jh_cell_start(cell, &err), 0);
	jh_event_check();
	fake_cell_report(cell->id)->state = JH_CELL_FAILED;
}

static void others_manage_during_a_restart(void **state)
{
	it_fails();
	meanwhile(others_try);
	fake_work();
	assert_true(pauses > 0);
	assert_int_equal(jh_report_state(cell->id), JH_CELL_RUNNING);
	assert_int_equal(fake_hv.restarts, 1);
}

/* If jh_lock is held the poll is postponed: no worker of Linux waits for it. */
static void a_look_while_somebody_manages(void **state)
{
	it_fails();
	fake_work_beside();
	assert_non_null(fake_seen.work);
	assert_int_equal(fake_hv.restarts, 0);
	fake_work();
	assert_int_equal(fake_hv.restarts, 1);
}

static bool restarting_seen;

static void sees_restart(void)
{
	restarting_seen |= cell->restarting;
}

static void the_restart_ends(void)
{
	assert_true(pauses < 3);
	if (++pauses < 3)
		return;
	cell->restarting = false;
	cell->busy = 0;
}

/* A shutdown during a restart is not refused, but done after it. */
static void an_end_during_a_restart(void **state)
{
	it_fails();
	meanwhile(sees_restart);
	fake_work();
	assert_true(restarting_seen);
	assert_false(cell->restarting);
	cell->restarting = true;
	cell->busy = 1;
	meanwhile(the_restart_ends);
	assert_int_equal(jh_cell_shutdown(cell, JH_SHUTDOWN_FORCE, &err), 0);
	assert_int_equal(pauses, 3);
	assert_int_equal(jh_report_state(cell->id), JH_CELL_STOPPED);
	cell->restarting = true;
	cell->busy = 1;
	meanwhile(the_restart_ends);
	assert_int_equal(jh_cell_destroy(cell, &err), 0);
	assert_int_equal(pauses, 3);
	assert_true(list_empty(&jh_cells));
}

static void waiting_ends_by_a_signal(void **state)
{
	it_fails();
	cell->restarting = true;
	fake_signal = true;
	assert_int_equal(jh_cell_destroy(cell, &err), -EINTR);
	fake_signal = false;
	cell->restarting = false;
}

static void looks(void)
{
	pauses++;
	mutex_lock(&jh_lock);
	jh_event_check();
	mutex_unlock(&jh_lock);
	fake_work();
}

/* It has failed and may be started again, but somebody is ending it. */
static void no_restart_of_one_that_is_being_ended(void **state)
{
	it_fails();
	fake_hv.cpu_is_slow = 2;
	meanwhile(looks);
	assert_int_equal(jh_cell_destroy(cell, &err), 0);
	assert_int_equal(pauses, 2);
	assert_int_equal(fake_hv.calls[JH_HC_CELL_START], 1);
}

static void counts(void)
{
	pauses++;
}

static void others_manage_between_pieces_of_an_image(void **state)
{
	static char image[3 * JH_IMAGES_PIECE];
	struct jh_segment segment = { .source = (uintptr_t)image, .length = sizeof(image),
				      .address = parts.memories[0].virt };
	struct jh_ioctl_load load = { .segments = (uintptr_t)&segment, .count = 1,
				      .cell = cell->id, .generation = cell->generation };

	jh_lock.held = 0;
	assert_int_equal(jh_load(&load), 0);
	jh_lock.held = 1;
	it_fails();
	meanwhile(counts);
	fake_work();
	assert_int_equal(fake_hv.restarts, 1);
	/* Of cleaning, and of loading. */
	assert_int_equal(pauses, 2 + 3);
}

static void the_machine_goes_down_during_a_restart(void **state)
{
	it_fails();
	meanwhile(goes_down);
	fake_work();
	assert_int_equal(pauses, 1);
	assert_true(list_empty(&jh_cells));
	assert_int_equal(fake_hv.calls[JH_HC_CELL_START], 1);
}

#define test(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		test(others_manage_during_a_start),
		test(others_manage_while_a_cpu_is_slow),
		test(others_manage_during_a_destroy),
		test(others_create_meanwhile),
		test(the_machine_goes_down_during_a_destroy),
		test(the_machine_goes_down_during_a_start),
		test(the_machine_goes_down_while_a_cpu_is_slow),
		test(others_manage_during_a_restart),
		test(a_look_while_somebody_manages),
		test(an_end_during_a_restart),
		test(waiting_ends_by_a_signal),
		test(no_restart_of_one_that_is_being_ended),
		test(others_manage_between_pieces_of_an_image),
		test(the_machine_goes_down_during_a_restart),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
