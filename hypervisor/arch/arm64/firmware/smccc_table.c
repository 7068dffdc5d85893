// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (c) The jh authors
 *
 * Which firmware calls pass. Data before code: the first row that matches decides; no row, no call.
 * The chip's own calls (SiP) have filters of their own, asm/sip.h.
 */
#include <asm/smccc.h>

#define ROOT	0x1
#define CELL	0x2
#define BOTH	(ROOT | CELL)

struct smccc_row {
	u8 owner;
	u8 who;
	u16 first;		/* function numbers, inclusive */
	u16 last;
	enum smccc_verdict verdict;
};

static const struct smccc_row rows[] = {
	/* PSCI (DEN 0022) is answered here, and called most. */
	{ SMCCC_OWNER_STANDARD, BOTH, 0x0000, 0x001f, SMCCC_PSCI },
	/* Architecture: version, features, identification, work-arounds (DEN 0028, 7). */
	{ SMCCC_OWNER_ARCH, BOTH, 0x0000, 0x0000, SMCCC_ANSWER_VERSION },
	{ SMCCC_OWNER_ARCH, BOTH, 0x0001, 0x0001, SMCCC_ANSWER_FEATURES },
	{ SMCCC_OWNER_ARCH, BOTH, 0x0002, 0xffff, SMCCC_FORWARD },
	{ SMCCC_OWNER_CPU, ROOT, 0x0000, 0xffff, SMCCC_FORWARD },
	{ SMCCC_OWNER_OEM, ROOT, 0x0000, 0xffff, SMCCC_FORWARD },
	/* Standard services: random numbers (DEN 0098) pass. */
	/* SDEI (DEN 0054) would make firmware call back at EL2. */
	{ SMCCC_OWNER_STANDARD, BOTH, 0x0020, 0x003f, SMCCC_REFUSE },
	{ SMCCC_OWNER_STANDARD, BOTH, 0x0050, 0x005f, SMCCC_FORWARD },
	{ SMCCC_OWNER_STANDARD, ROOT, 0x0060, 0xffff, SMCCC_FORWARD },
	/* Trusted applications and operating systems. */
	{ 48, ROOT, 0x0000, 0xffff, SMCCC_FORWARD },
	{ 49, ROOT, 0x0000, 0xffff, SMCCC_FORWARD },
};

#define OWNER_TRUSTED_OS	50	/* and above */

enum smccc_verdict smccc_decide(u32 id, bool is_root, bool by_hvc)
{
	u32 owner = SMCCC_OWNER(id), function = SMCCC_FUNCTION(id), i;
	enum smccc_verdict verdict = SMCCC_REFUSE;

	/* Linux' idle KVM believes that it still has EL2; what it asks there succeeds, void. */
	if (by_hvc && owner == SMCCC_OWNER_VENDOR_HYP && id & SMCCC_FAST)
		return is_root ? SMCCC_ANSWER_ZERO : SMCCC_REFUSE;
	if (owner >= OWNER_TRUSTED_OS)
		verdict = is_root ? SMCCC_FORWARD : SMCCC_REFUSE;
	else if (!(id & SMCCC_FAST))
		/* Yielding calls below the trusted OS are left over from SMCCC 1.0. */
		verdict = is_root ? SMCCC_FORWARD : SMCCC_REFUSE;
	else
		for (i = 0; i < ARRAY_SIZE(rows); i++) {
			if (rows[i].owner == owner && rows[i].who & (is_root ? ROOT : CELL) &&
			    function >= rows[i].first && function <= rows[i].last) {
				verdict = rows[i].verdict;
				break;
			}
		}
	/* Firmware listens to SMC alone: by HVC only calls answered here pass, and work-arounds. */
	if (by_hvc && verdict == SMCCC_FORWARD &&
	    (owner != SMCCC_OWNER_ARCH || !(id & SMCCC_FAST)))
		verdict = SMCCC_REFUSE;
	return verdict;
}
