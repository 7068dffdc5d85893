// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (c) The jh authors
 *
 * Direct interrupts on GICv2: the cell finds the physical CPU interface where others find the
 * virtual one, and nothing of it traps. What a guest did there is undone when its CPU comes back.
 * SGIs are the hardware's as well; GICD_SGIR traps and its targets are filtered as ever.
 */
#include <asm/sysreg.h>
#include <gic/gicd.h>
#include <gic/gicv2.h>
#include <gic/irqchip.h>
#include <hv/atomic.h>
#include <hv/cpu.h>

#define SGIS			0xffffU
#define ACTIVE_PRIORITIES	4	/* GICC_APR<n>, GICC_NSAPR<n>; not all of them need exist */

void gicv2_give_interface(void)
{
	u32 i;

	/* The short way of an SGI to oneself is by list register, too. */
	store_release(&cpu_self()->arch.sgi_enabled, 0);
	/* The doorbell, by which the CPU is called back, keeps what own_ppis() gave it. */
	write32(gicv2.gicd, GICD_ICENABLER, 1U << gicv2.maintenance);
	for (i = 0; i < 16; i++) {
		if (i != DOORBELL_SGI)
			write8(gicv2.gicd, GICD_IPRIORITYR + i, PRIORITY_DEFAULT);
	}
	write32(gicv2.gicd, GICD_ISENABLER, SGIS);
	write32(gicv2.gich, GICH_HCR, 0);
	/* As after a reset: disabled, and everything masked. */
	write32(gicv2.gicc, GICC_CTLR, gicv2.ctlr);
	write32(gicv2.gicc, GICC_PMR, 0);
	dsb(sy);
}

void gicv2_take_interface(void)
{
	u32 i;

	/* The doorbell too may have been taken by the guest. Requests are looked at later. */
	write8(gicv2.gicd, GICD_CPENDSGIR + DOORBELL_SGI, 0xff);
	write32(gicv2.gicd, GICD_ICACTIVER, SGIS);
	/* Split, so that an end below deactivates nothing. */
	write32(gicv2.gicc, GICC_CTLR, gicv2.ctlr | (u32)(GICC_CTLR_EOIMODE | GICC_CTLR_ENABLE));
	for (i = 0; i < ACTIVE_PRIORITIES; i++) {
		write32(gicv2.gicc, GICC_APR + 4 * i, 0);
		write32(gicv2.gicc, GICC_NSAPR + 4 * i, 0);
	}
	/* QEMU looks at these registers only when something ends. */
	if (read32(gicv2.gicc, GICC_RPR) != PRIORITY_IDLE)
		write32(gicv2.gicc, GICC_EOIR, gicv2.maintenance);
}

bool gicv2_hears(void)
{
	return read32(gicv2.gicc, GICC_CTLR) & GICC_CTLR_ENABLE && read32(gicv2.gicc, GICC_PMR) &&
	       read32(gicv2.gicc, GICC_RPR) == PRIORITY_IDLE &&
	       !(read32(gicv2.gicd, GICD_ISACTIVER) >> DOORBELL_SGI & 1);
}

u64 gicv2_access_pending_direct(struct mmio_access a)
{
	/* A byte for each SGI, a bit in it for each sender: the cell's own. */
	u32 value = (u32)a.value & gicv2_interfaces(this_cell()) * 0x01010101U;

	switch (a.size) {
	case 1:
		if (!a.write)
			return read8(gicv2.gicd, a.offset);
		write8(gicv2.gicd, a.offset, (u8)value);
		break;
	case 4:
		if (!a.write)
			return read32(gicv2.gicd, a.offset);
		write32(gicv2.gicd, a.offset, value);
		break;
	}
	return 0;
}
