/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Copyright (c) The jh authors
 *
 * CPUs as the hypervisor hands them out. A CPU runs the guest of the cell that owns it, or it is
 * parked: off, in PSCI's words, waiting inside of the hypervisor for a request.
 */
#ifndef HV_CPU_H
#define HV_CPU_H

#include <hv/arch.h>
#include <jh/image.h>
#include <jh/report.h>

struct cell;

/*
 * struct cpu.state. The CPU itself stores all but CPU_STARTING, and CPU_UNMANAGED once it is off,
 * which is stored by whoever finds that out.
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
#define CPU_REQ_TRACE		0x80	/* whether its exits are recorded (hv/trace.h) */

/* How long one CPU waits for another that was asked by a kick. */
#define CPU_WAIT_MICROSECONDS	100000

/**
 * struct cpu - what other CPUs may see of a CPU
 * @state:	CPU_*
 * @requests:	CPU_REQ_*, a set
 * @kicks:	it is kicking others just now (cpu_request())
 * @place:	of a cell's CPU: where it is in struct cell.order
 * @rings:	steps of ringing bells of links (core/link.c): odd while the CPU uses the other side
 * @cell:	owner; changes only while the CPU is parked
 * @entry:	where to start, written before CPU_REQ_START is set
 * @argument:	first register at the start
 * @report:	what root sees of it
 * @arch:	the architecture's part
 *
 * Aligned so that one CPU's stores do not slow down another.
 */
struct cpu {
	u32 state;
	u32 requests;
	u32 kicks;
	u16 place;
	u16 rings;
	struct cell *cell;
	u64 entry;
	u64 argument;
	struct jh_cpu_report *report;
	struct arch_cpu arch;
} __aligned(64);

extern struct cpu cpus[JH_MAX_CPUS];

/** cpu_mask_next() - take the lowest number out of a set that is not empty */
static inline u32 cpu_mask_next(u64 *mask)
{
	u32 cpu = (u32)__builtin_ctzl(*mask);

	*mask &= *mask - 1;
	return cpu;
}

/** cpu_mask_count() - how many numbers are in a set (a builtin would use a vector register) */
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

static inline struct cpu *cpu_self(void)
{
	return &cpus[this_cpu()];
}

/** cpu_count() - one more exit for @stat (JH_STAT_*) */
static inline void cpu_count(u32 stat)
{
	this_stats()[stat]++;
}

/** cpu_note() - set request bits on all CPUs of the set, for a kick that follows */
void cpu_note(u64 mask, u32 request);

/**
 * cpu_request_one() - set request bits on a CPU and kick it
 *
 * But not one that is not under the hypervisor: the kick would reach its Linux.
 */
void cpu_request_one(u32 cpu, u32 request);

/** cpu_request() - likewise for each CPU of the set */
void cpu_request(u64 mask, u32 request);

/** cpu_handle_requests() - called by a kicked CPU that executes its guest; may not return */
void cpu_handle_requests(void);

/** cpu_park() - leave the guest; returns only by way of a start request, into a guest */
void cpu_park(void) __noreturn;

/**
 * cpu_turn_on() - start a parked CPU
 * @target:	it must belong to the caller's cell or to a cell that is being started
 * @request:	CPU_REQ_START or CPU_REQ_START_UNMANAGED
 *
 * Return: 0, -EBUSY if it is starting already, -EEXIST if it is running.
 */
int cpu_turn_on(struct cpu *target, u64 entry, u64 argument, u32 request);

/**
 * cpu_wait_state() - wait until all CPUs of the set are in @state
 *
 * Return: the CPUs that are not after 100 ms, 0 if all are.
 */
u64 cpu_wait_state(u64 mask, u32 state);

#endif
