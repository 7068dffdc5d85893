// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (c) The jh authors
 *
 * GICv2: another CPU's request is read after GICC_IAR, with a barrier in between. Two doorbells of
 * one sender merge, so that an earlier read would miss the second request.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include <gic/gic.h>
#include <gic/vgic.h>
#include "fake64/fake64.h"

#define CPU		1
#define SENDER		2

/* The sender's note becomes visible when what comes after the barrier is looked at. */
void fake64_barrier(const char *name)
{
	const struct machine_irq *doorbell = machine_irq(CPU, DOORBELL_SGI);

	if (!strcmp(name, "dmb ishld") && !doorbell->sources)
		cpus[CPU].requests = CPU_REQ_RESYNC;
}

static void begin(void)
{
	fake64_reset();
	fake64_become(CPU);
	machine_irq(CPU, DOORBELL_SGI)->enabled = true;
	machine_irq(CPU, DOORBELL_SGI)->sources = 1U << SENDER;
}

static void a_parked_cpu(void **state)
{
	(void)state;
	begin();
	assert_true(gic_wait());
	assert_int_equal(cpus[CPU].requests, CPU_REQ_RESYNC);
}

static void a_cpu_that_runs_a_guest(void **state)
{
	(void)state;
	begin();
	vgic_irq();
	assert_int_equal(cpus[CPU].report->stats[JH_STAT_MANAGEMENT], 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_parked_cpu),
		cmocka_unit_test(a_cpu_that_runs_a_guest),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
