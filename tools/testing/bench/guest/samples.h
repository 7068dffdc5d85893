/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Copyright (c) The jh authors
 *
 * Samples in ticks of CNTVCT_EL0, and the line that tells about them: the format of inmates/bench.
 */
#ifndef SAMPLES_H
#define SAMPLES_H

#include <stdint.h>

#define SAMPLES_MAX	4096

/** struct samples - one figure's samples; zero-initialised it is empty */
struct samples {
	uint64_t value[SAMPLES_MAX];
	unsigned int count;
};

/** The counter, read after all earlier instructions. */
static inline uint64_t samples_now(void)
{
	uint64_t now;

	asm volatile("isb\n\tmrs %0, cntvct_el0" : "=r"(now) : : "memory");
	return now;
}

/** Add one; those beyond SAMPLES_MAX are ignored. */
void samples_add(struct samples *samples, uint64_t value);

/** Sort them, print "bench: id=ID n=N min=A median=B p99=C max=D", and drop them. */
void samples_print(struct samples *samples, const char *id);

/** The median, 0 without samples; drops them. */
uint64_t samples_median(struct samples *samples);

#endif
