// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (c) The jh authors
 *
 * Rules for a cell's configuration against that of the system.
 */
#include <lib/config.h>
#include <lib/config_fields.h>
#include <lib/range.h>
#include <lib/refuse.h>

/* Return: 1 also if a pool has no address yet, so that nobody can know. */
static int in_pools(const void *system, __u64 start, __u64 size)
{
	__u32 i, count;
	const struct jh_config_pool *pools = config_pools(system, &count);

	for (i = 0; i < count; i++)
		if ((pools[i].flags & JH_POOL_AUTO) ||
		    range_inside(start, size, pools[i].address, pools[i].size))
			return 1;
	return 0;
}

static int touches_pool(const void *system, __u64 start, __u64 size)
{
	__u32 i, count;
	const struct jh_config_pool *pools = config_pools(system, &count);

	for (i = 0; i < count; i++)
		if (!(pools[i].flags & JH_POOL_AUTO) &&
		    range_overlaps(start, size, pools[i].address, pools[i].size))
			return 1;
	return 0;
}

/* Root keeps shared memory mapped, so it must not lie in a pool; other memory changes its owner. */
static int check_place(const void *system, const struct jh_config_memory *mem, __u32 index,
		       struct jh_error *err)
{
	if (mem->flags & JH_MEM_SHARED_ROOT) {
		if (touches_pool(system, mem->phys, mem->size))
			return refuse(err, JH_ERR_MEM_SHARED_POOL, JH_OBJ_MEMORY, index);
	} else if (mem->flags & JH_MEM_IO) {
		if (!config_is_assignable(system, mem->phys, mem->size))
			return refuse(err, JH_ERR_MEM_ASSIGNABLE, JH_OBJ_MEMORY, index);
	} else if (!in_pools(system, mem->phys, mem->size)) {
		return refuse(err, JH_ERR_MEM_POOL, JH_OBJ_MEMORY, index);
	}
	return 0;
}

static int check_phys(const void *blob, const struct jh_config_memory *mem, __u32 index,
		      struct jh_error *err)
{
	const struct jh_config_system *system = config_system(blob);
	const struct jh_console *console = config_console(blob);
	const struct jh_config_unit *unit = config_unit_touched(blob, mem->phys, mem->size, 0);

	if (unit)
		return refuse_other(err, JH_ERR_MEM_UNIT, JH_OBJ_MEMORY, index, JH_OBJ_UNIT,
				    config_unit_index(unit));
	if (system->hv_address &&
	    range_overlaps(mem->phys, mem->size, system->hv_address, system->hv_size))
		return refuse_other(err, JH_ERR_MEM_HYPERVISOR, JH_OBJ_MEMORY, index,
				    JH_OBJ_HYPERVISOR, 0);
	if (console && range_overlaps(mem->phys, mem->size, console->address, console->size))
		return refuse(err, JH_ERR_MEM_CONSOLE, JH_OBJ_MEMORY, index);
	if (system->max_address && !range_fits(mem->phys, mem->size, system->max_address + 1))
		return refuse_value(err, JH_ERR_MEM_BEYOND, JH_OBJ_MEMORY, index, mem->phys,
				    system->max_address);
	return check_place(blob, mem, index, err);
}

static __u64 largest_pool(const void *system)
{
	__u32 i, count;
	const struct jh_config_pool *pools = config_pools(system, &count);
	__u64 largest = 0;

	for (i = 0; i < count; i++)
		if (pools[i].size > largest)
			largest = pools[i].size;
	return largest;
}

/* Every automatic region must fit into a pool: it is never split. */
static int check_space(const void *system, const void *cell, struct jh_error *err)
{
	__u64 largest = largest_pool(system);
	__u32 i, count;
	const struct jh_config_memory *mems = config_memories(cell, &count);

	for (i = 0; i < count; i++)
		if ((mems[i].flags & JH_MEM_AUTO) && mems[i].size > largest)
			return refuse_value(err, JH_ERR_MEM_SPACE, JH_OBJ_MEMORY, i, mems[i].size,
					    largest);
	return 0;
}

/* The system's configuration must have the optional units that the cell uses. */
static int check_optional(const void *system, const void *cell, struct jh_error *err)
{
	const struct jh_console *console = config_console(cell);
	__u32 optional = config_system(system)->optional, i, count;
	const struct jh_config_link *links = config_links(cell, &count);

	if (console && console->flags & JH_CONSOLE_VIRTUAL &&
	    !(optional & JH_OPTIONAL_UART))
		return refuse(err, JH_ERR_NO_UART, JH_OBJ_CONSOLE, 0);
	if (count && !(optional & JH_OPTIONAL_LINK))
		return refuse(err, JH_ERR_NO_LINK, JH_OBJ_LINK, 0);
	/* Root is called "root" here: the cell would wait silently for a peer that never comes. */
	for (i = 0; i < count; i++)
		if (config_same_name(links[i].peer, config_system(system)->name))
			return refuse(err, JH_ERR_LINK_ROOT, JH_OBJ_LINK, i);
	return 0;
}

/* A cell finds some units, its own view of them, at the machine's addresses: they must be free. */
static int check_guest(const void *system, __u64 start, __u64 size, __u32 reason, __u32 object,
		       __u32 index, struct jh_error *err)
{
	const struct jh_config_unit *unit = config_unit_touched(system, start, size,
								JH_KIND_CELLS);

	return unit ? refuse_other(err, reason, object, index, JH_OBJ_UNIT,
				   config_unit_index(unit)) : 0;
}

/* Links must not overlap such units either, and their memory must fit a pool. */
static int check_links(const void *system, const void *cell, struct jh_error *err)
{
	__u32 i, count;
	const struct jh_config_link *links = config_links(cell, &count);
	int ret = 0;

	for (i = 0; !ret && i < count; i++) {
		ret = check_guest(system, links[i].address, links[i].size, JH_ERR_VIRT_UNIT,
				  JH_OBJ_LINK, i, err);
		if (!ret)
			ret = check_guest(system, links[i].registers, JH_CONFIG_PAGE_SIZE,
					  JH_ERR_VIRT_UNIT, JH_OBJ_LINK, i, err);
		if (!ret && links[i].size > largest_pool(system))
			ret = refuse_value(err, JH_ERR_MEM_SPACE, JH_OBJ_LINK, i, links[i].size,
					   largest_pool(system));
	}
	return ret;
}

/* Nor must the PCI host. */
static int check_pci(const void *system, const void *cell, struct jh_error *err)
{
	const struct jh_config_pci *pci = config_pci(cell);
	int ret;

	if (!pci)
		return 0;
	ret = check_guest(system, pci->ecam, CONFIG_ECAM_SIZE, JH_ERR_VIRT_UNIT, JH_OBJ_PCI, 0,
			  err);
	return ret ? ret : check_guest(system, pci->window, pci->window_size, JH_ERR_VIRT_UNIT,
				       JH_OBJ_PCI, 0, err);
}

int config_check_against(const void *system, const void *cell, struct jh_error *err)
{
	__u32 i, count;
	const struct jh_config_memory *mems = config_memories(cell, &count);
	const struct jh_console *console = config_console(cell);
	int ret;

	refuse_clear(err);
	ret = check_optional(system, cell, err);
	if (!ret)
		ret = check_guest(system, config_cell(cell)->comm_address, JH_COMM_SIZE,
				  JH_ERR_COMM_UNIT, JH_OBJ_CELL, 0, err);
	if (!ret && console && console->flags & JH_CONSOLE_VIRTUAL)
		ret = check_guest(system, console->address, console->size, JH_ERR_VIRT_UNIT,
				  JH_OBJ_CONSOLE, 0, err);
	for (i = 0; !ret && i < count; i++) {
		ret = check_guest(system, mems[i].virt, mems[i].size, JH_ERR_VIRT_UNIT,
				  JH_OBJ_MEMORY, i, err);
		if (!ret && !(mems[i].flags & JH_MEM_AUTO))
			ret = check_phys(system, &mems[i], i, err);
	}
	if (!ret)
		ret = check_links(system, cell, err);
	if (!ret)
		ret = check_pci(system, cell, err);
	return ret ? ret : check_space(system, cell, err);
}
