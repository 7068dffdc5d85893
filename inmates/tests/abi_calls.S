/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Calls with every general register under the caller's control, and the FP registers.
 *
 * Copyright (c) The jh authors
 */
	.arch_extension fp
	.arch_extension simd

/* void NAME(u64 x[31]): loads x0 to x30, calls, stores x0 to x30. */
	.macro	CALL_ALL name, insn, imm
	.globl	\name
\name:
	stp	x29, x30, [sp, #-128]!
	stp	x19, x20, [sp, #16]
	stp	x21, x22, [sp, #32]
	stp	x23, x24, [sp, #48]
	stp	x25, x26, [sp, #64]
	stp	x27, x28, [sp, #80]
	stp	x0, x18, [sp, #96]
	.irp	n, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, \
		23, 24, 25, 26, 27, 28, 29, 30
	ldr	x\n, [x0, #8 * \n]
	.endr
	ldr	x0, [x0]
	\insn	#\imm
	str	x30, [sp, #112]
	ldr	x30, [sp, #96]
	.irp	n, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, \
		22, 23, 24, 25, 26, 27, 28, 29
	str	x\n, [x30, #8 * \n]
	.endr
	mov	x0, x30
	ldr	x1, [sp, #112]
	str	x1, [x0, #240]
	ldr	x18, [sp, #104]
	ldp	x19, x20, [sp, #16]
	ldp	x21, x22, [sp, #32]
	ldp	x23, x24, [sp, #48]
	ldp	x25, x26, [sp, #64]
	ldp	x27, x28, [sp, #80]
	ldp	x29, x30, [sp], #128
	ret
	.endm

	CALL_ALL abi_hypercall, hvc, 0x4a48
	CALL_ALL abi_hvc, hvc, 0
	CALL_ALL abi_smc, smc, 0

/* u64 abi_flags_call(u64 nzcv): the flags after a hypercall that set out with these. */
	.globl	abi_flags_call
abi_flags_call:
	msr	nzcv, x0
	mov	x0, #63
	hvc	#0x4a48
	mrs	x0, nzcv
	ret

/* void abi_fp_store(u64 v[64]), void abi_fp_load(const u64 v[64]): q0 to q31. */
	.globl	abi_fp_store
abi_fp_store:
	.irp	n, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, \
		22, 23, 24, 25, 26, 27, 28, 29, 30, 31
	str	q\n, [x0, #16 * \n]
	.endr
	ret

	.globl	abi_fp_load
abi_fp_load:
	.irp	n, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, \
		22, 23, 24, 25, 26, 27, 28, 29, 30, 31
	ldr	q\n, [x0, #16 * \n]
	.endr
	ret
