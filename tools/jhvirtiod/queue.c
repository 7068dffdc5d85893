// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (c) The jh authors
 */
#include "queue.h"

#include <string.h>

#define DESC_NEXT	0x1
#define DESC_WRITE	0x2
#define DESC_BYTES	16

#define AVAIL_NO_INTERRUPT	0x1
#define USED_NO_NOTIFY		0x1

/* Offsets in what the driver writes, and in what the device writes (2.7.6, 2.7.8) */
#define AVAIL_FLAGS	0
#define AVAIL_INDEX	2
#define AVAIL_RING	4
#define USED_FLAGS	0
#define USED_INDEX	2
#define USED_RING	4
#define USED_BYTES	8	/* of an element */

struct desc {
	uint64_t address;
	uint32_t length;
	uint16_t flags;
	uint16_t next;
};

static uint16_t load16(const uint8_t *at)
{
	return __atomic_load_n((const uint16_t *)(const void *)at, __ATOMIC_ACQUIRE);
}

static void store16(uint8_t *at, uint16_t value)
{
	__atomic_store_n((uint16_t *)(void *)at, value, __ATOMIC_RELEASE);
}

/* Where the guest says when it wants to be interrupted, and the device when to be notified */
static uint8_t *used_event(const struct queue *queue)
{
	return queue->driver + AVAIL_RING + 2 * queue->num;
}

static uint8_t *avail_event(const struct queue *queue)
{
	return queue->device + USED_RING + USED_BYTES * queue->num;
}

bool queue_begin(struct queue *queue, const struct queue_setup *setup,
		 const struct windows *windows, bool event)
{
	uint32_t num = setup->num, last = event ? 2 : 0;

	*queue = (struct queue){ .windows = windows, .num = num, .event = event };
	if (!num || num > QUEUE_MOST || num & (num - 1))
		return false;
	if (setup->desc % DESC_BYTES || setup->driver % 2 || setup->device % 4)
		return false;
	queue->desc = window_at(windows, setup->desc, DESC_BYTES * (uint64_t)num);
	queue->driver = window_at(windows, setup->driver, AVAIL_RING + 2 * num + last);
	queue->device = window_at(windows, setup->device, USED_RING + USED_BYTES * num + last);
	return queue->desc && queue->driver && queue->device;
}

/* Those that the device reads come first (2.7.4.2). */
static bool add_piece(const struct queue *queue, struct chain *chain, const struct desc *desc)
{
	uint32_t *bytes = desc->flags & DESC_WRITE ? &chain->write_bytes : &chain->read_bytes;
	void *at = window_at(queue->windows, desc->address, desc->length);

	/* A flag that was not offered, as that of a table elsewhere, is no flag. */
	if (!at || !desc->length || desc->flags & ~(DESC_NEXT | DESC_WRITE) ||
	    desc->length > QUEUE_BYTES - *bytes)
		return false;
	if (!(desc->flags & DESC_WRITE) && chain->writes)
		return false;
	chain->iov[chain->reads + chain->writes] = (struct iovec){ at, desc->length };
	*bytes += desc->length;
	if (desc->flags & DESC_WRITE)
		chain->writes++;
	else
		chain->reads++;
	return true;
}

/* A chain has no more elements than the queue, or it bites its tail. */
static bool walk(const struct queue *queue, struct chain *chain)
{
	uint32_t index = chain->head, count;
	struct desc desc;

	for (count = 0; count < queue->num; count++) {
		if (index >= queue->num)
			return false;
		memcpy(&desc, queue->desc + DESC_BYTES * index, sizeof(desc));
		/* The copy is what is checked: the compiler must not look at the guest's again. */
		__asm__ volatile("" : : "r"(&desc) : "memory");
		if (!add_piece(queue, chain, &desc))
			return false;
		if (!(desc.flags & DESC_NEXT))
			return true;
		index = desc.next;
	}
	return false;
}

/* The guest may have added something before it could see that it has to notify. */
static bool is_empty(struct queue *queue)
{
	if (load16(queue->driver + AVAIL_INDEX) != queue->taken)
		return false;
	if (queue->event)
		store16(avail_event(queue), queue->taken);
	else
		store16(queue->device + USED_FLAGS, 0);
	__atomic_thread_fence(__ATOMIC_SEQ_CST);
	return load16(queue->driver + AVAIL_INDEX) == queue->taken;
}

int queue_take(struct queue *queue, struct chain *chain)
{
	uint16_t waiting;

	if (is_empty(queue))
		return 0;
	waiting = (uint16_t)(load16(queue->driver + AVAIL_INDEX) - queue->taken);
	if (!waiting || waiting > queue->num)
		return -1;
	chain->head = load16(queue->driver + AVAIL_RING + 2 * (queue->taken % queue->num));
	chain->reads = chain->writes = 0;
	chain->read_bytes = chain->write_bytes = 0;
	queue->taken++;
	return walk(queue, chain) ? 1 : -1;
}

void queue_back(struct queue *queue)
{
	queue->taken--;
}

void queue_give(struct queue *queue, uint16_t head, uint32_t length)
{
	uint32_t element[2] = { head, length };

	memcpy(queue->device + USED_RING + USED_BYTES * (queue->given % queue->num), element,
	       sizeof(element));
	queue->given++;
	store16(queue->device + USED_INDEX, queue->given);
}

bool queue_wants_interrupt(struct queue *queue)
{
	uint16_t given = (uint16_t)(queue->given - queue->told), event;

	if (!given)
		return false;
	/* What was given is seen before it is asked whether somebody waits for it. */
	__atomic_thread_fence(__ATOMIC_SEQ_CST);
	queue->told = queue->given;
	if (!queue->event)
		return !(load16(queue->driver + AVAIL_FLAGS) & AVAIL_NO_INTERRUPT);
	event = load16(used_event(queue));
	return (uint16_t)(queue->given - event - 1) < given;
}

void queue_hush(struct queue *queue)
{
	/* With the other feature the guest notifies when it passes the last event: that is past. */
	if (!queue->event)
		store16(queue->device + USED_FLAGS, USED_NO_NOTIFY);
}
