// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (c) The jh authors
 *
 * The life of a cell over a hypervisor that keeps its rules: what is refused changes nothing, and
 * what was created goes as a whole, its object with it.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

#include "../jh.h"
#include "cells.h"

static struct blob_parts parts;
static struct jh_error err;
static int code;

static int setup(void **state)
{
	fake_reset();
	fake_cells_reset();
	blob_cell(&parts);
	return 0;
}

/* Nothing of any cell is left, whatever happened in between. */
static void assert_nothing_is_left(void)
{
	assert_true(list_empty(&jh_cells));
	assert_int_equal(fake_allocated(), 0);
	assert_int_equal(fake_seen.devices, 0);
	assert_int_equal(fake_online.bits, 0xff);
	/* Whoever looks finds no cell, and never looks again. */
	if (fake_seen.work)
		fake_work();
	assert_null(fake_seen.work);
	assert_int_equal(fake_hotplug_held, 0);
	assert_int_equal(jh_lock.held, 1);
}

static int teardown(void **state)
{
	struct jh_cell *cell, *next;

	fake_meanwhile = NULL;
	fake_signal = false;
	memset(fake_hv.comm, 0, sizeof(fake_hv.comm));
	fake_hv.refused_after = 0;
	list_for_each_entry_safe(cell, next, &jh_cells, list)
		assert_int_equal(jh_cell_destroy(cell, &err), 0);
	assert_nothing_is_left();
	fake_cells_end();
	return 0;
}

/* A cell on these CPUs with this name, and no device. */
static struct jh_cell *create(const char *name, u32 cpu, u32 num_cpus)
{
	u32 i;

	memset(parts.cell.name, 0, sizeof(parts.cell.name));
	strcpy(parts.cell.name, name);
	parts.num_cpus = num_cpus;
	for (i = 0; i < num_cpus; i++)
		parts.cpus[i].cpu = cpu + i;
	return fake_create(&parts, &err, &code);
}

static void assert_refused(u32 reason)
{
	assert_int_equal(err.reason, reason);
	assert_int_equal(code, -refuse_errno(reason));
}

static void load(struct jh_cell *cell)
{
	fake_cell_report(cell->id)->state = JH_CELL_LOADED;
}

static struct jh_cell *running(const char *name, u32 cpu)
{
	struct jh_cell *cell = create(name, cpu, 1);

	assert_non_null(cell);
	load(cell);
	assert_int_equal(jh_cell_start(cell, &err), 0);
	assert_int_equal(jh_report_state(cell->id), JH_CELL_RUNNING);
	return cell;
}

/* --- create and destroy --- */

static void again_and_again(void **state)
{
	u32 round, generation = 0;

	for (round = 0; round < 100; round++) {
		struct jh_cell *cell = create("rtos", 3, 2);

		assert_non_null(cell);
		assert_int_equal(cell->id, 1);
		assert_int_equal(fake_hv.generation, cell->generation);
		assert_true(cell->generation > generation);
		generation = cell->generation;
		assert_int_equal(fake_online.bits, 0xff & ~0x18);
		assert_int_equal(cell->cpus_taken, 0x18);
		assert_int_equal(fake_seen.devices, 1);
		assert_non_null(fake_seen.work);
		fake_hv.scrub_left = 3;
		assert_int_equal(jh_cell_destroy(cell, &err), 0);
		assert_nothing_is_left();
	}
	assert_int_equal(fake_hv.calls[JH_HC_CELL_SCRUB], 300);
}

static void each_step_that_fails_is_undone(void **state)
{
	fake_seen.device_code = JH_ERR_DEVICE_BUSY;
	assert_null(create("rtos", 3, 2));
	assert_refused(JH_ERR_DEVICE_BUSY);
	assert_nothing_is_left();
	fake_seen.device_code = 0;

	fake_cpu_busy = 4;
	assert_null(create("rtos", 3, 2));
	assert_refused(JH_ERR_CPU_HOTPLUG);
	assert_int_equal(err.object, JH_OBJ_CPU);
	assert_int_equal(err.index, 1);
	assert_int_equal(err.value, 4);
	assert_nothing_is_left();
	fake_cpu_busy = -1;

	fake_hv.refused_code = JH_HC_CELL_CREATE;
	fake_hv.refused_after = 1;
	fake_hv.refused_reason = JH_ERR_POOL_SPACE;
	assert_null(create("rtos", 3, 2));
	assert_refused(JH_ERR_POOL_SPACE);
	assert_nothing_is_left();

	fake_seen.sysfs_fails = true;
	assert_null(create("rtos", 3, 2));
	assert_int_equal(code, -ENOMEM);
	assert_nothing_is_left();
	assert_int_equal(fake_hv.calls[JH_HC_CELL_CREATE], 1);
}

static void memory_is_short(void **state)
{
	/* The configuration, the cell, its name, the copy for the hypervisor. */
	fake_fail_alloc = 4;
	assert_null(create("rtos", 3, 1));
	assert_int_equal(code, -ENOMEM);
	assert_int_equal(fake_hv.calls[JH_HC_CELL_CREATE], 0);
	assert_nothing_is_left();
}

static void a_number_that_cannot_be(void **state)
{
	fake_hv.create_result = JH_MAX_CELLS;
	assert_null(create("rtos", 3, 1));
	assert_refused(JH_ERR_HV_INTERNAL);
	assert_int_equal(err.value, JH_MAX_CELLS);
	assert_nothing_is_left();
}

static void a_destroy_that_fails_leaves_the_cell(void **state)
{
	static const u32 steps[] = { JH_HC_CELL_STOP, JH_HC_CELL_SCRUB, JH_HC_CELL_DESTROY };
	struct jh_cell *cell = running("rtos", 3);
	u32 i;

	for (i = 0; i < ARRAY_SIZE(steps); i++) {
		fake_hv.refused_code = steps[i];
		fake_hv.refused_after = 1;
		fake_hv.refused_reason = JH_ERR_HV_INTERNAL;
		code = jh_cell_destroy(cell, &err);
		assert_refused(JH_ERR_HV_INTERNAL);
		assert_ptr_equal(jh_cell_find(1, cell->generation, &err), cell);
		assert_int_equal(fake_online.bits, 0xff & ~8);
		assert_int_equal(fake_seen.devices, 1);
		assert_non_null(fake_seen.work);
	}
	assert_int_equal(jh_cell_destroy(cell, &err), 0);
	assert_nothing_is_left();
}

static void who_still_holds_it_keeps_it(void **state)
{
	struct jh_cell *cell = create("rtos", 3, 1);

	assert_ptr_equal(jh_turn_hold(cell), cell);
	assert_false(jh_turn_is_over(cell));
	assert_int_equal(jh_cell_destroy(cell, &err), 0);
	assert_true(jh_turn_is_over(cell));
	assert_true(fake_allocated() > 0);
	jh_turn_release(cell);
	assert_nothing_is_left();
}

static void it_is_looked_at_while_there_are_cells(void **state)
{
	struct jh_cell *first = create("one", 3, 1), *second = create("two", 4, 1);

	assert_int_equal(jh_cell_destroy(first, &err), 0);
	assert_non_null(fake_seen.work);
	fake_work();
	assert_non_null(fake_seen.work);
	jh_event_stop();
	assert_null(fake_seen.work);
	jh_event_check();
	assert_non_null(fake_seen.work);
	assert_int_equal(jh_cell_destroy(second, &err), 0);
	assert_nothing_is_left();
}

/* --- what is refused before anything is taken --- */

static void names(void **state)
{
	assert_null(create("qemu-virt", 3, 1));
	assert_refused(JH_ERR_NAME_ROOT);
	assert_non_null(create("rtos", 3, 1));
	assert_null(create("rtos", 4, 1));
	assert_refused(JH_ERR_NAME_TAKEN);
	assert_int_equal(fake_online.bits, 0xff & ~8);
	assert_non_null(create("rtos2", 4, 1));
}

static void cpus(void **state)
{
	struct jh_cell *other = create("other", 5, 1);

	assert_null(create("rtos", 4, 2));
	assert_refused(JH_ERR_CPU_TAKEN);
	assert_int_equal(err.cell, other->id);
	assert_int_equal(err.index, 1);
	assert_int_equal(err.value, 5);
	fake_present.bits = 0x7f;
	assert_null(create("rtos", 6, 2));
	assert_refused(JH_ERR_CPU_ABSENT);
	assert_int_equal(err.value, 7);
	assert_null(create("rtos", nr_cpu_ids, 1));
	assert_refused(JH_ERR_CPU_ABSENT);
	fake_present.bits = 0xff;
	remove_cpu(6);
	assert_null(create("rtos", 6, 1));
	assert_refused(JH_ERR_CPU_OFFLINE);
	add_cpu(6);
	assert_int_equal(fake_online.bits, 0xff & ~0x20);
	assert_int_equal(jh_cell_destroy(other, &err), 0);
}

static void linux_keeps_one(void **state)
{
	assert_null(create("rtos", 0, 8));
	assert_refused(JH_ERR_CPU_LAST);
	assert_int_equal(err.index, 7);
	assert_int_equal(err.value, 7);
	assert_nothing_is_left();
	assert_non_null(create("rtos", 1, 7));
	assert_int_equal(fake_online.bits, 1);
}

static void configurations(void **state)
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
	assert_nothing_is_left();
	blob_system(&parts);
	assert_null(fake_create(&parts, &err, &code));
	assert_nothing_is_left();
	/* Nor has anybody heard of it, as of one that was made. */
	assert_int_equal(fake_seen.added, 0);
	blob_cell(&parts);
	assert_non_null(fake_create(&parts, &err, &code));
	assert_int_equal(fake_seen.added, 1);
}

static void without_jh(void **state)
{
	struct jh_system *system = jh_system;

	jh_system = NULL;
	assert_null(create("rtos", 3, 1));
	assert_refused(JH_ERR_NOT_ENABLED);
	assert_null(jh_cell_find(1, 1, &err));
	assert_int_equal(err.reason, JH_ERR_NOT_ENABLED);
	assert_nothing_is_left();
	jh_system = system;
}

static void which_cell_is_meant(void **state)
{
	struct jh_cell *cell = create("rtos", 3, 1);
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
	assert_non_null(create("rtos", 3, 1));
	assert_null(jh_cell_find(1, generation, &err));
	assert_int_equal(err.reason, JH_ERR_CELL_REPLACED);
}

/* --- CPUs that cannot come back while there are cells --- */

static void cpus_wait_for_the_last_cell(void **state)
{
	struct jh_cell *first, *second;

	fake_cap = true;
	first = create("one", 3, 2);
	second = create("two", 5, 1);
	assert_int_equal(jh_cell_destroy(first, &err), 0);
	assert_int_equal(fake_online.bits, 0xff & ~0x38);
	/* The next cell gets one of those that wait, offline as it is. */
	first = create("one", 4, 1);
	assert_non_null(first);
	assert_int_equal(first->cpus_taken, 0x10);
	assert_int_equal(jh_cell_destroy(second, &err), 0);
	assert_int_equal(fake_online.bits, 0xff & ~0x38);
	assert_int_equal(jh_cell_destroy(first, &err), 0);
	assert_nothing_is_left();
}

static void a_cpu_that_does_not_come_back_is_told(void **state)
{
	struct jh_cell *cell = create("rtos", 3, 2);

	fake_cpu_broken = 3;
	assert_int_equal(jh_cell_destroy(cell, &err), 0);
	assert_non_null(strstr(fake_printed, "CPU 3 of cell rtos does not come back"));
	assert_null(strstr(fake_printed, "CPU 4"));
	assert_int_equal(fake_online.bits, 0xff & ~8);
	fake_cpu_broken = -1;
	add_cpu(3);
}

/* --- start and shutdown --- */

static void a_slow_cpu_is_asked_again(void **state)
{
	struct jh_cell *cell = running("rtos", 3);

	fake_hv.cpu_is_slow = 5;
	assert_int_equal(jh_cell_shutdown(cell, JH_SHUTDOWN_FORCE, &err), 0);
	assert_int_equal(err.reason, 0);
	assert_int_equal(fake_hv.calls[JH_HC_CELL_STOP], 6);
	/* But not for ever. */
	assert_int_equal(jh_cell_start(cell, &err), 0);
	fake_hv.cpu_is_slow = ~0u;
	code = jh_cell_shutdown(cell, JH_SHUTDOWN_FORCE, &err);
	assert_refused(JH_ERR_CPU_LOST);
	assert_true(fake_hv.calls[JH_HC_CELL_STOP] > 100 && fake_hv.calls[JH_HC_CELL_STOP] < 1000);
	fake_hv.cpu_is_slow = 0;
}

static void a_start(void **state)
{
	struct jh_cell *cell = create("rtos", 3, 1);

	load(cell);
	cell->loading = true;
	code = jh_cell_start(cell, &err);
	assert_refused(JH_ERR_CELL_BUSY);
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
	assert_refused(JH_ERR_CELL_RUNNING);
	assert_int_equal(fake_seen.quiet, 0);
	assert_true(cell->was_started);
	assert_int_equal(jh_cell_shutdown(cell, JH_SHUTDOWN_FORCE, &err), 0);
	assert_int_equal(fake_seen.quiet, 1);
}

static void a_start_that_fails_may_have_run(void **state)
{
	struct jh_cell *cell = create("rtos", 3, 1);

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
	struct jh_cell *cell = create("rtos", 3, 1);
	u32 i;

	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		fake_cell_report(cell->id)->state = rows[i].state;
		code = jh_cell_shutdown(cell, 0, &err);
		assert_refused(rows[i].reason);
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

	asked = running("rtos", 3);
	fake_meanwhile = does;
	memset(&err, 0, sizeof(err));
	code = jh_cell_shutdown(asked, 0, &err);
	fake_meanwhile = NULL;
	fake_signal = false;
	return jiffies - began;
}

static void one_that_agrees_gets_time(void **state)
{
	unsigned long took = ask(agrees);

	assert_int_equal(code, 0);
	assert_in_range(took, 500, 600);
	assert_int_equal(jh_report_state(asked->id), JH_CELL_STOPPED);
	assert_int_equal(fake_seen.quiet, 1);
	assert_int_equal(fake_hv.calls[JH_HC_CELL_STOP], 1);
}

static void one_that_ends_is_not_waited_for(void **state)
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

static void nor_is_one_that_fails(void **state)
{
	assert_true(ask(says_that_it_failed) <= 20);
	assert_int_equal(code, 0);
	assert_int_equal(jh_cell_destroy(asked, &err), 0);
	assert_true(ask(cannot_read_the_region) <= 20);
	assert_int_equal(code, 0);
}

static void one_that_denies_runs_on(void **state)
{
	assert_true(ask(denies) <= 20);
	assert_refused(JH_ERR_SHUTDOWN_DENIED);
	assert_int_equal(jh_report_state(asked->id), JH_CELL_RUNNING);
	assert_int_equal(fake_hv.calls[JH_HC_CELL_STOP], 0);
	/* It may also say so beforehand, and is not asked then. */
	fake_hv.calls[JH_HC_CELL_MSG] = 0;
	fake_hv.comm[asked->id] = JH_COMM_RUNNING_LOCKED;
	code = jh_cell_shutdown(asked, 0, &err);
	assert_refused(JH_ERR_SHUTDOWN_DENIED);
	assert_int_equal(fake_hv.calls[JH_HC_CELL_MSG], 0);
	/* With force nobody is asked. */
	assert_int_equal(jh_cell_shutdown(asked, JH_SHUTDOWN_FORCE, &err), 0);
	assert_int_equal(jh_report_state(asked->id), JH_CELL_STOPPED);
}

static void one_that_says_nothing_runs_on(void **state)
{
	unsigned long took = ask(NULL);

	assert_refused(JH_ERR_SHUTDOWN_TIMEOUT);
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
	assert_refused(JH_ERR_NO_CELL);
	assert_nothing_is_left();
	ask(is_told_to_end);
	assert_int_equal(code, -EINTR);
	assert_int_equal(jh_report_state(asked->id), JH_CELL_RUNNING);
	assert_int_equal(asked->kobj.references, 1);
}

static void a_message_that_is_refused(void **state)
{
	asked = running("rtos", 3);
	fake_hv.refused_code = JH_HC_CELL_MSG;
	fake_hv.refused_after = 1;
	fake_hv.refused_reason = JH_ERR_HV_INTERNAL;
	code = jh_cell_shutdown(asked, 0, &err);
	assert_refused(JH_ERR_HV_INTERNAL);
	assert_int_equal(jh_report_state(asked->id), JH_CELL_RUNNING);
}

static void one_that_failed_is_not_asked(void **state)
{
	asked = running("rtos", 3);
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
	struct jh_cell *stubborn, *first = running("one", 3);
	u32 first_id = first->id;

	stubborn = running("two", 4);
	assert_non_null(create("three", 5, 1));
	fake_hv.comm[first_id] = JH_COMM_SHUT_DOWN;
	fake_hv.reply[stubborn->id] = JH_REPLY_DENIED;
	jh_cell_destroy_all();
	assert_nothing_is_left();
	assert_null(strstr(fake_printed, "cannot be ended"));
}

static void a_cell_that_cannot_be_ended_is_told(void **state)
{
	struct jh_cell *cell = create("rtos", 3, 1);

	fake_hv.refused_code = JH_HC_CELL_SCRUB;
	fake_hv.refused_after = 1;
	fake_hv.refused_reason = JH_ERR_HV_INTERNAL;
	jh_cell_destroy_all();
	assert_non_null(strstr(fake_printed, "cell rtos cannot be ended"));
	assert_ptr_equal(jh_cell_find(1, cell->generation, &err), cell);
}

static void what_people_are_shown(void **state)
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

static void user_space_is_told_once(void **state)
{
	struct jh_cell *cell = running("rtos", 3);
	u32 i;

	jh_event_check();
	assert_int_equal(fake_seen.last_event, JH_CELL_RUNNING);
	fake_seen.events = 0;
	jh_event_check();
	assert_int_equal(fake_seen.events, 0);
	fake_cell_report(cell->id)->state = JH_CELL_FAILED;
	jh_event_check();
	jh_event_check();
	assert_int_equal(fake_seen.events, 1);
	assert_int_equal(fake_seen.last_event, JH_CELL_FAILED);
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
	struct jh_cell *cell = running("rtos", 3);
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
	assert_int_equal(jh_call(JH_HC_LOG_FLUSH, 0, 0, 0, 0), -ENODEV);
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

static void refusals_that_nobody_asked_for(void **state)
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

#define test(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		test(again_and_again),
		test(each_step_that_fails_is_undone),
		test(memory_is_short),
		test(a_number_that_cannot_be),
		test(a_destroy_that_fails_leaves_the_cell),
		test(who_still_holds_it_keeps_it),
		test(it_is_looked_at_while_there_are_cells),
		test(names),
		test(cpus),
		test(linux_keeps_one),
		test(configurations),
		test(without_jh),
		test(which_cell_is_meant),
		test(cpus_wait_for_the_last_cell),
		test(a_cpu_that_does_not_come_back_is_told),
		test(a_slow_cpu_is_asked_again),
		test(a_start),
		test(a_start_that_fails_may_have_run),
		test(states_that_cannot_be_shut_down),
		test(one_that_agrees_gets_time),
		test(one_that_ends_is_not_waited_for),
		test(nor_is_one_that_fails),
		test(one_that_denies_runs_on),
		test(one_that_says_nothing_runs_on),
		test(a_passive_cell_is_not_asked),
		test(others_manage_meanwhile),
		test(a_message_that_is_refused),
		test(one_that_failed_is_not_asked),
		test(the_machine_goes_down),
		test(a_cell_that_cannot_be_ended_is_told),
		test(what_people_are_shown),
		test(user_space_is_told_once),
		test(lines_in_the_log),
		test(only_a_cpu_behind_the_hypervisor_calls),
		test(the_time_of_calls),
		test(the_log_comes_out),
		test(refusals_that_nobody_asked_for),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
