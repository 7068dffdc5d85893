// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (c) The jh authors
 *
 * Images: all of one fits or nothing is written, what is broken off can be finished by nothing
 * smaller, nobody waits for user space's memory, and a cell that restarts gets the same bytes.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

#include "../jh.h"
#include "cells.h"

#define PIECE	0x10000u
#define SIZE	0x30000		/* of the cell's first memory; the second follows it */
#define GAP	0x80000		/* the third, alone */

static struct blob_parts parts;
static struct jh_cell *cell;
static struct jh_error err;
static struct jh_segment segments[4];
static struct jh_ioctl_load arg;
static u8 image[SIZE];

static struct jh_config_memory memory(u64 virt, u64 size, u32 more)
{
	return (struct jh_config_memory){
		.virt = virt, .size = size,
		.flags = JH_MEM_READ | JH_MEM_WRITE | JH_MEM_EXECUTE | JH_MEM_AUTO | more,
	};
}

static void create(void)
{
	int code;

	cell = fake_create(&parts, &err, &code);
	assert_int_equal(err.reason, 0);
	assert_non_null(cell);
	arg = (struct jh_ioctl_load){ .segments = (uintptr_t)segments, .count = 1, .cell = cell->id,
				      .generation = cell->generation };
	jh_lock.held = 0;
}

static int setup(void **state)
{
	u32 i;

	fake_reset();
	fake_cells_reset();
	memset(&err, 0, sizeof(err));
	for (i = 0; i < sizeof(image); i++)
		image[i] = i * 7 + (i >> 8) + 1;
	blob_cell(&parts);
	parts.num_devices = parts.num_irqs = parts.num_consoles = 0;
	parts.num_memories = 4;
	parts.memories[0] = memory(0, SIZE, JH_MEM_LOADABLE);
	parts.memories[1] = memory(SIZE, PIECE, JH_MEM_LOADABLE);
	parts.memories[2] = memory(GAP, PIECE, JH_MEM_LOADABLE);
	parts.memories[3] = memory(GAP + PIECE, PIECE, 0);
	memset(segments, 0, sizeof(segments));
	segments[0] = (struct jh_segment){ (uintptr_t)image, sizeof(image), 0 };
	create();
	return 0;
}

static int teardown(void **state)
{
	fake_meanwhile = NULL;
	fake_signal = false;
	fake_no_user = NULL;
	fake_hv.refused_after = 0;
	assert_int_equal(jh_lock.held, 0);
	jh_lock.held = 1;
	if (!list_empty(&jh_cells)) {
		assert_int_equal(cell->kobj.references, 1);
		assert_false(cell->loading);
		assert_int_equal(jh_cell_destroy(cell, &err), 0);
	}
	assert_int_equal(fake_allocated(), 0);
	fake_cells_end();
	return 0;
}

static const u8 *ram(void)
{
	return fake_hv.ram[cell->id];
}

static u32 state_now(void)
{
	return jh_report_state(cell->id);
}

static void assert_refused(u32 reason)
{
	assert_int_equal(jh_load(&arg), -refuse_errno(reason));
	assert_int_equal(arg.error.reason, reason);
	assert_int_equal(jh_lock.held, 0);
	assert_false(cell->loading);
}

/* --- where it starts --- */

static void where_it_starts(void **state)
{
	const struct jh_cell_report *report = jh_report_cell(cell->id);
	u64 entry = report->entry;

	/* Refused before the first byte. */
	arg.flags = JH_LOAD_START;
	arg.argument = 0x1234;
	arg.entry = GAP + 2 * PIECE;
	assert_refused(JH_ERR_ENTRY);
	arg.entry = 6;
	assert_refused(JH_ERR_ALIGN);
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

static void piece_by_piece(void **state)
{
	assert_int_equal(jh_load(&arg), 0);
	assert_memory_equal(ram(), image, sizeof(image));
	assert_int_equal(fake_hv.calls[JH_HC_CELL_WRITE], 3);
	assert_int_equal(fake_hv.calls[JH_HC_CELL_LOADED], 1);
	assert_int_equal(state_now(), JH_CELL_LOADED);
	assert_null(cell->torn);
	/* Not longer than what is left. */
	segments[0].length = PIECE + 1;
	segments[0].address = 5;
	assert_int_equal(jh_load(&arg), 0);
	assert_memory_equal(ram() + 5, image, PIECE + 1);
	assert_int_equal(ram()[5 + PIECE + 1], image[5 + PIECE + 1]);
	assert_int_equal(fake_hv.calls[JH_HC_CELL_WRITE], 5);
}

static void no_piece_lies_in_two_memories(void **state)
{
	segments[0] = (struct jh_segment){ (uintptr_t)image, PIECE + 0x1000, SIZE - 0x1000 };
	assert_int_equal(jh_load(&arg), 0);
	assert_memory_equal(ram() + SIZE - 0x1000, image, PIECE + 0x1000);
	assert_int_equal(fake_hv.calls[JH_HC_CELL_WRITE], 2);
	assert_int_equal(ram()[SIZE + PIECE], 0);
}

static void several_segments_and_zeroes(void **state)
{
	segments[1] = (struct jh_segment){ 0, 0x1800, 0x800 };
	segments[2] = (struct jh_segment){ (uintptr_t)image + 1, 3, GAP };
	arg.count = 3;
	assert_int_equal(jh_load(&arg), 0);
	assert_memory_equal(ram(), image, 0x800);
	assert_memory_equal(ram() + 0x2000, image + 0x2000, SIZE - 0x2000);
	assert_int_equal(ram()[0x800] | ram()[0x1000] | ram()[0x1fff], 0);
	assert_memory_equal(ram() + GAP, image + 1, 3);
	assert_int_equal(ram()[GAP + 3], 0);
}

static void devices_are_quiet_first(void **state)
{
	cell->was_started = true;
	assert_int_equal(jh_load(&arg), 0);
	assert_int_equal(fake_seen.quiet, 1);
}

/* --- what does not fit: nothing is written --- */

static void ranges(void **state)
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
		assert_refused(rows[i].reason);
		assert_int_equal(arg.error.index, 1);
		assert_int_equal(arg.error.limit, rows[i].limit);
	}
	segments[1] = (struct jh_segment){ (uintptr_t)image, PIECE, GAP };
	assert_int_equal(fake_hv.calls[JH_HC_CELL_WRITE], 0);
	assert_int_equal(state_now(), JH_CELL_CREATED);
	assert_int_equal(jh_load(&arg), 0);
}

static void cells_that_cannot_be_loaded(void **state)
{
	arg.generation++;
	assert_refused(JH_ERR_CELL_REPLACED);
	arg.generation--;
	arg.cell = 0;
	assert_refused(JH_ERR_ROOT_CELL);
	arg.cell = cell->id;
	fake_cell_report(cell->id)->state = JH_CELL_RUNNING;
	assert_refused(JH_ERR_CELL_RUNNING);
	fake_cell_report(cell->id)->state = JH_CELL_CREATED;
	cell->loading = true;
	assert_int_equal(jh_load(&arg), -refuse_errno(JH_ERR_CELL_BUSY));
	assert_true(cell->loading);
	cell->loading = false;
	assert_int_equal(fake_hv.calls[JH_HC_CELL_WRITE], 0);
}

static void counts(void **state)
{
	arg.count = 0;
	assert_int_equal(jh_load(&arg), -EINVAL);
	arg.count = JH_LOAD_SEGMENTS + 1;
	assert_int_equal(jh_load(&arg), -E2BIG);
	arg.count = JH_LOAD_SEGMENTS;
	fake_fail_alloc = 1;
	assert_int_equal(jh_load(&arg), -ENOMEM);
	arg.count = 1;
	fake_no_user = (char *)segments + sizeof(segments[0]) - 1;
	assert_int_equal(jh_load(&arg), -EFAULT);
	assert_int_equal(fake_hv.calls[JH_HC_CELL_WRITE], 0);
}

static void memory_is_short(void **state)
{
	u32 i;

	for (i = 1; i <= 3; i++) {
		fake_fail_alloc = i;
		assert_int_equal(jh_load(&arg), -ENOMEM);
		assert_int_equal(fake_fail_alloc, 0);
	}
	assert_int_equal(state_now(), JH_CELL_CREATED);
}

/* --- what is broken off --- */

static void half_loaded(void)
{
	assert_int_equal(state_now(), JH_CELL_LOADING);
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
	assert_refused(JH_ERR_LOAD_PART);
	assert_int_equal(arg.error.limit, sizeof(image) - 1);
	segments[0] = (struct jh_segment){ (uintptr_t)image, sizeof(image), 1 };
	assert_refused(JH_ERR_LOAD_PART);
	assert_int_equal(arg.error.value, 0);
	segments[0].address = 0;
	assert_int_equal(jh_load(&arg), 0);
	assert_null(cell->torn);
	segments[0].length = 1;
	assert_int_equal(jh_load(&arg), 0);
}

/* What lies between two segments is not missing, and what covers only their ends is. */
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
	assert_refused(JH_ERR_LOAD_PART);
	assert_int_equal(arg.error.value, 0);
	assert_int_equal(arg.error.limit, 0x1fff);
	/* In other pieces it is whole. */
	segments[1] = (struct jh_segment){ (uintptr_t)image, 0x2000, 0 };
	assert_int_equal(jh_load(&arg), 0);
	assert_null(cell->torn);
}

static void nothing_but_empty_segments(void **state)
{
	arg.count = 2;
	segments[0].length = 0;
	segments[1] = (struct jh_segment){ 0, 0, PIECE };
	assert_refused(JH_ERR_LOAD_EMPTY);
	segments[1].length = 1;
	assert_int_equal(jh_load(&arg), 0);
	segments[1].length = 0;
	assert_refused(JH_ERR_LOAD_EMPTY);
	assert_int_equal(state_now(), JH_CELL_LOADED);
}

static void a_signal(void **state)
{
	fake_hv.signal_after = 1;
	assert_int_equal(jh_load(&arg), -ERESTARTSYS);
	assert_int_equal(fake_hv.calls[JH_HC_CELL_WRITE], 1);
	half_loaded();
	/* One that came before the lock was had. */
	assert_int_equal(jh_load(&arg), -ERESTARTSYS);
	fake_signal = false;
	assert_int_equal(jh_load(&arg), 0);
	assert_memory_equal(ram(), image, sizeof(image));
}

static void the_hypervisor_refuses(void **state)
{
	fake_hv.refused_code = JH_HC_CELL_WRITE;
	fake_hv.refused_after = 2;
	fake_hv.refused_reason = JH_ERR_HV_INTERNAL;
	assert_refused(JH_ERR_HV_INTERNAL);
	half_loaded();
	fake_hv.refused_code = JH_HC_CELL_LOADED;
	fake_hv.refused_after = 1;
	assert_refused(JH_ERR_HV_INTERNAL);
	assert_int_equal(cell->torn->list[0].end, sizeof(image));
}

static void a_first_piece_that_is_refused_tears_nothing(void **state)
{
	fake_hv.refused_code = JH_HC_CELL_WRITE;
	fake_hv.refused_after = 1;
	fake_hv.refused_reason = JH_ERR_HV_INTERNAL;
	assert_refused(JH_ERR_HV_INTERNAL);
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

static void the_cell_is_destroyed(void **state)
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

static void nobody_starts_or_loads_it(void **state)
{
	fake_meanwhile = start_and_load;
	assert_int_equal(jh_load(&arg), 0);
	assert_int_equal(fake_hv.calls[JH_HC_CELL_START], 0);
	assert_memory_equal(ram(), image, sizeof(image));
}

/* --- restart --- */

static void cell_that_restarts(u32 most)
{
	jh_lock.held = 1;
	assert_int_equal(jh_cell_destroy(cell, &err), 0);
	parts.cell.on_failure = JH_ON_FAILURE_RESTART;
	parts.cell.max_restarts = most;
	create();
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

static void it_gets_the_same_bytes(void **state)
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
	assert_int_equal(state_now(), JH_CELL_RUNNING);
	assert_int_equal(fake_hv.restarts, 1);
	assert_int_equal(ram()[0], 1);
	assert_int_equal(ram()[0x7ff], (u8)(0x7ff * 7 + 7 + 1));
	assert_int_equal(ram()[0x800] | ram()[0x1fff], 0);
	assert_int_equal(ram()[0x2000], (u8)(0x2000 * 7 + 0x20 + 1));
	assert_int_equal(ram()[SIZE], 0xee);
	assert_int_equal(ram()[GAP + PIECE - 1], (u8)((PIECE - 1) * 7 + 0xff + 1));
	assert_int_equal(fake_seen.last_event, JH_CELL_RUNNING);
	assert_non_null(strstr(fake_printed, "restart 1 of 2"));
	assert_int_equal(fake_seen.quiet, 1);
}

/* Half of the images are there: a small load does not make it whole. */
static void one_that_is_broken_off_leaves_it_half_loaded(void **state)
{
	cell_that_restarts(2);
	assert_int_equal(jh_load(&arg), 0);
	start();
	fake_hv.refused_code = JH_HC_CELL_WRITE;
	fake_hv.refused_after = 2;
	fake_hv.refused_reason = JH_ERR_HV_INTERNAL;
	it_fails();
	assert_int_equal(state_now(), JH_CELL_LOADING);
	segments[0].length = 1;
	assert_refused(JH_ERR_LOAD_PART);
	segments[0].length = sizeof(image);
	assert_int_equal(jh_load(&arg), 0);
	start();
	/* One that went well leaves no trace. */
	it_fails();
	assert_int_equal(state_now(), JH_CELL_RUNNING);
	assert_null(cell->torn);
}

static void not_more_often_than_it_may(void **state)
{
	cell_that_restarts(2);
	assert_int_equal(jh_load(&arg), 0);
	start();
	it_fails();
	it_fails();
	assert_int_equal(cell->restarts, 2);
	assert_int_equal(state_now(), JH_CELL_RUNNING);
	it_fails();
	assert_int_equal(cell->restarts, 2);
	assert_int_equal(state_now(), JH_CELL_FAILED);
	assert_false(jh_event_restarts(cell));
	/* Its user starts it anew: it has all of them again. */
	assert_int_equal(jh_load(&arg), 0);
	start();
	it_fails();
	assert_int_equal(state_now(), JH_CELL_RUNNING);
	assert_int_equal(cell->restarts, 1);
}

/* Whoever waits for a cell's end goes on waiting. */
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

static void one_that_only_says_so(void **state)
{
	cell_that_restarts(1);
	assert_int_equal(jh_load(&arg), 0);
	start();
	fake_hv.comm[cell->id] = JH_COMM_FAILED;
	fake_work();
	assert_int_equal(state_now(), JH_CELL_RUNNING);
	assert_int_equal(cell->restarts, 1);
	assert_int_equal(fake_hv.calls[JH_HC_CELL_STOP], 1);
}

static void one_that_was_shut_down_stays(void **state)
{
	cell_that_restarts(5);
	assert_int_equal(jh_load(&arg), 0);
	start();
	fake_cell_report(cell->id)->state = JH_CELL_FAILED;
	mutex_lock(&jh_lock);
	assert_int_equal(jh_cell_shutdown(cell, 0, &err), 0);
	mutex_unlock(&jh_lock);
	it_fails();
	assert_int_equal(state_now(), JH_CELL_FAILED);
	assert_int_equal(cell->restarts, 0);
	assert_false(jh_event_restarts(cell));
}

static void fails_while_asked(void)
{
	fake_meanwhile = NULL;
	it_fails();
}

static void one_that_fails_while_it_is_asked_has_ended(void **state)
{
	cell_that_restarts(5);
	assert_int_equal(jh_load(&arg), 0);
	start();
	fake_meanwhile = fails_while_asked;
	mutex_lock(&jh_lock);
	assert_int_equal(jh_cell_shutdown(cell, 0, &err), 0);
	mutex_unlock(&jh_lock);
	assert_int_equal(cell->restarts, 0);
	assert_int_equal(state_now(), JH_CELL_STOPPED);
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
	create();
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
		assert_int_equal(state_now(), JH_CELL_STOPPED);
		assert_true(jh_event_restarts(cell));
		jiffies += HZ + 1;
		fake_work();
		assert_int_equal(state_now(), JH_CELL_RUNNING);
		assert_memory_equal(ram(), image, sizeof(image));
		assert_int_equal(fake_hv.restarts, 0);
		assert_int_equal(cell->restarts, 0);
	}
	/* It switches itself off. */
	fake_cell_report(cell->id)->state = JH_CELL_STOPPED;
	jiffies += HZ + 1;
	fake_work();
	assert_int_equal(state_now(), JH_CELL_STOPPED);
	/* And is switched on, with what was loaded. */
	memset(fake_hv.ram[cell->id], 0xee, FAKE_GUEST_RAM);
	start();
	assert_memory_equal(ram(), image, sizeof(image));
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
		assert_int_equal(state_now(), JH_CELL_RUNNING);
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
	assert_int_equal(state_now(), JH_CELL_STOPPED);
}

static void a_reset_without_leave_ends_it(void **state)
{
	assert_int_equal(jh_load(&arg), 0);
	start();
	it_asks_for_a_reset();
	jiffies += HZ + 1;
	fake_work();
	assert_int_equal(state_now(), JH_CELL_STOPPED);
	/* What it left is what it finds. */
	start();
	assert_int_equal(ram()[0], 0xee);
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
		assert_int_not_equal(state_now(), JH_CELL_RUNNING);
		assert_non_null(strstr(fake_printed, "restart of a cell refused"));
		fake_printed[0] = 0;
		fake_work();
		assert_null(strstr(fake_printed, "restart"));
	}
	/* Nor is memory there for it. */
	fake_cell_report(cell->id)->state = JH_CELL_STOPPED;
	assert_int_equal(jh_load(&arg), 0);
	start();
	fake_fail_alloc = 1;
	it_fails();
	assert_non_null(strstr(fake_printed, "restart of a cell failed"));
	assert_int_equal(cell->restarts, 0);
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
	assert_refused(JH_ERR_HV_INTERNAL);
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

static void others_keep_nothing(void **state)
{
	u32 before = fake_allocated();

	assert_int_equal(jh_load(&arg), 0);
	assert_int_equal(images(), 0);
	assert_int_equal(fake_allocated(), before);
	start();
	it_fails();
	assert_int_equal(state_now(), JH_CELL_FAILED);
	assert_int_equal(fake_seen.last_event, JH_CELL_FAILED);
}

static void without_jh(void **state)
{
	struct jh_system *system = jh_system;

	jh_system = NULL;
	assert_int_equal(jh_load(&arg), -refuse_errno(JH_ERR_NOT_ENABLED));
	fake_work();
	assert_null(fake_seen.work);
	jh_system = system;
	assert_int_equal(fake_hv.calls[JH_HC_CELL_WRITE], 0);
}

#define test(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		test(where_it_starts),
		test(piece_by_piece),
		test(no_piece_lies_in_two_memories),
		test(several_segments_and_zeroes),
		test(devices_are_quiet_first),
		test(ranges),
		test(cells_that_cannot_be_loaded),
		test(counts),
		test(memory_is_short),
		test(memory_that_user_space_does_not_have),
		test(segments_that_were_broken_off),
		test(nothing_but_empty_segments),
		test(a_signal),
		test(the_hypervisor_refuses),
		test(a_first_piece_that_is_refused_tears_nothing),
		test(the_cell_is_destroyed),
		test(nobody_starts_or_loads_it),
		test(it_gets_the_same_bytes),
		test(one_that_is_broken_off_leaves_it_half_loaded),
		test(not_more_often_than_it_may),
		test(one_that_will_be_restarted_has_not_ended),
		test(one_that_only_says_so),
		test(one_that_was_shut_down_stays),
		test(one_that_fails_while_it_is_asked_has_ended),
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
		test(others_keep_nothing),
		test(without_jh),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
