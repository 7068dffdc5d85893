/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Copyright (c) The jh authors
 *
 * Which firmware calls pass. Data before code: the first row that matches decides; no row, no call.
 * The chip's own calls (SiP) have filters of their own, asm/sip.h.
 */
#ifndef FIRMWARE_SMCCC_TABLE_H
#define FIRMWARE_SMCCC_TABLE_H

#include <asm/smccc.h>

#define SMCCC_BY_ROOT	0x1
#define SMCCC_BY_CELL	0x2
#define SMCCC_BY_BOTH	(SMCCC_BY_ROOT | SMCCC_BY_CELL)

/*
 * Fast calls: X(owner, who, first and last function, verdict).
 *
 * Architecture: version, features, identification, work-arounds (DEN 0028, 7). PSCI (DEN 0022) is
 * the hypervisor's. SDEI (DEN 0054) would make firmware call back at EL2. Random numbers (DEN 0098)
 * pass. 48 and 49 are trusted applications.
 */
#define SMCCC_ROWS(X)								\
	X(SMCCC_OWNER_STANDARD, BOTH, 0x0000, 0x001f, SMCCC_PSCI)		\
	X(SMCCC_OWNER_ARCH, BOTH, 0x0000, 0x0000, SMCCC_ANSWER_VERSION)		\
	X(SMCCC_OWNER_ARCH, BOTH, 0x0001, 0x0001, SMCCC_ANSWER_FEATURES)	\
	X(SMCCC_OWNER_ARCH, BOTH, 0x0002, 0xffff, SMCCC_FORWARD)		\
	X(SMCCC_OWNER_CPU, ROOT, 0x0000, 0xffff, SMCCC_FORWARD)			\
	X(SMCCC_OWNER_OEM, ROOT, 0x0000, 0xffff, SMCCC_FORWARD)			\
	X(SMCCC_OWNER_STANDARD, BOTH, 0x0020, 0x003f, SMCCC_REFUSE)		\
	X(SMCCC_OWNER_STANDARD, BOTH, 0x0050, 0x005f, SMCCC_FORWARD)		\
	X(SMCCC_OWNER_STANDARD, ROOT, 0x0060, 0xffff, SMCCC_FORWARD)		\
	X(48, ROOT, 0x0000, 0xffff, SMCCC_FORWARD)				\
	X(49, ROOT, 0x0000, 0xffff, SMCCC_FORWARD)

/**
 * smccc_always() - do both root and cells get this verdict for a fast call?
 *
 * For constant arguments: the compiler evaluates the table and leaves no code.
 */
static inline bool smccc_always(u32 id, enum smccc_verdict verdict)
{
	u32 owner = SMCCC_OWNER(id), function = SMCCC_FUNCTION(id);

#define X(owner_, who_, first_, last_, verdict_)				\
	if (owner == (owner_) && function - (first_) <= (last_) - (first_))	\
		return SMCCC_BY_##who_ == SMCCC_BY_BOTH && (verdict_) == verdict;
	SMCCC_ROWS(X)
#undef X
	return verdict == SMCCC_REFUSE;
}

#endif
