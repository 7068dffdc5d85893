/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Copyright (c) The jh authors
 *
 * Messages between Linux's drivers and a cell that is a remote processor.
 */
#ifndef DRIVER_BOUNCE_H
#define DRIVER_BOUNCE_H

#include <linux/list.h>
#include <linux/spinlock.h>
#include <linux/types.h>
#include <linux/virtio_ring.h>

#define BOUNCE_UNIT	4096u	/* bytes: pieces of the link that are given out */
#define BOUNCE_QUEUES	4	/* vrings of one program: two devices */
#define BOUNCE_MOST	1024u	/* descriptors of a vring */
#define BOUNCE_ALIGN	BOUNCE_UNIT	/* bytes: the largest alignment of a used ring */
#define BOUNCE_ANYWHERE	0xffffffffu	/* an address that Linux chooses */

/**
 * struct bounce_queue - a vring of Linux's driver, and the one that the cell has for it
 * @own:	Linux's, in memory that no cell can reach
 * @cell:	in the link; its descriptors have addresses of the cell
 * @given:	buffers that have been copied to @cell
 * @taken:	buffers that have come back
 * @broken:	the cell has written what cannot be: nothing is taken until the next start
 */
struct bounce_queue {
	struct vring own;
	struct vring cell;
	u16 given;
	u16 taken;
	bool broken;
};

/**
 * struct bounce - memory of messages, in the section of a link that both sides write
 * @memory:	the section, of @size bytes
 * @address:	guest-physical, of @memory
 * @used:	bitmap of the pieces that are given out or hold parts of the program
 * @areas:	of struct bounce_area: buffers of Linux's drivers, under @lock
 * @queues:	of which there are @count, under @lock
 */
struct bounce {
	void *memory;
	u32 address;
	u32 size;
	unsigned long *used;
	spinlock_t lock;
	struct list_head areas;
	struct bounce_queue queues[BOUNCE_QUEUES];
	u32 count;
};

int bounce_begin(struct bounce *bounce, void *memory, u32 address, u32 size);
void bounce_end(struct bounce *bounce);
void bounce_clear(struct bounce *bounce);
void *bounce_find(const struct bounce *bounce, u64 address, u64 length);
bool bounce_contains(const struct bounce *bounce, const void *memory);
void bounce_reserve(struct bounce *bounce, u64 address, u64 length);
void *bounce_alloc(struct bounce *bounce, u32 size, u32 *address);
void bounce_free(struct bounce *bounce, void *memory, u32 size);
void *bounce_alloc_buffers(struct bounce *bounce, u32 size, u32 *address);
void bounce_free_buffers(struct bounce *bounce, void *own);
void *bounce_add_queue(struct bounce *bounce, u32 count, u32 align, u32 *address);
void bounce_restart(struct bounce *bounce);
bool bounce_give(struct bounce *bounce);
bool bounce_take(struct bounce *bounce);

#endif
