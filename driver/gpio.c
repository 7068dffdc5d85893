// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (c) The jh authors
 *
 * Lines of a GPIO controller that Linux has requested: for user space, or for a driver that has
 * them from a lookup table and not from the device tree. Unbinding the controller would leave their
 * users with dangling pointers.
 */
#include "jh.h"
#include "compat.h"

#include <linux/device.h>
#include <linux/of.h>

#define NAME_SIZE	32

/* struct look - the GPIO chips of a device, and the first line of them that is in use */
struct look {
	struct device *dev;
	bool has_chip;
	bool found;
	u32 line;			/* the first that is in use */
	char user[NAME_SIZE];		/* who uses it */
};

#if IS_ENABLED(CONFIG_GPIOLIB)
/* A line with gpio-hog in the device tree: the controller's own driver sets and frees it. */
static bool is_hog(struct device_node *np, u32 line)
{
	struct device_node *child;
	u32 cells = 2, i, its;
	bool hog = false;

	of_property_read_u32(np, "#gpio-cells", &cells);
	for_each_child_of_node(np, child) {
		if (!of_property_read_bool(child, "gpio-hog"))
			continue;
		for (i = 0; !of_property_read_u32_index(child, "gpios", i, &its); i += cells)
			hog |= its == line;
	}
	return hog;
}

static int look_at(struct gpio_chip *gc, void *data)
{
	struct look *look = data;
	u32 i;

	if (gc->parent != look->dev)
		return 0;
	look->has_chip = true;
	for (i = 0; !look->found && i < gc->ngpio; i++) {
		if (!compat_gpio_user(gc, i, look->user, sizeof(look->user)) ||
		    is_hog(look->dev->of_node, i))
			continue;
		look->line = i;
		look->found = true;
	}
	return 0;
}

static int __maybe_unused look_at_const(struct gpio_chip *gc, const void *data)
{
	return look_at(gc, (void *)data);
}
#else
static const int look_at, look_at_const;
#endif

/** jh_gpio_has_chip() - has the device's driver registered a GPIO chip? */
bool jh_gpio_has_chip(struct device *dev)
{
	struct look look = { .dev = dev };

	compat_gpio_each(&look, look_at, look_at_const);
	return look.has_chip;
}

/** jh_gpio_check() - refuse if a line of the device is in use; 0 or -errno */
int jh_gpio_check(struct device *dev, u32 index, struct jh_error *err)
{
	struct look look = { .dev = dev };

	compat_gpio_each(&look, look_at, look_at_const);
	if (!look.found)
		return 0;
	jh_who("whoever has its line %u (%s)", look.line, look.user);
	return refuse(err, JH_ERR_DEVICE_USED, JH_OBJ_DEVICE, index);
}
