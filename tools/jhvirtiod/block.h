/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Copyright (c) The jh authors
 *
 * A disk of a cell: a file, or a block device, of root.
 */
#ifndef BLOCK_H
#define BLOCK_H

#include <stdbool.h>

#include "device.h"

#define BLOCK_SERIAL	20	/* characters */

extern const struct kind block_kind;

/** struct block_request - what the user wants; what may be NULL says so */
struct block_request {
	const char *file;
	const char *serial;	/* NULL: the name of the link */
	bool read_only;
};

/** block_open - make it a disk; returns an exit code, has said why */
int block_open(struct device *device, const struct block_request *request);

#endif
