// SPDX-License-Identifier: GPL-2.0-only
/* Copyright (c) The jh authors */
#include <firmware/smccc_table.h>

struct smccc_row {
	u8 owner;
	u8 who;
	u16 first;		/* function numbers, inclusive */
	u16 last;
	u8 verdict;		/* enum smccc_verdict */
};

static const struct smccc_row rows[] = {
#define X(owner, who, first, last, verdict)	{ owner, SMCCC_BY_##who, first, last, verdict },
	SMCCC_ROWS(X)
#undef X
};

#define OWNER_TRUSTED_OS	50	/* and above */

enum smccc_verdict smccc_decide(u32 id, bool is_root, bool by_hvc)
{
	u32 owner = SMCCC_OWNER(id), function = SMCCC_FUNCTION(id), i;
	u32 who = is_root ? SMCCC_BY_ROOT : SMCCC_BY_CELL;
	enum smccc_verdict verdict = SMCCC_REFUSE;

	/* Linux' idle KVM believes that it still has EL2: its calls succeed and do nothing. */
	if (by_hvc && owner == SMCCC_OWNER_VENDOR_HYP && id & SMCCC_FAST)
		return is_root ? SMCCC_ANSWER_ZERO : SMCCC_REFUSE;
	if (owner >= OWNER_TRUSTED_OS)
		verdict = is_root ? SMCCC_FORWARD : SMCCC_REFUSE;
	else if (!(id & SMCCC_FAST))
		/* Yielding calls below the trusted OS are left over from SMCCC 1.0. */
		verdict = is_root ? SMCCC_FORWARD : SMCCC_REFUSE;
	else
		for (i = 0; i < ARRAY_SIZE(rows); i++) {
			if (rows[i].owner == owner && rows[i].who & who &&
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
