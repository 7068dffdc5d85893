// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (c) The jh authors
 *
 * Guests' translation tables against a plain list of what was mapped, with walkers at work.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include <hv/cell.h>
#include <hv/errno.h>
#include <hv/pgtable.h>
#include <hv/pool.h>
#include "fake/coroutine.h"
#include "fake/fake.h"

#define RWX	(MAP_READ | MAP_WRITE | MAP_EXECUTE)
#define MIB	0x100000UL
#define GIB	0x40000000UL

static struct pgtable pt;

static int setup(void **state)
{
	(void)state;
	fake_reset();
	fake_options = fake_defaults;
	memset(&pt, 0, sizeof(pt));
	pool_init(fake_hv_pool, FAKE_HV_PAGES);
	return 0;
}

/* CPU 0 walks the table from now on. */
static void use(void)
{
	root_cell.pt = pt;
	cell_set(pt.id, &root_cell);
	root_cell.pt.live = true;
	fake_cpus[0].pt = &root_cell.pt;
	fake_cpus[1].pt = &root_cell.pt;
}

static void expect(u64 gpa, u64 pa, u32 flags, u32 level)
{
	struct fake_translation t;

	assert_true(fake_walk(&pt, gpa, &t));
	assert_int_equal(t.pa, pa);
	assert_int_equal(t.flags, flags);
	assert_int_equal(t.level, level);
}

/* One to one, in blocks of any size. */
static void expect_same(u64 address, u32 flags)
{
	struct fake_translation t;

	assert_true(fake_walk(&pt, address, &t));
	assert_int_equal(t.pa, address);
	assert_int_equal(t.flags, flags);
}

static void expect_nothing(u64 gpa)
{
	struct fake_translation t;

	assert_false(fake_walk(&pt, gpa, &t));
}

static void map(u64 gpa, u64 pa, u64 size, u32 flags)
{
	assert_int_equal(pgtable_prepare(&pt, GPA(gpa), PA(pa), size, 0), 0);
	pgtable_map(&pt, GPA(gpa), PA(pa), size, flags);
}

static void sizes_of_address_spaces(void **state)
{
	u64 used;
	u32 bits;

	(void)state;
	for (bits = 0; bits < 64; bits++) {
		used = pool_used();
		if (bits < 32 || bits > 48) {
			assert_int_equal(pgtable_init(&pt, bits, 1), -EINVAL);
			continue;
		}
		assert_int_equal(pgtable_init(&pt, bits, 1), 0);
		expect_nothing(0);
		/* The last page of the address space, and nothing behind it. */
		map((1UL << bits) - PAGE_SIZE, 0, PAGE_SIZE, RWX);
		expect((1UL << bits) - PAGE_SIZE, 0, RWX, 3);
		assert_int_equal(pgtable_prepare(&pt, GPA(1UL << bits), PA(0), PAGE_SIZE, 0),
				 -EINVAL);
		pgtable_free(&pt);
		assert_int_equal(pool_used(), used);
	}
}

static void bad_ranges_are_refused(void **state)
{
	static const u64 bad[][3] = {	/* guest-physical, physical, size */
		{ 0, 0, 0 }, { 1, 0, PAGE_SIZE }, { 0, 1, PAGE_SIZE }, { 0, 0, 1 },
		{ 0, 0, PAGE_SIZE + 1 }, { 1UL << 39, 0, PAGE_SIZE },
		{ (1UL << 39) - PAGE_SIZE, 0, 2 * PAGE_SIZE }, { PAGE_SIZE, 0, 1UL << 39 },
		{ PAGE_SIZE, 0, ~0UL & PAGE_MASK }, { ~0UL & PAGE_MASK, 0, PAGE_SIZE },
	};
	u64 used;
	u32 i;

	(void)state;
	assert_int_equal(pgtable_init(&pt, 39, 1), 0);
	used = pool_used();
	for (i = 0; i < ARRAY_SIZE(bad); i++) {
		assert_int_equal(pgtable_prepare(&pt, GPA(bad[i][0]), PA(bad[i][1]), bad[i][2], 0),
				 -EINVAL);
		if (bad[i][1])
			continue;
		pgtable_map(&pt, GPA(bad[i][0]), PA(bad[i][1]), bad[i][2], RWX);
		pgtable_unmap(&pt, GPA(bad[i][0]), bad[i][2]);
	}
	assert_int_equal(pool_used(), used);
	expect_nothing(0);
}

static void the_largest_blocks_are_used(void **state)
{
	(void)state;
	assert_int_equal(pgtable_init(&pt, 39, 1), 0);
	map(GIB, GIB, 2 * GIB, RWX);
	expect(GIB, GIB, RWX, 1);
	expect(3 * GIB - 1, 3 * GIB - 1, RWX, 1);
	/* Congruent modulo 2 MiB, not 1 GiB. */
	map(4 * GIB, 2 * MIB, GIB, MAP_READ);
	expect(4 * GIB + 5, 2 * MIB + 5, MAP_READ, 2);
	/* Congruent modulo a page only. */
	map(6 * GIB, PAGE_SIZE, 4 * MIB, MAP_WRITE | MAP_DEVICE);
	expect(6 * GIB + 2 * MIB, 2 * MIB + PAGE_SIZE, MAP_WRITE | MAP_DEVICE, 3);
	/* Blocks inside, pages at both ends. */
	map(8 * GIB - PAGE_SIZE, 8 * GIB - PAGE_SIZE, 2 * MIB + 2 * PAGE_SIZE, RWX);
	expect(8 * GIB - PAGE_SIZE, 8 * GIB - PAGE_SIZE, RWX, 3);
	expect(8 * GIB, 8 * GIB, RWX, 2);
	expect(8 * GIB + 2 * MIB, 8 * GIB + 2 * MIB, RWX, 3);
	expect_nothing(8 * GIB - 2 * PAGE_SIZE);
	expect_nothing(8 * GIB + 2 * MIB + PAGE_SIZE);
}

static void pages_where_asked_for(void **state)
{
	(void)state;
	assert_int_equal(pgtable_init(&pt, 39, 1), 0);
	map(0, 0, 4 * GIB, RWX);
	expect(GIB, GIB, RWX, 1);
	assert_int_equal(pgtable_prepare(&pt, GPA(GIB), PA(GIB), 4 * MIB, PAGE_SIZE), 0);
	/* The split translates as before. */
	expect(GIB + 12 * PAGE_SIZE + 7, GIB + 12 * PAGE_SIZE + 7, RWX, 3);
	expect(GIB + 4 * MIB - 1, GIB + 4 * MIB - 1, RWX, 3);
	expect(GIB + 4 * MIB, GIB + 4 * MIB, RWX, 2);
	expect(GIB - 1, GIB - 1, RWX, 1);
	expect(2 * GIB, 2 * GIB, RWX, 1);
}

/* Nothing that was not prepared is mapped, nor anything beside it. */
static void no_table_no_change(void **state)
{
	(void)state;
	assert_int_equal(pgtable_init(&pt, 39, 1), 0);
	map(GIB, GIB, 2 * GIB, RWX);
	pgtable_map(&pt, GPA(0), PA(0), PAGE_SIZE, MAP_READ);
	expect_nothing(0);
	pgtable_map(&pt, GPA(GIB + PAGE_SIZE), PA(GIB + PAGE_SIZE), GIB, MAP_READ);
	expect(GIB + PAGE_SIZE, GIB + PAGE_SIZE, RWX, 1);
	expect(2 * GIB, 2 * GIB, RWX, 1);
	pgtable_unmap(&pt, GPA(2 * GIB), 2 * MIB);
	expect(2 * GIB, 2 * GIB, RWX, 1);
}

static void tables_stay_where_everything_changes(void **state)
{
	u64 used = pool_used(), with_tables;

	(void)state;
	assert_int_equal(pgtable_init(&pt, 39, 1), 0);
	map(0, 0, 4 * GIB, RWX);
	assert_int_equal(pgtable_prepare(&pt, GPA(GIB), PA(GIB), MIB, PAGE_SIZE), 0);
	assert_int_equal(pgtable_prepare(&pt, GPA(3 * GIB), PA(3 * GIB), MIB, PAGE_SIZE), 0);
	with_tables = pool_used();
	map(0, 0, 4 * GIB, MAP_READ);
	assert_int_equal(pool_used(), with_tables);
	expect(GIB - 1, GIB - 1, MAP_READ, 1);
	expect(GIB + MIB, GIB + MIB, MAP_READ, 3);
	expect(GIB + 2 * MIB, GIB + 2 * MIB, MAP_READ, 2);
	expect(2 * GIB, 2 * GIB, MAP_READ, 1);
	expect(3 * GIB, 3 * GIB, MAP_READ, 3);
	pgtable_unmap(&pt, GPA(0), 4 * GIB);
	expect_nothing(GIB);
	expect_nothing(4 * GIB - 1);
	pgtable_free(&pt);
	assert_int_equal(pool_used(), used);
}

static void pages_come_and_go_under_running_walkers(void **state)
{
	u64 window = GIB + 8 * PAGE_SIZE, i;
	struct fake_translation t;

	(void)state;
	assert_int_equal(pgtable_init(&pt, 39, 0), 0);
	map(0, 0, 4 * GIB, RWX);
	assert_int_equal(pgtable_prepare(&pt, GPA(window), PA(window), 4 * PAGE_SIZE, PAGE_SIZE),
			 0);
	use();
	for (i = 0; i < 6; i++)
		fake_watch(window - PAGE_SIZE + i * PAGE_SIZE);
	pgtable_unmap(&root_cell.pt, GPA(window), 4 * PAGE_SIZE);
	fake_tlb_check();
	assert_false(fake_touch(0, window, &t));
	assert_false(fake_touch(1, window + 3 * PAGE_SIZE, &t));
	assert_true(fake_touch(1, window + 4 * PAGE_SIZE, &t));
	pgtable_map(&root_cell.pt, GPA(window), PA(window), 4 * PAGE_SIZE, MAP_READ);
	fake_tlb_check();
	assert_true(fake_touch(0, window, &t));
	assert_int_equal(t.flags, MAP_READ);
	/* From one permission to another without an unmap in between. */
	pgtable_map(&root_cell.pt, GPA(window), PA(window), 4 * PAGE_SIZE, RWX);
	fake_tlb_check();
	assert_true(fake_touch(1, window, &t));
	assert_int_equal(t.flags, RWX);
}

static void a_block_in_use_is_split_with_a_break(void **state)
{
	struct fake_translation t;

	(void)state;
	assert_int_equal(pgtable_init(&pt, 39, 0), 0);
	map(0, 0, 4 * GIB, RWX);
	use();
	fake_watch(GIB + 5 * PAGE_SIZE);
	fake_watch(GIB + 600 * MIB);
	assert_int_equal(pgtable_prepare(&root_cell.pt, GPA(GIB), PA(GIB), PAGE_SIZE, PAGE_SIZE),
			 0);
	fake_tlb_check();
	assert_true(fake_touch(0, GIB + 5 * PAGE_SIZE, &t));
	assert_int_equal(t.pa, GIB + 5 * PAGE_SIZE);
	pgtable_unmap(&root_cell.pt, GPA(GIB), PAGE_SIZE);
	fake_tlb_check();
}

static void running_out_of_pages_changes_no_translation(void **state)
{
	u64 gpa = GIB - 3 * PAGE_SIZE, size = 2 * GIB + 7 * PAGE_SIZE, used, at;
	u32 nth;

	(void)state;
	for (nth = 1;; nth++) {
		setup(NULL);
		assert_int_equal(pgtable_init(&pt, 39, 1), 0);
		map(0, 0, 4 * GIB, RWX);
		used = pool_used();
		fake_pool_fail(nth);
		if (!pgtable_prepare(&pt, GPA(gpa), PA(gpa), size, 0))
			break;
		assert_true(fake_pool_failed());
		for (at = 0; at < 4 * GIB; at += 64 * MIB + PAGE_SIZE)
			expect_same(at, RWX);
		/* What was allocated is not lost: the same again takes the rest. */
		fake_pool_fail(0);
		assert_int_equal(pgtable_prepare(&pt, GPA(gpa), PA(gpa), size, 0), 0);
		pgtable_unmap(&pt, GPA(gpa), size);
		expect_nothing(gpa);
		expect_nothing(gpa + size - 1);
		expect(gpa - 1, gpa - 1, RWX, 3);
		expect(gpa + size, gpa + size, RWX, 3);
		assert_true(pool_used() > used);
		pgtable_free(&pt);
		assert_int_equal(pool_used(), 0);
	}
	assert_true(nth > 4);
}

/* --- the pool below --- */

static void pages_in_a_row_and_aligned(void **state)
{
	u64 size, align, before;
	u8 *one, *row;

	(void)state;
	for (align = 1; align <= 16; align *= 2) {
		for (size = 1; size <= 16; size++) {
			setup(NULL);
			one = pool_alloc(1);
			row = pool_alloc_aligned(size, align);
			assert_int_equal(fake_pa(row) / PAGE_SIZE % align, 0);
			assert_true(row >= one + PAGE_SIZE || row + size * PAGE_SIZE <= one);
			assert_int_equal(pool_used(), size + 1);
			/* A hole that is too small is passed over, one that fits is used. */
			pool_free(one, 1);
			assert_ptr_equal(pool_alloc(1), one);
			pool_free(row, size);
			assert_ptr_equal(pool_alloc_aligned(size, align), row);
		}
	}
	setup(NULL);
	assert_null(pool_alloc(0));
	assert_null(pool_alloc(FAKE_HV_PAGES + 1));
	assert_null(pool_alloc(~0UL));
	for (before = 0; pool_alloc(1); before++)
		;
	assert_int_equal(before, FAKE_HV_PAGES);
	assert_int_equal(pool_used(), pool_size());
	pool_free(fake_hv_pool + 5 * PAGE_SIZE, 2);
	assert_null(pool_alloc(3));
	assert_ptr_equal(pool_alloc(2), fake_hv_pool + 5 * PAGE_SIZE);
}

/* Random changes of 64 MiB in 2 MiB and page steps against a list of pages. */
#define PAGES	(64 * MIB / PAGE_SIZE)

static struct {
	u64 pa;		/* 0: unmapped */
	u32 flags;
} model[PAGES];

static void change_at_random(struct pgtable *table)
{
	u64 unit = fake_random(2) ? 1 : 512, total = PAGES / unit;
	u64 first = fake_random((u32)total) * unit, count, i;
	u64 pa = GIB + fake_random(1024) * unit * PAGE_SIZE;
	u32 flags = 1 + fake_random(15);

	count = (1 + fake_random((u32)MIN(total - first / unit, 3UL))) * unit;
	if (pgtable_prepare(table, GPA(first * PAGE_SIZE), PA(pa), count * PAGE_SIZE,
			    fake_random(4) ? 0 : PAGE_SIZE))
		fail();
	if (fake_random(3)) {
		pgtable_map(table, GPA(first * PAGE_SIZE), PA(pa), count * PAGE_SIZE, flags);
	} else {
		pgtable_unmap(table, GPA(first * PAGE_SIZE), count * PAGE_SIZE);
		pa = 0;
	}
	for (i = 0; i < count; i++) {
		model[first + i].pa = pa ? pa + i * PAGE_SIZE : 0;
		model[first + i].flags = flags;
	}
}

static void compare_with_model(const struct pgtable *table)
{
	struct fake_translation t;
	u64 i;

	for (i = 0; i < PAGES; i++) {
		bool mapped = fake_walk(table, i * PAGE_SIZE, &t);

		if (mapped != !!model[i].pa ||
		    (mapped && (t.pa != model[i].pa || t.flags != model[i].flags)))
			fail_msg("page %llu: %s to %llx", i, mapped ? "mapped" : "not mapped",
				 t.pa);
	}
}

static void random_changes(bool live)
{
	u32 seed, i;

	for (seed = 1; seed <= (live ? 10 : 30); seed++) {
		setup(NULL);
		fake_seed(seed);
		memset(model, 0, sizeof(model));
		assert_int_equal(pgtable_init(&pt, 32, 0), 0);
		if (live)
			use();
		for (i = 0; i < 5 && live; i++)
			fake_watch(fake_random(PAGES) * PAGE_SIZE);
		for (i = 0; i < 25; i++) {
			change_at_random(live ? &root_cell.pt : &pt);
			if (live)
				fake_tlb_check();
		}
		compare_with_model(&pt);
	}
}

static void random_changes_of_a_table_at_rest(void **state)
{
	(void)state;
	random_changes(false);
}

static void random_changes_under_running_walkers(void **state)
{
	(void)state;
	random_changes(true);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(sizes_of_address_spaces, setup),
		cmocka_unit_test_setup(bad_ranges_are_refused, setup),
		cmocka_unit_test_setup(the_largest_blocks_are_used, setup),
		cmocka_unit_test_setup(pages_where_asked_for, setup),
		cmocka_unit_test_setup(no_table_no_change, setup),
		cmocka_unit_test_setup(tables_stay_where_everything_changes, setup),
		cmocka_unit_test_setup(pages_come_and_go_under_running_walkers, setup),
		cmocka_unit_test_setup(a_block_in_use_is_split_with_a_break, setup),
		cmocka_unit_test_setup(running_out_of_pages_changes_no_translation, setup),
		cmocka_unit_test_setup(pages_in_a_row_and_aligned, setup),
		cmocka_unit_test_setup(random_changes_of_a_table_at_rest, setup),
		cmocka_unit_test_setup(random_changes_under_running_walkers, setup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
