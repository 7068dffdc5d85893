/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Copyright (c) The jh authors
 *
 * Physical and guest-physical addresses are different types, so that one cannot be passed for the
 * other. Hypervisor-virtual addresses are pointers.
 */
#ifndef HV_ADDR_H
#define HV_ADDR_H

#include <hv/types.h>

typedef struct {
	u64 a;
} pa_t;

typedef struct {
	u64 a;
} gpa_t;

#define PA(address)	((pa_t){ (address) })
#define GPA(address)	((gpa_t){ (address) })

/** addr_range_valid() - does [start, start + size) neither wrap nor be empty? */
static inline bool addr_range_valid(u64 start, u64 size)
{
	return size && start + size - 1 >= start;
}

/** addr_overlap() - do two valid ranges share a byte? */
static inline bool addr_overlap(u64 a, u64 a_size, u64 b, u64 b_size)
{
	return a <= b + (b_size - 1) && b <= a + (a_size - 1);
}

/** addr_inside() - does the valid range [a, a + a_size) lie in [b, b + b_size)? */
static inline bool addr_inside(u64 a, u64 a_size, u64 b, u64 b_size)
{
	return a >= b && a_size <= b_size && a - b <= b_size - a_size;
}

#endif
