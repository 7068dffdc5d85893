/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) The jh authors */
#ifndef ASM_TLB_H
#define ASM_TLB_H

#include <asm/sysreg.h>
#include <hv/pgtable.h>

/** tlb_vttbr() - VTTBR_EL2 for a table: its address and VMID */
u64 tlb_vttbr(const struct pgtable *pt);

/** tlb_flush_guest_local() - this CPU's translations of the current VMID, both stages */
static inline void tlb_flush_guest_local(void)
{
	asm volatile("dsb nshst; tlbi vmalls12e1; dsb nsh; isb" ::: "memory");
}

/** tlb_flush_own_page() - this CPU's translations of one of EL2's own pages; a DSB follows */
static inline void tlb_flush_own_page(u64 va)
{
	asm volatile("tlbi vae2, %0" :: "r" (va >> PAGE_SHIFT) : "memory");
}

#endif
