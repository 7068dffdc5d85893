/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Copyright (c) The jh authors
 *
 * An interrupt of a cell that no device raises: the hypervisor does, for a device that it stands in
 * for. It has a number of the machine's interrupts, whoever owns the one that the machine has
 * there, and is level-sensitive.
 */
#ifndef HV_VIRQ_H
#define HV_VIRQ_H

#include <hv/types.h>

/**
 * struct virq - of a cell; one that has no such interrupt has number 0
 * @irq:	its number; written before the cell runs
 * @enabled:	as the guest set it, at the interrupt controller that it sees
 * @priority:	likewise
 */
struct virq {
	u32 irq;
	u32 enabled;
	u32 priority;
};

#endif
