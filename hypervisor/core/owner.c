// SPDX-License-Identifier: GPL-2.0-only
/* Copyright (c) The jh authors */
#include <config.h>
#include <hv/enable.h>
#include <hv/errno.h>
#include <hv/owner.h>
#include <jh/link.h>
#include <range.h>
#include <refuse.h>
#include <string.h>

#define BLOCK_SIZE	0x200000UL

static u64 console_start, console_size;	/* of the hypervisor's UART, by pages */

void owner_init(void)
{
	const struct jh_console *console = config_console(system_config);

	console_start = console ? ALIGN_DOWN(console->address, PAGE_SIZE) : 0;
	console_size = console ? ALIGN_UP(console->address + console->size, PAGE_SIZE) -
				 console_start : 0;
}

static const struct jh_boot_range *pool_touched(u64 pa, u64 size)
{
	u32 i;

	for (i = 0; i < system_info->num_pools && i < JH_MAX_POOLS; i++) {
		const struct jh_boot_range *pool = &system_info->pools[i];

		if (range_overlaps(pa, size, pool->address, pool->size))
			return pool;
	}
	return NULL;
}

/* The first unit that the range touches; @root_too: units that root keeps count as well. */
static const struct jh_config_unit *unit_touched(u64 pa, u64 size, bool root_too)
{
	u32 i, n;
	const struct jh_config_unit *units = config_units(system_config, &n);

	for (i = 0; i < n; i++) {
		if ((root_too || !(config_kind_flags(units[i].kind) & JH_KIND_ROOT)) &&
		    range_overlaps(pa, size, units[i].address, units[i].size))
			return &units[i];
	}
	return NULL;
}

/* Why neither root nor a cell can have the range: JH_ERR_*; 0 if the hypervisor does not use it. */
static u32 own_reason(u64 pa, u64 size)
{
	if (range_overlaps(pa, size, system_info->hv_address, system_info->hv_size))
		return JH_ERR_MEM_HYPERVISOR;
	return range_overlaps(pa, size, console_start, console_size) ? JH_ERR_MEM_CONSOLE : 0;
}

static const struct cell_memory *memory_touched(const struct cell *cell, u64 pa, u64 size)
{
	u32 i;

	for (i = 0; i < cell->num_memories; i++) {
		if (range_overlaps(pa, size, cell->memories[i].pa, cell->memories[i].size))
			return &cell->memories[i];
	}
	return NULL;
}

/* Is @other, which is not root, the one with which @cell declares to share @m? */
static bool is_peer(const struct cell *cell, const struct cell_memory *m, const struct cell *other)
{
	return m->peer && !strncmp((const char *)cell->config + m->peer,
				   config_cell(other->config)->name, JH_NAME_LEN);
}

/*
 * Do both sides declare the same range, each with the other's name? @b has it already. A dying cell
 * shares with nobody new: memory that it has wiped must stay wiped.
 */
static bool both_declare(const struct cell *a, const struct cell_memory *of_a, const struct cell *b,
			 const struct cell_memory *of_b)
{
	return is_peer(a, of_a, b) && b->state != JH_CELL_DYING && is_peer(b, of_b, a) &&
	       of_a->pa == of_b->pa && of_a->size == of_b->size;
}

/*
 * The memory, of a cell other than root, that @m of @cell would overlap, and that cell. A range
 * that both declare to share does not count. @cell may be NULL if @m has no peer.
 */
static const struct cell_memory *claim_touched(const struct cell *cell, const struct cell_memory *m,
					       const struct cell **claimant)
{
	const struct cell_memory *memory;
	u32 id;

	for (id = 1; id < JH_MAX_CELLS; id++) {
		const struct cell *other = cell_get(id);

		memory = other ? memory_touched(other, m->pa, m->size) : NULL;
		if (memory && !both_declare(cell, m, other, memory)) {
			*claimant = other;
			return memory;
		}
	}
	return NULL;
}

/* Memory of a link with root; not once the cell is dying, when root has lost its side. */
static bool shares_with_root(const struct cell *cell, const struct cell_memory *m)
{
	return m->peer && cell->state != JH_CELL_DYING &&
	       !strncmp((const char *)cell->config + m->peer, JH_LINK_ROOT, JH_NAME_LEN);
}

const struct cell *owner_other_side(const struct cell *cell, const struct cell_memory *m)
{
	u32 id;

	if (m->flags & JH_MEM_SHARED_ROOT || shares_with_root(cell, m))
		return &root_cell;
	for (id = 1; id < JH_MAX_CELLS && m->peer; id++) {
		const struct cell *other = cell_get(id);

		/* Only the peer can have claimed any of it. */
		if (other && other != cell && memory_touched(other, m->pa, m->size))
			return other;
	}
	return NULL;
}

bool owner_is_nobodys(u64 pa, u64 size)
{
	const struct cell_memory m = { .pa = pa, .size = size };
	const struct cell *claimant;

	return range_valid(pa, size) && pa + (size - 1) <= system_info->max_address &&
	       !own_reason(pa, size) && !unit_touched(pa, size, false) && !pool_touched(pa, size) &&
	       !claim_touched(NULL, &m, &claimant);
}

bool owner_is_root(u64 pa, u64 size)
{
	/* A listed root must not reach unlisted memory through a hypercall. */
	return owner_is_nobodys(pa, size) && pgtable_is_mapped(&root_cell.pt, GPA(pa), size);
}

static int refuse_unit(struct jh_error *error, u32 index, u64 pa, const struct jh_config_unit *unit)
{
	int err = refuse_other(error, JH_ERR_MEM_UNIT, JH_OBJ_MEMORY, index, JH_OBJ_UNIT,
			       JH_ERROR_UNIT(unit->kind, unit->index));

	error->value = pa;
	return err;
}

static int refuse_memory_taken(struct jh_error *error, u32 index, u64 pa,
			       const struct cell_memory *memory, const struct cell *claimant)
{
	int err = refuse_other(error, JH_ERR_MEM_TAKEN, JH_OBJ_MEMORY, index, JH_OBJ_MEMORY,
			       (u32)(memory - claimant->memories));

	/* A cell that is being created, whose own memories overlap, is not in the table yet. */
	if (cell_get(claimant->id) == claimant)
		error->cell = claimant->id;
	error->value = pa;
	return err;
}

int owner_check_memory(const struct cell *cell, const struct cell_memory *m, u32 index,
		       struct jh_error *error)
{
	u64 pa = m->pa, size = m->size;
	const struct jh_config_unit *unit = unit_touched(pa, size, true);
	const struct jh_boot_range *pool = pool_touched(pa, size);
	const struct cell_memory *memory;
	const struct cell *claimant = cell;
	u32 reason = own_reason(pa, size);

	if (reason)
		return refuse_value(error, reason, JH_OBJ_MEMORY, index, pa, 0);
	if (unit)
		return refuse_unit(error, index, pa, unit);
	memory = memory_touched(cell, pa, size);
	if (!memory)
		memory = claim_touched(cell, m, &claimant);
	if (memory)
		return refuse_memory_taken(error, index, pa, memory, claimant);
	if (m->flags & JH_MEM_SHARED_ROOT) {
		if (pool)
			reason = JH_ERR_MEM_SHARED_POOL;
	} else if (m->flags & JH_MEM_IO) {
		if (pool || !config_is_assignable(system_config, pa, size))
			reason = JH_ERR_MEM_ASSIGNABLE;
	} else if (!pool || !range_inside(pa, size, pool->address, pool->size)) {
		reason = JH_ERR_MEM_POOL;
	}
	return reason ? refuse_value(error, reason, JH_OBJ_MEMORY, index, pa, 0) : 0;
}

/* The end of a memory that overlaps [pa, pa + size); 0 if none does. */
static u64 obstacle_end(const struct cell *cell, u64 pa, u64 size)
{
	const struct cell_memory m = { .pa = pa, .size = size };
	const struct cell_memory *memory = memory_touched(cell, pa, size);
	const struct cell *claimant;

	if (!memory)
		memory = claim_touched(NULL, &m, &claimant);
	return memory ? memory->pa + memory->size : 0;
}

int owner_find_ram(const struct cell *cell, u64 size, u64 *pa)
{
	u64 align = size % BLOCK_SIZE ? PAGE_SIZE : BLOCK_SIZE;
	const struct jh_boot_range *pool;
	u64 start, end;
	u32 i;

	for (i = 0; i < system_info->num_pools && i < JH_MAX_POOLS; i++) {
		pool = &system_info->pools[i];
		start = ALIGN_UP(pool->address, align);
		while (range_inside(start, size, pool->address, pool->size)) {
			end = obstacle_end(cell, start, size);
			if (!end) {
				*pa = start;
				return 0;
			}
			start = ALIGN_UP(end, align);
		}
	}
	return -ENOMEM;
}

struct cell *owner_of_irq(u32 irq)
{
	u32 id;

	for (id = 1; id < JH_MAX_CELLS; id++) {
		struct cell *cell = cell_get(id);

		if (cell && cell_owns_irq(cell, irq))
			return cell;
	}
	return &root_cell;
}
