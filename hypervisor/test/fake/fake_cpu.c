// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (c) The jh authors
 *
 * CPUs as coroutines, and the schedule.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include <hv/cell.h>
#include <hv/cpu.h>
#include <hv/errno.h>
#include <hv/hypercall.h>
#include "coroutine.h"
#include "fake.h"
#include "../asan.h"
#include "../fiber.h"

#define STACK_SIZE	(256 * 1024)
#define NOBODY		0xffffffffU
#define RELAX_US	50	/* how long all CPUs wait for each other until time goes on */

struct coroutine {
	struct fiber fiber;
	jmp_buf base;		/* where a CPU goes that leaves the hypervisor */
	char *stack;
	void *shadow;		/* the sanitizer's */
	bool doorbell;
	bool relaxed;		/* waits until another CPU has acted */
	void (*first)(u32 cpu);
	void (*call)(void *arg);
	void *arg;
};

struct fake_cpu fake_cpus[FAKE_CPUS];
struct fake_schedule fake_schedule;
u64 fake_now;
u32 fake_self = NOBODY;

static struct coroutine coroutines[FAKE_CPUS];
static struct fiber scheduler;
static void *scheduler_shadow;
static const void *scheduler_stack;
static size_t scheduler_size;
static char failure[512];
static u32 last;

/* --- changing coroutines --- */

static void resume(u32 cpu)
{
	struct coroutine *c = &coroutines[cpu];

	last = fake_self = cpu;
	__sanitizer_start_switch_fiber(&scheduler_shadow, c->stack, STACK_SIZE);
	fiber_change(&scheduler, &c->fiber);
	__sanitizer_finish_switch_fiber(scheduler_shadow, NULL, NULL);
	fake_self = NOBODY;
}

static void back(void)
{
	struct coroutine *c = &coroutines[fake_self];

	__sanitizer_start_switch_fiber(&c->shadow, scheduler_stack, scheduler_size);
	fiber_change(&c->fiber, &scheduler);
	__sanitizer_finish_switch_fiber(c->shadow, &scheduler_stack, &scheduler_size);
}

void fake_fail(const char *format, ...)
{
	va_list args;

	if (!failure[0]) {
		va_start(args, format);
		vsnprintf(failure, sizeof(failure), format, args);
		va_end(args);
	}
	while (fake_self != NOBODY)
		back();
	fail_msg("%s", failure);
	abort();
}

/* --- what a CPU does --- */

static bool is_called(u32 cpu);

static void guest_loop(u32 cpu)
{
	struct coroutine *c = &coroutines[cpu];
	enum fake_mode outside;
	void (*call)(void *arg);

	for (;;) {
		fake_memory_nothing_borrowed();
		outside = fake_cpus[cpu].mode;
		if (outside == FAKE_GUEST && is_called(cpu)) {
			fake_cpus[cpu].mode = FAKE_EL2;
			c->doorbell = false;
			cpu_handle_requests();
		} else if (c->call) {
			fake_cpus[cpu].mode = FAKE_EL2;
			call = c->call;
			c->call = NULL;
			call(c->arg);
		} else {
			back();
		}
		if (fake_cpus[cpu].mode == FAKE_EL2)
			fake_cpus[cpu].mode = outside;
	}
}

static void cpu_main(int cpu)
{
	struct coroutine *c = &coroutines[cpu];

	__sanitizer_finish_switch_fiber(NULL, &scheduler_stack, &scheduler_size);
	if (!setjmp(c->base) && c->first)
		c->first((u32)cpu);
	guest_loop((u32)cpu);
}

void coroutine_start(u32 cpu, void (*first)(u32 cpu))
{
	struct coroutine *c = &coroutines[cpu];
	char *stack = c->stack ? c->stack : malloc(STACK_SIZE);

	if (!stack)
		abort();
	__asan_unpoison_memory_region(stack, STACK_SIZE);
	*c = (struct coroutine){ .stack = stack, .first = first };
	getcontext(&c->fiber.context);
	c->fiber.context.uc_stack.ss_sp = stack;
	c->fiber.context.uc_stack.ss_size = STACK_SIZE;
	makecontext(&c->fiber.context, (void (*)(void))cpu_main, 1, (int)cpu);
	fake_cpus[cpu].mode = FAKE_EL2;
}

void coroutine_reset(void)
{
	u32 i;

	memset(fake_cpus, 0, sizeof(fake_cpus));
	for (i = 0; i < FAKE_CPUS; i++)
		coroutines[i] = (struct coroutine){ .stack = coroutines[i].stack };
	fake_now = 0;
	last = 0;
	failure[0] = 0;
	fake_self = NOBODY;
}

void coroutine_leave(enum fake_mode mode)
{
	fake_cpus[fake_self].mode = mode;
	longjmp(coroutines[fake_self].base, 1);
}

void coroutine_ring(u32 cpu)
{
	fake_cpus[cpu].doorbells++;
	coroutines[cpu].doorbell = true;
}

void coroutine_wait(void)
{
	struct coroutine *c = &coroutines[fake_self];

	fake_cpus[fake_self].mode = FAKE_WAITING;
	c->call = NULL;		/* the guest's pending call is dropped */
	while (!c->doorbell)
		back();
	c->doorbell = false;
	fake_cpus[fake_self].mode = FAKE_EL2;
}

/* --- the schedule --- */

/*
 * Does a guest that runs come to the hypervisor? Where interrupts are direct the doorbell rings in
 * the guest itself, and nothing but a fault brings it here: that of its next instruction.
 */
static bool is_called(u32 cpu)
{
	struct fake_translation to;

	if (fake_cpus[cpu].deaf)
		return false;
	if (!cell_is_direct(fake_cpus[cpu].cell))
		return coroutines[cpu].doorbell;
	return !fake_touch(cpu, fake_cpus[cpu].entry & PAGE_MASK, &to);
}

static bool can_run(u32 cpu)
{
	const struct coroutine *c = &coroutines[cpu];

	switch (fake_cpus[cpu].mode) {
	case FAKE_OFF:
		return false;
	case FAKE_EL2:
		return true;
	case FAKE_WAITING:
		return c->doorbell;
	case FAKE_GUEST:
		return is_called(cpu) || (c->call && !fake_cpus[cpu].deaf);
	case FAKE_BARE:
		return c->call;
	}
	return false;
}

static u32 list_able(u32 *list, bool relaxed_too)
{
	u32 i, cpu, n = 0;

	for (i = 1; i <= FAKE_CPUS; i++) {
		cpu = (last + i) % FAKE_CPUS;
		if (can_run(cpu) && (relaxed_too || !coroutines[cpu].relaxed))
			list[n++] = cpu;
	}
	return n;
}

/* Chooses the next CPU; if all wait for each other, time advances instead. */
static bool pick(u32 *cpu)
{
	u32 list[FAKE_CPUS], n = list_able(list, false), i;

	if (!n) {
		n = list_able(list, true);
		fake_now += RELAX_US;
		for (i = 0; i < FAKE_CPUS; i++)
			coroutines[i].relaxed = false;
	}
	if (!n)
		return false;
	*cpu = list[fake_schedule.next && n > 1 ? fake_schedule.next(n) : 0];
	return true;
}

static void others_progressed(u32 cpu)
{
	u32 i;

	if (coroutines[cpu].relaxed)
		return;
	for (i = 0; i < FAKE_CPUS; i++)
		coroutines[i].relaxed = false;
}

void fake_run(void)
{
	u32 cpu;

	while (!failure[0] && pick(&cpu)) {
		resume(cpu);
		others_progressed(cpu);
	}
	if (failure[0])
		fail_msg("%s", failure);
}

void fake_relax(void)
{
	if (fake_self == NOBODY)
		return;
	coroutines[fake_self].relaxed = true;
	back();
}

/* Before an access to something shared: is it another CPU's turn? */
void fake_preempt(void)
{
	u32 list[FAKE_CPUS];

	if (fake_self != NOBODY && fake_schedule.interrupt && list_able(list, false) > 1 &&
	    fake_schedule.interrupt())
		back();
}

/* --- what tests make CPUs do --- */

void fake_post(u32 cpu, void (*call)(void *arg), void *arg)
{
	coroutines[cpu].arg = arg;
	coroutines[cpu].call = call;
}

struct call {
	u64 code;
	u64 args[4];
	s64 ret;
};

static void do_hypercall(void *arg)
{
	struct call *call = arg;

	call->ret = hypercall(call->code, call->args);
}

s64 fake_hypercall(u32 cpu, u64 code, u64 a, u64 b, u64 c, u64 d)
{
	struct call call = { code, { a, b, c, d }, -ENXIO };

	fake_post(cpu, do_hypercall, &call);
	fake_run();
	return call.ret;
}

static void do_park(void *arg)
{
	(void)arg;
	cpu_park();
}

void fake_park(u32 cpu)
{
	fake_post(cpu, do_park, NULL);
	fake_run();
}
