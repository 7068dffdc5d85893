/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Copyright (c) The jh authors
 *
 * Unpacking compressed data with the usual programs of distributions.
 */
#ifndef UNPACK_H
#define UNPACK_H

#include <stddef.h>

/** unpack_program - the program for data that begins so ("gzip"); NULL: it is not compressed */
const char *unpack_program(const void *data, size_t length);

/**
 * unpack - unpack data with a program, called with "-dc"
 * @limit:	most bytes of the result
 *
 * Returns the bytes, to be freed, and stores their number; NULL with errno: ENOENT if there is no
 * such program, EFBIG if there are more bytes, EBADMSG if the program fails.
 */
void *unpack(const char *program, const void *data, size_t length, size_t limit, size_t *unpacked);

#endif
