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
#include <jh/link.h>

bool fault_bell(struct regs *regs, u64 esr, u64 far, u64 ipa)
{
	const struct mmio_region *region = mmio_find_in(this_cell()->regions, ipa);

	if (unlikely(!region || !region->bell || ipa - region->start != JH_LINK_DOORBELL ||
		     !(esr & ISS_WNR) || !fault_permitted(esr, far)))
		return fault_more(regs, esr);
	cpu_count(JH_STAT_MMIO);
	trap_skip();
	return link_bell(region->bell, (u32)regs->x[FIELD(esr, 20, 16)]);
}
