// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (c) The jh authors
 *
 * Checks of a configuration against the device tree that this Linux was booted with.
 */
#include "jh.h"

#include <linux/ioport.h>
#include <linux/of.h>
#include <linux/of_address.h>

static const struct of_device_id uart_ids[] = {
	{ .compatible = "arm,pl011", .data = (void *)JH_CONSOLE_PL011 },
	{ .compatible = "arm,sbsa-uart", .data = (void *)JH_CONSOLE_PL011 },
	{ .compatible = "cdns,uart-r1p12", .data = (void *)JH_CONSOLE_XUARTPS },
	{ .compatible = "cdns,uart-r1p8", .data = (void *)JH_CONSOLE_XUARTPS },
	{ .compatible = "xlnx,xuartps", .data = (void *)JH_CONSOLE_XUARTPS },
	{ .compatible = "ns16550a", .data = (void *)JH_CONSOLE_8250 },
	{ .compatible = "ns16550", .data = (void *)JH_CONSOLE_8250 },
	{ .compatible = "ns8250", .data = (void *)JH_CONSOLE_8250 },
	{ .compatible = "snps,dw-apb-uart", .data = (void *)JH_CONSOLE_8250 },
	{ .compatible = "brcm,bcm2835-aux-uart", .data = (void *)JH_CONSOLE_8250 },
	{ }
};

static bool is_uart(struct device_node *np, const struct jh_console *console)
{
	const struct of_device_id *id = of_match_node(uart_ids, np);
	struct resource res;

	return id && (uintptr_t)id->data == console->type && of_device_is_available(np) &&
	       !of_address_to_resource(np, 0, &res) && res.start == console->address;
}

/**
 * jh_devtree_check_console() - refuse a console that is no UART of the device tree
 * @console: the hypervisor's; NULL: the configuration has none
 *
 * An access to a UART that is absent, or that is the secure world's, is an SError or hangs EL2.
 */
int jh_devtree_check_console(const struct jh_console *console, struct jh_error *err)
{
	struct device_node *np;

	if (!console || console->type == JH_CONSOLE_NONE)
		return 0;
	for_each_of_nodes(np) {
		if (is_uart(np, console)) {
			of_node_put(np);
			return 0;
		}
	}
	return refuse_value(err, JH_ERR_CONSOLE_ABSENT, JH_OBJ_CONSOLE, 0, console->address,
			    console->type);
}

static bool devtree_covers(const struct resource *res, u64 address, u64 size)
{
	return address >= res->start && address + size - 1 <= res->end;
}

static bool node_covers(struct device_node *np, u64 address, u64 size)
{
	struct resource res;
	int i;

	for (i = 0; !of_address_to_resource(np, i, &res); i++)
		if (devtree_covers(&res, address, size))
			return true;
	return false;
}

/** jh_devtree_is_memory() - does one entry of a memory node cover the range? */
bool jh_devtree_is_memory(u64 address, u64 size)
{
	struct device_node *np;

	for_each_node_by_type(np, "memory") {
		if (node_covers(np, address, size)) {
			of_node_put(np);
			return true;
		}
	}
	return false;
}

/*
 * A reserved-memory node with a compatible belongs to a driver of Linux; one without is reserved
 * for a user that Linux does not know, as jh is.
 */
static bool is_free_reservation(struct device_node *np)
{
	return !of_property_read_bool(np, "compatible") && !of_property_read_bool(np, "reusable");
}

/**
 * jh_devtree_reserved() - is the range set aside by the device tree?
 *
 * Return: 0 if it is, for no driver; -EBUSY: for a driver of Linux, or for CMA; -ENOENT: it is not.
 */
int jh_devtree_reserved(u64 address, u64 size)
{
	struct device_node *parent = of_find_node_by_path("/reserved-memory");
	struct device_node *np;
	int code = -ENOENT;

	for_each_available_child_of_node(parent, np) {
		if (!node_covers(np, address, size))
			continue;
		code = is_free_reservation(np) ? 0 : -EBUSY;
		of_node_put(np);
		break;
	}
	of_node_put(parent);
	return code;
}

/** jh_devtree_is_unmapped() - is the range reserved with no-map, so that Linux does not map it? */
bool jh_devtree_is_unmapped(u64 address, u64 size)
{
	struct device_node *parent = of_find_node_by_path("/reserved-memory");
	struct device_node *np;
	bool found = false;

	for_each_available_child_of_node(parent, np) {
		if (!node_covers(np, address, size))
			continue;
		found = of_property_read_bool(np, "no-map");
		of_node_put(np);
		break;
	}
	of_node_put(parent);
	return found;
}

/* What a node names: its registers, and what a PCI host makes of addresses on its buses. */
static void visit_node(struct device_node *np, void *argument,
		       int (*visit)(struct resource *res, void *argument))
{
	struct of_range_parser parser;
	struct of_range range;
	struct resource res;
	int i;

	for (i = 0; !of_address_to_resource(np, i, &res); i++)
		visit(&res, argument);
	if (!of_node_is_type(np, "pci") || of_pci_range_parser_init(&parser, np))
		return;
	for_each_of_range(&parser, &range) {
		if (range.cpu_addr == OF_BAD_ADDR)
			continue;
		res.start = range.cpu_addr;
		res.end = range.cpu_addr + range.size - 1;
		visit(&res, argument);
	}
}

/* All of /proc/iomem and of the device tree */
static void visit_all(void *argument, int (*visit)(struct resource *res, void *argument))
{
	struct device_node *np;

	walk_iomem_res_desc(IORES_DESC_NONE, 0, 0, -1, argument, visit);
	for_each_of_nodes(np)
		visit_node(np, argument, visit);
}

static int highest_of(struct resource *res, void *argument)
{
	u64 *highest = argument;

	*highest = max_t(u64, *highest, res->end);
	return 0;
}

/** jh_devtree_max_address() - the highest address in /proc/iomem and in the device tree */
u64 jh_devtree_max_address(void)
{
	struct device_node *np;
	u64 highest = jh_iomem_highest(0);

	for_each_of_nodes(np)
		visit_node(np, &highest, highest_of);
	return highest;
}

static int count_it(struct resource *res, void *argument)
{
	++*(u32 *)argument;
	return 0;
}

/* A set has room for what was counted: /proc/iomem may have grown meanwhile. */
struct room {
	struct jh_ranges *set;
	u32 left;
};

static void put_range(struct room *room, u64 start, u64 size)
{
	if (room->left)
		jh_ranges_add(room->set, start, size);
	room->left -= room->left != 0;
}

static int add_it(struct resource *res, void *argument)
{
	put_range(argument, res->start, res->end - res->start + 1);
	return 0;
}

/* Ranges that a configuration may name beside the tree */
static void add_configured(const void *config, struct room *room)
{
	u32 i, count;
	const struct jh_config_unit *units = config_units(config, &count);
	const struct jh_config_assignable *assignable;

	for (i = 0; i < count; i++)
		put_range(room, units[i].address, units[i].size);
	assignable = config_assignable(config, &count);
	for (i = 0; i < count; i++)
		put_range(room, assignable[i].address, assignable[i].size);
}

/* The end of the largest gap between ranges that were joined, and below @last. */
static u64 end_of_gap(const struct jh_ranges *set, u64 last, u64 size)
{
	u64 most = 0, found = 0, before = 0, end;
	u32 i;

	for (i = 0; i <= set->count; i++) {
		end = i < set->count ? min(set->list[i].start, last + 1) : last + 1;
		if (end > before && end - before > most) {
			most = end - before;
			found = end;
		}
		if (i < set->count)
			before = max(before, set->list[i].end);
	}
	return most >= size ? found : 0;
}

/**
 * jh_devtree_hole() - find addresses that neither Linux nor the tree nor @config knows
 * @last: the last one that there is
 * @size: bytes, a power of two to which the place is aligned
 *
 * At the end of the largest gap: what nobody names lies more likely behind something that somebody
 * does. Return: its start; 0: there is none, or no memory.
 */
u64 jh_devtree_hole(const void *config, u64 last, u64 size)
{
	struct room room = { .left = JH_CONFIG_MAX_UNITS + JH_CONFIG_MAX_ASSIGNABLE };
	u64 hole;

	visit_all(&room.left, count_it);
	room.set = jh_ranges_new(room.left);
	if (!room.set)
		return 0;
	visit_all(&room, add_it);
	add_configured(config, &room);
	jh_ranges_join(room.set);
	hole = end_of_gap(room.set, last, 2 * size);
	kvfree(room.set);
	return ALIGN_DOWN(hole, size) - (hole ? size : 0);
}
