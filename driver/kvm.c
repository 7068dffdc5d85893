// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (c) The jh authors
 *
 * KVM and jh cannot both have EL2. While jh is enabled KVM's device answers EBUSY, to new opens and
 * to descriptors opened before. The device itself stays where it is, in every /dev there is, so
 * that its mode, its owner and its lists of access are what they were afterwards.
 */
#include "jh.h"
#include "compat.h"

#include <linux/dcache.h>
#include <linux/debugfs.h>
#include <linux/delay.h>
#include <linux/device.h>
#include <linux/device/class.h>
#include <linux/fdtable.h>
#include <linux/fs.h>
#include <linux/magic.h>
#include <linux/major.h>
#include <linux/rcupdate.h>
#include <linux/sched/signal.h>
#include <linux/sched/task.h>
#include <linux/string.h>

/* State of KVM's door while it is shut. */
static struct {
	struct miscdevice *misc;	/* NULL: it is not shut */
	struct dentry *directory;	/* in debugfs; holds one directory for each guest */
	int (*open)(struct inode *inode, struct file *file);
	long (*unlocked_ioctl)(struct file *file, unsigned int cmd, unsigned long arg);
	long (*compat_ioctl)(struct file *file, unsigned int cmd, unsigned long arg);
	bool replaced_once;		/* a task may still execute a function of jh */
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
 * In stop_machine() nobody else runs, but on PREEMPT_RT one may have been stopped with the lock
 * held and the list half changed.
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

/* A guest, a CPU or a device of one: each keeps the guest alive. */
static int is_of_guest(const void *unused, struct file *file, unsigned int fd)
{
	return file->f_path.mnt->mnt_sb->s_magic == ANON_INODE_FS_MAGIC &&
	       !strncmp(file->f_path.dentry->d_name.name, "kvm-", 4);
}

/*
 * KVM makes no directory for a guest whose name is taken: that of a guest whose first descriptor
 * was closed, and has the new one's number. But the guest's owner has descriptors.
 */
static bool anybody_has_guest(void)
{
	struct task_struct *process, *thread;
	bool has = false;

	rcu_read_lock();
	for_each_process_thread(process, thread) {
		if (thread != process && thread->files == process->files)
			continue;
		task_lock(thread);
		has = iterate_fd(thread->files, 0, is_of_guest, NULL);
		task_unlock(thread);
		/* Two loops: a break would end the inner one. */
		if (has)
			goto out;
	}
out:
	rcu_read_unlock();
	return has;
}

/**
 * jh_kvm_guests() - does KVM have guests?
 * @stopped: called inside of stop_machine(), between jh_kvm_shut() and jh_kvm_open()
 */
bool jh_kvm_guests(bool stopped)
{
	return kvm.directory && guests_in(kvm.directory, stopped);
}

/** jh_kvm_check() - refuse if KVM has guests, or if that cannot be known */
int jh_kvm_check(struct jh_error *err)
{
	struct dentry *directory;
	int code = 0;

	if (!find_kvm())
		return 0;
	directory = debugfs_lookup("kvm", NULL);
	if (IS_ERR_OR_NULL(directory))
		return refuse(err, JH_ERR_KVM_UNKNOWN, JH_OBJ_MACHINE, 0);
	if (guests_in(directory, false) || anybody_has_guest())
		code = refuse(err, JH_ERR_KVM_GUESTS, JH_OBJ_MACHINE, 0);
	dput(directory);
	return code;
}

/* KVM's file operations are not constant, only the pointer to them says so. */
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
 * Guests that exist are refused here, and once more by jh_kvm_guests() in the gathering. A guest
 * that is being made at this moment is given time to become visible.
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
	if (!kvm.directory || guests_in(kvm.directory, false) || anybody_has_guest()) {
		code = refuse(err, kvm.directory ? JH_ERR_KVM_GUESTS : JH_ERR_KVM_UNKNOWN,
			      JH_OBJ_MACHINE, 0);
		jh_kvm_open(system);
		return code;
	}
	return 0;
}

/** jh_kvm_open() - let KVM back; the hypervisor must be gone */
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

/** jh_kvm_exit() - wait until nobody can be inside of this code any more */
void jh_kvm_exit(void)
{
	if (kvm.replaced_once)
		synchronize_rcu_tasks();
}
