// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (c) The jh authors
 *
 * Random lives of many cells at once. After each step each page, CPU and interrupt has one owner
 * and every view agrees; after the last cell is gone everything is as at first.
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
#include <hv/hypercall.h>
#include <hv/owner.h>
#include <hv/report.h>
#include "world.h"

#define CPUS		8
#define ROOTS_OWN	2	/* CPUs 0 and 1 stay root's */

static u64 random_pages(u32 most)
{
	return (1 + fake_random(most)) * PAGE_SIZE;
}

static bool sharing;

/* Both sides mostly agree on it, too. */
static void random_link(struct blob_parts *parts, const char *peer)
{
	struct jh_config_link *link = blob_add_link(parts, "link", peer);

	if (!fake_random(8))
		link->size += PAGE_SIZE;
	if (!fake_random(8))
		link->side = !link->side;
	if (!fake_random(3))
		blob_add_ivshmem(parts, (__u16)fake_random(33), 0);
	/* Which its interrupts are not for. */
	parts->cell.flags &= ~(u32)JH_CELL_IRQ_DIRECT;
}

/* "cell2" and "cell3" mostly agree on what they share: memory, registers, or both. */
static void random_shares(struct blob_parts *parts, u32 number)
{
	char peer[JH_NAME_LEN];

	snprintf(peer, sizeof(peer), "cell%u", number ^ (fake_random(8) ? 1 : 2));
	if (fake_random(4))
		world_add_share(parts, peer, FAKE_POOL0 + 0x80000 + number / 2 * 0x2000, 0x2000000,
				fake_random(8) ? 0x2000 : 0x1000, RAM_FLAGS);
	if (fake_random(2))
		random_link(parts, peer);
	if (!fake_random(3))
		world_add_share(parts, peer, FAKE_DEVICE2 + number / 2 * PAGE_SIZE, 0x3000000,
				PAGE_SIZE, IO_FLAGS);
}

static void random_memory(struct blob_parts *parts)
{
	u64 virt = 0x1000000UL * (1 + parts->num_memories);

	switch (fake_random(5)) {
	case 0:
		world_add_memory(parts, 0, virt, random_pages(40), RAM_FLAGS | JH_MEM_AUTO);
		break;
	case 1:
		world_add_memory(parts, 0, virt, 0x200000, RAM_FLAGS | JH_MEM_AUTO);
		break;
	case 2:
		world_add_memory(parts, FAKE_POOL0 + fake_random(1024) * PAGE_SIZE, virt,
				 random_pages(64), RAM_FLAGS);
		break;
	case 3:
		world_add_memory(parts, FAKE_DEVICE2 + fake_random(4) * PAGE_SIZE, virt,
				 random_pages(2),
				 IO_FLAGS | (fake_random(3) ? 0 : JH_MEM_SHARED_ROOT));
		break;
	case 4:
		world_add_memory(parts, FAKE_RAM + 0x40000 + fake_random(16) * PAGE_SIZE, virt,
				 random_pages(4), JH_MEM_READ | JH_MEM_SHARED_ROOT |
				 (fake_random(2) ? JH_MEM_WRITE : 0));
		break;
	}
}

static void random_cell(struct blob_parts *parts)
{
	u32 i, number = fake_random(sharing ? 4 : 12);
	char name[JH_NAME_LEN];

	snprintf(name, sizeof(name), "cell%u", number);
	world_cell(parts, name, ROOTS_OWN + fake_random(CPUS - ROOTS_OWN));
	if (!fake_random(3)) {
		parts->num_cpus = 2;
		parts->cpus[1].cpu = ROOTS_OWN + fake_random(CPUS - ROOTS_OWN);
	}
	parts->cell.flags = fake_random(2) ? JH_CELL_PUTC : 0;
	if (!fake_random(4))
		parts->cell.flags |= JH_CELL_TRUSTED | JH_CELL_IRQ_DIRECT;
	if (!fake_random(4))
		parts->cell.flags |= JH_CELL_SCRUB_RESTART;
	parts->memories[0].size = random_pages(20);
	if (sharing)
		random_shares(parts, number);
	for (i = fake_random(sharing ? 1 : 3); i; i--)
		random_memory(parts);
	for (i = fake_random(3); i; i--)
		world_add_irq(parts, 32 + fake_random(8), fake_random(2));
}

static void do_fail(void *arg)
{
	struct jh_crash crash = { .cause = JH_CRASH_TRAP, .cpu = this_cpu() };

	(void)arg;
	cell_fail(&crash);
}

static void do_end(void *arg)
{
	(void)arg;
	cell_end(false);
}

/* The guest of a CPU writes somewhere, with its caches on or off. */
static void guest_writes(u32 cpu, u64 gpa)
{
	struct fake_translation t;

	if (!fake_touch(cpu, gpa, &t) || !(t.flags & MAP_WRITE) || t.flags & MAP_DEVICE)
		return;
	if (t.flags & MAP_UNCACHED || fake_random(2))
		fake_guest_stores(t.pa, 8 * (1 + fake_random(8)), 0xc0 + (u8)fake_random(16));
	else
		fake_guest_dirties(t.pa, 8 * (1 + fake_random(8)), 0xd0 + (u8)fake_random(16));
}

static void do_off(void *arg)
{
	(void)arg;
	cpu_park();
}

static void do_on(void *arg)
{
	u64 mask = this_cell()->cpu_mask;

	(void)arg;
	while (mask)
		cpu_turn_on(&cpus[cpu_mask_next(&mask)], 0, 0, CPU_REQ_START);
}

/* Something that a guest of a cell does. */
static void guest_step(void)
{
	static void (*const steps[])(void *) = { do_fail, do_end, do_off, do_on, do_on, do_on };
	u32 cpu = ROOTS_OWN + fake_random(CPUS - ROOTS_OWN);
	struct fake_translation t;

	if (fake_cpus[cpu].mode != FAKE_GUEST)
		return;
	fake_touch(cpu, random_pages(30), &t);
	fake_touch(cpu, 0x1000000UL * fake_random(4), &t);
	if (fake_cpus[cpu].cell != &root_cell) {
		guest_writes(cpu, random_pages(30));
		guest_writes(cpu, 0x1000000UL * fake_random(4));
		guest_writes(cpu, 0x80000000);
		fake_post(cpu, steps[fake_random(ARRAY_SIZE(steps))], NULL);
	}
	if (fake_random(2))
		fake_run();
}

static u32 lives, further_lives, shared;

/* All that a life needs, or some of it; each part is refused when it does not fit. */
static void begin_life(u64 id)
{
	u32 cpu = fake_random(ROOTS_OWN);

	while (fake_random(64) && fake_hypercall(cpu, JH_HC_CELL_CLEAN, id, 0, 0, 0) > 0)
		;
	if (fake_random(2))
		fake_hypercall(cpu, JH_HC_CELL_WRITE, id, 0, AT_IMAGE, 1 + fake_random(0x1000));
	/* Now and then of a load that was broken off. */
	if (fake_random(16))
		fake_hypercall(cpu, JH_HC_CELL_LOADED, id, 0, 0, 0);
	if (fake_hypercall(cpu, JH_HC_CELL_START, id, 0, 0, 0))
		return;
	lives++;
	further_lives += report.cells[id].starts > 1;
}

/* Mostly of a cell that there is. */
static u64 some_number(void)
{
	u64 id = 1 + fake_random(6);
	u32 tries = 6;

	while (!cell_get(id) && fake_random(20) && tries--)
		id = id % 6 + 1;
	return id;
}

static void root_step(void)
{
	static const u64 codes[] = {
		JH_HC_CELL_START, JH_HC_CELL_START, JH_HC_CELL_START, JH_HC_CELL_STOP,
		JH_HC_CELL_DESTROY, JH_HC_CELL_DESTROY, JH_HC_CELL_SCRUB, JH_HC_LOG_FLUSH,
		JH_HC_CELL_LOADED, JH_HC_CELL_LOADED, JH_HC_CELL_CLEAN,
	};
	u64 id = some_number();
	struct blob_parts parts;

	switch (fake_random(12)) {
	case 0:
	case 1:
	case 2:
		random_cell(&parts);
		world_create(&parts);
		break;
	case 3:
		fake_hypercall(0, JH_HC_CELL_WRITE, id, fake_random(0x8000),
			       AT_IMAGE + fake_random(0x1000), 1 + fake_random(0x8000));
		break;
	case 4:
		fake_hypercall(fake_random(ROOTS_OWN), JH_HC_CELL_MSG, id, fake_random(4), 0, 0);
		break;
	case 5:
	case 6:
	case 7:
		begin_life(id);
		break;
	case 8:
		fake_hypercall(fake_random(ROOTS_OWN), JH_HC_CELL_STOP, id, 0, 0, 0);
		break;
	default:
		fake_hypercall(fake_random(ROOTS_OWN), codes[fake_random(ARRAY_SIZE(codes))], id,
			       0, 0, 0);
		break;
	}
}

/* Ranges that two cells have just now. */
static void count_shared(void)
{
	const struct cell *cell, *other;
	u32 id, i;

	for (id = 1; id < JH_MAX_CELLS; id++) {
		cell = cell_get(id);
		for (i = 0; cell && i < cell->num_memories; i++) {
			other = owner_other_side(cell, &cell->memories[i]);
			shared += other && other != &root_cell && other->id > id;
		}
	}
}

static void destroy_all(void)
{
	u64 id;

	for (id = 1; id < JH_MAX_CELLS; id++) {
		if (!cell_get(id))
			continue;
		if (cell_get(id)->state == JH_CELL_DYING)
			assert_int_equal(world_scrub(id), 0);
		else
			assert_int_equal(world_destroy(id), 0);
		if (cell_get(id))
			assert_int_equal(world_call(JH_HC_CELL_DESTROY, id), 0);
	}
}

static void live(u32 seed, const struct fake_options *options, u32 steps)
{
	u32 i;

	fake_seed(seed);
	world_boot(options, 0xfc);
	for (i = 0; i < 4; i++)
		fake_watch(FAKE_DEVICE2 + i * PAGE_SIZE);
	world_remember();
	fake_schedule_random();
	for (i = 0; i < steps; i++) {
		if (fake_random(3))
			root_step();
		else
			guest_step();
		if (i % 4 == 0) {
			fake_run();
			world_check();
			count_shared();
		}
	}
	fake_run();
	destroy_all();
	assert_true(fake_memory_is(FAKE_POOL0, FAKE_POOL0_SIZE, 0));
	assert_true(fake_memory_is(FAKE_POOL1, FAKE_POOL1_SIZE, 0));
	fake_schedule = (struct fake_schedule){ 0 };
	world_unchanged();
}

static void random_lives(void **state)
{
	struct fake_options options = fake_defaults;
	u32 seed;

	(void)state;
	options.cpus = CPUS;
	options.pool_pages = 384;
	for (seed = 1; seed <= 25; seed++)
		live(seed, &options, 150);
	/* What is looked at does happen. */
	assert_true(lives > 100 && further_lives > 20);}

static void random_lives_in_little_memory(void **state)
{
	struct fake_options options = fake_defaults;
	u32 seed;

	(void)state;
	options.cpus = CPUS;
	for (seed = 1; seed <= 25; seed++) {
		options.pool_pages = 24 + seed;
		live(1000 + seed, &options, 60);
	}
}

static void random_lives_beside_a_listed_root(void **state)
{
	struct fake_options options = fake_defaults;
	u32 seed;

	(void)state;
	options.cpus = CPUS;
	options.listed = true;
	for (seed = 1; seed <= 10; seed++)
		live(2000 + seed, &options, 60);
}

static void random_lives_of_cells_that_share(void **state)
{
	struct fake_options options = fake_defaults;
	u32 seed;

	(void)state;
	options.cpus = CPUS;
	options.pool_pages = 384;
	sharing = true;
	shared = 0;
	for (seed = 1; seed <= 25; seed++)
		live(3000 + seed, &options, 100);
	sharing = false;
	assert_true(shared > 100);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(random_lives),
		cmocka_unit_test(random_lives_in_little_memory),
		cmocka_unit_test(random_lives_beside_a_listed_root),
		cmocka_unit_test(random_lives_of_cells_that_share),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
