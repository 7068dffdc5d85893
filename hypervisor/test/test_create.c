// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (c) The jh authors
 *
 * Refusals of create: each names the object at fault, and changes nothing.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include <hv/cpu.h>
#include <hv/errno.h>
#include <hv/learn.h>
#include <hv/manage.h>
#include <hv/owner.h>
#include <hv/pool.h>
#include <hv/report.h>
#include <jh/reasons.h>
#include "world.h"

/* CPUs 0-2 run root, 3 and 4 are parked, 5 is cell "first"'s with a device and an interrupt. */
static void begin(struct blob_parts *parts)
{
	struct fake_options options = fake_defaults;

	options.cpus = 6;
	world_boot(&options, 0x38);
	world_cell(parts, "first", 5);
	world_add_memory(parts, FAKE_DEVICE2, 0x10000000, PAGE_SIZE, IO_FLAGS);
	world_add_memory(parts, FAKE_POOL1, 0x20000000, 0x10000, RAM_FLAGS);
	world_add_memory(parts, FAKE_RAM + 0x50000, 0x30000000, 0x1000,
			 JH_MEM_READ | JH_MEM_SHARED_ROOT);
	world_add_irq(parts, 50, 0);
	assert_int_equal(world_create(parts), 1);
	world_cell(parts, "second", 3);
	world_remember();
}

static void expect_refusal(const struct blob_parts *parts, int err, u32 reason, u32 object,
			   u32 index)
{
	world_refused(world_create(parts), err, reason, object, index);
	world_unchanged();
}

static void unavailable_cpus_are_refused(void **state)
{
	struct blob_parts parts;

	(void)state;
	begin(&parts);
	parts.cpus[0].cpu = 6;
	expect_refusal(&parts, -ENODEV, JH_ERR_CPU_ABSENT, JH_OBJ_CPU, 0);
	parts.cpus[0].cpu = 63;
	expect_refusal(&parts, -ENODEV, JH_ERR_CPU_ABSENT, JH_OBJ_CPU, 0);
	parts.cpus[0].cpu = 0;
	expect_refusal(&parts, -EBUSY, JH_ERR_CPU_HOTPLUG, JH_OBJ_CPU, 0);
	parts.cpus[0].cpu = 3;
	parts.cpus[1].cpu = 5;
	parts.num_cpus = 2;
	expect_refusal(&parts, -EBUSY, JH_ERR_CPU_TAKEN, JH_OBJ_CPU, 1);
	assert_int_equal(report.head.error.cell, 1);
	/* The first one was claimed and is free again. */
	assert_int_equal(cpus[3].state, CPU_PARKED);
	parts.cpus[1].cpu = 4;
	assert_int_equal(world_create(&parts), 2);
	assert_int_equal(root_cell.cpu_mask, 0x7);
}

/* Each CPU counts for its cell; what it counted for root before it left stays root's. */
static void statistics_go_with_the_owner(void **state)
{
	struct blob_parts parts;
	u64 before;
	u32 stat;

	(void)state;
	begin(&parts);
	for (stat = 1; stat < JH_NUM_STATS; stat++) {
		cpus[0].report->stats[stat] = 1000 + stat;
		cpus[3].report->stats[stat] = 10 * stat;
	}
	cpus[3].report->ignored = 0x1000;
	before = jh_cell_stat(&report.head, CELL_ROOT, JH_STAT_TOTAL);
	parts.cpus[0].cpu = 3;
	assert_int_equal(world_create(&parts), 2);
	assert_int_equal(jh_cell_stat(&report.head, CELL_ROOT, JH_STAT_IRQ),
			 1000 + 11 * JH_STAT_IRQ);
	assert_true(jh_cell_stat(&report.head, CELL_ROOT, JH_STAT_TOTAL) >= before);
	assert_int_equal(jh_cell_stat(&report.head, 2, JH_STAT_TOTAL), 0);
	assert_int_equal(cpus[3].report->ignored, 0);
	cpus[3].report->stats[JH_STAT_IRQ] = 7;
	before = jh_cell_stat(&report.head, CELL_ROOT, JH_STAT_TOTAL);
	assert_int_equal(jh_cell_stat(&report.head, 2, JH_STAT_TOTAL), 7);
	assert_int_equal(world_destroy(2), 0);
	assert_true(jh_cell_stat(&report.head, CELL_ROOT, JH_STAT_TOTAL) >= before);
	assert_int_equal(jh_cell_stat(&report.head, CELL_ROOT, JH_STAT_IRQ),
			 1000 + 11 * JH_STAT_IRQ);
}

static void unavailable_interrupts_are_refused(void **state)
{
	struct blob_parts parts;

	(void)state;
	begin(&parts);
	world_add_irq(&parts, 60, 0);
	world_add_irq(&parts, 50, 0);
	expect_refusal(&parts, -EBUSY, JH_ERR_IRQ_TAKEN, JH_OBJ_IRQ, 1);
	assert_int_equal(report.head.error.cell, 1);
	parts.irqs[1].intid = FAKE_IRQS;
	expect_refusal(&parts, -EINVAL, JH_ERR_IRQ_ABSENT, JH_OBJ_IRQ, 1);
	/* One that root still handles: what was claimed before is root's again. */
	parts.irqs[1].intid = 70;
	fake_options.held_irq = 70;
	expect_refusal(&parts, -EIO, JH_ERR_IRQ_IN_FLIGHT, JH_OBJ_IRQ, 1);
	assert_int_equal(fake_irq_owner(60), CELL_ROOT);
	fake_options.held_irq = 0;
	parts.irqs[1].intid = FAKE_IRQS - 1;
	assert_int_equal(world_create(&parts), 2);
}

static void unavailable_memory_is_refused(void **state)
{
	static const struct {
		u64 phys, size;
		u32 flags;
		int err;
		u32 reason;
	} bad[] = {
		/* not in a pool, or not whole */
		{ FAKE_RAM, 0x1000, RAM_FLAGS, -EINVAL, JH_ERR_MEM_POOL },
		{ FAKE_POOL1 + FAKE_POOL1_SIZE - 0x1000, 0x2000, RAM_FLAGS, -EINVAL,
		  JH_ERR_MEM_POOL },
		{ FAKE_POOL0 + FAKE_POOL0_SIZE, 0x1000, RAM_FLAGS, -EINVAL, JH_ERR_MEM_POOL },
		{ FAKE_DEVICE, 0x1000, RAM_FLAGS, -EINVAL, JH_ERR_MEM_POOL },
		/* the hypervisor's, the interrupt controller's */
		{ FAKE_HV, 0x1000, RAM_FLAGS, -EPERM, JH_ERR_MEM_HYPERVISOR },
		{ FAKE_HV, 0x1000, IO_FLAGS, -EPERM, JH_ERR_MEM_HYPERVISOR },
		{ FAKE_HV - 0x1000, 0x2000, RAM_FLAGS, -EPERM, JH_ERR_MEM_HYPERVISOR },
		{ FAKE_HV, 0x1000, IO_FLAGS | JH_MEM_SHARED_ROOT, -EPERM,
		  JH_ERR_MEM_HYPERVISOR },
		{ 0x08000000, 0x1000, IO_FLAGS, -EPERM, JH_ERR_MEM_UNIT },
		{ 0x080a0000, 0x1000, IO_FLAGS, -EPERM, JH_ERR_MEM_UNIT },
		{ 0x080a0000 + 0xf60000 - 0x1000, 0x1000, IO_FLAGS | JH_MEM_SHARED_ROOT, -EPERM,
		  JH_ERR_MEM_UNIT },
		/* another cell's */
		{ FAKE_POOL1 + 0xf000, 0x1000, RAM_FLAGS, -EBUSY, JH_ERR_MEM_TAKEN },
		{ FAKE_DEVICE2, 0x1000, IO_FLAGS, -EBUSY, JH_ERR_MEM_TAKEN },
		{ FAKE_DEVICE2, 0x1000, IO_FLAGS | JH_MEM_SHARED_ROOT, -EBUSY, JH_ERR_MEM_TAKEN },
		{ FAKE_RAM + 0x50000, 0x1000, JH_MEM_READ | JH_MEM_SHARED_ROOT, -EBUSY,
		  JH_ERR_MEM_TAKEN },
		/* not assignable */
		{ FAKE_RAM, 0x1000, IO_FLAGS, -EINVAL, JH_ERR_MEM_ASSIGNABLE },
		{ 0x0b000000, 0x1000, IO_FLAGS, -EINVAL, JH_ERR_MEM_ASSIGNABLE },
		{ FAKE_POOL1 + 0x100000, 0x1000, IO_FLAGS, -EINVAL, JH_ERR_MEM_ASSIGNABLE },
		/* a part of a pool cannot be root's too */
		{ FAKE_POOL1 + 0x100000, 0x1000, RAM_FLAGS | JH_MEM_SHARED_ROOT, -EINVAL,
		  JH_ERR_MEM_SHARED_POOL },
	};
	struct blob_parts parts;
	u32 i;

	(void)state;
	begin(&parts);
	parts.num_memories = 2;
	for (i = 0; i < ARRAY_SIZE(bad); i++) {
		parts.memories[1] = (struct jh_config_memory){
			.phys = bad[i].phys, .virt = 0x40000000, .size = bad[i].size,
			.flags = bad[i].flags,
		};
		expect_refusal(&parts, bad[i].err, bad[i].reason, JH_OBJ_MEMORY, 1);
		assert_int_equal(report.head.error.value, bad[i].phys);
	}
	parts.memories[1] = (struct jh_config_memory){
		.virt = 1UL << ARCH_CELL_BITS, .size = 0x1000, .flags = RAM_FLAGS | JH_MEM_AUTO,
	};
	expect_refusal(&parts, -ERANGE, JH_ERR_MEM_VIRT, JH_OBJ_MEMORY, 1);
	parts.memories[1].virt = 0x40000000;
	parts.memories[1].size = FAKE_POOL0_SIZE + 0x1000;
	expect_refusal(&parts, -ENOMEM, JH_ERR_MEM_SPACE, JH_OBJ_MEMORY, 1);
	/* What the refusal says there is can be had, and no page more. */
	parts.memories[1].size = report.head.error.limit + 0x1000;
	expect_refusal(&parts, -ENOMEM, JH_ERR_MEM_SPACE, JH_OBJ_MEMORY, 1);
	parts.memories[1].size = report.head.error.limit;
	assert_int_equal(world_create(&parts), 2);
}

static void what_is_assignable_may_be_shared_with_root_or_taken(void **state)
{
	struct fake_translation t;
	struct blob_parts parts;

	(void)state;
	begin(&parts);
	world_add_memory(&parts, FAKE_DEVICE, 0x40000000, 0x1000, IO_FLAGS | JH_MEM_SHARED_ROOT);
	world_add_memory(&parts, FAKE_DEVICE2 + 0x1000, 0x50000000, 0x3000, IO_FLAGS);
	assert_int_equal(world_create(&parts), 2);
	assert_true(fake_touch(0, FAKE_DEVICE, &t));
	assert_false(fake_touch(0, FAKE_DEVICE2 + 0x1000, &t));
	assert_false(fake_touch(1, FAKE_DEVICE2 + 0x3000, &t));
	world_check();
	assert_int_equal(world_destroy(2), 0);
	world_unchanged();
}

/* A cell gets nothing that is not assignable, however near to it. */
static void memory_beside_an_assignable_range_is_refused(void **state)
{
	struct blob_parts parts;

	(void)state;
	begin(&parts);
	world_add_memory(&parts, FAKE_DEVICE + PAGE_SIZE, 0x40000000, PAGE_SIZE, IO_FLAGS);
	expect_refusal(&parts, -EINVAL, JH_ERR_MEM_ASSIGNABLE, JH_OBJ_MEMORY, 1);
	parts.memories[1].phys = FAKE_DEVICE;
	parts.memories[1].size = 2 * PAGE_SIZE;
	expect_refusal(&parts, -EINVAL, JH_ERR_MEM_ASSIGNABLE, JH_OBJ_MEMORY, 1);
}

static void configurations_root_cannot_read_itself(void **state)
{
	static const struct {
		u64 pa, length;
	} bad[] = {
		{ FAKE_HV, 200 }, { FAKE_POOL0, 200 }, { FAKE_POOL1, 200 }, { FAKE_DEVICE2, 200 },
		{ AT_CONFIG, 0 }, { AT_CONFIG, JH_CONFIG_MAX_SIZE + 1 }, { AT_CONFIG, ~0UL },
		{ ~0UL, 200 }, { ~0UL - 100, 200 }, { FAKE_POOL0 - 100, 200 },
		{ FAKE_MAX_ADDRESS - 100, 200 }, { 0x08000000, 200 },
	};
	struct blob_parts parts;
	s64 ret;
	u32 i;

	(void)state;
	begin(&parts);
	for (i = 0; i < ARRAY_SIZE(bad); i++) {
		ret = fake_hypercall(0, JH_HC_CELL_CREATE, bad[i].pa, bad[i].length, 0, 0);
		if (bad[i].length && bad[i].length <= JH_CONFIG_MAX_SIZE) {
			world_refused(ret, -EFAULT, JH_ERR_FILE_MEMORY, JH_OBJ_FILE, 0);
			assert_int_equal(report.head.error.value, bad[i].pa);
		} else {
			world_refused(ret, -E2BIG, JH_ERR_FILE_SIZE, JH_OBJ_FILE, 0);
			assert_int_equal(report.head.error.value, bad[i].length);
			assert_int_equal(report.head.error.limit, JH_CONFIG_MAX_SIZE);
		}
		world_unchanged();
	}
}

/* What a listed root does not have it cannot make us read for it. */
static void configurations_beside_the_list(void **state)
{
	struct fake_options options = fake_defaults;
	struct blob_parts parts;
	s64 ret;

	(void)state;
	options.listed = true;
	world_boot(&options, 0x8);
	ret = fake_hypercall(0, JH_HC_CELL_CREATE, FAKE_RAM + FAKE_RAM_SIZE, 200, 0, 0);
	world_refused(ret, -EFAULT, JH_ERR_FILE_MEMORY, JH_OBJ_FILE, 0);
	ret = fake_hypercall(0, JH_HC_CELL_CREATE, FAKE_RAM + FAKE_RAM_SIZE - 100, 200, 0, 0);
	world_refused(ret, -EFAULT, JH_ERR_FILE_MEMORY, JH_OBJ_FILE, 0);
	world_cell(&parts, "a", 3);
	assert_int_equal(world_create(&parts), 1);
}

struct lesson {
	u64 address;
	bool again;
};

static void do_learn(void *arg)
{
	struct lesson *l = arg;

	l->again = learn_access(l->address, "read");
}

static bool learn(u64 address)
{
	struct lesson l = { .address = address };
	struct fake_translation t;

	fake_post(1, do_learn, &l);
	fake_run();
	if (fake_walk(&root_cell.pt, address, &t) != l.again)
		fail_msg("%llx: %s", address, l.again ? "not learned" : "refused and mapped");
	if (l.again)
		assert_int_equal(t.pa, address);
	return l.again;
}

/* A root that learns gets what is nobody's when it asks, and nothing else, ever. */
static void root_learns_no_memory_of_others(void **state)
{
	struct fake_options options = fake_defaults;
	struct blob_parts parts;
	u64 at, nobodys = 0x70000000;
	struct lesson later = { .address = FAKE_DEVICE };

	(void)state;
	options.learning = true;
	options.pool_pages = 40;
	world_boot(&options, 0x8);
	world_cell(&parts, "a", 3);
	world_add_memory(&parts, FAKE_DEVICE, 0x10000000, PAGE_SIZE, IO_FLAGS);
	assert_int_equal(world_create(&parts), 1);
	assert_true(learn(nobodys + 0x123));
	assert_true(learn(nobodys + 0x123));
	assert_false(learn(FAKE_DEVICE));
	assert_false(learn(FAKE_POOL0 + 0x5000));
	assert_false(learn(FAKE_POOL1));
	assert_false(learn(fake_info.hv_address + fake_info.hv_size - 1));
	assert_false(learn(0x08000000));
	assert_false(learn(0x080a0000));
	assert_false(learn(FAKE_MAX_ADDRESS + 1));
	assert_false(learn(~0UL));
	/* Owners are looked at under the lock: while it is taken the access is made again. */
	assert_true(manage_try_begin());
	fake_post(1, do_learn, &later);
	fake_run();
	manage_end();
	assert_true(later.again);
	world_check();
	/* Out of tables: by blocks then. */
	for (at = nobodys; pool_used() < pool_size(); at += 0x200000)
		assert_true(learn(at));
	assert_true(learn(at));
	assert_true(learn(at + 0x1ff000));
	assert_true(learn(FAKE_DEVICE + 0x1000));
	assert_false(learn(FAKE_DEVICE));
	world_check();
	/* A listed root learns nothing. */
	options.learning = false;
	options.listed = true;
	world_boot(&options, 0x8);
	assert_false(learn(nobodys));
}

/* Where no table is to be had a block is given as a whole, and only if all of it is nobody's. */
static void no_block_with_a_page_of_others_is_learned(void **state)
{
	const u64 block = 0x200000, nobodys = 0x70000000;
	struct fake_options options = fake_defaults;
	struct blob_parts parts;
	u64 at;

	(void)state;
	options.learning = true;
	options.pool_pages = 40;
	options.max_address = FAKE_MAX_ADDRESS - block / 2;
	world_boot(&options, 0x8);
	world_cell(&parts, "a", 3);
	world_add_memory(&parts, FAKE_DEVICE2, 0x10000000, PAGE_SIZE, IO_FLAGS);
	assert_int_equal(world_create(&parts), 1);
	for (at = nobodys; pool_used() < pool_size(); at += block)
		assert_true(learn(at));
	assert_true(learn(at));
	/* Half of the last block is beyond all addresses. */
	assert_false(learn(options.max_address - block / 4));
	assert_true(learn(options.max_address - block));
	/* Around a cell's memory there has been a table since it was claimed. */
	assert_true(learn(FAKE_DEVICE2 + block / 2));
	assert_false(learn(FAKE_DEVICE2));
	world_check();
}

/* Each frame of the interrupt controller, from its first page to its last, is nobody's to have. */
static void frames_of_a_gicv2(void **state)
{
	static const struct {
		u64 base, size;
		u32 kind;
	} frames[] = {
		{ 0x08000000, 0x10000, JH_UNIT_GICD },
		{ FAKE_GICC, FAKE_GIC_SIZE, JH_UNIT_GICC },
		{ FAKE_GICH, FAKE_GIC_SIZE, JH_UNIT_GICH },
		{ FAKE_GICV, FAKE_GIC_SIZE, JH_UNIT_GICV },
	};
	struct fake_options options = fake_defaults;
	struct blob_parts parts;
	u32 i, last;

	(void)state;
	options.gicv2 = options.learning = true;
	world_boot(&options, 0x8);
	for (i = 0; i < 2 * ARRAY_SIZE(frames); i++) {
		last = i & 1;
		world_cell(&parts, "a", 3);
		world_add_memory(&parts, frames[i / 2].base + last * (frames[i / 2].size -
				 PAGE_SIZE), 0x10000000, PAGE_SIZE, IO_FLAGS);
		world_remember();
		expect_refusal(&parts, -EPERM, JH_ERR_MEM_UNIT, JH_OBJ_MEMORY, 1);
		assert_int_equal(report.head.error.other_object, JH_OBJ_UNIT);
		assert_int_equal(report.head.error.other_index,
				 JH_ERROR_UNIT(frames[i / 2].kind, 0));
		assert_false(learn(parts.memories[1].phys));
	}
}

/* An ITS is root's, from its first page to its last, and no cell gets a page of it. */
static void a_unit_that_root_keeps(void **state)
{
	struct fake_translation t;
	struct blob_parts parts;
	u32 i, learning;

	(void)state;
	for (learning = 0; learning <= world_is_whole(); learning++) {
		struct fake_options options = fake_defaults;

		options.learning = learning;
		world_boot(&options, 0x8);
		for (i = 0; i < 4; i++) {
			u64 page = i & 1 ? FAKE_ITS + FAKE_ITS_SIZE - PAGE_SIZE : FAKE_ITS;

			assert_true(fake_touch(0, page, &t) || learn(page));
			world_cell(&parts, "a", 3);
			world_add_memory(&parts, page, 0x10000000, PAGE_SIZE,
					 IO_FLAGS | (i & 2 ? JH_MEM_SHARED_ROOT : 0));
			world_remember();
			expect_refusal(&parts, -EPERM, JH_ERR_MEM_UNIT, JH_OBJ_MEMORY, 1);
			assert_int_equal(report.head.error.other_object, JH_OBJ_UNIT);
			assert_int_equal(report.head.error.other_index,
					 JH_ERROR_UNIT(JH_UNIT_ITS, 0));
		}
	}
}

/* What nothing filters is nowhere in root's map: the fake architecture knows GICD and GICR only. */
static void a_unit_that_root_does_not_have(void **state)
{
	struct fake_options options = fake_defaults;
	struct fake_translation t;
	u64 page;

	(void)state;
	options.gicv2 = true;
	world_boot(&options, 0x8);
	for (page = FAKE_GICH; page < FAKE_GICH + FAKE_GIC_SIZE; page += PAGE_SIZE) {
		assert_false(fake_touch(0, page, &t));
		assert_false(learn(page));
	}
	assert_true(fake_touch(0, page, &t));
	assert_true(fake_touch(0, FAKE_GICH - PAGE_SIZE, &t));
}

static void blobs_cut_off_anywhere(void **state)
{
	struct blob_parts parts;
	u32 length, i;

	(void)state;
	begin(&parts);
	length = world_put(AT_CONFIG, &parts);
	for (i = 1; i < length; i++)
		assert_true(fake_hypercall(0, JH_HC_CELL_CREATE, AT_CONFIG, i, 0, 0) < 0);
	world_unchanged();
	/* Across pages of root's memory, from any alignment. */
	world_put(AT_CONFIG + 0x1000 - 104, &parts);
	assert_int_equal(fake_hypercall(0, JH_HC_CELL_CREATE, AT_CONFIG + 0x1000 - 104, length, 0,
					0), 2);
	world_check();
}

static void names_and_numbers_run_out(void **state)
{
	struct fake_options options = fake_defaults;
	struct blob_parts parts;
	char name[JH_NAME_LEN];
	u32 id;

	(void)state;
	begin(&parts);
	strcpy(parts.cell.name, "first");
	expect_refusal(&parts, -EEXIST, JH_ERR_NAME_TAKEN, JH_OBJ_CELL, 0);
	assert_int_equal(report.head.error.cell, 1);
	strcpy(parts.cell.name, "qemu-virt");
	expect_refusal(&parts, -EEXIST, JH_ERR_NAME_ROOT, JH_OBJ_CELL, 0);
	assert_int_equal(report.head.error.cell, 0);
	/* All numbers taken: cells that stand in for those that CPUs would not suffice for. */
	options.cpus = 2;
	world_boot(&options, 0x2);
	world_cell(&parts, "last", 1);
	for (id = 1; id < JH_MAX_CELLS; id++) {
		snprintf(name, sizeof(name), "c%u", id);
		strcpy(report.cells[id].name, name);
		cell_set(id, &root_cell);
	}
	world_refused(world_create(&parts), -ENOSPC, JH_ERR_CELL_SPACE, JH_OBJ_CELL, 0);
	cell_set(7, NULL);
	assert_int_equal(world_create(&parts), 7);
}

static void automatic_memory_lies_where_blocks_fit(void **state)
{
	struct blob_parts parts;
	const struct cell *cell;

	(void)state;
	begin(&parts);
	parts.memories[0].size = 0x3000;
	world_add_memory(&parts, 0, 0x200000, 0x200000, RAM_FLAGS | JH_MEM_AUTO);
	world_add_memory(&parts, 0, 0x10000, 0x5000, RAM_FLAGS | JH_MEM_AUTO);
	assert_int_equal(world_create(&parts), 2);
	cell = cell_get(2);
	assert_int_equal(cell->memories[1].pa % 0x200000, 0);
	world_check();
	/* What "first" holds of the second pool is left alone. */
	assert_true(cell->memories[1].pa != FAKE_POOL1);
	assert_int_equal(world_destroy(2), 0);
	world_unchanged();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(unavailable_cpus_are_refused),
		cmocka_unit_test(statistics_go_with_the_owner),
		cmocka_unit_test(unavailable_interrupts_are_refused),
		cmocka_unit_test(unavailable_memory_is_refused),
		cmocka_unit_test(what_is_assignable_may_be_shared_with_root_or_taken),
		cmocka_unit_test(memory_beside_an_assignable_range_is_refused),
		cmocka_unit_test(configurations_root_cannot_read_itself),
		cmocka_unit_test(configurations_beside_the_list),
		cmocka_unit_test(frames_of_a_gicv2),
		cmocka_unit_test(a_unit_that_root_keeps),
		cmocka_unit_test(a_unit_that_root_does_not_have),
		cmocka_unit_test(blobs_cut_off_anywhere),
		cmocka_unit_test(names_and_numbers_run_out),
		cmocka_unit_test(automatic_memory_lies_where_blocks_fit),
	};

	const struct CMUnitTest learning[] = {
		cmocka_unit_test(root_learns_no_memory_of_others),
		cmocka_unit_test(no_block_with_a_page_of_others_is_learned),
	};

	return cmocka_run_group_tests(tests, NULL, NULL) +
	       (world_is_whole() ? cmocka_run_group_tests(learning, NULL, NULL) : 0);
}
