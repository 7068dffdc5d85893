// SPDX-License-Identifier: GPL-2.0-only
/* Copyright (c) The jh authors */
#include <gic/driver.h>
#include <gic/frame.h>
#include <gic/gicv2.h>
#include <gic/gicv3.h>
#include <gic/handover.h>
#include <gic/irqchip.h>
#include <config.h>
#include <refuse.h>

const struct irqchip *irqchip;

int irqchip_init(const void *config, struct jh_error *error)
{
	irqchip = &driver_irqchip;
	/* What one version alone has: the driver may have loaded the image of the other one. */
	if (gic_frame(config, irqchip->version == 2 ? JH_UNIT_GICC : JH_UNIT_GICR).size)
		return irqchip->check(config, error);
	return refuse_value(error, JH_ERR_IMAGE_GIC, JH_OBJ_IMAGE, 0, 5 - irqchip->version,
			    irqchip->version);
}

int arch_cell_map(struct cell *cell)
{
	return irqchip->map_cell ? irqchip->map_cell(cell) : 0;
}

void arch_kick(u64 cpu_mask)
{
	if (!cpu_mask)
		return;
	driver_kick(cpu_mask);
	/* Where interrupts are direct and the guest masks them, WFE ends by an event only. */
	asm volatile("sev" ::: "memory");
}

/*
 * A WFI may end at any time. The requests are looked at only when the doorbell has rung for them:
 * a CPU that leaves for root without the hypervisor would otherwise leave before it does, and Linux
 * would get an SGI that nobody there has sent.
 */
void arch_wait(void)
{
	while (!driver_wait())
		;
	handover_nothing();
}

void irqchip_cpu_reset(struct cell *cell)
{
	driver_reset(cell);
}
