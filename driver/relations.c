// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (c) The jh authors
 *
 * Can Linux do without a device? It must be possible to unbind its driver, and no device that stays
 * may depend on it: unbinding a provider unbinds its users as well, or leaves them with dangling
 * pointers. Dependencies come from the device tree: a module cannot walk Linux' device links.
 */
#include "jh.h"
#include "compat.h"

#include <linux/amba/bus.h>
#include <linux/device.h>
#include <linux/of.h>
#include <linux/of_irq.h>
#include <linux/string.h>

#define MAX_DEPTH	16	/* levels of child devices that are searched */

/* Properties that refer to providers, and the provider's property with the number of cells. */
static const struct {
	const char *name;	/* as names() compares it */
	const char *cells;
} references[] = {
	{ "clocks", "#clock-cells" },
	{ "resets", "#reset-cells" },
	{ "power-domains", "#power-domain-cells" },
	{ "dmas", "#dma-cells" },
	{ "iommus", "#iommu-cells" },
	{ "phys", "#phy-cells" },
	{ "mboxes", "#mbox-cells" },
	{ "hwlocks", "#hwlock-cells" },
	{ "interconnects", "#interconnect-cells" },
	{ "pwms", "#pwm-cells" },
	{ "io-channels", "#io-channel-cells" },
	{ "thermal-sensors", "#thermal-sensor-cells" },
	{ "interrupts-extended", "#interrupt-cells" },
	{ "sound-dai", "#sound-dai-cells" },
	{ "mux-controls", "#mux-control-cells" },
	{ "gpio", "#gpio-cells" },
	{ "gpios", "#gpio-cells" },
	{ "-gpios", "#gpio-cells" },
	{ "-gpio", "#gpio-cells" },
	{ "-supply", NULL },
	{ "nvmem-cells", NULL },
	{ "phy-handle", NULL },
	{ "usb-phy", NULL },
	{ "pinctrl-0", NULL },
	{ "pinctrl-1", NULL },
	{ "pinctrl-2", NULL },
	{ "i2c-parent", NULL },
	{ "ddc-i2c-bus", NULL },
	{ "remote-endpoint", NULL },
	{ "interrupt-parent", NULL },
};

/* Nodes that only group devices, which have drivers of their own. */
static const struct of_device_id buses[] = {
	{ .compatible = "simple-bus" },
	{ .compatible = "simple-mfd" },
	{ .compatible = "simple-pm-bus" },
	{ .compatible = "arm,amba-bus" },
	{ .compatible = "isa" },
	{ }
};

static bool is_below(struct device_node *np, const struct device_node *top)
{
	bool below;

	of_node_get(np);
	while (np && np != top)
		np = of_get_next_parent(np);
	below = np;
	of_node_put(np);
	return below;
}

/* Is the node, or one above it, a device of the configuration? */
static bool is_taken(const void *config, struct device_node *np)
{
	u32 i, count;
	const struct jh_config_device *devices = config_devices(config, &count);
	struct device_node *device;
	bool taken = false;

	for (i = 0; !taken && i < count; i++) {
		device = of_find_node_by_path(devices[i].path);
		taken = device && is_below(np, device);
		of_node_put(device);
	}
	return taken;
}

static bool is_named(const void *config, struct device_node *np)
{
	u32 i, count;
	const struct jh_config_device *devices = config_devices(config, &count);
	struct device_node *device;
	bool named = false;

	for (i = 0; !named && i < count; i++) {
		device = of_find_node_by_path(devices[i].path);
		named = device == np;
		of_node_put(device);
	}
	return named;
}

/* struct search - a search for the device of a node, below another device */
struct search {
	struct device_node *np;
	int depth;
	struct device *found;
};

static int search_child(struct device *dev, void *argument)
{
	struct search *search = argument;

	if (dev->of_node == search->np) {
		search->found = get_device(dev);
		return 1;
	}
	if (search->depth == MAX_DEPTH)
		return 0;
	search->depth++;
	device_for_each_child(dev, search, search_child);
	search->depth--;
	return !!search->found;
}

/* The device, of a kind that cells can have, of the node or of the nearest one above. */
static struct device *assignable_device_of(struct device_node *np)
{
	struct device_node *at = of_node_get(np);
	struct device *dev;

	for (dev = NULL; at && !dev; at = of_get_next_parent(at))
		dev = jh_stub_find(at);
	of_node_put(at);
	return dev;
}

/*
 * The device that Linux has for a node: its own, on whatever bus (I2C, SPI, MDIO, PCI), else that
 * of the nearest node above, whose driver reads what lies below. NULL: there is none up to the top.
 */
static struct device *device_of(struct device_node *np)
{
	struct search search = { .np = np };
	struct device *dev = assignable_device_of(np);

	if (!dev || dev->of_node == np)
		return dev;
	device_for_each_child(dev, &search, search_child);
	if (!search.found)
		return dev;
	put_device(dev);
	return search.found;
}

/* A node is disabled if one above it is. */
static bool is_available(struct device_node *np)
{
	bool available = true;

	of_node_get(np);
	while (np && available) {
		available = of_device_is_available(np);
		np = of_get_next_parent(np);
	}
	of_node_put(np);
	return available;
}

/* Does Linux use the node? A node without any device may be driven by early code. */
static bool is_used(struct device_node *np)
{
	struct device *dev;
	bool used;

	if (!is_available(np))
		return false;
	dev = device_of(np);
	if (!dev)
		return true;
	used = dev->driver && !jh_stub_has(dev);
	if (dev->of_node != np && of_match_node(buses, dev->of_node))
		used = of_node_check_flag(np, OF_POPULATED);
	put_device(dev);
	return used;
}

static bool refers_by(struct device_node *np, const char *property, const char *cells,
		      const struct device_node *provider)
{
	struct of_phandle_iterator it;
	int code;

	of_for_each_phandle(&it, code, np, property, cells, cells ? -1 : 0) {
		if (!it.node || !is_below(it.node, provider))
			continue;
		of_node_put(it.node);
		return true;
	}
	return false;
}

/* A reference that starts with '-' or ',' is the suffix of a property's name. */
static bool names(const char *reference, const char *property)
{
	size_t length = strlen(reference), have = strlen(property);

	if (*reference != '-' && *reference != ',')
		return !strcmp(reference, property);
	return have > length && !strcmp(property + have - length, reference);
}

/* The controller of the node's first interrupt, also by way of interrupt-map. */
static bool interrupts_at(struct device_node *np, const struct device_node *provider)
{
	struct of_phandle_args args;
	bool at;

	if (!of_property_read_bool(np, "interrupts") || of_irq_parse_one(np, 0, &args))
		return false;
	at = is_below(args.np, provider);
	of_node_put(args.np);
	return at;
}

/* A number of pins, or a GPIO hog's own pins: numbers, and no references. */
static bool counts_pins(struct device_node *np, const char *property)
{
	return names(",nr-gpios", property) ||
	       (!strcmp(property, "gpios") && of_property_read_bool(np, "gpio-hog"));
}

static bool refers_to(struct device_node *np, const struct device_node *provider)
{
	struct property *property;
	int i;

	for_each_property_of_node(np, property)
		for (i = 0; i < ARRAY_SIZE(references); i++)
			if (names(references[i].name, property->name) &&
			    !counts_pins(np, property->name) &&
			    refers_by(np, property->name, references[i].cells, provider))
				return true;
	return interrupts_at(np, provider);
}

/* Names the node that can be added to the configuration. */
static void name_dependent(struct device_node *np)
{
	struct device *dev = assignable_device_of(np);

	jh_who("%pOF", dev && !of_match_node(buses, dev->of_node) ? dev->of_node : np);
	put_device(dev);
}

/* Refuses if a device that stays with Linux depends on the node or on one below it. */
static int check_users(const void *config, struct device_node *np, u32 index,
		       struct jh_error *err)
{
	struct device_node *user;

	for_each_of_nodes(user) {
		if (is_below(user, np) || !refers_to(user, np) || is_taken(config, user) ||
		    !is_used(user))
			continue;
		name_dependent(user);
		of_node_put(user);
		return refuse(err, JH_ERR_DEVICE_USED, JH_OBJ_DEVICE, index);
	}
	return 0;
}

/*
 * A node without a device of a kind that can be unbound. A cell may have it if it is disabled, or
 * if it is below another device of the cell.
 */
static int check_no_device(const void *config, struct device_node *np, u32 index,
			   struct jh_error *err)
{
	struct device *dev;
	int code = 0;

	if (!of_device_is_available(np) || (np->parent && is_taken(config, np->parent)))
		return 0;
	dev = device_of(np);
	if (dev && (dev->of_node == np || (dev->driver && !of_match_node(buses, dev->of_node)))) {
		jh_who("%s", dev_name(dev));
		code = refuse(err, JH_ERR_DEVICE_KIND, JH_OBJ_DEVICE, index);
	} else if (of_node_check_flag(np, OF_POPULATED)) {
		code = refuse(err, JH_ERR_DEVICE_DRIVEN, JH_OBJ_DEVICE, index);
	}
	put_device(dev);
	return code;
}

/* struct child - a search for a child device whose driver would stay bound */
struct child {
	const void *config;
	int depth;
	bool found;
};

static int check_child(struct device *dev, void *argument)
{
	struct child *child = argument;

	if (dev->driver && dev->of_node && !is_named(child->config, dev->of_node)) {
		jh_who("%pOF", dev->of_node);
		child->found = true;
		return 1;
	}
	if (child->depth == MAX_DEPTH)
		return 0;
	child->depth++;
	device_for_each_child(dev, child, check_child);
	child->depth--;
	return child->found;
}

/*
 * suppress_bind_attrs alone does not mean that a driver cannot be unbound: many drivers of UARTs
 * have it. Without remove() it does.
 */
static bool is_fixed(const struct device *dev)
{
	if (!dev->driver || !dev->driver->suppress_bind_attrs || jh_stub_has(dev) ||
	    of_match_node(buses, dev->of_node))
		return false;
	if (dev->bus == &amba_bustype)
		return !container_of(dev->driver, struct amba_driver, drv)->remove;
	return !compat_platform_has_remove(to_platform_driver(dev->driver));
}

/* The lock keeps the driver bound, and so its module loaded. */
static bool has_fixed_driver(struct device *dev)
{
	bool fixed;

	device_lock(dev);
	fixed = is_fixed(dev);
	if (fixed)
		jh_who("%s", dev->driver->name);
	device_unlock(dev);
	return fixed;
}

/* Unbinding a bus leaves the drivers of its devices bound. */
static int check_device(const void *config, struct device *dev, u32 index, struct jh_error *err)
{
	struct child child = { .config = config };

	if (has_fixed_driver(dev))
		return refuse(err, JH_ERR_DEVICE_FIXED, JH_OBJ_DEVICE, index);
	if (of_match_node(buses, dev->of_node))
		device_for_each_child(dev, &child, check_child);
	return child.found ? refuse(err, JH_ERR_DEVICE_USED, JH_OBJ_DEVICE, index) : 0;
}

static int check_node(const void *config, struct device_node *np, u32 index,
		      struct jh_error *err)
{
	struct device *dev = jh_stub_find(np);
	int code = dev ? check_device(config, dev, index, err) :
			 check_no_device(config, np, index, err);

	if (!code && of_device_is_available(np) && of_device_is_compatible(np, "syscon"))
		code = refuse(err, JH_ERR_DEVICE_SHARED, JH_OBJ_DEVICE, index);
	if (!code && dev && !dev->driver)
		code = jh_usage_check_interrupts(np, index, err);
	if (!code)
		code = check_users(config, np, index, err);
	put_device(dev);
	return code;
}

/**
 * jh_relations_check() - refuse if Linux cannot do without the devices of a cell's configuration
 *
 * Changes nothing. jh_usage_check_cell() checks what shows only once the drivers are unbound.
 * Return: 0 or a negative errno.
 */
int jh_relations_check(const void *config, struct jh_error *err)
{
	u32 i, count;
	const struct jh_config_device *devices = config_devices(config, &count);
	struct device_node *np;
	int code = 0;

	for (i = 0; !code && i < count; i++) {
		np = of_find_node_by_path(devices[i].path);
		if (!np)
			return refuse(err, JH_ERR_DEVICE_ABSENT, JH_OBJ_DEVICE, i);
		code = check_node(config, np, i, err);
		of_node_put(np);
	}
	return code;
}
