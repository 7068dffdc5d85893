// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (c) The jh authors
 *
 * What jh costs, for those who measure: below /sys/devices/virtual/misc/jh/costs, times in ticks of
 * the architected counter (CNTVCT_EL0), and bytes of the hypervisor's memory that are in use.
 *
 * The times of calls are sums since the module was loaded: read before and after what is measured.
 */
#include "jh.h"

#include <linux/device.h>
#include <linux/sysfs.h>
#include <asm/barrier.h>
#include <asm/sysreg.h>

#define MAX_CODE	32

_Static_assert(JH_HC_CELL_CLEAN < MAX_CODE, "every call has its sum");

/* Written under jh_lock; a reader may see a sum that is a moment old. */
static u64 sums[MAX_CODE];
static u64 enable_ticks;
static u64 fixed_bytes;

/** jh_ticks_now() - the counter, not read before what stands before it has happened */
u64 jh_ticks_now(void)
{
	isb();
	return read_sysreg(cntvct_el0);
}

/** jh_ticks_add() - a hypercall took so long; under jh_lock */
void jh_ticks_add(u64 code, u64 ticks)
{
	if (code < MAX_CODE)
		WRITE_ONCE(sums[code], sums[code] + ticks);
}

/** jh_ticks_enabled() - Linux stood still for so long, on all CPUs, while jh came; under jh_lock */
void jh_ticks_enabled(const struct jh_system *system, u64 ticks)
{
	WRITE_ONCE(enable_ticks, ticks);
	WRITE_ONCE(fixed_bytes, system->pool_offset);
}

struct ticks_attribute {
	struct device_attribute attribute;
	u32 code;		/* JH_HC_* */
};

static ssize_t sum_show(struct device *dev, struct device_attribute *attr, char *buffer)
{
	u32 code = container_of(attr, struct ticks_attribute, attribute)->code;

	return sysfs_emit(buffer, "%llu\n", READ_ONCE(sums[code]));
}

static ssize_t enable_show(struct device *dev, struct device_attribute *attr, char *buffer)
{
	return sysfs_emit(buffer, "%llu\n", READ_ONCE(enable_ticks));
}

/* Image, per-CPU areas, tables, and what enable and the cells took of the pool behind them. */
static ssize_t memory_show(struct device *dev, struct device_attribute *attr, char *buffer)
{
	u64 pages = 0;
	bool active;

	down_read(&jh_report_lock);
	active = jh_system && READ_ONCE(jh_system->active);
	if (active)
		pages = READ_ONCE(jh_system->report->pool_used);
	up_read(&jh_report_lock);
	if (!active)
		return -ENODEV;
	return sysfs_emit(buffer, "%llu\n", READ_ONCE(fixed_bytes) + pages * HV_PAGE_SIZE);
}

#define SUM(name_, code_) \
	static struct ticks_attribute name_##_ticks = { \
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

const struct attribute_group jh_ticks_group = { .name = "costs", .attrs = attributes };
