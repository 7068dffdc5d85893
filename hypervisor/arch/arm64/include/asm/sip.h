/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Copyright (c) The jh authors
 *
 * Silicon provider's calls (DEN 0028), which only the chip's manual describes. A chip whose
 * firmware can be asked to change what belongs to another cell has a filter in soc/. Firmware does
 * not tell callers at EL1 and EL2 apart, so only the hypervisor can.
 */
#ifndef ASM_SIP_H
#define ASM_SIP_H

#include <hv/types.h>
#include <jh/config.h>

enum sip_verdict {
	SIP_NO_ACCESS,		/* refused in the firmware's own words: struct sip_filter */
	SIP_NOT_SUPPORTED,	/* as if firmware had no such call */
	SIP_DONE,		/* success without asking firmware: not the caller's to change */
	SIP_FORWARD,		/* goes to firmware as it is */
};

/**
 * struct sip_call - a fast call
 * @function:	bits 15 to 0 of W0
 * @x1:		the first arguments
 */
struct sip_call {
	u32 function;
	u64 x1;
	u64 x2;
};

/** struct sip_caller - who calls, and who owns what meanwhile */
struct sip_caller {
	u32 cell;			/* 0: root */
	bool alone;			/* there is no cell beside root */
	u32 (*owner)(u64 pa);		/* the cell that has the registers at @pa, 0: root */
	bool (*rests)(u64 pa);		/* a cell that does not run has them; NULL: none does */
};

/**
 * struct sip_filter - one chip's
 * @no_access:	the firmware's own error for SIP_NO_ACCESS
 * @decide:	pure: reads nothing but its arguments and tables of the chip
 */
struct sip_filter {
	u32 no_access;
	enum sip_verdict (*decide)(const struct sip_call *call, const struct sip_caller *caller);
};

/* soc/zynqmp.c, soc/imx8m.c: NULL in an image without optional units */
extern __weak const struct sip_filter zynqmp_filter, imx8m_filter;

/* firmware/sip_owner.c: the answers to owner and rests in struct sip_caller */
u32 sip_owner_of(u64 pa);
bool sip_owner_rests(u64 pa);

/** sip_decide() - what becomes of a call of the executing CPU's guest */
enum sip_verdict sip_decide(const struct sip_call *call);

/** sip_no_access() - x0 of a call with the verdict SIP_NO_ACCESS */
u32 sip_no_access(void);

#endif
