/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Copyright (c) The jh authors
 *
 * What the files about GICv3 share.
 */
#ifndef GIC_GICV3_H
#define GIC_GICV3_H

#include <asm/sysreg.h>
#include <hv/types.h>

struct cell;

/** gicv3_lr_empty() - one bit for each list register that is free */
static inline u64 gicv3_lr_empty(void)
{
	return read_sysreg(ich_elrsr_el2);
}

/** gicv3_end() - an interrupt that was for EL2: drop its priority and deactivate it */
static inline void gicv3_end(u32 intid)
{
	write_sysreg(intid, icc_eoir1_el1);
	write_sysreg(intid, icc_dir_el1);
}

/** gicv3_sgis_virtual() - SGIs of this CPU's guest are bits */
void gicv3_sgis_virtual(void);

/** gicv3_sgis_direct() - SGIs of this CPU's guest are physical ones */
void gicv3_sgis_direct(void);

/** gicv3_kick() - ring the doorbell of all CPUs of the set */
void gicv3_kick(u64 cpu_mask);

/** gicv3_wait() - sleep, for parked CPUs; has the doorbell rung, which is answered then? */
bool gicv3_wait(void);

/** gicv3_cpu_reset() - the irqchip's cpu_reset */
void gicv3_cpu_reset(struct cell *cell);

/** gicv3_send_sgi() - @value was written to ICC_SGI1R_EL1 */
void gicv3_send_sgi(u64 value);

/** gicv3_irq() - an interrupt was taken from the guest; called by vectors.S */
void gicv3_irq(void);

/** gicv3_doorbell() - an SGI has been acknowledged */
void gicv3_doorbell(u32 intid);

#endif
