// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (c) The jh authors
 *
 * Loading images into cells. Linux cannot access a cell's memory: the hypervisor copies piece by
 * piece, and reports the cell as half loaded until the last piece is there.
 *
 * User space's memory is read without jh_lock, since a page fault may take any time. The cell may
 * be destroyed meanwhile. It cannot be started, and no other load gets it.
 */
#include "jh.h"

#include <linux/gfp.h>
#include <linux/io.h>
#include <linux/mm.h>
#include <linux/overflow.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/sched/signal.h>
#include <linux/sizes.h>
#include <linux/uaccess.h>

#include <lib/range.h>

/* struct load - one JH_IOC_CELL_LOAD */
struct load {
	struct jh_cell *cell;			/* held; @loading is set */
	const struct jh_segment *segments;
	u32 count;
	struct jh_ranges *ranges;		/* of all segments; NULL once cell->torn has them */
	void *buffer;				/* JH_IMAGES_PIECE bytes */
	const struct jh_ioctl_load *arg;	/* in kernel memory */
	struct list_head images;		/* copies, if jh_images_are_kept() */
};

/* End of the contiguous loadable memory regions from @address on; @address if there is none. */
static u64 loadable_end(const struct jh_cell *cell, u64 address)
{
	u64 end = jh_images_memory_end(cell, address), next = jh_images_memory_end(cell, end);

	while (next != end) {
		end = next;
		next = jh_images_memory_end(cell, end);
	}
	return end;
}

static int check_range(const struct jh_cell *cell, const struct jh_segment *segment, u32 index,
		       struct jh_error *err)
{
	u64 comm = config_cell(cell->config)->comm_address;
	u64 address = segment->address, length = segment->length;
	u64 end = loadable_end(cell, address);

	/* The communication region is in no memory of the cell; a reason of its own says more. */
	if (length <= U64_MAX - address && range_overlaps(address, length, comm, JH_COMM_SIZE))
		return refuse_value(err, JH_ERR_IMAGE_COMM, JH_OBJ_IMAGE, index, address, comm);
	if (end == address)
		return refuse_value(err, JH_ERR_IMAGE_ADDRESS, JH_OBJ_IMAGE, index, address, 0);
	if (length > end - address)
		return refuse_value(err, JH_ERR_IMAGE_TOO_BIG, JH_OBJ_IMAGE, index, length,
				    end - address);
	return 0;
}

/* All segments are checked before any is written. */
static int check_segments(struct load *load, struct jh_error *err)
{
	u32 i;
	int code;

	for (i = 0; i < load->count; i++) {
		code = check_range(load->cell, &load->segments[i], i, err);
		if (code)
			return code;
		jh_ranges_add(load->ranges, load->segments[i].address, load->segments[i].length);
	}
	jh_ranges_join(load->ranges);
	return load->ranges->count ? 0 : refuse(err, JH_ERR_LOAD_EMPTY, JH_OBJ_IMAGE, 0);
}

/* After a load that was broken off, the next one must cover all of its ranges. */
static int check_torn(const struct load *load, struct jh_error *err)
{
	const struct jh_cell *cell = load->cell;
	const struct jh_range *missing;

	missing = cell->torn ? jh_ranges_missing(cell->torn, load->ranges) : NULL;
	return missing ? refuse_value(err, JH_ERR_LOAD_PART, JH_OBJ_CELL, cell->id, missing->start,
				      missing->end - 1) : 0;
}

static int check_start(const struct load *load, struct jh_error *err)
{
	if (!(load->arg->flags & JH_LOAD_START))
		return 0;
	return config_check_entry(load->cell->config, load->arg->entry, err);
}

/**
 * jh_load_check_idle() - refuse if another task works on the cell, or if the cell runs
 *
 * Under jh_lock. Return: 0, or a negative errno with the error filled in.
 */
int jh_load_check_idle(const struct jh_cell *cell, struct jh_error *err)
{
	int code = jh_turn_check(cell, err);

	if (code)
		return code;
	if (cell->loading)
		return refuse(err, JH_ERR_CELL_BUSY, JH_OBJ_CELL, cell->id);
	if (jh_report_state(cell->id) == JH_CELL_RUNNING)
		return refuse(err, JH_ERR_CELL_RUNNING, JH_OBJ_CELL, cell->id);
	return 0;
}

static int load_check(struct load *load, struct jh_error *err)
{
	int code = jh_load_check_idle(load->cell, err);

	if (code)
		return code;
	code = check_start(load, err);
	if (!code)
		code = check_segments(load, err);
	return code ? code : check_torn(load, err);
}

/* Under jh_lock, which is released now and then; cell->loading keeps other loads away. */
static int make_ready(struct load *load, struct jh_error *err)
{
	struct jh_cell *cell = jh_turn_hold(load->cell);
	int code;

	cell->loading = true;
	jh_device_quiet(cell);
	code = jh_cell_make_ready(cell, err);
	if (code) {
		cell->loading = false;
		jh_turn_release(cell);
	}
	return code;
}

/* Finds the cell and holds it: no other load gets it from here to load_end(). */
static int begin(struct load *load, const struct jh_ioctl_load *arg, struct jh_error *err)
{
	int code;

	if (mutex_lock_interruptible(&jh_lock))
		return -ERESTARTSYS;
	load->cell = jh_cell_find(arg->cell, arg->generation, err);
	code = load->cell ? load_check(load, err) : -refuse_errno(err->reason);
	if (!code)
		code = make_ready(load, err);
	mutex_unlock(&jh_lock);
	return code;
}

static int copy_images(struct load *load)
{
	struct jh_image *image;
	u32 i;

	for (i = 0; i < load->count; i++) {
		image = jh_images_copy(&load->segments[i]);
		if (IS_ERR(image))
			return PTR_ERR(image);
		list_add_tail(&image->list, &load->images);
	}
	return 0;
}

/* Under jh_lock. From the first byte on the cell is half loaded. */
static int write_piece(struct load *load, u64 address, u32 length, struct jh_error *err)
{
	struct jh_cell *cell = load->cell;
	int code;

	if (jh_turn_is_over(cell))
		return refuse(err, JH_ERR_NO_CELL, JH_OBJ_CELL, cell->id);
	code = jh_call_checked(err, JH_HC_CELL_WRITE, cell->id, address,
			       virt_to_phys(load->buffer), length);
	if (!code && load->ranges) {
		jh_images_tear(cell, load->ranges);
		load->ranges = NULL;
	}
	return code;
}

static int write_segment(struct load *load, const struct jh_segment *segment, struct jh_error *err)
{
	u64 done;
	u32 piece;
	int code;

	for (done = 0; done < segment->length; done += piece) {
		piece = jh_images_piece(load->cell, segment->address + done,
					segment->length - done);
		if (!segment->source)
			memset(load->buffer, 0, piece);
		else if (copy_from_user(load->buffer, u64_to_user_ptr(segment->source + done),
					piece))
			return -EFAULT;
		mutex_lock(&jh_lock);
		code = write_piece(load, segment->address + done, piece, err);
		mutex_unlock(&jh_lock);
		if (code)
			return code;
		/* After a signal handler the system call is restarted, and loads all again. */
		if (signal_pending(current))
			return -ERESTARTSYS;
		cond_resched();
	}
	return 0;
}

static int write_segments(struct load *load, struct jh_error *err)
{
	u32 i;
	int code = 0;

	if (jh_images_are_kept(load->cell))
		code = copy_images(load);
	for (i = 0; !code && i < load->count; i++)
		code = write_segment(load, &load->segments[i], err);
	return code;
}

static int finish(struct load *load, struct jh_error *err)
{
	struct jh_cell *cell = load->cell;
	int code;

	if (jh_turn_is_over(cell))
		return refuse(err, JH_ERR_NO_CELL, JH_OBJ_CELL, cell->id);
	if (load->arg->flags & JH_LOAD_START)
		code = jh_call_checked(err, JH_HC_CELL_LOADED, cell->id, load->arg->entry,
				       load->arg->argument, 0);
	else
		code = jh_images_loaded(cell, err);
	if (!code) {
		if (load->arg->program.path[0] || load->arg->flags & JH_LOAD_START)
			cell->program = load->arg->program;
		jh_images_tear(cell, NULL);
		jh_images_keep(cell, &load->images);
	}
	return code;
}

static int load_end(struct load *load, int code, struct jh_error *err)
{
	mutex_lock(&jh_lock);
	load->cell->loading = false;
	if (!code)
		code = finish(load, err);
	jh_event_check();
	mutex_unlock(&jh_lock);
	jh_images_drop(&load->images);
	jh_turn_release(load->cell);
	return code;
}

static int load_segments(const struct jh_segment *segments, struct jh_ioctl_load *arg)
{
	struct load load = {
		.segments = segments,
		.count = arg->count,
		.arg = arg,
		.images = LIST_HEAD_INIT(load.images),
		.ranges = jh_ranges_new(arg->count),
		.buffer = alloc_pages_exact(JH_IMAGES_PIECE, GFP_KERNEL),
	};
	int code = -ENOMEM;

	if (load.buffer && load.ranges)
		code = begin(&load, arg, &arg->error);
	if (!code)
		code = load_end(&load, write_segments(&load, &arg->error), &arg->error);
	if (load.buffer)
		free_pages_exact(load.buffer, JH_IMAGES_PIECE);
	kvfree(load.ranges);
	return code;
}

/**
 * jh_load() - copy bytes of user space into a stopped cell's loadable memory; takes jh_lock
 *
 * Return: 0; the negative errno of a reason; -EINVAL or -E2BIG for the number of segments; -EFAULT;
 * -ENOMEM; -ERESTARTSYS.
 */
int jh_load(struct jh_ioctl_load *arg)
{
	struct jh_segment *segments;
	int code;

	if (!arg->count)
		return -EINVAL;
	if (arg->count > JH_LOAD_SEGMENTS)
		return -E2BIG;
	segments = vmemdup_user(u64_to_user_ptr(arg->segments), arg->count * sizeof(*segments));
	if (IS_ERR(segments))
		return PTR_ERR(segments);
	code = load_segments(segments, arg);
	kvfree(segments);
	return code;
}
