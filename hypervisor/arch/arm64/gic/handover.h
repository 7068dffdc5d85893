/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Copyright (c) The jh authors
 *
 * SPIs change owners while CPUs of the last one run on (arch_irq_claim() of hv/arch.h).
 */
#ifndef GIC_HANDOVER_H
#define GIC_HANDOVER_H

/** handover_answer() - this CPU's guest keeps nothing that was claimed; who waits for it is told */
void handover_answer(void);

/** handover_nothing() - the same for a parked CPU, which has nothing in flight */
void handover_nothing(void);

#endif
