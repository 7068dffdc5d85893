// SPDX-License-Identifier: GPL-2.0-only
/*
 * A neighbour that must not be affected: it checks a pattern in its memory, counts its timer, and
 * reports any other interrupt as caused by another cell.
 *
 * Copyright (c) The jh authors
 */
#include <inmate/comm.h>
#include <inmate/gic.h>
#include <inmate/io.h>
#include <inmate/print.h>
#include <inmate/start.h>
#include <inmate/sysreg.h>
#include <inmate/timer.h>

#define GUARD_BASE		0x100000UL
#define GUARD_SIZE		0x100000UL
#define GUARD_TICK_US		20000
#define GUARD_REPORT_US		500000
#define GUARD_NUM_LOCAL		32
#define GUARD_PHYSICAL_TIMER	30	/* only this cell could raise it, and it does not */

static u64 guard_ticks;
static u64 guard_foreign;
static u64 guard_bad;
static u64 guard_period;

static void guard_on_tick(u32 intid, void *arg)
{
	(void)intid;
	(void)arg;
	guard_ticks++;
	timer_set(timer_now() + guard_period);
}

static void guard_on_other(u32 intid, void *arg)
{
	(void)arg;
	guard_foreign++;
	printf("guard: interrupt %u is not mine\n", intid);
}

static u64 guard_word(u64 n)
{
	return (n + 1) * 0x9e3779b97f4a7c15UL;
}

static void guard_fill(volatile u64 *words)
{
	for (u64 n = 0; n < GUARD_SIZE / sizeof(u64); n++)
		words[n] = guard_word(n);
}

static void guard_verify(volatile u64 *words)
{
	for (u64 n = 0; n < GUARD_SIZE / sizeof(u64); n++) {
		if (words[n] == guard_word(n))
			continue;
		guard_bad++;
		printf("guard: word %lu is 0x%lx\n", n, words[n]);
		words[n] = guard_word(n);
	}
}

void inmate_main(void)
{
	volatile u64 *words = (void *)GUARD_BASE;
	u64 rounds = 0, last = timer_now();

	gic_init();
	gic_handle(TIMER_IRQ, guard_on_tick, NULL);
	gic_handle_rest(guard_on_other, NULL);
	for (u32 intid = 0; intid < GUARD_NUM_LOCAL; intid++) {
		if (intid != GUARD_PHYSICAL_TIMER)
			gic_enable(intid);
	}
	guard_fill(words);
	guard_period = timer_from_us(GUARD_TICK_US);
	timer_set(timer_now() + guard_period);
	irq_enable();
	while (!comm_poll()) {
		guard_verify(words);
		rounds++;
		if (timer_now() - last < timer_from_us(GUARD_REPORT_US))
			continue;
		printf("guard: bad %lu foreign %lu rounds %lu periods %lu\n", guard_bad,
		       guard_foreign, rounds, guard_ticks);
		last = timer_now();
	}
}
