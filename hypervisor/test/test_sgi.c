// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (c) The jh authors
 *
 * SGIs: whatever a guest writes, they reach those CPUs of its cell that the architecture says, and
 * no other; none is lost on the way in.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include <asm/sysreg.h>
#include <gic/affinity.h>
#include <gic/gicv2.h>
#include <gic/gicv3.h>
#include <gic/vgic.h>
#include "fake64/fake64.h"

#define IRM		BIT(40)
#define RS		(0xfUL << 44)
#define NATIVE		0x3fU
#define DOORBELL	7U

static void begin(const struct irqchip *chip)
{
	u32 cpu;

	fake64_reset();
	irqchip = chip;
	affinity_num_clusters = 0;
	memset(affinity_clusters, 0, sizeof(affinity_clusters));
	memset(affinity_by_aff1, 0, sizeof(affinity_by_aff1));
	gicv2.gicd = FAKE64_GICD;
	gicv2.native = NATIVE;
	for (cpu = 0; cpu < FAKE64_CPUS; cpu++) {
		u64 affinity = chip == &irqchip_gicv2 ? cpu : cpus[cpu].arch.mpidr;

		affinity_add(cpu, affinity);
		fake64_percpu[cpu].cluster = affinity_find(affinity_key(affinity));
		fake64_percpu[cpu].cluster_bit = 1U << (affinity & 0xf);
		cpus[cpu].arch.sgi_enabled = 0xffff;
		fake64_become(cpu);
		gicv3_sgis_virtual();
	}
	for (cpu = 0; cpu < FAKE64_CPUS; cpu++) {
		fake64_become(cpu);
		affinity_join(this_cell());
	}
	fake64_become(0);
}

static void become(u32 cpu)
{
	fake64_become(cpu);
	fake64_set_sysreg("ich_elrsr_el2", this_percpu->vgic.lr_all);
	fake64_set_sysreg("ich_lr0_el2", 0);
	*fake64_gich(GICH_ELRSR0) = (u32)this_percpu->vgic.lr_all;
	memset(fake64_gich(GICH_LR), 0, 16);
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

/* --- GICv3 --- */

static u64 expected_v3(u32 self, u64 value)
{
	u64 mask = 0;
	u32 cpu;

	for (cpu = 0; cpu < FAKE64_CPUS; cpu++) {
		u64 mpidr = cpus[cpu].arch.mpidr;

		if (cpus[cpu].cell != cpus[self].cell)
			continue;
		if (value & IRM ? cpu != self : !(value & RS) &&
		    affinity_key(mpidr) == (value & AFFINITY_KEY_MASK) && value >> (mpidr & 15) & 1)
			mask |= BIT(cpu);
	}
	return mask;
}

/* The CPUs that physical SGIs went to, all of number @intid. */
static u64 rung_v3(u32 intid)
{
	u64 mask = 0;
	u32 i, cpu;

	assert_true(fake64_num_sent <= FAKE64_SENT);
	for (i = 0; i < fake64_num_sent; i++) {
		u64 value = fake64_sent[i];

		assert_int_equal(value >> 24 & 0xf, intid);
		assert_int_equal(value & (IRM | RS), 0);
		for (cpu = 0; cpu < FAKE64_CPUS; cpu++) {
			u64 mpidr = cpus[cpu].arch.mpidr;

			if (affinity_key(mpidr) == (value & AFFINITY_KEY_MASK) &&
			    value >> (mpidr & 15) & 1)
				mask |= BIT(cpu);
		}
	}
	fake64_num_sent = 0;
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

static void gicv3_sgis_reach_whom_they_should(void **state)
{
	static const u32 senders[] = { 0, 3, 4, 6 };
	u64 value, expected;
	u32 i, self, intid;

	(void)state;
	begin(&irqchip_gicv3);
	srand(11);
	for (i = 0; i < 20000; i++) {
		self = senders[i % 4];
		become(self);
		value = random_sgi1r();
		intid = value >> 24 & 0xf;
		expected = expected_v3(self, value);
		gicv3_send_sgi(value);
		assert_int_equal(fake64_sysreg("ich_lr0_el2"),
				 expected >> self & 1 ? vgic_lr(intid, 0) : 0);
		expected &= ~BIT(self);
		if (noted(self, intid) != expected || rung_v3(DOORBELL) != expected)
			fail_msg("CPU %u writes %llx", self, value);
	}
}

/* They go as they are, and to the same CPUs; where one sends to itself as well. */
static void gicv3_sgis_of_direct_cells_are_filtered(void **state)
{
	u64 value;
	u32 i;

	(void)state;
	begin(&irqchip_gicv3);
	fake64_cell.flags = JH_CELL_IRQ_DIRECT;
	srand(12);
	for (i = 0; i < 5000; i++) {
		become(i % 2 ? 4 : 7);
		gicv3_sgis_direct();
		value = random_sgi1r();
		gicv3_send_sgi(value);
		assert_int_equal(noted(0, 0), 0);
		assert_int_equal(rung_v3(value >> 24 & 0xf),
				 expected_v3(i % 2 ? 4 : 7, value));
	}
}

static void gicv3_doorbells_deliver(void **state)
{
	struct arch_cpu *cpu = &cpus[4].arch;

	(void)state;
	begin(&irqchip_gicv3);
	become(4);
	cpu->sgi_priority[3] = 0x40;
	cpu->sgi_pending = 1U << 3;
	gicv3_doorbell(DOORBELL);
	assert_int_equal(fake64_sysreg("ich_lr0_el2"), vgic_lr(3, 0x40));
	assert_int_equal(cpu->sgi_pending, 0);
	assert_int_equal(fake64_sysreg("icc_dir_el1"), DOORBELL);
	/* One that is disabled waits; two come both; a foreign one is the guest's. */
	become(4);
	cpu->sgi_enabled = 0;
	cpu->sgi_pending = 1U << 3;
	gicv3_doorbell(DOORBELL);
	assert_int_equal(fake64_sysreg("ich_lr0_el2"), 0);
	assert_int_equal(cpu->sgi_pending, 1U << 3);
	cpu->sgi_enabled = 0xffff;
	cpu->sgi_pending = 0;
	gicv3_doorbell(2);
	assert_int_equal(fake64_sysreg("ich_lr0_el2"), vgic_lr(2, 0));
	assert_int_equal(cpu->sgi_pending, 0);
}

/* --- GICv2 --- */

static u64 expected_v2(u32 self, u32 value)
{
	u32 targets = value >> 16 & 0xff;

	switch (value >> 24 & 3) {
	case 1:
		targets = 0xff & ~(1U << self);
		break;
	case 2:
		targets = 1U << self;
		break;
	case 3:
		targets = 0;
	}
	return targets & cpus[self].cell->cpu_mask;
}

static void gicv2_sgis_reach_whom_they_should(void **state)
{
	static const u32 senders[] = { 0, 3, 4, 6 };
	u32 i, self, intid, value;
	u64 expected, sent;

	(void)state;
	begin(&irqchip_gicv2);
	srand(13);
	for (i = 0; i < 20000; i++) {
		self = senders[i % 4];
		become(self);
		value = (u32)rand() & 0x3ff000f;
		intid = value & 0xf;
		expected = expected_v2(self, value);
		gicv2_send_sgi(value);
		assert_int_equal(*fake64_gich(GICH_LR), expected >> self & 1 ?
				 GICH_LR_PENDING | self << 10 | intid : 0);
		expected &= ~BIT(self);
		assert_true(fake64_num_sent <= 1);
		sent = fake64_num_sent ? fake64_sent[0] : 0;
		fake64_num_sent = 0;
		assert_int_equal(sent >> 16, expected);
		/* What cannot go as it is is noted, with its sender. */
		assert_int_equal(noted(self, intid), NATIVE >> intid & 1 ? 0 : expected);
		if (expected)
			assert_int_equal(sent & 0xf, NATIVE >> intid & 1 ? intid : DOORBELL);
	}
}

static void gicv2_takes(u32 iar)
{
	*fake64_gicc(GICC_IAR) = iar;
	gicv2_irq();
	assert_int_equal(*fake64_gicc(GICC_DIR), iar);
}

static void gicv2_sgis_keep_their_senders(void **state)
{
	struct arch_cpu *cpu = &cpus[4].arch;
	u32 *lr = fake64_gich(GICH_LR);

	(void)state;
	begin(&irqchip_gicv2);
	become(4);
	cpu->sgi_priority[3] = 0x40;
	gicv2_takes(6 << 10 | 3);
	assert_int_equal(lr[0], GICH_LR_PENDING | 0x40 >> 3 << 23 | 6 << 10 | 3);
	/* Of another sender: after the end of the first, which a maintenance interrupt tells. */
	*fake64_gich(GICH_ELRSR0) = 0xe;
	gicv2_takes(5 << 10 | 3);
	assert_int_equal(lr[0], GICH_LR_PENDING | GICH_LR_EOI | 0x40 >> 3 << 23 | 6 << 10 | 3);
	assert_int_equal(cpu->sgi_pending, 1U << 3);
	assert_int_equal(cpu->sgi_sources[3], 1U << 5);
	/* A disabled one waits. */
	begin(&irqchip_gicv2);
	become(4);
	cpu->sgi_enabled = 0;
	gicv2_takes(6 << 10 | 3);
	assert_int_equal(lr[0], 0);
	assert_int_equal(cpu->sgi_pending, 1U << 3);
	assert_int_equal(cpu->sgi_sources[3], 1U << 6);
	/* The doorbell is nobody's SGI, and brings what was noted. */
	cpu->sgi_enabled = 0xffff;
	gicv2_takes(5 << 10 | DOORBELL);
	assert_int_equal(lr[0], GICH_LR_PENDING | 6 << 10 | 3);
	assert_int_equal(cpu->sgi_pending, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(gicv3_sgis_reach_whom_they_should),
		cmocka_unit_test(gicv3_sgis_of_direct_cells_are_filtered),
		cmocka_unit_test(gicv3_doorbells_deliver),
		cmocka_unit_test(gicv2_sgis_reach_whom_they_should),
		cmocka_unit_test(gicv2_sgis_keep_their_senders),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
