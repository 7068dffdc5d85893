// SPDX-License-Identifier: GPL-2.0-only
/*
 * Several interrupts at once: SGIs, order of priorities, preemption, more than list registers.
 *
 * Copyright (c) The jh authors
 */
#include <inmate/gic.h>
#include <inmate/io.h>
#include <inmate/sysreg.h>
#include <inmate/timer.h>

#include "gic_test.h"
#include "tap.h"

#define MANY_LOW	0xc0
#define MANY_HIGH	0x40
#define MANY_ROUNDS	200

enum { MANY_SGI_LOW = 4, MANY_SGI_HIGH = 5, MANY_SGI_SAME = 6 };

static bool many_nested_in_time;
static bool many_same_waited;
static u8 many_nested_running;

static void many_timer(u32 intid, void *arg)
{
	timer_stop();
	gic_log_handler(intid, arg);
}

/* Makes an SPI or an SGI pending. */
static void many_cause(u32 intid)
{
	if (intid < 16)
		gic_send_sgi_self(intid);
	else
		gic_set_pending(intid);
}

static void many_set_sgis(u8 priority)
{
	for (u32 sgi = 0; sgi < 16; sgi++) {
		gic_set_priority(sgi, priority);
		gic_enable(sgi);
	}
}

static void many_test_sgis(void)
{
	gic_logged = 0;
	gic_send_sgi_self(MANY_SGI_LOW);
	tap_ok(gic_log_wait(1) && gic_log[0] == MANY_SGI_LOW, "SGI to self arrives once");

	gic_logged = 0;
	gic_send_sgi_self(MANY_SGI_LOW);
	gic_send_sgi_self(MANY_SGI_LOW);
	tap_ok(gic_log_wait(1), "SGIs of one number merge while pending");

	gic_logged = 0;
	for (u32 n = 1; n <= MANY_ROUNDS; n++) {
		gic_send_sgi_self(n & 15);
		irq_enable();
		while (READ_ONCE(gic_logged) < n)
			cpu_relax();
		irq_disable();
	}
	tap_eq(gic_logged, MANY_ROUNDS, "%u SGIs in a row", MANY_ROUNDS);
}

/* SGIs for CPUs that are not the cell's, or do not exist, have no effect. */
static void many_test_foreign_sgis(void)
{
	gic_logged = 0;
	if (gic_version() == 3) {
		sysreg_write(S3_0_C12_C11_5, 0xffffUL | 9UL << 24 | 7UL << 16);
		sysreg_write(S3_0_C12_C11_5, 0xffUL | 9UL << 24 | 0xffUL << 48);
		sysreg_write(S3_0_C12_C11_5, (0xffffUL & ~BIT(cpu_mpidr() & 15)) | 9UL << 24);
	} else {
		mmio_write32(gic_reg(GICD_SGIR, 32, 1) - 4, 9);
	}
	gic_send_sgi_others(9);
	tap_ok(gic_log_wait(0), "SGIs to others do not come back");
}

static void many_test_order(void)
{
	gic_logged = 0;
	gic_set_priority(MANY_SGI_LOW, MANY_LOW);
	gic_set_priority(MANY_SGI_HIGH, MANY_HIGH);
	gic_send_sgi_self(MANY_SGI_LOW);
	gic_send_sgi_self(MANY_SGI_HIGH);
	tap_ok(gic_log_wait(2), "two pending SGIs arrive");
	tap_ok(gic_log[0] == MANY_SGI_HIGH && gic_log[1] == MANY_SGI_LOW,
	       "the more urgent one first");

	gic_logged = 0;
	gic_send_sgi_self(MANY_SGI_LOW);
	gic_send_sgi_self(MANY_SGI_HIGH);
	timer_delay_us(100);
	gic_set_priority(MANY_SGI_HIGH, 0xe0);
	tap_ok(gic_log_wait(2), "two pending SGIs arrive after a change of priority");
	tap_eq(gic_log[0], MANY_SGI_LOW, "which reached the pending one");
}

static void many_outer(u32 intid, void *arg)
{
	u32 before = gic_logged;

	gic_send_sgi_self(MANY_SGI_SAME);
	gic_send_sgi_self(MANY_SGI_HIGH);
	irq_enable();
	for (u32 n = 0; n < 10000 && READ_ONCE(gic_logged) == before; n++)
		cpu_relax();
	timer_delay_us(100);
	irq_disable();
	many_nested_in_time = gic_logged == before + 1 && gic_log[before] == MANY_SGI_HIGH;
	many_same_waited = many_nested_in_time;
	gic_log_handler(intid, arg);
}

static void many_inner(u32 intid, void *arg)
{
	many_nested_running = gic_running_priority();
	gic_log_handler(intid, arg);
}

static void many_test_preemption(u32 spi)
{
	gic_handle(spi, many_outer, NULL);
	gic_handle(MANY_SGI_HIGH, many_inner, NULL);
	gic_set_priority(spi, MANY_LOW);
	gic_set_priority(MANY_SGI_HIGH, MANY_HIGH);
	gic_set_priority(MANY_SGI_SAME, MANY_LOW);
	gic_logged = 0;
	many_cause(spi);
	tap_ok(gic_log_wait(3), "an interrupt, one that preempts it, one that waits");
	tap_ok(many_nested_in_time, "the more urgent one preempts");
	tap_eq(many_nested_running, MANY_HIGH, "and runs at its own priority");
	tap_ok(many_same_waited && gic_log[1] == spi && gic_log[2] == MANY_SGI_SAME,
	       "the one of equal priority waits");
	tap_eq(gic_running_priority(), 0xff, "idle priority afterwards");
	gic_handle(MANY_SGI_HIGH, gic_log_handler, NULL);
	gic_handle(spi, gic_log_handler, NULL);
}

/* 16 SGIs, the timer and an SPI: more than any implementation has list registers. */
static void many_test_flood(u32 spi)
{
	u32 seen = 0, bad = 0;
	u32 count = spi ? 18 : 17;
	u32 all = spi ? 0x3ffff : 0x2ffff;

	many_set_sgis(GIC_PRIORITY_DEFAULT);
	if (spi)
		gic_set_priority(spi, MANY_LOW);
	gic_handle(TIMER_IRQ, many_timer, NULL);
	gic_set_priority(TIMER_IRQ, MANY_HIGH);
	gic_enable(TIMER_IRQ);

	for (u32 round = 0; round < MANY_ROUNDS; round++) {
		gic_logged = 0;
		for (u32 sgi = 0; sgi < 16; sgi++)
			gic_send_sgi_self(sgi);
		if (spi)
			gic_set_pending(spi);
		timer_set(timer_now());
		irq_enable();
		for (u64 end = timer_now() + timer_freq(); timer_now() < end;)
			if (READ_ONCE(gic_logged) >= count)
				break;
		irq_disable();
		seen = 0;
		for (u32 n = 0; n < gic_logged && n < GIC_LOG_SIZE; n++)
			seen |= 1U << (gic_log[n] < 16 ? gic_log[n] : gic_log[n] == spi ? 16 : 17);
		bad += gic_logged != count || seen != all;
	}
	tap_eq(bad, 0, "%u pending at once, %u times: each handled exactly once", count,
	       MANY_ROUNDS);
	tap_eq(seen, all, "the last time too");
}

void gic_test_many(const struct gic_test *test)
{
	if (test->spi) {
		gic_set_edge(test->spi, true);
		gic_enable(test->spi);
	}
	many_set_sgis(GIC_PRIORITY_DEFAULT);
	many_test_sgis();
	many_test_foreign_sgis();
	many_test_order();
	many_test_preemption(test->spi ? test->spi : MANY_SGI_LOW);
	many_test_flood(test->spi);
}
