/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * A spinlock for the CPUs of one inmate, and atomic counters.
 *
 * Copyright (c) The jh authors
 */
#ifndef INMATE_LOCK_H
#define INMATE_LOCK_H

#include <inmate/io.h>
#include <inmate/sysreg.h>

struct spinlock {
	u32 taken;
};

static inline u64 spin_lock_irqsave(struct spinlock *lock)
{
	u64 flags = irq_save();

	while (__atomic_exchange_n(&lock->taken, 1, __ATOMIC_ACQUIRE))
		cpu_relax();
	return flags;
}

static inline void spin_unlock_irqrestore(struct spinlock *lock, u64 flags)
{
	__atomic_store_n(&lock->taken, 0, __ATOMIC_RELEASE);
	irq_restore(flags);
}

static inline void atomic_inc(u64 *counter)
{
	__atomic_fetch_add(counter, 1, __ATOMIC_RELAXED);
}

#endif
