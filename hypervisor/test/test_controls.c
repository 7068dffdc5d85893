// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (c) The jh authors
 *
 * What a cell may use of a CPU, over all sets of features, and what is scrubbed when a CPU changes
 * its owner. Positions of bits and names of registers are written down here a second time, from
 * the manual.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include <asm/boot.h>
#include <asm/context.h>
#include <asm/controls.h>
#include <asm/sysreg.h>
#include <asm/trap.h>
#include <hv/arch.h>
#include <hv/errno.h>
#include <jh/config.h>
#include <jh/image.h>
#include <jh/reasons.h>
#include "fake64/fake64.h"

#define COUNT(array)	(sizeof(array) / sizeof((array)[0]))
#define ALL_FEATURES	((1U << 20) - 1)
#define ALL_USED	(JH_BOOT_USES_MPAM | JH_BOOT_USES_TRACE)

/* --- features --- */

static const struct {
	u32 feature;
	enum cpu_id id;
	u32 shift;
	u32 first, last;	/* values of the field */
} known_fields[] = {
	{ HAS_RAS, ID_PFR0, 28, 1, 14 }, { HAS_SVE, ID_PFR0, 32, 1, 14 },
	{ HAS_MPAM, ID_PFR0, 40, 1, 14 }, { HAS_AMU, ID_PFR0, 44, 1, 14 },
	{ HAS_MTE, ID_PFR1, 8, 2, 14 }, { HAS_MPAM, ID_PFR1, 16, 1, 14 },
	{ HAS_SME, ID_PFR1, 24, 1, 14 }, { HAS_TRACE, ID_DFR0, 4, 1, 14 },
	{ HAS_PMU, ID_DFR0, 8, 1, 14 }, { HAS_PMU_3P1, ID_DFR0, 8, 4, 14 },
	{ HAS_PMU_3P5, ID_DFR0, 8, 6, 14 }, { HAS_SPE, ID_DFR0, 32, 1, 14 },
	{ HAS_TRF | HAS_TRFCR, ID_DFR0, 40, 1, 14 }, { HAS_TRBE, ID_DFR0, 44, 1, 14 },
	{ HAS_BRBE, ID_DFR0, 52, 1, 14 }, { HAS_PAUTH, ID_ISAR1, 4, 1, 14 },
	{ HAS_PAUTH, ID_ISAR1, 8, 1, 14 }, { HAS_PAUTH, ID_ISAR2, 12, 1, 14 },
	{ HAS_MOPS, ID_ISAR2, 16, 1, 14 }, { HAS_FGT, ID_MMFR0, 56, 1, 14 },
	{ HAS_LOR, ID_MMFR1, 16, 1, 14 }, { HAS_HCX, ID_MMFR1, 40, 1, 14 },
};

/* What each value of each field of each register tells. */
static void features_by_field(void **state)
{
	u32 id, shift, value, i, expected;
	struct cpu_ids ids;

	(void)state;
	for (id = 0; id < NUM_CPU_IDS; id++)
	for (shift = 0; shift < 64; shift += 4)
	for (value = 0; value < 16; value++) {
		memset(&ids, 0, sizeof(ids));
		ids.reg[id] = (u64)value << shift;
		expected = 0;
		for (i = 0; i < COUNT(known_fields); i++)
			if (known_fields[i].id == id && known_fields[i].shift == shift &&
			    value >= known_fields[i].first && value <= known_fields[i].last)
				expected |= known_fields[i].feature;
		if (cpu_features(&ids, ALL_USED) != expected)
			fail_msg("register %u, bit %u, value %u: %x", id, shift, value,
				 cpu_features(&ids, ALL_USED));
	}
	memset(&ids, 0x11, sizeof(ids));
	assert_int_equal(cpu_features(&ids, ALL_USED), ALL_FEATURES & ~(u32)(HAS_MTE | HAS_PMU_3P1 |
								   HAS_PMU_3P5));
	memset(&ids, 0x66, sizeof(ids));
	assert_int_equal(cpu_features(&ids, ALL_USED), ALL_FEATURES);
}

/* None gets the features of a CPU before it that differs, in whichever register. */
static void features_of_cpus_that_are_alike(void **state)
{
	struct cpu_ids ids, other;
	u32 id;

	(void)state;
	memset(&ids, 0x66, sizeof(ids));
	for (id = 0; id < NUM_CPU_IDS; id++) {
		assert_int_equal(cpu_features_again(&ids, ALL_USED), ALL_FEATURES);
		other = ids;
		other.reg[id] = 0;
		assert_int_equal(cpu_features_again(&other, ALL_USED),
				 cpu_features(&other, ALL_USED));
	}
}

/* --- controls --- */

enum field { HCR, MDCR, ACTLR, CPTR, CNTHCTL, CNTVOFF, HCRX, MPAM2, FIELDS };

/* When a bit is 1. Those in no row are always 0. */
enum when { ONE, FOUND, IF_FEATURE, IF_FLAG, UNLESS_FLAG, NO_PMU, FOUND_OR_NO_SVE };

static const struct {
	enum field field;
	u32 bit;
	enum when when;
	u32 what;
} known_bits[] = {
	{ HCR, 0, ONE, 0 },			/* VM */
	{ HCR, 1, ONE, 0 },			/* SWIO */
	{ HCR, 3, ONE, 0 },			/* FMO */
	{ HCR, 4, UNLESS_FLAG, JH_CELL_IRQ_DIRECT },	/* IMO */
	{ HCR, 5, ONE, 0 },			/* AMO */
	{ HCR, 13, IF_FLAG, JH_CELL_WFI_TRAP | JH_CELL_IRQ_DIRECT },	/* TWI */
	{ HCR, 19, ONE, 0 },			/* TSC */
	{ HCR, 20, ONE, 0 },			/* TIDCP */
	{ HCR, 21, ONE, 0 },			/* TACR */
	{ HCR, 31, ONE, 0 },			/* RW */
	{ HCR, 35, IF_FEATURE, HAS_LOR },	/* TLOR */
	{ HCR, 36, IF_FEATURE, HAS_RAS },	/* TERR */
	{ HCR, 40, IF_FEATURE, HAS_PAUTH },	/* APK */
	{ HCR, 41, IF_FEATURE, HAS_PAUTH },	/* API */
	{ MDCR, 0, FOUND, 0 }, { MDCR, 1, FOUND, 0 }, { MDCR, 2, FOUND, 0 },	/* HPMN */
	{ MDCR, 3, FOUND, 0 }, { MDCR, 4, FOUND, 0 },
	{ MDCR, 5, NO_PMU, 0 },			/* TPMCR */
	{ MDCR, 6, NO_PMU, 0 },			/* TPM */
	{ MDCR, 10, ONE, 0 },			/* TDOSA */
	{ MDCR, 11, ONE, 0 },			/* TDRA */
	{ MDCR, 14, IF_FEATURE, HAS_SPE },	/* TPMS */
	{ MDCR, 17, IF_FEATURE, HAS_PMU_3P1 },	/* HPMD */
	{ MDCR, 19, IF_FEATURE, HAS_TRF },	/* TTRF */
	{ MDCR, 23, IF_FEATURE, HAS_PMU_3P5 },	/* HCCD */
	{ MDCR, 27, IF_FEATURE, HAS_FGT },	/* TDCC */
	{ CPTR, 0, ONE, 0 }, { CPTR, 1, ONE, 0 }, { CPTR, 2, ONE, 0 }, { CPTR, 3, ONE, 0 },
	{ CPTR, 4, ONE, 0 }, { CPTR, 5, ONE, 0 }, { CPTR, 6, ONE, 0 }, { CPTR, 7, ONE, 0 },
	{ CPTR, 8, FOUND_OR_NO_SVE, 0 },	/* TZ */
	{ CPTR, 9, ONE, 0 },
	{ CPTR, 12, ONE, 0 },			/* TSM */
	{ CPTR, 13, ONE, 0 },
	{ CPTR, 20, IF_FEATURE, HAS_TRACE },	/* TTA */
	{ CPTR, 30, IF_FEATURE, HAS_AMU },	/* TAM */
	{ CNTHCTL, 0, ONE, 0 },			/* EL1PCTEN */
	{ CNTHCTL, 1, ONE, 0 },			/* EL1PCEN */
	{ HCRX, 11, IF_FEATURE, HAS_MOPS },	/* MSCEn */
	{ MPAM2, 48, IF_FEATURE, HAS_MPAM },	/* TRAPMPAM1EL1 */
	{ MPAM2, 49, IF_FEATURE, HAS_MPAM },	/* TRAPMPAM0EL1 */
};

static bool is_one(u32 row, u32 features, u32 flags, u64 found)
{
	u32 what = known_bits[row].what;

	switch (known_bits[row].when) {
	case ONE:
		return true;
	case FOUND:
		return found >> known_bits[row].bit & 1;
	case IF_FEATURE:
		return features & what;
	case IF_FLAG:
		return flags & what;
	case UNLESS_FLAG:
		return !(flags & what);
	case NO_PMU:
		return features & HAS_PMU && !(flags & JH_CELL_PMU);
	case FOUND_OR_NO_SVE:
		return !(features & HAS_SVE) || found >> known_bits[row].bit & 1;
	}
	return false;
}

static void check_controls(u32 features, u32 flags, u64 found_bits)
{
	struct el2_controls found, c;
	u64 expected[FIELDS] = { 0 };
	u32 i;

	for (i = 0; i < sizeof(found) / 8; i++)
		((u64 *)&found)[i] = found_bits;
	for (i = 0; i < COUNT(known_bits); i++)
		if (is_one(i, features, flags, found_bits))
			expected[known_bits[i].field] |= 1ULL << known_bits[i].bit;
	/* What EL2 itself runs with is kept. */
	if (features & HAS_MPAM)
		expected[MPAM2] |= found_bits;
	c = controls_of_cell(features, flags, &found);
	if (c.hcr != expected[HCR] || c.mdcr != expected[MDCR] || c.actlr != expected[ACTLR] ||
	    c.cptr != expected[CPTR] || c.cnthctl != expected[CNTHCTL] ||
	    c.cntvoff != expected[CNTVOFF] || c.hcrx != expected[HCRX] ||
	    c.mpam2 != expected[MPAM2] || c.hfgrtr || c.hfgwtr || c.hfgitr || c.hdfgrtr ||
	    c.hdfgwtr)
		fail_msg("features %x, flags %x: HCR %lx MDCR %lx CPTR %lx HCRX %lx MPAM2 %lx",
			 features, flags, (unsigned long)c.hcr, (unsigned long)c.mdcr,
			 (unsigned long)c.cptr, (unsigned long)c.hcrx, (unsigned long)c.mpam2);
}

static void controls_for_all_features(void **state)
{
	static const u32 flags[] = {
		0, JH_CELL_PMU, JH_CELL_IRQ_DIRECT | JH_CELL_TRUSTED, JH_CELL_WFI_TRAP,
		JH_CELL_PMU | JH_CELL_WFI_TRAP | JH_CELL_IRQ_DIRECT,
	};
	u32 features, i;

	(void)state;
	for (features = 0; features <= ALL_FEATURES; features++) {
		i = features % COUNT(flags);
		check_controls(features, flags[i], features & 1 ? 0 : ~0ULL);
		check_controls(features, flags[(i + 1) % COUNT(flags)], features & 1 ? ~0ULL : 0);
	}
	for (features = 0; features <= ALL_FEATURES; features += 0x1111)
		for (i = 0; i < COUNT(flags); i++)
			check_controls(features, flags[i], 0xff);
}

static const char *const control_names[] = {
	"mdcr_el2", "actlr_el2", "cptr_el2", "cnthctl_el2", "cntvoff_el2",
	"s3_4_c1_c1_4", "s3_4_c1_c1_5", "s3_4_c1_c1_6", "s3_4_c3_c1_4", "s3_4_c3_c1_5",
	"s3_4_c1_c2_2", "s3_4_c10_c5_0",
};

/* Whatever a cell's turn changes, root's puts back, and so does the way out. */
static void cells_changes_are_undone(void **state)
{
	struct el2_controls found = { 0 }, cell;
	u32 i;

	(void)state;
	fake64_reset();
	for (i = 0; i < COUNT(control_names); i++)
		fake64_set_sysreg(control_names[i], 0x5a00 + i);
	controls_read(&found, ALL_FEATURES);
	cell = controls_of_cell(ALL_FEATURES, 0, &found);
	controls_write(&cell, ALL_FEATURES);
	for (i = 0; i < COUNT(control_names); i++)
		assert_int_not_equal(fake64_sysreg(control_names[i]), 0x5a00 + i);
	controls_write(&found, ALL_FEATURES);
	for (i = 0; i < COUNT(control_names); i++)
		assert_int_equal(fake64_sysreg(control_names[i]), 0x5a00 + i);
	/* Registers that are not there are left alone. */
	controls_write(&cell, 0);
	for (i = 5; i < COUNT(control_names); i++)
		assert_int_equal(fake64_sysreg(control_names[i]), 0x5a00 + i);
}

/* --- scrubbing --- */

#define GONE	0x5a5a5a5a5a5a5a5aULL

/* What software at EL1 or EL0 can write, with what it must be afterwards. */
static const struct {
	const char *name;
	u32 feature;	/* that it belongs to; 0: all CPUs have it */
	u64 after;
} writable[] = {
	{ "sctlr_el1", 0, 0x30d00800 }, { "tcr_el1", 0, 0 }, { "ttbr0_el1", 0, 0 },
	{ "ttbr1_el1", 0, 0 }, { "mair_el1", 0, 0 }, { "amair_el1", 0, 0 },
	{ "contextidr_el1", 0, 0 }, { "vbar_el1", 0, 0 }, { "elr_el1", 0, 0 },
	{ "spsr_el1", 0, 0 }, { "esr_el1", 0, 0 }, { "far_el1", 0, 0 }, { "afsr0_el1", 0, 0 },
	{ "afsr1_el1", 0, 0 }, { "par_el1", 0, 0 }, { "csselr_el1", 0, 0 },
	{ "cpacr_el1", 0, 0x300000 }, { "sp_el0", 0, 0 }, { "sp_el1", 0, 0 },
	{ "tpidr_el0", 0, 0 }, { "tpidrro_el0", 0, 0 }, { "tpidr_el1", 0, 0 },
	{ "cntkctl_el1", 0, 0 }, { "cntv_ctl_el0", 0, 0 }, { "cntv_cval_el0", 0, 0 },
	{ "cntp_ctl_el0", 0, 0 }, { "cntp_cval_el0", 0, 0 },
	{ "mdscr_el1", 0, 0 }, { "mdccint_el1", 0, 0 }, { "oslar_el1", 0, 0 },
	{ "osdlr_el1", 0, 0 }, { "dbgclaimclr_el1", 0, 0xff },
	{ "s3_0_c2_c0_3", HAS_HCX, 0 },		/* TCR2_EL1 */
	{ "s3_0_c1_c0_3", HAS_HCX, 0 },		/* SCTLR2_EL1 */
	{ "s3_3_c4_c4_2", HAS_HCX, 0 },		/* FPMR */
	{ "s3_0_c10_c2_2", HAS_FGT, 0 },	/* PIRE0_EL1 */
	{ "s3_0_c10_c2_3", HAS_FGT, 0 },	/* PIR_EL1 */
	{ "s3_3_c10_c2_4", HAS_FGT, 0 },	/* POR_EL0 */
	{ "s3_0_c10_c2_4", HAS_FGT, 0 },	/* POR_EL1 */
	{ "s3_0_c10_c2_5", HAS_FGT, 0 },	/* S2POR_EL1 */
	{ "s3_0_c10_c2_1", HAS_FGT, 0 },	/* MAIR2_EL1 */
	{ "s3_0_c10_c3_1", HAS_FGT, 0 },	/* AMAIR2_EL1 */
	{ "s3_0_c13_c0_6", HAS_FGT, 0 },	/* RCWMASK_EL1 */
	{ "s3_0_c2_c5_0", HAS_FGT, 0 },		/* GCSCR_EL1 */
	{ "s3_0_c2_c5_1", HAS_FGT, 0 },		/* GCSPR_EL1 */
	{ "s3_0_c2_c5_2", HAS_FGT, 0 },		/* GCSCRE0_EL1 */
	{ "s3_3_c2_c5_1", HAS_FGT, 0 },		/* GCSPR_EL0 */
	{ "s3_0_c13_c0_5", HAS_FGT, 0 },	/* ACCDATA_EL1 */
	{ "s3_0_c10_c4_0", HAS_LOR, 0 },	/* LORSA_EL1 */
	{ "s3_0_c10_c4_1", HAS_LOR, 0 },	/* LOREA_EL1 */
	{ "s3_0_c10_c4_2", HAS_LOR, 0 },	/* LORN_EL1 */
	{ "s3_0_c10_c4_3", HAS_LOR, 0 },	/* LORC_EL1 */
	{ "s3_4_c12_c1_1", HAS_RAS, 0 },	/* VDISR_EL2 */
	{ "s3_4_c5_c2_3", HAS_RAS, 0 },		/* VSESR_EL2 */
	{ "s3_3_c13_c0_7", 0, 0 },		/* SCXTNUM_EL0 */
	{ "s3_0_c13_c0_7", 0, 0 },		/* SCXTNUM_EL1 */
	{ "s3_3_c4_c2_2", HAS_SME, 0 },		/* SVCR */
	{ "s3_0_c1_c2_6", HAS_SME, 0 },		/* SMCR_EL1 */
	{ "s3_3_c13_c0_5", HAS_SME, 0 },	/* TPIDR2_EL0 */
	{ "s3_0_c1_c2_4", HAS_FGT, 0 },		/* SMPRI_EL1 */
	{ "s3_0_c1_c2_0", HAS_SVE, 0 },		/* ZCR_EL1 */
	{ "s3_0_c1_c0_5", HAS_MTE, 0 },		/* RGSR_EL1 */
	{ "s3_0_c1_c0_6", HAS_MTE, 0 },		/* GCR_EL1 */
	{ "s3_0_c5_c6_0", HAS_MTE, 0 },		/* TFSR_EL1 */
	{ "s3_0_c5_c6_1", HAS_MTE, 0 },		/* TFSRE0_EL1 */
	{ "s3_0_c1_c2_1", HAS_TRFCR, 0 },	/* TRFCR_EL1 */
	{ "s2_1_c9_c0_0", HAS_BRBE, 0 },	/* BRBCR_EL1 */
	{ "s2_1_c9_c0_1", HAS_BRBE, 0 },	/* BRBFCR_EL1 */
	{ "s3_3_c13_c2_3", HAS_AMU, 0 },	/* AMUSERENR_EL0 */
	{ "pmcr_el0", HAS_PMU, 0 }, { "pmcntenclr_el0", HAS_PMU, 0xffffffff },
	{ "pmintenclr_el1", HAS_PMU, 0xffffffff }, { "pmovsclr_el0", HAS_PMU, 0xffffffff },
	{ "pmuserenr_el0", HAS_PMU, 0 }, { "pmccntr_el0", HAS_PMU, 0 },
	{ "pmccfiltr_el0", HAS_PMU, 0 },
	{ "s3_0_c10_c5_0", HAS_MPAM, 0 },	/* MPAM1_EL1 */
	{ "s3_0_c10_c5_1", HAS_MPAM, 0 },	/* MPAM0_EL1 */
};

static void fill(void)
{
	u32 i;

	fake64_reset();
	for (i = 0; i < COUNT(writable); i++)
		fake64_set_sysreg(writable[i].name, GONE);
}

/* Linux may use all that the CPU has: then all of it is put back. */
static void all_that_el1_can_write_is_scrubbed(void **state)
{
	struct el2_controls found = { .hcr = ~(u64)HCR_TLOR, .hcrx = ~0ULL, .hfgwtr = ~0ULL,
				      .hdfgwtr = ~0ULL };
	u32 i;

	(void)state;
	fill();
	scrub_registers(ALL_FEATURES, &found);
	for (i = 0; i < COUNT(writable); i++)
		if (fake64_sysreg(writable[i].name) != writable[i].after)
			fail_msg("%s is left", writable[i].name);
	/* The next owner begins with PSTATE.ALLINT clear and everything else masked. */
	assert_int_equal(SPSR_EL1H_MASKED, 0x3c5);
}

/* A CPU that lacks one feature lacks its registers: touching one would be undefined at EL2. */
static void registers_of_absent_features_are_not_touched(void **state)
{
	u32 feature, i;

	(void)state;
	for (feature = 1; feature <= ALL_FEATURES; feature <<= 1) {
		struct el2_controls found = { .hcr = ~(u64)HCR_TLOR, .hcrx = ~0ULL,
					      .hfgwtr = ~0ULL, .hdfgwtr = ~0ULL };

		/* As controls_read() leaves it. */
		if (feature == HAS_HCX)
			found.hcrx = 0;
		if (feature == HAS_FGT)
			found.hfgwtr = found.hdfgwtr = 0;
		fill();
		scrub_registers(ALL_FEATURES & ~feature, &found);
		for (i = 0; i < COUNT(writable); i++)
			if ((fake64_sysreg(writable[i].name) == GONE) !=
			    (writable[i].feature == feature ||
			     (feature == HAS_FGT && writable[i].feature == HAS_BRBE)))
				fail_msg("%s without feature %x", writable[i].name, feature);
	}
}

/* What Linux was not given at EL1 firmware may keep from EL2 as well. */
static void registers_that_nobody_could_use_are_not_touched(void **state)
{
	static const u32 kept = HAS_HCX | HAS_FGT | HAS_LOR | HAS_SME | HAS_SVE | HAS_MTE |
				HAS_BRBE;
	struct el2_controls found = { .hcr = HCR_TLOR, .cptr = CPTR_TZ | CPTR_TSM };
	u32 i;

	(void)state;
	fill();
	scrub_registers(ALL_FEATURES, &found);
	for (i = 0; i < COUNT(writable); i++)
		if (writable[i].feature & kept)
			assert_int_equal(fake64_sysreg(writable[i].name), GONE);
		else if (!strstr(writable[i].name, "c13_c0_7"))
			assert_int_equal(fake64_sysreg(writable[i].name), writable[i].after);
}

/* Profiling and trace: only what EL1 owns, and what no higher level has taken. */
static void buffers_are_taken_away(void **state)
{
	static const struct {
		u32 feature;
		u64 owned;
		const char *control, *limit, *id;
	} units[] = {
		{ HAS_SPE, 3 << 12, "s3_0_c9_c9_0", "s3_0_c9_c10_0", "s3_0_c9_c10_7" },
		{ HAS_TRBE, 3 << 24, "s3_0_c1_c2_1", "s3_0_c9_c11_0", "s3_0_c9_c11_7" },
	};
	u32 i, which;

	(void)state;
	for (i = 0; i < COUNT(units); i++) {
		for (which = 0; which < 8; which++) {
			fake64_reset();
			fake64_set_sysreg(units[i].control, GONE);
			fake64_set_sysreg(units[i].limit, GONE);
			fake64_set_sysreg("mdcr_el2", which & 1 ? units[i].owned : 0);
			fake64_set_sysreg(units[i].id, which & 2 ? 0 : 1 << 4);
			scrub_buffers(which & 4 ? units[i].feature : 0);
			assert_int_equal(fake64_sysreg(units[i].control), which == 7 ? 0 : GONE);
			assert_int_equal(fake64_sysreg(units[i].limit), which == 7 ? 0 : GONE);
		}
	}
}

/* Firmware may keep these for itself: that the CPU has them is not enough. */
static void unused_registers_are_left_alone(void **state)
{
	struct cpu_ids ids = { 0 };

	(void)state;
	ids.reg[ID_PFR0] = 1UL << 40;
	ids.reg[ID_DFR0] = 1UL << 40;
	assert_int_equal(cpu_features(&ids, 0), HAS_TRF);
	assert_int_equal(cpu_features(&ids, JH_BOOT_USES_MPAM), HAS_TRF | HAS_MPAM);
	assert_int_equal(cpu_features(&ids, JH_BOOT_USES_TRACE), HAS_TRF | HAS_TRFCR);
	/* Cells' accesses to the filter trap all the same, to EL2. */
	assert_int_equal(controls_of_cell(HAS_TRF, 0, &(struct el2_controls){ 0 }).mdcr >> 19 & 1,
			 1);
	ids.reg[ID_DFR0] = 0;
	assert_int_equal(cpu_features(&ids, JH_BOOT_USES_TRACE), 0);
}

/* What the error was goes with it: without that Linux takes a corrected one for a fatal one. */
static void an_serror_keeps_its_syndrome(void **state)
{
	(void)state;
	fake64_reset();
	fake64_become(4);
	fake64_set_sysreg("esr_el2", 0x2fUL << 26 | ESR_IL | 0x11);
	trap_serror();
	assert_true(fake64_sysreg("hcr_el2") & HCR_VSE);
	/* VSESR_EL2 exists with the extension only. */
	assert_int_equal(fake64_sysreg("s3_4_c5_c2_3"), 0);
	this_percpu->features = HAS_RAS;
	trap_serror();
	assert_int_equal(fake64_sysreg("s3_4_c5_c2_3"), 0x11);
	fake64_set_sysreg("esr_el2", 0x2fUL << 26 | ESR_IL | 1UL << 24 | 0x123456);
	trap_serror();
	assert_int_equal(fake64_sysreg("s3_4_c5_c2_3"), 0x1123456);
}

static void deferred_errors_do_not_wait_for_the_next(void **state)
{
	(void)state;
	fake64_reset();
	fake64_become(4);
	fake64_set_sysreg("s3_0_c12_c1_1", 0x80000011);	/* DISR_EL1 */
	serror_drain();
	assert_int_equal(fake64_sysreg("s3_0_c12_c1_1"), 0x80000011);
	this_percpu->features = HAS_RAS;
	serror_drain();
	assert_int_equal(fake64_sysreg("s3_0_c12_c1_1"), 0);
}

static void address_bits_of_all_ranges(void **state)
{
	static const u32 bits[] = { 32, 36, 40, 42, 44, 48, 48, 48 };
	u32 i;

	(void)state;
	fake64_reset();
	for (i = 0; i < ARRAY_SIZE(bits); i++) {
		fake64_set_sysreg("id_aa64mmfr0_el1", 0x1120 | i);
		assert_int_equal(arch_address_bits(), bits[i]);
	}
}

/* Firmware that has not set the counter's frequency on some CPU. */
static void a_counter_needs_a_frequency(void **state)
{
	struct jh_error error = { 0 };

	(void)state;
	fake64_reset();
	fake64_become(3);
	assert_int_equal(cpucheck(3, &error), -EOPNOTSUPP);
	assert_int_equal(error.reason, JH_ERR_COUNTER);
	assert_int_equal(error.value, 3);
	fake64_set_sysreg("cntfrq_el0", 62500000);
	assert_int_equal(cpucheck(3, &error), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(features_by_field),
		cmocka_unit_test(features_of_cpus_that_are_alike),
		cmocka_unit_test(controls_for_all_features),
		cmocka_unit_test(cells_changes_are_undone),
		cmocka_unit_test(all_that_el1_can_write_is_scrubbed),
		cmocka_unit_test(registers_of_absent_features_are_not_touched),
		cmocka_unit_test(registers_that_nobody_could_use_are_not_touched),
		cmocka_unit_test(buffers_are_taken_away),
		cmocka_unit_test(unused_registers_are_left_alone),
		cmocka_unit_test(an_serror_keeps_its_syndrome),
		cmocka_unit_test(deferred_errors_do_not_wait_for_the_next),
		cmocka_unit_test(address_bits_of_all_ranges),
		cmocka_unit_test(a_counter_needs_a_frequency),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
