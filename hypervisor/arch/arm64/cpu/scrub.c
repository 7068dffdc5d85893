// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (c) The jh authors
 *
 * Registers of EL1 and EL0 in which one owner of a CPU could leave something for the next: the
 * table. Those with an index, vector registers and keys are in vectors.S, those of interrupts in
 * gic/. PSTATE (SSBS, DIT, TCO, ALLINT, ...) comes from SPSR_EL2 when the next one is entered.
 */
#include <asm/controls.h>
#include <asm/sysreg.h>

#define CPACR_FPEN		(3UL << 20)
#define CLAIM_TAGS		0xffUL
#define PMU_ALL			0xffffffffUL

#define PMBIDR_P		BIT(4)	/* the buffer belongs to a higher exception level */
#define TRBIDR_P		BIT(4)

/*
 * X(when, register, value). An extension's register is touched only where Linux was allowed to
 * use it (@host): otherwise nobody could, and firmware may trap EL2 too.
 */
#define ALWAYS			true
#define HCR(bit)		(host->hcr & (bit))
#define HCRX(bit)		(host->hcrx & (bit))
#define FINE(bit)		(host->hfgwtr & (bit))
#define LOR			(features & HAS_LOR && !HCR(HCR_TLOR))
#define SME			(features & HAS_SME && !(host->cptr & CPTR_TSM))
#define SVE			(features & HAS_SVE && !(host->cptr & CPTR_TZ))
#define TAGS			(features & HAS_MTE && HCR(HCR_ATA))
#define BRANCHES		(features & HAS_BRBE && host->hdfgwtr & HDFG_NBRBCTL)
#define PMU			(features & HAS_PMU)
#define MPAM			(features & HAS_MPAM)
#define RAS			(features & HAS_RAS)
#define SCRUBBED(X)								\
	/* Translation and exceptions. */					\
	X(ALWAYS, sctlr_el1, SCTLR_EL1_RESET)					\
	X(ALWAYS, tcr_el1, 0)							\
	X(ALWAYS, ttbr0_el1, 0)							\
	X(ALWAYS, ttbr1_el1, 0)							\
	X(ALWAYS, mair_el1, 0)							\
	X(ALWAYS, amair_el1, 0)							\
	X(ALWAYS, contextidr_el1, 0)						\
	X(ALWAYS, vbar_el1, 0)							\
	X(ALWAYS, elr_el1, 0)							\
	X(ALWAYS, spsr_el1, 0)							\
	X(ALWAYS, esr_el1, 0)							\
	X(ALWAYS, far_el1, 0)							\
	X(ALWAYS, afsr0_el1, 0)							\
	X(ALWAYS, afsr1_el1, 0)							\
	X(ALWAYS, par_el1, 0)							\
	X(ALWAYS, csselr_el1, 0)						\
	X(ALWAYS, cpacr_el1, CPACR_FPEN)					\
	X(HCRX(HCRX_TCR2EN), s3_0_c2_c0_3, 0)	/* TCR2_EL1 */			\
	X(HCRX(HCRX_SCTLR2EN), s3_0_c1_c0_3, 0)	/* SCTLR2_EL1 */		\
	X(FINE(HFG_NPIRE0_EL1), s3_0_c10_c2_2, 0)	/* PIRE0_EL1 */		\
	X(FINE(HFG_NPIR_EL1), s3_0_c10_c2_3, 0)	/* PIR_EL1 */			\
	X(FINE(HFG_NPOR_EL0), s3_3_c10_c2_4, 0)	/* POR_EL0 */			\
	X(FINE(HFG_NPOR_EL1), s3_0_c10_c2_4, 0)	/* POR_EL1 */			\
	X(FINE(HFG_NS2POR_EL1), s3_0_c10_c2_5, 0)	/* S2POR_EL1 */		\
	X(FINE(HFG_NMAIR2_EL1), s3_0_c10_c2_1, 0)	/* MAIR2_EL1 */		\
	X(FINE(HFG_NAMAIR2_EL1), s3_0_c10_c3_1, 0)	/* AMAIR2_EL1 */	\
	X(FINE(HFG_NRCWMASK_EL1), s3_0_c13_c0_6, 0)	/* RCWMASK_EL1 */	\
	X(FINE(HFG_NGCS_EL1), s3_0_c2_c5_0, 0)	/* GCSCR_EL1 */			\
	X(FINE(HFG_NGCS_EL1), s3_0_c2_c5_1, 0)	/* GCSPR_EL1 */			\
	X(FINE(HFG_NGCS_EL0), s3_0_c2_c5_2, 0)	/* GCSCRE0_EL1 */		\
	X(FINE(HFG_NGCS_EL0), s3_3_c2_c5_1, 0)	/* GCSPR_EL0 */			\
	X(LOR, s3_0_c10_c4_3, 0)		/* LORC_EL1 */			\
	X(LOR, s3_0_c10_c4_0, 0)		/* LORSA_EL1 */			\
	X(LOR, s3_0_c10_c4_1, 0)		/* LOREA_EL1 */			\
	X(LOR, s3_0_c10_c4_2, 0)		/* LORN_EL1 */			\
	/* A virtual SError that was consumed but not looked at: EL1 sees it as DISR_EL1. */	\
	X(RAS, s3_4_c12_c1_1, 0)		/* VDISR_EL2 */			\
	X(RAS, s3_4_c5_c2_3, 0)			/* VSESR_EL2 */			\
	/* Stacks, thread and context numbers. */				\
	X(ALWAYS, sp_el0, 0)							\
	X(ALWAYS, sp_el1, 0)							\
	X(ALWAYS, tpidr_el0, 0)							\
	X(ALWAYS, tpidrro_el0, 0)						\
	X(ALWAYS, tpidr_el1, 0)							\
	X(HCR(HCR_ENSCXT), s3_3_c13_c0_7, 0)	/* SCXTNUM_EL0 */		\
	X(HCR(HCR_ENSCXT), s3_0_c13_c0_7, 0)	/* SCXTNUM_EL1 */		\
	X(FINE(HFG_NACCDATA_EL1), s3_0_c13_c0_5, 0)	/* ACCDATA_EL1 */	\
	/* Timers. */								\
	X(ALWAYS, cntkctl_el1, 0)						\
	X(ALWAYS, cntv_ctl_el0, 0)						\
	X(ALWAYS, cntv_cval_el0, 0)						\
	X(ALWAYS, cntp_ctl_el0, 0)						\
	X(ALWAYS, cntp_cval_el0, 0)						\
	/* Vectors: first out of streaming mode, in which clearing some is undefined. */	\
	X(SME, s3_3_c4_c2_2, 0)			/* SVCR */			\
	X(SME, s3_0_c1_c2_6, 0)			/* SMCR_EL1 */			\
	X(SME, s3_3_c13_c0_5, 0)		/* TPIDR2_EL0 */		\
	X(FINE(HFG_NSMPRI_EL1), s3_0_c1_c2_4, 0)	/* SMPRI_EL1 */		\
	X(SVE, s3_0_c1_c2_0, 0)			/* ZCR_EL1 */			\
	X(HCRX(HCRX_ENFPM), s3_3_c4_c4_2, 0)	/* FPMR */			\
	/* Memory tags. */							\
	X(TAGS, s3_0_c1_c0_5, 0)		/* RGSR_EL1 */			\
	X(TAGS, s3_0_c1_c0_6, 0)		/* GCR_EL1 */			\
	X(TAGS, s3_0_c5_c6_0, 0)		/* TFSR_EL1 */			\
	X(TAGS, s3_0_c5_c6_1, 0)		/* TFSRE0_EL1 */		\
	/* Debug. The OS lock open, or the next owner's breakpoints would never hit. */	\
	X(ALWAYS, mdscr_el1, 0)							\
	X(ALWAYS, mdccint_el1, 0)						\
	X(ALWAYS, oslar_el1, 0)							\
	X(ALWAYS, osdlr_el1, 0)							\
	X(ALWAYS, dbgclaimclr_el1, CLAIM_TAGS)					\
	/* Tracing that watches the CPU would watch the next owner. */			\
	X(features & HAS_TRFCR, s3_0_c1_c2_1, 0)	/* TRFCR_EL1 */			\
	X(BRANCHES, s2_1_c9_c0_0, 0)		/* BRBCR_EL1 */			\
	X(BRANCHES, s2_1_c9_c0_1, 0)		/* BRBFCR_EL1 */		\
	X(features & HAS_AMU, s3_3_c13_c2_3, 0)	/* AMUSERENR_EL0 */		\
	X(PMU, pmcr_el0, 0)							\
	X(PMU, pmcntenclr_el0, PMU_ALL)						\
	X(PMU, pmintenclr_el1, PMU_ALL)						\
	X(PMU, pmovsclr_el0, PMU_ALL)						\
	X(PMU, pmuserenr_el0, 0)						\
	X(PMU, pmccntr_el0, 0)							\
	X(PMU, pmccfiltr_el0, 0)						\
	/* Back to the default share of caches and memory. */			\
	X(MPAM, s3_0_c10_c5_1, 0)		/* MPAM0_EL1 */			\
	X(MPAM, s3_0_c10_c5_0, 0)		/* MPAM1_EL1 */

void scrub_buffers(u32 features)
{
	u64 mdcr = read_sysreg(mdcr_el2);

	if (features & HAS_SPE && (mdcr & MDCR_E2PB) == MDCR_E2PB &&
	    !(read_sysreg(s3_0_c9_c10_7) & PMBIDR_P)) {
		write_sysreg(0, s3_0_c9_c9_0);		/* PMSCR_EL1 */
		isb();
		asm volatile("hint #17" ::: "memory");	/* PSB CSYNC: samples are stored, */
		dsb(sy);				/* and seen */
		write_sysreg(0, s3_0_c9_c10_0);		/* PMBLIMITR_EL1 */
	}
	if (features & HAS_TRBE && (mdcr & MDCR_E2TB) == MDCR_E2TB &&
	    !(read_sysreg(s3_0_c9_c11_7) & TRBIDR_P)) {
		write_sysreg(0, s3_0_c1_c2_1);		/* TRFCR_EL1 */
		isb();
		asm volatile("hint #18" ::: "memory");	/* TSB CSYNC, likewise */
		dsb(sy);
		write_sysreg(0, s3_0_c9_c11_0);		/* TRBLIMITR_EL1 */
	}
}

void scrub_registers(u32 features, const struct el2_controls *host)
{
#define X(when, name, value)			\
	if (when)				\
		write_sysreg(value, name);
	SCRUBBED(X)
#undef X
	/* Streaming mode and vector lengths are left before the vectors are cleared. */
	isb();
}
