/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * PSCI 1.1 (ARM DEN 0022) and the SMC calling convention (ARM DEN 0028).
 *
 * Copyright (c) The jh authors
 */
#ifndef INMATE_PSCI_H
#define INMATE_PSCI_H

#include <inmate/types.h>

#define PSCI_VERSION		0x84000000
#define PSCI_CPU_SUSPEND	0xc4000001
#define PSCI_CPU_OFF		0x84000002
#define PSCI_CPU_ON		0xc4000003
#define PSCI_CPU_ON_32		0x84000003
#define PSCI_AFFINITY_INFO	0xc4000004
#define PSCI_SYSTEM_OFF		0x84000008
#define PSCI_SYSTEM_RESET	0x84000009
#define PSCI_FEATURES		0x8400000a
#define PSCI_SYSTEM_SUSPEND	0xc400000e
#define PSCI_SYSTEM_RESET2	0xc4000012

#define PSCI_SUCCESS		0
#define PSCI_NOT_SUPPORTED	(-1)
#define PSCI_INVALID_PARAMETERS	(-2)
#define PSCI_DENIED		(-3)
#define PSCI_ALREADY_ON		(-4)
#define PSCI_ON_PENDING		(-5)
#define PSCI_INTERNAL_FAILURE	(-6)
#define PSCI_INVALID_ADDRESS	(-9)

/* Answers of PSCI_AFFINITY_INFO. */
#define PSCI_AFF_ON		0
#define PSCI_AFF_OFF		1
#define PSCI_AFF_ON_PENDING	2

#define SMCCC_VERSION		0x80000000
#define SMCCC_ARCH_FEATURES	0x80000001
#define SMCCC_ARCH_WORKAROUND_1	0x80008000

/* Registers x0 to x3 may come back changed, the others are kept (SMCCC 1.1 and later). */
#define SMCCC_CALL(insn, func, a1, a2, a3)				\
({									\
	register u64 __x0 asm("x0") = (func);				\
	register u64 __x1 asm("x1") = (a1);				\
	register u64 __x2 asm("x2") = (a2);				\
	register u64 __x3 asm("x3") = (a3);				\
									\
	asm volatile(insn " #0" : "+r"(__x0), "+r"(__x1), "+r"(__x2), "+r"(__x3) : : "memory"); \
	__x0;								\
})

static inline u64 smc_call(u64 func, u64 a1, u64 a2, u64 a3)
{
	return SMCCC_CALL("smc", func, a1, a2, a3);
}

static inline u64 hvc_call(u64 func, u64 a1, u64 a2, u64 a3)
{
	return SMCCC_CALL("hvc", func, a1, a2, a3);
}

/*
 * psci_call() - a PSCI call by smc
 *
 * Return: the low 32 bits of x0, sign-extended, which is where errors and small results are, for
 * 32-bit and 64-bit functions alike.
 */
static inline s64 psci_call(u32 func, u64 a1, u64 a2, u64 a3)
{
	return (s32)smc_call(func, a1, a2, a3);
}

#endif
