// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (c) The jh authors
 */
#include "../../jh.h"
#include "cells.h"

#define AREA	0x8000
#define GUEST	8	/* cells whose memory is kept */

struct fake_hv fake_hv;
struct fake_seen fake_seen;
unsigned int fake_cpu;
char jh_who_text[JH_WHO_LEN];

static _Alignas(8) char area[AREA];
static struct jh_report *const report = (void *)area;
static struct jh_system the_system;

void fake_cells_reset(void)
{
	struct blob_parts parts;
	struct jh_cpu_report *cpus;

	memset(&fake_hv, 0, sizeof(fake_hv));
	memset(&fake_seen, 0, sizeof(fake_seen));
	memset(area, 0, sizeof(area));
	*report = (struct jh_report){
		.magic = JH_REPORT_MAGIC, .size = AREA, .num_cpus = JH_MAX_CPUS,
		.num_cells = JH_MAX_CELLS, .cpus_offset = sizeof(*report),
		.cells_offset = sizeof(*report) + JH_MAX_CPUS * sizeof(*cpus),
	};
	cpus = (void *)(area + report->cpus_offset);
	cpus[0].state = JH_CPUREP_RUNNING;
	fake_cpu = 0;
	fake_cell_report(0)->state = JH_CELL_RUNNING;
	blob_system(&parts);
	the_system = (struct jh_system){ .report = report, .active = true };
	the_system.config = blob_pack(&parts, &the_system.config_length);
	jh_system = &the_system;
	jh_lock.held = 1;
}

void fake_cells_end(void)
{
	free(the_system.config);
	the_system.config = NULL;
	jh_lock.held = 0;
}

struct jh_cell_report *fake_cell_report(u32 id)
{
	return (struct jh_cell_report *)(area + report->cells_offset) + id;
}

void *fake_config(const struct blob_parts *parts, u32 *length)
{
	void *blob = blob_pack(parts, length), *config = fake_alloc(*length);

	memcpy(config, blob, *length);
	free(blob);
	return config;
}

struct jh_cell *fake_create(const struct blob_parts *parts, struct jh_error *err, int *code)
{
	struct jh_ioctl_create create = { 0 };
	void *config = fake_config(parts, &create.length);

	*code = jh_cell_create(config, &create);
	*err = create.error;
	/* As main.c does after each call. */
	jh_event_check();
	return *code ? NULL : jh_cell_find(create.cell, create.generation, err);
}

void fake_work_beside(void)
{
	struct delayed_work *work = fake_seen.work;

	fake_seen.work = NULL;
	work->act(&work->work);
}

void fake_work(void)
{
	int held = jh_lock.held;

	jh_lock.held = 0;
	fake_work_beside();
	jh_lock.held = held;
}

/* --- the hypervisor --- */

static long refuse_call(u32 reason)
{
	return refuse(&report->error, reason, JH_OBJ_CELL, 0);
}

static long create(u64 blob, u64 length, u64 generation)
{
	struct jh_error error;
	u32 id = 1;

	/* A CPU that comes online meanwhile would not run under the hypervisor. */
	if (!fake_hotplug_held || config_check((void *)(uintptr_t)blob, length, JH_CONFIG_CELL,
					       &error))
		abort();
	if (fake_hv.create_result)
		return fake_hv.create_result;
	while (id < GUEST && fake_cell_report(id)->state != JH_CELL_NONE)
		id++;
	if (id == GUEST)
		return refuse_call(JH_ERR_HV_INTERNAL);
	fake_cell_report(id)->state = JH_CELL_CREATED;
	fake_cell_report(id)->entry = config_cell((void *)(uintptr_t)blob)->entry;
	fake_cell_report(id)->argument = 0;
	fake_cell_report(id)->comm_state = JH_COMM_RUNNING;
	fake_hv.is_clean[id] = false;
	fake_hv.clean_done[id] = 0;
	fake_hv.comm[id] = JH_COMM_RUNNING;
	fake_hv.generation = generation;
	return id;
}

static long start(u32 id, u64 restarts)
{
	u32 state = fake_cell_report(id)->state;

	if (state != JH_CELL_LOADED && state != JH_CELL_STOPPED)
		return refuse_call(JH_ERR_CELL_RUNNING);
	if (!fake_hv.is_clean[id])
		return refuse_call(JH_ERR_NOT_CLEAN);
	fake_hv.is_clean[id] = false;
	fake_cell_report(id)->state = JH_CELL_RUNNING;
	fake_cell_report(id)->comm_state = fake_hv.comm[id] = JH_COMM_RUNNING;
	fake_hv.reply[id] = JH_REPLY_NONE;
	fake_hv.restarts = restarts;
	fake_cell_report(id)->reset = 0;
	return 0;
}

static long stop(u32 id)
{
	if (fake_hv.cpu_is_slow && fake_hv.cpu_is_slow--)
		return refuse_call(JH_ERR_CPU_LOST);
	fake_cell_report(id)->state = JH_CELL_STOPPED;
	return 0;
}

/* Takes two pieces or more; then no cache holds anything of the last life. */
static long clean(u32 id)
{
	if (fake_cell_report(id)->state == JH_CELL_RUNNING)
		return refuse_call(JH_ERR_CELL_RUNNING);
	if (!fake_hv.is_clean[id] && fake_hv.clean_done[id] <= fake_hv.clean_more) {
		fake_hv.clean_done[id]++;
		return 1;
	}
	fake_hv.clean_done[id] = 0;
	fake_hv.is_clean[id] = true;
	return 0;
}

static long scrub(u32 id)
{
	u32 *state = &fake_cell_report(id)->state;

	if (*state == JH_CELL_RUNNING || *state == JH_CELL_FAILED)
		return refuse_call(JH_ERR_CELL_RUNNING);
	/* Linux could write to scrubbed memory through a link. */
	if (fake_seen.links & BIT(id))
		abort();
	*state = JH_CELL_DYING;
	memset(fake_hv.ram[id], 0, FAKE_GUEST_RAM);
	return fake_hv.scrub_left ? --fake_hv.scrub_left : 0;
}

static long destroy(u32 id)
{
	if (fake_cell_report(id)->state != JH_CELL_DYING || fake_hv.scrub_left)
		return refuse_call(JH_ERR_CELL_RUNNING);
	fake_cell_report(id)->state = JH_CELL_NONE;
	return 0;
}

static long write(u32 id, u64 address, u64 source, u64 length)
{
	if (fake_cell_report(id)->state == JH_CELL_RUNNING || length > JH_HC_CELL_WRITE_MAX)
		return refuse_call(JH_ERR_CELL_RUNNING);
	if (!fake_hv.is_clean[id])
		return refuse_call(JH_ERR_NOT_CLEAN);
	fake_cell_report(id)->state = JH_CELL_LOADING;
	if (address < FAKE_GUEST_RAM && length <= FAKE_GUEST_RAM - address)
		memcpy(fake_hv.ram[id] + address, (void *)(uintptr_t)source, length);
	if (fake_hv.signal_after && !--fake_hv.signal_after)
		fake_signal = true;
	return 0;
}

static long loaded(u32 id, u64 entry, u64 argument)
{
	fake_cell_report(id)->entry = entry;
	fake_cell_report(id)->argument = argument;
	fake_cell_report(id)->state = JH_CELL_LOADED;
	return 0;
}

static long message(u32 id, u32 what)
{
	if (what == JH_MSG_SHUTDOWN_REQUEST)
		return 0;
	return fake_hv.reply[id];
}

static long get_state(u32 id)
{
	if (fake_hv.state_is_busy) {
		fake_hv.state_is_busy--;
		return -EBUSY;
	}
	return fake_cell_report(id)->comm_state = fake_hv.comm[id];
}

static long sample(u32 id, u64 cpu)
{
	u32 state = fake_cell_report(id)->state;

	if (cpu >= JH_MAX_CPUS)
		abort();
	if (state != JH_CELL_RUNNING && state != JH_CELL_STOPPED && state != JH_CELL_FAILED)
		return refuse_call(JH_ERR_NOT_LOADED);
	if (fake_hv.cpu_is_slow && fake_hv.cpu_is_slow--)
		return refuse_call(JH_ERR_CPU_LOST);
	report->pc = fake_hv.pc[cpu];
	return 0;
}

static long answer(u64 code, u64 a, u64 b, u64 c, u64 d)
{
	switch (code) {
	case JH_HC_CELL_CREATE:
		return create(a, b, c);
	case JH_HC_CELL_START:
		return start(a, b);
	case JH_HC_CELL_STOP:
		return stop(a);
	case JH_HC_CELL_CLEAN:
		return clean(a);
	case JH_HC_CELL_SCRUB:
		return scrub(a);
	case JH_HC_CELL_DESTROY:
		return destroy(a);
	case JH_HC_CELL_WRITE:
		return write(a, b, c, d);
	case JH_HC_CELL_LOADED:
		return loaded(a, b, c);
	case JH_HC_CELL_MSG:
		return message(a, b);
	case JH_HC_CELL_GET_STATE:
		return get_state(a);
	case JH_HC_CELL_SAMPLE:
		return sample(a, b);
	case JH_HC_LOG_FLUSH:
		return fake_hv.log_left ? fake_hv.log_left-- : 0;
	}
	return 0;
}

/* The number of a call's arguments; the rest must be zero. */
static u32 arguments_of(u64 code)
{
	switch (code) {
	case JH_HC_CELL_WRITE:
		return 4;
	case JH_HC_CELL_CREATE:
	case JH_HC_CELL_LOADED:
		return 3;
	case JH_HC_CELL_START:
	case JH_HC_CELL_MSG:
	case JH_HC_CELL_SAMPLE:
		return 2;
	case JH_HC_LOG_FLUSH:
		return 0;
	}
	return 1;
}

long jh_arch_call(u64 code, u64 a, u64 b, u64 c, u64 d)
{
	const u64 arguments[] = { a, b, c, d };
	u32 i;

	if (jh_lock.held != 1)
		abort();
	for (i = arguments_of(code); i < ARRAY_SIZE(arguments); i++)
		if (arguments[i])
			abort();
	fake_hv.calls[code]++;
	if (code == fake_hv.refused_code && fake_hv.refused_after && !--fake_hv.refused_after)
		return refuse_call(fake_hv.refused_reason);
	return answer(code, a, b, c, d);
}

u64 jh_arch_now(void)
{
	return fake_hv.now += 10;
}

void jh_ticks_add(u64 code, u64 ticks)
{
	fake_hv.ticks[code] += ticks;
}

/* --- devices and sysfs --- */

int jh_device_take(struct jh_cell *cell, struct jh_error *err)
{
	if (fake_seen.device_code)
		return refuse(err, fake_seen.device_code, JH_OBJ_DEVICE, 0);
	fake_seen.devices++;
	return 0;
}

void jh_device_give_back(struct jh_cell *cell)
{
	fake_seen.devices--;
}

void jh_device_quiet(struct jh_cell *cell)
{
	fake_seen.quiet += cell->was_started;
	cell->was_started = false;
}

void jh_device_warn_no_reset(const struct jh_cell *cell)
{
	fake_seen.loud++;
}

/* As release_cell() in sysfs.c */
static void release(struct kobject *kobj)
{
	struct jh_cell *cell = container_of(kobj, struct jh_cell, kobj);

	jh_images_drop(&cell->images);
	kvfree(cell->torn);
	kvfree(cell->config);
	kfree(kobj->name);
	kfree(cell);
}

struct jh_cell *jh_sysfs_add(const char *name)
{
	struct jh_cell *cell;
	char *copy;

	if (fake_seen.sysfs_fails)
		return NULL;
	cell = fake_alloc(sizeof(*cell));
	copy = fake_alloc(strlen(name) + 1);
	strcpy(copy, name);
	INIT_LIST_HEAD(&cell->list);
	INIT_LIST_HEAD(&cell->images);
	cell->told.left = 3;
	cell->kobj = (struct kobject){ .name = copy, .references = 1, .release = release };
	return cell;
}

u32 fake_ttys;

void jh_link_add(struct jh_cell *cell)
{
	fake_seen.links |= BIT(cell->id);
}

/* The cell must not run: it could ring. */
void jh_link_remove(struct jh_cell *cell)
{
	if (fake_cell_report(cell->id)->state == JH_CELL_RUNNING)
		abort();
	fake_seen.links &= ~BIT(cell->id);
}

void jh_tty_add(struct jh_cell *cell)
{
	if (jh_lock.held != 1 || !cell->id)
		abort();
	fake_ttys++;
}

/* Must come before the number can be another cell's. */
void jh_tty_remove(struct jh_cell *cell)
{
	if (jh_lock.held != 1 || !cell->id)
		abort();
	fake_ttys--;
}

void jh_sysfs_remove(struct jh_cell *cell)
{
	kobject_put(&cell->kobj);
}

void jh_sysfs_added(struct jh_cell *cell)
{
	fake_seen.added++;
}

void jh_sysfs_event(struct jh_cell *cell, u32 state)
{
	fake_seen.events++;
	fake_seen.last_event = state;
}
