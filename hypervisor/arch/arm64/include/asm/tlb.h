/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) The jh authors */
#ifndef ASM_TLB_H
#define ASM_TLB_H

#include <asm/sysreg.h>
#include <hv/pgtable.h>

/** tlb_vttbr() - VTTBR_EL2 for a table: its address and VMID */
u64 tlb_vttbr(const struct pgtable *pt);

/** tlb_vtcr() - VTCR_EL2 for a table; it is written together with VTTBR_EL2, and before it */
u64 tlb_vtcr(const struct pgtable *pt);

/**
 * tlb_stop_walks() - from now on this CPU begins no walk of the guest's stage 1, and no translation
 *		      without stage 1
 *
 * TCR_EL1 and SCTLR_EL1 are changed; EL1 must not execute before they are put back.
 */
void tlb_stop_walks(void);

/* An invalidation, without a barrier; the second by address or page number. */
#define tlbi(operation)			asm volatile("tlbi " #operation ::: "memory")
#define tlbi_address(operation, value)	\
	asm volatile("tlbi " #operation ", %0" :: "r" (value) : "memory")

/** tlb_flush_guest_local() - drop this CPU's translations of the current VMID, both stages */
static inline void tlb_flush_guest_local(void)
{
	asm volatile("dsb nshst; tlbi vmalls12e1; dsb nsh; isb" ::: "memory");
}

/** tlb_flush_own_page() - drop this CPU's translation of a page of EL2; the caller issues a DSB */
static inline void tlb_flush_own_page(u64 va)
{
	asm volatile("tlbi vae2, %0" :: "r" (va >> PAGE_SHIFT) : "memory");
}

#endif
