// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (c) The jh authors
 *
 * The entry points of interrupts of GICv3, and of accesses to its registers.
 */
#include <config.h>
#include <gic/frame.h>
#include <gic/gicv3.h>
#include <gic/lr.h>
#include <gic/ppi.h>
#include <gic/vgic.h>
#include <gic/vgicd.h>
#include <gic/vgicr.h>
#include <gic/vlpi.h>
#include <gic/vppi.h>
#include <gic/vsgi_v3.h>
#include <hv/cpu.h>

static u64 access_distributor(struct mmio_access access, void *context)
{
	(void)context;
	return vgicd_access(access);
}

static u64 access_redistributors(struct mmio_access access, void *context)
{
	(void)context;
	return vgicr_access(access);
}

void vgic_build(const void *config)
{
	struct gic_frame gicd = gic_frame(config, JH_UNIT_GICD);
	struct gic_frame gicr = gic_frame(config, JH_UNIT_GICR);
	static struct mmio_region regions[2];

	vgic_init();
	vppi_init(ppi_hidden());
	regions[0] = (struct mmio_region){ gicd.pa, gicd.size, access_distributor, NULL, NULL,
					   0 };
	regions[1] = (struct mmio_region){ gicr.pa, gicr.size, access_redistributors, NULL, NULL,
					   0 };
	mmio_add(&regions[0]);
	mmio_add(&regions[1]);
}

int vgic_map_cell(struct cell *cell)
{
	(void)cell;
	return 0;
}

/* --- accesses --- */

u64 vgic_read(u32 offset, u32 size, const struct mmio_region *region)
{
	if (likely(region->access == access_distributor))
		return vgicd_read(offset, size);
	if (likely(region->access == access_redistributors))
		return vgicr_read(offset, size);
	return mmio_read(offset, size, region);
}

void vgic_write(u32 offset, u32 size, u64 value, const struct mmio_region *region)
{
	if (likely(region->access == access_distributor))
		vgicd_write(offset, size, value);
	else
		mmio_write(offset, value, region, size);
}

u64 vgic_read32(u32 offset, const struct mmio_region *region)
{
	if (likely(region->access == access_distributor))
		return vgicd_read32(offset);
	if (likely(region->access == access_redistributors))
		return vgicr_read32(offset);
	return mmio_read(offset, 4, region);
}

void vgic_write32(u32 offset, u64 value, const struct mmio_region *region)
{
	if (likely(region->access == access_distributor))
		vgicd_write32(offset, (u32)value);
	else if (likely(region->access == access_redistributors))
		vgicr_write32(offset, (u32)value);
	else
		mmio_write(offset, value, region, 4);
}

/* --- interrupts --- */

/* List registers run empty, or an interrupt has ended that may be raised still (gic/vspi.h). */
static void __cold __noinline maintain(void)
{
	u64 ended = read_sysreg(ich_eisr_el2);

	cpu_count(JH_STAT_MAINTENANCE);
	for (; ended; ended &= ended - 1)
		gic_lr_write((u32)__builtin_ctzl(ended), 0);
	vgic_refill();
	/* The line is a level: it has fallen before the interrupt can come again. */
	isb();
	gic_deactivate(ppi_maintenance);
}

void vgic_irq(void)
{
	u32 intid = gicv3_ack(), priority;

	if (intid < INTID_PPI) {
		vsgi_v3_doorbell(intid);
		return;
	}
	if (intid >= INTID_SPECIAL && intid < INTID_LPI) {
		cpu_count(JH_STAT_OTHER);
		return;
	}
	priority = gicv3_running_priority();
	write_sysreg(intid, icc_eoir1_el1);
	if (unlikely(priority == PRIORITY_EL2) && intid == ppi_maintenance) {
		maintain();
		return;
	}
	cpu_count(JH_STAT_IRQ);
	if (unlikely(intid >= INTID_SPECIAL)) {
		if (this_cell()->id == CELL_ROOT)
			vlpi_deliver(intid, priority);
	} else if (unlikely(!vgic_owns(intid))) {
		vgic_foreign(intid);
	} else if (likely(gicv3_lrs_empty())) {
		/* Nearly always nothing else is on its way. */
		write_sysreg(lr_physical(intid, priority), ich_lr0_el2);
	} else {
		vgic_hw(intid, priority);
	}
}
