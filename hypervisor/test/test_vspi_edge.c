// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (c) The jh authors
 *
 * Edges that the hypervisor raises for a cell: each is delivered once, whichever CPUs turn on and
 * off. GICv2 and GICv3.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include <asm/sysreg.h>
#include <gic/gicd.h>
#include <gic/lr.h>
#include <gic/vgic.h>
#include <gic/vgicd.h>
#include <gic/vspi.h>
#include <hv/arch.h>
#include <hv/atomic.h>
#include <hv/cpu.h>
#include "fake64/fake64.h"

#define EDGE(n)		(70 + (n))	/* the interrupt of number n */
#define FIRST		40		/* the cell's own */
#define SPIS		12		/* more than list registers */
#define CPU0		6		/* the guest's first; its others are 4, 7 and 5 */

static void comes_on(u32 cpu)
{
	fake64_become(cpu);
	vspi_join(&fake64_cell);
}

static void goes_off(u32 cpu)
{
	fake64_become(cpu);
	vspi_leave();
	vgic_drain(false);
	machine_gic.virtual[cpu].active = 0;
}

static void begin(void)
{
	u32 n;

	fake64_reset();
	for (n = VIRQ_EDGES; n < VIRQ_MAX; n++) {
		virq_add(&fake64_cell.virqs, n, EDGE(n));
		arch_virq_reset(&fake64_cell, n);
	}
	fake64_run_cell(FIRST, SPIS);
	fake64_become(CPU0);
}

static void write_bit(u32 reg, u32 n)
{
	vgicd_write32(reg + EDGE(n) / 32 * 4, 1U << EDGE(n) % 32);
}

static u32 read_bit(u32 reg, u32 n)
{
	return vgicd_read32(reg + EDGE(n) / 32 * 4) >> EDGE(n) % 32 & 1;
}

static void raise_it(u32 n)
{
	arch_virq_raise(&fake64_cell, n);
}

/* What a CPU's list registers hold of it: LR_PENDING, LR_ACTIVE, both or 0. */
static u64 held(u32 cpu, u32 n)
{
	u64 lr, found = 0;
	u32 i;

	for (i = 0; i < MACHINE_LRS; i++) {
		lr = fake64_lr(cpu, i);
		if (!(lr & (LR_PENDING | LR_ACTIVE)) || LR_VINTID(lr) != EDGE(n))
			continue;
		assert_int_equal(found, 0);
		assert_int_equal(lr & (LR_HW | LR_EOI), 0);
		found = lr & (LR_PENDING | LR_ACTIVE);
	}
	return found;
}

static void end(u32 intid)
{
	machine_virtual_end(this_cpu(), intid);
	fake64_deliver();
}

/* --- */

/* The doorbell brings both edges, and the guest handles one after the other. */
static void both_come(void)
{
	fake64_become(CPU0);
	fake64_deliver();
	assert_int_equal(held(CPU0, 1), LR_PENDING);
	assert_int_equal(held(CPU0, 2), LR_PENDING);
	assert_int_equal(machine_virtual_ack(CPU0), EDGE(1));
	end(EDGE(1));
	assert_int_equal(machine_virtual_ack(CPU0), EDGE(2));
	end(EDGE(2));
}

/* The edge comes with the doorbell, alone, with another one, and with another request. */
static void a_doorbell_brings_all(void **state)
{
	(void)state;
	begin();
	write_bit(GICD_ISENABLER, 1);
	write_bit(GICD_ISENABLER, 2);
	cpus[CPU0].arch.sgi_enabled = 0xffff;
	/* Nothing but an edge */
	fake64_answers = false;
	fake64_become(0);
	raise_it(1);
	fake64_become(CPU0);
	assert_false(held(CPU0, 1));
	fake64_deliver();
	assert_int_equal(held(CPU0, 1), LR_PENDING);
	assert_int_equal(cpus[CPU0].requests, 0);
	assert_int_equal(fake64_percpu[CPU0].stats[JH_STAT_MANAGEMENT], 1);
	assert_int_equal(fake64_percpu[CPU0].stats[JH_STAT_IPI], 0);
	/* The other one, while the first is in a list register, */
	fake64_become(0);
	raise_it(2);
	both_come();
	/* two at once, */
	fake64_become(0);
	raise_it(1);
	raise_it(2);
	both_come();
	/* and with another request, which is not forgotten. */
	cpus[CPU0].requests = CPU_REQ_RESYNC;
	fake64_become(0);
	raise_it(1);
	fake64_become(CPU0);
	fake64_deliver();
	assert_int_equal(held(CPU0, 1), LR_PENDING);
	assert_int_equal(cpus[CPU0].requests, 0);
	assert_int_equal(machine_virtual_ack(CPU0), EDGE(1));
	end(EDGE(1));
}

/* A CPU that was the target when it was asked and is it no more does not take the edge. */
static void a_former_target_takes_none(void **state)
{
	(void)state;
	begin();
	write_bit(GICD_ISENABLER, 1);
	goes_off(CPU0);
	fake64_answers = false;
	fake64_become(0);
	raise_it(1);
	assert_int_equal(cpus[4].requests, CPU_REQ_VIRQ);
	fetch_or(&fake64_cell.virqs.places, BIT(0));
	fake64_cell.virqs.target = &cpus[CPU0];
	fake64_become(4);
	fake64_deliver();
	assert_false(held(4, 1));
	assert_int_equal(virq_pending(fake64_cell.virqs.state), 1U << 1);
	comes_on(CPU0);
	assert_int_equal(held(CPU0, 1), LR_PENDING);
}

static void it_comes_once(void **state)
{
	(void)state;
	begin();
	/* Before it is enabled it waits. */
	raise_it(1);
	assert_false(held(CPU0, 1));
	assert_int_equal(read_bit(GICD_ISPENDR, 1), 1);
	write_bit(GICD_ISENABLER, 1);
	assert_int_equal(held(CPU0, 1), LR_PENDING);
	/* Those that come until it is acknowledged are the same. */
	fake64_become(0);
	raise_it(1);
	fake64_become(CPU0);
	assert_int_equal(read_bit(GICD_ISPENDR, 1), 1);
	assert_int_equal(machine_virtual_ack(CPU0), EDGE(1));
	assert_int_equal(held(CPU0, 1), LR_ACTIVE);
	assert_int_equal(read_bit(GICD_ISPENDR, 1), 0);
	assert_int_equal(read_bit(GICD_ISACTIVER, 1), 1);
	end(EDGE(1));
	assert_false(held(CPU0, 1));
	assert_int_equal(machine_virtual_ack(CPU0), 1023);
	assert_int_equal(machine_free_lrs(CPU0), BIT(MACHINE_LRS) - 1);
	assert_int_equal(virq_pending(fake64_cell.virqs.state), 0);
}

static void while_it_is_handled_it_becomes_pending_again(void **state)
{
	(void)state;
	begin();
	write_bit(GICD_ISENABLER, 1);
	raise_it(1);
	assert_int_equal(machine_virtual_ack(CPU0), EDGE(1));
	raise_it(1);
	raise_it(1);
	assert_int_equal(held(CPU0, 1), LR_PENDING | LR_ACTIVE);
	assert_int_equal(machine_virtual_ack(CPU0), 1023);
	end(EDGE(1));
	assert_int_equal(machine_virtual_ack(CPU0), EDGE(1));
	end(EDGE(1));
	assert_int_equal(machine_virtual_ack(CPU0), 1023);
	/* Disabled meanwhile, the second one waits. */
	raise_it(1);
	assert_int_equal(machine_virtual_ack(CPU0), EDGE(1));
	raise_it(1);
	write_bit(GICD_ICENABLER, 1);
	assert_int_equal(held(CPU0, 1), LR_ACTIVE);
	end(EDGE(1));
	assert_int_equal(machine_virtual_ack(CPU0), 1023);
	write_bit(GICD_ISENABLER, 1);
	assert_int_equal(machine_virtual_ack(CPU0), EDGE(1));
	end(EDGE(1));
}

static void each_is_its_own(void **state)
{
	u32 n, seen = 0, i;

	(void)state;
	begin();
	for (n = VIRQ_EDGES; n < VIRQ_MAX; n++)
		write_bit(GICD_ISENABLER, n);
	for (n = VIRQ_EDGES; n < VIRQ_MAX; n++)
		raise_it(n);
	/* More than there are list registers. */
	for (i = 0; i < 3 * VIRQ_MAX; i++) {
		n = machine_virtual_ack(CPU0);
		if (n >= 1020) {
			fake64_deliver();
			continue;
		}
		assert_false(seen & 1U << (n - EDGE(0)));
		seen |= 1U << (n - EDGE(0));
		end(n);
	}
	assert_int_equal(seen, (1U << VIRQ_MAX) - (1U << VIRQ_EDGES));
	assert_int_equal(machine_free_lrs(CPU0), BIT(MACHINE_LRS) - 1);
}

static void it_outlives_its_cpu(void **state)
{
	(void)state;
	begin();
	write_bit(GICD_ISENABLER, 1);
	write_bit(GICD_ISENABLER, 2);
	raise_it(1);
	assert_int_equal(held(CPU0, 1), LR_PENDING);
	/* Pending, and pending again while it is handled: both go to the next one. */
	raise_it(2);
	goes_off(CPU0);
	assert_false(held(CPU0, 1));
	assert_int_equal(held(4, 1), LR_PENDING);
	assert_int_equal(held(4, 2), LR_PENDING);
	comes_on(CPU0);
	assert_int_equal(held(CPU0, 1), LR_PENDING);
	assert_false(held(4, 1) | held(4, 2));
	assert_int_equal(machine_virtual_ack(CPU0), EDGE(1));
	raise_it(1);
	assert_int_equal(held(CPU0, 1), LR_PENDING | LR_ACTIVE);
	goes_off(CPU0);
	assert_int_equal(held(4, 1), LR_PENDING);
	/* With the last one off it waits for the first that comes. */
	goes_off(7);
	goes_off(5);
	goes_off(4);
	assert_int_equal(virq_pending(fake64_cell.virqs.state), 3 << VIRQ_EDGES);
	raise_it(3);
	comes_on(5);
	assert_int_equal(held(5, 1), LR_PENDING);
	assert_int_equal(held(5, 2), LR_PENDING);
	assert_false(held(5, 3));
}

static void its_registers_are_its_own(void **state)
{
	struct machine_irq before;

	(void)state;
	begin();
	before = machine_gic.spi[EDGE(1)];
	write_bit(GICD_ISENABLER, 1);
	assert_int_equal(read_bit(GICD_ISENABLER, 1), 1);
	assert_int_equal(read_bit(GICD_ISENABLER, 2), 0);
	/* The guest may raise it itself, and take it back. */
	write_bit(GICD_ISPENDR, 1);
	assert_int_equal(held(CPU0, 1), LR_PENDING);
	write_bit(GICD_ICPENDR, 1);
	assert_false(held(CPU0, 1));
	write_bit(GICD_ISPENDR, 2);
	assert_int_equal(read_bit(GICD_ISPENDR, 2), 1);
	write_bit(GICD_ICPENDR, 2);
	assert_int_equal(read_bit(GICD_ISPENDR, 2), 0);
	/* What is handled can be ended; what came meanwhile stays pending. */
	raise_it(1);
	assert_int_equal(machine_virtual_ack(CPU0), EDGE(1));
	raise_it(1);
	write_bit(GICD_ICACTIVER, 1);
	assert_int_equal(held(CPU0, 1), LR_PENDING);
	assert_int_equal(read_bit(GICD_ISACTIVER, 1), 0);
	write_bit(GICD_ICPENDR, 1);
	/* An edge, which it stays; in word and byte its own priority. */
	vgicd_write32(GICD_ICFGR + EDGE(1) / 16 * 4, 0);
	assert_int_equal(vgicd_read32(GICD_ICFGR + EDGE(1) / 16 * 4) >> EDGE(1) % 16 * 2 & 3, 2);
	vgicd_write(GICD_IPRIORITYR + EDGE(1), 1, 0x40);
	assert_int_equal(vgicd_read(GICD_IPRIORITYR + EDGE(1), 1), 0x40);
	assert_int_equal(vgicd_read(GICD_IPRIORITYR + EDGE(2), 1), PRIORITY_DEFAULT);
	assert_memory_equal(&before, &machine_gic.spi[EDGE(1)], sizeof(before));
}

static void a_life_begins_without_it(void **state)
{
	(void)state;
	begin();
	write_bit(GICD_ISENABLER, 1);
	vgicd_write(GICD_IPRIORITYR + EDGE(1), 1, 0x40);
	raise_it(1);
	raise_it(2);
	for (u32 i = 4; i < 8; i++)
		goes_off(i);
	arch_virq_reset(&fake64_cell, 1);
	assert_int_equal(virq_pending(fake64_cell.virqs.state), 1 << 2);
	arch_virq_reset(&fake64_cell, 2);
	assert_int_equal(fake64_cell.virqs.state, 0);
	comes_on(CPU0);
	assert_int_equal(machine_free_lrs(CPU0), BIT(MACHINE_LRS) - 1);
	assert_int_equal(vgicd_read(GICD_IPRIORITYR + EDGE(1), 1), PRIORITY_DEFAULT);
}

/* --- everything at once --- */

static bool is_on[8];

/* What the guest was told of, and has not been given. */
static u32 owed;

static void handle(u32 cpu)
{
	u32 intid;

	fake64_become(cpu);
	intid = machine_virtual_ack(cpu);
	if (intid >= 1020) {
		fake64_deliver();
		return;
	}
	if (intid >= EDGE(VIRQ_EDGES) && intid < EDGE(VIRQ_MAX))
		owed &= ~(1U << (intid - EDGE(0)));
	/* One more while it is handled is owed. */
	if (rand() % 3 == 0 && intid >= EDGE(0)) {
		owed |= 1U << (intid - EDGE(0));
		raise_it(intid - EDGE(0));
	}
	fake64_become(cpu);
	end(intid);
}

static void step(void)
{
	u32 n = VIRQ_EDGES + (u32)rand() % (VIRQ_MAX - VIRQ_EDGES), cpu = 4 + (u32)rand() % 4;
	u32 spi = FIRST + (u32)rand() % SPIS;

	switch (rand() % 8) {
	case 0: case 1:
		fake64_become(rand() % 3 || !is_on[cpu] ? 0 : cpu);
		owed |= 1U << n;
		raise_it(n);
		return;
	case 2:
		if (!is_on[cpu])
			return;
		fake64_become(cpu);
		write_bit(rand() % 3 ? GICD_ISENABLER : GICD_ICENABLER, n);
		return;
	case 3:
		if (is_on[cpu])
			goes_off(cpu);
		else
			comes_on(cpu);
		is_on[cpu] = !is_on[cpu];
		return;
	case 4:
		if (!is_on[CPU0] || machine_gic.spi[spi].active)
			return;
		fake64_become(CPU0);
		machine_gic.spi[spi].active = true;
		vgic_hw(spi, PRIORITY_DEFAULT);
		return;
	default:
		if (is_on[cpu])
			handle(cpu);
	}
}

static void none_is_lost_or_comes_twice(void **state)
{
	u32 i, k, n, cpu, got;

	(void)state;
	srand(11);
	begin();
	for (cpu = 4; cpu < 8; cpu++)
		is_on[cpu] = true;
	owed = 0;
	for (i = 0; i < 20000; i++) {
		step();
		if (i % 20)
			continue;
		/* With all on and all enabled, what is owed comes, and nothing else. */
		for (cpu = 4; cpu < 8; cpu++) {
			if (!is_on[cpu])
				comes_on(cpu);
			is_on[cpu] = true;
		}
		fake64_become(CPU0);
		for (n = VIRQ_EDGES; n < VIRQ_MAX; n++)
			write_bit(GICD_ISENABLER, n);
		for (k = 0, got = 0; k < 8 * (SPIS + VIRQ_MAX); k++) {
			u32 intid = machine_virtual_ack(CPU0);

			if (intid >= EDGE(0) && intid < 1020)
				got |= 1U << (intid - EDGE(0));
			if (intid < 1020)
				end(intid);
			else
				fake64_deliver();
		}
		assert_int_equal(got, owed);
		owed = 0;
		for (cpu = 4; cpu < 8; cpu++)
			assert_int_equal(machine_free_lrs(cpu), BIT(MACHINE_LRS) - 1);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(it_comes_once),
		cmocka_unit_test(a_doorbell_brings_all),
		cmocka_unit_test(a_former_target_takes_none),
		cmocka_unit_test(while_it_is_handled_it_becomes_pending_again),
		cmocka_unit_test(each_is_its_own),
		cmocka_unit_test(it_outlives_its_cpu),
		cmocka_unit_test(its_registers_are_its_own),
		cmocka_unit_test(a_life_begins_without_it),
		cmocka_unit_test(none_is_lost_or_comes_twice),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
