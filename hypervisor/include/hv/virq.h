/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Copyright (c) The jh authors
 *
 * Interrupts of a cell that no device raises: the hypervisor does, for what it stands in for. Each
 * has a number of the machine's interrupts, whoever owns the one that the machine has there. That
 * of the virtual UART is level-sensitive: it is asked of the UART whenever it matters. The others
 * are edges: pending from the moment they are raised until the guest acknowledges them.
 */
#ifndef HV_VIRQ_H
#define HV_VIRQ_H

#include <hv/types.h>

#define VIRQ_UART	0	/* a level; */
#define VIRQ_EDGES	1	/* from here on: edges */
#define VIRQ_MAX	9

/**
 * struct virqs - the virtual interrupts of a cell, in sets of which bit n is number n
 * @exist:	those that the cell has; this and @irq are written before it runs
 * @enabled:	as the guest set them, at the interrupt controller that it sees
 * @pending:	edges that wait to be in a list register
 * @places:	the cell's CPUs (struct cpu.place) that take part: they run its guest
 * @irq:	the interrupt of each, as the guest sees it
 * @priority:	as the guest set it
 */
struct virqs {
	u32 exist;
	u32 enabled;
	u32 pending;
	u64 places;
	u16 irq[VIRQ_MAX];
	u8 priority[VIRQ_MAX];
};

/** virq_add() - the cell, which has not run yet, has number @n; @irq is none that it owns */
static inline void virq_add(struct virqs *virqs, u32 n, u32 irq)
{
	virqs->irq[n] = (u16)irq;
	virqs->exist |= 1U << n;
}

#endif
