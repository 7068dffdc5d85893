/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Copyright (c) The jh authors
 *
 * LPIs, which only root has, on their way into its guest. They have no active state: one that was
 * acknowledged is known here alone. What finds no free list register waits in a short queue.
 */
#ifndef GIC_VLPI_H
#define GIC_VLPI_H

#include <hv/types.h>

/** vlpi_deliver() - an acknowledged and priority-dropped LPI goes to this CPU's guest */
void vlpi_deliver(u32 intid, u32 priority);

/** vlpi_refill() - list registers have run empty: deliver what waits. False: some still does. */
bool vlpi_refill(void);

/** vlpi_migrate() - this CPU goes off: another CPU of root delivers it */
void vlpi_migrate(u32 intid, u32 priority);

/** vlpi_migrate_queue() - the same for all that wait */
void vlpi_migrate_queue(void);

/** vlpi_take_over() - deliver what other CPUs of root migrated */
void vlpi_take_over(void);

/** vlpi_are_delivered() - no LPI waits in this CPU's list registers or its queue */
bool vlpi_are_delivered(void);

#endif
