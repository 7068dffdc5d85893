/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The stage 1 tables, built by the assembler so that the MMU can go on before the first store.
 *
 * An identity map of 39 bits: all of it Device and not executable, but for the 2 MB of the image
 * at 0 (Normal, executable) and the 2 MB with the communication region (Normal: the hypervisor
 * reads and writes it through its caches).
 *
 * Copyright (c) The jh authors
 */
#include "layout.h"

#define GB		0x40000000
#define MB2		0x200000
#define COMM_GB		(COMM_BASE / GB)
#define COMM_MB2	((COMM_BASE % GB) / MB2)

	.section .data.pagetable, "aw"
	.balign	4096

	.globl	pagetable_root
pagetable_root:
	.quad	pagetable_image + PTE_TABLE
	.set	pa, GB
	.rept	COMM_GB - 1
	.quad	pa | PTE_DEVICE
	.set	pa, pa + GB
	.endr
	.quad	pagetable_comm + PTE_TABLE
	.set	pa, pa + GB
	.rept	511 - COMM_GB
	.quad	pa | PTE_DEVICE
	.set	pa, pa + GB
	.endr

pagetable_image:
	.quad	PTE_CODE
	.set	pa, MB2
	.rept	511
	.quad	pa | PTE_DEVICE
	.set	pa, pa + MB2
	.endr

pagetable_comm:
	.set	pa, COMM_GB * GB
	.rept	COMM_MB2
	.quad	pa | PTE_DEVICE
	.set	pa, pa + MB2
	.endr
	.quad	pa | PTE_DATA
	.set	pa, pa + MB2
	.rept	511 - COMM_MB2
	.quad	pa | PTE_DEVICE
	.set	pa, pa + MB2
	.endr
