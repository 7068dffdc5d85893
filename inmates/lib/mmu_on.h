/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * How start.S and bsp_start.S turn on the MMU and the caches, at EL1.
 *
 * Copyright (c) The jh authors
 */
#ifndef INMATE_MMU_ON_H
#define INMATE_MMU_ON_H

#include "layout.h"

/* @root: the symbol of the level 1 table. x0-x2 are lost. */
	.macro	mmu_on root
	ic	iallu
	tlbi	vmalle1
	ldr	x0, =MMU_MAIR
	msr	mair_el1, x0
	ldr	x0, =MMU_TCR
	mrs	x1, id_aa64mmfr0_el1
	and	x1, x1, #0xf		/* PARange; the 4K granule ends at 48 bits, encoding 5 */
	mov	x2, #5
	cmp	x1, x2
	csel	x1, x1, x2, lo
	orr	x0, x0, x1, lsl #32	/* TCR_EL1.IPS */
	msr	tcr_el1, x0
	adrp	x0, \root
	add	x0, x0, :lo12:\root
	msr	ttbr0_el1, x0
	dsb	sy
	isb
	ldr	x0, =MMU_SCTLR
	msr	sctlr_el1, x0
	isb
	.endm

#endif
