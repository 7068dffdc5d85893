// SPDX-License-Identifier: GPL-2.0-only
/*
 * A periodic timer: exits per tick, and the distribution of its latency.
 *
 * Copyright (c) The jh authors
 */
#include <inmate/cmdline.h>
#include <inmate/comm.h>
#include <inmate/gic.h>
#include <inmate/hypercall.h>
#include <inmate/io.h>
#include <inmate/print.h>
#include <inmate/sysreg.h>
#include <inmate/timer.h>

#include "bench.h"

#define TICK_MAX_CPUS	256
/* Histogram of latencies: linear, the last bucket takes the rest. */
#define TICK_BUCKETS	2000
#define TICK_LINE_US	3000	/* between two lines of the histogram */

extern u8 bench_vectors[];

static u64 tick_deadline;
static u64 tick_period;
static u64 tick_count;
static u64 tick_lost;
static u64 tick_sum;
static u64 tick_min = UINT64_MAX;
static u64 tick_max;
static u64 tick_bucket_ticks;
static u32 tick_histogram[TICK_BUCKETS];

static void tick_handler(u32 intid, void *arg)
{
	u64 stamp, late, now, bucket;

	(void)intid;
	(void)arg;
	asm volatile("mov %0, x18" : "=r"(stamp));
	late = stamp - tick_deadline;
	tick_sum += late;
	if (late < tick_min)
		tick_min = late;
	if (late > tick_max)
		tick_max = late;
	bucket = late / tick_bucket_ticks;
	tick_histogram[bucket < TICK_BUCKETS ? bucket : TICK_BUCKETS - 1]++;

	now = timer_now();
	tick_deadline += tick_period;
	while (tick_deadline <= now) {
		tick_lost++;
		tick_deadline += tick_period;
	}
	timer_set(tick_deadline);
	WRITE_ONCE(tick_count, tick_count + 1);
}

static void tick_start(u64 period_us)
{
	tick_period = timer_from_us(period_us);
	/* 100 ns each, or one tick of the counter if that is longer. */
	tick_bucket_ticks = timer_freq() / 10000000;
	if (!tick_bucket_ticks)
		tick_bucket_ticks = 1;
	sysreg_write(vbar_el1, bench_vectors);
	isb();
	gic_handle(TIMER_IRQ, tick_handler, NULL);
	gic_set_priority(TIMER_IRQ, GIC_PRIORITY_DEFAULT);
	gic_enable(TIMER_IRQ);
	tick_deadline = timer_now() + tick_period;
	timer_set(tick_deadline);
}

/* Linux' number of this CPU: the one whose count of hypercalls grows by asking; -1: unknown. */
static s64 tick_find_cpu(void)
{
	const u64 stat = JH_CPU_INFO_STAT_BASE + JH_STAT_HYPERCALL;

	for (u64 cpu = 0; cpu < TICK_MAX_CPUS; cpu++) {
		s64 before = hypercall2(JH_HC_CPU_GET_INFO, cpu, stat);

		if (before >= 0 && hypercall2(JH_HC_CPU_GET_INFO, cpu, stat) == before + 1)
			return cpu;
	}
	return -1;
}

void bench_exits(const struct bench *bench)
{
	const u64 stat = JH_CPU_INFO_STAT_BASE + JH_STAT_TOTAL;
	s64 cpu = tick_find_cpu();
	s64 before;
	u64 count;

	if (bench->native)
		return;
	if (cpu < 0) {
		printf("bench: missing id=exits_per_tick: the hypervisor does not count\n");
		return;
	}
	tick_start(1000);
	for (u32 n = 0; n < bench->n; n++) {
		count = tick_count;
		before = hypercall2(JH_HC_CPU_GET_INFO, cpu, stat);
		while (READ_ONCE(tick_count) == count) {
			wfi();
			irq_enable();
			isb();
			irq_disable();
		}
		/* The question itself is one exit. */
		bench_samples[n] = hypercall2(JH_HC_CPU_GET_INFO, cpu, stat) - before - 1;
	}
	timer_stop();
	gic_disable(TIMER_IRQ);
	bench_print("exits_per_tick", bench->mode, bench->n);
}

/* The latency that @permille of 1000 samples do not exceed, in ticks. */
static u64 tick_percentile(u64 permille)
{
	u64 seen = 0;

	for (u32 n = 0; n < TICK_BUCKETS - 1; n++) {
		u64 end = (n + 1) * tick_bucket_ticks;

		seen += tick_histogram[n];
		if (seen * 1000 >= tick_count * permille)
			return end < tick_max ? end : tick_max;
	}
	return tick_max;
}

static void tick_report(void)
{
	printf("bench: latency n=%lu min=%lu avg=%lu p99=%lu p99.9=%lu max=%lu ns lost=%lu\n",
	       tick_count, timer_to_ns(tick_min), timer_to_ns(tick_sum / tick_count),
	       timer_to_ns(tick_percentile(990)), timer_to_ns(tick_percentile(999)),
	       timer_to_ns(tick_max), tick_lost);
}

static void tick_print_histogram(void)
{
	for (u32 n = 0; n < TICK_BUCKETS; n++) {
		if (!tick_histogram[n])
			continue;
		printf("bench: histogram from=%lu ns count=%u\n",
		       timer_to_ns(n * tick_bucket_ticks), tick_histogram[n]);
		/* The hypervisor's small ring must not overflow before jhctl reads it. */
		timer_delay_us(TICK_LINE_US);
	}
}

void bench_latency(const struct bench *bench)
{
	u64 period_us = cmdline_int("period_us", 1000);
	u64 count = cmdline_int("count", 0);
	u64 report;

	(void)bench;
	if (!period_us)
		period_us = 1000;
	tick_start(period_us);
	report = timer_now() + timer_freq();
	while (!comm_poll() && !(count && tick_count >= count)) {
		wfi();
		irq_enable();
		isb();
		irq_disable();
		if (!tick_count || timer_now() < report)
			continue;
		tick_report();
		report = timer_now() + timer_freq();
	}
	timer_stop();
	if (!tick_count)
		return;
	tick_report();
	tick_print_histogram();
}
