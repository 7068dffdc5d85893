// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (c) The jh authors
 *
 * A cell's memory and its address space.
 */
#include <hv/atomic.h>
#include <hv/errno.h>
#include <hv/owner.h>
#include <hv/pool.h>
#include <hv/unit.h>
#include <config.h>
#include <refuse.h>

u64 cell_memory_piece(const struct cell_memory *m, u64 offset, u64 *pa)
{
	*pa = m->pa + offset;
	return m->size - offset;
}

/* The most that a pool could still give in one piece. */
static u64 largest_piece(const struct cell *cell)
{
	u64 size = 0, bit, pa;

	for (bit = 1UL << ARCH_CELL_BITS; bit >= PAGE_SIZE; bit >>= 1) {
		if (!owner_find_ram(cell, size | bit, &pa))
			size |= bit;
	}
	return size;
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

/* The cell's own table is filled before anybody walks it, so this belongs to the preparation. */
static int map_memory(struct cell *cell, const struct cell_memory *m, u32 index,
		      struct jh_error *error)
{
	u64 done, piece, pa;
	int err;

	for (done = 0; done < m->size; done += piece) {
		piece = cell_memory_piece(m, done, &pa);
		err = pgtable_prepare(&cell->pt, GPA(m->gpa + done), PA(pa), piece, 0);
		if (err == -EINVAL)
			return refuse_value(error, JH_ERR_MEM_VIRT, JH_OBJ_MEMORY, index, m->gpa,
					    (1UL << ARCH_CELL_BITS) - 1);
		if (err)
			return pool_refuse(error);
		pgtable_map(&cell->pt, GPA(m->gpa + done), PA(pa), piece, map_flags(m->flags));
	}
	return 0;
}

int cell_memory_add(struct cell *cell, const struct cell_memory *m, u32 index,
		    struct jh_error *error)
{
	int err = owner_check_memory(cell, m, index, error);

	if (!err)
		err = map_memory(cell, m, index, error);
	if (!err)
		cell->memories[cell->num_memories++] = *m;
	return err;
}

static int add_configured(struct cell *cell, const struct jh_config_memory *from, u32 index,
			  struct jh_error *error)
{
	struct cell_memory m = {
		.pa = from->phys, .gpa = from->virt, .size = from->size, .flags = from->flags,
	};

	if (m.flags & JH_MEM_AUTO && owner_find_ram(cell, m.size, &m.pa))
		return refuse_value(error, JH_ERR_MEM_SPACE, JH_OBJ_MEMORY, index, m.size,
				    largest_piece(cell));
	return cell_memory_add(cell, &m, index, error);
}

static int memory_prepare(struct cell *cell, struct jh_error *error)
{
	const struct jh_config_memory *list;
	u32 i, n;
	int err = 0;

	if (pgtable_init(&cell->pt, ARCH_CELL_BITS, cell->id))
		return pool_refuse(error);
	if (cell_is_direct(cell)) {
		cell->revoked = pool_alloc(cell->pt.root_pages);
		if (!cell->revoked)
			return pool_refuse(error);
	}
	list = config_memories(cell->config, &n);
	for (i = 0; i < n && !err; i++)
		err = add_configured(cell, &list[i], i, error);
	return err;
}

/* A range changes hands between root and the cell unless the cell's peer has it as well. */
static bool leaves_root(const struct cell *cell, const struct cell_memory *m)
{
	return m->flags & JH_MEM_IO && !owner_other_side(cell, m);
}

static void memory_commit(struct cell *cell)
{
	u64 done, piece, pa;
	u32 i;

	for (i = 0; i < cell->num_memories; i++) {
		const struct cell_memory *m = &cell->memories[i];

		if (!(m->flags & JH_MEM_IO))
			cell->report->memory_bytes += m->size;
		for (done = 0; leaves_root(cell, m) && done < m->size; done += piece) {
			piece = cell_memory_piece(m, done, &pa);
			pgtable_unmap(&root_cell.pt, GPA(pa), piece);
		}
	}
}

static void memory_reset(struct cell *cell)
{
	if (exchange(&cell->is_revoked, 0))
		pgtable_restore(&cell->pt, cell->revoked);
}

static void memory_revert(struct cell *cell)
{
	u64 done, piece, pa;
	u32 i;

	for (i = 0; i < cell->num_memories; i++) {
		const struct cell_memory *m = &cell->memories[i];

		for (done = 0; leaves_root(cell, m) && done < m->size; done += piece) {
			piece = cell_memory_piece(m, done, &pa);
			pgtable_map(&root_cell.pt, GPA(pa), PA(pa), piece, ROOT_MAP_FLAGS);
		}
	}
	arch_pgtable_retired(&cell->pt);
}

static void memory_release(struct cell *cell)
{
	memory_reset(cell);
	if (cell->revoked)
		pool_free(cell->revoked, cell->pt.root_pages);
	pgtable_free(&cell->pt);
	cell->revoked = NULL;
}

const struct unit unit_memory = {
	.cell_prepare = memory_prepare,
	.cell_commit = memory_commit,
	.cell_reset = memory_reset,
	.cell_revert = memory_revert,
	.cell_release = memory_release,
};
