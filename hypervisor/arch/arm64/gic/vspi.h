/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Copyright (c) The jh authors
 *
 * An SPI that the hypervisor raises for a cell (hv/virq.h). The distributor knows nothing of it:
 * its registers are made here, and it becomes a list register without a physical side, at whose end
 * the hypervisor looks whether it is still raised.
 */
#ifndef GIC_VSPI_H
#define GIC_VSPI_H

#include <hv/cell.h>
#include <hv/mmio.h>

/** vspi_exists() - has this CPU's cell one? */
static inline bool vspi_exists(const struct cell *cell)
{
	return unlikely(cell->virq.irq);
}

/** vspi_sync() - this CPU's list registers hold it, or no longer do; of a cell that has one */
void vspi_sync(void);

/**
 * vspi_access() - the guest's access to a register of the distributor, as far as it means this one
 *
 * Its trigger is fixed and so is its target; it can be made neither pending nor active by a store.
 */
u64 vspi_access(struct mmio_access access);

#endif
