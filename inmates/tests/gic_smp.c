// SPDX-License-Identifier: GPL-2.0-only
/*
 * Interrupts between the CPUs of a cell.
 *
 * Copyright (c) The jh authors
 */
#include <inmate/gic.h>
#include <inmate/io.h>
#include <inmate/lock.h>
#include <inmate/psci.h>
#include <inmate/smp.h>
#include <inmate/timer.h>

#include "gic_test.h"
#include "tap.h"

#define SMP_ROUNDS	200

enum { SMP_SGI = 8, SMP_SGI_STOP = 10 };

static u64 smp_test_ready;
static u64 smp_test_sgis;
static u64 smp_test_spis;
static u64 smp_test_wrong;
static u64 smp_test_stop;

static void smp_test_handler(u32 intid, void *arg)
{
	if (smp_cpu_index() == 0)
		atomic_inc(&smp_test_wrong);
	atomic_inc(arg);
	(void)intid;
}

static void smp_test_secondary(void *arg)
{
	const struct gic_test *test = arg;

	gic_cpu_init();
	if (test->spi) {
		gic_set_target_self(test->spi);
		gic_enable(test->spi);
	}
	gic_set_priority(SMP_SGI, GIC_PRIORITY_DEFAULT);
	gic_set_priority(SMP_SGI_STOP, GIC_PRIORITY_DEFAULT);
	gic_enable(SMP_SGI);
	gic_enable(SMP_SGI_STOP);
	atomic_inc(&smp_test_ready);
	while (!READ_ONCE(smp_test_stop)) {
		wfi();
		irq_enable();
		isb();
		irq_disable();
	}
}

static bool smp_test_wait(const u64 *counter, u64 value)
{
	u64 end = timer_now() + 2 * timer_freq();

	while (READ_ONCE(*counter) < value && timer_now() < end)
		cpu_relax();
	return READ_ONCE(*counter) == value;
}

void gic_test_smp(const struct gic_test *test)
{
	u64 mpidr, n;
	s32 err;

	if (smp_discover(&mpidr, 1) == 0) {
		tap_skip("interrupts between CPUs", "this cell has one CPU");
		return;
	}
	if (test->spi)
		gic_disable(test->spi);
	gic_handle(SMP_SGI, smp_test_handler, &smp_test_sgis);
	gic_handle(SMP_SGI_STOP, smp_test_handler, &smp_test_stop);
	if (test->spi)
		gic_handle(test->spi, smp_test_handler, &smp_test_spis);
	err = smp_start(mpidr, smp_test_secondary, (void *)test);
	tap_ok(err > 0 && smp_test_wait(&smp_test_ready, 1), "another CPU starts");

	irq_enable();
	for (n = 1; n <= SMP_ROUNDS; n++) {
		gic_send_sgi(SMP_SGI, mpidr);
		if (!smp_test_wait(&smp_test_sgis, n))
			break;
	}
	tap_eq(smp_test_sgis, SMP_ROUNDS, "SGIs reach the other CPU, each of %u", SMP_ROUNDS);
	for (n = 1; test->spi && n <= SMP_ROUNDS; n++) {
		gic_set_pending(test->spi);
		if (!smp_test_wait(&smp_test_spis, n))
			break;
	}
	tap_eq(smp_test_spis, test->spi ? SMP_ROUNDS : 0, "the SPI, targeted there, too");
	tap_eq(smp_test_wrong, 0, "and none of them came here");

	gic_send_sgi_others(SMP_SGI_STOP);
	tap_ok(smp_test_wait(&smp_test_stop, 1), "SGI to all others reaches it");
	tap_ok(smp_wait_off(mpidr, 2000000), "and it is off again");
	irq_disable();
}
