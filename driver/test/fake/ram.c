// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (c) The jh authors
 */
#include <linux/types.h>
#include "ram.h"

#define FIRST_PFN	PHYS_PFN(fake_ram_at)

u64 fake_ram_at = FAKE_RAM;
u8 fake_ram[FAKE_RAM_SIZE];
struct page fake_pages[FAKE_RAM_SIZE / PAGE_SIZE];
struct resource fake_resources[40];
unsigned long fake_remap_flags;
unsigned int fake_num_resources, fake_mapped, fake_contig_tries, fake_fail_remap;

void fake_ram_reset(void)
{
	memset(fake_ram, FAKE_DIRT, sizeof(fake_ram));
	memset(fake_pages, 0, sizeof(fake_pages));
	fake_ram_at = FAKE_RAM;
	fake_resources[0] = (struct resource){ fake_ram_at, fake_ram_at + FAKE_RAM_SIZE - 1,
					       IORESOURCE_SYSTEM_RAM | IORESOURCE_BUSY };
	fake_num_resources = 1;
	fake_mapped = fake_contig_tries = fake_fail_remap = 0;
}

struct page *pfn_to_online_page(unsigned long pfn)
{
	return pfn >= FIRST_PFN && pfn - FIRST_PFN < ARRAY_SIZE(fake_pages) ?
	       &fake_pages[pfn - FIRST_PFN] : NULL;
}

unsigned int fake_ram_taken(void)
{
	unsigned int i, count = 0;

	for (i = 0; i < ARRAY_SIZE(fake_pages); i++)
		count += fake_pages[i].taken;
	return count;
}

unsigned int fake_ram_offline(void)
{
	unsigned int i, count = 0;

	for (i = 0; i < ARRAY_SIZE(fake_pages); i++)
		count += fake_pages[i].offline;
	return count;
}

int alloc_contig_range(unsigned long first, unsigned long end, int kind, gfp_t gfp)
{
	unsigned long pfn;

	(void)kind;
	(void)gfp;
	fake_contig_tries++;
	for (pfn = first; pfn < end; pfn++) {
		struct page *page = pfn_to_online_page(pfn);

		if (!page || page->reserved || page->taken || page->fixed)
			return -EBUSY;
	}
	for (pfn = first; pfn < end; pfn++)
		pfn_to_online_page(pfn)->taken = true;
	return 0;
}

void free_contig_range(unsigned long first, unsigned long count)
{
	for (; count--; first++)
		pfn_to_online_page(first)->taken = false;
}

int walk_iomem_res_desc(unsigned long desc, unsigned long flags, u64 start, u64 end, void *argument,
			int (*call)(struct resource *res, void *argument))
{
	unsigned int i;
	int code = 0;

	(void)desc;
	for (i = 0; !code && i < fake_num_resources; i++) {
		struct resource res = fake_resources[i];

		if ((res.flags & flags) != flags || res.end < start || res.start > end)
			continue;
		res.start = max(res.start, start);
		res.end = min(res.end, end);
		code = call(&res, argument);
	}
	return code;
}

int region_intersects(u64 start, u64 size, unsigned long flags, unsigned long desc)
{
	bool touched = false, other = false;
	u64 end = start + size - 1;
	unsigned int i;

	(void)desc;
	for (i = 0; i < fake_num_resources; i++) {
		const struct resource *res = &fake_resources[i];

		if (end < res->start || start > res->end)
			continue;
		if ((res->flags & flags) == flags)
			touched = true;
		else
			other = true;
	}
	if (!touched)
		return REGION_DISJOINT;
	return other ? REGION_MIXED : REGION_INTERSECTS;
}

void *memremap(u64 address, size_t size, unsigned long flags)
{
	fake_remap_flags = flags;
	if (fake_fail_remap && !--fake_fail_remap)
		return NULL;
	if (address < fake_ram_at || address - fake_ram_at > FAKE_RAM_SIZE ||
	    size > FAKE_RAM_SIZE - (address - fake_ram_at))
		return NULL;
	fake_mapped++;
	return fake_ram + (address - fake_ram_at);
}

void memunmap(void *address)
{
	fake_mapped -= address != NULL;
}
