// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (c) The jh authors
 *
 * /sys/devices/virtual/misc/jh: "enabled", "page_sizes", the memory that jh took ("hypervisor",
 * "pools"), and below "cells" a directory for each cell. Uevents of a cell come from its directory
 * (SUBSYSTEM=jh, CELL=, STATE=).
 *
 * Most files are readable by all users at any time, so a read takes no lock of management and makes
 * no hypercall. The report area outlives the directories: jh_sysfs_stop() waits for readers.
 */
#include "jh.h"
#include "compat.h"

#include <linux/device.h>
#include <linux/mm.h>
#include <linux/ratelimit.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/sysfs.h>

/* Limit of the events for states that a cell reports of itself: TOLD_BURST in TOLD_PERIOD. */
#define TOLD_PERIOD	(60 * HZ)
#define TOLD_BURST	10

static struct kset *sysfs_cells;
static struct jh_cell *sysfs_root;	/* the root cell's directory */

static struct jh_cell *to_cell(struct kobject *kobj)
{
	return container_of(kobj, struct jh_cell, kobj);
}

/* NULL while jh is not active, and while the cell is being created. */
static const struct jh_cell_report *report_of(struct kobject *kobj)
{
	struct jh_cell *cell = to_cell(kobj);
	u32 id = READ_ONCE(cell->id);

	if (!READ_ONCE(jh_system->active) || (!id && cell != sysfs_root))
		return NULL;
	return jh_report_cell(id);
}

static ssize_t id_show(struct kobject *kobj, struct kobj_attribute *attr, char *buffer)
{
	return report_of(kobj) ? sysfs_emit(buffer, "%u\n", to_cell(kobj)->id) : -ENODEV;
}

static ssize_t generation_show(struct kobject *kobj, struct kobj_attribute *attr, char *buffer)
{
	return report_of(kobj) ? sysfs_emit(buffer, "%u\n", to_cell(kobj)->generation) : -ENODEV;
}

static ssize_t state_show(struct kobject *kobj, struct kobj_attribute *attr, char *buffer)
{
	const struct jh_cell_report *report = report_of(kobj);

	if (!report)
		return -ENODEV;
	return sysfs_emit(buffer, "%s\n", jh_report_state_name(jh_report_shown(report)));
}

static ssize_t cpus_show(struct kobject *kobj, struct kobj_attribute *attr, char *buffer)
{
	const struct jh_cell_report *report = report_of(kobj);
	DECLARE_BITMAP(mask, JH_MAX_CPUS);

	if (!report)
		return -ENODEV;
	mask[0] = READ_ONCE(report->cpu_mask);
	return sysfs_emit(buffer, "%*pbl\n", JH_MAX_CPUS, mask);
}

static ssize_t memory_show(struct kobject *kobj, struct kobj_attribute *attr, char *buffer)
{
	const struct jh_cell_report *report = report_of(kobj);

	return report ? sysfs_emit(buffer, "%llu\n", READ_ONCE(report->memory_bytes)) : -ENODEV;
}

static ssize_t starts_show(struct kobject *kobj, struct kobj_attribute *attr, char *buffer)
{
	const struct jh_cell_report *report = report_of(kobj);

	return report ? sysfs_emit(buffer, "%u\n", READ_ONCE(report->starts)) : -ENODEV;
}

static ssize_t restarts_show(struct kobject *kobj, struct kobj_attribute *attr, char *buffer)
{
	const struct jh_cell_report *report = report_of(kobj);

	return report ? sysfs_emit(buffer, "%u\n", READ_ONCE(report->restarts)) : -ENODEV;
}

static ssize_t will_restart_show(struct kobject *kobj, struct kobj_attribute *attr, char *buffer)
{
	return report_of(kobj) ? sysfs_emit(buffer, "%d\n", jh_event_restarts(to_cell(kobj))) :
				 -ENODEV;
}

/* Empty unless the cell has failed. */
static ssize_t crash_show(struct kobject *kobj, struct kobj_attribute *attr, char *buffer)
{
	const struct jh_cell_report *report = report_of(kobj);
	struct jh_crash crash;
	u32 i, length;

	if (!report)
		return -ENODEV;
	crash = report->crash;
	if (crash.cause == JH_CRASH_NONE)
		return 0;
	length = sysfs_emit(buffer, "cause %s\ncpu %u\naddress 0x%016llx\nsyndrome 0x%016llx\n"
			    "pc 0x%016llx\n", jh_report_cause_word(crash.cause),
			    crash.cpu, crash.address, crash.syndrome, crash.pc);
	for (i = 0; i < crash.num_registers && i < JH_MAX_REGISTERS; i++)
		length += sysfs_emit_at(buffer, length, "%s 0x%016llx\n",
					jh_register_name(crash.arch, i), crash.registers[i]);
	return length;
}

static struct kobj_attribute id_attribute = __ATTR_RO(id);
static struct kobj_attribute generation_attribute = __ATTR_RO(generation);
static struct kobj_attribute state_attribute = __ATTR_RO(state);
static struct kobj_attribute cpus_attribute = __ATTR_RO(cpus);
static struct kobj_attribute memory_attribute = __ATTR_RO(memory);
static struct kobj_attribute starts_attribute = __ATTR_RO(starts);
static struct kobj_attribute restarts_attribute = __ATTR_RO(restarts);
static struct kobj_attribute will_restart_attribute = __ATTR_RO(will_restart);
/* Only root may see a guest's registers. */
static struct kobj_attribute crash_attribute = __ATTR_RO_MODE(crash, 0400);

static struct attribute *cell_attributes[] = {
	&id_attribute.attr, &generation_attribute.attr, &state_attribute.attr,
	&cpus_attribute.attr, &memory_attribute.attr, &starts_attribute.attr,
	&restarts_attribute.attr, &will_restart_attribute.attr, &crash_attribute.attr, NULL
};

struct statistic_attribute {
	struct kobj_attribute attribute;
	u32 number;		/* JH_STAT_* */
};

static ssize_t statistic_show(struct kobject *kobj, struct kobj_attribute *attr, char *buffer)
{
	u32 number = container_of(attr, struct statistic_attribute, attribute)->number;

	if (!report_of(kobj))
		return -ENODEV;
	return sysfs_emit(buffer, "%llu\n",
			  jh_cell_stat(jh_system->report, to_cell(kobj)->id, number));
}

#define STATISTIC(upper, lower) \
	static struct statistic_attribute lower##_statistic = { \
		.attribute = __ATTR(lower, 0444, statistic_show, NULL), \
		.number = JH_STAT_##upper, \
	};

JH_STAT_ROWS(STATISTIC)

#define STATISTIC_POINTER(upper, lower) &lower##_statistic.attribute.attr,

static struct attribute *statistic_attributes[] = { JH_STAT_ROWS(STATISTIC_POINTER) NULL };

_Static_assert(ARRAY_SIZE(statistic_attributes) == JH_NUM_STATS + 1, "every statistic is shown");

static const struct attribute_group cell_group = { .attrs = cell_attributes };
static const struct attribute_group statistics_group = {
	.name = "statistics",
	.attrs = statistic_attributes,
};
static const struct attribute_group *cell_groups[] = { &cell_group, &statistics_group, NULL };

static void release_cell(struct kobject *kobj)
{
	struct jh_cell *cell = to_cell(kobj);

	jh_images_drop(&cell->images);
	kvfree(cell->torn);
	kvfree(cell->config);
	kfree(cell);
}

/* Not constant, because kernels before 6.0 want it so. */
static struct kobj_type cell_type = {
	.release = release_cell,
	.sysfs_ops = &kobj_sysfs_ops,
	.default_groups = cell_groups,
};

static const char *subsystem_name(COMPAT_UEVENT_ARGS)
{
	return "jh";
}

static const struct kset_uevent_ops uevent_ops = { .name = subsystem_name };

/**
 * jh_sysfs_add() - a new cell and its directory
 * @name: unique among the cells
 *
 * Return: the cell, number 0, for jh_sysfs_remove(); NULL if there is no memory.
 */
struct jh_cell *jh_sysfs_add(const char *name)
{
	struct jh_cell *cell = kzalloc(sizeof(*cell), GFP_KERNEL);

	if (!cell)
		return NULL;
	INIT_LIST_HEAD(&cell->list);
	INIT_LIST_HEAD(&cell->images);
	ratelimit_state_init(&cell->told, TOLD_PERIOD, TOLD_BURST);
	/* Prints no line about suppressed callbacks. */
	ratelimit_set_flags(&cell->told, RATELIMIT_MSG_ON_RELEASE);
	cell->kobj.kset = sysfs_cells;
	if (!kobject_init_and_add(&cell->kobj, &cell_type, NULL, "%s", name))
		return cell;
	kobject_put(&cell->kobj);
	return NULL;
}

/* Sends a uevent, and wakes up those who poll() the file "state". */
static void tell(struct jh_cell *cell, enum kobject_action action, u32 state)
{
	char name[JH_NAME_LEN + 8], number[24], generation[32], text[32], restarts[24];
	char *environment[] = { name, number, generation, text, restarts, NULL };

	snprintf(name, sizeof(name), "CELL=%s", kobject_name(&cell->kobj));
	snprintf(number, sizeof(number), "CELL_ID=%u", cell->id);
	snprintf(generation, sizeof(generation), "CELL_GENERATION=%u", cell->generation);
	snprintf(text, sizeof(text), "STATE=%s", jh_report_state_name(state));
	snprintf(restarts, sizeof(restarts), "RESTARTS=%u", cell->restarts);
	kobject_uevent_env(&cell->kobj, action, environment);
	sysfs_notify(&cell->kobj, NULL, "state");
}

/** jh_sysfs_added() - tell user space that the cell exists */
void jh_sysfs_added(struct jh_cell *cell)
{
	tell(cell, KOBJ_ADD, jh_report_state(cell->id));
}

/** jh_sysfs_event() - tell user space the cell's new state (jh_report_shown()) */
void jh_sysfs_event(struct jh_cell *cell, u32 state)
{
	tell(cell, KOBJ_CHANGE, state);
}

/** jh_sysfs_remove() - remove the directory, once its readers are done, and put the cell */
void jh_sysfs_remove(struct jh_cell *cell)
{
	/* There was no uevent for root's directory, nor for a cell whose creation failed. */
	if (cell->id)
		tell(cell, KOBJ_REMOVE, JH_CELL_NONE);
	kobject_del(&cell->kobj);
	kobject_put(&cell->kobj);
}

static ssize_t enabled_show(struct device *dev, struct device_attribute *attr, char *buffer)
{
	bool enabled;

	down_read(&jh_report_lock);
	enabled = jh_is_active();
	up_read(&jh_report_lock);
	return sysfs_emit(buffer, "%d\n", enabled);
}

/* "ADDRESS SIZE" for each of @count pieces of memory; nothing while jh is not enabled. */
static ssize_t show_memory(char *buffer, const struct jh_memory *memory, u32 count)
{
	ssize_t length = 0;
	u32 i;

	for (i = 0; i < count; i++)
		length += sysfs_emit_at(buffer, length, "0x%llx %llu\n", memory[i].address,
					memory[i].size);
	return length;
}

static ssize_t hypervisor_show(struct device *dev, struct device_attribute *attr, char *buffer)
{
	ssize_t length;

	down_read(&jh_report_lock);
	length = jh_is_active() ? show_memory(buffer, &jh_system->hv, 1) : 0;
	up_read(&jh_report_lock);
	return length;
}

static ssize_t pools_show(struct device *dev, struct device_attribute *attr, char *buffer)
{
	ssize_t length;

	down_read(&jh_report_lock);
	length = jh_is_active() ? show_memory(buffer, jh_system->pools, jh_system->num_pools) : 0;
	up_read(&jh_report_lock);
	return length;
}

static ssize_t page_sizes_show(struct device *dev, struct device_attribute *attr, char *buffer)
{
	u32 sizes = jh_arch_page_sizes(), bit;
	ssize_t length = 0;

	for (bit = 4; bit <= 64; bit *= 4)
		if (sizes & bit)
			length += sysfs_emit_at(buffer, length, length ? " %u" : "%u", bit);
	return length + sysfs_emit_at(buffer, length, "\n");
}

static DEVICE_ATTR_RO(enabled);
static DEVICE_ATTR_RO(page_sizes);
/* Only root may see physical addresses. */
static DEVICE_ATTR_ADMIN_RO(hypervisor);
static DEVICE_ATTR_ADMIN_RO(pools);

static struct attribute *device_attributes[] = {
	&dev_attr_enabled.attr,
	&dev_attr_page_sizes.attr,
	&dev_attr_hypervisor.attr,
	&dev_attr_pools.attr,
	NULL
};
static const struct attribute_group device_group = { .attrs = device_attributes };

const struct attribute_group *jh_sysfs_groups[] = { &device_group, &jh_costs_group, NULL };

/** jh_sysfs_start() - add the directory "cells" and the root cell's below it; 0 or -errno */
int jh_sysfs_start(struct jh_system *system, struct jh_error *err)
{
	sysfs_cells = kset_create_and_add("cells", &uevent_ops, &jh_misc.this_device->kobj);
	if (!sysfs_cells)
		return -ENOMEM;
	sysfs_root = jh_sysfs_add(config_system(system->config)->name);
	if (!sysfs_root) {
		kset_unregister(sysfs_cells);
		return -ENOMEM;
	}
	return 0;
}

/** jh_sysfs_stop() - remove both, once their readers are done */
void jh_sysfs_stop(struct jh_system *system)
{
	jh_sysfs_remove(sysfs_root);
	sysfs_root = NULL;
	kset_unregister(sysfs_cells);
	sysfs_cells = NULL;
}
