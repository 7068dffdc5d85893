// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (c) The jh authors
 *
 * Links: who may connect, what each side sees and can do to the other, and what becomes of both
 * when one goes.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include <config.h>
#include <hv/cpu.h>
#include <hv/errno.h>
#include <hv/hypercall.h>
#include <hv/link.h>
#include <hv/report.h>
#include <jh/link.h>
#include <jh/reasons.h>
#include <refuse.h>
#include "sides.h"
#include "world.h"

static u32 rights(u32 cpu, u64 gpa)
{
	struct fake_translation t;

	return fake_touch(cpu, gpa, &t) ? t.flags & (MAP_READ | MAP_WRITE | MAP_EXECUTE) : 0;
}

static u64 place(u64 cell, u64 gpa)
{
	struct fake_translation t;

	assert_true(fake_walk(&cell_get(cell)->pt, gpa, &t));
	return t.pa;
}

static void both_sides_see_the_same(void **state)
{
	u64 page;

	(void)state;
	sides_begin_both();
	for (page = 0; page < 0x8000; page += PAGE_SIZE)
		assert_int_equal(place(sides_left, MEMORY + page),
				 place(sides_right, MEMORY + page));
	assert_int_equal(rights(LEFT_CPU, MEMORY), MAP_READ);
	assert_int_equal(rights(RIGHT_CPU, MEMORY), MAP_READ);
	for (page = COMMON; page < OUTPUT(0); page += PAGE_SIZE) {
		assert_int_equal(rights(LEFT_CPU, page), MAP_READ | MAP_WRITE);
		assert_int_equal(rights(RIGHT_CPU, page), MAP_READ | MAP_WRITE);
	}
	for (page = 0; page < 0x2000; page += PAGE_SIZE) {
		assert_int_equal(rights(LEFT_CPU, OUTPUT(0) + page), MAP_READ | MAP_WRITE);
		assert_int_equal(rights(RIGHT_CPU, OUTPUT(0) + page), MAP_READ);
		assert_int_equal(rights(LEFT_CPU, OUTPUT(1) + page), MAP_READ);
		assert_int_equal(rights(RIGHT_CPU, OUTPUT(1) + page), MAP_READ | MAP_WRITE);
	}
	assert_int_equal(rights(LEFT_CPU, MEMORY + 0x8000), 0);
	assert_int_equal(rights(0, place(sides_left, COMMON)), 0);
	assert_int_equal(world_destroy(sides_left), 0);
	assert_int_equal(world_destroy(sides_right), 0);
	world_unchanged();
}

static void what_the_registers_say(void **state)
{
	u32 offset, size;

	(void)state;
	sides_begin_both();
	assert_int_equal(sides_get(LEFT_CPU, JH_LINK_ID), 0);
	assert_int_equal(sides_get(RIGHT_CPU, JH_LINK_ID), 1);
	assert_int_equal(sides_get(LEFT_CPU, JH_LINK_MAX_PEERS), 2);
	assert_int_equal(sides_get(LEFT_CPU, JH_LINK_INT_CONTROL), 0);
	assert_int_equal(sides_get(LEFT_CPU, JH_LINK_DOORBELL), 0);
	assert_int_equal(sides_get(LEFT_CPU, JH_LINK_STATE), 0);
	assert_int_equal(sides_get(LEFT_CPU, JH_LINK_NUM_BELLS), 4);
	assert_int_equal(sides_get(LEFT_CPU, JH_LINK_TABLE_SIZE), 0x1000);
	assert_int_equal(sides_get(LEFT_CPU, JH_LINK_COMMON_SIZE), 0x3000);
	assert_int_equal(sides_get(LEFT_CPU, JH_LINK_OUTPUT_SIZE), 0x2000);
	assert_int_equal(sides_get(LEFT_CPU, JH_LINK_ADDRESS), MEMORY);
	assert_int_equal(sides_get(LEFT_CPU, JH_LINK_INTERRUPT), 100);
	sides_put(LEFT_CPU, JH_LINK_INT_CONTROL, ~0U);
	assert_int_equal(sides_get(LEFT_CPU, JH_LINK_INT_CONTROL), JH_LINK_INT_ENABLE);
	sides_put(LEFT_CPU, JH_LINK_STATE, 0x12345678);
	assert_int_equal(sides_get(LEFT_CPU, JH_LINK_STATE), 0x12345678);
	/* Nothing else can be written, and nothing is there for other sizes. */
	for (offset = 0; offset < JH_LINK_SIZE; offset += 4) {
		u32 before = offset == JH_LINK_BELLS ? 0 : sides_get(LEFT_CPU, offset);

		if (offset != JH_LINK_INT_CONTROL && offset != JH_LINK_STATE) {
			sides_put(LEFT_CPU, offset, ~0U);
			assert_int_equal(sides_get(LEFT_CPU, offset), before);
		}
		if (offset > JH_LINK_INTERRUPT)
			assert_int_equal(before, 0);
		for (size = 1; size <= 8; size *= 2) {
			if (size == 4 || offset % size)
				continue;
			sides_access(LEFT_CPU, offset, size, true, 0);
			assert_int_equal(sides_access(LEFT_CPU, offset, size, false, 0), 0);
			assert_int_equal(sides_get(LEFT_CPU, offset), before);
		}
	}
	/* A third has none. */
	fake_self = 0;
	assert_null(mmio_find(REGISTERS));
}

static void bells(void **state)
{
	u32 bell;

	(void)state;
	sides_begin_both();
	/* Kept while the interrupt is not enabled, which then comes. */
	sides_ring(LEFT_CPU, 1, 2);
	assert_false(PENDING(sides_right));
	sides_put(RIGHT_CPU, JH_LINK_INT_CONTROL, JH_LINK_INT_ENABLE);
	assert_true(PENDING(sides_right));
	cell_get(sides_right)->virqs.state = 0;
	assert_int_equal(sides_get(RIGHT_CPU, JH_LINK_BELLS), 1 << 2);
	assert_int_equal(sides_get(RIGHT_CPU, JH_LINK_BELLS), 0);
	/* Enabled again, there is none. */
	sides_put(RIGHT_CPU, JH_LINK_INT_CONTROL, JH_LINK_INT_ENABLE);
	assert_false(PENDING(sides_right));
	/* However often and however many ring: one interrupt until they were read. */
	for (bell = 0; bell < 4; bell++) {
		sides_ring(LEFT_CPU, 1, bell);
		assert_int_equal(PENDING(sides_right), bell == 0);
		cell_get(sides_right)->virqs.state = 0;
		sides_ring(LEFT_CPU, 1, bell);
		assert_false(PENDING(sides_right));
	}
	assert_int_equal(sides_get(RIGHT_CPU, JH_LINK_BELLS), 0xf);
	sides_ring(LEFT_CPU, 1, 3);
	assert_true(PENDING(sides_right));
	assert_int_equal(sides_row(sides_left)->rung, 10);
	assert_int_equal(sides_row(sides_left)->dropped, 0);
	assert_int_equal(sides_row(sides_right)->rung, 0);
	/* The way back. */
	sides_put(LEFT_CPU, JH_LINK_INT_CONTROL, JH_LINK_INT_ENABLE);
	sides_ring(RIGHT_CPU, 0, 1);
	assert_true(PENDING(sides_left));
	assert_int_equal(sides_get(LEFT_CPU, JH_LINK_BELLS), 1 << 1);
	assert_int_equal(sides_row(sides_right)->rung, 1);
}

static void foreign_bells(void **state)
{
	static const u32 values[] = {
		1 << 16 | 4, 1 << 16 | 16, 1 << 16 | 31, 1 << 16 | 32, 1 << 16 | 0xffff,
		0, 3, 2 << 16, 0xffff0000, 0x80010000, 0x00030001,
	};
	u32 i;

	(void)state;
	sides_begin_both();
	sides_put(LEFT_CPU, JH_LINK_INT_CONTROL, JH_LINK_INT_ENABLE);
	sides_put(RIGHT_CPU, JH_LINK_INT_CONTROL, JH_LINK_INT_ENABLE);
	for (i = 0; i < ARRAY_SIZE(values); i++)
		sides_put(LEFT_CPU, JH_LINK_DOORBELL, values[i]);
	assert_false(PENDING(sides_left) || PENDING(sides_right));
	assert_int_equal(sides_get(LEFT_CPU, JH_LINK_BELLS), 0);
	assert_int_equal(sides_get(RIGHT_CPU, JH_LINK_BELLS), 0);
	assert_int_equal(sides_row(sides_left)->rung, 0);
	assert_int_equal(sides_row(sides_left)->dropped, ARRAY_SIZE(values));
}

static void bells_that_nobody_hears(void **state)
{
	(void)state;
	sides_begin();
	sides_left = sides_create("left", LEFT_CPU);
	sides_run(sides_left);
	sides_ring(LEFT_CPU, 1, 1);
	assert_int_equal(sides_row(sides_left)->dropped, 1);
	assert_int_equal(sides_row(sides_left)->peer, JH_LINK_NOBODY);
	sides_right = sides_create("right", RIGHT_CPU);
	assert_int_equal(sides_row(sides_left)->peer, sides_right);
	assert_int_equal(sides_row(sides_right)->peer, sides_left);
	sides_ring(LEFT_CPU, 1, 1);
	assert_int_equal(sides_row(sides_left)->dropped, 2);
	sides_run(sides_right);
	assert_int_equal(sides_get(RIGHT_CPU, JH_LINK_BELLS), 0);
	sides_ring(LEFT_CPU, 1, 1);
	assert_int_equal(sides_row(sides_left)->dropped, 2);
	assert_int_equal(sides_row(sides_left)->rung, 1);
	/* Nor does a life hear those of the last, or keep what it had enabled. */
	sides_put(RIGHT_CPU, JH_LINK_INT_CONTROL, JH_LINK_INT_ENABLE);
	assert_true(PENDING(sides_right));
	assert_int_equal(world_call(JH_HC_CELL_STOP, sides_right), 0);
	sides_ring(LEFT_CPU, 1, 1);
	assert_int_equal(sides_row(sides_left)->dropped, 3);
	sides_run(sides_right);
	assert_false(PENDING(sides_right));
	assert_int_equal(sides_get(RIGHT_CPU, JH_LINK_BELLS), 0);
	assert_int_equal(sides_get(RIGHT_CPU, JH_LINK_INT_CONTROL), 0);
	assert_int_equal(world_destroy(sides_right), 0);
	assert_int_equal(sides_row(sides_left)->peer, JH_LINK_NOBODY);
	sides_ring(LEFT_CPU, 1, 1);
	assert_int_equal(sides_row(sides_left)->dropped, 4);
	assert_int_equal(world_destroy(sides_left), 0);
	world_unchanged();
	assert_int_equal(link_rows[0].name[0] | link_rows[1].name[0], 0);
}

static void the_other_side_hears_of_a_state(void **state)
{
	(void)state;
	sides_begin_both();
	sides_put(RIGHT_CPU, JH_LINK_INT_CONTROL, JH_LINK_INT_ENABLE);
	sides_put(LEFT_CPU, JH_LINK_STATE, 7);
	assert_int_equal(sides_table(sides_right, 0), 7);
	assert_int_equal(sides_table(sides_right, 1), 0);
	assert_int_equal(sides_row(sides_left)->state, 7);
	assert_true(PENDING(sides_right));
	assert_int_equal(sides_get(RIGHT_CPU, JH_LINK_BELLS), 1 << JH_LINK_BELL_STATE);
	sides_put(RIGHT_CPU, JH_LINK_STATE, 9);
	assert_int_equal(sides_table(sides_left, 0), 7);
	assert_int_equal(sides_table(sides_left, 1), 9);
	assert_int_equal(sides_get(LEFT_CPU, JH_LINK_BELLS), 1 << JH_LINK_BELL_STATE);
	/* What it did not ring itself does not count. */
	assert_int_equal(sides_row(sides_left)->rung + sides_row(sides_right)->rung, 0);
}

static void do_end(void *arg)
{
	(void)arg;
	cell_end(false);
}

static void end_by_stop(void)
{
	assert_int_equal(world_call(JH_HC_CELL_STOP, sides_left), 0);
}

static void end_by_itself(void)
{
	fake_post(LEFT_CPU, do_end, NULL);
	fake_run();
}

static void end_by_failure(void)
{
	world_fail(LEFT_CPU);
}

static void end_by_destroy(void)
{
	assert_int_equal(world_scrub(sides_left), 0);
}

/* However it ends, the other side is told by then, without anybody's help. */
static void the_other_side_hears_of_an_end(void **state)
{
	static void (*const ends[])(void) = {
		end_by_stop, end_by_itself, end_by_failure, end_by_destroy,
	};
	u32 i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(ends); i++) {
		sides_begin_both();
		sides_put(LEFT_CPU, JH_LINK_STATE, 1);
		sides_get(RIGHT_CPU, JH_LINK_BELLS);
		sides_put(RIGHT_CPU, JH_LINK_INT_CONTROL, JH_LINK_INT_ENABLE);
		ends[i]();
		assert_int_equal(sides_table(sides_right, 0), 0);
		assert_int_equal(sides_row(sides_left)->state, 0);
		assert_true(PENDING(sides_right));
		assert_int_equal(sides_get(RIGHT_CPU, JH_LINK_BELLS), 1 << JH_LINK_BELL_STATE);
		cell_get(sides_right)->virqs.state = 0;
		if (cell_get(sides_left)->state == JH_CELL_DYING)
			assert_int_equal(world_call(JH_HC_CELL_DESTROY, sides_left), 0);
		else
			assert_int_equal(world_destroy(sides_left), 0);
		/* Once. */
		assert_false(PENDING(sides_right));
		world_check();
	}
}

/* What it wrote goes with it, when it starts again as well; the other side's stays. */
static void what_a_side_wrote_goes_with_it(void **state)
{
	u32 way;

	(void)state;
	for (way = 0; way < 2; way++) {
		u64 common, outputs[2];

		sides_begin_both();
		common = place(sides_left, COMMON);
		outputs[0] = place(sides_left, OUTPUT(0));
		outputs[1] = place(sides_left, OUTPUT(1));
		fake_guest_dirties(common, 0x3000, 0x5a);
		fake_guest_dirties(outputs[0], 0x2000, 0x5b);
		fake_memory_fill(outputs[1], 0x2000, 0x5c);
		if (way) {
			assert_int_equal(world_destroy(sides_left), 0);
			sides_left = 0;
		} else {
			assert_int_equal(world_call(JH_HC_CELL_STOP, sides_left), 0);
			sides_run(sides_left);
		}
		assert_true(fake_memory_is(common, 0x3000, 0));
		assert_true(fake_memory_is(outputs[0], 0x2000, 0));
		assert_true(fake_memory_is(outputs[1], 0x2000, 0x5c));
		world_check();
		if (sides_left)
			assert_int_equal(world_destroy(sides_left), 0);
		assert_int_equal(world_destroy(sides_right), 0);
		assert_true(fake_memory_is(common - 0x1000, 0x8000, 0));
		world_unchanged();
	}
}

/* One that comes finds what the other has prepared for it, and wipes none of it unless it ran. */
static void a_side_that_comes_later(void **state)
{
	u64 common;

	(void)state;
	sides_begin();
	sides_right = sides_create("right", RIGHT_CPU);
	sides_run(sides_right);
	common = place(sides_right, COMMON);
	fake_memory_fill(common, 0x3000, 0x5a);
	sides_left = sides_create("left", LEFT_CPU);
	assert_int_equal(world_destroy(sides_left), 0);
	assert_true(fake_memory_is(common, 0x3000, 0x5a));
	sides_left = sides_create("left", LEFT_CPU);
	sides_run(sides_left);
	assert_int_equal(place(sides_left, COMMON), common);
	assert_true(fake_memory_is(common, 0x3000, 0x5a));
}

/* "left" is there; each of these comes second. */
static void sides_that_disagree(void **state)
{
	static const struct {
		const char *cell, *peer;
		u32 side, bells;
		u64 size, output;
		u32 reason;
	} bad[] = {
		{ "right", "left", 1, 4, 0x8000, 0x2000, 0 },
		{ "right", "left", 0, 4, 0x8000, 0x2000, JH_ERR_LINK_SIDES },
		{ "right", "left", 1, 5, 0x8000, 0x2000, JH_ERR_LINK_BELL_NUMBERS },
		{ "right", "left", 1, 4, 0x9000, 0x2000, JH_ERR_LINK_SIZES },
		{ "right", "left", 1, 4, 0x8000, 0x1000, JH_ERR_LINK_OUTPUTS },
		{ "third", "left", 1, 4, 0x8000, 0x2000, JH_ERR_LINK_PEER },
		{ "righ", "left", 1, 4, 0x8000, 0x2000, JH_ERR_LINK_PEER },
		{ "right2", "left", 1, 4, 0x8000, 0x2000, JH_ERR_LINK_PEER },
	};
	struct jh_config_link *link;
	struct blob_parts parts;
	u32 i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(bad); i++) {
		sides_begin();
		sides_left = sides_create("left", LEFT_CPU);
		world_remember();
		world_cell(&parts, bad[i].cell, RIGHT_CPU);
		link = blob_add_link(&parts, "other", "nobody");
		link = blob_add_link(&parts, "samples", bad[i].peer);
		link->side = bad[i].side;
		link->bells = bad[i].bells;
		link->size = bad[i].size;
		link->output = bad[i].output;
		if (!bad[i].reason) {
			assert_true(world_create(&parts) > 0);
			continue;
		}
		world_refused(world_create(&parts), -refuse_errno(bad[i].reason), bad[i].reason,
			      JH_OBJ_LINK, 1);
		assert_int_equal(report.head.error.other_object, JH_OBJ_LINK);
		assert_int_equal(report.head.error.other_index, 0);
		assert_int_equal(report.head.error.cell, sides_left);
		world_unchanged();
		assert_int_equal(sides_row(sides_left)->peer, JH_LINK_NOBODY);
		assert_int_equal(link_rows[1].name[0], 0);
	}
}

static void others(void **state)
{
	struct jh_config_link *link;
	struct blob_parts parts;
	u32 i, n;

	(void)state;
	sides_begin_both();
	/* A third connects to neither, and finds none of the memory. */
	sides_describe(&parts, "third", THIRD_CPU);
	world_refused(world_create(&parts), -EBUSY, JH_ERR_LINK_PEER, JH_OBJ_LINK, 0);
	/* Of another name it is another link, which waits. */
	world_cell(&parts, "third", THIRD_CPU);
	blob_add_link(&parts, "sample", "left");
	n = (u32)world_create(&parts);
	assert_int_equal(n, 3);
	assert_int_equal(sides_row(n)->peer, JH_LINK_NOBODY);
	assert_int_not_equal(place(n, MEMORY), place(sides_left, MEMORY));
	assert_int_equal(world_destroy(n), 0);
	/* An interrupt that the machine cannot have. */
	world_cell(&parts, "third", THIRD_CPU);
	link = blob_add_link(&parts, "files", "fourth");
	link->irq = FAKE_IRQS;
	world_refused(world_create(&parts), -EINVAL, JH_ERR_IRQ_ABSENT, JH_OBJ_LINK, 0);
	/* More than there is. */
	link->irq = 99;
	link->size = FAKE_POOL0_SIZE + PAGE_SIZE;
	world_refused(world_create(&parts), -ENOMEM, JH_ERR_MEM_SPACE, JH_OBJ_LINK, 0);
	/* Rows for all sides: two are in use. */
	for (i = 0; i < JH_MAX_LINK_SIDES - 2; i++)
		link_rows[2 + i].name[0] = 'x';
	link->size = 0x8000;
	world_refused(world_create(&parts), -ENOSPC, JH_ERR_LINK_SPACE, JH_OBJ_LINK, 0);
	memset(&link_rows[2], 0, (JH_MAX_LINK_SIDES - 2) * sizeof(link_rows[0]));
	/* One that dies connects to nobody. */
	assert_int_equal(world_destroy(sides_right), 0);
	assert_int_equal(world_scrub(sides_left), 0);
	sides_describe(&parts, "right", RIGHT_CPU);
	world_refused(world_create(&parts), -EBUSY, JH_ERR_LINK_DYING, JH_OBJ_LINK, 0);
}

/* No allocation that fails leaves a part of a side. */
static void without_memory(void **state)
{
	struct blob_parts parts;
	u32 nth;

	(void)state;
	sides_begin();
	sides_left = sides_create("left", LEFT_CPU);
	world_remember();
	sides_describe(&parts, "right", RIGHT_CPU);
	for (nth = 1;; nth++) {
		fake_pool_fail(nth);
		if (world_create(&parts) > 0)
			break;
		assert_int_equal(report.head.error.reason, JH_ERR_HV_POOL);
		assert_int_equal(sides_row(sides_left)->peer, JH_LINK_NOBODY);
		world_unchanged();
	}
	assert_true(nth > 4);
	fake_pool_fail(0);
}

/* As many as a cell may have, each with memory, registers, bells and an interrupt of its own. */
static void eight_links(void **state)
{
	char name[JH_NAME_LEN];
	struct blob_parts parts;
	u64 ids[2];
	u32 i, s;

	(void)state;
	sides_begin();
	for (s = 0; s < 2; s++) {
		world_cell(&parts, s ? "right" : "left", LEFT_CPU + s);
		for (i = 0; i < JH_CONFIG_MAX_LINKS; i++) {
			snprintf(name, sizeof(name), "link%u", s ? 7 - i : i);
			blob_add_link(&parts, name, s ? "left" : "right");
		}
		ids[s] = (u64)world_run(&parts);
	}
	fake_run();
	for (i = 0; i < JH_CONFIG_MAX_LINKS; i++) {
		u32 there = 0x1000 * (7 - i);

		fake_self = RIGHT_CPU;
		mmio_write(JH_LINK_INT_CONTROL, 1, mmio_find(REGISTERS + there), 4);
		fake_self = LEFT_CPU;
		mmio_write(JH_LINK_DOORBELL, 1 << 16 | 2, mmio_find(REGISTERS + 0x1000 * i), 4);
		assert_int_equal(cell_get(ids[1])->virqs.state, VIRQ_PENDING(VIRQ_EDGES + 7 - i));
		cell_get(ids[1])->virqs.state = 0;
		fake_self = RIGHT_CPU;
		assert_int_equal(mmio_read(JH_LINK_BELLS, 4, mmio_find(REGISTERS + there)), 4);
	}
	world_check();
	assert_int_equal(world_destroy(ids[0]), 0);
	assert_int_equal(world_destroy(ids[1]), 0);
	world_unchanged();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(both_sides_see_the_same),
		cmocka_unit_test(what_the_registers_say),
		cmocka_unit_test(bells),
		cmocka_unit_test(foreign_bells),
		cmocka_unit_test(bells_that_nobody_hears),
		cmocka_unit_test(the_other_side_hears_of_a_state),
		cmocka_unit_test(the_other_side_hears_of_an_end),
		cmocka_unit_test(what_a_side_wrote_goes_with_it),
		cmocka_unit_test(a_side_that_comes_later),
		cmocka_unit_test(sides_that_disagree),
		cmocka_unit_test(others),
		cmocka_unit_test(without_memory),
		cmocka_unit_test(eight_links),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
