/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Copyright (c) The jh authors
 *
 * The inline part of hv/arch.h for an architecture that exists in tests only. Its descriptors
 * differ from arm64's in every bit, so that core/ cannot lean on one encoding, and carry their
 * level, so that a walk notices one that was made for another.
 */
#ifndef ASM_CORE_H
#define ASM_CORE_H

#include <hv/addr.h>
#include <jh/image.h>

#define ARCH_CELL_BITS		39
#define ARCH_SLOT_PAGES		8
#define ROOT_MAP_FLAGS		0x7	/* MAP_READ | MAP_WRITE | MAP_EXECUTE */

struct arch_cell {
	u32 initialised;
	u32 starts;	/* lives whose beginning was looked at */
};

struct arch_cpu {
	u64 unused;
};

extern u32 fake_self;

struct cell;

void fake_relax(void);
struct cell *fake_this_cell(void);
u64 *fake_this_stats(void);
void *fake_va(u64 pa);
u64 fake_pa(const void *va);

static inline void *pa_to_va(pa_t pa)
{
	return fake_va(pa.a);
}

static inline pa_t va_to_pa(const void *va)
{
	return PA(fake_pa(va));
}

static inline void arch_relax(void)
{
	fake_relax();
}

static inline u32 this_cpu(void)
{
	return fake_self;
}

static inline struct cell *this_cell(void)
{
	return fake_this_cell();
}

static inline u64 *this_stats(void)
{
	return fake_this_stats();
}

/* The first level has one table for 39 bits, and up to 16 in a row beyond. */
static inline bool arch_pgtable_geometry(u32 bits, u32 *level, u32 *root_pages)
{
	if (bits < 32 || bits > 48)
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

#endif
