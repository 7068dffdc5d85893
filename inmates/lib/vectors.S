/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The exception vectors: every exception saves all general registers as a struct exception_frame
 * (<inmate/exception.h>) and calls exception_dispatch(frame, vector).
 *
 * Copyright (c) The jh authors
 */
#include "frame.h"

	.macro	VECTOR n
	.balign	128
	frame_begin
	mov	x1, #\n
	b	exception_entry
	.endm

	.section .vectors, "ax"
	.balign	2048
	.globl	vectors
vectors:
	.irp	n, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15
	VECTOR	\n
	.endr

	.text
exception_entry:
	frame_save
	mov	x0, sp
	bl	exception_dispatch

	frame_return
