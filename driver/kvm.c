// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (c) The jh authors
 *
 * KVM and jh cannot both have EL2. While jh is enabled KVM's device answers EBUSY, to new opens and
 * to descriptors opened before. The device stays registered, so that its node in every /dev keeps
 * its mode, its owner and its ACLs.
 */
#include "jh.h"
#include "compat.h"

#include <linux/dcache.h>
#include <linux/debugfs.h>
#include <linux/delay.h>
#include <linux/device.h>
#include <linux/device/class.h>
#include <linux/fs.h>
#include <linux/list.h>
#include <linux/major.h>
#include <linux/preempt.h>
#include <linux/rcupdate.h>
#include <linux/sched.h>
#include <linux/string.h>

/* KVM's device while its operations are replaced. */
static struct {
	struct miscdevice *misc;	/* NULL: KVM has its own operations */
	struct dentry *directory;	/* KVM's in debugfs: one directory for each guest */
	int (*open)(struct inode *inode, struct file *file);
	long (*unlocked_ioctl)(struct file *file, unsigned int cmd, unsigned long arg);
	long (*compat_ioctl)(struct file *file, unsigned int cmd, unsigned long arg);
	bool replaced_once;		/* a task may still execute refused() or refused_open() */
} kvm;

static int refused_open(struct inode *inode, struct file *file)
{
	return -EBUSY;
}

static long refused(struct file *file, unsigned int cmd, unsigned long arg)
{
	return -EBUSY;
}

/*
 * The device of the misc class with KVM's number. A misc device's private data is its struct
 * miscdevice, so nothing has to be opened, whatever the caller's /dev looks like.
 */
static struct miscdevice *find_kvm(void)
{
	struct device *device = class_find_device_by_devt(jh_misc.this_device->class,
							  MKDEV(MISC_MAJOR, KVM_MINOR));
	struct miscdevice *misc = NULL;

	if (!device)
		return NULL;
	misc = dev_get_drvdata(device);
	if (!misc || misc->minor != KVM_MINOR || strcmp(misc->name, "kvm"))
		misc = NULL;
	put_device(device);
	return misc;
}

static bool has_directory(struct dentry *parent)
{
	struct dentry *child;

	compat_for_each_entry(child, parent)
		if (d_really_is_positive(child) && d_is_dir(child))
			return true;
	return false;
}

/*
 * In stop_machine() no other task runs. On PREEMPT_RT one may have been preempted while it held
 * the lock, with the list half changed: that counts as guests.
 */
static bool guests_in(struct dentry *directory, bool stopped)
{
	bool guests;

	if (stopped)
		return spin_is_locked(&directory->d_lock) || has_directory(directory);
	spin_lock(&directory->d_lock);
	guests = has_directory(directory);
	spin_unlock(&directory->d_lock);
	return guests;
}

#ifdef CONFIG_PREEMPT_NOTIFIERS
#define PROBE_TRIES	100	/* naps of a millisecond; the first one is enough, as a rule */

/* struct probe - a preempt notifier that notes whether the scheduler calls it */
struct probe {
	struct preempt_notifier notifier;
	bool called;
};

/* Called by the scheduler, with the lock of its run queue held. */
static void probe_out(struct preempt_notifier *notifier, struct task_struct *next)
{
	container_of(notifier, struct probe, notifier)->called = true;
}

static void probe_in(struct preempt_notifier *notifier, int cpu)
{
}

static struct preempt_ops probe_ops = { .sched_in = probe_in, .sched_out = probe_out };

static unsigned long switches(void)
{
	return current->nvcsw + current->nivcsw;
}

/*
 * KVM enables preempt notifiers while there is a guest: from before its owner gets a descriptor
 * until nothing is left of it. So this sees guests whose descriptors no process has, and those
 * without a directory in debugfs: KVM makes none if the name is taken.
 *
 * The notifier is added to the list by hand: the function that registers one warns while KVM has
 * not enabled them.
 */
static bool any_guest(void)
{
	unsigned long before = switches();
	struct probe probe = { .called = false };
	int tries = PROBE_TRIES;

	preempt_notifier_init(&probe.notifier, &probe_ops);
	hlist_add_head(&probe.notifier.link, &current->preempt_notifiers);
	do
		msleep(1);
	while (switches() == before && --tries);
	hlist_del(&probe.notifier.link);
	return probe.called || !tries;
}
#else
/* There is no KVM in this kernel. */
static bool any_guest(void)
{
	return false;
}
#endif

/**
 * jh_kvm_guests() - does KVM have guests? Between jh_kvm_shut() and jh_kvm_open()
 * @stopped: called inside stop_machine()
 */
bool jh_kvm_guests(bool stopped)
{
	return kvm.directory && guests_in(kvm.directory, stopped);
}

/** jh_kvm_check() - refuse if KVM has guests, or if jh cannot find out; 0 or -errno */
int jh_kvm_check(struct jh_error *err)
{
	struct dentry *directory;
	int code = 0;

	if (!find_kvm())
		return 0;
	directory = debugfs_lookup("kvm", NULL);
	if (IS_ERR_OR_NULL(directory))
		return refuse(err, JH_ERR_KVM_UNKNOWN, JH_OBJ_MACHINE, 0);
	if (guests_in(directory, false) || any_guest())
		code = refuse(err, JH_ERR_KVM_GUESTS, JH_OBJ_MACHINE, 0);
	dput(directory);
	return code;
}

/* KVM's file operations are not const; only the pointer in struct miscdevice is. */
static void replace_calls(struct miscdevice *misc)
{
	struct file_operations *fops = (struct file_operations *)misc->fops;

	kvm.open = fops->open;
	kvm.unlocked_ioctl = fops->unlocked_ioctl;
	kvm.compat_ioctl = fops->compat_ioctl;
	WRITE_ONCE(fops->open, refused_open);
	WRITE_ONCE(fops->unlocked_ioctl, refused);
	WRITE_ONCE(fops->compat_ioctl, refused);
	kvm.replaced_once = true;
}

static void restore_calls(struct miscdevice *misc)
{
	struct file_operations *fops = (struct file_operations *)misc->fops;

	WRITE_ONCE(fops->unlocked_ioctl, kvm.unlocked_ioctl);
	WRITE_ONCE(fops->compat_ioctl, kvm.compat_ioctl);
	WRITE_ONCE(fops->open, kvm.open);
}

/**
 * jh_kvm_shut() - put KVM out of reach
 *
 * Existing guests are a refusal here, and once more by jh_kvm_guests() in jh_arch_enter(). A guest
 * that is being created at this moment gets time to become visible.
 */
int jh_kvm_shut(struct jh_system *system, struct jh_error *err)
{
	struct miscdevice *misc = find_kvm();
	int code;

	if (!misc)
		return 0;
	replace_calls(misc);
	kvm.misc = misc;
	kvm.directory = debugfs_lookup("kvm", NULL);
	if (IS_ERR(kvm.directory))
		kvm.directory = NULL;
	synchronize_rcu();
	msleep(20);
	if (!kvm.directory || guests_in(kvm.directory, false) || any_guest()) {
		code = refuse(err, kvm.directory ? JH_ERR_KVM_GUESTS : JH_ERR_KVM_UNKNOWN,
			      JH_OBJ_MACHINE, 0);
		jh_kvm_open(system);
		return code;
	}
	return 0;
}

/** jh_kvm_open() - give KVM its operations back; the hypervisor must be gone */
void jh_kvm_open(struct jh_system *system)
{
	if (!kvm.misc)
		return;
	restore_calls(kvm.misc);
	if (kvm.directory)
		dput(kvm.directory);
	kvm.directory = NULL;
	kvm.misc = NULL;
}

/** jh_kvm_exit() - wait until no task can be inside refused() or refused_open() any more */
void jh_kvm_exit(void)
{
	if (kvm.replaced_once)
		synchronize_rcu_tasks();
}
