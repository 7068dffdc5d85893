// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (c) The jh authors
 *
 * The map of an RTOS that may lie anywhere: each block has the attributes that it should have.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "bsp_map.h"
#include "layout.h"

#define GB	(1UL << 30)
#define MB2	(1UL << 21)

static struct bsp_map map __attribute__((aligned(4096)));

/* The block descriptor that maps an address. */
static u64 walk(u64 addr)
{
	u64 entry = map.root[addr / GB];
	const u64 *table;

	if ((entry & 3) != PTE_TABLE) {
		assert_int_equal(entry & 0xffffc0000000, addr & ~(GB - 1));
		return entry & ~0xffffc0000000UL;
	}
	table = (const u64 *)(entry & ~3UL);
	entry = table[addr / MB2 % 512];
	assert_int_equal(entry & 3, PTE_BLOCK);
	assert_int_equal(entry & 0xffffffe00000, addr & ~(MB2 - 1));
	return entry & ~0xffffffe00000UL;
}

static void all_is_device_at_first(void **state)
{
	(void)state;
	memset(&map, 0xa5, sizeof(map));
	bsp_map_init(&map);
	for (u64 addr = 0; addr < 512 * GB; addr += GB / 2)
		assert_int_equal(walk(addr), PTE_DEVICE);
}

static void a_range_is_mapped_by_its_blocks(void **state)
{
	const u64 start = 0x40000000, end = 0x44000000;

	(void)state;
	bsp_map_init(&map);
	assert_true(bsp_map_range(&map, start, end, PTE_CODE));
	for (u64 addr = 0; addr < 3 * GB; addr += MB2)
		assert_int_equal(walk(addr), addr >= start && addr < end ? PTE_CODE : PTE_DEVICE);
}

static void what_begins_and_ends_inside_a_block_takes_it_whole(void **state)
{
	(void)state;
	bsp_map_init(&map);
	assert_true(bsp_map_range(&map, 0x10000, 0x200001, PTE_CODE));
	assert_int_equal(walk(0), PTE_CODE);
	assert_int_equal(walk(MB2), PTE_CODE);
	assert_int_equal(walk(2 * MB2), PTE_DEVICE);
}

static void ranges_share_a_gigabyte(void **state)
{
	(void)state;
	bsp_map_init(&map);
	assert_true(bsp_map_range(&map, 0x80000000, 0x80000001, PTE_DATA));
	assert_true(bsp_map_range(&map, 0x80200000, 0x80400000, PTE_CODE));
	assert_int_equal(map.used, 1);
	assert_int_equal(walk(0x80000000), PTE_DATA);
	assert_int_equal(walk(0x80200000), PTE_CODE);
	assert_int_equal(walk(0x80400000), PTE_DEVICE);
}

static void a_range_crosses_gigabytes(void **state)
{
	(void)state;
	bsp_map_init(&map);
	assert_true(bsp_map_range(&map, 2 * GB - MB2, 4 * GB + MB2, PTE_CODE));
	assert_int_equal(map.used, 4);
	assert_int_equal(walk(2 * GB - 2 * MB2), PTE_DEVICE);
	for (u64 addr = 2 * GB - MB2; addr < 4 * GB + MB2; addr += MB2)
		assert_int_equal(walk(addr), PTE_CODE);
	assert_int_equal(walk(4 * GB + MB2), PTE_DEVICE);
}

static void too_large_a_range_is_refused(void **state)
{
	(void)state;
	bsp_map_init(&map);
	assert_true(bsp_map_range(&map, 0, 5 * GB, PTE_CODE));
	assert_false(bsp_map_range(&map, 5 * GB, 5 * GB + 1, PTE_CODE));
	assert_int_equal(walk(5 * GB), PTE_DEVICE);
}

/* Is it broken: nothing translates it? */
static bool is_broken(u64 addr)
{
	u64 entry = map.root[addr / GB];

	if ((entry & 3) != PTE_TABLE)
		return !entry;
	return !((const u64 *)(entry & ~3UL))[addr / MB2 % 512];
}

static void what_is_replaced_is_broken_before(void **state)
{
	(void)state;
	bsp_map_init(&map);
	assert_true(bsp_map_range(&map, 0x80000000, 0x80000001, PTE_DATA));
	/* In a table, and in a block of 1 GB, of which all goes. */
	bsp_map_break(&map, 0x802ff000, 0x80401000);
	bsp_map_break(&map, 0x70000000, 0x70010000);
	assert_int_equal(walk(0x80000000), PTE_DATA);
	assert_true(is_broken(0x80200000) && is_broken(0x80400000));
	assert_false(is_broken(0x80600000));
	assert_true(is_broken(0x40000000) && is_broken(0x7fffffff));
	assert_false(is_broken(0x3fffffff) || is_broken(3 * GB));
	assert_true(bsp_map_range(&map, 0x70000000, 0x70010000, PTE_DATA));
	bsp_map_mend(&map);
	assert_int_equal(walk(0x70000000), PTE_DATA);
	assert_int_equal(walk(0x70200000), PTE_DEVICE);
	assert_int_equal(walk(0x40000000), PTE_DEVICE);
}

static void what_cannot_be_replaced_is_mended(void **state)
{
	(void)state;
	bsp_map_init(&map);
	assert_true(bsp_map_range(&map, 0, 5 * GB, PTE_CODE));
	bsp_map_break(&map, 6 * GB, 6 * GB + 1);
	assert_true(is_broken(6 * GB));
	assert_false(bsp_map_range(&map, 6 * GB, 6 * GB + 1, PTE_DATA));
	bsp_map_mend(&map);
	assert_int_equal(walk(6 * GB), PTE_DEVICE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(all_is_device_at_first),
		cmocka_unit_test(a_range_is_mapped_by_its_blocks),
		cmocka_unit_test(what_begins_and_ends_inside_a_block_takes_it_whole),
		cmocka_unit_test(ranges_share_a_gigabyte),
		cmocka_unit_test(a_range_crosses_gigabytes),
		cmocka_unit_test(too_large_a_range_is_refused),
		cmocka_unit_test(what_is_replaced_is_broken_before),
		cmocka_unit_test(what_cannot_be_replaced_is_mended),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
