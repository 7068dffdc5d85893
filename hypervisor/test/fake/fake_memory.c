// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (c) The jh authors
 *
 * Memory, twice: as accesses through caches see it, and as memory holds it. Guests start with their
 * caches off and see the second; only arch_clean_to_memory() updates it. A line that was not
 * written since it was fetched is not written back; it stays stale until it is invalidated. Guest
 * memory that arch_map_*() did not map is poisoned.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include <hv/arch.h>
#include <hv/atomic.h>
#include <hv/owner.h>
#include <hv/report.h>
#include <range.h>
#include "coroutine.h"
#include "fake.h"
#include "../asan.h"

#define LINE	64

/* One section with the report area, which comes first: the hypervisor's memory in a row. */
u8 fake_hv_config[FAKE_HV_CONFIG + FAKE_HV_PAGES * 4096] __section(".report") __aligned(PAGE_SIZE);

struct area {
	u64 pa;
	u64 size;
	u8 *cached;
	u8 *memory;
	u8 *fetched;	/* the lines' content when they were last fetched or written back */
	u8 *dirty;	/* a byte for each line: written, even if with the same content */
	u8 *touched;	/* a byte for each page: not all zeroes, perhaps */
	bool hv;	/* never poisoned */
};

static struct area areas[] = {
	{ .pa = FAKE_RAM, .size = FAKE_RAM_SIZE },
	{ .pa = FAKE_POOL0, .size = FAKE_POOL0_SIZE },
	{ .pa = FAKE_POOL1, .size = FAKE_POOL1_SIZE },
	{ .hv = true },
};

struct slot {
	u8 *at;
	u64 size;
	u8 *pages;	/* the first of those that are mapped */
	u64 lines;	/* in all of them */
	bool gone[ARCH_SLOT_PAGES * PAGE_SIZE / LINE];	/* invalidated since they were mapped */
};

static struct slot slots[FAKE_CPUS][2];
static bool uncached[FAKE_CPUS];
static bool unsynced[(FAKE_POOL0_SIZE + FAKE_POOL1_SIZE) / PAGE_SIZE];

static u8 *reserve(u64 size)
{
	u8 *p = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (p == MAP_FAILED)
		abort();
	return p;
}

static void find_hv_area(struct area *a)
{
	u8 *first = (u8 *)&report, *end = fake_hv_config + sizeof(fake_hv_config);

	if (fake_hv_config < first) {
		fprintf(stderr, "fake: report.o must be linked before fake_memory.o\n");
		abort();
	}
	a->pa = FAKE_HV;
	a->cached = first;
	a->size = (u64)(end - first);
}

static void touch(struct area *a, u64 at, u64 size)
{
	u64 page = at / PAGE_SIZE;

	if (size)
		memset(a->touched + page, 1, (at + size - 1) / PAGE_SIZE - page + 1);
}

__attribute__((no_sanitize("address"), noinline))
static void clear_words(u8 *at, u64 size)
{
	volatile u64 *word = (u64 *)at;
	u64 i;

	for (i = 0; i < size / 8; i++)
		word[i] = 0;
}

/* Quicker than to give the pages back to the system, which hands them out one by one again. */
static void page_reset(struct area *a, u64 at)
{
	u64 size = MIN(PAGE_SIZE, a->size - at);

	if (!a->hv)
		clear_words(a->cached + at, size);
	clear_words(a->memory + at, size);
	clear_words(a->fetched + at, size);
	memset(a->dirty + at / LINE, 0, size / LINE + 1);
}

static void area_reset(struct area *a)
{
	u64 page;

	if (!a->memory) {
		if (a->hv)
			find_hv_area(a);
		else
			a->cached = reserve(a->size);
		a->memory = reserve(a->size);
		a->fetched = reserve(a->size);
		a->dirty = reserve(a->size / LINE + 1);
		a->touched = reserve(a->size / PAGE_SIZE + 1);
		if (!a->hv)
			__asan_poison_memory_region(a->cached, a->size);
	}
	if (a->hv)
		memset(a->cached, 0, a->size);
	for (page = 0; page * PAGE_SIZE < a->size; page++) {
		if (a->touched[page])
			page_reset(a, page * PAGE_SIZE);
	}
	memset(a->touched, 0, a->size / PAGE_SIZE + 1);
}

static void slot_close(struct slot *s)
{
	if (s->at)
		__asan_poison_memory_region(s->at, s->size);
	s->at = NULL;
}

void memory_reset(void)
{
	u32 i;

	for (i = 0; i < FAKE_CPUS; i++) {
		slot_close(&slots[i][0]);
		slot_close(&slots[i][1]);
	}
	for (i = 0; i < ARRAY_SIZE(areas); i++)
		area_reset(&areas[i]);
	memset(unsynced, 0, sizeof(unsynced));
	memset(uncached, 0, sizeof(uncached));
	fake_before_clean = NULL;
}

static u8 zeroes[ARCH_SLOT_PAGES * 4096] __aligned(PAGE_SIZE);
static struct area hole = { .cached = zeroes, .memory = zeroes, .fetched = zeroes };

static struct area *hole_at(u64 pa, u64 size)
{
	fake_check(size <= sizeof(zeroes));
	__asan_unpoison_memory_region(zeroes, sizeof(zeroes));
	memset(zeroes, 0, sizeof(zeroes));
	hole.pa = pa;
	hole.size = size;
	return &hole;
}

/* Memory that root maps, shared with a cell or not. */
static bool is_roots(u64 pa, u64 size)
{
	return pgtable_is_mapped(&root_cell.pt, GPA(pa), size);
}

static struct area *area_of(u64 pa, u64 size)
{
	u32 i;

	for (i = 0; i < ARRAY_SIZE(areas); i++) {
		if (range_inside(pa, size, areas[i].pa, areas[i].size) &&
		    !(areas[i].hv && fake_options.holes && is_roots(pa, size))) {
			touch(&areas[i], pa - areas[i].pa, size);
			return &areas[i];
		}
	}
	if (fake_options.holes && is_roots(pa, size))
		return hole_at(pa, size);
	fake_fail("no memory at %llx (%llx bytes)", pa, size);
}

void *fake_va(u64 pa)
{
	struct area *hv = &areas[3];

	if (pa < hv->pa || pa - hv->pa >= hv->size)
		fake_fail("%llx is not the hypervisor's memory", pa);
	return hv->cached + (pa - hv->pa);
}

u64 fake_pa(const void *va)
{
	struct area *hv = &areas[3];

	if ((const u8 *)va < hv->cached || (const u8 *)va >= hv->cached + hv->size)
		fake_fail("%p is not in the hypervisor's memory", va);
	return hv->pa + (u64)((const u8 *)va - hv->cached);
}

/* --- slots --- */

void fake_memory_nothing_borrowed(void)
{
	if (fake_self < FAKE_CPUS &&
	    (slots[fake_self][0].at || slots[fake_self][1].at || uncached[fake_self]))
		fake_fail("CPU %u leaves the hypervisor with guest memory mapped", fake_self);
}

/*
 * Two slots may lie in the same granule of the sanitizer, and those of two CPUs in the same page:
 * open again what the others need.
 */
static void slots_reopen(void)
{
	u32 cpu, which;

	for (cpu = 0; cpu < FAKE_CPUS; cpu++) {
		for (which = 0; which < 2; which++) {
			const struct slot *s = &slots[cpu][which];

			if (s->at)
				__asan_unpoison_memory_region(s->at, s->size);
		}
	}
}

static void *slot_open(u32 which, u64 pa, u64 size)
{
	struct slot *s = &slots[fake_self][which];
	struct area *a = area_of(pa, size);

	fake_check(size && ALIGN_UP(pa % PAGE_SIZE + size, PAGE_SIZE) <=
		   ARCH_SLOT_PAGES * PAGE_SIZE);
	fake_check(!a->hv);
	if (s->at)
		fake_fail("guest memory is mapped at %llx while the last piece still is", pa);
	s->at = a->cached + (pa - a->pa);
	s->size = size;
	s->pages = s->at - pa % PAGE_SIZE;
	s->lines = ALIGN_UP(pa % PAGE_SIZE + size, PAGE_SIZE) / LINE;
	memset(s->gone, 0, sizeof(s->gone));
	slots_reopen();
	return s->at;
}

static bool *unsynced_of(u64 pa)
{
	if (pa >= FAKE_POOL0 && pa < FAKE_POOL0 + FAKE_POOL0_SIZE)
		return &unsynced[(pa - FAKE_POOL0) / PAGE_SIZE];
	if (pa >= FAKE_POOL1 && pa < FAKE_POOL1 + FAKE_POOL1_SIZE)
		return &unsynced[(FAKE_POOL0_SIZE + pa - FAKE_POOL1) / PAGE_SIZE];
	return NULL;
}

const void *arch_guest_map_ro(pa_t pa, u64 size)
{
	return slot_open(0, pa.a, size);
}

void *arch_guest_map_rw(pa_t pa, u64 size)
{
	u64 at;

	for (at = pa.a & PAGE_MASK; at < pa.a + size; at += PAGE_SIZE) {
		if (unsynced_of(at))
			*unsynced_of(at) = true;
	}
	return slot_open(1, pa.a, size);
}

static void slot_give_back(u32 which)
{
	struct slot *s = &slots[fake_self][which];

	fake_check(s->at);
	slot_close(s);
	slots_reopen();
}

void arch_guest_unmap_ro(void)
{
	slot_give_back(0);
}

/* A page that was written through a cache before must have been cleaned. */
void *arch_map_uncached(pa_t pa)
{
	struct area *a = area_of(pa.a, PAGE_SIZE);

	/* A walker that has read the address may be late: is the page still a table? */
	fake_preempt();
	fake_check(a->hv && pa.a % PAGE_SIZE == 0 && !uncached[fake_self]);
	fake_pool_check_used(fake_va(pa.a));
	if (fake_memory_is_dirty(pa.a, PAGE_SIZE))
		fake_fail("a cache holds what is accessed past it, at %llx", pa.a);
	uncached[fake_self] = true;
	return a->memory + (pa.a - a->pa);
}

void arch_unmap_uncached(void)
{
	fake_check(uncached[fake_self]);
	uncached[fake_self] = false;
}

/*
 * Any line of the pages may have been fetched beside those that were asked for, and a guest that
 * fills them with its caches off would find the old ones when it turns them on.
 */
void arch_guest_unmap_rw(void)
{
	const struct slot *s = &slots[fake_self][1];
	u64 i;

	for (i = 0; s->at && i < s->lines; i++) {
		if (!s->gone[i])
			fake_fail("line %llu of guest memory that was written stays in a cache", i);
	}
	slot_give_back(1);
}

void arch_sync_instructions(void)
{
	memset(unsynced, 0, sizeof(unsynced));
}

bool fake_memory_code_pending(u64 pa, u64 size)
{
	u64 at;

	for (at = pa; at < pa + size; at += PAGE_SIZE) {
		if (unsynced_of(at) && *unsynced_of(at))
			return true;
	}
	return false;
}

/* --- caches --- */

__attribute__((no_sanitize("address"), noinline))
static void copy_lines(volatile u8 *to, const volatile u8 *from, u64 size)
{
	while (size--)
		*to++ = *from++;
}

static struct area *area_seen_at(const u8 *at)
{
	u32 i;

	for (i = 0; i < ARRAY_SIZE(areas); i++) {
		if (at >= areas[i].cached && at < areas[i].cached + areas[i].size)
			return &areas[i];
	}
	fake_fail("%p is no memory", (const void *)at);
}

static void mark_dirty(struct area *a, u64 offset, u64 size)
{
	u64 first = offset / LINE;

	touch(a, offset, size);
	memset(a->dirty + first, 1, (offset + size - 1) / LINE - first + 1);
}

void arch_zero(void *address, u64 size)
{
	struct area *a = area_seen_at(address);

	fake_check(size && size % PAGE_SIZE == 0 && (uintptr_t)address % PAGE_SIZE == 0);
	memset(address, 0, size);
	mark_dirty(a, (u64)((u8 *)address - a->cached), size);
}

__attribute__((no_sanitize("address"), noinline))
static bool same(const volatile u8 *a, const volatile u8 *b, u64 size)
{
	while (size--) {
		if (*a++ != *b++)
			return false;
	}
	return true;
}

/* Lines are aligned in all three views. */
__attribute__((no_sanitize("address"), noinline))
static bool same_line(const u8 *a, const u8 *b)
{
	const u64 *x = (const u64 *)a, *y = (const u64 *)b;
	u32 i;

	for (i = 0; i < LINE / 8; i++) {
		if (x[i] != y[i])
			return false;
	}
	return true;
}

__attribute__((no_sanitize("address"), noinline))
static void copy_line(u8 *to, const u8 *from)
{
	volatile u64 *x = (u64 *)to;
	const u64 *y = (const u64 *)from;
	u32 i;

	for (i = 0; i < LINE / 8; i++)
		x[i] = y[i];
}

static bool is_dirty(const struct area *a, u64 line)
{
	return a->dirty[line] || !same_line(a->cached + line * LINE, a->fetched + line * LINE);
}

/* Writes the line back if it is dirty; the next access fetches it again. */
static void clean_line(struct area *a, u64 line)
{
	u64 at = line * LINE;

	if (is_dirty(a, line)) {
		touch(a, at, LINE);
		copy_line(a->memory + at, a->cached + at);
		copy_line(a->fetched + at, a->cached + at);
		a->dirty[line] = 0;
	} else if (!same_line(a->cached + at, a->memory + at)) {
		touch(a, at, LINE);
		copy_line(a->cached + at, a->memory + at);
		copy_line(a->fetched + at, a->memory + at);
	}
}

static void note_gone(const u8 *at)
{
	struct slot *s = fake_self < FAKE_CPUS ? &slots[fake_self][1] : NULL;

	if (s && s->at && at >= s->pages && at < s->pages + s->lines * LINE)
		s->gone[(u64)(at - s->pages) / LINE] = true;
}

void (*fake_before_clean)(void);

void arch_clean_to_memory(void *address, u64 size)
{
	struct area *a;
	u64 line, end;

	/* Where there is no memory a line can be gone, too. */
	a = (u64)((u8 *)address - zeroes) < sizeof(zeroes) ? &hole : area_seen_at(address);
	line = (u64)((u8 *)address - a->cached) / LINE;
	end = MIN((u64)((u8 *)address - a->cached) + size, a->size);
	if (fake_before_clean)
		fake_before_clean();
	for (; line * LINE < end; line++) {
		if (a != &hole)
			clean_line(a, line);
		note_gone(a->cached + line * LINE);
	}
}

__attribute__((no_sanitize("address"), noinline))
static bool all(const u8 *p, u64 size, u8 byte)
{
	u64 word = byte * 0x0101010101010101UL;

	for (; size >= 8; size -= 8, p += 8) {
		if (*(const u64 *)p != word)
			return false;
	}
	while (size--) {
		if (*p++ != byte)
			return false;
	}
	return true;
}

bool fake_memory_coherent(u64 pa, u64 size)
{
	struct area *a = area_of(pa, size);

	return same(a->cached + (pa - a->pa), a->memory + (pa - a->pa), size);
}

bool fake_memory_is_dirty(u64 pa, u64 size)
{
	struct area *a = area_of(pa, size);
	u64 line;

	for (line = (pa - a->pa) / LINE; line * LINE < pa - a->pa + size; line++) {
		if (is_dirty(a, line))
			return true;
	}
	return false;
}

bool fake_memory_is(u64 pa, u64 size, u8 byte)
{
	struct area *a = area_of(pa, size);

	return all(a->cached + (pa - a->pa), size, byte) &&
	       all(a->memory + (pa - a->pa), size, byte);
}

void *fake_memory_view(u64 pa)
{
	struct area *a = area_of(pa, 1);

	return a->memory + (pa - a->pa);
}

static void write_both(u64 pa, const void *data, u64 size)
{
	struct area *a = area_of(pa, size);
	u64 at = pa - a->pa;

	copy_lines(a->cached + at, data, size);
	copy_lines(a->memory + at, data, size);
	copy_lines(a->fetched + at, data, size);
}

void fake_memory_fill(u64 pa, u64 size, u8 byte)
{
	u8 *line = malloc(size);

	if (!line)
		abort();
	memset(line, byte, size);
	write_both(pa, line, size);
	free(line);
}

void fake_guest_dirties(u64 pa, u64 size, u8 byte)
{
	struct area *a = area_of(pa, size);
	u8 *line = malloc(size);

	if (!line)
		abort();
	memset(line, byte, size);
	copy_lines(a->cached + (pa - a->pa), line, size);
	mark_dirty(a, pa - a->pa, size);
	free(line);
}

void fake_guest_stores(u64 pa, u64 size, u8 byte)
{
	struct area *a = area_of(pa, size);

	memset(a->memory + (pa - a->pa), byte, size);
}

void fake_poke(u64 pa, const void *data, u64 size)
{
	write_both(pa, data, size);
}

void fake_peek(u64 pa, void *data, u64 size)
{
	struct area *a = area_of(pa, size);

	copy_lines(data, a->cached + (pa - a->pa), size);
}
