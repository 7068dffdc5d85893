/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Copyright (c) The jh authors
 *
 * SPIs change their owner while CPUs of the old one keep running (arch_irq_claim() of hv/arch.h).
 */
#ifndef GIC_HANDOVER_H
#define GIC_HANDOVER_H

#include <hv/types.h>

/**
 * handover_revoke() - make root's CPUs give up an SPI that was just taken from root
 *
 * Only CPUs that may have it in flight are asked.
 *
 * Return: 0, or the CPUs that did not answer within 100 ms.
 */
u64 handover_revoke(u32 intid);

/** handover_answer() - evict claimed interrupts and acknowledge to the claimant */
void handover_answer(void);

/** handover_ack_idle() - acknowledge for a parked CPU, which has nothing in flight */
void handover_ack_idle(void);

#endif
