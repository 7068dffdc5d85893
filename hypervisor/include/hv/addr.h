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

#endif
