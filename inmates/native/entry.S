/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * EL2 entry and vectors of the native shim. QEMU has cleared .bss; MMU and caches stay off at EL2.
 *
 * Copyright (c) The jh authors
 */
	.section .entry, "ax"
	.globl	native_entry
native_entry:
	adrp	x0, native_stacks + 4096
	mov	sp, x0
	bl	native_first_cpu

/* Started by PSCI; x0 is this CPU's struct native_cpu, whose first member is its stack. */
	.globl	native_entry_secondary
native_entry_secondary:
	ldr	x1, [x0]
	mov	sp, x1
	bl	native_secondary

/* native_enter(pc, x0): to EL1h, interrupts masked, general registers zero but for x0. */
	.globl	native_enter
native_enter:
	adr	x2, native_vectors
	msr	vbar_el2, x2
	msr	elr_el2, x0
	mov	x2, #0x3c5
	msr	spsr_el2, x2
	mov	x0, x1
	.irp	n, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, \
		23, 24, 25, 26, 27, 28, 29, 30
	mov	x\n, xzr
	.endr
	eret

	.balign	2048
native_vectors:
	.irp	n, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15
	.balign	128
	sub	sp, sp, #256
	stp	x0, x1, [sp]
	mov	x1, #\n
	b	native_trap_entry
	.endr

native_trap_entry:
	.irp	n, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28
	stp	x\n, xzr, [sp, #8 * \n]
	.endr
	.irp	n, 3, 5, 7, 9, 11, 13, 15, 17, 19, 21, 23, 25, 27, 29, 30
	str	x\n, [sp, #8 * \n]
	.endr
	mov	x0, sp
	bl	native_trap
	.irp	n, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, \
		24, 25, 26, 27, 28, 29, 30
	ldr	x\n, [sp, #8 * \n]
	.endr
	ldp	x0, x1, [sp], #256
	eret
