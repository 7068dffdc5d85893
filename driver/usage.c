// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (c) The jh authors
 *
 * Linux' own use of the machine: interrupts with a handler, registers that a driver has requested,
 * RAM. A cell must not get any of it, and a root whose memory is listed must keep all of it.
 */
#include "jh.h"

#include <linux/amba/bus.h>
#include <linux/device.h>
#include <linux/interrupt.h>
#include <linux/ioport.h>
#include <linux/irq.h>
#include <linux/irqdesc.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/of.h>
#include <linux/of_address.h>
#include <linux/platform_device.h>
#include <linux/rcupdate.h>


/* Has Linux a handler for an SPI? If so it is named. A chained controller's has no name. */
static bool is_handled(u32 intid)
{
	unsigned int virq = jh_arch_virq(intid);
	struct irq_data *data;
	struct irq_desc *desc;
	unsigned long flags;
	bool handled = false;

	/* Interrupt descriptors are freed after an RCU grace period. */
	rcu_read_lock();
	data = virq ? irq_get_irq_data(virq) : NULL;
	if (data) {
		desc = irq_data_to_desc(data);
		raw_spin_lock_irqsave(&desc->lock, flags);
		handled = desc->action;
		if (handled)
			jh_who("%s", desc->action->name ? desc->action->name :
				     "another interrupt controller behind it");
		raw_spin_unlock_irqrestore(&desc->lock, flags);
	}
	rcu_read_unlock();
	return handled;
}

/**
 * jh_usage_check_interrupts() - refuse a device without a driver whose interrupts Linux handles
 * @index: of the device in its configuration
 *
 * Timers and interrupt controllers that early code drives are such devices. Return: 0 or -errno.
 */
int jh_usage_check_interrupts(struct device_node *np, u32 index, struct jh_error *err)
{
	int i, intid;

	for (i = 0; (intid = jh_arch_irq_of(np, i)) >= 0; i++)
		if (intid && is_handled(intid))
			return refuse_value(err, JH_ERR_DEVICE_IRQ, JH_OBJ_DEVICE, index, intid,
					    0);
	return 0;
}

static int check_irqs(const void *config, struct jh_error *err)
{
	u32 i, count;
	const struct jh_config_irq *irqs = config_irqs(config, &count);

	for (i = 0; i < count; i++)
		if (is_handled(irqs[i].intid))
			return refuse_value(err, JH_ERR_IRQ_LINUX, JH_OBJ_IRQ, i, irqs[i].intid,
					    0);
	return 0;
}

/* struct place - a range of addresses, and the device found there */
struct place {
	u64 start, last;
	struct device *found;
};

static const struct resource *resource_of(struct device *dev, u32 index)
{
	if (dev->bus == &amba_bustype)
		return index ? NULL : &to_amba_device(dev)->res;
	return platform_get_resource(to_platform_device(dev), IORESOURCE_MEM, index);
}

static int match_user(struct device *dev, void *argument)
{
	struct place *place = argument;
	const struct resource *res;
	u32 i;

	if (!dev->driver || jh_stub_has(dev))
		return 0;
	for (i = 0; (res = resource_of(dev, i)); i++) {
		if (res->start > place->last || res->end < place->start)
			continue;
		place->found = get_device(dev);
		return 1;
	}
	return 0;
}

/* Names a device with a driver and registers there; early code has no device. */
static void name_user(u64 start, u64 last)
{
	struct place place = { .start = start, .last = last };

	if (!bus_for_each_dev(&platform_bus_type, NULL, &place, match_user))
		bus_for_each_dev(&amba_bustype, NULL, &place, match_user);
	if (!place.found)
		jh_who("a driver without a device");
	else if (place.found->of_node)
		jh_who("%pOF", place.found->of_node);
	else
		jh_who("%s", dev_name(place.found));
	put_device(place.found);
}

static int note_first(struct resource *res, void *argument)
{
	*(u64 *)argument = res->start;
	return 1;
}

/* Refuses registers that Linux has requested. */
static int check_registers(const struct jh_config_memory *memory, u32 index, struct jh_error *err)
{
	u64 last = memory->phys + memory->size - 1, used = 0;

	if (walk_iomem_res_desc(IORES_DESC_NONE, IORESOURCE_MEM | IORESOURCE_BUSY, memory->phys,
				last, &used, note_first) != 1)
		return 0;
	used = max(used, memory->phys);
	name_user(used, last);
	return refuse_value(err, JH_ERR_MEM_LINUX, JH_OBJ_MEMORY, index, used, 0);
}

/* Memory shared with an untrusted cell must not be Linux' RAM, nor registers that it uses. */
static int check_shared(const struct jh_config_memory *memory, u32 index, struct jh_error *err)
{
	if (jh_memory_is_linux(memory->phys, memory->size))
		return refuse(err, JH_ERR_MEM_SHARED_LINUX, JH_OBJ_MEMORY, index);
	if (memory->flags & JH_MEM_IO || !jh_devtree_is_memory(memory->phys, memory->size))
		return check_registers(memory, index, err);
	return 0;
}

/**
 * jh_usage_check_cell() - refuse a cell's configuration that names what Linux still uses
 *
 * The drivers of the cell's devices are unbound already. Return: 0 or a negative errno.
 */
int jh_usage_check_cell(const void *config, struct jh_error *err)
{
	bool trusted = config_cell(config)->flags & JH_CELL_TRUSTED;
	u32 i, count;
	const struct jh_config_memory *memories = config_memories(config, &count);
	int code = check_irqs(config, err);

	for (i = 0; !code && i < count; i++) {
		if (memories[i].flags & JH_MEM_SHARED_ROOT)
			code = trusted ? 0 : check_shared(&memories[i], i, err);
		else if (memories[i].flags & JH_MEM_IO)
			code = check_registers(&memories[i], i, err);
	}
	return code;
}

/* struct needs - the first address that Linux uses and a listed root does not have */
struct needs {
	const struct jh_system *system;
	u64 missing;
	bool is_ram;
};

static bool step(u64 *at, u64 start, u64 size)
{
	if (*at < start || *at - start >= size)
		return false;
	*at = start + size;
	return true;
}

/* The first byte from @at on that neither root's map has nor jh itself. */
static u64 covered_until(const struct jh_system *system, u64 at)
{
	u32 i, memories, ranges, units;
	const struct jh_config_memory *memory = config_memories(system->config, &memories);
	const struct jh_config_assignable *range = config_assignable(system->config, &ranges);
	const struct jh_console *console = config_console(system->config);
	const struct jh_config_unit *unit = config_units(system->config, &units);
	bool moved;

	do {
		moved = step(&at, system->hv.address, system->hv.size);
		for (i = 0; i < memories; i++)
			moved |= step(&at, memory[i].phys, memory[i].size);
		for (i = 0; i < ranges; i++)
			moved |= step(&at, range[i].address, range[i].size);
		for (i = 0; i < system->num_pools; i++)
			moved |= step(&at, system->pools[i].address, system->pools[i].size);
		for (i = 0; i < units; i++)
			if (!(config_kind_flags(unit[i].kind) & JH_KIND_ROOT))
				moved |= step(&at, unit[i].address, unit[i].size);
		if (console)
			moved |= step(&at, console->address, PAGE_ALIGN(console->size));
	} while (moved);
	return at;
}

static int check_need(struct resource *res, void *argument)
{
	struct needs *needs = argument;
	u64 until = covered_until(needs->system, res->start);

	if (until > res->end)
		return 0;
	needs->missing = until;
	needs->is_ram = (res->flags & IORESOURCE_SYSTEM_RAM) == IORESOURCE_SYSTEM_RAM;
	return 1;
}

/* Checks devices with a driver, too: not all drivers request the registers that they use. */
static int check_bound(struct device *dev, void *argument)
{
	struct needs *needs = argument;
	const struct resource *res;
	u32 i;

	if (!dev->driver || !dev->of_node)
		return 0;
	for (i = 0; (res = resource_of(dev, i)); i++) {
		needs->missing = covered_until(needs->system, res->start);
		if (needs->missing <= res->end)
			return 1;
	}
	return 0;
}

/* Frames for message-signalled interrupts have no device, but Linux writes to them. */
static bool lacks_its(struct needs *needs)
{
	struct device_node *gic = jh_arch_irqchip(), *np;
	struct resource res;
	bool lacks = false;

	for_each_available_child_of_node(gic, np) {
		if (of_address_to_resource(np, 0, &res))
			continue;
		needs->missing = covered_until(needs->system, res.start);
		lacks = needs->missing <= res.end;
		if (!lacks)
			continue;
		of_node_put(np);
		break;
	}
	of_node_put(gic);
	return lacks;
}

/**
 * jh_usage_check_root() - refuse a listed root that does not have all that Linux uses now
 * @system: with its memory taken
 *
 * Linux would die silently without its RAM or its UART. A root that learns (JH_SYSTEM_ROOT_LEARN)
 * gets whatever it touches. Return: 0 or a negative errno.
 */
int jh_usage_check_root(struct jh_system *system, struct jh_error *err)
{
	u32 flags = config_system(system->config)->flags;
	struct needs needs = { .system = system };

	if (!(flags & JH_SYSTEM_ROOT_LISTED) || flags & JH_SYSTEM_ROOT_LEARN)
		return 0;
	if (walk_iomem_res_desc(IORES_DESC_NONE, IORESOURCE_MEM | IORESOURCE_BUSY, 0, -1, &needs,
				check_need) == 1) {
		if (needs.is_ram)
			return refuse_value(err, JH_ERR_ROOT_RAM, JH_OBJ_SYSTEM, 0, needs.missing,
					    0);
	} else if (!bus_for_each_dev(&platform_bus_type, NULL, &needs, check_bound) &&
		   !bus_for_each_dev(&amba_bustype, NULL, &needs, check_bound) &&
		   !lacks_its(&needs)) {
		return 0;
	}
	name_user(needs.missing, needs.missing);
	return refuse_value(err, JH_ERR_ROOT_REGISTERS, JH_OBJ_SYSTEM, 0, needs.missing, 0);
}
