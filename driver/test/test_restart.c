// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (c) The jh authors
 *
 * A cell that failed, or whose guest asked for a reset, is loaded and started as before, as often
 * as its configuration allows.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

#include "../jh.h"
#include "load.h"

static void cell_that_restarts(u32 most)
{
	jh_lock.held = 1;
	assert_int_equal(jh_cell_destroy(cell, &err), 0);
	parts.cell.on_failure = JH_ON_FAILURE_RESTART;
	parts.cell.max_restarts = most;
	load_create();
}

static void start(void)
{
	mutex_lock(&jh_lock);
	assert_int_equal(jh_cell_start(cell, &err), 0);
	jh_event_check();
	mutex_unlock(&jh_lock);
}

/* It fails with a spoilt memory, and Linux looks at it. */
static void it_fails(void)
{
	fake_cell_report(cell->id)->state = JH_CELL_FAILED;
	memset(fake_hv.ram[cell->id], 0xee, FAKE_GUEST_RAM);
	fake_work();
}

static u32 images(void)
{
	struct jh_image *at;
	u32 count = 0;

	list_for_each_entry(at, &cell->images, list)
		count++;
	return count;
}

static void a_restart_loads_the_same_bytes(void **state)
{
	cell_that_restarts(2);
	segments[1] = (struct jh_segment){ 0, 0x1800, 0x800 };
	segments[2] = (struct jh_segment){ (uintptr_t)image, PIECE, GAP };
	arg.count = 3;
	assert_int_equal(jh_load(&arg), 0);
	assert_int_equal(images(), 3);
	start();
	memset(image, 0, sizeof(image));
	it_fails();
	assert_int_equal(load_state(), JH_CELL_RUNNING);
	assert_int_equal(fake_hv.restarts, 1);
	assert_int_equal(load_ram()[0], 1);
	assert_int_equal(load_ram()[0x7ff], (u8)(0x7ff * 7 + 7 + 1));
	assert_int_equal(load_ram()[0x800] | load_ram()[0x1fff], 0);
	assert_int_equal(load_ram()[0x2000], (u8)(0x2000 * 7 + 0x20 + 1));
	assert_int_equal(load_ram()[SIZE], 0xee);
	assert_int_equal(load_ram()[GAP + PIECE - 1], (u8)((PIECE - 1) * 7 + 0xff + 1));
	assert_int_equal(fake_seen.last_event, JH_CELL_RUNNING);
	assert_non_null(strstr(fake_printed, "restart 1 of 2"));
	assert_int_equal(fake_seen.quiet, 1);
}

/* Half of the images are there: a small load does not make it whole. */
static void a_restart_broken_off_leaves_the_cell_half_loaded(void **state)
{
	cell_that_restarts(2);
	assert_int_equal(jh_load(&arg), 0);
	start();
	fake_hv.refused_code = JH_HC_CELL_WRITE;
	fake_hv.refused_after = 2;
	fake_hv.refused_reason = JH_ERR_HV_INTERNAL;
	it_fails();
	assert_int_equal(load_state(), JH_CELL_LOADING);
	segments[0].length = 1;
	load_refused(JH_ERR_LOAD_PART);
	segments[0].length = sizeof(image);
	assert_int_equal(jh_load(&arg), 0);
	start();
	/* One that went well leaves no trace. */
	it_fails();
	assert_int_equal(load_state(), JH_CELL_RUNNING);
	assert_null(cell->torn);
}

static void restarts_are_limited(void **state)
{
	cell_that_restarts(2);
	assert_int_equal(jh_load(&arg), 0);
	start();
	it_fails();
	it_fails();
	assert_int_equal(cell->restarts, 2);
	assert_int_equal(load_state(), JH_CELL_RUNNING);
	it_fails();
	assert_int_equal(cell->restarts, 2);
	assert_int_equal(load_state(), JH_CELL_FAILED);
	assert_false(jh_event_restarts(cell));
	/* Its user starts it anew: it has all of them again. */
	assert_int_equal(jh_load(&arg), 0);
	start();
	it_fails();
	assert_int_equal(load_state(), JH_CELL_RUNNING);
	assert_int_equal(cell->restarts, 1);
}

/* A wait for the cell's end continues over a restart. */
static void one_that_will_be_restarted_has_not_ended(void **state)
{
	struct jh_cell_report *report;

	cell_that_restarts(1);
	report = fake_cell_report(cell->id);
	assert_false(jh_event_restarts(cell));
	assert_int_equal(jh_load(&arg), 0);
	start();
	assert_false(jh_event_restarts(cell));
	report->state = JH_CELL_FAILED;
	assert_true(jh_event_restarts(cell));
	/* On its way it is stopped, and loaded anew. */
	report->state = JH_CELL_STOPPED;
	assert_false(jh_event_restarts(cell));
	cell->busy = 1;
	assert_true(jh_event_restarts(cell));
	cell->busy = 0;
	it_fails();
	assert_int_equal(cell->restarts, 1);
	report->state = JH_CELL_FAILED;
	assert_false(jh_event_restarts(cell));
}

static void a_cell_that_reports_failure_restarts(void **state)
{
	cell_that_restarts(1);
	assert_int_equal(jh_load(&arg), 0);
	start();
	fake_hv.comm[cell->id] = JH_COMM_FAILED;
	fake_work();
	assert_int_equal(load_state(), JH_CELL_RUNNING);
	assert_int_equal(cell->restarts, 1);
	assert_int_equal(fake_hv.calls[JH_HC_CELL_STOP], 1);
}

static void a_cell_that_was_shut_down_stays_down(void **state)
{
	cell_that_restarts(5);
	assert_int_equal(jh_load(&arg), 0);
	start();
	fake_cell_report(cell->id)->state = JH_CELL_FAILED;
	mutex_lock(&jh_lock);
	assert_int_equal(jh_cell_shutdown(cell, 0, &err), 0);
	mutex_unlock(&jh_lock);
	it_fails();
	assert_int_equal(load_state(), JH_CELL_FAILED);
	assert_int_equal(cell->restarts, 0);
	assert_false(jh_event_restarts(cell));
}

static void fails_while_asked(void)
{
	fake_meanwhile = NULL;
	it_fails();
}

static void a_failure_while_asked_to_end_is_no_restart(void **state)
{
	cell_that_restarts(5);
	assert_int_equal(jh_load(&arg), 0);
	start();
	fake_meanwhile = fails_while_asked;
	mutex_lock(&jh_lock);
	assert_int_equal(jh_cell_shutdown(cell, 0, &err), 0);
	mutex_unlock(&jh_lock);
	assert_int_equal(cell->restarts, 0);
	assert_int_equal(load_state(), JH_CELL_STOPPED);
	it_fails();
	assert_int_equal(cell->restarts, 0);
}

static void a_restart_starts_as_the_start(void **state)
{
	struct jh_cell_report *report;

	cell_that_restarts(2);
	report = fake_cell_report(cell->id);
	arg.flags = JH_LOAD_START;
	arg.entry = PIECE;
	arg.argument = 0x5678;
	assert_int_equal(jh_load(&arg), 0);
	start();
	it_fails();
	assert_int_equal(cell->restarts, 1);
	assert_int_equal(report->entry, PIECE);
	assert_int_equal(report->argument, 0x5678);
}

/* --- a guest that reboots --- */

static void cell_that_reboots(void)
{
	jh_lock.held = 1;
	assert_int_equal(jh_cell_destroy(cell, &err), 0);
	parts.cell.flags |= JH_CELL_REBOOT;
	load_create();
	assert_int_equal(jh_load(&arg), 0);
	start();
}

static void it_asks_for_a_reset(void)
{
	memset(fake_hv.ram[cell->id], 0xee, FAKE_GUEST_RAM);
	fake_cell_report(cell->id)->reset = 1;
	fake_cell_report(cell->id)->state = JH_CELL_STOPPED;
}

static void a_reset_loads_and_starts_it_again(void **state)
{
	u32 i;

	cell_that_reboots();
	for (i = 0; i < 5; i++) {
		it_asks_for_a_reset();
		/* Not at once: each costs root something. */
		fake_work();
		assert_int_equal(load_state(), JH_CELL_STOPPED);
		assert_true(jh_event_restarts(cell));
		jiffies += HZ + 1;
		fake_work();
		assert_int_equal(load_state(), JH_CELL_RUNNING);
		assert_memory_equal(load_ram(), image, sizeof(image));
		assert_int_equal(fake_hv.restarts, 0);
		assert_int_equal(cell->restarts, 0);
	}
	/* It switches itself off. */
	fake_cell_report(cell->id)->state = JH_CELL_STOPPED;
	jiffies += HZ + 1;
	fake_work();
	assert_int_equal(load_state(), JH_CELL_STOPPED);
	/* And is switched on, with what was loaded. */
	memset(fake_hv.ram[cell->id], 0xee, FAKE_GUEST_RAM);
	start();
	assert_memory_equal(load_ram(), image, sizeof(image));
}

static void one_reset_after_the_other_is_told_now_and_then(void **state)
{
	u32 i, before;

	cell_that_reboots();
	before = fake_seen.events;
	for (i = 0; i < 50; i++) {
		it_asks_for_a_reset();
		jiffies += HZ + 1;
		fake_work();
		assert_int_equal(load_state(), JH_CELL_RUNNING);
	}
	assert_in_range(fake_seen.events - before, 2, 10);
}

static void a_reset_of_a_cell_that_is_to_end(void **state)
{
	cell_that_reboots();
	it_asks_for_a_reset();
	mutex_lock(&jh_lock);
	assert_int_equal(jh_cell_shutdown(cell, 0, &err), 0);
	assert_int_equal(jh_cell_shutdown(cell, 0, &err), -refuse_errno(JH_ERR_CELL_ENDED));
	mutex_unlock(&jh_lock);
	jiffies += HZ + 1;
	fake_work();
	assert_int_equal(load_state(), JH_CELL_STOPPED);
}

static void a_reset_without_leave_ends_it(void **state)
{
	assert_int_equal(jh_load(&arg), 0);
	start();
	it_asks_for_a_reset();
	jiffies += HZ + 1;
	fake_work();
	assert_int_equal(load_state(), JH_CELL_STOPPED);
	/* What it left is what it finds. */
	start();
	assert_int_equal(load_ram()[0], 0xee);
}

static void not_while_it_is_loaded(void **state)
{
	cell_that_restarts(5);
	assert_int_equal(jh_load(&arg), 0);
	start();
	cell->loading = true;
	it_fails();
	assert_int_equal(cell->restarts, 0);
	cell->loading = false;
	fake_work();
	assert_int_equal(cell->restarts, 1);
}

static void a_restart_that_fails_is_the_last(void **state)
{
	static const u32 steps[] = { JH_HC_CELL_STOP, JH_HC_CELL_WRITE, JH_HC_CELL_LOADED,
				     JH_HC_CELL_START };
	u32 i;

	cell_that_restarts(50);
	for (i = 0; i < ARRAY_SIZE(steps); i++) {
		fake_cell_report(cell->id)->state = JH_CELL_STOPPED;
		assert_int_equal(jh_load(&arg), 0);
		start();
		fake_hv.refused_code = steps[i];
		fake_hv.refused_after = 1;
		fake_hv.refused_reason = JH_ERR_HV_INTERNAL;
		fake_printed[0] = 0;
		it_fails();
		assert_int_equal(fake_hv.refused_after, 0);
		assert_int_equal(cell->restarts, 0);
		assert_int_not_equal(load_state(), JH_CELL_RUNNING);
		assert_non_null(strstr(fake_printed, "restart of a cell refused"));
		fake_printed[0] = 0;
		fake_work();
		assert_null(strstr(fake_printed, "restart"));
	}
	/* Nor is memory there for it. */
	fake_cell_report(cell->id)->state = JH_CELL_STOPPED;
	assert_int_equal(jh_load(&arg), 0);
	start();
	for (i = 1; i <= 2; i++) {
		fake_printed[0] = 0;
		fake_fail_alloc = i;
		it_fails();
		assert_int_equal(fake_fail_alloc, 0);
		assert_non_null(strstr(fake_printed, "restart of a cell failed"));
		assert_int_equal(cell->restarts, 0);
		fake_cell_report(cell->id)->state = JH_CELL_STOPPED;
		assert_int_equal(jh_load(&arg), 0);
		start();
	}
}

static void what_was_overwritten_is_not_kept(void **state)
{
	cell_that_restarts(1);
	segments[0] = (struct jh_segment){ (uintptr_t)image, 0x1000, 0x1000 };
	assert_int_equal(jh_load(&arg), 0);
	assert_int_equal(images(), 1);
	/* Beside it, over its ends: all of them are needed. */
	segments[0] = (struct jh_segment){ (uintptr_t)image, 0x1000, 0x800 };
	assert_int_equal(jh_load(&arg), 0);
	segments[0] = (struct jh_segment){ (uintptr_t)image, 0x1000, 0x1800 };
	assert_int_equal(jh_load(&arg), 0);
	segments[0] = (struct jh_segment){ (uintptr_t)image, 0x1000, 0x2800 };
	assert_int_equal(jh_load(&arg), 0);
	assert_int_equal(images(), 4);
	/* Exactly, and more than it. */
	assert_int_equal(jh_load(&arg), 0);
	assert_int_equal(images(), 4);
	segments[0] = (struct jh_segment){ 0, 0x2001, 0x800 };
	assert_int_equal(jh_load(&arg), 0);
	assert_int_equal(images(), 2);
	segments[0] = (struct jh_segment){ (uintptr_t)image, sizeof(image), 0 };
	assert_int_equal(jh_load(&arg), 0);
	assert_int_equal(images(), 1);
}

static void copies_that_cannot_be_made(void **state)
{
	u32 before;

	cell_that_restarts(1);
	assert_int_equal(jh_load(&arg), 0);
	before = fake_allocated();
	/* The segments, their ranges, the buffer, the copy. */
	fake_fail_alloc = 4;
	assert_int_equal(jh_load(&arg), -ENOMEM);
	fake_no_user = image + sizeof(image) - 1;
	assert_int_equal(jh_load(&arg), -EFAULT);
	fake_no_user = NULL;
	assert_int_equal(fake_hv.calls[JH_HC_CELL_WRITE], 3);
	/* One that was not loaded is not kept. */
	fake_hv.refused_code = JH_HC_CELL_LOADED;
	fake_hv.refused_after = 1;
	fake_hv.refused_reason = JH_ERR_HV_INTERNAL;
	segments[0].length = PIECE;
	load_refused(JH_ERR_HV_INTERNAL);
	assert_int_equal(images(), 1);
	/* But what it wanted to write is known. */
	assert_int_equal(cell->torn->list[0].end, PIECE);
	assert_int_equal(fake_allocated(), before + 1);
}

static void an_image_that_is_too_large_to_keep(void **state)
{
	segments[0].length = 0xb0000000;
	assert_int_equal(PTR_ERR(jh_images_copy(&segments[0])), -ENOMEM);
}

static void images_are_kept_only_for_restarts(void **state)
{
	u32 before = fake_allocated();

	assert_int_equal(jh_load(&arg), 0);
	assert_int_equal(images(), 0);
	assert_int_equal(fake_allocated(), before);
	start();
	it_fails();
	assert_int_equal(load_state(), JH_CELL_FAILED);
	assert_int_equal(fake_seen.last_event, JH_CELL_FAILED);
}

#define test(name) cmocka_unit_test_setup_teardown(name, load_setup, load_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		test(a_restart_loads_the_same_bytes),
		test(a_restart_broken_off_leaves_the_cell_half_loaded),
		test(restarts_are_limited),
		test(one_that_will_be_restarted_has_not_ended),
		test(a_cell_that_reports_failure_restarts),
		test(a_cell_that_was_shut_down_stays_down),
		test(a_failure_while_asked_to_end_is_no_restart),
		test(a_restart_starts_as_the_start),
		test(a_reset_loads_and_starts_it_again),
		test(one_reset_after_the_other_is_told_now_and_then),
		test(a_reset_of_a_cell_that_is_to_end),
		test(a_reset_without_leave_ends_it),
		test(not_while_it_is_loaded),
		test(a_restart_that_fails_is_the_last),
		test(what_was_overwritten_is_not_kept),
		test(copies_that_cannot_be_made),
		test(an_image_that_is_too_large_to_keep),
		test(images_are_kept_only_for_restarts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
