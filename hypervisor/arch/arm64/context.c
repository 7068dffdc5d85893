// SPDX-License-Identifier: GPL-2.0-only
/* Copyright (c) The jh authors */
#include <asm/boot.h>
#include <asm/context.h>
#include <asm/sysreg.h>
#include <asm/tlb.h>
#include <gic/affinity.h>
#include <gic/irqchip.h>
#include <hv/cell.h>
#include <hv/cpu.h>
#include <hv/errno.h>
#include <jh/reasons.h>

#define TCR_EL1_NO_WALKS	((1UL << 7) | (1UL << 23))	/* EPD0, EPD1 */
#define CPACR_FPEN		(3UL << 20)
#define CPTR_TZ			(1UL << 8)
#define CPTR_TSM		(1UL << 12)
#define CNTHCTL_EL1_TIMERS	3UL	/* EL1 may use the physical counter and timer */

static u64 parange_bits(void)
{
	/* ID_AA64MMFR0_EL1.PARange; more than 48 bits are not used. */
	return MIN(FIELD(read_sysreg(id_aa64mmfr0_el1), 3, 0), 5UL);
}

static u64 vtcr_of(const struct pgtable *pt)
{
	return VTCR_RES1 | TCR_T0SZ(pt->bits) | VTCR_SL0(pt->level) | TCR_WALKS |
	       parange_bits() << VTCR_PS_SHIFT;
}

/* What every guest runs under, one reason a line. */
#define HCR_GUEST (HCR_VM |	/* stage 2 is what a cell is */ \
		   HCR_SWIO |	/* set/way invalidation also cleans: it reaches others' lines */ \
		   HCR_FMO |	/* group 0 interrupts are never a guest's */ \
		   HCR_IMO |	/* interrupts come here and go on by list register */ \
		   HCR_AMO |	/* SErrors come here and go on to their owner */ \
		   HCR_TSC |	/* firmware calls are filtered */ \
		   HCR_RW)	/* EL1 is AArch64 */

/* What a cell gets beyond: features whose state is scrubbed, but nothing implementation-defined. */
#define HCR_CELL (HCR_GUEST | HCR_APK | HCR_API | HCR_TIDCP | \
		  HCR_TERR)	/* error records are of what CPUs share, too */

void context_init_root(void)
{
	root_cell.arch.hcr = HCR_GUEST;
	affinity_init_cell(&root_cell);
}

void context_load_root(void)
{
	const struct el2_state *found = &this_percpu->found;

	write_sysreg(vtcr_of(&root_cell.pt), vtcr_el2);
	write_sysreg(tlb_vttbr(&root_cell.pt), vttbr_el2);
	/* As found: pointer authentication and tags that Linux uses already must not trap. */
	write_sysreg(found->hcr | HCR_GUEST, hcr_el2);
	write_sysreg(found->mdcr, mdcr_el2);
	write_sysreg(found->actlr, actlr_el2);
	write_sysreg(found->cnthctl, cnthctl_el2);
	write_sysreg(found->cntvoff, cntvoff_el2);
	isb();
}

static void load_cell(const struct cell *cell)
{
	write_sysreg(cell->arch.vtcr, vtcr_el2);
	write_sysreg(cell->arch.vttbr, vttbr_el2);
	write_sysreg(cell->arch.hcr | (cell->flags & JH_CELL_WFI_TRAP ? HCR_TWI : 0), hcr_el2);
	write_sysreg((this_percpu->found.mdcr & MDCR_HPMN) |
		     /* What happens at EL2 is not counted, where the PMU is new enough. */
		     (cell->flags & JH_CELL_PMU ? MDCR_HPMD | MDCR_HCCD : MDCR_TPM | MDCR_TPMCR),
		     mdcr_el2);
	write_sysreg(0, actlr_el2);
	write_sysreg(CNTHCTL_EL1_TIMERS, cnthctl_el2);
	write_sysreg(0, cntvoff_el2);
	isb();
}

int arch_cell_init(struct cell *cell, struct jh_error *error)
{
	(void)error;
	cell->arch.vttbr = tlb_vttbr(&cell->pt);
	cell->arch.vtcr = vtcr_of(&cell->pt);
	cell->arch.hcr = HCR_CELL;
	if (cell_is_direct(cell))
		cell->arch.hcr &= ~irqchip->direct;
	affinity_init_cell(cell);
	return 0;
}

void arch_comm_fill(struct jh_comm_region *comm)
{
	irqchip->describe(comm);
}

static void reset_el1(void)
{
	write_sysreg(SCTLR_EL1_RESET, sctlr_el1);
	write_sysreg(0, tcr_el1);
	write_sysreg(0, ttbr0_el1);
	write_sysreg(0, ttbr1_el1);
	write_sysreg(0, mair_el1);
	write_sysreg(0, amair_el1);
	write_sysreg(0, contextidr_el1);
	write_sysreg(0, vbar_el1);
	write_sysreg(0, elr_el1);
	write_sysreg(0, spsr_el1);
	write_sysreg(0, esr_el1);
	write_sysreg(0, far_el1);
	write_sysreg(0, afsr0_el1);
	write_sysreg(0, afsr1_el1);
	write_sysreg(0, par_el1);
	write_sysreg(0, sp_el0);
	write_sysreg(0, sp_el1);
	write_sysreg(0, tpidr_el0);
	write_sysreg(0, tpidrro_el0);
	write_sysreg(0, tpidr_el1);
	write_sysreg(0, csselr_el1);
	write_sysreg(CPACR_FPEN, cpacr_el1);
	write_sysreg(0, cntkctl_el1);
	write_sysreg(0, cntv_ctl_el0);
	write_sysreg(0, cntv_cval_el0);
	write_sysreg(0, cntp_ctl_el0);
	write_sysreg(0, cntp_cval_el0);
	write_sysreg(0, mdscr_el1);
}

static void reset_pmu(void)
{
	u64 version = FIELD(read_sysreg(id_aa64dfr0_el1), 11, 8);

	if (version == 0 || version == 0xf)
		return;
	write_sysreg(0, pmcr_el0);
	write_sysreg(~0U, pmcntenclr_el0);
	write_sysreg(~0U, pmintenclr_el1);
	write_sysreg(~0U, pmovsclr_el0);
	write_sysreg(0, pmuserenr_el0);
	write_sysreg(0, pmccntr_el0);
	write_sysreg(0, pmccfiltr_el0);
	context_zero_pmu(FIELD(read_sysreg(pmcr_el0), 15, 11));
}

/*
 * Out of streaming mode, in which what clears the vector registers may be undefined even here; ZA
 * goes with it. Where Linux left SME disabled for EL1, nobody could use it.
 */
static void reset_sme(void)
{
	if (!FIELD(read_sysreg(id_aa64pfr1_el1), 27, 24) || read_sysreg(cptr_el2) & CPTR_TSM)
		return;
	write_sysreg(0, s3_3_c4_c2_2);		/* SVCR */
	write_sysreg(0, s3_3_c13_c0_5);		/* TPIDR2_EL0 */
	isb();
}

void context_scrub(void)
{
	u64 pfr0 = read_sysreg(id_aa64pfr0_el1);
	u64 dfr0 = read_sysreg(id_aa64dfr0_el1);
	/* APA, API; the newer QARMA3 field is ID_AA64ISAR2_EL1.APA3 */
	u64 pauth = FIELD(read_sysreg(id_aa64isar1_el1), 11, 4) |
		    FIELD(read_sysreg(s3_0_c0_c6_2), 15, 12);

	reset_el1();
	reset_sme();
	reset_pmu();
	context_zero_debug(FIELD(dfr0, 15, 12) + 1, FIELD(dfr0, 23, 20) + 1);
	context_zero_simd();
	/* Where Linux left SVE disabled for EL1, nobody could use it. */
	if (FIELD(pfr0, 35, 32) && !(read_sysreg(cptr_el2) & CPTR_TZ))
		context_zero_sve();
	if (pauth)
		context_zero_keys();
	isb();
}

/* SErrors that the guest caused belong to it: let them come now, and let none wait for the next. */
static void drain_serrors(void)
{
	u64 elr = read_sysreg(elr_el2), spsr = read_sysreg(spsr_el2);

	dsb(sy);
	isb();
	asm volatile("msr daifclr, #4; isb; msr daifset, #4" ::: "memory");
	write_sysreg(elr, elr_el2);
	write_sysreg(spsr, spsr_el2);
}

void arch_cpu_park(void)
{
	irqchip->cpu_park();
	/*
	 * No walk through the old guest's stage 1 may begin any more when stage 2 changes under it
	 * (speculative translation errata); root's tables are never freed while CPUs wait here.
	 */
	write_sysreg(read_sysreg(tcr_el1) | TCR_EL1_NO_WALKS, tcr_el1);
	write_sysreg(SCTLR_EL1_RESET, sctlr_el1);
	isb();
	drain_serrors();
	context_load_root();
	context_scrub();
	tlb_flush_guest_local();
}

void arch_cpu_reset_enter(struct cell *cell, u64 entry, u64 argument)
{
	/* A parked CPU's registers were scrubbed when it parked (arch_cpu_park). */
	this_percpu->cell = cell;
	if (cell->id == CELL_ROOT) {
		/* A cell may have had it, see affinity_init_cell(). */
		affinity_set_bare(this_cpu(), false);
		context_load_root();
	} else {
		load_cell(cell);
	}
	irqchip->cpu_reset(cell);
	/* What an earlier life under the same VMID left, and instructions written since. */
	tlb_flush_guest_local();
	asm volatile("ic iallu; dsb nsh; isb" ::: "memory");
	write_sysreg(entry, elr_el2);
	write_sysreg(SPSR_EL1H_MASKED, spsr_el2);
	guest_start(argument);
}
