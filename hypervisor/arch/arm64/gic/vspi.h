/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Copyright (c) The jh authors
 *
 * SPIs that the hypervisor raises for a cell (hv/virq.h). The distributor knows nothing of them:
 * their registers are made here, and they become list registers without a physical side. At the end
 * of one that is a level the hypervisor looks whether it is still raised. An edge leaves the set of
 * those that are pending for a list register; what comes while the guest handles it makes that one
 * pending and active, and what comes while it is pending there is the same one.
 *
 * They go to the first of the guest's CPUs, as it counts them, that are on. A CPU that goes off
 * puts back what its guest has not acknowledged, and the next one is told.
 */
#ifndef GIC_VSPI_H
#define GIC_VSPI_H

#include <hv/cell.h>
#include <hv/mmio.h>

/** vspi_exists() - has the cell any? */
static inline bool vspi_exists(const struct cell *cell)
{
	return unlikely(cell->virqs.exist);
}

/** vspi_bits() - which of the interrupts 32 @word to 32 @word + 31 are the cell's? */
u32 vspi_bits(const struct cell *cell, u32 word);

/** vspi_sync() - this CPU's list registers hold what is due, and no more; of a cell that has any */
void vspi_sync(void);

/** vspi_join() - this CPU, whose list registers are free, takes part from now on */
void vspi_join(struct cell *cell);

/** vspi_leave() - and no longer; its list registers are about to be cleared */
void vspi_leave(void);

/**
 * vspi_access() - the guest's access to a register of the distributor, as far as it means these
 *
 * Their triggers and their targets are fixed: the registers of targets read as zero and ignore
 * writes. As with interrupts of devices, those of bits that are pending or active are about what
 * this CPU's list registers hold, and what waits for one.
 */
u64 vspi_access(struct mmio_access access);

#endif
