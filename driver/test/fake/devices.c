// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (c) The jh authors
 *
 * Device tree nodes are found by their path: a device has the node of the same name.
 */
#include <stdarg.h>

#include "irq.h"

const struct bus_type platform_bus_type, amba_bustype;

struct device *fake_devices[4];
int fake_registered;
unsigned int fake_fail_register;

int platform_driver_register(struct platform_driver *driver)
{
	if (fake_fail_register && !--fake_fail_register)
		return -EBUSY;
	fake_registered++;
	return 0;
}

void platform_driver_unregister(struct platform_driver *driver)
{
	fake_registered--;
}

int amba_driver_register(struct amba_driver *driver)
{
	return platform_driver_register(NULL);
}

void amba_driver_unregister(struct amba_driver *driver)
{
	fake_registered--;
}

struct device *bus_find_device_by_of_node(const struct bus_type *bus, struct device_node *np)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(fake_devices); i++) {
		struct device *dev = fake_devices[i];

		if (dev && dev->bus == bus && !strcmp(dev->path, np->path)) {
			dev->references++;
			return dev;
		}
	}
	return NULL;
}

struct device *get_device(struct device *dev)
{
	dev->references++;
	return dev;
}

void put_device(struct device *dev)
{
	if (dev)
		dev->references--;
}

struct resource *platform_get_resource(struct platform_device *pdev, unsigned long kind, u32 index)
{
	return index < pdev->num_resources ? &pdev->resources[index] : NULL;
}

int bus_for_each_dev(const struct bus_type *bus, struct device *start, void *argument,
		     int (*call)(struct device *dev, void *argument))
{
	size_t i;
	int code = 0;

	for (i = 0; !code && i < ARRAY_SIZE(fake_devices); i++)
		if (fake_devices[i] && fake_devices[i]->bus == bus)
			code = call(fake_devices[i], argument);
	return code;
}

int vscnprintf(char *buffer, size_t size, const char *format, va_list args)
{
	if (strcmp(format, "%pOF"))
		return vsnprintf(buffer, size, format, args);
	return snprintf(buffer, size, "%s", va_arg(args, struct device_node *)->path);
}

void device_release_driver(struct device *dev)
{
	dev->driver = NULL;
}

int device_attach(struct device *dev)
{
	if (!dev->driver)
		dev->driver = dev->own;
	return dev->driver ? 1 : 0;
}

int device_driver_attach(struct device_driver *driver, struct device *dev)
{
	if (dev->keeps_own)
		dev->driver = dev->own;
	if (dev->driver)
		return -EBUSY;
	dev->driver = driver;
	return 0;
}

/* --- what the stub holds, which no device here has --- */

void *devm_kzalloc(struct device *dev, size_t size, gfp_t gfp)
{
	return NULL;
}

int devm_clk_bulk_get_all(struct device *dev, struct clk_bulk_data **clocks)
{
	return 0;
}

int clk_bulk_prepare_enable(int count, const struct clk_bulk_data *clocks)
{
	return 0;
}

void clk_bulk_disable_unprepare(int count, const struct clk_bulk_data *clocks)
{
}

int devm_add_action_or_reset(struct device *dev, void (*action)(void *data), void *data)
{
	return 0;
}

struct reset_control *devm_reset_control_array_get_optional_exclusive(struct device *dev)
{
	return NULL;
}

int reset_control_assert(struct reset_control *resets)
{
	return 0;
}

int reset_control_deassert(struct reset_control *resets)
{
	return 0;
}

void pm_runtime_enable(struct device *dev)
{
}

void pm_runtime_disable(struct device *dev)
{
}

int pm_runtime_get_sync(struct device *dev)
{
	return 0;
}

int pm_runtime_put_sync(struct device *dev)
{
	return 0;
}
