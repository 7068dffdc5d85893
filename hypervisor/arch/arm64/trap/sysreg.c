// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (c) The jh authors
 *
 * Trapped system registers.
 */
#include <asm/sysreg.h>
#include <asm/trap.h>
#include <hv/cell.h>
#include <hv/cpu.h>

/* ISS of a trapped MSR or MRS (Arm ARM D19.2.37): the register's encoding, Rt and the direction */
#define ISS_READ	BIT(0)
#define ISS_RT(esr)	((u32)((esr) >> 5 & 0x1f))

#define SYS			ISS_SYSREG
#define SYS_EXACT	SYS(3U, 7U, 15U, 15U, 7U)
#define SYS_CRM_LOW3	SYS(3U, 7U, 15U, 8U, 0U)	/* any op2, CRm within its eight */
#define SYS_CRN_OP0	SYS(3U, 7U, 15U, 0U, 0U)	/* any CRm, op2 */
#define SYS_CRN		SYS(3U, 0U, 15U, 0U, 0U)	/* any op1, CRm, op2 */

/* Registers that read as zero and ignore writes. Registers in no row are undefined. */
struct sysreg_row {
	u32 value;
	u32 mask;
};

static const struct sysreg_row raz_wi[] = {
	{ SYS(3U, 0U, 12U, 11U, 6U), SYS_EXACT },		/* ICC_ASGI1R_EL1 */
	{ SYS(3U, 0U, 12U, 11U, 7U), SYS_EXACT },		/* ICC_SGI0R_EL1: group 0 */
	{ SYS(3U, 0U, 9U, 14U, 0U), SYS(3U, 7U, 15U, 15U, 0U) },	/* PMINTEN* */
	{ SYS(3U, 3U, 9U, 12U, 0U), SYS(3U, 7U, 15U, 12U, 0U) },	/* PM*_EL0 */
	{ SYS(3U, 3U, 14U, 8U, 0U), SYS_CRM_LOW3 },	/* PMEVCNTR<n>, PMEVTYPER<n> */
	{ SYS(3U, 0U, 5U, 3U, 0U), SYS(3U, 7U, 15U, 15U, 0U) },	/* ERRIDR, ERRSELR: none */
	{ SYS(3U, 0U, 5U, 4U, 0U), SYS(3U, 7U, 15U, 14U, 0U) },	/* ERX* */
	{ SYS(3U, 0U, 1U, 0U, 1U), SYS_EXACT },		/* ACTLR_EL1 */
	{ SYS(3U, 0U, 10U, 4U, 0U), SYS(3U, 7U, 15U, 14U, 0U) },	/* LOR*, MPAM* */
	{ SYS(2U, 0U, 1U, 0U, 0U), SYS_CRN_OP0 },	/* OS locks, where the debug units are */
	{ SYS(2U, 0U, 0U, 0U, 0U), SYS_CRN_OP0 },	/* the debug channel */
	{ SYS(2U, 3U, 0U, 0U, 0U), SYS_CRN_OP0 },
	{ SYS(3U, 0U, 11U, 0U, 0U), SYS_CRN },		/* implementation-defined */
	{ SYS(3U, 0U, 15U, 0U, 0U), SYS_CRN },
	{ SYS(1U, 0U, 11U, 0U, 0U), SYS_CRN },
	{ SYS(1U, 0U, 15U, 0U, 0U), SYS_CRN },
};

enum trap_verdict sysreg_trap(struct regs *regs, u64 esr)
{
	u32 iss = (u32)esr & 0x1ffffff, rt = ISS_RT(esr), i;
	u64 value = rt == 31 ? 0 : regs->x[rt];

	/* A read, or a write from a register that the short path in vectors.S does not handle. */
	if ((iss & SYS_EXACT) == ISS_ICC_SGI1R) {
		if (iss & ISS_READ)
			return TRAP_UNDEFINED;
		trap_sgi1r(value);
		return TRAP_SKIP;
	}
	cpu_count(JH_STAT_REGISTER);
	for (i = 0; i < ARRAY_SIZE(raz_wi); i++) {
		if ((iss & raz_wi[i].mask) != raz_wi[i].value)
			continue;
		if (iss & ISS_READ && rt != 31)
			regs->x[rt] = 0;
		return TRAP_SKIP;
	}
	return TRAP_UNDEFINED;
}
