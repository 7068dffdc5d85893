/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Copyright (c) The jh authors
 *
 * Lock order: the management lock (core/manage.c), then any one of the leaf locks: the log's
 * (core/log.c), those of an architecture. No lock is taken while a guest is waited for, and only
 * leaf locks, each held for a few instructions, are spun on without a deadline.
 */
#ifndef HV_SPINLOCK_H
#define HV_SPINLOCK_H

#include <hv/arch.h>
#include <hv/atomic.h>

typedef struct {
	u32 held;
} spinlock_t;

/** spin_trylock() - take the lock if it is free. Return: true if it was. */
static inline bool spin_trylock(spinlock_t *lock)
{
	return !__atomic_exchange_n(&lock->held, 1, __ATOMIC_ACQUIRE);
}

/** spin_lock() - take the lock, waiting for a holder that only needs a few instructions */
static inline void spin_lock(spinlock_t *lock)
{
	while (!spin_trylock(lock))
		arch_relax();
}

/** spin_unlock() - release the lock */
static inline void spin_unlock(spinlock_t *lock)
{
	__atomic_store_n(&lock->held, 0, __ATOMIC_RELEASE);
}

#endif
