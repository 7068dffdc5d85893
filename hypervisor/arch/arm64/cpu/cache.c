// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (c) The jh authors
 *
 * Cache maintenance, and time.
 */
#include <asm/sysreg.h>
#include <hv/arch.h>

static u64 line_size(void)
{
	/* CTR_EL0.DminLine: words, as a power of two */
	return 4UL << FIELD(read_sysreg(ctr_el0), 19, 16);
}

void arch_clean_to_memory(void *address, u64 size)
{
	u64 line = line_size(), at = ALIGN_DOWN((u64)address, line);

	/* Always with invalidation: cleaning alone is subject to errata of the Cortex-A53. */
	for (; at < (u64)address + size; at += line)
		asm volatile("dc civac, %0" :: "r" (at) : "memory");
	dsb(sy);
}

void arch_zero(void *address, u64 size)
{
	u64 dczid = read_sysreg(dczid_el0), block = 4UL << FIELD(dczid, 3, 0);
	u64 at = (u64)address, end = at + size;

	if (dczid & BIT(4) || (at | size) & (block - 1)) {
		for (; at < end; at += 8)
			*(volatile u64 *)at = 0;
		return;
	}
	for (; at < end; at += block)
		asm volatile("dc zva, %0" :: "r" (at) : "memory");
}

void arch_sync_instructions(void)
{
	asm volatile("dsb ish; ic ialluis; dsb ish; isb" ::: "memory");
}

u64 arch_deadline(u64 microseconds)
{
	isb();
	return read_sysreg(cntpct_el0) + microseconds * read_sysreg(cntfrq_el0) / 1000000;
}

bool arch_expired(u64 deadline)
{
	isb();
	return (s64)(read_sysreg(cntpct_el0) - deadline) > 0;
}
