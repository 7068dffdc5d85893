/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Copyright (c) The jh authors
 *
 * For kvm.c: directories and files, the misc class, and preempt notifiers.
 */
#ifndef FAKE_FILES_H
#define FAKE_FILES_H

#include "devices.h"
#include "module.h"

#define MISC_MAJOR		10
#define KVM_MINOR		232
#define MKDEV(major, minor)	((u32)(major) << 20 | (minor))
#define IS_ERR_OR_NULL(p)	(!(p) || IS_ERR(p))

typedef struct {
	int held;
} spinlock_t;

static inline void spin_lock(spinlock_t *lock)
{
	if (lock->held++)
		abort();
}

static inline void spin_unlock(spinlock_t *lock)
{
	if (lock->held-- != 1)
		abort();
}

#define spin_is_locked(lock)	((lock)->held != 0)

struct hlist_head {
	struct dentry *first;
};

struct hlist_node {
	struct dentry *next;
};

/* A directory, or what lies in one */
struct dentry {
	struct {
		const char *name;
	} d_name;
	spinlock_t d_lock;
	struct hlist_head d_children;
	struct hlist_node d_sib;
	bool negative, is_dir;
	int references;
};

/* The list is walked under its lock, or, if fake_alone, in stop_machine(). */
extern bool fake_alone;

static inline struct dentry *fake_children(struct dentry *parent)
{
	if (!parent->d_lock.held && !fake_alone)
		abort();
	return parent->d_children.first;
}

#define hlist_for_each_entry(at, head, member)					\
	for ((at) = fake_children(container_of(head, struct dentry, d_children)); (at);	\
	     (at) = (at)->member.next)
#define d_really_is_positive(dentry)	(!(dentry)->negative)
#define d_is_dir(dentry)		((dentry)->is_dir)

/* The scheduler calls it when it takes the CPU from a task, if notifiers are enabled. */
struct preempt_notifier {
	struct preempt_notifier *link;
	const struct preempt_ops *ops;
};

struct task_struct {
	unsigned long nvcsw, nivcsw;
	struct preempt_notifier *preempt_notifiers;
};

struct preempt_ops {
	void (*sched_in)(struct preempt_notifier *notifier, int cpu);
	void (*sched_out)(struct preempt_notifier *notifier, struct task_struct *next);
};

static inline void preempt_notifier_init(struct preempt_notifier *notifier, struct preempt_ops *ops)
{
	*notifier = (struct preempt_notifier){ .ops = ops };
}

static inline void fake_add_notifier(struct preempt_notifier *notifier)
{
	if (current->preempt_notifiers)
		abort();
	current->preempt_notifiers = notifier;
}

static inline void fake_remove_notifier(struct preempt_notifier *notifier)
{
	if (current->preempt_notifiers != notifier)
		abort();
	current->preempt_notifiers = NULL;
}

#define hlist_add_head(node, head)						\
	((void)(head), fake_add_notifier(container_of(node, struct preempt_notifier, link)))
#define hlist_del(node)	fake_remove_notifier(container_of(node, struct preempt_notifier, link))

struct device *class_find_device_by_devt(const struct class *class, u32 number);
struct dentry *debugfs_lookup(const char *name, struct dentry *parent);
void dput(struct dentry *dentry);
void synchronize_rcu(void);

#endif
