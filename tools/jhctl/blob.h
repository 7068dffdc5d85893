/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Copyright (c) The jh authors
 *
 * A compiled configuration, read from a file and checked.
 */
#ifndef BLOB_H
#define BLOB_H

#include <stddef.h>

#include <linux/types.h>

/** struct blob - free @data when done */
struct blob {
	const char *file;	/* borrowed */
	void *data;
	size_t length;
};

/**
 * blob_read - read @file and check it with config_check()
 * @verb:	the caller's, for messages
 * @kind:	JH_CONFIG_SYSTEM or JH_CONFIG_CELL
 *
 * Returns an exit code. If it is not EXIT_OK the reason was printed, and there is nothing to free.
 */
int blob_read(struct blob *blob, const char *verb, const char *file, __u32 kind);

#endif
