/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Deadlines of a periodic tick, without drift for any frequency of the counter.
 *
 * Copyright (c) The jh authors
 */
#ifndef BSP_CLOCK_H
#define BSP_CLOCK_H

#include <stdint.h>

/**
 * struct bsp_clock - a periodic deadline
 * @deadline: the next one, a value of the counter
 * @period: whole ticks of the counter from one to the next
 * @rest: remainder of @period, in 1/@hz of a tick of the counter
 * @fraction: sum of the remainders of earlier deadlines, in the same unit
 * @hz: deadlines in a second
 */
struct bsp_clock {
	uint64_t deadline;
	uint64_t period;
	uint32_t rest;
	uint32_t fraction;
	uint32_t hz;
};

/** bsp_clock_advance() - advance to the next deadline */
static inline void bsp_clock_advance(struct bsp_clock *clock)
{
	uint64_t fraction = (uint64_t)clock->fraction + clock->rest;

	clock->deadline += clock->period;
	if (fraction >= clock->hz) {
		fraction -= clock->hz;
		clock->deadline++;
	}
	clock->fraction = fraction;
}

/**
 * bsp_clock_start() - set the first deadline, one period after @now
 * @freq: of the counter, in Hz, not 0
 * @hz: taken as 1 if it is 0, and as @freq if it is more
 */
static inline void bsp_clock_start(struct bsp_clock *clock, uint64_t now, uint64_t freq,
				   uint32_t hz)
{
	if (!hz)
		hz = 1;
	if (hz > freq)
		hz = (uint32_t)freq;
	clock->deadline = now;
	clock->period = freq / hz;
	clock->rest = (uint32_t)(freq % hz);
	clock->fraction = 0;
	clock->hz = hz;
	bsp_clock_advance(clock);
}

/** bsp_clock_ns() - a value of the counter in nanoseconds; @freq: 1 Hz to 18 GHz */
static inline uint64_t bsp_clock_ns(uint64_t ticks, uint64_t freq)
{
	/* In two parts: the product of the whole with 10^9 does not fit in 64 bits. */
	return ticks / freq * 1000000000 + ticks % freq * 1000000000 / freq;
}

#endif
