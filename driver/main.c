// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (c) The jh authors
 *
 * The module and /dev/jh. What comes from user space is copied once, here, and what goes back is
 * copied here.
 */
#include "jh.h"

#include <linux/capability.h>
#include <linux/compat.h>
#include <linux/fs.h>
#include <linux/module.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/uaccess.h>

DEFINE_MUTEX(jh_lock);
DECLARE_RWSEM(jh_report_lock);
struct jh_system *jh_system;
LIST_HEAD(jh_cells);

/* The argument of any call, in kernel memory. */
union argument {
	struct jh_ioctl_enable enable;
	struct jh_ioctl_disable disable;
	struct jh_ioctl_create create;
	struct jh_ioctl_load load;
	struct jh_ioctl_cell cell;
	struct jh_ioctl_read_ring ring;
	struct jh_ioctl_report report;
};

static int do_enable(union argument *arg)
{
	int code;

	if (arg->enable.flags & ~JH_ENABLE_DRY_RUN)
		return -EINVAL;
	code = jh_enable(u64_to_user_ptr(arg->enable.config), arg->enable.length,
			 arg->enable.flags, &arg->enable.error);
	memcpy(arg->enable.who, jh_who_text, sizeof(jh_who_text));
	return code;
}

static int do_disable(union argument *arg)
{
	return jh_disable(&arg->disable.error);
}

static int do_create(union argument *arg)
{
	int code;

	if (!jh_system)
		return refuse(&arg->create.error, JH_ERR_NOT_ENABLED, JH_OBJ_NONE, 0);
	code = jh_cell_create(u64_to_user_ptr(arg->create.config), arg->create.length,
			      &arg->create.cell, &arg->create.error);
	memcpy(arg->create.who, jh_who_text, sizeof(jh_who_text));
	return code;
}

static int do_load(union argument *arg)
{
	struct jh_cell *cell;

	if (arg->load.flags & ~JH_LOAD_CHECK)
		return -EINVAL;
	if (!jh_system)
		return refuse(&arg->load.error, JH_ERR_NOT_ENABLED, JH_OBJ_NONE, 0);
	cell = jh_cell_find(arg->load.cell, &arg->load.error);
	if (!cell)
		return -refuse_errno(arg->load.error.reason);
	return jh_load(cell, &arg->load, &arg->load.error);
}

static int do_start(union argument *arg)
{
	if (arg->cell.flags)
		return -EINVAL;
	return jh_cell_start(arg->cell.cell, &arg->cell.error);
}

static int do_shutdown(union argument *arg)
{
	if (arg->cell.flags & ~JH_SHUTDOWN_FORCE)
		return -EINVAL;
	return jh_cell_shutdown(arg->cell.cell, arg->cell.flags & JH_SHUTDOWN_FORCE,
				&arg->cell.error);
}

static int do_destroy(union argument *arg)
{
	if (arg->cell.flags & ~JH_SHUTDOWN_FORCE)
		return -EINVAL;
	return jh_cell_destroy(arg->cell.cell, &arg->cell.error);
}

static int do_read_ring(union argument *arg)
{
	return arg->ring.reserved ? -EINVAL : jh_ring_read(&arg->ring);
}

static int do_report(union argument *arg)
{
	return arg->report.reserved ? -EINVAL : jh_ring_report(&arg->report);
}

/* Indexed by the number of the call. */
static const struct call {
	unsigned int command;
	int (*act)(union argument *arg);
	bool manages;		/* under jh_lock */
	u16 error;		/* offset of struct jh_error, 0: there is none */
} calls[] = {
	{ JH_IOC_ENABLE, do_enable, true, offsetof(union argument, enable.error) },
	{ JH_IOC_DISABLE, do_disable, true, offsetof(union argument, disable.error) },
	{ JH_IOC_CELL_CREATE, do_create, true, offsetof(union argument, create.error) },
	{ JH_IOC_CELL_LOAD, do_load, true, offsetof(union argument, load.error) },
	{ JH_IOC_CELL_START, do_start, true, offsetof(union argument, cell.error) },
	{ JH_IOC_CELL_SHUTDOWN, do_shutdown, true, offsetof(union argument, cell.error) },
	{ JH_IOC_CELL_DESTROY, do_destroy, true, offsetof(union argument, cell.error) },
	{ JH_IOC_READ_RING, do_read_ring, false, 0 },
	{ JH_IOC_REPORT, do_report, false, 0 },
};

static int act(const struct call *call, union argument *arg)
{
	int code;

	if (!call->manages)
		return call->act(arg);
	if (mutex_lock_interruptible(&jh_lock))
		return -ERESTARTSYS;
	memset(jh_who_text, 0, sizeof(jh_who_text));
	code = call->act(arg);
	jh_event_check();
	mutex_unlock(&jh_lock);
	return code;
}

static long main_ioctl(struct file *file, unsigned int command, unsigned long address)
{
	void __user *user = (void __user *)address;
	const struct call *call = &calls[_IOC_NR(command)];
	union argument arg;
	int code;

	if (!capable(CAP_SYS_ADMIN))
		return -EPERM;
	if (_IOC_NR(command) >= ARRAY_SIZE(calls) || call->command != command)
		return -ENOTTY;
	memset(&arg, 0, sizeof(arg));
	if (copy_from_user(&arg, user, _IOC_SIZE(command)))
		return -EFAULT;
	if (call->manages)
		refuse_nothing((void *)&arg + call->error);
	code = act(call, &arg);
	if (code != -ERESTARTSYS && copy_to_user(user, &arg, _IOC_SIZE(command)) && !code)
		code = -EFAULT;
	return code;
}

static const struct file_operations main_fops = {
	.owner = THIS_MODULE,
	.unlocked_ioctl = main_ioctl,
	.compat_ioctl = compat_ptr_ioctl,
	.llseek = noop_llseek,
};

struct miscdevice jh_misc = {
	.minor = MISC_DYNAMIC_MINOR,
	.name = "jh",
	.fops = &main_fops,
	.groups = jh_sysfs_groups,
	.mode = 0600,
};

static int __init main_init(void)
{
	int code = jh_device_init();

	if (code)
		return code;
	code = jh_power_init();
	if (code)
		goto out_device;
	code = misc_register(&jh_misc);
	if (code)
		goto out_power;
	return 0;

out_power:
	jh_power_exit();
out_device:
	jh_device_exit();
	return code;
}

/* The module cannot go while jh is enabled: jh_enable() holds a reference. */
static void __exit main_exit(void)
{
	misc_deregister(&jh_misc);
	jh_power_exit();
	jh_device_exit();
	jh_kvm_exit();
}

module_init(main_init);
module_exit(main_exit);

MODULE_DESCRIPTION("jh, a static partitioning hypervisor: the root cell's side");
MODULE_AUTHOR("The jh authors");
MODULE_LICENSE("GPL");
