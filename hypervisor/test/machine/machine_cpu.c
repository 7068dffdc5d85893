// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (c) The jh authors
 *
 * CPUs as coroutines of one thread, whose turns depend on a seed, and the changes between guest,
 * hypervisor, unmanaged root and firmware.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include <asm/boot.h>
#include <asm/psci.h>
#include <asm/smccc.h>
#include <asm/sysreg.h>
#include <gic/vgic.h>
#include "machine_inside.h"
#include "../asan.h"
#include "../fiber.h"

#define COROUTINE_STACK	(128 * 1024)
#define NOBODY		0xffffffffU
#define RETURN_ADDRESS	0x1000UL
#define US_PER_TURN	5

struct coroutine {
	struct fiber fiber;
	jmp_buf base;		/* where a CPU goes that leaves the hypervisor */
	char *stack;
	void *shadow;		/* the sanitizer's */
	bool sleeps;		/* until its interface signals something */
	bool excepted;		/* an interrupt has brought it here; nothing acknowledged since */
	bool enters;		/* the hypervisor, as its first act */
};

enum machine_mode machine_mode[MACHINE_CPUS];
bool machine_firmware_hangs;
bool machine_firmware_refuses;

u32 fake64_cpu;
u64 fake64_sleeps;
struct percpu fake64_percpu[FAKE64_CPUS];
struct regs fake64_regs[FAKE64_CPUS];
u64 fake64_private_table[512];

static struct coroutine coroutines[MACHINE_CPUS];
static struct fiber scheduler;
static void *scheduler_shadow;
static const void *scheduler_stack;
static size_t scheduler_size;
static u32 self = NOBODY;	/* NOBODY: the test's own thread */
static char failure[512];
static u64 now, random_state;
static u32 once_in;

/* --- changing coroutines --- */

static void resume(u32 cpu)
{
	struct coroutine *c = &coroutines[cpu];

	self = fake64_cpu = cpu;
	__sanitizer_start_switch_fiber(&scheduler_shadow, c->stack, COROUTINE_STACK);
	fiber_change(&scheduler, &c->fiber);
	__sanitizer_finish_switch_fiber(scheduler_shadow, NULL, NULL);
	self = NOBODY;
	if (failure[0])
		fail_msg("%s", failure);
}

static void back(void)
{
	struct coroutine *c = &coroutines[self];

	__sanitizer_start_switch_fiber(&c->shadow, scheduler_stack, scheduler_size);
	fiber_change(&c->fiber, &scheduler);
	__sanitizer_finish_switch_fiber(c->shadow, &scheduler_stack, &scheduler_size);
}

void machine_fail(const char *format, ...)
{
	va_list args;

	if (!failure[0]) {
		va_start(args, format);
		vsnprintf(failure, sizeof(failure), format, args);
		va_end(args);
	}
	while (self != NOBODY)
		back();
	fail_msg("%s", failure);
	abort();
}

static void __noreturn leave(enum machine_mode mode)
{
	machine_mode[self] = mode;
	longjmp(coroutines[self].base, 1);
}

void machine_yield(void)
{
	now += US_PER_TURN;
	if (self != NOBODY)
		back();
}

void machine_preempt(void)
{
	if (self != NOBODY && machine_mode[self] == MACHINE_EL2 && !machine_random(once_in))
		machine_yield();
}

/*
 * WFI ends when something is signalled, masked or not; nobody who sleeps here is preempted. One
 * that took an exception may find nothing any more: another CPU has acknowledged or disabled it.
 */
u32 frames_ack(void)
{
	struct coroutine *c = &coroutines[self];
	u32 iar = machine_ack(fake64_cpu);
	bool waits = iar == MACHINE_NOTHING && !c->excepted && machine_mode[self] == MACHINE_EL2;

	c->excepted = false;
	if (waits) {
		c->sleeps = true;
		machine_yield();
	}
	return iar;
}

void machine_sleep(void)
{
	coroutines[self].sleeps = true;
	back();
}

/* --- chance --- */

void machine_seed(u64 seed)
{
	random_state = seed * 0x9e3779b97f4a7c15UL + 1;
	once_in = 8 + machine_random(160);
}

u32 machine_random(u32 below)
{
	random_state ^= random_state << 13;
	random_state ^= random_state >> 7;
	random_state ^= random_state << 17;
	return (u32)((random_state >> 16) % below);
}

static bool can_run(u32 cpu)
{
	if (machine_mode[cpu] == MACHINE_OFF || (coroutines[cpu].sleeps && !machine_signalled(cpu)))
		return false;
	coroutines[cpu].sleeps = false;
	return true;
}

void machine_step(void)
{
	u32 list[MACHINE_CPUS], n = 0, cpu;

	for (cpu = 0; cpu < MACHINE_CPUS; cpu++) {
		if (can_run(cpu))
			list[n++] = cpu;
	}
	now += US_PER_TURN;
	resume(list[machine_random(n)]);
}

u64 arch_deadline(u64 microseconds)
{
	return now + microseconds;
}

bool arch_expired(u64 deadline)
{
	return now > deadline;
}

/* --- what a CPU does --- */

u64 machine_mpidr(u32 cpu)
{
	return cpu < 6 ? cpu : 0x100 + cpu - 6;
}

static void __noreturn enter(u32 cpu)
{
	struct regs *regs = guest_regs;

	machine_mode[cpu] = MACHINE_EL2;
	memset(&fake64_percpu[cpu], 0, sizeof(fake64_percpu[cpu]));
	memset(regs, 0, sizeof(*regs));
	regs->x[0] = machine_pa(board_info);
	regs->x[1] = RETURN_ADDRESS;
	regs->x[2] = cpu;
	regs->x[4] = BIT(31);
	regs->x[9] = board_info->hv_address;
	fake64_write_sysreg("mpidr_el1", BIT(31) | machine_mpidr(cpu));
	fake64_write_sysreg("vmpidr_el2", BIT(31) | machine_mpidr(cpu));
	/* A CPU interface by system registers; 48 bits of physical address. */
	fake64_write_sysreg("id_aa64pfr0_el1", machine_gic.version == 3 ? 1UL << 24 : 0);
	fake64_write_sysreg("id_aa64mmfr0_el1", 5);
	fake64_write_sysreg("cntfrq_el0", 62500000);
	boot_enter(regs);
	if (regs->x[0])
		machine_fail("CPU %u could not enter: %lld", cpu, (long long)regs->x[0]);
	leave(MACHINE_GUEST);
}

void machine_hand_over(void)
{
	enter(self);
}

void machine_handle(void)
{
	enum machine_mode outside = machine_mode[self];

	machine_mode[self] = MACHINE_EL2;
	while (machine_signalled(self)) {
		coroutines[self].excepted = true;
		vgic_irq();
	}
	machine_mode[self] = outside;
}

static void cpu_main(int number)
{
	u32 cpu = (u32)number;
	struct coroutine *c = &coroutines[cpu];

	__sanitizer_finish_switch_fiber(NULL, &scheduler_stack, &scheduler_size);
	if (!setjmp(c->base) && c->enters)
		enter(cpu);
	for (;;) {
		if (machine_mode[cpu] == MACHINE_OFF)
			back();
		else
			test_guest(cpu);
		back();
	}
}

static void power_on(u32 cpu, bool enters)
{
	struct coroutine *c = &coroutines[cpu];
	char *stack = c->stack ? c->stack : malloc(COROUTINE_STACK);

	if (!stack)
		abort();
	__asan_unpoison_memory_region(stack, COROUTINE_STACK);
	*c = (struct coroutine){ .stack = stack, .enters = enters };
	getcontext(&c->fiber.context);
	c->fiber.context.uc_stack.ss_sp = stack;
	c->fiber.context.uc_stack.ss_size = COROUTINE_STACK;
	makecontext(&c->fiber.context, (void (*)(void))cpu_main, 1, (int)cpu);
	machine_mode[cpu] = enters ? MACHINE_EL2 : MACHINE_BARE;
}

void guest_start(u64 argument)
{
	(void)argument;
	test_enters_guest(self, this_cell());
	leave(MACHINE_GUEST);
}

/* Back to root: for good, or on a CPU that it gets as from firmware. */
void boot_exit(struct regs *regs, const struct boot_exit *out)
{
	(void)regs;
	if (out->spsr == SPSR_EL2H_MASKED)
		test_enters_bare(self);
	leave(MACHINE_BARE);
}

s64 smccc_firmware(u32 id, u64 arg1, u64 arg2, u64 arg3)
{
	u32 cpu;

	(void)arg2, (void)arg3;
	if (id == PSCI_CPU_OFF && machine_firmware_refuses)
		return PSCI_DENIED;
	if (id == PSCI_CPU_OFF) {
		test_enters_firmware(self);
		while (machine_firmware_hangs)
			machine_yield();
		leave(MACHINE_OFF);
	}
	for (cpu = 0; cpu < MACHINE_CPUS && machine_mpidr(cpu) != arg1; cpu++)
		;
	if (cpu == MACHINE_CPUS)
		return PSCI_NOT_SUPPORTED;
	if (id == PSCI_AFFINITY_INFO_64)
		return machine_mode[cpu] == MACHINE_OFF ? PSCI_AFFINITY_OFF : PSCI_AFFINITY_ON;
	if (id != PSCI_CPU_ON_64 || machine_mode[cpu] != MACHINE_OFF)
		return PSCI_NOT_SUPPORTED;
	power_on(cpu, false);
	return PSCI_SUCCESS;
}

void machine_boot(u32 version, u64 seed)
{
	u32 cpu, running;

	failure[0] = 0;
	now = 0;
	self = NOBODY;
	machine_seed(seed);
	board_reset(version);
	machine_gic_reset(version, MACHINE_INTIDS);
	for (cpu = 0; cpu < MACHINE_CPUS; cpu++)
		power_on(cpu, true);
	do {
		machine_step();
		for (cpu = running = 0; cpu < MACHINE_CPUS; cpu++)
			running += machine_mode[cpu] == MACHINE_GUEST;
	} while (running < MACHINE_CPUS);
}
