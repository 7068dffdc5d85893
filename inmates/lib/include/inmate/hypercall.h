/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Calls to the hypervisor: hvc #0x4a48, code in x0, arguments in x1.., result in x0.
 *
 * Copyright (c) The jh authors
 */
#ifndef INMATE_HYPERCALL_H
#define INMATE_HYPERCALL_H

#include <inmate/types.h>
#include <jh/hypercall.h>

static inline s64 hypercall2(u64 code, u64 arg1, u64 arg2)
{
	register u64 x0 asm("x0") = code;
	register u64 x1 asm("x1") = arg1;
	register u64 x2 asm("x2") = arg2;

	asm volatile("hvc %3" : "+r"(x0) : "r"(x1), "r"(x2), "i"(JH_HVC_IMM) : "memory");
	return x0;
}

static inline s64 hypercall1(u64 code, u64 arg1)
{
	return hypercall2(code, arg1, 0);
}

#endif
