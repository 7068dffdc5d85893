// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (c) The jh authors
 *
 * Enabling is a table of steps, each with the function that undoes it. The step that enters EL2 is
 * the last: all that can fail comes before it, and if it fails every CPU is as it was.
 *
 * A refusal goes to user space, and not to Linux' log: callers could flood the log otherwise.
 */
#include "jh.h"

#include <linux/mm.h>
#include <linux/module.h>
#include <linux/security.h>
#include <linux/slab.h>

/* A dry run ends before the first step that others would notice. */
struct step {
	int (*act)(struct jh_system *system, struct jh_error *err);
	void (*undo)(struct jh_system *system);
	bool trial;		/* part of a dry run */
};

static int check_config(struct jh_system *system, struct jh_error *err)
{
	return config_check(system->config, system->config_length, JH_CONFIG_SYSTEM, err);
}

/* The hypervisor is unsigned code below the kernel, as a kernel started by kexec would be. */
static int check_lockdown(struct jh_system *system, struct jh_error *err)
{
	if (security_locked_down(LOCKDOWN_KEXEC))
		return refuse(err, JH_ERR_LOCKED_DOWN, JH_OBJ_MACHINE, 0);
	return 0;
}

static int publish(struct jh_system *system, struct jh_error *err)
{
	down_write(&jh_report_lock);
	jh_system = system;
	up_write(&jh_report_lock);
	return 0;
}

static void unpublish(struct jh_system *system)
{
	down_write(&jh_report_lock);
	jh_recorder_stop();
	jh_system = NULL;
	up_write(&jh_report_lock);
}

static const struct step steps[] = {
	{ check_lockdown,	NULL,			true },
	{ check_config,		NULL,			true },
	{ jh_machine_check,	NULL,			true },
	{ jh_image_load,	jh_image_drop,		true },
	{ jh_memory_take,	jh_memory_give_back,	true },
	{ jh_usage_check_root,	NULL,			true },
	{ jh_image_lay_out,	jh_image_unmap,		true },
	{ publish,		unpublish,		false },
	{ jh_sysfs_start,	jh_sysfs_stop,		false },
	{ jh_power_start,	jh_power_stop,		false },
	{ jh_kvm_shut,		jh_kvm_open,		false },
	{ jh_arch_enter,	NULL,			false },
};

static void undo(struct jh_system *system, int count)
{
	while (count--)
		if (steps[count].undo)
			steps[count].undo(system);
}

/* Undoes all steps on failure, and after a dry run. */
static int run(struct jh_system *system, bool dry_run, struct jh_error *err)
{
	int i, code = 0;

	for (i = 0; i < ARRAY_SIZE(steps); i++) {
		if (dry_run && !steps[i].trial)
			break;
		code = steps[i].act(system, err);
		if (code)
			break;
	}
	if (code || dry_run)
		undo(system, i);
	return code;
}

static void report_enabled(const struct jh_system *system)
{
	u64 pools = 0;
	u32 i;

	for (i = 0; i < system->num_pools; i++)
		pools += system->pools[i].size;
	pr_info("enabled on %lu CPUs, hypervisor at 0x%llx, %llu MiB for cells\n",
		hweight64(system->cpu_mask), system->hv.address, pools >> 20);
}

static void free_system(struct jh_system *system)
{
	kvfree(system->config);
	kfree(system);
}

/**
 * jh_enable() - put the hypervisor under this Linux, or check whether that is possible
 * @config: a system configuration as it came from user space, by kvmalloc(); freed or kept here
 * @length: its bytes
 * @flags:  JH_ENABLE_*
 *
 * Under jh_lock. Return: 0 or a negative errno, after which everything is as before.
 */
int jh_enable(void *config, u32 length, u32 flags, struct jh_error *err)
{
	struct jh_system *system = kzalloc(sizeof(*system), GFP_KERNEL);
	int code;

	if (!system || jh_system) {
		kvfree(config);
		kfree(system);
		return jh_system ? refuse(err, JH_ERR_ENABLED, JH_OBJ_NONE, 0) : -ENOMEM;
	}
	system->config = config;
	system->config_length = length;
	code = run(system, flags & JH_ENABLE_DRY_RUN, err);
	if (code || (flags & JH_ENABLE_DRY_RUN)) {
		free_system(system);
		return code;
	}
	__module_get(THIS_MODULE);
	jh_image_drop(system);
	report_enabled(system);
	return 0;
}

/**
 * jh_disable() - give EL2 back; there must be no cells
 *
 * Under jh_lock. Return: 0, or a negative errno, after which jh is enabled as before.
 */
int jh_disable(struct jh_error *err)
{
	struct jh_system *system = jh_system;
	int code;

	if (!system)
		return refuse(err, JH_ERR_DISABLED, JH_OBJ_NONE, 0);
	if (!list_empty(&jh_cells))
		return refuse(err, JH_ERR_CELLS_ALIVE, JH_OBJ_CELL,
			      list_first_entry(&jh_cells, struct jh_cell, list)->id);
	jh_call_flush_log();
	code = jh_arch_leave(system, err);
	if (code)
		return code;
	undo(system, ARRAY_SIZE(steps));
	free_system(system);
	pr_info("disabled\n");
	module_put(THIS_MODULE);
	return 0;
}

/** jh_enable_end() - destroy all cells and disable, as far as possible; under jh_lock */
void jh_enable_end(void)
{
	struct jh_error err;
	int code;

	if (!jh_system)
		return;
	jh_cell_destroy_all();
	refuse_clear(&err);
	code = jh_disable(&err);
	if (code)
		jh_log_refusal("disable", &err, code);
}
