// SPDX-License-Identifier: GPL-2.0-only
/* Copyright (c) The jh authors */
#include <gic/gic.h>
#include <gic/ppi.h>

/* The interrupts of EL2's two timers, as the architecture recommends (IHI 0069, 2.2.1). */
#define PPI_EL2_TIMER		26
#define PPI_EL2_VIRTUAL_TIMER	28

u32 ppi_maintenance;

void ppi_init(u32 maintenance)
{
	ppi_maintenance = maintenance;
}

u32 ppi_hidden(void)
{
	return 1U << ppi_maintenance | 1U << PPI_EL2_TIMER | 1U << PPI_EL2_VIRTUAL_TIMER;
}

void ppi_reset_sgis(void)
{
	u32 i;

	for (i = 0; i < INTID_PPI; i++) {
		if (i != DOORBELL_SGI)
			write8(this_percpu->ppi_base, GICD_IPRIORITYR + i, PRIORITY_DEFAULT);
	}
	ppi_write(GICD_ISENABLER, SGIS);
}
