/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Copyright (c) The jh authors
 *
 * LPIs on their way into the guest of root, which alone has LPIs. They have no active state: only
 * this code knows of one that was acknowledged. An LPI that finds no free list register waits in a
 * short queue.
 */
#ifndef GIC_VLPI_H
#define GIC_VLPI_H

#include <hv/types.h>

/** vlpi_deliver() - give this CPU's guest an LPI that is acknowledged and priority-dropped */
void vlpi_deliver(u32 intid, u32 priority);

/** vlpi_refill() - list registers have run empty: deliver waiting LPIs; false if some still wait */
bool vlpi_refill(void);

/** vlpi_migrate() - this CPU goes off: have another CPU of root deliver the LPI */
void vlpi_migrate(u32 intid, u32 priority);

/** vlpi_migrate_queue() - vlpi_migrate() for all that wait */
void vlpi_migrate_queue(void);

/** vlpi_take_over() - deliver what other CPUs of root migrated */
void vlpi_take_over(void);

/** vlpi_are_delivered() - no LPI waits in this CPU's list registers or its queue */
bool vlpi_are_delivered(void);

#endif
