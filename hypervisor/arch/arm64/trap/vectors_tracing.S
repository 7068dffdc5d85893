/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Copyright (c) The jh authors
 *
 * EL2's exception vectors for a CPU whose exits are recorded (jh/trace.h): they store a record and
 * go on to the ordinary vector. Besides the ring they only use the stack below the part in use.
 */
#include <asm/offsets.h>
#include <asm/sysreg.h>
#include <jh/trace.h>

	/* The first slots are sections of their own: image.lds.S puts others' code between them. */
	.macro	other table, n, target
	.if	\n < 4
	.section .vectors.\table\().\n, "ax"
	.if	\n
	.balign	128
	.else
	.balign	2048
	.globl	\table
\table:
	.endif
	.else
	.org	\table\()_3 + 128 * (\n - 3)
	.endif
	.if	\n == 3
	.globl	\table\()_3
\table\()_3:
	.endif
tracing_\@:
	b	\target
	.endm

	/*
	 * This must fit a slot. x0 is the ring; x2 is the record's address minus TRACE_RECORD.
	 *
	 * The barrier orders the record after the head that was stored last: a reader that sees a
	 * word of it also sees that the record that it overwrites is gone. stlr orders it before
	 * the next head.
	 */
	.macro	tracing table, n, target, kind, mitigating
	.org	\table\()_3 + 128 * (\n - 3)
tracing_\@:
	stp	x0, x1, [sp, #-32]!
	stp	x2, x3, [sp, #16]
	.if	\mitigating
	ldr	w0, [sp, #32 + PERCPU_FIRMWARE_CALL]
	smc	#0				/* DEN 0070: clobbers x0-x3 at most */
	.endif
	ldr	x0, [sp, #32 + PERCPU_TRACE]
	ldr	x1, [x0]
	and	x2, x1, #(JH_TRACE_RECORDS - 1)
	add	x2, x0, x2, lsl #TRACE_RECORD_SHIFT
	dmb	ishst
	mrs	x3, cntpct_el0
	mrs	x1, elr_el2
	stp	x3, x1, [x2, #TRACE_RECORD]
	.if	\kind == JH_TRACE_SYNC
	mrs	x1, esr_el2
	ldr	x3, [sp]
	tbz	w1, #31, 1f			/* EC < 0x20: the guest's x0 */
	mrs	x3, hpfar_el2
	lsl	x3, x3, #8			/* FIPA, address bits 47-12, is in bits 39-4 */
	mrs	x0, far_el2
	bfxil	x3, x0, #0, #12
1:	ubfx	x1, x1, #0, #32			/* JH_TRACE_SYNC is 0 */
	stp	x3, x1, [x2, #TRACE_RECORD + 16]
	ldr	x0, [sp, #32 + PERCPU_TRACE]
	.else
	mov	x1, #(\kind << 32)
	stp	xzr, x1, [x2, #TRACE_RECORD + 16]
	.endif
	ldr	x1, [x0]
	add	x1, x1, #1
	stlr	x1, [x0]
	ldp	x2, x3, [sp, #16]
	ldp	x0, x1, [sp], #32
	b	\target
	.endm

	.macro	table name, mitigating
	other	\name, 0, el2_sync
	other	\name, 1, el2_irq
	other	\name, 2, el2_fiq
	other	\name, 3, el2_serror
	other	\name, 4, el2_sync
	other	\name, 5, el2_irq
	other	\name, 6, el2_fiq
	other	\name, 7, el2_serror
	tracing	\name, 8, guest_sync, JH_TRACE_SYNC, \mitigating
	tracing	\name, 9, guest_irq, JH_TRACE_IRQ, \mitigating
	tracing	\name, 10, guest_fiq, JH_TRACE_FIQ, \mitigating
	tracing	\name, 11, guest_serror, JH_TRACE_ERROR, \mitigating
	.org	\name\()_3 + 128 * (12 - 3)
	.endm

	table	vectors_tracing, 0
	table	vectors_tracing_mitigating, 1
