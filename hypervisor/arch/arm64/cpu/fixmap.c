// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (c) The jh authors
 *
 * Short-lived mappings of guests' memory in the private window of the executing CPU.
 */
#include <asm/layout.h>
#include <asm/percpu.h>
#include <asm/tlb.h>
#include <hv/arch.h>

/* A page of EL2's stage 1: valid, AF, inner shareable, AP[1] RES1, XN, a memory type. */
#define PAGE(type)	(0x3UL | 1UL << 10 | 3UL << 8 | 1UL << 6 | 1UL << 54 | (type) << 2)
#define PAGE_RO		(PAGE(EL2_MAIR_NORMAL) | 1UL << 7)
#define PAGE_RW		PAGE(EL2_MAIR_NORMAL)
#define PAGE_UNCACHED	PAGE(EL2_MAIR_UNCACHED)

static u64 slot_va(u32 slot)
{
	return EL2_PRIVATE + slot * PAGE_SIZE;
}

static void *open_slot(u32 slot, u64 descriptor, pa_t pa, u64 size)
{
	u64 *table = private_table + slot, first = pa.a & PAGE_MASK, offset = pa.a - first, i;

	/*
	 * The slot is closed: its entries are invalid, and no TLB keeps a translation that failed
	 * (Arm ARM D8.14), so there is nothing to be invalidated.
	 */
	for (i = 0; i * PAGE_SIZE < offset + size && i < PRIVATE_SLOT_PAGES; i++)
		WRITE_ONCE(table[i], (first + i * PAGE_SIZE) | descriptor);
	/* The walker sees the entries before the first access through them. */
	dsb(nshst);
	isb();
	return (void *)(slot_va(slot) + offset);
}

static void close_slot(u32 slot)
{
	u64 *table = private_table + slot;
	u32 pages, i;

	for (pages = 0; pages < PRIVATE_SLOT_PAGES && table[pages]; pages++)
		WRITE_ONCE(table[pages], 0);
	/* Before the invalidation, or the walker could bring entries back. The table is private. */
	dsb(nshst);
	for (i = 0; i < pages; i++)
		tlb_flush_own_page(slot_va(slot + i));
	/*
	 * The invalidation is complete before the slot is opened again; stray accesses fault now.
	 */
	dsb(nsh);
	isb();
}

const void *arch_guest_map_ro(pa_t pa, u64 size)
{
	return open_slot(PRIVATE_SLOT_READ, PAGE_RO, pa, size);
}

void *arch_guest_map_rw(pa_t pa, u64 size)
{
	return open_slot(PRIVATE_SLOT_WRITE, PAGE_RW, pa, size);
}

void *arch_map_uncached(pa_t pa)
{
	/*
	 * The guest of this CPU may have accessed the page as Device memory, and accesses of
	 * different types are not kept in order (Arm ARM B2.8).
	 */
	dsb(sy);
	return open_slot(PRIVATE_SLOT_UNCACHED, PAGE_UNCACHED, pa, PAGE_SIZE);
}

void arch_guest_unmap_ro(void)
{
	close_slot(PRIVATE_SLOT_READ);
}

void arch_guest_unmap_rw(void)
{
	close_slot(PRIVATE_SLOT_WRITE);
}

void arch_unmap_uncached(void)
{
	/* Stores are in memory before the guest is told anything, or executes on this CPU. */
	dsb(sy);
	close_slot(PRIVATE_SLOT_UNCACHED);
}
