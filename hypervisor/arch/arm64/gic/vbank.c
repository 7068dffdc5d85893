// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (c) The jh authors
 *
 * Registers are masked by whole words. GICv2: IHI 0048, 4.3; GICv3: IHI 0069, 12.9 and 12.11.
 */
#include <gic/vbank.h>
#include <gic/vgic.h>
#include <hv/cpu.h>

const u8 vbank_kinds[VBANK_KINDS] = {
	[GICD_IGROUPR >> VBANK_KIND_SHIFT] = VBANK_GROUP,
	[GICD_ISENABLER >> VBANK_KIND_SHIFT] = VBANK_SET_CLEAR,
	[GICD_ICENABLER >> VBANK_KIND_SHIFT] = VBANK_CLEAR_ENABLE,
	[GICD_ISPENDR >> VBANK_KIND_SHIFT] = VBANK_SET_PENDING,
	[GICD_ICPENDR >> VBANK_KIND_SHIFT] = VBANK_CLEAR_PENDING,
	[GICD_ISACTIVER >> VBANK_KIND_SHIFT] = VBANK_SET_ACTIVE,
	[GICD_ICACTIVER >> VBANK_KIND_SHIFT] = VBANK_CLEAR_ACTIVE,
	[GICD_IPRIORITYR >> VBANK_KIND_SHIFT ... (GICD_ITARGETSR >> VBANK_KIND_SHIFT) - 1] =
		VBANK_BYTES,
	[GICD_ICFGR >> VBANK_KIND_SHIFT] = VBANK_CONFIG, VBANK_CONFIG,
};

static void resync(void)
{
	vgic_resync();
	cpu_request(this_cell()->cpu_mask & ~BIT(this_cpu()), CPU_REQ_RESYNC);
}

void vbank_tell_in_flight(void *base, u32 word, u32 mask)
{
	/* With direct interrupts the guest itself has the active ones. */
	if (cell_is_direct(this_cell()))
		return;
	vgic_resync();
	if (read32(base, GICD_ISACTIVER + 4 * word) & mask)
		cpu_request(this_cell()->cpu_mask & ~BIT(this_cpu()), CPU_REQ_RESYNC);
}

static u64 access_bits(struct mmio_access a, void *base, u32 mask, bool disable)
{
	if (a.size != 4)
		return 0;
	if (!a.write)
		return read32(base, a.offset) & mask;
	vbank_write_bits(base, a.offset, (u32)a.value & mask, disable);
	return 0;
}

/* After that an interrupt in flight must end at the virtual interface alone (resync_lr()). */
static __noinline u64 access_active(struct mmio_access a, void *base, u32 mask)
{
	u32 in_flight = a.write && a.size == 4 ? read32(base, a.offset) & mask & (u32)a.value : 0;
	u64 value = access_bits(a, base, mask, false);

	if (unlikely(in_flight) && !cell_is_direct(this_cell()))
		resync();
	return value;
}

/* Of interrupts in flight, only those in this CPU's list registers are found. */
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
 * Code that saves a CPU's state clears active bits and sets them again. Clearing unlinks the list
 * register from the physical interrupt; without a new link the end would leave that active for
 * ever.
 */
static __noinline __cold u64 access_set_active(struct mmio_access a, void *base, u32 mask)
{
	u64 value = access_bits(a, base, mask, false);
	u32 word = a.offset / 4 % 32;

	/* Registers of another CPU's interrupts do not concern this CPU's list registers. */
	if (a.write && a.size == 4 && !cell_is_direct(this_cell()) &&
	    base == gicd_bank(32 * word))
		vgic_relink(word, mask & (u32)a.value);
	return value;
}

u32 vbank_read_some(void *base, u32 offset, u32 mask)
{
	/* Each of four bits goes to a byte, which it fills. */
	u32 bytes = ((mask & 0xf) * 0x00204081 & 0x01010101) * 0xff;

	return read32(base, offset) & bytes;
}

void vbank_write_some(void *base, u32 offset, u32 value, u32 mask)
{
	u32 first = offset - GICD_IPRIORITYR, i;

	for (i = 0; i < 4; i++) {
		if (mask >> i & 1)
			write8(base, offset + i, (u8)(value >> 8 * i));
	}
	vbank_changed(base, first / 32, (mask & 0xf) << first % 32);
}

static u64 access_priorities(struct mmio_access a, void *base, u32 mask)
{
	switch (a.size) {
	case 1:
		if (!(mask & 1))
			return 0;
		if (!a.write)
			return read8(base, a.offset);
		vbank_write_priority(base, a.offset, (u8)a.value);
		return 0;
	case 4:
		if (!a.write)
			return vbank_read_some(base, a.offset, mask);
		vbank_write_some(base, a.offset, (u32)a.value, mask);
	}
	return 0;
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

static __noinline __cold u64 access_config(struct mmio_access a, void *base, u32 mask)
{
	u32 pairs = pairs_of(mask), old;

	if (a.size != 4)
		return 0;
	old = read32(base, a.offset) & pairs;
	if (a.write && ((u32)a.value & pairs) != old)
		gicd_change(base, a.offset, pairs, (u32)a.value);
	return old;
}

u64 vbank_access(struct mmio_access a, void *base, u32 mask)
{
	switch (vbank_kind(a.offset)) {
	case VBANK_SET_CLEAR:
		return access_bits(a, base, mask, false);
	case VBANK_CLEAR_ENABLE:
		return access_bits(a, base, mask, true);
	case VBANK_SET_PENDING:
		return access_pending(a, base, mask, false);
	case VBANK_CLEAR_PENDING:
		return access_pending(a, base, mask, true);
	case VBANK_SET_ACTIVE:
		return access_set_active(a, base, mask);
	case VBANK_CLEAR_ACTIVE:
		return access_active(a, base, mask);
	case VBANK_BYTES:
		return access_priorities(a, base, mask);
	case VBANK_CONFIG:
		return access_config(a, base, mask);
	}
	return 0;
}
