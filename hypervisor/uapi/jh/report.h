/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Copyright (c) The jh authors
 *
 * The report area: pages of the hypervisor's memory that the root cell may read and nobody but the
 * hypervisor may write. Without a hypercall, root finds the state of cells there, the reason of a
 * refusal, and the hypervisor's log. The area starts report_offset bytes after the base of the
 * image (struct jh_image_header) and is readable as long as jh is enabled.
 */
#ifndef JH_REPORT_H
#define JH_REPORT_H

#include <jh/types.h>
#include <jh/comm.h>
#include <jh/error.h>
#include <jh/hypercall.h>
#include <jh/image.h>
#include <jh/registers.h>

#define JH_REPORT_MAGIC		0x3154524f5045524aULL	/* "JREPORT1" */

/*
 * struct jh_cell_report.state: name, number, word. The hypervisor, the driver and jhctl use this
 * list.
 */
#define JH_CELL_STATE_ROWS(X) \
X(NONE, 0, "none")		/* free slot */ \
X(CREATED, 1, "created")	/* claimed; nothing loaded yet */ \
X(LOADED, 2, "loaded")		/* everything was loaded */ \
X(RUNNING, 3, "running") \
X(STOPPED, 4, "stopped")	/* by root or by itself: may be loaded or started again */ \
X(FAILED, 5, "failed")		/* parked with a crash record */ \
X(DYING, 6, "dying")		/* being scrubbed */ \
X(LOADING, 7, "half loaded")	/* a load has begun and is not complete: cannot be started */

/* One more state for users: the cell runs, and says that it has ended; the name for a word. */
#define JH_SHOWN_SHUT_DOWN		JH_CELL_STATES
#define JH_SHOWN_SHUT_DOWN_WORD		"shut down"
#define JH_SHOWN_STATES			(JH_CELL_STATES + 1)

#define JH_CELL_STATE_ENUM(name, number, word) JH_CELL_##name = number,
enum jh_cell_state {
	JH_CELL_STATE_ROWS(JH_CELL_STATE_ENUM)
	JH_CELL_STATES
};

/*
 * struct jh_crash.cause: name, number, whether the address is valid, word, and a sentence that
 * begins with the cell's name.
 */
#define JH_CRASH_ROWS(X) \
X(NONE, 0, 0, "none", "says so itself") \
X(ACCESS, 1, 1, "access", "accessed memory that it does not own") \
X(FETCH, 2, 1, "fetch", "jumped to memory that it does not own") \
X(MMIO, 3, 1, "mmio", "accessed a device in a way that cannot be decoded") \
X(TRAP, 4, 0, "trap", "raised an exception that nothing answers") \
X(SERROR, 5, 0, "serror", "was hit by an asynchronous error (SError)") \
X(HYPERVISOR, 6, 0, "hypervisor", "met a bug of the hypervisor: please report it")

#define JH_CRASH_ENUM(name, number, address, word, text) JH_CRASH_##name = number,
enum jh_crash_cause {
	JH_CRASH_ROWS(JH_CRASH_ENUM)
	JH_CRASH_CAUSES
};

/** struct jh_crash - why and where a CPU of a cell was parked */
struct jh_crash {
	__u32 cause;		/* JH_CRASH_* */
	__u32 cpu;
	__u32 arch;		/* JH_ARCH_*, which names the registers: jh/registers.h */
	__u32 num_registers;	/* used elements of registers[] */
	__u64 address;		/* guest-physical, if the cause has one */
	__u64 syndrome;		/* arm64: ESR_EL2 */
	__u64 pc;
	__u64 registers[JH_MAX_REGISTERS];
};

/** struct jh_cell_report - one cell; slot number = cell number, 0 is root */
struct jh_cell_report {
	char name[JH_NAME_LEN];
	__u32 state;		/* JH_CELL_* */
	__u32 comm_state;	/* JH_COMM_*, as the cell wrote it when it was last seen */
	__u64 cpu_mask;
	__u64 memory_bytes;
	__u32 starts;		/* number of times that it was started */
	__u32 console_offset;	/* struct jh_ring from the report area's start; 0: none */
	__u32 restarts;		/* after failures, since a user of root started it */
	__u32 generation;	/* tells cells with the same number apart: JH_HC_CELL_CREATE */
	__u64 entry;		/* guest-physical address where it starts; 0 for root */
	__u64 argument;		/* first register (arm64: x0) at the start */
	__u32 reset;		/* 1: it stopped by asking for a reset of its machine */
	__u32 input_offset;	/* struct jh_input, likewise: what its console receives; 0: none */
	struct jh_crash crash;
};

/** struct jh_cpu_report - one CPU, written by that CPU alone, or by others while it is off */
struct jh_cpu_report {
	__u32 cell;		/* owner: cell number */
	__u32 state;		/* JH_CPUREP_* */
	__u64 hardware_id;	/* arm64: the affinity fields of MPIDR_EL1 */
	union {
		/* Since it belongs to its cell. JH_STAT_TOTAL is not stored: jh_stat(). */
		__u64 stats[JH_NUM_STATS];
		/*
		 * The address of the last access that JH_STAT_IGNORED counted. It takes the place
		 * of JH_STAT_TOTAL, so that a CPU fits two cache lines.
		 */
		__u64 ignored;
	};
};

/* struct jh_report.pc of a CPU that has not run in this life, or has direct interrupts */
#define JH_PC_UNKNOWN	(~0ULL)

/* struct jh_cpu_report.ignored for an interrupt to another CPU, sent by a system register */
#define JH_IGNORED_IPI	(~0ULL)

/** jh_stat() - one of @stats[JH_NUM_STATS], JH_STAT_TOTAL included; @stat < JH_NUM_STATS */
static inline __u64 jh_stat(const __u64 *stats, __u32 stat)
{
	__u64 sum = 0;
	__u32 i;

	if (stat != JH_STAT_TOTAL)
		return *(const volatile __u64 *)&stats[stat];
	for (i = JH_STAT_TOTAL + 1; i < JH_NUM_EXIT_STATS; i++)
		sum += *(const volatile __u64 *)&stats[i];
	return sum;
}

/** jh_cpu_stat() - a statistic of a CPU since it belongs to its cell */
static inline __u64 jh_cpu_stat(const struct jh_cpu_report *cpu, __u32 stat)
{
	return jh_stat(cpu->stats, stat);
}

#define JH_CPUREP_ABSENT	0	/* no CPU has this number, or root runs it by itself */
#define JH_CPUREP_RUNNING	1
#define JH_CPUREP_PARKED	2	/* off for its owner: waits in the hypervisor */
#define JH_CPUREP_FAILED	3

/**
 * struct jh_ring - text that wraps around
 *
 * Byte number n, counted from 0, lies at data[n & (size - 1)]. head is stored after the bytes below
 * it. A reader copies, then reads head again: bytes below head - size were overwritten.
 */
struct jh_ring {
	volatile __u64 head;	/* bytes ever written */
	__u32 size;		/* a power of two */
	__u32 padding;
	char data[];
};

#define JH_INPUT_SIZE	2048	/* a power of two */

/**
 * struct jh_input - bytes on their way from root to a cell (JH_HC_CONSOLE_INPUT)
 *
 * Byte number n lies at data[n % JH_INPUT_SIZE]. Numbers wrap; head - tail bytes wait.
 */
struct jh_input {
	__u32 head;	/* bytes ever sent */
	__u32 tail;	/* bytes ever taken by the cell, or dropped because its life ended */
	char data[JH_INPUT_SIZE];
};

/** struct jh_link_report - a side of a link */
struct jh_link_report {
	char name[JH_NAME_LEN];	/* of the link; empty: a free row */
	__u32 cell;		/* whose side it is */
	__u32 peer;		/* the cell that has the other one; JH_LINK_NOBODY: not created */
	__u32 state;		/* its word of the state table; 0: not there */
	__u32 virtio;		/* JH_VIRTIO_*: the cell's device that stands on it; 0: none */
	__u64 rung;		/* bells that it rang */
	__u64 dropped;		/* bells that it rang while the other side was not there */
};

#define JH_MAX_LINK_SIDES	32
#define JH_LINK_NOBODY		0xffffffffu

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
	__u64 pool_used;	/* pages of the hypervisor's pool, after the last management call */
	__u64 pc;		/* result of the last JH_HC_CELL_SAMPLE */
	struct jh_error error;	/* why the last management call was refused */
	__u64 root_stats[JH_NUM_STATS];	/* what CPUs counted for root before they left it */
	__u32 num_links;	/* rows at links_offset, in no order; 0: no cell has links here */
	__u32 links_offset;	/* struct jh_link_report[] */
};

/** jh_cpu_reports() - the slots of CPUs in a report area whose offsets were checked */
static inline const struct jh_cpu_report *jh_cpu_reports(const struct jh_report *report)
{
	return (const struct jh_cpu_report *)((const char *)report + report->cpus_offset);
}

/** jh_cell_reports() - the slots of cells, likewise */
static inline const struct jh_cell_report *jh_cell_reports(const struct jh_report *report)
{
	return (const struct jh_cell_report *)((const char *)report + report->cells_offset);
}

/**
 * jh_cell_shown() - the state of a cell for users: JH_CELL_* or JH_SHOWN_*
 * @state:	jh_cell_report.state
 * @comm_state:	jh_cell_report.comm_state: a running cell says there that it has ended or failed,
 *		and may say anything
 */
static inline __u32 jh_cell_shown(__u32 state, __u32 comm_state)
{
	if (state != JH_CELL_RUNNING)
		return state;
	switch (comm_state) {
	case JH_COMM_SHUT_DOWN:
		return JH_SHOWN_SHUT_DOWN;
	case JH_COMM_FAILED:
	case JH_COMM_FAILED_REVISION:
		return JH_CELL_FAILED;
	default:
		return state;
	}
}

/** jh_cell_stat() - a statistic of a cell; root's does not shrink when CPUs leave it */
static inline __u64 jh_cell_stat(const struct jh_report *report, __u32 cell, __u32 stat)
{
	const struct jh_cpu_report *cpus = jh_cpu_reports(report);
	__u64 sum = cell ? 0 : jh_stat(report->root_stats, stat);
	__u32 i;

	for (i = 0; i < report->num_cpus; i++)
		if (*(const volatile __u32 *)&cpus[i].cell == cell)
			sum += jh_cpu_stat(&cpus[i], stat);
	return sum;
}

#endif
