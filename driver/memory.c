// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (c) The jh authors
 *
 * Memory for the hypervisor and for cells: either taken from the running Linux, from the top of RAM
 * downwards, or at addresses that the device tree reserves. Linux keeps its linear mapping, but
 * stage 2 will hide the memory. The pages are marked PageOffline, so that /proc/kcore, hibernation
 * and crash dumps do not read them.
 */
#include "jh.h"
#include "compat.h"

#include <linux/gfp.h>
#include <linux/io.h>
#include <linux/ioport.h>
#include <linux/memory_hotplug.h>
#include <linux/mm.h>
#include <linux/page-flags.h>
#include <linux/sched/signal.h>
#include <linux/sizes.h>

#define BLOCK		SZ_2M		/* one block entry of stage 2 */
#define MAX_RANGES	32		/* of System RAM that are searched */
#define COARSE_STEPS	16		/* coarse steps per wanted size, before steps of a BLOCK */

struct ram {
	u64 start[MAX_RANGES];
	u64 end[MAX_RANGES];		/* first byte after it */
	unsigned int count;
};

/* Zeroes in small pieces, so that other tasks do not wait for long. */
static int clear(const struct jh_memory *memory)
{
	u64 done, piece;
	void *at;

	for (done = 0; done < memory->size; done += piece) {
		piece = min_t(u64, BLOCK, memory->size - done);
		at = memremap(memory->address + done, piece, MEMREMAP_WB);
		if (!at)
			return -ENOMEM;
		memset(at, 0, piece);
		jh_arch_clean(at, piece);
		memunmap(at);
		if (fatal_signal_pending(current))
			return -EINTR;
		cond_resched();
	}
	return 0;
}

/* Only whole pages of Linux are marked: the rest of a partial one has another user. */
static void mark_offline(struct jh_memory *memory, bool offline)
{
	unsigned long pfn = DIV_ROUND_UP(memory->address, PAGE_SIZE);
	unsigned long end = (memory->address + memory->size) / PAGE_SIZE;

	if (memory->offline == offline)
		return;
	memory->offline = offline;
	if (memory->count)
		end = memory->first_pfn + memory->count;
	page_offline_begin();
	for (; pfn < end; pfn++) {
		struct page *page = pfn_to_online_page(pfn);

		if (!page)
			continue;
		if (offline)
			__SetPageOffline(page);
		else
			__ClearPageOffline(page);
	}
	page_offline_end();
}

static int add_ram(struct resource *res, void *argument)
{
	struct ram *ram = argument;

	if (ram->count == MAX_RANGES)
		return 1;
	ram->start[ram->count] = res->start;
	ram->end[ram->count++] = res->end + 1;
	return 0;
}

/*
 * Finds the highest page of [pfn, end) that can never be moved, or that lies in another zone than
 * the first: no range that includes it can be allocated. Returns that page + 1, or pfn if there is
 * none.
 */
static unsigned long obstacle(unsigned long pfn, unsigned long end)
{
	struct page *first = pfn_to_online_page(pfn);
	unsigned long at;

	for (at = end; at > pfn; at--) {
		struct page *page = pfn_to_online_page(at - 1);

		if (!page || PageReserved(page))
			return at;
		if (first && page_zone(page) != page_zone(first))
			return at;
	}
	return pfn;
}

/*
 * The page below the hypervisor's memory is taken as a guard page: load_unaligned_zeropad() of
 * Linux reads up to seven bytes beyond the end of a page that it owns, and an abort of stage 2
 * would be fatal there.
 */
static bool take_at(struct jh_memory *memory, unsigned long pfn, unsigned long count)
{
	if (compat_alloc_contig(pfn - 1, pfn + count))
		return false;
	memory->first_pfn = pfn - 1;
	memory->count = count + 1;
	memory->address = PFN_PHYS(pfn);
	return true;
}

/* From the top of one range of RAM downwards. */
static bool take_from(struct jh_memory *memory, u64 start, u64 end, u64 step)
{
	unsigned long count = DIV_ROUND_UP(memory->size, PAGE_SIZE);
	u64 at = end;
	unsigned long blocked;

	while (at >= start + PAGE_SIZE + memory->size && !fatal_signal_pending(current)) {
		at = ALIGN_DOWN(at - memory->size, BLOCK);
		if (at < start + PAGE_SIZE)
			return false;
		blocked = obstacle(PHYS_PFN(at) - 1, PHYS_PFN(at) + count);
		if (blocked > PHYS_PFN(at) - 1) {
			at = PFN_PHYS(blocked - 1);
			continue;
		}
		if (take_at(memory, PHYS_PFN(at), count))
			return true;
		at += memory->size;
		at -= min(at, step);
		cond_resched();
	}
	return false;
}

/* A failed attempt is expensive, so large steps come first. All taken memory is below @limit. */
static bool take_anywhere(struct jh_memory *memory, u64 limit)
{
	u64 coarse = max_t(u64, BLOCK, ALIGN(memory->size / COARSE_STEPS, BLOCK));
	struct ram ram = { .count = 0 };
	u64 step;
	int i;

	walk_iomem_res_desc(IORES_DESC_NONE, IORESOURCE_SYSTEM_RAM | IORESOURCE_BUSY, 0, -1, &ram,
			    add_ram);
	for (step = coarse; step; step = step > BLOCK ? BLOCK : 0)
		for (i = ram.count - 1; i >= 0; i--)
			if (take_from(memory, ram.start[i], min(ram.end[i], limit), step))
				return true;
	return false;
}

enum verdict { FREE, IN_USE, NOT_RAM, MAPPED };

/* Memory that Linux does not have (mem= on its command line) must be RAM in the device tree. */
static enum verdict judge_hidden(u64 address, u64 size)
{
	if (region_intersects(address, size, 0, IORES_DESC_NONE) != REGION_DISJOINT)
		return NOT_RAM;
	return jh_devtree_is_memory(address, size) ? FREE : NOT_RAM;
}

static bool all_reserved(u64 address, u64 size)
{
	unsigned long pfn;

	for (pfn = PHYS_PFN(address); pfn <= PHYS_PFN(address + size - 1); pfn++)
		if (!pfn_valid(pfn) || !PageReserved(pfn_to_page(pfn)))
			return false;
	return true;
}

/*
 * Where Linux maps the page before the range it may read a few bytes of the range: see take_at().
 * It does not use a page before the range that is part of the same reservation.
 */
static bool is_out_of_reach(u64 address, u64 size)
{
	return jh_devtree_is_unmapped(address, size) ||
	       !jh_devtree_is_memory(address - PAGE_SIZE, PAGE_SIZE) ||
	       !jh_devtree_reserved(address - PAGE_SIZE, PAGE_SIZE + size);
}

/* PageReserved alone does not suffice: Linux' own image and page tables have it, too. */
static enum verdict judge_fixed(u64 address, u64 size)
{
	int reserved = jh_devtree_reserved(address, size);

	if (reserved == -EBUSY)
		return IN_USE;
	if (reserved == 0 && jh_devtree_is_memory(address, size))
		return !all_reserved(address, size) ? IN_USE :
		       is_out_of_reach(address, size) ? FREE : MAPPED;
	if (reserved == 0)
		return NOT_RAM;
	if (region_intersects(address, size, IORESOURCE_SYSTEM_RAM, IORES_DESC_NONE) !=
	    REGION_DISJOINT)
		return IN_USE;
	return judge_hidden(address, size);
}

/** jh_memory_is_linux() - does Linux use any of the range as RAM, or may one of its drivers? */
bool jh_memory_is_linux(u64 address, u64 size)
{
	return judge_fixed(address, size) == IN_USE;
}

static int take_fixed(struct jh_memory *memory, u32 object, u32 index, struct jh_error *err)
{
	bool hv = object == JH_OBJ_HYPERVISOR;

	switch (judge_fixed(memory->address, memory->size)) {
	case IN_USE:
		return refuse_value(err, hv ? JH_ERR_HV_NOT_RESERVED : JH_ERR_POOL_NOT_FREE,
				    object, index, memory->address, memory->size);
	case NOT_RAM:
		return refuse_value(err, hv ? JH_ERR_HV_NOT_RAM : JH_ERR_POOL_NOT_RAM,
				    object, index, memory->address, memory->size);
	case MAPPED:
		return refuse_value(err, JH_ERR_MAPPED, object, index, memory->address,
				    memory->size);
	case FREE:
		break;
	}
	return 0;
}

static int take_somewhere(struct jh_memory *memory, u32 object, u32 index, struct jh_error *err)
{
	if (!COMPAT_CAN_TAKE_MEMORY)
		return refuse(err, JH_ERR_POOL_FIXED, object, index);
	/* EL2 maps one page of the hypervisor's memory at its physical address. */
	if (take_anywhere(memory, object == JH_OBJ_HYPERVISOR ? BOOTTABLE_HV_LIMIT : U64_MAX))
		return 0;
	return fatal_signal_pending(current) ? -EINTR :
	       refuse_value(err, JH_ERR_POOL_SPACE, object, index, memory->size, 0);
}

static int take(struct jh_memory *memory, u64 address, u64 size, u32 object, u32 index,
		struct jh_error *err)
{
	int code;

	*memory = (struct jh_memory) { .address = address, .size = size };
	if (address)
		code = take_fixed(memory, object, index, err);
	else
		code = take_somewhere(memory, object, index, err);
	if (!code)
		code = clear(memory);
	if (!code)
		mark_offline(memory, true);
	return code;
}

static void memory_give_back(struct jh_memory *memory)
{
	mark_offline(memory, false);
	if (memory->count)
		compat_free_contig(memory->first_pfn, memory->count);
	memory->count = 0;
}

/**
 * jh_memory_take() - take all memory that the configuration asks for, and zero it
 * @system: config is set; hv, pools and num_pools are set here
 *
 * Return: 0, or a negative errno and nothing is taken.
 */
int jh_memory_take(struct jh_system *system, struct jh_error *err)
{
	const struct jh_config_system *config = config_system(system->config);
	u32 i, count;
	const struct jh_config_pool *pools = config_pools(system->config, &count);
	int code;

	code = take(&system->hv, config->hv_address, config->hv_size, JH_OBJ_HYPERVISOR, 0, err);
	for (i = 0; !code && i < count; i++) {
		system->num_pools = i + 1;
		code = take(&system->pools[i], pools[i].address, pools[i].size, JH_OBJ_POOL, i,
			    err);
	}
	if (code)
		jh_memory_give_back(system);
	return code;
}

/** jh_memory_give_back() - return everything to Linux; stage 2 must be gone */
void jh_memory_give_back(struct jh_system *system)
{
	u32 i;

	for (i = 0; i < system->num_pools; i++)
		memory_give_back(&system->pools[i]);
	system->num_pools = 0;
	memory_give_back(&system->hv);
}
