/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Copyright (c) The jh authors
 *
 * EL2's virtual addresses: one gibibyte at the top of the 39-bit space (4 KiB granule, levels 1-3).
 *
 *	EL2_LINEAR	the hypervisor's memory, in the order of its physical addresses; what is
 *			private to a CPU and the tables themselves are left out
 *	EL2_DEVICES	devices that the hypervisor drives
 *	EL2_PRIVATE	2 MiB that each CPU's own table fills differently: stack, struct percpu,
 *			the table of this very window, and slots for memory of guests
 */
#ifndef ASM_LAYOUT_H
#define ASM_LAYOUT_H

#define EL2_VA_BITS		39
#define EL2_LINEAR		0x7fc0000000
#define EL2_LINEAR_SIZE		0x02000000	/* 32 MiB: the most memory jh can use for itself */
#define EL2_DEVICES		0x7fc2000000
#define EL2_DEVICES_SIZE	0x3de00000
#define EL2_PRIVATE		0x7fffe00000

/*
 * Pages of the private window. Stack and data of a CPU are one page of memory, mapped twice: the
 * data is its start, STACK_DATA bytes at most, seen at PRIVATE_DATA; the stack is the rest, seen at
 * PRIVATE_STACK. So the data lies right above the stack, where the vectors reach it from the stack
 * pointer, and a CPU needs no second page. It is the last page of the 39-bit space: all bits of its
 * address from 12 up are ones, which one MOV loads (a bitmask immediate, Arm ARM C6.2). That the
 * stack cannot grow down to the data is proved over all calls of the image
 * (hypervisor/test/stack-depth); the page below stays unmapped.
 */
#define PRIVATE_TABLE		8
#define PRIVATE_SLOT_READ	32
#define PRIVATE_SLOT_WRITE	64
#define PRIVATE_SLOT_UNCACHED	96
#define PRIVATE_SLOT_PAGES	16
#define PRIVATE_STACK		510
#define PRIVATE_DATA		511

#define PERCPU_PAGES		1		/* stack and data */
#define STACK_DATA		656
#define STACK_SIZE		(4096 - STACK_DATA)

/* The layout that image and boot tables must agree on, in one number. */
#define EL2_LAYOUT		(3 << 27 | PRIVATE_STACK << 18 | PRIVATE_DATA << 9 | PRIVATE_TABLE)

#define STACK_TOP		(EL2_PRIVATE + (PRIVATE_STACK + 1) * 4096)
#define PERCPU_VA		(EL2_PRIVATE + PRIVATE_DATA * 4096)

/* MAIR_EL2: the index of each memory type in EL2's own tables. */
#define EL2_MAIR_NORMAL		0		/* write-back, allocating */
#define EL2_MAIR_DEVICE		1		/* nGnRE */
#define EL2_MAIR_UNCACHED	2		/* Normal, Non-cacheable */
#define EL2_MAIR		0x4404ff

#endif
