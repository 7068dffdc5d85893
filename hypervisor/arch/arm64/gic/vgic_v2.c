// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (c) The jh authors
 *
 * The entry points of interrupts of GICv2, and of accesses to its registers. A guest finds a CPU
 * interface at the address of the physical one, and nothing in the other frames.
 */
#include <config.h>
#include <gic/frame.h>
#include <gic/gicv2.h>
#include <gic/ppi.h>
#include <gic/vgic.h>
#include <gic/vgicd.h>
#include <gic/vppi.h>
#include <gic/vsgi_v2.h>
#include <hv/cpu.h>

/* SGIs are sent by MMIO (IHI 0048, 4.3.15). */
static u64 access_distributor(struct mmio_access a, void *context)
{
	(void)context;
	if (a.offset != GICD_SGIR)
		return vgicd_access(a);
	if (a.write && a.size == 4)
		vsgi_v2_send((u32)a.value);
	return 0;
}

/*
 * Frames that no guest sees: the physical interface, the virtual interface control, and the virtual
 * interface except for the pages that vgic_map_cell() maps. KVM in root clears list registers when
 * a CPU comes up.
 */
static u64 access_hidden(struct mmio_access a, void *context)
{
	(void)context;
	vgic_ignored(a);
	return 0;
}

void vgic_build(const void *config)
{
	/* The most accessed one first. */
	static const u8 kinds[] = { JH_UNIT_GICD, JH_UNIT_GICC, JH_UNIT_GICH, JH_UNIT_GICV };
	static struct mmio_region regions[ARRAY_SIZE(kinds)];
	struct gic_frame frame;
	u32 i;

	vgic_init();
	vppi_init(ppi_hidden());
	for (i = 0; i < ARRAY_SIZE(kinds); i++) {
		frame = gic_frame(config, kinds[i]);
		regions[i] = (struct mmio_region){
			frame.pa, frame.size, i ? access_hidden : access_distributor, NULL,
			NULL, 0,
		};
		mmio_add(&regions[i]);
	}
}

static int map_gicv_page(struct cell *cell, gpa_t gpa, pa_t pa)
{
	int err = pgtable_prepare(&cell->pt, gpa, pa, PAGE_SIZE, 0);

	if (!err)
		pgtable_map(&cell->pt, gpa, pa, PAGE_SIZE, MAP_READ | MAP_WRITE | MAP_DEVICE);
	return err;
}

/*
 * If the machine repeats each of the two pages of the CPU interface, a guest finds all of them:
 * Linux wants the two contiguous and uses the last page of the first kind, Xilinx' drivers use the
 * first.
 */
int vgic_map_cell(struct cell *cell)
{
	pa_t pa = PA(cell_is_direct(cell) ? gicv2.gicc_pa : gicv2.gicv_pa);
	u64 last = (u64)(gicv2.repeats - 1) * PAGE_SIZE;
	u32 i;
	int err = 0;

	for (i = 0; i < gicv2.repeats && !err; i++) {
		u64 offset = (u64)i * PAGE_SIZE;

		err = map_gicv_page(cell, GPA(gicv2.gicc_pa - last + offset), pa);
		if (!err)
			err = map_gicv_page(cell, GPA(gicv2.gicc_pa + PAGE_SIZE + offset),
				       PA(pa.a + PAGE_SIZE));
	}
	return err;
}

/* --- accesses --- */

u64 vgic_read(u32 offset, u32 size, const struct mmio_region *region)
{
	if (likely(region->access == access_distributor))
		return vgicd_read(offset, size);
	return mmio_read(offset, size, region);
}

void vgic_write(u32 offset, u32 size, u64 value, const struct mmio_region *region)
{
	/* An SGI is sent by a word. */
	if (likely(region->access == access_distributor && offset != GICD_SGIR))
		vgicd_write(offset, size, value);
	else
		mmio_write(offset, value, region, size);
}

u64 vgic_read32(u32 offset, const struct mmio_region *region)
{
	if (unlikely(region->access != access_distributor))
		return mmio_read(offset, 4, region);
	return unlikely(offset == GICD_SGIR) ? 0 : vgicd_read32(offset);
}

void vgic_write32(u32 offset, u64 value, const struct mmio_region *region)
{
	if (unlikely(region->access != access_distributor))
		mmio_write(offset, value, region, 4);
	else if (offset == GICD_SGIR)
		vsgi_v2_send((u32)value);
	else
		vgicd_write32(offset, (u32)value);
}

/* --- interrupts --- */

/*
 * List registers run empty, or an interrupt has ended: an SGI for which those of other senders
 * wait, or one that may be raised still (gic/vspi.h).
 */
static void __noinline maintain(void)
{
	u32 ended = read32(gicv2.gich, GICH_EISR0);

	cpu_count(JH_STAT_MAINTENANCE);
	for (; ended; ended &= ended - 1)
		gic_lr_write((u32)__builtin_ctz(ended), 0);
	vgic_refill();
	/* The line is a level: it has fallen before the interrupt can come again. */
	dsb(sy);
	gic_deactivate(ppi_maintenance);
}

void vgic_irq(void)
{
	u32 iar = read32(gicv2.gicc, GICC_IAR), intid = IAR_INTID(iar), priority;

	if (intid < INTID_PPI) {
		vsgi_v2_take(intid, iar);
		return;
	}
	if (unlikely(intid >= INTID_SPECIAL)) {
		cpu_count(JH_STAT_OTHER);
		return;
	}
	/* The running priority is that of this interrupt, as its owner set it. */
	priority = read32(gicv2.gicc, GICC_RPR);
	write32(gicv2.gicc, GICC_EOIR, iar);
	if (unlikely(priority == PRIORITY_EL2) && intid == ppi_maintenance) {
		maintain();
		return;
	}
	cpu_count(JH_STAT_IRQ);
	if (unlikely(!vgic_owns(intid)))
		vgic_foreign(intid);
	else if (likely(gicv2_lrs_empty()))
		write32(gicv2.gich, GICH_LR, (u32)(GICH_LR_HW | GICH_LR_PENDING) |
			GICH_LR_PRIORITY(priority) | intid << GICH_LR_PINTID_SHIFT | intid);
	else
		vgic_hw(intid, priority);
}
