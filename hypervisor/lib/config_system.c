// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (c) The jh authors
 *
 * Rules for the elements of a system's configuration, taken by itself.
 */
#include <lib/config.h>
#include <lib/config_fields.h>
#include <lib/range.h>
#include <lib/refuse.h>

#define KNOWN_ROOT_MEMORY	(JH_MEM_READ | JH_MEM_WRITE | JH_MEM_EXECUTE | JH_MEM_DMA | \
				 JH_MEM_IO | JH_MEM_AUTO)

/*
 * A range must not overlap what no cell may have: the hypervisor's memory (if its address is
 * known), the units and, unless the range is the console itself, the hypervisor's console.
 */
static int check_kept(const void *blob, __u64 start, __u64 size, __u32 object, __u32 index,
		      struct jh_error *err)
{
	const struct jh_config_system *system = config_system(blob);
	const struct jh_console *console = config_console(blob);
	const struct jh_config_unit *unit = config_unit_touched(blob, start, size, 0);

	if (unit)
		return refuse_other(err, JH_ERR_OVERLAP_PHYS, object, index, JH_OBJ_UNIT,
				    config_unit_index(unit));
	if (object != JH_OBJ_HYPERVISOR && system->hv_address &&
	    range_overlaps(start, size, system->hv_address, system->hv_size))
		return refuse_other(err, JH_ERR_OVERLAP_PHYS, object, index, JH_OBJ_HYPERVISOR, 0);
	if (object != JH_OBJ_CONSOLE && console &&
	    range_overlaps(start, size, console->address, console->size))
		return refuse_other(err, JH_ERR_OVERLAP_PHYS, object, index, JH_OBJ_CONSOLE, 0);
	return 0;
}

static int check_reach(__u64 last, __u64 start, __u64 size, __u32 object, __u32 index,
		       struct jh_error *err)
{
	if (!range_fits(start, size, last + 1))
		return refuse_value(err, JH_ERR_MEM_BEYOND, object, index, start, last);
	return 0;
}

static int check_end(const struct jh_config_system *system, __u64 start, __u64 size, __u32 object,
		     __u32 index, struct jh_error *err)
{
	return system->max_address ?
	       check_reach(system->max_address, start, size, object, index, err) : 0;
}

static int check_system(const void *blob, struct jh_error *err)
{
	const struct jh_config_system *system = config_system(blob);
	int ret = config_field_name(system->name, JH_OBJ_SYSTEM, 0, err);

	if (!ret)
		ret = config_field_flags(system->flags,
					 JH_SYSTEM_ROOT_LISTED | JH_SYSTEM_ROOT_LEARN |
					 JH_SYSTEM_TRUST_GUESTS,
					 JH_OBJ_SYSTEM, 0, err);
	if (!ret)
		ret = config_field_zero(system->firmware > JH_FIRMWARE_IMX8M || system->spare,
					JH_OBJ_SYSTEM, 0, err);
	if (!ret)
		ret = config_field_flags(system->optional, JH_OPTIONAL_ALL, JH_OBJ_SYSTEM, 0, err);
	if (!ret)
		ret = config_field_range(system->hv_address, system->hv_size, JH_CONFIG_PAGE_SIZE,
					 JH_OBJ_HYPERVISOR, 0, err);
	if (ret)
		return ret;
	if (system->hv_size < JH_CONFIG_MIN_HV_SIZE)
		return refuse_value(err, JH_ERR_HV_SIZE, JH_OBJ_HYPERVISOR, 0, system->hv_size,
				    JH_CONFIG_MIN_HV_SIZE);
	if (system->max_address >= JH_CONFIG_ADDRESS_LIMIT)
		return refuse_value(err, JH_ERR_END, JH_OBJ_SYSTEM, 0, system->max_address,
				    JH_CONFIG_ADDRESS_LIMIT);
	ret = config_unit_check(blob, err);
	if (ret || !system->hv_address)
		return ret;
	ret = check_end(system, system->hv_address, system->hv_size, JH_OBJ_HYPERVISOR, 0, err);
	if (!ret)
		ret = check_kept(blob, system->hv_address, system->hv_size, JH_OBJ_HYPERVISOR, 0,
				 err);
	return ret;
}

/* Consoles that the hypervisor has a driver for. */
#define DRIVEN_TYPES (1U << JH_CONSOLE_8250 | 1U << JH_CONSOLE_PL011 | 1U << JH_CONSOLE_XUARTPS)
#define DRIVEN_FLAGS (JH_CONSOLE_MMIO | JH_CONSOLE_REGDIST_4)

static int check_system_console(const void *blob, struct jh_error *err)
{
	const struct jh_console *console = config_console(blob);
	int ret;

	if (!console)
		return 0;
	ret = config_field_console(console, DRIVEN_TYPES, DRIVEN_FLAGS, err);
	if (!ret)
		ret = check_kept(blob, console->address, console->size, JH_OBJ_CONSOLE, 0, err);
	return ret;
}

static int check_pool(const void *blob, const struct jh_config_pool *pools, __u32 index,
		      struct jh_error *err)
{
	const struct jh_config_pool *pool = &pools[index];
	__u32 i;
	int ret;

	ret = config_field_flags(pool->flags, JH_POOL_AUTO, JH_OBJ_POOL, index, err);
	if (!ret)
		ret = config_field_zero(pool->spare, JH_OBJ_POOL, index, err);
	if (!ret && (pool->flags & JH_POOL_AUTO) && pool->address)
		ret = refuse_value(err, JH_ERR_POOL_AUTO, JH_OBJ_POOL, index, pool->address, 0);
	if (!ret)
		ret = config_field_range(pool->address, pool->size, JH_CONFIG_POOL_ALIGN,
					 JH_OBJ_POOL, index, err);
	if (ret || (pool->flags & JH_POOL_AUTO))
		return ret;
	ret = check_end(config_system(blob), pool->address, pool->size, JH_OBJ_POOL, index, err);
	if (!ret)
		ret = check_kept(blob, pool->address, pool->size, JH_OBJ_POOL, index, err);
	for (i = 0; !ret && i < index; i++)
		if (!(pools[i].flags & JH_POOL_AUTO) &&
		    range_overlaps(pool->address, pool->size, pools[i].address, pools[i].size))
			ret = refuse_other(err, JH_ERR_OVERLAP_PHYS, JH_OBJ_POOL, index,
					   JH_OBJ_POOL, i);
	return ret;
}

static int check_assignable(const void *blob, const struct jh_config_assignable *ranges,
			    __u32 index, struct jh_error *err)
{
	const struct jh_config_assignable *range = &ranges[index];
	__u32 i, count;
	const struct jh_config_pool *pools = config_pools(blob, &count);
	int ret;

	ret = config_field_range(range->address, range->size, JH_CONFIG_PAGE_SIZE,
				 JH_OBJ_ASSIGNABLE, index, err);
	if (!ret)
		ret = check_kept(blob, range->address, range->size, JH_OBJ_ASSIGNABLE, index, err);
	for (i = 0; !ret && i < count; i++)
		if (!(pools[i].flags & JH_POOL_AUTO) &&
		    range_overlaps(range->address, range->size, pools[i].address, pools[i].size))
			ret = refuse_other(err, JH_ERR_OVERLAP_PHYS, JH_OBJ_ASSIGNABLE, index,
					   JH_OBJ_POOL, i);
	for (i = 0; !ret && i < index; i++)
		if (range_overlaps(range->address, range->size, ranges[i].address, ranges[i].size))
			ret = refuse_other(err, JH_ERR_OVERLAP_PHYS, JH_OBJ_ASSIGNABLE, index,
					   JH_OBJ_ASSIGNABLE, i);
	return ret;
}

/* A region of a listed root, which is mapped one to one. */
static int check_root_memory(const struct jh_config_memory *mems, __u32 index,
			     struct jh_error *err)
{
	const struct jh_config_memory *mem = &mems[index];
	__u32 i;
	int ret;

	ret = config_field_flags(mem->flags, KNOWN_ROOT_MEMORY, JH_OBJ_MEMORY, index, err);
	if (!ret && (mem->flags & JH_MEM_AUTO))
		ret = refuse(err, JH_ERR_ROOT_AUTO, JH_OBJ_MEMORY, index);
	if (!ret && (mem->flags & JH_MEM_IO) && (mem->flags & JH_MEM_EXECUTE))
		ret = refuse(err, JH_ERR_MEM_IO_EXECUTE, JH_OBJ_MEMORY, index);
	if (!ret && !(mem->flags & (JH_MEM_READ | JH_MEM_WRITE | JH_MEM_EXECUTE)))
		ret = refuse(err, JH_ERR_MEM_NO_ACCESS, JH_OBJ_MEMORY, index);
	if (!ret && mem->virt != mem->phys)
		ret = refuse_value(err, JH_ERR_ROOT_IDENTITY, JH_OBJ_MEMORY, index, mem->virt, 0);
	if (!ret)
		ret = config_field_range(mem->phys, mem->size, JH_CONFIG_PAGE_SIZE, JH_OBJ_MEMORY,
					 index, err);
	if (!ret && mem->device)
		ret = refuse_value(err, JH_ERR_DEVICE_INDEX, JH_OBJ_MEMORY, index, mem->device, 0);
	for (i = 0; !ret && i < index; i++)
		if (range_overlaps(mem->phys, mem->size, mems[i].phys, mems[i].size))
			ret = refuse_other(err, JH_ERR_OVERLAP_PHYS, JH_OBJ_MEMORY, index,
					   JH_OBJ_MEMORY, i);
	return ret;
}

static int check_root(const void *blob, struct jh_error *err)
{
	__u32 flags = config_system(blob)->flags;
	int listed = !!(flags & JH_SYSTEM_ROOT_LISTED);
	__u32 i, count;
	const struct jh_config_memory *mems = config_memories(blob, &count);
	int ret = 0;

	if ((flags & (JH_SYSTEM_ROOT_LISTED | JH_SYSTEM_ROOT_LEARN)) == JH_SYSTEM_ROOT_LEARN)
		return refuse_value(err, JH_ERR_FLAGS, JH_OBJ_SYSTEM, 0, flags, 0);
	if (count && !listed)
		return refuse(err, JH_ERR_LISTED, JH_OBJ_MEMORY, 0);
	if (!count && listed)
		return refuse(err, JH_ERR_ROOT_EMPTY, JH_OBJ_SYSTEM, 0);
	for (i = 0; !ret && i < count; i++)
		ret = check_root_memory(mems, i, err);
	return ret;
}

int config_system_check(const void *blob, struct jh_error *err)
{
	__u32 i, num_pools, num_ranges;
	const struct jh_config_pool *pools = config_pools(blob, &num_pools);
	const struct jh_config_assignable *ranges = config_assignable(blob, &num_ranges);
	int ret = check_system(blob, err);

	if (!ret)
		ret = check_system_console(blob, err);
	for (i = 0; !ret && i < num_pools; i++)
		ret = check_pool(blob, pools, i, err);
	for (i = 0; !ret && i < num_ranges; i++)
		ret = check_assignable(blob, ranges, i, err);
	if (!ret)
		ret = check_root(blob, err);
	return ret;
}

int config_check_width(const void *blob, __u64 last, struct jh_error *err)
{
	const struct jh_config_system *system = config_system(blob);
	__u32 i, num_pools, num_ranges, num_memories, num_units;
	const struct jh_config_pool *pools = config_pools(blob, &num_pools);
	const struct jh_config_assignable *ranges = config_assignable(blob, &num_ranges);
	const struct jh_config_memory *memories = config_memories(blob, &num_memories);
	const struct jh_config_unit *units = config_units(blob, &num_units);
	int ret;

	if (system->max_address > last)
		return refuse_value(err, JH_ERR_WIDTH, JH_OBJ_SYSTEM, 0, system->max_address, last);
	ret = check_reach(last, system->hv_address, system->hv_size, JH_OBJ_HYPERVISOR, 0, err);
	for (i = 0; !ret && i < num_pools; i++)
		ret = check_reach(last, pools[i].address, pools[i].size, JH_OBJ_POOL, i, err);
	for (i = 0; !ret && i < num_ranges; i++)
		ret = check_reach(last, ranges[i].address, ranges[i].size, JH_OBJ_ASSIGNABLE, i,
				  err);
	for (i = 0; !ret && i < num_memories; i++)
		ret = check_reach(last, memories[i].phys, memories[i].size, JH_OBJ_MEMORY, i, err);
	for (i = 0; !ret && i < num_units; i++)
		ret = check_reach(last, units[i].address, units[i].size, JH_OBJ_UNIT,
				  config_unit_index(&units[i]), err);
	return ret;
}
