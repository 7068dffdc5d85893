/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Copyright (c) The jh authors
 *
 * Random lives of cells over the machine of machine/: declarations that the files of test_owner
 * share.
 */
#ifndef TEST_OWNER_H
#define TEST_OWNER_H

#include <hv/cell.h>
#include <hv/cpu.h>
#include "machine/machine.h"

#define ROOTS_OWN	2	/* CPUs 0 and 1 stay root's */
#define FIRST_SPI	40
#define SPIS		24
#define GARBAGE		0x6a756e6b6a756e6bUL	/* what guests write to registers */

/** struct life - of a machine with its cells, by one seed */
struct life {
	const char *event;	/* at which something was left */
	bool begun, quiet, disabling;
	bool releases;		/* root does not touch what it may just have got back */
	bool asks[MACHINE_CPUS];	/* once for the hypervisor's end, which is refused */
	bool sleeps;		/* that is all that guests of cells do */
	u64 bare;		/* CPUs that root has had without the hypervisor */
	u64 seed;
	u32 starts[JH_MAX_CELLS];	/* of each cell, when a CPU last entered it */
	bool reached[MACHINE_CPUS];	/* by a sibling, after it was reset and before it entered */
	bool edge[MACHINE_INTIDS];	/* the triggers of SPIs as Linux had set them before */
};

extern struct life life;

/* owner_state.c */

/** owner_affinity() - what the guest calls the CPU, in its MPIDR and where else it is told */
u64 owner_affinity(u32 cpu, const struct cell *cell);

/** owner_note_reached() - a guest of @cell has sent an SGI, or reached for a redistributor */
void owner_note_reached(const struct cell *cell);

/** owner_check_spis() - those of the bitmap @owned are as a reset leaves them, for their @owner */
void owner_check_spis(u32 cpu, const u32 *owned, const struct cell *owner);

/* owner_guest.c */

/** owner_management - what CPU 0 is to do next, as root */
extern void (*owner_management)(void);

/** owner_call() - a hypercall of the executing CPU */
s64 owner_call(u64 code, u64 arg1, u64 arg2);

/** owner_psci() - a PSCI call of the executing CPU */
void owner_psci(u32 id, u64 target);

#endif
