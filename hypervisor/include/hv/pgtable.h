/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Copyright (c) The jh authors
 *
 * Translation tables of guests (stage 2). A change is made in two steps: pgtable_prepare()
 * allocates every table that it will need and may fail; pgtable_map() and pgtable_unmap() then
 * store entries and cannot.
 *
 * Tables have 512 entries; level 3 maps pages, lower levels map blocks of 2 MiB and 1 GiB or
 * point to the next level. The first level may be several tables in a row.
 */
#ifndef HV_PGTABLE_H
#define HV_PGTABLE_H

#include <hv/addr.h>

#define PGTABLE_LEAF_LEVEL	3
#define PGTABLE_ENTRIES		512

/**
 * struct pgtable - one guest's address space
 * @root:	first table
 * @level:	its level, 0..2
 * @root_pages:	pages at @root, a power of two; it is aligned to as many
 * @bits:	size of the guest-physical address space
 * @id:		tag of its TLB entries (arm64: VMID)
 * @live:	a CPU may be walking it: a valid entry is made invalid before it is replaced
 */
struct pgtable {
	u64 *root;
	u32 level;
	u32 root_pages;
	u32 bits;
	u32 id;
	bool live;
};

/** pgtable_block_size() - bytes that an entry of @level maps */
static inline u64 pgtable_block_size(u32 level)
{
	return 1UL << (PAGE_SHIFT + 9 * (PGTABLE_LEAF_LEVEL - level));
}

/**
 * pgtable_init() - make an empty table for 2^@bits bytes
 *
 * Return: 0; -EINVAL if the architecture has no such table (arch_pgtable_geometry()); -ENOMEM.
 */
int pgtable_init(struct pgtable *pt, u32 bits, u32 id);

/** pgtable_free() - free all tables; no CPU may be using them any more */
void pgtable_free(struct pgtable *pt);

/**
 * pgtable_prepare() - make sure that [@start, @start + @size) can be mapped to @pa or unmapped
 * @smallest:	PAGE_SIZE if single pages of the range will change while the table is live; else 0,
 *		for the largest blocks that the alignment of both addresses allows
 *
 * Splits blocks that lie partly in the range.
 *
 * Return: 0; -EINVAL if the range is not made of whole pages or not inside of the address space;
 * -ENOMEM: tables that were allocated before stay and do no harm.
 */
int pgtable_prepare(struct pgtable *pt, gpa_t start, pa_t pa, u64 size, u64 smallest);

/** pgtable_map() - map a prepared range; @start and @pa as it was prepared, @flags: MAP_* */
void pgtable_map(struct pgtable *pt, gpa_t start, pa_t pa, u64 size, u32 flags);

/** pgtable_unmap() - unmap a prepared range */
void pgtable_unmap(struct pgtable *pt, gpa_t start, u64 size);

/** pgtable_is_mapped() - is every page of a range mapped? A valid range of at most 64 KiB */
bool pgtable_is_mapped(const struct pgtable *pt, gpa_t start, u64 size);

/**
 * pgtable_revoke() - make everything that a live table maps inaccessible, for all CPUs at once
 * @backup:	out: entries of the first table; it has pt->root_pages pages
 */
void pgtable_revoke(struct pgtable *pt, u64 *backup);

/** pgtable_restore() - undo pgtable_revoke(), once no CPU uses the table any more */
void pgtable_restore(struct pgtable *pt, const u64 *backup);

#endif
