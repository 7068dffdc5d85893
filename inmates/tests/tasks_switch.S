/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * An interrupt is taken on the stack of the task that it interrupts, and left on that of the task
 * which goes on: tasks_irq() says which. What a task was doing lies on its stack meanwhile, as
 * struct exception_frame has it. All other exceptions are the library's.
 *
 * Copyright (c) The jh authors
 */
#include "frame.h"

	.section .text.vectors, "ax"
	.balign	2048
	.globl	tasks_vectors
tasks_vectors:
	.irp	n, 0, 1, 2, 3, 4
	.balign	128
	b	vectors + \n * 128
	.endr
	.balign	128
	b	tasks_interrupted
	.irp	n, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15
	.balign	128
	b	vectors + \n * 128
	.endr

tasks_interrupted:
	frame_begin
	frame_save
	mov	x0, sp
	bl	tasks_irq
	mov	sp, x0
	frame_return
