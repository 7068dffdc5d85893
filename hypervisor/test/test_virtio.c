// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (c) The jh authors
 *
 * Virtio devices of cells: what the guest's driver and root's program find in the registers, who is
 * told of what, and that nothing of it outlives its time.
 */
#include "virtio_guest.h"

/* As the driver of virtio-mmio of Linux looks at it. */
static void what_a_driver_finds(void **state)
{
	u32 offset, *behind;

	(void)state;
	begin();
	assert_int_equal(guest_get(JH_VIRTIO_MAGIC), 0x74726976);
	assert_int_equal(guest_get(JH_VIRTIO_VERSION), 2);
	assert_int_equal(guest_get(JH_VIRTIO_DEVICE_ID), 2);
	assert_int_equal(guest_get(JH_VIRTIO_VENDOR_ID), JH_VIRTIO_VENDOR);
	assert_int_equal(guest_get(JH_VIRTIO_DEVICE_FEATURES), 1 << 5);
	guest_put(JH_VIRTIO_DEVICE_FEATURES_SEL, 1);
	assert_int_equal(guest_get(JH_VIRTIO_DEVICE_FEATURES), UPPER_HALF);
	for (offset = 2; offset; offset *= 2) {
		guest_put(JH_VIRTIO_DEVICE_FEATURES_SEL, offset);
		assert_int_equal(guest_get(JH_VIRTIO_DEVICE_FEATURES), 0);
	}
	assert_int_equal(guest_get(JH_VIRTIO_QUEUE_NUM_MAX), 8);
	guest_put(JH_VIRTIO_QUEUE_SEL, 1);
	assert_int_equal(guest_get(JH_VIRTIO_QUEUE_NUM_MAX), 8);
	guest_put(JH_VIRTIO_QUEUE_SEL, 2);
	assert_int_equal(guest_get(JH_VIRTIO_QUEUE_NUM_MAX), 0);
	guest_put(JH_VIRTIO_QUEUE_SEL, 0x80000000);
	assert_int_equal(guest_get(JH_VIRTIO_QUEUE_NUM_MAX), 0);
	for (offset = JH_VIRTIO_SHM; offset < JH_VIRTIO_SHM_END; offset += 4)
		assert_int_equal(guest_get(offset), 0xffffffff);
	assert_int_equal(guest_get(JH_VIRTIO_SHM_END), 0);
	assert_int_equal(guest_get(JH_VIRTIO_SHM - 4), 0);
	/* Nothing of other widths, and nothing of what can only be written. */
	assert_int_equal(world_access(CELL_CPU, REGISTERS + JH_VIRTIO_MAGIC, 1, false, 0), 0);
	assert_int_equal(world_access(CELL_CPU, REGISTERS + JH_VIRTIO_MAGIC, 8, false, 0), 0);
	assert_int_equal(guest_get(JH_VIRTIO_QUEUE_NUM), 0);
	/* Whatever lies behind the configuration. */
	behind = cell_get(cell)->virtio->space + JH_VIRTIO_CONFIG_SIZE / 4;
	*behind = 0xffffffff;
	assert_int_equal(guest_get(JH_VIRTIO_CONFIG + JH_VIRTIO_CONFIG_SIZE), 0);
	*behind = 0;
	assert_int_equal(guest_get(0xffc), 0);
	/* The other link is one, with bells of its own at the same place. */
	assert_int_equal(mmio_find(REGISTERS)->bell, 0);
	assert_int_equal(mmio_find(REGISTERS + 0x1000)->bell, MMIO_BELL);
	assert_int_equal(world_access(CELL_CPU, REGISTERS + 0x1000 + JH_LINK_NUM_BELLS,
					      4, false, 0), 4);
}

/* Without somebody at the other end there is no device, and a driver goes on. */
static void nobody_at_the_other_end(void **state)
{
	(void)state;
	begin_alone();
	assert_int_equal(guest_get(JH_VIRTIO_MAGIC), 0x74726976);
	assert_int_equal(guest_get(JH_VIRTIO_DEVICE_ID), 0);
	root_put(JH_LINK_STATE, 1);
	assert_int_equal(guest_get(JH_VIRTIO_DEVICE_ID), 2);
	root_put(JH_LINK_STATE, 0);
	assert_int_equal(guest_get(JH_VIRTIO_DEVICE_ID), 0);
}

static void features(void **state)
{
	static const struct {
		u32 lower, upper, status;
	} rows[] = {
		{ 1 << 5, UPPER_HALF, DRIVER | JH_VIRTIO_S_FEATURES_OK },
		{ 0, UPPER_HALF, DRIVER | JH_VIRTIO_S_FEATURES_OK },
		{ 1 << 5, 0, DRIVER },				/* that of 1.0 is needed */
		{ 1 << 5 | 1 << 6, UPPER_HALF, DRIVER },	/* not offered */
		{ 0, UPPER_HALF | 2, DRIVER },
	};
	u32 i;

	(void)state;
	begin();
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		accept(rows[i].lower, rows[i].upper);
		assert_int_equal(guest_get(JH_VIRTIO_STATUS), rows[i].status);
		assert_int_equal(root_get(JH_VIRTIO_ROOT_STATUS), rows[i].status);
		assert_int_equal(root_get(JH_VIRTIO_ROOT_ACCEPTED), rows[i].lower & 1 << 5);
		assert_int_equal(root_get(JH_VIRTIO_ROOT_ACCEPTED + 4),
				 rows[i].upper & UPPER_HALF);
		/* Without them it does not go on. */
		guest_put(JH_VIRTIO_STATUS, rows[i].status | JH_VIRTIO_S_DRIVER_OK);
		assert_int_equal(!!(guest_get(JH_VIRTIO_STATUS) & JH_VIRTIO_S_DRIVER_OK), i < 2);
	}
	/* What was agreed stays, there is no third half, no bit of the status is taken back. */
	accept(1 << 5, UPPER_HALF);
	guest_put(JH_VIRTIO_DRIVER_FEATURES, 0);
	guest_put(JH_VIRTIO_DRIVER_FEATURES_SEL, 2);
	guest_put(JH_VIRTIO_DRIVER_FEATURES, ~0U);
	assert_int_equal(root_get(JH_VIRTIO_ROOT_ACCEPTED + 4), UPPER_HALF);
	guest_put(JH_VIRTIO_STATUS, JH_VIRTIO_S_FAILED | JH_VIRTIO_S_NEEDS_RESET | 0xffffff00);
	assert_int_equal(guest_get(JH_VIRTIO_STATUS),
			 DRIVER | JH_VIRTIO_S_FEATURES_OK | JH_VIRTIO_S_FAILED);
}

/* Root learns of a reset and of the moment when all is set up, of nothing between them. */
static void what_root_is_told(void **state)
{
	u32 n, word;

	(void)state;
	begin();
	assert_int_equal(root_get(JH_LINK_PEER_STATE), 0);
	accept(1 << 5, UPPER_HALF);
	assert_int_equal(fake_pended[SPI], 1);
	assert_int_equal(root_get(JH_LINK_BELLS), 1);
	assert_int_equal(root_get(JH_LINK_PEER_STATE), JH_VIRTIO_STATE(2, 0));
	set_queue(0, 8);
	set_queue(1, 4);
	assert_int_equal(fake_pended[SPI], 1);
	assert_int_equal(root_get(JH_VIRTIO_ROOT_QUEUE(1) + JH_VIRTIO_QUEUE_READY_AT), 1);
	guest_put(JH_VIRTIO_STATUS, WORKS);
	assert_int_equal(fake_pended[SPI], 2);
	assert_int_equal(root_get(JH_LINK_BELLS), 1);
	assert_int_equal(root_get(JH_LINK_PEER_STATE), JH_VIRTIO_STATE(2, WORKS));
	guest_put(JH_VIRTIO_STATUS, WORKS);
	assert_int_equal(fake_pended[SPI], 2);
	assert_int_equal(root_get(JH_VIRTIO_ROOT_KIND), 2);
	assert_int_equal(root_get(JH_VIRTIO_ROOT_QUEUES), 2);
	assert_int_equal(root_get(JH_VIRTIO_ROOT_QUEUE_SIZE), 8);
	assert_int_equal(root_get(JH_VIRTIO_ROOT_RESETS), 2);
	assert_int_equal(root_get(JH_VIRTIO_ROOT_STATUS), WORKS);
	for (n = 0; n < 2; n++) {
		assert_int_equal(root_get(JH_VIRTIO_ROOT_QUEUE(n)), n ? 4 : 8);
		assert_int_equal(root_get(JH_VIRTIO_ROOT_QUEUE(n) + JH_VIRTIO_QUEUE_READY_AT), 1);
		for (word = 0; word < 6; word++)
			assert_int_equal(root_get(JH_VIRTIO_ROOT_QUEUE(n) +
						  JH_VIRTIO_QUEUE_DESC_AT + 4 * word),
					 (n + 1) << 16 | word);
	}
	/* There is no third queue, and nothing behind the configuration. */
	for (word = JH_VIRTIO_ROOT_QUEUE(2); word < JH_VIRTIO_ROOT_CONFIG; word += 4)
		assert_int_equal(root_get(word), 0);
	root_put(JH_VIRTIO_ROOT_CONFIG + JH_VIRTIO_CONFIG_SIZE, 1);
	assert_int_equal(root_get(JH_VIRTIO_ROOT_CONFIG + JH_VIRTIO_CONFIG_SIZE), 0);
	assert_int_equal(world_access(1, doors + JH_VIRTIO_ROOT_KIND, 8, false, 0), 0);
	/* A reset clears all of it. */
	guest_put(JH_VIRTIO_STATUS, 0);
	assert_int_equal(root_get(JH_LINK_PEER_STATE), JH_VIRTIO_STATE(3, 0));
	for (word = JH_VIRTIO_ROOT_QUEUE(0); word < JH_VIRTIO_ROOT_QUEUE(2); word += 4)
		assert_int_equal(root_get(word), 0);
	assert_int_equal(root_get(JH_VIRTIO_ROOT_ACCEPTED + 4), 0);
}

/* The number of resets comes round, but never to 0: that is nobody. */
static void sixteen_million_resets(void **state)
{
	(void)state;
	begin();
	cell_get(cell)->virtio[0].resets = 0xffffff;
	guest_put(JH_VIRTIO_STATUS, 0);
	assert_int_equal(root_get(JH_LINK_PEER_STATE), JH_VIRTIO_STATE(1, 0));
	assert_int_equal(root_get(JH_VIRTIO_ROOT_RESETS), 1);
}

/* What is ready stays: root copies it once. */
static void queues_that_are_ready(void **state)
{
	static const u32 lengths[] = { 0, 3, 12, 16, 0x80000000, 0xffffffff };
	u32 i;

	(void)state;
	begin();
	accept(1 << 5, UPPER_HALF);
	for (i = 0; i < sizeof(lengths) / sizeof(lengths[0]); i++) {
		set_queue(1, lengths[i]);
		assert_int_equal(guest_get(JH_VIRTIO_QUEUE_READY), 0);
	}
	set_queue(1, 8);
	assert_int_equal(guest_get(JH_VIRTIO_QUEUE_READY), 1);
	guest_put(JH_VIRTIO_QUEUE_NUM, 4);
	guest_put(JH_VIRTIO_QUEUE_ADDRESS, 99);
	assert_int_equal(root_get(JH_VIRTIO_ROOT_QUEUE(1)), 8);
	assert_int_equal(root_get(JH_VIRTIO_ROOT_QUEUE(1) + JH_VIRTIO_QUEUE_DESC_AT), 2 << 16);
	guest_put(JH_VIRTIO_QUEUE_READY, 0);
	guest_put(JH_VIRTIO_QUEUE_NUM, 4);
	guest_put(JH_VIRTIO_QUEUE_ADDRESS + 8, 98);	/* no register */
	guest_put(JH_VIRTIO_QUEUE_ADDRESS + 0x28, 97);
	guest_put(JH_VIRTIO_QUEUE_ADDRESS + 4, 99);
	assert_int_equal(root_get(JH_VIRTIO_ROOT_QUEUE(1)), 4);
	assert_int_equal(root_get(JH_VIRTIO_ROOT_QUEUE(1) + JH_VIRTIO_QUEUE_DESC_AT + 4), 99);
	for (i = JH_VIRTIO_ROOT_QUEUE(1) + JH_VIRTIO_QUEUE_DRIVER_AT;
	     i < JH_VIRTIO_ROOT_QUEUE(2); i += 4)
		assert_int_equal(root_get(i), 2 << 16 | (i - JH_VIRTIO_QUEUE_DESC_AT) / 4 % 8);
	/* There is none of that number. */
	set_queue(2, 8);
	set_queue(0xffffffff, 8);
	assert_int_equal(guest_get(JH_VIRTIO_QUEUE_READY), 0);
	assert_int_equal(root_get(JH_VIRTIO_ROOT_QUEUE(0)), 0);
}

static void kicks(void **state)
{
	const struct jh_link_report *row;

	(void)state;
	begin();
	row = cell_get(cell)->links[0].report;
	accept(1 << 5, UPPER_HALF);
	set_queue(1, 8);
	assert_int_equal(root_get(JH_LINK_BELLS), 1);
	/* Not before the device works, nor of a queue that is not ready or not there. */
	guest_put(JH_VIRTIO_QUEUE_NOTIFY, 1);
	assert_int_equal(root_get(JH_LINK_BELLS), 0);
	guest_put(JH_VIRTIO_STATUS, WORKS);
	assert_int_equal(root_get(JH_LINK_BELLS), 1);
	guest_put(JH_VIRTIO_QUEUE_NOTIFY, 0);
	guest_put(JH_VIRTIO_QUEUE_NOTIFY, 2);
	guest_put(JH_VIRTIO_QUEUE_NOTIFY, 0xffffffff);
	world_access(CELL_CPU, REGISTERS + JH_VIRTIO_QUEUE_NOTIFY, 8, true, 1);
	assert_int_equal(root_get(JH_LINK_BELLS), 0);
	guest_put(JH_VIRTIO_QUEUE_NOTIFY, 1);
	guest_put(JH_VIRTIO_QUEUE_NOTIFY, 1);
	assert_int_equal(fake_pended[SPI], 3);
	assert_int_equal(root_get(JH_LINK_BELLS), 1 << 2);
	assert_int_equal(row->rung, 2);
	guest_put(JH_VIRTIO_STATUS, 0);
	guest_put(JH_VIRTIO_QUEUE_NOTIFY, 1);
	assert_int_equal(root_get(JH_LINK_BELLS), 1);
}

static void interrupts(void **state)
{
	(void)state;
	begin();
	set_up();
	assert_false(take_interrupt());
	root_put(JH_VIRTIO_ROOT_INTERRUPT, JH_VIRTIO_INT_USED);
	assert_true(take_interrupt());
	/* Once, until it is acknowledged. */
	root_put(JH_VIRTIO_ROOT_INTERRUPT, JH_VIRTIO_INT_USED | 0xfffffffc);
	root_put(JH_VIRTIO_ROOT_INTERRUPT, JH_VIRTIO_INT_CONFIG);
	assert_false(take_interrupt());
	assert_int_equal(guest_get(JH_VIRTIO_INTERRUPT_STATUS), 3);
	/* What is left raises it again; what is not there does not. */
	guest_put(JH_VIRTIO_INTERRUPT_ACK, JH_VIRTIO_INT_USED);
	assert_true(take_interrupt());
	assert_int_equal(guest_get(JH_VIRTIO_INTERRUPT_STATUS), JH_VIRTIO_INT_CONFIG);
	guest_put(JH_VIRTIO_INTERRUPT_ACK, 0xffffffff);
	assert_false(take_interrupt());
	root_put(JH_VIRTIO_ROOT_INTERRUPT, 4);
	assert_int_equal(guest_get(JH_VIRTIO_INTERRUPT_STATUS), 0);
	assert_false(take_interrupt());
	/* No bell of the link does. */
	root_put(JH_LINK_DOORBELL, 1 << 16 | 1);
	root_put(JH_LINK_STATE, 2);
	assert_false(take_interrupt());
	/* A reset drops what waits. */
	root_put(JH_VIRTIO_ROOT_INTERRUPT, JH_VIRTIO_INT_USED);
	guest_put(JH_VIRTIO_STATUS, 0);
	assert_int_equal(guest_get(JH_VIRTIO_INTERRUPT_STATUS), 0);
}

static void configuration(void **state)
{
	u32 i, generation;

	(void)state;
	begin();
	generation = guest_get(JH_VIRTIO_GENERATION);
	for (i = 0; i < JH_VIRTIO_CONFIG_SIZE / 4; i++)
		root_put(JH_VIRTIO_ROOT_CONFIG + 4 * i, 0x03020100 + i * 0x04040404);
	assert_int_equal(guest_get(JH_VIRTIO_GENERATION), generation + 16);
	for (i = 0; i < JH_VIRTIO_CONFIG_SIZE; i++)
		assert_int_equal(world_access(CELL_CPU, REGISTERS + JH_VIRTIO_CONFIG + i,
						      1, false, 0), i);
	assert_int_equal(world_access(CELL_CPU, REGISTERS + JH_VIRTIO_CONFIG + 6,
					      2, false, 0), 0x0706);
	assert_int_equal(guest_get(JH_VIRTIO_CONFIG + 0x3c), 0x3f3e3d3c);
	assert_int_equal(world_access(CELL_CPU, REGISTERS + JH_VIRTIO_CONFIG + 0x38, 8, false, 0),
			 0x3f3e3d3c3b3a3938);
	assert_int_equal(root_get(JH_VIRTIO_ROOT_CONFIG + 8), 0x0b0a0908);
	/* The guest cannot write it. */
	guest_put(JH_VIRTIO_CONFIG, ~0U);
	assert_int_equal(guest_get(JH_VIRTIO_CONFIG), 0x03020100);
	assert_int_equal(guest_get(JH_VIRTIO_GENERATION), generation + 16);
	/* It outlives resets and lives: root has written it once. */
	guest_put(JH_VIRTIO_STATUS, 0);
	assert_int_equal(world_call(JH_HC_CELL_STOP, cell), 0);
	start();
	assert_int_equal(guest_get(JH_VIRTIO_CONFIG), 0x03020100);
	assert_int_equal(guest_get(JH_VIRTIO_DEVICE_FEATURES), 1 << 5);
}

/* The program that had the other end is gone, and another one comes. */
static void the_other_end_goes(void **state)
{
	(void)state;
	begin();
	/* Nobody used it yet. */
	accept(1 << 5, UPPER_HALF);
	root_put(JH_LINK_STATE, 0);
	assert_int_equal(guest_get(JH_VIRTIO_STATUS), DRIVER | JH_VIRTIO_S_FEATURES_OK);
	assert_false(take_interrupt());
	root_put(JH_LINK_STATE, 1);
	set_up();
	root_put(JH_LINK_STATE, 0);
	assert_int_equal(guest_get(JH_VIRTIO_STATUS), WORKS | JH_VIRTIO_S_NEEDS_RESET);
	assert_int_equal(guest_get(JH_VIRTIO_INTERRUPT_STATUS), JH_VIRTIO_INT_CONFIG);
	assert_true(take_interrupt());
	guest_put(JH_VIRTIO_INTERRUPT_ACK, 3);
	/* Once; and another program does not make it well. */
	root_put(JH_LINK_STATE, 0);
	root_get(JH_LINK_ID);
	assert_false(take_interrupt());
	root_put(JH_LINK_STATE, 1);
	assert_int_equal(guest_get(JH_VIRTIO_STATUS), WORKS | JH_VIRTIO_S_NEEDS_RESET);
	set_up();
	assert_int_equal(guest_get(JH_VIRTIO_STATUS), WORKS);
}

/* A bell for a driver that has begun since then tells it, whichever way it rings. */
static void a_bell_of_who_has_left(void **state)
{
	u32 bell = 1 << 16 | 1, way;

	(void)state;
	for (way = 0; way < 2; way++) {
		begin();
		root_put(JH_LINK_STATE, 1);
		root_put(JH_LINK_STATE, 0);
		set_up();
		assert_int_equal(guest_get(JH_VIRTIO_STATUS), WORKS);
		if (way)
			link_bell_of_root(link_root_side(doors - link_root_region.start), bell);
		else
			root_put(JH_LINK_DOORBELL, bell);
		assert_int_equal(guest_get(JH_VIRTIO_STATUS), WORKS | JH_VIRTIO_S_NEEDS_RESET);
	}
}

/* Whoever may read the report knows which links have devices. */
static void which_links_are_devices(void **state)
{
	u32 i, disks = 0, links = 0;

	(void)state;
	begin();
	for (i = 0; i < JH_MAX_LINK_SIDES; i++) {
		if (!link_rows[i].name[0])
			continue;
		links++;
		if (!link_rows[i].virtio)
			continue;
		disks++;
		assert_string_equal(link_rows[i].name, "disk");
		assert_int_equal(link_rows[i].cell, cell);
		assert_int_equal(link_rows[i].virtio, JH_VIRTIO_BLOCK);
	}
	assert_int_equal(disks, 1);
	assert_true(links > 1);
	assert_int_equal(world_destroy(cell), 0);
	for (i = 0; i < JH_MAX_LINK_SIDES; i++)
		assert_int_equal(link_rows[i].virtio, 0);
}

/* Of a link without a device root's state says nothing to anybody. */
static void another_link(void **state)
{
	u64 other;

	(void)state;
	begin();
	set_up();
	other = (u64)fake_hypercall(0, JH_HC_CELL_LINK, cell, 1, SPI + 1, 0);
	world_access(1, other + JH_LINK_STATE, 4, true, 1);
	world_access(1, other + JH_LINK_STATE, 4, true, 0);
	world_access(1, other + JH_VIRTIO_ROOT_OFFERED, 4, true, ~0U);
	assert_int_equal(world_access(1, other + JH_VIRTIO_ROOT_OFFERED, 4, false, 0), 0);
	assert_int_equal(guest_get(JH_VIRTIO_STATUS), WORKS);
	world_access(CELL_CPU, REGISTERS + 0x1000 + JH_LINK_STATE, 4, true, 3);
	assert_int_equal(world_access(1, other + JH_LINK_PEER_STATE, 4, false, 0), 3);
}

/* Root learns of the end of a life, and the next one begins with a device that was reset. */
static void lives(void **state)
{
	(void)state;
	begin();
	set_up();
	root_put(JH_VIRTIO_ROOT_INTERRUPT, JH_VIRTIO_INT_USED);
	root_get(JH_LINK_BELLS);
	world_fail(CELL_CPU);
	assert_int_equal(root_get(JH_LINK_BELLS), 1);
	assert_int_equal(root_get(JH_LINK_PEER_STATE), 0);
	/* What root says to one that does not run is dropped. */
	root_put(JH_VIRTIO_ROOT_INTERRUPT, JH_VIRTIO_INT_CONFIG);
	assert_int_equal(cell_get(cell)->virtio[0].interrupt, JH_VIRTIO_INT_USED);
	start();
	assert_int_equal(root_get(JH_LINK_PEER_STATE), 0);
	assert_int_equal(guest_get(JH_VIRTIO_STATUS), 0);
	assert_int_equal(guest_get(JH_VIRTIO_INTERRUPT_STATUS), 0);
	assert_int_equal(guest_get(JH_VIRTIO_QUEUE_READY), 0);
	assert_int_equal(root_get(JH_VIRTIO_ROOT_QUEUE(0)), 0);
	assert_false(take_interrupt());
	/* A guest that resets nothing has another number than the life before, all the same. */
	guest_put(JH_VIRTIO_DRIVER_FEATURES_SEL, 1);
	guest_put(JH_VIRTIO_DRIVER_FEATURES, UPPER_HALF);
	guest_put(JH_VIRTIO_STATUS, WORKS);
	assert_int_equal(root_get(JH_LINK_PEER_STATE), JH_VIRTIO_STATE(3, WORKS));
	set_up();
	assert_int_equal(root_get(JH_LINK_PEER_STATE), JH_VIRTIO_STATE(4, WORKS));
	/* Root has its registers until the cell dies. */
	assert_int_equal(world_call(JH_HC_CELL_STOP, cell), 0);
	assert_int_equal(root_get(JH_VIRTIO_ROOT_KIND), 2);
	assert_true(world_call(JH_HC_CELL_SCRUB, cell) >= 0);
	assert_int_equal(root_get(JH_VIRTIO_ROOT_KIND), 0);
	root_put(JH_VIRTIO_ROOT_INTERRUPT, JH_VIRTIO_INT_USED);
	root_put(JH_LINK_STATE, 0);
	assert_int_equal(world_scrub(cell), 0);
	assert_int_equal(world_call(JH_HC_CELL_DESTROY, cell), 0);
	assert_int_equal(root_get(JH_VIRTIO_ROOT_KIND), 0);
	world_unchanged();
	world_check();
	/* The next one does not have what this one had. */
	cell = create();
	start();
	assert_int_equal(guest_get(JH_VIRTIO_DEVICE_ID), 0);
	assert_int_equal(guest_get(JH_VIRTIO_DEVICE_FEATURES), 0);
}

static void without_memory(void **state)
{
	struct fake_options options = fake_defaults;
	struct blob_parts parts;
	u32 nth;

	(void)state;
	options.cpus = 5;
	world_boot(&options, 0xc);
	world_cell(&parts, "cell", CELL_CPU);
	blob_add_link(&parts, "disk", "root")->side = 1;
	blob_add_virtio(&parts, JH_VIRTIO_BLOCK, 0);
	for (nth = 1;; nth++) {
		fake_pool_fail(nth);
		if (world_create(&parts) > 0)
			break;
		assert_int_equal(report.head.error.reason, JH_ERR_HV_POOL);
		assert_int_equal(link_rows[0].name[0], 0);
		world_check();
	}
	assert_true(nth > 6);
	fake_pool_fail(0);
	world_check();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_a_driver_finds),
		cmocka_unit_test(nobody_at_the_other_end),
		cmocka_unit_test(features),
		cmocka_unit_test(what_root_is_told),
		cmocka_unit_test(sixteen_million_resets),
		cmocka_unit_test(queues_that_are_ready),
		cmocka_unit_test(kicks),
		cmocka_unit_test(interrupts),
		cmocka_unit_test(configuration),
		cmocka_unit_test(the_other_end_goes),
		cmocka_unit_test(a_bell_of_who_has_left),
		cmocka_unit_test(another_link),
		cmocka_unit_test(which_links_are_devices),
		cmocka_unit_test(lives),
		cmocka_unit_test(without_memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
