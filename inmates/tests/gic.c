// SPDX-License-Identifier: GPL-2.0-only
/*
 * Tests the interrupt controller as a cell sees it.
 *
 * Command line: spi=N (default 40) an SPI of the cell without a device behind it or with a quiet
 * one; foreign=N (default 33) an SPI of another cell.
 *
 * Copyright (c) The jh authors
 */
#include <inmate/cmdline.h>
#include <inmate/gic.h>
#include <inmate/io.h>
#include <inmate/print.h>
#include <inmate/start.h>
#include <inmate/sysreg.h>
#include <inmate/timer.h>

#include "gic_test.h"
#include "tap.h"

#define GIC_TIMEOUT_US	2000000
/* Long enough for an interrupt that must not come, to come. */
#define GIC_GRACE_US	500

u32 gic_log[GIC_LOG_SIZE];
u32 gic_logged;

void gic_log_handler(u32 intid, void *arg)
{
	(void)arg;
	if (gic_logged < GIC_LOG_SIZE)
		gic_log[gic_logged] = intid;
	WRITE_ONCE(gic_logged, gic_logged + 1);
}

bool gic_log_wait(u32 count)
{
	u64 end = timer_now() + timer_from_us(GIC_TIMEOUT_US);

	irq_enable();
	while (READ_ONCE(gic_logged) < count && timer_now() < end)
		cpu_relax();
	timer_delay_us(GIC_GRACE_US);
	irq_disable();
	return gic_logged == count;
}

void inmate_main(void)
{
	struct gic_test test = {
		.spi = cmdline_int("spi", 40),
		.foreign = cmdline_bool("native", false) ? 0 : cmdline_int("foreign", 33),
	};

	tap_start("gic");
	gic_init();
	printf("# GICv%u, own SPI %u, foreign SPI %u\n", gic_version(), test.spi, test.foreign);
	gic_handle_rest(gic_log_handler, NULL);
	if (test.spi >= 32 && gic_is_own(test.spi)) {
		gic_set_target_self(test.spi);
		gic_set_priority(test.spi, GIC_PRIORITY_DEFAULT);
	} else {
		tap_skip("everything about SPIs", "the one of the command line is not ours");
		test.spi = 0;
	}

	gic_test_decode(&test);
	gic_test_filter(&test);
	if (test.spi)
		gic_test_deliver(&test);
	gic_test_many(&test);
	gic_test_smp(&test);
	tap_eq(gic_spurious(), 0, "no interrupt came without a cause");
	tap_end();
}
