// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (c) The jh authors
 *
 * Memory for the hypervisor and for cells: where it is taken, that it is zeroed, and that Linux
 * gets all of it back.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

#include "../jh.h"
#include "blob.h"

#define MIB	0x100000ULL

static struct blob_parts parts;
static struct jh_system the_system;
static struct jh_error err;
static int reserved;			/* jh_devtree_reserved() */
static u64 reserved_from, ram_from;	/* below them that is nothing, and there is no RAM */
static bool is_memory;
static bool is_unmapped;		/* reserved with no-map */

int jh_devtree_reserved(u64 address, u64 size)
{
	return address < reserved_from ? -ENOENT : reserved;
}

bool jh_devtree_is_memory(u64 address, u64 size)
{
	return is_memory && address >= ram_from;
}

bool jh_devtree_is_unmapped(u64 address, u64 size)
{
	return is_unmapped;
}

/* One hypervisor and two pools, 1 MiB, 4 MiB and 2 MiB, anywhere. */
static int setup(void **state)
{
	fake_reset();
	fake_ram_reset();
	reserved = -ENOENT;
	reserved_from = 0;
	ram_from = 0;
	is_memory = true;
	is_unmapped = true;
	blob_system(&parts);
	parts.num_pools = 2;
	parts.pools[0] = (struct jh_config_pool){ .size = 4 * MIB, .flags = JH_POOL_AUTO };
	parts.pools[1] = (struct jh_config_pool){ .size = 2 * MIB, .flags = JH_POOL_AUTO };
	memset(&the_system, 0, sizeof(the_system));
	memset(&err, 0, sizeof(err));
	return 0;
}

static int take(void)
{
	free(the_system.config);
	the_system.config = blob_pack(&parts, &the_system.config_length);
	return jh_memory_take(&the_system, &err);
}

static int teardown(void **state)
{
	free(the_system.config);
	the_system.config = NULL;
	return 0;
}

static void assert_nothing_is_taken(void)
{
	assert_int_equal(fake_ram_taken(), 0);
	assert_int_equal(fake_ram_offline(), 0);
	assert_int_equal(fake_mapped, 0);
	assert_int_equal(the_system.num_pools, 0);
}

static bool is_zero(const struct jh_memory *memory)
{
	u64 i;

	for (i = 0; i < memory->size; i++)
		if (fake_ram[memory->address - FAKE_RAM + i])
			return false;
	return true;
}

static void memory_is_zeroed_and_marked_offline(void **state)
{
	const struct jh_memory *all[] = { &the_system.hv, &the_system.pools[0],
					  &the_system.pools[1] };
	u32 i;

	assert_int_equal(take(), 0);
	assert_int_equal(the_system.num_pools, 2);
	assert_int_equal(the_system.hv.size, MIB);
	assert_int_equal(the_system.pools[0].size, 4 * MIB);
	assert_int_equal(the_system.pools[1].size, 2 * MIB);
	for (i = 0; i < 3; i++) {
		assert_true(is_zero(all[i]));
		assert_int_equal(all[i]->address % (2 * MIB), 0);
		assert_int_equal(PFN_PHYS(all[i]->first_pfn), all[i]->address - PAGE_SIZE);
		assert_int_equal(all[i]->count, all[i]->size / PAGE_SIZE + 1);
		/* The guard page below keeps its bytes. */
		assert_int_equal(fake_ram[all[i]->address - FAKE_RAM - 1], FAKE_DIRT);
		assert_int_equal(fake_ram[all[i]->address - FAKE_RAM + all[i]->size], FAKE_DIRT);
	}
	assert_int_equal(fake_ram_taken(), 7 * MIB / PAGE_SIZE + 3);
	assert_int_equal(fake_ram_offline(), 7 * MIB / PAGE_SIZE);
	assert_int_equal(fake_mapped, 0);
	jh_memory_give_back(&the_system);
	assert_nothing_is_taken();
	jh_memory_give_back(&the_system);
	assert_nothing_is_taken();
}

static void memory_comes_from_the_top_of_ram(void **state)
{
	parts.num_pools = 1;
	fake_pages[(FAKE_RAM_SIZE - MIB) / PAGE_SIZE - 1].fixed = true;
	assert_int_equal(take(), 0);
	/* At the very top there is a page that cannot go. */
	assert_int_equal(the_system.hv.address, FAKE_RAM + FAKE_RAM_SIZE - 4 * MIB);
	assert_int_equal(the_system.pools[0].address, FAKE_RAM + FAKE_RAM_SIZE - 10 * MIB);
	jh_memory_give_back(&the_system);
	assert_nothing_is_taken();
}

/* Its tables reach so far; pools may lie anywhere. */
static void the_hypervisor_stays_below_511_gib(void **state)
{
	fake_ram_at = BOOTTABLE_HV_LIMIT - 16 * MIB;
	fake_resources[0].start = fake_ram_at;
	fake_resources[0].end = fake_ram_at + FAKE_RAM_SIZE - 1;
	assert_int_equal(take(), 0);
	assert_in_range(the_system.hv.address, fake_ram_at, BOOTTABLE_HV_LIMIT - MIB);
	assert_true(the_system.pools[0].address > BOOTTABLE_HV_LIMIT);
	jh_memory_give_back(&the_system);
	assert_nothing_is_taken();
}

static void a_page_that_never_moves_is_stepped_over(void **state)
{
	fake_pages[(FAKE_RAM_SIZE - 2 * MIB) / PAGE_SIZE + 5].reserved = true;
	fake_pages[(FAKE_RAM_SIZE - 6 * MIB) / PAGE_SIZE].zone = 1;
	parts.num_pools = 0;
	assert_int_equal(take(), 0);
	assert_int_equal(fake_contig_tries, 1);
	assert_int_equal(the_system.hv.address, FAKE_RAM + FAKE_RAM_SIZE - 4 * MIB);
	jh_memory_give_back(&the_system);
	/* No range lies over a border of zones. */
	parts.num_pools = 1;
	assert_int_equal(take(), 0);
	assert_true(the_system.pools[0].address + 4 * MIB <= FAKE_RAM + FAKE_RAM_SIZE - 6 * MIB);
	jh_memory_give_back(&the_system);
}

static void the_bottom_of_ram_has_no_page_below_it(void **state)
{
	parts.num_pools = 1;
	fake_resources[0].end = FAKE_RAM + 4 * MIB - 1;
	parts.pools[0].size = 2 * MIB;
	assert_int_equal(take(), -refuse_errno(JH_ERR_POOL_SPACE));
	assert_int_equal(err.reason, JH_ERR_POOL_SPACE);
	assert_int_equal(err.index, 0);
	assert_int_equal(err.value, 2 * MIB);
	assert_nothing_is_taken();
	/* Nor where a block begins far below it. */
	parts.num_pools = 0;
	fake_resources[0].end = FAKE_RAM + 2 * MIB - 1;
	assert_int_equal(take(), -refuse_errno(JH_ERR_POOL_SPACE));
	assert_int_equal(err.reason, JH_ERR_POOL_SPACE);
	assert_int_equal(err.value, MIB);
	assert_nothing_is_taken();
}

/* In pieces as small as a page; those behind the 32nd are not searched. */
static void ram_in_many_pieces(void **state)
{
	struct resource whole = fake_resources[0];
	u32 pieces, i;

	parts.num_pools = 0;
	for (pieces = 31; pieces < 34; pieces++) {
		for (i = 0; i < pieces; i++) {
			fake_resources[i] = whole;
			fake_resources[i].start = whole.start + i * PAGE_SIZE;
			fake_resources[i].end = fake_resources[i].start + PAGE_SIZE - 1;
		}
		fake_resources[i] = whole;
		fake_num_resources = pieces + 1;
		if (pieces < 32) {
			assert_int_equal(take(), 0);
			jh_memory_give_back(&the_system);
		} else {
			assert_int_equal(take(), -refuse_errno(JH_ERR_POOL_SPACE));
		}
		assert_nothing_is_taken();
	}
}

static void a_last_pool_that_fails_takes_nothing(void **state)
{
	parts.pools[1].size = FAKE_RAM_SIZE;
	assert_true(take() < 0);
	assert_int_equal(err.reason, JH_ERR_POOL_SPACE);
	assert_int_equal(err.object, JH_OBJ_POOL);
	assert_int_equal(err.index, 1);
	assert_nothing_is_taken();
}

static void what_cannot_be_mapped_is_given_back(void **state)
{
	fake_fail_remap = 3;
	assert_int_equal(take(), -ENOMEM);
	assert_nothing_is_taken();
	fake_signal = true;
	assert_int_equal(take(), -EINTR);
	assert_nothing_is_taken();
}

/* The hypervisor at a fixed address, the pools as the_system.config has them. */
static int take_fixed(u64 address)
{
	parts.system.hv_address = address;
	parts.num_pools = 0;
	return take();
}

static void fixed_memory_must_be_set_aside_for_nobody(void **state)
{
	u64 at = FAKE_RAM + 8 * MIB;
	u32 i;

	assert_true(take_fixed(at) < 0);		/* Linux' own RAM */
	assert_int_equal(err.reason, JH_ERR_HV_NOT_RESERVED);
	reserved = -EBUSY;				/* a driver's */
	assert_true(take_fixed(at) < 0);
	assert_int_equal(err.reason, JH_ERR_HV_NOT_RESERVED);
	reserved = 0;
	is_memory = false;
	assert_true(take_fixed(at) < 0);
	assert_int_equal(err.reason, JH_ERR_HV_NOT_RAM);
	is_memory = true;
	for (i = 0; i < MIB / PAGE_SIZE - 1; i++)
		fake_pages[8 * MIB / PAGE_SIZE + i].reserved = true;
	assert_true(take_fixed(at) < 0);		/* but for its last page */
	assert_int_equal(err.reason, JH_ERR_HV_NOT_RESERVED);
	assert_int_equal(err.value, at);
	assert_nothing_is_taken();
	fake_pages[9 * MIB / PAGE_SIZE - 1].reserved = true;
	assert_int_equal(take_fixed(at), 0);
	assert_int_equal(the_system.hv.address, at);
	assert_true(is_zero(&the_system.hv));
	assert_int_equal(fake_ram[8 * MIB - 1], FAKE_DIRT);
	assert_int_equal(fake_ram[9 * MIB], FAKE_DIRT);
	assert_int_equal(fake_ram_taken(), 0);
	assert_int_equal(fake_ram_offline(), MIB / PAGE_SIZE);
	jh_memory_give_back(&the_system);
	assert_nothing_is_taken();
}

/* Linux may read up to seven bytes beyond a page that it maps: an abort if they are EL2's. */
static void what_linux_maps_is_out_of_its_reach(void **state)
{
	u64 at = FAKE_RAM + 8 * MIB;
	u32 i;

	reserved = 0;
	is_memory = true;
	is_unmapped = false;
	for (i = 0; i < MIB / PAGE_SIZE; i++)
		fake_pages[8 * MIB / PAGE_SIZE + i].reserved = true;
	reserved_from = at;				/* the page before it is Linux' */
	assert_true(take_fixed(at) < 0);
	assert_int_equal(err.reason, JH_ERR_MAPPED);
	assert_int_equal(err.value, at);
	assert_nothing_is_taken();
	is_unmapped = true;				/* no-map */
	assert_int_equal(take_fixed(at), 0);
	jh_memory_give_back(&the_system);
	is_unmapped = false;
	reserved_from = at - PAGE_SIZE;			/* nobody uses the page before it */
	assert_int_equal(take_fixed(at), 0);
	jh_memory_give_back(&the_system);
	reserved_from = at;
	ram_from = at;					/* nor is there one */
	assert_int_equal(take_fixed(at), 0);
	jh_memory_give_back(&the_system);
	assert_nothing_is_taken();
}

static void memory_that_linux_was_not_told_of(void **state)
{
	u64 at = FAKE_RAM + 16 * MIB;

	fake_resources[0].end = FAKE_RAM + 12 * MIB - 1;
	assert_int_equal(take_fixed(at), 0);
	jh_memory_give_back(&the_system);
	is_memory = false;
	assert_true(take_fixed(at) < 0);
	assert_int_equal(err.reason, JH_ERR_HV_NOT_RAM);
	is_memory = true;
	fake_resources[1] = (struct resource){ at + 4, at + 7, 0 };
	fake_num_resources = 2;
	assert_true(take_fixed(at) < 0);		/* a device */
	assert_int_equal(err.reason, JH_ERR_HV_NOT_RAM);
	assert_nothing_is_taken();
}

static void a_fixed_pool_has_reasons_of_its_own(void **state)
{
	parts.num_pools = 1;
	parts.pools[0] = (struct jh_config_pool){ FAKE_RAM + 8 * MIB, 4 * MIB, 0, 0 };
	assert_true(take() < 0);
	assert_int_equal(err.reason, JH_ERR_POOL_NOT_FREE);
	assert_int_equal(err.value, FAKE_RAM + 8 * MIB);
	assert_int_equal(err.limit, 4 * MIB);
	reserved = 0;
	is_memory = false;
	assert_true(take() < 0);
	assert_int_equal(err.reason, JH_ERR_POOL_NOT_RAM);
	assert_nothing_is_taken();
}

/* A cell may not share with root what Linux uses as RAM, or what a driver of its may use. */
static void memory_that_linux_uses_is_told(void **state)
{
	assert_true(jh_memory_is_linux(FAKE_RAM + 8 * MIB, 4 * MIB));
	reserved = -EBUSY;
	assert_true(jh_memory_is_linux(FAKE_RAM + 8 * MIB, 4 * MIB));
	/* Set aside, but a page of it is in use again. */
	reserved = 0;
	assert_true(jh_memory_is_linux(FAKE_RAM + 8 * MIB, 4 * MIB));
	is_memory = false;
	assert_false(jh_memory_is_linux(FAKE_RAM + 8 * MIB, 4 * MIB));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(memory_is_zeroed_and_marked_offline, setup,
						teardown),
		cmocka_unit_test_setup_teardown(memory_comes_from_the_top_of_ram, setup, teardown),
		cmocka_unit_test_setup_teardown(the_hypervisor_stays_below_511_gib, setup,
						teardown),
		cmocka_unit_test_setup_teardown(a_page_that_never_moves_is_stepped_over, setup,
						teardown),
		cmocka_unit_test_setup_teardown(ram_in_many_pieces, setup, teardown),
		cmocka_unit_test_setup_teardown(the_bottom_of_ram_has_no_page_below_it, setup,
						teardown),
		cmocka_unit_test_setup_teardown(a_last_pool_that_fails_takes_nothing, setup,
						teardown),
		cmocka_unit_test_setup_teardown(what_cannot_be_mapped_is_given_back, setup,
						teardown),
		cmocka_unit_test_setup_teardown(fixed_memory_must_be_set_aside_for_nobody, setup,
						teardown),
		cmocka_unit_test_setup_teardown(what_linux_maps_is_out_of_its_reach, setup,
						teardown),
		cmocka_unit_test_setup_teardown(memory_that_linux_was_not_told_of, setup, teardown),
		cmocka_unit_test_setup_teardown(a_fixed_pool_has_reasons_of_its_own, setup,
						teardown),
		cmocka_unit_test_setup_teardown(memory_that_linux_uses_is_told, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
