// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (c) The jh authors
 *
 * Loads: all segments fit or nothing is written; a load that was broken off needs another that
 * covers it; no lock is held while user space's memory is read.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

#include "../jh.h"
#include "load.h"

/* --- where it starts --- */

static void entry_and_argument_are_kept(void **state)
{
	const struct jh_cell_report *report = jh_report_cell(cell->id);
	u64 entry = report->entry;

	/* Refused before the first byte. */
	arg.flags = JH_LOAD_START;
	arg.argument = 0x1234;
	arg.entry = GAP + 2 * PIECE;
	load_refused(JH_ERR_ENTRY);
	arg.entry = 6;
	load_refused(JH_ERR_ALIGN);
	assert_int_equal(fake_hv.calls[JH_HC_CELL_WRITE], 0);
	assert_int_equal(report->entry, entry);
	arg.entry = GAP;
	assert_int_equal(jh_load(&arg), 0);
	assert_int_equal(report->entry, GAP);
	assert_int_equal(report->argument, 0x1234);
	/* A load that does not say leaves it as it is. */
	arg.flags = 0;
	arg.entry = arg.argument = 0;
	assert_int_equal(jh_load(&arg), 0);
	assert_int_equal(report->entry, GAP);
	assert_int_equal(report->argument, 0x1234);
}

/* --- what is written --- */

static void images_are_written_in_pieces(void **state)
{
	assert_int_equal(jh_load(&arg), 0);
	assert_memory_equal(load_ram(), image, sizeof(image));
	assert_int_equal(fake_hv.calls[JH_HC_CELL_WRITE], 3);
	assert_int_equal(fake_hv.calls[JH_HC_CELL_LOADED], 1);
	assert_int_equal(load_state(), JH_CELL_LOADED);
	assert_null(cell->torn);
	/* Not longer than what is left. */
	segments[0].length = PIECE + 1;
	segments[0].address = 5;
	assert_int_equal(jh_load(&arg), 0);
	assert_memory_equal(load_ram() + 5, image, PIECE + 1);
	assert_int_equal(load_ram()[5 + PIECE + 1], image[5 + PIECE + 1]);
	assert_int_equal(fake_hv.calls[JH_HC_CELL_WRITE], 5);
}

static void no_piece_lies_in_two_memories(void **state)
{
	segments[0] = (struct jh_segment){ (uintptr_t)image, PIECE + 0x1000, SIZE - 0x1000 };
	assert_int_equal(jh_load(&arg), 0);
	assert_memory_equal(load_ram() + SIZE - 0x1000, image, PIECE + 0x1000);
	assert_int_equal(fake_hv.calls[JH_HC_CELL_WRITE], 2);
	assert_int_equal(load_ram()[SIZE + PIECE], 0);
}

static void several_segments_and_zeroes(void **state)
{
	segments[1] = (struct jh_segment){ 0, 0x1800, 0x800 };
	segments[2] = (struct jh_segment){ (uintptr_t)image + 1, 3, GAP };
	arg.count = 3;
	assert_int_equal(jh_load(&arg), 0);
	assert_memory_equal(load_ram(), image, 0x800);
	assert_memory_equal(load_ram() + 0x2000, image + 0x2000, SIZE - 0x2000);
	assert_int_equal(load_ram()[0x800] | load_ram()[0x1000] | load_ram()[0x1fff], 0);
	assert_memory_equal(load_ram() + GAP, image + 1, 3);
	assert_int_equal(load_ram()[GAP + 3], 0);
}

static void devices_are_quiet_first(void **state)
{
	cell->was_started = true;
	assert_int_equal(jh_load(&arg), 0);
	assert_int_equal(fake_seen.quiet, 1);
}

/* --- what does not fit: nothing is written --- */

static void segments_must_lie_in_loadable_memory(void **state)
{
	static const struct { u64 address, length; u32 reason; u64 limit; } rows[] = {
		{ 0, SIZE + PIECE + 1, JH_ERR_IMAGE_TOO_BIG, SIZE + PIECE },
		{ 1, SIZE + PIECE, JH_ERR_IMAGE_TOO_BIG, SIZE + PIECE - 1 },
		{ SIZE + PIECE, 1, JH_ERR_IMAGE_ADDRESS, 0 },
		{ GAP - 1, 2, JH_ERR_IMAGE_ADDRESS, 0 },
		{ GAP, PIECE + 1, JH_ERR_IMAGE_TOO_BIG, PIECE },
		{ GAP + PIECE, 1, JH_ERR_IMAGE_ADDRESS, 0 },	/* not loadable */
		{ 0, ~0ULL, JH_ERR_IMAGE_COMM, 0x80000000 },
		{ 1, ~0ULL, JH_ERR_IMAGE_TOO_BIG, SIZE + PIECE - 1 },
		{ 0x80000000, 1, JH_ERR_IMAGE_COMM, 0x80000000 },
		{ 0x80000fff, 1, JH_ERR_IMAGE_COMM, 0x80000000 },
		{ 0x80001000, 1, JH_ERR_IMAGE_ADDRESS, 0 },
		{ ~0ULL, 1, JH_ERR_IMAGE_ADDRESS, 0 },
	};
	u32 i;

	arg.count = 2;
	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		segments[1] = (struct jh_segment){ (uintptr_t)image, rows[i].length,
						   rows[i].address };
		load_refused(rows[i].reason);
		assert_int_equal(arg.error.index, 1);
		assert_int_equal(arg.error.limit, rows[i].limit);
	}
	segments[1] = (struct jh_segment){ (uintptr_t)image, PIECE, GAP };
	assert_int_equal(fake_hv.calls[JH_HC_CELL_WRITE], 0);
	assert_int_equal(load_state(), JH_CELL_CREATED);
	assert_int_equal(jh_load(&arg), 0);
}

static void cells_that_cannot_be_loaded(void **state)
{
	arg.generation++;
	load_refused(JH_ERR_CELL_REPLACED);
	arg.generation--;
	arg.cell = 0;
	load_refused(JH_ERR_ROOT_CELL);
	arg.cell = cell->id;
	fake_cell_report(cell->id)->state = JH_CELL_RUNNING;
	load_refused(JH_ERR_CELL_RUNNING);
	fake_cell_report(cell->id)->state = JH_CELL_CREATED;
	cell->loading = true;
	assert_int_equal(jh_load(&arg), -refuse_errno(JH_ERR_CELL_BUSY));
	assert_true(cell->loading);
	cell->loading = false;
	assert_int_equal(fake_hv.calls[JH_HC_CELL_WRITE], 0);
}

static void number_of_segments_is_bounded(void **state)
{
	/* Too few or too many segments are refused before they are copied. */
	fake_fail_alloc = 1;
	arg.count = 0;
	assert_int_equal(jh_load(&arg), -EINVAL);
	arg.count = JH_LOAD_SEGMENTS + 1;
	assert_int_equal(jh_load(&arg), -E2BIG);
	arg.count = JH_LOAD_SEGMENTS;
	assert_int_equal(jh_load(&arg), -ENOMEM);
	arg.count = 1;
	fake_no_user = (char *)segments + sizeof(segments[0]) - 1;
	assert_int_equal(jh_load(&arg), -EFAULT);
	assert_int_equal(fake_hv.calls[JH_HC_CELL_WRITE], 0);
}

static void each_failed_allocation_is_undone(void **state)
{
	u32 i;

	for (i = 1; i <= 3; i++) {
		fake_fail_alloc = i;
		assert_int_equal(jh_load(&arg), -ENOMEM);
		assert_int_equal(fake_fail_alloc, 0);
	}
	assert_int_equal(load_state(), JH_CELL_CREATED);
}

/* --- what is broken off --- */

static void half_loaded(void)
{
	assert_int_equal(load_state(), JH_CELL_LOADING);
	assert_int_equal(fake_hv.calls[JH_HC_CELL_LOADED], 0);
	assert_int_equal(cell->torn->count, 1);
	assert_int_equal(cell->torn->list[0].start, 0);
	assert_int_equal(cell->torn->list[0].end, sizeof(image));
	assert_false(cell->loading);
	assert_int_equal(cell->kobj.references, 1);
}

static void memory_that_user_space_does_not_have(void **state)
{
	fake_no_user = image + 2 * PIECE;
	assert_int_equal(jh_load(&arg), -EFAULT);
	assert_int_equal(fake_hv.calls[JH_HC_CELL_WRITE], 2);
	half_loaded();
	/* Only what covers all of it makes it whole. */
	fake_no_user = NULL;
	segments[0].length--;
	load_refused(JH_ERR_LOAD_PART);
	assert_int_equal(arg.error.limit, sizeof(image) - 1);
	segments[0] = (struct jh_segment){ (uintptr_t)image, sizeof(image), 1 };
	load_refused(JH_ERR_LOAD_PART);
	assert_int_equal(arg.error.value, 0);
	segments[0].address = 0;
	assert_int_equal(jh_load(&arg), 0);
	assert_null(cell->torn);
	segments[0].length = 1;
	assert_int_equal(jh_load(&arg), 0);
}

/* The gap between two segments need not be covered; each segment must be. */
static void segments_that_were_broken_off(void **state)
{
	arg.count = 3;
	segments[0] = (struct jh_segment){ (uintptr_t)image, 0x1000, 0x8000 };
	segments[1] = (struct jh_segment){ (uintptr_t)image, 0x1000, 0 };
	segments[2] = (struct jh_segment){ (uintptr_t)image, 0x1000, 0x1000 };
	fake_hv.signal_after = 3;
	assert_int_equal(jh_load(&arg), -ERESTARTSYS);
	fake_signal = false;
	assert_int_equal(cell->torn->count, 2);
	/* The second one is left out, though the first and the last address are the same. */
	arg.count = 2;
	segments[1] = segments[2];
	load_refused(JH_ERR_LOAD_PART);
	assert_int_equal(arg.error.value, 0);
	assert_int_equal(arg.error.limit, 0x1fff);
	/* In other pieces it is whole. */
	segments[1] = (struct jh_segment){ (uintptr_t)image, 0x2000, 0 };
	assert_int_equal(jh_load(&arg), 0);
	assert_null(cell->torn);
}

static void empty_loads_are_refused(void **state)
{
	arg.count = 2;
	segments[0].length = 0;
	segments[1] = (struct jh_segment){ 0, 0, PIECE };
	load_refused(JH_ERR_LOAD_EMPTY);
	segments[1].length = 1;
	assert_int_equal(jh_load(&arg), 0);
	segments[1].length = 0;
	load_refused(JH_ERR_LOAD_EMPTY);
	assert_int_equal(load_state(), JH_CELL_LOADED);
}

static void a_signal_leaves_the_cell_half_loaded(void **state)
{
	fake_hv.signal_after = 1;
	assert_int_equal(jh_load(&arg), -ERESTARTSYS);
	assert_int_equal(fake_hv.calls[JH_HC_CELL_WRITE], 1);
	half_loaded();
	/* One that came before the lock was had. */
	assert_int_equal(jh_load(&arg), -ERESTARTSYS);
	fake_signal = false;
	assert_int_equal(jh_load(&arg), 0);
	assert_memory_equal(load_ram(), image, sizeof(image));
}

static void a_refusal_of_the_hypervisor_is_passed_on(void **state)
{
	fake_hv.refused_code = JH_HC_CELL_CLEAN;
	fake_hv.refused_after = 1;
	fake_hv.refused_reason = JH_ERR_HV_INTERNAL;
	load_refused(JH_ERR_HV_INTERNAL);
	assert_false(cell->loading);
	assert_int_equal(cell->kobj.references, 1);
	fake_hv.refused_code = JH_HC_CELL_WRITE;
	fake_hv.refused_after = 2;
	fake_hv.refused_reason = JH_ERR_HV_INTERNAL;
	load_refused(JH_ERR_HV_INTERNAL);
	half_loaded();
	fake_hv.refused_code = JH_HC_CELL_LOADED;
	fake_hv.refused_after = 1;
	load_refused(JH_ERR_HV_INTERNAL);
	assert_int_equal(cell->torn->list[0].end, sizeof(image));
}

static void a_first_piece_that_is_refused_tears_nothing(void **state)
{
	fake_hv.refused_code = JH_HC_CELL_WRITE;
	fake_hv.refused_after = 1;
	fake_hv.refused_reason = JH_ERR_HV_INTERNAL;
	load_refused(JH_ERR_HV_INTERNAL);
	assert_null(cell->torn);
}

/* --- meanwhile --- */

static bool destroyed;

static void destroy(void)
{
	struct jh_error other;

	assert_int_equal(jh_lock.held, 0);
	mutex_lock(&jh_lock);
	if (!destroyed && cell->loading) {
		destroyed = true;
		assert_int_equal(jh_cell_destroy(cell, &other), 0);
		assert_int_equal(cell->kobj.references, 1);
	}
	mutex_unlock(&jh_lock);
}

static void a_cell_destroyed_during_its_load(void **state)
{
	struct jh_ioctl_load *load = &arg;

	destroyed = false;
	fake_meanwhile = destroy;
	assert_int_equal(jh_load(load), -refuse_errno(JH_ERR_NO_CELL));
	assert_int_equal(load->error.reason, JH_ERR_NO_CELL);
	assert_true(destroyed);
	assert_int_equal(fake_hv.calls[JH_HC_CELL_WRITE], 0);
	assert_int_equal(fake_allocated(), 0);
}

static void start_and_load(void)
{
	struct jh_ioctl_load other = arg;
	struct jh_error refusal;

	if (!cell->loading)
		return;
	fake_meanwhile = NULL;
	assert_int_equal(jh_load(&other), -refuse_errno(JH_ERR_CELL_BUSY));
	mutex_lock(&jh_lock);
	assert_int_equal(jh_cell_start(cell, &refusal), -refuse_errno(JH_ERR_CELL_BUSY));
	mutex_unlock(&jh_lock);
	assert_true(cell->loading);
}

static void a_cell_that_is_loaded_cannot_start_or_load(void **state)
{
	fake_meanwhile = start_and_load;
	assert_int_equal(jh_load(&arg), 0);
	assert_int_equal(fake_hv.calls[JH_HC_CELL_START], 0);
	assert_memory_equal(load_ram(), image, sizeof(image));
}

static void nothing_is_loaded_while_disabled(void **state)
{
	struct jh_system *system = jh_system;

	jh_system = NULL;
	assert_int_equal(jh_load(&arg), -refuse_errno(JH_ERR_NOT_ENABLED));
	fake_work();
	assert_null(fake_seen.work);
	jh_system = system;
	assert_int_equal(fake_hv.calls[JH_HC_CELL_WRITE], 0);
}

#define test(name) cmocka_unit_test_setup_teardown(name, load_setup, load_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		test(entry_and_argument_are_kept),
		test(images_are_written_in_pieces),
		test(no_piece_lies_in_two_memories),
		test(several_segments_and_zeroes),
		test(devices_are_quiet_first),
		test(segments_must_lie_in_loadable_memory),
		test(cells_that_cannot_be_loaded),
		test(number_of_segments_is_bounded),
		test(each_failed_allocation_is_undone),
		test(memory_that_user_space_does_not_have),
		test(segments_that_were_broken_off),
		test(empty_loads_are_refused),
		test(a_signal_leaves_the_cell_half_loaded),
		test(a_refusal_of_the_hypervisor_is_passed_on),
		test(a_first_piece_that_is_refused_tears_nothing),
		test(a_cell_destroyed_during_its_load),
		test(a_cell_that_is_loaded_cannot_start_or_load),
		test(nothing_is_loaded_while_disabled),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
