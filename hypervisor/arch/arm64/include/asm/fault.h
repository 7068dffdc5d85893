/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Copyright (c) The jh authors
 *
 * Shared by the short path of stage 2 aborts (trap/fault_simple.c) and the general one
 * (trap/fault.c).
 */
#ifndef ASM_FAULT_H
#define ASM_FAULT_H

#include <asm/decode.h>
#include <asm/errata.h>
#include <asm/sysreg.h>
#include <asm/trap.h>
#include <hv/mmio.h>

#define ISS_FSC(esr)		((esr) & 0x3f)
#define FSC_TYPE(fsc)		((fsc) & ~3UL)
#define FSC_TRANSLATION		0x04
#define FSC_PERMISSION		0x0c

#define PAR_F			BIT(0)

/**
 * fault_translate() - translate an address by stage 1 of the guest, or by both stages
 * @operation:	of AT (Arm ARM C5.5), as s1e1r
 * @result:	out: PAR_EL1; the guest's own value is put back
 *
 * Return: false if the translation failed.
 */
#define fault_translate(operation, va, result)					\
({										\
	u64 saved_ = read_sysreg(par_el1);					\
	asm volatile("at " #operation ", %0; isb" :: "r" (va) : "memory");	\
	*(result) = read_sysreg(par_el1);					\
	write_sysreg(saved_, par_el1);						\
	!(*(result) & PAR_F);							\
})

/*
 * A57 834220: if both stages fault, the CPU reports the second one instead of the first. Does the
 * guest's own translation permit the access? One from EL0 is left to fault.c.
 */
static inline bool fault_stage1_permits(u64 esr, u64 far)
{
	u64 par;

	if (unlikely((read_sysreg(spsr_el2) & 0xf) == SPSR_M_EL0T))
		return false;
	return esr & ISS_WNR ? fault_translate(s1e1w, far, &par) :
			       fault_translate(s1e1r, far, &par);
}

/** fault_permitted() - false if fault.c has to look whether stage 1 permits the access */
static inline bool fault_permitted(u64 esr, u64 far)
{
	return !(errata_has(ERRATUM_STAGE2_FIRST) && unlikely(!fault_stage1_permits(esr, far)));
}

/**
 * fault_offset() - where in a region the access is
 * @size:	of the access, in bytes
 * @offset:	out
 *
 * Return: false if it is not aligned, or stage 1 forbids it: fault.c knows what follows.
 */
static inline bool fault_offset(u64 esr, u64 far, u64 ipa, u32 size,
			       const struct mmio_region *region, u32 *offset)
{
	*offset = (u32)(ipa - region->start);
	if (unlikely(*offset & (size - 1)))
		return false;
	return fault_permitted(esr, far);
}

/**
 * fault_bell() - perform the access of a word that is nearly always a bell of a link, or else any
 * one that fault_more() performs
 * @far:	FAR_EL2
 * @ipa:	trap_address()
 */
bool fault_bell(struct regs *regs, u64 esr, u64 far, u64 ipa);

/** fault_more() - fault_simple() for any width, in a region that is not among the first */
bool fault_more(struct regs *regs, u64 esr);

#endif
