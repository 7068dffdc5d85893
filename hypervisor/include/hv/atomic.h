/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Copyright (c) The jh authors
 *
 * Accesses to state that CPUs share without a lock. The orders are those of the C11 model; each
 * user says what its acquire pairs with.
 */
#ifndef HV_ATOMIC_H
#define HV_ATOMIC_H

#include <hv/types.h>

#define load_acquire(p)		__atomic_load_n(p, __ATOMIC_ACQUIRE)
#define store_release(p, v)	__atomic_store_n(p, v, __ATOMIC_RELEASE)
#define fetch_or(p, v)		__atomic_fetch_or(p, v, __ATOMIC_ACQ_REL)
#define fetch_and(p, v)		__atomic_fetch_and(p, v, __ATOMIC_ACQ_REL)
#define fetch_add(p, v)		__atomic_fetch_add(p, v, __ATOMIC_ACQ_REL)
#define exchange(p, v)		__atomic_exchange_n(p, v, __ATOMIC_ACQ_REL)

/* Sequentially consistent: no CPU sees a later load_seq() before an earlier store_seq(). */
#define load_seq(p)		__atomic_load_n(p, __ATOMIC_SEQ_CST)
#define store_seq(p, v)		__atomic_store_n(p, v, __ATOMIC_SEQ_CST)

/** compare_exchange() - store @new to *@p if that was @old. Return: true if it was. */
#define compare_exchange(p, old, new)							\
({											\
	__typeof__(*(p)) expected_ = (old);						\
	__atomic_compare_exchange_n(p, &expected_, new, false, __ATOMIC_ACQ_REL,	\
				    __ATOMIC_ACQUIRE);					\
})

#endif
