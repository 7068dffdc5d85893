// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (c) The jh authors
 *
 * Between core and its pool: allocations fail on demand, and a page's writes are tracked until
 * walkers of other CPUs see them.
 */
#include <string.h>

#include <hv/arch.h>
#include <hv/pool.h>
#include "coroutine.h"
#include "fake.h"

void *__real_pool_alloc(u64 pages);
void *__real_pool_alloc_aligned(u64 pages, u64 align);
void __real_pool_free(void *pages, u64 count);
void *__wrap_pool_alloc(u64 pages);
void *__wrap_pool_alloc_aligned(u64 pages, u64 align);
void __wrap_pool_free(void *pages, u64 count);

enum { FREE, FRESH, PUBLISHED };

static u8 page_state[FAKE_HV_PAGES];
static u8 published[FAKE_HV_PAGES][PAGE_SIZE];
static bool any_fresh;
static u32 fail_nth;
static bool failed;

/* The page that an address lies in. */
static u64 page_number(const void *page)
{
	u64 n = (u64)((const u8 *)page - fake_hv_pool) / PAGE_SIZE;

	fake_check((const u8 *)page >= fake_hv_pool && n < FAKE_HV_PAGES);
	return n;
}

void pool_reset(void)
{
	memset(page_state, FREE, sizeof(page_state));
	fake_pool_fail(0);
}

void fake_pool_fail(u32 nth)
{
	fail_nth = nth;
	failed = false;
}

bool fake_pool_failed(void)
{
	return failed;
}

static bool fails_now(void)
{
	if (!fail_nth || --fail_nth)
		return false;
	failed = true;
	return true;
}

static bool is_zero(const u8 *p, u64 size)
{
	return !*p && !memcmp(p, p + 1, size - 1);
}

static void *note(void *pages, u64 count)
{
	u64 n = pages ? page_number(pages) : 0, i;

	if (!pages)
		return NULL;
	fake_check(is_zero(pages, count * PAGE_SIZE));
	for (i = n; i < n + count; i++) {
		fake_check(page_state[i] == FREE);
		page_state[i] = FRESH;
	}
	any_fresh = true;
	return pages;
}

void *__wrap_pool_alloc(u64 pages)
{
	return fails_now() ? NULL : note(__real_pool_alloc(pages), pages);
}

void *__wrap_pool_alloc_aligned(u64 pages, u64 align)
{
	void *p = fails_now() ? NULL : note(__real_pool_alloc_aligned(pages, align), pages);

	fake_check(!p || (fake_pa(p) / PAGE_SIZE) % align == 0);
	return p;
}

void __wrap_pool_free(void *pages, u64 count)
{
	u64 n = page_number(pages), i;

	for (i = 0; i < count; i++) {
		fake_check(n + i < FAKE_HV_PAGES && page_state[n + i] != FREE);
		fake_tlb_page_freed((u8 *)pages + i * PAGE_SIZE);
		page_state[n + i] = FREE;
	}
	__real_pool_free(pages, count);
	fake_check(is_zero(pages, count * PAGE_SIZE));
}

void fake_pool_check_free(void)
{
	u32 n;

	for (n = 0; n < FAKE_HV_PAGES; n++)
		fake_check(page_state[n] != FREE ||
			   is_zero(fake_hv_pool + n * PAGE_SIZE, PAGE_SIZE));
}

void fake_pool_check_used(const void *page)
{
	fake_check(page_state[page_number(page)] != FREE);
}

void pool_page_written(const void *at)
{
	page_state[page_number(at)] = FRESH;
	any_fresh = true;
}

void arch_pgtable_published(void)
{
	u32 i;

	for (i = 0; i < FAKE_HV_PAGES && any_fresh; i++) {
		if (page_state[i] != FRESH)
			continue;
		memcpy(published[i], fake_hv_pool + i * PAGE_SIZE, PAGE_SIZE);
		page_state[i] = PUBLISHED;
	}
	any_fresh = false;
}

bool fake_pool_published(const void *page)
{
	u64 n = page_number(page);

	return page_state[n] == PUBLISHED && !memcmp(published[n], page, PAGE_SIZE);
}
