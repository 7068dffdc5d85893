/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Copyright (c) The jh authors
 *
 * Another one, as RISC-V has it (Privileged Architecture, 18.5, Sv39x4): guests' addresses have
 * 41 bits, the first table is always one of 2,048 entries that takes 16 KiB, an entry holds the
 * page's number shifted by ten, and an entry without permissions points to a table. Interrupts are
 * sources of a platform controller, numbered downwards here.
 */
#ifndef ASM_GUEST_H
#define ASM_GUEST_H

#include <hv/addr.h>

#define ARCH_ADDRESS_BITS	41
#define ARCH_CELL_BITS		41

static inline u32 fake_irq_source(u32 irq)
{
	return 255 - irq;
}

static inline bool arch_pgtable_geometry(u32 bits, u32 *level, u32 *root_pages)
{
	if (bits < 32 || bits > ARCH_ADDRESS_BITS)
		return false;
	*level = 1;
	*root_pages = 4;
	return true;
}

#define PTE_V		(1UL << 0)
#define PTE_R		(1UL << 1)
#define PTE_W		(1UL << 2)
#define PTE_X		(1UL << 3)
#define PTE_RWX		(PTE_R | PTE_W | PTE_X)
#define PTE_USED	(0xdUL << 4)	/* U, A, D */
#define PTE_LEVEL_SHIFT	8		/* bits that are left to software */
#define PTE_PPN		0x003ffffffffffc00UL
#define PTE_PBMT_NC	(1UL << 61)
#define PTE_PBMT_IO	(2UL << 61)

static inline bool arch_pte_valid(u64 entry)
{
	return entry & PTE_V;
}

static inline bool arch_pte_is_table(u64 entry, u32 level)
{
	return level < 3 && entry & PTE_V && !(entry & PTE_RWX);
}

static inline pa_t arch_pte_address(u64 entry)
{
	return PA((entry & PTE_PPN) << 2);
}

static inline u64 arch_pte_table(pa_t table)
{
	return table.a >> 2 | PTE_V;
}

/* flags: MAP_* of hv/addr.h */
static inline u64 arch_pte_leaf(pa_t pa, u32 flags, u32 level)
{
	return pa.a >> 2 | PTE_V | PTE_USED | (u64)level << PTE_LEVEL_SHIFT |
	       (u64)(flags & (MAP_READ | MAP_WRITE | MAP_EXECUTE)) << 1 |
	       (flags & MAP_DEVICE ? PTE_PBMT_IO : 0) |
	       (flags & MAP_UNCACHED ? PTE_PBMT_NC : 0);
}

static inline u64 arch_pte_child(u64 block, u32 level)
{
	return (block & ~(3UL << PTE_LEVEL_SHIFT)) | (u64)level << PTE_LEVEL_SHIFT;
}

static inline u64 arch_pte_advance(u64 entry, u64 bytes)
{
	return entry + (bytes >> 2);
}

static inline u32 fake_pte_level(u64 entry)
{
	return entry >> PTE_LEVEL_SHIFT & 3;
}

static inline u32 fake_pte_flags(u64 entry)
{
	return (entry >> 1 & (MAP_READ | MAP_WRITE | MAP_EXECUTE)) |
	       (entry & PTE_PBMT_IO ? MAP_DEVICE : 0) | (entry & PTE_PBMT_NC ? MAP_UNCACHED : 0);
}

#endif
