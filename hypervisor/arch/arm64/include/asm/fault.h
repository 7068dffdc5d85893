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

#endif
