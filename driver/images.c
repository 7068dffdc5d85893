// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (c) The jh authors
 *
 * Images that are kept while a cell exists, to load them again. With on-failure = "restart" or
 * on-reset = "restart" a restarted guest has changed what was loaded; with scrub = "restart" every
 * start begins with zeroed memory.
 */
#include "jh.h"

#include <linux/gfp.h>
#include <linux/io.h>
#include <linux/mm.h>
#include <linux/overflow.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

/** jh_images_are_kept() - may the cell's images be loaded more than once? */
bool jh_images_are_kept(const struct jh_cell *cell)
{
	const struct jh_config_cell *config = config_cell(cell->config);

	return config->on_failure == JH_ON_FAILURE_RESTART ||
	       config->flags & (JH_CELL_SCRUB_RESTART | JH_CELL_REBOOT);
}

/**
 * jh_images_copy() - copy an image from user space; without jh_lock
 * @segment: with a checked range, no longer than the cell's memory
 *
 * Return: for jh_images_keep() or kvfree(); ERR_PTR(-ENOMEM or -EFAULT).
 */
struct jh_image *jh_images_copy(const struct jh_segment *segment)
{
	u64 length = segment->source ? segment->length : 0;
	/* kvmalloc() warns above 2 GiB. */
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

static bool images_cover(const struct jh_image *image, const struct jh_image *other)
{
	return other->address >= image->address && other->length <= image->length &&
	       other->address - image->address <= image->length - other->length;
}

static void keep(struct jh_cell *cell, struct jh_image *image)
{
	struct jh_image *old, *next;

	list_for_each_entry_safe(old, next, &cell->images, list) {
		if (!images_cover(image, old))
			continue;
		list_del(&old->list);
		kvfree(old);
	}
	list_add_tail(&image->list, &cell->images);
}

/** jh_images_keep() - keep images that were loaded; those that they overwrite whole are freed */
void jh_images_keep(struct jh_cell *cell, struct list_head *images)
{
	struct jh_image *image, *next;

	list_for_each_entry_safe(image, next, images, list) {
		list_del(&image->list);
		keep(cell, image);
	}
}

/** jh_images_drop() - free a list of images */
void jh_images_drop(struct list_head *images)
{
	struct jh_image *image, *next;

	list_for_each_entry_safe(image, next, images, list)
		kvfree(image);
	INIT_LIST_HEAD(images);
}

/** jh_images_memory_end() - end of the loadable memory at @address; @address if there is none */
u64 jh_images_memory_end(const struct jh_cell *cell, u64 address)
{
	u32 i, count;
	const struct jh_config_memory *memory = config_memories(cell->config, &count);

	for (i = 0; i < count; i++)
		if ((memory[i].flags & JH_MEM_LOADABLE) && address >= memory[i].virt &&
		    address - memory[i].virt < memory[i].size)
			return memory[i].virt + memory[i].size;
	return address;
}

/** jh_images_piece() - bytes of the next JH_HC_CELL_WRITE, which must lie in one memory region */
u32 jh_images_piece(const struct jh_cell *cell, u64 address, u64 left)
{
	return min3((u64)JH_IMAGES_PIECE, left, jh_images_memory_end(cell, address) - address);
}

static int write_image(struct jh_cell *cell, const struct jh_image *image, void *buffer,
		       struct jh_error *err)
{
	u64 done;
	u32 piece;
	int code;

	for (done = 0; done < image->length; done += piece) {
		piece = jh_images_piece(cell, image->address + done, image->length - done);
		if (image->is_zero)
			memset(buffer, 0, piece);
		else
			memcpy(buffer, image->data + done, piece);
		code = jh_call_checked(err, JH_HC_CELL_WRITE, cell->id, image->address + done,
				       virt_to_phys(buffer), piece);
		if (!code)
			code = jh_turn_pause(cell, 0, err);
		if (code)
			return code;
	}
	return 0;
}

/** jh_images_tear() - set the ranges that are half loaded, which the cell owns now; NULL: none */
void jh_images_tear(struct jh_cell *cell, struct jh_ranges *torn)
{
	kvfree(cell->torn);
	cell->torn = torn;
}

/* Until all images are there the cell is half loaded: a load that completes it covers them all. */
static int tear(struct jh_cell *cell)
{
	const struct jh_image *image;
	struct jh_ranges *torn;
	u32 count = 0;

	list_for_each_entry(image, &cell->images, list)
		count++;
	torn = jh_ranges_new(count);
	if (!torn)
		return -ENOMEM;
	list_for_each_entry(image, &cell->images, list)
		jh_ranges_add(torn, image->address, image->length);
	jh_ranges_join(torn);
	jh_images_tear(cell, torn);
	return 0;
}

/** jh_images_loaded() - tell the hypervisor that the cell is loaded; its entry stays as it was */
int jh_images_loaded(const struct jh_cell *cell, struct jh_error *err)
{
	const struct jh_cell_report *report = jh_report_cell(cell->id);

	return jh_call_checked(err, JH_HC_CELL_LOADED, cell->id, report->entry, report->argument,
			       0);
}

static int load_all(struct jh_cell *cell, u64 entry, u64 argument, struct jh_error *err)
{
	void *buffer = alloc_pages_exact(JH_IMAGES_PIECE, GFP_KERNEL);
	struct jh_image *image;
	int code = buffer ? tear(cell) : -ENOMEM;

	list_for_each_entry(image, &cell->images, list) {
		if (code)
			break;
		code = write_image(cell, image, buffer, err);
	}
	if (!code)
		code = jh_call_checked(err, JH_HC_CELL_LOADED, cell->id, entry, argument, 0);
	if (!code)
		jh_images_tear(cell, NULL);
	if (buffer)
		free_pages_exact(buffer, JH_IMAGES_PIECE);
	return code;
}

/**
 * jh_images_load() - load all kept images, in the order in which they came; 0 or -errno
 *
 * Under jh_lock, which is released between two pieces. No other task may be working on the cell.
 */
int jh_images_load(struct jh_cell *cell, struct jh_error *err)
{
	const struct jh_cell_report *report = jh_report_cell(cell->id);

	return load_all(cell, report->entry, report->argument, err);
}

/** jh_images_load_program() - jh_images_load(), and let the cell start at @entry with 0 in x0 */
int jh_images_load_program(struct jh_cell *cell, u64 entry, struct jh_error *err)
{
	return load_all(cell, entry, 0, err);
}
