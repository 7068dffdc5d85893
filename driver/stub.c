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
#include <linux/err.h>
#include <linux/of.h>
#include <linux/platform_device.h>
#include <linux/pm_runtime.h>
#include <linux/reset.h>
#include <linux/string.h>

#define STUB_NAME	"jh-stub"
#define RESET_US	20	/* how long lines are held: well beyond what IP blocks ask for */

struct clocks {
	struct clk_bulk_data *clocks;
	int count;
};

/* struct lines - resets of a device */
struct lines {
	bool shared;			/* it has some that others have as well */
	u32 count;
	struct reset_control *own[];	/* those that nobody else has */
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
 * Does anybody else name the line? Its driver has it as a shared one then, and asking Linux for it
 * as one's own would be answered by a warning with a stack trace.
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

/* Linux counts who holds a shared line released: the cell does, as long as it has the device. */
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

/* The device leaves reset. Its own lines are kept as the driver's data; NULL: it has none. */
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

/* The bus has attached the power domain already; an AMBA bus has it and its clock on, too. */
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

/** jh_stub_can_reset() - does a reset of the device put all of it into reset? */
bool jh_stub_can_reset(struct device *dev)
{
	const struct lines *lines = jh_stub_has(dev) ? dev_get_drvdata(dev) : NULL;

	return lines && lines->count && !lines->shared;
}

/* Some controllers only know how to pull a line for a moment. */
static int pull(struct reset_control *line)
{
	int code = reset_control_assert(line);

	return code == -ENOTSUPP ? reset_control_reset(line) : code;
}

/** jh_stub_reset() - by the lines that the device alone has, whatever driver or firmware does it */
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
