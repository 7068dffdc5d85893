/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Numbers that start.S, pagetable.S, mmu.c and inmate.lds share.
 *
 * Copyright (c) The jh authors
 */
#ifndef INMATE_LAYOUT_H
#define INMATE_LAYOUT_H

/* One stack per CPU: four nested interrupts and a printf fit. */
#define STACK_SIZE	3072
#define STACK_COUNT	8

/* Command line: loaded by the host as a second image. */
#define CMDLINE_BASE	0x1000
#define CMDLINE_SIZE	256

/* The communication region; the host's configuration may not move it for these inmates. */
#define COMM_BASE	0x80000000

/* MAIR: 0 Device-nGnRE, 1 Normal write-back, 2 Normal non-cacheable. */
#define MMU_MAIR	0x44ff04
#define MMU_ATTR(n)	((n) << 2)

/* 39-bit addresses, 4K granule, walks inner shareable write-back, no TTBR1; IPS is added. */
#define MMU_TCR		(25 | 1 << 8 | 1 << 10 | 3 << 12 | 1 << 23)

/* The RES1 bits of Armv8.0, and M, C, SA, I. */
#define MMU_SCTLR	(0x30d00800 | 1 << 0 | 1 << 2 | 1 << 3 | 1 << 12)

/* Descriptors of the stage 1 tables (Arm ARM D8.3). */
#define PTE_BLOCK	1
#define PTE_TABLE	3
#define PTE_AF		(1 << 10)
#define PTE_INNER	(3 << 8)
#define PTE_PXN		0x20000000000000
#define PTE_UXN		0x40000000000000

#define PTE_DEVICE	(PTE_BLOCK | PTE_AF | MMU_ATTR(0) | PTE_PXN | PTE_UXN)
#define PTE_DATA	(PTE_BLOCK | PTE_AF | PTE_INNER | MMU_ATTR(1) | PTE_PXN | PTE_UXN)
#define PTE_CODE	(PTE_BLOCK | PTE_AF | PTE_INNER | MMU_ATTR(1) | PTE_UXN)

#endif
