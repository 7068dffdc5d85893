// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (c) The jh authors
 *
 * Exceptions that the hypervisor makes a guest take at EL1 (Arm ARM D1.3).
 */
#include <asm/sysreg.h>
#include <asm/decode.h>
#include <asm/trap.h>

#define VECTOR_CURRENT_SP0	0x000
#define VECTOR_CURRENT_SPX	0x200
#define VECTOR_LOWER_64		0x400
#define VECTOR_LOWER_32		0x600

#define SPSR_AARCH32		(1UL << 4)
#define SPSR_PAN		(1UL << 22)
#define SCTLR_SPAN		(1UL << 23)

static bool from_el1(u64 spsr)
{
	return !(spsr & SPSR_AARCH32) && (spsr & 0xf) != SPSR_M_EL0T;
}

static u64 vector_of(u64 spsr)
{
	if (spsr & SPSR_AARCH32)
		return VECTOR_LOWER_32;
	switch (spsr & 0xf) {
	case SPSR_M_EL1H:
		return VECTOR_CURRENT_SPX;
	case SPSR_M_EL1T:
		return VECTOR_CURRENT_SP0;
	}
	return VECTOR_LOWER_64;
}

static void inject(u64 esr)
{
	u64 spsr = read_sysreg(spsr_el2);
	u64 target = SPSR_EL1H_MASKED;

	/* PSTATE.PAN is kept, and set unless SCTLR_EL1.SPAN says not to. */
	target |= spsr & SPSR_PAN;
	if (FIELD(read_sysreg(id_aa64mmfr1_el1), 23, 20) &&
	    !(read_sysreg(sctlr_el1) & SCTLR_SPAN))
		target |= SPSR_PAN;
	write_sysreg(esr, esr_el1);
	write_sysreg(read_sysreg(elr_el2), elr_el1);
	write_sysreg(spsr, spsr_el1);
	write_sysreg(read_sysreg(vbar_el1) + vector_of(spsr), elr_el2);
	write_sysreg(target, spsr_el2);
}

void inject_undefined(void)
{
	inject((u64)EC_UNKNOWN << 26 | ESR_IL);
}

void inject_abort(u64 esr, u32 status)
{
	bool fetch = ESR_EC(esr) == EC_IABT_LOW;
	u64 ec = fetch ? EC_IABT_LOW : EC_DABT_LOW;

	/* "Current exception level" is the next class. */
	if (from_el1(read_sysreg(spsr_el2)))
		ec++;
	write_sysreg(read_sysreg(far_el2), far_el1);
	inject(ec << 26 | (esr & (ESR_IL | ISS_WNR)) | status);
}
