// SPDX-License-Identifier: GPL-2.0-only
/* Copyright (c) The jh authors */
#include <hv/arch.h>
#include <hv/pool.h>
#include <refuse.h>

static u8 *base;
static u32 size, used;	/* pages */
static u64 bitmap[ARCH_MAX_PAGES / 64];

static bool is_used(u64 page)
{
	return bitmap[page / 64] >> (page % 64) & 1;
}

static void set_used(u64 first, u64 count, bool value)
{
	u64 page;

	for (page = first; page < first + count; page++) {
		if (value)
			bitmap[page / 64] |= BIT(page % 64);
		else
			bitmap[page / 64] &= ~BIT(page % 64);
	}
	used = (u32)(value ? used + count : used - count);
}

void pool_init(void *memory, u64 pages)
{
	u64 i;

	base = memory;
	size = (u32)MIN(pages, (u64)ARCH_MAX_PAGES);
	used = 0;
	for (i = 0; i < ARRAY_SIZE(bitmap); i++)
		bitmap[i] = 0;
}

void *pool_alloc_aligned(u64 pages, u64 align)
{
	u64 first_pfn = va_to_pa(base).a >> PAGE_SHIFT;
	u64 start = ALIGN_UP(first_pfn, align) - first_pfn;
	u64 run;

	if (!pages || pages > size)
		return NULL;
	while (start + pages <= size) {
		for (run = 0; run < pages && !is_used(start + run); run++)
			;
		if (run == pages) {
			set_used(start, pages, true);
			return base + start * PAGE_SIZE;
		}
		start = ALIGN_UP(first_pfn + start + run + 1, align) - first_pfn;
	}
	return NULL;
}

void *pool_alloc(u64 pages)
{
	return pool_alloc_aligned(pages, 1);
}

void pool_free(void *pages, u64 count)
{
	arch_zero(pages, count * PAGE_SIZE);
	set_used((u64)((u8 *)pages - base) / PAGE_SIZE, count, false);
}

int pool_refuse(struct jh_error *error)
{
	return refuse_value(error, JH_ERR_HV_POOL, JH_OBJ_HYPERVISOR, 0, size, 0);
}

u64 pool_size(void)
{
	return size;
}

u64 pool_used(void)
{
	return used;
}
