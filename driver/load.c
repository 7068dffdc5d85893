// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (c) The jh authors
 *
 * Images of cells. Linux cannot see a cell's memory: the hypervisor copies, piece by piece.
 */
#include "jh.h"

#include <linux/gfp.h>
#include <linux/io.h>
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/sched/signal.h>
#include <linux/sizes.h>
#include <linux/uaccess.h>

#include <lib/range.h>

#define PIECE	SZ_64K		/* of JH_HC_CELL_WRITE */

/* Where loadable memory that is in one piece with the address ends; the address if it is none. */
static u64 loadable_end(const struct jh_cell *cell, u64 address)
{
	u32 i, round, count;
	const struct jh_config_memory *memory = config_memories(cell->config, &count);
	u64 end = address;

	for (round = 0; round < count; round++)
		for (i = 0; i < count; i++)
			if ((memory[i].flags & JH_MEM_LOADABLE) && end >= memory[i].virt &&
			    end - memory[i].virt < memory[i].size)
				end = memory[i].virt + memory[i].size;
	return end;
}

/* All of it fits, or nothing is written. */
static int check_range(const struct jh_cell *cell, u64 address, u64 length, struct jh_error *err)
{
	u64 comm = config_cell(cell->config)->comm_address;
	u64 end = loadable_end(cell, address);

	/* The region lies in no memory of the cell: what reaches it fits nowhere. */
	if (length <= U64_MAX - address && range_overlaps(address, length, comm, JH_COMM_SIZE))
		return refuse_value(err, JH_ERR_IMAGE_COMM, JH_OBJ_IMAGE, 0, address, comm);
	if (end == address)
		return refuse_value(err, JH_ERR_IMAGE_ADDRESS, JH_OBJ_IMAGE, 0, address, 0);
	if (length > end - address)
		return refuse_value(err, JH_ERR_IMAGE_TOO_BIG, JH_OBJ_IMAGE, 0, length,
				    end - address);
	return 0;
}

/* From @kept, or user space if that is NULL. */
static int write_pieces(const struct jh_cell *cell, void *buffer, const struct jh_image *kept,
			const struct jh_ioctl_load *load, struct jh_error *err)
{
	u64 piece, done;
	int code;

	for (done = 0; done < load->length; done += piece) {
		piece = min_t(u64, PIECE, load->length - done);
		if (kept)
			memcpy(buffer, kept->data + done, piece);
		else if (copy_from_user(buffer, u64_to_user_ptr(load->source + done), piece))
			return -EFAULT;
		code = jh_call_checked(err, JH_HC_CELL_WRITE, cell->id, load->address + done,
				       virt_to_phys(buffer), piece);
		if (code)
			return code;
		if (fatal_signal_pending(current))
			return -EINTR;
		cond_resched();
	}
	return 0;
}

static int write_image(const struct jh_cell *cell, const struct jh_image *kept,
		       const struct jh_ioctl_load *load, struct jh_error *err)
{
	void *buffer = alloc_pages_exact(PIECE, GFP_KERNEL);
	int code;

	if (!buffer)
		return -ENOMEM;
	code = write_pieces(cell, buffer, kept, load, err);
	free_pages_exact(buffer, PIECE);
	return code;
}

static int write_and_keep(struct jh_cell *cell, const struct jh_ioctl_load *load,
			  struct jh_error *err)
{
	struct jh_image *image = jh_restart_copy(load);
	int code;

	if (IS_ERR(image))
		return PTR_ERR(image);
	code = write_image(cell, image, load, err);
	if (code)
		kvfree(image);
	else
		jh_restart_keep(cell, image);
	return code;
}

/** jh_load_again() - all that was kept, in the order in which it was loaded. 0 or -errno */
int jh_load_again(struct jh_cell *cell, struct jh_error *err)
{
	struct jh_image *image;
	int code = 0;

	list_for_each_entry(image, &cell->images, list) {
		struct jh_ioctl_load load = {
			.address = image->address, .length = image->length,
		};

		code = write_image(cell, image, &load, err);
		if (code)
			break;
	}
	return code;
}

/**
 * jh_load() - copy bytes of user space into a stopped cell's loadable memory
 * @load: source, length, address and flags; checked here
 *
 * Under jh_lock. Return: 0; the negative errno of a reason; -EFAULT.
 */
int jh_load(struct jh_cell *cell, const struct jh_ioctl_load *load, struct jh_error *err)
{
	int code;

	if (jh_cell_state(cell->id) == JH_CELL_RUNNING)
		return refuse(err, JH_ERR_CELL_RUNNING, JH_OBJ_CELL, cell->id);
	code = check_range(cell, load->address, load->length, err);
	if (code || load->flags & JH_LOAD_CHECK)
		return code;
	jh_device_quiet(cell);
	if (jh_restart_is_wanted(cell))
		return write_and_keep(cell, load, err);
	return write_image(cell, NULL, load, err);
}
