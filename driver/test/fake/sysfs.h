/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Copyright (c) The jh authors
 *
 * For sysfs.c and costs.c: attributes, directories and uevents.
 */
#ifndef FAKE_SYSFS_H
#define FAKE_SYSFS_H

#include "devices.h"
#include "module.h"

#define HZ				1000

enum kobject_action {
	KOBJ_ADD, KOBJ_REMOVE, KOBJ_CHANGE,
};

#define RATELIMIT_MSG_ON_RELEASE	1ul
#define DECLARE_BITMAP(name, bits)	unsigned long name[((bits) + 63) / 64]

struct attribute {
	const char *name;
	unsigned int mode;
};

struct attribute_group {
	const char *name;
	struct attribute **attrs;
};

struct kobj_attribute {
	struct attribute attr;
	ssize_t (*show)(struct kobject *kobj, struct kobj_attribute *attr, char *buffer);
	void *store;
};

struct device_attribute {
	struct attribute attr;
	ssize_t (*show)(struct device *dev, struct device_attribute *attr, char *buffer);
	void *store;
};

#define __stringify(x)			#x
#define __ATTR(name_, mode_, show_, store_)					\
	{ .attr = { __stringify(name_), mode_ }, .show = (show_), .store = (store_) }
#define __ATTR_RO(name_)		__ATTR(name_, 0444, name_##_show, NULL)
#define __ATTR_RO_MODE(name_, mode_)	__ATTR(name_, mode_, name_##_show, NULL)
#define DEVICE_ATTR_RO(name_)		\
	struct device_attribute dev_attr_##name_ = __ATTR_RO(name_)
#define DEVICE_ATTR_ADMIN_RO(name_)	\
	struct device_attribute dev_attr_##name_ = __ATTR_RO_MODE(name_, 0400)

struct kset_uevent_ops {
	const char *(*name)(const struct kobject *kobj);
};

struct kset {
	const struct kset_uevent_ops *ops;
};

struct sysfs_ops {
	int unused;
};

struct kobj_type {
	void (*release)(struct kobject *kobj);
	const struct sysfs_ops *sysfs_ops;
	const struct attribute_group **default_groups;
};

extern const struct sysfs_ops kobj_sysfs_ops;

/** sysfs_emit(), sysfs_emit_at() - into a page; "%*pbl" is the list of a map of JH_MAX_CPUS bits */
int sysfs_emit(char *buffer, const char *format, ...);
int sysfs_emit_at(char *buffer, int at, const char *format, ...);

int kobject_init_and_add(struct kobject *kobj, struct kobj_type *type, struct kobject *parent,
			 const char *format, ...);
void kobject_del(struct kobject *kobj);
int kobject_uevent_env(struct kobject *kobj, int action, char *environment[]);
void sysfs_notify(struct kobject *kobj, const char *directory, const char *name);
struct kset *kset_create_and_add(const char *name, const struct kset_uevent_ops *ops,
				 struct kobject *parent);
void kset_unregister(struct kset *set);
void ratelimit_state_init(struct ratelimit_state *state, int period, int burst);
void ratelimit_set_flags(struct ratelimit_state *state, unsigned long flags);

#endif
