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

/* Permissions and memory type of a mapping of guest-physical addresses. */
#define MAP_READ	0x1
#define MAP_WRITE	0x2
#define MAP_EXECUTE	0x4
#define MAP_DEVICE	0x8	/* without it: normal memory, whose type the guest decides */
#define MAP_UNCACHED	0x10	/* normal memory that is in no cache, whatever the guest says */

#endif
