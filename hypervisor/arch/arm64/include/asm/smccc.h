/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Copyright (c) The jh authors
 *
 * SMC Calling Convention, Arm DEN 0028.
 */
#ifndef ASM_SMCCC_H
#define ASM_SMCCC_H

#define SMCCC_SUCCESS			0
#define SMCCC_NOT_SUPPORTED		(-1)

#define SMCCC_VERSION			0x80000000
#define SMCCC_ARCH_FEATURES		0x80000001
#define SMCCC_ARCH_WORKAROUND_3		0x80003fff
#define SMCCC_ARCH_WORKAROUND_2		0x80007fff
#define SMCCC_ARCH_WORKAROUND_1		0x80008000

#define SMCCC_FAST		(1U << 31)
#define SMCCC_64		(1U << 30)
#define SMCCC_HINTS		(0xffU << 16)	/* from 1.3 on: no live state of SVE (bit 16) */
#define SMCCC_OWNER(id)		((id) >> 24 & 0x3f)
#define SMCCC_FUNCTION(id)	((id) & 0xffff)

#define SMCCC_OWNER_ARCH	0
#define SMCCC_OWNER_CPU		1
#define SMCCC_OWNER_SIP		2
#define SMCCC_OWNER_OEM		3
#define SMCCC_OWNER_STANDARD	4
#define SMCCC_OWNER_VENDOR_HYP	6

#ifndef __ASSEMBLER__
#include <asm/percpu.h>
#include <jh/config.h>

/* Verdicts on firmware calls. */
enum smccc_verdict {
	SMCCC_REFUSE,		/* NOT_SUPPORTED, counted */
	SMCCC_FORWARD,		/* goes to firmware as it is */
	SMCCC_PSCI,		/* answered here */
	SMCCC_ANSWER_ZERO,	/* SUCCESS and nothing else */
	SMCCC_ANSWER_VERSION,
	SMCCC_ANSWER_FEATURES,	/* a call answered here exists, whatever firmware says */
	SMCCC_NO_ACCESS,	/* refused in the words of the chip's firmware, counted */
};

/**
 * smccc_decide() - the verdict on a call; not for the chip's fast calls by SMC (asm/sip.h)
 * @id:		function identifier (W0)
 * @is_root:	from the root cell
 * @by_hvc:	it came by HVC, which firmware never sees
 */
enum smccc_verdict smccc_decide(u32 id, bool is_root, bool by_hvc);

/** smccc_call() - answer the call in @regs */
void smccc_call(struct regs *regs, bool by_hvc);

/**
 * smccc_simple() - answer a trapped call that always returns to its guest
 *
 * Registers that C preserves are not in the frame.
 *
 * Return: the statistic that counts the call (JH_STAT_*); 0 if nothing was done and smccc_call()
 * has to answer.
 */
u32 smccc_simple(struct regs *regs);

/** smccc_firmware() - call firmware for the hypervisor itself. Return: the first result. */
static inline s64 smccc_firmware(u32 id, u64 arg1, u64 arg2, u64 arg3)
{
	register u64 x0 asm("x0") = id;
	register u64 x1 asm("x1") = arg1;
	register u64 x2 asm("x2") = arg2;
	register u64 x3 asm("x3") = arg3;

	/* SMCCC 1.0 lets the callee change x0-x17. */
	asm volatile("smc #0"
		     : "+r" (x0), "+r" (x1), "+r" (x2), "+r" (x3) :
		     : "x4", "x5", "x6", "x7", "x8", "x9", "x10", "x11", "x12", "x13", "x14",
		       "x15", "x16", "x17", "memory");
	return (s64)x0;
}
#endif

#endif
