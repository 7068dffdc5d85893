/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Copyright (c) The jh authors
 *
 * GICv2's CPU interface (GICC) and the control of the virtual one (GICH), both by MMIO. IHI 0048,
 * 4.4 and 5.3. A guest finds the virtual interface (GICV) where the physical one is. The number of
 * a CPU interface, by which registers name CPUs, serves as the CPU's affinity (gic/affinity.h): all
 * of them, at most eight, are cluster 0.
 */
#ifndef GIC_GICV2_H
#define GIC_GICV2_H

#include <asm/percpu.h>
#include <asm/sysreg.h>
#include <gic/gicd.h>
#include <hv/mmio_access.h>

#define GICC_CTLR		0x0000
#define  GICC_CTLR_ENABLE	BIT(0)	/* of the only group that can be seen */
#define  GICC_CTLR_EOIMODE	BIT(9)
#define GICC_PMR		0x0004
#define GICC_BPR		0x0008
#define GICC_IAR		0x000c
#define GICC_EOIR		0x0010
#define GICC_RPR		0x0014
#define GICC_APR		0x00d0
#define GICC_NSAPR		0x00e0	/* of group 1, where there is no security */
#define GICC_IIDR		0x00fc
#define GICC_DIR		0x1000
#define GICC_USED		0x2000	/* bytes with registers; the same for GICV */

#define GICH_HCR		0x0000
#define  GICH_HCR_EN		BIT(0)
#define  GICH_HCR_UIE		BIT(1)
#define GICH_VTR		0x0004
#define GICH_VMCR		0x0008
#define  GICH_VMCR_ENABLE	BIT(0)
#define  GICH_VMCR_EOIMODE	BIT(9)
#define  GICH_VMCR_BPR_SHIFT	21
#define  GICH_VMCR_PMR_SHIFT	27	/* the upper five bits of a priority */
#define GICH_EISR0		0x0020
#define GICH_ELRSR0		0x0030
#define GICH_APR		0x00f0
#define GICH_LR			0x0100
#define  GICH_LR_PENDING	BIT(28)
#define  GICH_LR_HW		BIT(31)
#define  GICH_LR_PINTID_SHIFT	10	/* with HW: the physical INTID */
#define  GICH_LR_SOURCE_SHIFT	10	/* without HW, of an SGI: the sender's CPU interface */
#define  GICH_LR_EOI		BIT(19)	/* without HW: a maintenance interrupt at the end */
#define  GICH_LR_PRIORITY_SHIFT	20	/* of all eight bits */
#define  GICH_LR_PRIORITY(p)	(((p) & 0xf8U) << GICH_LR_PRIORITY_SHIFT)	/* the upper five */

/* The fields of GICC_IAR, which for an SGI say who sent it. GICH_LR has them in the same places. */
#define IAR_INTID(iar)		((iar) & 0x3ff)
#define IAR_SOURCE(iar)		((iar) >> 10 & 7)

#define SGIR_TARGETS_SHIFT	16

/**
 * struct gicv2 - addresses; written during enable, read-only afterwards
 * @native:	SGIs that every CPU can take, except the doorbell: guests send them physically
 */
struct gicv2 {
	void *gicd;	/* gicd_base, for what must be fast */
	void *gicc;
	void *gich;
	u64 gicd_pa;
	u64 gicc_pa;
	u64 gicv_pa;
	u32 repeats;	/* pages that show the same 4 KiB of registers of the CPU interfaces */
	u32 ctlr;	/* GICC_CTLR as Linux has it, but for what EL2 decides */
	u32 native;
	bool forgets;	/* GIC_ERRATUM_FORGETS_LEVELS */
};

extern struct gicv2 gicv2;

/** gicv2_lrs_empty() - are all list registers free? They nearly always are */
static inline bool gicv2_lrs_empty(void)
{
	return read32(gicv2.gich, GICH_ELRSR0) == this_percpu->vgic.lr_all;
}

/** gicv2_end() - an interrupt that was for EL2: drop its priority and deactivate it */
static inline void gicv2_end(u32 iar)
{
	write32(gicv2.gicc, GICC_EOIR, iar);
	write32(gicv2.gicc, GICC_DIR, iar);
}

/** gicv2_sgir() - the value of GICD_SGIR that sends an SGI to a set of CPU interfaces */
static inline u32 gicv2_sgir(u32 targets, u32 intid)
{
	return targets << SGIR_TARGETS_SHIFT | intid;
}

/** gicv2_send() - an SGI to a set of CPU interfaces */
static inline void gicv2_send(u32 targets, u32 intid)
{
	write32(gicv2.gicd, GICD_SGIR, gicv2_sgir(targets, intid));
}

/** gicv2_ring() - the doorbells of one or more CPUs: struct arch_cpu.doorbell, ored */
static inline void gicv2_ring(u32 sgir)
{
	/* Earlier stores must be visible to the target before the interrupt. */
	dmb(ishst);
	write32(gicv2.gicd, GICD_SGIR, sgir);
}

#endif
