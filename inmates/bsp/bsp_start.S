/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Entry point of an RTOS in a cell: from EL1 with everything off to main().
 *
 * The cell arrives at EL1h with MMU and caches off and with DAIF masked, and stays at EL1: no
 * start-up for EL3 or EL2 is needed, and clocks are root's. main() finds MMU and caches on,
 * floating point allowed, .bss zeroed, interrupts masked and x0 of the entry in bsp_dtb. Vectors
 * are the RTOS' own matter; until it sets them an exception stops here, in a loop, where
 * `jhctl cell show` finds the program counter.
 *
 * Copyright (c) The jh authors
 */
#include "mmu_on.h"

	.section .bsp.start, "ax"

	.globl	bsp_start
bsp_start:
	mov	x19, x0
	adr	x0, bsp_vectors
	msr	vbar_el1, x0
	msr	tpidr_el1, xzr
	mov	x0, #3 << 20		/* CPACR_EL1.FPEN: no trap */
	msr	cpacr_el1, x0
	isb

	adrp	x0, __bsp_stack_top
	add	x0, x0, :lo12:__bsp_stack_top
	mov	sp, x0
	mov	x29, xzr
	mov	x30, xzr

	/*
	 * Only one call uses the stack with the MMU off, and its frame is dead when caches come
	 * on. No other line of the stack differs between cache and memory.
	 */
	bl	bsp_mmu_build

	mmu_on	bsp_mmu_map

	/* Byte by byte where the linker script did not align it. */
	adrp	x0, __bss_start
	add	x0, x0, :lo12:__bss_start
	adrp	x1, __bss_end
	add	x1, x1, :lo12:__bss_end
1:	cmp	x0, x1
	b.hs	2f
	strb	wzr, [x0], #1
	b	1b
2:	adrp	x0, bsp_dtb
	str	x19, [x0, :lo12:bsp_dtb]
	bl	bsp_init
	bl	main
	cmp	w0, #0			/* main() returns 0 for success */
	cset	w0, eq
	bl	bsp_exit

	.pool

	.balign	2048
bsp_vectors:
	.rept	16
	.balign	128
	b	.
	.endr
	.balign	128
