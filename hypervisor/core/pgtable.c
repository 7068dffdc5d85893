// SPDX-License-Identifier: GPL-2.0-only
/* Copyright (c) The jh authors */
#include <hv/arch.h>
#include <hv/errno.h>
#include <hv/pgtable.h>
#include <hv/pool.h>

/* What one pass over a range does; the walk below knows nothing but addresses and levels. */
struct change {
	struct pgtable *pt;
	u64 start;	/* guest-physical, inclusive */
	u64 end;	/* exclusive */
	u64 pa;		/* of start */
	u64 smallest;
	u32 flags;
	bool unmap;
};

static u64 *next_table(u64 entry)
{
	return pa_to_va(arch_pte_address(entry));
}

static u64 pa_at(const struct change *c, u64 gpa)
{
	return c->pa + (gpa - c->start);
}

/* May [base, base + block) be one entry after the change, or stay as it is? */
static bool block_fits(const struct change *c, u64 base, u64 block)
{
	if (c->smallest && c->smallest < block)
		return false;
	if (base < c->start || base + block > c->end)
		return false;
	return c->unmap || pa_at(c, base) % block == 0;
}

/*
 * The one place that changes a valid entry. Break-before-make (Arm ARM D8.16): a walker must never
 * see two different translations, so the entry is invalid for all CPUs before it is written anew.
 */
static void replace(struct pgtable *pt, u64 *slot, u64 entry, u64 gpa, u64 block)
{
	if (*slot == entry)
		return;
	if (pt->live && arch_pte_valid(*slot)) {
		WRITE_ONCE(*slot, 0);
		arch_pgtable_changed(pt, GPA(gpa), block);
	}
	WRITE_ONCE(*slot, entry);
}

/* A table in place of a block or of nothing, which translates as before. */
static int split(struct change *c, u64 *slot, u64 base, u32 level)
{
	u64 block = pgtable_block_size(level + 1);
	u64 *table = pool_alloc(1);
	u64 i;

	if (!table)
		return -ENOMEM;
	if (arch_pte_valid(*slot)) {
		for (i = 0; i < PGTABLE_ENTRIES; i++)
			table[i] = arch_pte_child(*slot, i * block, level + 1);
	}
	/* The walker must find the table filled once it finds its address. */
	arch_pgtable_published();
	replace(c->pt, slot, arch_pte_table(va_to_pa(table)), base, pgtable_block_size(level));
	return 0;
}

static int prepare_level(struct change *c, u64 *table, u64 entries, u64 table_base, u32 level)
{
	u64 block = pgtable_block_size(level);
	u64 from = (MAX(c->start, table_base) - table_base) / block;
	u64 i, base;
	int err;

	for (i = from; i < entries; i++) {
		base = table_base + i * block;
		if (base >= c->end)
			return 0;
		if (!arch_pte_is_table(table[i], level)) {
			if (level == PGTABLE_LEAF_LEVEL ||
			    (level > 0 && block_fits(c, base, block)))
				continue;
			err = split(c, &table[i], base, level);
			if (err)
				return err;
		}
		err = prepare_level(c, next_table(table[i]), PGTABLE_ENTRIES, base, level + 1);
		if (err)
			return err;
	}
	return 0;
}

static void commit_level(struct change *c, u64 *table, u64 entries, u64 table_base, u32 level)
{
	u64 block = pgtable_block_size(level);
	u64 from = (MAX(c->start, table_base) - table_base) / block;
	u64 i, base, entry;

	for (i = from; i < entries; i++) {
		base = table_base + i * block;
		if (base >= c->end)
			return;
		if (arch_pte_is_table(table[i], level)) {
			commit_level(c, next_table(table[i]), PGTABLE_ENTRIES, base, level + 1);
			continue;
		}
		if (base < c->start || base + block > c->end)
			continue;
		entry = c->unmap ? 0 : arch_pte_leaf(PA(pa_at(c, base)), c->flags, level);
		replace(c->pt, &table[i], entry, base, block);
	}
}

static u64 root_entries(const struct pgtable *pt)
{
	return 1UL << (pt->bits - PAGE_SHIFT - 9 * (PGTABLE_LEAF_LEVEL - pt->level));
}

static bool range_ok(const struct pgtable *pt, u64 start, u64 size)
{
	u64 limit = 1UL << pt->bits;

	return size && !((start | size) & ~PAGE_MASK) && start < limit && size <= limit - start;
}

int pgtable_init(struct pgtable *pt, u32 bits, u32 id)
{
	u64 pages;

	if (bits < 32 || bits > 48)
		return -EINVAL;
	/* Up to 16 tables may be concatenated (Arm ARM D8.2.2): level 1 serves up to 43 bits. */
	pt->level = bits > 43 ? 0 : 1;
	pt->bits = bits;
	pt->id = id;
	pt->live = false;
	pages = (root_entries(pt) + PGTABLE_ENTRIES - 1) / PGTABLE_ENTRIES;
	pt->root = pool_alloc_aligned(pages, pages);
	return pt->root ? 0 : -ENOMEM;
}

static void free_level(u64 *table, u64 entries, u32 level)
{
	u64 i;

	for (i = 0; i < entries; i++) {
		if (!arch_pte_is_table(table[i], level))
			continue;
		free_level(next_table(table[i]), PGTABLE_ENTRIES, level + 1);
		pool_free(next_table(table[i]), 1);
	}
}

void pgtable_free(struct pgtable *pt)
{
	u64 entries;

	if (!pt->root)
		return;
	entries = root_entries(pt);
	free_level(pt->root, entries, pt->level);
	pool_free(pt->root, (entries + PGTABLE_ENTRIES - 1) / PGTABLE_ENTRIES);
	pt->root = NULL;
}

int pgtable_prepare(struct pgtable *pt, gpa_t start, pa_t pa, u64 size, u64 smallest)
{
	struct change c = {
		.pt = pt, .start = start.a, .end = start.a + size, .pa = pa.a, .smallest = smallest,
	};

	if (!range_ok(pt, start.a, size) || pa.a & ~PAGE_MASK)
		return -EINVAL;
	return prepare_level(&c, pt->root, root_entries(pt), 0, pt->level);
}

void pgtable_map(struct pgtable *pt, gpa_t start, pa_t pa, u64 size, u32 flags)
{
	struct change c = {
		.pt = pt, .start = start.a, .end = start.a + size, .pa = pa.a, .flags = flags,
	};

	if (!range_ok(pt, start.a, size))
		return;
	commit_level(&c, pt->root, root_entries(pt), 0, pt->level);
	arch_pgtable_published();
}

void pgtable_unmap(struct pgtable *pt, gpa_t start, u64 size)
{
	struct change c = {
		.pt = pt, .start = start.a, .end = start.a + size, .unmap = true,
	};

	if (!range_ok(pt, start.a, size))
		return;
	commit_level(&c, pt->root, root_entries(pt), 0, pt->level);
	arch_pgtable_published();
}

/* The last entry of the walk for @gpa. */
static u64 walk(const struct pgtable *pt, u64 gpa)
{
	const u64 *slot = &pt->root[gpa / pgtable_block_size(pt->level)];
	u32 level;

	for (level = pt->level; arch_pte_is_table(*slot, level);) {
		level++;
		slot = next_table(*slot) + gpa / pgtable_block_size(level) % PGTABLE_ENTRIES;
	}
	return *slot;
}

bool pgtable_is_mapped(const struct pgtable *pt, gpa_t start, u64 size)
{
	u64 first = ALIGN_DOWN(start.a, PAGE_SIZE), gpa;

	if (!range_ok(pt, first, ALIGN_UP(start.a + size, PAGE_SIZE) - first))
		return false;
	for (gpa = first; gpa < start.a + size; gpa += PAGE_SIZE) {
		if (!arch_pte_valid(walk(pt, gpa)))
			return false;
	}
	return true;
}

void pgtable_revoke(struct pgtable *pt, u64 *backup)
{
	u32 i;

	for (i = 0; i < PGTABLE_ENTRIES; i++) {
		backup[i] = pt->root[i];
		WRITE_ONCE(pt->root[i], 0);
	}
	arch_pgtable_changed(pt, GPA(0), 1UL << pt->bits);
}

void pgtable_restore(struct pgtable *pt, const u64 *backup)
{
	u32 i;

	for (i = 0; i < PGTABLE_ENTRIES; i++)
		WRITE_ONCE(pt->root[i], backup[i]);
	arch_pgtable_published();
}
