// SPDX-License-Identifier: GPL-2.0-only
/*
 * A periodic timer that measures how late it is.
 *
 * Every period has its own compare value, one period after the last. A handler that comes so late
 * that further compare values have already passed counts those as lost.
 *
 * Command line: period_us=N (default 10000), report=N periods per line (default: a second's worth),
 * count=N periods in all (default: until shut down).
 *
 * Copyright (c) The jh authors
 */
#include <inmate/cmdline.h>
#include <inmate/comm.h>
#include <inmate/gic.h>
#include <inmate/io.h>
#include <inmate/print.h>
#include <inmate/start.h>
#include <inmate/sysreg.h>
#include <inmate/timer.h>

/** struct timer_stats - lateness in ticks, from compare value to handler */
struct timer_stats {
	u64 count;
	u64 min;
	u64 max;
	u64 sum;
};

static u64 timer_period;
static u64 timer_deadline;
static u64 timer_lost;
static struct timer_stats timer_window = { .min = UINT64_MAX };
static struct timer_stats timer_total = { .min = UINT64_MAX };

static void timer_account(struct timer_stats *stats, u64 late)
{
	stats->count++;
	stats->sum += late;
	if (late < stats->min)
		stats->min = late;
	if (late > stats->max)
		stats->max = late;
}

static void timer_tick(u32 intid, void *arg)
{
	u64 now = timer_now();
	u64 late = now - timer_deadline;

	(void)intid;
	(void)arg;
	timer_account(&timer_window, late);
	timer_account(&timer_total, late);
	timer_deadline += timer_period;
	while (timer_deadline <= now) {
		timer_lost++;
		timer_deadline += timer_period;
	}
	timer_set(timer_deadline);
}

static void timer_report(const char *what, const struct timer_stats *stats)
{
	if (!stats->count)
		return;
	printf("timer: %s periods %lu late min %lu avg %lu max %lu ns lost %lu\n", what,
	       timer_total.count, timer_to_ns(stats->min), timer_to_ns(stats->sum / stats->count),
	       timer_to_ns(stats->max), timer_lost);
}

void inmate_main(void)
{
	u64 period_us = cmdline_int("period_us", 10000);
	u64 report, count = cmdline_int("count", 0);

	if (!period_us)
		period_us = 10000;
	timer_period = timer_from_us(period_us);
	if (!timer_period)
		timer_period = 1;
	report = cmdline_int("report", period_us < 1000000 ? 1000000 / period_us : 1);

	printf("timer: every %lu us, %lu ticks of a %lu Hz counter\n", period_us, timer_period,
	       timer_freq());
	gic_init();
	gic_handle(TIMER_IRQ, timer_tick, NULL);
	gic_set_priority(TIMER_IRQ, GIC_PRIORITY_DEFAULT);
	gic_enable(TIMER_IRQ);
	timer_deadline = timer_now() + timer_period;
	timer_set(timer_deadline);

	while (!comm_poll() && !(count && timer_total.count >= count)) {
		wfi();
		irq_enable();
		isb();
		irq_disable();
		if (!report || timer_window.count < report)
			continue;
		timer_report("so far", &timer_window);
		timer_window = (struct timer_stats){ .min = UINT64_MAX };
	}
	timer_stop();
	timer_report("end:", &timer_total);
}
