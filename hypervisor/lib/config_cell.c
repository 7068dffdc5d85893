// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (c) The jh authors
 *
 * Rules for the elements of a cell's configuration, taken by itself.
 */
#include <lib/config.h>
#include <lib/config_fields.h>
#include <lib/range.h>
#include <lib/refuse.h>

#define KNOWN_CELL	(JH_CELL_TRUSTED | JH_CELL_IRQ_DIRECT | JH_CELL_WFI_TRAP | JH_CELL_PUTC | \
			 JH_CELL_PUTC_ACTIVE | JH_CELL_PASSIVE_COMM | JH_CELL_PMU | \
			 JH_CELL_SCRUB_RESTART | JH_CELL_REBOOT | JH_CELL_PHYSICAL_IDS)
#define KNOWN_MEMORY	(JH_MEM_READ | JH_MEM_WRITE | JH_MEM_EXECUTE | JH_MEM_DMA | JH_MEM_IO | \
			 JH_MEM_LOADABLE | JH_MEM_AUTO | JH_MEM_SHARED_ROOT)

static int check_policy(const struct jh_config_cell *cell, struct jh_error *err)
{
	int restart = cell->on_failure == JH_ON_FAILURE_RESTART;

	if (cell->on_failure > JH_ON_FAILURE_RESTART)
		return refuse_value(err, JH_ERR_ON_FAILURE, JH_OBJ_CELL, 0, cell->on_failure, 0);
	if (restart != !!cell->max_restarts)
		return refuse_value(err, JH_ERR_RESTARTS, JH_OBJ_CELL, 0, cell->max_restarts, 0);
	if (cell->vpci_irq_base > CONFIG_LAST_SPI - INTID_SPI)
		return refuse_value(err, JH_ERR_VPCI_IRQ, JH_OBJ_CELL, 0, cell->vpci_irq_base,
				    CONFIG_LAST_SPI - INTID_SPI);
	return 0;
}

static int check_cell(const struct jh_config_cell *cell, struct jh_error *err)
{
	int ret = config_field_name(cell->name, JH_OBJ_CELL, 0, err);

	if (!ret)
		ret = config_field_flags(cell->flags, KNOWN_CELL, JH_OBJ_CELL, 0, err);
	if (ret)
		return ret;
	if ((cell->flags & JH_CELL_IRQ_DIRECT) && !(cell->flags & JH_CELL_TRUSTED))
		return refuse(err, JH_ERR_DIRECT_UNTRUSTED, JH_OBJ_CELL, 0);
	if ((cell->flags & JH_CELL_PUTC_ACTIVE) && !(cell->flags & JH_CELL_PUTC))
		return refuse(err, JH_ERR_PUTC, JH_OBJ_CELL, 0);
	if (cell->spare)
		return config_field_zero(cell->spare, JH_OBJ_CELL, 0, err);
	if (!range_aligned(cell->comm_address, JH_CONFIG_PAGE_SIZE) ||
	    !range_fits(cell->comm_address, JH_COMM_SIZE, JH_CONFIG_ADDRESS_LIMIT))
		return refuse_value(err, JH_ERR_COMM_OUTSIDE, JH_OBJ_CELL, 0, cell->comm_address,
				    JH_CONFIG_ADDRESS_LIMIT);
	return check_policy(cell, err);
}

static int check_cpus(const void *blob, struct jh_error *err)
{
	__u32 i, j, count;
	const struct jh_config_cpu *cpus = config_cpus(blob, &count);

	for (i = 0; i < count; i++) {
		if (cpus[i].cpu >= JH_MAX_CPUS)
			return refuse_value(err, JH_ERR_CPU_NUMBER, JH_OBJ_CPU, i, cpus[i].cpu,
					    JH_MAX_CPUS - 1);
		if (cpus[i].flags)
			return config_field_zero(cpus[i].flags, JH_OBJ_CPU, i, err);
		for (j = 0; j < i; j++) {
			if (cpus[j].cpu != cpus[i].cpu)
				continue;
			refuse_other(err, JH_ERR_CPU_TWICE, JH_OBJ_CPU, i, JH_OBJ_CPU, j);
			err->value = cpus[i].cpu;
			return -refuse_errno(JH_ERR_CPU_TWICE);
		}
	}
	return 0;
}

static int check_device(__u32 device, __u32 devices, __u32 object, __u32 index,
			struct jh_error *err)
{
	if (device > devices)
		return refuse_value(err, JH_ERR_DEVICE_INDEX, object, index, device, devices);
	return 0;
}

/* Which flags of a region go together. */
static int check_memory_flags(const struct jh_config_memory *mem, __u32 index,
			      struct jh_error *err)
{
	__u32 flags = mem->flags;
	int ret = config_field_flags(flags, KNOWN_MEMORY, JH_OBJ_MEMORY, index, err);

	if (ret)
		return ret;
	if ((flags & JH_MEM_AUTO) && mem->phys)
		return refuse_value(err, JH_ERR_MEM_AUTO_PHYS, JH_OBJ_MEMORY, index, mem->phys, 0);
	if ((flags & JH_MEM_AUTO) && (flags & JH_MEM_IO))
		return refuse(err, JH_ERR_MEM_AUTO_IO, JH_OBJ_MEMORY, index);
	if ((flags & JH_MEM_AUTO) && (flags & JH_MEM_SHARED_ROOT))
		return refuse(err, JH_ERR_MEM_AUTO_SHARED, JH_OBJ_MEMORY, index);
	if ((flags & JH_MEM_IO) && (flags & JH_MEM_EXECUTE))
		return refuse(err, JH_ERR_MEM_IO_EXECUTE, JH_OBJ_MEMORY, index);
	if ((flags & JH_MEM_IO) && (flags & JH_MEM_LOADABLE))
		return refuse(err, JH_ERR_MEM_IO_LOADABLE, JH_OBJ_MEMORY, index);
	if (!(flags & (JH_MEM_READ | JH_MEM_WRITE | JH_MEM_EXECUTE)))
		return refuse(err, JH_ERR_MEM_NO_ACCESS, JH_OBJ_MEMORY, index);
	return 0;
}

/* A region must not overlap those before it. */
static int check_memory_overlaps(const struct jh_config_memory *mems, __u32 index,
				 struct jh_error *err)
{
	const struct jh_config_memory *mem = &mems[index];
	__u32 i;

	for (i = 0; i < index; i++) {
		if (range_overlaps(mem->virt, mem->size, mems[i].virt, mems[i].size))
			return refuse_other(err, JH_ERR_OVERLAP_VIRT, JH_OBJ_MEMORY, index,
					    JH_OBJ_MEMORY, i);
		if (!((mem->flags | mems[i].flags) & JH_MEM_AUTO) &&
		    range_overlaps(mem->phys, mem->size, mems[i].phys, mems[i].size))
			return refuse_other(err, JH_ERR_OVERLAP_PHYS, JH_OBJ_MEMORY, index,
					    JH_OBJ_MEMORY, i);
	}
	return 0;
}

static int check_memory(const void *blob, const struct jh_config_memory *mems, __u32 index,
			struct jh_error *err)
{
	const struct jh_config_memory *mem = &mems[index];
	__u64 comm = config_cell(blob)->comm_address;
	__u32 devices;
	int ret;

	config_devices(blob, &devices);
	ret = check_memory_flags(mem, index, err);
	if (!ret)
		ret = config_field_range(mem->virt, mem->size, JH_CONFIG_PAGE_SIZE, JH_OBJ_MEMORY,
					 index, err);
	if (!ret)
		ret = config_field_range(mem->phys, mem->size, JH_CONFIG_PAGE_SIZE, JH_OBJ_MEMORY,
					 index, err);
	if (!ret)
		ret = check_device(mem->device, devices, JH_OBJ_MEMORY, index, err);
	if (ret)
		return ret;
	if (range_overlaps(mem->virt, mem->size, comm, JH_COMM_SIZE))
		return refuse_value(err, JH_ERR_OVERLAP_COMM, JH_OBJ_MEMORY, index, comm, 0);
	return check_memory_overlaps(mems, index, err);
}

int config_check_entry(const void *blob, __u64 entry, struct jh_error *err)
{
	__u32 i, count;
	const struct jh_config_memory *mems = config_memories(blob, &count);

	if (!range_aligned(entry, 4))
		return refuse_value(err, JH_ERR_ALIGN, JH_OBJ_CELL, 0, entry, 4);
	for (i = 0; i < count; i++)
		if ((mems[i].flags & JH_MEM_EXECUTE) &&
		    range_inside(entry, 4, mems[i].virt, mems[i].size))
			return 0;
	return refuse_value(err, JH_ERR_ENTRY, JH_OBJ_CELL, 0, entry, 0);
}

static int check_cell_irqs(const void *blob, struct jh_error *err)
{
	__u32 i, j, count, devices;
	const struct jh_config_irq *irqs = config_irqs(blob, &count);
	int ret;

	config_devices(blob, &devices);
	for (i = 0; i < count; i++) {
		ret = config_field_irq(irqs[i].intid, JH_OBJ_IRQ, i, err);
		if (!ret)
			ret = config_field_flags(irqs[i].flags, JH_IRQ_EDGE, JH_OBJ_IRQ, i, err);
		if (!ret)
			ret = config_field_zero(irqs[i].spare, JH_OBJ_IRQ, i, err);
		if (!ret)
			ret = check_device(irqs[i].device, devices, JH_OBJ_IRQ, i, err);
		if (ret)
			return ret;
		for (j = 0; j < i; j++) {
			if (irqs[j].intid != irqs[i].intid)
				continue;
			refuse_other(err, JH_ERR_IRQ_TWICE, JH_OBJ_IRQ, i, JH_OBJ_IRQ, j);
			err->value = irqs[i].intid;
			return -refuse_errno(JH_ERR_IRQ_TWICE);
		}
	}
	return 0;
}

static int check_path(const char *path, __u32 index, struct jh_error *err)
{
	__u32 i = 0;

	while (i < JH_CONFIG_PATH_LEN && path[i] > ' ' && path[i] <= '~' && path[i] != '"' &&
	       path[i] != '\\')
		i++;
	if (i < 2 || i == JH_CONFIG_PATH_LEN || path[0] != '/' || path[i - 1] == '/')
		return refuse(err, JH_ERR_PATH, JH_OBJ_DEVICE, index);
	for (; i < JH_CONFIG_PATH_LEN; i++)
		if (path[i])
			return refuse(err, JH_ERR_PATH, JH_OBJ_DEVICE, index);
	return 0;
}

static int same_path(const char *a, const char *b)
{
	__u32 i;

	for (i = 0; i < JH_CONFIG_PATH_LEN; i++)
		if (a[i] != b[i])
			return 0;
	return 1;
}

static int check_devices(const void *blob, struct jh_error *err)
{
	__u32 i, j, count;
	const struct jh_config_device *devices = config_devices(blob, &count);

	for (i = 0; i < count; i++) {
		int ret = check_path(devices[i].path, i, err);

		if (!ret)
			ret = config_field_zero(devices[i].flags | devices[i].spare, JH_OBJ_DEVICE,
						i, err);
		if (ret)
			return ret;
		for (j = 0; j < i; j++)
			if (same_path(devices[i].path, devices[j].path))
				return refuse_other(err, JH_ERR_DEVICE_TWICE, JH_OBJ_DEVICE, i,
						    JH_OBJ_DEVICE, j);
	}
	return 0;
}

/* Consoles that the guest drives: all that its communication region can describe. */
#define GUEST_TYPES                                                                                \
	((1U << JH_CONSOLE_CELL_TYPES) - 1 - (1U << JH_CONSOLE_NONE) - (1U << JH_CONSOLE_EFIFB))
#define GUEST_FLAGS                                                                                \
	(JH_CONSOLE_MMIO | JH_CONSOLE_REGDIST_4 | JH_CONSOLE_INVERTED_GATE | JH_CONSOLE_MDR_QUIRK)

/* The console of a cell is a device that it owns, or a virtual UART. */
static int check_cell_console(const void *blob, struct jh_error *err)
{
	const struct jh_console *console = config_console(blob);
	__u32 i, count;
	const struct jh_config_memory *mems = config_memories(blob, &count);
	int ret;

	if (config_cell(blob)->console_irq &&
	    !(console && console->flags & JH_CONSOLE_VIRTUAL))
		return refuse_value(err, JH_ERR_CONSOLE_IRQ, JH_OBJ_CELL, 0,
				    config_cell(blob)->console_irq, 0);
	if (!console)
		return 0;
	if (console->flags & JH_CONSOLE_VIRTUAL)
		return config_uart_check(blob, console, err);
	ret = config_field_console(console, GUEST_TYPES, GUEST_FLAGS, err);
	if (ret)
		return ret;
	for (i = 0; i < count; i++)
		if ((mems[i].flags & JH_MEM_IO) &&
		    range_inside(console->address, console->size, mems[i].virt, mems[i].size))
			return 0;
	return refuse_value(err, JH_ERR_CONSOLE_MEMORY, JH_OBJ_CONSOLE, 0, console->address, 0);
}

int config_cell_check(const void *blob, struct jh_error *err)
{
	__u32 i, count;
	const struct jh_config_memory *mems = config_memories(blob, &count);
	int ret = check_cell(config_cell(blob), err);

	if (!ret)
		ret = check_cpus(blob, err);
	if (!ret)
		ret = check_devices(blob, err);
	for (i = 0; !ret && i < count; i++)
		ret = check_memory(blob, mems, i, err);
	if (!ret)
		ret = config_check_entry(blob, config_cell(blob)->entry, err);
	if (!ret)
		ret = check_cell_irqs(blob, err);
	if (!ret)
		ret = check_cell_console(blob, err);
	if (!ret)
		ret = config_link_check(blob, err);
	return ret;
}
