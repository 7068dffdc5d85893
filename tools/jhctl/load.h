/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Copyright (c) The jh authors
 *
 * What goes into a cell: everything is read and judged first, then written.
 */
#ifndef LOAD_H
#define LOAD_H

#include <linux/types.h>

#include "image.h"
#include "jhctl.h"

#define LOAD_PIECES	16

/** struct load_piece - a file or a string, and where it goes */
struct load_piece {
	const char *file;	/* NULL: a string */
	const char *string;
	bool placed;		/* address was given */
	__u64 address;
	struct image image;
};

/** struct load_plan - pieces in the order in which they are written; load_free() when done */
struct load_plan {
	int count;
	struct load_piece piece[LOAD_PIECES];
};

/** Add a file, or a string with its terminating zero; false if the plan is full. */
bool load_add(struct load_plan *plan, const char *file, const char *string);

/** Read and take apart all files of the plan. Returns an exit code, has said why. */
int load_prepare(struct load_plan *plan);

/**
 * load_write - write a prepared plan into a cell
 * @cell:	its number
 * @name:	how the user calls it, for messages; may be NULL
 *
 * Returns an exit code, has said why.
 */
int load_write(const struct load_plan *plan, int fd, __u32 cell, const char *name);

void load_free(struct load_plan *plan);

#endif
