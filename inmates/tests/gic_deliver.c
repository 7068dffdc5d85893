// SPDX-License-Identifier: GPL-2.0-only
/*
 * One interrupt: how it becomes pending, reaches its handler, is masked and is ended.
 *
 * Copyright (c) The jh authors
 */
#include <inmate/gic.h>
#include <inmate/io.h>
#include <inmate/timer.h>

#include "gic_test.h"
#include "tap.h"

#define DELIVER_TIMEOUT_US	1000000
#define DELIVER_GRACE_US	500

static bool deliver_was_active;
static u8 deliver_running;

static void deliver_look(u32 intid, void *arg)
{
	deliver_was_active = gic_is_active(intid);
	deliver_running = gic_running_priority();
	gic_log_handler(intid, arg);
}

/* Polls the acknowledge register: for tests that end interrupts by hand, IRQs masked. */
static u32 deliver_poll(u64 us)
{
	u64 end = timer_now() + timer_from_us(us);
	u32 ack;

	do {
		ack = gic_ack();
		if (gic_intid(ack) < GIC_SPECIAL)
			return ack;
		cpu_relax();
	} while (timer_now() < end);
	return 1023;
}

static void deliver_test_enable(u32 spi)
{
	gic_logged = 0;
	tap_eq(gic_intid(gic_ack()), 1023, "nothing to acknowledge at first");
	gic_disable(spi);
	tap_ok(!gic_is_enabled(spi), "SPI can be disabled");
	gic_set_pending(spi);
	tap_ok(gic_is_pending(spi), "SPI can be made pending while disabled");
	tap_ok(gic_log_wait(0), "and is not delivered");
	gic_clear_pending(spi);
	tap_ok(!gic_is_pending(spi), "pending state can be cleared");
	gic_enable(spi);
	tap_ok(gic_is_enabled(spi), "SPI can be enabled");
	tap_ok(gic_log_wait(0), "and nothing is left over");
}

static void deliver_test_once(u32 spi, bool edge)
{
	const char *kind = edge ? "edge" : "level";

	gic_disable(spi);
	gic_set_edge(spi, edge);
	tap_eq(mmio_read32(gic_reg(GICD_ICFGR, spi, 2)) >> (spi & 15) * 2 & 2, edge ? 2 : 0,
	       "trigger type %s sticks", kind);
	gic_enable(spi);

	gic_logged = 0;
	gic_set_pending(spi);
	tap_ok(gic_log_wait(1), "%s: made pending once, handled once", kind);
	tap_eq(gic_log[0], spi, "%s: with the right INTID", kind);
	tap_ok(deliver_was_active, "%s: active while handled", kind);
	tap_eq(deliver_running, GIC_PRIORITY_DEFAULT, "%s: running at its priority", kind);
	tap_ok(!gic_is_active(spi), "%s: inactive afterwards", kind);
	tap_ok(!gic_is_pending(spi), "%s: not pending afterwards", kind);
	tap_eq(gic_running_priority(), 0xff, "%s: idle priority afterwards", kind);

	gic_logged = 0;
	for (u32 n = 1; n <= 20; n++) {
		gic_set_pending(spi);
		if (!gic_log_wait(n))
			break;
	}
	tap_eq(gic_logged, 20, "%s: twenty in a row", kind);
}

static void deliver_test_mask(u32 spi)
{
	gic_logged = 0;
	gic_set_mask(0x80);
	tap_eq(gic_get_mask(), 0x80, "priority mask can be read back");
	gic_set_pending(spi);
	tap_ok(gic_log_wait(0), "an interrupt at the mask's side of 0x80 waits");
	tap_eq(gic_intid(gic_ack()), 1023, "and is not acknowledged either");
	gic_set_mask(0xf0);
	tap_ok(gic_log_wait(1), "and comes when the mask opens");

	gic_logged = 0;
	gic_set_mask(GIC_PRIORITY_DEFAULT);
	gic_set_pending(spi);
	tap_ok(gic_log_wait(0), "a mask equal to the priority holds it back");
	gic_set_mask(0xf0);
	tap_ok(gic_log_wait(1), "until it opens");
}

/* What the handler of a masked CPU changes must reach interrupts that are already on their way. */
static void deliver_test_pending_changes(u32 spi)
{
	gic_logged = 0;
	gic_set_pending(spi);
	timer_delay_us(DELIVER_GRACE_US);
	tap_ok(gic_is_pending(spi), "pending shows while IRQs are masked");
	gic_disable(spi);
	tap_ok(gic_log_wait(0), "disabling a pending interrupt holds it back");
	tap_ok(gic_is_pending(spi), "and keeps it pending");
	gic_enable(spi);
	tap_ok(gic_log_wait(1), "until it is enabled again");

	gic_logged = 0;
	gic_set_pending(spi);
	timer_delay_us(DELIVER_GRACE_US);
	gic_clear_pending(spi);
	tap_ok(gic_log_wait(0), "clearing a pending interrupt withdraws it");
}

static void deliver_test_eoi(u32 spi)
{
	u32 ack;

	gic_set_edge(spi, true);
	gic_set_pending(spi);
	ack = deliver_poll(DELIVER_TIMEOUT_US);
	tap_eq(gic_intid(ack), spi, "EOImode 0: acknowledged by polling");
	gic_set_pending(spi);
	tap_ok(deliver_poll(DELIVER_GRACE_US) == 1023, "EOImode 0: no second while active");
	gic_eoi(ack);
	ack = deliver_poll(DELIVER_TIMEOUT_US);
	tap_eq(gic_intid(ack), spi, "EOImode 0: but after the end");
	gic_eoi(ack);
	tap_ok(!gic_is_active(spi), "EOImode 0: the end deactivates");
}

static void deliver_test_split_eoi(u32 spi)
{
	u32 ack;

	gic_set_split_eoi(true);
	gic_set_pending(spi);
	ack = deliver_poll(DELIVER_TIMEOUT_US);
	tap_eq(gic_intid(ack), spi, "EOImode 1: acknowledged by polling");
	gic_eoi(ack);
	tap_eq(gic_running_priority(), 0xff, "EOImode 1: the end drops the priority");
	tap_ok(gic_is_active(spi), "EOImode 1: and leaves it active");
	gic_set_pending(spi);
	tap_ok(deliver_poll(DELIVER_GRACE_US) == 1023, "EOImode 1: no second while active");
	gic_deactivate(ack);
	ack = deliver_poll(DELIVER_TIMEOUT_US);
	tap_eq(gic_intid(ack), spi, "EOImode 1: but after deactivation");
	gic_eoi(ack);
	gic_deactivate(ack);
	tap_ok(!gic_is_active(spi), "EOImode 1: deactivation ends it");

	gic_logged = 0;
	for (u32 n = 1; n <= 20; n++) {
		gic_set_pending(spi);
		if (!gic_log_wait(n))
			break;
	}
	tap_eq(gic_logged, 20, "EOImode 1: twenty in a row");
	gic_set_split_eoi(false);
}

void gic_test_deliver(const struct gic_test *test)
{
	gic_handle(test->spi, deliver_look, NULL);
	deliver_test_enable(test->spi);
	deliver_test_once(test->spi, false);
	deliver_test_once(test->spi, true);
	deliver_test_mask(test->spi);
	deliver_test_pending_changes(test->spi);
	deliver_test_eoi(test->spi);
	deliver_test_split_eoi(test->spi);
}
