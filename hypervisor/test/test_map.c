// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (c) The jh authors
 *
 * Guests' memory in EL2's private window: it is there while it is borrowed, and gone from table and
 * TLB afterwards.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include <asm/percpu.h>
#include <asm/tlb.h>
#include <hv/arch.h>

#define ADDRESS		0x0000fffffffff000UL
#define READ_ONLY	(1UL << 7)
#define XN		(1UL << 54)

u64 fake64_private_table[512];
static u64 tlb[512];

void tlb_flush_own_page(u64 va)
{
	u64 page = (va - EL2_PRIVATE) / PAGE_SIZE;

	/* A walk might come right behind: the entry has to be gone before. */
	assert_int_equal(fake64_private_table[page], 0);
	tlb[page] = 0;
}

static int setup(void **state)
{
	(void)state;
	memset(fake64_private_table, 0, sizeof(fake64_private_table));
	memset(tlb, 0, sizeof(tlb));
	return 0;
}

/* Every page is touched, as speculation may do; what is cached must be what the table says. */
static void touch_all(void)
{
	u32 i;

	for (i = 0; i < ARRAY_SIZE(tlb); i++) {
		if (tlb[i])
			assert_int_equal(tlb[i], fake64_private_table[i]);
		tlb[i] = fake64_private_table[i];
	}
}

static u64 leaf(const void *at)
{
	return fake64_private_table[((u64)at - EL2_PRIVATE) / PAGE_SIZE];
}

static u32 count(void)
{
	u32 i, n = 0;

	touch_all();
	for (i = 0; i < ARRAY_SIZE(tlb); i++)
		n += !!tlb[i];
	return n;
}

static void expect_range(const u8 *at, u64 pa, u64 size, bool writable)
{
	u64 i;

	for (i = 0; i < size; i++) {
		assert_int_equal((leaf(at + i) & ADDRESS) + (u64)(at + i) % PAGE_SIZE, pa + i);
		assert_int_equal(leaf(at + i) & 3, 3);
		assert_int_equal(!(leaf(at + i) & READ_ONLY), writable);
		assert_true(leaf(at + i) & XN);
	}
}

static void memory_is_there_while_it_is_borrowed(void **state)
{
	const u8 *from;
	u8 *to;

	(void)state;
	from = arch_guest_map_ro(PA(0x50000ff0), 0x20);
	expect_range(from, 0x50000ff0, 0x20, false);
	assert_int_equal(count(), 2);
	to = arch_guest_map_rw(PA(0x60001234), 0x1000);
	expect_range(to, 0x60001234, 0x1000, true);
	expect_range(from, 0x50000ff0, 0x20, false);
	assert_int_equal(count(), 4);
	arch_guest_unmap_ro();
	expect_range(to, 0x60001234, 0x1000, true);
	assert_int_equal(count(), 2);
	arch_guest_unmap_rw();
	assert_int_equal(count(), 0);
}

static void no_mapping_is_left_of_any_size(void **state)
{
	u64 size, offset;

	(void)state;
	for (size = 1; size <= ARCH_SLOT_PAGES * PAGE_SIZE; size += 0x7ff) {
		for (offset = 0; offset < PAGE_SIZE; offset += 0x3fc) {
			if (offset + size > ARCH_SLOT_PAGES * PAGE_SIZE)
				continue;
			expect_range(arch_guest_map_rw(PA(size * PAGE_SIZE + offset), size),
				     size * PAGE_SIZE + offset, size, true);
			assert_int_equal(count(), (offset + size + PAGE_SIZE - 1) / PAGE_SIZE);
			arch_guest_unmap_rw();
			assert_int_equal(count(), 0);
		}
	}
	/* Nothing to give back. */
	arch_guest_unmap_ro();
	arch_guest_unmap_rw();
	assert_int_equal(count(), 0);
}

/* MAIR_EL2's byte for the page's index: what the hypervisor does with its caches there. */
static u8 type_of(const void *at)
{
	return (u8)(EL2_MAIR >> 8 * (leaf(at) >> 2 & 7));
}

static void each_slot_has_its_memory_type(void **state)
{
	const u8 *uncached;

	(void)state;
	assert_int_equal(type_of(arch_guest_map_ro(PA(0x50000000), 1)), 0xff);
	assert_int_equal(type_of(arch_guest_map_rw(PA(0x50000000), 1)), 0xff);
	uncached = arch_map_uncached(PA(0x60001000));
	/* Normal memory, Non-cacheable, inside and outside. */
	assert_int_equal(type_of(uncached), 0x44);
	expect_range(uncached, 0x60001000, PAGE_SIZE, true);
	assert_int_equal(count(), 3);
	arch_guest_unmap_ro();
	arch_guest_unmap_rw();
	arch_unmap_uncached();
	assert_int_equal(count(), 0);
}

/* Whoever asks for too much, against the rules, reaches no other slot. */
static void a_slot_ends_where_it_ends(void **state)
{
	(void)state;
	arch_guest_map_ro(PA(0x50000000), 1UL << 40);
	assert_int_equal(count(), PRIVATE_SLOT_PAGES);
	assert_int_equal(tlb[PRIVATE_SLOT_READ + PRIVATE_SLOT_PAGES], 0);
	arch_guest_unmap_ro();
	assert_int_equal(count(), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(memory_is_there_while_it_is_borrowed, setup),
		cmocka_unit_test_setup(no_mapping_is_left_of_any_size, setup),
		cmocka_unit_test_setup(each_slot_has_its_memory_type, setup),
		cmocka_unit_test_setup(a_slot_ends_where_it_ends, setup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
