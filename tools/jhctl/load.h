/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Copyright (c) The jh authors
 *
 * Images and arguments for a cell: everything is read and judged first, then written in one call,
 * so that either all of it is there or the cell cannot be started.
 */
#ifndef LOAD_H
#define LOAD_H

#include <linux/types.h>

#include <jh/ioctl.h>

#include "image.h"
#include "jhctl.h"
#include "report.h"

#define LOAD_PIECES	16

/** struct load_piece - a file or a string, and where it goes */
struct load_piece {
	const char *name;	/* of the file; the option that gave the string */
	const char *string;	/* NULL: a file */
	char *owned;		/* the name, if it is not the caller's */
	bool placed;		/* address was given */
	bool tree;		/* a device tree, whose address the cell is given in x0 */
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
 * Returns the piece, for those who know that the plan has room.
 */
struct load_piece *load_add_data(struct load_plan *plan, const char *name, void *data,
				 size_t length, __u64 address);

/**
 * load_at - take "FILE@ADDRESS" of a piece that was just added apart
 *
 * An @ that no number follows belongs to the name.
 */
void load_at(struct load_piece *piece);

/**
 * load_prepare - read and take apart all files of the plan
 *
 * No piece may overwrite what another one brings; zeroes do not count, because programs leave room
 * for their command line so, but those that an ELF file asks for behind its bytes (.bss) do. A
 * device tree without address goes behind everything else. Where no entry was given the ELF file
 * says it, and two that differ are refused. Returns an exit code, has said why.
 */
int load_prepare(struct load_plan *plan);

/** Warn if nothing of the plan lies where the cell starts, at @entry if the plan does not say. */
void load_check_entry(const struct load_plan *plan, __u64 entry);

/**
 * load_write - write a prepared plan into a cell
 * @name:	how the user calls it, for messages; may be NULL
 * @entry:	where the cell starts if the plan does not say
 *
 * Returns an exit code, has said why.
 */
int load_write(const struct load_plan *plan, int fd, const struct cell_ref *cell, const char *name,
	       __u64 entry);

/** load_program - what the driver is to keep of an ELF file; false: gone, or its path too long */
bool load_program(struct jh_program *program, const char *path);

void load_free(struct load_plan *plan);

#endif
