/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Copyright (c) The jh authors
 *
 * A cell with a virtio device and another link to root, and what its guest's driver and root's
 * program do with them, one access after the other.
 */
#ifndef VIRTIO_GUEST_H
#define VIRTIO_GUEST_H

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include <hv/atomic.h>
#include <hv/cpu.h>
#include <hv/hypercall.h>
#include <hv/link.h>
#include <hv/report.h>
#include <hv/virtio.h>
#include <jh/link.h>
#include <jh/reasons.h>
#include "world.h"

#define CELL_CPU	2
#define REGISTERS	0x0b000000UL	/* of blob_add_link() */
#define SPI		77		/* of root's, which no device has */
#define RAISED		VIRQ_PENDING(VIRQ_EDGES)
#define UPPER_HALF	(1U << (JH_VIRTIO_F_VERSION_1 - 32))	/* all features of it that matter */
#define DRIVER		(JH_VIRTIO_S_ACKNOWLEDGE | JH_VIRTIO_S_DRIVER)
#define WORKS		(DRIVER | JH_VIRTIO_S_FEATURES_OK | JH_VIRTIO_S_DRIVER_OK)

static u64 cell, doors;

static inline u64 create(void)
{
	struct blob_parts parts;
	s64 id;

	world_cell(&parts, "cell", CELL_CPU);
	blob_add_link(&parts, "disk", "root")->side = 1;
	blob_add_link(&parts, "files", "root")->side = 1;
	blob_add_virtio(&parts, JH_VIRTIO_BLOCK, 0);
	id = world_create(&parts);
	assert_true(id > 0);
	world_check();
	return (u64)id;
}

static inline void start(void)
{
	if (cell_get(cell)->state == JH_CELL_CREATED)
		assert_int_equal(world_load(cell, 0, 4096), 0);
	assert_int_equal(world_start(cell), 0);
	fake_run();
}

static inline u32 guest_get(u32 offset)
{
	return (u32)world_access(CELL_CPU, REGISTERS + offset, 4, false, 0);
}

static inline void guest_put(u32 offset, u32 value)
{
	world_access(CELL_CPU, REGISTERS + offset, 4, true, value);
}

static inline u32 root_get(u32 offset)
{
	return (u32)world_access(1, doors + offset, 4, false, 0);
}

static inline void root_put(u32 offset, u32 value)
{
	world_access(1, doors + offset, 4, true, value);
}

/* The tables that root's view of a pool needs stay, so they are made before anybody counts. */
static inline void begin_alone(void)
{
	struct fake_options options = fake_defaults;

	memset(fake_pended, 0, sizeof(fake_pended));
	options.cpus = 5;
	world_boot(&options, 0xc);
	cell = create();
	assert_int_equal(world_destroy(cell), 0);
	world_check();
	world_remember();
	cell = create();
	doors = (u64)fake_hypercall(0, JH_HC_CELL_LINK, cell, 0, SPI, 0);
	assert_int_equal(doors, FAKE_HV_START);
	start();
}

/* Somebody in root has the other end: it offers feature 5. */
static inline void begin(void)
{
	begin_alone();
	root_put(JH_LINK_INT_CONTROL, JH_LINK_INT_ENABLE);
	root_put(JH_VIRTIO_ROOT_OFFERED, 1 << 5);
	root_put(JH_VIRTIO_ROOT_OFFERED + 4, UPPER_HALF);
	root_put(JH_LINK_STATE, 1);
}

static inline void accept(u32 lower, u32 upper)
{
	guest_put(JH_VIRTIO_STATUS, 0);
	guest_put(JH_VIRTIO_STATUS, DRIVER);
	guest_put(JH_VIRTIO_DRIVER_FEATURES_SEL, 0);
	guest_put(JH_VIRTIO_DRIVER_FEATURES, lower);
	guest_put(JH_VIRTIO_DRIVER_FEATURES_SEL, 1);
	guest_put(JH_VIRTIO_DRIVER_FEATURES, upper);
	guest_put(JH_VIRTIO_STATUS, DRIVER | JH_VIRTIO_S_FEATURES_OK);
}

static inline void set_queue(u32 n, u32 num)
{
	u32 i;

	guest_put(JH_VIRTIO_QUEUE_SEL, n);
	guest_put(JH_VIRTIO_QUEUE_NUM, num);
	for (i = 0; i < 6; i++)
		guest_put(JH_VIRTIO_QUEUE_ADDRESS + i / 2 * 16 + i % 2 * 4, (n + 1) << 16 | i);
	guest_put(JH_VIRTIO_QUEUE_READY, 1);
}

static inline void set_up(void)
{
	accept(1 << 5, UPPER_HALF);
	set_queue(0, 8);
	set_queue(1, 4);
	guest_put(JH_VIRTIO_STATUS, WORKS);
}

static inline bool take_interrupt(void)
{
	return fetch_and(&cell_get(cell)->virqs.state, ~RAISED) & RAISED;
}

#endif
