/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Calls with every general register under the caller's control, and the FP registers.
 *
 * Copyright (c) The jh authors
 */
#ifndef INMATE_ABI_CALLS_H
#define INMATE_ABI_CALLS_H

#include <inmate/types.h>

/* Load x0 to x30 from the array, call, store x0 to x30 there. */
void abi_hypercall(u64 x[31]);
void abi_hvc(u64 x[31]);
void abi_smc(u64 x[31]);

/* The flags after an unknown hypercall that set out with these (NZCV in bits 31:28). */
u64 abi_flags_call(u64 nzcv);

/* All 32 vector registers, 16 bytes each. */
void abi_fp_store(u64 v[64]);
void abi_fp_load(const u64 v[64]);

#endif
