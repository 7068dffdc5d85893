// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * GICv2: memory-mapped CPU interface, CPUs named by bits of an 8-bit mask.
 *
 * Copyright (c) The jh authors
 */
#include <inmate/comm.h>
#include <inmate/gic.h>
#include <inmate/io.h>
#include <inmate/print.h>
#include <inmate/smp.h>
#include <inmate/sysreg.h>

#include "gic_internal.h"

#define GICC_CTLR	0x000
#define  CTLR_ENABLE	BIT(0)
#define  CTLR_EOIMODE	BIT(9)
#define GICC_PMR	0x004
#define GICC_BPR	0x008
#define GICC_IAR	0x00c
#define GICC_EOIR	0x010
#define GICC_RPR	0x014
#define GICC_DIR	0x1000

#define SGIR_OTHERS	(1U << 24)
#define SGIR_SELF	(2U << 24)

/*
 * A CPU learns its bit of the mask from its own banked ITARGETSR0; SGIs to a CPU need it, so every
 * CPU publishes its own. The index is that of smp.h.
 */
static struct {
	u64 mpidr;
	u8 mask;
} gic_v2_cpus[INMATE_MAX_CPUS];

static u64 gic_v2_cpu(u32 reg)
{
	return comm_region->gicc_base + reg;
}

static bool gic_v2_cpu_init(void)
{
	u32 cpu = smp_cpu_index();

	gic_v2_cpus[cpu].mpidr = cpu_mpidr();
	gic_v2_cpus[cpu].mask = mmio_read32(comm_region->gicd_base + GICD_ITARGETSR) & 0xff;
	mmio_write32(gic_v2_cpu(GICC_PMR), 0xf0);
	mmio_write32(gic_v2_cpu(GICC_BPR), 0);
	mmio_write32(gic_v2_cpu(GICC_CTLR), CTLR_ENABLE);
	return true;
}

static u64 gic_v2_local_base(void)
{
	return comm_region->gicd_base;
}

static void gic_v2_wait_disabled(u32 intid)
{
	/* GICv2 has no register write pending bit; the read waits for the write. */
	mmio_read32(gic_reg(GICD_ICENABLER, intid, 1));
}

static void gic_v2_set_target_self(u32 intid)
{
	mmio_write8(comm_region->gicd_base + GICD_ITARGETSR + intid,
		    gic_v2_cpus[smp_cpu_index()].mask);
}

static void gic_v2_send_sgi(u32 intid, u64 mpidr)
{
	for (u32 n = 0; n < INMATE_MAX_CPUS; n++) {
		if (gic_v2_cpus[n].mask && gic_v2_cpus[n].mpidr == mpidr) {
			mmio_write32(comm_region->gicd_base + GICD_SGIR,
				     gic_v2_cpus[n].mask << 16 | intid);
			return;
		}
	}
	printf("gic: no CPU with affinity 0x%lx has called gic_cpu_init()\n", mpidr);
}

static void gic_v2_send_sgi_self(u32 intid)
{
	mmio_write32(comm_region->gicd_base + GICD_SGIR, SGIR_SELF | intid);
}

static void gic_v2_send_sgi_others(u32 intid)
{
	mmio_write32(comm_region->gicd_base + GICD_SGIR, SGIR_OTHERS | intid);
}

static u32 gic_v2_ack(void)
{
	return mmio_read32(gic_v2_cpu(GICC_IAR));
}

static void gic_v2_eoi(u32 ack)
{
	mmio_write32(gic_v2_cpu(GICC_EOIR), ack);
}

static void gic_v2_deactivate(u32 ack)
{
	mmio_write32(gic_v2_cpu(GICC_DIR), ack);
}

static void gic_v2_set_split_eoi(bool split)
{
	mmio_write32(gic_v2_cpu(GICC_CTLR), CTLR_ENABLE | (split ? CTLR_EOIMODE : 0));
}

static void gic_v2_set_mask(u8 priority)
{
	mmio_write32(gic_v2_cpu(GICC_PMR), priority);
	/* The read makes sure that the mask is in force when the caller goes on. */
	mmio_read32(gic_v2_cpu(GICC_PMR));
}

static u8 gic_v2_get_mask(void)
{
	return mmio_read32(gic_v2_cpu(GICC_PMR));
}

static u8 gic_v2_running_priority(void)
{
	return mmio_read32(gic_v2_cpu(GICC_RPR));
}

const struct gic_ops gic_v2_ops = {
	.cpu_init = gic_v2_cpu_init,
	.local_base = gic_v2_local_base,
	.wait_disabled = gic_v2_wait_disabled,
	.set_target_self = gic_v2_set_target_self,
	.send_sgi = gic_v2_send_sgi,
	.send_sgi_self = gic_v2_send_sgi_self,
	.send_sgi_others = gic_v2_send_sgi_others,
	.ack = gic_v2_ack,
	.eoi = gic_v2_eoi,
	.deactivate = gic_v2_deactivate,
	.set_split_eoi = gic_v2_set_split_eoi,
	.set_mask = gic_v2_set_mask,
	.get_mask = gic_v2_get_mask,
	.running_priority = gic_v2_running_priority,
};
