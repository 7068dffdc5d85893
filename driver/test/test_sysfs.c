// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (c) The jh authors
 *
 * Files in sysfs: their text, their modes, and ENODEV for absent cells. Uevents.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

#include "../jh.h"
#include "blob.h"
#include "sysfs.h"

#define AREA		0x10000
#define NOT_THERE	"no such device"

const struct sysfs_ops kobj_sysfs_ops;

static _Alignas(8) char area[AREA];
static struct jh_report *const report = (void *)area;
static struct jh_system the_system;
static struct device jh_device;
static struct blob_parts parts;
static struct jh_error err;
static void *config;
static struct kset cells;
static int sets, directories;		/* that are there */
static struct kobj_type *cell_type;	/* as the last cell was added, */
static struct kobject *added;		/* and itself */
static char environment[512];		/* of the last event, a line each */
static u32 events, notified, dropped;
static int last_action;
static bool restarts;
static bool no_set;
static int add_fails;
static int period, burst;
static unsigned long limit_flags;
static char page[PAGE_SIZE];

/* --- Linux --- */

static int list_bits(char *buffer, u64 bits)
{
	int length = 0, from, to;

	for (from = 0; from < 64; from = to + 1) {
		to = from;
		if (!(bits >> from & 1))
			continue;
		while (to < 63 && bits >> (to + 1) & 1)
			to++;
		length += sprintf(buffer + length, to > from ? "%s%d-%d" : "%s%d",
				  length ? "," : "", from, to);
	}
	return length + sprintf(buffer + length, "\n");
}

static int emit(char *buffer, int at, const char *format, va_list args)
{
	assert_true(at >= 0 && at < (int)PAGE_SIZE);
	if (!strcmp(format, "%*pbl\n")) {
		assert_int_equal(va_arg(args, int), JH_MAX_CPUS);
		return list_bits(buffer + at, *va_arg(args, unsigned long *));
	}
	return vsnprintf(buffer + at, PAGE_SIZE - at, format, args);
}

int sysfs_emit(char *buffer, const char *format, ...)
{
	va_list args;
	int length;

	assert_ptr_equal(buffer, page);
	va_start(args, format);
	length = emit(buffer, 0, format, args);
	va_end(args);
	return length;
}

int sysfs_emit_at(char *buffer, int at, const char *format, ...)
{
	va_list args;
	int length;

	assert_ptr_equal(buffer, page);
	va_start(args, format);
	length = emit(buffer, at, format, args);
	va_end(args);
	return length;
}

int kobject_init_and_add(struct kobject *kobj, struct kobj_type *type, struct kobject *parent,
			 const char *format, ...)
{
	va_list args;

	assert_null(parent);
	assert_string_equal(format, "%s");
	assert_ptr_equal(kobj->kset, &cells);
	assert_ptr_equal(type->sysfs_ops, &kobj_sysfs_ops);
	va_start(args, format);
	kobj->name = va_arg(args, const char *);
	va_end(args);
	kobj->references = 1;
	kobj->release = type->release;
	cell_type = type;
	added = kobj;
	if (add_fails && !--add_fails)
		return -ENOMEM;
	directories++;
	return 0;
}

bool jh_event_restarts(const struct jh_cell *cell)
{
	return restarts;
}

void kobject_del(struct kobject *kobj)
{
	assert_int_equal(kobj->references, 1);
	directories--;
}

int kobject_uevent_env(struct kobject *kobj, int action, char *env[])
{
	last_action = action;
	environment[0] = 0;
	for (; *env; env++) {
		strcat(environment, *env);
		strcat(environment, "\n");
	}
	events++;
	return 0;
}

void sysfs_notify(struct kobject *kobj, const char *directory, const char *name)
{
	assert_null(directory);
	assert_string_equal(name, "state");
	notified++;
}

struct kset *kset_create_and_add(const char *name, const struct kset_uevent_ops *ops,
				 struct kobject *parent)
{
	assert_string_equal(name, "cells");
	assert_ptr_equal(parent, &jh_device.kobj);
	assert_string_equal(ops->name(parent), "jh");
	if (no_set)
		return NULL;
	sets++;
	return &cells;
}

void kset_unregister(struct kset *set)
{
	assert_ptr_equal(set, &cells);
	assert_int_equal(directories, 0);
	sets--;
}

void ratelimit_state_init(struct ratelimit_state *state, int most, int count)
{
	period = most;
	burst = count;
}

void ratelimit_set_flags(struct ratelimit_state *state, unsigned long flags)
{
	limit_flags = flags;
}

/* --- jh --- */

long jh_call(u64 code, u64 a, u64 b, u64 c, u64 d)
{
	fail_msg("a reader of sysfs must not call anybody");
	return 0;
}

void jh_images_drop(struct list_head *images)
{
	assert_true(list_empty(images));
	dropped++;
}

static struct jh_cell_report *cell_report(u32 id)
{
	return (struct jh_cell_report *)(area + report->cells_offset) + id;
}

static struct jh_cpu_report *cpu_report(u32 cpu)
{
	return (struct jh_cpu_report *)(area + report->cpus_offset) + cpu;
}

/* Read a file of an attribute that was found */
static const char *show(ssize_t length)
{
	if (length == -ENODEV)
		return NOT_THERE;
	assert_true(length >= 0 && length < (ssize_t)PAGE_SIZE);
	assert_int_equal(jh_report_lock.held, 0);
	page[length] = 0;
	return page;
}

static struct attribute *attribute_of(const struct attribute_group **groups, const char *group,
				      const char *name)
{
	struct attribute **at;

	for (; *groups; groups++) {
		if (strcmp((*groups)->name ? (*groups)->name : "", group))
			continue;
		for (at = (*groups)->attrs; *at; at++)
			if (!strcmp((*at)->name, name))
				return *at;
	}
	fail_msg("there is no file %s/%s", group, name);
	return NULL;
}

static const char *cell_file(struct jh_cell *cell, const char *group, const char *name)
{
	struct attribute *found = attribute_of(cell_type->default_groups, group, name);
	struct kobj_attribute *file = container_of(found, struct kobj_attribute, attr);

	memset(page, 'x', sizeof(page));
	assert_null(file->store);
	return show(file->show(&cell->kobj, file, page));
}

static const char *device_file(const char *group, const char *name)
{
	struct attribute *found = attribute_of(jh_sysfs_groups, group, name);
	struct device_attribute *file = container_of(found, struct device_attribute, attr);

	memset(page, 'x', sizeof(page));
	assert_null(file->store);
	return show(file->show(&jh_device, file, page));
}

static u32 lines(const char *text)
{
	u32 count = 0;

	for (; *text; text++)
		count += *text == '\n';
	return count;
}

static int setup(void **state)
{
	u32 length;

	fake_reset();
	/* jh_lock is held all the time: a file that takes it ends the test. */
	mutex_lock(&jh_lock);
	memset(area, 0, sizeof(area));
	*report = (struct jh_report){
		.magic = JH_REPORT_MAGIC, .size = AREA, .num_cpus = JH_MAX_CPUS,
		.num_cells = JH_MAX_CELLS, .cpus_offset = sizeof(*report), .pool_used = 3,
	};
	report->cells_offset = ALIGN(report->cpus_offset + JH_MAX_CPUS * (u32)sizeof(
				     struct jh_cpu_report), 8);
	blob_system(&parts);
	config = blob_pack(&parts, &length);
	the_system = (struct jh_system){
		.config = config, .report = report, .active = true, .pool_offset = 0x9000,
		.hv = { .address = 0x7ff00000, .size = 0x100000 },
		.pools = { { .address = 0x78000000, .size = 0x4000000 },
			   { .address = 0x70000000, .size = 0x200000 },
			   { .address = 0x60000000, .size = 0x200000 } },
		.num_pools = 2,
	};
	jh_system = &the_system;
	jh_misc.this_device = &jh_device;
	jh_report_lock.held = 0;
	sets = directories = add_fails = 0;
	events = notified = dropped = 0;
	restarts = false;
	no_set = false;
	assert_int_equal(jh_sysfs_start(&the_system, &err), 0);
	return 0;
}

static int teardown(void **state)
{
	jh_sysfs_stop(&the_system);
	mutex_unlock(&jh_lock);
	assert_int_equal(sets | directories, 0);
	assert_int_equal(fake_allocated(), 0);
	free(config);
	return 0;
}

/* A cell of the number, as create makes it */
static struct jh_cell *cell_of(u32 id)
{
	struct jh_cell *cell = jh_sysfs_add("rtos");

	cell->id = id;
	cell->generation = id ? 7 : 0;
	return cell;
}

static void the_directories_of_a_start(void **state)
{
	assert_int_equal(sets, 1);
	assert_int_equal(directories, 1);
	jh_sysfs_stop(&the_system);
	assert_int_equal(dropped, 1);
	no_set = true;
	assert_int_equal(jh_sysfs_start(&the_system, &err), -ENOMEM);
	assert_int_equal(sets | directories, 0);
	no_set = false;
	fake_fail_alloc = 1;
	assert_int_equal(jh_sysfs_start(&the_system, &err), -ENOMEM);
	assert_int_equal(sets | directories, 0);
	add_fails = 1;
	assert_int_equal(jh_sysfs_start(&the_system, &err), -ENOMEM);
	assert_int_equal(sets | directories, 0);
	assert_int_equal(fake_allocated(), 0);
	assert_int_equal(jh_sysfs_start(&the_system, &err), 0);
}

static void a_cell_comes_and_goes(void **state)
{
	struct jh_cell *cell = jh_sysfs_add("rtos");

	assert_string_equal(kobject_name(&cell->kobj), "rtos");
	assert_int_equal(cell->id, 0);
	assert_true(list_empty(&cell->images));
	assert_true(list_empty(&cell->list));
	/* What a cell can make Linux' log say */
	assert_int_equal(period, 60 * HZ);
	assert_int_equal(burst, 10);
	assert_int_equal(limit_flags, RATELIMIT_MSG_ON_RELEASE);
	assert_int_equal(directories, 2);
	cell->config = fake_alloc(10);
	cell->torn = fake_alloc(10);
	/* Somebody has it still. */
	kobject_get(&cell->kobj);
	cell->kobj.references--;
	jh_sysfs_remove(cell);
	assert_int_equal(directories, 1);
	assert_int_equal(dropped, 1);
	assert_int_equal(fake_allocated(), 1);
	fake_fail_alloc = 1;
	assert_null(jh_sysfs_add("rtos"));
	add_fails = 1;
	assert_null(jh_sysfs_add("rtos"));
	assert_int_equal(fake_allocated(), 1);
}

static void the_files_of_a_cell(void **state)
{
	struct jh_cell *cell = cell_of(4);
	struct jh_cell_report *of = cell_report(4);

	of->state = JH_CELL_RUNNING;
	of->cpu_mask = 0x800000000000002eULL;
	of->memory_bytes = 0x123456789aULL;
	of->starts = 4000000001u;
	of->restarts = 4000000002u;
	assert_string_equal(cell_file(cell, "", "id"), "4\n");
	assert_string_equal(cell_file(cell, "", "generation"), "7\n");
	assert_string_equal(cell_file(cell, "", "state"), "running\n");
	assert_string_equal(cell_file(cell, "", "cpus"), "1-3,5,63\n");
	assert_string_equal(cell_file(cell, "", "memory"), "78187493530\n");
	assert_string_equal(cell_file(cell, "", "starts"), "4000000001\n");
	assert_string_equal(cell_file(cell, "", "restarts"), "4000000002\n");
	assert_string_equal(cell_file(cell, "", "will_restart"), "0\n");
	restarts = true;
	assert_string_equal(cell_file(cell, "", "will_restart"), "1\n");
	assert_string_equal(cell_file(cell, "", "crash"), "");
	of->comm_state = JH_COMM_SHUT_DOWN;
	assert_string_equal(cell_file(cell, "", "state"), "shut down\n");
	jh_sysfs_remove(cell);
}

static void the_crash_of_a_cell(void **state)
{
	struct jh_cell *cell = cell_of(4);
	struct jh_crash *crash = &cell_report(4)->crash;
	char expected[600];

	*crash = (struct jh_crash){ .cause = JH_CRASH_NONE + 1, .cpu = 3, .arch = JH_ARCH_ARM64,
		.num_registers = 2, .address = 0x1234, .syndrome = 0x96000045, .pc = 0x40,
		.registers = { 0xa, 0xb, 0xc } };
	snprintf(expected, sizeof(expected), "cause %s\ncpu 3\naddress 0x0000000000001234\n"
		 "syndrome 0x0000000096000045\npc 0x0000000000000040\n%s 0x000000000000000a\n"
		 "%s 0x000000000000000b\n", jh_report_cause_word(JH_CRASH_NONE + 1),
		 jh_register_name(JH_ARCH_ARM64, 0), jh_register_name(JH_ARCH_ARM64, 1));
	assert_string_equal(cell_file(cell, "", "crash"), expected);
	/* The hypervisor's word for a count is not taken for more than there can be. */
	crash->num_registers = JH_MAX_REGISTERS + 1;
	assert_int_equal(lines(cell_file(cell, "", "crash")), 5 + JH_MAX_REGISTERS);
	crash->num_registers = 0;
	assert_int_equal(lines(cell_file(cell, "", "crash")), 5);
	the_system.active = false;
	assert_string_equal(cell_file(cell, "", "crash"), NOT_THERE);
	the_system.active = true;
	jh_sysfs_remove(cell);
}

static void the_statistics_of_a_cell(void **state)
{
	struct jh_cell *cell = cell_of(4);

	cpu_report(1)->cell = cpu_report(3)->cell = 4;
	cpu_report(1)->stats[JH_STAT_MMIO] = 5;
	cpu_report(3)->stats[JH_STAT_MMIO] = 6;
	cpu_report(3)->stats[JH_STAT_DENIED] = 2;
	cpu_report(2)->stats[JH_STAT_MMIO] = 100;
	assert_string_equal(cell_file(cell, "statistics", "mmio"), "11\n");
	assert_string_equal(cell_file(cell, "statistics", "denied"), "2\n");
	assert_string_equal(cell_file(cell, "statistics", "ipi"), "0\n");
	the_system.active = false;
	assert_string_equal(cell_file(cell, "statistics", "mmio"), NOT_THERE);
	the_system.active = true;
	jh_sysfs_remove(cell);
}

/* Neither before the number is known, nor when the hypervisor is gone; root is number 0. */
static void files_of_an_absent_cell_are_enodev(void **state)
{
	static const char *const files[] = { "id", "generation", "state", "cpus", "memory",
					     "starts", "restarts", "will_restart", "crash" };
	struct jh_cell *cell = cell_of(0);
	size_t i;

	for (i = 0; i < ARRAY_SIZE(files); i++) {
		assert_string_equal(cell_file(cell, "", files[i]), NOT_THERE);
		cell->id = 2;
		assert_string_not_equal(cell_file(cell, "", files[i]), NOT_THERE);
		the_system.active = false;
		assert_string_equal(cell_file(cell, "", files[i]), NOT_THERE);
		the_system.active = true;
		cell->id = 0;
	}
	jh_sysfs_remove(cell);
}

static void root_is_a_cell(void **state)
{
	struct jh_cell *root = container_of(added, struct jh_cell, kobj);

	assert_string_equal(kobject_name(added), "qemu-virt");
	cell_report(0)->state = JH_CELL_RUNNING;
	cell_report(0)->cpu_mask = 3;
	assert_string_equal(cell_file(root, "", "id"), "0\n");
	assert_string_equal(cell_file(root, "", "state"), "running\n");
	assert_string_equal(cell_file(root, "", "cpus"), "0-1\n");
	report->root_stats[JH_STAT_MMIO] = 9;
	assert_string_equal(cell_file(root, "statistics", "mmio"), "9\n");
	the_system.active = false;
	assert_string_equal(cell_file(root, "", "id"), NOT_THERE);
	the_system.active = true;
}

static void modes_of_the_files(void **state)
{
	static const char *const everybody[] = { "id", "generation", "state", "cpus", "memory",
						 "starts", "restarts", "will_restart" };
	struct jh_cell *cell = cell_of(1);
	const struct attribute_group **groups = cell_type->default_groups;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(everybody); i++)
		assert_int_equal(attribute_of(groups, "", everybody[i])->mode, 0444);
	assert_int_equal(attribute_of(groups, "", "crash")->mode, 0400);
	assert_int_equal(attribute_of(groups, "statistics", "mmio")->mode, 0444);
	assert_int_equal(attribute_of(jh_sysfs_groups, "", "enabled")->mode, 0444);
	assert_int_equal(attribute_of(jh_sysfs_groups, "", "hypervisor")->mode, 0400);
	assert_int_equal(attribute_of(jh_sysfs_groups, "", "pools")->mode, 0400);
	assert_int_equal(attribute_of(jh_sysfs_groups, "costs", "memory")->mode, 0444);
	assert_int_equal(attribute_of(jh_sysfs_groups, "costs", "cell_write")->mode, 0444);
	jh_sysfs_remove(cell);
}

static u32 page_sizes;

u32 jh_arch_page_sizes(void)
{
	return page_sizes;
}

static void sizes_of_pages(void **state)
{
	page_sizes = 4 | 16 | 64;
	assert_string_equal(device_file("", "page_sizes"), "4 16 64\n");
	page_sizes = 4 | 64;
	assert_string_equal(device_file("", "page_sizes"), "4 64\n");
	page_sizes = 16;
	assert_string_equal(device_file("", "page_sizes"), "16\n");
}

static void the_files_of_the_device(void **state)
{
	assert_string_equal(device_file("", "enabled"), "1\n");
	assert_string_equal(device_file("", "hypervisor"), "0x7ff00000 1048576\n");
	assert_string_equal(device_file("", "pools"), "0x78000000 67108864\n0x70000000 2097152\n");
	/* Image and what lies behind it, and three pages */
	assert_string_equal(device_file("costs", "memory"), "49152\n");
	the_system.active = false;
	assert_string_equal(device_file("", "enabled"), "0\n");
	assert_string_equal(device_file("", "hypervisor"), "");
	assert_string_equal(device_file("", "pools"), "");
	assert_string_equal(device_file("costs", "memory"), NOT_THERE);
	jh_system = NULL;
	assert_string_equal(device_file("", "enabled"), "0\n");
	assert_string_equal(device_file("", "hypervisor"), "");
	assert_string_equal(device_file("", "pools"), "");
	assert_string_equal(device_file("costs", "memory"), NOT_THERE);
	jh_system = &the_system;
	the_system.active = true;
}

static void what_calls_took(void **state)
{
	static const struct {
		const char *name;
		u64 code;
	} files[] = {
		{ "cell_create", JH_HC_CELL_CREATE }, { "cell_write", JH_HC_CELL_WRITE },
		{ "cell_start", JH_HC_CELL_START }, { "cell_stop", JH_HC_CELL_STOP },
		{ "cell_clean", JH_HC_CELL_CLEAN }, { "cell_scrub", JH_HC_CELL_SCRUB },
		{ "cell_destroy", JH_HC_CELL_DESTROY },
	};
	char expected[24];
	size_t i;

	for (i = 0; i < ARRAY_SIZE(files); i++)
		jh_ticks_add(files[i].code, 0x100000000ULL + i);
	/* Sums, of those that there are */
	jh_ticks_add(JH_HC_CELL_WRITE, 50);
	jh_ticks_add(JH_TICKS_CODES, 1);
	jh_ticks_enabled(0x200000000ULL);
	for (i = 0; i < ARRAY_SIZE(files); i++) {
		snprintf(expected, sizeof(expected), "%llu\n", 0x100000000ULL + i +
			 (files[i].code == JH_HC_CELL_WRITE ? 50 : 0));
		assert_string_equal(device_file("costs", files[i].name), expected);
	}
	assert_string_equal(device_file("costs", "enable"), "8589934592\n");
	jh_ticks_enabled(7);
	assert_string_equal(device_file("costs", "enable"), "7\n");
	assert_int_equal(jh_ticks_of(JH_TICKS_CODES - 1), 0);
}

static void events_to_user_space(void **state)
{
	struct jh_cell *cell = cell_of(4);

	cell->restarts = 4000000000u;
	jh_sysfs_event(cell, JH_CELL_FAILED);
	assert_string_equal(environment, "CELL=rtos\nCELL_ID=4\nCELL_GENERATION=7\nSTATE=failed\n"
			    "RESTARTS=4000000000\n");
	assert_int_equal(last_action, KOBJ_CHANGE);
	assert_int_equal(events, 1);
	assert_int_equal(notified, 1);
	cell->id = cell->generation = U32_MAX;
	cell->kobj.name = "a-name-as-long-as-names-can-get";
	jh_sysfs_event(cell, JH_SHOWN_SHUT_DOWN);
	assert_string_equal(environment, "CELL=a-name-as-long-as-names-can-get\n"
			    "CELL_ID=4294967295\nCELL_GENERATION=4294967295\nSTATE=shut down\n"
			    "RESTARTS=4000000000\n");
	cell->id = 4;
	jh_sysfs_remove(cell);
}

/* What comes and goes is told as much of as what changes. */
static void add_and_remove_events(void **state)
{
	struct jh_cell *cell = cell_of(4);

	cell_report(4)->state = JH_CELL_CREATED;
	jh_sysfs_added(cell);
	assert_int_equal(last_action, KOBJ_ADD);
	assert_string_equal(environment, "CELL=rtos\nCELL_ID=4\nCELL_GENERATION=7\n"
			    "STATE=created\nRESTARTS=0\n");
	jh_sysfs_remove(cell);
	assert_int_equal(last_action, KOBJ_REMOVE);
	assert_string_equal(environment, "CELL=rtos\nCELL_ID=4\nCELL_GENERATION=7\n"
			    "STATE=none\nRESTARTS=0\n");
	assert_int_equal(events, 2);
	/* Who polls the state of one that goes wakes up. */
	assert_int_equal(notified, 2);
	/* One that was never complete, and root's, which comes and goes with the device */
	jh_sysfs_remove(cell_of(0));
	assert_int_equal(events, 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(the_directories_of_a_start, setup, teardown),
		cmocka_unit_test_setup_teardown(a_cell_comes_and_goes, setup, teardown),
		cmocka_unit_test_setup_teardown(the_files_of_a_cell, setup, teardown),
		cmocka_unit_test_setup_teardown(the_crash_of_a_cell, setup, teardown),
		cmocka_unit_test_setup_teardown(the_statistics_of_a_cell, setup, teardown),
		cmocka_unit_test_setup_teardown(files_of_an_absent_cell_are_enodev,
						setup, teardown),
		cmocka_unit_test_setup_teardown(root_is_a_cell, setup, teardown),
		cmocka_unit_test_setup_teardown(modes_of_the_files, setup, teardown),
		cmocka_unit_test_setup_teardown(the_files_of_the_device, setup, teardown),
		cmocka_unit_test_setup_teardown(sizes_of_pages, setup, teardown),
		cmocka_unit_test_setup_teardown(what_calls_took, setup, teardown),
		cmocka_unit_test_setup_teardown(events_to_user_space, setup, teardown),
		cmocka_unit_test_setup_teardown(add_and_remove_events, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
