// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (c) The jh authors
 *
 * An interrupt that the hypervisor raises for a cell is delivered correctly whatever the guest does
 * and however few list registers are free. GICv2 and GICv3.
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
#include <gic/vgic_cpu.h>
#include <gic/vgicd.h>
#include <gic/vspi.h>
#include <hv/arch.h>
#include "fake64/fake64.h"

#define VIRQ		33	/* root's, at the distributor */
#define EDGE		34	/* another virtual one */
#define FIRST		40	/* the cell's own, in the same word */
#define SPIS		12	/* more than list registers */
#define CPU0		6	/* the guest's first; its others are 4, 7 and 5 */

static struct jh_input input;

static void begin(void)
{
	fake64_reset();
	memset(&input, 0, sizeof(input));
	fake64_cell.vuart.input = &input;
	fake64_cell.vuart.imsc = ~0U;
	virq_add(&fake64_cell.virqs, VIRQ_UART, VIRQ);
	machine_gic.spi[VIRQ] = (struct machine_irq){ .priority = 0x80, .route = 1 };
	arch_virq_reset(&fake64_cell, VIRQ_UART);
	fake64_run_cell(FIRST, SPIS);
	fake64_become(CPU0);
}

static u64 access(u32 offset, u32 size, u64 value, bool write)
{
	if (size == 4 && !write)
		return vgicd_read32(offset);
	if (size == 4) {
		vgicd_write32(offset, (u32)value);
		return 0;
	}
	if (!write)
		return vgicd_read(offset, size);
	vgicd_write(offset, size, value);
	return 0;
}

static void bit(u32 reg, u32 intid)
{
	access(reg + intid / 32 * 4, 4, 1U << intid % 32, true);
}

static u32 is_set(u32 reg, u32 intid)
{
	return access(reg + intid / 32 * 4, 4, 0, false) >> intid % 32 & 1;
}

/* The level is that of what waits. */
static void raise_it(bool on)
{
	input.tail = input.head - on;
	arch_virq_changed(&fake64_cell);
}

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
}

/* The list register that holds it on a CPU, 0 if none does. */
static u64 held(u32 cpu)
{
	u64 lr, found = 0;
	u32 n;

	for (n = 0; n < MACHINE_LRS; n++) {
		lr = fake64_lr(cpu, n);
		if (!(lr & (LR_PENDING | LR_ACTIVE)) || LR_VINTID(lr) != VIRQ)
			continue;
		assert_int_equal(found, 0);
		assert_int_equal(lr & LR_HW, 0);
		assert_true(lr & LR_EOI);
		found = lr;
	}
	return found;
}

static bool is_pending(u32 cpu)
{
	return held(cpu) & LR_PENDING;
}

/* Maintenance interrupts, for as long as there are any. */
static void maintain(void)
{
	fake64_deliver();
}

static void end(u32 intid)
{
	machine_virtual_end(this_cpu(), intid);
	maintain();
}

/* --- */

static void it_is_delivered_while_raised_and_enabled(void **state)
{
	(void)state;
	begin();
	raise_it(true);
	assert_false(held(CPU0));
	bit(GICD_ISENABLER, VIRQ);
	assert_true(is_pending(CPU0));
	assert_int_equal(LR_PRIORITY(held(CPU0)), PRIORITY_DEFAULT & 0xf8);
	/* Not taken yet: it is withdrawn with what raised it, or when it is disabled. */
	raise_it(false);
	assert_false(held(CPU0));
	raise_it(true);
	assert_true(is_pending(CPU0));
	bit(GICD_ICENABLER, VIRQ);
	assert_false(held(CPU0));
	bit(GICD_ISENABLER, VIRQ);
	assert_true(is_pending(CPU0));
	raise_it(true);
	assert_true(is_pending(CPU0));
}

static void it_comes_again_while_it_is_raised(void **state)
{
	u32 round;

	(void)state;
	begin();
	bit(GICD_ISENABLER, VIRQ);
	raise_it(true);
	for (round = 0; round < 3; round++) {
		assert_int_equal(machine_virtual_ack(CPU0), VIRQ);
		/* While it is handled nothing is pending, whatever happens. */
		raise_it(round & 1);
		raise_it(true);
		assert_int_equal(held(CPU0) & (LR_PENDING | LR_ACTIVE), LR_ACTIVE);
		end(VIRQ);
		assert_true(is_pending(CPU0));
	}
	assert_int_equal(machine_virtual_ack(CPU0), VIRQ);
	raise_it(false);
	end(VIRQ);
	assert_false(held(CPU0));
	assert_int_equal(machine_free_lrs(CPU0), BIT(MACHINE_LRS) - 1);
	assert_false(machine_signalled(CPU0));
}

static void it_survives_full_list_registers(void **state)
{
	u32 i, got = 0, intid, seen = 0;

	(void)state;
	begin();
	bit(GICD_ISENABLER, VIRQ);
	for (i = 0; i < SPIS; i++) {
		machine_gic.spi[FIRST + i].active = true;
		vgic_hw(FIRST + i, PRIORITY_DEFAULT);
	}
	raise_it(true);
	assert_false(held(CPU0));
	for (i = 0; i < 10 * SPIS && got < SPIS + 1; i++) {
		intid = machine_virtual_ack(CPU0);
		if (intid >= 1020) {
			maintain();
			continue;
		}
		got++;
		if (intid == VIRQ) {
			seen++;
			raise_it(false);
		}
		end(intid);
	}
	assert_int_equal(got, SPIS + 1);
	assert_int_equal(seen, 1);
	assert_int_equal(machine_free_lrs(CPU0), BIT(MACHINE_LRS) - 1);
}

static void it_goes_to_the_first_cpu_that_is_on(void **state)
{
	(void)state;
	begin();
	bit(GICD_ISENABLER, VIRQ);
	/* Said by root, by the target, and by another one. */
	fake64_become(0);
	raise_it(true);
	assert_true(is_pending(CPU0));
	assert_false(held(4));
	fake64_become(5);
	raise_it(false);
	assert_false(held(CPU0));
	goes_off(CPU0);
	raise_it(true);
	assert_false(held(CPU0));
	assert_true(is_pending(4));
	/* It comes back, and with it what is pending elsewhere. */
	comes_on(CPU0);
	assert_true(is_pending(CPU0));
	assert_false(held(4));
	/* The line being raised, it goes off: the next one is told. */
	goes_off(CPU0);
	assert_false(held(CPU0));
	assert_true(is_pending(4));
	/* Also while it is handled, which nobody will end. */
	comes_on(CPU0);
	assert_int_equal(machine_virtual_ack(CPU0), VIRQ);
	goes_off(CPU0);
	assert_true(is_pending(4));
	/* Nobody is there. */
	goes_off(7);
	goes_off(4);
	assert_true(is_pending(5));
	goes_off(5);
	fake64_become(0);
	raise_it(true);
}

/* One request is enough until it was answered. */
static void requests_merge(void **state)
{
	(void)state;
	begin();
	bit(GICD_ISENABLER, VIRQ);
	fake64_answers = false;
	fake64_become(0);
	raise_it(true);
	assert_int_equal(fake64_asked.rung, 1);
	assert_int_equal(cpus[CPU0].requests, CPU_REQ_VIRQ);
	raise_it(true);
	assert_int_equal(fake64_asked.rung, 1);
	cpus[CPU0].requests = CPU_REQ_RESYNC;
	raise_it(true);
	assert_int_equal(fake64_asked.rung, 2);
	assert_int_equal(cpus[CPU0].requests, CPU_REQ_RESYNC | CPU_REQ_VIRQ);
	/* Nor is anybody asked while the guest does not want it. */
	fake64_cell.virqs.state = 0;
	cpus[CPU0].requests = 0;
	raise_it(true);
	assert_int_equal(cpus[CPU0].requests, 0);
	assert_int_equal(fake64_asked.rung, 2);
}

/* The CPU looks once for both: the level and an edge of another number. */
static void a_level_and_an_edge_come_together(void **state)
{
	(void)state;
	begin();
	virq_add(&fake64_cell.virqs, VIRQ_EDGES, EDGE);
	arch_virq_reset(&fake64_cell, VIRQ_EDGES);
	bit(GICD_ISENABLER, VIRQ);
	bit(GICD_ISENABLER, EDGE);
	fake64_answers = false;
	fake64_become(0);
	raise_it(true);
	arch_virq_raise(&fake64_cell, VIRQ_EDGES);
	fake64_become(CPU0);
	assert_false(held(CPU0));
	arch_virq_sync();
	assert_true(is_pending(CPU0));
	assert_true(lr_find(EDGE) >= 0);
}

/* --- the registers --- */

static void compare_spis(const struct machine_irq *before, const char *what)
{
	if (memcmp(before, &machine_gic.spi[VIRQ], sizeof(*before)))
		fail_msg("%s reached what root has there", what);
}

static void its_registers_are_its_own(void **state)
{
	struct machine_irq before;

	(void)state;
	begin();
	before = machine_gic.spi[VIRQ];
	assert_int_equal(is_set(GICD_ISENABLER, VIRQ), 0);
	bit(GICD_ISENABLER, VIRQ);
	assert_int_equal(is_set(GICD_ISENABLER, VIRQ), 1);
	assert_int_equal(is_set(GICD_ICENABLER, VIRQ), 1);
	assert_int_equal(is_set(GICD_ISPENDR, VIRQ), 0);
	raise_it(true);
	assert_int_equal(is_set(GICD_ISPENDR, VIRQ), 1);
	assert_int_equal(is_set(GICD_ICPENDR, VIRQ), 1);
	/* Nothing but what raises it does. */
	bit(GICD_ICPENDR, VIRQ);
	assert_true(is_pending(CPU0));
	raise_it(false);
	bit(GICD_ISPENDR, VIRQ);
	bit(GICD_ISACTIVER, VIRQ);
	assert_false(held(CPU0));
	compare_spis(&before, "a bit");
	/* Priorities: by byte, by word. */
	access(GICD_IPRIORITYR + VIRQ, 1, 0x40, true);
	assert_int_equal(access(GICD_IPRIORITYR + VIRQ, 1, 0, false), 0x40);
	raise_it(true);
	assert_int_equal(LR_PRIORITY(held(CPU0)), 0x40);
	access(GICD_IPRIORITYR + 32, 4, 0x10203050, true);
	assert_int_equal(access(GICD_IPRIORITYR + 32, 4, 0, false), 0x3000);
	assert_int_equal(LR_PRIORITY(held(CPU0)), 0x30);
	compare_spis(&before, "a priority");
	access(GICD_ICFGR + VIRQ / 16 * 4, 4, ~0U, true);
	assert_int_equal(access(GICD_ICFGR + VIRQ / 16 * 4, 4, 0, false) >> 2 & 3, 0);
	access(GICD_ITARGETSR + VIRQ, 1, 0xff, true);
	access(GICD_IROUTER + 8 * VIRQ, 8, 7, true);
	compare_spis(&before, "a target");
	bit(GICD_ICENABLER, VIRQ);
	assert_int_equal(is_set(GICD_ISENABLER, VIRQ), 0);
	/* Its group is that of all others: on GICv2 the register is a secure side's. */
	assert_int_equal(is_set(GICD_IGROUPR, VIRQ), JH_GIC == 3);
	assert_int_equal(is_set(GICD_IGROUPR, VIRQ), is_set(GICD_IGROUPR, FIRST));
}

/* As code does that was entered in a handler of somebody before it: kexec, a debugger. */
static void it_can_be_deactivated(void **state)
{
	(void)state;
	begin();
	bit(GICD_ISENABLER, VIRQ);
	raise_it(true);
	assert_int_equal(is_set(GICD_ISACTIVER, VIRQ), 0);
	assert_int_equal(machine_virtual_ack(CPU0), VIRQ);
	assert_int_equal(is_set(GICD_ISACTIVER, VIRQ), 1);
	assert_int_equal(is_set(GICD_ICACTIVER, VIRQ), 1);
	raise_it(false);
	bit(GICD_ICACTIVER, VIRQ);
	assert_false(held(CPU0));
	assert_int_equal(is_set(GICD_ISACTIVER, VIRQ), 0);
	/* The priority drops as it ever did. Where it is raised still, it comes again. */
	end(VIRQ);
	raise_it(true);
	assert_int_equal(machine_virtual_ack(CPU0), VIRQ);
	bit(GICD_ICACTIVER, VIRQ);
	assert_int_equal(held(CPU0) & (LR_PENDING | LR_ACTIVE), LR_PENDING);
}

/* The cell's other interrupts of the word have the real registers, as without it. */
static void its_neighbours_are_as_before(void **state)
{
	(void)state;
	begin();
	bit(GICD_ICENABLER, FIRST);
	assert_false(machine_gic.spi[FIRST].enabled);
	access(GICD_ISENABLER + 4, 4, ~0U, true);
	assert_true(machine_gic.spi[FIRST].enabled);
	assert_false(machine_gic.spi[VIRQ].enabled);
	assert_int_equal(access(GICD_ISENABLER + 4, 4, 0, false), 0xfffU << FIRST % 32 | 2);
	access(GICD_IPRIORITYR + FIRST, 1, 0x50, true);
	assert_int_equal(machine_gic.spi[FIRST].priority, 0x50);
	access(GICD_ICENABLER + 4, 4, ~0U, true);
	assert_int_equal(access(GICD_ISENABLER + 4, 4, 0, false), 0);
	/* One of the same number in another word is nothing special. */
	fake64_cell.virqs.irq[VIRQ_UART] = VIRQ + 64;
	assert_int_equal(virq_enabled(fake64_cell.virqs.state), 0);
	bit(GICD_ISENABLER, VIRQ);
	assert_int_equal(virq_enabled(fake64_cell.virqs.state), 0);
	assert_false(machine_gic.spi[VIRQ].enabled);
}

/* Every register, every width, all bits: what is root's stays root's. */
static void no_access_reaches_roots(void **state)
{
	static const u64 values[] = { ~0UL, 0, 0x5a5a5a5a5a5a5a5a, 1 };
	struct machine_irq before;
	u32 offset, size, i;

	(void)state;
	begin();
	before = machine_gic.spi[VIRQ];
	for (offset = 0; offset < 0x10000; offset++) {
		for (size = 1; size <= 8; size *= 2) {
			if (offset % size || (JH_GIC == 2 && offset >= 0xf00 && offset < 0xf30))
				continue;
			for (i = 0; i < ARRAY_SIZE(values); i++)
				access(offset, size, values[i] & (size == 8 ? ~0UL :
				       BIT(8 * size) - 1), true);
			(void)access(offset, size, 0, false);
		}
	}
	compare_spis(&before, "some access");
}

static void a_life_begins_without_it(void **state)
{
	(void)state;
	begin();
	bit(GICD_ISENABLER, VIRQ);
	access(GICD_IPRIORITYR + VIRQ, 1, 0x40, true);
	raise_it(true);
	vgic_drain(false);
	assert_int_equal(machine_free_lrs(CPU0), BIT(MACHINE_LRS) - 1);
	arch_virq_reset(&fake64_cell, VIRQ_UART);
	raise_it(true);
	assert_false(held(CPU0));
	assert_int_equal(is_set(GICD_ISENABLER, VIRQ), 0);
	assert_int_equal(access(GICD_IPRIORITYR + VIRQ, 1, 0, false), PRIORITY_DEFAULT);
	assert_false(arch_virq_exists(31));
	assert_true(arch_virq_exists(32));
	assert_true(arch_virq_exists(FAKE64_INTIDS - 1));
	assert_false(arch_virq_exists(FAKE64_INTIDS));
}

/* --- everything at once --- */

static void step(void)
{
	u32 cpu = 4 + (u32)rand() % 2, n = (u32)rand() % SPIS, intid;

	fake64_become(rand() % 4 ? cpu : 0);
	switch (rand() % 8) {
	case 0:
		raise_it(rand() & 1);
		return;
	case 1:
		fake64_become(cpu);
		bit(rand() % 3 ? GICD_ISENABLER : GICD_ICENABLER, VIRQ);
		return;
	case 2:
		fake64_become(cpu);
		access(GICD_IPRIORITYR + VIRQ, 1, (u64)(rand() % 15) << 4, true);
		return;
	case 3: case 4:
		fake64_become(CPU0);
		if (machine_gic.spi[FIRST + n].active)
			return;
		machine_gic.spi[FIRST + n].active = true;
		vgic_hw(FIRST + n, PRIORITY_DEFAULT);
		return;
	case 5:
		fake64_become(CPU0);
		vgic_resync();
		return;
	default:
		fake64_become(CPU0);
		intid = machine_virtual_ack(CPU0);
		if (intid < 1020)
			end(intid);
		maintain();
	}
}

static void nothing_is_lost_or_made_up(void **state)
{
	bool due;
	u32 i, k;

	(void)state;
	srand(7);
	begin();
	for (i = 0; i < 20000; i++) {
		step();
		assert_int_equal(held(5), 0);
		if (i % 10)
			continue;
		/* Let everything else end: it is there exactly if it is due. */
		fake64_become(CPU0);
		due = virq_enabled(fake64_cell.virqs.state) && cell_virq_is_raised(&fake64_cell);
		for (k = 0; k < 4 * SPIS && (this_percpu->vgic.num_queued ||
					     machine_free_lrs(CPU0) != BIT(MACHINE_LRS) - 1); k++) {
			u32 intid = machine_virtual_ack(CPU0);

			if (intid < 1020)
				end(intid);
			maintain();
			if (due && k > 2 * SPIS)
				break;
		}
		assert_int_equal(!!held(CPU0), due);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(it_is_delivered_while_raised_and_enabled),
		cmocka_unit_test(it_comes_again_while_it_is_raised),
		cmocka_unit_test(it_survives_full_list_registers),
		cmocka_unit_test(it_goes_to_the_first_cpu_that_is_on),
		cmocka_unit_test(requests_merge),
		cmocka_unit_test(a_level_and_an_edge_come_together),
		cmocka_unit_test(its_registers_are_its_own),
		cmocka_unit_test(it_can_be_deactivated),
		cmocka_unit_test(its_neighbours_are_as_before),
		cmocka_unit_test(no_access_reaches_roots),
		cmocka_unit_test(a_life_begins_without_it),
		cmocka_unit_test(nothing_is_lost_or_made_up),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
