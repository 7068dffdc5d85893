// SPDX-License-Identifier: GPL-2.0-only
/* Copyright (c) The jh authors */
#include <gic/vbank.h>
#include <gic/vgic.h>
#include <gic/vgicd.h>
#include <gic/vspi.h>

void vgicd_init(void)
{
	root_cell.arch.gicd_typer = read32(gicd_base, GICD_TYPER);
}

void vgicd_prepare(struct cell *cell)
{
	u32 found = root_cell.arch.gicd_typer;

	cell->arch.gicd_typer = cell_numbers_cpus(cell) ? vgicd_typer(found, cell->num_cpus) :
							  found;
}

/* All interrupts that guests see are in group 1. The first word is banked (GICv2). */
static __noinline __cold u64 access_group(struct mmio_access a)
{
	u32 word = a.offset / 4 % 32;

	if (a.write || a.size != 4 || !(read32(gicd_base, GICD_CTLR) & GICD_CTLR_DS))
		return 0;
	return word ? this_cell()->irqs[word] : ~0U;
}

static inline u32 read_info(u32 offset)
{
	return offset == GICD_TYPER ? this_cell()->arch.gicd_typer : read32(gicd_base, offset);
}

static u64 access_info(struct mmio_access a)
{
	/* The hypervisor controls the distributor; a guest's GICD_CTLR has no effect. */
	if (a.write && a.offset != GICD_CTLR)
		vgic_ignored(a);
	return unlikely(a.write || a.size != 4) ? 0 : read_info(a.offset);
}

/*
 * A driver that starts disables all interrupts that may exist and sets the priority, target and
 * trigger of each. An access to an interrupt that the cell does not own is a mistake, and noted,
 * only if it would enable it or make it pending or active.
 */
u64 vgicd_access_none(struct mmio_access a)
{
	u32 kind = vbank_kind(a.offset);
	bool sets = kind == VBANK_SET_CLEAR || kind == VBANK_SET_PENDING ||
		    kind == VBANK_SET_ACTIVE;

	if (kind == VBANK_OTHER || (sets && a.write))
		vgic_ignored(a);
	return 0;
}

static inline bool has_bits(u32 offset)
{
	return offset - GICD_ISENABLER < GICD_IPRIORITYR - GICD_ISENABLER;
}

/* Interrupts 0-31 are in no cell's @irqs: for GICv2 vgicd_access_other() handles them. */
static u64 access_physical(struct mmio_access a)
{
	const u32 *irqs = this_cell()->irqs;
	u32 mask = 0;

	if (a.offset < GICD_IGROUPR)
		return access_info(a);
	switch (vbank_kind(a.offset)) {
	case VBANK_GROUP:
		return access_group(a);
	case VBANK_SET_CLEAR:
	case VBANK_CLEAR_ENABLE:
	case VBANK_SET_PENDING:
	case VBANK_CLEAR_PENDING:
	case VBANK_SET_ACTIVE:
	case VBANK_CLEAR_ACTIVE:
		mask = irqs[a.offset / 4 % 32];
		break;
	case VBANK_BYTES:
		mask = irqs[a.offset / 32 % 32] >> a.offset % 32;
		break;
	case VBANK_CONFIG:
		mask = irqs[a.offset / 8 % 32] >> a.offset / 4 % 2 * 16;
		break;
	}
	if (!mask)
		return vgicd_access_other(a);
	if (a.write && !(a.value & mask) && has_bits(a.offset))
		return vgicd_access_none(a);
	return vbank_access(a, gicd_base, mask);
}

static __noinline u64 access_both(struct mmio_access a)
{
	u64 value = vspi_access(a);

	if (has_bits(a.offset))
		a.value &= ~(u64)vspi_bits(this_cell(), a.offset / 4 % 32);
	return value | access_physical(a);
}

u64 vgicd_access(struct mmio_access a)
{
	return vspi_exists(this_cell()) ? access_both(a) : access_physical(a);
}

/* Rare accesses, out of the way of the frequent ones. */
static __noinline u64 access_rare(u32 offset, u32 size, u64 value, bool write)
{
	return vgicd_access((struct mmio_access){ value, offset, (u8)size, write });
}

/*
 * The short paths: the most frequent registers, without a table. A mask has the cell's interrupts
 * from the first one of the register on. Non-leaf calls are tail calls, so no register is saved. A
 * word with a virtual interrupt takes the slow path.
 */
static inline u32 bits_of_cell(u32 offset)
{
	return this_cell()->plain_irqs[offset / 4 % 32];
}

static inline bool is_priority(u32 offset)
{
	return offset - GICD_IPRIORITYR < GICD_ITARGETSR - GICD_IPRIORITYR;
}

/* The cell's interrupts from the one on whose priority is at @offset. */
static inline u32 priorities_of_cell(u32 offset)
{
	return this_cell()->plain_irqs[offset / 32 % 32] >> offset % 32;
}

u64 vgicd_read32(u32 offset)
{
	u32 mask;

	if (likely(offset - GICD_ISENABLER < GICD_ISPENDR - GICD_ISENABLER)) {
		mask = bits_of_cell(offset);
		if (likely(mask))
			return read32(gicd_base, offset) & mask;
	} else if (offset < GICD_IGROUPR) {
		return read_info(offset);
	} else if (is_priority(offset) && priorities_of_cell(offset) & 0xf) {
		return vbank_read_some(gicd_base, offset, priorities_of_cell(offset));
	}
	return access_rare(offset, 4, 0, false);
}

void vgicd_write32(u32 offset, u32 value)
{
	u32 bits;

	/* Setting one pending needs no look at interrupts in flight. */
	if (likely(offset - GICD_ISENABLER < GICD_ICPENDR - GICD_ISENABLER)) {
		bits = value & bits_of_cell(offset);
		if (likely(bits)) {
			vbank_write_bits(gicd_base, offset, bits,
					 offset >= GICD_ICENABLER && offset < GICD_ISPENDR);
			return;
		}
	} else if (is_priority(offset) && priorities_of_cell(offset) & 0xf) {
		vbank_write_some(gicd_base, offset, value, priorities_of_cell(offset));
		return;
	}
	access_rare(offset, 4, value, true);
}

/* Linux reads and writes priorities by byte. */
static inline bool owns_priority(u32 offset)
{
	return is_priority(offset) && priorities_of_cell(offset) & 1;
}

u64 vgicd_read(u32 offset, u32 size)
{
	if (likely(size == 1 && owns_priority(offset)))
		return read8(gicd_base, offset);
	return access_rare(offset, size, 0, false);
}

void vgicd_write(u32 offset, u32 size, u64 value)
{
	if (likely(size == 1 && owns_priority(offset)))
		vbank_write_priority(gicd_base, offset, (u8)value);
	else
		access_rare(offset, size, value, true);
}
