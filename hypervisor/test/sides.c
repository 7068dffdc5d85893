// SPDX-License-Identifier: GPL-2.0-only
/* Copyright (c) The jh authors */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include <hv/cpu.h>
#include <hv/link.h>
#include <jh/link.h>
#include "sides.h"
#include "world.h"

u64 sides_left, sides_right;

/* CPUs 0 and 1 run root; 2 and 5 are "left"'s, 3 "right"'s, 4 somebody else's. */
void sides_begin(void)
{
	struct fake_options options = fake_defaults;

	options.cpus = 6;
	world_boot(&options, 0x3c);
	world_remember();
	sides_left = sides_right = 0;
}

/* "left" is side 0, "right" side 1, of a link between them. */
struct jh_config_link *sides_describe(struct blob_parts *parts, const char *name, u32 cpu)
{
	world_cell(parts, name, cpu);
	return blob_add_link(parts, "samples", strcmp(name, "left") ? "left" : "right");
}

u64 sides_create(const char *name, u32 cpu)
{
	struct blob_parts parts;
	s64 id;

	sides_describe(&parts, name, cpu);
	if (cpu == LEFT_CPU) {
		parts.num_cpus = 2;
		parts.cpus[1].cpu = 5;
	}
	id = world_create(&parts);
	assert_true(id > 0);
	world_check();
	return (u64)id;
}

void sides_run(u64 id)
{
	if (cell_get(id)->state == JH_CELL_CREATED)
		assert_int_equal(world_load(id, 0, 4096), 0);
	assert_int_equal(world_start(id), 0);
	fake_run();
}

void sides_begin_both(void)
{
	sides_begin();
	sides_left = sides_create("left", LEFT_CPU);
	sides_right = sides_create("right", RIGHT_CPU);
	sides_run(sides_left);
	sides_run(sides_right);
}

u64 sides_access(u32 cpu, u32 offset, u32 size, bool write, u64 value)
{
	return world_access(cpu, REGISTERS + offset, size, write, value);
}

u32 sides_get(u32 cpu, u32 offset)
{
	return (u32)sides_access(cpu, offset, 4, false, 0);
}

void sides_put(u32 cpu, u32 offset, u32 value)
{
	sides_access(cpu, offset, 4, true, value);
}

void sides_ring(u32 cpu, u32 peer, u32 bell)
{
	sides_put(cpu, JH_LINK_DOORBELL, peer << 16 | bell);
}

const struct jh_link_report *sides_row(u64 cell)
{
	return cell_get(cell)->links[0].report;
}

/* A word of the state table, as both sides see it whether their caches are on or off. */
u32 sides_table(u64 cell, u32 which)
{
	u64 pa = cell_get(cell)->links[0].table;
	u32 word;

	assert_true(fake_memory_coherent(pa, PAGE_SIZE));
	fake_peek(pa + 4 * which, &word, sizeof(word));
	return word;
}
