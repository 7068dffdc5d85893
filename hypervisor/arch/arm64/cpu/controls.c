// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (c) The jh authors
 *
 * Arm ARM D19.2 (HCR_EL2 and others), D19.3 (MDCR_EL2): one bit a line, each with its reason.
 */
#include <asm/controls.h>
#include <asm/sysreg.h>
#include <hv/atomic.h>
#include <jh/config.h>
#include <jh/image.h>

#define FIELD_NONE	0xf	/* in some fields: there, but not as the architecture says */

/* A feature is there if one of its fields has at least this value. */
static const struct {
	u8 feature;	/* number of the bit HAS_* */
	u8 id;
	u8 shift;
	u8 least;
} fields[] = {
#define ROW(has, id, shift, least)	{ __builtin_ctz(has), id, shift, least }
	ROW(HAS_RAS, ID_PFR0, 28, 1),
	ROW(HAS_SVE, ID_PFR0, 32, 1),
	ROW(HAS_MPAM, ID_PFR0, 40, 1),
	ROW(HAS_AMU, ID_PFR0, 44, 1),
	ROW(HAS_MTE, ID_PFR1, 8, 2),
	ROW(HAS_MPAM, ID_PFR1, 16, 1),		/* v0.1 */
	ROW(HAS_SME, ID_PFR1, 24, 1),
	ROW(HAS_TRACE, ID_DFR0, 4, 1),
	ROW(HAS_PMU, ID_DFR0, 8, 1),
	ROW(HAS_PMU_3P1, ID_DFR0, 8, 4),
	ROW(HAS_PMU_3P5, ID_DFR0, 8, 6),
	ROW(HAS_SPE, ID_DFR0, 32, 1),
	ROW(HAS_TRF, ID_DFR0, 40, 1),
	ROW(HAS_TRBE, ID_DFR0, 44, 1),
	ROW(HAS_BRBE, ID_DFR0, 52, 1),
	ROW(HAS_PAUTH, ID_ISAR1, 4, 1),		/* APA */
	ROW(HAS_PAUTH, ID_ISAR1, 8, 1),		/* API */
	ROW(HAS_PAUTH, ID_ISAR2, 12, 1),	/* APA3 */
	ROW(HAS_MOPS, ID_ISAR2, 16, 1),
	ROW(HAS_FGT, ID_MMFR0, 56, 1),
	ROW(HAS_LOR, ID_MMFR1, 16, 1),
	ROW(HAS_HCX, ID_MMFR1, 40, 1),
#undef ROW
};

void cpu_ids_read(struct cpu_ids *ids)
{
	ids->reg[ID_PFR0] = read_sysreg(id_aa64pfr0_el1);
	ids->reg[ID_PFR1] = read_sysreg(id_aa64pfr1_el1);
	ids->reg[ID_DFR0] = read_sysreg(id_aa64dfr0_el1);
	ids->reg[ID_ISAR1] = read_sysreg(id_aa64isar1_el1);
	ids->reg[ID_ISAR2] = read_sysreg(s3_0_c0_c6_2);
	ids->reg[ID_MMFR0] = read_sysreg(id_aa64mmfr0_el1);
	ids->reg[ID_MMFR1] = read_sysreg(id_aa64mmfr1_el1);
}

/*
 * Firmware that does not know an extension, or keeps it for itself, makes accesses to its registers
 * trap to EL3 (MPAM3_EL3.TRAPLOWER after a reset, MDCR_EL3.TTRF as TF-A sets it), and most firmware
 * panics then. If Linux uses the registers they do not trap; if it does not, no guest can have used
 * them.
 */
static u32 those_in_reach(u32 features, u64 used)
{
	if (!(used & JH_BOOT_USES_MPAM))
		features &= ~(u32)HAS_MPAM;
	if (features & HAS_TRF && used & JH_BOOT_USES_TRACE)
		features |= HAS_TRFCR;
	return features;
}

u32 cpu_features(const struct cpu_ids *ids, u64 used)
{
	u32 i, value, features = 0;

	for (i = 0; i < ARRAY_SIZE(fields); i++) {
		value = ids->reg[fields[i].id] >> fields[i].shift & 0xf;
		if (value >= fields[i].least && value != FIELD_NONE)
			features |= 1U << fields[i].feature;
	}
	return those_in_reach(features, used);
}

u32 cpu_features_again(const struct cpu_ids *ids, u64 used)
{
	static struct {
		u32 state;	/* 0, 1: being written, 2 */
		u32 features;
		struct cpu_ids ids;
	} first;
	u32 features, i = 0;

	/* Acquire: pairs with the release below. */
	if (load_acquire(&first.state) == 2)
		while (i < NUM_CPU_IDS && ids->reg[i] == first.ids.reg[i])
			i++;
	if (i == NUM_CPU_IDS)
		return first.features;
	features = cpu_features(ids, used);
	if (compare_exchange(&first.state, 0, 1)) {
		first.ids = *ids;
		first.features = features;
		store_release(&first.state, 2);
	}
	return features;
}

void controls_read(struct el2_controls *controls, u32 features)
{
#define X(field, name, needs)					\
	if (!(needs) || features & (needs))			\
		controls->field = read_sysreg(name);
	EL2_CONTROLS(X)
#undef X
}

void controls_write(const struct el2_controls *controls, u32 features)
{
#define X(field, name, needs)					\
	if (!(needs) || features & (needs))			\
		write_sysreg(controls->field, name);
	EL2_CONTROLS(X)
#undef X
}

static u64 hcr_of_cell(u32 features, u32 flags)
{
	return HCR_GUEST |
	       HCR_TIDCP |	/* implementation-defined: caches, errors of the cluster */
	       HCR_TACR |	/* the same in ACTLR_EL1 */
	       /* Interrupts come to EL2 unless they are direct. */
	       (flags & JH_CELL_IRQ_DIRECT ? 0 : HCR_IMO) |
	       /*
		* A CPU that sleeps can always be called back. With direct interrupts the doorbell
		* wakes it once the guest has turned its interface on: vgic_cpu_standby() finds out.
		*/
	       (flags & (JH_CELL_WFI_TRAP | JH_CELL_IRQ_DIRECT) ? HCR_TWI : 0) |
	       /* Error records also describe what CPUs share. */
	       (features & HAS_RAS ? HCR_TERR : 0) |
	       /* Nobody needs limited ordering regions; so none is left to the next owner. */
	       (features & HAS_LOR ? HCR_TLOR : 0) |
	       /* Pointer authentication: its keys are scrubbed. */
	       (features & HAS_PAUTH ? HCR_API | HCR_APK : 0);
	/*
	 * Left 0, which traps: ATA (memory tags), ENSCXT (software context numbers), FIEN
	 * (injection of errors).
	 */
}

static u64 hcrx_of_cell(u32 features)
{
	/*
	 * Memory copy instructions have no state. All others stay 0: TCR2_EL1, SCTLR2_EL1, 128-bit
	 * descriptors, guarded stacks, 64-byte stores, FPMR are as if they were not there.
	 */
	return features & HAS_MOPS ? HCRX_MSCEN : 0;
}

static u64 cptr_of_cell(u32 features, const struct el2_controls *host)
{
	return CPTR_RES1 |
	       /* SVE if Linux could use it; without SVE the bit is RES1. */
	       (features & HAS_SVE ? host->cptr & CPTR_TZ : CPTR_TZ) |
	       CPTR_TSM |	/* SME: CPUs may share the unit; without SME the bit is RES1 */
	       /* A trace unit writes where the interconnect lets it. */
	       (features & HAS_TRACE ? CPTR_TTA : 0) |
	       /* Activity monitors count what EL2 does and what the cluster does. */
	       (features & HAS_AMU ? CPTR_TAM : 0);
	/* Left 0: TFP (FP and SIMD are the cell's), TCPAC (CPACR_EL1 as well). */
}

static u64 mdcr_of_cell(u32 features, u32 flags, const struct el2_controls *host)
{
	bool pmu = flags & JH_CELL_PMU;

	return (host->mdcr & MDCR_HPMN) |	/* all counters are EL1's, as Linux left it */
	       MDCR_TDOSA |	/* OS locks and power-down: a debugger's, and they stay set */
	       MDCR_TDRA |	/* physical addresses of the debug units */
	       /* Counters, unless the configuration gives them. */
	       (features & HAS_PMU && !pmu ? MDCR_TPM | MDCR_TPMCR : 0) |
	       /* EL2's events are not counted, where the PMU is new enough. */
	       (features & HAS_PMU_3P1 ? MDCR_HPMD : 0) |
	       (features & HAS_PMU_3P5 ? MDCR_HCCD : 0) |
	       /* Profiling stores samples by itself; its buffer stays EL2's (E2PB 0). */
	       (features & HAS_SPE ? MDCR_TPMS : 0) |
	       /* Self-hosted trace likewise (E2TB 0): its filter traps, too. */
	       (features & HAS_TRF ? MDCR_TTRF : 0) |
	       /* The channel to an external debugger is the machine's console, perhaps. */
	       (features & HAS_FGT ? MDCR_TDCC : 0);
	/*
	 * Left 0: TDA and TDE. Breakpoints, watchpoints and stepping act on the cell's own CPU,
	 * never at EL2 (TDE is 0), and are scrubbed.
	 */
}

struct el2_controls controls_of_cell(u32 features, u32 flags, const struct el2_controls *host)
{
	return (struct el2_controls){
		.hcr = hcr_of_cell(features, flags),
		.mdcr = mdcr_of_cell(features, flags, host),
		.actlr = 0,	/* implementation-defined: what EL1 may write is nothing */
		.cptr = cptr_of_cell(features, host),
		/* The physical counter and timer; no event stream, no trap, no offset. */
		.cnthctl = CNTHCTL_EL1PCTEN | CNTHCTL_EL1PCEN,
		.cntvoff = 0,
		.vmpidr = host->vmpidr,	/* unless the cell numbers its CPUs */
		.hcrx = hcrx_of_cell(features),
		/*
		 * Fine-grained traps: bits whose names begin with n trap while 0 (branch records,
		 * permission indirection, guarded stacks, TPIDR2_EL0, ...); the others do not, and
		 * what they could trap is trapped above.
		 */
		.hfgrtr = 0, .hfgwtr = 0, .hfgitr = 0, .hdfgrtr = 0, .hdfgwtr = 0,
		/* EL2 keeps its share of caches and memory, EL1 cannot choose its own. */
		.mpam2 = features & HAS_MPAM ?
			 host->mpam2 | MPAM2_TRAPMPAM0EL1 | MPAM2_TRAPMPAM1EL1 : 0,
	};
}
