// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (c) The jh authors
 *
 * TLB maintenance for guests' tables (Arm ARM D8.14). The instructions act on the current VMID, so
 * for another guest's entries VTTBR_EL2 is switched around them.
 */
#include <asm/errata.h>
#include <asm/tlb.h>
#include <hv/arch.h>
#include <hv/cell.h>

#define TCR_EL1_EPD		((1UL << 7) | (1UL << 23))
#define MAX_SINGLE_PAGES	64	/* beyond, all entries of the guest are cheaper */

struct vmid_switch {
	u64 vttbr;
	u64 tcr;
	bool switched;
};

u64 tlb_vttbr(const struct pgtable *pt)
{
	return va_to_pa(pt->root).a | (u64)pt->id << 48;
}

static struct vmid_switch vmid_enter(const struct pgtable *pt)
{
	struct vmid_switch s = { .vttbr = read_sysreg(vttbr_el2) };

	if (s.vttbr == tlb_vttbr(pt))
		return s;
	s.switched = true;
	/*
	 * Speculative address translations must not combine this CPU's stage 1 with the other
	 * guest's stage 2 and be cached so (erratum of A55, A57, A72, A76): no stage 1 walks.
	 */
	if (errata_has(ERRATUM_SPECULATIVE_AT)) {
		s.tcr = read_sysreg(tcr_el1);
		write_sysreg(s.tcr | TCR_EL1_EPD, tcr_el1);
		isb();
	}
	write_sysreg(tlb_vttbr(pt), vttbr_el2);
	isb();
	return s;
}

static void vmid_leave(const struct vmid_switch *s)
{
	if (!s->switched)
		return;
	write_sysreg(s->vttbr, vttbr_el2);
	isb();
	if (errata_has(ERRATUM_SPECULATIVE_AT)) {
		write_sysreg(s->tcr, tcr_el1);
		isb();
	}
}

void arch_pgtable_published(void)
{
	/* The stores are in memory for all walkers before anything that relies on them. */
	dsb(ishst);
	isb();
}

void arch_pgtable_changed(const struct pgtable *pt, gpa_t start, u64 size)
{
	struct vmid_switch s;
	u64 page;

	/* The invalid entries must be visible to all walkers before their caches are told. */
	dsb(ishst);
	s = vmid_enter(pt);
	if (size > MAX_SINGLE_PAGES * PAGE_SIZE) {
		asm volatile("tlbi vmalls12e1is" ::: "memory");
	} else {
		for (page = start.a; page < start.a + size; page += PAGE_SIZE)
			asm volatile("tlbi ipas2e1is, %0" :: "r" (page >> PAGE_SHIFT) : "memory");
		/* Only once stage 2 is gone may combined entries go: a walk would refill them. */
		dsb(ish);
		asm volatile("tlbi vmalle1is" ::: "memory");
	}
	dsb(ish);
	isb();
	vmid_leave(&s);
}

void arch_pgtable_retired(const struct pgtable *pt)
{
	struct vmid_switch s;

	dsb(ishst);
	s = vmid_enter(pt);
	asm volatile("tlbi vmalls12e1is" ::: "memory");
	dsb(ish);
	isb();
	vmid_leave(&s);
}
