// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * GICv3: CPU interface in system registers, one redistributor per CPU, CPUs named by affinity.
 *
 * Copyright (c) The jh authors
 */
#include <inmate/comm.h>
#include <inmate/gic.h>
#include <inmate/io.h>
#include <inmate/smp.h>
#include <inmate/sysreg.h>

#include "gic_internal.h"

#define ICC_PMR_EL1	S3_0_C4_C6_0
#define ICC_DIR_EL1	S3_0_C12_C11_1
#define ICC_RPR_EL1	S3_0_C12_C11_3
#define ICC_SGI1R_EL1	S3_0_C12_C11_5
#define ICC_IAR1_EL1	S3_0_C12_C12_0
#define ICC_EOIR1_EL1	S3_0_C12_C12_1
#define ICC_BPR1_EL1	S3_0_C12_C12_3
#define ICC_CTLR_EL1	S3_0_C12_C12_4
#define ICC_SRE_EL1	S3_0_C12_C12_5
#define ICC_IGRPEN1_EL1	S3_0_C12_C12_7

#define CTLR_EOIMODE	BIT(1)
#define SGI1R_OTHERS	BIT(40)

#define GICD_CTLR_RWP	BIT(31)
#define GICR_CTLR	0x0000
#define  GICR_CTLR_RWP	BIT(3)
#define GICR_TYPER	0x0008
#define  TYPER_VLPIS	BIT(1)
#define  TYPER_LAST	BIT(4)
#define GICR_WAKER	0x0014
#define  WAKER_SLEEP	BIT(1)
#define  WAKER_ASLEEP	BIT(2)
#define GICR_FRAME	0x10000
/* More redistributors than any machine has: the search must end where no frame says "last". */
#define GICR_MAX	512

static u64 gic_v3_redist[INMATE_MAX_CPUS];

/* The affinity of a CPU in the form of GICR_TYPER[63:32]. */
static u32 gic_v3_affinity(u64 mpidr)
{
	return (mpidr & 0xffffff) | (mpidr >> 32 & 0xff) << 24;
}

static u64 gic_v3_find_redist(void)
{
	u32 affinity = gic_v3_affinity(cpu_mpidr());
	u64 base = comm_region->gicr_base;
	u64 typer;

	for (u32 n = 0; n < GICR_MAX; n++) {
		typer = mmio_read64(base + GICR_TYPER);
		if (typer >> 32 == affinity)
			return base;
		if (typer & TYPER_LAST)
			break;
		base += (typer & TYPER_VLPIS ? 4 : 2) * GICR_FRAME;
	}
	return 0;
}

static bool gic_v3_cpu_init(void)
{
	u64 redist = gic_v3_find_redist();
	u32 waker;

	if (!redist)
		return false;
	gic_v3_redist[smp_cpu_index()] = redist;

	waker = mmio_read32(redist + GICR_WAKER);
	if (waker & WAKER_ASLEEP) {
		mmio_write32(redist + GICR_WAKER, waker & ~WAKER_SLEEP);
		while (mmio_read32(redist + GICR_WAKER) & WAKER_ASLEEP)
			cpu_relax();
	}

	sysreg_write(ICC_SRE_EL1, sysreg_read(ICC_SRE_EL1) | 1);
	isb();
	sysreg_write(ICC_PMR_EL1, 0xf0);
	sysreg_write(ICC_BPR1_EL1, 0);
	sysreg_write(ICC_CTLR_EL1, 0);
	sysreg_write(ICC_IGRPEN1_EL1, 1);
	isb();
	return true;
}

static u64 gic_v3_local_base(void)
{
	return gic_v3_redist[smp_cpu_index()] + GICR_FRAME;
}

static void gic_v3_wait_disabled(u32 intid)
{
	u64 reg = comm_region->gicd_base + GICD_CTLR;
	u32 bit = GICD_CTLR_RWP;

	if (intid < 32) {
		reg = gic_v3_redist[smp_cpu_index()] + GICR_CTLR;
		bit = GICR_CTLR_RWP;
	}
	while (mmio_read32(reg) & bit)
		cpu_relax();
}

static void gic_v3_set_target_self(u32 intid)
{
	mmio_write64(comm_region->gicd_base + GICD_IROUTER + 8 * intid, cpu_mpidr());
}

static void gic_v3_send_sgi(u32 intid, u64 mpidr)
{
	u64 val = (u64)intid << 24;

	val |= (mpidr >> 8 & 0xff) << 16;	/* Aff1 */
	val |= (mpidr >> 16 & 0xff) << 32;	/* Aff2 */
	val |= (mpidr >> 32 & 0xff) << 48;	/* Aff3 */
	val |= (mpidr >> 4 & 0xf) << 44;	/* range selector: Aff0[7:4] */
	val |= BIT(mpidr & 0xf);
	sysreg_write(ICC_SGI1R_EL1, val);
	isb();
}

static void gic_v3_send_sgi_self(u32 intid)
{
	gic_v3_send_sgi(intid, cpu_mpidr());
}

static void gic_v3_send_sgi_others(u32 intid)
{
	sysreg_write(ICC_SGI1R_EL1, SGI1R_OTHERS | (u64)intid << 24);
	isb();
}

static u32 gic_v3_ack(void)
{
	u32 ack = sysreg_read(ICC_IAR1_EL1);

	dsb_sy();
	return ack;
}

static void gic_v3_eoi(u32 ack)
{
	sysreg_write(ICC_EOIR1_EL1, ack);
	isb();
}

static void gic_v3_deactivate(u32 ack)
{
	sysreg_write(ICC_DIR_EL1, ack);
	isb();
}

static void gic_v3_set_split_eoi(bool split)
{
	sysreg_write(ICC_CTLR_EL1, split ? CTLR_EOIMODE : 0);
	isb();
}

static void gic_v3_set_mask(u8 priority)
{
	sysreg_write(ICC_PMR_EL1, priority);
	dsb_sy();
	isb();
}

static u8 gic_v3_get_mask(void)
{
	return sysreg_read(ICC_PMR_EL1);
}

static u8 gic_v3_running_priority(void)
{
	return sysreg_read(ICC_RPR_EL1);
}

const struct gic_ops gic_v3_ops = {
	.cpu_init = gic_v3_cpu_init,
	.local_base = gic_v3_local_base,
	.wait_disabled = gic_v3_wait_disabled,
	.set_target_self = gic_v3_set_target_self,
	.send_sgi = gic_v3_send_sgi,
	.send_sgi_self = gic_v3_send_sgi_self,
	.send_sgi_others = gic_v3_send_sgi_others,
	.ack = gic_v3_ack,
	.eoi = gic_v3_eoi,
	.deactivate = gic_v3_deactivate,
	.set_split_eoi = gic_v3_set_split_eoi,
	.set_mask = gic_v3_set_mask,
	.get_mask = gic_v3_get_mask,
	.running_priority = gic_v3_running_priority,
};
