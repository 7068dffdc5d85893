// SPDX-License-Identifier: GPL-2.0-only
/*
 * Prints its name and place, then a tick per second until it is asked to shut down; it sleeps in
 * between.
 *
 * Command line: ticks=N ends the inmate after N seconds by itself; quiet prints no ticks.
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

/* Wake-ups per second, to poll for messages of the host. */
#define HELLO_WAKES	10

static u64 hello_deadline;
static u64 hello_wakes;

static void hello_tick(u32 intid, void *arg)
{
	(void)intid;
	(void)arg;
	hello_wakes++;
	hello_deadline += timer_freq() / HELLO_WAKES;
	timer_set(hello_deadline);
}

void inmate_main(void)
{
	u64 max = cmdline_int("ticks", 0);
	bool quiet = cmdline_bool("quiet", false);
	u64 printed = 0;

	printf("hello: this is a cell, on a CPU with MPIDR 0x%lx, MIDR 0x%lx, at EL%lu\n",
	       cpu_mpidr(), sysreg_read(midr_el1), sysreg_read(CurrentEL) >> 2);
	printf("hello: cell state %u, GIC version %u, timer at %lu Hz\n",
	       comm_region->cell_state, gic_version(), timer_freq());
	printf("hello: command line \"%s\"\n", cmdline());

	gic_init();
	gic_handle(TIMER_IRQ, hello_tick, NULL);
	gic_set_priority(TIMER_IRQ, GIC_PRIORITY_DEFAULT);
	gic_enable(TIMER_IRQ);
	hello_deadline = timer_now() + timer_freq() / HELLO_WAKES;
	timer_set(hello_deadline);

	while (!comm_poll() && !(max && printed >= max)) {
		/*
		 * Masked: no tick gets lost between the check and the sleep, and wfi wakes anyway.
		 */
		wfi();
		irq_enable();
		isb();
		irq_disable();
		if (hello_wakes / HELLO_WAKES == printed)
			continue;
		printed = hello_wakes / HELLO_WAKES;
		if (!quiet)
			printf("hello: tick %lu\n", printed);
	}
	timer_stop();
	printf("hello: bye\n");
}
