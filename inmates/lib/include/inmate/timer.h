/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The virtual generic timer (CNTV) of the calling CPU; time is counted in ticks of CNTVCT_EL0.
 *
 * Copyright (c) The jh authors
 */
#ifndef INMATE_TIMER_H
#define INMATE_TIMER_H

#include <inmate/types.h>

/* INTID of the timer, a PPI. */
#define TIMER_IRQ	27

/** timer_freq() - ticks per second */
u64 timer_freq(void);

/** timer_now() - the counter, read after all instructions before it */
u64 timer_now(void);

/** timer_from_us() - ticks in so many microseconds, rounded down; exact up to 2^32 us */
u64 timer_from_us(u64 us);

/** timer_to_ns() - nanoseconds in so many ticks; @ticks up to 2^34 at 1 GHz */
u64 timer_to_ns(u64 ticks);

/** timer_set() - raises TIMER_IRQ when the counter reaches @deadline, and keeps it raised */
void timer_set(u64 deadline);

/** timer_stop() - withdraws the interrupt and the deadline */
void timer_stop(void);

/** timer_delay_us() - waits without sleeping */
void timer_delay_us(u64 us);

#endif
