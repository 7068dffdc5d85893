/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Copyright (c) The jh authors
 *
 * Arithmetic of address ranges {start, size}; nothing here wraps around.
 */
#ifndef LIB_RANGE_H
#define LIB_RANGE_H

#include <jh/types.h>

/** range_valid() - neither empty nor beyond the last of 2^64 addresses */
static inline int range_valid(__u64 start, __u64 size)
{
	return size && start + (size - 1) >= start;
}

/** range_fits() - start + size does not exceed @limit */
static inline int range_fits(__u64 start, __u64 size, __u64 limit)
{
	return start <= limit && size <= limit - start;
}

/** range_overlaps() - the two share a byte; each is valid or empty */
static inline int range_overlaps(__u64 a, __u64 a_size, __u64 b, __u64 b_size)
{
	return a_size && b_size && a <= b + (b_size - 1) && b <= a + (a_size - 1);
}

/** range_inside() - all of the first lies in the second, which is valid */
static inline int range_inside(__u64 a, __u64 a_size, __u64 b, __u64 b_size)
{
	return a >= b && a - b <= b_size && a_size <= b_size - (a - b);
}

/** range_aligned() - @value is a multiple of @unit, a power of two */
static inline int range_aligned(__u64 value, __u64 unit)
{
	return !(value & (unit - 1));
}

#endif
