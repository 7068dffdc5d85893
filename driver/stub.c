// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (c) The jh authors
 *
 * The driver that a cell's devices have in Linux: it keeps clocks, resets and the power domain on
 * for as long as the cell has the device.
 */
#include "jh.h"
#include "compat.h"

#include <linux/amba/bus.h>
#include <linux/clk.h>
#include <linux/delay.h>
#include <linux/device.h>
#include <linux/platform_device.h>
#include <linux/pm_runtime.h>
#include <linux/reset.h>

#define STUB_NAME	"jh-stub"
#define RESET_US	20	/* how long lines are held: well beyond what IP blocks ask for */

struct clocks {
	struct clk_bulk_data *clocks;
	int count;
};

static void stop_clocks(void *data)
{
	struct clocks *clocks = data;

	clk_bulk_disable_unprepare(clocks->count, clocks->clocks);
}

static int hold_clocks(struct device *dev)
{
	struct clocks *clocks = devm_kzalloc(dev, sizeof(*clocks), GFP_KERNEL);
	int code;

	if (!clocks)
		return -ENOMEM;
	clocks->count = devm_clk_bulk_get_all(dev, &clocks->clocks);
	if (clocks->count <= 0)
		return clocks->count;
	code = clk_bulk_prepare_enable(clocks->count, clocks->clocks);
	return code ? code : devm_add_action_or_reset(dev, stop_clocks, clocks);
}

static int release_resets(struct device *dev)
{
	struct reset_control *resets = devm_reset_control_array_get_optional_exclusive(dev);

	if (IS_ERR(resets))
		return PTR_ERR(resets);
	dev_set_drvdata(dev, resets);
	return reset_control_deassert(resets);
}

static void power_down(void *dev)
{
	pm_runtime_put_sync(dev);
	pm_runtime_disable(dev);
}

static int hold_power(struct device *dev)
{
	int code;

	pm_runtime_enable(dev);
	code = pm_runtime_get_sync(dev);
	if (code < 0) {
		power_down(dev);
		return code;
	}
	return devm_add_action_or_reset(dev, power_down, dev);
}

/* The bus has attached the power domain already; an AMBA bus has it and its clock on, too. */
static int stub_probe(struct platform_device *pdev)
{
	int code = hold_power(&pdev->dev);

	if (!code)
		code = hold_clocks(&pdev->dev);
	if (!code)
		code = release_resets(&pdev->dev);
	return code;
}

static int amba_stub_probe(struct amba_device *adev, const struct amba_id *id)
{
	int code = hold_clocks(&adev->dev);

	return code ? code : release_resets(&adev->dev);
}

static void amba_stub_remove(struct amba_device *adev)
{
}

/* Neither matches a device by itself. */
static struct platform_driver stub = {
	.driver = { .name = STUB_NAME, .suppress_bind_attrs = true },
	.probe = stub_probe,
};

static const struct amba_id no_ids[] = { { } };

static struct amba_driver amba_stub = {
	.drv = { .name = STUB_NAME, .suppress_bind_attrs = true },
	.id_table = no_ids,
	.probe = amba_stub_probe,
	.remove = amba_stub_remove,
};

/** jh_stub_find() - the device of a node, if it is of a kind that can be taken; to be put */
struct device *jh_stub_find(struct device_node *np)
{
	struct device *dev = bus_find_device_by_of_node(&platform_bus_type, np);

	return dev ? dev : bus_find_device_by_of_node(&amba_bustype, np);
}

/** jh_stub_has() - does a cell have it already? */
bool jh_stub_has(const struct device *dev)
{
	return dev->driver == &stub.driver || dev->driver == &amba_stub.drv;
}

/**
 * jh_stub_bind() - bind a stub in place of whatever driver the device has
 *
 * Attaching by hand asks no table of device names; if another driver was faster it is refused.
 */
int jh_stub_bind(struct device *dev)
{
	struct device_driver *driver = dev->bus == &amba_bustype ? &amba_stub.drv : &stub.driver;

	device_release_driver(dev);
	return compat_driver_attach(driver, dev);
}

/** jh_stub_reset() - by its lines; false if it has none that can be used, or they fail */
bool jh_stub_reset(struct device *dev)
{
	struct reset_control *resets = jh_stub_has(dev) ? dev_get_drvdata(dev) : NULL;
	int code;

	if (!resets)
		return false;
	code = reset_control_assert(resets);
	usleep_range(RESET_US, 2 * RESET_US);
	/* Its next user may know nothing of resets. */
	if (reset_control_deassert(resets) || code) {
		dev_err(dev, "jh: it cannot be reset (%d)\n", code);
		return false;
	}
	return true;
}

/** jh_stub_init() - register the stubs, until jh_stub_exit() */
int jh_stub_init(void)
{
	int code = platform_driver_register(&stub);

	if (code)
		return code;
	code = amba_driver_register(&amba_stub);
	if (code)
		platform_driver_unregister(&stub);
	return code;
}

void jh_stub_exit(void)
{
	amba_driver_unregister(&amba_stub);
	platform_driver_unregister(&stub);
}
