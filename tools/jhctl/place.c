// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (c) The jh authors
 */
#include "place.h"

#include <stddef.h>

#include <jh/config.h>
#include <lib/config.h>

#include "text.h"

#define MIB	((__u64)1 << 20)
#define NEEDED	(JH_MEM_READ | JH_MEM_WRITE | JH_MEM_EXECUTE | JH_MEM_LOADABLE)

static __u64 align_up(__u64 address)
{
	return (address + KERNEL_ALIGN - 1) & ~(KERNEL_ALIGN - 1);
}

static const struct jh_config_memory *largest(const void *config)
{
	const struct jh_config_memory *memory, *best = NULL;
	__u32 count, i;

	memory = config_memories(config, &count);
	for (i = 0; i < count; i++) {
		if (memory[i].flags & (JH_MEM_IO | JH_MEM_SHARED_ROOT) ||
		    (memory[i].flags & NEEDED) != NEEDED)
			continue;
		if (!best || memory[i].size > best->size)
			best = &memory[i];
	}
	return best;
}

static char *too_small(const struct jh_config_memory *memory, const struct kernel *kernel,
		       __u64 initrd, __u64 needed)
{
	char has[TEXT_SIZE_LEN], image[TEXT_SIZE_LEN], files[TEXT_SIZE_LEN], all[TEXT_SIZE_LEN];

	needed = (needed + MIB - 1) & ~(MIB - 1);
	return text_format("the cell's memory is too small: it has %s, the kernel takes %s, the "
			   "initrd %s, with the device tree and gaps %s: make it several times "
			   "that", text_size(has, memory->size), text_size(image, kernel->size),
			   text_size(files, initrd), text_size(all, needed));
}

/* Kernel, tree, initial file system, each at a multiple of 2 MiB: none wraps (config_check()). */
char *place_guest(struct place *place, const void *config, const struct kernel *kernel,
		  __u64 initrd)
{
	const struct jh_config_memory *memory = largest(config);
	__u64 end;

	if (!memory)
		return text_format("the cell has no memory that can be loaded and executed: give "
				   "it memory = \"256M\"");
	place->kernel = align_up(memory->virt) + kernel->offset;
	place->tree = align_up(place->kernel + kernel->size);
	place->initrd = place->tree + KERNEL_ALIGN;
	end = place->initrd + initrd;
	if (end <= memory->virt + memory->size)
		return NULL;
	return too_small(memory, kernel, initrd, end - memory->virt);
}
