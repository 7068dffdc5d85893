// SPDX-License-Identifier: GPL-2.0-only
/* Copyright (c) The jh authors */
#include <asm/boot.h>
#include <asm/errata.h>
#include <asm/smccc.h>
#include <asm/sysreg.h>
#include <hv/atomic.h>

u32 errata_machine;

static u32 own_errata(void)
{
	return errata_of(read_sysreg(midr_el1),
			 (u32)FIELD(read_sysreg(id_aa64pfr0_el1), 59, 56));
}

void errata_detect(void)
{
	fetch_or(&errata_machine, own_errata());
}

u64 errata_vectors(void)
{
	/* Firmware that lacks the call tells that it needs none, or cannot help. */
	if (own_errata() & ERRATUM_BRANCH_TARGET &&
	    (s32)smccc_firmware(SMCCC_ARCH_FEATURES, SMCCC_ARCH_WORKAROUND_1, 0, 0) >= 0)
		return (u64)vectors_hardened;
	return (u64)vectors;
}
