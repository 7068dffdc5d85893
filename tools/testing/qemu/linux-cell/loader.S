/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Copyright (c) The jh authors
 *
 * A cell starts with 0 in all registers; Linux wants the device tree's address in x0
 * (Documentation/arch/arm64/booting.rst of the kernel). The rest is as Linux wants it.
 */
	.globl	_start
_start:
	ldr	x0, =0x47f00000		/* guest.dtb */
	mov	x1, xzr
	mov	x2, xzr
	mov	x3, xzr
	ldr	x4, =0x40200000		/* Image */
	br	x4
