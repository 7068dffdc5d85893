/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Copyright (c) The jh authors
 *
 * The environment of hypervisor/arch/arm64 in tests: system registers, firmware, the functions of
 * core that it calls, and an interrupt controller (machine/machine_gic.h) of version JH_GIC.
 */
#ifndef TEST_FAKE64_H
#define TEST_FAKE64_H

#include <setjmp.h>

#include <asm/percpu.h>
#include <gic/gic.h>
#include <hv/cell.h>
#include <hv/cpu.h>
#include "../machine/machine_gic.h"

void fake64_reset(void);

/* CPUs 0-3 are root's, 4-7 cell 1's. MPIDR: the CPU's number, but 0x100 and 0x101 of 6 and 7. */
extern struct cell fake64_cell;

/**
 * fake64_number() - the cell has these flags (JH_CELL_*) from now on
 *
 * After fake64_reset() it keeps the machine's CPU numbers. Its CPUs in order are 6, 4, 7, 5.
 */
void fake64_number(u32 flags);

/** fake64_become() - continue on this CPU */
void fake64_become(u32 cpu);

/* --- system registers --- */

u64 fake64_sysreg(const char *name);
void fake64_set_sysreg(const char *name, u64 value);

#define FAKE64_NOT_ROOTS	0x70000000UL	/* root's tables end here */

/* --- firmware and core: what was asked last --- */

#define FAKE64_LINK_VALUE	0x11223344	/* what link_access() returns */

struct fake64_asked {
	u32 firmware_id;
	u64 firmware_args[3];
	u32 firmware_calls;
	u64 request_mask;	/* of all cpu_request() */
	u32 request_bits;
	u32 requests;
	struct cpu *turned_on;
	u64 entry, argument;
	u32 turn_request;
	u32 parked;		/* cpu_park() */
	u32 ended;		/* cell_end(), how often, */
	bool reset;		/* and what it was asked for */
	u32 parked_cell;	/* trap_park_cell(), its cause */
	u64 parked_address;
	u64 sgi;		/* trap_sgi1r() */
	u32 sgis;
	u64 injected;		/* inject_abort(): its syndrome, */
	u32 injected_status;	/* and the status in its place */
	u64 mapped;		/* arch_guest_map_ro() */
	u32 borrowed;		/* the same, and not yet given back */
	u32 rung;		/* doorbells of CPUs that have requests, but for cpu_request()'s */
	void *link;		/* link_access() */
	struct mmio_access link_access;
	const struct link_port *bells_of;	/* link_bell() */
	u32 bells;		/* how often */
	u32 root_bells;		/* those by link_bell_of_root() */
	u32 bell;		/* the value */
	bool learns;		/* set by tests: learn_access() */
};

extern struct fake64_asked fake64_asked;

/* How many addresses were translated as EL0 (AT S1E0R, S1E0W) */
extern u64 fake64_at_el0;
extern s64 fake64_firmware_answer;
extern int fake64_turn_on_answer;
extern u32 fake64_instruction;	/* what lies in memory where arch_guest_map_ro() looks, */
/* What guests' tables were given, by page. */
#define FAKE64_PAGES	64
extern struct fake64_page {
	u64 gpa, pa;
} fake64_pages[FAKE64_PAGES];
extern u32 fake64_num_pages;

extern u32 fake64_in_cache;	/* and in a cache until it is cleaned, if not 0 */
extern u32 fake64_cells;	/* cell_count() */

/**
 * fake64_run_cell() - CPUs 4 to 7 run the cell, with their interfaces on
 * @first:	the first of its SPIs, which are enabled
 * @spis:	how many
 *
 * Virtual interrupts of fake64_cell are added before. CPUs answer each other (fake64_answers).
 */
void fake64_run_cell(u32 first, u32 spis);

/** fake64_answers - a CPU that cpu_request() names acts at once */
extern bool fake64_answers;

/* Where calls that do not return go: `if (!fake64_leaves()) call();` */
extern jmp_buf fake64_left;
#define fake64_leaves()	setjmp(fake64_left)

extern u64 fake64_sleeps;	/* WFI */

/* --- the GIC --- */

#define FAKE64_INTIDS	288

/** fake64_deliver() - the CPU's physical interrupts reach the code under test */
void fake64_deliver(void);

/** fake64_lr() - a list register of a CPU as GICv3 would have it, which keeps its group */
u64 fake64_lr(u32 cpu, u32 n);

#endif
