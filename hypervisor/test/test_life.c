// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (c) The jh authors
 *
 * Lives of cells: each management call in each state, its effects, and the CPUs that it disturbs.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include <hv/cpu.h>
#include <hv/errno.h>
#include <hv/hypercall.h>
#include <hv/log.h>
#include <hv/pool.h>
#include <hv/report.h>
#include <jh/reasons.h>
#include "world.h"

static void a_cell_lives_and_its_number_is_reused(void **state)
{
	static const struct {
		u32 config, comm;
	} flags[] = {
		{ 0, 0 },
		{ JH_CELL_PUTC, JH_COMM_PUTC_PERMITTED },
		{ JH_CELL_PUTC | JH_CELL_PUTC_ACTIVE,
		  JH_COMM_PUTC_PERMITTED | JH_COMM_PUTC_ACTIVE },
	};
	const struct jh_comm_region *comm;
	struct fake_translation t;
	struct blob_parts parts;
	u32 round;
	s64 id;

	(void)state;
	world_boot(&fake_defaults, 0x8);
	fake_watch(FAKE_DEVICE);
	fake_watch(FAKE_DEVICE - PAGE_SIZE);
	world_remember();
	for (round = 0; round < ARRAY_SIZE(flags); round++) {
		world_rich_cell(&parts);
		parts.cell.flags = flags[round].config;
		id = world_create(&parts);
		assert_int_equal(id, 1);
		world_check();
		assert_int_equal(root_cell.cpu_mask, 0x7);
		assert_string_equal(report.cells[1].name, "rich");
		assert_int_equal(fake_irq_owner(40), 1);
		assert_false(fake_irq_edge(40));
		assert_true(fake_irq_edge(41));
		assert_false(fake_touch(0, FAKE_DEVICE, &t));
		fake_memory_fill(AT_IMAGE, 0x10000, 0x5a);
		assert_int_equal(world_load(1, 0, 0x10000), 0);
		assert_int_equal(world_start(1), 0);
		assert_int_equal(fake_cpus[3].mode, FAKE_GUEST);
		assert_true(fake_touch(3, 0x123, &t));
		assert_true(fake_memory_is(t.pa & PAGE_MASK, PAGE_SIZE, 0x5a));
		assert_true(fake_touch(3, parts.cell.comm_address, &t));
		comm = fake_memory_view(t.pa);
		assert_memory_equal(comm->signature, JH_COMM_SIGNATURE, 6);
		assert_int_equal(comm->flags, flags[round].comm);
		assert_int_equal(report.cells[1].starts, 1);
		world_check();
		assert_int_equal(world_destroy(1), 0);
		assert_true(fake_touch(0, FAKE_DEVICE, &t));
		assert_true(fake_memory_is(FAKE_POOL0, FAKE_POOL0_SIZE, 0));
		assert_true(fake_memory_is(FAKE_POOL1, FAKE_POOL1_SIZE, 0));
		world_unchanged();
	}
}

/* --- each call in each state --- */

struct verdict {
	int ret;	/* 0: it succeeds */
	u32 reason;
};

static s64 call_in_state(u64 code, u64 id)
{
	if (code == JH_HC_CELL_WRITE) {
		(void)world_clean(id);
		return fake_hypercall(0, code, id, 0, AT_IMAGE, 16);
	}
	if (code == JH_HC_CELL_START)
		(void)world_clean(id);
	if (code == JH_HC_CELL_MSG)
		return fake_hypercall(0, code, id, JH_MSG_SHUTDOWN_REQUEST, 0, 0);
	if (code == JH_HC_CELL_SAMPLE)
		return fake_hypercall(0, code, id, 3, 0, 0);
	return world_call(code, id);
}

static void bring_to(u32 state)
{
	struct blob_parts parts;
	u64 id;

	world_boot(&fake_defaults, 0xc);
	world_cell(&parts, "a", 3);
	id = (u64)world_create(&parts);
	assert_int_equal(id, 1);
	if (state == JH_CELL_LOADING)
		assert_int_equal(call_in_state(JH_HC_CELL_WRITE, id), 0);
	else if (state >= JH_CELL_LOADED)
		assert_int_equal(world_load(id, 0, 4096), 0);
	if (state >= JH_CELL_RUNNING && state != JH_CELL_LOADING)
		assert_int_equal(world_start(id), 0);
	if (state == JH_CELL_STOPPED)
		assert_int_equal(world_call(JH_HC_CELL_STOP, id), 0);
	if (state == JH_CELL_FAILED)
		world_fail(3);
	if (state == JH_CELL_DYING)
		assert_int_equal(world_call(JH_HC_CELL_SCRUB, id), 0);
	assert_int_equal(cell_get(id)->state, state);
}

/* What root does for a cell with on-failure = "restart". */
static void a_cell_is_started_again(void **state)
{
	struct blob_parts parts;

	(void)state;
	world_boot(&fake_defaults, 0xc);
	world_cell(&parts, "a", 3);
	parts.cell.on_failure = JH_ON_FAILURE_RESTART;
	parts.cell.max_restarts = 3;
	assert_int_equal(world_run(&parts), 1);
	world_fail(3);
	assert_int_equal(cell_get(1)->state, JH_CELL_FAILED);
	assert_int_equal(world_call(JH_HC_CELL_STOP, 1), 0);
	assert_int_equal(world_load(1, 0, 4096), 0);
	assert_int_equal(fake_hypercall(0, JH_HC_CELL_START, 1, 1, 0, 0), 0);
	assert_int_equal(report.cells[1].starts, 2);
	assert_int_equal(report.cells[1].restarts, 1);
	assert_int_equal(report.cells[1].crash.cause, JH_CRASH_NONE);
	/* By hand: counted anew. */
	assert_int_equal(world_call(JH_HC_CELL_STOP, 1), 0);
	assert_int_equal(world_start(1), 0);
	assert_int_equal(report.cells[1].restarts, 0);
	assert_int_equal(world_destroy(1), 0);
}

/* Where a load says that the cell starts, there it does, and so does each life after it. */
static void a_load_says_where_the_cell_starts(void **state)
{
	static const u64 wrong[] = { 0x40000000, 2, ~3ULL, 1ULL << 47 };
	struct blob_parts parts;
	u32 i;

	(void)state;
	world_boot(&fake_defaults, 0xc);
	world_cell(&parts, "a", 3);
	assert_int_equal(world_create(&parts), 1);
	assert_int_equal(report.cells[1].entry, 0);
	for (i = 0; i < ARRAY_SIZE(wrong); i++) {
		(void)world_clean(1);
		assert_int_equal(fake_hypercall(0, JH_HC_CELL_WRITE, 1, 0, AT_IMAGE, 4096), 0);
		world_refused(fake_hypercall(0, JH_HC_CELL_LOADED, 1, wrong[i], 0x47f00000, 0),
			      -EINVAL, wrong[i] & 3 ? JH_ERR_ALIGN : JH_ERR_ENTRY, JH_OBJ_CELL, 0);
		assert_int_equal(report.head.error.value, wrong[i]);
		assert_int_equal(cell_get(1)->state, JH_CELL_LOADING);
		assert_int_equal(report.cells[1].argument, 0);
	}
	assert_int_equal(fake_hypercall(0, JH_HC_CELL_LOADED, 1, 0x1000, 0x47f00000, 0), 0);
	assert_int_equal(report.cells[1].entry, 0x1000);
	assert_int_equal(report.cells[1].argument, 0x47f00000);
	for (i = 0; i < 2; i++) {
		assert_int_equal(world_start(1), 0);
		assert_int_equal(fake_cpus[3].entry, 0x1000);
		assert_int_equal(fake_cpus[3].argument, 0x47f00000);
		assert_int_equal(world_call(JH_HC_CELL_STOP, 1), 0);
	}
	/* The next owner of the number starts as its configuration says. */
	assert_int_equal(world_destroy(1), 0);
	assert_int_equal(world_create(&parts), 1);
	assert_int_equal(report.cells[1].entry, 0);
	assert_int_equal(report.cells[1].argument, 0);
}

/* What root gave with the number comes back with it, and what is in use is told without a call. */
static void the_report_tells_generation_and_pool(void **state)
{
	struct blob_parts parts;
	u32 length;

	(void)state;
	world_boot(&fake_defaults, 0xc);
	assert_int_equal(report.head.pool_used, pool_used());
	world_cell(&parts, "a", 3);
	length = world_put(AT_CONFIG, &parts);
	assert_int_equal(fake_hypercall(0, JH_HC_CELL_CREATE, AT_CONFIG, length, 0x12345678, 0), 1);
	assert_int_equal(report.cells[1].generation, 0x12345678);
	assert_int_equal(report.cells[0].generation, 0);
	assert_int_equal(report.head.pool_used, pool_used());
	assert_int_equal(world_destroy(1), 0);
	assert_int_equal(report.head.pool_used, pool_used());
	assert_int_equal(fake_hypercall(0, JH_HC_CELL_CREATE, AT_CONFIG, length, 7, 0), 1);
	assert_int_equal(report.cells[1].generation, 7);
	assert_int_equal(world_destroy(1), 0);
}

#define OK		{ 0, 0 }
#define NO(errno, reason)	{ -errno, JH_ERR_##reason }

static const struct {
	u64 code;
	struct verdict in[JH_CELL_STATES];
} matrix[] = {
	{ JH_HC_CELL_START, {
		[JH_CELL_CREATED] = NO(EINVAL, NOT_LOADED), [JH_CELL_LOADED] = OK,
		[JH_CELL_RUNNING] = NO(EBUSY, CELL_RUNNING), [JH_CELL_STOPPED] = OK,
		[JH_CELL_FAILED] = OK, [JH_CELL_DYING] = NO(EBUSY, CELL_DYING),
		[JH_CELL_LOADING] = NO(EINVAL, HALF_LOADED) } },
	{ JH_HC_CELL_STOP, {
		[JH_CELL_CREATED] = OK, [JH_CELL_LOADED] = OK, [JH_CELL_RUNNING] = OK,
		[JH_CELL_STOPPED] = OK, [JH_CELL_FAILED] = OK,
		[JH_CELL_DYING] = NO(EBUSY, CELL_DYING), [JH_CELL_LOADING] = OK } },
	{ JH_HC_CELL_WRITE, {
		[JH_CELL_CREATED] = OK, [JH_CELL_LOADED] = OK,
		[JH_CELL_RUNNING] = NO(EBUSY, CELL_RUNNING), [JH_CELL_STOPPED] = OK,
		[JH_CELL_FAILED] = OK, [JH_CELL_DYING] = NO(EBUSY, CELL_DYING),
		[JH_CELL_LOADING] = OK } },
	{ JH_HC_CELL_LOADED, {
		[JH_CELL_CREATED] = NO(EINVAL, NOT_LOADED),
		[JH_CELL_LOADED] = NO(EINVAL, CELL_NOT_RUNNING),
		[JH_CELL_RUNNING] = NO(EBUSY, CELL_RUNNING),
		[JH_CELL_STOPPED] = NO(EBUSY, NOT_SCRUBBED),
		[JH_CELL_FAILED] = NO(EBUSY, NOT_SCRUBBED),
		[JH_CELL_DYING] = NO(EBUSY, CELL_DYING), [JH_CELL_LOADING] = OK } },
	{ JH_HC_CELL_CLEAN, {
		[JH_CELL_CREATED] = OK, [JH_CELL_LOADED] = OK,
		[JH_CELL_RUNNING] = NO(EBUSY, CELL_RUNNING), [JH_CELL_STOPPED] = OK,
		[JH_CELL_FAILED] = OK, [JH_CELL_DYING] = NO(EBUSY, CELL_DYING),
		[JH_CELL_LOADING] = OK } },
	{ JH_HC_CELL_SCRUB, {
		[JH_CELL_CREATED] = OK, [JH_CELL_LOADED] = OK, [JH_CELL_RUNNING] = OK,
		[JH_CELL_STOPPED] = OK, [JH_CELL_FAILED] = OK, [JH_CELL_DYING] = OK,
		[JH_CELL_LOADING] = OK } },
	{ JH_HC_CELL_DESTROY, {
		[JH_CELL_CREATED] = NO(EINVAL, NOT_LOADED),
		[JH_CELL_LOADED] = NO(EINVAL, CELL_NOT_RUNNING),
		[JH_CELL_RUNNING] = NO(EBUSY, CELL_RUNNING),
		[JH_CELL_STOPPED] = NO(EBUSY, NOT_SCRUBBED),
		[JH_CELL_FAILED] = NO(EBUSY, NOT_SCRUBBED), [JH_CELL_DYING] = OK,
		[JH_CELL_LOADING] = NO(EINVAL, HALF_LOADED) } },
	{ JH_HC_CELL_MSG, {
		[JH_CELL_CREATED] = NO(EINVAL, NOT_LOADED),
		[JH_CELL_LOADED] = NO(EINVAL, CELL_NOT_RUNNING), [JH_CELL_RUNNING] = OK,
		[JH_CELL_STOPPED] = OK, [JH_CELL_FAILED] = OK,
		[JH_CELL_DYING] = NO(EBUSY, CELL_DYING),
		[JH_CELL_LOADING] = NO(EINVAL, HALF_LOADED) } },
	{ JH_HC_CELL_SAMPLE, {
		[JH_CELL_CREATED] = NO(EINVAL, NOT_LOADED),
		[JH_CELL_LOADED] = NO(EINVAL, CELL_NOT_RUNNING), [JH_CELL_RUNNING] = OK,
		[JH_CELL_STOPPED] = OK, [JH_CELL_FAILED] = OK,
		[JH_CELL_DYING] = NO(EBUSY, CELL_DYING),
		[JH_CELL_LOADING] = NO(EINVAL, HALF_LOADED) } },
};

static void each_call_in_each_state(void **unused)
{
	u32 i, state;
	s64 ret;

	(void)unused;
	for (i = 0; i < ARRAY_SIZE(matrix); i++) {
		for (state = JH_CELL_CREATED; state < JH_CELL_STATES; state++) {
			const struct verdict *v = &matrix[i].in[state];

			bring_to(state);
			ret = call_in_state(matrix[i].code, 1);
			if (matrix[i].code == JH_HC_CELL_SAMPLE && !v->ret && !world_is_whole()) {
				world_refused(ret, -EOPNOTSUPP, JH_ERR_NO_SAMPLE,
					      JH_OBJ_HYPERVISOR, 0);
				continue;
			}
			if (ret != v->ret)
				fail_msg("call %llu in state %u: %lld", matrix[i].code, state, ret);
			if (ret) {
				world_refused(ret, v->ret, v->reason, JH_OBJ_CELL, 1);
				assert_int_equal(cell_get(1)->state, state);
			}
			world_check();
		}
	}
}

static void cells_that_are_not_there(void **state)
{
	static const u64 numbers[] = { 0, 2, 16, 17, 18, 1UL << 32, (1UL << 32) + 1, ~0UL };
	u32 i, j;

	(void)state;
	bring_to(JH_CELL_RUNNING);
	for (i = 0; i < ARRAY_SIZE(matrix); i++) {
		for (j = 0; j < ARRAY_SIZE(numbers); j++)
			world_refused(call_in_state(matrix[i].code, numbers[j]), -ENOENT,
				      JH_ERR_NO_CELL, JH_OBJ_CELL, (u32)numbers[j]);
	}
	assert_int_equal(cell_get(1)->state, JH_CELL_RUNNING);
}

/* --- failure at every allocation --- */

static void running_out_at_any_allocation_undoes_all(void **state)
{
	struct blob_parts parts;
	u32 nth;
	s64 id;

	(void)state;
	for (nth = 1;; nth++) {
		world_boot(&fake_defaults, 0x8);
		world_remember();
		world_rich_cell(&parts);
		fake_pool_fail(nth);
		id = world_create(&parts);
		if (id > 0)
			break;
		assert_true(fake_pool_failed());
		assert_int_equal(id, -ENOMEM);
		assert_int_equal(report.head.error.reason, JH_ERR_HV_POOL);
		fake_pool_fail(0);
		world_unchanged();
		assert_true(world_create(&parts) > 0);
		world_check();
		assert_int_equal(world_destroy(1), 0);
		world_unchanged();
	}
	assert_true(nth > 8);
}

static void a_late_refusal_undoes_all(void **state)
{
	struct blob_parts parts;

	(void)state;
	world_boot(&fake_defaults, 0x8);
	world_remember();
	world_rich_cell(&parts);
	parts.cell.flags = 0;
	fake_options.fail_cell = -EINVAL;
	world_refused(world_create(&parts), -EINVAL, JH_ERR_GIC_VERSION, JH_OBJ_CELL, 0);
	world_unchanged();
	fake_options.fail_cell = 0;
	assert_true(world_create(&parts) > 0);
}

static void a_small_pool_runs_out_and_recovers(void **state)
{
	struct fake_options options = fake_defaults;
	struct blob_parts parts;
	u32 tries = 0;
	s64 id;

	(void)state;
	for (options.pool_pages = 5; options.pool_pages < 60; options.pool_pages++) {
		if (fake_boot(&options))
			continue;
		fake_park(3);
		world_remember();
		world_rich_cell(&parts);
		id = world_create(&parts);
		if (id > 0)
			break;
		assert_int_equal(id, -ENOMEM);
		world_unchanged();
		tries++;
	}
	assert_true(tries > 3);
}

/* --- bystanders --- */

static u32 doorbells(u64 mask)
{
	u32 cpu, n = 0;

	for (cpu = 0; cpu < FAKE_CPUS; cpu++)
		n += mask >> cpu & 1 ? fake_cpus[cpu].doorbells : 0;
	return n;
}

static void management_disturbs_no_other_cpu(void **state)
{
	struct fake_options options = fake_defaults;
	struct blob_parts parts;
	u32 before, round;

	(void)state;
	options.cpus = 6;
	world_boot(&options, 0x38);
	world_cell(&parts, "bystander", 4);
	parts.num_cpus = 2;
	parts.cpus[1].cpu = 5;
	world_run(&parts);
	before = doorbells(0x37);
	for (round = 0; round < 20; round++) {
		world_rich_cell(&parts);
		world_run(&parts);
		assert_int_equal(world_call(JH_HC_CELL_STOP, 2), 0);
		assert_int_equal(world_start(2), 0);
		assert_int_equal(world_destroy(2), 0);
	}
	/* Root's CPUs 0-2, the bystander's 4 and 5: not one doorbell. */
	assert_int_equal(doorbells(0x37), before);
	assert_int_equal(fake_cpus[4].starts, 1);
	assert_true(doorbells(0x8) > 0);
	world_check();
}

/* --- ends --- */

static void a_lost_cpu_is_named_and_may_come_back(void **state)
{
	(void)state;
	bring_to(JH_CELL_RUNNING);
	fake_cpus[3].deaf = true;
	world_refused(world_call(JH_HC_CELL_STOP, 1), -EIO, JH_ERR_CPU_LOST, JH_OBJ_CELL, 1);
	assert_int_equal(report.head.error.value, 3);
	world_refused(world_call(JH_HC_CELL_SCRUB, 1), -EIO, JH_ERR_CPU_LOST, JH_OBJ_CELL, 1);
	world_refused(world_call(JH_HC_CELL_CLEAN, 1), -EIO, JH_ERR_CPU_LOST, JH_OBJ_CELL, 1);
	world_refused(world_call(JH_HC_CELL_START, 1), -EBUSY, JH_ERR_NOT_CLEAN, JH_OBJ_CELL, 1);
	world_refused(world_call(JH_HC_CELL_DESTROY, 1), -EBUSY, JH_ERR_NOT_SCRUBBED, JH_OBJ_CELL,
		      1);
	fake_cpus[3].deaf = false;
	fake_run();
	assert_int_equal(world_start(1), 0);
	assert_int_equal(world_destroy(1), 0);
	world_check();
}

/* Doorbells ring in the guest itself: its memory is taken away to call it back. */
static void direct_interrupts_do_not_hinder_a_stop(void **state)
{
	struct blob_parts parts;
	u32 round;

	(void)state;
	world_boot(&fake_defaults, 0xc);
	world_remember();
	world_cell(&parts, "direct", 2);
	parts.num_cpus = 2;
	parts.cpus[1].cpu = 3;
	parts.cell.flags = JH_CELL_TRUSTED | JH_CELL_IRQ_DIRECT;
	world_run(&parts);
	fake_watch(0);
	fake_watch(PAGE_SIZE);
	for (round = 0; round < 3; round++) {
		assert_int_equal(world_call(JH_HC_CELL_STOP, 1), 0);
		assert_int_equal(fake_cpus[2].mode, FAKE_WAITING);
		world_check();
		assert_int_equal(world_start(1), 0);
		assert_int_equal(fake_cpus[2].mode, FAKE_GUEST);
		world_check();
	}
	assert_int_equal(world_destroy(1), 0);
	world_unchanged();
}

static void a_failed_cell_tells_why_and_may_start_again(void **state)
{
	(void)state;
	bring_to(JH_CELL_FAILED);
	assert_int_equal(report.cells[1].state, JH_CELL_FAILED);
	assert_int_equal(report.cells[1].crash.cause, JH_CRASH_ACCESS);
	assert_int_equal(report.cells[1].crash.pc, 0x77);
	assert_int_equal(report.cpus[3].state, JH_CPUREP_FAILED);
	assert_int_equal(fake_hypercall(0, JH_HC_CELL_GET_STATE, 1, 0, 0, 0), JH_COMM_FAILED);
	assert_int_equal(fake_hypercall(0, JH_HC_CPU_GET_INFO, 3, JH_CPU_INFO_STATE, 0, 0),
			 JH_CPU_STATE_FAILED);
	assert_int_equal(world_start(1), 0);
	assert_int_equal(report.cells[1].crash.cause, JH_CRASH_NONE);
	assert_int_equal(report.cpus[3].state, JH_CPUREP_RUNNING);
	assert_int_equal(report.cells[1].starts, 2);
}

static void do_end(void *arg)
{
	(void)arg;
	cell_end(false);
}

static void a_cell_that_ends_itself_keeps_its_last_word(void **state)
{
	(void)state;
	bring_to(JH_CELL_RUNNING);
	world_comm(1)->cell_state = JH_COMM_SHUT_DOWN;
	fake_post(3, do_end, NULL);
	fake_run();
	assert_int_equal(report.cells[1].state, JH_CELL_STOPPED);
	assert_int_equal(report.cells[1].comm_state, JH_COMM_SHUT_DOWN);
	assert_int_equal(fake_cpus[3].mode, FAKE_WAITING);
	world_check();
}

static void a_dying_cell_is_not_given_back_half_clean(void **state)
{
	struct blob_parts parts;
	s64 left;

	(void)state;
	world_boot(&fake_defaults, 0x8);
	world_cell(&parts, "big", 3);
	world_add_memory(&parts, 0, 0x200000, 0x200000, RAM_FLAGS | JH_MEM_AUTO);
	world_run(&parts);
	fake_memory_fill(cell_get(1)->memories[0].pa, 0x10000, 0xee);
	fake_memory_fill(cell_get(1)->memories[1].pa, 0x200000, 0xee);
	left = world_call(JH_HC_CELL_SCRUB, 1);
	assert_int_equal(left, (0x200000 + 0x10000) / PAGE_SIZE - 256);
	world_refused(world_call(JH_HC_CELL_DESTROY, 1), -EBUSY, JH_ERR_NOT_SCRUBBED, JH_OBJ_CELL,
		      1);
	assert_int_equal(world_scrub(1), 0);
	assert_true(fake_memory_is(FAKE_POOL0, FAKE_POOL0_SIZE, 0));
	assert_int_equal(world_call(JH_HC_CELL_DESTROY, 1), 0);
}

/* --- messages --- */

static void messages_reach_a_cell_whose_caches_are_off(void **state)
{
	struct jh_comm_region *comm;

	(void)state;
	bring_to(JH_CELL_RUNNING);
	comm = world_comm(1);
	comm->reply_from_cell = JH_REPLY_DENIED;
	assert_int_equal(fake_hypercall(0, JH_HC_CELL_MSG, 1, JH_MSG_SHUTDOWN_REQUEST, 0, 0), 0);
	assert_int_equal(comm->msg_to_cell, JH_MSG_SHUTDOWN_REQUEST);
	assert_int_equal(comm->reply_from_cell, JH_REPLY_NONE);
	comm->reply_from_cell = JH_REPLY_APPROVED;
	comm->cell_state = JH_COMM_RUNNING_LOCKED;
	assert_int_equal(fake_hypercall(0, JH_HC_CELL_MSG, 1, 0xffffffff, 0, 0),
			 JH_REPLY_APPROVED);
	assert_int_equal(report.cells[1].comm_state, JH_COMM_RUNNING_LOCKED);
	assert_int_equal(fake_hypercall(0, JH_HC_CELL_MSG, 1, 3, 0, 0), -EINVAL);
	assert_int_equal(fake_hypercall(0, JH_HC_CELL_MSG, 1, ~0UL, 0, 0), -EINVAL);
}

static u32 said;

static void cell_says_something_else(void)
{
	world_comm(1)->cell_state = ++said;
}

/* Both write to one line, and nothing of it may be written back as a whole. */
static void a_word_of_the_cell_survives_a_message(void **state)
{
	(void)state;
	bring_to(JH_CELL_RUNNING);
	said = JH_COMM_RUNNING;
	cell_says_something_else();
	fake_before_clean = cell_says_something_else;
	assert_int_equal(fake_hypercall(0, JH_HC_CELL_MSG, 1, JH_MSG_SHUTDOWN_REQUEST, 0, 0), 0);
	fake_before_clean = NULL;
	assert_int_equal(world_comm(1)->cell_state, said);
	assert_int_equal(world_comm(1)->msg_to_cell, JH_MSG_SHUTDOWN_REQUEST);
	assert_int_equal(fake_hypercall(0, JH_HC_CELL_GET_STATE, 1, 0, 0, 0), said);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_cell_is_started_again),
		cmocka_unit_test(the_report_tells_generation_and_pool),
		cmocka_unit_test(a_cell_lives_and_its_number_is_reused),
		cmocka_unit_test(each_call_in_each_state),
		cmocka_unit_test(cells_that_are_not_there),
		cmocka_unit_test(running_out_at_any_allocation_undoes_all),
		cmocka_unit_test(a_late_refusal_undoes_all),
		cmocka_unit_test(a_small_pool_runs_out_and_recovers),
		cmocka_unit_test(management_disturbs_no_other_cpu),
		cmocka_unit_test(a_lost_cpu_is_named_and_may_come_back),
		cmocka_unit_test(direct_interrupts_do_not_hinder_a_stop),
		cmocka_unit_test(a_failed_cell_tells_why_and_may_start_again),
		cmocka_unit_test(a_load_says_where_the_cell_starts),
		cmocka_unit_test(a_cell_that_ends_itself_keeps_its_last_word),
		cmocka_unit_test(a_dying_cell_is_not_given_back_half_clean),
		cmocka_unit_test(messages_reach_a_cell_whose_caches_are_off),
		cmocka_unit_test(a_word_of_the_cell_survives_a_message),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
