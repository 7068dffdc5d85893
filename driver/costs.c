// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (c) The jh authors
 *
 * The costs of jh, for measurements, in /sys/devices/virtual/misc/jh/costs: times in ticks of the
 * architected counter (CNTVCT_EL0), and bytes of the hypervisor's memory that are in use.
 *
 * The times of calls are sums since the module was loaded: read them before and after the calls.
 */
#include "jh.h"

#include <linux/device.h>
#include <linux/sysfs.h>

struct costs_attribute {
	struct device_attribute attribute;
	u32 code;		/* JH_HC_* */
};

static ssize_t sum_show(struct device *dev, struct device_attribute *attr, char *buffer)
{
	u32 code = container_of(attr, struct costs_attribute, attribute)->code;

	return sysfs_emit(buffer, "%llu\n", jh_ticks_of(code));
}

static ssize_t enable_show(struct device *dev, struct device_attribute *attr, char *buffer)
{
	return sysfs_emit(buffer, "%llu\n", jh_ticks_of_enable());
}

/* Bytes of image, per-CPU areas and tables, and the pages in use of the pool behind them. */
static ssize_t memory_show(struct device *dev, struct device_attribute *attr, char *buffer)
{
	u64 bytes = 0;
	bool active;

	down_read(&jh_report_lock);
	active = jh_is_active();
	if (active)
		bytes = jh_system->pool_offset +
			READ_ONCE(jh_system->report->pool_used) * HV_PAGE_SIZE;
	up_read(&jh_report_lock);
	return active ? sysfs_emit(buffer, "%llu\n", bytes) : -ENODEV;
}

#define SUM(name_, code_) \
	static struct costs_attribute name_##_ticks = { \
		.attribute = __ATTR(name_, 0444, sum_show, NULL), \
		.code = code_, \
	}

SUM(cell_create, JH_HC_CELL_CREATE);
SUM(cell_write, JH_HC_CELL_WRITE);
SUM(cell_start, JH_HC_CELL_START);
SUM(cell_stop, JH_HC_CELL_STOP);
SUM(cell_clean, JH_HC_CELL_CLEAN);
SUM(cell_scrub, JH_HC_CELL_SCRUB);
SUM(cell_destroy, JH_HC_CELL_DESTROY);

static struct device_attribute enable_attribute = __ATTR_RO(enable);
static struct device_attribute memory_attribute = __ATTR_RO(memory);

static struct attribute *attributes[] = {
	&enable_attribute.attr, &memory_attribute.attr,
	&cell_create_ticks.attribute.attr, &cell_write_ticks.attribute.attr,
	&cell_start_ticks.attribute.attr, &cell_stop_ticks.attribute.attr,
	&cell_clean_ticks.attribute.attr, &cell_scrub_ticks.attribute.attr,
	&cell_destroy_ticks.attribute.attr, NULL
};

const struct attribute_group jh_costs_group = { .name = "costs", .attrs = attributes };
