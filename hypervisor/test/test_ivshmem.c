// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (c) The jh authors
 *
 * Links as PCI devices: what a driver of ivshmem finds and can change, when it is interrupted, and
 * that nothing of it outlives its time.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include <hv/cpu.h>
#include <hv/hypercall.h>
#include <hv/ivshmem.h>
#include <hv/link.h>
#include <hv/report.h>
#include <jh/comm.h>
#include <jh/ivshmem.h>
#include <jh/link.h>
#include <jh/reasons.h>
#include "orders.h"
#include "sides.h"
#include "world.h"

#define ECAM		0x3f000000UL	/* of blob_add_ivshmem(); and its window: */
#define WINDOW		0x0b000000UL
#define WINDOW_SIZE	0x10000
#define PROTOCOL	0x4123
#define ONES		0xffffffff

static u32 config_get(u32 slot, u32 offset, u32 size)
{
	return (u32)world_access(LEFT_CPU, ECAM + JH_PCI_SLOT(slot) + offset, size, false, 0);
}

static void config_put(u32 slot, u32 offset, u32 size, u32 value)
{
	world_access(LEFT_CPU, ECAM + JH_PCI_SLOT(slot) + offset, size, true, value);
}

static u64 create(const struct blob_parts *parts)
{
	s64 id = world_create(parts);

	assert_true(id > 0);
	world_check();
	return (u64)id;
}

/* "left" has the link as a PCI device in slot 0. */
static void describe_left(struct blob_parts *parts)
{
	sides_describe(parts, "left", LEFT_CPU);
	parts->num_cpus = 2;
	parts->cpus[1].cpu = 5;
	blob_add_ivshmem(parts, 0, 0)->protocol = PROTOCOL;
}

/* "right" has a plain link. */
static void begin(void)
{
	struct blob_parts parts;

	sides_begin();
	describe_left(&parts);
	sides_left = create(&parts);
	sides_right = sides_create("right", RIGHT_CPU);
	sides_run(sides_left);
	sides_run(sides_right);
}

static void enable_memory(void)
{
	config_put(0, JH_PCI_COMMAND, 2, JH_PCI_COMMAND_MEMORY);
}

static bool take_interrupt(void)
{
	bool pending = PENDING(sides_left);

	cell_get(sides_left)->virqs.state = 0;
	return pending;
}

static void what_a_driver_finds(void **state)
{
	static const struct {
		u32 offset, value;
	} rows[] = {
		{ JH_PCI_ID, 0x4106110a },
		{ JH_PCI_COMMAND, 0x00100000 },
		{ JH_PCI_CLASS, 0xff412300 },
		{ JH_PCI_BAR_0, WINDOW },
		{ JH_PCI_SUBSYSTEM, 0x4106110a },
		{ JH_PCI_CAPABILITIES, 0x40 },
		{ JH_PCI_INTERRUPT, 0x0100 },
		{ JH_IVSHMEM_CAPABILITY, 0x00200009 },
		{ JH_IVSHMEM_TABLE_SIZE, 0x1000 },
		{ JH_IVSHMEM_COMMON_SIZE, 0x3000 },
		{ JH_IVSHMEM_OUTPUT_SIZE, 0x2000 },
		{ JH_IVSHMEM_ADDRESS, MEMORY },
	};
	u32 offset, slot, size, i = 0;

	(void)state;
	begin();
	assert_int_equal(world_comm(sides_left)->pci_mmconfig_base, ECAM);
	assert_int_equal(world_comm(sides_right)->pci_mmconfig_base, 0);
	for (offset = 0; offset < JH_PCI_FUNCTION_SIZE; offset += 4) {
		u32 value = i < sizeof(rows) / sizeof(rows[0]) && rows[i].offset == offset ?
				    rows[i++].value : 0;

		assert_int_equal(config_get(0, offset, 4), value);
		assert_int_equal(config_get(0, offset, 2), value & 0xffff);
		assert_int_equal(config_get(0, offset + 2, 2), value >> 16);
		for (size = 0; size < 4; size++)
			assert_int_equal(config_get(0, offset + size, 1), value >> 8 * size & 0xff);
	}
	assert_int_equal(i, sizeof(rows) / sizeof(rows[0]));
	/* Nothing else is on the bus. */
	for (slot = 0; slot < 32; slot++)
		for (i = !slot; i < 8; i++)
			assert_int_equal(config_get(slot, i * JH_PCI_FUNCTION_SIZE, 4), ONES);
	assert_int_equal(config_get(1, 0, 1), 0xff);
	assert_int_equal(config_get(1, 0, 2), 0xffff);
	assert_true(world_access(LEFT_CPU, ECAM, 8, false, 0) == ~0UL);
	world_access(LEFT_CPU, ECAM + JH_PCI_COMMAND - 4, 8, true, ~0UL);
	assert_int_equal(config_get(0, JH_PCI_COMMAND, 4), 0x00100000);
	/* And no other cell finds the bus. */
	fake_self = RIGHT_CPU;
	assert_null(mmio_find(ECAM));
}

static void what_can_be_written(void **state)
{
	static const struct {
		u32 offset, bits;
	} rows[] = {
		{ JH_PCI_COMMAND, 0x0406 }, { JH_PCI_BAR_0, 0xfffff000 },
		{ JH_IVSHMEM_CAPABILITY, JH_IVSHMEM_ONE_SHOT },
	};
	u32 offset, byte, i = 0;

	(void)state;
	begin();
	for (offset = 0; offset < JH_PCI_FUNCTION_SIZE; offset += 4) {
		u32 before = config_get(0, offset, 4);
		u32 bits = i < sizeof(rows) / sizeof(rows[0]) && rows[i].offset == offset ?
				   rows[i++].bits : 0;

		config_put(0, offset, 4, ONES);
		assert_int_equal(config_get(0, offset, 4), before | bits);
		config_put(0, offset, 4, 0);
		assert_int_equal(config_get(0, offset, 4), before & ~bits);
		for (byte = 0; byte < 4; byte++) {
			config_put(0, offset + byte, 1, 0xff);
			assert_int_equal(config_get(0, offset, 4),
					 (before & ~bits) | (bits & 0xffU << 8 * byte));
			config_put(0, offset, 4, ONES);
			config_put(0, offset + byte, 1, 0);
			assert_int_equal(config_get(0, offset, 4),
					 (before | bits) & ~(bits & 0xffU << 8 * byte));
			config_put(0, offset, 4, 0);
		}
		config_put(0, offset + 2, 2, 0xffff);
		assert_int_equal(config_get(0, offset, 4), (before & ~bits) | (bits & 0xffff0000));
		config_put(0, offset, 4, 0);
	}
	assert_int_equal(i, sizeof(rows) / sizeof(rows[0]));
	/* Of a device that is not there nothing changes, and nothing of its functions. */
	config_put(1, JH_PCI_COMMAND, 2, 0xffff);
	config_put(0, JH_PCI_FUNCTION_SIZE + JH_PCI_COMMAND, 2, 0xffff);
	assert_int_equal(config_get(0, JH_PCI_COMMAND, 2), 0);
}

static u32 ignored(void)
{
	return (u32)cpus[LEFT_CPU].report->stats[JH_STAT_IGNORED];
}

static void registers_move(void **state)
{
	u32 offset, before;

	(void)state;
	begin();
	/* They are nowhere before the driver says so. */
	before = ignored();
	for (offset = 0; offset < WINDOW_SIZE; offset += 0x400)
		assert_int_equal(sides_get(LEFT_CPU, offset), ONES);
	assert_int_equal(ignored() - before, WINDOW_SIZE / 0x400);
	assert_int_equal(sides_access(LEFT_CPU, 0, 1, false, 0), 0xff);
	enable_memory();
	before = ignored();
	assert_int_equal(sides_get(LEFT_CPU, JH_LINK_ID), 0);
	assert_int_equal(sides_get(LEFT_CPU, JH_LINK_MAX_PEERS), 2);
	sides_put(LEFT_CPU, JH_LINK_STATE, 7);
	assert_int_equal(sides_get(LEFT_CPU, JH_LINK_STATE), 7);
	assert_int_equal(sides_table(sides_left, 0), 7);
	assert_int_equal(sides_get(LEFT_CPU, JH_LINK_DOORBELL), 0);
	/* Nothing behind them, and nothing of other widths. */
	for (offset = JH_LINK_STATE + 4; offset < JH_LINK_SIZE; offset += 4) {
		assert_int_equal(sides_get(LEFT_CPU, offset), 0);
		sides_put(LEFT_CPU, offset, ONES);
	}
	assert_int_equal(sides_access(LEFT_CPU, JH_LINK_MAX_PEERS, 1, false, 0), 0);
	sides_access(LEFT_CPU, JH_LINK_STATE, 1, true, 9);
	assert_int_equal(sides_get(LEFT_CPU, JH_LINK_STATE), 7);
	assert_int_equal(ignored(), before);
	/* To the end of the window, out of it, and back. */
	config_put(0, JH_PCI_BAR_0, 4, WINDOW + 0xf123);
	assert_int_equal(sides_get(LEFT_CPU, JH_LINK_STATE), ONES);
	assert_int_equal(sides_get(LEFT_CPU, 0xf000 + JH_LINK_STATE), 7);
	config_put(0, JH_PCI_BAR_0, 4, ONES);
	assert_int_equal(sides_get(LEFT_CPU, 0xf000 + JH_LINK_STATE), ONES);
	config_put(0, JH_PCI_BAR_0, 4, WINDOW);
	assert_int_equal(sides_get(LEFT_CPU, JH_LINK_STATE), 7);
	config_put(0, JH_PCI_COMMAND, 2, JH_PCI_COMMAND_MASTER);
	assert_int_equal(sides_get(LEFT_CPU, JH_LINK_STATE), ONES);
	sides_put(LEFT_CPU, JH_LINK_STATE, 8);
	assert_int_equal(sides_table(sides_left, 0), 7);
	fake_self = LEFT_CPU;
	assert_null(mmio_find(WINDOW + WINDOW_SIZE));
	assert_null(mmio_find(WINDOW - 1));
}

/* The driver reads no bells: each one interrupts, as long as that is enabled. */
static void interrupts(void **state)
{
	u32 i;

	(void)state;
	begin();
	enable_memory();
	/* One that comes before it is enabled waits; two are one. */
	sides_ring(RIGHT_CPU, 0, 0);
	sides_ring(RIGHT_CPU, 0, 1);
	assert_false(take_interrupt());
	sides_put(LEFT_CPU, JH_LINK_INT_CONTROL, ONES);
	assert_int_equal(sides_get(LEFT_CPU, JH_LINK_INT_CONTROL), JH_LINK_INT_ENABLE);
	assert_true(take_interrupt());
	sides_put(LEFT_CPU, JH_LINK_INT_CONTROL, JH_LINK_INT_ENABLE);
	assert_false(take_interrupt());
	for (i = 0; i < 4; i++) {
		sides_ring(RIGHT_CPU, 0, i % 2);
		assert_true(take_interrupt());
	}
	sides_put(LEFT_CPU, JH_LINK_INT_CONTROL, 0);
	assert_false(take_interrupt());
	assert_int_equal(sides_row(sides_right)->rung, 6);
	/* What the other side rings, and what it does not have. */
	sides_put(RIGHT_CPU, JH_LINK_INT_CONTROL, JH_LINK_INT_ENABLE);
	sides_ring(LEFT_CPU, 1, 3);
	assert_true(PENDING(sides_right));
	assert_int_equal(sides_get(RIGHT_CPU, JH_LINK_BELLS), 1 << 3);
	sides_ring(LEFT_CPU, 1, 4);
	sides_ring(LEFT_CPU, 0, 0);
	sides_ring(LEFT_CPU, 2, 0);
	assert_int_equal(sides_get(RIGHT_CPU, JH_LINK_BELLS), 0);
	assert_int_equal(sides_row(sides_left)->rung, 1);
	assert_int_equal(sides_row(sides_left)->dropped, 3);
}

/* What rings while the command register holds the interrupt back is lost. */
static void interrupts_turned_off(void **state)
{
	(void)state;
	begin();
	enable_memory();
	sides_put(LEFT_CPU, JH_LINK_INT_CONTROL, JH_LINK_INT_ENABLE);
	config_put(0, JH_PCI_COMMAND, 2, JH_PCI_COMMAND_MEMORY | JH_PCI_COMMAND_NO_INTX);
	config_put(0, JH_IVSHMEM_HEAD, 4, JH_IVSHMEM_ONE_SHOT);
	sides_ring(RIGHT_CPU, 0, 0);
	sides_ring(RIGHT_CPU, 0, 0);
	assert_false(take_interrupt());
	assert_int_equal(sides_get(LEFT_CPU, JH_LINK_INT_CONTROL), JH_LINK_INT_ENABLE);
	config_put(0, JH_IVSHMEM_HEAD, 4, 0);
	enable_memory();
	assert_false(take_interrupt());
	sides_ring(RIGHT_CPU, 0, 0);
	assert_true(take_interrupt());
	/* Bus mastering is for messages, which it does not send. */
	config_put(0, JH_PCI_COMMAND, 2, JH_PCI_COMMAND_MEMORY | JH_PCI_COMMAND_MASTER);
	sides_ring(RIGHT_CPU, 0, 0);
	assert_true(take_interrupt());
}

static void one_shot(void **state)
{
	u32 i;

	(void)state;
	begin();
	enable_memory();
	config_put(0, JH_IVSHMEM_HEAD + 3, 1, 1);
	assert_int_equal(config_get(0, JH_IVSHMEM_HEAD, 4), 0x01200009);
	sides_put(LEFT_CPU, JH_LINK_INT_CONTROL, JH_LINK_INT_ENABLE);
	for (i = 0; i < 3; i++) {
		sides_ring(RIGHT_CPU, 0, 0);
		assert_true(take_interrupt());
		assert_int_equal(sides_get(LEFT_CPU, JH_LINK_INT_CONTROL), 0);
		/* Kept until the driver looks again. */
		sides_ring(RIGHT_CPU, 0, 1);
		sides_ring(RIGHT_CPU, 0, 0);
		assert_false(take_interrupt());
		sides_put(LEFT_CPU, JH_LINK_INT_CONTROL, JH_LINK_INT_ENABLE);
		assert_true(take_interrupt());
		assert_int_equal(sides_get(LEFT_CPU, JH_LINK_INT_CONTROL), 0);
		sides_put(LEFT_CPU, JH_LINK_INT_CONTROL, JH_LINK_INT_ENABLE);
		assert_false(take_interrupt());
		assert_int_equal(sides_get(LEFT_CPU, JH_LINK_INT_CONTROL), 1);
	}
}

/* The same state again is no news; the peer's is, however often it is the same. */
static void states(void **state)
{
	(void)state;
	begin();
	enable_memory();
	sides_put(RIGHT_CPU, JH_LINK_INT_CONTROL, JH_LINK_INT_ENABLE);
	sides_put(LEFT_CPU, JH_LINK_STATE, 0);
	assert_int_equal(sides_get(RIGHT_CPU, JH_LINK_BELLS), 0);
	sides_put(LEFT_CPU, JH_LINK_STATE, 3);
	assert_int_equal(sides_get(RIGHT_CPU, JH_LINK_BELLS), 1 << JH_LINK_BELL_STATE);
	sides_put(LEFT_CPU, JH_LINK_STATE, 3);
	assert_int_equal(sides_get(RIGHT_CPU, JH_LINK_BELLS), 0);
	assert_int_equal(sides_get(RIGHT_CPU, JH_LINK_PEER_STATE), 3);
	sides_put(LEFT_CPU, JH_LINK_INT_CONTROL, JH_LINK_INT_ENABLE);
	sides_put(RIGHT_CPU, JH_LINK_STATE, 1);
	assert_true(take_interrupt());
	assert_int_equal(sides_table(sides_left, 1), 1);
	assert_int_equal(world_call(JH_HC_CELL_STOP, sides_right), 0);
	assert_true(take_interrupt());
	assert_int_equal(sides_table(sides_left, 1), 0);
}

/* Every life finds the device as the first one did. */
static void lives(void **state)
{
	(void)state;
	begin();
	config_put(0, JH_PCI_COMMAND, 2, 0x0406);
	config_put(0, JH_PCI_BAR_0, 4, WINDOW + 0x3000);
	config_put(0, JH_IVSHMEM_HEAD, 4, JH_IVSHMEM_ONE_SHOT);
	world_access(LEFT_CPU, WINDOW + 0x3000 + JH_LINK_INT_CONTROL, 4, true, 1);
	world_access(LEFT_CPU, WINDOW + 0x3000 + JH_LINK_STATE, 4, true, 5);
	cell_get(sides_left)->virqs.state = cell_get(sides_left)->virqs.exist * VIRQ_PENDING(0);
	assert_int_equal(world_call(JH_HC_CELL_STOP, sides_left), 0);
	assert_int_equal(sides_get(RIGHT_CPU, JH_LINK_PEER_STATE), 0);
	world_comm(sides_left)->pci_mmconfig_base = 0;
	sides_run(sides_left);
	assert_int_equal(world_comm(sides_left)->pci_mmconfig_base, ECAM);
	assert_false(take_interrupt());
	assert_int_equal(config_get(0, JH_PCI_COMMAND, 2), 0);
	assert_int_equal(config_get(0, JH_PCI_BAR_0, 4), WINDOW);
	assert_int_equal(config_get(0, JH_IVSHMEM_HEAD, 4), 0x00200009);
	enable_memory();
	assert_int_equal(sides_get(LEFT_CPU, JH_LINK_INT_CONTROL), 0);
	assert_int_equal(sides_get(LEFT_CPU, JH_LINK_STATE), 0);
	sides_put(LEFT_CPU, JH_LINK_INT_CONTROL, 1);
	sides_ring(RIGHT_CPU, 0, 0);
	assert_true(take_interrupt());
	assert_int_equal(world_destroy(sides_left), 0);
	assert_int_equal(world_destroy(sides_right), 0);
	world_unchanged();
}

/* Each in its slot, with its pin, its place, its link; and a plain link beside them. */
static void several(void **state)
{
	struct blob_parts parts;
	u32 i;

	(void)state;
	sides_begin();
	describe_left(&parts);
	for (i = 1; i < 4; i++)
		strcpy(blob_add_link(&parts, "more", "right")->name, i == 1 ? "one" : "two");
	strcpy(parts.links[3].name, "plain");
	parts.links[3].registers = WINDOW + WINDOW_SIZE;
	blob_add_ivshmem(&parts, 31, 2);
	blob_add_ivshmem(&parts, 6, 1);
	sides_left = create(&parts);
	sides_run(sides_left);
	assert_int_equal(config_get(0, JH_PCI_INTERRUPT, 4), 1 << 8);
	assert_int_equal(config_get(31, JH_PCI_INTERRUPT, 4), 4 << 8);
	assert_int_equal(config_get(6, JH_PCI_INTERRUPT, 4), 3 << 8);
	assert_int_equal(config_get(31, JH_PCI_CLASS, 4), 0xff000000);
	assert_int_equal(config_get(31, JH_PCI_BAR_0, 4), WINDOW + 0x2000);
	assert_int_equal(config_get(6, JH_PCI_BAR_0, 4), WINDOW + 0x1000);
	assert_int_equal(config_get(6, JH_IVSHMEM_ADDRESS, 4), MEMORY + 0x10000);
	for (i = 0; i < 3; i++) {
		const struct link_port *port = &cell_get(sides_left)->links[i];

		assert_ptr_equal(port->ivshmem->port, port);
		assert_int_equal(port->ivshmem->virq, VIRQ_EDGES + i);
	}
	assert_null(cell_get(sides_left)->links[3].ivshmem);
	config_put(31, JH_PCI_COMMAND, 2, JH_PCI_COMMAND_MEMORY);
	config_put(6, JH_PCI_COMMAND, 2, JH_PCI_COMMAND_MEMORY);
	sides_put(LEFT_CPU, 0x2000 + JH_LINK_STATE, 2);
	sides_put(LEFT_CPU, 0x1000 + JH_LINK_STATE, 1);
	sides_put(LEFT_CPU, WINDOW_SIZE + JH_LINK_STATE, 3);
	for (i = 0; i < 4; i++)
		assert_int_equal(cell_get(sides_left)->links[i].state, i);
	assert_int_equal(sides_get(LEFT_CPU, WINDOW_SIZE + JH_LINK_NUM_BELLS), 4);
	/* Where they overlap one of them answers, and none is lost. */
	config_put(6, JH_PCI_BAR_0, 4, WINDOW + 0x2000);
	assert_in_range(sides_get(LEFT_CPU, 0x2000 + JH_LINK_STATE), 1, 2);
	config_put(31, JH_PCI_BAR_0, 4, WINDOW + 0x3000);
	assert_int_equal(sides_get(LEFT_CPU, 0x2000 + JH_LINK_STATE), 1);
	assert_int_equal(sides_get(LEFT_CPU, 0x3000 + JH_LINK_STATE), 2);
	assert_int_equal(world_destroy(sides_left), 0);
	world_unchanged();
}

/* Both sides may be PCI devices; root's side is one never. */
static void who_is_at_the_other_end(void **state)
{
	struct blob_parts parts;
	u64 doors;

	(void)state;
	sides_begin();
	describe_left(&parts);
	sides_left = create(&parts);
	sides_describe(&parts, "right", RIGHT_CPU);
	blob_add_ivshmem(&parts, 0, 0);
	sides_right = create(&parts);
	sides_run(sides_left);
	sides_run(sides_right);
	enable_memory();
	world_access(RIGHT_CPU, ECAM + JH_PCI_COMMAND, 2, true, JH_PCI_COMMAND_MEMORY);
	assert_int_equal(sides_get(RIGHT_CPU, JH_LINK_ID), 1);
	sides_put(RIGHT_CPU, JH_LINK_INT_CONTROL, 1);
	sides_ring(LEFT_CPU, 1, 0);
	assert_true(PENDING(sides_right));
	assert_int_equal(world_destroy(sides_left), 0);
	assert_int_equal(world_destroy(sides_right), 0);

	describe_left(&parts);
	strcpy(parts.links[0].peer, "root");
	sides_left = create(&parts);
	doors = (u64)fake_hypercall(0, JH_HC_CELL_LINK, sides_left, 0, 77, 0);
	sides_run(sides_left);
	enable_memory();
	sides_put(LEFT_CPU, JH_LINK_INT_CONTROL, 1);
	world_access(1, doors + JH_LINK_DOORBELL, 4, true, 0);
	assert_true(take_interrupt());
	world_access(1, doors + JH_LINK_DOORBELL, 4, true, 0);
	assert_true(take_interrupt());
	assert_int_equal(world_destroy(sides_left), 0);
	world_check();
}

static void without_memory(void **state)
{
	struct blob_parts parts;
	u32 nth;
	s64 id;

	(void)state;
	sides_begin();
	describe_left(&parts);
	for (nth = 1;; nth++) {
		fake_pool_fail(nth);
		id = world_create(&parts);
		if (id > 0)
			break;
		assert_true(fake_pool_failed());
		assert_int_equal(report.head.error.reason, JH_ERR_HV_POOL);
		world_check();
		world_unchanged();
	}
	assert_false(fake_pool_failed());
	fake_pool_fail(0);
	assert_true(nth > 5);
	assert_int_equal(world_destroy((u64)id), 0);
	world_unchanged();
}

/* --- at the same time --- */

static void do_write(u64 address, u32 value)
{
	const struct mmio_region *region = mmio_find(address);

	mmio_write((u32)(address - region->start), value, region, 4);
}

static void do_ring(void *arg)
{
	(void)arg;
	do_write(REGISTERS + JH_LINK_DOORBELL, 0);
}

static void do_enable(void *arg)
{
	(void)arg;
	do_write(WINDOW + JH_LINK_INT_CONTROL, JH_LINK_INT_ENABLE);
}

static u32 taken;

/* The interrupt may come at once, and be handled, while the other side still rings. */
static void do_enable_and_take(void *arg)
{
	do_enable(arg);
	taken += take_interrupt();
}

static void do_destroy(void *arg)
{
	const u64 args[4] = { sides_left };

	(void)arg;
	while (hypercall(JH_HC_CELL_SCRUB, args) > 0)
		;
	assert_int_equal(hypercall(JH_HC_CELL_DESTROY, args), 0);
}

static void ring_while_it_is_enabled(void)
{
	begin();
	enable_memory();
	orders_begin();
	fake_post(RIGHT_CPU, do_ring, NULL);
	fake_post(LEFT_CPU, do_enable, NULL);
	orders_end();
	assert_true(take_interrupt());
	/* And it goes on. */
	sides_ring(RIGHT_CPU, 0, 0);
	assert_true(take_interrupt());
}

/* One interrupt for one bell, of which the driver knows that no other one comes. */
static void ring_once_while_it_is_enabled(void)
{
	begin();
	enable_memory();
	config_put(0, JH_IVSHMEM_HEAD, 4, JH_IVSHMEM_ONE_SHOT);
	taken = 0;
	orders_begin();
	fake_post(RIGHT_CPU, do_ring, NULL);
	fake_post(LEFT_CPU, do_enable_and_take, NULL);
	orders_end();
	assert_int_equal(taken + take_interrupt(), 1);
	assert_int_equal(sides_get(LEFT_CPU, JH_LINK_INT_CONTROL), 0);
	sides_put(LEFT_CPU, JH_LINK_INT_CONTROL, 1);
	assert_false(take_interrupt());
	sides_ring(RIGHT_CPU, 0, 0);
	assert_true(take_interrupt());
}

/* The driver handles the first bell's interrupt: the second one is in it, or raises another. */
static void ring_while_it_is_handled(void)
{
	begin();
	enable_memory();
	config_put(0, JH_IVSHMEM_HEAD, 4, JH_IVSHMEM_ONE_SHOT);
	sides_put(LEFT_CPU, JH_LINK_INT_CONTROL, 1);
	sides_ring(RIGHT_CPU, 0, 0);
	assert_true(take_interrupt());
	orders_begin();
	fake_post(LEFT_CPU, do_enable, NULL);
	fake_post(RIGHT_CPU, do_ring, NULL);
	orders_end();
	assert_true(take_interrupt());
}

static void ring_while_the_cell_goes(void)
{
	begin();
	enable_memory();
	sides_put(LEFT_CPU, JH_LINK_INT_CONTROL, 1);
	orders_begin();
	fake_post(0, do_destroy, NULL);
	fake_post(RIGHT_CPU, do_ring, NULL);
	orders_end();
	assert_null(cell_get(sides_left));
	assert_int_equal(world_destroy(sides_right), 0);
	world_unchanged();
}

ORDERS_TEST(ring_while_it_is_enabled, 100)
ORDERS_TEST(ring_once_while_it_is_enabled, 100)
ORDERS_TEST(ring_while_it_is_handled, 100)
ORDERS_TEST(ring_while_the_cell_goes, 100)

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_a_driver_finds),
		cmocka_unit_test(what_can_be_written),
		cmocka_unit_test(registers_move),
		cmocka_unit_test(interrupts),
		cmocka_unit_test(interrupts_turned_off),
		cmocka_unit_test(one_shot),
		cmocka_unit_test(states),
		cmocka_unit_test(lives),
		cmocka_unit_test(several),
		cmocka_unit_test(who_is_at_the_other_end),
		cmocka_unit_test(without_memory),
		cmocka_unit_test(test_ring_while_it_is_enabled),
		cmocka_unit_test(test_ring_once_while_it_is_enabled),
		cmocka_unit_test(test_ring_while_it_is_handled),
		cmocka_unit_test(test_ring_while_the_cell_goes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
