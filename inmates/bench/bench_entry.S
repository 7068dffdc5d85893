/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Entry points whose first instruction takes the time stamp: the interrupt vector, and the entry of
 * a CPU that was just started.
 *
 * The compiler leaves x18 alone (-ffixed-x18), so the vector can keep its time stamp there until
 * the handler has read it.
 *
 * Copyright (c) The jh authors
 */
	.text
	.balign	2048
	.globl	bench_vectors
bench_vectors:
	.irp	n, 0, 1, 2, 3, 4
	.balign	128
	b	vectors + 128 * \n
	.endr
	.balign	128
	mrs	x18, cntvct_el0
	b	vectors + 128 * 5
	.irp	n, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15
	.balign	128
	b	vectors + 128 * \n
	.endr

/* Stores the time, with the MMU off, and turns off again. struct bench_cpu_on in bench_irq.c. */
	.globl	bench_cpu_entry
bench_cpu_entry:
	mrs	x1, cntvct_el0
	adr	x2, bench_cpu_on
	str	x1, [x2]
	dsb	sy
	mov	w0, #0x0002		/* CPU_OFF */
	movk	w0, #0x8400, lsl #16
	smc	#0
	b	.

	.bss
	.balign	256
	.globl	bench_cpu_on
bench_cpu_on:
	.skip	256
