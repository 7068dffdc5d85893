// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (c) The jh authors
 *
 * on-failure = "restart": a cell that has failed is loaded and started again. Its memory is not
 * what was loaded any more, so the images are kept, as they came, for as long as the cell exists;
 * likewise with scrub = "restart", where every start begins with zeroed memory.
 */
#include "jh.h"

#include <linux/mm.h>
#include <linux/overflow.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

/** jh_restart_is_wanted() - does the cell's configuration say so? */
bool jh_restart_is_wanted(const struct jh_cell *cell)
{
	return config_cell(cell->config)->on_failure == JH_ON_FAILURE_RESTART;
}

/** jh_restart_keeps_images() - are images to be loaded more than once? */
bool jh_restart_keeps_images(const struct jh_cell *cell)
{
	return jh_restart_is_wanted(cell) ||
	       config_cell(cell->config)->flags & JH_CELL_SCRUB_RESTART;
}

/**
 * jh_restart_copy() - copy an image from user space; without jh_lock
 * @segment: its range was checked: it is no longer than the cell's memory
 *
 * Return: to be given to jh_restart_keep() or kvfree(); ERR_PTR(-ENOMEM or -EFAULT).
 */
struct jh_image *jh_restart_copy(const struct jh_segment *segment)
{
	u64 length = segment->source ? segment->length : 0;
	/* Linux gives no more than 2 GiB, and would complain. */
	struct jh_image *image = kvmalloc(size_add(sizeof(*image), length),
					  GFP_KERNEL | __GFP_NOWARN);

	if (!image)
		return ERR_PTR(-ENOMEM);
	image->address = segment->address;
	image->length = segment->length;
	image->is_zero = !segment->source;
	if (!copy_from_user(image->data, u64_to_user_ptr(segment->source), length))
		return image;
	kvfree(image);
	return ERR_PTR(-EFAULT);
}

static bool covers(const struct jh_image *image, const struct jh_image *other)
{
	return other->address >= image->address && other->length <= image->length &&
	       other->address - image->address <= image->length - other->length;
}

static void keep(struct jh_cell *cell, struct jh_image *image)
{
	struct jh_image *old, *next;

	list_for_each_entry_safe(old, next, &cell->images, list) {
		if (!covers(image, old))
			continue;
		list_del(&old->list);
		kvfree(old);
	}
	list_add_tail(&image->list, &cell->images);
}

/** jh_restart_keep() - the images were loaded; those that they have overwritten are not needed */
void jh_restart_keep(struct jh_cell *cell, struct list_head *images)
{
	struct jh_image *image, *next;

	list_for_each_entry_safe(image, next, images, list) {
		list_del(&image->list);
		keep(cell, image);
	}
}

/** jh_restart_drop() - free images: the cell goes, or they were not loaded */
void jh_restart_drop(struct list_head *images)
{
	struct jh_image *image, *next;

	list_for_each_entry_safe(image, next, images, list)
		kvfree(image);
	INIT_LIST_HEAD(images);
}

static void restart(struct jh_cell *cell)
{
	u32 most = config_cell(cell->config)->max_restarts;
	struct jh_error err;
	int code;

	refuse_clear(&err);
	code = jh_cell_start_again(cell, &err);
	if (code) {
		jh_log_refusal("restart of a cell", &err, code);
		cell->may_restart = false;
		return;
	}
	pr_info("cell %s: restart %u of %u\n", kobject_name(&cell->kobj), cell->restarts, most);
	jh_event_tell(cell, JH_CELL_RUNNING);
}

/** jh_restart_failed() - give cells that have failed another try; user space knows of it already */
void jh_restart_failed(void)
{
	struct jh_cell *cell;

	if (!jh_system || !jh_system->active)
		return;
	list_for_each_entry(cell, &jh_cells, list)
		if (cell->may_restart && !cell->loading && !cell->asking &&
		    cell->seen_state == JH_CELL_FAILED &&
		    cell->restarts < config_cell(cell->config)->max_restarts)
			restart(cell);
}
