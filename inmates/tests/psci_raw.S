/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A CPU's first instructions, without the library: it notes what it finds, with its MMU off, waits
 * for permission and goes off again. struct psci_raw in psci.c.
 *
 * Copyright (c) The jh authors
 */
	.text
	.globl	psci_raw_entry
psci_raw_entry:
	adr	x1, psci_raw
	mrs	x2, CurrentEL
	stp	x0, x2, [x1]
	mrs	x2, daif
	mrs	x3, sctlr_el1
	stp	x2, x3, [x1, #16]
	mrs	x2, cntv_ctl_el0
	mrs	x3, cpacr_el1
	stp	x2, x3, [x1, #32]
	mrs	x2, spsel
	str	x2, [x1, #48]
	dsb	sy
	ldr	x2, [x1, #64]
	add	x2, x2, #1
	str	x2, [x1, #64]		/* arrivals */
	dsb	sy
1:	ldr	x2, [x1, #128]		/* permission */
	yield
	cbz	x2, 1b
	mov	w0, #0x0002		/* CPU_OFF */
	movk	w0, #0x8400, lsl #16
	smc	#0
	b	.

	.bss
	.balign	256
	.globl	psci_raw
psci_raw:
	.skip	256
