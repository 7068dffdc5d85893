// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (c) The jh authors
 *
 * Reading the report area for user space, without hypercalls and without jh_lock: a console can be
 * followed while cells are managed.
 */
#include "jh.h"

#include <linux/log2.h>
#include <linux/mm.h>
#include <linux/nospec.h>
#include <linux/slab.h>
#include <linux/uaccess.h>
#include <asm/barrier.h>

#define PIECE	SZ_4K		/* bytes copied between two reads of the head */

/*
 * The ring at an offset from the report area's start; NULL if there is none or it does not fit.
 * A cell's lies behind the area, in a page of its own that stays readable.
 */
static const struct jh_ring *ring_at(u32 offset)
{
	u64 bytes = sizeof(struct jh_ring);
	const struct jh_ring *ring = jh_report_at(offset, &bytes);

	if (!ring || !is_power_of_2(ring->size) || ring->size > bytes - sizeof(*ring))
		return NULL;
	return ring;
}

/* Is the cell's generation the one that the caller named? */
static bool is_meant(const struct jh_report *report, const struct jh_ioctl_read_ring *arg)
{
	const struct jh_cell_report *cells = jh_cell_reports(report);
	u32 cell = array_index_nospec(arg->cell, report->num_cells);

	return READ_ONCE(cells[cell].generation) == arg->generation;
}

static const struct jh_ring *find_ring(const struct jh_report *report, u32 cell)
{
	const struct jh_cell_report *cells = jh_cell_reports(report);

	cell = array_index_nospec(cell, report->num_cells);
	if (!cell)
		return ring_at(report->log_offset);
	return ring_at(READ_ONCE(cells[cell].console_offset));
}

/*
 * Copies bytes between the position and the head, at most one piece. The writer may overtake: bytes
 * that it overwrote meanwhile count as lost.
 */
static u32 copy_piece(const struct jh_ring *ring, char *piece, u32 room,
		      struct jh_ioctl_read_ring *arg)
{
	u64 head = smp_load_acquire(&ring->head);
	u64 at = arg->position, skip;
	u32 count, i;

	if (at > head)
		at = arg->position = head;
	if (head - at > ring->size) {
		arg->lost += head - at - ring->size;
		at = head - ring->size;
	}
	count = min_t(u64, head - at, room);
	for (i = 0; i < count; i++)
		piece[i] = READ_ONCE(ring->data[(at + i) & (ring->size - 1)]);
	smp_rmb();
	head = READ_ONCE(ring->head);
	/* A smaller head means that the ring was cleared, for another cell. */
	if (head < at + count)
		return 0;
	skip = head - at > ring->size ? min_t(u64, head - at - ring->size, count) : 0;
	arg->lost += skip;
	arg->position = at + count;
	memmove(piece, piece + skip, count - skip);
	return count - skip;
}

/*
 * A new cell with the number gets its ring as well, and the hypervisor changes the generation
 * before the new cell prints. So the copied bytes are the old cell's if the generation is the same
 * afterwards.
 */
static int copy_of_cell(const struct jh_report *report, char *piece, u32 room,
			struct jh_ioctl_read_ring *arg)
{
	const struct jh_ring *ring;
	int count;

	if (arg->cell >= report->num_cells)
		return -ENOENT;
	ring = find_ring(report, arg->cell);
	if (!ring || !is_meant(report, arg))
		return -ENOENT;
	count = copy_piece(ring, piece, room, arg);
	smp_rmb();
	return is_meant(report, arg) ? count : -ENOENT;
}

/**
 * jh_ring_piece() - copy bytes of a ring, from the position in @arg on
 * @piece: of 4 KiB; gets at most as many bytes as are left of @arg->length
 * @arg: position and lost are updated
 *
 * Return: bytes in @piece; -ENXIO while disabled, -ENOENT without a ring.
 */
int jh_ring_piece(char *piece, struct jh_ioctl_read_ring *arg)
{
	u32 room = min_t(u32, PIECE, arg->length - arg->copied);
	int result = -ENXIO;

	down_read(&jh_report_lock);
	if (jh_is_active())
		result = copy_of_cell(jh_system->report, piece, room, arg);
	up_read(&jh_report_lock);
	return result;
}

/*
 * User space's memory is written without the lock: a page fault may take any time, and disable
 * would wait for it. Position and losses are those of the last piece that arrived, so the next call
 * reads the rest again. Once a piece has arrived the call succeeds, whatever becomes of the next.
 */
static int read_ring(char *piece, struct jh_ioctl_read_ring *arg)
{
	struct jh_ioctl_read_ring arrived;
	void __user *to;
	int count;

	do {
		arrived = *arg;
		count = jh_ring_piece(piece, arg);
		to = u64_to_user_ptr(arg->buffer) + arg->copied;
		if (count > 0 && copy_to_user(to, piece, count))
			count = -EFAULT;
		if (count < 0) {
			*arg = arrived;
			return arg->copied ? 0 : count;
		}
		arg->copied += count;
	} while (count && arg->copied < arg->length && !signal_pending(current));
	return 0;
}

/** jh_ring_read() - JH_IOC_READ_RING. Return: 0, -ENXIO while disabled, -ENOENT without a ring */
int jh_ring_read(struct jh_ioctl_read_ring *arg)
{
	char *piece = kmalloc(PIECE, GFP_KERNEL);
	int code;

	if (!piece)
		return -ENOMEM;
	arg->lost = 0;
	arg->copied = 0;
	code = read_ring(piece, arg);
	kfree(piece);
	return code;
}

/** jh_ring_report() - JH_IOC_REPORT. Return: 0, -ENXIO while disabled, -ENOMEM, -EFAULT */
int jh_ring_report(const struct jh_ioctl_report *arg)
{
	int code = -ENXIO;
	void *copy = NULL;
	u32 size;

	down_read(&jh_report_lock);
	if (jh_is_active()) {
		size = min(arg->length, jh_system->report->size);
		copy = kvmalloc(size, GFP_KERNEL);
		code = copy ? 0 : -ENOMEM;
		if (copy)
			memcpy(copy, jh_system->report, size);
	}
	up_read(&jh_report_lock);
	if (copy && copy_to_user(u64_to_user_ptr(arg->buffer), copy, size))
		code = -EFAULT;
	kvfree(copy);
	return code;
}
