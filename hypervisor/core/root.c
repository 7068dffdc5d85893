// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (c) The jh authors
 *
 * The root cell and its address space.
 */
#include <hv/cpu.h>
#include <hv/enable.h>
#include <hv/errno.h>
#include <hv/mmio.h>
#include <hv/pool.h>
#include <hv/report.h>
#include <hv/root.h>
#include <hv/unit.h>
#include <config.h>
#include <refuse.h>
#include <string.h>

static int map_identity(u64 start, u64 size, u64 smallest, u32 flags)
{
	int err = pgtable_prepare(&root_cell.pt, GPA(start), PA(start), size, smallest);

	if (!err && flags)
		pgtable_map(&root_cell.pt, GPA(start), PA(start), size, flags);
	return err;
}

static int hide_pieces(u64 start, u64 size, u64 smallest)
{
	u64 first = ALIGN_DOWN(start, PAGE_SIZE);
	u64 bytes = ALIGN_UP(start + size, PAGE_SIZE) - first;
	int err = pgtable_prepare(&root_cell.pt, GPA(first), PA(first), bytes, smallest);

	if (!err)
		pgtable_unmap(&root_cell.pt, GPA(first), bytes);
	return err;
}

static int hide(u64 start, u64 size)
{
	return hide_pieces(start, size, 0);
}

/* root.memory = "all": everything, one to one, in the largest blocks. */
static int map_all(void)
{
	return map_identity(0, 1UL << root_cell.pt.bits, 0, ROOT_MAP_FLAGS);
}

/* root.memory = "listed": what the configuration names. */
static int map_listed(void)
{
	const struct jh_config_memory *list;
	u32 i, n;
	int err = 0;

	list = config_memories(system_config, &n);
	for (i = 0; i < n && !err; i++)
		err = map_identity(list[i].phys, list[i].size, 0, ROOT_MAP_FLAGS);
	return err;
}

/* Ranges that may move to cells are mapped by pages, so that no live block is split then. */
static int split_assignable(void)
{
	const struct jh_config_assignable *list;
	u32 i, n;
	int err = 0;

	list = config_assignable(system_config, &n);
	for (i = 0; i < n && !err; i++)
		err = map_identity(list[i].address, list[i].size, PAGE_SIZE, ROOT_MAP_FLAGS);
	return err;
}

/* Units that neither root keeps nor a filter covers: root sees nothing of them. */
static int hide_units(void)
{
	u32 i, n;
	const struct jh_config_unit *units = config_units(system_config, &n);
	int err = 0;

	for (i = 0; i < n && !err; i++)
		if (!(config_kind_flags(units[i].kind) & JH_KIND_ROOT) &&
		    !mmio_is_filtered(units[i].address))
			err = hide(units[i].address, units[i].size);
	return err;
}

static int hide_hypervisor(void)
{
	u64 area = va_to_pa(&report).a;
	/* Hidden page by page: some become readable later (consoles of cells). */
	int err = hide_pieces(system_info->hv_address, system_info->hv_size, PAGE_SIZE);
	u32 i;

	if (!err)
		err = map_identity(area, report.head.size, PAGE_SIZE, MAP_READ);
	for (i = 0; i < system_info->num_pools && i < JH_MAX_POOLS && !err; i++)
		err = hide(system_info->pools[i].address, system_info->pools[i].size);
	return err;
}

static u32 address_bits(u64 max_address)
{
	u32 bits = 32;

	while (bits < 63 && max_address >> bits)
		bits++;
	return bits;
}

int root_map(struct jh_error *error)
{
	int err = pgtable_init(&root_cell.pt, address_bits(system_info->max_address), CELL_ROOT);

	if (err == -EINVAL)
		return refuse_value(error, JH_ERR_WIDTH, JH_OBJ_SYSTEM, 0, system_info->max_address,
				    (1UL << ARCH_ADDRESS_BITS) - 1);
	if (!err)
		err = config_system(system_config)->flags & JH_SYSTEM_ROOT_LISTED ? map_listed() :
										    map_all();
	if (!err)
		err = split_assignable();
	if (!err)
		err = hide_units();
	if (!err)
		err = mmio_each(hide);
	if (!err)
		err = unit_map_root();
	if (!err)
		err = hide_hypervisor();
	return err ? pool_refuse(error) : 0;
}

void root_init(void)
{
	u64 left = system_info->cpu_mask;

	root_cell.report = &report.cells[CELL_ROOT];
	root_cell.flags = JH_CELL_PHYSICAL_IDS;
	root_cell.cpu_mask = system_info->cpu_mask;
	root_cell.report->cpu_mask = system_info->cpu_mask;
	memcpy(root_cell.report->name, config_system(system_config)->name, JH_NAME_LEN);
	while (left) {
		u32 n = cpu_mask_next(&left);

		cpus[n].cell = &root_cell;
		cpus[n].report = &report.cpus[n];
	}
}
