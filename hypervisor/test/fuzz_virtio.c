// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (c) The jh authors
 *
 * Fuzzing of the registers of a virtio device: whatever a guest and root write there, root is told
 * of nothing but resets, a device that works, and queues that are there and ready; what is ready
 * stays, and nothing is agreed that root does not offer.
 */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <hv/cell.h>
#include <hv/link.h>
#include <hv/pool.h>
#include <hv/virtio.h>
#include <config.h>
#include <refuse.h>

#define QUEUES	3

static const struct jh_config_virtio device_config = {
	.link = 1, .kind = JH_VIRTIO_NET, .queues = QUEUES, .queue_size = 64,
};

static struct link_port ports[2], root_port;
static struct jh_link_report row;
static struct cell cell = { .links = ports, .state = JH_CELL_RUNNING };
static struct virtio_queue ready[QUEUES];	/* as they were when they were made ready */
static bool tells;				/* this access may tell root something */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool right)
{
	if (!right)
		abort();
}

/* --- what the device needs of others --- */

const struct jh_config_virtio *config_virtios(const void *blob, __u32 *count)
{
	(void)blob;
	*count = 1;
	return &device_config;
}

void *pool_alloc(u64 pages)
{
	check(pages == 1);
	return calloc(1, PAGE_SIZE);
}

void pool_free(void *memory, u64 pages)
{
	check(pages == 1);
	free(memory);
}

int pool_refuse(struct jh_error *error)
{
	(void)error;
	abort();
}

void arch_virq_raise(struct cell *to, u32 n)
{
	check(to == &cell && n == ports[1].virq);
}

void link_ring(const struct link_port *port, u32 bells)
{
	const struct virtio *device = cell.virtio;
	u32 n;

	check(tells && port == &ports[1] && device->status & JH_VIRTIO_S_DRIVER_OK);
	for (n = 0; n < QUEUES && bells != 2U << n; n++)
		;
	check(n < QUEUES && device->queues[n].ready);
}

void link_set_state(struct link_port *port, u32 state)
{
	const struct virtio *device = cell.virtio;

	check(tells && port == &ports[1] && state >> 8 == device->resets && state >> 8);
	check(!(state & 0xff) || state & JH_VIRTIO_S_DRIVER_OK);
}

/* --- accesses --- */

static u64 guest(u32 offset, u32 size, bool write, u64 value)
{
	u64 result;

	tells = write && (offset == JH_VIRTIO_STATUS || offset == JH_VIRTIO_QUEUE_NOTIFY);
	offset = ALIGN_DOWN(offset, size);
	result = ports[1].region.access((struct mmio_access){ value, offset, (u8)size, write },
					ports[1].region.context);
	tells = false;
	return result;
}

static u32 root(u32 offset, bool write, u32 value)
{
	return (u32)virtio_access_root((struct mmio_access){ value, offset, 4, write },
				       cell.virtio);
}

static void look(void)
{
	const struct virtio *device = cell.virtio;
	u32 n, half, status = root(JH_VIRTIO_ROOT_STATUS, false, 0);

	check(!(device->interrupt & ~3U));
	check(!(status & ~0xcfU));
	check(!(status & JH_VIRTIO_S_DRIVER_OK) || status & JH_VIRTIO_S_FEATURES_OK);
	for (half = 0; half < 2; half++)
		check(!(root(JH_VIRTIO_ROOT_ACCEPTED + 4 * half, false, 0) &
			~device->offered[half]));
	for (n = 0; n < QUEUES; n++) {
		const struct virtio_queue *queue = &device->queues[n];

		check(queue->ready <= 1);
		if (queue->ready && ready[n].ready)
			check(!memcmp(queue, &ready[n], sizeof(*queue)));
		check(!queue->ready || (queue->num && queue->num <= 64 &&
					!(queue->num & (queue->num - 1))));
		ready[n] = *queue;
	}
}

static void begin(void)
{
	memset(ports, 0, sizeof(ports));
	memset(&root_port, 0, sizeof(root_port));
	memset(ready, 0, sizeof(ready));
	ports[1] = (struct link_port){ .cell = &cell, .root = &root_port, .virq = 2,
					.report = &row };
	check(!virtio_prepare(&cell, NULL));
	check(ports[1].virtio == cell.virtio && !ports[0].virtio &&
	      row.virtio == JH_VIRTIO_NET);
	virtio_reset(&cell);
}

/* As a driver does, but for the queues. */
static void drive(void)
{
	root(JH_VIRTIO_ROOT_OFFERED + 4, true, 1);
	guest(JH_VIRTIO_DRIVER_FEATURES_SEL, 4, true, 1);
	guest(JH_VIRTIO_DRIVER_FEATURES, 4, true, 1);
	guest(JH_VIRTIO_STATUS, 4, true, JH_VIRTIO_S_FEATURES_OK);
	guest(JH_VIRTIO_STATUS, 4, true, JH_VIRTIO_S_DRIVER_OK);
}

/* Steps of eight bytes: what, a register, a value. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	u32 offset, value, before;

	begin();
	for (; size >= 8; data += 8, size -= 8) {
		offset = (data[1] | (u32)data[2] << 8) % 0x1000;
		value = data[4] | (u32)data[5] << 8 | (u32)data[6] << 16 | (u32)data[7] << 24;
		switch (data[0] % 16) {
		case 0:
			virtio_reset(&cell);
			memset(ready, 0, sizeof(ready));
			break;
		case 1:
			root_port.state = value;
			break;
		case 2:
			virtio_lost(cell.virtio);
			break;
		case 3: case 4:
			root(0x100 + offset % 0xf00 / 4 * 4, data[3] & 1, value);
			break;
		case 5:
			guest(offset, 1U << data[3] % 4, false, 0);
			break;
		case 6:
			guest(offset, 1U << data[3] % 4, true, value);
			break;
		case 7:
			drive();
			break;
		default:
			before = cell.virtio->resets;
			guest(offset % 0x40 * 4, 4, true, data[3] & 3 ? value % 16 : value);
			if (cell.virtio->resets != before)
				memset(ready, 0, sizeof(ready));
		}
		look();
	}
	virtio_release(&cell);
	check(!cell.virtio);
	return 0;
}
