// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (c) The jh authors
 *
 * Guests' memory in this CPU's private window, and what must be done to caches around it.
 */
#include <asm/layout.h>
#include <asm/sysreg.h>
#include <hv/arch.h>

/* A page of EL2's stage 1: valid, AF, inner shareable, AP[1] RES1, XN; normal write-back memory. */
#define PAGE_RO		(0x3UL | 1UL << 10 | 3UL << 8 | 1UL << 7 | 1UL << 6 | 1UL << 54)
#define PAGE_RW		(0x3UL | 1UL << 10 | 3UL << 8 | 1UL << 6 | 1UL << 54)

static void *map(u32 slot, u64 descriptor, pa_t pa, u64 size)
{
	u64 *table = (u64 *)(EL2_PRIVATE + PRIVATE_TABLE * PAGE_SIZE) + slot;
	u64 pages = ALIGN_UP((pa.a & ~PAGE_MASK) + size, PAGE_SIZE) / PAGE_SIZE;
	u64 first = pa.a & PAGE_MASK, va = EL2_PRIVATE + slot * PAGE_SIZE, i;

	/*
	 * The last user's pages go first: only this CPU walks this table, so a local invalidation
	 * is enough, and nothing is ever changed from valid to valid.
	 */
	for (i = 0; i < PRIVATE_SLOT_PAGES; i++)
		WRITE_ONCE(table[i], 0);
	dsb(nshst);
	for (i = 0; i < PRIVATE_SLOT_PAGES; i++)
		asm volatile("tlbi vae2, %0" :: "r" ((va >> PAGE_SHIFT) + i) : "memory");
	dsb(nsh);
	for (i = 0; i < pages && i < PRIVATE_SLOT_PAGES; i++)
		WRITE_ONCE(table[i], (first + i * PAGE_SIZE) | descriptor);
	/* The walker sees the entries before the first access through them. */
	dsb(nshst);
	isb();
	return (void *)(va + (pa.a & ~PAGE_MASK));
}

const void *arch_map_read(pa_t pa, u64 size)
{
	return map(PRIVATE_SLOT_READ, PAGE_RO, pa, size);
}

void *arch_map_write(pa_t pa, u64 size)
{
	return map(PRIVATE_SLOT_WRITE, PAGE_RW, pa, size);
}

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
