/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Copyright (c) The jh authors
 *
 * Lock order: manage (core/manage.c), then any one of the leaf locks: the distributor's shared
 * words (gic/gicd.c), the log (core/log.c). No lock is taken while a guest is waited for, and only
 * the leaf locks, each held for a few instructions, are ever spun on.
 */
#ifndef HV_SPINLOCK_H
#define HV_SPINLOCK_H

#include <hv/arch.h>
#include <hv/atomic.h>

typedef struct {
	u32 held;
} spinlock_t;

/** spin_trylock() - take the lock if it is free; was it? */
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

static inline void spin_unlock(spinlock_t *lock)
{
	__atomic_store_n(&lock->held, 0, __ATOMIC_RELEASE);
}

#endif
