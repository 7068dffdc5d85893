// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (c) The jh authors
 *
 * The life of a cell, seen from Linux: CPUs and devices leave Linux before create and come back
 * after destroy. A call that has begun runs to its end even if jhctl is killed. Only the waiting in
 * shutdown is interruptible, since stopping early changes nothing there.
 */
#include "jh.h"

#include <linux/cpu.h>
#include <linux/gfp.h>
#include <linux/jiffies.h>
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/string.h>

#define CPU_TIMEOUT		msecs_to_jiffies(5000)	/* for a CPU to leave its cell */
#define CPU_POLL_MS		10

/* Generation of the cell created last. Numbers are reused, each time with a new generation. */
static u32 cell_generation;

/**
 * jh_cell_find() - the cell that user space means
 *
 * Return: NULL, with the reason, if jh is disabled, if there is no such cell or if it is root.
 */
struct jh_cell *jh_cell_find(u32 id, u32 generation, struct jh_error *err)
{
	u32 reason = id ? JH_ERR_NO_CELL : JH_ERR_ROOT_CELL;
	struct jh_cell *cell;

	if (!jh_system) {
		refuse(err, JH_ERR_NOT_ENABLED, JH_OBJ_NONE, 0);
		return NULL;
	}
	list_for_each_entry(cell, &jh_cells, list) {
		if (cell->id != id)
			continue;
		if (cell->generation == generation)
			return cell;
		reason = JH_ERR_CELL_REPLACED;
	}
	refuse_value(err, reason, JH_OBJ_CELL, id, id, 0);
	return NULL;
}

static const char *name_of(const struct jh_cell *cell)
{
	return kobject_name(&cell->kobj);
}

static int check_name(const char *name, struct jh_error *err)
{
	struct jh_cell *cell;

	if (!strcmp(name, config_system(jh_system->config)->name))
		return refuse(err, JH_ERR_NAME_ROOT, JH_OBJ_CELL, 0);
	list_for_each_entry(cell, &jh_cells, list)
		if (!strcmp(name, name_of(cell)))
			return refuse(err, JH_ERR_NAME_TAKEN, JH_OBJ_CELL, 0);
	return 0;
}

static int cell_check(const void *config, u32 length, struct jh_error *err)
{
	int code = config_check(config, length, JH_CONFIG_CELL, err);

	if (!code)
		code = config_check_against(jh_system->config, config, err);
	if (!code)
		code = check_name(config_cell(config)->name, err);
	if (!code)
		code = jh_cpus_check(config, err);
	return code;
}

/*
 * CPU hotplug is held off: while a CPU is coming online at EL2, not yet under the hypervisor, no
 * cell may exist.
 */
static long call_create(const struct jh_cell *cell, struct jh_error *err)
{
	u32 length = config_length(cell->config);
	void *blob = alloc_pages_exact(length, GFP_KERNEL);
	long result;

	if (!blob)
		return -ENOMEM;
	memcpy(blob, cell->config, length);
	cpus_read_lock();
	result = jh_call(JH_HC_CELL_CREATE, virt_to_phys(blob), length, cell->generation, 0);
	cpus_read_unlock();
	free_pages_exact(blob, length);
	if (result < 0)
		*err = jh_system->report->error;
	else if (!result || result >= JH_MAX_CELLS)
		result = refuse_value(err, JH_ERR_HV_INTERNAL, JH_OBJ_CELL, 0, result, 0);
	return result;
}

static int build(struct jh_cell *cell, struct jh_error *err)
{
	long id;
	int code = jh_device_take(cell, err);

	if (code)
		return code;
	code = jh_cpus_take(cell, err);
	if (code)
		goto out_devices;
	id = call_create(cell, err);
	if (id > 0) {
		WRITE_ONCE(cell->id, id);
		return 0;
	}
	code = id;
	jh_cpus_give_back(cell);
out_devices:
	jh_device_give_back(cell);
	return code;
}

/**
 * jh_cell_create() - take CPUs and devices from Linux and make a cell of them
 * @config: a configuration as it came from user space, by kvmalloc(); freed or kept here
 * @create: its length; number, generation and error go there
 *
 * Return: 0, or a negative errno and Linux has everything that it had.
 */
int jh_cell_create(void *config, struct jh_ioctl_create *create)
{
	struct jh_error *err = &create->error;
	struct jh_cell *cell;
	int code = jh_system ? cell_check(config, create->length, err) :
			       refuse(err, JH_ERR_NOT_ENABLED, JH_OBJ_NONE, 0);

	cell = code ? NULL : jh_sysfs_add(config_cell(config)->name);
	if (!cell) {
		kvfree(config);
		return code ? code : -ENOMEM;
	}
	cell->config = config;
	/* Number 0 is the root cell. */
	cell_generation = cell_generation % U32_MAX + 1;
	cell->generation = cell_generation;
	code = build(cell, err);
	if (code) {
		jh_sysfs_remove(cell);
		return code;
	}
	list_add_tail(&cell->list, &jh_cells);
	create->cell = cell->id;
	create->generation = cell->generation;
	jh_device_warn_no_reset(cell);
	jh_tty_add(cell);
	jh_link_add(cell);
	jh_sysfs_added(cell);
	jh_rproc_add(cell);
	return 0;
}

/*
 * A call that waits for a cell's CPUs. The hypervisor waits for a short time only, because it keeps
 * this CPU meanwhile. The call is repeated for a slow CPU, an emulated one for example.
 */
static int call_patiently(struct jh_cell *cell, u64 code, u64 argument, struct jh_error *err)
{
	unsigned long end = jiffies + CPU_TIMEOUT;
	struct jh_error gone;
	int result;

	do {
		refuse_clear(err);
		result = jh_call_checked(err, code, cell->id, argument, 0, 0);
		if (!result || err->reason != JH_ERR_CPU_LOST)
			return result;
		if (jh_turn_pause(cell, CPU_POLL_MS, &gone)) {
			*err = gone;
			return -refuse_errno(gone.reason);
		}
	} while (time_before(jiffies, end));
	return result;
}

/* Repeats a call that works in bounded pieces, until nothing is left. */
static int sweep(struct jh_cell *cell, u64 code, struct jh_error *err)
{
	int result = 0;
	long left;

	do {
		left = jh_call(code, cell->id, 0, 0, 0);
		if (left < 0)
			*err = jh_system->report->error;
		else if (left > 0)
			result = jh_turn_pause(cell, 0, err);
	} while (left > 0 && !result);
	return left < 0 ? left : result;
}

/*
 * Caches keep nothing of the last life, nor does memory with scrub = "restart". The first piece may
 * have to wait for the cell's CPUs.
 */
static int clean(struct jh_cell *cell, struct jh_error *err)
{
	int code = call_patiently(cell, JH_HC_CELL_CLEAN, 0, err);

	return code ? code : sweep(cell, JH_HC_CELL_CLEAN, err);
}

/**
 * jh_cell_make_ready() - prepare a cell that does not run for its next load or start
 *
 * If that zeroed its memory, all images that were loaded before are loaded again.
 *
 * Return: 0 or a negative errno with its reason.
 */
int jh_cell_make_ready(struct jh_cell *cell, struct jh_error *err)
{
	int code = clean(cell, err);

	if (!code && jh_report_state(cell->id) == JH_CELL_CREATED && !list_empty(&cell->images))
		code = jh_images_load(cell, err);
	return code;
}

/** jh_cell_reboots() - has the cell asked for a reset, and will it be restarted for that? */
bool jh_cell_reboots(const struct jh_cell *cell)
{
	return cell->may_restart && config_cell(cell->config)->flags & JH_CELL_REBOOT &&
	       jh_report_reset(cell->id);
}

/* A guest that reboots finds its images as loaded: what its last life left in RAM is replaced. */
static bool begins_anew(const struct jh_cell *cell)
{
	u32 state = jh_report_state(cell->id);

	return config_cell(cell->config)->flags & JH_CELL_REBOOT &&
	       (state == JH_CELL_STOPPED || state == JH_CELL_FAILED);
}

static bool may_restart(const struct jh_cell *cell)
{
	const struct jh_config_cell *config = config_cell(cell->config);

	return config->on_failure == JH_ON_FAILURE_RESTART || config->flags & JH_CELL_REBOOT;
}

static int cell_start(struct jh_cell *cell, struct jh_error *err)
{
	bool anew = begins_anew(cell);
	int code;

	if (jh_report_state(cell->id) != JH_CELL_RUNNING)
		jh_device_quiet(cell);
	code = jh_cell_make_ready(cell, err);
	if (!code && anew && jh_report_state(cell->id) != JH_CELL_LOADED)
		code = jh_images_load(cell, err);
	if (!code) {
		/* Before the call: some of its CPUs may have run even if it fails. */
		cell->was_started = true;
		code = call_patiently(cell, JH_HC_CELL_START, 0, err);
	}
	if (!code) {
		cell->restarts = 0;
		cell->may_restart = may_restart(cell);
		cell->started = jiffies;
	}
	return code;
}

/** jh_cell_start() - start a cell at its entry; under jh_lock. Return: 0 or -errno with @err */
int jh_cell_start(struct jh_cell *cell, struct jh_error *err)
{
	int code = jh_turn_check(cell, err);

	if (!code && cell->loading)
		code = refuse(err, JH_ERR_CELL_BUSY, JH_OBJ_CELL, cell->id);
	if (code)
		return code;
	jh_turn_begin(cell);
	code = cell_start(cell, err);
	jh_turn_end(cell);
	return code;
}

/**
 * jh_cell_start_again() - stop, load and start a cell that has failed or that asked for a reset
 *
 * A cell that only says that it failed still runs until it is stopped here.
 */
int jh_cell_start_again(struct jh_cell *cell, struct jh_error *err)
{
	u32 failures = cell->restarts + !jh_cell_reboots(cell);
	int code;

	jh_turn_begin(cell);
	code = call_patiently(cell, JH_HC_CELL_STOP, 0, err);
	if (!code) {
		jh_device_quiet(cell);
		code = clean(cell, err);
	}
	if (!code)
		code = jh_images_load(cell, err);
	if (!code) {
		cell->was_started = true;
		code = call_patiently(cell, JH_HC_CELL_START, failures, err);
	}
	if (!code) {
		cell->restarts = failures;
		cell->started = jiffies;
	}
	jh_turn_end(cell);
	return code;
}

static int stop(struct jh_cell *cell, struct jh_error *err)
{
	int code;

	jh_turn_begin(cell);
	code = call_patiently(cell, JH_HC_CELL_STOP, 0, err);
	if (!code) {
		jh_device_quiet(cell);
		cell->may_restart = false;
	}
	jh_turn_end(cell);
	return code;
}

/**
 * jh_cell_shutdown() - end a cell; it keeps its CPUs and memory
 * @flags: JH_SHUTDOWN_FORCE: do not ask it
 *
 * jh_lock is released while the cell is asked.
 */
int jh_cell_shutdown(struct jh_cell *cell, u32 flags, struct jh_error *err)
{
	int code = jh_turn_await(cell, err);
	u32 state;

	if (code)
		return code;
	state = jh_report_state(cell->id);
	/* It is about to be restarted after a reset: that is called off. */
	if (jh_cell_reboots(cell)) {
		cell->may_restart = false;
		return 0;
	}
	if (state == JH_CELL_STOPPED)
		return refuse(err, JH_ERR_CELL_ENDED, JH_OBJ_CELL, cell->id);
	if (state == JH_CELL_DYING)
		return refuse(err, JH_ERR_CELL_DYING, JH_OBJ_CELL, cell->id);
	if (state != JH_CELL_RUNNING && state != JH_CELL_FAILED)
		return refuse(err, JH_ERR_CELL_NOT_RUNNING, JH_OBJ_CELL, cell->id);
	jh_turn_hold(cell);
	if (!(flags & JH_SHUTDOWN_FORCE) &&
	    !(config_cell(cell->config)->flags & JH_CELL_PASSIVE_COMM))
		code = jh_ask(cell, err);
	if (!code)
		code = stop(cell, err);
	jh_turn_release(cell);
	return code;
}

static int cell_destroy(struct jh_cell *cell, struct jh_error *err)
{
	u32 state = jh_report_state(cell->id);
	int code = 0;

	if (state == JH_CELL_RUNNING || state == JH_CELL_FAILED || state == JH_CELL_STOPPED)
		code = call_patiently(cell, JH_HC_CELL_STOP, 0, err);
	if (!code) {
		/* A device must not write after the zeroes. */
		jh_device_quiet(cell);
		jh_link_remove(cell);
		code = sweep(cell, JH_HC_CELL_SCRUB, err);
	}
	if (!code)
		code = jh_call_checked(err, JH_HC_CELL_DESTROY, cell->id, 0, 0, 0);
	if (code)
		return code;

	list_del_init(&cell->list);
	jh_tty_remove(cell);
	jh_cpus_give_back(cell);
	jh_device_give_back(cell);
	pr_info("cell %s: destroyed\n", name_of(cell));
	jh_sysfs_remove(cell);
	return 0;
}

/* Waits until remoteproc has let go of the cell and no other task works on it. */
static int await_all(struct jh_cell *cell, struct jh_error *err)
{
	int code;

	do {
		code = jh_rproc_leave(cell, err);
		if (!code)
			code = jh_turn_await(cell, err);
	} while (!code && cell->rproc);
	return code;
}

static int destroy(struct jh_cell *cell, struct jh_error *err)
{
	int code = await_all(cell, err);

	if (code)
		return code;
	jh_turn_begin(cell);
	code = cell_destroy(cell, err);
	/* The machine goes down, and jh_cell_destroy_all() was faster. */
	if (code && jh_turn_is_over(cell)) {
		refuse_clear(err);
		code = 0;
	}
	jh_turn_end(cell);
	return code;
}

/** jh_cell_destroy() - end a cell and give everything back to Linux, also while it is loaded */
int jh_cell_destroy(struct jh_cell *cell, struct jh_error *err)
{
	int code;

	jh_turn_hold(cell);
	code = destroy(cell, err);
	/* The cell stays, so it becomes a remote processor again. */
	if (code && !jh_turn_is_over(cell))
		jh_rproc_add(cell);
	jh_turn_release(cell);
	return code;
}

/** jh_cell_destroy_all() - end all cells, since the machine goes down; each is asked first */
void jh_cell_destroy_all(void)
{
	struct jh_cell *cell, *next;
	struct jh_error err;

	jh_turn_last(true);
	list_for_each_entry_safe(cell, next, &jh_cells, list) {
		refuse_clear(&err);
		if (jh_cell_shutdown(cell, 0, &err))
			jh_cell_shutdown(cell, JH_SHUTDOWN_FORCE, &err);
		if (jh_cell_destroy(cell, &err))
			pr_err("cell %s cannot be ended: it runs until the machine is reset\n",
			       name_of(cell));
	}
	jh_turn_last(false);
}
