/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Copyright (c) The jh authors
 *
 * Virtual interrupts of a cell, raised by the hypervisor for devices that it emulates. Each has the
 * number of an interrupt of the machine, whoever owns that. The interrupt of the virtual UART is
 * level-sensitive: its level is read from the UART whenever it matters. The others are edges:
 * pending from the moment they are raised until the guest acknowledges them.
 */
#ifndef HV_VIRQ_H
#define HV_VIRQ_H

#include <hv/types.h>

#define VIRQ_UART	0	/* level-sensitive */
#define VIRQ_EDGES	1	/* the first of those that are edges */
#define VIRQ_MAX	9

/**
 * struct virqs - the virtual interrupts of a cell; bit n of a set is number n
 * @exist:	those that the cell has; this and @irq are written before it runs
 * @enabled:	those that the guest enabled at the interrupt controller that it sees
 * @pending:	edges that the guest has not been given yet
 * @places:	the cell's CPUs (struct cpu.place) that run its guest
 * @irq:	the interrupt number of each, as the guest sees it
 * @priority:	the priority of each, as the guest set it
 */
struct virqs {
	u32 exist;
	u32 enabled;
	u32 pending;
	u64 places;
	u16 irq[VIRQ_MAX];
	u8 priority[VIRQ_MAX];
};

/** virq_add() - give a cell that has not run yet number @n; it does not own @irq */
static inline void virq_add(struct virqs *virqs, u32 n, u32 irq)
{
	virqs->irq[n] = (u16)irq;
	virqs->exist |= 1U << n;
}

#endif
