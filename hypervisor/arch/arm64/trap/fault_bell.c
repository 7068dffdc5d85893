// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (c) The jh authors
 *
 * The short path of bells. A call by name spares what an indirect one costs (asm/branches.h).
 */
#include <asm/fault.h>
#include <asm/trap.h>
#include <hv/cell.h>
#include <hv/cpu.h>
#include <hv/link.h>

bool fault_bell(struct regs *regs, u64 esr)
{
	u64 far = read_sysreg(far_el2), ipa = trap_address(far);
	const struct mmio_region *region = mmio_find_in(this_cell()->regions, ipa);
	u32 offset;

	if (unlikely(!region || region->access != link_access || !(esr & ISS_WNR) ||
		     !fault_offset(esr, far, ipa, sizeof(u32), region, &offset)))
		return fault_more(regs, esr);
	cpu_count(JH_STAT_MMIO);
	link_write(region->context, offset, (u32)regs->x[FIELD(esr, 20, 16)]);
	trap_skip();
	return true;
}
