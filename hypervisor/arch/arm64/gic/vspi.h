/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Copyright (c) The jh authors
 *
 * SPIs that the hypervisor raises for a cell (hv/virq.h). The distributor does not know them: their
 * registers are emulated here, and their list registers have no physical side. When the guest ends
 * a level, the hypervisor looks whether it is still raised. An edge moves from the pending set to a
 * list register; an edge that comes while the guest handles one makes the list register pending and
 * active, and one that comes while it is pending there merges with it.
 *
 * They go to the first CPU, as the guest numbers them, that is on. A CPU that goes off puts back
 * what its guest has not acknowledged, and the next CPU is told.
 */
#ifndef GIC_VSPI_H
#define GIC_VSPI_H

#include <hv/cell.h>
#include <hv/mmio.h>

/** vspi_exists() - does the cell have any? */
static inline bool vspi_exists(const struct cell *cell)
{
	return unlikely(cell->virqs.exist);
}

/** vspi_bits() - those of the interrupts 32 @word to 32 @word + 31 that the cell has, as bits */
u32 vspi_bits(const struct cell *cell, u32 word);

/** vspi_sync() - make this CPU's list registers hold exactly what is due; vspi_exists() is true */
void vspi_sync(void);

/**
 * vspi_deliver() - the same for a CPU that is asked to and runs its guest, and whose list registers
 * are all free; short if a single edge is due to it, while the level is not enabled
 */
void vspi_deliver(void);

/** vspi_join() - this CPU, whose list registers are free, begins to run the guest */
void vspi_join(struct cell *cell);

/** vspi_leave() - this CPU stops running the guest; its list registers are cleared next */
void vspi_leave(void);

/**
 * vspi_access() - the part of a guest's access to the distributor that concerns these interrupts
 *
 * Triggers and targets are fixed; the registers of targets read as zero and ignore writes. As with
 * interrupts of devices, pending and active bits are those of this CPU's list registers and of
 * interrupts that wait for one.
 */
u64 vspi_access(struct mmio_access access);

#endif
