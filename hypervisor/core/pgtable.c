// SPDX-License-Identifier: GPL-2.0-only
/* Copyright (c) The jh authors */
#include <hv/arch.h>
#include <hv/errno.h>
#include <hv/pgtable.h>
#include <hv/pool.h>

/* A change of a range of a guest's memory; the walks get its addresses and levels besides. */
struct change {
	struct pgtable *pt;
	u64 offset;	/* what to add to a guest-physical address for the physical one */
	u64 smallest;
	u32 flags;
	bool unmap;
};

static u64 *next_table(u64 entry)
{
	return pa_to_va(arch_pte_address(entry));
}

/* The entry for @gpa in the table, of level @level, that @entry points to. */
static u64 *slot_below(u64 entry, u64 gpa, u32 level)
{
	return next_table(entry) + (gpa / pgtable_block_size(level) & (PGTABLE_ENTRIES - 1));
}

static u64 *root_slot(const struct pgtable *pt, u64 gpa)
{
	return &pt->root[gpa / pgtable_block_size(pt->level)];
}

/* The end of the entry that translates @gpa, or @end if that comes first. */
static u64 next_entry(u64 gpa, u64 end, u64 block)
{
	return MIN((gpa | (block - 1)) + 1, end);
}

/*
 * The one place that changes a valid entry. Break-before-make (Arm ARM D8.16): a walker must never
 * see two different translations, so the entry is invalid for all CPUs before it is written anew.
 */
static inline void replace(struct pgtable *pt, u64 *slot, u64 entry, u64 gpa, u64 block)
{
	u64 old = *slot;

	if (old == entry)
		return;
	if (arch_pte_valid(old) && pt->live) {
		WRITE_ONCE(*slot, 0);
		arch_pgtable_changed(pt, GPA(gpa), block);
	}
	WRITE_ONCE(*slot, entry);
}

/*
 * Fill consecutive entries of a table that no walker uses. All of Linux waits for this loop at
 * enable: it is out of line so that it has enough registers, and stores two entries a round.
 */
static __noinline void fill_leaves(u64 *slot, const u64 *end, u64 entry, u64 step)
{
	u64 next;

	if ((end - slot) % 2) {
		*slot++ = entry;
		if (slot == end)
			return;
		entry = arch_pte_advance(entry, step);
	}
	do {
		next = arch_pte_advance(entry, step);
		slot[0] = entry;
		slot[1] = next;
		slot += 2;
		entry = arch_pte_advance(next, step);
	} while (slot != end);
}

/* Fill consecutive entries up to one that points to a table. Return: where it stopped. */
static __noinline u64 *fill_blocks(u64 *slot, const u64 *end, u64 entry, u64 step)
{
	do {
		WRITE_ONCE(*slot, entry);
		slot++;
		entry = arch_pte_advance(entry, step);
	} while (slot != end && !arch_pte_is_table(*slot, PGTABLE_LEAF_LEVEL - 1));
	return slot;
}

/* Replace a block, or an invalid entry, by a table that translates as before. */
static int split(struct change *c, u64 *slot, u64 gpa, u32 level)
{
	u64 block = pgtable_block_size(level), small = pgtable_block_size(level + 1);
	u64 *table = pool_alloc(1);

	if (!table)
		return -ENOMEM;
	if (arch_pte_valid(*slot))
		fill_leaves(table, table + PGTABLE_ENTRIES, arch_pte_child(*slot, level + 1),
			    small);
	/* The walker must find the table filled once it finds its address. */
	arch_pgtable_published();
	replace(c->pt, slot, arch_pte_table(va_to_pa(table)), gpa & ~(block - 1), block);
	return 0;
}

/* May a whole entry of this level be one block after the change? */
static bool block_fits(const struct change *c, u32 level)
{
	u64 block = pgtable_block_size(level);

	return level > 0 && !(c->smallest && c->smallest < block) && !(c->offset & (block - 1));
}

/*
 * Make the tables for [gpa, end), whose first byte @slot translates; one table holds all its
 * entries. Where blocks fit, only the entries at both ends can be partly covered. Those between are
 * or become blocks; a table that one of them points to already has only whole entries to change.
 */
static int prepare_level(struct change *c, u64 *slot, u64 gpa, u64 end, u32 level)
{
	u64 block = pgtable_block_size(level), next;
	bool fits = block_fits(c, level);
	int err;

	if (level == PGTABLE_LEAF_LEVEL)
		return 0;
	for (; gpa < end; gpa = next, slot++) {
		next = next_entry(gpa, end, block);
		if (fits && next - gpa == block) {
			next = end & ~(block - 1);
			slot += (next - gpa) / block - 1;
			continue;
		}
		err = arch_pte_is_table(*slot, level) ? 0 : split(c, slot, gpa, level);
		if (!err)
			err = prepare_level(c, slot_below(*slot, gpa, level + 1), gpa, next,
					    level + 1);
		if (err)
			return err;
	}
	return 0;
}

/* Store the entries of [gpa, end). prepare_level() has split any that is partly covered. */
static void commit_level(struct change *c, u64 *slot, u64 gpa, u64 end, u32 level)
{
	u64 block = pgtable_block_size(level), next, entry, step, *stop;

	for (; gpa < end; gpa = next, slot++) {
		next = next_entry(gpa, end, block);
		if (arch_pte_is_table(*slot, level)) {
			commit_level(c, slot_below(*slot, gpa, level + 1), gpa, next, level + 1);
			continue;
		}
		if (next - gpa < block)
			continue;
		entry = c->unmap ? 0 : arch_pte_leaf(PA(gpa + c->offset), c->flags, level);
		if (c->pt->live) {
			replace(c->pt, slot, entry, gpa, block);
			continue;
		}
		step = c->unmap ? 0 : block;
		stop = slot + (end - gpa) / block;
		if (level == PGTABLE_LEAF_LEVEL)
			fill_leaves(slot, stop, entry, step);
		else
			stop = fill_blocks(slot, stop, entry, step);
		next = gpa + (u64)(stop - slot) * block;
		slot = stop - 1;
	}
}

static u64 root_entries(const struct pgtable *pt)
{
	return (u64)pt->root_pages * PGTABLE_ENTRIES;
}

static bool range_ok(const struct pgtable *pt, u64 start, u64 size)
{
	u64 limit = 1UL << pt->bits;

	return size && !((start | size) & ~PAGE_MASK) && start < limit && size <= limit - start;
}

int pgtable_init(struct pgtable *pt, u32 bits, u32 id)
{
	if (!arch_pgtable_geometry(bits, &pt->level, &pt->root_pages))
		return -EINVAL;
	pt->bits = bits;
	pt->id = id;
	pt->live = false;
	pt->root = pool_alloc_aligned(pt->root_pages, pt->root_pages);
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
	if (!pt->root)
		return;
	free_level(pt->root, root_entries(pt), pt->level);
	pool_free(pt->root, pt->root_pages);
	pt->root = NULL;
}

int pgtable_prepare(struct pgtable *pt, gpa_t start, pa_t pa, u64 size, u64 smallest)
{
	struct change c = { .pt = pt, .offset = pa.a - start.a, .smallest = smallest };

	if (!range_ok(pt, start.a, size) || pa.a & ~PAGE_MASK)
		return -EINVAL;
	return prepare_level(&c, root_slot(pt, start.a), start.a, start.a + size, pt->level);
}

static void commit_range(struct change *c, u64 start, u64 size)
{
	if (!range_ok(c->pt, start, size))
		return;
	commit_level(c, root_slot(c->pt, start), start, start + size, c->pt->level);
	arch_pgtable_published();
}

void pgtable_map(struct pgtable *pt, gpa_t start, pa_t pa, u64 size, u32 flags)
{
	struct change c = { .pt = pt, .offset = pa.a - start.a, .flags = flags };

	commit_range(&c, start.a, size);
}

void pgtable_unmap(struct pgtable *pt, gpa_t start, u64 size)
{
	struct change c = { .pt = pt, .unmap = true };

	commit_range(&c, start.a, size);
}

/* The last entry of the walk for @gpa. */
static u64 walk(const struct pgtable *pt, u64 gpa)
{
	const u64 *slot = root_slot(pt, gpa);
	u32 level;

	for (level = pt->level; arch_pte_is_table(*slot, level);)
		slot = slot_below(*slot, gpa, ++level);
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
	u64 i;

	for (i = 0; i < root_entries(pt); i++) {
		backup[i] = pt->root[i];
		WRITE_ONCE(pt->root[i], 0);
	}
	arch_pgtable_changed(pt, GPA(0), 1UL << pt->bits);
}

void pgtable_restore(struct pgtable *pt, const u64 *backup)
{
	u64 i;

	for (i = 0; i < root_entries(pt); i++)
		WRITE_ONCE(pt->root[i], backup[i]);
	arch_pgtable_published();
}
