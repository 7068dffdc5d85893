// SPDX-License-Identifier: GPL-2.0-only
/* Copyright (c) The jh authors */
#include <asm/errata.h>
#include <asm/smccc.h>

#define IMPLEMENTER_ARM		0x41
#define IMPLEMENTER_AMPERE	0xc0

struct erratum_row {
	u16 part;
	u8 first;	/* revisions, variant << 4 | revision, inclusive */
	u8 last;
	u32 errata;
};

static const struct erratum_row rows[] = {
	{ 0xd03, 0x00, 0xff, ERRATUM_SPECULATIVE_AT },		/* A53: 1530924 */
	{ 0xd05, 0x00, 0x20, ERRATUM_SPECULATIVE_AT },		/* A55: 1530923, up to r2p0 */
	{ 0xd05, 0x00, 0xff, ERRATUM_REPEAT_TLBI },		/* A55: 2441007 */
	{ 0xd07, 0x00, 0xff, ERRATUM_SPECULATIVE_AT },		/* A57: 1319537 */
	{ 0xd07, 0x00, 0x12, ERRATUM_STAGE2_FIRST },		/* A57: 834220, up to r1p2 */
	{ 0xd07, 0x00, 0xff, ERRATUM_BRANCH_TARGET },
	{ 0xd08, 0x00, 0xff, ERRATUM_SPECULATIVE_AT },		/* A72: 1319367 */
	{ 0xd08, 0x00, 0xff, ERRATUM_BRANCH_TARGET },
	{ 0xd09, 0x00, 0xff, ERRATUM_BRANCH_TARGET },		/* A73 */
	{ 0xd0a, 0x00, 0xff, ERRATUM_BRANCH_TARGET },		/* A75 */
	{ 0xd0b, 0x00, 0x20, ERRATUM_SPECULATIVE_AT },		/* A76: 1165522, up to r2p0 */
	{ 0xd0b, 0x00, 0x30, ERRATUM_REPEAT_TLBI },		/* A76: 1286807, up to r3p0 */
	{ 0xd46, 0x00, 0x11, ERRATUM_REPEAT_TLBI },		/* A510: 2441009, up to r1p1 */
};

u32 errata_of(u64 midr, u32 csv2)
{
	u32 part = FIELD(midr, 15, 4), revision = (u32)(FIELD(midr, 23, 20) << 4 | (midr & 0xf));
	u32 i, errata = 0;

	if (FIELD(midr, 31, 24) != IMPLEMENTER_ARM)
		return 0;
	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		if (rows[i].part == part && revision >= rows[i].first && revision <= rows[i].last)
			errata |= rows[i].errata;
	}
	return csv2 ? errata & ~(u32)ERRATUM_BRANCH_TARGET : errata;
}

/* GICC_IIDR. Arm's GIC-400 has the product number 2, where QEMU has 0 (IHI 0048, 4.4.16). */
static const struct {
	u32 iidr;
	u32 errata;
} controllers[] = {
	{ 0x0002043b, GIC_ERRATUM_FORGETS_LEVELS },	/* QEMU, at least up to 10.0 */
};

u32 errata_of_gicv2(u32 iidr)
{
	u32 i;

	for (i = 0; i < ARRAY_SIZE(controllers); i++) {
		if (controllers[i].iidr == iidr)
			return controllers[i].errata;
	}
	return 0;
}

/*
 * Spectre-BHB (CVE-2022-23960): how many rounds of taken branches push a guest's out of the branch
 * history. A53, A55, A510 and A520 do not speculate that far; of CPUs newer than these the ID
 * registers tell.
 */
static const struct {
	u8 implementer;
	u8 rounds;
	u16 part;
} histories[] = {
	{ IMPLEMENTER_ARM, 8, 0xd07 },		/* A57 */
	{ IMPLEMENTER_ARM, 8, 0xd08 },		/* A72 */
	{ IMPLEMENTER_ARM, 24, 0xd0b },		/* A76 */
	{ IMPLEMENTER_ARM, 24, 0xd0c },		/* Neoverse N1 */
	{ IMPLEMENTER_ARM, 24, 0xd0d },		/* A77 */
	{ IMPLEMENTER_ARM, 24, 0xd0e },		/* A76AE */
	{ IMPLEMENTER_ARM, 32, 0xd40 },		/* Neoverse V1 */
	{ IMPLEMENTER_ARM, 32, 0xd41 },		/* A78 */
	{ IMPLEMENTER_ARM, 32, 0xd42 },		/* A78AE */
	{ IMPLEMENTER_ARM, 32, 0xd44 },		/* X1 */
	{ IMPLEMENTER_ARM, 32, 0xd47 },		/* A710 */
	{ IMPLEMENTER_ARM, 32, 0xd48 },		/* X2 */
	{ IMPLEMENTER_ARM, 32, 0xd49 },		/* Neoverse N2 */
	{ IMPLEMENTER_ARM, 32, 0xd4b },		/* A78C */
	{ IMPLEMENTER_ARM, 32, 0xd4c },		/* X1C */
	{ IMPLEMENTER_ARM, 38, 0xd4d },		/* A715 */
	{ IMPLEMENTER_ARM, 132, 0xd4e },	/* X3 */
	{ IMPLEMENTER_ARM, 132, 0xd4f },	/* Neoverse V2 */
	{ IMPLEMENTER_ARM, 38, 0xd81 },		/* A720 */
	{ IMPLEMENTER_AMPERE, 11, 0xac3 },	/* Ampere-1 */
};

static u32 history_rounds(u64 midr)
{
	u32 i;

	for (i = 0; i < ARRAY_SIZE(histories); i++) {
		if (histories[i].part == FIELD(midr, 15, 4) &&
		    histories[i].implementer == FIELD(midr, 31, 24))
			return histories[i].rounds;
	}
	return 0;
}

/* A73 and A75 cannot overwrite their history by branches: only firmware can. */
static bool needs_firmware(u64 midr)
{
	u32 part = FIELD(midr, 15, 4);

	return FIELD(midr, 31, 24) == IMPLEMENTER_ARM && (part == 0xd09 || part == 0xd0a);
}

u32 errata_mitigation(const struct errata_ids *ids, bool (*firmware_has)(u32 id))
{
	u32 csv2 = (u32)FIELD(ids->pfr0, 59, 56);
	bool keeps_histories = csv2 >= CSV2_3 || FIELD(ids->mmfr1, 63, 60);	/* ECBHB */

	if (!keeps_histories && needs_firmware(ids->midr) && firmware_has(SMCCC_ARCH_WORKAROUND_3))
		return SMCCC_ARCH_WORKAROUND_3;
	/* On the A57 and A72 the call that clears branch targets clears the history, too. */
	if (ids->errata & ERRATUM_BRANCH_TARGET && firmware_has(SMCCC_ARCH_WORKAROUND_1))
		return SMCCC_ARCH_WORKAROUND_1;
	if (keeps_histories)
		return 0;
	if (FIELD(ids->isar2, 31, 28))
		return MITIGATION_CLRBHB;
	return history_rounds(ids->midr);
}
