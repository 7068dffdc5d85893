// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (c) The jh authors
 */
#include <limits.h>
#include <stdarg.h>
#include <stdlib.h>

#include "../../jh.h"

/* Those of main.c, for tests of other files */
#define weak __attribute__((weak))
weak struct mutex jh_lock;
weak struct rw_semaphore jh_report_lock;
weak struct jh_system *jh_system;
weak LIST_HEAD(jh_cells);
weak struct miscdevice jh_misc;

int system_state;
unsigned long jiffies;
bool fake_signal;
struct task_struct *current;
struct cpumask fake_online, fake_present;
unsigned int fake_far_cpu;
int fake_cpu_busy, fake_cpu_broken, fake_hotplug_held, fake_rcu_held, fake_rcu_waits;
bool fake_cap;
void (*fake_meanwhile)(void), (*fake_between)(void);
unsigned int fake_fail_alloc;
const void *fake_no_user;
char fake_printed[4096];

struct gpio_chip fake_chips[2];
struct fake_nospec fake_nospec;
u64 fake_mmfr0;
struct fake_trace fake_trace;

static unsigned int allocated;

void fake_reset(void)
{
	system_state = SYSTEM_RUNNING;
	jiffies = 1000;
	fake_signal = false;
	fake_online.bits = fake_present.bits = 0xff;
	fake_far_cpu = 0;
	fake_cpu_busy = fake_cpu_broken = -1;
	fake_hotplug_held = fake_rcu_held = fake_rcu_waits = 0;
	fake_cap = false;
	fake_meanwhile = fake_between = NULL;
	fake_fail_alloc = 0;
	fake_no_user = NULL;
	fake_printed[0] = 0;
	allocated = 0;
	memset(fake_chips, 0, sizeof(fake_chips));
	memset(&fake_nospec, 0, sizeof(fake_nospec));
	jh_lock.held = 0;
	jh_system = NULL;
	INIT_LIST_HEAD(&jh_cells);
}

unsigned int fake_allocated(void)
{
	return allocated;
}

void *fake_alloc(size_t size)
{
	if (fake_fail_alloc && !--fake_fail_alloc)
		return NULL;
	allocated++;
	return calloc(1, size ? size : 1);
}

void fake_wait(unsigned int ms)
{
	jiffies += ms;
	if (fake_meanwhile && !jh_lock.held)
		fake_meanwhile();
}

/* Linux allocates no more than INT_MAX bytes, and warns about larger requests. */
void *fake_kvmalloc(size_t size, unsigned int gfp)
{
	if (size <= INT_MAX)
		return fake_alloc(size);
	if (!(gfp & __GFP_NOWARN))
		abort();
	return NULL;
}

void fake_free(const void *memory)
{
	allocated -= memory != NULL;
	free((void *)memory);
}

/* A page fault may take any time, and a restart of the machine waits for jh_lock. */
static void assert_no_lock(void)
{
	if (jh_lock.held)
		abort();
}

static bool ends_before(const void *start, unsigned long size)
{
	return fake_no_user && (const char *)start + size > (const char *)fake_no_user;
}

unsigned long copy_from_user(void *to, const void *from, unsigned long size)
{
	bool fails = ends_before(from, size);

	assert_no_lock();
	if (fake_meanwhile)
		fake_meanwhile();
	if (fails)
		return size;
	if (size)
		memcpy(to, from, size);
	return 0;
}

unsigned long copy_to_user(void *to, const void *from, unsigned long size)
{
	assert_no_lock();
	if (ends_before(to, size))
		return size;
	memcpy(to, from, size);
	return 0;
}

void *vmemdup_user(const void *from, size_t size)
{
	void *copy = ends_before(from, size) ? ERR_PTR(-EFAULT) : fake_alloc(size);

	assert_no_lock();
	if (!copy)
		return ERR_PTR(-ENOMEM);
	if (!IS_ERR(copy))
		memcpy(copy, from, size);
	return copy;
}

void fake_print(const char *format, ...)
{
	size_t used = strlen(fake_printed);
	va_list args;

	va_start(args, format);
	vsnprintf(fake_printed + used, sizeof(fake_printed) - used, format, args);
	va_end(args);
}

int remove_cpu(unsigned int cpu)
{
	if ((int)cpu == fake_cpu_busy || fake_hotplug_held)
		return -EBUSY;
	fake_online.bits &= ~BIT_ULL(cpu);
	return 0;
}

int add_cpu(unsigned int cpu)
{
	if ((int)cpu == fake_cpu_broken || fake_hotplug_held)
		return -EIO;
	if (cpu_online(cpu))
		return 1;
	fake_online.bits |= BIT_ULL(cpu);
	return 0;
}

struct gpio_device *gpio_device_find(const void *data,
				     int (*match)(struct gpio_chip *gc, const void *data))
{
	int i;

	for (i = 0; i < 2; i++)
		if (fake_chips[i].parent && match(&fake_chips[i], data))
			abort();
	return NULL;
}

struct gpio_chip *gpiochip_find(void *data, int (*match)(struct gpio_chip *gc, void *data))
{
	int i;

	for (i = 0; i < 2; i++)
		if (fake_chips[i].parent && match(&fake_chips[i], data))
			abort();
	return NULL;
}

char *gpiochip_dup_line_label(struct gpio_chip *gc, unsigned int line)
{
	char *copy;

	if (!gc->users[line])
		return NULL;
	if (gc->no_memory)
		return ERR_PTR(-ENOMEM);
	copy = fake_alloc(strlen(gc->users[line]) + 1);
	return strcpy(copy, gc->users[line]);
}

const char *gpiochip_is_requested(struct gpio_chip *gc, unsigned int line)
{
	return gc->users[line];
}
