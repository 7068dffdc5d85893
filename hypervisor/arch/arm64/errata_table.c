// SPDX-License-Identifier: GPL-2.0-only
/* Copyright (c) The jh authors */
#include <asm/errata.h>

#define IMPLEMENTER_ARM	0x41

struct erratum_row {
	u32 part;
	u32 first;	/* revisions, variant << 4 | revision, inclusive */
	u32 last;
	u32 errata;
};

static const struct erratum_row rows[] = {
	{ 0xd05, 0x00, 0x20, ERRATUM_SPECULATIVE_AT },		/* A55: 1530923, up to r2p0 */
	{ 0xd07, 0x00, 0xff, ERRATUM_SPECULATIVE_AT },		/* A57: 1319537 */
	{ 0xd07, 0x00, 0x12, ERRATUM_STAGE2_FIRST },		/* A57: 834220, up to r1p2 */
	{ 0xd07, 0x00, 0xff, ERRATUM_BRANCH_TARGET },
	{ 0xd08, 0x00, 0xff, ERRATUM_SPECULATIVE_AT },		/* A72: 1319367 */
	{ 0xd08, 0x00, 0xff, ERRATUM_BRANCH_TARGET },
	{ 0xd09, 0x00, 0xff, ERRATUM_BRANCH_TARGET },		/* A73 */
	{ 0xd0a, 0x00, 0xff, ERRATUM_BRANCH_TARGET },		/* A75 */
	{ 0xd0b, 0x00, 0x20, ERRATUM_SPECULATIVE_AT },		/* A76: 1165522, up to r2p0 */
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
