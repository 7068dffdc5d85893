/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The parts of the benchmark.
 *
 * Copyright (c) The jh authors
 */
#ifndef INMATE_BENCH_H
#define INMATE_BENCH_H

#include <inmate/types.h>

#define BENCH_MAX_SAMPLES	2048

/** struct bench - options of the command line */
struct bench {
	u32 n;			/* samples per line, <= BENCH_MAX_SAMPLES */
	u32 spi;		/* INTID of the UART, or of any own SPI */
	bool native;		/* no hypervisor: its calls make no sense */
	char mode[16];		/* suffix of the ids of interrupts: virtual, direct */
};

/* One set of samples, in ticks of the counter, used by one measurement after the other. */
extern u64 bench_samples[BENCH_MAX_SAMPLES];

/**
 * bench_print() - one line of results
 * @id: its name; @suffix is added after an underscore if it is not NULL
 * @n: how many of bench_samples count; they are sorted
 */
void bench_print(const char *id, const char *suffix, u32 n);

/** bench_sync() - synchronous operations: hypercalls, firmware calls, register accesses */
void bench_sync(const struct bench *bench);

/** bench_store_time() - the time that a store of a word takes, as bench_sync() takes it */
u64 bench_store_time(u64 address, u32 value);

/** bench_irq() - from the cause of an interrupt, or of a CPU's start, to the first instruction */
void bench_irq(const struct bench *bench);

/** bench_link() - bells of a link; of side 1 it does not return */
void bench_link(const struct bench *bench);

/** bench_exits() - exits per tick of a timer */
void bench_exits(const struct bench *bench);

/**
 * bench_latency() - timer latency until the inmate is shut down, with a histogram
 *
 * Prints a line per second.
 */
void bench_latency(const struct bench *bench);

#endif
