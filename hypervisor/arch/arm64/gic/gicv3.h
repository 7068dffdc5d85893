/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Copyright (c) The jh authors
 *
 * The CPU interface of GICv3, for what must be fast.
 */
#ifndef GIC_GICV3_H
#define GIC_GICV3_H

#include <asm/percpu.h>
#include <asm/sysreg.h>
#include <gic/gic.h>

#define SGI1R_INTID_SHIFT	24

/** gicv3_nonsecure_priorities - running priorities are not those of the distributor, see gicv3.c */
extern bool gicv3_nonsecure_priorities;

/** gicv3_lrs_empty() - are all list registers free? They nearly always are */
static inline bool gicv3_lrs_empty(void)
{
	return read_sysreg(ich_elrsr_el2) == this_percpu->vgic.lr_all;
}

/** gicv3_ack() - acknowledge: the INTID; from INTID_SPECIAL on: nothing, or an LPI */
static inline u32 gicv3_ack(void)
{
	return (u32)read_sysreg(icc_iar1_el1) & 0xffffff;
}

/** gicv3_running_priority() - of the interrupt acknowledged last, as its owner set it */
static inline u32 gicv3_running_priority(void)
{
	u32 priority = (u32)read_sysreg(icc_rpr_el1);

	return unlikely(gicv3_nonsecure_priorities) ? priority << 1 & 0xff : priority;
}

/** gicv3_end() - an interrupt that was for EL2: drop its priority and deactivate it */
static inline void gicv3_end(u32 intid)
{
	write_sysreg(intid, icc_eoir1_el1);
	write_sysreg(intid, icc_dir_el1);
}

/**
 * gicv3_ring() - the doorbells of one or more CPUs of a cluster: struct arch_cpu.doorbell, ored
 *
 * The SGI is sent at the next context synchronization event at the latest: an exception return, or
 * the ISB of a caller that waits for the target.
 */
static inline void gicv3_ring(u64 sgi1r)
{
	/* Earlier stores must be visible to the target before the interrupt (IHI 0069, 12.1.6). */
	dsb(ishst);
	write_sysreg(sgi1r, icc_sgi1r_el1);
}

#endif
