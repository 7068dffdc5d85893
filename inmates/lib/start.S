/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Entry points of an inmate: of its first CPU at address 0, and of the CPUs it starts by PSCI.
 *
 * Both arrive at EL1h with MMU and caches off and with DAIF masked. The MMU goes on before
 * anything is stored, so that no store bypasses the caches; the only exception is the record of
 * the registers found at entry, whose cache lines are invalidated for that reason.
 *
 * Copyright (c) The jh authors
 */
#include "mmu_on.h"

	.section .boot, "ax"

	.globl	_start
_start:
	msr	tpidr_el1, x0
	adr	x0, start_regs
	str	x1, [x0, #8]
	mrs	x1, tpidr_el1
	str	x1, [x0]
	stp	x2, x3, [x0, #16]
	stp	x4, x5, [x0, #32]
	stp	x6, x7, [x0, #48]
	stp	x8, x9, [x0, #64]
	stp	x10, x11, [x0, #80]
	stp	x12, x13, [x0, #96]
	stp	x14, x15, [x0, #112]
	stp	x16, x17, [x0, #128]
	stp	x18, x19, [x0, #144]
	stp	x20, x21, [x0, #160]
	stp	x22, x23, [x0, #176]
	stp	x24, x25, [x0, #192]
	stp	x26, x27, [x0, #208]
	stp	x28, x29, [x0, #224]
	str	x30, [x0, #240]
	mov	x1, sp
	mrs	x2, sctlr_el1
	stp	x1, x2, [x0, #248]
	mrs	x1, daif
	mrs	x2, CurrentEL
	stp	x1, x2, [x0, #264]
	mrs	x1, spsel
	mrs	x2, vbar_el1
	stp	x1, x2, [x0, #280]
	mrs	x1, tcr_el1
	mrs	x2, ttbr0_el1
	stp	x1, x2, [x0, #296]
	dsb	sy
	/* Five lines of 64 bytes cover the record, whatever the line size. */
	mov	x1, #5
1:	dc	ivac, x0
	add	x0, x0, #64
	subs	x1, x1, #1
	b.ne	1b
	dsb	sy

	mov	x20, #0			/* index of this CPU */
	bl	start_cpu
	adrp	x0, __bss_start
	add	x0, x0, :lo12:__bss_start
	adrp	x1, __bss_end
	add	x1, x1, :lo12:__bss_end
2:	cmp	x0, x1
	b.hs	3f
	stp	xzr, xzr, [x0], #16
	b	2b
3:	bl	init_first_cpu
	b	.

/* A CPU that smp.c started; x0, the context id of CPU_ON, is its index. */
	.globl	start_secondary
start_secondary:
	mov	x20, x0
	bl	start_cpu
	mov	x0, x20
	bl	smp_secondary
	b	.

/* Vectors, MMU and stack of the CPU with the index in x20; keeps x20, clobbers x0 to x3. */
start_cpu:
	adr	x0, vectors
	msr	vbar_el1, x0
	msr	tpidr_el1, x20

	mmu_on	pagetable_root

	adrp	x0, __stacks
	add	x0, x0, :lo12:__stacks
	add	x1, x20, #1
	mov	x2, #STACK_SIZE
	madd	x0, x1, x2, x0
	mov	sp, x0
	mov	x29, xzr
	ret

	.pool

/* Outside .bss: written before .bss is cleared. struct start_regs in <inmate/start.h>. */
	.section .noinit, "aw", %nobits
	.balign	256
	.globl	start_regs
start_regs:
	.skip	320
