// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (c) The jh authors
 *
 * Walkers and TLBs. A walked entry is used until it is invalidated, and CPUs may walk at any time.
 * So the fake notices a missing or early invalidation, a change from one valid entry to another,
 * and a table that is linked before it is filled.
 */
#include <string.h>

#include <hv/arch.h>
#include <hv/cell.h>
#include "coroutine.h"
#include "fake.h"

#define ENTRIES		64
#define WATCHED		16
#define BROKEN		64

struct entry {
	bool used;
	u32 id;
	u64 gpa;		/* of a page */
	struct fake_translation to;
	const u64 *tables[4];	/* on the way */
};

static struct entry tlbs[FAKE_CPUS][ENTRIES];
static u64 watched[WATCHED];
static u32 num_watched;
/* Entries of tables in use that became invalid, and await their TLB invalidation. */
static u64 *broken[BROKEN];
static u32 num_broken;

/* --- walks --- */

/* The entry that decides about an address, and its level. */
static u64 *slot_of(const struct pgtable *pt, u64 gpa, u32 *level, const u64 **tables)
{
	u64 *table = pt->root, *slot = &table[gpa / pgtable_block_size(pt->level)];

	*level = pt->level;
	for (;;) {
		if (tables)
			tables[*level] = table;
		if (!arch_pte_is_table(*slot, *level))
			return slot;
		table = pa_to_va(arch_pte_address(*slot));
		(*level)++;
		slot = &table[gpa / pgtable_block_size(*level) % PGTABLE_ENTRIES];
	}
}

static bool walk(const struct pgtable *pt, u64 gpa, struct fake_translation *to,
		 const u64 **tables)
{
	u64 entry;
	u32 level;

	if (gpa >> pt->bits)
		return false;
	entry = *slot_of(pt, gpa, &level, tables);
	if (!arch_pte_valid(entry))
		return false;
	if (fake_pte_level(entry) != level || level == 0)
		fake_fail("an entry for level %u at level %u, address %llx",
			  fake_pte_level(entry), level, gpa);
	if (arch_pte_address(entry).a % pgtable_block_size(level))
		fake_fail("the block of level %u at %llx is not aligned: %llx", level, gpa, entry);
	*to = (struct fake_translation){
		.pa = arch_pte_address(entry).a + gpa % pgtable_block_size(level),
		.flags = fake_pte_flags(entry), .level = level,
	};
	return true;
}

bool fake_walk(const struct pgtable *pt, u64 gpa, struct fake_translation *result)
{
	return walk(pt, gpa, result, NULL);
}

static struct entry *find(u32 cpu, u32 id, u64 page)
{
	u32 i;

	for (i = 0; i < ENTRIES; i++) {
		if (tlbs[cpu][i].used && tlbs[cpu][i].id == id && tlbs[cpu][i].gpa == page)
			return &tlbs[cpu][i];
	}
	return NULL;
}

bool fake_touch(u32 cpu, u64 gpa, struct fake_translation *result)
{
	const struct pgtable *pt = fake_cpus[cpu].pt;
	u64 page = gpa & PAGE_MASK;
	struct entry *e, new = { .used = true, .gpa = page };
	u32 i;

	if (!pt)
		return false;
	e = find(cpu, pt->id, page);
	if (!e) {
		if (!walk(pt, page, &new.to, new.tables))
			return false;
		new.id = pt->id;
		for (i = 0; i < ENTRIES && tlbs[cpu][i].used; i++)
			;
		e = &tlbs[cpu][i < ENTRIES ? i : fake_random(ENTRIES)];
		*e = new;
	}
	*result = e->to;
	result->pa += gpa - page;
	return true;
}

void fake_watch(u64 gpa)
{
	fake_check(num_watched < WATCHED);
	watched[num_watched++] = gpa;
}

static void speculate(void)
{
	struct fake_translation to;
	u32 cpu, i;

	for (cpu = 0; cpu < FAKE_CPUS; cpu++) {
		for (i = 0; i < num_watched && fake_cpus[cpu].pt; i++)
			fake_touch(cpu, watched[i], &to);
	}
}

/* --- stores into tables --- */

/* Which tables CPUs are walking, by page of the hypervisor's memory; renewed when links change. */
struct place {
	const struct pgtable *pt;	/* NULL: no table refers to this page */
	u64 base;
	u32 level;
};

static struct place places[FAKE_HV_PAGES];
static const struct pgtable *places_of[FAKE_CPUS];
static bool places_valid;

static struct place *place_of(const u64 *slot)
{
	u64 page = (u64)((const u8 *)slot - fake_hv_pool) / PAGE_SIZE;

	fake_check((const u8 *)slot >= fake_hv_pool && page < FAKE_HV_PAGES);
	return &places[page];
}

static void note_places(const struct pgtable *pt, u64 *table, u64 entries, u64 base, u32 level)
{
	u64 i;

	for (i = 0; i < entries; i += PGTABLE_ENTRIES)
		*place_of(table + i) = (struct place){
			pt, base + i * pgtable_block_size(level), level };
	for (i = 0; i < entries && level < PGTABLE_LEAF_LEVEL; i++) {
		if (arch_pte_is_table(table[i], level))
			note_places(pt, pa_to_va(arch_pte_address(table[i])), PGTABLE_ENTRIES,
				    base + i * pgtable_block_size(level), level + 1);
	}
}

static void renew_places(void)
{
	u32 cpu;

	for (cpu = 0; cpu < FAKE_CPUS; cpu++)
		places_valid &= places_of[cpu] == fake_cpus[cpu].pt;
	if (places_valid)
		return;
	memset(places, 0, sizeof(places));
	for (cpu = 0; cpu < FAKE_CPUS; cpu++) {
		const struct pgtable *pt = places_of[cpu] = fake_cpus[cpu].pt;

		if (pt && place_of(pt->root)->pt != pt)
			note_places(pt, pt->root, pt->root_pages * PGTABLE_ENTRIES, 0, pt->level);
	}
	places_valid = true;
}

static bool in_use(const u64 *slot)
{
	renew_places();
	return place_of(slot)->pt;
}

/* The address that a slot in use translates. */
static u64 address_of(const u64 *slot)
{
	const struct place *place = place_of(slot);

	return place->base + ((uintptr_t)slot % PAGE_SIZE / 8) * pgtable_block_size(place->level);
}

static bool is_broken(const u64 *slot)
{
	u32 i;

	for (i = 0; i < num_broken; i++) {
		if (broken[i] == slot)
			return true;
	}
	return false;
}

/* To a table, as no entry of the last level is. */
static bool is_pointer(u64 entry)
{
	return arch_pte_is_table(entry, 0);
}

void fake_store_entry(u64 *slot, u64 value)
{
	bool used = in_use(slot), was_valid = arch_pte_valid(*slot);

	speculate();
	if (is_pointer(value) &&
	    !fake_pool_published(pa_to_va(arch_pte_address(value))))
		fake_fail("a table is linked that walkers may see half filled");
	if (used && was_valid && arch_pte_valid(value) && *slot != value)
		fake_fail("valid entry %llx becomes %llx without a break", *slot, value);
	if (used && arch_pte_valid(value) && is_broken(slot))
		fake_fail("an entry is made before its break was flushed: %llx", value);
	if (is_pointer(value) || is_pointer(*slot))
		places_valid = false;
	*slot = value;
	pool_page_written(slot);
	if (used && was_valid && !arch_pte_valid(value)) {
		fake_check(num_broken < BROKEN);
		broken[num_broken++] = slot;
	}
	speculate();
}

/* --- invalidations --- */

static void drop(u32 cpu, u32 id, u64 start, u64 size)
{
	u32 i;

	for (i = 0; i < ENTRIES; i++) {
		struct entry *e = &tlbs[cpu][i];

		if (e->used && e->id == id && e->gpa >= start && e->gpa - start < size)
			e->used = false;
	}
}

void fake_tlb_flush(u32 cpu, u32 id)
{
	drop(cpu, id, 0, ~0UL);
}

void arch_pgtable_changed(const struct pgtable *pt, gpa_t start, u64 size)
{
	u32 cpu, i, kept = 0;
	u64 gpa;

	speculate();
	renew_places();
	for (cpu = 0; cpu < FAKE_CPUS; cpu++)
		drop(cpu, pt->id, start.a, size);
	for (i = 0; i < num_broken; i++) {
		gpa = address_of(broken[i]);
		if (place_of(broken[i])->pt != pt || gpa < start.a || gpa - start.a >= size)
			broken[kept++] = broken[i];
	}
	num_broken = kept;
	speculate();
}

void arch_pgtable_retired(const struct pgtable *pt)
{
	u32 cpu;

	for (cpu = 0; cpu < FAKE_CPUS; cpu++) {
		fake_check(fake_cpus[cpu].pt != pt);
		drop(cpu, pt->id, 0, ~0UL);
	}
}

void tlb_reset(void)
{
	memset(tlbs, 0, sizeof(tlbs));
	num_watched = 0;
	num_broken = 0;
	places_valid = false;
}

/* --- checks --- */

static const struct pgtable *table_of(u32 id)
{
	return cell_get(id) ? &cell_get(id)->pt : NULL;
}

static void check_entry(u32 cpu, const struct entry *e)
{
	const struct pgtable *pt = table_of(e->id);
	struct fake_translation now;

	if (!pt)
		fake_fail("CPU %u keeps translations of cell %u, which is gone", cpu, e->id);
	if (!fake_walk(pt, e->gpa, &now) || now.pa != e->to.pa || now.flags != e->to.flags)
		fake_fail("CPU %u keeps a stale translation of cell %u: %llx to %llx", cpu, e->id,
			  e->gpa, e->to.pa);
}

void fake_tlb_check(void)
{
	u32 cpu, i;

	if (num_broken)
		fake_fail("%u entries were broken and never flushed", num_broken);
	for (cpu = 0; cpu < FAKE_CPUS; cpu++) {
		for (i = 0; i < ENTRIES; i++) {
			if (tlbs[cpu][i].used)
				check_entry(cpu, &tlbs[cpu][i]);
		}
	}
}

void fake_tlb_page_freed(const void *page)
{
	u32 cpu, i, level;

	if (in_use(page))
		fake_fail("a table is freed that a CPU still walks");
	for (cpu = 0; cpu < FAKE_CPUS; cpu++) {
		for (i = 0; i < ENTRIES; i++) {
			const struct entry *e = &tlbs[cpu][i];

			for (level = 0; e->used && level < 4; level++) {
				if (e->tables[level] == page)
					fake_fail("a table is freed that CPU %u has cached", cpu);
			}
		}
	}
}
