/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Copyright (c) The jh authors
 *
 * An architecture that exists in tests only. Its descriptors differ from arm64's in every bit, so
 * that core/ cannot depend on one encoding. They carry their level, so that a walk notices one made
 * for another level.
 */
#ifndef ASM_GUEST_H
#define ASM_GUEST_H

#include <hv/addr.h>

#define ARCH_ADDRESS_BITS	48
#define ARCH_CELL_BITS		39

/** fake_irq_source() - the input of the interrupt controller that an interrupt is */
static inline u32 fake_irq_source(u32 irq)
{
	return irq;
}

/* The first level has one table for 39 bits, and up to 16 in a row beyond. */
static inline bool arch_pgtable_geometry(u32 bits, u32 *level, u32 *root_pages)
{
	if (bits < 32 || bits > ARCH_ADDRESS_BITS)
		return false;
	*level = bits > 43 ? 0 : 1;
	*root_pages = *level && bits > 39 ? 1U << (bits - 39) : 1;
	return true;
}

#define FAKE_PTE_VALID		(1UL << 63)
#define FAKE_PTE_TABLE		(1UL << 62)
#define FAKE_PTE_FLAGS_SHIFT	52
#define FAKE_PTE_LEVEL		0x3UL
#define FAKE_PTE_ADDRESS	0x0000fffffffff000UL

static inline bool arch_pte_valid(u64 entry)
{
	return entry & FAKE_PTE_VALID;
}

static inline bool arch_pte_is_table(u64 entry, u32 level)
{
	return level < 3 && entry & FAKE_PTE_VALID && entry & FAKE_PTE_TABLE;
}

static inline pa_t arch_pte_address(u64 entry)
{
	return PA(entry & FAKE_PTE_ADDRESS);
}

static inline u64 arch_pte_table(pa_t table)
{
	return table.a | FAKE_PTE_VALID | FAKE_PTE_TABLE;
}

static inline u64 arch_pte_leaf(pa_t pa, u32 flags, u32 level)
{
	return pa.a | FAKE_PTE_VALID | (u64)flags << FAKE_PTE_FLAGS_SHIFT | level;
}

static inline u64 arch_pte_child(u64 block, u32 level)
{
	return (block & ~FAKE_PTE_LEVEL) | level;
}

static inline u64 arch_pte_advance(u64 entry, u64 bytes)
{
	return entry + bytes;
}

/** fake_pte_level() - the level that an entry was made for */
static inline u32 fake_pte_level(u64 entry)
{
	return entry & FAKE_PTE_LEVEL;
}

/** fake_pte_flags() - MAP_* of a leaf */
static inline u32 fake_pte_flags(u64 entry)
{
	return entry >> FAKE_PTE_FLAGS_SHIFT & 0x1f;
}

#endif
