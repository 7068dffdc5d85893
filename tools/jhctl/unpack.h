/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Copyright (c) The jh authors
 *
 * Compressed data, unpacked by the programs that every distribution has for it.
 */
#ifndef UNPACK_H
#define UNPACK_H

#include <stddef.h>

/** unpack_program - what unpacks data that begins so ("gzip"); NULL: it is not compressed */
const char *unpack_program(const void *data, size_t length);

/**
 * unpack - unpack data with a program that is given "-dc"
 * @limit:	most bytes that may come out
 *
 * Returns the bytes, to be freed, and stores their number; NULL, and errno says why: ENOENT if
 * there is no such program, EFBIG if there would be more bytes, EBADMSG if it does not like them.
 */
void *unpack(const char *program, const void *data, size_t length, size_t limit, size_t *unpacked);

#endif
