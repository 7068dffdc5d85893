// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (c) The jh authors
 *
 * The short path of stage 2 aborts: a store, or a load that zero-extends, to a filtered device.
 * Everything else is left to fault.c.
 */
#include <asm/fault.h>
#include <asm/trap.h>
#include <gic/vgic.h>
#include <hv/cell.h>
#include <hv/cpu.h>
#include <hv/mmio.h>

/* The syndromes of the short path: a data access without sign extension. */
#define SIMPLE_MASK	(0xfc000000UL | ISS_ISV | ISS_SSE | ISS_CM | ISS_S1PTW | FSC_TYPE(0x3f))
#define SIMPLE_VALUE	((u64)EC_DABT_LOW << 26 | ISS_ISV | FSC_TRANSLATION)

/* Word accesses: two cheap compares instead of one mask. */
#define WORD_SHIFT	21
#define WORD_UPPER	((u32)((u64)EC_DABT_LOW << 26 | ESR_IL | ISS_ISV | 2UL << 22) >> WORD_SHIFT)
#define WORD_LOWER_MASK	(ISS_CM | ISS_S1PTW | FSC_TYPE(0x3f))

static inline bool is_simple_word(u64 esr)
{
	bool upper = (u32)esr >> WORD_SHIFT == WORD_UPPER;
	bool lower = (esr & WORD_LOWER_MASK) == FSC_TRANSLATION;

	/* Not &&: one branch costs less than two. */
	return upper & lower;
}

/*
 * XZR needs no special case: it has a place in the frame, and nobody reads a load's result.
 */

/* Any width, in a region that is not among the first: nearly always one of the cell's own. */
bool fault_more(struct regs *regs, u64 esr)
{
	u64 *reg = &regs->x[FIELD(esr, 20, 16)], far = read_sysreg(far_el2);
	u64 ipa = trap_address(far);
	const struct mmio_region *region = mmio_find_in(this_cell()->regions, ipa);
	struct mmio_access access = { .size = (u8)(1U << ISS_SAS(esr)), .write = esr & ISS_WNR };

	if (unlikely(!region))
		region = mmio_find_more(ipa);
	if (unlikely(!region || !fault_offset(esr, far, ipa, access.size, region, &access.offset)))
		return false;
	cpu_count(JH_STAT_MMIO);
	if (access.write)
		access.value = mmio_low_bytes(*reg, access.size);
	access.value = region->access(access, region->context);
	if (!access.write)
		*reg = access.value;
	trap_skip();
	return true;
}

/* Any width, in one of the first regions. */
static __noinline bool perform_width(struct regs *regs, u64 esr)
{
	u64 *reg = &regs->x[FIELD(esr, 20, 16)], far = read_sysreg(far_el2);
	u64 ipa = trap_address(far);
	const struct mmio_region *region;
	u32 size = 1U << ISS_SAS(esr), offset;

	if (unlikely((esr & SIMPLE_MASK) != SIMPLE_VALUE))
		return false;
	region = mmio_find_fast(ipa);
	if (unlikely(!region || !fault_offset(esr, far, ipa, size, region, &offset)))
		return fault_more(regs, esr);
	cpu_count(JH_STAT_MMIO);
	if (esr & ISS_WNR)
		vgic_write(offset, size, *reg, region);
	else
		*reg = vgic_read(offset, size, region);
	trap_skip();
	return true;
}

/*
 * A word in one of the first regions, which stage 1 permits. Parameters are where the callee wants
 * them.
 */
static __noinline bool store_word(u32 offset, const struct regs *regs,
				  const struct mmio_region *region, u64 esr)
{
	cpu_count(JH_STAT_MMIO);
	trap_skip();
	vgic_write32(offset, regs->x[FIELD(esr, 20, 16)], region);
	return true;
}

static __noinline bool load_word(u32 offset, const struct mmio_region *region, u64 *reg)
{
	cpu_count(JH_STAT_MMIO);
	trap_skip();
	*reg = vgic_read32(offset, region);
	return true;
}

/* In one of the first regions. */
static __noinline bool access_word(struct regs *regs, u64 esr, u64 far, u64 ipa,
				   const struct mmio_region *region)
{
	u32 offset;

	if (unlikely(!fault_offset(esr, far, ipa, sizeof(u32), region, &offset)))
		return fault_more(regs, esr);
	return esr & ISS_WNR ? store_word(offset, regs, region, esr) :
			       load_word(offset, region, &regs->x[FIELD(esr, 20, 16)]);
}

static __noinline bool perform_second(struct regs *regs, u64 esr, u64 far, u64 ipa)
{
	const struct mmio_region *region = &mmio_fast[1];

	if (unlikely(!mmio_is_in(region, ipa)))
		return fault_bell(regs, esr, far, ipa);
	return access_word(regs, esr, far, ipa, region);
}

/*
 * Each of these looks at one region and passes on its parameters where they are: so the compiler
 * moves and saves no register.
 */
static __noinline bool perform_word(struct regs *regs, u64 esr)
{
	u64 far = read_sysreg(far_el2), ipa = trap_address(far);
	const struct mmio_region *region = &mmio_fast[0];

	if (unlikely(!mmio_is_in(region, ipa)))
		return perform_second(regs, esr, far, ipa);
	return access_word(regs, esr, far, ipa, region);
}

_Static_assert(MMIO_FAST == 2, "perform_word() and perform_second() look at both");

/*
 * fault_simple() - perform an access to a filtered device
 *
 * Of the registers that C preserves, only the transferred one is sure to be in the frame. So
 * nothing here may leave the guest.
 *
 * Return: false if it is anything else; nothing was done then.
 */
bool fault_simple(struct regs *regs, u64 esr)
{
	if (unlikely(!is_simple_word(esr)))
		return perform_width(regs, esr);
	return perform_word(regs, esr);
}
