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
#define MAX_SINGLE_PAGES	64	/* for more, invalidating all of the guest is cheaper */

struct vmid_switch {
	u64 vttbr;
	u64 vtcr;
	u64 tcr;
	u64 sctlr;
	bool switched;
};

u64 tlb_vttbr(const struct pgtable *pt)
{
	return va_to_pa(pt->root).a | (u64)pt->id << 48;
}

u64 tlb_vtcr(const struct pgtable *pt)
{
	/* ID_AA64MMFR0_EL1.PARange; more than 48 bits are not used. */
	u64 parange = MIN(FIELD(read_sysreg(id_aa64mmfr0_el1), 3, 0), 5UL);

	return VTCR_RES1 | TCR_T0SZ(pt->bits) | VTCR_SL0(pt->level) | TCR_WALKS |
	       parange << VTCR_PS_SHIFT;
}

void tlb_stop_walks(void)
{
	write_sysreg(read_sysreg(tcr_el1) | TCR_EL1_EPD, tcr_el1);
	/* Only then: with stage 1 off addresses would go to stage 2 as they are. */
	isb();
	write_sysreg(read_sysreg(sctlr_el1) | SCTLR_M, sctlr_el1);
	isb();
}

/* The table and its form change together: a walk in between would start at a wrong level. */
static void write_stage2(u64 vtcr, u64 vttbr)
{
	write_sysreg(vtcr, vtcr_el2);
	write_sysreg(vttbr, vttbr_el2);
	isb();
}

static struct vmid_switch vmid_enter(const struct pgtable *pt)
{
	struct vmid_switch s = { .vttbr = read_sysreg(vttbr_el2) };

	if (s.vttbr == tlb_vttbr(pt))
		return s;
	s.switched = true;
	s.vtcr = read_sysreg(vtcr_el2);
	/*
	 * Speculative address translations must not combine this CPU's stage 1, or its absence,
	 * with the other guest's stage 2 and be cached so (erratum of A53, A55, A57, A72, A76).
	 */
	if (errata_has(ERRATUM_SPECULATIVE_AT)) {
		s.tcr = read_sysreg(tcr_el1);
		s.sctlr = read_sysreg(sctlr_el1);
		tlb_stop_walks();
	}
	write_stage2(tlb_vtcr(pt), tlb_vttbr(pt));
	return s;
}

static void vmid_leave(const struct vmid_switch *s)
{
	if (!s->switched)
		return;
	write_stage2(s->vtcr, s->vttbr);
	if (errata_has(ERRATUM_SPECULATIVE_AT)) {
		write_sysreg(s->sctlr, sctlr_el1);
		isb();
		write_sysreg(s->tcr, tcr_el1);
		isb();
	}
}

/*
 * One invalidation, complete on all CPUs. On CPUs with an erratum (A55, A76, A510) an access by the
 * old translation may still be under way then; it is not after a second invalidation.
 */
#define invalidate(operation)						\
do {									\
	operation;							\
	dsb(ish);							\
	if (errata_has(ERRATUM_REPEAT_TLBI)) {				\
		operation;						\
		dsb(ish);						\
	}								\
} while (0)

static void invalidate_guest(void)
{
	invalidate(tlbi(vmalls12e1is));
}

static void invalidate_pages(u64 first, u64 end)
{
	u64 page;

	for (page = first; page < end; page += PAGE_SIZE)
		tlbi_address(ipas2e1is, page >> PAGE_SHIFT);
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

	/* The invalid entries must be visible to all walkers before their caches are told. */
	dsb(ishst);
	s = vmid_enter(pt);
	if (size > MAX_SINGLE_PAGES * PAGE_SIZE) {
		invalidate_guest();
	} else {
		invalidate(invalidate_pages(start.a, start.a + size));
		/* Only once stage 2 is gone may combined entries go: a walk would refill them. */
		invalidate(tlbi(vmalle1is));
	}
	isb();
	vmid_leave(&s);
}

void arch_pgtable_retired(const struct pgtable *pt)
{
	struct vmid_switch s;

	dsb(ishst);
	s = vmid_enter(pt);
	invalidate_guest();
	isb();
	vmid_leave(&s);
}
