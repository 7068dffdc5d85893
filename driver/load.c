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
#include <linux/sched/signal.h>
#include <linux/sizes.h>
#include <linux/uaccess.h>

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
	u64 end = loadable_end(cell, address);

	if (end == address)
		return refuse_value(err, JH_ERR_IMAGE_ADDRESS, JH_OBJ_IMAGE, 0, address, 0);
	if (length > end - address)
		return refuse_value(err, JH_ERR_IMAGE_TOO_BIG, JH_OBJ_IMAGE, 0, length,
				    end - address);
	return 0;
}

static int write_pieces(const struct jh_cell *cell, void *buffer,
			const struct jh_ioctl_load *load, struct jh_error *err)
{
	u64 piece, done;
	int code;

	for (done = 0; done < load->length; done += piece) {
		piece = min_t(u64, PIECE, load->length - done);
		if (copy_from_user(buffer, u64_to_user_ptr(load->source + done), piece))
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

/**
 * jh_load() - copy bytes of user space into a stopped cell's loadable memory
 * @load: source, length, address and flags; checked here
 *
 * Under jh_lock. Return: 0; the negative errno of a reason; -EFAULT.
 */
int jh_load(struct jh_cell *cell, const struct jh_ioctl_load *load, struct jh_error *err)
{
	void *buffer;
	int code;

	if (jh_cell_state(cell->id) == JH_CELL_RUNNING)
		return refuse(err, JH_ERR_CELL_RUNNING, JH_OBJ_CELL, cell->id);
	code = check_range(cell, load->address, load->length, err);
	if (code || load->flags & JH_LOAD_CHECK)
		return code;
	buffer = alloc_pages_exact(PIECE, GFP_KERNEL);
	if (!buffer)
		return -ENOMEM;
	code = write_pieces(cell, buffer, load, err);
	free_pages_exact(buffer, PIECE);
	return code;
}
