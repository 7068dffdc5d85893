// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (c) The jh authors
 *
 * Requirements on a CPU and on what its firmware has set up.
 */
#include <asm/boot.h>
#include <asm/sysreg.h>
#include <hv/arch.h>
#include <refuse.h>

u32 arch_address_bits(void)
{
	/* ID_AA64MMFR0_EL1.PARange; stage 2 with 4 KiB pages goes no further than 48 bits. */
	static const u8 bits[] = { 32, 36, 40, 42, 44, 48 };
	u64 range = FIELD(read_sysreg(id_aa64mmfr0_el1), 3, 0);

	return bits[MIN(range, ARRAY_SIZE(bits) - 1)];
}

int cpucheck(u32 cpu, struct jh_error *error)
{
	/* Every deadline would have passed before it began. */
	if (!read_sysreg(cntfrq_el0))
		return refuse_value(error, JH_ERR_COUNTER, JH_OBJ_MACHINE, 0, cpu, 0);
	return 0;
}
