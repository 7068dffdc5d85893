/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * System registers by name, and the interrupt mask of this CPU.
 *
 * Copyright (c) The jh authors
 */
#ifndef INMATE_SYSREG_H
#define INMATE_SYSREG_H

#include <inmate/types.h>

#define sysreg_read(name)						\
({									\
	u64 __val;							\
									\
	asm volatile("mrs %0, " #name : "=r"(__val) : : "memory");	\
	__val;								\
})

#define sysreg_write(name, val)						\
	asm volatile("msr " #name ", %x0" : : "rZ"((u64)(val)) : "memory")

/* The affinity fields of MPIDR_EL1, in the form that PSCI takes. */
#define MPIDR_AFFINITY		0xff00ffffffUL

static inline u64 cpu_mpidr(void)
{
	return sysreg_read(mpidr_el1) & MPIDR_AFFINITY;
}

static inline void irq_enable(void)
{
	asm volatile("msr daifclr, #2" : : : "memory");
}

static inline void irq_disable(void)
{
	asm volatile("msr daifset, #2" : : : "memory");
}

/* Masks IRQs and returns the mask as it was, for irq_restore(). */
static inline u64 irq_save(void)
{
	u64 flags = sysreg_read(daif);

	irq_disable();
	return flags;
}

static inline void irq_restore(u64 flags)
{
	sysreg_write(daif, flags);
}

#endif
