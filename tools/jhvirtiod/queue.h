/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Copyright (c) The jh authors
 *
 * A split virtqueue (Virtual I/O Device 1.2, 2.7), as the device sees it. The driver is a guest
 * that is not trusted: what it wrote is copied once, then checked, and can change at every moment.
 * Nothing here makes a call or waits; a chain costs no more than the queue has elements.
 */
#ifndef QUEUE_H
#define QUEUE_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/uio.h>

#include "window.h"

#define QUEUE_MOST	1024		/* elements: as many as one readv() takes pieces */
#define QUEUE_BYTES	(1u << 30)	/* that a chain may have in each direction */

/** struct queue_setup - what the guest has set up; nothing of it was checked */
struct queue_setup {
	uint32_t num;
	uint64_t desc, driver, device;
};

/**
 * struct queue - one that works
 * @event:	VIRTIO_F_EVENT_IDX was accepted
 * @taken:	chains that were taken from the guest, modulo 2^16
 * @given:	and given back
 * @told:	@given as of the last interrupt
 */
struct queue {
	const struct windows *windows;
	uint32_t num;
	bool event;
	const uint8_t *desc;
	uint8_t *driver;
	uint8_t *device;
	uint16_t taken, given, told;
};

/**
 * struct chain - a request of the guest's
 * @iov:	first the pieces that the device reads, then those that it writes
 * @reads, @writes:	how many of each
 * @read_bytes, @write_bytes:	in all
 */
struct chain {
	uint16_t head;
	unsigned int reads, writes;
	uint32_t read_bytes, write_bytes;
	struct iovec iov[QUEUE_MOST];
};

/**
 * queue_begin - take what the guest has set up
 * @event:	VIRTIO_F_EVENT_IDX was accepted
 *
 * Returns false if it cannot be a queue: a length that is no power of two, or too large; parts that
 * are not aligned, or not in the windows. @windows must stay.
 */
bool queue_begin(struct queue *queue, const struct queue_setup *setup,
		 const struct windows *windows, bool event);

/**
 * queue_take - the next request
 *
 * Returns 1; 0 if there is none: the guest will notify; -1 if the guest says what cannot be, and
 * the queue is good for nothing any more.
 */
int queue_take(struct queue *queue, struct chain *chain);

/** queue_back - the request that was taken last was not begun: it is taken again */
void queue_back(struct queue *queue);

/** queue_give - a request is done; the device has written @length bytes */
void queue_give(struct queue *queue, uint16_t head, uint32_t length);

/** queue_wants_interrupt - was something given that the guest wants to hear of? */
bool queue_wants_interrupt(struct queue *queue);

/** queue_hush - until the next queue_take() that returns 0, no notification is needed */
void queue_hush(struct queue *queue);

#endif
