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

static int highest_of(struct resource *res, void *argument)
{
	u64 *highest = argument;

	*highest = max_t(u64, *highest, res->end);
	return 0;
}

static u64 highest_of_node(struct device_node *np)
{
	struct of_range_parser parser;
	struct of_range range;
	struct resource res;
	u64 highest = 0;
	int i;

	for (i = 0; !of_address_to_resource(np, i, &res); i++)
		highest = max_t(u64, highest, res.end);
	if (of_node_is_type(np, "pci") && !of_pci_range_parser_init(&parser, np))
		for_each_of_range(&parser, &range)
			if (range.cpu_addr != OF_BAD_ADDR)
				highest = max(highest, range.cpu_addr + range.size - 1);
	return highest;
}

/** jh_devtree_max_address() - the highest address in /proc/iomem and in the device tree */
u64 jh_devtree_max_address(void)
{
	struct device_node *np;
	u64 highest = 0;

	walk_iomem_res_desc(IORES_DESC_NONE, 0, 0, -1, &highest, highest_of);
	for_each_of_nodes(np)
		highest = max(highest, highest_of_node(np));
	return highest;
}
