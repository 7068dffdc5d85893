/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Copyright (c) The jh authors
 *
 * What hypervisor/arch/arm64 stands on in tests: system registers, firmware, the parts of core
 * that it calls, a GICv3 distributor with redistributors, and list registers.
 */
#ifndef TEST_FAKE64_H
#define TEST_FAKE64_H

#include <setjmp.h>

#include <asm/percpu.h>
#include <gic/irqchip.h>
#include <hv/cell.h>
#include <hv/cpu.h>

void fake64_reset(void);

/* CPUs 0-3 are root's, 4-7 cell 1's. MPIDR: the CPU's number, but 0x100 and 0x101 of 6 and 7. */
extern struct cell fake64_cell;

/** fake64_become() - what follows happens on this CPU */
void fake64_become(u32 cpu);

/* --- system registers --- */

u64 fake64_sysreg(const char *name);
void fake64_set_sysreg(const char *name, u64 value);

#define FAKE64_NOT_ROOTS	0x70000000UL	/* from here on: owner_is_root() */

/* --- firmware and core: what was asked last --- */

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
	u32 ended;		/* cell_end(), its state */
	u32 parked_cell;	/* trap_park_cell(), its cause */
	u64 parked_address;
	u32 standbys;
	u64 sgi;		/* trap_sgi1r() */
	u32 sgis;
	u64 injected;		/* inject_abort(): its syndrome, */
	u32 injected_status;	/* and the status in its place */
	u64 mapped;		/* arch_guest_map_ro() */
	u32 borrowed;		/* the same, and not yet given back */
	u32 hears;		/* the irqchip's, where interrupts are direct */
	bool learns;		/* set by tests: learn_access() */
};

extern struct fake64_asked fake64_asked;
extern s64 fake64_firmware_answer;
extern int fake64_turn_on_answer;
extern u32 fake64_instruction;	/* what lies in memory where arch_guest_map_ro() looks, */
extern u32 fake64_in_cache;	/* and in a cache until it is cleaned, if not 0 */
extern u32 fake64_cells;	/* cell_count() */

/** fake64_answers - a CPU that cpu_request() names does what it is asked for at once */
extern bool fake64_answers;

/* Where calls that do not return go: `if (!fake64_leaves()) call();` */
extern jmp_buf fake64_left;
#define fake64_leaves()	setjmp(fake64_left)

/* --- the GIC --- */

#define FAKE64_INTIDS	288	/* of the distributor */

struct fake64_irq {
	bool enabled, pending, active, edge, group1;
	u8 priority;
	bool secure;	/* firmware's: its priority reads as zero and ignores writes */
	u64 route;
};

/** struct fake64_gic - all of its state, to be compared before and after */
struct fake64_gic {
	struct fake64_irq spi[1024];			/* from 32 */
	struct fake64_irq local[FAKE64_CPUS][32];
	u32 ctlr;
	u64 rd_writes;					/* to anything of the RD frames */
};

extern struct fake64_gic fake64_gic;

/* SGIs sent, in order: values of ICC_SGI1R_EL1 and GICD_SGIR. */
#define FAKE64_SENT	16
extern u64 fake64_sent[FAKE64_SENT];
extern u32 fake64_num_sent;
void fake64_note_sent(u64 value);

/* Register frames, as the code under test names them: addresses without memory. */
#define FAKE64_GICD	((void *)0x10000000UL)
#define FAKE64_GICR	((void *)0x20000000UL)
#define FAKE64_GICR_SIZE (FAKE64_CPUS * 0x20000UL)

/* Those of GICv2 are plain memory: tests say what is read there, and see what was written. */
#define FAKE64_GICV2		((void *)0x30000000UL)
#define FAKE64_GICV2_SIZE	0x6000
#define FAKE64_GICD_V2		0x0000
#define FAKE64_GICC_V2		0x2000
#define FAKE64_GICH_V2		0x4000
extern u32 fake64_gicv2[FAKE64_GICV2_SIZE / 4];

static inline u32 *fake64_gicc(u32 offset)
{
	return &fake64_gicv2[(FAKE64_GICC_V2 + offset) / 4];
}

static inline u32 *fake64_gich(u32 offset)
{
	return &fake64_gicv2[(FAKE64_GICH_V2 + offset) / 4];
}

extern bool fake64_deaf;	/* the doorbell would not end a sleep */

/* List registers of the irqchip that tests use instead of a real one. */
#define FAKE64_LRS	4
extern u64 fake64_lrs[FAKE64_CPUS][FAKE64_LRS];
extern bool fake64_underflow[FAKE64_CPUS], fake64_held[FAKE64_CPUS];

extern const struct irqchip fake64_irqchip;

#endif
