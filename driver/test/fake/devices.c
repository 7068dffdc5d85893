// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (c) The jh authors
 *
 * Device tree nodes are found by their path: a device has the node of the same name.
 */
#include <stdarg.h>

#include "irq.h"

const struct bus_type platform_bus_type, amba_bustype;

struct device *fake_devices[FAKE_DEVICES];
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

int device_for_each_child(struct device *dev, void *argument,
			  int (*call)(struct device *dev, void *argument))
{
	size_t i;
	int code = 0;

	for (i = 0; !code && i < ARRAY_SIZE(fake_devices); i++)
		if (fake_devices[i] && fake_devices[i]->parent == dev)
			code = call(fake_devices[i], argument);
	return code;
}

int vscnprintf(char *buffer, size_t size, const char *format, va_list args)
{
	if (strcmp(format, "%pOF"))
		return vsnprintf(buffer, size, format, args);
	return snprintf(buffer, size, "%s", va_arg(args, struct device_node *)->path);
}

/* --- resources of drivers --- */

#define HELD	32

static struct {
	struct device *dev;
	void (*action)(void *data);
	void *data;
} held[HELD];

struct reset_control fake_lines[FAKE_LINES];
bool fake_warned;
int fake_clocks, fake_power;

int devm_add_action_or_reset(struct device *dev, void (*action)(void *data), void *data)
{
	int i = 0;

	while (held[i].dev)
		if (++i == HELD)
			abort();
	held[i].dev = dev;
	held[i].action = action;
	held[i].data = data;
	return 0;
}

static void free_memory(void *memory)
{
	fake_free(memory);
}

void *devm_kzalloc(struct device *dev, size_t size, gfp_t gfp)
{
	void *memory = fake_alloc(size);

	if (memory)
		devm_add_action_or_reset(dev, free_memory, memory);
	return memory;
}

/* The last one first. */
static void release(struct device *dev)
{
	int i;

	for (i = HELD - 1; i >= 0; i--) {
		if (held[i].dev != dev)
			continue;
		held[i].action(held[i].data);
		held[i].dev = NULL;
	}
}

void device_release_driver(struct device *dev)
{
	dev->driver = NULL;
	release(dev);
}

int fake_attach_fails, fake_power_fails;

int device_attach(struct device *dev)
{
	if (fake_attach_fails)
		return fake_attach_fails;
	if (!dev->driver)
		dev->driver = dev->own;
	return dev->driver ? 1 : 0;
}

static int probe(struct device_driver *driver, struct device *dev)
{
	if (dev->bus == &amba_bustype)
		return container_of(driver, struct amba_driver, drv)->probe(
			container_of(dev, struct amba_device, dev), NULL);
	return container_of(driver, struct platform_driver, driver)->probe(
		container_of(dev, struct platform_device, dev));
}

int device_driver_attach(struct device_driver *driver, struct device *dev)
{
	int code;

	if (dev->keeps_own)
		dev->driver = dev->own;
	if (dev->driver)
		return -EBUSY;
	code = probe(driver, dev);
	if (code)
		release(dev);
	else
		dev->driver = driver;
	return code;
}

/* A device has a clock for each of its reset lines. */
int devm_clk_bulk_get_all(struct device *dev, struct clk_bulk_data **clocks)
{
	return dev->of_node ? dev->of_node->num_resets : 0;
}

int clk_bulk_prepare_enable(int count, const struct clk_bulk_data *clocks)
{
	fake_clocks += count;
	return 0;
}

void clk_bulk_disable_unprepare(int count, const struct clk_bulk_data *clocks)
{
	fake_clocks -= count;
}

static void put_own(void *line)
{
	((struct reset_control *)line)->own--;
}

static void put_shared(void *line)
{
	((struct reset_control *)line)->shared--;
}

/* As Linux: a line has one exclusive user, or shared ones only. */
struct reset_control *devm_reset_control_get_exclusive_by_index(struct device *dev, int index)
{
	struct reset_control *line = &fake_lines[dev->of_node->resets[index]];

	if (line->own || line->shared) {
		fake_warned = true;
		return ERR_PTR(-EBUSY);
	}
	line->own++;
	devm_add_action_or_reset(dev, put_own, line);
	return line;
}

struct reset_control *devm_reset_control_get_shared_by_index(struct device *dev, int index)
{
	struct reset_control *line = &fake_lines[dev->of_node->resets[index]];

	if (line->own) {
		fake_warned = true;
		return ERR_PTR(-EBUSY);
	}
	line->shared++;
	devm_add_action_or_reset(dev, put_shared, line);
	return line;
}

int reset_control_assert(struct reset_control *line)
{
	if (line->shared > 1)
		return 0;
	if (line->only_pulls)
		return -ENOTSUPP;
	if (line->fails)
		return line->fails;
	line->asserted = true;
	line->pulls++;
	return 0;
}

int reset_control_reset(struct reset_control *line)
{
	line->pulls++;
	return 0;
}

int reset_control_deassert(struct reset_control *line)
{
	line->asserted = false;
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
	fake_power++;
	return fake_power_fails;
}

int pm_runtime_put_sync(struct device *dev)
{
	return fake_power-- * 0;
}
