/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Copyright (c) The jh authors
 *
 * CPUs. A CPU runs the guest of the cell that owns it, or it is parked: its owner believes that it
 * is off, and it waits inside the hypervisor for a request.
 */
#ifndef HV_CPU_H
#define HV_CPU_H

#include <hv/arch.h>
#include <hv/atomic.h>
#include <jh/image.h>
#include <jh/report.h>

struct cell;

/*
 * struct cpu.state. The CPU itself stores it, with two exceptions: CPU_STARTING is stored by
 * whoever turns the CPU on, and CPU_UNMANAGED, of a CPU that is off, by whoever finds it off.
 */
#define CPU_UNMANAGED	0	/* not under the hypervisor's control */
#define CPU_RUNNING	1	/* executes its cell's guest */
#define CPU_PARKED	2
#define CPU_STARTING	3	/* claimed by whoever turns it on, until it runs */
#define CPU_DYING	4	/* it has asked firmware to turn it off */

/* struct cpu.requests, set by other CPUs, taken by the CPU itself after a kick. */
#define CPU_REQ_PARK		0x1	/* leave the guest for good */
#define CPU_REQ_START		0x2	/* parked only: enter the guest at entry */
#define CPU_REQ_START_UNMANAGED	0x4	/* parked only: give it to root, unmanaged */
#define CPU_REQ_DIE		0x8	/* parked only: let firmware turn it off */
#define CPU_REQ_RESYNC		0x10	/* an interrupt that may be in flight here was changed */
#define CPU_REQ_VIRQ		0x20	/* a virtual interrupt may be due here (hv/virq.h) */
#define CPU_REQ_SAMPLE		0x40	/* note where the guest is (hv/sample.h) */
#define CPU_REQ_TRACE		0x80	/* start or stop to record exits (hv/trace.h) */

/* How long a CPU waits for another one that it kicked. */
#define CPU_WAIT_MICROSECONDS	100000

/**
 * struct cpu - what other CPUs may see of a CPU
 * @requests:	CPU_REQ_*, a set; the first, because what acquires or releases has no offset
 * @state:	CPU_*
 * @kicks:	1 while it kicks another CPU (cpu_request_one())
 * @accesses:	steps in accesses to root's sides of links (core/link_root.c): odd meanwhile
 * @place:	index into struct cell.order; not for CPUs of root
 * @rings:	steps in ringing bells of links (core/link.c): odd while the CPU uses the other side
 * @cell:	owner; changes only while the CPU is parked
 * @entry:	where to start, written before CPU_REQ_START is set
 * @argument:	value of the guest's first register at the start
 * @report:	what root sees of it
 * @arch:	the architecture's part
 *
 * Aligned so that stores to one do not slow down CPUs that read another.
 */
struct cpu {
	u32 requests;
	u32 state;
	u16 kicks;
	u16 accesses;
	u16 place;
	u16 rings;
	struct cell *cell;
	u64 entry;
	u64 argument;
	struct jh_cpu_report *report;
	struct arch_cpu arch;
} __aligned(64);

extern struct cpu cpus[JH_MAX_CPUS];

/** cpu_mask_next() - remove the lowest number from a set that is not empty, and return it */
static inline u32 cpu_mask_next(u64 *mask)
{
	u32 cpu = (u32)__builtin_ctzl(*mask);

	*mask &= *mask - 1;
	return cpu;
}

/** cpu_mask_count() - how many numbers are in a set; a builtin would use vector registers */
static inline u32 cpu_mask_count(u64 mask)
{
	/* In fields of two, four and eight bits, whose sum is the highest byte of a product. */
	mask -= mask >> 1 & 0x5555555555555555;
	mask = (mask & 0x3333333333333333) + (mask >> 2 & 0x3333333333333333);
	mask = (mask + (mask >> 4)) & 0x0f0f0f0f0f0f0f0f;
	return (u32)(mask * 0x0101010101010101 >> 56);
}

/** cpu_mask_has() - is a number of any size in the set? */
static inline bool cpu_mask_has(u64 mask, u64 cpu)
{
	return cpu < JH_MAX_CPUS && mask >> cpu & 1;
}

/** cpu_self() - struct cpu of the executing CPU */
static inline struct cpu *cpu_self(void)
{
	return arch_cpu_self();
}

/** cpu_count() - count one more exit for @stat (JH_STAT_*) on the executing CPU */
static inline void cpu_count(u32 stat)
{
	this_stats()[stat]++;
}

/** cpu_note() - set request bits on all CPUs of the set, for a kick that follows */
void cpu_note(u64 mask, u32 request);

/**
 * cpu_request_one() - set request bits on a CPU and kick it
 *
 * Does nothing to an unmanaged CPU: Linux there would get the kick.
 */
void cpu_request_one(u32 cpu, u32 request);

/** cpu_request() - likewise for each CPU of the set */
void cpu_request(u64 mask, u32 request);

/** cpu_handle_requests() - do what was requested of the executing CPU; may not return */
void cpu_handle_requests(void);

/**
 * cpu_give_up() - what the executing CPU did in the hypervisor will never be finished
 *
 * Nobody waits for it any more, and what it does next are steps of their own.
 */
static inline void cpu_give_up(void)
{
	struct cpu *self = cpu_self();

	store_release(&self->rings, (u16)(self->rings + (self->rings & 1)));
	store_release(&self->accesses, (u16)(self->accesses + (self->accesses & 1)));
	store_release(&self->kicks, 0);
}

/** cpu_park() - leave the guest for good and wait for a request to start one */
void cpu_park(void) __noreturn;

/**
 * cpu_turn_on() - start a parked CPU
 * @target:	it must belong to the caller's cell or to a cell that is being started
 * @request:	CPU_REQ_START or CPU_REQ_START_UNMANAGED
 *
 * Return: 0; -EBUSY if it is starting already; -EEXIST if it is not parked otherwise.
 */
int cpu_turn_on(struct cpu *target, u64 entry, u64 argument, u32 request);

/**
 * cpu_wait_state() - wait until all CPUs of the set are in @state
 *
 * Return: 0, or the CPUs that are not after 100 ms.
 */
u64 cpu_wait_state(u64 mask, u32 state);

#endif
