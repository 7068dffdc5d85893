// SPDX-License-Identifier: GPL-2.0-only
/* Copyright (c) The jh authors */
#include <hv/atomic.h>
#include <hv/cell.h>
#include <hv/cpu.h>
#include <hv/errno.h>
#include <hv/sample.h>
#include <hv/trace.h>

struct cpu cpus[JH_MAX_CPUS];

void cpu_note(u64 mask, u32 request)
{
	while (mask)
		fetch_or(&cpus[cpu_mask_next(&mask)].requests, request);
}

void cpu_request_one(u32 cpu, u32 request)
{
	struct cpu *self = cpu_self(), *target = &cpus[cpu];

	/* Stored before the state is read: await_kicks() relies on that order. */
	store_seq(&self->kicks, 1);
	if (load_seq(&target->state) != CPU_UNMANAGED) {
		fetch_or(&target->requests, request);
		arch_kick(BIT(cpu));
	}
	store_release(&self->kicks, 0);
}

void cpu_request(u64 mask, u32 request)
{
	while (mask)
		cpu_request_one(cpu_mask_next(&mask), request);
}

static void do_rare_requests(u32 requests)
{
	if (requests & CPU_REQ_SAMPLE)
		sample_note();
	if (requests & CPU_REQ_TRACE)
		trace_apply();
	if (requests & CPU_REQ_PARK)
		cpu_park();
}

static __noinline void do_requests(u32 requests)
{
	if (requests & CPU_REQ_RESYNC)
		arch_irq_resync();
	if (requests & CPU_REQ_VIRQ)
		arch_virq_sync();
	if (requests & ~(CPU_REQ_RESYNC | CPU_REQ_VIRQ))
		do_rare_requests(requests);
}

/* Most kicks bring interrupts alone. */
void cpu_handle_requests(void)
{
	u32 requests = exchange(&cpu_self()->requests, 0);

	if (unlikely(requests))
		do_requests(requests);
}

/*
 * A cell that was stopped, or has ended, while one of its CPUs was being turned on does not get the
 * CPU: whoever ends a cell changes the state first. Acquire: pairs with cell_set_state(). Root must
 * not get an unmanaged CPU once any cell exists.
 */
static bool may_start(const struct cpu *self, u32 request)
{
	if (request == CPU_REQ_START_UNMANAGED)
		return self->cell == &root_cell && cell_count() == 1;
	return load_acquire(&self->cell->state) == JH_CELL_RUNNING;
}

/* A sibling that sees this CPU running may send interrupts to it, so it is reset before that. */
static void __noreturn start(struct cpu *self)
{
	arch_cpu_reset(self->cell);
	self->report->state = JH_CPUREP_RUNNING;
	store_release(&self->state, CPU_RUNNING);
	arch_cpu_enter(self->entry, self->argument);
}

/*
 * A CPU that still took this one for managed may be about to kick it. This one waits until those
 * kicks have been sent; any CPU that looks from now on sees that it has left.
 */
static void await_kicks(void)
{
	u64 left = root_cell.cpu_mask;
	u32 cpu;

	while (left) {
		cpu = cpu_mask_next(&left);
		while (load_seq(&cpus[cpu].kicks))
			arch_relax();
	}
}

static void __noreturn start_unmanaged(struct cpu *self)
{
	u64 entry = self->entry, argument = self->argument;

	self->report->state = JH_CPUREP_ABSENT;
	store_seq(&self->state, CPU_UNMANAGED);
	await_kicks();
	arch_root_enter_unmanaged(entry, argument);
}

/* Firmware may refuse, for example on the CPU of a trusted OS: then the CPU is parked as before. */
static void die(struct cpu *self)
{
	arch_cpu_die();
	arch_cpu_park();
	store_release(&self->state, CPU_PARKED);
}

static void do_parked_requests(struct cpu *self, u32 requests)
{
	if (requests & CPU_REQ_TRACE)
		trace_apply();
	if (requests & CPU_REQ_DIE)
		die(self);
	if (requests & CPU_REQ_START_UNMANAGED && may_start(self, CPU_REQ_START_UNMANAGED))
		start_unmanaged(self);
}

void cpu_park(void)
{
	struct cpu *self = cpu_self();
	u32 requests;

	sample_note();
	arch_cpu_park();
	/* Requests to the guest that ran here are void; a start request comes after PARKED. */
	exchange(&self->requests, 0);
	trace_apply();
	if (self->report->state != JH_CPUREP_FAILED)
		self->report->state = JH_CPUREP_PARKED;
	store_release(&self->state, CPU_PARKED);

	for (;;) {
		arch_wait();
		/* Acquire: pairs with cpu_turn_on(), which stores the entry first. */
		requests = exchange(&self->requests, 0);
		if (requests & ~CPU_REQ_START)
			do_parked_requests(self, requests);
		if (requests & CPU_REQ_START && may_start(self, CPU_REQ_START))
			start(self);
		if (requests & (CPU_REQ_START | CPU_REQ_START_UNMANAGED))
			store_release(&self->state, CPU_PARKED);
	}
}

int cpu_turn_on(struct cpu *target, u64 entry, u64 argument, u32 request)
{
	if (!compare_exchange(&target->state, CPU_PARKED, CPU_STARTING))
		return load_acquire(&target->state) == CPU_STARTING ? -EBUSY : -EEXIST;
	target->entry = entry;
	target->argument = argument;
	fetch_or(&target->requests, request);
	arch_kick(BIT(target - cpus));
	return 0;
}

u64 cpu_wait_state(u64 mask, u32 state)
{
	u64 deadline = arch_deadline(CPU_WAIT_MICROSECONDS);
	u64 missing = mask, left;
	u32 cpu;

	for (;;) {
		left = missing;
		while (left) {
			cpu = cpu_mask_next(&left);
			if (load_acquire(&cpus[cpu].state) == state)
				missing &= ~BIT(cpu);
		}
		if (!missing || arch_expired(deadline))
			return missing;
		arch_relax();
	}
}
