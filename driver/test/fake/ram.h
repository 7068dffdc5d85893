/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Copyright (c) The jh authors
 *
 * For memory.c: RAM, its pages, and the resources of /proc/iomem.
 */
#ifndef FAKE_RAM_H
#define FAKE_RAM_H

#include <linux/types.h>

#define FAKE_RAM		0x40000000ULL
#define FAKE_RAM_SIZE		0x2000000ULL
#define FAKE_DIRT		0xa5		/* each byte of RAM when a test begins */

struct resource {
	u64 start, end;			/* the last byte */
	unsigned long flags;
};

struct page {
	bool reserved;
	bool offline;
	bool taken;			/* by alloc_contig_range() */
	bool fixed;			/* can never be moved, though nothing says so */
	int zone;
};

#define IORES_DESC_NONE		0UL
#define IORESOURCE_MEM		4UL
#define IORESOURCE_SYSTEM_RAM	(IORESOURCE_MEM | 1UL)
#define IORESOURCE_BUSY		2UL
#define REGION_INTERSECTS	0
#define REGION_DISJOINT		1
#define REGION_MIXED		2
#define MEMREMAP_WB		1

extern u64 fake_ram_at;		/* FAKE_RAM, unless a test moves it until fake_ram_reset() */
extern u8 fake_ram[FAKE_RAM_SIZE];
extern struct page fake_pages[FAKE_RAM_SIZE / PAGE_SIZE];
extern struct resource fake_resources[40];
extern unsigned int fake_num_resources;
extern unsigned long fake_remap_flags;	/* of the last memremap() */
extern unsigned int fake_mapped;	/* memremap() without memunmap() */
extern unsigned int fake_contig_tries;
extern unsigned int fake_fail_remap;	/* the n-th memremap() from now on fails; 0: none */

void fake_ram_reset(void);

/** fake_ram_taken() - number of pages that were taken and not given back */
unsigned int fake_ram_taken(void);
unsigned int fake_ram_offline(void);

struct page *pfn_to_online_page(unsigned long pfn);
#define pfn_to_page(pfn)	pfn_to_online_page(pfn)
#define pfn_valid(pfn)		(pfn_to_online_page(pfn) != NULL)
#define PageReserved(page)	((page)->reserved)
#define __SetPageOffline(page)	((page)->offline = true)
#define __ClearPageOffline(page)	((page)->offline = false)
#define page_zone(page)		((page)->zone)
#define page_offline_begin()	do { } while (0)
#define page_offline_end()	do { } while (0)

int alloc_contig_range(unsigned long first, unsigned long end, int kind, gfp_t gfp);
void free_contig_range(unsigned long first, unsigned long count);
/** walk_iomem_res_desc() - calls @call for each resource that overlaps the range, cut to it */
int walk_iomem_res_desc(unsigned long desc, unsigned long flags, u64 start, u64 end, void *argument,
			int (*call)(struct resource *res, void *argument));
int region_intersects(u64 start, u64 size, unsigned long flags, unsigned long desc);
void *memremap(u64 address, size_t size, unsigned long flags);
void memunmap(void *address);

#endif
