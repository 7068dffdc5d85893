/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Copyright (c) The jh authors
 */
#ifndef LIB_CHECKSUM_H
#define LIB_CHECKSUM_H

#include <jh/types.h>

/**
 * checksum_add() - continue a CRC-32 (polynomial 0xedb88320, as in zlib, PNG and gzip)
 * @crc:   result of the bytes before, 0 for the first
 * @data:  bytes to add
 * @count: how many
 *
 * Return: the CRC of everything so far.
 */
__u32 checksum_add(__u32 crc, const void *data, __u64 count);

#endif
