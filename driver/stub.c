// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (c) The jh authors
 *
 * The driver of cells' devices in Linux. It keeps clocks and power domain on, and resets released,
 * while the cell has the device.
 */
#include "jh.h"
#include "compat.h"

#include <linux/amba/bus.h>
#include <linux/clk.h>
#include <linux/delay.h>
#include <linux/device.h>
#include <linux/err.h>
#include <linux/of.h>
#include <linux/platform_device.h>
#include <linux/pm_runtime.h>
#include <linux/reset.h>
#include <linux/string.h>

#define STUB_NAME	"jh-stub"
#define RESET_US	20	/* lines are asserted for this long: more than IP blocks need */

struct clocks {
	struct clk_bulk_data *clocks;
	int count;
};

/* struct lines - reset lines of a device */
struct lines {
	bool shared;			/* some lines belong to other devices as well */
	u32 count;
	struct reset_control *own[];	/* lines that are the device's alone */
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

/*
 * Does another device name the line? Its driver requests it as shared then, and an exclusive
 * request would make Linux log a warning with a stack trace.
 */
static bool is_shared(struct device_node *np, const struct of_phandle_args *line)
{
	struct of_phandle_args other;
	struct device_node *user;
	bool same;
	int i;

	for_each_of_nodes(user) {
		if (user == np || !of_device_is_available(user))
			continue;
		for (i = 0; !of_parse_phandle_with_args(user, "resets", "#reset-cells", i, &other);
		     i++) {
			same = other.np == line->np && other.args_count == line->args_count &&
			       !memcmp(other.args, line->args,
				       line->args_count * sizeof(line->args[0]));
			of_node_put(other.np);
			if (!same)
				continue;
			of_node_put(user);
			return true;
		}
	}
	return false;
}

static void drop_shared(void *line)
{
	reset_control_assert(line);
}

/* Linux counts the users that deassert a shared line; the cell's stub is one of them. */
static int hold_shared(struct device *dev, int index)
{
	struct reset_control *line = devm_reset_control_get_shared_by_index(dev, index);
	int code = PTR_ERR_OR_ZERO(line);

	if (!code)
		code = reset_control_deassert(line);
	return code ? code : devm_add_action_or_reset(dev, drop_shared, line);
}

static int hold_line(struct device *dev, struct lines *lines, int index)
{
	struct reset_control *line;
	struct of_phandle_args args;
	bool shared;
	int code = of_parse_phandle_with_args(dev->of_node, "resets", "#reset-cells", index, &args);

	if (code)
		return code;
	shared = is_shared(dev->of_node, &args);
	of_node_put(args.np);
	lines->shared |= shared;
	if (shared)
		return hold_shared(dev, index);
	line = devm_reset_control_get_exclusive_by_index(dev, index);
	if (IS_ERR(line))
		return PTR_ERR(line);
	lines->own[lines->count++] = line;
	return reset_control_deassert(line);
}

/* Takes the device out of reset. The driver's data is its struct lines; NULL: no resets. */
static int hold_resets(struct device *dev)
{
	int i, count = of_count_phandle_with_args(dev->of_node, "resets", "#reset-cells");
	struct lines *lines;
	int code = 0;

	dev_set_drvdata(dev, NULL);
	if (count <= 0)
		return 0;
	lines = devm_kzalloc(dev, sizeof(*lines) + count * sizeof(lines->own[0]), GFP_KERNEL);
	if (!lines)
		return -ENOMEM;
	for (i = 0; !code && i < count; i++)
		code = hold_line(dev, lines, i);
	dev_set_drvdata(dev, lines);
	return code;
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

/* The bus has attached the power domain; an AMBA bus has turned it and its clock on, too. */
static int stub_probe(struct platform_device *pdev)
{
	int code = hold_power(&pdev->dev);

	if (!code)
		code = hold_clocks(&pdev->dev);
	if (!code)
		code = hold_resets(&pdev->dev);
	return code;
}

static int amba_stub_probe(struct amba_device *adev, const struct amba_id *id)
{
	int code = hold_clocks(&adev->dev);

	return code ? code : hold_resets(&adev->dev);
}

static void amba_stub_remove(struct amba_device *adev)
{
}

/* Neither of the two drivers matches a device by itself. */
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

/** jh_stub_find() - a node's platform or AMBA device, for put_device(); NULL: it has none */
struct device *jh_stub_find(struct device_node *np)
{
	struct device *dev = bus_find_device_by_of_node(&platform_bus_type, np);

	return dev ? dev : bus_find_device_by_of_node(&amba_bustype, np);
}

/** jh_stub_has() - is the device bound to the stub, so that a cell has it? */
bool jh_stub_has(const struct device *dev)
{
	return dev->driver == &stub.driver || dev->driver == &amba_stub.drv;
}

/**
 * jh_stub_bind() - unbind a device's driver, and bind the stub; 0 or -errno
 *
 * Attaching to a driver by hand needs no match; it fails if another driver was bound meanwhile.
 */
int jh_stub_bind(struct device *dev)
{
	struct device_driver *driver = dev->bus == &amba_bustype ? &amba_stub.drv : &stub.driver;

	device_release_driver(dev);
	return compat_driver_attach(driver, dev);
}

/** jh_stub_can_reset() - does jh_stub_reset() reset the whole device? */
bool jh_stub_can_reset(struct device *dev)
{
	const struct lines *lines = jh_stub_has(dev) ? dev_get_drvdata(dev) : NULL;

	return lines && lines->count && !lines->shared;
}

/* Some reset controllers cannot hold a line: they only pulse it. */
static int pull(struct reset_control *line)
{
	int code = reset_control_assert(line);

	return code == -ENOTSUPP ? reset_control_reset(line) : code;
}

/** jh_stub_reset() - reset the device by the lines that no other device has */
void jh_stub_reset(struct device *dev)
{
	struct lines *lines = jh_stub_has(dev) ? dev_get_drvdata(dev) : NULL;
	int code = 0;
	u32 i;

	if (!lines || !lines->count)
		return;
	for (i = 0; !code && i < lines->count; i++)
		code = pull(lines->own[i]);
	usleep_range(RESET_US, 2 * RESET_US);
	/* Its next user may know nothing of resets. */
	while (i--) {
		int failed = reset_control_deassert(lines->own[i]);

		code = code ? code : failed;
	}
	if (code)
		dev_err(dev, "jh: it cannot be reset (%d): what was started in it may go on\n",
			code);
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
