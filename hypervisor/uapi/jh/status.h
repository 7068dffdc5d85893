/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Copyright (c) The jh authors
 *
 * The report area: pages of the hypervisor's memory that the root cell may read and nobody but the
 * hypervisor may write. Root learns from it, without a hypercall, what the cells do, why something
 * was refused, and what the hypervisor logged. It starts report_offset bytes after the base of the
 * image (struct jh_image_header) and stays readable for as long as jh is enabled.
 */
#ifndef JH_STATUS_H
#define JH_STATUS_H

#include <jh/types.h>
#include <jh/error.h>
#include <jh/hypercall.h>
#include <jh/image.h>

#define JH_REPORT_MAGIC		0x3154524f5045524aULL	/* "JREPORT1" */

/* struct jh_cell_report.state */
#define JH_CELL_NONE		0	/* free slot */
#define JH_CELL_CREATED		1	/* claimed; nothing loaded yet */
#define JH_CELL_LOADED		2	/* at least one image was written */
#define JH_CELL_RUNNING		3
#define JH_CELL_STOPPED		4	/* by root or by itself: may be loaded or started again */
#define JH_CELL_FAILED		5	/* parked with a crash record */
#define JH_CELL_DYING		6	/* being scrubbed */
#define JH_CELL_STATES		7

/* struct jh_crash.cause */
#define JH_CRASH_NONE		0
#define JH_CRASH_ACCESS		1	/* data access outside of the cell: address */
#define JH_CRASH_FETCH		2	/* instruction fetch outside of the cell: address */
#define JH_CRASH_MMIO		3	/* an access to a filtered device that cannot be decoded */
#define JH_CRASH_TRAP		4	/* an exception class that nothing answers: syndrome */
#define JH_CRASH_SERROR		5
#define JH_CRASH_HYPERVISOR	6	/* an exception at EL2: a bug of ours */
#define JH_CRASH_CAUSES		7

/** struct jh_crash - why and where a CPU of a cell was parked */
struct jh_crash {
	__u32 cause;		/* JH_CRASH_* */
	__u32 cpu;
	__u64 address;		/* guest-physical, where the cause has one */
	__u64 syndrome;		/* ESR_EL2 */
	__u64 pc;
	__u64 pstate;
	__u64 regs[31];
};

/** struct jh_cell_report - one cell; slot number = cell number, 0 is root */
struct jh_cell_report {
	char name[JH_NAME_LEN];
	__u32 state;		/* JH_CELL_* */
	__u32 comm_state;	/* JH_COMM_*, as the cell wrote it when it was last seen */
	__u64 cpu_mask;
	__u64 memory_bytes;
	__u32 starts;		/* how often it was started */
	__u32 console_offset;	/* struct jh_ring from the report area's start; 0: none */
	__u32 restarts;		/* after failures, since root's user started it */
	__u32 padding;
	struct jh_crash crash;
};

/** struct jh_cpu_report - one CPU, written by that CPU alone */
struct jh_cpu_report {
	__u32 cell;		/* owner: cell number */
	__u32 state;		/* JH_CPUREP_* */
	__u64 mpidr;		/* affinity fields */
	__u64 stats[JH_NUM_STATS];	/* JH_STAT_TOTAL is not kept: jh_cpu_stat() */
	__u64 padding;
};

/** jh_cpu_stat() - a statistic of a CPU, JH_STAT_TOTAL included; @stat < JH_NUM_STATS */
static inline __u64 jh_cpu_stat(const struct jh_cpu_report *cpu, __u32 stat)
{
	__u64 sum = 0;
	__u32 i;

	if (stat != JH_STAT_TOTAL)
		return *(const volatile __u64 *)&cpu->stats[stat];
	for (i = JH_STAT_TOTAL + 1; i < JH_NUM_EXIT_STATS; i++)
		sum += *(const volatile __u64 *)&cpu->stats[i];
	return sum;
}

#define JH_CPUREP_ABSENT	0
#define JH_CPUREP_RUNNING	1
#define JH_CPUREP_PARKED	2	/* off, in PSCI's words: waits in the hypervisor */
#define JH_CPUREP_FAILED	3

/**
 * struct jh_ring - text that wraps around
 *
 * Byte number n (counted from the start of time) lies at data[n & (size - 1)]. head is stored after
 * the bytes below it. A reader copies, then reads head again: bytes below head - size were lost.
 */
struct jh_ring {
	volatile __u64 head;	/* bytes ever written */
	__u32 size;		/* a power of two */
	__u32 padding;
	char data[];
};

/** struct jh_report - the first page(s) of the report area */
struct jh_report {
	__u64 magic;
	__u32 size;		/* bytes of the whole area */
	__u32 enabled;		/* 1 after commit */
	__u32 num_cpus;		/* slots at cpus_offset, index = CPU number */
	__u32 cpus_offset;	/* struct jh_cpu_report[] */
	__u32 num_cells;	/* slots at cells_offset */
	__u32 cells_offset;	/* struct jh_cell_report[] */
	__u32 log_offset;	/* struct jh_ring: the hypervisor's log */
	__u32 event_count;	/* +1 whenever a cell changes its state */
	struct jh_error error;	/* why the last management call was refused */
};

#endif
