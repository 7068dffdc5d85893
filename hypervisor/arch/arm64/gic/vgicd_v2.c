// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (c) The jh authors
 *
 * Parts of the distributor that only GICv2 has: registers of interrupts 0-31 are banked by CPU (IHI
 * 0048, 4.1.4), and targets are bytes (4.3.12).
 */
#include <asm/percpu.h>
#include <gic/gicd.h>
#include <gic/vcpuid.h>
#include <gic/vgic.h>
#include <gic/vgicd.h>
#include <gic/vppi.h>
#include <gic/vsgi_v2.h>

#define GICD_V2_END	0x1000	/* behind it the registers may appear again (GIC-400 on ZynqMP) */
#define GICD_V2_IDS	0x0fd0

u32 vgicd_typer(u32 found, u32 num_cpus)
{
	return (found & ~GICD_TYPER_CPUS) | (num_cpus - 1) << GICD_TYPER_CPUS_SHIFT;
}

/* Does the register hold interrupts below 32? */
static bool is_banked(u32 offset)
{
	if (offset >= GICD_ISENABLER && offset < GICD_IPRIORITYR)
		return !(offset & 0x7c);
	return (offset >= GICD_IPRIORITYR && offset < GICD_IPRIORITYR + INTID_SPI) ||
	       (offset >= GICD_ICFGR && offset < GICD_ICFGR + INTID_SPI / 4);
}

static u64 access_banked(struct mmio_access a)
{
	/* An SGI without a sender cannot be made pending; GICD_SPENDSGIR names one. */
	if (a.offset == GICD_ISPENDR || a.offset == GICD_ICPENDR)
		a.value &= ~(u64)SGIS;
	/*
	 * The triggers of PPIs are the board's: most implementations have them fixed (4.3.13). One
	 * that has a single copy for all CPUs, as QEMU does, would let root change the timers of
	 * other cells, too.
	 */
	if (a.write && a.offset >= GICD_ICFGR)
		return 0;
	return vppi_access(a, gicd_base, this_cpu());
}

/* An interrupt with no target in the cell would be lost: such a write is ignored. */
static void write_target(u32 offset, u32 targets)
{
	u32 found = vcpuid_set_in(this_cell(), targets);

	if (found)
		write8(gicd_base, offset, (u8)found);
	else
		vgic_ignored((struct mmio_access){ targets & 0xff, offset, 1, true });
}

/* The banked registers tell each CPU the number of its own interface. */
static u32 read_target(u32 offset)
{
	u32 interfaces = read8(gicd_base, offset);

	if (offset >= GICD_ITARGETSR + INTID_SPI)
		return vcpuid_set_out(this_cell(), interfaces);
	/* They read as zero if the machine has a single interface. */
	return cell_numbers_cpus(this_cell()) ? this_percpu->cluster_bit : interfaces;
}

static u64 access_targets(struct mmio_access a)
{
	u32 first = a.offset - GICD_ITARGETSR, mask, i;
	u64 value = 0;

	if (first < INTID_SPI)
		mask = a.write ? 0 : ~0U;
	else
		mask = this_cell()->irqs[first / 32] >> first % 32;
	for (i = 0; i < a.size && i < 4; i++) {
		if (!(mask >> i & 1))
			continue;
		if (a.write)
			write_target(a.offset + i, (u32)(a.value >> 8 * i));
		else
			value |= (u64)read_target(a.offset + i) << 8 * i;
	}
	return value;
}

u64 vgicd_access_other(struct mmio_access a)
{
	if (a.offset >= GICD_V2_END)
		return vgicd_access_none(a);
	if (is_banked(a.offset))
		return access_banked(a);
	if (a.offset >= GICD_ITARGETSR && a.offset < GICD_ICFGR)
		return access_targets(a);
	if (a.offset >= GICD_CPENDSGIR && a.offset < GICD_SPENDSGIR + INTID_PPI)
		return vsgi_v2_access_pending(a);
	if (a.offset < GICD_V2_IDS || a.write)
		return vgicd_access_none(a);
	return a.size == 4 ? read32(gicd_base, a.offset) : 0;
}
