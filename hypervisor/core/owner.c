// SPDX-License-Identifier: GPL-2.0-only
/* Copyright (c) The jh authors */
#include <config.h>
#include <hv/errno.h>
#include <hv/owner.h>
#include <refuse.h>

#define BLOCK_SIZE	0x200000UL

/* Never a cell's: the hypervisor's memory and the devices that it drives or filters. */
struct reserved {
	u64 start;
	u64 size;
	u32 reason;
};

/* From RES_GICD on in the order of enum config_gic_frame. */
enum { RES_MEMORY, RES_CONSOLE, RES_GICD, RES_GICR, RES_GICC, RES_GICH, RES_GICV, NUM_RESERVED };

static struct reserved reserved[NUM_RESERVED];
static struct jh_boot_range pools[JH_MAX_POOLS];
static u32 num_pools;
static const struct jh_config_window *windows;
static u32 num_windows;
static u64 highest;

void owner_init(const struct jh_boot_info *info, const void *config)
{
	const struct jh_config_system *system = config_system(config);
	const struct jh_console *console = config_console(config);
	u32 i;

	reserved[RES_MEMORY] = (struct reserved){ info->hv_address, info->hv_size,
						  JH_ERR_MEM_HYPERVISOR };
	if (console)
		reserved[RES_CONSOLE] = (struct reserved){ ALIGN_DOWN(console->address, PAGE_SIZE),
			ALIGN_UP((u64)console->size, PAGE_SIZE), JH_ERR_MEM_CONSOLE };
	reserved[RES_GICD] = (struct reserved){ system->gicd_base, system->gicd_size,
						JH_ERR_MEM_GIC };
	reserved[RES_GICR] = (struct reserved){ system->gicr_base, system->gicr_size,
						JH_ERR_MEM_GIC };
	reserved[RES_GICC] = (struct reserved){ system->gicc_base, system->gicc_size,
						JH_ERR_MEM_GIC };
	reserved[RES_GICH] = (struct reserved){ system->gich_base, system->gich_size,
						JH_ERR_MEM_GIC };
	reserved[RES_GICV] = (struct reserved){ system->gicv_base, system->gicv_size,
						JH_ERR_MEM_GIC };
	num_pools = MIN(info->num_pools, (u32)JH_MAX_POOLS);
	for (i = 0; i < num_pools; i++)
		pools[i] = info->pools[i];
	windows = config_windows(config, &num_windows);
	highest = info->max_address;
}

static const struct jh_boot_range *pool_touched(u64 pa, u64 size)
{
	u32 i;

	for (i = 0; i < num_pools; i++) {
		if (addr_overlap(pa, size, pools[i].address, pools[i].size))
			return &pools[i];
	}
	return NULL;
}

static const struct reserved *reserved_touched(u64 pa, u64 size)
{
	u32 i;

	for (i = 0; i < NUM_RESERVED; i++) {
		if (reserved[i].size && addr_overlap(pa, size, reserved[i].start, reserved[i].size))
			return &reserved[i];
	}
	return NULL;
}

/* Is all of the range covered by windows, which may lie side by side? */
static bool in_windows(u64 pa, u64 size)
{
	u64 at = pa;
	u32 i, rounds;

	for (rounds = 0; rounds < num_windows && at - pa < size; rounds++) {
		for (i = 0; i < num_windows; i++) {
			if (at - windows[i].address < windows[i].size)
				at = windows[i].address + windows[i].size;
		}
	}
	return at - pa >= size;
}

static const struct cell_memory *memory_touched(const struct cell *cell, u64 pa, u64 size)
{
	u32 i;

	for (i = 0; i < cell->num_memories; i++) {
		if (addr_overlap(pa, size, cell->memories[i].pa, cell->memories[i].size))
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

	return addr_range_valid(pa, size) && pa + (size - 1) <= highest &&
	       !reserved_touched(pa, size) && !pool_touched(pa, size) &&
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

	if (taken->reason == JH_ERR_MEM_GIC) {
		error->other_object = JH_OBJ_GIC;
		error->other_index = (u32)(taken - &reserved[RES_GICD]);
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
	const struct reserved *taken = reserved_touched(pa, size);
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
		if (pool || !in_windows(pa, size))
			reason = JH_ERR_MEM_WINDOW;
	} else if (!pool || !addr_inside(pa, size, pool->address, pool->size)) {
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
		while (addr_inside(start, size, pools[i].address, pools[i].size)) {
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
