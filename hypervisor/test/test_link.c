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
#include "world.h"

#define LEFT_CPU	2
#define RIGHT_CPU	3
#define THIRD_CPU	4
#define MEMORY		0x70000000UL	/* of blob_add_link(), in all cells */
#define COMMON		(MEMORY + 0x1000)
#define OUTPUT(side)	(MEMORY + 0x4000 + (side) * 0x2000)
#define REGISTERS	0x0b000000UL
#define PENDING(cell)	(cell_get(cell)->virqs.pending >> VIRQ_EDGES & 1)

static u64 left, right;

/* CPUs 0 and 1 run root; 2 and 5 are "left"'s, 3 "right"'s, 4 somebody else's. */
static void begin(void)
{
	struct fake_options options = fake_defaults;

	options.cpus = 6;
	world_boot(&options, 0x3c);
	world_remember();
	left = right = 0;
}

/* "left" is side 0, "right" side 1, of a link between them. */
static struct jh_config_link *side(struct blob_parts *parts, const char *name, u32 cpu)
{
	world_cell(parts, name, cpu);
	return blob_add_link(parts, "samples", strcmp(name, "left") ? "left" : "right");
}

static u64 create(const char *name, u32 cpu)
{
	struct blob_parts parts;
	s64 id;

	side(&parts, name, cpu);
	if (cpu == LEFT_CPU) {
		parts.num_cpus = 2;
		parts.cpus[1].cpu = 5;
	}
	id = world_create(&parts);
	assert_true(id > 0);
	world_check();
	return (u64)id;
}

static void run(u64 id)
{
	if (cell_get(id)->state == JH_CELL_CREATED)
		assert_int_equal(world_load(id, 0, 4096), 0);
	assert_int_equal(world_start(id), 0);
	fake_run();
}

static void begin_both(void)
{
	begin();
	left = create("left", LEFT_CPU);
	right = create("right", RIGHT_CPU);
	run(left);
	run(right);
}

static u64 access(u32 cpu, u32 offset, u32 size, bool write, u64 value)
{
	const struct mmio_region *region;

	fake_self = cpu;
	region = mmio_find(REGISTERS + offset);
	assert_non_null(region);
	return region->access((struct mmio_access){ value, offset, (u8)size, write },
			      region->context);
}

static u32 get(u32 cpu, u32 offset)
{
	return (u32)access(cpu, offset, 4, false, 0);
}

static void put(u32 cpu, u32 offset, u32 value)
{
	access(cpu, offset, 4, true, value);
}

static void ring(u32 cpu, u32 peer, u32 bell)
{
	put(cpu, JH_LINK_DOORBELL, peer << 16 | bell);
}

static const struct jh_link_report *row(u64 cell)
{
	return cell_get(cell)->links[0].report;
}

/* A word of the state table, as both sides see it whether their caches are on or off. */
static u32 table(u64 cell, u32 which)
{
	u64 pa = cell_get(cell)->links[0].table;
	u32 word;

	assert_true(fake_memory_coherent(pa, PAGE_SIZE));
	fake_peek(pa + 4 * which, &word, sizeof(word));
	return word;
}

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
	begin_both();
	for (page = 0; page < 0x8000; page += PAGE_SIZE)
		assert_int_equal(place(left, MEMORY + page), place(right, MEMORY + page));
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
	assert_int_equal(rights(0, place(left, COMMON)), 0);
	assert_int_equal(world_destroy(left), 0);
	assert_int_equal(world_destroy(right), 0);
	world_unchanged();
}

static void what_the_registers_say(void **state)
{
	u32 offset, size;

	(void)state;
	begin_both();
	assert_int_equal(get(LEFT_CPU, JH_LINK_ID), 0);
	assert_int_equal(get(RIGHT_CPU, JH_LINK_ID), 1);
	assert_int_equal(get(LEFT_CPU, JH_LINK_MAX_PEERS), 2);
	assert_int_equal(get(LEFT_CPU, JH_LINK_INT_CONTROL), 0);
	assert_int_equal(get(LEFT_CPU, JH_LINK_DOORBELL), 0);
	assert_int_equal(get(LEFT_CPU, JH_LINK_STATE), 0);
	assert_int_equal(get(LEFT_CPU, JH_LINK_NUM_BELLS), 4);
	assert_int_equal(get(LEFT_CPU, JH_LINK_TABLE_SIZE), 0x1000);
	assert_int_equal(get(LEFT_CPU, JH_LINK_COMMON_SIZE), 0x3000);
	assert_int_equal(get(LEFT_CPU, JH_LINK_OUTPUT_SIZE), 0x2000);
	assert_int_equal(get(LEFT_CPU, JH_LINK_ADDRESS), MEMORY);
	assert_int_equal(get(LEFT_CPU, JH_LINK_INTERRUPT), 100);
	put(LEFT_CPU, JH_LINK_INT_CONTROL, ~0U);
	assert_int_equal(get(LEFT_CPU, JH_LINK_INT_CONTROL), JH_LINK_INT_ENABLE);
	put(LEFT_CPU, JH_LINK_STATE, 0x12345678);
	assert_int_equal(get(LEFT_CPU, JH_LINK_STATE), 0x12345678);
	/* Nothing else can be written, and nothing is there for other sizes. */
	for (offset = 0; offset < JH_LINK_SIZE; offset += 4) {
		u32 before = offset == JH_LINK_BELLS ? 0 : get(LEFT_CPU, offset);

		if (offset != JH_LINK_INT_CONTROL && offset != JH_LINK_STATE) {
			put(LEFT_CPU, offset, ~0U);
			assert_int_equal(get(LEFT_CPU, offset), before);
		}
		if (offset > JH_LINK_INTERRUPT)
			assert_int_equal(before, 0);
		for (size = 1; size <= 8; size *= 2) {
			if (size == 4 || offset % size)
				continue;
			access(LEFT_CPU, offset, size, true, 0);
			assert_int_equal(access(LEFT_CPU, offset, size, false, 0), 0);
			assert_int_equal(get(LEFT_CPU, offset), before);
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
	begin_both();
	/* Kept while the interrupt is not enabled, which then comes. */
	ring(LEFT_CPU, 1, 2);
	assert_false(PENDING(right));
	put(RIGHT_CPU, JH_LINK_INT_CONTROL, JH_LINK_INT_ENABLE);
	assert_true(PENDING(right));
	cell_get(right)->virqs.pending = 0;
	assert_int_equal(get(RIGHT_CPU, JH_LINK_BELLS), 1 << 2);
	assert_int_equal(get(RIGHT_CPU, JH_LINK_BELLS), 0);
	/* Enabled again, there is none. */
	put(RIGHT_CPU, JH_LINK_INT_CONTROL, JH_LINK_INT_ENABLE);
	assert_false(PENDING(right));
	/* However often and however many ring: one interrupt until they were read. */
	for (bell = 0; bell < 4; bell++) {
		ring(LEFT_CPU, 1, bell);
		assert_int_equal(PENDING(right), bell == 0);
		cell_get(right)->virqs.pending = 0;
		ring(LEFT_CPU, 1, bell);
		assert_false(PENDING(right));
	}
	assert_int_equal(get(RIGHT_CPU, JH_LINK_BELLS), 0xf);
	ring(LEFT_CPU, 1, 3);
	assert_true(PENDING(right));
	assert_int_equal(row(left)->rung, 10);
	assert_int_equal(row(left)->dropped, 0);
	assert_int_equal(row(right)->rung, 0);
	/* The way back. */
	put(LEFT_CPU, JH_LINK_INT_CONTROL, JH_LINK_INT_ENABLE);
	ring(RIGHT_CPU, 0, 1);
	assert_true(PENDING(left));
	assert_int_equal(get(LEFT_CPU, JH_LINK_BELLS), 1 << 1);
	assert_int_equal(row(right)->rung, 1);
}

static void foreign_bells(void **state)
{
	static const u32 values[] = {
		1 << 16 | 4, 1 << 16 | 16, 1 << 16 | 31, 1 << 16 | 32, 1 << 16 | 0xffff,
		0, 3, 2 << 16, 0xffff0000, 0x80010000, 0x00030001,
	};
	u32 i;

	(void)state;
	begin_both();
	put(LEFT_CPU, JH_LINK_INT_CONTROL, JH_LINK_INT_ENABLE);
	put(RIGHT_CPU, JH_LINK_INT_CONTROL, JH_LINK_INT_ENABLE);
	for (i = 0; i < ARRAY_SIZE(values); i++)
		put(LEFT_CPU, JH_LINK_DOORBELL, values[i]);
	assert_false(PENDING(left) || PENDING(right));
	assert_int_equal(get(LEFT_CPU, JH_LINK_BELLS) | get(RIGHT_CPU, JH_LINK_BELLS), 0);
	assert_int_equal(row(left)->rung, 0);
	assert_int_equal(row(left)->dropped, ARRAY_SIZE(values));
}

static void bells_that_nobody_hears(void **state)
{
	(void)state;
	begin();
	left = create("left", LEFT_CPU);
	run(left);
	ring(LEFT_CPU, 1, 1);
	assert_int_equal(row(left)->dropped, 1);
	assert_int_equal(row(left)->peer, JH_LINK_NOBODY);
	right = create("right", RIGHT_CPU);
	assert_int_equal(row(left)->peer, right);
	assert_int_equal(row(right)->peer, left);
	ring(LEFT_CPU, 1, 1);
	assert_int_equal(row(left)->dropped, 2);
	run(right);
	assert_int_equal(get(RIGHT_CPU, JH_LINK_BELLS), 0);
	ring(LEFT_CPU, 1, 1);
	assert_int_equal(row(left)->dropped, 2);
	assert_int_equal(row(left)->rung, 1);
	/* Nor does a life hear those of the last, or keep what it had enabled. */
	put(RIGHT_CPU, JH_LINK_INT_CONTROL, JH_LINK_INT_ENABLE);
	assert_true(PENDING(right));
	assert_int_equal(world_call(JH_HC_CELL_STOP, right), 0);
	ring(LEFT_CPU, 1, 1);
	assert_int_equal(row(left)->dropped, 3);
	run(right);
	assert_false(PENDING(right));
	assert_int_equal(get(RIGHT_CPU, JH_LINK_BELLS), 0);
	assert_int_equal(get(RIGHT_CPU, JH_LINK_INT_CONTROL), 0);
	assert_int_equal(world_destroy(right), 0);
	assert_int_equal(row(left)->peer, JH_LINK_NOBODY);
	ring(LEFT_CPU, 1, 1);
	assert_int_equal(row(left)->dropped, 4);
	assert_int_equal(world_destroy(left), 0);
	world_unchanged();
	assert_int_equal(link_rows[0].name[0] | link_rows[1].name[0], 0);
}

static void the_other_side_hears_of_a_state(void **state)
{
	(void)state;
	begin_both();
	put(RIGHT_CPU, JH_LINK_INT_CONTROL, JH_LINK_INT_ENABLE);
	put(LEFT_CPU, JH_LINK_STATE, 7);
	assert_int_equal(table(right, 0), 7);
	assert_int_equal(table(right, 1), 0);
	assert_int_equal(row(left)->state, 7);
	assert_true(PENDING(right));
	assert_int_equal(get(RIGHT_CPU, JH_LINK_BELLS), 1 << JH_LINK_BELL_STATE);
	put(RIGHT_CPU, JH_LINK_STATE, 9);
	assert_int_equal(table(left, 0), 7);
	assert_int_equal(table(left, 1), 9);
	assert_int_equal(get(LEFT_CPU, JH_LINK_BELLS), 1 << JH_LINK_BELL_STATE);
	/* What it did not ring itself does not count. */
	assert_int_equal(row(left)->rung + row(right)->rung, 0);
}

static void do_end(void *arg)
{
	(void)arg;
	cell_end(false);
}

static void end_by_stop(void)
{
	assert_int_equal(world_call(JH_HC_CELL_STOP, left), 0);
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
	assert_int_equal(world_scrub(left), 0);
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
		begin_both();
		put(LEFT_CPU, JH_LINK_STATE, 1);
		get(RIGHT_CPU, JH_LINK_BELLS);
		put(RIGHT_CPU, JH_LINK_INT_CONTROL, JH_LINK_INT_ENABLE);
		ends[i]();
		assert_int_equal(table(right, 0), 0);
		assert_int_equal(row(left)->state, 0);
		assert_true(PENDING(right));
		assert_int_equal(get(RIGHT_CPU, JH_LINK_BELLS), 1 << JH_LINK_BELL_STATE);
		cell_get(right)->virqs.pending = 0;
		if (cell_get(left)->state == JH_CELL_DYING)
			assert_int_equal(world_call(JH_HC_CELL_DESTROY, left), 0);
		else
			assert_int_equal(world_destroy(left), 0);
		/* Once. */
		assert_false(PENDING(right));
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

		begin_both();
		common = place(left, COMMON);
		outputs[0] = place(left, OUTPUT(0));
		outputs[1] = place(left, OUTPUT(1));
		fake_guest_dirties(common, 0x3000, 0x5a);
		fake_guest_dirties(outputs[0], 0x2000, 0x5b);
		fake_memory_fill(outputs[1], 0x2000, 0x5c);
		if (way) {
			assert_int_equal(world_destroy(left), 0);
			left = 0;
		} else {
			assert_int_equal(world_call(JH_HC_CELL_STOP, left), 0);
			run(left);
		}
		assert_true(fake_memory_is(common, 0x3000, 0));
		assert_true(fake_memory_is(outputs[0], 0x2000, 0));
		assert_true(fake_memory_is(outputs[1], 0x2000, 0x5c));
		world_check();
		if (left)
			assert_int_equal(world_destroy(left), 0);
		assert_int_equal(world_destroy(right), 0);
		assert_true(fake_memory_is(common - 0x1000, 0x8000, 0));
		world_unchanged();
	}
}

/* One that comes finds what the other has prepared for it, and wipes none of it unless it ran. */
static void a_side_that_comes_later(void **state)
{
	u64 common;

	(void)state;
	begin();
	right = create("right", RIGHT_CPU);
	run(right);
	common = place(right, COMMON);
	fake_memory_fill(common, 0x3000, 0x5a);
	left = create("left", LEFT_CPU);
	assert_int_equal(world_destroy(left), 0);
	assert_true(fake_memory_is(common, 0x3000, 0x5a));
	left = create("left", LEFT_CPU);
	run(left);
	assert_int_equal(place(left, COMMON), common);
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
		begin();
		left = create("left", LEFT_CPU);
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
		assert_int_equal(report.head.error.cell, left);
		world_unchanged();
		assert_int_equal(row(left)->peer, JH_LINK_NOBODY);
		assert_int_equal(link_rows[1].name[0], 0);
	}
}

static void others(void **state)
{
	struct jh_config_link *link;
	struct blob_parts parts;
	u32 i, n;

	(void)state;
	begin_both();
	/* A third connects to neither, and finds none of the memory. */
	side(&parts, "third", THIRD_CPU);
	world_refused(world_create(&parts), -EBUSY, JH_ERR_LINK_PEER, JH_OBJ_LINK, 0);
	/* Of another name it is another link, which waits. */
	world_cell(&parts, "third", THIRD_CPU);
	blob_add_link(&parts, "sample", "left");
	n = (u32)world_create(&parts);
	assert_int_equal(n, 3);
	assert_int_equal(row(n)->peer, JH_LINK_NOBODY);
	assert_int_not_equal(place(n, MEMORY), place(left, MEMORY));
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
	assert_int_equal(world_destroy(right), 0);
	assert_int_equal(world_scrub(left), 0);
	side(&parts, "right", RIGHT_CPU);
	world_refused(world_create(&parts), -EBUSY, JH_ERR_LINK_DYING, JH_OBJ_LINK, 0);
}

/* No allocation that fails leaves a part of a side. */
static void without_memory(void **state)
{
	struct blob_parts parts;
	u32 nth;

	(void)state;
	begin();
	left = create("left", LEFT_CPU);
	world_remember();
	side(&parts, "right", RIGHT_CPU);
	for (nth = 1;; nth++) {
		fake_pool_fail(nth);
		if (world_create(&parts) > 0)
			break;
		assert_int_equal(report.head.error.reason, JH_ERR_HV_POOL);
		assert_int_equal(row(left)->peer, JH_LINK_NOBODY);
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
	begin();
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
		assert_int_equal(cell_get(ids[1])->virqs.pending, 1U << (VIRQ_EDGES + 7 - i));
		cell_get(ids[1])->virqs.pending = 0;
		fake_self = RIGHT_CPU;
		assert_int_equal(mmio_read(JH_LINK_BELLS, 4, mmio_find(REGISTERS + there)), 4);
	}
	world_check();
	assert_int_equal(world_destroy(ids[0]), 0);
	assert_int_equal(world_destroy(ids[1]), 0);
	world_unchanged();
}

/* --- in every order --- */

static bool by_chance;

static void go(void)
{
	if (by_chance)
		fake_schedule_random();
	else
		fake_explore_here();
}

static void done(void)
{
	fake_run();
	fake_schedule = (struct fake_schedule){ 0 };
}

/* What a guest of the executing CPU does: it finds its registers wherever it runs. */
static void do_write(u32 offset, u32 value)
{
	const struct mmio_region *region = mmio_find(REGISTERS + offset);

	mmio_write(offset, value, region, 4);
}

static void do_ring(void *arg)
{
	(void)arg;
	do_write(JH_LINK_DOORBELL, 1 << 16 | 1);
}

static void do_state(void *arg)
{
	(void)arg;
	do_write(JH_LINK_STATE, 5);
}

static void do_enable(void *arg)
{
	(void)arg;
	do_write(JH_LINK_INT_CONTROL, JH_LINK_INT_ENABLE);
}

static u32 heard;

static void do_hear(void *arg)
{
	(void)arg;
	heard |= (u32)mmio_read(JH_LINK_BELLS, 4, mmio_find(REGISTERS + JH_LINK_BELLS));
}

static void do_destroy_right(void *arg)
{
	const u64 args[4] = { right };

	(void)arg;
	while (hypercall(JH_HC_CELL_SCRUB, args) > 0)
		;
	assert_int_equal(hypercall(JH_HC_CELL_DESTROY, args), 0);
}

/* Whoever rings uses nothing of a side that is gone: its page is zeroed. */
static void ring_while_the_other_side_goes(void)
{
	begin_both();
	go();
	fake_post(0, do_destroy_right, NULL);
	fake_post(LEFT_CPU, do_ring, NULL);
	done();
	assert_null(cell_get(right));
	assert_null(cell_get(left)->links[0].peer);
	assert_int_equal(row(left)->rung + row(left)->dropped, 1);
	world_check();
}

/* The word stays 0 once its side has ended, whatever a sibling was about to write. */
static void a_state_while_the_cell_ends(void)
{
	begin_both();
	assert_int_equal(cpu_turn_on(&cpus[5], 0, 0, CPU_REQ_START), 0);
	fake_run();
	go();
	fake_post(LEFT_CPU, do_end, NULL);
	fake_post(5, do_state, NULL);
	done();
	assert_int_equal(cell_get(left)->state, JH_CELL_STOPPED);
	assert_int_equal(table(right, 0), 0);
	assert_int_equal(row(left)->state, 0);
	world_check();
}

/* A bell is heard: it is read, or the interrupt waits. */
static void ring_while_it_is_enabled(void)
{
	begin_both();
	go();
	fake_post(LEFT_CPU, do_ring, NULL);
	fake_post(RIGHT_CPU, do_enable, NULL);
	done();
	assert_true(PENDING(right));
	world_check();
}

static void ring_while_it_is_read(void)
{
	begin_both();
	put(RIGHT_CPU, JH_LINK_INT_CONTROL, JH_LINK_INT_ENABLE);
	ring(LEFT_CPU, 1, 0);
	cell_get(right)->virqs.pending = 0;
	heard = 0;
	go();
	fake_post(LEFT_CPU, do_ring, NULL);
	fake_post(RIGHT_CPU, do_hear, NULL);
	done();
	assert_true(heard & 1);
	assert_true(heard & 2 || (PENDING(right) && get(RIGHT_CPU, JH_LINK_BELLS) == 2));
}

#define in_every_order(scene)							\
	static void test_##scene(void **state)					\
	{									\
		u32 seed;							\
										\
		(void)state;							\
		by_chance = false;						\
		assert_true(fake_explore(scene, 2, 1000) > 10);			\
		by_chance = true;						\
		for (seed = 0; seed < 150; seed++) {				\
			fake_seed(seed);					\
			scene();						\
		}								\
	}

in_every_order(ring_while_the_other_side_goes)
in_every_order(a_state_while_the_cell_ends)
in_every_order(ring_while_it_is_enabled)
in_every_order(ring_while_it_is_read)

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
		cmocka_unit_test(test_ring_while_the_other_side_goes),
		cmocka_unit_test(test_a_state_while_the_cell_ends),
		cmocka_unit_test(test_ring_while_it_is_enabled),
		cmocka_unit_test(test_ring_while_it_is_read),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
