// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (c) The jh authors
 *
 * A guest reaches the bits and fields of its own interrupts and no others; whole words are masked
 * at once. GICv2: IHI 0048, 4.3; GICv3: IHI 0069, 12.9.
 */
#include <asm/percpu.h>
#include <asm/sysreg.h>
#include <gic/affinity.h>
#include <gic/gicd.h>
#include <gic/irqchip.h>
#include <gic/vgic.h>
#include <hv/cpu.h>
#include <hv/mmio_access.h>
#include <hv/spinlock.h>

#define GROUP_SHIFT	7	/* registers of one kind take 128 bytes or a multiple */
#define GROUPS		32	/* below 0x1000 */

/* What an access to one kind of registers does with the bits that are not the guest's. */
enum policy {
	RAZ_WI,		/* nothing there for a guest */
	READ_ONLY,	/* describes the distributor */
	SET_CLEAR,	/* a bit per interrupt; writing 0 does nothing, so a mask is enough */
	CLEAR_ENABLE,	/* the same, and interrupts in flight must hear of it */
	BYTES,		/* a byte per interrupt, byte-accessible */
	TARGETS,	/* the same, naming CPUs (GICv2) */
	CONFIG,		/* two bits per interrupt, read-modify-write over all cells */
	SGI_REGISTER,
};

static const u8 kinds[GROUPS] = {
	[GICD_CTLR >> GROUP_SHIFT] = READ_ONLY,
	[GICD_IGROUPR >> GROUP_SHIFT] = READ_ONLY,
	[GICD_ISENABLER >> GROUP_SHIFT] = SET_CLEAR,
	[GICD_ICENABLER >> GROUP_SHIFT] = CLEAR_ENABLE,
	[GICD_ISPENDR >> GROUP_SHIFT] = SET_CLEAR,
	[GICD_ICPENDR >> GROUP_SHIFT] = SET_CLEAR,
	[GICD_ISACTIVER >> GROUP_SHIFT] = SET_CLEAR,
	[GICD_ICACTIVER >> GROUP_SHIFT] = SET_CLEAR,
	[0x400 >> GROUP_SHIFT] = BYTES, BYTES, BYTES, BYTES, BYTES, BYTES, BYTES, BYTES,
	[0x800 >> GROUP_SHIFT] = TARGETS, TARGETS, TARGETS, TARGETS, TARGETS, TARGETS, TARGETS,
	TARGETS,
	[GICD_ICFGR >> GROUP_SHIFT] = CONFIG, CONFIG,
	[GICD_SGIR >> GROUP_SHIFT] = SGI_REGISTER,
};

static void *gicd;
static u32 version;
static u32 num_intids;
static spinlock_t config_lock;

void gicd_init(void *base, u32 gic_version)
{
	gicd = base;
	version = gic_version;
	num_intids = MIN(32 * ((read32(gicd, GICD_TYPER) & 0x1f) + 1), (u32)INTID_SPECIAL);
}

u32 gicd_intids(void)
{
	return num_intids;
}

/* --- single interrupts --- */

static void *bank_of(u32 intid)
{
	return intid < INTID_SPI && this_percpu->gicr ? (char *)this_percpu->gicr + 0x10000 : gicd;
}

static bool get_bit(u32 intid, u32 reg)
{
	return read32(bank_of(intid), reg + intid / 32 * 4) >> (intid % 32) & 1;
}

static void set_bit(u32 intid, u32 reg)
{
	write32(bank_of(intid), reg + intid / 32 * 4, 1U << intid % 32);
}

u32 gicd_priority(u32 intid)
{
	return read8(bank_of(intid), GICD_IPRIORITYR + intid);
}

bool gicd_is_edge(u32 intid)
{
	return read32(bank_of(intid), GICD_ICFGR + intid / 16 * 4) >> (intid % 16 * 2 + 1) & 1;
}

bool gicd_is_enabled(u32 intid)
{
	return get_bit(intid, GICD_ISENABLER);
}

void gicd_set_pending(u32 intid)
{
	set_bit(intid, GICD_ISPENDR);
}

void gicd_clear_active(u32 intid)
{
	set_bit(intid, GICD_ICACTIVER);
}

static void change_config(void *base, u32 offset, u32 mask, u32 value)
{
	spin_lock(&config_lock);
	write32(base, offset, (read32(base, offset) & ~mask) | (value & mask));
	spin_unlock(&config_lock);
}

void gicd_set_edge(u32 intid, bool edge)
{
	u32 bit = 2U << intid % 16 * 2;

	change_config(gicd, GICD_ICFGR + intid / 16 * 4, bit, edge ? bit : 0);
}

void gicd_reset(u32 intid)
{
	u32 offset = GICD_IGROUPR + intid / 32 * 4;

	set_bit(intid, GICD_ICENABLER);
	set_bit(intid, GICD_ICPENDR);
	set_bit(intid, GICD_ICACTIVER);
	write8(bank_of(intid), GICD_IPRIORITYR + intid, PRIORITY_DEFAULT);
	/* Group 1; where security is on (DS = 0) the register is not ours and ignores this. */
	change_config(bank_of(intid), offset, 1U << intid % 32, ~0U);
}

/* --- accesses of guests --- */

/* One mask bit for each interrupt becomes one mask byte or pair for each. */
static u32 widen(u32 bits, u32 count, u32 width)
{
	u32 mask = 0, i;

	for (i = 0; i < count; i++) {
		if (bits >> i & 1)
			mask |= ((1U << width) - 1) << i * width;
	}
	return mask;
}

/*
 * An interrupt of the bank was disabled or got another priority. Those on their way into a guest
 * are active at the distributor; only then somebody must look at list registers.
 */
static void tell_in_flight(const struct mmio_access *a, void *base, u32 word, u32 mask)
{
	u32 offset = GICD_ISACTIVER + 4 * word;

	if (likely(!(read32(base, offset) & mask)))
		return;
	vgic_resync();
	if (read32(base, offset) & mask)
		cpu_request(a->cell->cpu_mask & ~BIT(this_cpu()), CPU_REQ_RESYNC);
}

static void access_bits(struct mmio_access *a, void *base, u32 offset, u32 mask, bool disable)
{
	if (a->size != 4)
		return;
	if (!a->write) {
		a->value = read32(base, offset) & mask;
		return;
	}
	mask &= (u32)a->value;
	if (!mask)
		return;
	write32(base, offset, mask);
	if (disable)
		tell_in_flight(a, base, (offset & 0x7f) / 4, mask);
}

static void access_some_bytes(struct mmio_access *a, void *base, u32 offset, u32 mask)
{
	u32 i;

	for (i = 0; i < a->size; i++) {
		if (!(mask >> i & 1))
			continue;
		if (a->write)
			write8(base, offset + i, (u8)(a->value >> 8 * i));
		else
			a->value |= (u64)read8(base, offset + i) << 8 * i;
	}
}

/* @mask: bit 0 is the interrupt of the byte at @offset */
static void access_priorities(struct mmio_access *a, void *base, u32 offset, u32 mask)
{
	u32 first = offset - GICD_IPRIORITYR;

	if (a->size > 4)
		return;
	mask &= (1U << a->size) - 1;
	if (likely(a->size == 4 && mask == 0xf)) {
		if (a->write)
			write32(base, offset, (u32)a->value);
		else
			a->value = read32(base, offset);
	} else {
		access_some_bytes(a, base, offset, mask);
	}
	if (a->write && mask)
		tell_in_flight(a, base, first / 32, mask << first % 32);
}

static void access_config(struct mmio_access *a, void *base, u32 offset, u32 mask)
{
	u32 pairs, old;

	if (a->size != 4)
		return;
	pairs = widen(mask, 16, 2);
	old = read32(base, offset);
	if (!a->write)
		a->value = old & pairs;
	else if ((old ^ (u32)a->value) & pairs)
		change_config(base, offset, pairs, (u32)a->value);
}

bool gicd_access_bank(struct mmio_access *a, void *base, u32 mask)
{
	u32 offset = (u32)a->offset & 0xffff;
	u32 kind = offset < GROUPS << GROUP_SHIFT ? kinds[offset >> GROUP_SHIFT] : RAZ_WI;

	switch (kind) {
	case SET_CLEAR:
		access_bits(a, base, offset, mask, false);
		return true;
	case CLEAR_ENABLE:
		access_bits(a, base, offset, mask, true);
		return true;
	case BYTES:
		access_priorities(a, base, offset, mask >> (offset & 31));
		return true;
	case CONFIG:
		access_config(a, base, offset, mask >> (offset / 4 % 2 * 16));
		return true;
	}
	return false;
}

/* IROUTER (GICv3): an interrupt may be routed to CPUs of its owner only. */
static void access_router(struct mmio_access *a)
{
	u32 intid = ((u32)a->offset - GICD_IROUTER) / 8, n;
	u64 route = a->value & 0xff00ffffffUL;

	if (a->size < 4 || !cell_owns_irq(a->cell, intid) || intid < INTID_SPI ||
	    intid >= num_intids)
		return;
	if (!a->write) {
		a->value = read64(gicd, ALIGN_DOWN(a->offset, 8)) >> (a->offset & 4) * 8;
		return;
	}
	if (a->size != 8) {
		/* By halves: the upper one (Aff3) is the machine's to keep. */
		if (a->offset & 4)
			return;
		route |= read64(gicd, a->offset) & (0xffUL << 32);
	}
	/* Any CPU (bit 31) would be any cell's: the affinity in the low bits is used instead. */
	n = affinity_find(affinity_key(route));
	if (n < affinity_num_clusters && (route & 0xff) < AFFINITY_CLUSTER_CPUS &&
	    a->cell->arch.sgi_targets[n] >> (route & 0xff) & 1)
		write64(gicd, ALIGN_DOWN(a->offset, 8), route);
}

/* Which interrupts of the register at @offset the cell owns, bit 0 being the register's first. */
static u32 owned(const struct cell *cell, u32 offset)
{
	switch (kinds[offset >> GROUP_SHIFT]) {
	case SET_CLEAR:
	case CLEAR_ENABLE:
		return cell->irqs[(offset & 0x7f) / 4];
	case BYTES:
	case TARGETS:
		return cell->irqs[(offset & 0x3ff) / 32];
	case CONFIG:
		return cell->irqs[(offset & 0xff) / 8];
	}
	return 0;
}

static void access_common(struct mmio_access *a, u32 offset)
{
	if (a->write || a->size != 4)
		return;
	/* IGROUPR: all interrupts that guests see are in group 1. */
	if (offset >= GICD_IGROUPR && offset < GICD_ISENABLER)
		a->value = read32(gicd, GICD_CTLR) & GICD_CTLR_DS ? ~0U : 0;
	else
		a->value = read32(gicd, offset);
}

void gicd_access(struct mmio_access *a)
{
	u32 offset = (u32)a->offset & 0xffff;

	if (offset >= GROUPS << GROUP_SHIFT) {
		if (version == 3 && offset >= GICD_IROUTER && offset < GICD_IROUTER + 8 * 1020)
			access_router(a);
		else if (offset >= 0xffd0)
			access_common(a, offset);
		return;
	}
	if (kinds[offset >> GROUP_SHIFT] == READ_ONLY) {
		access_common(a, offset);
		return;
	}
	gicd_access_bank(a, gicd, owned(a->cell, offset));
}

/* --- ownership --- */

bool arch_irq_valid(u32 intid)
{
	return intid >= INTID_SPI && intid < num_intids;
}

void arch_irq_claim(struct cell *cell, u32 intid, bool edge)
{
	fetch_and(&root_cell.irqs[intid / 32], ~(1U << intid % 32));
	gicd_reset(intid);
	gicd_set_edge(intid, edge);
	irqchip->irq_route(intid, (u32)__builtin_ctzl(cell->cpu_mask));
	fetch_or(&cell->irqs[intid / 32], 1U << intid % 32);
}

void arch_irq_release(struct cell *cell, u32 intid)
{
	u64 root = root_cell.cpu_mask;

	fetch_and(&cell->irqs[intid / 32], ~(1U << intid % 32));
	gicd_reset(intid);
	irqchip->irq_route(intid, cpu_mask_next(&root));
	fetch_or(&root_cell.irqs[intid / 32], 1U << intid % 32);
}
