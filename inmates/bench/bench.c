// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (c) The jh authors
 *
 * Times of operations in a cell, in ticks of CNTVCT_EL0. Where an emulator counts instructions and
 * the counter runs at 1 GHz, a tick is an instruction; on hardware it is 1/freq seconds.
 *
 * Each line is "bench: id=ID n=N min=A median=B p99=C max=D". Synchronous figures are from the
 * instruction before the operation to the one after it, less the same without the operation; so
 * they include the operation's own instruction where that retires. The cost of a hypervisor is the
 * difference to the same inmate without one, see inmates/native.
 *
 * Command line: n=N samples (default 1000, at most 2048); spi=N the INTID of the UART (default
 * 40); mode=virtual or mode=direct, as the cell is configured; delay_us=N to sleep first, until
 * the process that started the inmate sleeps too, where the counter counts all CPUs; run=link
 * measures bells of a link, to root with=root; run=latency
 * measures the timer alone, until shut down or count=N periods of period_us=N (default 1000);
 * run=idle sleeps until shut down, and causes no exits.
 */
#include <inmate/cmdline.h>
#include <inmate/comm.h>
#include <inmate/gic.h>
#include <inmate/io.h>
#include <inmate/print.h>
#include <inmate/start.h>
#include <inmate/sysreg.h>
#include <inmate/timer.h>

#include "bench.h"

u64 bench_samples[BENCH_MAX_SAMPLES];

/* Shell sort: small, and good enough for some thousand values. */
static void bench_sort(u64 *v, u32 n)
{
	for (u32 gap = n / 2; gap; gap /= 2) {
		for (u32 i = gap; i < n; i++) {
			u64 val = v[i];
			u32 j = i;

			for (; j >= gap && v[j - gap] > val; j -= gap)
				v[j] = v[j - gap];
			v[j] = val;
		}
	}
}

void bench_print(const char *id, const char *suffix, u32 n)
{
	u64 *v = bench_samples;

	bench_sort(v, n);
	printf("bench: id=%s%s%s n=%u min=%lu median=%lu p99=%lu max=%lu\n", id, suffix ? "_" : "",
	       suffix ? suffix : "", n, v[0], v[n / 2], v[(n - 1) * 99 / 100], v[n - 1]);
}

/* For measurements of other cells: sleeps until the cell is stopped. */
static void bench_idle(void)
{
	while (!comm_poll())
		wfi();
}

static void bench_wake(u32 intid, void *arg)
{
	(void)intid;
	(void)arg;
	timer_stop();
}

static void bench_sleep(u64 us)
{
	u64 end = timer_now() + timer_from_us(us);

	gic_handle(TIMER_IRQ, bench_wake, NULL);
	gic_set_priority(TIMER_IRQ, GIC_PRIORITY_DEFAULT);
	gic_enable(TIMER_IRQ);
	timer_set(end);
	irq_enable();
	while (timer_now() < end)
		wfi();
	irq_disable();
	timer_stop();
	gic_disable(TIMER_IRQ);
}

void inmate_main(void)
{
	struct bench bench = {
		.n = cmdline_int("n", 1000),
		.spi = cmdline_int("spi", 40),
		.native = cmdline_bool("native", false),
	};

	if (bench.n < 1 || bench.n > BENCH_MAX_SAMPLES)
		bench.n = 1000;
	cmdline_str("mode", bench.mode, sizeof(bench.mode), "virtual");
	if (cmdline_is("run", "idle")) {
		bench_idle();
		return;
	}
	gic_init();
	bench_sleep(cmdline_int("delay_us", 0));
	printf("bench: start freq=%lu gic=%u mode=%s native=%u midr=0x%lx\n", timer_freq(),
	       gic_version(), bench.mode, bench.native, sysreg_read(midr_el1));
	if (cmdline_is("run", "latency")) {
		bench_latency(&bench);
	} else if (cmdline_is("run", "link")) {
		bench_link(&bench);
	} else {
		bench_sync(&bench);
		bench_irq(&bench);
		bench_exits(&bench);
	}
	printf("bench: end\n");
}
