// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (c) The jh authors
 *
 * What main.c calls: each says that it was called, and answers as the test wants.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

#include "front.h"

char jh_who_text[JH_WHO_LEN];
const struct attribute_group *jh_sysfs_groups[1];

char config[100];
bool may, stays_enabled;
int answer;
u32 reason, obstacle, fails, length, flags, checks, ends, stops, rprocs_end;
const char *called;
int devices, powers, miscs, ttys;
void (*while_ending)(void);

static struct jh_cell cell;

bool capable(int capability)
{
	return may && capability == CAP_SYS_ADMIN;
}

long compat_ptr_ioctl(struct file *file, unsigned int command, unsigned long address)
{
	return -ENOTTY;
}

loff_t noop_llseek(struct file *file, loff_t offset, int whence)
{
	return 0;
}

int jh_arch_probe(struct jh_error *err)
{
	return obstacle ? refuse(err, obstacle, JH_OBJ_MACHINE, 0) : 0;
}

/* --- what does the work --- */

static int act(const char *name, struct jh_error *err)
{
	assert_int_equal(jh_lock.held, 1);
	called = name;
	if (err && !reason) {
		assert_int_equal(err->reason, 0);
		return answer;
	}
	return err && reason ? refuse(err, reason, JH_OBJ_CELL, 9) : answer;
}

/* The configuration is theirs. */
int jh_enable(void *copy, u32 size, u32 with, struct jh_error *err)
{
	assert_memory_equal(copy, config, size);
	length = size;
	flags = with;
	kvfree(copy);
	strcpy(jh_who_text, "somebody");
	return act("enable", err);
}

int jh_disable(struct jh_error *err)
{
	return act("disable", err);
}

int jh_cell_create(void *copy, struct jh_ioctl_create *create)
{
	assert_memory_equal(copy, config, create->length);
	length = create->length;
	kvfree(copy);
	create->cell = 5;
	create->generation = 6;
	strcpy(jh_who_text, "a driver");
	return act("create", &create->error);
}

struct jh_cell *jh_cell_find(u32 id, u32 generation, struct jh_error *err)
{
	if (id == 5 && generation == 6)
		return &cell;
	refuse(err, JH_ERR_NO_CELL, JH_OBJ_CELL, id);
	return NULL;
}

int jh_cell_start(struct jh_cell *which, struct jh_error *err)
{
	return act("start", err);
}

int jh_cell_shutdown(struct jh_cell *which, u32 with, struct jh_error *err)
{
	flags = with;
	return act("shutdown", err);
}

int jh_recorder_start(struct jh_ioctl_trace *trace)
{
	trace->file = 11;
	return act("trace", &trace->error);
}

int jh_place_find(struct jh_cell *which, struct jh_ioctl_places *places)
{
	places->pc[3] = 0x1234;
	return act("places", &places->error);
}

int jh_cell_destroy(struct jh_cell *which, struct jh_error *err)
{
	return act("destroy", err);
}

/* These three take the lock themselves, or need none. */
int jh_load(struct jh_ioctl_load *load)
{
	assert_int_equal(jh_lock.held, 0);
	called = "load";
	return answer;
}

int jh_ring_read(struct jh_ioctl_read_ring *ring)
{
	assert_int_equal(jh_lock.held, 0);
	called = "ring";
	ring->copied = 17;
	return answer;
}

int jh_ring_report(const struct jh_ioctl_report *report)
{
	assert_int_equal(jh_lock.held, 0);
	called = "report";
	return answer;
}

int jh_input_write(struct jh_ioctl_write_console *arg)
{
	assert_int_equal(jh_lock.held, 0);
	called = "input";
	arg->copied = 18;
	return answer;
}

void jh_event_check(void)
{
	assert_int_equal(jh_lock.held, 1);
	assert_non_null(called);
	checks++;
}

/* --- loading and unloading --- */

void jh_event_stop(void)
{
	/* Nobody can call any more. */
	assert_int_equal(miscs, 0);
	assert_int_equal(jh_lock.held, 0);
	stops++;
}

static int step(int *count)
{
	if (fails && !--fails)
		return -ENOSPC;
	++*count;
	return 0;
}

int jh_stub_init(void)
{
	return step(&devices);
}

/* What came first goes last. */
void jh_stub_exit(void)
{
	assert_int_equal(powers, 0);
	devices--;
}

int jh_power_init(void)
{
	return step(&powers);
}

void jh_power_exit(void)
{
	assert_int_equal(miscs, 0);
	assert_int_equal(ttys, 0);
	powers--;
}

int jh_tty_init(void)
{
	return step(&ttys);
}

/* The device, and who has it open, is no more. */
void jh_link_exit(void)
{
	assert_int_equal(miscs, 0);
}

/* No cell is left, and nobody makes one. */
void jh_tty_exit(void)
{
	assert_int_equal(miscs, 0);
	ttys--;
}

int misc_register(struct miscdevice *misc)
{
	assert_ptr_equal(misc, &jh_misc);
	return step(&miscs);
}

void misc_deregister(struct miscdevice *misc)
{
	miscs--;
}

void jh_kvm_exit(void)
{
	assert_int_equal(powers, 0);
	assert_int_equal(devices, 0);
}

/* Remoteproc lets go of all cells while others can still manage. */
void jh_rproc_end(void)
{
	assert_int_equal(jh_lock.held, 0);
	rprocs_end++;
}

void jh_enable_end(void)
{
	if (while_ending)
		while_ending();
	assert_int_equal(jh_lock.held, 1);
	assert_int_equal(miscs, 1);
	ends++;
	if (!stays_enabled || ends == 3)
		jh_system = NULL;
}

int front_setup(void **state)
{
	u32 i;

	fake_reset();
	may = true;
	for (i = 0; i < sizeof(config); i++)
		config[i] = i * 3 + 1;
	answer = 0;
	reason = 0;
	called = NULL;
	length = flags = checks = ends = fails = stops = rprocs_end = 0;
	stays_enabled = false;
	memset(jh_who_text, 0, sizeof(jh_who_text));
	return 0;
}

int front_teardown(void **state)
{
	assert_int_equal(fake_allocated(), 0);
	assert_int_equal(jh_lock.held, 0);
	return 0;
}
