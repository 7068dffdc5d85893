// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (c) The jh authors
 *
 * A guest reaches the bits and fields of its own interrupts and no others; whole words are masked
 * at once. GICv2: IHI 0048, 4.3; GICv3: IHI 0069, 12.9.
 */
#include <asm/context.h>
#include <asm/percpu.h>
#include <asm/sysreg.h>
#include <gic/affinity.h>
#include <gic/gicd.h>
#include <gic/irqchip.h>
#include <gic/vgic.h>
#include <hv/cpu.h>
#include <hv/mmio_access.h>
#include <hv/spinlock.h>
#include <jh/reasons.h>

#define GROUP_SHIFT	7	/* registers of one kind take 128 bytes or a multiple */
#define GROUPS		32	/* below 0x1000 */

/* What an access to one kind of registers does with the bits that are not the guest's. */
enum policy {
	OTHER,		/* nothing there for a guest, or what only one version has */
	GROUP,
	SET_CLEAR,	/* a bit per interrupt; writing 0 does nothing, so a mask is enough */
	CLEAR_ENABLE,	/* the same, and interrupts in flight must hear of it */
	SET_PENDING,	/* the same; what is in flight is active here and pending for the guest */
	CLEAR_PENDING,
	SET_ACTIVE,	/* the same; list registers hold the physical interrupt again */
	CLEAR_ACTIVE,	/* the same; they let go of it */
	BYTES,		/* a byte per interrupt, byte-accessible */
	CONFIG,		/* two bits per interrupt, read-modify-write over all cells */
};

static const u8 kinds[GROUPS] = {
	[GICD_IGROUPR >> GROUP_SHIFT] = GROUP,
	[GICD_ISENABLER >> GROUP_SHIFT] = SET_CLEAR,
	[GICD_ICENABLER >> GROUP_SHIFT] = CLEAR_ENABLE,
	[GICD_ISPENDR >> GROUP_SHIFT] = SET_PENDING,
	[GICD_ICPENDR >> GROUP_SHIFT] = CLEAR_PENDING,
	[GICD_ISACTIVER >> GROUP_SHIFT] = SET_ACTIVE,
	[GICD_ICACTIVER >> GROUP_SHIFT] = CLEAR_ACTIVE,
	[0x400 >> GROUP_SHIFT] = BYTES, BYTES, BYTES, BYTES, BYTES, BYTES, BYTES, BYTES,
	[GICD_ICFGR >> GROUP_SHIFT] = CONFIG, CONFIG,
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

void *gicd_base(void)
{
	return gicd;
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

bool gicd_is_active(u32 intid)
{
	return get_bit(intid, GICD_ISACTIVER);
}

void gicd_set_pending(u32 intid)
{
	set_bit(intid, GICD_ISPENDR);
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

/*
 * An interrupt is not disabled, for the CPUs of its last owner, before RWP is 0 (IHI 0069, 12.9.4);
 * a distributor that never says so must not hold us for ever.
 */
static void wait_for_writes(void)
{
	u32 tries = 10000;

	while (version == 3 && read32(gicd, GICD_CTLR) & GICD_CTLR_RWP && --tries)
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
	write8(bank_of(intid), GICD_IPRIORITYR + intid, PRIORITY_DEFAULT);
	/* Group 1; where security is on (DS = 0) the register is not ours and ignores this. */
	if (version == 3)
		change_config(bank_of(intid), offset, 1U << intid % 32, ~0U);
}

/* --- accesses of guests --- */

/*
 * Interrupts were disabled or got another priority. Those on their way into a guest are active at
 * the distributor; only if there are any, somebody must look at list registers.
 */
static __noinline u64 tell_in_flight(void *base, u32 offset, u32 mask)
{
	/* Where interrupts are direct, active ones are the guest's already. */
	if (cell_is_direct(this_cell()))
		return 0;
	vgic_resync();
	if (read32(base, offset) & mask)
		cpu_request(this_cell()->cpu_mask & ~BIT(this_cpu()), CPU_REQ_RESYNC);
	return 0;
}

static inline u64 changed(void *base, u32 word, u32 mask)
{
	u32 offset = GICD_ISACTIVER + 4 * word;

	return unlikely(read32(base, offset) & mask) ? tell_in_flight(base, offset, mask) : 0;
}

void gicd_changed(void *base, u32 word, u32 mask)
{
	changed(base, word, mask);
}

static inline u64 access_bits(struct mmio_access a, void *base, u32 mask, bool disable)
{
	if (a.size != 4)
		return 0;
	if (!a.write)
		return read32(base, a.offset) & mask;
	mask &= (u32)a.value;
	if (!mask)
		return 0;
	write32(base, a.offset, mask);
	return disable ? changed(base, a.offset / 4 % 32, mask) : 0;
}

/* Those in flight end at the virtual interface alone: the next one may not be the guest's. */
static __noinline u64 access_active(struct mmio_access a, void *base, u32 mask)
{
	u32 in_flight = a.write && a.size == 4 ? read32(base, a.offset) & mask & (u32)a.value : 0;
	u64 value = access_bits(a, base, mask, false);

	if (unlikely(in_flight) && !cell_is_direct(this_cell())) {
		vgic_resync();
		cpu_request(this_cell()->cpu_mask & ~BIT(this_cpu()), CPU_REQ_RESYNC);
	}
	return value;
}

/* Of those on their way into a guest, the ones in this CPU's list registers are found. */
static __noinline u64 access_pending(struct mmio_access a, void *base, u32 mask, bool clear)
{
	u32 word = a.offset / 4 % 32, in_flight;
	u64 value = access_bits(a, base, mask, false);

	if (a.size != 4 || cell_is_direct(this_cell()))
		return value;
	in_flight = read32(base, GICD_ISACTIVER + 4 * word) & mask;
	if (likely(!in_flight) || (a.write && !clear))
		return value;
	if (!a.write)
		return value | vgic_pending(word, in_flight);
	vgic_withdraw(word, in_flight & (u32)a.value);
	return 0;
}

/*
 * What saves a CPU's state clears what is active and sets it again. Meanwhile the list register has
 * let go of the physical interrupt: without the link its end would leave that one active for ever.
 */
static __noinline u64 access_set_active(struct mmio_access a, void *base, u32 mask)
{
	u64 value = access_bits(a, base, mask, false);

	if (a.write && a.size == 4 && !cell_is_direct(this_cell()) &&
	    base == bank_of(a.offset % 0x80))
		vgic_relink(a.offset / 4 % 32, mask & (u32)a.value);
	return value;
}

static __noinline u64 access_some_bytes(struct mmio_access a, void *base, u32 mask)
{
	u32 first = a.offset - GICD_IPRIORITYR, i;
	u64 value = 0;

	if (a.size > 4)
		return 0;
	mask &= (1U << a.size) - 1;
	for (i = 0; i < a.size; i++) {
		if (!(mask >> i & 1))
			continue;
		if (a.write)
			write8(base, a.offset + i, (u8)(a.value >> 8 * i));
		else
			value |= (u64)read8(base, a.offset + i) << 8 * i;
	}
	return a.write ? changed(base, first / 32, mask << first % 32) : value;
}

/* Bytes and words that are the guest's in full go through as they are. */
static inline u64 access_priority(struct mmio_access a, void *base)
{
	u32 first = a.offset - GICD_IPRIORITYR;

	if (!a.write)
		return read8(base, a.offset);
	write8(base, a.offset, (u8)a.value);
	return changed(base, first / 32, 1U << first % 32);
}

static inline u64 access_priorities(struct mmio_access a, void *base, u32 mask)
{
	u32 first = a.offset - GICD_IPRIORITYR;

	if (a.size == 1 && mask & 1)
		return access_priority(a, base);
	if (a.size != 4 || (mask & 0xf) != 0xf)
		return access_some_bytes(a, base, mask);
	if (!a.write)
		return read32(base, a.offset);
	write32(base, a.offset, (u32)a.value);
	return changed(base, first / 32, 0xfU << first % 32);
}

/* Each of the lower sixteen bits becomes two. */
static u32 pairs_of(u32 bits)
{
	bits &= 0xffff;
	bits = (bits | bits << 8) & 0x00ff00ff;
	bits = (bits | bits << 4) & 0x0f0f0f0f;
	bits = (bits | bits << 2) & 0x33333333;
	bits = (bits | bits << 1) & 0x55555555;
	return bits * 3;
}

static __noinline u64 access_config(struct mmio_access a, void *base, u32 mask)
{
	u32 pairs = pairs_of(mask), old;

	if (a.size != 4)
		return 0;
	old = read32(base, a.offset) & pairs;
	if (a.write && ((u32)a.value & pairs) != old)
		change_config(base, a.offset, pairs, (u32)a.value);
	return old;
}

u64 gicd_access_bank(struct mmio_access a, void *base, u32 mask)
{
	switch (a.offset < GROUPS << GROUP_SHIFT ? kinds[a.offset >> GROUP_SHIFT] : OTHER) {
	case SET_CLEAR:
		return access_bits(a, base, mask, false);
	case CLEAR_ENABLE:
		return access_bits(a, base, mask, true);
	case SET_PENDING:
		return access_pending(a, base, mask, false);
	case CLEAR_PENDING:
		return access_pending(a, base, mask, true);
	case SET_ACTIVE:
		return access_set_active(a, base, mask);
	case CLEAR_ACTIVE:
		return access_active(a, base, mask);
	case BYTES:
		return access_priorities(a, base, mask);
	case CONFIG:
		return access_config(a, base, mask);
	}
	return 0;
}

/* IROUTER (GICv3): an interrupt may be routed to CPUs of its owner only. */
static u64 access_router(struct mmio_access a)
{
	const struct cell *cell = this_cell();
	u32 intid = (a.offset - GICD_IROUTER) / 8, shift = (a.offset & 4) * 8;
	u32 offset = ALIGN_DOWN(a.offset, 8U);
	u64 route;

	/* Also to one that is off: it may be turned on later. */
	if (a.size < 4 || intid < INTID_SPI || intid >= num_intids || !cell_owns_irq(cell, intid))
		return 0;
	route = read64(gicd, offset);
	if (!a.write)
		return a.size == 8 ? route : (u32)(route >> shift);
	if (a.size == 8)
		route = a.value;
	else
		route = (route & ~(0xffffffffUL << shift)) | (u64)(u32)a.value << shift;
	/* Any CPU (bit 31) would be any cell's: the affinity in the low bits is used instead. */
	route &= MPIDR_AFFINITY;
	if (affinity_cpu_mask(route) & cell->cpu_mask)
		write64(gicd, offset, route);
	return 0;
}

/* All interrupts that guests see are in group 1; the first word is the CPU's own (GICv2). */
static __noinline u64 access_group(struct mmio_access a)
{
	u32 word = a.offset / 4 % 32;

	if (a.write || a.size != 4 || !(read32(gicd, GICD_CTLR) & GICD_CTLR_DS))
		return 0;
	return word ? this_cell()->irqs[word] : ~0U;
}

/* What describes the distributor. */
static inline u64 access_common(struct mmio_access a)
{
	return unlikely(a.write || a.size != 4) ? 0 : read32(gicd, a.offset);
}

static __noinline u64 access_other(struct mmio_access a)
{
	if (irqchip->gicd_other)
		return irqchip->gicd_other(a);
	if (a.offset >= GICD_IROUTER && a.offset < GICD_IROUTER + 8 * 1020)
		return access_router(a);
	return a.offset >= GICD_IDS ? access_common(a) : 0;
}

/* Of interrupts 0-31 no cell owns any in struct cell: they are GICv2's, and other accesses. */
static __noinline u64 access_rare(struct mmio_access a)
{
	const u32 *irqs = this_cell()->irqs;
	u32 mask = 0;

	if (a.offset < GICD_IGROUPR)
		return access_common(a);
	switch (a.offset < GROUPS << GROUP_SHIFT ? kinds[a.offset >> GROUP_SHIFT] : OTHER) {
	case GROUP:
		return access_group(a);
	case SET_CLEAR:
	case CLEAR_ENABLE:
	case SET_PENDING:
	case CLEAR_PENDING:
	case SET_ACTIVE:
	case CLEAR_ACTIVE:
		mask = irqs[a.offset / 4 % 32];
		break;
	case BYTES:
		mask = irqs[a.offset / 32 % 32] >> a.offset % 32;
		break;
	case CONFIG:
		mask = irqs[a.offset / 8 % 32] >> a.offset / 4 % 2 * 16;
		break;
	}
	return mask ? gicd_access_bank(a, gicd, mask) : access_other(a);
}

/*
 * What guests use all the time comes first, without a table. The mask is the cell's interrupts from
 * the first one of the register. All that is not a leaf is called last: nothing is saved here.
 */
static inline u64 access_word(struct mmio_access a)
{
	const u32 *irqs = this_cell()->irqs;
	u32 mask;

	if (likely(a.offset - GICD_ISENABLER < GICD_ISPENDR - GICD_ISENABLER)) {
		mask = irqs[a.offset / 4 % 32];
		if (likely(mask))
			return access_bits(a, gicd, mask, a.offset >= GICD_ICENABLER);
	} else if (a.offset < GICD_IGROUPR) {
		return access_common(a);
	} else if (a.offset - GICD_IPRIORITYR < GICD_ITARGETSR - GICD_IPRIORITYR) {
		mask = irqs[a.offset / 32 % 32] >> a.offset % 32;
		if (likely(mask))
			return access_priorities(a, gicd, mask);
	}
	return access_rare(a);
}

u64 gicd_read32(u32 offset)
{
	return access_word((struct mmio_access){ 0, offset, 4, false });
}

void gicd_write32(u32 offset, u32 value)
{
	access_word((struct mmio_access){ value, offset, 4, true });
}

u64 gicd_access(struct mmio_access a)
{
	u32 first = a.offset - GICD_IPRIORITYR;

	if (likely(a.size == 1 && first < GICD_ITARGETSR - GICD_IPRIORITYR &&
		   this_cell()->irqs[first / 32] >> first % 32 & 1))
		return access_priority(a, gicd);
	return access_rare(a);
}

/* --- ownership --- */

/*
 * All registers of an interrupt that firmware keeps secure (group 0, DS = 0) read as zero and
 * ignore writes (IHI 0069, 4.6.1; IHI 0048, 4.1.6). Linux gives each of its own a priority.
 */
static bool is_secure(u32 intid)
{
	bool secure;

	if (gicd_priority(intid))
		return false;
	write8(gicd, GICD_IPRIORITYR + intid, PRIORITY_DEFAULT);
	secure = !gicd_priority(intid);
	write8(gicd, GICD_IPRIORITYR + intid, 0);
	return secure;
}

u32 arch_irq_refusal(u32 intid)
{
	if (intid < INTID_SPI || intid >= num_intids)
		return JH_ERR_IRQ_ABSENT;
	return is_secure(intid) ? JH_ERR_IRQ_SECURE : 0;
}
