/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Copyright (c) The jh authors
 *
 * There is an image for each version of the interrupt controller, with the driver of that version
 * alone. What has to be fast calls it by these names, without a branch to where a pointer says.
 */
#ifndef GIC_DRIVER_H
#define GIC_DRIVER_H

#if JH_GIC == 2
#define driver_irqchip	irqchip_gicv2
#define driver_irq	gicv2_irq
#define driver_kick	gicv2_kick
#define driver_wait	gicv2_wait
#define driver_reset	gicv2_cpu_reset
#define driver_sgi1r	gicv2_sgi1r
#define driver_access	gicv2_access
#define driver_read32	gicv2_read32
#define driver_write32	gicv2_write32
#define driver_has_gicr	false		/* are there redistributors? */
#else
#define driver_irqchip	irqchip_gicv3
#define driver_irq	gicv3_irq
#define driver_kick	gicv3_kick
#define driver_wait	gicv3_wait
#define driver_reset	gicv3_cpu_reset
#define driver_sgi1r	gicv3_send_sgi
#define driver_access	gicd_access
#define driver_read32	gicd_read32
#define driver_write32	gicd_write32
#define driver_has_gicr	true
#endif

#endif
