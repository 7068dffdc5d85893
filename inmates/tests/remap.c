// SPDX-License-Identifier: GPL-2.0-only
/*
 * The instruction that a trap came from is no longer where the hypervisor looks for it: the cell
 * executes a store to the interrupt controller, of a form that hardware does not describe, from a
 * page whose translation it has just changed without a TLB invalidation, to a device that answers
 * with an abort. The cell may end or continue; the hypervisor must not be affected.
 *
 * Command line: io=ADDRESS of a device of the cell's, by 2 MiB.
 *
 * Copyright (c) The jh authors
 */
#include <inmate/cmdline.h>
#include <inmate/comm.h>
#include <inmate/gic.h>
#include <inmate/io.h>
#include <inmate/print.h>
#include <inmate/start.h>
#include <inmate/string.h>
#include <inmate/sysreg.h>

#define REMAP_ALIAS		0x00a00000UL	/* of the image, 2 MiB */
#define REMAP_CODE		0x00030000UL	/* in it, free */
#define REMAP_BLOCK		0x200000UL
#define REMAP_TABLE_MASK	0x0000fffffffff000UL
#define REMAP_BLOCK_MASK	0x0000ffffffe00000UL
#define REMAP_ROUNDS		1000

extern u64 pagetable_root[];

/* x0: a value, x1: a register of the GIC, x2: where the entry lies, x3: the device, x4: memory */
static const u32 remap_code[] = {
	0xf9000043,	/* str x3, [x2] */
	0xd5033f9f,	/* dsb sy */
	0xb8004420,	/* str w0, [x1], #4 */
	0xf9000044,	/* str x4, [x2] */
	0xd5033f9f,	/* dsb sy */
	0xd65f03c0,	/* ret */
};

static void remap_call(volatile u64 *entry, u64 device, u64 memory)
{
	register u64 x0 asm("x0") = 0;
	register u64 x1 asm("x1") = comm_region->gicd_base + GICD_IPRIORITYR;
	register u64 x2 asm("x2") = (u64)entry;
	register u64 x3 asm("x3") = device;
	register u64 x4 asm("x4") = memory;

	asm volatile("blr %5"
		     : "+r"(x0), "+r"(x1), "+r"(x2), "+r"(x3), "+r"(x4)
		     : "r"(REMAP_ALIAS + REMAP_CODE) : "x30", "memory");
}

void inmate_main(void)
{
	u64 *blocks = (u64 *)(pagetable_root[0] & REMAP_TABLE_MASK);
	u64 io = cmdline_int("io", 0x0b000000), attributes = blocks[0] & ~REMAP_BLOCK_MASK;

	memcpy((void *)REMAP_CODE, remap_code, sizeof(remap_code));
	blocks[REMAP_ALIAS / REMAP_BLOCK] = blocks[0];
	asm volatile("dc cvau, %0\n\tdsb ish\n\tic iallu\n\ttlbi vmalle1\n\tdsb sy\n\tisb"
		     : : "r"(REMAP_CODE) : "memory");
	printf("remap: device at 0x%lx\nremap: ready\n", io);
	for (u32 n = 0; n < REMAP_ROUNDS; n++)
		remap_call(&blocks[REMAP_ALIAS / REMAP_BLOCK], attributes | io, blocks[0]);
	printf("remap: SURVIVED\n");
}
