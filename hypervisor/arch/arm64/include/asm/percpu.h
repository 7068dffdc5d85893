/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Copyright (c) The jh authors
 *
 * Private state of a CPU, at the same address on each. No other CPU maps it.
 */
#ifndef ASM_PERCPU_H
#define ASM_PERCPU_H

#include <asm/controls.h>
#include <asm/layout.h>
#include <hv/types.h>
#include <jh/image.h>

/**
 * struct regs - a guest's general registers, as the vectors save them at the top of the stack
 * @x:	by number; the last is XZR, which the vectors set to 0
 */
struct regs {
	u64 x[32];
};

/** struct el2_state - EL2 as Linux had it, for the way back */
struct el2_state {
	u64 vbar;
	u64 sctlr;
	u64 tcr;
	u64 mair;
	u64 ttbr0;
	u64 vtcr;
	u64 tpidr;
	struct el2_controls controls;
};

struct cell;
struct cpu;

#define LPI_QUEUE	32
#define NO_CELL_FLAGS	(~0U)	/* no cell has such */

/**
 * struct vgic - interrupts on their way to this CPU's guest
 * @lr_all:	one bit for each list register that exists
 * @queued:	by INTID: acknowledged, active at the distributor, waiting for a list register
 * @lpis:	the same for LPIs, which have no active state: INTID | priority << 24
 */
struct vgic {
	u64 lr_all;
	u32 num_queued;
	u32 num_lpis;
	u32 queued[32];
	u32 lpis[LPI_QUEUE];
};

/**
 * struct percpu - private state of a CPU
 * @cell:	the cell whose guest runs here
 * @stats:	this CPU's counters in the report area
 *
 * The other fields belong to the files that use them.
 */
struct percpu {
	struct cell *cell;
	u64 *stats;
	u32 cpu;
	/* For the guest that runs here (gic/vcpuid.h): */
	u8 cluster;		/* number of this CPU's cluster */
	u8 number;		/* Aff0 of this CPU; on GICv2 the number of its interface */
	u16 cluster_bit;	/* @number as a bit */
	u64 senders;		/* GICv2: a byte for each physical interface: the guest's number */
	u64 self_sgi;		/* ICC_SGI1R_EL1 of a self-SGI of the guest, INTID clear */
	struct cpu *self;	/* what other CPUs see of it: &cpus[cpu] */
	u32 features;		/* HAS_* */
	u32 mitigation;		/* result of errata_mitigation() if it is no firmware call, or 0 */
	u32 firmware_call;	/* result of errata_mitigation() if it is a firmware call, or 0 */
	struct jh_trace_ring *trace;	/* where vectors_tracing.S records exits */
	struct el2_state host_el2;
	u32 cell_flags;		/* key of the guest's view and cell_controls: context_see() */
	struct el2_controls cell_controls;
	struct vgic vgic;
	void *ppi_base;		/* registers of this CPU's interrupts 0-31 (gic/ppi.h) */
	u32 ppi_offset;		/* where a guest whose SGIs are virtual sees them (GICv3) */
	u32 found_ppis;		/* of EL2's own PPIs, those that Linux had enabled */
};

#define this_percpu	((struct percpu *)PERCPU_VA)
#define guest_regs	((struct regs *)(STACK_TOP - sizeof(struct regs)))
/* The table of the private window, by page of it. */
#define private_table	((u64 *)(EL2_PRIVATE + PRIVATE_TABLE * PAGE_SIZE))

_Static_assert(PERCPU_VA == STACK_TOP, "vectors.S reaches struct percpu from the stack pointer");
_Static_assert(sizeof(struct percpu) <= STACK_DATA, "the stack is the rest of the page");

#endif
