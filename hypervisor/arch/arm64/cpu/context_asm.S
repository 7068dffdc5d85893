/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Copyright (c) The jh authors
 *
 * Register files that have no index.
 */
	.arch	armv8-a+fp+simd
	.text

	.globl	context_zero_simd
context_zero_simd:
	/* Clears the upper parts of SVE's registers too. */
	.irp	n, 0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15
	movi	v\n\().2d, #0
	.endr
	.irp	n, 16,17,18,19,20,21,22,23,24,25,26,27,28,29,30,31
	movi	v\n\().2d, #0
	.endr
	msr	fpsr, xzr
	msr	fpcr, xzr
	ret

	.arch	armv8-a+sve
	.globl	context_zero_sve
context_zero_sve:
	.irp	n, 0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15
	pfalse	p\n\().b
	.endr
	wrffr	p0.b
	ret

	.arch	armv8-a
	.globl	context_zero_keys
context_zero_keys:
	msr	s3_0_c2_c1_0, xzr	/* APIAKeyLo_EL1 */
	msr	s3_0_c2_c1_1, xzr
	msr	s3_0_c2_c1_2, xzr	/* APIBKey */
	msr	s3_0_c2_c1_3, xzr
	msr	s3_0_c2_c2_0, xzr	/* APDAKey */
	msr	s3_0_c2_c2_1, xzr
	msr	s3_0_c2_c2_2, xzr	/* APDBKey */
	msr	s3_0_c2_c2_3, xzr
	msr	s3_0_c2_c3_0, xzr	/* APGAKey */
	msr	s3_0_c2_c3_1, xzr
	ret

	/* x0, x1: number of breakpoints and watchpoints, 2 to 16 */
	.globl	context_zero_debug
context_zero_debug:
	mov	x2, #16
	sub	x0, x2, x0
	sub	x1, x2, x1
	adr	x2, 1f
	add	x2, x2, x0, lsl #3
	b	branch_x2
1:
	.irp	n, 15,14,13,12,11,10,9,8,7,6,5,4,3,2,1,0
	msr	dbgbcr\n\()_el1, xzr
	msr	dbgbvr\n\()_el1, xzr
	.endr
	adr	x2, 2f
	add	x2, x2, x1, lsl #3
	b	branch_x2
2:
	.irp	n, 15,14,13,12,11,10,9,8,7,6,5,4,3,2,1,0
	msr	dbgwcr\n\()_el1, xzr
	msr	dbgwvr\n\()_el1, xzr
	.endr
	ret

	/* x0: number of event counters, 0 to 31 */
	.globl	context_zero_pmu
context_zero_pmu:
	cbz	x0, 2f
1:	sub	x0, x0, #1
	msr	pmselr_el0, x0
	isb
	msr	pmxevtyper_el0, xzr
	msr	pmxevcntr_el0, xzr
	cbnz	x0, 1b
2:	msr	pmselr_el0, xzr
	ret
