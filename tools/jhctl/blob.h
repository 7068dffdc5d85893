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
 * blob_read - read @file and let config_check() judge it
 * @verb:	on whose behalf, for messages
 * @kind:	JH_CONFIG_SYSTEM or JH_CONFIG_CELL
 *
 * Returns an exit code; has said why if it is not EXIT_OK, and nothing is left to be freed then.
 */
int blob_read(struct blob *blob, const char *verb, const char *file, __u32 kind);

#endif
