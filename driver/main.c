// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (c) The jh authors
 *
 * The module and /dev/jh. Arguments of calls are copied from user space once, here, and back to it
 * here; images and rings are copied in pieces where they are used. Nothing is copied under jh_lock:
 * a page fault may take any time, and a restart of the machine waits for that lock.
 */
#include "jh.h"

#include <linux/capability.h>
#include <linux/compat.h>
#include <linux/delay.h>
#include <linux/fs.h>
#include <linux/kmemleak.h>
#include <linux/module.h>
#include <linux/nospec.h>
#include <linux/rcupdate.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/uaccess.h>

DEFINE_MUTEX(jh_lock);
DECLARE_RWSEM(jh_report_lock);
struct jh_system *jh_system;
LIST_HEAD(jh_cells);

/* Held for reading inside a call, and for writing once the module is unloaded. */
static DECLARE_RWSEM(main_door);

/* struct opened - an open file of /dev/jh, whose private data it is */
struct opened {
	struct list_head list;
	struct file *file;
};

static LIST_HEAD(main_opened);
static DEFINE_MUTEX(main_opened_lock);

/* The argument of any call, in kernel memory. */
union argument {
	struct jh_ioctl_enable enable;
	struct jh_ioctl_disable disable;
	struct jh_ioctl_create create;
	struct jh_ioctl_load load;
	struct jh_ioctl_cell cell;
	struct jh_ioctl_read_ring ring;
	struct jh_ioctl_report report;
	struct jh_ioctl_write_console input;
	struct jh_ioctl_places places;
	struct jh_ioctl_trace trace;
};

/* The two calls that bring a configuration have it at the same place. */
_Static_assert(offsetof(struct jh_ioctl_enable, config) ==
	       offsetof(struct jh_ioctl_create, config), "a configuration's address");
_Static_assert(offsetof(struct jh_ioctl_enable, length) ==
	       offsetof(struct jh_ioctl_create, length), "a configuration's length");

static void *copy_config(const union argument *arg, struct jh_error *err)
{
	if (arg->enable.length > JH_CONFIG_MAX)
		return ERR_PTR(refuse_value(err, JH_ERR_FILE_SIZE, JH_OBJ_FILE, 0,
					    arg->enable.length, JH_CONFIG_MAX_SIZE));
	return vmemdup_user(u64_to_user_ptr(arg->enable.config), arg->enable.length);
}

/* Acts under jh_lock, and tells user space the states that changed. Frees or keeps @config. */
static int manage(int (*act)(union argument *arg, void *config), union argument *arg, void *config)
{
	int code;

	if (mutex_lock_interruptible(&jh_lock)) {
		kvfree(config);
		return -ERESTARTSYS;
	}
	code = act(arg, config);
	jh_event_check();
	mutex_unlock(&jh_lock);
	return code;
}

static int enable(union argument *arg, void *config)
{
	int code = jh_enable(config, arg->enable.length, arg->enable.flags, &arg->enable.error);

	memcpy(arg->enable.who, jh_who_text, sizeof(jh_who_text));
	return code;
}

static int do_enable(union argument *arg)
{
	void *config;

	if (arg->enable.flags & ~JH_ENABLE_DRY_RUN)
		return -EINVAL;
	config = copy_config(arg, &arg->enable.error);
	return IS_ERR(config) ? PTR_ERR(config) : manage(enable, arg, config);
}

static int disable(union argument *arg, void *config)
{
	return jh_disable(&arg->disable.error);
}

static int do_disable(union argument *arg)
{
	return manage(disable, arg, NULL);
}

static int create(union argument *arg, void *config)
{
	int code = jh_cell_create(config, &arg->create);

	memcpy(arg->create.who, jh_who_text, sizeof(jh_who_text));
	return code;
}

static int do_create(union argument *arg)
{
	void *config;

	if (arg->create.reserved)
		return -EINVAL;
	config = copy_config(arg, &arg->create.error);
	return IS_ERR(config) ? PTR_ERR(config) : manage(create, arg, config);
}

static int do_load(union argument *arg)
{
	const struct jh_ioctl_load *load = &arg->load;

	if (load->flags & ~JH_LOAD_START)
		return -EINVAL;
	if (!load->flags && (load->entry || load->argument))
		return -EINVAL;
	if (load->program.path[JH_PROGRAM_LEN - 1])
		return -EINVAL;
	return jh_load(&arg->load);
}

static int main_start(union argument *arg, void *config)
{
	struct jh_cell *cell = jh_cell_find(arg->cell.cell, arg->cell.generation,
					    &arg->cell.error);

	return cell ? jh_cell_start(cell, &arg->cell.error) : -refuse_errno(arg->cell.error.reason);
}

static int do_start(union argument *arg)
{
	return arg->cell.flags || arg->cell.reserved ? -EINVAL : manage(main_start, arg, NULL);
}

static int shutdown(union argument *arg, void *config)
{
	struct jh_cell *cell = jh_cell_find(arg->cell.cell, arg->cell.generation,
					    &arg->cell.error);

	return cell ? jh_cell_shutdown(cell, arg->cell.flags, &arg->cell.error) :
		      -refuse_errno(arg->cell.error.reason);
}

static int do_shutdown(union argument *arg)
{
	if (arg->cell.flags & ~JH_SHUTDOWN_FORCE || arg->cell.reserved)
		return -EINVAL;
	return manage(shutdown, arg, NULL);
}

static int main_destroy(union argument *arg, void *config)
{
	struct jh_cell *cell = jh_cell_find(arg->cell.cell, arg->cell.generation,
					    &arg->cell.error);

	return cell ? jh_cell_destroy(cell, &arg->cell.error) :
		      -refuse_errno(arg->cell.error.reason);
}

static int do_destroy(union argument *arg)
{
	return arg->cell.flags || arg->cell.reserved ? -EINVAL : manage(main_destroy, arg, NULL);
}

static int do_read_ring(union argument *arg)
{
	return jh_ring_read(&arg->ring);
}

static int do_report(union argument *arg)
{
	return arg->report.reserved ? -EINVAL : jh_ring_report(&arg->report);
}

static int do_write_console(union argument *arg)
{
	return jh_input_write(&arg->input);
}

static int main_places(union argument *arg, void *config)
{
	struct jh_cell *cell = jh_cell_find(arg->places.cell, arg->places.generation,
					    &arg->places.error);

	return cell ? jh_place_find(cell, &arg->places) :
		      -refuse_errno(arg->places.error.reason);
}

static int do_places(union argument *arg)
{
	return manage(main_places, arg, NULL);
}

static int main_trace(union argument *arg, void *config)
{
	return jh_recorder_start(&arg->trace);
}

static int do_trace(union argument *arg)
{
	return arg->trace.reserved ? -EINVAL : manage(main_trace, arg, NULL);
}

/* Indexed by the number of the call. */
static const struct call {
	unsigned int command;
	int (*act)(union argument *arg);
	u16 error;		/* offset of struct jh_error, 0: there is none */
} calls[] = {
	{ JH_IOC_ENABLE, do_enable, offsetof(union argument, enable.error) },
	{ JH_IOC_DISABLE, do_disable, offsetof(union argument, disable.error) },
	{ JH_IOC_CELL_CREATE, do_create, offsetof(union argument, create.error) },
	{ JH_IOC_CELL_LOAD, do_load, offsetof(union argument, load.error) },
	{ JH_IOC_CELL_START, do_start, offsetof(union argument, cell.error) },
	{ JH_IOC_CELL_SHUTDOWN, do_shutdown, offsetof(union argument, cell.error) },
	{ JH_IOC_CELL_DESTROY, do_destroy, offsetof(union argument, cell.error) },
	{ JH_IOC_READ_RING, do_read_ring, 0 },
	{ JH_IOC_REPORT, do_report, 0 },
	{ JH_IOC_WRITE_CONSOLE, do_write_console, 0 },
	{ JH_IOC_CELL_PLACES, do_places, offsetof(union argument, places.error) },
	{ JH_IOC_TRACE, do_trace, offsetof(union argument, trace.error) },
};

static long call_from(void __user *user, unsigned int command)
{
	const struct call *call;
	union argument arg;
	int code;

	if (_IOC_NR(command) >= ARRAY_SIZE(calls))
		return -ENOTTY;
	call = &calls[array_index_nospec(_IOC_NR(command), ARRAY_SIZE(calls))];
	if (call->command != command)
		return -ENOTTY;
	memset(&arg, 0, sizeof(arg));
	if (copy_from_user(&arg, user, _IOC_SIZE(command)))
		return -EFAULT;
	if (call->error)
		refuse_clear((void *)&arg + call->error);
	code = call->act(&arg);
	if (code != -ERESTARTSYS && copy_to_user(user, &arg, _IOC_SIZE(command)) && !code)
		code = -EFAULT;
	return code;
}

/* main_door is only tried: main_exit() could not tell a sleeper here from a task that has left. */
static long main_ioctl(struct file *file, unsigned int command, unsigned long address)
{
	long code = -EPERM;

	if (!down_read_trylock(&main_door))
		return -ENODEV;
	if (capable(CAP_SYS_ADMIN))
		code = call_from((void __user *)address, command);
	up_read(&main_door);
	return code;
}

static int main_open(struct inode *inode, struct file *file)
{
	struct opened *opened = kmalloc(sizeof(*opened), GFP_KERNEL);

	if (!opened)
		return -ENOMEM;
	opened->file = file;
	mutex_lock(&main_opened_lock);
	file->private_data = opened;
	list_add_tail(&opened->list, &main_opened);
	mutex_unlock(&main_opened_lock);
	return 0;
}

static void forget(struct opened *opened)
{
	opened->file->private_data = NULL;
	list_del(&opened->list);
	kfree(opened);
}

static int main_release(struct inode *inode, struct file *file)
{
	mutex_lock(&main_opened_lock);
	if (file->private_data)
		forget(file->private_data);
	mutex_unlock(&main_opened_lock);
	return 0;
}

static const struct file_operations main_fops = {
	.owner = THIS_MODULE,
	.open = main_open,
	.release = main_release,
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

/* Whether nothing but a restart helps against this refusal of jh_arch_probe(). */
#define IS_LASTING(reason)	((reason) == JH_ERR_NO_EL2 || (reason) == JH_ERR_VHE ||	\
				 (reason) == JH_ERR_PKVM)

/* What every enable will refuse is said when the module comes. */
static void __init tell_obstacle(void)
{
	/* The other sentences are in no table of the module. */
	static const struct {
		u32 reason;
		const char *text, *advice;
	} obstacles[] __initconst = {
#define X(name, number, code, text, advice)						\
	{ JH_ERR_##name, IS_LASTING(JH_ERR_##name) ? text : NULL,			\
	  IS_LASTING(JH_ERR_##name) ? advice : NULL },
		JH_REASONS_MACHINE(X)
#undef X
	};
	struct jh_error err = {};
	size_t i;

	if (!jh_arch_probe(&err) || !IS_LASTING(err.reason))
		return;
	for (i = 0; i < ARRAY_SIZE(obstacles); i++)
		if (obstacles[i].reason == err.reason)
			pr_warn("cannot be enabled here%s; %s\n",
				obstacles[i].text + strlen("{object}"), obstacles[i].advice);
}

static int __init main_init(void)
{
	int code = jh_stub_init();

	if (code)
		return code;
	code = jh_power_init();
	if (code)
		goto out_device;
	code = jh_tty_init();
	if (code)
		goto out_power;
	code = misc_register(&jh_misc);
	if (code)
		goto out_tty;
	tell_obstacle();
	return 0;

out_tty:
	jh_tty_exit();
out_power:
	jh_power_exit();
out_device:
	jh_stub_exit();
	return code;
}

/*
 * While jh is enabled only a forced unload gets here: jh_enable() holds a reference. The hypervisor
 * needs the module, so this waits until jh is disabled.
 */
static void main_end(void)
{
	mutex_lock(&jh_lock);
	while (jh_system) {
		pr_warn("the module is unloaded by force: all cells end\n");
		jh_enable_end();
		if (jh_system)
			msleep(1000);
	}
	mutex_unlock(&jh_lock);
}

/*
 * A forced unload happens although /dev/jh is open. Such files get operations that do nothing and
 * are never freed. Tasks that are about to call the old ones, or to return from them, are waited
 * for.
 */
static void orphan(void)
{
	struct file_operations *orphaned;
	struct opened *opened, *next;

	if (list_empty(&main_opened))
		return;
	orphaned = kzalloc(sizeof(*orphaned), GFP_KERNEL | __GFP_NOFAIL);
	/* Open files need it, and no code is left that could free it. */
	kmemleak_not_leak(orphaned);
	orphaned->llseek = noop_llseek;
	mutex_lock(&main_opened_lock);
	list_for_each_entry_safe(opened, next, &main_opened, list) {
		WRITE_ONCE(opened->file->f_op, orphaned);
		forget(opened);
	}
	mutex_unlock(&main_opened_lock);
	synchronize_rcu_tasks();
}

static void __exit main_exit(void)
{
	down_write(&main_door);
	jh_rproc_end();
	main_end();
	misc_deregister(&jh_misc);
	orphan();
	jh_link_exit();
	jh_event_stop();
	jh_tty_exit();
	jh_power_exit();
	jh_stub_exit();
	jh_kvm_exit();
	up_write(&main_door);
}

module_init(main_init);
module_exit(main_exit);

MODULE_DESCRIPTION("jh, a static partitioning hypervisor: the root cell's side");
MODULE_AUTHOR("The jh authors");
MODULE_LICENSE("GPL");
MODULE_VERSION(JH_VERSION);
