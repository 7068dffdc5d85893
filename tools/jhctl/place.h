/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Copyright (c) The jh authors
 *
 * Placing a Linux kernel, its initial file system and its device tree in a cell's memory.
 */
#ifndef PLACE_H
#define PLACE_H

#include <linux/types.h>

#include "kernel.h"

/** struct place - guest-physical addresses */
struct place {
	__u64 kernel;
	__u64 tree;	/* KERNEL_ALIGN bytes are kept for it */
	__u64 initrd;
};

/**
 * place_guest - find room in the largest memory that can be loaded and executed
 * @config:	checked configuration of the cell
 * @initrd:	bytes; 0 for none
 *
 * Returns NULL, or a sentence about what does not fit, to be freed.
 */
char *place_guest(struct place *place, const void *config, const struct kernel *kernel,
		  __u64 initrd);

#endif
