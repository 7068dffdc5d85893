// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (c) The jh authors
 *
 * Devices of cells. Linux' driver is unbound and our stub bound in its place, which keeps clocks,
 * resets and the power domain on for as long as the cell has the device.
 */
#include "jh.h"
#include "compat.h"

#include <linux/amba/bus.h>
#include <linux/clk.h>
#include <linux/delay.h>
#include <linux/device.h>
#include <linux/of.h>
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

/** jh_device_find() - the device of a node, if it is of a kind that can be taken; to be put */
struct device *jh_device_find(struct device_node *np)
{
	struct device *dev = bus_find_device_by_of_node(&platform_bus_type, np);

	return dev ? dev : bus_find_device_by_of_node(&amba_bustype, np);
}

/** jh_device_is_ours() - does a cell have it already? */
bool jh_device_is_ours(const struct device *dev)
{
	return dev->driver == &stub.driver || dev->driver == &amba_stub.drv;
}

/* Linux' own driver comes back by itself if it is loaded. */
static void give_back(struct device *dev)
{
	if (jh_device_is_ours(dev))
		device_release_driver(dev);
	if (device_attach(dev) < 0)
		dev_err(dev, "jh: its driver does not come back\n");
	put_device(dev);
}

/* Attaching by hand asks no table of device names; if another driver was faster it is refused. */
static int bind_stub(struct device *dev)
{
	struct device_driver *driver = dev->bus == &amba_bustype ? &amba_stub.drv : &stub.driver;

	device_release_driver(dev);
	return compat_driver_attach(driver, dev);
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
	code = bind_stub(dev);
	if (code) {
		code = dev->driver ?
		       refuse(err, JH_ERR_DEVICE_BUSY, JH_OBJ_DEVICE, index) :
		       refuse_value(err, JH_ERR_DEVICE_STUB, JH_OBJ_DEVICE, index, abs(code), 0);
		give_back(dev);
		return code;
	}
	cell->devices[cell->num_devices++] = dev;
	return 0;
}

/* A node without a device (status = "disabled") has no driver that would have to go. */
static int take_path(struct jh_cell *cell, const char *path, u32 index, struct jh_error *err)
{
	struct device_node *np = of_find_node_by_path(path);
	struct device *dev;

	if (!np)
		return refuse(err, JH_ERR_DEVICE_ABSENT, JH_OBJ_DEVICE, index);
	dev = jh_device_find(np);
	of_node_put(np);
	return dev ? take_device(cell, dev, index, err) : 0;
}

/**
 * jh_device_take() - take the cell's devices from their drivers, if Linux can do without them
 *
 * Return: 0, or a negative errno and all drivers are bound again.
 */
int jh_device_take(struct jh_cell *cell, struct jh_error *err)
{
	u32 i, count;
	const struct jh_config_device *devices = config_devices(cell->config, &count);
	int code = jh_relations_check(cell->config, err);

	for (i = 0; !code && i < count; i++)
		code = take_path(cell, devices[i].path, i, err);
	if (!code)
		code = jh_usage_check_cell(cell->config, err);
	if (code)
		jh_device_give_back(cell);
	return code;
}

/** jh_device_give_back() - the last device first */
void jh_device_give_back(struct jh_cell *cell)
{
	while (cell->num_devices)
		give_back(cell->devices[--cell->num_devices]);
}

/* Through its reset lines, by whatever driver or firmware; false if it has none or they fail. */
static bool reset(struct device *dev)
{
	struct reset_control *resets = jh_device_is_ours(dev) ? dev_get_drvdata(dev) : NULL;
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

/**
 * jh_device_quiet() - stop what the devices of a cell are doing, before its memory is used again
 *
 * The cell does not run. A device that masters the bus would go on writing to where the cell told
 * it to: into zeroed memory, into the next image, or into what is Linux' again.
 */
void jh_device_quiet(struct jh_cell *cell)
{
	u32 i;

	if (!cell->was_started)
		return;
	cell->was_started = false;
	for (i = 0; i < cell->num_devices; i++)
		reset(cell->devices[i]);
}

/* Names of nodes that read and write memory by themselves; tools/jhconf/devices.py has more. */
static const char *const masters[] = {
	"ethernet", "mmc", "sdhci", "usb", "sata", "pcie", "pci", "gpu", "dma", "dma-controller",
	"display", "display-controller", "crypto", "video-codec", "nand-controller", "ufs",
};

static bool is_master(struct device_node *np)
{
	int i;

	for (i = 0; i < ARRAY_SIZE(masters); i++)
		if (of_node_name_eq(np, masters[i]))
			return true;
	return of_property_read_bool(np, "iommus") || of_property_read_bool(np, "dma-coherent") ||
	       of_property_read_bool(np, "#dma-cells");
}

/** jh_device_name_loud() - say which devices of a new cell nothing will stop when it ends */
void jh_device_name_loud(const struct jh_cell *cell)
{
	struct device *dev;
	u32 i;

	for (i = 0; i < cell->num_devices; i++) {
		dev = cell->devices[i];
		if (dev->of_node && is_master(dev->of_node) && !dev_get_drvdata(dev))
			pr_warn("cell %s: %pOF accesses memory by itself and has no reset line: "
				"what the cell starts there goes on when it ends\n",
				kobject_name(&cell->kobj), dev->of_node);
	}
}

/** jh_device_init() - register the stubs, until jh_device_exit() */
int jh_device_init(void)
{
	int code = platform_driver_register(&stub);

	if (code)
		return code;
	code = amba_driver_register(&amba_stub);
	if (code)
		platform_driver_unregister(&stub);
	return code;
}

void jh_device_exit(void)
{
	amba_driver_unregister(&amba_stub);
	platform_driver_unregister(&stub);
}
