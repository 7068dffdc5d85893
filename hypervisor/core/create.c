// SPDX-License-Identifier: GPL-2.0-only
/* Copyright (c) The jh authors */
#include <hv/atomic.h>
#include <hv/cpu.h>
#include <hv/create.h>
#include <hv/errno.h>
#include <hv/log.h>
#include <hv/owner.h>
#include <hv/pool.h>
#include <hv/report.h>
#include <config.h>
#include <refuse.h>
#include <string.h>

/* What a cell may print before somebody reads it: a power of two, behind the ring's header. */
#define CONSOLE_BYTES	8192
#define CONSOLE_PAGES	3

/* Guests get address spaces of 39 bits: the most that one table of level 1 serves. */
#define CELL_BITS	39

_Static_assert(sizeof(struct cell) <= PAGE_SIZE, "a cell takes one page");

static int refuse_no_memory(struct jh_error *error)
{
	return refuse_value(error, JH_ERR_HV_POOL, JH_OBJ_HYPERVISOR, 0, pool_size(), 0);
}

/* The configuration is read once, into memory that root cannot reach, and only then judged. */
static int copy_config(struct cell *cell, u64 pa, u64 length, struct jh_error *error)
{
	u64 pages = ALIGN_UP(length, PAGE_SIZE) / PAGE_SIZE;
	u64 done, piece;
	u8 *copy;
	int err;

	if (!length || length > JH_CONFIG_MAX_SIZE)
		return refuse_value(error, JH_ERR_FILE_SIZE, JH_OBJ_FILE, 0, length,
				    JH_CONFIG_MAX_SIZE);
	if (!owner_is_root(pa, length))
		return refuse_value(error, JH_ERR_FILE_MEMORY, JH_OBJ_FILE, 0, pa, length);
	copy = pool_alloc(pages);
	if (!copy)
		return refuse_no_memory(error);
	for (done = 0; done < length; done += piece) {
		piece = MIN(length - done, PAGE_SIZE - (pa + done) % PAGE_SIZE);
		memcpy(copy + done, arch_guest_map_ro(PA(pa + done), piece), piece);
		arch_guest_unmap_ro();
	}
	cell->config = copy;
	cell->config_pages = pages;
	err = config_check_frame(copy, length, JH_CONFIG_CELL, error);
	return err ? err : config_cell_check(copy, error);
}

static int find_slot(struct cell *cell, struct jh_error *error)
{
	const struct jh_config_cell *config = config_cell(cell->config);
	u32 id;
	int err;

	for (id = 0; id < JH_MAX_CELLS; id++) {
		if (cell_get(id) && !strncmp(report.cells[id].name, config->name, JH_NAME_LEN)) {
			err = refuse_other(error, id ? JH_ERR_NAME_TAKEN : JH_ERR_NAME_ROOT,
					   JH_OBJ_CELL, 0, JH_OBJ_CELL, 0);
			error->cell = id;
			return err;
		}
	}
	for (id = 1; id < JH_MAX_CELLS; id++) {
		if (!cell_get(id)) {
			cell->id = id;
			cell->report = &report.cells[id];
			cell->flags = config->flags;
			return 0;
		}
	}
	return refuse_value(error, JH_ERR_CELL_SPACE, JH_OBJ_CELL, 0, 0, JH_MAX_CELLS - 1);
}

/* While a cell exists root executes behind us alone: no CPU may be with it bare. */
static int check_root(struct jh_error *error)
{
	u64 left = root_cell.cpu_mask;
	u32 cpu;

	while (left) {
		cpu = cpu_mask_next(&left);
		if (load_acquire(&cpus[cpu].state) == CPU_UNMANAGED)
			return refuse_value(error, JH_ERR_CPU_HOTPLUG, JH_OBJ_CPU, 0, cpu, 0);
	}
	return 0;
}

/* @value, a CPU or an interrupt, belongs to @owner. */
static int refuse_taken(struct jh_error *error, u32 reason, u32 object, u32 index, u64 value,
			const struct cell *owner)
{
	int err = refuse_value(error, reason, object, index, value, 0);

	error->other_object = JH_OBJ_CELL;
	error->cell = owner->id;
	return err;
}

/*
 * The CPUs are claimed as by somebody who turns them on, so that root cannot start one while it
 * changes its owner; release_cpus() parks them again.
 */
static int claim_cpus(struct cell *cell, struct jh_error *error)
{
	const struct jh_config_cpu *list;
	u32 i, n;

	list = config_cpus(cell->config, &n);
	for (i = 0; i < n; i++) {
		struct cpu *cpu = &cpus[list[i].cpu];

		if (!cpu->cell)
			return refuse_value(error, JH_ERR_CPU_ABSENT, JH_OBJ_CPU, i, list[i].cpu,
					    0);
		if (cpu->cell != &root_cell)
			return refuse_taken(error, JH_ERR_CPU_TAKEN, JH_OBJ_CPU, i, list[i].cpu,
					    cpu->cell);
		if (!compare_exchange(&cpu->state, CPU_PARKED, CPU_STARTING))
			return refuse_value(error, JH_ERR_CPU_HOTPLUG, JH_OBJ_CPU, i, list[i].cpu,
					    0);
		cell->cpu_mask |= BIT(list[i].cpu);
	}
	return 0;
}

/* What a CPU of root has in flight it must let go of first, so this is not sure to succeed. */
static int claim_irqs(struct cell *cell, struct jh_error *error)
{
	const struct jh_config_irq *list;
	u64 holders;
	u32 i, n;

	list = config_irqs(cell->config, &n);
	for (i = 0; i < n; i++) {
		holders = arch_irq_claim(cell, list[i].intid, list[i].flags & JH_IRQ_EDGE);
		if (holders)
			return refuse_value(error, JH_ERR_IRQ_IN_FLIGHT, JH_OBJ_IRQ, i,
					    cpu_mask_next(&holders), 0);
	}
	return 0;
}

static void release_irqs(struct cell *cell)
{
	u32 i;

	for (i = 0; i < 32 * ARRAY_SIZE(cell->irqs); i++) {
		if (cell_owns_irq(cell, i))
			arch_irq_release(cell, i);
	}
}

static void release_cpus(u64 mask)
{
	while (mask)
		store_release(&cpus[cpu_mask_next(&mask)].state, CPU_PARKED);
}

static int check_irqs(struct cell *cell, struct jh_error *error)
{
	const struct jh_config_irq *list;
	struct cell *owner;
	u32 i, n, reason;

	list = config_irqs(cell->config, &n);
	for (i = 0; i < n; i++) {
		owner = owner_of_irq(list[i].intid);
		if (owner != &root_cell)
			return refuse_taken(error, JH_ERR_IRQ_TAKEN, JH_OBJ_IRQ, i, list[i].intid,
					    owner);
		reason = arch_irq_refusal(list[i].intid);
		if (reason)
			return refuse_value(error, reason, JH_OBJ_IRQ, i, list[i].intid, 0);
	}
	return 0;
}

/* The most that a pool could still give in one piece. */
static u64 largest_piece(const struct cell *cell)
{
	u64 size = 0, bit, pa;

	for (bit = 1UL << CELL_BITS; bit >= PAGE_SIZE; bit >>= 1) {
		if (!owner_find_ram(cell, size | bit, &pa))
			size |= bit;
	}
	return size;
}

static int check_memories(struct cell *cell, struct jh_error *error)
{
	const struct jh_config_memory *list;
	u64 pa;
	u32 i, n;
	int err;

	list = config_memories(cell->config, &n);
	for (i = 0; i < n; i++) {
		pa = list[i].phys;
		if (list[i].flags & JH_MEM_AUTO && owner_find_ram(cell, list[i].size, &pa))
			return refuse_value(error, JH_ERR_MEM_SPACE, JH_OBJ_MEMORY, i, list[i].size,
					    largest_piece(cell));
		err = owner_check_memory(cell, pa, list[i].size, list[i].flags, i, error);
		if (err)
			return err;
		cell->memories[cell->num_memories++] = (struct cell_memory){
			.pa = pa, .gpa = list[i].virt, .size = list[i].size,
			.flags = list[i].flags,
		};
	}
	return 0;
}

static u32 map_flags(u32 memory_flags)
{
	u32 flags = 0;

	if (memory_flags & JH_MEM_READ)
		flags |= MAP_READ;
	if (memory_flags & JH_MEM_WRITE)
		flags |= MAP_WRITE;
	if (memory_flags & JH_MEM_EXECUTE)
		flags |= MAP_EXECUTE;
	if (memory_flags & JH_MEM_IO)
		flags |= MAP_DEVICE;
	return flags;
}

/*
 * What a cell prints by hypercall. The pages stay, readable for root, with the cell's number: root
 * may be reading it while the cell goes away.
 */
static struct jh_ring *console_of(u32 id)
{
	static struct jh_ring *consoles[JH_MAX_CELLS];
	u64 pa;

	if (!consoles[id]) {
		consoles[id] = pool_alloc(CONSOLE_PAGES);
		if (!consoles[id])
			return NULL;
		pa = va_to_pa(consoles[id]).a;
		pgtable_map(&root_cell.pt, GPA(pa), PA(pa), CONSOLE_PAGES * PAGE_SIZE,
			    MAP_READ);
	}
	memset(consoles[id], 0, CONSOLE_PAGES * PAGE_SIZE);
	consoles[id]->size = CONSOLE_BYTES;
	return consoles[id];
}

/* From here on it is accessed past the caches, where its zeroes must not be written back later. */
static u64 comm_page(void)
{
	void *page = pool_alloc(1);

	if (!page)
		return 0;
	arch_clean_to_memory(page, PAGE_SIZE);
	return va_to_pa(page).a;
}

/* The cell's own table is filled before anybody walks it, so this belongs to the preparation. */
static int build_tables(struct cell *cell, struct jh_error *error)
{
	const struct jh_config_cell *config = config_cell(cell->config);
	u32 i;
	int err;

	cell->comm = comm_page();
	cell->console = cell->flags & JH_CELL_PUTC ? console_of(cell->id) : NULL;
	cell->revoked = cell_is_direct(cell) ? pool_alloc(1) : NULL;
	err = pgtable_init(&cell->pt, CELL_BITS, cell->id);
	if (err || !cell->comm || (cell_is_direct(cell) && !cell->revoked) ||
	    (cell->flags & JH_CELL_PUTC && !cell->console))
		goto nomem;
	for (i = 0; i < cell->num_memories; i++) {
		const struct cell_memory *m = &cell->memories[i];

		err = pgtable_prepare(&cell->pt, GPA(m->gpa), PA(m->pa), m->size, 0);
		if (err == -EINVAL)
			return refuse_value(error, JH_ERR_MEM_VIRT, JH_OBJ_MEMORY, i, m->gpa,
					    (1UL << CELL_BITS) - 1);
		if (err)
			goto nomem;
		pgtable_map(&cell->pt, GPA(m->gpa), PA(m->pa), m->size, map_flags(m->flags));
	}
	if (arch_cell_map(cell))
		goto nomem;
	err = pgtable_prepare(&cell->pt, GPA(config->comm_address), PA(cell->comm), PAGE_SIZE, 0);
	if (err)
		goto nomem;
	pgtable_map(&cell->pt, GPA(config->comm_address), PA(cell->comm), PAGE_SIZE,
		    MAP_READ | MAP_WRITE | MAP_UNCACHED);
	return 0;
nomem:
	return refuse_no_memory(error);
}

static void free_cell(struct cell *cell)
{
	if (exchange(&cell->is_revoked, 0))
		pgtable_restore(&cell->pt, cell->revoked);
	pgtable_free(&cell->pt);
	if (cell->revoked)
		pool_free(cell->revoked, 1);
	if (cell->comm)
		pool_free(pa_to_va(PA(cell->comm)), 1);
	if (cell->config)
		pool_free((void *)cell->config, cell->config_pages);
	pool_free(cell, 1);
}

static bool leaves_root(const struct cell_memory *memory)
{
	return memory->flags & JH_MEM_IO && !(memory->flags & JH_MEM_SHARED_ROOT);
}

/* From here on nothing fails: what was root's becomes the cell's. */
static void commit(struct cell *cell)
{
	u64 left = cell->cpu_mask;
	u32 i;

	cell_set(cell->id, cell);
	fetch_and(&root_cell.cpu_mask, ~cell->cpu_mask);
	root_cell.report->cpu_mask = root_cell.cpu_mask;
	while (left) {
		u32 cpu = cpu_mask_next(&left);

		cpus[cpu].cell = cell;
		report_cpu_moves(cpus[cpu].report, cell->id);
	}
	for (i = 0; i < cell->num_memories; i++) {
		struct cell_memory *m = &cell->memories[i];

		if (leaves_root(m))
			pgtable_unmap(&root_cell.pt, GPA(m->pa), m->size);
		else
			cell->report->memory_bytes += m->size;
	}
}

static void fill_report(struct cell *cell, u32 generation)
{
	struct jh_cell_report *r = cell->report;

	memset(r, 0, sizeof(*r));
	memcpy(r->name, config_cell(cell->config)->name, JH_NAME_LEN);
	r->cpu_mask = cell->cpu_mask;
	r->entry = config_cell(cell->config)->entry;
	r->generation = generation;
	if (cell->console)
		r->console_offset = report_offset(cell->console);
}

s64 create_cell(u64 config, u64 length, u32 generation, struct jh_error *error)
{
	struct cell *cell = pool_alloc(1);
	int err;

	if (!cell)
		return refuse_no_memory(error);
	err = copy_config(cell, config, length, error);
	if (!err)
		err = check_root(error);
	if (!err)
		err = find_slot(cell, error);
	if (!err)
		err = claim_cpus(cell, error);
	if (!err)
		err = check_irqs(cell, error);
	if (!err)
		err = check_memories(cell, error);
	if (!err)
		err = build_tables(cell, error);
	if (!err)
		err = arch_cell_init(cell, error);
	if (!err)
		err = claim_irqs(cell, error);
	if (err) {
		release_irqs(cell);
		release_cpus(cell->cpu_mask);
		free_cell(cell);
		return err;
	}
	fill_report(cell, generation);
	commit(cell);
	release_cpus(cell->cpu_mask);
	cell_set_state(cell, JH_CELL_CREATED);
	log_printf("cell %s: created, number %u\n", cell->report->name, cell->id);
	return cell->id;
}

void create_undo(struct cell *cell)
{
	u64 left = cell->cpu_mask;
	u32 i, id = cell->id;

	release_irqs(cell);
	for (i = 0; i < cell->num_memories; i++) {
		const struct cell_memory *m = &cell->memories[i];

		if (leaves_root(m))
			pgtable_map(&root_cell.pt, GPA(m->pa), PA(m->pa), m->size, ROOT_MAP_FLAGS);
	}
	while (left) {
		u32 cpu = cpu_mask_next(&left);

		cpus[cpu].cell = &root_cell;
		report_cpu_moves(cpus[cpu].report, CELL_ROOT);
		cpus[cpu].report->state = JH_CPUREP_PARKED;
	}
	fetch_or(&root_cell.cpu_mask, cell->cpu_mask);
	root_cell.report->cpu_mask = root_cell.cpu_mask;
	log_printf("cell %s: destroyed\n", cell->report->name);
	cell_set_state(cell, JH_CELL_NONE);
	cell_set(id, NULL);
	arch_pgtable_retired(&cell->pt);
	free_cell(cell);
}
