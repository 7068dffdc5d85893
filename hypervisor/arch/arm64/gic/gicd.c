// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (c) The jh authors
 *
 * The distributor's registers of single interrupts. GICv2: IHI 0048, 4.3; GICv3: IHI 0069, 12.9.
 */
#include <asm/core.h>
#include <gic/gicd.h>
#include <hv/spinlock.h>

void *gicd_base;
static u32 version;
static u32 num_intids;
static spinlock_t config_lock;

void gicd_init(void *base, u32 gic_version)
{
	gicd_base = base;
	version = gic_version;
	num_intids = MIN(32 * ((read32(base, GICD_TYPER) & GICD_TYPER_LINES) + 1),
			 (u32)INTID_SPECIAL);
}

u32 gicd_intids(void)
{
	return num_intids;
}

static void set_bit(u32 intid, u32 reg)
{
	write32(gicd_bank(intid), reg + intid / 32 * 4, 1U << intid % 32);
}

u32 gicd_priority(u32 intid)
{
	return read8(gicd_bank(intid), GICD_IPRIORITYR + intid);
}

bool gicd_is_edge(u32 intid)
{
	return read32(gicd_bank(intid), GICD_ICFGR + intid / 16 * 4) >> (intid % 16 * 2 + 1) & 1;
}

void gicd_set_pending(u32 intid)
{
	set_bit(intid, GICD_ISPENDR);
}

void gicd_change(void *base, u32 offset, u32 mask, u32 value)
{
	spin_lock(&config_lock);
	write32(base, offset, (read32(base, offset) & ~mask) | (value & mask));
	spin_unlock(&config_lock);
}

void gicd_set_edge(u32 intid, bool edge)
{
	u32 bit = 2U << intid % 16 * 2;

	gicd_change(gicd_base, GICD_ICFGR + intid / 16 * 4, bit, edge ? bit : 0);
}

/*
 * CPUs of the last owner may still take the interrupt until RWP is 0 (IHI 0069, 12.9.4). The loop
 * is bounded in case the distributor never gets there.
 */
static void wait_for_writes(void)
{
	u32 tries = 10000;

	while (version == 3 && read32(gicd_base, GICD_CTLR) & GICD_CTLR_RWP && --tries)
		arch_relax();
}

void gicd_disable(u32 intid)
{
	set_bit(intid, GICD_ICENABLER);
	wait_for_writes();
}

void gicd_reset(u32 intid)
{
	u32 offset = GICD_IGROUPR + intid / 32 * 4;

	gicd_disable(intid);
	set_bit(intid, GICD_ICPENDR);
	set_bit(intid, GICD_ICACTIVER);
	write8(gicd_bank(intid), GICD_IPRIORITYR + intid, PRIORITY_DEFAULT);
	/* Group 1; where security is on (DS = 0) the register is firmware's and ignores this. */
	if (version == 3)
		gicd_change(gicd_bank(intid), offset, 1U << intid % 32, ~0U);
}

/*
 * All registers of an interrupt that firmware keeps secure (group 0, DS = 0) read as zero and
 * ignore writes (IHI 0069, 4.6.1; IHI 0048, 4.1.6). Linux gives each of its own a priority.
 */
bool gicd_is_secure(u32 intid)
{
	bool secure;

	if (gicd_priority(intid))
		return false;
	write8(gicd_base, GICD_IPRIORITYR + intid, PRIORITY_DEFAULT);
	secure = !gicd_priority(intid);
	write8(gicd_base, GICD_IPRIORITYR + intid, 0);
	return secure;
}
