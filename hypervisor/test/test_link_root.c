// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (c) The jh authors
 *
 * Links between a cell and root: what root sees while the cell is there, how it rings and hears,
 * and that nothing of it stays.
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
#include <hv/pool.h>
#include <hv/report.h>
#include <jh/link.h>
#include <jh/reasons.h>
#include <refuse.h>
#include "orders.h"
#include "world.h"

#define CELL_CPU	2
#define OTHER_CPU	3
#define MEMORY		0x70000000UL	/* of blob_add_link() */
#define REGISTERS	0x0b000000UL
#define DOORS		0x7c000000UL	/* that only one test has */
#define SPI		77		/* of root's, which no device has */
#define SECTION_COMMON	0x1000
#define OUTPUT(side)	(0x4000 + (side) * 0x2000)

static u64 cell, doors;

/* CPUs 0, 1 and 4 run root; 2 is the cell's, 3 somebody else's. "cell" is side 1, root side 0. */
static void describe(struct blob_parts *parts, const char *name, u32 cpu)
{
	struct jh_config_link *link;

	world_cell(parts, name, cpu);
	link = blob_add_link(parts, "samples", "root");
	link->side = 1;
}

static u64 create(void)
{
	struct blob_parts parts;
	s64 id;

	describe(&parts, "cell", CELL_CPU);
	id = world_create(&parts);
	assert_true(id > 0);
	world_check();
	return (u64)id;
}

/* The tables that root's view of a pool needs stay, so they are made before anybody counts. */
static void begin(void)
{
	struct fake_options options = fake_defaults;

	memset(fake_pended, 0, sizeof(fake_pended));
	options.cpus = 5;
	world_boot(&options, 0xc);
	cell = create();
	assert_int_equal(world_destroy(cell), 0);
	world_check();
	world_remember();
}

static void start(void)
{
	if (cell_get(cell)->state == JH_CELL_CREATED)
		assert_int_equal(world_load(cell, 0, 4096), 0);
	assert_int_equal(world_start(cell), 0);
	fake_run();
}

static s64 open_link(u64 id, u64 index, u64 irq)
{
	return fake_hypercall(0, JH_HC_CELL_LINK, id, index, irq, 0);
}

static void begin_both(void)
{
	begin();
	cell = create();
	doors = (u64)open_link(cell, 0, SPI);
	start();
}

static u32 get(u32 cpu, u32 offset)
{
	return (u32)world_access(cpu, (cpu == CELL_CPU ? REGISTERS : doors) + offset, 4, false, 0);
}

/* What the architecture's short path does with a store to a doorbell. */
static bool ring_short(u32 value)
{
	return link_bell_of_root(link_root_side(doors - link_root_region.start), value);
}

static bool short_way;

static void put(u32 cpu, u32 offset, u32 value)
{
	if (short_way && cpu != CELL_CPU && offset == JH_LINK_DOORBELL) {
		fake_self = cpu;
		assert_true(ring_short(value));
		return;
	}
	world_access(cpu, (cpu == CELL_CPU ? REGISTERS : doors) + offset, 4, true, value);
}

static void ring(u32 cpu, u32 peer, u32 bell)
{
	put(cpu, JH_LINK_DOORBELL, peer << 16 | bell);
}

static u64 place(u64 offset)
{
	struct fake_translation t;

	assert_true(fake_walk(&cell_get(cell)->pt, MEMORY + offset, &t));
	return t.pa;
}

static u32 rights(u32 cpu, u64 gpa)
{
	struct fake_translation t;

	return fake_touch(cpu, gpa, &t) ? t.flags & (MAP_READ | MAP_WRITE | MAP_EXECUTE) : 0;
}

static u32 table(u32 which)
{
	u32 word;

	fake_peek(place(4 * which), &word, sizeof(word));
	return word;
}

static const struct jh_link_report *row(u32 of)
{
	u32 i;

	for (i = 0; i < JH_MAX_LINK_SIDES; i++)
		if (link_rows[i].name[0] && link_rows[i].cell == of)
			return &link_rows[i];
	return NULL;
}

static void after_the_cell(void **state);

/* At the physical address, from the creation on and until the cell dies: not until it is gone. */
static void root_sees_the_memory(void **state)
{
	u64 at, page;

	(void)state;
	begin();
	cell = create();
	at = place(0);
	assert_int_equal(rights(0, at), MAP_READ);
	for (page = SECTION_COMMON; page < OUTPUT(1); page += PAGE_SIZE)
		assert_int_equal(rights(1, at + page), MAP_READ | MAP_WRITE);
	for (page = OUTPUT(1); page < OUTPUT(2); page += PAGE_SIZE)
		assert_int_equal(rights(1, at + page), MAP_READ);
	assert_int_equal(rights(0, at + OUTPUT(2)), 0);
	assert_int_equal(rights(0, at - PAGE_SIZE), 0);
	start();
	assert_int_equal(rights(CELL_CPU, MEMORY), MAP_READ);
	assert_int_equal(rights(CELL_CPU, MEMORY + SECTION_COMMON), MAP_READ | MAP_WRITE);
	assert_int_equal(rights(CELL_CPU, MEMORY + OUTPUT(0)), MAP_READ);
	assert_int_equal(rights(CELL_CPU, MEMORY + OUTPUT(1)), MAP_READ | MAP_WRITE);
	assert_int_equal(world_call(JH_HC_CELL_STOP, cell), 0);
	world_check();
	assert_int_equal(rights(0, at), MAP_READ);
	assert_true(world_call(JH_HC_CELL_SCRUB, cell) >= 0);
	for (page = 0; page < OUTPUT(2); page += PAGE_SIZE)
		assert_int_equal(rights(0, at + page), 0);
	world_check();
	assert_int_equal(world_scrub(cell), 0);
	assert_int_equal(world_call(JH_HC_CELL_DESTROY, cell), 0);
	world_unchanged();
	world_check();
}

/* Root's drivers of PCI find the same registers at the loader's doors, which are no memory. */
static void registers_are_at_the_doors_too(void **state)
{
	struct fake_options options = fake_defaults;
	struct blob_parts parts;

	(void)state;
	options.cpus = 5;
	options.doors = DOORS;
	world_boot(&options, 0xc);
	/* A link that is no PCI device leaves root's tables as they are. */
	cell = create();
	assert_int_equal(rights(0, DOORS), MAP_READ | MAP_WRITE | MAP_EXECUTE);
	assert_int_equal(world_destroy(cell), 0);
	describe(&parts, "cell", CELL_CPU);
	parts.links[0].flags = JH_LINK_PCI;
	cell = (u64)world_create(&parts);
	assert_int_equal(rights(0, DOORS), 0);
	assert_int_equal(rights(1, DOORS + JH_BOOT_DOORS_SIZE - PAGE_SIZE), 0);
	assert_int_equal(rights(0, DOORS - PAGE_SIZE), MAP_READ | MAP_WRITE | MAP_EXECUTE);
	assert_int_equal(rights(0, DOORS + JH_BOOT_DOORS_SIZE), MAP_READ | MAP_WRITE | MAP_EXECUTE);
	doors = (u64)open_link(cell, 0, SPI);
	start();
	assert_int_equal(doors, FAKE_HV_START);
	put(0, JH_LINK_STATE, 7);
	assert_int_equal(world_access(1, DOORS + JH_LINK_STATE, 4, false, 0), 7);
	assert_int_equal(world_access(1, DOORS + JH_LINK_SIZE + JH_LINK_MAX_PEERS, 4, false, 0), 0);
	world_access(0, DOORS + JH_LINK_DOORBELL, 4, true, 1 << 16 | 2);
	assert_int_equal(get(CELL_CPU, JH_LINK_BELLS), 1 << 2 | 1);
	/* No other cell has them. */
	fake_self = CELL_CPU;
	assert_null(mmio_find(DOORS));
	assert_int_equal(world_destroy(cell), 0);
	assert_int_equal(rights(0, DOORS), 0);
	world_check();
}

static void doors_that_somebody_has(void **state)
{
	static const u64 rows[] = {
		DOORS + 0x800, FAKE_HV_START, FAKE_HV_START - PAGE_SIZE, FAKE_POOL0,
		FAKE_POOL0 + FAKE_POOL0_SIZE - PAGE_SIZE, FAKE_DEVICE, FAKE_ITS + PAGE_SIZE,
		FAKE_MAX_ADDRESS + 1, FAKE_MAX_ADDRESS + 1 - PAGE_SIZE, ~0xfffUL,
	};
	struct fake_options options = fake_defaults;
	u32 i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		options.doors = rows[i];
		assert_int_equal(fake_boot(&options), -EINVAL);
		assert_int_equal(report.head.error.reason, JH_ERR_LINK_DOORS);
		assert_true(report.head.error.value == rows[i]);
	}
	options.doors = FAKE_MAX_ADDRESS + 1 - JH_BOOT_DOORS_SIZE;
	assert_int_equal(fake_boot(&options), 0);
}

/* Drivers of ivshmem answer news with their state: two would never come to an end. */
static void a_state_that_is_written_again_is_no_news(void **state)
{
	(void)state;
	begin_both();
	put(0, JH_LINK_STATE, 7);
	assert_int_equal(get(CELL_CPU, JH_LINK_BELLS), 1);
	put(0, JH_LINK_STATE, 7);
	assert_int_equal(get(CELL_CPU, JH_LINK_BELLS), 0);
	put(CELL_CPU, JH_LINK_STATE, 7);
	assert_int_equal(get(0, JH_LINK_BELLS), 1);
	put(CELL_CPU, JH_LINK_STATE, 7);
	assert_int_equal(get(0, JH_LINK_BELLS), 0);
	put(CELL_CPU, JH_LINK_STATE, 0);
	assert_int_equal(get(0, JH_LINK_BELLS), 1);
	assert_int_equal(world_destroy(cell), 0);
}

static void what_roots_registers_say(void **state)
{
	u32 offset;

	(void)state;
	begin_both();
	assert_int_equal(doors, FAKE_HV_START);
	assert_int_equal(get(0, JH_LINK_ID), 0);
	assert_int_equal(get(CELL_CPU, JH_LINK_ID), 1);
	assert_int_equal(get(0, JH_LINK_MAX_PEERS), 2);
	assert_int_equal(get(0, JH_LINK_INT_CONTROL), 0);
	assert_int_equal(get(0, JH_LINK_NUM_BELLS), 4);
	assert_int_equal(get(0, JH_LINK_TABLE_SIZE), 0x1000);
	assert_int_equal(get(0, JH_LINK_COMMON_SIZE), 0x3000);
	assert_int_equal(get(0, JH_LINK_OUTPUT_SIZE), 0x2000);
	assert_int_equal(get(0, JH_LINK_ADDRESS), (u32)place(0));
	assert_int_equal(get(0, JH_LINK_ADDRESS_HIGH), 0);
	assert_int_equal(get(CELL_CPU, JH_LINK_ADDRESS), MEMORY);
	assert_int_equal(get(0, JH_LINK_INTERRUPT), SPI);
	assert_int_equal(get(CELL_CPU, JH_LINK_INTERRUPT), 100);
	/* The seven others are nobody's. */
	for (offset = JH_LINK_SIZE; offset < 8 * JH_LINK_SIZE; offset += 4) {
		put(0, offset, ~0U);
		assert_int_equal(get(0, offset), 0);
	}
	fake_self = 0;
	assert_null(mmio_find(doors + 8 * JH_LINK_SIZE));
	assert_null(mmio_find(REGISTERS));
	fake_self = CELL_CPU;
	assert_null(mmio_find(doors));
}

static void bells_to_root(void **state)
{
	(void)state;
	begin_both();
	/* Kept while the interrupt is not enabled. */
	ring(CELL_CPU, 0, 2);
	assert_int_equal(fake_pended[SPI], 0);
	put(0, JH_LINK_INT_CONTROL, JH_LINK_INT_ENABLE);
	assert_int_equal(fake_pended[SPI], 1);
	assert_int_equal(get(1, JH_LINK_BELLS), 1 << 2);
	assert_int_equal(get(1, JH_LINK_BELLS), 0);
	ring(CELL_CPU, 0, 1);
	ring(CELL_CPU, 0, 3);
	ring(CELL_CPU, 0, 1);
	assert_int_equal(fake_pended[SPI], 2);
	assert_int_equal(get(4, JH_LINK_BELLS), 1 << 1 | 1 << 3);
	assert_int_equal(row((u32)cell)->rung, 4);
	assert_int_equal(row((u32)cell)->peer, CELL_ROOT);
	ring(CELL_CPU, 0, 4);
	ring(CELL_CPU, 1, 1);
	ring(CELL_CPU, 2, 1);
	assert_int_equal(row((u32)cell)->dropped, 3);
	assert_int_equal(fake_pended[SPI], 2);
}

static void bells_of_root(void **state)
{
	(void)state;
	begin_both();
	put(CELL_CPU, JH_LINK_INT_CONTROL, JH_LINK_INT_ENABLE);
	ring(1, 1, 2);
	assert_true(cell_get(cell)->virqs.state & VIRQ_PENDING(VIRQ_EDGES));
	assert_int_equal(get(CELL_CPU, JH_LINK_BELLS), 1 << 2);
	assert_int_equal(row(CELL_ROOT)->rung, 1);
	assert_int_equal(row(CELL_ROOT)->peer, cell);
	ring(0, 0, 1);
	ring(0, 1, 4);
	assert_int_equal(row(CELL_ROOT)->dropped, 2);
	assert_int_equal(world_call(JH_HC_CELL_STOP, cell), 0);
	ring(0, 1, 1);
	assert_int_equal(row(CELL_ROOT)->dropped, 3);
}

static void the_short_way(void **state)
{
	short_way = true;
	bells_of_root(state);
	after_the_cell(state);
	short_way = false;
}

/* An interrupt that root has not told is none, whatever root writes. */
static void before_root_has_told(void **state)
{
	u32 i;

	(void)state;
	begin();
	cell = create();
	doors = FAKE_HV_START;
	start();
	put(0, JH_LINK_INT_CONTROL, JH_LINK_INT_ENABLE);
	ring(CELL_CPU, 0, 1);
	put(0, JH_LINK_INT_CONTROL, JH_LINK_INT_ENABLE);
	for (i = 0; i < FAKE_IRQS; i++)
		assert_int_equal(fake_pended[i], 0);
	assert_int_equal(get(0, JH_LINK_INTERRUPT), 0);
	assert_int_equal(open_link(cell, 0, SPI), doors);
	put(0, JH_LINK_INT_CONTROL, JH_LINK_INT_ENABLE);
	assert_int_equal(fake_pended[SPI], 1);
}

static void states(void **state)
{
	(void)state;
	begin_both();
	put(0, JH_LINK_INT_CONTROL, JH_LINK_INT_ENABLE);
	put(CELL_CPU, JH_LINK_STATE, 7);
	assert_int_equal(get(0, JH_LINK_BELLS), 1 << JH_LINK_BELL_STATE);
	assert_int_equal(fake_pended[SPI], 1);
	assert_int_equal(get(0, JH_LINK_PEER_STATE), 7);
	assert_int_equal(table(1), 7);
	put(0, JH_LINK_STATE, 9);
	assert_int_equal(get(CELL_CPU, JH_LINK_BELLS), 1 << JH_LINK_BELL_STATE);
	assert_int_equal(get(CELL_CPU, JH_LINK_PEER_STATE), 9);
	assert_int_equal(table(0), 9);
	assert_int_equal(row(CELL_ROOT)->state, 9);
	/* Its life ends: root is told, and keeps its own word. */
	world_fail(CELL_CPU);
	assert_int_equal(get(0, JH_LINK_BELLS), 1 << JH_LINK_BELL_STATE);
	assert_int_equal(fake_pended[SPI], 2);
	assert_int_equal(get(0, JH_LINK_PEER_STATE), 0);
	assert_int_equal(table(1), 0);
	assert_int_equal(table(0), 9);
	start();
	assert_int_equal(table(0), 9);
	assert_int_equal(get(CELL_CPU, JH_LINK_PEER_STATE), 9);
}

/* What the cell wrote goes with its life, and root's output with the cell. */
static void what_stays(void **state)
{
	u64 at;
	u32 scrubbed;

	(void)state;
	for (scrubbed = 0; scrubbed < 2; scrubbed++) {
		begin_both();
		if (scrubbed)
			cell_get(cell)->flags |= JH_CELL_SCRUB_RESTART;
		at = place(0);
		fake_guest_dirties(at + SECTION_COMMON, 0x3000, 0x5a);
		fake_guest_dirties(at + OUTPUT(1), 0x2000, 0x5b);
		fake_memory_fill(at + OUTPUT(0), 0x2000, 0x5c);
		put(0, JH_LINK_STATE, 3);
		assert_int_equal(world_call(JH_HC_CELL_STOP, cell), 0);
		if (scrubbed)
			assert_int_equal(world_load(cell, 0, 4096), 0);
		start();
		assert_true(fake_memory_is(at + SECTION_COMMON, 0x3000, 0));
		assert_true(fake_memory_is(at + OUTPUT(1), 0x2000, 0));
		assert_true(fake_memory_is(at + OUTPUT(0), 0x2000, 0x5c));
		assert_int_equal(table(0), 3);
		assert_int_equal(world_destroy(cell), 0);
		assert_true(fake_memory_is(at, 0x8000, 0));
		world_unchanged();
		assert_int_equal(link_rows[0].name[0] | link_rows[1].name[0], 0);
	}
}

/* Registers of a side that is no more say nothing and do nothing; the next link has them anew. */
static void after_the_cell(void **state)
{
	u32 offset;

	(void)state;
	begin_both();
	put(0, JH_LINK_INT_CONTROL, JH_LINK_INT_ENABLE);
	assert_int_equal(world_call(JH_HC_CELL_STOP, cell), 0);
	assert_true(world_call(JH_HC_CELL_SCRUB, cell) >= 0);
	put(0, JH_LINK_STATE, 5);
	assert_int_equal(world_scrub(cell), 0);
	assert_int_equal(table(0), 0);
	assert_int_equal(world_call(JH_HC_CELL_DESTROY, cell), 0);
	for (offset = 0; offset < JH_LINK_SIZE; offset += 4) {
		put(0, offset, 1 << 16);
		assert_int_equal(get(0, offset), 0);
	}
	world_unchanged();
	cell = create();
	assert_int_equal(get(0, JH_LINK_INT_CONTROL), 0);
	assert_int_equal(get(0, JH_LINK_INTERRUPT), 0);
	assert_int_equal(get(0, JH_LINK_BELLS), 0);
	assert_int_equal(get(0, JH_LINK_STATE), 0);
}

static void which_interrupts(void **state)
{
	struct blob_parts parts;
	s64 other;

	(void)state;
	begin();
	cell = create();
	assert_int_equal(open_link(cell, 1, SPI), -EINVAL);
	assert_int_equal(open_link(cell, 1UL << 32, SPI), -EINVAL);
	assert_int_equal(open_link(cell, 0, 1024), -EINVAL);
	assert_int_equal(open_link(cell, 0, SPI | 1UL << 32), -EINVAL);
	world_refused(open_link(cell, 0, 31), -EINVAL, JH_ERR_IRQ_ABSENT, JH_OBJ_LINK, 0);
	world_refused(open_link(cell, 0, FAKE_IRQS), -EINVAL, JH_ERR_IRQ_ABSENT, JH_OBJ_LINK, 0);
	/* Another cell's, without and with a link of its own. */
	world_cell(&parts, "other", OTHER_CPU);
	world_add_irq(&parts, 70, 0);
	blob_add_link(&parts, "files", "nobody");
	blob_add_link(&parts, "more", "root");
	other = world_create(&parts);
	assert_true(other > 0);
	world_refused(open_link(cell, 0, 70), -EBUSY, JH_ERR_IRQ_TAKEN, JH_OBJ_LINK, 0);
	assert_int_equal(report.head.error.cell, other);
	assert_int_equal(open_link((u64)other, 0, 71), -EINVAL);
	assert_int_equal(open_link((u64)other, 1, 71), FAKE_HV_START + JH_LINK_SIZE);
	assert_int_equal(open_link((u64)other, 1, 71), FAKE_HV_START + JH_LINK_SIZE);
	assert_int_equal(open_link((u64)other, 1, 72), -EINVAL);
	world_refused(open_link(cell, 0, 71), -EBUSY, JH_ERR_LINK_IRQ, JH_OBJ_LINK, 0);
	assert_int_equal(report.head.error.cell, other);
	assert_int_equal(report.head.error.other_index, 1);
	assert_int_equal(open_link(cell, 0, SPI), FAKE_HV_START);
	world_check();
	assert_int_equal(world_destroy((u64)other), 0);
	/* And no cell can have it while the link is there. */
	world_cell(&parts, "other", OTHER_CPU);
	world_add_irq(&parts, SPI - 1, 0);
	world_add_irq(&parts, SPI, 0);
	world_refused(world_create(&parts), -EBUSY, JH_ERR_LINK_IRQ, JH_OBJ_IRQ, 1);
	assert_int_equal(report.head.error.cell, cell);
	assert_int_equal(world_scrub(cell), 0);
	assert_true(world_create(&parts) > 0);
	assert_int_equal(open_link(cell, 0, SPI), -refuse_errno(JH_ERR_CELL_DYING));
}

/* Root has eight sides, whoever has the others. */
static void nine_links(void **state)
{
	char name[JH_NAME_LEN];
	struct blob_parts parts;
	u32 i;

	(void)state;
	begin();
	world_cell(&parts, "cell", CELL_CPU);
	for (i = 0; i < 8; i++) {
		snprintf(name, sizeof(name), "link%u", i);
		blob_add_link(&parts, name, "root");
	}
	cell = (u64)world_create(&parts);
	assert_int_equal(open_link(cell, 7, SPI), FAKE_HV_START + 7 * JH_LINK_SIZE);
	world_check();
	describe(&parts, "other", OTHER_CPU);
	world_refused(world_create(&parts), -ENOSPC, JH_ERR_LINK_SPACE, JH_OBJ_LINK, 0);
	world_check();
	assert_int_equal(world_destroy(cell), 0);
	world_unchanged();
	assert_true(world_create(&parts) > 0);
}

static void without_memory(void **state)
{
	struct fake_options options = fake_defaults;
	struct blob_parts parts;
	u32 nth, i;

	(void)state;
	options.cpus = 5;
	world_boot(&options, 0xc);
	describe(&parts, "cell", CELL_CPU);
	for (nth = 1;; nth++) {
		fake_pool_fail(nth);
		if (world_create(&parts) > 0)
			break;
		assert_int_equal(report.head.error.reason, JH_ERR_HV_POOL);
		for (i = 0; i < JH_MAX_LINK_SIDES; i++)
			assert_int_equal(link_rows[i].name[0], 0);
		world_check();
	}
	assert_true(nth > 5);
	fake_pool_fail(0);
	world_check();
	/* Rows: one of the two is left. */
	assert_int_equal(world_destroy(1), 0);
	world_remember();
	for (i = 1; i < JH_MAX_LINK_SIDES; i++)
		link_rows[i].name[0] = 'x';
	world_refused(world_create(&parts), -ENOSPC, JH_ERR_LINK_SPACE, JH_OBJ_LINK, 0);
	assert_int_equal(link_rows[0].name[0], 0);
	world_unchanged();
	memset(link_rows, 0, sizeof(link_rows));
	assert_true(world_create(&parts) > 0);
}

/* --- in every order --- */

static void do_write(u32 offset, u32 value)
{
	const struct mmio_region *region = mmio_find(doors + offset);

	mmio_write(offset, value, region, 4);
}

static void do_state(void *arg)
{
	(void)arg;
	do_write(JH_LINK_STATE, 5);
}

static void do_ring(void *arg)
{
	(void)arg;
	do_write(JH_LINK_DOORBELL, 1 << 16 | 1);
}

static void do_short_ring(void *arg)
{
	(void)arg;
	ring_short(1 << 16 | 1);
}

static void do_enable(void *arg)
{
	(void)arg;
	do_write(JH_LINK_INT_CONTROL, JH_LINK_INT_ENABLE);
}

static void do_destroy(void *arg)
{
	const u64 args[4] = { cell };

	(void)arg;
	while (hypercall(JH_HC_CELL_SCRUB, args) > 0)
		;
	assert_int_equal(hypercall(JH_HC_CELL_DESTROY, args), 0);
}

/* What root was about to store is in no memory of the next owner, and its interrupt is free. */
static void state_while_the_cell_goes(void)
{
	u64 at;

	begin_both();
	at = place(0);
	orders_begin();
	fake_post(0, do_destroy, NULL);
	fake_post(1, do_state, NULL);
	orders_end();
	assert_null(cell_get(cell));
	assert_true(fake_memory_is(at, 0x8000, 0));
	world_unchanged();
}

static void ring_while_the_cell_goes(void)
{
	begin_both();
	orders_begin();
	fake_post(0, do_destroy, NULL);
	fake_post(1, do_ring, NULL);
	orders_end();
	assert_null(cell_get(cell));
	world_unchanged();
}

static void short_ring_while_the_cell_goes(void)
{
	begin_both();
	put(CELL_CPU, JH_LINK_INT_CONTROL, JH_LINK_INT_ENABLE);
	orders_begin();
	fake_post(0, do_destroy, NULL);
	fake_post(1, do_short_ring, NULL);
	orders_end();
	assert_null(cell_get(cell));
	world_unchanged();
}

static void enable_while_the_cell_goes(void)
{
	begin_both();
	ring(CELL_CPU, 0, 1);
	orders_begin();
	fake_post(0, do_destroy, NULL);
	fake_post(1, do_enable, NULL);
	orders_end();
	assert_null(cell_get(cell));
	assert_true(fake_pended[SPI] <= 1);
	world_unchanged();
}

ORDERS_TEST(state_while_the_cell_goes, 100)
ORDERS_TEST(ring_while_the_cell_goes, 100)
ORDERS_TEST(short_ring_while_the_cell_goes, 100)
ORDERS_TEST(enable_while_the_cell_goes, 100)

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(root_sees_the_memory),
		cmocka_unit_test(what_roots_registers_say),
		cmocka_unit_test(registers_are_at_the_doors_too),
		cmocka_unit_test(doors_that_somebody_has),
		cmocka_unit_test(a_state_that_is_written_again_is_no_news),
		cmocka_unit_test(bells_to_root),
		cmocka_unit_test(bells_of_root),
		cmocka_unit_test(the_short_way),
		cmocka_unit_test(before_root_has_told),
		cmocka_unit_test(states),
		cmocka_unit_test(what_stays),
		cmocka_unit_test(after_the_cell),
		cmocka_unit_test(which_interrupts),
		cmocka_unit_test(nine_links),
		cmocka_unit_test(without_memory),
		cmocka_unit_test(test_state_while_the_cell_goes),
		cmocka_unit_test(test_ring_while_the_cell_goes),
		cmocka_unit_test(test_short_ring_while_the_cell_goes),
		cmocka_unit_test(test_enable_while_the_cell_goes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
