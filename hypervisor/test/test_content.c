// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (c) The jh authors
 *
 * Content of a cell's memory when it starts: images that root has loaded, and remains of an earlier
 * life.
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
#include <jh/reasons.h>
#include "world.h"

/* --- loading --- */

static void load_expecting(u64 gpa, u64 from, u64 size, bool works)
{
	s64 ret = fake_hypercall(0, JH_HC_CELL_WRITE, 1, gpa, from, size);

	if (works != (ret == 0))
		fail_msg("write of %llx bytes from %llx to %llx: %lld", size, from, gpa, ret);
	if (ret)
		world_refused(ret, -EFAULT, JH_ERR_IMAGE_ADDRESS, JH_OBJ_IMAGE, 0);
}

static void only_loadable_memory_is_written_from_roots_own(void **state)
{
	struct blob_parts parts;
	u64 pool;

	(void)state;
	world_boot(&fake_defaults, 0x8);
	world_cell(&parts, "a", 3);
	world_add_memory(&parts, 0, 0x20000, 0x1000, (RAM_FLAGS & ~JH_MEM_LOADABLE) | JH_MEM_AUTO);
	world_add_memory(&parts, FAKE_DEVICE, 0x30000, 0x1000, IO_FLAGS);
	assert_int_equal(world_create(&parts), 1);
	assert_int_equal(world_clean(1), 0);
	pool = cell_get(1)->memories[0].pa;
	load_expecting(0, AT_IMAGE, 0x10000, true);
	load_expecting(0xffff, AT_IMAGE, 1, true);
	load_expecting(0, AT_IMAGE, 0, false);
	load_expecting(0, AT_IMAGE, 0x10001, false);
	load_expecting(0xffff, AT_IMAGE, 2, false);
	load_expecting(0x10000, AT_IMAGE, 1, false);
	load_expecting(0x20000, AT_IMAGE, 1, false);
	load_expecting(0x30000, AT_IMAGE, 1, false);
	load_expecting(~0UL, AT_IMAGE, 2, false);
	load_expecting(0, AT_IMAGE, ~0UL, false);
	load_expecting(0x80000000, AT_IMAGE, 1, false);
	/* What is not root's cannot be read by it in this way. */
	load_expecting(0, pool, 1, false);
	load_expecting(0, FAKE_POOL0 - 1, 2, false);
	load_expecting(0, FAKE_HV, 1, false);
	load_expecting(0, fake_info.hv_address + fake_info.hv_size - 1, 2, false);
	load_expecting(0, FAKE_DEVICE, 1, false);
	load_expecting(0, 0x08000000, 1, false);
	load_expecting(0, FAKE_MAX_ADDRESS, 2, false);
	load_expecting(0, ~0UL, 1, false);
	load_expecting(0, ~0UL - 3, 8, false);
}

static void all_alignments_of_source_and_target(void **state)
{
	static const u64 offsets[] = { 0, 1, 7, 0x7ff, 0xff8, 0xfff };
	static const u64 sizes[] = { 1, 2, 8, 0x800, 0xfff, 0x1000, 0x1001, 0x2fff };
	u8 image[0x4000], found[0x4000];
	struct blob_parts parts;
	u32 i, j, k, n;
	u64 pa;

	(void)state;
	world_boot(&fake_defaults, 0x8);
	world_cell(&parts, "a", 3);
	assert_int_equal(world_create(&parts), 1);
	assert_int_equal(world_clean(1), 0);
	pa = cell_get(1)->memories[0].pa;
	for (n = 0; n < sizeof(image); n++)
		image[n] = (u8)(n * 7 + n / 256 + 1);
	fake_poke(AT_IMAGE, image, sizeof(image));
	for (i = 0; i < ARRAY_SIZE(offsets); i++) {
		for (j = 0; j < ARRAY_SIZE(offsets); j++) {
			for (k = 0; k < ARRAY_SIZE(sizes); k++) {
				fake_memory_fill(pa, sizeof(found), 0xcc);
				assert_int_equal(fake_hypercall(0, JH_HC_CELL_WRITE, 1, offsets[i],
								AT_IMAGE + offsets[j], sizes[k]),
						 0);
				fake_peek(pa, found, sizeof(found));
				assert_memory_equal(found + offsets[i], image + offsets[j],
						    sizes[k]);
				assert_int_equal(found[offsets[i] + sizes[k]], 0xcc);
				assert_true(!offsets[i] || found[offsets[i] - 1] == 0xcc);
				assert_true(fake_memory_coherent(pa, sizeof(found)));
			}
		}
	}
}

/* --- the next life --- */

static void a_second_life_finds_its_memory_in_memory(void **state)
{
	struct blob_parts parts;
	u64 pa, shared = FAKE_RAM + 0x40000;

	(void)state;
	world_boot(&fake_defaults, 0x8);
	world_rich_cell(&parts);
	assert_int_equal(world_run(&parts), 1);
	pa = cell_get(1)->memories[0].pa;
	/* Its .bss, stack and page tables, with the caches on; a flag with them off. */
	fake_guest_dirties(pa + 0x4000, 0x1000, 0xee);
	fake_guest_dirties(shared, 0x40, 0xee);
	fake_guest_stores(pa + 0x6000, 0x40, 0xdd);
	assert_int_equal(world_call(JH_HC_CELL_STOP, 1), 0);
	world_refused(world_call(JH_HC_CELL_START, 1), -EBUSY, JH_ERR_NOT_CLEAN, JH_OBJ_CELL, 1);
	world_refused(fake_hypercall(0, JH_HC_CELL_WRITE, 1, 0, AT_IMAGE, 64), -EBUSY,
		      JH_ERR_NOT_CLEAN, JH_OBJ_CELL, 1);
	assert_true(fake_memory_is_dirty(pa, 0x8000));
	/* In pieces, and only the last of them is enough. */
	assert_true(world_call(JH_HC_CELL_CLEAN, 1) > 0);
	world_refused(world_call(JH_HC_CELL_START, 1), -EBUSY, JH_ERR_NOT_CLEAN, JH_OBJ_CELL, 1);
	assert_int_equal(world_start(1), 0);
	assert_true(fake_memory_coherent(pa, 0x8000));
	assert_true(fake_memory_is(pa + 0x4000, 0x1000, 0xee));
	assert_true(fake_memory_is(pa + 0x6000, 0x40, 0xdd));
	assert_true(fake_memory_is(shared, 0x40, 0xee));
	assert_int_equal(world_destroy(1), 0);
}

static void do_on_3(void *arg)
{
	(void)arg;
	cpu_turn_on(&cpus[3], 0, 0, CPU_REQ_START);
}

/* A cell that failed may have CPUs that still run; they stop before its memory is looked at. */
static void no_cpu_runs_while_memory_is_cleaned(void **state)
{
	struct blob_parts parts;

	(void)state;
	world_boot(&fake_defaults, 0xc);
	world_cell(&parts, "a", 2);
	parts.num_cpus = 2;
	parts.cpus[1].cpu = 3;
	assert_int_equal(world_run(&parts), 1);
	fake_post(2, do_on_3, NULL);
	fake_run();
	fake_cpus[3].deaf = true;
	world_fail(2);
	assert_int_equal(fake_cpus[3].mode, FAKE_GUEST);
	world_refused(world_call(JH_HC_CELL_CLEAN, 1), -EIO, JH_ERR_CPU_LOST, JH_OBJ_CELL, 1);
	fake_cpus[3].deaf = false;
	assert_int_equal(world_clean(1), 0);
	assert_int_equal(fake_cpus[3].mode, FAKE_WAITING);
	assert_int_equal(world_destroy(1), 0);
}

static void a_life_may_begin_with_zeroed_memory(void **state)
{
	struct blob_parts parts;
	u64 pa, shared = FAKE_RAM + 0x40000;

	(void)state;
	world_boot(&fake_defaults, 0x8);
	world_rich_cell(&parts);
	parts.cell.flags |= JH_CELL_SCRUB_RESTART;
	fake_memory_fill(AT_IMAGE, 0x1000, 0x5a);
	assert_int_equal(world_run(&parts), 1);
	pa = cell_get(1)->memories[0].pa;
	assert_true(fake_memory_is(pa, 0x1000, 0x5a));
	fake_guest_dirties(pa, 0x8000, 0xee);
	fake_guest_dirties(shared, 0x40, 0xee);
	fake_guest_stores(pa + 0x9000, 0x40, 0xdd);
	assert_int_equal(world_call(JH_HC_CELL_STOP, 1), 0);
	assert_true(world_call(JH_HC_CELL_CLEAN, 1) > 0);
	assert_int_equal(cell_get(1)->state, JH_CELL_CREATED);
	assert_int_equal(world_clean(1), 0);
	assert_true(fake_memory_is(pa, 0x10000, 0));
	assert_true(fake_memory_is(shared, 0x40, 0xee));
	world_refused(world_call(JH_HC_CELL_START, 1), -EINVAL, JH_ERR_NOT_LOADED, JH_OBJ_CELL, 1);
	assert_int_equal(world_load(1, 0, 0x1000), 0);
	assert_int_equal(world_start(1), 0);
	assert_true(fake_memory_is(pa, 0x1000, 0x5a));
	assert_true(fake_memory_is(pa + 0x1000, 0xf000, 0));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(only_loadable_memory_is_written_from_roots_own),
		cmocka_unit_test(all_alignments_of_source_and_target),
		cmocka_unit_test(a_second_life_finds_its_memory_in_memory),
		cmocka_unit_test(no_cpu_runs_while_memory_is_cleaned),
		cmocka_unit_test(a_life_may_begin_with_zeroed_memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
