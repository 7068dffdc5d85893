// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (c) The jh authors
 *
 * Each life of the device has a number, which is in the cell's word of the state table. Nothing is
 * written to buffers of another one: the word is looked at before each request.
 */
#include "device.h"

#include <string.h>

#include <jh/virtio.h>

#include "jhvirtiod.h"

#define ALL_KINDS	(FEATURE(JH_VIRTIO_F_VERSION_1) | FEATURE(JH_VIRTIO_F_ACCESS_PLATFORM) | \
			 FEATURE(FEATURE_EVENT_IDX))

static const struct windows *memory;

static void offer_config(struct device *device)
{
	uint32_t word;
	unsigned int at;

	for (at = 0; at < device->config_size; at += sizeof(word)) {
		memcpy(&word, device->config + at, sizeof(word));
		port_put(&device->port, JH_VIRTIO_ROOT_CONFIG + at, word);
	}
}

bool device_offer(struct device *device, const struct windows *windows)
{
	uint64_t features = device->features | (ALL_KINDS & ~device->lacks);

	memory = windows;
	/* A driver that worked with another program at this end has to reset the device. */
	device->state = port_state(&device->port);
	port_put(&device->port, JH_VIRTIO_ROOT_OFFERED, (uint32_t)features);
	port_put(&device->port, JH_VIRTIO_ROOT_OFFERED + 4, (uint32_t)(features >> 32));
	offer_config(device);
	return port_announce(&device->port);
}

/* --- lives --- */

static bool copy_queue(struct device *device, unsigned int n)
{
	const struct port *port = &device->port;
	uint32_t base = JH_VIRTIO_ROOT_QUEUE(n);
	struct queue_setup setup = {
		.num = port_get(port, base + JH_VIRTIO_QUEUE_NUM_AT),
		.desc = port_get64(port, base + JH_VIRTIO_QUEUE_DESC_AT),
		.driver = port_get64(port, base + JH_VIRTIO_QUEUE_DRIVER_AT),
		.device = port_get64(port, base + JH_VIRTIO_QUEUE_DEVICE_AT),
	};

	if (!port_get(port, base + JH_VIRTIO_QUEUE_READY_AT))
		return false;
	return queue_begin(&device->queue[n], &setup, memory,
			   device->accepted & FEATURE(FEATURE_EVENT_IDX));
}

/* The first time only: a guest can do it as often as it likes. */
static void stop(struct device *device, const char *why)
{
	if (!device->refused++)
		complain("%s: %s: the device does nothing until the guest resets it",
			 device->port.name, why);
	if (device->works && device->kind->end)
		device->kind->end(device);
	device->works = false;
}

static void begin(struct device *device)
{
	bool right = true;
	unsigned int n;

	device->accepted = port_get64(&device->port, JH_VIRTIO_ROOT_ACCEPTED);
	for (n = 0; n < device->kind->queues; n++)
		right &= copy_queue(device, n);
	/* All of that is another life's if there is one meanwhile. */
	if (port_state(&device->port) != device->state)
		return;
	device->lives++;
	if (!right) {
		stop(device, "its queues are not where this program could reach them");
		return;
	}
	device->works = true;
	device->pending = (1u << device->kind->queues) - 1;
	if (device->kind->begin)
		device->kind->begin(device);
}

/* One change. After each one the bell rings, so another that comes meanwhile is not missed. */
static void follow(struct device *device)
{
	uint32_t now = port_state(&device->port);

	if (now == device->state)
		return;
	device->state = now;
	if (device->works && device->kind->end)
		device->kind->end(device);
	device->works = false;
	device->pending = 0;
	if (now & JH_VIRTIO_S_DRIVER_OK)
		begin(device);
}

void device_bells(struct device *device, uint32_t bells)
{
	if (bells & 1)
		follow(device);
	device->pending |= bells >> 1;
}

/* --- requests --- */

/* Returns whether something may be left that nobody will tell of. */
static bool serve(struct device *device, unsigned int n)
{
	static struct chain chain;
	struct queue *queue = &device->queue[n];
	enum outcome outcome = OUTCOME_DONE;
	uint32_t left = queue->num, written;
	int taken = 1;

	queue_hush(queue);
	while (left && port_state(&device->port) == device->state) {
		taken = queue_take(queue, &chain);
		if (taken <= 0)
			break;
		written = 0;
		outcome = device->kind->serve(device, n, &chain, &written);
		if (outcome != OUTCOME_DONE)
			break;
		queue_give(queue, chain.head, written);
		device->requests++;
		left--;
	}
	if (outcome == OUTCOME_LATER)
		queue_back(queue);
	if (queue_wants_interrupt(queue))
		port_put(&device->port, JH_VIRTIO_ROOT_INTERRUPT, JH_VIRTIO_INT_USED);
	if (taken < 0)
		stop(device, "the guest has put into a queue what cannot be there");
	else if (outcome == OUTCOME_BROKEN)
		stop(device, "the guest has made a request that cannot be");
	return !left;
}

bool device_run(struct device *device)
{
	unsigned int n;

	for (n = 0; n < device->kind->queues; n++) {
		if (!device->works || !(device->pending & 1u << n))
			continue;
		device->pending &= ~(1u << n);
		if (serve(device, n))
			device->pending |= 1u << n;
	}
	return device->works && device->pending & ((1u << device->kind->queues) - 1);
}
