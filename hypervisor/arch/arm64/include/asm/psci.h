/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Copyright (c) The jh authors
 *
 * Power State Coordination Interface, Arm DEN 0022.
 */
#ifndef ASM_PSCI_H
#define ASM_PSCI_H

#define PSCI_VERSION		0x84000000

#define PSCI_SUCCESS		0
#define PSCI_NOT_SUPPORTED	(-1)
#define PSCI_INVALID_PARAMETERS	(-2)
#define PSCI_DENIED		(-3)
#define PSCI_ALREADY_ON		(-4)
#define PSCI_ON_PENDING		(-5)
#define PSCI_INVALID_ADDRESS	(-9)

#define PSCI_VERSION_1_1	0x10001

#define PSCI_CPU_OFF		0x84000002U
#define PSCI_CPU_ON_64		0xc4000003U
#define PSCI_AFFINITY_INFO_64	0xc4000004U
#define PSCI_SYSTEM_OFF		0x84000008U
#define PSCI_SYSTEM_RESET	0x84000009U

#define PSCI_AFFINITY_ON	0
#define PSCI_AFFINITY_OFF	1
#define PSCI_AFFINITY_ON_PENDING 2

#ifndef __ASSEMBLER__
#include <hv/types.h>

/**
 * psci_call() - answer a call of the executing CPU's guest
 * @id:		function identifier
 * @args:	X1..X7 of the guest
 *
 * Return: for the guest's X0. CPU_OFF, and a cell's SYSTEM_OFF and SYSTEM_RESET, do not return.
 */
s64 psci_call(u32 id, const u64 *args);

/**
 * psci_simple() - the same for a call that always returns
 * @x:		X0..X7 of the guest
 * @key:	psci_key() of X0, less than PSCI_KEYS
 *
 * Return: JH_STAT_POWER, or 0 if it is another call: nothing was done then.
 */
u32 psci_simple(u64 *x, u32 key);

/** psci_cpu_init() - the executing CPU can be found by its MPIDR from now on */
void psci_cpu_init(u32 cpu) __cold;

#define PSCI_FUNCTIONS	0x13	/* SYSTEM_RESET2 is the last that is answered */
#define PSCI_KEYS	(PSCI_FUNCTIONS << 2)

/** psci_key() - what tells functions apart: their number, and below it two bits of the form */
static inline u32 psci_key(u32 id)
{
	u32 offset = id - PSCI_VERSION;

	return offset << 2 | offset >> 30;
}
#endif

#endif
