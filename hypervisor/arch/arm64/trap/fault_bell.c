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

/* fault_permitted() of a store by a program of root's. */
static inline bool is_permitted(u64 far)
{
	u64 par;

	if (!errata_has(ERRATUM_STAGE2_FIRST))
		return true;
	if (likely((read_sysreg(spsr_el2) & 0xf) == SPSR_M_EL0T))
		(void)fault_translate(s1e0w, far, &par);
	else
		(void)fault_translate(s1e1w, far, &par);
	return !(par & PAR_F);
}

static inline u32 stored(const struct regs *regs, u64 esr)
{
	return (u32)regs->x[FIELD(esr, 20, 16)];
}

static __noinline bool root_bell(struct regs *regs, u64 esr, u64 far, u64 ipa,
				 const struct mmio_region *region)
{
	u64 offset = ipa - region->start;

	if (unlikely(!(region->bell & MMIO_BELLS) || offset % JH_LINK_SIZE != JH_LINK_DOORBELL ||
		     !(esr & ISS_WNR) || !is_permitted(far)))
		return fault_more(regs, esr);
	cpu_count(JH_STAT_MMIO);
	trap_skip();
	return link_bell_of_root(link_root_side(offset), stored(regs, esr));
}

bool fault_bell(struct regs *regs, u64 esr, u64 far, u64 ipa)
{
	const struct mmio_region *region = mmio_find_in(this_cell()->regions, ipa);

	if (unlikely(!region))
		return fault_more(regs, esr);
	if (unlikely(!(region->bell & MMIO_BELL)))
		return root_bell(regs, esr, far, ipa, region);
	if (unlikely(ipa - region->start != JH_LINK_DOORBELL || !(esr & ISS_WNR) ||
		     !fault_permitted(esr, far)))
		return fault_more(regs, esr);
	cpu_count(JH_STAT_MMIO);
	trap_skip();
	return link_bell(region->context, stored(regs, esr));
}
