// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (c) The jh authors
 *
 * The communication region, a page that a cell and the hypervisor both write to (jh/comm.h).
 */
#include <hv/comm.h>
#include <hv/errno.h>
#include <hv/pool.h>
#include <hv/unit.h>
#include <config.h>
#include <string.h>

static int comm_prepare(struct cell *cell, struct jh_error *error)
{
	void *page = pool_alloc(1);

	if (!page)
		return pool_refuse(error);
	/* The page is accessed past the caches: its zeroes must not be written back later. */
	arch_clean_to_memory(page, PAGE_SIZE);
	cell->comm = va_to_pa(page).a;
	return 0;
}

static int comm_map(struct cell *cell)
{
	u64 address;
	int err;

	if (cell->id == CELL_ROOT)
		return 0;
	address = config_cell(cell->config)->comm_address;
	err = pgtable_prepare(&cell->pt, GPA(address), PA(cell->comm), PAGE_SIZE, 0);
	if (!err)
		pgtable_map(&cell->pt, GPA(address), PA(cell->comm), PAGE_SIZE,
			    MAP_READ | MAP_WRITE | MAP_UNCACHED);
	return err;
}

static void comm_reset(struct cell *cell)
{
	const struct jh_config_cell *config = config_cell(cell->config);
	const struct jh_console *console = config_console(cell->config);
	struct jh_comm_region *comm = arch_map_uncached(PA(cell->comm));

	memset(comm, 0, JH_COMM_SIZE);
	memcpy(comm->signature, JH_COMM_SIGNATURE, sizeof(comm->signature));
	comm->revision = JH_COMM_REVISION;
	if (cell->flags & JH_CELL_PUTC)
		comm->flags |= JH_COMM_PUTC_PERMITTED;
	if (cell->flags & JH_CELL_PUTC_ACTIVE)
		comm->flags |= JH_COMM_PUTC_ACTIVE;
	if (console)
		comm->console = *console;
	/* To the guest's driver a virtual UART is a UART like any other. */
	comm->console.flags &= (__u16)~JH_CONSOLE_VIRTUAL;
	comm->vpci_irq_base = config->vpci_irq_base;
	arch_comm_fill(comm);
	arch_unmap_uncached();
}

static void comm_release(struct cell *cell)
{
	if (cell->comm)
		pool_free(pa_to_va(PA(cell->comm)), 1);
	cell->comm = 0;
}

u32 comm_state(const struct cell *cell)
{
	const struct jh_comm_region *comm = arch_map_uncached(PA(cell->comm));
	u32 state = comm->cell_state;

	arch_unmap_uncached();
	return state;
}

const struct unit unit_comm = {
	.cell_prepare = comm_prepare,
	.cell_map = comm_map,
	.cell_reset = comm_reset,
	.cell_release = comm_release,
};
