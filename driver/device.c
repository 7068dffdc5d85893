// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (c) The jh authors
 *
 * Devices of cells: Linux' driver is unbound, and the stub bound in its place.
 */
#include "jh.h"

#include <linux/device.h>
#include <linux/of.h>

/* device_attach() finds Linux' own driver if it is loaded. */
static void device_give_back(struct device *dev)
{
	if (jh_stub_has(dev))
		device_release_driver(dev);
	if (device_attach(dev) < 0)
		dev_err(dev, "jh: its driver does not come back: write the device's name to the "
			"driver's bind file in /sys/bus\n");
	put_device(dev);
}

static struct jh_cell *owner_of(const struct device *dev)
{
	struct jh_cell *cell;
	u32 i;

	list_for_each_entry(cell, &jh_cells, list)
		for (i = 0; i < cell->num_devices; i++)
			if (cell->devices[i] == dev)
				return cell;
	return NULL;
}

static int take_device(struct jh_cell *cell, struct device *dev, u32 index, struct jh_error *err)
{
	struct jh_cell *owner = owner_of(dev);
	int code;

	if (owner) {
		code = refuse_other(err, JH_ERR_DEVICE_TAKEN, JH_OBJ_DEVICE, index, JH_OBJ_CELL,
				    owner->id);
		err->cell = owner->id;
		put_device(dev);
		return code;
	}
	code = jh_gpio_check(dev, index, err);
	if (code) {
		put_device(dev);
		return code;
	}
	code = jh_stub_bind(dev);
	if (code) {
		code = dev->driver ?
		       refuse(err, JH_ERR_DEVICE_BUSY, JH_OBJ_DEVICE, index) :
		       refuse_value(err, JH_ERR_DEVICE_STUB, JH_OBJ_DEVICE, index, abs(code), 0);
		device_give_back(dev);
		return code;
	}
	cell->devices[cell->num_devices++] = dev;
	return 0;
}

/*
 * A device behind a PCI host continues the DMA that a cell programmed, even when the cell has
 * ended. Only a reset of the host stops it: root cannot reach the host's registers before the
 * cell's memory has been zeroed.
 */
static int check_pci(const struct jh_cell *cell, struct device_node *np, struct device *dev,
		     u32 index, struct jh_error *err)
{
	if (config_cell(cell->config)->flags & JH_CELL_TRUSTED || !jh_masters_has_pci(np) ||
	    (dev && jh_stub_can_reset(dev)))
		return 0;
	return refuse(err, JH_ERR_DEVICE_PCI, JH_OBJ_DEVICE, index);
}

/* A node without a device (status = "disabled") has no driver to unbind. */
static int take_path(struct jh_cell *cell, const char *path, u32 index, bool chips,
		     struct jh_error *err)
{
	struct device_node *np = of_find_node_by_path(path);
	struct device *dev;
	int code = 0;

	if (!np)
		return refuse(err, JH_ERR_DEVICE_ABSENT, JH_OBJ_DEVICE, index);
	dev = jh_stub_find(np);
	if ((dev && jh_gpio_has_chip(dev)) != chips) {
		put_device(dev);
		goto out;
	}
	if (dev)
		code = take_device(cell, dev, index, err);
	if (!code)
		code = check_pci(cell, np, dev, index, err);
out:
	of_node_put(np);
	return code;
}

/* GPIO controllers come last: the cell's other devices may use lines of theirs. */
static int take_all(struct jh_cell *cell, struct jh_error *err)
{
	u32 i, count;
	const struct jh_config_device *devices = config_devices(cell->config, &count);
	int code = 0;

	for (i = 0; !code && i < count; i++)
		code = take_path(cell, devices[i].path, i, false, err);
	for (i = 0; !code && i < count; i++)
		code = take_path(cell, devices[i].path, i, true, err);
	return code;
}

/**
 * jh_device_take() - take the cell's devices from their drivers, if Linux can do without them
 *
 * Return: 0, or a negative errno and all drivers are bound again.
 */
int jh_device_take(struct jh_cell *cell, struct jh_error *err)
{
	int code = jh_relations_check(cell->config, err);

	if (!code)
		code = take_all(cell, err);
	if (!code)
		code = jh_usage_check_cell(cell->config, err);
	if (code)
		jh_device_give_back(cell);
	return code;
}

/** jh_device_give_back() - bind Linux' drivers to a cell's devices again, the last device first */
void jh_device_give_back(struct jh_cell *cell)
{
	while (cell->num_devices)
		device_give_back(cell->devices[--cell->num_devices]);
}

/**
 * jh_device_quiet() - reset the devices of a cell that does not run, before its memory is reused
 *
 * A bus master would continue to write where the cell told it to: into zeroed memory, into the next
 * image, or into memory that is Linux' again.
 */
void jh_device_quiet(struct jh_cell *cell)
{
	u32 i;

	if (!cell->was_started)
		return;
	cell->was_started = false;
	for (i = 0; i < cell->num_devices; i++)
		jh_stub_reset(cell->devices[i]);
}

/** jh_device_warn_no_reset() - log bus masters of a new cell that jh_device_quiet() cannot stop */
void jh_device_warn_no_reset(const struct jh_cell *cell)
{
	struct device *dev;
	u32 i;

	for (i = 0; i < cell->num_devices; i++) {
		dev = cell->devices[i];
		if (!dev->of_node || jh_stub_can_reset(dev) || !jh_masters_has(dev->of_node))
			continue;
		pr_warn("cell %s: %pOF may access memory by itself and has no reset line of its "
			"own: what the cell starts there goes on when it ends\n",
			kobject_name(&cell->kobj), dev->of_node);
	}
}
