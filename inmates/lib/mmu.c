// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Changes to the identity map that pagetable.S builds.
 *
 * Copyright (c) The jh authors
 */
#include <inmate/io.h>
#include <inmate/mmu.h>

#include "layout.h"

extern u64 pagetable_root[512];

static const u64 mmu_attributes[] = {
	[MMU_DEVICE] = PTE_DEVICE,
	[MMU_DATA] = PTE_DATA,
	[MMU_CODE] = PTE_CODE,
};

void mmu_set_block(u64 addr, enum mmu_type type)
{
	u64 *entry = &pagetable_root[addr >> 30 & 511];
	u64 base = addr & ~0x3fffffffUL;

	if ((*entry & PTE_TABLE) == PTE_TABLE) {
		entry = (u64 *)(*entry & 0xfffffffff000UL) + (addr >> 21 & 511);
		base = addr & ~0x1fffffUL;
	}
	/* Break before make: the type of a live entry must not change under a CPU. */
	WRITE_ONCE(*entry, 0);
	tlb_flush();
	WRITE_ONCE(*entry, base | mmu_attributes[type]);
	tlb_flush();
}
