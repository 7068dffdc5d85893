// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (c) The jh authors
 *
 * Messages between Linux's drivers and a cell that is a remote processor. The drivers have vrings
 * and buffers that no cell can reach. What they put into a vring is copied to one in the link, with
 * addresses of the cell; what the cell has used is copied back. A value that the cell wrote is read
 * once and checked, and the drivers find messages that do not change while they look at them.
 */
#include "jh.h"
#include "bounce.h"

#include <linux/bitmap.h>
#include <linux/gfp.h>
#include <linux/io.h>
#include <linux/mm.h>
#include <linux/slab.h>

/* A message begins with this many bytes (struct rpmsg_hdr): Linux's driver subtracts them. */
#define HEADER		16u
/* The cell reaches a queue's used ring as Linux does: its parts have their natural alignment. */
#define RING_ALIGN	16u

/**
 * struct bounce_area - buffers of a driver
 * @own:	Linux's, of @size bytes that are contiguous from @physical on
 * @copy:	the same in the link
 */
struct bounce_area {
	struct list_head list;
	void *own;
	u64 physical;
	u32 size;
	void *copy;
	u32 address;
};

/* --- memory in the link --- */

static u32 units(u32 bytes)
{
	return DIV_ROUND_UP(bytes, BOUNCE_UNIT);
}

/** bounce_begin() - messages go through this memory. Return: 0 or -ENOMEM */
int bounce_begin(struct bounce *bounce, void *memory, u32 address, u32 size)
{
	spin_lock_init(&bounce->lock);
	INIT_LIST_HEAD(&bounce->areas);
	bounce->memory = memory;
	bounce->address = address;
	bounce->size = size;
	bounce->used = bitmap_zalloc(size / BOUNCE_UNIT, GFP_KERNEL);
	return bounce->used ? 0 : -ENOMEM;
}

/** bounce_end() - free what bounce_begin() made; buffers that a driver still has are leaked */
void bounce_end(struct bounce *bounce)
{
	WARN_ON(bounce->count || (bounce->used && !list_empty(&bounce->areas)));
	bitmap_free(bounce->used);
	bounce->used = NULL;
}

/** bounce_clear() - nothing is given out, for another program; Linux's drivers have let go */
void bounce_clear(struct bounce *bounce)
{
	bitmap_zero(bounce->used, bounce->size / BOUNCE_UNIT);
}

/** bounce_find() - what the cell calls @address. Return: NULL if it is not in the section whole */
void *bounce_find(const struct bounce *bounce, u64 address, u64 length)
{
	u64 offset = address - bounce->address;

	if (offset >= bounce->size || length > bounce->size - offset)
		return NULL;
	return bounce->memory + offset;
}

/** bounce_contains() - is this in the section? */
bool bounce_contains(const struct bounce *bounce, const void *memory)
{
	return memory >= bounce->memory && memory < bounce->memory + bounce->size;
}

/** bounce_reserve() - the program has something here, if it is in the section */
void bounce_reserve(struct bounce *bounce, u64 address, u64 length)
{
	u32 offset = (u32)address - bounce->address, first = offset / BOUNCE_UNIT;

	if (!length || !bounce_find(bounce, address, length))
		return;
	spin_lock(&bounce->lock);
	bitmap_set(bounce->used, first, units(offset + (u32)length) - first);
	spin_unlock(&bounce->lock);
}

/**
 * bounce_alloc() - zeroed memory in the section, and its guest-physical @address
 *
 * Return: NULL if there is no room.
 */
void *bounce_alloc(struct bounce *bounce, u32 size, u32 *address)
{
	unsigned long all = bounce->size / BOUNCE_UNIT, first;
	void *memory;

	spin_lock(&bounce->lock);
	first = bitmap_find_next_zero_area(bounce->used, all, 0, units(size), 0);
	if (first < all)
		bitmap_set(bounce->used, first, units(size));
	spin_unlock(&bounce->lock);
	if (first >= all)
		return NULL;
	memory = bounce->memory + first * BOUNCE_UNIT;
	*address = bounce->address + (u32)first * BOUNCE_UNIT;
	return memset(memory, 0, units(size) * BOUNCE_UNIT);
}

/** bounce_free() - free what bounce_alloc() returned for @size bytes */
void bounce_free(struct bounce *bounce, void *memory, u32 size)
{
	u32 offset = (u32)(memory - bounce->memory);

	spin_lock(&bounce->lock);
	bitmap_clear(bounce->used, offset / BOUNCE_UNIT, units(size));
	spin_unlock(&bounce->lock);
}

/* --- buffers --- */

static int make_copy(struct bounce *bounce, struct bounce_area *area, u32 size)
{
	area->size = size;
	area->own = alloc_pages_exact(size, GFP_KERNEL | __GFP_ZERO);
	area->copy = area->own ? bounce_alloc(bounce, size, &area->address) : NULL;
	if (area->copy) {
		area->physical = virt_to_phys(area->own);
		return 0;
	}
	if (area->own)
		free_pages_exact(area->own, size);
	return -ENOMEM;
}

/**
 * bounce_alloc_buffers() - zeroed buffers for a driver, and where the cell sees them
 *
 * Return: NULL if the section has no room for them, or memory is short.
 */
void *bounce_alloc_buffers(struct bounce *bounce, u32 size, u32 *address)
{
	struct bounce_area *area = kzalloc(sizeof(*area), GFP_KERNEL);

	if (!area)
		return NULL;
	if (make_copy(bounce, area, size)) {
		kfree(area);
		return NULL;
	}
	spin_lock(&bounce->lock);
	list_add_tail(&area->list, &bounce->areas);
	spin_unlock(&bounce->lock);
	*address = area->address;
	return area->own;
}

/* Out of the list. */
static struct bounce_area *take_area(struct bounce *bounce, const void *own)
{
	struct bounce_area *area, *found = NULL;

	spin_lock(&bounce->lock);
	list_for_each_entry(area, &bounce->areas, list)
		if (area->own == own)
			found = area;
	if (found)
		list_del(&found->list);
	spin_unlock(&bounce->lock);
	return found;
}

/** bounce_free_buffers() - free what bounce_alloc_buffers() returned */
void bounce_free_buffers(struct bounce *bounce, void *own)
{
	struct bounce_area *area = take_area(bounce, own);

	if (!area)
		return;
	bounce_free(bounce, area->copy, area->size);
	free_pages_exact(area->own, area->size);
	kfree(area);
}

/* The area of a buffer that Linux's driver has put into a vring, and its offset there. */
static const struct bounce_area *area_of(const struct bounce *bounce, u64 physical, u32 length,
					 u32 *offset)
{
	const struct bounce_area *area;

	list_for_each_entry(area, &bounce->areas, list)
		if (physical - area->physical < area->size &&
		    length <= area->size - (physical - area->physical)) {
			*offset = (u32)(physical - area->physical);
			return area;
		}
	return NULL;
}

/* --- vrings --- */

/**
 * bounce_add_queue() - add a vring
 * @count: of its descriptors
 * @align: of its used ring
 * @address: where the cell has it, or BOUNCE_ANYWHERE: then it is chosen, and written here
 *
 * Return: Linux's own, of PAGE_ALIGN(vring_size()) bytes, for free_pages_exact() after
 * bounce->count was set to 0; or an ERR_PTR().
 */
void *bounce_add_queue(struct bounce *bounce, u32 count, u32 align, u32 *address)
{
	struct bounce_queue *queue = &bounce->queues[bounce->count];
	u32 size;
	void *own, *cell;

	/* The link is aligned to a unit for both: each finds the used ring at the same place. */
	if (bounce->count == BOUNCE_QUEUES || !is_power_of_2(count) || count > BOUNCE_MOST ||
	    !is_power_of_2(align) || align < sizeof(u32) || align > BOUNCE_ALIGN)
		return ERR_PTR(-EINVAL);
	size = (u32)vring_size(count, align);
	if (*address == BOUNCE_ANYWHERE) {
		cell = bounce_alloc(bounce, size, address);
		if (!cell)
			return ERR_PTR(-ENOMEM);
	} else {
		/* Else the used ring would begin later, and end behind the size. */
		cell = *address % max(align, RING_ALIGN) ? NULL :
		       bounce_find(bounce, *address, size);
		if (!cell)
			return ERR_PTR(-ERANGE);
	}
	own = alloc_pages_exact(PAGE_ALIGN(size), GFP_KERNEL | __GFP_ZERO);
	if (!own)
		return ERR_PTR(-ENOMEM);
	vring_init(&queue->own, count, own, align);
	vring_init(&queue->cell, count, cell, align);
	bounce->count++;
	return own;
}

/** bounce_restart() - all vrings are empty: the cell starts, and Linux's drivers after it */
void bounce_restart(struct bounce *bounce)
{
	struct bounce_queue *queue;

	spin_lock(&bounce->lock);
	for (queue = bounce->queues; queue < bounce->queues + bounce->count; queue++) {
		memset(queue->own.desc, 0, (u8 *)queue->own.used - (u8 *)queue->own.desc);
		queue->given = 0;
		queue->taken = 0;
		queue->broken = false;
	}
	spin_unlock(&bounce->lock);
}

/* A buffer of Linux's driver: its descriptor, and the bytes if the cell is to read them. */
static void give_one(const struct bounce *bounce, struct bounce_queue *queue, u16 head)
{
	const struct vring_desc *own = &queue->own.desc[head];
	struct vring_desc *cell = &queue->cell.desc[head];
	u32 offset;
	const struct bounce_area *area = area_of(bounce, own->addr, own->len, &offset);

	if (WARN_ON_ONCE(!area))
		return;
	if (!(own->flags & VRING_DESC_F_WRITE))
		memcpy(area->copy + offset, area->own + offset, own->len);
	WRITE_ONCE(cell->addr, area->address + offset);
	WRITE_ONCE(cell->len, own->len);
	WRITE_ONCE(cell->flags, own->flags & VRING_DESC_F_WRITE);
	WRITE_ONCE(cell->next, 0);
}

static bool give_all(const struct bounce *bounce, struct bounce_queue *queue)
{
	/* Linux's driver has stored descriptors and bytes before the index. */
	u16 index = smp_load_acquire(&queue->own.avail->idx), first = queue->given, slot;

	/* A driver that was bound anew begins with 0. The cell does not, and gets nothing of it. */
	if ((u16)(index - first) > queue->own.num)
		return false;
	while (queue->given != index) {
		slot = queue->given++ % queue->own.num;
		give_one(bounce, queue, queue->own.avail->ring[slot] % queue->own.num);
		WRITE_ONCE(queue->cell.avail->ring[slot], queue->own.avail->ring[slot]);
	}
	/* The cell that sees the index sees what belongs to it. */
	smp_store_release(&queue->cell.avail->idx, queue->given);
	return first != queue->given;
}

/**
 * bounce_give() - copy what Linux's drivers have put into their vrings to the cell
 *
 * Return: the cell wants to know of it.
 */
bool bounce_give(struct bounce *bounce)
{
	struct bounce_queue *queue;
	bool ring = false;

	spin_lock(&bounce->lock);
	for (queue = bounce->queues; queue < bounce->queues + bounce->count; queue++) {
		if (!give_all(bounce, queue))
			continue;
		/*
		 * The cell clears the flag, then looks at the index; here it is the other way
		 * round. Without a barrier both could miss the other one's store.
		 */
		smp_mb();
		ring |= !(READ_ONCE(queue->cell.used->flags) & VRING_USED_F_NO_NOTIFY);
	}
	spin_unlock(&bounce->lock);
	return ring;
}

/* Return: false if the cell has written what cannot be. */
static bool take_one(const struct bounce *bounce, struct bounce_queue *queue)
{
	u16 slot = queue->taken % queue->own.num;
	u32 id = READ_ONCE(queue->cell.used->ring[slot].id);
	u32 length = READ_ONCE(queue->cell.used->ring[slot].len), offset;
	const struct bounce_area *area;
	const struct vring_desc *own;

	if (id >= queue->own.num)
		return false;
	own = &queue->own.desc[id];
	if (own->flags & VRING_DESC_F_WRITE) {
		area = area_of(bounce, own->addr, own->len, &offset);
		if (!area || length < HEADER || length > own->len)
			return false;
		memcpy(area->own + offset, area->copy + offset, length);
	} else {
		length = 0;
	}
	queue->own.used->ring[slot].id = id;
	queue->own.used->ring[slot].len = length;
	queue->taken++;
	return true;
}

/* Return: false if the cell has written what cannot be. */
static bool take_used(const struct bounce *bounce, struct bounce_queue *queue)
{
	/* The cell has stored entries and bytes before the index. */
	u16 index = smp_load_acquire(&queue->cell.used->idx);
	bool sound = (u16)(index - queue->taken) <= (u16)(queue->given - queue->taken);

	while (sound && queue->taken != index)
		sound = take_one(bounce, queue);
	/* Linux's driver that sees the index sees entries and bytes. */
	smp_store_release(&queue->own.used->idx, queue->taken);
	return sound;
}

/**
 * bounce_take() - copy what the cell has used to Linux's drivers
 *
 * Return: false if it has, since the last call, written what cannot be.
 */
bool bounce_take(struct bounce *bounce)
{
	struct bounce_queue *queue;
	bool sound = true;

	spin_lock(&bounce->lock);
	for (queue = bounce->queues; queue < bounce->queues + bounce->count; queue++) {
		if (queue->broken)
			continue;
		queue->broken = !take_used(bounce, queue);
		sound &= !queue->broken;
	}
	spin_unlock(&bounce->lock);
	return sound;
}
