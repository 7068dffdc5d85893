// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (c) The jh authors
 *
 * SGIs on GICv3: any write of a guest reaches exactly the CPUs of its cell that the architecture
 * says, and none is lost.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include <gic/affinity.h>
#include <gic/lr.h>
#include <gic/vsgi.h>
#include <gic/vsgi_v3.h>
#include "fake64/fake64.h"

#define IRM		BIT(40)
#define RS		(0xfUL << 44)

static void begin(u32 flags)
{
	u32 cpu;

	fake64_reset();
	fake64_number(flags);
	for (cpu = 0; cpu < FAKE64_CPUS; cpu++) {
		memset(machine_gic.local[cpu], 0, sizeof(machine_gic.local[cpu]));
		cpus[cpu].arch.sgi_enabled = 0xffff;
	}
	fake64_become(0);
}

/* What follows happens on this CPU, whose list registers are empty. */
static void become(u32 cpu)
{
	fake64_become(cpu);
	memset(machine_gic.virtual[cpu].lr, 0, sizeof(machine_gic.virtual[cpu].lr));
}

/* CPUs other than @self that have @intid noted; nothing else may be noted anywhere. */
static u64 noted(u32 self, u32 intid)
{
	u64 mask = 0;
	u32 cpu;

	for (cpu = 0; cpu < FAKE64_CPUS; cpu++) {
		u32 *pending = &cpus[cpu].arch.sgi_pending;

		assert_int_equal(*pending & ~(1U << intid), 0);
		if (*pending && cpu != self)
			mask |= BIT(cpu);
		*pending = 0;
		memset(cpus[cpu].arch.sgi_sources, 0, sizeof(cpus[cpu].arch.sgi_sources));
	}
	return mask;
}

/* What the guest calls its CPU. */
static u64 affinity_of(u32 cpu)
{
	return cell_numbers_cpus(cpus[cpu].cell) ? cpus[cpu].place : cpus[cpu].arch.mpidr;
}

static u64 expected(u32 self, u64 value)
{
	u64 mask = 0;
	u32 cpu;

	for (cpu = 0; cpu < FAKE64_CPUS; cpu++) {
		u64 mpidr = affinity_of(cpu);

		if (cpus[cpu].cell != cpus[self].cell)
			continue;
		if (value & IRM ? cpu != self : !(value & RS) &&
		    affinity_key(mpidr) == (value & AFFINITY_KEY_MASK) && value >> (mpidr & 15) & 1)
			mask |= BIT(cpu);
	}
	return mask;
}

/* The CPUs that physical SGIs went to, all of number @intid. */
static u64 rung(u32 intid)
{
	u64 mask = 0;
	u32 cpu, i;

	for (cpu = 0; cpu < FAKE64_CPUS; cpu++) {
		for (i = 0; i < 16; i++) {
			bool *pending = &machine_gic.local[cpu][i].pending;

			assert_true(!*pending || i == intid);
			mask |= (u64)*pending << cpu;
			*pending = false;
		}
	}
	return mask;
}

static u64 random_sgi1r(void)
{
	static const u64 keys[] = { 0, 0x10000, 0x10000, 0x20000, BIT(32), BIT(48), 0x100010000 };
	u64 value = keys[(u32)rand() % 7] | (u64)(rand() & 0xffff) >> rand() % 16 |
		    (u64)(rand() & 0xf) << 24;

	switch (rand() % 8) {
	case 0:
		return value | IRM;
	case 1:
		return value | 1UL << 44;
	case 2:
		return value | (u64)rand() << 56;
	case 3:
		return (value & ~0xffffUL) | this_percpu->self_sgi;
	}
	return value;
}

static void sgis_reach_exactly_their_targets(void **state)
{
	static const u32 senders[] = { 0, 3, 4, 6 };
	u64 value, targets;
	u32 i, self, intid;

	(void)state;
	srand(11);
	for (i = 0; i < 40000; i++) {
		if (i % 20000 == 0)
			begin(i ? 0 : JH_CELL_PHYSICAL_IDS);
		self = senders[i % 4];
		become(self);
		value = random_sgi1r();
		intid = value >> 24 & 0xf;
		targets = expected(self, value);
		vsgi_sgi1r(value);
		assert_int_equal(fake64_lr(self, 0),
				 targets >> self & 1 ? lr_virtual(intid, 0) : 0);
		targets &= ~BIT(self);
		if (noted(self, intid) != targets || rung(DOORBELL_SGI) != targets)
			fail_msg("CPU %u writes %llx", self, value);
	}
}

/* They go as they are, and to the same CPUs; where one sends to itself as well. */
static void sgis_of_direct_cells_are_filtered(void **state)
{
	u64 value;
	u32 i;

	(void)state;
	srand(12);
	for (i = 0; i < 10000; i++) {
		if (i % 5000 == 0)
			begin(JH_CELL_IRQ_DIRECT | (i ? 0 : JH_CELL_PHYSICAL_IDS));
		become(i % 2 ? 4 : 7);
		value = random_sgi1r();
		vsgi_sgi1r(value);
		assert_int_equal(noted(0, 0), 0);
		assert_int_equal(rung(value >> 24 & 0xf),
				 expected(i % 2 ? 4 : 7, value));
	}
}

/* Is acknowledged before it is looked at. */
static void ring(u32 intid)
{
	machine_gic.physical[4].active = 1;
	vsgi_v3_doorbell(intid);
	assert_int_equal(machine_gic.physical[4].active, 0);
}

static void doorbells_deliver(void **state)
{
	struct arch_cpu *cpu = &cpus[4].arch;

	(void)state;
	begin(JH_CELL_PHYSICAL_IDS);
	become(4);
	cpu->sgi_priority[3] = 0x40;
	cpu->sgi_pending = 1U << 3;
	machine_gic.local[4][DOORBELL_SGI].active = true;
	ring(DOORBELL_SGI);
	assert_int_equal(fake64_lr(4, 0), lr_virtual(3, 0x40));
	assert_int_equal(cpu->sgi_pending, 0);
	assert_false(machine_gic.local[4][DOORBELL_SGI].active);
	/* One that is disabled waits; two come both; a foreign one is the guest's. */
	become(4);
	cpu->sgi_enabled = 0;
	cpu->sgi_pending = 1U << 3;
	ring(DOORBELL_SGI);
	assert_int_equal(fake64_lr(4, 0), 0);
	assert_int_equal(cpu->sgi_pending, 1U << 3);
	cpu->sgi_enabled = 0xffff;
	cpu->sgi_pending = 0;
	ring(2);
	assert_int_equal(fake64_lr(4, 0), lr_virtual(2, 0));
	assert_int_equal(cpu->sgi_pending, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sgis_reach_exactly_their_targets),
		cmocka_unit_test(sgis_of_direct_cells_are_filtered),
		cmocka_unit_test(doorbells_deliver),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
