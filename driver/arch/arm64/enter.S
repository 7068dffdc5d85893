/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Copyright (c) The jh authors
 *
 * The instructions that change the exception level. EL2 may change x0-x17, as AAPCS64 lets any
 * function do, and returns with DAIF masked.
 */
#include <linux/linkage.h>
#include <asm/virt.h>
#include <jh/hypercall.h>

	.macro masked_begin
	stp	x29, x30, [sp, #-32]!
	mov	x29, sp
	mrs	x9, daif
	str	x9, [sp, #16]
	msr	daifset, #0xf
	.endm

	.macro masked_end
	ldr	x9, [sp, #16]
	msr	daif, x9
	ldp	x29, x30, [sp], #32
	.endm

/* long jh_enter_el2(u64 entry, u64 boot_info, u64 cpu): its result, or JH_ENTER_REFUSED */
SYM_FUNC_START(jh_enter_el2)
	masked_begin
	mov	x4, x2			// becomes x2: CPU
	adr	x3, 1f			// becomes x1: where to return
	mov	x2, x1			// becomes x0: boot information
	mov	x1, x0
	mov	x0, #HVC_SOFT_RESTART
	hvc	#0
	mov	x0, #1			// JH_ENTER_REFUSED
1:	masked_end
	ret
SYM_FUNC_END(jh_enter_el2)

/* long jh_enter_leave(void): result of JH_HC_DISABLE */
SYM_FUNC_START(jh_enter_leave)
	masked_begin
	mov	x0, #JH_HC_DISABLE
	hvc	#JH_HVC_IMM
	masked_end
	ret
SYM_FUNC_END(jh_enter_leave)

/* long jh_enter_probe(void): EL2's answer to a call that neither the hyp stub nor KVM has */
SYM_FUNC_START(jh_enter_probe)
	mov	x0, #0x4a48
	hvc	#0
	ret
SYM_FUNC_END(jh_enter_probe)

/* long jh_arch_call(u64 code, u64 a, u64 b, u64 c, u64 d) */
SYM_FUNC_START(jh_arch_call)
	hvc	#JH_HVC_IMM
	ret
SYM_FUNC_END(jh_arch_call)
