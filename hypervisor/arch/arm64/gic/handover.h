/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Copyright (c) The jh authors
 *
 * SPIs change owners while CPUs of the last one run on (arch_irq_claim() of hv/arch.h).
 */
#ifndef GIC_HANDOVER_H
#define GIC_HANDOVER_H

#include <hv/types.h>

/**
 * handover_revoke() - root's CPUs keep nothing of an SPI that was just taken from root
 *
 * Those that may have it are asked and waited for. Return: the ones that did not answer in 100 ms.
 */
u64 handover_revoke(u32 intid);

/** handover_answer() - evict claimed interrupts and acknowledge to the claimant */
void handover_answer(void);

/** handover_ack_idle() - acknowledge for a parked CPU, which has nothing in flight */
void handover_ack_idle(void);

#endif
