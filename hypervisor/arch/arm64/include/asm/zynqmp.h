/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Copyright (c) The jh authors
 *
 * Calls of the platform management firmware of Zynq UltraScale+ (EEMI; AMD UG1200). Firmware takes
 * every caller at EL1 and EL2 for the same master, so nobody below us tells cells apart.
 */
#ifndef ASM_ZYNQMP_H
#define ASM_ZYNQMP_H

#include <hv/types.h>

#define EEMI_NO_ACCESS		2002	/* what firmware itself answers: PM_RET_ERROR_ACCESS */
#define EEMI_RESET_BASE		1000	/* resets are numbered from here */
#define EEMI_PASS_THROUGH	0xfff	/* any call, which is in the first argument */
#define EEMI_MODULE		2	/* power management, in such a call; also 0 */

enum eemi_verdict {
	EEMI_REFUSE,		/* EEMI_NO_ACCESS */
	EEMI_UNKNOWN,		/* no call that we know: SMCCC's NOT_SUPPORTED */
	EEMI_DONE,		/* success without asking firmware: not the caller's to change */
	EEMI_FORWARD,		/* goes to firmware as it is */
};

/** struct eemi_caller - who calls, and who owns what meanwhile */
struct eemi_caller {
	u32 cell;			/* 0: root */
	bool alone;			/* there is no cell beside root */
	u32 (*owner)(u64 pa);		/* the cell that has the registers at @pa, 0: root */
	bool (*rests)(u64 pa);		/* a cell that does not run has them; NULL: none does */
};

/**
 * eemi_decide() - what becomes of a SiP call
 * @function:	the function number (bits 15 to 0 of W0)
 * @x1:		the first two arguments, 32 bits each
 * @x2:		the next two
 *
 * Pure: reads nothing but its arguments and a table of the chip.
 */
enum eemi_verdict eemi_decide(u32 function, u64 x1, u64 x2, const struct eemi_caller *caller);

#endif
