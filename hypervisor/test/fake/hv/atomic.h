/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Copyright (c) The jh authors
 *
 * In place of hv/atomic.h: before each access to shared data another CPU may run.
 */
#ifndef HV_ATOMIC_H
#define HV_ATOMIC_H

#include <hv/types.h>

void fake_preempt(void);

#define fake_first(access)						\
({									\
	fake_preempt();							\
	access;								\
})

#define load_acquire(p)		fake_first(__atomic_load_n(p, __ATOMIC_ACQUIRE))
#define store_release(p, v)	fake_first(__atomic_store_n(p, v, __ATOMIC_RELEASE))
#define fetch_or(p, v)		fake_first(__atomic_fetch_or(p, v, __ATOMIC_ACQ_REL))
#define fetch_and(p, v)		fake_first(__atomic_fetch_and(p, v, __ATOMIC_ACQ_REL))
#define fetch_add(p, v)		fake_first(__atomic_fetch_add(p, v, __ATOMIC_ACQ_REL))
#define exchange(p, v)		fake_first(__atomic_exchange_n(p, v, __ATOMIC_ACQ_REL))

#define load_seq(p)		fake_first(__atomic_load_n(p, __ATOMIC_SEQ_CST))
#define store_seq(p, v)		fake_first(__atomic_store_n(p, v, __ATOMIC_SEQ_CST))

#define compare_exchange(p, old, new)							\
({											\
	__typeof__(*(p)) expected_ = (old);						\
											\
	fake_preempt();									\
	__atomic_compare_exchange_n(p, &expected_, new, false, __ATOMIC_ACQ_REL,	\
				    __ATOMIC_ACQUIRE);					\
})

#endif
