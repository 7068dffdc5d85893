/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Copyright (c) The jh authors
 *
 * Writing a tar archive (POSIX ustar): plain files only, the same bytes for the same content.
 */
#ifndef TAR_H
#define TAR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#define TAR_NAME_MAX	100	/* bytes of a name, its zero included */

/** Add a file; false if its name is too long or writing failed. */
bool tar_add(FILE *out, const char *name, const void *data, size_t length);

/** Write the end of the archive; false if writing failed. */
bool tar_finish(FILE *out);

/** Print why tar_add() or tar_finish() failed (errno); returns an exit code. */
int tar_trouble(void);

#endif
