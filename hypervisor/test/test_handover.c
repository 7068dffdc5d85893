// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (c) The jh authors
 *
 * Interrupts that change their owner while they are in flight: the old owner's CPUs keep nothing of
 * them, wherever they were acknowledged, and CPUs without any are not disturbed.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include <gic/gicd.h>
#include <gic/lr.h>
#include <gic/vgic.h>
#include <gic/vgicd.h>
#include "fake64/fake64.h"

#define SPI		70
#define HOLDER		1

static u64 route_to(u32 cpu)
{
	return JH_GIC == 2 ? 1U << cpu : cpus[cpu].arch.mpidr;
}

static void begin(void)
{
	u32 i;

	fake64_reset();
	for (i = 1; i < 32; i++)
		root_cell.irqs[i] = ~0U;
	machine_gic.spi[SPI] = (struct machine_irq){ .enabled = true, .priority = 0x80,
						    .route = route_to(HOLDER) };
	fake64_answers = true;
}

/* CPU @cpu of root has acknowledged the interrupt. */
static void acknowledged_by(u32 cpu)
{
	machine_gic.spi[SPI].active = true;
	fake64_become(cpu);
	vgic_hw(SPI, 0x80);
	fake64_become(0);
}

/* Its guest has taken it. */
static void handled_by(u32 cpu)
{
	u64 *lr = &machine_gic.virtual[cpu].lr[0];

	*lr = (*lr & ~LR_PENDING) | LR_ACTIVE;
}

/* Behind its own back, by the distributor. */
static void guest_deactivates(void)
{
	vgicd_access((struct mmio_access){ 1U << SPI % 32, GICD_ICACTIVER + SPI / 32 * 4, 4,
					   true });
}

/* With SGIs, of which those of @enabled stay there. */
static void fill_list_registers(u32 cpu, u32 enabled)
{
	u32 n;

	cpus[cpu].arch.sgi_enabled = enabled;
	for (n = 0; n < MACHINE_LRS; n++)
		machine_gic.virtual[cpu].lr[n] = lr_virtual(n, 0xa0);
}

static u64 claim(void)
{
	fake64_become(0);
	return arch_irq_claim(&fake64_cell, SPI, false);
}

static void check_claimed(void)
{
	assert_false(machine_gic.spi[SPI].active);
	assert_false(machine_gic.spi[SPI].pending);
	assert_false(machine_gic.spi[SPI].enabled);
	assert_true(cell_owns_irq(&fake64_cell, SPI));
	assert_false(cell_owns_irq(&root_cell, SPI));
}

/* --- who has it, and who is asked --- */

static void no_cpu_is_asked_for_an_idle_interrupt(void **state)
{
	(void)state;
	begin();
	machine_gic.spi[SPI].pending = true;
	assert_int_equal(claim(), 0);
	assert_int_equal(fake64_asked.requests, 0);
	check_claimed();
}

static void one_that_waits_to_be_taken_is_gone(void **state)
{
	(void)state;
	begin();
	acknowledged_by(HOLDER);
	assert_int_equal(claim(), 0);
	assert_int_equal(fake64_asked.request_mask, 1U << HOLDER);
	assert_int_equal(fake64_lr(HOLDER, 0), 0);
	check_claimed();
}

/* The guest goes on with its handler, and what it does at the end reaches nothing of the cell's. */
static void one_that_is_handled_ends_virtually(void **state)
{
	u64 lr;

	(void)state;
	begin();
	acknowledged_by(HOLDER);
	handled_by(HOLDER);
	assert_int_equal(claim(), 0);
	assert_int_equal(fake64_asked.request_mask, 1U << HOLDER);
	lr = fake64_lr(HOLDER, 0);
	assert_int_equal(lr >> 62, LR_ACTIVE >> 62);
	assert_int_equal(LR_VINTID(lr), SPI);
	assert_int_equal(LR_PRIORITY(lr), 0x80);
	/* Neither the physical interrupt nor, in the same bits, a maintenance interrupt. */
	assert_int_equal(lr & (LR_HW | LR_PINTID_MASK), 0);
	check_claimed();
}

static void one_that_waits_for_a_list_register_is_gone(void **state)
{
	(void)state;
	begin();
	fake64_become(HOLDER);
	fill_list_registers(HOLDER, 0xffff);
	acknowledged_by(HOLDER);
	assert_int_equal(fake64_percpu[HOLDER].vgic.num_queued, 1);
	assert_int_equal(claim(), 0);
	assert_int_equal(fake64_percpu[HOLDER].vgic.num_queued, 0);
	assert_int_equal(fake64_percpu[HOLDER].vgic.queued[SPI / 32], 0);
	check_claimed();
}

static void the_claimant_may_have_it_itself(void **state)
{
	(void)state;
	begin();
	machine_gic.spi[SPI].route = route_to(0);
	acknowledged_by(0);
	assert_int_equal(claim(), 0);
	assert_int_equal(fake64_asked.requests, 0);
	assert_int_equal(fake64_lr(0, 0), 0);
	check_claimed();
}

static void one_that_was_routed_elsewhere_since_is_found(void **state)
{
	(void)state;
	begin();
	acknowledged_by(HOLDER);
	machine_gic.spi[SPI].route = route_to(2);
	assert_int_equal(claim(), 0);
	assert_int_equal(fake64_lr(HOLDER, 0), 0);
	/* Root's CPUs, and only those. */
	assert_int_equal(fake64_asked.request_mask & ~0xfUL, 0);
	check_claimed();
}

static void a_cpu_that_is_off_has_nothing(void **state)
{
	(void)state;
	begin();
	machine_gic.spi[SPI].active = true;
	cpus[HOLDER].state = CPU_PARKED;
	assert_int_equal(claim(), 0);
	assert_int_equal(fake64_asked.request_mask & 1U << HOLDER, 0);
	check_claimed();
}

static void a_silent_cpu_is_named(void **state)
{
	(void)state;
	begin();
	acknowledged_by(HOLDER);
	fake64_answers = false;
	assert_int_equal(claim(), 1U << HOLDER);
	assert_true(cell_owns_irq(&root_cell, SPI));
	assert_false(cell_owns_irq(&fake64_cell, SPI));
	assert_false(machine_gic.spi[SPI].enabled);
	/* It comes late, and finds nothing that is not its own. */
	fake64_become(HOLDER);
	arch_irq_resync();
	fake64_answers = true;
	assert_int_equal(claim(), 0);
	check_claimed();
}

/* At the start of a cell its interrupts are its own: what is active was left by its last life. */
static void a_start_asks_no_cpu(void **state)
{
	(void)state;
	begin();
	assert_int_equal(claim(), 0);
	machine_gic.spi[SPI].active = true;
	assert_int_equal(claim(), 0);
	assert_int_equal(fake64_asked.requests, 0);
	check_claimed();
}

/* Deactivated by the guest behind its own back, it does not look as if it were in flight. */
static void what_the_guest_deactivates_itself_is_let_go(void **state)
{
	(void)state;
	begin();
	acknowledged_by(HOLDER);
	handled_by(HOLDER);
	guest_deactivates();
	assert_false(machine_gic.spi[SPI].active);
	assert_int_equal(fake64_lr(HOLDER, 0) >> 62, LR_ACTIVE >> 62);
	assert_int_equal(fake64_lr(HOLDER, 0) & LR_HW, 0);
	/* The same for one that waits for a list register. */
	begin();
	fill_list_registers(0, 0xffff);
	acknowledged_by(0);
	guest_deactivates();
	assert_int_equal(fake64_percpu[0].vgic.num_queued, 1);
	memset(machine_gic.virtual[0].lr, 0, sizeof(machine_gic.virtual[0].lr));
	vgic_refill();
	assert_int_equal(LR_VINTID(fake64_lr(0, 0)), SPI);
	assert_int_equal(fake64_lr(0, 0) & LR_HW, 0);
	/* And for one that gets a list register at once, without a maintenance interrupt. */
	begin();
	fill_list_registers(0, 0);
	acknowledged_by(0);
	guest_deactivates();
	assert_int_equal(fake64_percpu[0].vgic.num_queued, 0);
	assert_int_equal(LR_VINTID(fake64_lr(0, 0)), SPI);
	assert_int_equal(fake64_lr(0, 0) & LR_HW, 0);
}

/* An edge of root's that goes back to the distributor does not become pending for the cell. */
static void a_cpu_that_goes_off_leaves_nothing_behind(void **state)
{
	(void)state;
	begin();
	machine_gic.spi[SPI].edge = true;
	acknowledged_by(HOLDER);
	root_cell.irqs[SPI / 32] &= ~(1U << SPI % 32);
	fake64_become(HOLDER);
	vgic_drain(true);
	assert_false(machine_gic.spi[SPI].pending);
	assert_false(machine_gic.spi[SPI].active);
}

/* --- acknowledged when it had been claimed already --- */

static void takes(u32 intid)
{
	struct machine_irq *irq = machine_irq(0, intid);

	memset(machine_gic.virtual[0].lr, 0, sizeof(machine_gic.virtual[0].lr));
	*irq = (struct machine_irq){ .enabled = true, .pending = true, .priority = 0x80,
				     .route = route_to(0) };
	fake64_deliver();
	assert_false(irq->pending);
	/* Its priority is dropped. */
	assert_int_equal(machine_running(0), PRIORITY_IDLE);
}

/* It is EL2's, which ends it as a whole: priority and activity. It would come once otherwise. */
static void the_maintenance_interrupt_comes_again(void **state)
{
	struct machine_irq *irq = machine_irq(0, MACHINE_MAINTENANCE);
	u32 round;

	(void)state;
	begin();
	*irq = (struct machine_irq){ .enabled = true, .priority = PRIORITY_EL2, .group1 = true };
	for (round = 0; round < 3; round++) {
		/* One finds no list register, and then all of them run empty. */
		fill_list_registers(0, 0xffff);
		acknowledged_by(0);
		assert_int_equal(fake64_percpu[0].vgic.num_queued, 1);
		memset(machine_gic.virtual[0].lr, 0, sizeof(machine_gic.virtual[0].lr));
		fake64_deliver();
		assert_int_equal(fake64_percpu[0].vgic.num_queued, 0);
		assert_int_equal(LR_VINTID(fake64_lr(0, 0)), SPI);
		assert_false(irq->active);
		assert_int_equal(machine_running(0), PRIORITY_IDLE);
	}
}

static void interrupts_are_delivered_to_owners_only(void **state)
{
	(void)state;
	begin();
	takes(SPI);
	assert_int_equal(fake64_lr(0, 0), lr_physical(SPI, 0x80));
	assert_true(machine_gic.spi[SPI].active);
	takes(27);
	assert_int_equal(fake64_lr(0, 0), lr_physical(27, 0x80));
	root_cell.irqs[SPI / 32] &= ~(1U << SPI % 32);
	takes(SPI);
	assert_int_equal(fake64_lr(0, 0), 0);
	assert_false(machine_gic.spi[SPI].active);
	takes(SPI + 1);
	assert_int_equal(fake64_lr(0, 0), lr_physical(SPI + 1, 0x80));
}

static void routes_become_cpus(void **state)
{
	u64 *route = &machine_gic.spi[SPI].route;

	(void)state;
	begin();
	assert_int_equal(gic_targets(SPI), 1U << HOLDER);
	gic_route(SPI, 7);
	assert_int_equal(*route, route_to(7));
	assert_int_equal(gic_targets(SPI), 1U << 7);
	*route = route_to(2) | route_to(1);
	assert_int_equal(gic_targets(SPI), JH_GIC == 2 ? 6 : 1U << 3);
	*route = 0;
	assert_int_equal(gic_targets(SPI), JH_GIC == 2 ? 0 : 1);
	if (JH_GIC == 2)
		return;
	*route = 0x102;
	assert_int_equal(gic_targets(SPI), 0);
	*route = 0x555;
	assert_int_equal(gic_targets(SPI), 0);
	*route = GICD_IROUTER_ANY | 1;
	assert_int_equal(gic_targets(SPI), ~0UL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(no_cpu_is_asked_for_an_idle_interrupt),
		cmocka_unit_test(one_that_waits_to_be_taken_is_gone),
		cmocka_unit_test(one_that_is_handled_ends_virtually),
		cmocka_unit_test(one_that_waits_for_a_list_register_is_gone),
		cmocka_unit_test(the_claimant_may_have_it_itself),
		cmocka_unit_test(one_that_was_routed_elsewhere_since_is_found),
		cmocka_unit_test(a_cpu_that_is_off_has_nothing),
		cmocka_unit_test(a_silent_cpu_is_named),
		cmocka_unit_test(a_start_asks_no_cpu),
		cmocka_unit_test(what_the_guest_deactivates_itself_is_let_go),
		cmocka_unit_test(a_cpu_that_goes_off_leaves_nothing_behind),
		cmocka_unit_test(the_maintenance_interrupt_comes_again),
		cmocka_unit_test(interrupts_are_delivered_to_owners_only),
		cmocka_unit_test(routes_become_cpus),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
