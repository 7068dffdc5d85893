// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (c) The jh authors
 *
 * Resource tables of programs: what they ask for and get, and what is refused.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <cmocka.h>

#include "../jh.h"
#include "../bounce.h"
#include "../rproc.h"
#include "../rtable.h"
#include <jh/rpmsg.h>

#define ADDRESS		0x70001000u	/* of the section that both sides write */
#define UNITS		32u
#define SIZE		(UNITS * BOUNCE_UNIT)
#define ROOM		0x1000u		/* of the cell's own memory, from 0 on */
#define ANYWHERE	BOUNCE_ANYWHERE

static u8 section[SIZE] __attribute__((aligned(4096)));
static struct bounce bounce;
static struct table {
	struct resource_table head;
	u32 at[3];
	struct fw_rsc_hdr carveout_type;
	struct fw_rsc_carveout carveout;
	struct fw_rsc_hdr trace_type;
	struct fw_rsc_trace trace;
	struct fw_rsc_hdr device_type;
	struct fw_rsc_vdev device;
	struct fw_rsc_vdev_vring vrings[2];
} table;

u64 jh_rproc_room(const struct jh_cell *cell, u64 address)
{
	return address < ROOM ? ROOM - address : 0;
}

static int setup(void **state)
{
	fake_reset();
	fake_rp = (struct fake_rp){ .no_entry = false };
	assert_int_equal(bounce_begin(&bounce, section, ADDRESS, SIZE), 0);
	bounce_clear(&bounce);
	table = (struct table){
		.head = { .ver = 1, .num = 3 },
		.at = { offsetof(struct table, carveout_type), offsetof(struct table, trace_type),
			offsetof(struct table, device_type) },
		.carveout_type = { RSC_CARVEOUT },
		.carveout = { .da = 0x100, .len = 0x100, .name = "code" },
		.trace_type = { RSC_TRACE },
		.trace = { .da = ADDRESS, .len = BOUNCE_UNIT },
		.device_type = { RSC_VDEV },
		.device = { .id = VIRTIO_ID_RPMSG, .dfeatures = 0x30000001, .num_of_vrings = 2 },
		.vrings = { { ANYWHERE, 4096, 16, 0, 0 }, { ANYWHERE, 4096, 16, 0, 0 } },
	};
	return 0;
}

static int teardown(void **state)
{
	rproc_resource_cleanup(&fake_rp.rproc);
	assert_int_equal(bounce.count, 0);
	bounce_end(&bounce);
	assert_int_equal(fake_allocated(), 0);
	return 0;
}

static int accept_of(size_t size)
{
	INIT_LIST_HEAD(&fake_rp.rproc.carveouts);
	fake_rp.rproc.table_ptr = &table.head;
	fake_rp.rproc.table_sz = size;
	return rtable_accept(&fake_rp.rproc, &bounce, NULL);
}

static int accept(void)
{
	return accept_of(sizeof(table));
}

static void place_is(u32 i, const char *name, u32 address, size_t length)
{
	struct rproc_mem_entry *entry = &fake_rp.carveouts[i];

	assert_true(i < fake_rp.carveout_count);
	assert_string_equal(entry->name, name);
	assert_int_equal(entry->da, address);
	assert_int_equal(entry->dma, address);
	assert_int_equal(entry->len, length);
}

static void vrings_that_linux_places(void **state)
{
	assert_int_equal(accept(), 0);
	assert_int_equal(fake_rp.carveout_count, 3);
	place_is(0, "code", 0x100, 0x100);
	assert_null(fake_rp.carveouts[0].va);
	/* Behind the trace. */
	place_is(1, "vdev0vring0", ADDRESS + BOUNCE_UNIT, 2 * BOUNCE_UNIT);
	place_is(2, "vdev0vring1", ADDRESS + 3 * BOUNCE_UNIT, 2 * BOUNCE_UNIT);
	assert_int_equal(table.vrings[0].da, ADDRESS + BOUNCE_UNIT);
	assert_int_equal(table.vrings[1].da, ADDRESS + 3 * BOUNCE_UNIT);
	assert_ptr_equal(fake_rp.carveouts[1].va, bounce.queues[0].own.desc);
	assert_int_equal(table.device.dfeatures, 1);
}

static void vrings_at_fixed_addresses(void **state)
{
	table.vrings[1].da = ADDRESS + BOUNCE_UNIT;
	assert_int_equal(accept(), 0);
	place_is(1, "vdev0vring0", ADDRESS + 3 * BOUNCE_UNIT, 2 * BOUNCE_UNIT);
	place_is(2, "vdev0vring1", ADDRESS + BOUNCE_UNIT, 2 * BOUNCE_UNIT);
	assert_ptr_equal(bounce.queues[1].cell.desc, section + BOUNCE_UNIT);
}

static void a_vring_outside_of_the_link(void **state)
{
	char says[200];

	table.vrings[1].da = 0x100;
	assert_int_equal(accept(), -ERANGE);
	snprintf(says, sizeof(says),
		 "vring 1 of device 0, 16 descriptors at 0x100, is not possible: %d\n"
		 "both sides write 0x%x bytes at 0x%x\n", -ERANGE, SIZE, ADDRESS);
	assert_string_equal(fake_printed, says);
}

static void two_devices(void **state)
{
	table.at[0] = table.at[2];
	assert_int_equal(accept(), 0);
	assert_int_equal(bounce.count, 4);
	place_is(2, "vdev1vring0", ADDRESS + BOUNCE_UNIT, 2 * BOUNCE_UNIT);
}

static void three_devices(void **state)
{
	table.at[0] = table.at[1] = table.at[2];
	assert_int_equal(accept(), -EINVAL);
}

static void only_rpmsg(void **state)
{
	table.device.id = 3;
	assert_int_equal(accept(), -EINVAL);
	assert_string_equal(fake_printed, "virtio device 3 of its resource table is no rpmsg\n");
}

/* The features of another entry, of which one is left, are what kind of device it is. */
static void no_rpmsg_in_the_end(void **state)
{
	u32 *other = (u32 *)&table.device_type - 2;

	other[0] = RSC_VDEV;
	other[1] = VIRTIO_ID_RPMSG;
	table.device.gfeatures = 0;
	table.at[0] = table.at[2];
	table.at[1] = table.at[2] - 2 * sizeof(u32);
	table.head.num = 2;
	assert_int_equal(accept(), -EINVAL);
}

/* Remoteproc refuses these by itself, and nothing beside the table is looked at. */
static void entries_that_are_cut_off(void **state)
{
	static const u32 at[] = {
		sizeof(table), sizeof(table) - 1, ~0u, sizeof(table) - sizeof(struct fw_rsc_hdr),
		sizeof(table) - sizeof(struct fw_rsc_hdr) - sizeof(struct fw_rsc_vdev),
		offsetof(struct table, device_type) + 4,
	};
	u32 i;

	table.device.id = 3;
	table.vrings[1] = (struct fw_rsc_vdev_vring){ 0, 0, 0, 0, 0 };
	for (i = 0; i < ARRAY_SIZE(at); i++) {
		table.at[0] = table.at[1] = table.at[2] = at[i];
		assert_int_equal(accept(), 0);
	}
	table.at[2] = offsetof(struct table, device_type);
	table.device.num_of_vrings = 3;
	assert_int_equal(accept(), 0);
	assert_int_equal(fake_rp.carveout_count, 0);
	/* By each number of bytes */
	table.device.num_of_vrings = 2;
	table.at[0] = table.at[1] = table.at[2];
	for (i = 1; i <= sizeof(table.vrings); i++)
		assert_int_equal(accept_of(sizeof(table) - i), 0);
	assert_int_equal(accept(), -EINVAL);
}

static void carveouts(void **state)
{
	static const struct {
		u32 address, length;
		int code;
	} all[] = {
		{ 0, ROOM, 0 }, { 0, ROOM + 1, -EINVAL }, { ROOM, 1, -EINVAL },
		{ ADDRESS, SIZE, 0 }, { ADDRESS, SIZE + 1, -EINVAL }, { ADDRESS - 1, 2, -EINVAL },
		{ ANYWHERE, 0x1000, 0 },
	};
	char says[100];
	u32 i;

	table.at[1] = table.at[2] = table.at[0];
	for (i = 0; i < ARRAY_SIZE(all); i++) {
		table.head.num = 1;
		table.carveout.da = all[i].address;
		table.carveout.len = all[i].length;
		memset(table.carveout.name, 'x', sizeof(table.carveout.name));
		fake_printed[0] = 0;
		assert_int_equal(accept(), all[i].code);
		snprintf(says, sizeof(says), "carveout %s: the cell has no 0x%x bytes at 0x%x\n",
			 table.carveout.name, all[i].length, all[i].address);
		assert_string_equal(fake_printed, all[i].code ? says : "");
		assert_int_equal(fake_rp.carveout_count,
				 !all[i].code && all[i].address != ANYWHERE);
		rproc_resource_cleanup(&fake_rp.rproc);
		assert_int_equal(strlen(table.carveout.name), 31);
	}
}

/* What is reserved for the program holds no vring. */
static void a_carveout_in_the_link(void **state)
{
	table.carveout.da = ADDRESS + BOUNCE_UNIT;
	table.carveout.len = BOUNCE_UNIT;
	assert_int_equal(accept(), 0);
	assert_int_equal(table.vrings[0].da, ADDRESS + 2 * BOUNCE_UNIT);
}

static void the_section_itself(void **state)
{
	strcpy(table.carveout.name, JH_RPMSG_CARVEOUT);
	table.carveout.da = ANYWHERE;
	assert_int_equal(accept(), 0);
	place_is(0, JH_RPMSG_CARVEOUT, ADDRESS, SIZE);
}

static void a_trace_elsewhere(void **state)
{
	table.trace.da = 0x100;
	assert_int_equal(accept(), 0);
	assert_string_equal(fake_printed, "Linux does not see its trace buffer at 0x100\n");
	assert_int_equal(table.vrings[0].da, ADDRESS);
}

/* Remoteproc must not find it; the cell finds what it has written. */
static void a_carveout_for_buffers(void **state)
{
	strcpy(table.carveout.name, "vdev0buffer");
	table.carveout.da = ADDRESS + BOUNCE_UNIT;
	assert_int_equal(accept(), 0);
	assert_int_equal(fake_rp.carveout_count, 2);
	assert_true(table.carveout_type.type > 512);
	assert_int_equal(table.vrings[0].da, ADDRESS + BOUNCE_UNIT);
	rtable_settle(&table.head, sizeof(table));
	assert_int_equal(table.carveout_type.type, RSC_CARVEOUT);
	assert_int_equal(table.carveout.pa, ADDRESS + BOUNCE_UNIT);
	/* Names that are like it. */
	table.carveout.da = 0x100;
	strcpy(table.carveout.name, "vdev0vring9");
	table.head.num = 1;
	assert_int_equal(accept(), 0);
	assert_int_equal(table.carveout_type.type, RSC_CARVEOUT);
	strcpy(table.carveout.name, "my vdev0buffer");
	assert_int_equal(accept(), 0);
	assert_int_equal(table.carveout_type.type, RSC_CARVEOUT);
}

/* The cell has no other addresses than its own. */
static void addresses_are_the_cells(void **state)
{
	table.carveout.pa = 0x12345678;
	rtable_settle(&table.head, sizeof(table));
	assert_int_equal(table.carveout.pa, 0x100);
	table.carveout_type.type = RSC_TRACE;
	table.carveout.pa = 0x12345678;
	rtable_settle(&table.head, sizeof(table));
	assert_int_equal(table.carveout.pa, 0x12345678);
}

static void drivers_that_are_there(void **state)
{
	table.device.dfeatures = 1;
	rtable_say_ready(&table.head, sizeof(table), true);
	assert_int_equal(table.device.status, 7);
	assert_int_equal(table.device.gfeatures, 1);
	rtable_say_ready(&table.head, sizeof(table), false);
	assert_int_equal(table.device.status | table.device.gfeatures, 0);
}

static void memory_is_short(void **state)
{
	u32 i;

	for (i = 1; i <= 2; i++) {
		fake_fail_alloc = i;
		assert_int_equal(accept(), -ENOMEM);
		rproc_resource_cleanup(&fake_rp.rproc);
		table.vrings[0].da = table.vrings[1].da = ANYWHERE;
	}
	fake_fail_alloc = 0;
	fake_rp.no_entry = true;
	assert_int_equal(accept(), -ENOMEM);
	table.head.num = 1;
	table.at[0] = table.at[2];
	assert_int_equal(accept(), -ENOMEM);
	strcpy(table.carveout.name, JH_RPMSG_CARVEOUT);
	table.at[0] = offsetof(struct table, carveout_type);
	assert_int_equal(accept(), -ENOMEM);
}

#define test(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		test(vrings_that_linux_places),
		test(vrings_at_fixed_addresses),
		test(a_vring_outside_of_the_link),
		test(two_devices),
		test(three_devices),
		test(only_rpmsg),
		test(no_rpmsg_in_the_end),
		test(entries_that_are_cut_off),
		test(carveouts),
		test(a_carveout_in_the_link),
		test(the_section_itself),
		test(a_trace_elsewhere),
		test(a_carveout_for_buffers),
		test(addresses_are_the_cells),
		test(drivers_that_are_there),
		test(memory_is_short),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
