/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Copyright (c) The jh authors
 *
 * EL2's controls over what EL1 and EL0 may use of a CPU, derived from its ID registers.
 */
#ifndef ASM_CONTROLS_H
#define ASM_CONTROLS_H

#include <hv/types.h>

/* ID registers that matter here: ID_AA64<name>_EL1. */
enum cpu_id { ID_PFR0, ID_PFR1, ID_DFR0, ID_ISAR1, ID_ISAR2, ID_MMFR0, ID_MMFR1, NUM_CPU_IDS };

/** struct cpu_ids - what a CPU says of itself */
struct cpu_ids {
	u64 reg[NUM_CPU_IDS];
};

/* Features that cpu_features() finds in them. */
#define HAS_RAS		BIT(0)
#define HAS_SVE		BIT(1)
#define HAS_SME		BIT(2)
#define HAS_MTE		BIT(3)	/* with its registers */
#define HAS_PAUTH	BIT(4)
#define HAS_LOR		BIT(5)
#define HAS_HCX		BIT(6)
#define HAS_FGT		BIT(7)
#define HAS_MOPS	BIT(8)
#define HAS_MPAM	BIT(9)
#define HAS_AMU		BIT(10)
#define HAS_PMU		BIT(11)
#define HAS_PMU_3P1	BIT(12)
#define HAS_PMU_3P5	BIT(13)
#define HAS_TRACE	BIT(14)	/* its unit by system registers */
#define HAS_TRF		BIT(15)
#define HAS_TRBE	BIT(16)
#define HAS_SPE		BIT(17)
#define HAS_BRBE	BIT(18)
#define HAS_TRFCR	BIT(19)	/* HAS_TRF, and Linux uses its register */

/*
 * The controls that differ between root and cells: X(field, register, what must be there for it to
 * exist). HCR_EL2 is not among them because it goes with the tables (context.c, entry.S).
 */
#define EL2_CONTROLS(X)					\
	X(mdcr, mdcr_el2, 0)				\
	X(actlr, actlr_el2, 0)				\
	X(cptr, cptr_el2, 0)				\
	X(cnthctl, cnthctl_el2, 0)			\
	X(cntvoff, cntvoff_el2, 0)			\
	X(vmpidr, vmpidr_el2, 0)			\
	X(hcrx, s3_4_c1_c2_2, HAS_HCX)			\
	X(hfgrtr, s3_4_c1_c1_4, HAS_FGT)		\
	X(hfgwtr, s3_4_c1_c1_5, HAS_FGT)		\
	X(hfgitr, s3_4_c1_c1_6, HAS_FGT)		\
	X(hdfgrtr, s3_4_c3_c1_4, HAS_FGT)		\
	X(hdfgwtr, s3_4_c3_c1_5, HAS_FGT)		\
	X(mpam2, s3_4_c10_c5_0, HAS_MPAM)

/** struct el2_controls - their values */
struct el2_controls {
	u64 hcr;
#define X(field, name, needs)	u64 field;
	EL2_CONTROLS(X)
#undef X
};

/** cpu_ids_read() - those of the executing CPU */
void cpu_ids_read(struct cpu_ids *ids);

/** cpu_features() - a set of HAS_*; @used: JH_BOOT_USES_* */
u32 cpu_features(const struct cpu_ids *ids, u64 used);

/**
 * cpu_features_again() - cpu_features(), fast for CPUs that are like the first one
 *
 * @used describes the machine and must be the same each time.
 */
u32 cpu_features_again(const struct cpu_ids *ids, u64 used);

/** controls_read(), controls_write() - all but HCR_EL2; what the CPU does not have stays 0 */
void controls_read(struct el2_controls *controls, u32 features);
void controls_write(const struct el2_controls *controls, u32 features);

/**
 * controls_of_cell() - what a cell's guest runs under
 * @features:	HAS_* of the CPU
 * @flags:	JH_CELL_* of the cell
 * @host:	what Linux had set up: fields that describe the CPU are kept
 *
 * A cell may use FP and SIMD, pointer authentication, and SVE where Linux could. Whatever else
 * reaches state that CPUs share, that is EL2's, or that is not scrubbed, traps. Bits of features
 * that the CPU does not have keep their reserved values.
 */
struct el2_controls controls_of_cell(u32 features, u32 flags, const struct el2_controls *host);

/**
 * scrub_buffers() - stop units that store to memory by themselves (profiling, trace)
 *
 * Their addresses are virtual ones of the owner who turned them on, whose tables and controls must
 * still be in use: what is under way arrives first, then the buffers are taken away.
 */
void scrub_buffers(u32 features);

/** scrub_registers() - put what EL1 and EL0 can write back to what a reset leaves, or to 0 */
void scrub_registers(u32 features, const struct el2_controls *host);

#endif
