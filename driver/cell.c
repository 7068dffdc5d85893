// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (c) The jh authors
 *
 * The life of a cell, seen from Linux: CPUs and devices leave Linux before create and come back
 * after destroy. Once a call has begun it runs to its end even if jhctl is killed, but for the
 * waiting in shutdown, which changes nothing by stopping early.
 */
#include "jh.h"
#include "compat.h"

#include <linux/cpu.h>
#include <linux/delay.h>
#include <linux/gfp.h>
#include <linux/jiffies.h>
#include <linux/mm.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/uaccess.h>

#define SHUTDOWN_TIMEOUT	msecs_to_jiffies(3000)	/* for a cell to answer and to end */
#define SHUTDOWN_GRACE		msecs_to_jiffies(500)	/* for one that has agreed to end */
#define SHUTDOWN_POLL_MS	10
#define CPU_TIMEOUT		msecs_to_jiffies(5000)	/* for a CPU to leave its cell */
#define CPU_POLL_MS		10
#define MSG_READ_REPLY		0xffffffffu		/* JH_HC_CELL_MSG: only the reply */

/* CPUs that were cells' and come back once there is no cell (compat_needs_el2_starts()). */
static u64 cpus_waiting;

/** jh_cell_report() - a cell's part of the report area; @id < JH_MAX_CELLS, jh active */
const struct jh_cell_report *jh_cell_report(u32 id)
{
	const struct jh_report *report = jh_system->report;

	return (const struct jh_cell_report *)((const void *)report + report->cells_offset) + id;
}

/** jh_cell_state() - JH_CELL_*, as the hypervisor says */
u32 jh_cell_state(u32 id)
{
	return READ_ONCE(jh_cell_report(id)->state);
}

/** jh_cell_any() - is there a cell beside root? jh active */
bool jh_cell_any(void)
{
	u32 id;

	for (id = 1; id < JH_MAX_CELLS; id++)
		if (jh_cell_state(id) != JH_CELL_NONE)
			return true;
	return false;
}

/** jh_cell_shown() - the state for people: a running cell may have said that it has ended */
u32 jh_cell_shown(const struct jh_cell_report *report)
{
	u32 state = READ_ONCE(report->state);

	if (state != JH_CELL_RUNNING)
		return state;
	switch (READ_ONCE(report->comm_state)) {
	case JH_COMM_SHUT_DOWN:
		return JH_SHOWN_SHUT_DOWN;
	case JH_COMM_FAILED:
	case JH_COMM_FAILED_REVISION:
		return JH_CELL_FAILED;
	}
	return state;
}

/** jh_cell_refresh() - have the hypervisor look at what a running cell says; under jh_lock */
void jh_cell_refresh(u32 id)
{
	if (jh_cell_shown(jh_cell_report(id)) == JH_CELL_RUNNING)
		jh_call(JH_HC_CELL_GET_STATE, id, 0, 0, 0);
}

/** jh_cell_find() - NULL, with the reason, if there is no such cell or it is root */
struct jh_cell *jh_cell_find(u32 id, struct jh_error *err)
{
	struct jh_cell *cell;

	list_for_each_entry(cell, &jh_cells, list)
		if (cell->id == id)
			return cell;
	refuse_value(err, id ? JH_ERR_NO_CELL : JH_ERR_ROOT_CELL, JH_OBJ_CELL, id, id, 0);
	return NULL;
}

static const char *name_of(const struct jh_cell *cell)
{
	return kobject_name(&cell->kobj);
}

static struct jh_cell *owner_of_cpu(u32 cpu)
{
	struct jh_cell *cell;

	list_for_each_entry(cell, &jh_cells, list)
		if (cell->cpus_taken & BIT_ULL(cpu))
			return cell;
	return NULL;
}

static int check_cpu(u32 cpu, u32 index, struct jh_error *err)
{
	struct jh_cell *owner = owner_of_cpu(cpu);
	int code;

	if (owner) {
		code = refuse_other(err, JH_ERR_CPU_TAKEN, JH_OBJ_CPU, index, JH_OBJ_CELL,
				    owner->id);
		err->cell = owner->id;
		err->value = cpu;
		return code;
	}
	if (cpu >= nr_cpu_ids || !cpu_present(cpu))
		return refuse_value(err, JH_ERR_CPU_ABSENT, JH_OBJ_CPU, index, cpu, 0);
	if (!cpu_online(cpu) && !(cpus_waiting & BIT_ULL(cpu)))
		return refuse_value(err, JH_ERR_CPU_OFFLINE, JH_OBJ_CPU, index, cpu, 0);
	return 0;
}

static int check_cpus(const void *config, struct jh_error *err)
{
	u32 i, count, online = 0;
	const struct jh_config_cpu *cpus = config_cpus(config, &count);
	int code = 0;

	for (i = 0; !code && i < count; i++) {
		code = check_cpu(cpus[i].cpu, i, err);
		online += !code && cpu_online(cpus[i].cpu);
	}
	if (!code && online >= num_online_cpus())
		code = refuse_value(err, JH_ERR_CPU_LAST, JH_OBJ_CPU, count - 1,
				    cpus[count - 1].cpu, 0);
	return code;
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

static int check(const void *config, u32 length, struct jh_error *err)
{
	int code = config_check(config, length, JH_CONFIG_CELL, err);

	if (!code)
		code = config_check_against(jh_system->config, config, err);
	if (!code)
		code = check_name(config_cell(config)->name, err);
	if (!code)
		code = check_cpus(config, err);
	return code;
}

static void give_back_cpus(struct jh_cell *cell)
{
	u32 cpu;

	cpus_waiting |= cell->cpus_taken;
	cell->cpus_taken = 0;
	if (compat_needs_el2_starts() && jh_cell_any()) {
		pr_info("CPUs of cell %s come back when there are no cells\n", name_of(cell));
		return;
	}
	for (cpu = 0; cpu < JH_MAX_CPUS; cpu++)
		if ((cpus_waiting & BIT_ULL(cpu)) && add_cpu(cpu))
			pr_err("CPU %u of cell %s does not come back\n", cpu, name_of(cell));
	cpus_waiting = 0;
}

static int take_cpu(u32 cpu)
{
	if (!(cpus_waiting & BIT_ULL(cpu)))
		return remove_cpu(cpu);
	cpus_waiting &= ~BIT_ULL(cpu);
	return 0;
}

static int take_cpus(struct jh_cell *cell, struct jh_error *err)
{
	u32 i, count;
	const struct jh_config_cpu *cpus = config_cpus(cell->config, &count);

	for (i = 0; i < count; i++) {
		if (take_cpu(cpus[i].cpu)) {
			give_back_cpus(cell);
			return refuse_value(err, JH_ERR_CPU_HOTPLUG, JH_OBJ_CPU, i, cpus[i].cpu,
					    0);
		}
		cell->cpus_taken |= BIT_ULL(cpus[i].cpu);
	}
	return 0;
}

/*
 * With CPU hotplug held off: a CPU that is coming online at EL2 must not meet the first cell, which
 * would find it beside the hypervisor.
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
	result = jh_call(JH_HC_CELL_CREATE, virt_to_phys(blob), length, 0, 0);
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
	code = take_cpus(cell, err);
	if (code)
		goto out_devices;
	id = call_create(cell, err);
	if (id > 0) {
		WRITE_ONCE(cell->id, id);
		return 0;
	}
	code = id;
	give_back_cpus(cell);
out_devices:
	jh_device_give_back(cell);
	return code;
}

static int create(void *config, u32 length, u32 *id, struct jh_error *err)
{
	struct jh_cell *cell;
	int code = check(config, length, err);

	cell = code ? NULL : jh_sysfs_add(config_cell(config)->name);
	if (!cell) {
		kvfree(config);
		return code ? code : -ENOMEM;
	}
	cell->config = config;
	code = build(cell, err);
	if (code) {
		jh_sysfs_remove(cell);
		return code;
	}
	list_add_tail(&cell->list, &jh_cells);
	*id = cell->id;
	jh_device_name_loud(cell);
	kobject_uevent(&cell->kobj, KOBJ_ADD);
	jh_event_start();
	return 0;
}

/**
 * jh_cell_create() - take CPUs and devices from Linux and make a cell of them
 * @config: user's address of a cell configuration
 * @length: its bytes
 * @id:     number of the new cell
 *
 * Return: 0, or a negative errno and Linux has everything that it had.
 */
int jh_cell_create(const void __user *config, u32 length, u32 *id, struct jh_error *err)
{
	void *copy;

	if (length > JH_CONFIG_MAX)
		return refuse_value(err, JH_ERR_FILE_SIZE, JH_OBJ_FILE, 0, length,
				    JH_CONFIG_MAX_SIZE);
	copy = vmemdup_user(config, length);
	if (IS_ERR(copy))
		return PTR_ERR(copy);
	return create(copy, length, id, err);
}

static struct jh_cell *find_enabled(u32 id, struct jh_error *err)
{
	if (jh_system)
		return jh_cell_find(id, err);
	refuse(err, JH_ERR_NOT_ENABLED, JH_OBJ_NONE, 0);
	return NULL;
}

/*
 * A call that waits for a cell's CPUs: the hypervisor does so for a short while only, because it
 * keeps this CPU meanwhile. One that is slow (the CPU may be an emulated one) is asked again.
 */
static int call_patiently(struct jh_error *err, u64 code, u32 id, u64 argument)
{
	unsigned long end = jiffies + CPU_TIMEOUT;
	int result;

	do {
		refuse_nothing(err);
		result = jh_call_checked(err, code, id, argument, 0, 0);
		if (!result || err->reason != JH_ERR_CPU_LOST)
			return result;
		msleep(CPU_POLL_MS);
	} while (time_before(jiffies, end));
	return result;
}

/** jh_cell_start() - let a cell run from its entry */
int jh_cell_start(u32 id, struct jh_error *err)
{
	struct jh_cell *cell = find_enabled(id, err);
	int code;

	if (!cell)
		return -refuse_errno(err->reason);
	if (jh_cell_state(id) != JH_CELL_RUNNING)
		jh_device_quiet(cell);
	/* Also if it fails: some of its CPUs may have run. */
	cell->was_started = true;
	code = call_patiently(err, JH_HC_CELL_START, id, 0);
	if (!code) {
		cell->restarts = 0;
		cell->may_restart = jh_restart_is_wanted(cell);
	}
	return code;
}

/** jh_cell_start_again() - load and start a cell that has failed, also one that only says so */
int jh_cell_start_again(struct jh_cell *cell, struct jh_error *err)
{
	int code = call_patiently(err, JH_HC_CELL_STOP, cell->id, 0);

	if (!code) {
		jh_device_quiet(cell);
		code = jh_load_again(cell, err);
	}
	if (!code) {
		cell->was_started = true;
		code = call_patiently(err, JH_HC_CELL_START, cell->id, cell->restarts + 1);
	}
	if (!code)
		cell->restarts++;
	return code;
}

static bool has_ended(u32 id)
{
	long comm = jh_call(JH_HC_CELL_GET_STATE, id, 0, 0, 0);

	return jh_cell_state(id) != JH_CELL_RUNNING || comm == JH_COMM_SHUT_DOWN ||
	       comm == JH_COMM_FAILED || comm == JH_COMM_FAILED_REVISION;
}

/*
 * Asks the cell to end, and waits for its answer. One that agrees gets some time to end by itself:
 * to print its last words, to leave its devices alone.
 */
static int ask(u32 id, struct jh_error *err)
{
	unsigned long end = jiffies + SHUTDOWN_TIMEOUT;
	bool approved = false;
	long reply;
	int code;

	if (has_ended(id))
		return 0;
	if (jh_call(JH_HC_CELL_GET_STATE, id, 0, 0, 0) == JH_COMM_RUNNING_LOCKED)
		return refuse(err, JH_ERR_SHUTDOWN_DENIED, JH_OBJ_CELL, id);
	code = jh_call_checked(err, JH_HC_CELL_MSG, id, JH_MSG_SHUTDOWN_REQUEST, 0, 0);
	if (code)
		return code;
	while (!has_ended(id)) {
		reply = jh_call(JH_HC_CELL_MSG, id, MSG_READ_REPLY, 0, 0);
		if (reply == JH_REPLY_DENIED)
			return refuse(err, JH_ERR_SHUTDOWN_DENIED, JH_OBJ_CELL, id);
		if (reply == JH_REPLY_APPROVED && !approved) {
			approved = true;
			end = jiffies + SHUTDOWN_GRACE;
		}
		if (time_after(jiffies, end))
			return approved ? 0 : refuse(err, JH_ERR_SHUTDOWN_TIMEOUT, JH_OBJ_CELL, id);
		if (msleep_interruptible(SHUTDOWN_POLL_MS))
			return -EINTR;
	}
	return 0;
}

/**
 * jh_cell_shutdown() - end a cell; its CPUs and memory stay its own
 * @force: do not ask it
 */
int jh_cell_shutdown(u32 id, bool force, struct jh_error *err)
{
	struct jh_cell *cell = find_enabled(id, err);
	u32 state;
	int code = 0;

	if (!cell)
		return -refuse_errno(err->reason);
	state = jh_cell_state(id);
	if (state == JH_CELL_STOPPED)
		return refuse(err, JH_ERR_CELL_ENDED, JH_OBJ_CELL, id);
	if (state == JH_CELL_DYING)
		return refuse(err, JH_ERR_CELL_DYING, JH_OBJ_CELL, id);
	if (state != JH_CELL_RUNNING && state != JH_CELL_FAILED)
		return refuse(err, JH_ERR_CELL_NOT_RUNNING, JH_OBJ_CELL, id);
	if (!force && !(config_cell(cell->config)->flags & JH_CELL_PASSIVE_COMM))
		code = ask(id, err);
	if (!code)
		code = call_patiently(err, JH_HC_CELL_STOP, id, 0);
	if (!code) {
		jh_device_quiet(cell);
		cell->may_restart = false;
	}
	return code;
}

/* In bounded pieces: the hypervisor keeps this CPU for a short while only. */
static int scrub(u32 id, struct jh_error *err)
{
	long left;

	do {
		left = jh_call(JH_HC_CELL_SCRUB, id, 0, 0, 0);
		cond_resched();
	} while (left > 0);
	if (left < 0)
		*err = jh_system->report->error;
	return left;
}

static int destroy(struct jh_cell *cell, struct jh_error *err)
{
	u32 state = jh_cell_state(cell->id);
	int code = 0;

	if (state == JH_CELL_RUNNING || state == JH_CELL_FAILED || state == JH_CELL_STOPPED)
		code = call_patiently(err, JH_HC_CELL_STOP, cell->id, 0);
	if (!code) {
		/* What a device still writes must not follow the zeroes. */
		jh_device_quiet(cell);
		code = scrub(cell->id, err);
	}
	if (!code)
		code = jh_call_checked(err, JH_HC_CELL_DESTROY, cell->id, 0, 0, 0);
	if (code)
		return code;

	list_del_init(&cell->list);
	if (list_empty(&jh_cells))
		jh_event_stop();
	give_back_cpus(cell);
	jh_device_give_back(cell);
	pr_info("cell %s: destroyed\n", name_of(cell));
	jh_sysfs_remove(cell);
	return 0;
}

/** jh_cell_destroy() - end a cell and give everything back to Linux */
int jh_cell_destroy(u32 id, struct jh_error *err)
{
	struct jh_cell *cell = find_enabled(id, err);

	return cell ? destroy(cell, err) : -refuse_errno(err->reason);
}

/** jh_cell_destroy_all() - the machine goes down: cells that can be asked are asked */
void jh_cell_destroy_all(void)
{
	struct jh_cell *cell, *next;
	struct jh_error err;

	list_for_each_entry_safe(cell, next, &jh_cells, list) {
		if (jh_cell_shutdown(cell->id, false, &err))
			jh_cell_shutdown(cell->id, true, &err);
		if (destroy(cell, &err))
			pr_err("cell %s cannot be ended\n", name_of(cell));
	}
}
