// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (c) The jh authors
 *
 * SGIs on GICv2: any write of a guest reaches exactly the CPUs of its cell that the architecture
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
#include <gic/gicv2.h>
#include <gic/lr.h>
#include <gic/vsgi.h>
#include <gic/vsgi_v2.h>
#include "fake64/fake64.h"

#define NATIVE		0x3fU
#define FROM(source, lr)	((lr) | (u64)(source) << LR_PINTID_SHIFT)

static void begin(u32 flags)
{
	u32 cpu;

	fake64_reset();
	fake64_number(flags);
	gicv2.native = NATIVE;
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

/* The number of a CPU's interface for its guest. */
static u32 number_of(u32 cpu)
{
	return cell_numbers_cpus(cpus[cpu].cell) ? cpus[cpu].place : cpu;
}

static u64 expected(u32 self, u32 value)
{
	u32 targets = value >> 16 & 0xff, cpu;
	u64 mask = 0;

	switch (value >> 24 & 3) {
	case 1:
		targets = 0xff & ~(1U << number_of(self));
		break;
	case 2:
		targets = 1U << number_of(self);
		break;
	case 3:
		targets = 0;
	}
	for (cpu = 0; cpu < FAKE64_CPUS; cpu++) {
		if (cpus[cpu].cell == cpus[self].cell && targets >> number_of(cpu) & 1)
			mask |= BIT(cpu);
	}
	return mask;
}

/* The CPUs that physical SGIs of the sender went to, all of number @intid. */
static u64 rung(u32 self, u32 intid)
{
	u64 mask = 0;
	u32 cpu, i;

	for (cpu = 0; cpu < FAKE64_CPUS; cpu++) {
		for (i = 0; i < 16; i++) {
			u8 *sources = &machine_gic.local[cpu][i].sources;

			assert_int_equal(*sources, *sources && i == intid ? 1U << self : 0);
			mask |= *sources ? BIT(cpu) : 0;
			*sources = 0;
		}
	}
	return mask;
}

static void sgis_reach_exactly_their_targets(void **state)
{
	static const u32 senders[] = { 0, 3, 4, 6 };
	u32 i, self, intid, value;
	u64 targets;

	(void)state;
	srand(13);
	for (i = 0; i < 40000; i++) {
		if (i % 20000 == 0)
			begin(i ? 0 : JH_CELL_PHYSICAL_IDS);
		self = senders[i % 4];
		become(self);
		value = (u32)rand() & 0x3ff000f;
		intid = value & 0xf;
		targets = expected(self, value);
		vsgi_v2_send(value);
		assert_int_equal(fake64_lr(self, 0), targets >> self & 1 ?
				 FROM(number_of(self), lr_virtual(intid, 0)) : 0);
		targets &= ~BIT(self);
		assert_true(machine_gic.sends <= 1);
		machine_gic.sends = 0;
		assert_int_equal(rung(self, NATIVE >> intid & 1 ? intid : DOORBELL_SGI), targets);
		/* What cannot go as it is is noted, with its sender. */
		assert_int_equal(noted(self, intid), NATIVE >> intid & 1 ? 0 : targets);
	}
}

#define TO_SELF(intid)	(2U << 24 | (intid))

/* Only into an empty set of list registers without a detour, and once. */
static void an_sgi_to_oneself(void **state)
{
	struct arch_cpu *cpu = &cpus[4].arch;

	(void)state;
	begin(0);
	become(4);
	/* GICH_LR has the upper five bits of a priority. */
	cpu->sgi_priority[3] = 0xaf;
	cpu->sgi_priority[5] = 0x58;
	vsgi_v2_send(TO_SELF(3));
	assert_int_equal(fake64_lr(4, 0), FROM(1, lr_virtual(3, 0xa8)));
	assert_int_equal(machine_gic.virtual[4].lr[0] >> 20 & 7, 0);
	assert_int_equal(fake64_lr(4, 1), 0);
	assert_int_equal(cpu->sgi_pending, 0);
	vsgi_v2_send(TO_SELF(5));
	assert_int_equal(fake64_lr(4, 0), FROM(1, lr_virtual(3, 0xa8)));
	assert_int_equal(fake64_lr(4, 1), FROM(1, lr_virtual(5, 0x58)));
	assert_int_equal(cpu->sgi_pending, 0);
	become(4);
	cpu->sgi_enabled = ~(1U << 3);
	vsgi_v2_send(TO_SELF(3));
	assert_int_equal(fake64_lr(4, 0), 0);
	assert_int_equal(cpu->sgi_pending, 1U << 3);
	assert_int_equal(cpu->sgi_sources[3], 1U << 1);
	assert_int_equal(rung(4, 3), 0);
}

/* One that another CPU sent arrives. */
static void takes(u32 source, u32 intid)
{
	machine_gic.local[4][intid].enabled = true;
	machine_gic.local[4][intid].sources = (u8)(1U << source);
	fake64_deliver();
	assert_false(machine_gic.local[4][intid].active);
}

static void sgis_keep_their_senders(void **state)
{
	struct arch_cpu *cpu = &cpus[4].arch;

	(void)state;
	begin(JH_CELL_PHYSICAL_IDS);
	become(4);
	cpu->sgi_priority[3] = 0x40;
	takes(6, 3);
	assert_int_equal(fake64_lr(4, 0), FROM(6, lr_virtual(3, 0x40)));
	/* Of another sender: after the end of the first, which a maintenance interrupt tells. */
	takes(5, 3);
	assert_int_equal(fake64_lr(4, 0), FROM(6, lr_virtual(3, 0x40)) | LR_EOI);
	assert_int_equal(cpu->sgi_pending, 1U << 3);
	assert_int_equal(cpu->sgi_sources[3], 1U << 5);
	/* A disabled one waits. */
	begin(JH_CELL_PHYSICAL_IDS);
	become(4);
	cpu->sgi_enabled = 0;
	takes(6, 3);
	assert_int_equal(fake64_lr(4, 0), 0);
	assert_int_equal(cpu->sgi_pending, 1U << 3);
	assert_int_equal(cpu->sgi_sources[3], 1U << 6);
	/* The doorbell is nobody's SGI, and brings what was noted. */
	cpu->sgi_enabled = 0xffff;
	takes(5, DOORBELL_SGI);
	assert_int_equal(fake64_lr(4, 0), FROM(6, lr_virtual(3, 0)));
	assert_int_equal(cpu->sgi_pending, 0);
}

/* The cell's CPUs 6, 4, 7 and 5 are 0 to 3 for its guest, whatever way an SGI takes. */
static void senders_are_the_guests(void **state)
{
	struct arch_cpu *cpu = &cpus[4].arch;

	(void)state;
	begin(0);
	become(4);
	takes(5, 3);
	assert_int_equal(fake64_lr(4, 0), FROM(3, lr_virtual(3, 0)));
	takes(7, 3);
	assert_int_equal(fake64_lr(4, 0), FROM(3, lr_virtual(3, 0)) | LR_EOI);
	assert_int_equal(cpu->sgi_sources[3], 1U << 2);
	/* Noted, because it is not a native one. */
	begin(0);
	become(6);
	vsgi_v2_send(1U << 1 << 16 | 12);
	assert_int_equal(cpu->sgi_sources[12], 1U << 0);
	become(4);
	takes(6, DOORBELL_SGI);
	assert_int_equal(fake64_lr(4, 0), FROM(0, lr_virtual(12, 0)));
	/* GICD_SPENDSGIR says and takes them so. */
	begin(0);
	become(4);
	cpu->sgi_enabled = 0;
	takes(7, 2);
	assert_int_equal(vsgi_v2_access_pending((struct mmio_access){ 0, 0xf22, 1, false }),
			 1U << 2);
	/* Of one byte, one SGI. */
	assert_int_equal(vsgi_v2_access_pending((struct mmio_access){ 0, 0xf20, 1, false }), 0);
	assert_int_equal(vsgi_v2_access_pending((struct mmio_access){ 0, 0xf20, 2, false }), 0);
	assert_int_equal(vsgi_v2_access_pending((struct mmio_access){ 0, 0xf20, 4, false }),
			 1U << 18);
	vsgi_v2_access_pending((struct mmio_access){ 0xffff, 0xf21, 1, true });
	assert_int_equal(cpu->sgi_sources[2], 1U << 2);
	vsgi_v2_access_pending((struct mmio_access){ 0xff, 0xf22, 1, true });
	assert_int_equal(cpu->sgi_sources[2], 0xf);
}

/* And where the distributor keeps them, by the machine's numbers. */
static void pending_ones_of_direct_cells(void **state)
{
	u8 *sources = &machine_gic.local[4][2].sources;

	(void)state;
	begin(JH_CELL_IRQ_DIRECT);
	become(4);
	vsgi_v2_access_pending((struct mmio_access){ 0xf5, 0xf22, 1, true });
	assert_int_equal(*sources, 1U << 6 | 1U << 7);
	*sources |= 1;
	assert_int_equal(vsgi_v2_access_pending((struct mmio_access){ 0, 0xf20, 4, false }),
			 0x5U << 16);
	vsgi_v2_access_pending((struct mmio_access){ 0xffffffff, 0xf10, 4, true });
	assert_int_equal(*sources, 1);
	assert_int_equal(vsgi_v2_access_pending((struct mmio_access){ 0, 0xf20, 2, false }), 0);
}

/* What its last owner left at the distributor is gone, but for the doorbell. */
static void a_clean_start(void **state)
{
	u32 i;

	(void)state;
	begin(0);
	become(4);
	for (i = 0; i < 16; i++) {
		machine_gic.local[4][i].sources = 0xff;
		cpus[4].arch.sgi_sources[i] = 0xff;
	}
	cpus[4].arch.sgi_pending = 0xffff;
	vsgi_clear();
	for (i = 0; i < 16; i++) {
		assert_int_equal(machine_gic.local[4][i].sources, i == DOORBELL_SGI ? 0xff : 0);
		assert_int_equal(cpus[4].arch.sgi_sources[i], 0);
	}
	assert_int_equal(cpus[4].arch.sgi_pending, 0);
}

/* An SGI of the doorbell's number would be taken for a doorbell: it is noted as well. */
static void unmanaged_cpus_are_rung_themselves(void **state)
{
	(void)state;
	begin(JH_CELL_PHYSICAL_IDS);
	affinity_set_unmanaged(2, true);
	vsgi_v2_send(1U << 2 << 16 | 3);
	assert_int_equal(noted(0, 3), 0);
	assert_int_equal(rung(0, 3), BIT(2));
	vsgi_v2_send(1U << 2 << 16 | DOORBELL_SGI);
	assert_int_equal(noted(0, DOORBELL_SGI), BIT(2));
	assert_int_equal(rung(0, DOORBELL_SGI), BIT(2));
	affinity_set_unmanaged(2, false);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sgis_reach_exactly_their_targets),
		cmocka_unit_test(an_sgi_to_oneself),
		cmocka_unit_test(sgis_keep_their_senders),
		cmocka_unit_test(senders_are_the_guests),
		cmocka_unit_test(pending_ones_of_direct_cells),
		cmocka_unit_test(a_clean_start),
		cmocka_unit_test(unmanaged_cpus_are_rung_themselves),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
