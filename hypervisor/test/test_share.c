// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (c) The jh authors
 *
 * Memory with two declared sides: conditions for the second side, and the memory's fate when one
 * goes.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include <hv/cpu.h>
#include <hv/errno.h>
#include <hv/owner.h>
#include <hv/report.h>
#include <jh/reasons.h>
#include "world.h"

#define SHARED		FAKE_POOL1
#define SHARED_SIZE	0x3000UL
#define AT_SHARED	0x40000000UL	/* in both cells */
#define SHARED_FLAGS	(JH_MEM_READ | JH_MEM_WRITE)

/* CPUs 0 and 1 run root; 2 is "left"'s, 3 "right"'s, 4 and 5 somebody else's. */
static void begin(void)
{
	struct fake_options options = fake_defaults;

	options.cpus = 6;
	world_boot(&options, 0x3c);
	world_remember();
}

static void left_side(struct blob_parts *parts)
{
	world_cell(parts, "left", 2);
	world_add_share(parts, "right", SHARED, AT_SHARED, SHARED_SIZE, SHARED_FLAGS);
}

static void right_side(struct blob_parts *parts)
{
	world_cell(parts, "right", 3);
	world_add_share(parts, "left", SHARED, AT_SHARED, SHARED_SIZE, SHARED_FLAGS);
}

static u64 create(void (*side)(struct blob_parts *))
{
	struct blob_parts parts;
	s64 id;

	side(&parts);
	id = world_create(&parts);
	assert_true(id > 0);
	world_check();
	return (u64)id;
}

static u64 run(void (*side)(struct blob_parts *))
{
	u64 id = create(side);

	assert_int_equal(world_load(id, 0, 4096), 0);
	assert_int_equal(world_start(id), 0);
	fake_run();
	return id;
}

static void expect_taken(const struct blob_parts *parts, u64 claimant)
{
	world_refused(world_create(parts), -EBUSY, JH_ERR_MEM_TAKEN, JH_OBJ_MEMORY, 100);
	assert_int_equal(report.head.error.cell, claimant);
	assert_int_equal(report.head.error.other_object, JH_OBJ_MEMORY);
	assert_int_equal(report.head.error.other_index, 1);
	world_check();
}

static bool reaches(u32 cpu, u64 gpa, u64 pa)
{
	struct fake_translation t;

	return fake_touch(cpu, gpa, &t) && t.pa == pa;
}

static void two_declared_sides_share_it(void **state)
{
	u64 left, right, page;

	(void)state;
	begin();
	left = run(left_side);
	assert_null(owner_other_side(cell_get(left), &cell_get(left)->memories[1]));
	right = run(right_side);
	for (page = 0; page < SHARED_SIZE; page += PAGE_SIZE) {
		assert_true(reaches(2, AT_SHARED + page, SHARED + page));
		assert_true(reaches(3, AT_SHARED + page, SHARED + page));
		assert_false(reaches(0, SHARED + page, SHARED + page));
	}
	assert_ptr_equal(owner_other_side(cell_get(left), &cell_get(left)->memories[1]),
			 cell_get(right));
	assert_ptr_equal(owner_other_side(cell_get(right), &cell_get(right)->memories[1]),
			 cell_get(left));
	/* What is beside it is each one's own. */
	assert_null(owner_other_side(cell_get(left), &cell_get(left)->memories[0]));
	assert_int_equal(report.cells[left].memory_bytes, 0x10000 + SHARED_SIZE);
	assert_int_equal(world_destroy(left), 0);
	assert_int_equal(world_destroy(right), 0);
	world_unchanged();
}

/* Each of these comes second, "left" being there. */
static void sides_that_disagree(void **state)
{
	static const struct {
		const char *name, *peer;
		u64 at, size;
	} bad[] = {
		{ "right", "left", SHARED, SHARED_SIZE - PAGE_SIZE },
		{ "right", "left", SHARED, SHARED_SIZE + PAGE_SIZE },
		{ "right", "left", SHARED + PAGE_SIZE, SHARED_SIZE },
		{ "right", "left", SHARED + PAGE_SIZE, PAGE_SIZE },
		{ "right", "third", SHARED, SHARED_SIZE },
		{ "right", "right", SHARED, SHARED_SIZE },
		{ "third", "left", SHARED, SHARED_SIZE },
		{ "third", "right", SHARED, SHARED_SIZE },
		{ "righ", "left", SHARED, SHARED_SIZE },
		{ "right2", "left", SHARED, SHARED_SIZE },
		{ "right", "lef", SHARED, SHARED_SIZE },
		{ "right", "left2", SHARED, SHARED_SIZE },
	};
	struct blob_parts parts;
	u64 left;
	u32 i;

	(void)state;
	begin();
	left = create(left_side);
	world_remember();
	for (i = 0; i < ARRAY_SIZE(bad); i++) {
		world_cell(&parts, bad[i].name, 4);
		world_add_share(&parts, bad[i].peer, bad[i].at, AT_SHARED, bad[i].size,
				SHARED_FLAGS);
		expect_taken(&parts, left);
		world_unchanged();
	}
	/* One that does not say that it shares. */
	world_cell(&parts, "right", 4);
	world_add_memory(&parts, SHARED, AT_SHARED, SHARED_SIZE, SHARED_FLAGS);
	world_refused(world_create(&parts), -EBUSY, JH_ERR_MEM_TAKEN, JH_OBJ_MEMORY, 1);
	world_unchanged();
}

/* One that does not share is not made to. */
static void an_owner_that_declared_nothing(void **state)
{
	struct blob_parts parts;
	s64 id;

	(void)state;
	begin();
	world_cell(&parts, "left", 2);
	world_add_memory(&parts, SHARED, AT_SHARED, SHARED_SIZE, SHARED_FLAGS);
	id = world_create(&parts);
	assert_int_equal(id, 1);
	right_side(&parts);
	expect_taken(&parts, 1);
}

static void a_third_side_is_refused(void **state)
{
	static const char *const peers[] = { "left", "right", "third", "fourth" };
	struct blob_parts parts;
	u64 left, right;
	u32 i;

	(void)state;
	begin();
	right = create(right_side);
	left = create(left_side);
	world_remember();
	for (i = 0; i < ARRAY_SIZE(peers); i++) {
		world_cell(&parts, "third", 4);
		world_add_share(&parts, peers[i], SHARED + PAGE_SIZE, AT_SHARED, PAGE_SIZE,
				SHARED_FLAGS);
		expect_taken(&parts, MIN(left, right));
		world_cell(&parts, "third", 4);
		world_add_share(&parts, peers[i], SHARED, AT_SHARED, SHARED_SIZE, SHARED_FLAGS);
		expect_taken(&parts, MIN(left, right));
		world_unchanged();
	}
	/* Nor is it free for a cell whose memory is looked for, from one of them on alone. */
	assert_int_equal(world_destroy(right), 0);
	world_cell(&parts, "third", 4);
	world_add_memory(&parts, 0, AT_SHARED, FAKE_POOL1_SIZE, RAM_FLAGS | JH_MEM_AUTO);
	parts.memories[0].size = FAKE_POOL0_SIZE;
	world_refused(world_create(&parts), -ENOMEM, JH_ERR_MEM_SPACE, JH_OBJ_MEMORY, 0);
}

/* The same range twice in one cell, the first of which names the cell itself. */
static void both_sides_of_one_cell(void **state)
{
	struct blob_parts parts;

	(void)state;
	begin();
	world_cell(&parts, "left", 2);
	world_add_share(&parts, "left", SHARED, AT_SHARED, SHARED_SIZE, SHARED_FLAGS);
	world_add_share(&parts, "left", SHARED, 0x50000000, SHARED_SIZE, SHARED_FLAGS);
	world_refused(world_create(&parts), -EBUSY, JH_ERR_MEM_TAKEN, JH_OBJ_MEMORY, 101);
	assert_int_equal(report.head.error.cell, JH_ERROR_SAME_FILE);
	world_unchanged();
}

/* Whoever goes leaves it as it is, in whatever order they go and come again. */
static void one_side_goes(void **state)
{
	u64 left, right;

	(void)state;
	begin();
	left = run(left_side);
	right = run(right_side);
	fake_memory_fill(SHARED, SHARED_SIZE, 0x5a);
	assert_int_equal(world_destroy(left), 0);
	world_check();
	assert_true(fake_memory_is(SHARED, SHARED_SIZE, 0x5a));
	assert_true(reaches(3, AT_SHARED, SHARED));
	assert_null(owner_other_side(cell_get(right), &cell_get(right)->memories[1]));
	left = run(left_side);
	assert_true(reaches(2, AT_SHARED, SHARED));
	assert_true(fake_memory_is(SHARED, SHARED_SIZE, 0x5a));
	assert_int_equal(world_destroy(right), 0);
	assert_true(reaches(2, AT_SHARED, SHARED));
	assert_true(fake_memory_is(SHARED, SHARED_SIZE, 0x5a));
	assert_int_equal(world_destroy(left), 0);
	assert_true(fake_memory_is(SHARED, SHARED_SIZE, 0));
	world_unchanged();
}

/* The last of the two is told to wipe what it left out while the other was there. */
static void destroy_scrubbed(u64 id)
{
	s64 ret = world_call(JH_HC_CELL_DESTROY, id);

	if (!ret)
		return;
	world_refused(ret, -EBUSY, JH_ERR_NOT_SCRUBBED, JH_OBJ_CELL, (u32)id);
	assert_int_equal(world_scrub(id), 0);
	assert_int_equal(world_call(JH_HC_CELL_DESTROY, id), 0);
}

/* Two that die at the same time, in whatever order. */
static void both_go_at_once(void **state)
{
	u64 ids[2], first;

	(void)state;
	for (first = 0; first < 4; first++) {
		begin();
		ids[0] = run(left_side);
		ids[1] = run(right_side);
		fake_memory_fill(SHARED, SHARED_SIZE, 0x5a);
		assert_int_equal(world_call(JH_HC_CELL_STOP, ids[0]), 0);
		assert_int_equal(world_call(JH_HC_CELL_STOP, ids[1]), 0);
		assert_int_equal(world_scrub(ids[first & 1]), 0);
		assert_int_equal(world_scrub(ids[!(first & 1)]), 0);
		destroy_scrubbed(ids[first >> 1]);
		destroy_scrubbed(ids[!(first >> 1)]);
		assert_true(fake_memory_is(SHARED, SHARED_SIZE, 0));
		world_unchanged();
	}
}

/* A life that begins with zeroed RAM does not wipe what the other works with; alone it does. */
/* What the first has wiped already would go as the second leaves it. */
static void one_that_dies_shares_with_nobody_new(void **state)
{
	struct blob_parts parts;
	u64 left;

	(void)state;
	begin();
	left = run(left_side);
	assert_int_equal(world_call(JH_HC_CELL_STOP, left), 0);
	assert_int_equal(world_scrub(left), 0);
	right_side(&parts);
	expect_taken(&parts, left);
	destroy_scrubbed(left);
	world_unchanged();
}

static void a_side_that_starts_with_zeroed_memory(void **state)
{
	struct blob_parts parts;
	u64 left, right;

	(void)state;
	begin();
	left_side(&parts);
	parts.cell.flags |= JH_CELL_SCRUB_RESTART;
	left = (u64)world_run(&parts);
	right = run(right_side);
	fake_memory_fill(SHARED, SHARED_SIZE, 0x5a);
	assert_int_equal(world_call(JH_HC_CELL_STOP, left), 0);
	assert_int_equal(world_load(left, 0, 4096), 0);
	assert_int_equal(world_start(left), 0);
	assert_true(fake_memory_is(SHARED, SHARED_SIZE, 0x5a));
	assert_int_equal(world_destroy(right), 0);
	assert_int_equal(world_call(JH_HC_CELL_STOP, left), 0);
	assert_int_equal(world_load(left, 0, 4096), 0);
	assert_int_equal(world_start(left), 0);
	assert_true(fake_memory_is(SHARED, SHARED_SIZE, 0));
}

/* Registers leave root with the first side and come back with the last. */
static void registers_with_two_sides(void **state)
{
	struct blob_parts parts;
	s64 left, right;

	(void)state;
	begin();
	world_cell(&parts, "left", 2);
	world_add_share(&parts, "right", FAKE_DEVICE2, AT_SHARED, PAGE_SIZE, IO_FLAGS);
	left = world_run(&parts);
	assert_false(reaches(0, FAKE_DEVICE2, FAKE_DEVICE2));
	world_cell(&parts, "right", 3);
	world_add_share(&parts, "left", FAKE_DEVICE2, AT_SHARED, PAGE_SIZE, IO_FLAGS);
	right = world_run(&parts);
	fake_run();
	assert_true(reaches(2, AT_SHARED, FAKE_DEVICE2) && reaches(3, AT_SHARED, FAKE_DEVICE2));
	assert_int_equal(world_destroy((u64)left), 0);
	assert_false(reaches(0, FAKE_DEVICE2, FAKE_DEVICE2));
	assert_true(reaches(3, AT_SHARED, FAKE_DEVICE2));
	world_check();
	assert_int_equal(report.cells[right].memory_bytes, 0x10000);
	assert_int_equal(world_destroy((u64)right), 0);
	assert_true(reaches(0, FAKE_DEVICE2, FAKE_DEVICE2));
	world_unchanged();
}

/* What is root's too stays root's, is never wiped, and no second cell gets it. */
static void root_as_the_other_side(void **state)
{
	struct blob_parts parts;
	s64 id;

	(void)state;
	begin();
	world_cell(&parts, "left", 2);
	world_add_memory(&parts, FAKE_RAM + 0x50000, AT_SHARED, 0x1000,
			 SHARED_FLAGS | JH_MEM_SHARED_ROOT);
	world_add_memory(&parts, FAKE_DEVICE2, 0x50000000, 0x1000, IO_FLAGS | JH_MEM_SHARED_ROOT);
	id = world_run(&parts);
	assert_ptr_equal(owner_other_side(cell_get((u64)id), &cell_get((u64)id)->memories[1]),
			 &root_cell);
	fake_memory_fill(FAKE_RAM + 0x50000, 0x1000, 0x5a);
	assert_true(reaches(0, FAKE_RAM + 0x50000, FAKE_RAM + 0x50000));
	assert_true(reaches(0, FAKE_DEVICE2, FAKE_DEVICE2));
	world_cell(&parts, "right", 3);
	world_add_share(&parts, "left", FAKE_DEVICE2, AT_SHARED, PAGE_SIZE, IO_FLAGS);
	world_refused(world_create(&parts), -EBUSY, JH_ERR_MEM_TAKEN, JH_OBJ_MEMORY, 100);
	assert_int_equal(world_destroy((u64)id), 0);
	assert_true(fake_memory_is(FAKE_RAM + 0x50000, 0x1000, 0x5a));
	world_unchanged();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(two_declared_sides_share_it),
		cmocka_unit_test(sides_that_disagree),
		cmocka_unit_test(an_owner_that_declared_nothing),
		cmocka_unit_test(a_third_side_is_refused),
		cmocka_unit_test(both_sides_of_one_cell),
		cmocka_unit_test(one_side_goes),
		cmocka_unit_test(both_go_at_once),
		cmocka_unit_test(one_that_dies_shares_with_nobody_new),
		cmocka_unit_test(a_side_that_starts_with_zeroed_memory),
		cmocka_unit_test(registers_with_two_sides),
		cmocka_unit_test(root_as_the_other_side),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
