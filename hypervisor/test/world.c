// SPDX-License-Identifier: GPL-2.0-only
/* Copyright (c) The jh authors */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include <config.h>
#include <hv/cpu.h>
#include <hv/link.h>
#include <hv/mmio.h>
#include <hv/pool.h>
#include <hv/report.h>
#include <hv/unit.h>
#include <refuse.h>
#include <range.h>
#include "fake/coroutine.h"
#include "world.h"

/* --- calls --- */

#define SHARE_FORMAT	"/%llx/%llx/%llx/%x"

/* Devices 2 * n and 2 * n + 1 are the peer's name, behind a number, and the range. */
static int prepare_shares(struct cell *cell, struct jh_error *error)
{
	const struct jh_config_device *devices;
	struct cell_memory m;
	u32 i, n;
	int err = 0;

	devices = config_devices(cell->config, &n);
	for (i = 0; i + 1 < n && !err; i += 2) {
		memset(&m, 0, sizeof(m));
		m.peer = (u32)(devices[i].path + 3 - (const char *)cell->config);
		assert_int_equal(sscanf(devices[i + 1].path, SHARE_FORMAT, &m.pa, &m.gpa, &m.size,
					&m.flags), 4);
		err = cell_memory_add(cell, &m, 100 + i / 2, error);
	}
	return err;
}

void world_add_share(struct blob_parts *parts, const char *peer, u64 phys, u64 virt, u64 size,
		     u32 flags)
{
	struct jh_config_device *device = &parts->devices[parts->num_devices];

	snprintf(device[0].path, sizeof(device->path), "/%x/%s", parts->num_devices / 2, peer);
	snprintf(device[1].path, sizeof(device->path), SHARE_FORMAT, phys, virt, size, flags);
	parts->num_devices += 2;
}

bool world_is_whole(void)
{
	return &unit_uart;
}

void world_boot(const struct fake_options *options, u64 parked)
{
	u32 cpu;

	fake_unit_prepare = prepare_shares;
	assert_int_equal(fake_boot(options), 0);
	for (cpu = 0; cpu < options->cpus; cpu++) {
		if (parked >> cpu & 1)
			fake_park(cpu);
	}
	world_check();
}

void world_cell(struct blob_parts *parts, const char *name, u32 cpu)
{
	memset(parts, 0, sizeof(*parts));
	parts->kind = JH_CONFIG_CELL;
	parts->num_cells = parts->num_cpus = 1;
	parts->cell.comm_address = 0x80000000;
	strncpy(parts->cell.name, name, sizeof(parts->cell.name) - 1);
	parts->cpus[0].cpu = cpu;
	world_add_memory(parts, 0, 0, 0x10000, RAM_FLAGS | JH_MEM_AUTO);
}

void world_add_memory(struct blob_parts *parts, u64 phys, u64 virt, u64 size, u32 flags)
{
	parts->memories[parts->num_memories++] = (struct jh_config_memory){
		.phys = phys, .virt = virt, .size = size, .flags = flags,
	};
}

void world_add_irq(struct blob_parts *parts, u32 intid, u32 flags)
{
	parts->irqs[parts->num_irqs++] = (struct jh_config_irq){ .intid = intid, .flags = flags };
}

u32 world_put(u64 pa, const struct blob_parts *parts)
{
	u32 length;
	void *blob = blob_pack(parts, &length);

	fake_poke(pa, blob, length);
	free(blob);
	return length;
}

s64 world_create(const struct blob_parts *parts)
{
	u32 length = world_put(AT_CONFIG, parts);

	return fake_hypercall(0, JH_HC_CELL_CREATE, AT_CONFIG, length, 0, 0);
}

s64 world_call(u64 code, u64 cell)
{
	return fake_hypercall(0, code, cell, 0, 0, 0);
}

static s64 sweep(u64 code, u64 cell)
{
	s64 left, before = 0x7fffffff;

	for (;;) {
		left = world_call(code, cell);
		if (left <= 0)
			return left;
		/* Bounded work, and always some. */
		assert_true(left < before);
		assert_true(before == 0x7fffffff || before - left <= 256);
		before = left;
	}
}

s64 world_clean(u64 cell)
{
	return sweep(JH_HC_CELL_CLEAN, cell);
}

s64 world_load(u64 cell, u64 gpa, u64 size)
{
	s64 ret;

	(void)world_clean(cell);
	ret = fake_hypercall(0, JH_HC_CELL_WRITE, cell, gpa, AT_IMAGE, size);
	return ret ? ret : world_call(JH_HC_CELL_LOADED, cell);
}

s64 world_scrub(u64 cell)
{
	return sweep(JH_HC_CELL_SCRUB, cell);
}

s64 world_start(u64 cell)
{
	s64 err = world_clean(cell);

	return err ? err : world_call(JH_HC_CELL_START, cell);
}

s64 world_destroy(u64 cell)
{
	s64 err = world_call(JH_HC_CELL_STOP, cell);

	if (!err)
		err = world_scrub(cell);
	return err ? err : world_call(JH_HC_CELL_DESTROY, cell);
}

s64 world_run(const struct blob_parts *parts)
{
	s64 id = world_create(parts);

	assert_true(id > 0);
	assert_int_equal(world_load((u64)id, 0, 4096), 0);
	assert_int_equal(world_call(JH_HC_CELL_START, (u64)id), 0);
	return id;
}

void world_two_cpus(struct blob_parts *parts, u32 flags)
{
	world_cell(parts, "a", 3);
	parts->num_cpus = 2;
	parts->cpus[1].cpu = 2;
	parts->cell.flags = flags;
}

void world_run_two(u32 flags)
{
	struct blob_parts parts;

	world_boot(&fake_defaults, 0xc);
	world_two_cpus(&parts, flags);
	assert_int_equal(world_run(&parts), 1);
}

void world_refused(s64 ret, int expected, u32 reason, u32 object, u32 index)
{
	if (ret != expected || report.head.error.reason != reason)
		fail_msg("returned %lld for reason %u, expected %d for %u", ret,
			 report.head.error.reason, expected, reason);
	/* User space is told the errno that belongs to the reason. */
	if (ret != -refuse_errno(reason))
		fail_msg("reason %u: %lld instead of %d", reason, ret, -refuse_errno(reason));
	assert_int_equal(report.head.error.object, object);
	assert_int_equal(report.head.error.index, index);
}

struct jh_comm_region *world_comm(u64 cell)
{
	return fake_memory_view(cell_get(cell)->comm);
}

/* --- rules --- */

static void check_owners_of_cpus(void)
{
	u64 seen = root_cell.cpu_mask;
	u32 id, cpu;

	assert_int_equal(report.cells[0].cpu_mask, root_cell.cpu_mask);
	for (id = 1; id < JH_MAX_CELLS; id++) {
		const struct cell *cell = cell_get(id);

		assert_int_equal(report.cells[id].state, cell ? cell->state : JH_CELL_NONE);
		if (!cell)
			continue;
		assert_int_equal(seen & cell->cpu_mask, 0);
		assert_int_equal(report.cells[id].cpu_mask, cell->cpu_mask);
		seen |= cell->cpu_mask;
	}
	assert_int_equal(seen, fake_info.cpu_mask);
	for (cpu = 0; cpu < fake_options.cpus; cpu++) {
		const struct cell *cell = cpus[cpu].cell;

		assert_ptr_equal(cell, cell_get(cell->id));
		assert_true(cell->cpu_mask >> cpu & 1);
		assert_int_equal(report.cpus[cpu].cell, cell->id);
		/* It executes its owner's guest or none. */
		if (fake_cpus[cpu].mode == FAKE_GUEST)
			assert_ptr_equal(fake_cpus[cpu].cell, cell);
		else if (fake_cpus[cpu].pt)
			assert_ptr_equal(fake_cpus[cpu].pt, &root_cell.pt);
	}
}

static void check_owners_of_irqs(void)
{
	u32 intid, id;

	for (intid = 32; intid < FAKE_IRQS; intid++) {
		for (id = 1; id < JH_MAX_CELLS; id++) {
			const struct cell *cell = cell_get(id);

			if (cell && cell_owns_irq(cell, intid) != (fake_irq_owner(intid) == id))
				fail_msg("interrupt %u: cell %u", intid, id);
		}
		assert_non_null(cell_get(fake_irq_owner(intid)));
	}
}

static u32 expected_flags(u32 flags)
{
	return flags & (JH_MEM_READ | JH_MEM_WRITE | JH_MEM_EXECUTE) ?
		       (flags & (MAP_READ | MAP_WRITE | MAP_EXECUTE)) |
		       (flags & JH_MEM_IO ? MAP_DEVICE : 0) : 0;
}

static u64 count_pages(const u64 *table, u64 entries, u32 level)
{
	u64 i, pages = 0;

	for (i = 0; i < entries; i++) {
		if (arch_pte_is_table(table[i], level))
			pages += count_pages(pa_to_va(arch_pte_address(table[i])), PGTABLE_ENTRIES,
					     level + 1);
		else if (arch_pte_valid(table[i]))
			pages += pgtable_block_size(level) / PAGE_SIZE;
	}
	return pages;
}

static u64 total_pages(const struct cell *cell)
{
	u64 pages = 0;
	u32 m;

	for (m = 0; m < cell->num_memories; m++)
		pages += cell->memories[m].size / PAGE_SIZE;
	return pages;
}

static u64 root_entries(const struct cell *cell)
{
	return cell->pt.root_pages * PGTABLE_ENTRIES;
}

/* A cell sees its memory, its communication region, and nothing next to them. */
static void check_view(const struct cell *cell)
{
	u64 comm = config_cell(cell->config)->comm_address, i;
	struct fake_translation t;
	u32 m;

	if (cell->is_revoked) {
		assert_int_equal(count_pages(cell->pt.root, root_entries(cell), cell->pt.level), 0);
		return;
	}
	for (m = 0; m < cell->num_memories; m++) {
		const struct cell_memory *mem = &cell->memories[m];

		for (i = 0; i < mem->size; i += PAGE_SIZE) {
			assert_true(fake_walk(&cell->pt, mem->gpa + i, &t));
			assert_int_equal(t.pa, mem->pa + i);
			assert_int_equal(t.flags, expected_flags(mem->flags));
		}
	}
	assert_true(fake_walk(&cell->pt, comm, &t));
	assert_int_equal(t.pa, cell->comm);
	assert_int_equal(t.flags, MAP_READ | MAP_WRITE | MAP_UNCACHED);
	assert_int_equal(count_pages(cell->pt.root, root_entries(cell), cell->pt.level),
			 total_pages(cell) + 1);
}

/* Does some cell, but not root, own this page? */
static bool taken_from_root(u64 pa)
{
	u32 id, m;

	for (id = 1; id < JH_MAX_CELLS; id++) {
		const struct cell *cell = cell_get(id);

		for (m = 0; cell && m < cell->num_memories; m++) {
			const struct cell_memory *mem = &cell->memories[m];

			if (pa >= mem->pa && pa - mem->pa < mem->size &&
			    !(mem->flags & JH_MEM_SHARED_ROOT))
				return true;
		}
	}
	return false;
}

/* How root sees a page of a link that it has with a cell which does not die; 0: it is in none. */
static u32 flags_of_link(u64 pa)
{
	const struct jh_config_link *links;
	u32 id, i, n;

	for (id = 1; id < JH_MAX_CELLS; id++) {
		const struct cell *cell = cell_get(id);

		if (!cell || !cell->links || cell->state == JH_CELL_DYING)
			continue;
		links = config_links(cell->config, &n);
		for (i = 0; i < n; i++) {
			u64 at = pa - cell->links[i].table;
			u64 outputs = links[i].size - 2 * links[i].output;

			if (strcmp(links[i].peer, "root") || pa < cell->links[i].table ||
			    at >= links[i].size)
				continue;
			if (at < PAGE_SIZE)
				return MAP_READ;
			return at < outputs || (at - outputs) / links[i].output != links[i].side ?
				       MAP_READ | MAP_WRITE : MAP_READ;
		}
	}
	return 0;
}

static void expect_root(u64 from, u64 size, bool mapped)
{
	struct fake_translation t;
	u64 pa;

	for (pa = from; pa < from + size; pa += PAGE_SIZE) {
		bool found = fake_walk(&root_cell.pt, pa, &t);

		u32 flags = flags_of_link(pa);

		if (found != (flags || (mapped && !taken_from_root(pa))))
			fail_msg("root %s %llx", found ? "reaches" : "does not reach", pa);
		if (found && (t.pa != pa || t.flags != (flags ? flags : ROOT_MAP_FLAGS)))
			fail_msg("root maps %llx to %llx, flags %x", pa, t.pa, t.flags);
	}
}

static u64 end_of_ring(u64 pa)
{
	const struct jh_ring *ring = fake_va(pa);

	assert_int_equal(__builtin_popcount(ring->size), 1);
	assert_true(ring->size >= 1024 && ring->size <= 0x10000);
	return pa + ALIGN_UP(sizeof(*ring) + ring->size, PAGE_SIZE);
}

static void check_roots_view(void)
{
	struct fake_translation t;
	u64 pa, area = fake_pa(&report), hv_end = fake_info.hv_address + fake_info.hv_size;
	u64 ring_end = 0;

	expect_root(FAKE_RAM, FAKE_RAM_SIZE, true);
	expect_root(FAKE_DEVICE, PAGE_SIZE, true);
	expect_root(FAKE_DEVICE2, FAKE_DEVICE2_SIZE, true);
	expect_root(FAKE_POOL0, FAKE_POOL0_SIZE, false);
	expect_root(FAKE_POOL1, FAKE_POOL1_SIZE, false);
	expect_root(0x08000000, 0x10000, false);	/* distributor */
	for (pa = fake_info.hv_address; pa < hv_end; pa += PAGE_SIZE) {
		if (!fake_walk(&root_cell.pt, pa, &t))
			continue;
		/* The report area and consoles of cells, read-only. */
		assert_int_equal(t.flags, MAP_READ);
		if (pa >= area && pa < area + report.head.size)
			continue;
		assert_true(pa >= fake_pa(fake_hv_pool));
		if (pa >= ring_end)
			ring_end = end_of_ring(pa);
	}
}

static bool names(const struct cell *cell, const struct cell_memory *m, const struct cell *other)
{
	return m->peer && !strcmp((const char *)cell->config + m->peer,
				  config_cell(other->config)->name);
}

/* Two cells have it, and only so: each says that it shares the same range with the other. */
static bool declared(const struct cell *x, const struct cell_memory *m, const struct cell *y,
		     const struct cell_memory *n)
{
	return x != y && m->pa == n->pa && m->size == n->size && names(x, m, y) && names(y, n, x);
}

/* No page belongs to two cells that did not both declare it. */
static void check_owners_of_memory(void)
{
	u32 a, b, i, j;

	for (a = 1; a < JH_MAX_CELLS; a++) {
		const struct cell *x = cell_get(a), *y;

		for (i = 0; x && i < x->num_memories; i++) {
			for (b = a; b < JH_MAX_CELLS; b++) {
				y = cell_get(b);
				for (j = b == a ? i + 1 : 0; y && j < y->num_memories; j++)
					assert_true(declared(x, &x->memories[i], y,
							     &y->memories[j]) ||
						    !range_overlaps(x->memories[i].pa,
								    x->memories[i].size,
								    y->memories[j].pa,
								    y->memories[j].size));
			}
		}
	}
}

void world_check(void)
{
	u32 id;

	fake_tlb_check();
	check_owners_of_cpus();
	check_owners_of_irqs();
	check_owners_of_memory();
	check_roots_view();
	for (id = 1; id < JH_MAX_CELLS; id++) {
		if (cell_get(id))
			check_view(cell_get(id));
	}
	fake_pool_check_free();
}

/* --- before and after --- */

static struct {
	u64 used;
	u64 root_mask;
	u32 cells;
	u64 map[8];
} before;

/* Root's view of a few places, as one number each. */
static void sum_up(u64 *map)
{
	static const u64 places[][2] = {
		{ 0x08000000, 0x1000000 }, { FAKE_DEVICE, 0x200000 }, { FAKE_DEVICE2, 0x200000 },
		{ FAKE_POOL0, FAKE_POOL0_SIZE }, { FAKE_POOL1 - 0x200000, 0x400000 },
		{ FAKE_RAM, 0x200000 }, { 0x60000000, 0x100000 }, { 0, 0x100000 },
	};
	struct fake_translation t;
	u64 pa, sum;
	u32 i;

	for (i = 0; i < ARRAY_SIZE(places); i++) {
		sum = 0;
		for (pa = places[i][0]; pa < places[i][0] + places[i][1]; pa += PAGE_SIZE)
			sum = sum * 31 + (fake_walk(&root_cell.pt, pa, &t) ? t.pa + t.flags : 1);
		map[i] = sum;
	}
}

static u64 used_but_for_consoles(void)
{
	u64 consoles = 0, pa;
	struct fake_translation t;

	for (pa = fake_pa(fake_hv_pool); pa < fake_info.hv_address + fake_info.hv_size;
	     pa += PAGE_SIZE)
		consoles += fake_walk(&root_cell.pt, pa, &t);
	return pool_used() - consoles;
}

void world_remember(void)
{
	before.used = used_but_for_consoles();
	before.root_mask = root_cell.cpu_mask;
	before.cells = cell_count();
	sum_up(before.map);
}

void world_unchanged(void)
{
	u64 map[8];

	assert_int_equal(used_but_for_consoles(), before.used);
	assert_int_equal(root_cell.cpu_mask, before.root_mask);
	assert_int_equal(cell_count(), before.cells);
	sum_up(map);
	assert_memory_equal(map, before.map, sizeof(map));
	world_check();
}

void world_rich_cell(struct blob_parts *parts)
{
	world_cell(parts, "rich", 3);
	parts->cell.flags = JH_CELL_PUTC | JH_CELL_PUTC_ACTIVE;
	world_add_memory(parts, 0, 0x200000, 0x200000, RAM_FLAGS | JH_MEM_AUTO);
	world_add_memory(parts, FAKE_DEVICE, 0x10000000, PAGE_SIZE, IO_FLAGS);
	world_add_memory(parts, FAKE_RAM + 0x40000, 0x20000000, 0x2000,
			 JH_MEM_READ | JH_MEM_WRITE | JH_MEM_SHARED_ROOT);
	world_add_irq(parts, 40, 0);
	world_add_irq(parts, 41, JH_IRQ_EDGE);
}

static void do_fail(void *arg)
{
	struct jh_crash crash = { .cause = JH_CRASH_ACCESS, .cpu = this_cpu(), .pc = 0x77 };

	(void)arg;
	cell_fail(&crash);
}

void world_fail(u32 cpu)
{
	fake_post(cpu, do_fail, NULL);
	fake_run();
}

u64 world_access(u32 cpu, u64 address, u32 size, bool write, u64 value)
{
	const struct mmio_region *region;

	fake_self = cpu;
	region = mmio_find(address);
	assert_non_null(region);
	return region->access((struct mmio_access){ value, (u32)(address - region->start),
						    (u8)size, write }, region->context);
}
