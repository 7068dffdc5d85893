/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Copyright (c) The jh authors
 *
 * Images and arguments for a cell: all of them are read and checked first, then written in one
 * call, so that the cell cannot be started with a part of them.
 */
#ifndef LOAD_H
#define LOAD_H

#include <linux/types.h>

#include <jh/ioctl.h>

#include "image.h"
#include "jhctl.h"
#include "report.h"

#define LOAD_PIECES	16

/** struct load_piece - a file or a string, and its address */
struct load_piece {
	const char *name;	/* of the file; the option that gave the string */
	const char *string;	/* NULL: a file */
	char *owned;		/* the name, if it is not the caller's */
	bool placed;		/* address was given */
	bool tree;		/* a device tree, whose address goes to x0 */
	__u64 address;
	struct image image;
};

/** struct load_plan - pieces in the order in which they are written; load_free() when done */
struct load_plan {
	bool has_entry;		/* entry was given, or comes from an ELF file */
	__u64 entry;
	int count;
	struct load_piece piece[LOAD_PIECES];
};

/**
 * load_add - add a file, or a string with its terminating zero
 * @name:	the file, or for messages the option with which the string was given
 * @string:	NULL for a file
 *
 * Returns false if the plan is full.
 */
bool load_add(struct load_plan *plan, const char *name, const char *string);

/**
 * load_add_data - add bytes that are in memory already
 * @name:	for messages
 * @data:	from malloc(); the plan frees it
 *
 * The plan must have room. Returns the piece.
 */
struct load_piece *load_add_data(struct load_plan *plan, const char *name, void *data,
				 size_t length, __u64 address);

/**
 * load_at - split the name of a piece that was just added, if it is FILE@ADDRESS
 *
 * An @ without a number after it is part of the name.
 */
void load_at(struct load_piece *piece);

/**
 * load_prepare - read and parse all files of the plan
 *
 * No piece may overwrite content of another one. Zeroes in a file are no content, because programs
 * leave room for their command line that way; the zeroes of an ELF file's .bss are. A device tree
 * without an address is placed after everything else. Without an entry the ELF file's is taken; two
 * ELF files with different ones are refused.
 *
 * Returns an exit code; the reason was printed.
 */
int load_prepare(struct load_plan *plan);

/** Warn if no piece covers the plan's entry, or @entry if the plan has none. */
void load_check_entry(const struct load_plan *plan, __u64 entry);

/**
 * load_write - write a prepared plan into a cell
 * @name:	of the cell, as the user gave it, for messages; may be NULL
 * @entry:	of the cell, if the plan has none
 *
 * Returns an exit code; the reason was printed.
 */
int load_write(const struct load_plan *plan, int fd, const struct cell_ref *cell, const char *name,
	       __u64 entry);

/** load_program - fill in an ELF file's path and time; false: it is gone, or its path too long */
bool load_program(struct jh_program *program, const char *path);

void load_free(struct load_plan *plan);

#endif
