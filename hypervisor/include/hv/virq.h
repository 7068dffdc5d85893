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

struct cpu;

#define VIRQ_UART	0	/* level-sensitive */
#define VIRQ_EDGES	1	/* the first of those that are edges */
#define VIRQ_MAX	9

/* Of struct virqs.state, for number @n */
#define VIRQ_ENABLED(n)	(1U << (n))		/* at the guest's interrupt controller */
#define VIRQ_PENDING(n)	(0x10000U << (n))	/* an edge that the guest has not been given yet */

_Static_assert(VIRQ_MAX <= 16, "both fit one word");

/**
 * struct virqs - the virtual interrupts of a cell; bit n of a set is number n
 * @state:	VIRQ_PENDING() and VIRQ_ENABLED() of each: one word, so that who changes the one
 *		learns the other
 * @exist:	those that the cell has; this and @irq are written before it runs
 * @target:	the CPU of the cell that gets them; NULL if none runs its guest
 * @places:	the cell's CPUs (struct cpu.place) that run its guest
 * @irq:	the interrupt number of each, as the guest sees it
 */
struct virqs {
	u32 state;
	u32 exist;
	struct cpu *target;
	u64 places;
	u16 irq[VIRQ_MAX];
};

/** virq_enabled() - those of a word of states that are enabled */
static inline u32 virq_enabled(u32 state)
{
	return state & 0xffff;
}

/** virq_pending() - those of a word of states that are pending */
static inline u32 virq_pending(u32 state)
{
	return state >> 16;
}

/** virq_ready() - those that are pending and enabled */
static inline u32 virq_ready(u32 state)
{
	return virq_enabled(state) & virq_pending(state);
}

/** virq_add() - give a cell that has not run yet number @n; it does not own @irq */
static inline void virq_add(struct virqs *virqs, u32 n, u32 irq)
{
	virqs->irq[n] = (u16)irq;
	virqs->exist |= 1U << n;
}

#endif
