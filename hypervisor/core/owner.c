// SPDX-License-Identifier: GPL-2.0-only
/* Copyright (c) The jh authors */
#include <config.h>
#include <hv/errno.h>
#include <hv/owner.h>
#include <range.h>
#include <refuse.h>

#define BLOCK_SIZE	0x200000UL

/* Never a cell's: the hypervisor's memory, its console, and all units. */
struct reserved {
	u64 start;
	u64 size;
	u32 reason;
	u32 unit;	/* JH_ERROR_UNIT(), for an error */
	bool root;	/* root has it */
};

static struct reserved reserved[2 + JH_MAX_UNITS];
static u32 num_reserved;
static struct jh_boot_range pools[JH_MAX_POOLS];
static u32 num_pools;
static const void *config;	/* of the system */
static u64 highest;

static struct reserved *reserve(u64 start, u64 size, u32 reason)
{
	struct reserved *range = &reserved[num_reserved];

	*range = (struct reserved){ start, size, reason, 0, false };
	num_reserved += !!size;
	return range;
}

static void reserve_unit(const struct jh_config_unit *unit)
{
	struct reserved *range = reserve(unit->address, unit->size, JH_ERR_MEM_UNIT);

	range->unit = JH_ERROR_UNIT(unit->kind, unit->index);
	range->root = config_kind_flags(unit->kind) & JH_KIND_ROOT;
}

void owner_init(const struct jh_boot_info *info, const void *system_config)
{
	const struct jh_console *console = config_console(system_config);
	u32 i, num_units;
	const struct jh_config_unit *units = config_units(system_config, &num_units);

	config = system_config;
	num_reserved = 0;
	reserve(info->hv_address, info->hv_size, JH_ERR_MEM_HYPERVISOR);
	if (console)
		reserve(ALIGN_DOWN(console->address, PAGE_SIZE),
			ALIGN_UP((u64)console->size, PAGE_SIZE), JH_ERR_MEM_CONSOLE);
	for (i = 0; i < num_units; i++)
		reserve_unit(&units[i]);
	num_pools = MIN(info->num_pools, (u32)JH_MAX_POOLS);
	for (i = 0; i < num_pools; i++)
		pools[i] = info->pools[i];
	highest = info->max_address;
}

static const struct jh_boot_range *pool_touched(u64 pa, u64 size)
{
	u32 i;

	for (i = 0; i < num_pools; i++) {
		if (range_overlaps(pa, size, pools[i].address, pools[i].size))
			return &pools[i];
	}
	return NULL;
}

/* @root_too: what root has counts as well. */
static const struct reserved *reserved_touched(u64 pa, u64 size, bool root_too)
{
	u32 i;

	for (i = 0; i < num_reserved; i++) {
		if ((root_too || !reserved[i].root) &&
		    range_overlaps(pa, size, reserved[i].start, reserved[i].size))
			return &reserved[i];
	}
	return NULL;
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

/* Which cell but root has a part of the range, and which part? */
static const struct cell_memory *claim_touched(u64 pa, u64 size, const struct cell **claimant)
{
	const struct cell_memory *memory;
	u32 id;

	for (id = 1; id < JH_MAX_CELLS; id++) {
		const struct cell *cell = cell_get(id);

		memory = cell ? memory_touched(cell, pa, size) : NULL;
		if (memory) {
			*claimant = cell;
			return memory;
		}
	}
	return NULL;
}

bool owner_is_nobodys(u64 pa, u64 size)
{
	const struct cell *claimant;

	return range_valid(pa, size) && pa + (size - 1) <= highest &&
	       !reserved_touched(pa, size, false) && !pool_touched(pa, size) &&
	       !claim_touched(pa, size, &claimant);
}

bool owner_is_root(u64 pa, u64 size)
{
	/* A listed root must not reach unlisted memory through a hypercall. */
	return owner_is_nobodys(pa, size) && pgtable_is_mapped(&root_cell.pt, GPA(pa), size);
}

static int refuse_reserved(struct jh_error *error, u32 index, u64 pa,
			   const struct reserved *taken)
{
	int err = refuse_value(error, taken->reason, JH_OBJ_MEMORY, index, pa, 0);

	if (taken->reason == JH_ERR_MEM_UNIT) {
		error->other_object = JH_OBJ_UNIT;
		error->other_index = taken->unit;
	}
	return err;
}

static int refuse_memory_taken(struct jh_error *error, u32 index, u64 pa,
			       const struct cell_memory *memory, const struct cell *claimant)
{
	int err = refuse_other(error, JH_ERR_MEM_TAKEN, JH_OBJ_MEMORY, index, JH_OBJ_MEMORY,
			       (u32)(memory - claimant->memories));

	/* The cell that is being created is not in the table yet: one memory of it over another. */
	if (cell_get(claimant->id) == claimant)
		error->cell = claimant->id;
	error->value = pa;
	return err;
}

int owner_check_memory(const struct cell *cell, u64 pa, u64 size, u32 flags, u32 index,
		       struct jh_error *error)
{
	const struct reserved *taken = reserved_touched(pa, size, true);
	const struct jh_boot_range *pool = pool_touched(pa, size);
	const struct cell_memory *memory;
	const struct cell *claimant = cell;
	u32 reason = JH_ERR_NONE;

	if (taken)
		return refuse_reserved(error, index, pa, taken);
	memory = memory_touched(cell, pa, size);
	if (!memory)
		memory = claim_touched(pa, size, &claimant);
	if (memory)
		return refuse_memory_taken(error, index, pa, memory, claimant);
	if (flags & JH_MEM_SHARED_ROOT) {
		if (pool)
			reason = JH_ERR_MEM_SHARED_POOL;
	} else if (flags & JH_MEM_IO) {
		if (pool || !config_is_assignable(config, pa, size))
			reason = JH_ERR_MEM_ASSIGNABLE;
	} else if (!pool || !range_inside(pa, size, pool->address, pool->size)) {
		reason = JH_ERR_MEM_POOL;
	}
	return reason ? refuse_value(error, reason, JH_OBJ_MEMORY, index, pa, 0) : 0;
}

/* The end of what makes [pa, pa + size) impossible, 0 if nothing does. */
static u64 obstacle_end(const struct cell *cell, u64 pa, u64 size)
{
	const struct cell *claimant;
	const struct cell_memory *memory = memory_touched(cell, pa, size);

	if (!memory)
		memory = claim_touched(pa, size, &claimant);
	return memory ? memory->pa + memory->size : 0;
}

int owner_find_ram(const struct cell *cell, u64 size, u64 *pa)
{
	u64 align = size % BLOCK_SIZE ? PAGE_SIZE : BLOCK_SIZE;
	u64 start, end;
	u32 i;

	for (i = 0; i < num_pools; i++) {
		start = ALIGN_UP(pools[i].address, align);
		while (range_inside(start, size, pools[i].address, pools[i].size)) {
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
